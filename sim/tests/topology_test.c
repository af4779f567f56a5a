/* Topologies: who is where, and what nodes are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cast/mesh.h"
#include "cast/topology.h"
#include "shell.h"

static void draw(struct topology *topology, const struct spec *spec) {
  char reason[TOPOLOGY_REASON_MAX] = "";
  if (!topology_init(topology, spec, reason))
    fail_msg("%s", reason);
}

static void assert_near(double a, double b, double most) {
  assert_true(fabs(a - b) <= most);
}

static void assert_name(const struct topology *topology, size_t node, const char *expected) {
  char name[TOPOLOGY_NAME_MAX];
  topology_name(topology, node, name);
  assert_string_equal(name, expected);
}

static void test_line(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.hops = 3;
  spec.peers = 2;
  draw(&topology, &spec);
  assert_int_equal(topology.radio_count, 5);
  assert_int_equal(topology.wired_count, 1);
  assert_int_equal(topology.parents[1], 0);
  assert_int_equal(topology.parents[2], 1);
  assert_int_equal(topology.parents[3], 2);
  assert_int_equal(topology.parents[4], 2);
  assert_null(topology.positions);
  assert_name(&topology, 0, "authenticator");
  assert_name(&topology, 1, "relay-1");
  assert_name(&topology, 2, "relay-2");
  assert_name(&topology, 3, "peer-1");
  assert_name(&topology, 4, "peer-2");
  assert_name(&topology, 5, "aaa");
  assert_name(&topology, WORLD_NODE_NONE, "unknown");
  assert_int_equal(topology.member_count[ROLE_PEER], 2);
  assert_int_equal(topology.members[ROLE_PEER][1], 4);
  topology_deinit(&topology);
}

/* Each on a wire to the one before. */
static void test_proxies(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.aaa_hops = 2;
  draw(&topology, &spec);
  assert_int_equal(topology.radio_count, 2);
  assert_int_equal(topology.wired_count, 3);
  assert_name(&topology, 2, "proxy-1");
  assert_name(&topology, 3, "proxy-2");
  assert_name(&topology, 4, "aaa");
  assert_int_equal(topology.wire_ends[0], 0);
  assert_int_equal(topology.wire_ends[1], 2);
  assert_int_equal(topology.wire_ends[2], 3);
  topology_deinit(&topology);
  spec.aaa = SPEC_AAA_LOCAL;
  draw(&topology, &spec);
  assert_int_equal(topology.wired_count, 0);
  topology_deinit(&topology);
}

/* Application servers: leaves beside the relay at their depth, or on wires; the AA, and its AS
 * behind it. */
static void test_servers(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.hops = 3;
  spec.bootstrapping = SPEC_BOOTSTRAPPING_NON_INTEGRATED;
  spec.application_servers = 2;
  spec.aps_hops = 2;
  draw(&topology, &spec);
  assert_int_equal(topology.radio_count, 6);
  assert_int_equal(topology.wired_count, 3);
  assert_int_equal(topology.parents[4], 1);
  assert_int_equal(topology.hops[5], 2);
  assert_name(&topology, 4, "aps-1");
  assert_name(&topology, 5, "aps-2");
  assert_name(&topology, 6, "aaa");
  assert_name(&topology, 7, "aa");
  assert_name(&topology, 8, "as");
  assert_int_equal(topology.wire_ends[1], 0);
  assert_int_equal(topology.wire_ends[2], 7);
  topology_deinit(&topology);
  spec.aps_at = SPEC_APS_AT_BEHIND;
  spec.aaa = SPEC_AAA_LOCAL;
  draw(&topology, &spec);
  assert_int_equal(topology.radio_count, 4);
  assert_int_equal(topology.wired_count, 3);
  assert_name(&topology, 4, "aa");
  assert_name(&topology, 6, "aps-2");
  assert_int_equal(topology.wire_ends[2], 0);
  topology_deinit(&topology);
}

/* Of each provider as many servers, behind a proxy its AS. */
static void test_providers(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.bootstrapping = SPEC_BOOTSTRAPPING_INTEGRATED;
  spec.recommissioning = SPEC_RECOMMISSIONING_ON;
  spec.authentications = 3;
  spec.application_servers = 2;
  draw(&topology, &spec);
  assert_int_equal(topology.member_count[ROLE_APS], 6);
  assert_int_equal(topology.member_count[ROLE_PROVIDER], 3);
  assert_int_equal(topology.member_count[ROLE_AAA], 0);
  assert_name(&topology, topology.radio_count, "proxy-1");
  assert_name(&topology, topology.radio_count + 1, "manufacturer");
  assert_name(&topology, topology.radio_count + 4, "provider-3");
  assert_int_equal(topology.wire_ends[0], 0);
  assert_int_equal(topology.wire_ends[4], topology.radio_count);
  topology_deinit(&topology);
}

