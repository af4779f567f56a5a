/* Cipher suite negotiation with retry, error messages, EAD, choice of credentials, configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_world.h"
#include "hex.h"

enum { KEYS = 3 }; /* P-256, X25519, Ed25519 */

/* One credential of each curve on each side. */
struct keyring {
  struct edhoc_world of[KEYS];
  struct edhoc_credential own[SIDES][KEYS];
  struct edhoc_credential known[SIDES][KEYS];
};

static const struct edhoc_credential *keyring_lookup(void *context, const uint8_t *id_cred,
                                                     size_t length) {
  const struct edhoc_credential *known = context;
  for (size_t i = 0; i < KEYS; i++)
    if (length == known[i].id_cred_length && memcmp(id_cred, known[i].id_cred, length) == 0)
      return &known[i];
  return NULL;
}

static void keyring_init(struct keyring *ring) {
  static const struct {
    unsigned method;
    int32_t suite;
  } table[KEYS] = {{3, 2}, {3, 0}, {0, 0}};
  for (unsigned key = 0; key < KEYS; key++) {
    edhoc_world_init(&ring->of[key], table[key].method, table[key].suite, KIND_KID);
    for (unsigned side = 0; side < SIDES; side++) {
      struct edhoc_credential *own = &ring->of[key].own[side];
      /* Another kid for each. */
      uint8_t *kid = &ring->of[key].buffer[side][own->cred_length + own->id_cred_length - 1];
      *kid = (uint8_t)(*kid ^ key);
      ring->own[side][key] = *own;
      ring->known[side][key] = ring->of[key].known[side];
    }
  }
}

static struct edhoc_config negotiation_config(const struct keyring *ring, unsigned side,
                                              unsigned method, const struct edhoc_suites *suites) {
  struct edhoc_config config = ring->of[0].config[side];
  config.methods = (uint8_t)(1u << method);
  config.suites = *suites;
  config.credentials = ring->own[side];
  config.credentials_count = KEYS;
  config.lookup = keyring_lookup;
  config.context = (void *)(uintptr_t)ring->known[1 - side];
  return config;
}

/* Tries until both agree or cannot; returns the number of messages_1, 0 if they cannot. */
static unsigned negotiate(struct edhoc_world *world) {
  int32_t next = 0;
  for (unsigned tries = 1; tries <= 4; tries++) {
    uint8_t error[128];
    size_t length;
    edhoc_world_start(world);
    if (tries > 1)
      assert_int_equal(edhoc_select_suite(&world->side[INITIATOR], next), 0);
    assert_int_equal(edhoc_world_compose(world, 1), 0);
    const struct edhoc_world_message *message = &world->message[1];
    if (edhoc_world_give(world, 1, message->octets, message->length) == 0) {
      for (unsigned number = 2; number <= WORLD_MESSAGES; number++) {
        message = &world->message[number];
        assert_int_equal(edhoc_world_compose(world, number), 0);
        assert_int_equal(edhoc_world_give(world, number, message->octets, message->length), 0);
      }
      assert_true(edhoc_world_established(world));
      return tries;
    }
    assert_int_equal(edhoc_error_compose(&world->side[RESPONDER], error, sizeof error, &length), 0);
    assert_int_equal(edhoc_error_process(&world->side[INITIATOR], error, length), 0);
    assert_aborted(&world->side[INITIATOR]);
    assert_string_equal(edhoc_reason(&world->side[INITIATOR]),
                        "peer does not support the selected cipher suite");
    if (edhoc_next_suite(&world->side[INITIATOR], &next) != 0)
      return 0;
  }
  fail_msg("endless negotiation");
  return 0;
}

static void suites(void **state) {
  (void)state;
  static const struct {
    unsigned method;
    struct edhoc_suites initiator, responder;
    unsigned tries;
    int32_t agreed;
    const char *suites_i; /* METHOD and SUITES_I of the last message_1 */
  } table[] = {
      {3, {{2}, 1}, {{2}, 1}, 1, 2, "0302"},
      {3, {{2, 3}, 2}, {{3, 2}, 2}, 1, 2, "0302"}, /* the initiator's preference counts */
      {3, {{3, 2}, 2}, {{2}, 1}, 2, 2, "03820302"},
      {3, {{0, 1, 2, 3}, 4}, {{3, 2}, 2}, 2, 2, "0383000102"},
      {3, {{0, 1, 2, 3}, 4}, {{3}, 1}, 2, 3, "038400010203"},
      {3, {{6, 2, 0}, 3}, {{0}, 1}, 2, 0, "0383060200"}, /* 6 is none that we can run */
      {3, {{24, 2}, 2}, {{2, 24}, 2}, 1, 2, "0382181802"},
      {0, {{0, 2}, 2}, {{0, 2}, 2}, 1, 0, "0000"},
      {1, {{0, 2}, 2}, {{2}, 1}, 2, 2, "01820002"},
      {3, {{2}, 1}, {{0, 1}, 2}, 0, 0, "0302"},
  };
  static struct keyring ring;
  keyring_init(&ring);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct edhoc_world world = ring.of[0];
    world.config[INITIATOR] =
        negotiation_config(&ring, INITIATOR, table[i].method, &table[i].initiator);
    world.config[RESPONDER] =
        negotiation_config(&ring, RESPONDER, table[i].method, &table[i].responder);
    assert_int_equal(negotiate(&world), table[i].tries);
    const struct hex begin = hex(table[i].suites_i);
    assert_memory_equal(world.message[1].octets, begin.octets, begin.length);
    if (table[i].tries > 0)
      assert_int_equal(world.side[RESPONDER].suite->value, table[i].agreed);
  }
}

