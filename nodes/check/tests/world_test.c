/* What the model's network does with datagrams of another protocol than UDP. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ladder.h"
#include "world.h"

static const uint8_t OCTETS[] = {0xc0, 0xff, 0xee, 0x01, 0, 0, 0, 7};

/* A node that sends one datagram, and keeps the protocol of the last that it reads. */
struct probe {
  struct node node;
  enum node_protocol sends, read;
  struct node_address to;
  bool due;
};

static struct probe probe_peer, probe_authenticator;

static int probe_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  (void)now_ns;
  assert_int_equal(datagram->length, sizeof OCTETS);
  assert_memory_equal(datagram->data, OCTETS, sizeof OCTETS);
  ((struct probe *)node)->read = datagram->protocol;
  return 0;
}

static int probe_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct probe *probe = (struct probe *)node;
  (void)now_ns;
  if (!probe->due)
    return 0;
  probe->due = false;
  datagram->destination = probe->to;
  datagram->protocol = probe->sends;
  datagram->label = "probe";
  datagram->length = sizeof OCTETS;
  memcpy(datagram->data, OCTETS, sizeof OCTETS);
  return 1;
}

static uint64_t probe_expiry(const struct node *node) {
  return ((const struct probe *)node)->due ? 0 : NODE_NEVER;
}

static int probe_handle_expiry(struct node *node, uint64_t now_ns) {
  (void)node, (void)now_ns;
  return 0;
}

static void probe_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  (void)node, (void)digest, (void)now_ns;
}

static void probe_destroy(struct node *node) {
  (void)node;
}

static const struct node_ops PROBE = {.read = probe_read,
                                      .write = probe_write,
                                      .expiry = probe_expiry,
                                      .handle_expiry = probe_handle_expiry,
                                      .digest = probe_digest,
                                      .destroy = probe_destroy};

static void replace(struct check_world *world, enum check_side side, struct probe *probe) {
  node_destroy(world->parties[side].node);
  world->parties[side].node = &probe->node;
}

static void choose(struct check_world *world, const char *text) {
  struct choice choice;
  assert_true(choice_parse(text, &choice));
  assert_true(check_world_choose(world, &choice));
}

/* A world in which the peer's datagram of this protocol is under way. */
static struct check_world *depart(const struct model *model, enum node_protocol protocol) {
  struct check_world *world = calloc(1, sizeof *world);
  assert_non_null(world);
  probe_peer = (struct probe){.node = {&PROBE}, .sends = protocol, .due = true};
  probe_authenticator = (struct probe){.node = {&PROBE}, .read = NODE_PROTOCOL_COUNT};
  probe_peer.to = party_address(model, CHECK_AUTHENTICATOR);
  if (protocol != NODE_UDP)
    probe_peer.to.port = 0;
  check_world_init(world, model, NULL);
  replace(world, CHECK_PEER, &probe_peer);
  replace(world, CHECK_AUTHENTICATOR, &probe_authenticator);
  choose(world, "timer peer");
  assert_int_equal(world->flight_count, 1);
  return world;
}

static void discard(struct check_world *world) {
  check_world_deinit(world);
  free(world);
}

static struct model model_of(const char *word) {
  struct model model = *model_default();
  char error[256];
  assert_true(model_set(&model, word, error, sizeof error));
  return model;
}

static void test_protocol_arrives(void **state) {
  (void)state;
  const struct model model = model_of("acts=1");
  for (enum node_protocol protocol = NODE_UDP; protocol < NODE_PROTOCOL_COUNT; protocol++) {
    struct check_world *world = depart(&model, protocol);
    choose(world, "double 1");
    assert_int_equal(probe_authenticator.read, protocol);
    probe_authenticator.read = NODE_PROTOCOL_COUNT;
    choose(world, "deliver 1"); /* the copy */
    assert_int_equal(probe_authenticator.read, protocol);
    discard(world);
  }
}

/* Of what is under way, and of what can be injected. */
static void test_protocol_makes_another_state(void **state) {
  (void)state;
  const struct model models[] = {model_of("inject=off"), model_of("inject=on")};
  for (size_t i = 0; i < 2; i++) {
    struct digest digests[2][NODE_PROTOCOL_COUNT];
    for (enum node_protocol protocol = NODE_UDP; protocol < NODE_PROTOCOL_COUNT; protocol++) {
      struct check_world *world = depart(&models[i], protocol);
      digest_init(&digests[0][protocol]);
      check_world_digest(world, &digests[0][protocol]);
      choose(world, "deliver 1");
      digest_init(&digests[1][protocol]);
      check_world_digest(world, &digests[1][protocol]);
      discard(world);
    }
    assert_true(digests[0][NODE_UDP].low != digests[0][NODE_ESP].low);
    assert_int_equal(digests[1][NODE_UDP].low != digests[1][NODE_ESP].low, i == 1);
  }
}

static void test_ladder_names_protocol(void **state) {
  (void)state;
  static const char *const texts[NODE_PROTOCOL_COUNT] = {
      [NODE_UDP] = "8 octets", [NODE_ESP] = "esp: 8 octets"};
  const struct model model = model_of("acts=0");
  for (enum node_protocol protocol = NODE_UDP; protocol < NODE_PROTOCOL_COUNT; protocol++) {
    struct check_world *world = depart(&model, protocol);
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    ladder_write_message(out, &model, &world->flight[0]);
    fclose(out);
    assert_string_equal(text, texts[protocol]);
    free(text);
    discard(world);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_protocol_arrives),
      cmocka_unit_test(test_protocol_makes_another_state),
      cmocka_unit_test(test_ladder_names_protocol),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