static void test_star_without_a_wire(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.topology = SPEC_TOPOLOGY_STAR;
  spec.hops = 3;
  spec.peers = 500;
  spec.aaa = SPEC_AAA_LOCAL;
  draw(&topology, &spec);
  assert_int_equal(topology_size(&topology), 501);
  assert_int_equal(topology.wired_count, 0);
  assert_int_equal(topology.member_count[ROLE_AAA], 0);
  for (size_t i = 1; i <= 500; i++)
    assert_int_equal(topology.parents[i], 0);
  assert_name(&topology, 500, "peer-500");
  topology_deinit(&topology);
}

static void test_above(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.hops = 2;
  spec.peers = 2;
  draw(&topology, &spec);
  assert_true(topology_is_above(&topology, 0, 3));
  assert_true(topology_is_above(&topology, 1, 3));
  assert_false(topology_is_above(&topology, 2, 3)); /* peers side by side */
  assert_false(topology_is_above(&topology, 3, 0));
  assert_false(topology_is_above(&topology, 0, 4)); /* the AAA server has no radio */
  topology_deinit(&topology);
}

/* What holds of each: parents before children, hops along them, every node but the first a peer,
 * who is called so in this order. */
static void assert_sound(const struct topology *topology, size_t peers) {
  assert_int_equal(topology->radio_count, peers + 1);
  assert_int_equal(topology->member_count[ROLE_PEER], peers);
  assert_int_equal(topology->hops[0], 0);
  assert_int_equal(topology->nodes[0].role, ROLE_AUTHENTICATOR);
  for (size_t i = 1; i <= peers; i++) {
    assert_true(topology->parents[i] < i);
    assert_int_equal(topology->hops[i], topology->hops[topology->parents[i]] + 1);
    assert_true(topology->hops[i] >= topology->hops[i - 1]);
    assert_int_equal(topology->members[ROLE_PEER][i - 1], i);
    assert_int_equal(topology->nodes[i].number, i - 1);
  }
  assert_int_equal(topology->nodes[peers + 1].role, ROLE_AAA);
}

static bool is_near(const struct topology *topology, size_t a, size_t b) {
  const struct world_position *p = topology->positions;
  return hypot(p[a].x_m - p[b].x_m, p[a].y_m - p[b].y_m) <= WORLD_RANGE_M;
}

/* By positions: parents are heard, and nobody has a neighbour who is nearer to the root by two. */
static void assert_fewest_hops(const struct topology *topology) {
  size_t pairs = 0;
  for (size_t i = 0; i < topology->radio_count; i++) {
    assert_true(i == 0 || is_near(topology, i, topology->parents[i]));
    for (size_t j = 0; j < topology->radio_count; j++) {
      if (i == j || !is_near(topology, i, j))
        continue;
      pairs++;
      assert_true(topology->hops[i] <= topology->hops[j] + 1);
    }
  }
  assert_near(topology_neighbours(topology), (double)pairs / (double)topology->radio_count, 1e-9);
}

static void test_tree(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.topology = SPEC_TOPOLOGY_TREE;
  spec.fan_out = 3;
  spec.peers = 7;
  draw(&topology, &spec);
  assert_sound(&topology, 7);
  static const size_t parents[] = {0, 0, 0, 0, 1, 1, 1, 2};
  /* its parent, the other children of that, and its own */
  static const char *const hears[] = {".111....", "1.11111.", "11.1...1", "111.....",
                                      ".1...11.", ".1..1.1.", ".1..11..", "..1....."};
  size_t count = 0;
  for (size_t i = 0; i < 8; i++) {
    assert_int_equal(topology.parents[i], parents[i]);
    for (size_t j = 0; j < 8; j++) {
      if (hears[i][j] != '1')
        continue;
      assert_int_equal(topology.links[count].from, i);
      assert_int_equal(topology.links[count].to, j);
      count++;
    }
  }
  assert_int_equal(topology.link_count, count);
  assert_true(topology_peers_forward(&topology));
  assert_near(topology_neighbours(&topology), (double)count / 8, 1e-9);
  topology_deinit(&topology);
}