/* Without Ed25519 suites 0 and 1 are for static Diffie-Hellman only. */
static void suites_without_ed25519(void **state) {
  (void)state;
  static struct keyring ring;
  static const struct edhoc_suites all = {{0, 1, 2, 3}, 4};
  keyring_init(&ring);
  for (unsigned method = 0; method < EDHOC_METHODS; method++) {
    struct edhoc_world world = ring.of[0];
    for (unsigned side = 0; side < SIDES; side++) {
      world.config[side] = negotiation_config(&ring, side, method, &all);
      world.config[side].backend = NULL;
    }
    assert_int_equal(negotiate(&world), 1);
    assert_int_equal(world.side[RESPONDER].suite->value, method == 3 ? 0 : 2);
  }
}

/* There is a next suite after SUITES_R only, whatever else ended the session. */
static void no_next_suite(void **state) {
  (void)state;
  static const char *const errors[] = {"016161", "03f5", "2002"};
  struct edhoc_world world;
  int32_t next;
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    const struct hex error = hex(errors[i]);
    edhoc_world_init(&world, 3, 2, KIND_KID);
    world.config[INITIATOR].suites = (struct edhoc_suites){.value = {2, 3}, .count = 2};
    edhoc_world_start(&world);
    assert_int_equal(edhoc_next_suite(&world.side[INITIATOR], &next), NODE_ERR_BAD_STATE);
    assert_int_equal(edhoc_world_compose(&world, 1), 0);
    assert_int_equal(edhoc_next_suite(&world.side[INITIATOR], &next), NODE_ERR_BAD_STATE);
    assert_int_equal(edhoc_error_process(&world.side[INITIATOR], error.octets, error.length), 0);
    assert_int_equal(edhoc_next_suite(&world.side[INITIATOR], &next), NODE_ERR_BAD_STATE);
  }
}

/* What SUITES_R has said counts for the next session, and is learnt anew when it is no more true.
 */
static void suites_are_remembered(void **state) {
  (void)state;
  static const struct {
    struct edhoc_suites ours;
    const char *errors[3]; /* of the responder, to one message_1 after the other */
    const char *suites_i[4];
  } table[] = {
      {{{2, 3}, 2}, {"0203"}, {"0302", "03820203"}},
      {{{6, 2, 3}, 3}, {"02820306", "0202"}, {"03820602", "0383060203", "03820602"}},
      {{{2, 3}, 2}, {"0203", "016161"}, {"0302", "03820203", "03820203"}},
      {{{2, 3}, 2}, {"0203", "0206"}, {"0302", "03820203", "0302"}}, /* none is left */
      {{{2, 3}, 2}, {"0206"}, {"0302", "0302"}},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct edhoc_world world;
    struct edhoc_memory memory = {.has_suite = false};
    edhoc_world_init(&world, 3, 2, KIND_KID);
    world.config[INITIATOR].suites = table[i].ours;
    world.config[INITIATOR].memory = &memory;
    for (size_t j = 0; table[i].suites_i[j] != NULL; j++) {
      const struct hex begin = hex(table[i].suites_i[j]);
      edhoc_world_start(&world);
      assert_int_equal(edhoc_world_compose(&world, 1), 0);
      assert_memory_equal(world.message[1].octets, begin.octets, begin.length);
      if (table[i].errors[j] == NULL)
        break;
      const struct hex error = hex(table[i].errors[j]);
      assert_int_equal(edhoc_error_process(&world.side[INITIATOR], error.octets, error.length), 0);
    }
  }
}

