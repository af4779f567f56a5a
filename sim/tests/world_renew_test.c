/* A world that is put back into its first state is as one that was just built, whatever was under
 * way in it; one of another network is built anew. */
#include "world_lab.h"

enum { NODES = 6, DATAGRAMS = 30 };

static const size_t tree[NODES] = {0, 0, 0, 1, 2, 2};
static const struct world_wire wires[] = {{.delay_ns = 3 * NODE_MS}};

/* All that a world told, folded: frames, arrivals, states of radios, timers, each with its time. */
struct tale {
  uint64_t value;
  size_t frames, arrivals, timers;
};

static void tale_add(struct tale *tale, uint64_t word) {
  tale->value = (tale->value ^ word) * UINT64_C(0x100000001b3);
}

static void tell_frame(struct lab *lab, const struct world_frame *frame) {
  struct tale *tale = lab->context;
  tale->frames++;
  tale_add(tale, frame->now_ns);
  tale_add(tale, frame->sender);
  for (size_t i = 0; i < frame->length; i++)
    tale_add(tale, frame->psdu[i]);
}

static void tell_datagram(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct tale *tale = lab->context;
  tale->arrivals++;
  tale_add(tale, world_now(lab->world));
  tale_add(tale, node);
  tale_add(tale, datagram->length);
}

static void tell_timer(struct lab *lab, size_t node) {
  struct tale *tale = lab->context;
  tale->timers++;
  tale_add(tale, world_now(lab->world));
  tale_add(tale, node);
}

static struct lab new_lab(struct tale *tale, double loss) {
  *tale = (struct tale){0};
  return (struct lab){.on_frame = tell_frame,
                      .on_datagram = tell_datagram,
                      .on_timer = tell_timer,
                      .context = tale,
                      .data_loss = loss,
                      .ack_loss = loss};
}

static struct world_config config_of(uint64_t seed) {
  struct world_config config = lab_config(NODES, tree, seed);
  config.wired_count = 1;
  config.wires = wires;
  return config;
}

/* Fragments, collisions, losses, a refused datagram, a timer; until `until_ns`. */
static void talk(struct lab *lab, uint64_t until_ns) {
  for (uint32_t i = 0; i < DATAGRAMS; i++) {
    lab_send(lab, 3 + i % 4, 0, 300, i);
    lab_send(lab, 0, 3 + i % 4, 40, i);
  }
  uint8_t data[10] = {0};
  struct node_datagram refused = {.data = data, .length = sizeof data, .source.port = LAB_PORT};
  span_list_add(&refused.spans, 1, sizeof data);
  refused.destination.port = LAB_PORT + 1;
  world_address(lab->world, 0, refused.destination.ip);
  assert_int_equal(world_send(lab->world, 1, &refused, 99), 0);
  world_timer(lab->world, 2, 7 * NODE_MS);
  world_run(lab->world, until_ns);
  lab_settle_radios(lab);
  for (size_t node = 0; node < NODES; node++)
    for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
      tale_add(lab->context, lab->radio_ns[node][i]);
  tale_add(lab->context, world_events(lab->world));
}

static struct tale fresh_tale(const struct world_config *config, uint64_t until_ns) {
  struct tale tale;
  struct lab lab = new_lab(&tale, 0.2);
  lab_build(&lab, config);
  talk(&lab, until_ns);
  lab_destroy(&lab);
  return tale;
}

/* `lab` in place of the one whose world it takes over. */
static void renew(struct lab *lab, struct lab *former, const struct world_config *config) {
  assert_true(world_close(former->world));
  lab_left = NULL;
  lab->count = config->node_count + config->wired_count;
  lab->random = config->seed;
  lab->world = world_renew(former->world, config, &lab_callbacks, lab);
  assert_non_null(lab->world);
  lab_left = lab->world;
  assert_int_equal(world_now(lab->world), 0);
  assert_int_equal(world_events(lab->world), 0);
}

static void open_all(struct lab *lab) {
  for (size_t i = 0; i < lab->count; i++)
    world_open(lab->world, i, LAB_PORT);
}

/* What is told after a former life with another seed, which ended at `end_ns`. */
static struct tale renewed_tale(const struct world_config *former_config, uint64_t end_ns,
                                const struct world_config *config, uint64_t until_ns) {
  struct tale former_tale, tale;
  struct lab former = new_lab(&former_tale, 0.3), lab = new_lab(&tale, 0.2);
  lab_build(&former, former_config);
  world_timer(former.world, 1, 100 * NODE_SECOND);
  talk(&former, end_ns);
  const struct tale told = former_tale;
  renew(&lab, &former, config);
  assert_memory_equal(&told, &former_tale, sizeof told);
  open_all(&lab);
  talk(&lab, until_ns);
  assert_memory_equal(&told, &former_tale, sizeof told);
  lab_destroy(&lab);
  return tale;
}

static void assert_same(const struct tale *a, const struct tale *b) {
  assert_int_equal(a->frames, b->frames);
  assert_int_equal(a->arrivals, b->arrivals);
  assert_int_equal(a->timers, b->timers);
  assert_true(a->value == b->value);
}

