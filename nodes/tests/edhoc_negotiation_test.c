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
  struct world of[KEYS];
  struct edhoc_credential own[SIDES][KEYS];
  struct edhoc_credential known[SIDES][KEYS];
};

static const struct edhoc_credential *lookup(void *context, const uint8_t *id_cred, size_t length) {
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
    world_init(&ring->of[key], table[key].method, table[key].suite, KIND_KID);
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

static struct edhoc_config config_of(const struct keyring *ring, unsigned side, unsigned method,
                                     const struct edhoc_suites *suites) {
  struct edhoc_config config = ring->of[0].config[side];
  config.methods = (uint8_t)(1u << method);
  config.suites = *suites;
  config.credentials = ring->own[side];
  config.credentials_count = KEYS;
  config.lookup = lookup;
  config.context = (void *)(uintptr_t)ring->known[1 - side];
  return config;
}

/* Tries until both agree or cannot; returns the number of messages_1, 0 if they cannot. */
static unsigned negotiate(struct world *world) {
  int32_t next = 0;
  for (unsigned tries = 1; tries <= 4; tries++) {
    uint8_t error[128];
    size_t length;
    world_start(world);
    if (tries > 1)
      assert_int_equal(edhoc_select_suite(&world->side[INITIATOR], next), 0);
    assert_int_equal(world_compose(world, 1), 0);
    const struct message *message = &world->message[1];
    if (world_give(world, 1, message->octets, message->length) == 0) {
      for (unsigned number = 2; number <= WORLD_MESSAGES; number++) {
        message = &world->message[number];
        assert_int_equal(world_compose(world, number), 0);
        assert_int_equal(world_give(world, number, message->octets, message->length), 0);
      }
      assert_true(world_established(world));
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
    struct world world = ring.of[0];
    world.config[INITIATOR] = config_of(&ring, INITIATOR, table[i].method, &table[i].initiator);
    world.config[RESPONDER] = config_of(&ring, RESPONDER, table[i].method, &table[i].responder);
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
    struct world world = ring.of[0];
    for (unsigned side = 0; side < SIDES; side++) {
      world.config[side] = config_of(&ring, side, method, &all);
      world.config[side].backend = NULL;
    }
    assert_int_equal(negotiate(&world), 1);
    assert_int_equal(world.side[RESPONDER].suite->value, method == 3 ? 0 : 2);
  }
}

/* An attacker who removes the preferred suite is found out. */
static void downgrade(void **state) {
  (void)state;
  static struct keyring ring;
  static const struct edhoc_suites both = {{3, 2}, 2};
  keyring_init(&ring);
  struct world world = ring.of[0];
  for (unsigned side = 0; side < SIDES; side++)
    world.config[side] = config_of(&ring, side, 3, &both);
  world_start(&world);
  /* Forged SUITES_R = 2 leads the initiator to [3, 2]; the responder sees that 3 would do. */
  assert_int_equal(world_compose(&world, 1), 0);
  assert_int_equal(edhoc_error_process(&world.side[INITIATOR], (const uint8_t *)"\x02\x02", 2), 0);
  int32_t next;
  assert_int_equal(edhoc_next_suite(&world.side[INITIATOR], &next), 0);
  assert_int_equal(next, 2);
  world_start(&world);
  assert_int_equal(edhoc_select_suite(&world.side[INITIATOR], next), 0);
  assert_int_equal(world_compose(&world, 1), 0);
  struct message message = world.message[1];
  assert_int_equal(world_give(&world, 1, message.octets, message.length), NODE_ERR_UNSUPPORTED);
  assert_string_equal(edhoc_reason(&world.side[RESPONDER]),
                      "a preferred cipher suite is supported");
  /* [3, 2] becomes 2: message_2 does not verify. */
  memmove(message.octets + 2, message.octets + 4, message.length - 4);
  message.octets[1] = 2;
  const struct edhoc initiator = world.side[INITIATOR];
  world_start(&world);
  world.side[INITIATOR] = initiator;
  assert_int_equal(world_give(&world, 1, message.octets, message.length - 2), 0);
  assert_int_equal(world_compose(&world, 2), 0);
  assert_int_not_equal(world_give(&world, 2, world.message[2].octets, world.message[2].length), 0);
  assert_aborted(&world.side[INITIATOR]);
}

/* A responder of several methods answers in the initiator's, with a key of the right kind. */
static void several_methods(void **state) {
  (void)state;
  static struct keyring ring;
  static const struct edhoc_suites all = {{0, 2}, 2};
  keyring_init(&ring);
  for (unsigned method = 0; method < EDHOC_METHODS; method++) {
    struct world world = ring.of[0];
    for (unsigned side = 0; side < SIDES; side++)
      world.config[side] = config_of(&ring, side, method, &all);
    world.config[RESPONDER].methods = 0x0f;
    assert_int_equal(negotiate(&world), 1);
    assert_int_equal(world.side[RESPONDER].method, method);
  }
}

static void configurations_that_do_not_serve(void **state) {
  (void)state;
  struct world world;
  struct edhoc edhoc;
  world_init(&world, 3, 2, KIND_KID);
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
  assert_int_equal(world_compose(&world, 1), 0);
  assert_int_equal(edhoc_select_suite(&world.side[INITIATOR], 2), NODE_ERR_BAD_STATE);
}

static void error_messages_are_read(void **state) {
  (void)state;
  static const struct {
    const char *message;
    int error;
    enum edhoc_error_code code;
    const char *text;
  } table[] = {
      {"016455736564", 0, EDHOC_ERROR_UNSPECIFIED, "Used"},
      {"0160", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"016361c3a4", 0, EDHOC_ERROR_UNSPECIFIED, "a??"},
      {"0161076161", NODE_ERR_MALFORMED, 0, NULL},
      {"014141", NODE_ERR_MALFORMED, 0, NULL},
      {"01", NODE_ERR_MALFORMED, 0, NULL},
      {"0202", 0, EDHOC_ERROR_SUITE, ""},
      {"02820203", 0, EDHOC_ERROR_SUITE, ""},
      {"028102", NODE_ERR_MALFORMED, 0, NULL},
      {"02", NODE_ERR_MALFORMED, 0, NULL},
      {"026161", NODE_ERR_MALFORMED, 0, NULL},
      {"020203", NODE_ERR_MALFORMED, 0, NULL},
      {"03f5", 0, EDHOC_ERROR_CREDENTIAL, ""},
      {"03f4", NODE_ERR_MALFORMED, 0, NULL},
      {"03f6", NODE_ERR_MALFORMED, 0, NULL},
      {"00f6", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"20a0", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"1880830102f5", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"1880", NODE_ERR_MALFORMED, 0, NULL},
      {"f5", NODE_ERR_MALFORMED, 0, NULL},
      {"", NODE_ERR_MALFORMED, 0, NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex message = hex(table[i].message);
    struct edhoc_peer_error peer_error;
    assert_int_equal(edhoc_error_read(message.octets, message.length, &peer_error), table[i].error);
    if (table[i].error != 0)
      continue;
    assert_int_equal(peer_error.code, table[i].code);
    assert_string_equal(peer_error.text, table[i].text);
  }
  struct edhoc_peer_error peer_error;
  uint8_t longest[300] = {0x01, 0x79, 0x01, 0x28};
  memset(longest + 4, 'e', 296);
  assert_int_equal(edhoc_error_read(longest, sizeof longest, &peer_error), 0);
  assert_int_equal(strlen(peer_error.text), EDHOC_ERROR_TEXT_MAX - 1);
}

/* An error message ends a session that awaits a message, and no other; nothing is answered. */
static void error_messages_end_the_session(void **state) {
  (void)state;
  static const char *const messages[] = {"016161", "0202", "03f5", "01"};
  for (unsigned moment = 0; moment <= WORLD_MESSAGES; moment++)
    for (unsigned side = 0; side < SIDES; side++)
      for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        const struct hex message = hex(messages[i]);
        struct world world;
        uint8_t out[64];
        size_t length;
        world_init(&world, 3, 2, KIND_KID);
        world_advance(&world, moment);
        struct edhoc *edhoc = &world.side[side];
        const struct edhoc before = *edhoc;
        const bool waits = side == INITIATOR ? moment >= 1 : moment == 2 || moment == 3;
        const bool answers_message_1 = edhoc->state == EDHOC_WAIT_2;
        const int error = edhoc_error_process(edhoc, message.octets, message.length);
        if (!waits) {
          assert_int_equal(error, NODE_ERR_BAD_STATE);
          assert_memory_equal(edhoc, &before, sizeof before);
          continue;
        }
        const bool malformed = i == 3 || (i == 1 && !answers_message_1);
        assert_int_equal(error, malformed ? NODE_ERR_MALFORMED : 0);
        assert_aborted(edhoc);
        assert_int_equal(edhoc_error_compose(edhoc, out, sizeof out, &length), NODE_ERR_BAD_STATE);
      }
}

static void error_messages_fit_their_buffer(void **state) {
  (void)state;
  struct world world;
  uint8_t out[64];
  size_t length;
  world_init(&world, 3, 2, KIND_KID);
  assert_int_equal(edhoc_error_compose(&world.side[RESPONDER], out, sizeof out, &length),
                   NODE_ERR_BAD_STATE);
  assert_int_equal(world_give(&world, 1, out, 0), NODE_ERR_MALFORMED);
  for (size_t capacity = 0; capacity < 18; capacity++)
    assert_int_equal(edhoc_error_compose(&world.side[RESPONDER], out, capacity, &length),
                     NODE_ERR_TOO_LONG);
  assert_int_equal(edhoc_error_compose(&world.side[RESPONDER], out, 18, &length), 0);
  assert_hex_equal(out, length, "01706d616c666f726d6564204d4554484f44"); /* malformed METHOD */
}

/* What one side was handed of EAD. */
struct inbox {
  const struct edhoc_credential *known;
  unsigned count, number[EDHOC_EAD_MAX];
  struct edhoc_ead item[EDHOC_EAD_MAX];
  uint8_t value[EDHOC_EAD_MAX][16];
  uint16_t understood; /* label */
};

static const struct edhoc_credential *inbox_lookup(void *context, const uint8_t *id_cred,
                                                   size_t length) {
  const struct inbox *inbox = context;
  return world_lookup((void *)(uintptr_t)inbox->known, id_cred, length);
}

static int inbox_ead(void *context, unsigned number, const struct edhoc_ead *item) {
  struct inbox *inbox = context;
  inbox->number[inbox->count] = number;
  inbox->item[inbox->count] = *item;
  if (item->length > 0)
    memcpy(inbox->value[inbox->count], item->value, item->length);
  inbox->count++;
  return item->label == inbox->understood ? 0 : NODE_ERR_UNKNOWN;
}

/* Items in message `number` only; returns what its receiver says. */
static int run_with_ead(struct world *world, struct inbox inbox[SIDES], unsigned number,
                        const struct edhoc_ead *items, size_t count) {
  world_init(world, 0, 2, KIND_KID);
  for (unsigned side = 0; side < SIDES; side++) {
    inbox[side] = (struct inbox){.known = &world->known[1 - side], .understood = 7};
    world->config[side].lookup = inbox_lookup;
    world->config[side].ead = inbox_ead;
    world->config[side].context = &inbox[side];
  }
  world_start(world);
  world->ead[number] = items;
  world->ead_count[number] = count;
  world_advance(world, number);
  return world_give(world, number, world->message[number].octets, world->message[number].length);
}

static void ead_is_carried(void **state) {
  (void)state;
  static const uint8_t value[] = {0xca, 0xfe}, none[1] = {0};
  static const struct edhoc_ead items[] = {
      {.label = 0, .value = value, .length = 2}, /* padding */
      {.label = 7, .critical = true, .value = value, .length = 2},
      {.label = 7},
      {.label = 65535, .value = none, .length = 0},
      {.label = 0},
  };
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct world world, plain;
    struct inbox inbox[SIDES];
    assert_int_equal(run_with_ead(&world, inbox, number, items, 5), 0);
    const struct inbox *got = &inbox[number % 2 == 1 ? RESPONDER : INITIATOR];
    assert_int_equal(got->count, 3);
    for (unsigned i = 0; i < 3; i++) {
      assert_int_equal(got->number[i], number);
      assert_int_equal(got->item[i].label, items[1 + i].label);
      assert_int_equal(got->item[i].critical, items[1 + i].critical);
      assert_int_equal(got->item[i].length, items[1 + i].length);
      assert_int_equal(got->item[i].value == NULL, items[1 + i].value == NULL);
    }
    assert_memory_equal(got->value[0], value, sizeof value);
    assert_int_equal(inbox[number % 2 == 1 ? INITIATOR : RESPONDER].count, 0);
    for (unsigned next = number + 1; next <= WORLD_MESSAGES; next++) {
      assert_int_equal(world_compose(&world, next), 0);
      assert_int_equal(
          world_give(&world, next, world.message[next].octets, world.message[next].length), 0);
    }
    assert_true(world_established(&world));
    /* 0 42cafe, -7 42cafe, 7, 65535 40, 0: 4 + 4 + 1 + 4 + 1 */
    world_init(&plain, 0, 2, KIND_KID);
    world_run(&plain);
    assert_int_equal(world.message[number].length, plain.message[number].length + 14);
  }
}

static void critical_ead_must_be_understood(void **state) {
  (void)state;
  static const struct edhoc_ead items[] = {{.label = 8}, {.label = 9, .critical = true}};
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct world world;
    struct inbox inbox[SIDES];
    assert_int_equal(run_with_ead(&world, inbox, number, items, 1), 0);
    assert_int_equal(run_with_ead(&world, inbox, number, items, 2), NODE_ERR_UNSUPPORTED);
    assert_aborted(world_receiver(&world, number));
    assert_string_equal(edhoc_reason(world_receiver(&world, number)),
                        "critical EAD item not processed");
  }
}

