/* Exchanges that end otherwise, by what the two ends are: keys, identities, proposals, children. */
#include "ikev2/ikev2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ikev2_world.h"

static struct ikev2_world world;

/* What an end is, if not as usual. */
struct end {
  enum ikev2_child_mode child;
  bool childless;
  unsigned proposals, esp_suites;
  uint16_t local_port, remote_port;
  const char *psk, *remote_id;
  uint64_t timeout_ms;
};

struct outcome {
  const char *reason; /* NULL: established */
  enum ikev2_child_mode child;
  uint16_t local_port, remote_port; /* of the child */
};

enum { HALF = 1U << IKEV2_ESP_AES_CCM_8, IMPLICIT = 1U << IKEV2_ESP_AES_CCM_8_IIV };
enum {
  CURVE = 1U << IKEV2_PROPOSAL_X25519,
  P256 = 1U << IKEV2_PROPOSAL_ECP256,
  CMAC = 1U << IKEV2_PROPOSAL_X25519_CMAC,
};

static const char NO_CHILD[] = "ikev2-no-child";
static const char REJECTED[] = "ikev2-rejected";
static const char AUTHENTICATION[] = "ikev2-authentication";
static const char DELETED[] = "ikev2-deleted";

static const struct {
  const char *what;
  struct end end[2];
  struct outcome outcome[2];
  size_t messages;
} TABLE[] = {
    {"usual", {{0}, {0}}, {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}}, 4},
    {"a wrong key",
     {{.psk = "another"}, {0}},
     {{AUTHENTICATION, 0, 0, 0}, {AUTHENTICATION, 0, 0, 0}},
     4},
    {"an initiator that the responder does not want",
     {{0}, {.remote_id = "somebody"}},
     {{AUTHENTICATION, 0, 0, 0}, {AUTHENTICATION, 0, 0, 0}},
     4},
    {"a responder that the initiator does not want",
     {{.remote_id = "nobody"}, {0}},
     {{AUTHENTICATION, 0, 0, 0}, {AUTHENTICATION, 0, 0, 0}},
     6},
    {"no proposal in common",
     {{.proposals = CURVE}, {.proposals = P256 | CMAC}},
     {{"ikev2-no-proposal", 0, 0, 0}, {"", 0, 0, 0}},
     2},
    {"the responder takes one of several",
     {{.proposals = CMAC}, {.proposals = P256 | CMAC}},
     {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}},
     4},
    {"childless is not offered",
     {{0}, {.child = IKEV2_CHILD_TRANSPORT}},
     {{REJECTED, 0, 0, 0}, {"ikev2-timeout", 0, 0, 0}},
     2},
    {"childless is offered beside a child, and taken",
     {{0}, {.child = IKEV2_CHILD_TRANSPORT, .childless = true}},
     {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}},
     4},
    {"the same, not taken",
     {{.child = IKEV2_CHILD_TRANSPORT}, {.child = IKEV2_CHILD_TRANSPORT, .childless = true}},
     {{NULL, IKEV2_CHILD_TRANSPORT, 0, 0}, {NULL, IKEV2_CHILD_TRANSPORT, 0, 0}},
     4},
    {"a child that the responder makes none of",
     {{.child = IKEV2_CHILD_TRANSPORT}, {0}},
     {{NO_CHILD, 0, 0, 0}, {DELETED, 0, 0, 0}},
     6},
    {"tunnel, but transport is wanted",
     {{.child = IKEV2_CHILD_TUNNEL}, {.child = IKEV2_CHILD_TRANSPORT}},
     {{NO_CHILD, 0, 0, 0}, {NO_CHILD, 0, 0, 0}},
     5},
    {"transport, but tunnel is wanted",
     {{.child = IKEV2_CHILD_TRANSPORT}, {.child = IKEV2_CHILD_TUNNEL, .childless = true}},
     {{NO_CHILD, 0, 0, 0}, {DELETED, 0, 0, 0}},
     6},
    {"no suite of ESP in common",
     {{.child = IKEV2_CHILD_TUNNEL, .esp_suites = IMPLICIT},
      {.child = IKEV2_CHILD_TUNNEL, .esp_suites = HALF}},
     {{NO_CHILD, 0, 0, 0}, {NO_CHILD, 0, 0, 0}},
     5},
    {"an implicit IV",
     {{.child = IKEV2_CHILD_TUNNEL, .esp_suites = IMPLICIT},
      {.child = IKEV2_CHILD_TUNNEL, .esp_suites = HALF | IMPLICIT}},
     {{NULL, IKEV2_CHILD_TUNNEL, 0, 0}, {NULL, IKEV2_CHILD_TUNNEL, 0, 0}},
     4},
    {"the responder narrows to its port",
     {{.child = IKEV2_CHILD_TUNNEL}, {.child = IKEV2_CHILD_TUNNEL, .local_port = 5683}},
     {{NULL, IKEV2_CHILD_TUNNEL, 0, 5683}, {NULL, IKEV2_CHILD_TUNNEL, 5683, 0}},
     4},
    {"and learns the initiator's",
     {{.child = IKEV2_CHILD_TUNNEL, .local_port = 40000, .remote_port = 5683},
      {.child = IKEV2_CHILD_TUNNEL, .local_port = 5683}},
     {{NULL, IKEV2_CHILD_TUNNEL, 40000, 5683}, {NULL, IKEV2_CHILD_TUNNEL, 5683, 40000}},
     4},
    {"no port in common",
     {{.child = IKEV2_CHILD_TUNNEL, .remote_port = 5684},
      {.child = IKEV2_CHILD_TUNNEL, .local_port = 5683}},
     {{NO_CHILD, 0, 0, 0}, {NO_CHILD, 0, 0, 0}},
     5},
};