static void test_grid(void **state) {
  (void)state;
  static const struct {
    int neighbourhood, authenticator_at;
    int64_t peers;
    size_t hops_max;
    double neighbours; /* in the mean */
  } cases[] = {
      {SPEC_NEIGHBOURHOOD_VON_NEUMANN, SPEC_AUTHENTICATOR_AT_CORNER, 24, 8, 80 / 25.0},
      {SPEC_NEIGHBOURHOOD_VON_NEUMANN, SPEC_AUTHENTICATOR_AT_CENTRE, 24, 4, 80 / 25.0},
      {SPEC_NEIGHBOURHOOD_MOORE, SPEC_AUTHENTICATOR_AT_CORNER, 24, 4, 144 / 25.0},
      {SPEC_NEIGHBOURHOOD_MOORE, SPEC_AUTHENTICATOR_AT_CENTRE, 24, 2, 144 / 25.0},
      {SPEC_NEIGHBOURHOOD_VON_NEUMANN, SPEC_AUTHENTICATOR_AT_CENTRE, 1, 1, 1},
      {SPEC_NEIGHBOURHOOD_MOORE, SPEC_AUTHENTICATOR_AT_CENTRE, 2, 1, 2},
      {SPEC_NEIGHBOURHOOD_VON_NEUMANN, SPEC_AUTHENTICATOR_AT_CENTRE, 9, 3, 26 / 10.0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    struct topology topology;
    spec_init(&spec);
    spec.topology = SPEC_TOPOLOGY_GRID;
    spec.neighbourhood = cases[i].neighbourhood;
    spec.authenticator_at = cases[i].authenticator_at;
    spec.peers = cases[i].peers;
    draw(&topology, &spec);
    assert_sound(&topology, (size_t)spec.peers);
    assert_fewest_hops(&topology);
    assert_int_equal(topology.hops[spec.peers], cases[i].hops_max);
    assert_near(topology_neighbours(&topology), cases[i].neighbours, 1e-9);
    topology_deinit(&topology);
  }
}

static bool is_equal(const struct topology *a, const struct topology *b) {
  return memcmp(a->positions, b->positions, a->radio_count * sizeof *a->positions) == 0 &&
         memcmp(a->parents, b->parents, a->radio_count * sizeof *a->parents) == 0;
}

/* By the run's seed, or by one of its own; all have a way. */
static void test_disc(void **state) {
  (void)state;
  struct spec spec;
  struct topology first, again, pinned;
  spec_init(&spec);
  spec.topology = SPEC_TOPOLOGY_DISC;
  for (spec.seed = 1; spec.seed < 20; spec.seed++) {
    spec.peers = 10 * spec.seed;
    spec.neighbours = spec.seed % 2 == 0 ? 6 : 12;
    spec.topology_seed = 0;
    draw(&first, &spec);
    draw(&again, &spec);
    assert_sound(&first, (size_t)spec.peers);
    assert_fewest_hops(&first);
    assert_true(is_equal(&first, &again));
    topology_deinit(&again);
    spec.topology_seed = spec.seed++;
    draw(&pinned, &spec);
    assert_true(is_equal(&first, &pinned));
    spec.topology_seed = 0;
    draw(&again, &spec);
    assert_false(is_equal(&first, &again));
    spec.seed--;
    topology_deinit(&first);
    topology_deinit(&again);
    topology_deinit(&pinned);
  }
}

/* Ten thousand nodes, as dense as was asked for. */
static void test_large_disc(void **state) {
  (void)state;
  static const double densities[] = {8, 12, 20};
  for (size_t i = 0; i < sizeof densities / sizeof densities[0]; i++) {
    struct spec spec;
    struct topology topology;
    spec_init(&spec);
    spec.topology = SPEC_TOPOLOGY_DISC;
    spec.peers = 10000;
    spec.neighbours = densities[i];
    draw(&topology, &spec);
    assert_sound(&topology, 10000);
    /* less at the rim; more, where nobody is alone */
    assert_near(topology_neighbours(&topology), densities[i], 0.03 * densities[i]);
    topology_deinit(&topology);
  }
}

static void test_too_deep(void **state) {
  (void)state;
  char reason[TOPOLOGY_REASON_MAX] = "";
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.topology = SPEC_TOPOLOGY_TREE;
  spec.fan_out = 1;
  spec.peers = WORLD_DEPTH_MAX;
  draw(&topology, &spec);
  topology_deinit(&topology);
  spec.peers++;
  assert_false(topology_init(&topology, &spec, reason));
  assert_non_null(strstr(reason, "more than 64 hops"));
}

/* A mesh in which fewest hops and least ETX differ. */
static void test_parents(void **state) {
  (void)state;
  /* 3 hears the root badly, 1 and 2 well; 2 hears 1; 4 hears 1, 2 and 3, from 1 nothing comes back
   */
  static const struct mesh_link list[] = {
      {1, 0, 1}, {0, 1, 1}, {2, 1, 1}, {1, 2, 1}, {3, 0, .5}, {0, 3, .5},  {3, 1, .9},  {1, 3, .9},
      {3, 2, 1}, {2, 3, 1}, {4, 1, 1}, {4, 3, 1}, {3, 4, 1},  {4, 2, .95}, {2, 4, .95},
  };
  static const size_t by_hops[] = {0, 0, 1, 0, 3}, by_etx[] = {0, 0, 1, 1, 2};
  const size_t count = sizeof list / sizeof list[0];
  struct mesh_link *links = malloc(sizeof list);
  struct mesh mesh;
  size_t parents[5] = {0};
  memcpy(links, list, sizeof list);
  mesh_init_links(&mesh, 5, 0, links, count);
  mesh_parents_by_hops(&mesh, parents);
  assert_memory_equal(parents, by_hops, sizeof parents);
  mesh_parents_by_etx(&mesh, parents);
  assert_memory_equal(parents, by_etx, sizeof parents); /* 4: over 2 3.11, over 3 3.23 */
  mesh_deinit(&mesh);
}

static void parse_file_spec(const char *folder, const char *csv, const char *keys,
                            struct spec *spec) {
  char path[300], text[900], error[SPEC_ERROR_MAX];
  snprintf(path, sizeof path, "%s/links.csv", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(csv, file);
  fclose(file);
  snprintf(text, sizeof text, "{\"topology\": \"file\", \"links\": \"%s\"%s}", path, keys);
  if (!spec_parse(text, spec, error))
    fail_msg("%s", error);
}

static const char CSV[] = "from,to,ratio,parent\n"
                          "roof,hall,0.9,\nhall,roof,0.8,1\n"
                          "hall,attic,1,0\nattic,hall,1,1\n"
                          "roof,attic,0.3,0\nattic,roof,0.3,\n"
                          "attic,cellar,0,0\n"
                          "cellar,attic,0.7,0\ncellar,hall,0.5,1\nhall,cellar,0.5,0\n";

static void test_file(void **state) {
  (void)state;
  static const struct {
    const char *keys, *labels[4];
    size_t parents[4];
  } cases[] = {
      {"", {"roof", "hall", "attic", "cellar"}, {0, 0, 0, 1}},
      {", \"parents\": \"etx\"", {"roof", "hall", "attic", "cellar"}, {0, 0, 1, 1}},
      {", \"parents\": \"given\"", {"roof", "hall", "attic", "cellar"}, {0, 0, 1, 1}},
      {", \"root\": \"cellar\"", {"cellar", "hall", "roof", "attic"}, {0, 0, 1, 1}},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    struct topology topology;
    parse_file_spec(folder, CSV, cases[i].keys, &spec);
    assert_int_equal(spec.peers, 3);
    draw(&topology, &spec);
    assert_sound(&topology, 3);
    assert_int_equal(topology.link_count, 9); /* nothing arrives on one */
    for (size_t j = 0; j < 4; j++) {
      assert_string_equal(topology.labels[j], cases[i].labels[j]);
      assert_int_equal(topology.parents[j], cases[i].parents[j]);
    }
    topology_deinit(&topology);
  }
  shell_remove(folder);
}

static void test_ratios_of_a_file(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  struct spec spec;
  struct topology topology;
  parse_file_spec(folder, CSV, "", &spec);
  draw(&topology, &spec);
  assert_near(topology_ratio(&topology, 0, 1), 0.9, 0);
  assert_near(topology_ratio(&topology, 1, 0), 0.8, 0);
  assert_near(topology_ratio(&topology, 3, 2), 0.7, 0);
  assert_near(topology_ratio(&topology, 2, 3), 1, 0); /* no link: nobody asks */
  topology_deinit(&topology);
  /* another file meanwhile */
  char reason[TOPOLOGY_REASON_MAX] = "";
  struct spec other;
  parse_file_spec(folder, "from,to,ratio\na,b,1\nb,a,1\n", "", &other);
  assert_false(topology_init(&topology, &spec, reason));
  assert_non_null(strstr(reason, "the file has changed"));
  shell_remove(folder);
  assert_false(topology_init(&topology, &other, reason));
  assert_non_null(strstr(reason, "No such file"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_line),
      cmocka_unit_test(test_proxies),
      cmocka_unit_test(test_servers),
      cmocka_unit_test(test_providers),
      cmocka_unit_test(test_star_without_a_wire),
      cmocka_unit_test(test_above),
      cmocka_unit_test(test_tree),
      cmocka_unit_test(test_grid),
      cmocka_unit_test(test_disc),
      cmocka_unit_test(test_large_disc),
      cmocka_unit_test(test_too_deep),
      cmocka_unit_test(test_parents),
      cmocka_unit_test(test_file),
      cmocka_unit_test(test_ratios_of_a_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