/* An attacker who removes the preferred suite is found out. */
static void downgrade(void **state) {
  (void)state;
  static struct keyring ring;
  static const struct edhoc_suites both = {{3, 2}, 2};
  keyring_init(&ring);
  struct edhoc_world world = ring.of[0];
  for (unsigned side = 0; side < SIDES; side++)
    world.config[side] = negotiation_config(&ring, side, 3, &both);
  edhoc_world_start(&world);
  /* Forged SUITES_R = 2 leads the initiator to [3, 2]; the responder sees that 3 would do. */
  assert_int_equal(edhoc_world_compose(&world, 1), 0);
  assert_int_equal(edhoc_error_process(&world.side[INITIATOR], (const uint8_t *)"\x02\x02", 2), 0);
  int32_t next;
  assert_int_equal(edhoc_next_suite(&world.side[INITIATOR], &next), 0);
  assert_int_equal(next, 2);
  edhoc_world_start(&world);
  assert_int_equal(edhoc_select_suite(&world.side[INITIATOR], next), 0);
  assert_int_equal(edhoc_world_compose(&world, 1), 0);
  struct edhoc_world_message message = world.message[1];
  assert_int_equal(edhoc_world_give(&world, 1, message.octets, message.length),
                   NODE_ERR_UNSUPPORTED);
  assert_string_equal(edhoc_reason(&world.side[RESPONDER]),
                      "a preferred cipher suite is supported");
  /* [3, 2] becomes 2: message_2 does not verify. */
  memmove(message.octets + 2, message.octets + 4, message.length - 4);
  message.octets[1] = 2;
  const struct edhoc initiator = world.side[INITIATOR];
  edhoc_world_start(&world);
  world.side[INITIATOR] = initiator;
  assert_int_equal(edhoc_world_give(&world, 1, message.octets, message.length - 2), 0);
  assert_int_equal(edhoc_world_compose(&world, 2), 0);
  assert_int_not_equal(
      edhoc_world_give(&world, 2, world.message[2].octets, world.message[2].length), 0);
  assert_aborted(&world.side[INITIATOR]);
}

/* A responder of several methods answers in the initiator's, with a key of the right kind. */
static void several_methods(void **state) {
  (void)state;
  static struct keyring ring;
  static const struct edhoc_suites all = {{0, 2}, 2};
  keyring_init(&ring);
  for (unsigned method = 0; method < EDHOC_METHODS; method++) {
    struct edhoc_world world = ring.of[0];
    for (unsigned side = 0; side < SIDES; side++)
      world.config[side] = negotiation_config(&ring, side, method, &all);
    world.config[RESPONDER].methods = 0x0f;
    assert_int_equal(negotiate(&world), 1);
    assert_int_equal(world.side[RESPONDER].method, method);
  }
}

/* As many suites as there may be, the last of which is the only one that we have. */
static void the_longest_list_of_suites(void **state) {
  (void)state;
  struct edhoc_world world;
  edhoc_world_init(&world, 3, 2, KIND_KID);
  struct edhoc_suites *suites = &world.config[INITIATOR].suites;
  suites->count = EDHOC_SUITES_MAX;
  for (int32_t i = 0; i < EDHOC_SUITES_MAX - 1; i++)
    suites->value[i] = -24 + i;
  suites->value[EDHOC_SUITES_MAX - 1] = 2;
  edhoc_world_start(&world);
  edhoc_world_run(&world);
  assert_true(edhoc_world_established(&world));
  assert_int_equal(world.message[1].length, 37 + EDHOC_SUITES_MAX);
}

static void edhoc_configurations_that_do_not_serve(void **state) {
  (void)state;
  struct edhoc_world world;
  struct edhoc edhoc;
  edhoc_world_init(&world, 3, 2, KIND_KID);
  for (unsigned i = 0; i < 8; i++) {
    struct edhoc_config config = world.config[INITIATOR];
    struct edhoc_credential credential = world.own[INITIATOR];
    bool responder_too = true;
    switch (i) {
    case 0:
      config.methods = 0;
      break;
    case 1:
      config.methods = 0x10;
      break;
    case 2:
      config.suites.count = 0;
      break;
    case 3:
      config.suites.count = EDHOC_SUITES_MAX + 1;
      break;
    case 4:
      config.connection.length = EDHOC_CONNECTION_ID_MAX + 1;
      break;
    case 5:
      config.suites.value[0] = 0; /* no key of that curve */
      responder_too = false;
      break;
    case 6:
      config.suites.value[0] = 6;
      responder_too = false;
      break;
    default:
      credential.private = NULL;
      config.credentials = &credential;
      responder_too = false;
    }
    assert_int_equal(edhoc_init(&edhoc, EDHOC_INITIATOR, &config, &world.hooks[0]),
                     NODE_ERR_BAD_CONFIG);
    assert_int_equal(edhoc_init(&edhoc, EDHOC_RESPONDER, &config, &world.hooks[0]),
                     responder_too ? NODE_ERR_BAD_CONFIG : 0);
  }
  assert_int_equal(edhoc_select_suite(&world.side[INITIATOR], 3), NODE_ERR_UNSUPPORTED);
  assert_int_equal(edhoc_select_suite(&world.side[RESPONDER], 2), NODE_ERR_BAD_STATE);
  assert_int_equal(edhoc_world_compose(&world, 1), 0);
  assert_int_equal(edhoc_select_suite(&world.side[INITIATOR], 2), NODE_ERR_BAD_STATE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(suites),
      cmocka_unit_test(suites_without_ed25519),
      cmocka_unit_test(no_next_suite),
      cmocka_unit_test(suites_are_remembered),
      cmocka_unit_test(downgrade),
      cmocka_unit_test(several_methods),
      cmocka_unit_test(the_longest_list_of_suites),
      cmocka_unit_test(edhoc_configurations_that_do_not_serve),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