enum { ROWS = sizeof TABLE / sizeof TABLE[0] };

static void configure(struct ikev2_config *config, const struct end *end) {
  config->child = end->child;
  config->childless = end->childless;
  config->proposals = end->proposals;
  config->esp_suites = end->esp_suites;
  config->local_port = end->local_port;
  config->remote_port = end->remote_port;
  if (end->psk != NULL) {
    config->psk = (const uint8_t *)end->psk;
    config->psk_length = strlen(end->psk);
  }
  if (end->remote_id != NULL)
    config->remote_id =
        (struct ikev2_id){IKEV2_ID_FQDN, (const uint8_t *)end->remote_id, strlen(end->remote_id)};
}

static void check_outcome(const struct ikev2 *ike, const struct outcome *outcome) {
  struct ikev2_child child;
  struct ikev2_id id;
  if (outcome->reason != NULL && outcome->reason[0] == '\0') {
    assert_int_equal(ikev2_state(ike), IKEV2_BEGINNING);
  } else if (outcome->reason != NULL) {
    assert_int_equal(ikev2_state(ike), IKEV2_FAILED);
    assert_string_equal(ikev2_reason(ike), outcome->reason);
    assert_false(ikev2_remote_id(ike, &id));
  } else {
    assert_int_equal(ikev2_state(ike), IKEV2_ESTABLISHED);
    assert_string_equal(ikev2_reason(ike), "");
    assert_true(ikev2_remote_id(ike, &id));
  }
  assert_int_equal(ikev2_child(ike, &child), outcome->child != IKEV2_CHILD_NONE);
  if (outcome->child != IKEV2_CHILD_NONE) {
    assert_int_equal(child.mode, outcome->child);
    assert_int_equal(child.local.port, outcome->local_port);
    assert_int_equal(child.remote.port, outcome->remote_port);
  }
}

static void every_row(void **state) {
  (void)state;
  for (size_t i = 0; i < ROWS; i++) {
    struct ikev2_world_config config = ikev2_world_default();
    for (int side = 0; side < 2; side++)
      configure(&config.end[side], &TABLE[i].end[side]);
    if (TABLE[i].end[IKEV2_INITIATOR].remote_id != NULL)
      config.end[IKEV2_INITIATOR].names_responder = false;
    ikev2_world_init(&world, &config);
    ikev2_world_run(&world);
    if (world.count != TABLE[i].messages)
      fail_msg("%s: %zu messages, the last %s", TABLE[i].what, world.count,
               world.log[world.count - 1].label);
    for (int side = 0; side < 2; side++)
      check_outcome(world.end[side].ike, &TABLE[i].outcome[side]);
    ikev2_world_deinit(&world);
  }
}

/* Keys by identity */

struct finder {
  const char *known;
  unsigned asked;
};