/* Nothing is handed over of a message that does not verify. */
static void ead_waits_for_verification(void **state) {
  (void)state;
  static const struct edhoc_ead items[] = {{.label = 7}};
  for (unsigned number = 2; number <= 3; number++) {
    struct world world;
    struct inbox inbox[SIDES];
    const unsigned sender = number == 2 ? RESPONDER : INITIATOR;
    world_init(&world, 0, 2, KIND_KID);
    inbox[0] = (struct inbox){.known = &world.known[sender], .understood = 7};
    world.config[1 - sender].lookup = inbox_lookup;
    world.config[1 - sender].ead = inbox_ead;
    world.config[1 - sender].context = &inbox[0];
    world.private[sender][31] ^= 1;
    world.ead[number] = items;
    world.ead_count[number] = 1;
    world_start(&world);
    world_advance(&world, number);
    assert_int_equal(
        world_give(&world, number, world.message[number].octets, world.message[number].length),
        NODE_ERR_VERIFY);
    assert_int_equal(inbox[0].count, 0);
  }
}

static void ead_that_cannot_be_sent(void **state) {
  (void)state;
  static const struct edhoc_ead critical_padding[] = {{.label = 0, .critical = true}};
  static const struct edhoc_ead many[EDHOC_EAD_MAX + 1] = {{.label = 1}};
  static uint8_t octets[EDHOC_MESSAGE_MAX];
  static const struct edhoc_ead large[] = {{.label = 1, .value = octets, .length = sizeof octets}};
  static const struct {
    const struct edhoc_ead *items;
    size_t count;
    int error;
  } table[] = {{critical_padding, 1, NODE_ERR_BAD_CONFIG},
               {many, EDHOC_EAD_MAX + 1, NODE_ERR_BAD_CONFIG},
               {large, 1, NODE_ERR_TOO_LONG}};
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++)
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
      struct world world;
      world_init(&world, 3, 2, KIND_KID);
      if (number > 1) {
        world_advance(&world, number - 1);
        assert_int_equal(world_give(&world, number - 1, world.message[number - 1].octets,
                                    world.message[number - 1].length),
                         0);
      }
      world.ead[number] = table[i].items;
      world.ead_count[number] = table[i].count;
      assert_int_equal(world_compose(&world, number), table[i].error);
      assert_aborted(world_sender(&world, number));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(suites),
      cmocka_unit_test(suites_without_ed25519),
      cmocka_unit_test(downgrade),
      cmocka_unit_test(several_methods),
      cmocka_unit_test(configurations_that_do_not_serve),
      cmocka_unit_test(error_messages_are_read),
      cmocka_unit_test(error_messages_end_the_session),
      cmocka_unit_test(error_messages_fit_their_buffer),
      cmocka_unit_test(ead_is_carried),
      cmocka_unit_test(critical_ead_must_be_understood),
      cmocka_unit_test(ead_waits_for_verification),
      cmocka_unit_test(ead_that_cannot_be_sent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