/* Amid frames, back-offs, reassembly; after all; before anything. */
static void a_renewed_world_is_as_a_new_one(void **state) {
  (void)state;
  static const uint64_t ends_ns[] = {0,
                                     1,
                                     2500000,
                                     3 * NODE_MS,
                                     10 * NODE_MS,
                                     33333333,
                                     100 * NODE_MS,
                                     NODE_SECOND,
                                     61 * NODE_SECOND,
                                     90 * NODE_SECOND};
  const struct world_config config = config_of(5);
  const uint64_t until_ns = 200 * NODE_SECOND;
  const struct tale fresh = fresh_tale(&config, until_ns);
  assert_true(fresh.frames > 5 * DATAGRAMS && fresh.arrivals > 10 && fresh.timers == 1);
  for (size_t i = 0; i < sizeof ends_ns / sizeof *ends_ns; i++) {
    const struct world_config former = config_of(100 + i);
    const struct tale renewed = renewed_tale(&former, ends_ns[i], &config, until_ns);
    assert_same(&fresh, &renewed);
  }
}

static void parameters_of_the_mac_are_set_anew(void **state) {
  (void)state;
  const struct world_config former = config_of(1);
  struct world_config config = config_of(2);
  const struct tale usual = fresh_tale(&config, NODE_SECOND);
  config.mac_max_retries = 1;
  config.mac_min_be = 1;
  config.mac_max_be = 4;
  config.mac_max_backoffs = 2;
  const struct tale fresh = fresh_tale(&config, NODE_SECOND);
  const struct tale renewed = renewed_tale(&former, NODE_SECOND, &config, NODE_SECOND);
  assert_same(&fresh, &renewed);
  assert_true(fresh.value != usual.value);
}

static void another_network_is_built(void **state) {
  (void)state;
  static const size_t chain[NODES] = {0, 0, 1, 2, 3, 4};
  static const struct world_wire longer[] = {{.delay_ns = 4 * NODE_MS}};
  static const struct world_position near[NODES] = {{0, 0}, {5, 0}, {0, 5}, {5, 5}, {5, 7}, {7, 5}};
  const struct world_config former = config_of(1);
  struct world_config others[] = {config_of(2), config_of(2), config_of(2), config_of(2)};
  others[0].parents = chain;
  others[1].wires = longer;
  others[2].positions = near;
  others[3].node_count = NODES - 1;
  others[3].wired_count = 2;
  static const struct world_wire both[] = {{.delay_ns = 1}, {.delay_ns = 2}};
  others[3].wires = both;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    const struct tale fresh = fresh_tale(&others[i], NODE_SECOND);
    const struct tale renewed = renewed_tale(&former, 50 * NODE_MS, &others[i], NODE_SECOND);
    assert_same(&fresh, &renewed);
  }
}

static void ports_are_closed_again(void **state) {
  (void)state;
  struct tale former_tale, tale;
  struct lab former = new_lab(&former_tale, 0), lab = new_lab(&tale, 0);
  const struct world_config config = config_of(3);
  lab_build(&former, &config);
  world_open_protocol(former.world, 0, NODE_ESP);
  lab_send(&former, 1, 0, 40, 1);
  world_run(former.world, NODE_SECOND);
  assert_int_equal(former_tale.arrivals, 1);
  renew(&lab, &former, &config);
  lab_send(&lab, 1, 0, 40, 1);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(tale.arrivals, 0);
  assert_int_equal(lab.data_frames, 2); /* and "port unreachable" */
  uint8_t data[20] = {0};
  struct node_datagram esp = {.protocol = NODE_ESP, .data = data, .length = sizeof data};
  span_list_add(&esp.spans, 1, sizeof data);
  world_address(lab.world, 0, esp.destination.ip);
  assert_int_equal(world_send(lab.world, 1, &esp, 2), 0);
  world_run(lab.world, 2 * NODE_SECOND);
  assert_int_equal(tale.arrivals, 0);
  assert_int_equal(lab.data_frames, 4);
  lab_destroy(&lab);
}

static void each_radio_listens_at_first(void **state) {
  (void)state;
  struct tale tale;
  struct lab lives[3] = {new_lab(&tale, 0), new_lab(&tale, 0), new_lab(&tale, 0)};
  const struct world_config config = config_of(3);
  lab_build(&lives[0], &config);
  for (size_t life = 0; life < 3; life++) {
    if (life > 0)
      renew(&lives[life], &lives[life - 1], &config);
    for (size_t node = 0; node < NODES; node++) {
      assert_int_equal(lives[life].radio_told[node], 1);
      assert_int_equal(lives[life].radio[node], WORLD_RADIO_LISTEN);
    }
  }
  lab_destroy(&lives[2]);
}

/* The world is gone, and its place is free. */
static void what_cannot_be_is_refused(void **state) {
  (void)state;
  struct tale tale;
  struct lab lab = new_lab(&tale, 0);
  struct world_config config = config_of(3);
  lab_build(&lab, &config);
  assert_true(world_close(lab.world));
  lab_left = NULL;
  config.mac_max_be = 9;
  assert_null(world_renew(lab.world, &config, &lab_callbacks, &lab));
  config = config_of(3);
  config.pcap_directory = "/dev/null/captures";
  lab = new_lab(&tale, 0);
  lab.count = NODES + 1;
  assert_null(world_renew(NULL, &config, &lab_callbacks, &lab));
  config.pcap_directory = NULL;
  lab_build(&lab, &config);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(a_renewed_world_is_as_a_new_one, lab_teardown),
      cmocka_unit_test_teardown(parameters_of_the_mac_are_set_anew, lab_teardown),
      cmocka_unit_test_teardown(another_network_is_built, lab_teardown),
      cmocka_unit_test_teardown(ports_are_closed_again, lab_teardown),
      cmocka_unit_test_teardown(each_radio_listens_at_first, lab_teardown),
      cmocka_unit_test_teardown(what_cannot_be_is_refused, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