static size_t find_key(void *context, const struct ikev2_id *id, uint8_t psk[IKEV2_PSK_MAX]) {
  struct finder *const finder = context;
  finder->asked++;
  if (id->type != IKEV2_ID_KEY_ID || id->length != strlen(finder->known) ||
      memcmp(id->octets, finder->known, id->length) != 0)
    return 0;
  memcpy(psk, "0123456789abcdef0123456789abcdef", 32);
  return 32;
}

static void run_with_keys(struct finder *finder, const char *psk) {
  const struct ikev2_keys keys = {find_key, finder};
  struct ikev2_world_config config = ikev2_world_default();
  struct ikev2_config *const responder = &config.end[IKEV2_RESPONDER];
  responder->psk_length = 0;
  responder->remote_id.length = 0;
  responder->keys = &keys;
  config.end[IKEV2_INITIATOR].psk = (const uint8_t *)psk;
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
}

/* Who is not known is refused as is who has not the key: by the same octets in number, and by the
 * same computations. */
static void unknown_identity(void **state) {
  (void)state;
  struct finder known = {"EMSKname", 0}, unknown = {"another", 0};
  uint32_t cost[NODE_PRIMITIVE_COUNT];
  size_t length;
  run_with_keys(&known, "0123456789abcdef0123456789abcdef");
  assert_true(ikev2_world_established(&world));
  assert_int_equal(known.asked, 1);
  ikev2_world_deinit(&world);

  run_with_keys(&known, "0123456789abcdef0123456789abcdeF");
  assert_string_equal(ikev2_reason(world.end[IKEV2_RESPONDER].ike), AUTHENTICATION);
  length = world.log[3].length;
  assert_int_equal(length, 57);
  memcpy(cost, world.end[IKEV2_RESPONDER].cost, sizeof cost);
  ikev2_world_deinit(&world);

  run_with_keys(&unknown, "0123456789abcdef0123456789abcdef");
  for (int side = 0; side < 2; side++)
    assert_string_equal(ikev2_reason(world.end[side].ike), AUTHENTICATION);
  assert_int_equal(world.log[3].length, length);
  assert_memory_equal(world.end[IKEV2_RESPONDER].cost, cost, sizeof cost);
  assert_int_equal(unknown.asked, 1);
  ikev2_world_deinit(&world);
}

/* A key of zeros is nobody's, even though one is computed with for who is not known. */
static void zeros_are_no_key(void **state) {
  (void)state;
  static const char zeros[32];
  struct finder unknown = {"another", 0};
  run_with_keys(&unknown, zeros);
  for (int side = 0; side < 2; side++)
    assert_string_equal(ikev2_reason(world.end[side].ike), AUTHENTICATION);
  ikev2_world_deinit(&world);
}

/* Configurations that no endpoint is made of. */
static void out_of_range(void **state) {
  (void)state;
  static const struct ikev2_keys keys = {find_key, NULL};
  const struct ikev2_config usual[2] = {ikev2_world_default().end[0], ikev2_world_default().end[1]};
  struct ikev2_config bad[16];
  size_t count = 0;
  bad[count] = usual[0], bad[count++].psk_length = 0;
  bad[count] = usual[0], bad[count++].psk_length = IKEV2_PSK_MAX + 1;
  bad[count] = usual[0], bad[count++].local_id.length = 0;
  bad[count] = usual[0], bad[count++].local_id.length = IKEV2_ID_MAX + 1;
  bad[count] = usual[0], bad[count++].remote_id.length = 0; /* which it names */
  bad[count] = usual[0], bad[count++].nonce_bytes = IKEV2_NONCE_LEAST - 1;
  bad[count] = usual[0], bad[count++].nonce_bytes = IKEV2_NONCE_MAX + 1;
  bad[count] = usual[0], bad[count++].proposals = 1U << IKEV2_PROPOSAL_COUNT;
  bad[count] = usual[0], bad[count++].esp_suites = 4;
  bad[count] = usual[0], bad[count++].tries = 1000;
  bad[count] = usual[0], bad[count++].keys = &keys;
  bad[count] = usual[1], bad[count++].keys = &keys; /* beside a key */
  for (size_t i = 0; i < count; i++) {
    struct seeded seeded = {1};
    const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
    assert_null(ikev2_create(&bad[i], &hooks, 0));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_row),
      cmocka_unit_test(unknown_identity),
      cmocka_unit_test(zeros_are_no_key),
      cmocka_unit_test(out_of_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
