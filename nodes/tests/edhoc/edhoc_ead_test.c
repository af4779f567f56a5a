/* External authorization data in each message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_world.h"

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
  return edhoc_world_lookup((void *)(uintptr_t)inbox->known, id_cred, length);
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
static int run_with_ead(struct edhoc_world *world, struct inbox inbox[SIDES], unsigned number,
                        const struct edhoc_ead *items, size_t count) {
  edhoc_world_init(world, 0, 2, KIND_KID);
  for (unsigned side = 0; side < SIDES; side++) {
    inbox[side] = (struct inbox){.known = &world->known[1 - side], .understood = 7};
    world->config[side].lookup = inbox_lookup;
    world->config[side].ead = inbox_ead;
    world->config[side].context = &inbox[side];
  }
  edhoc_world_start(world);
  world->ead[number] = items;
  world->ead_count[number] = count;
  edhoc_world_advance(world, number);
  return edhoc_world_give(world, number, world->message[number].octets,
                          world->message[number].length);
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
    struct edhoc_world world, plain;
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
      assert_int_equal(edhoc_world_compose(&world, next), 0);
      assert_int_equal(
          edhoc_world_give(&world, next, world.message[next].octets, world.message[next].length),
          0);
    }
    assert_true(edhoc_world_established(&world));
    /* 0 42cafe, -7 42cafe, 7, 65535 40, 0: 4 + 4 + 1 + 4 + 1 */
    edhoc_world_init(&plain, 0, 2, KIND_KID);
    edhoc_world_run(&plain);
    assert_int_equal(world.message[number].length, plain.message[number].length + 14);
  }
}

/* As many items as there may be, the last with the largest label, and critical. */
static void the_most_ead(void **state) {
  (void)state;
  static const struct edhoc_ead items[EDHOC_EAD_MAX] = {
      [EDHOC_EAD_MAX - 1] = {.label = EDHOC_EAD_LABEL_MAX, .critical = true}};
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct edhoc_world world;
    struct inbox inbox[SIDES];
    const struct inbox *got = &inbox[number % 2 == 1 ? RESPONDER : INITIATOR];
    assert_int_equal(run_with_ead(&world, inbox, number, items, EDHOC_EAD_MAX),
                     NODE_ERR_UNSUPPORTED);
    assert_int_equal(got->count, 1);
    assert_int_equal(got->item[0].label, EDHOC_EAD_LABEL_MAX);
    assert_true(got->item[0].critical);
  }
}

static void critical_ead_must_be_understood(void **state) {
  (void)state;
  static const struct edhoc_ead items[] = {{.label = 8}, {.label = 9, .critical = true}};
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct edhoc_world world;
    struct inbox inbox[SIDES];
    assert_int_equal(run_with_ead(&world, inbox, number, items, 1), 0);
    assert_int_equal(run_with_ead(&world, inbox, number, items, 2), NODE_ERR_UNSUPPORTED);
    assert_aborted(edhoc_world_receiver(&world, number));
    assert_string_equal(edhoc_reason(edhoc_world_receiver(&world, number)),
                        "critical EAD item not processed");
  }
}

/* Message 2 is encrypted by a stream cipher only: the MAC or the signature must cover EAD_2. */
static void ead_2_is_authenticated(void **state) {
  (void)state;
  static const uint8_t value[] = {0xca, 0xfe};
  static const struct edhoc_ead items[] = {{.label = 7, .value = value, .length = 2}};
  for (unsigned method = 0; method < EDHOC_METHODS; method++) {
    struct edhoc_world world;
    edhoc_world_init(&world, method, 2, KIND_KID);
    world.ead[2] = items;
    world.ead_count[2] = 1;
    edhoc_world_advance(&world, 2);
    struct edhoc_world_message *message = &world.message[2];
    message->octets[message->length - 1] ^= 1;
    assert_int_equal(edhoc_world_give(&world, 2, message->octets, message->length),
                     NODE_ERR_VERIFY);
    assert_string_equal(edhoc_reason(&world.side[INITIATOR]), "Signature_or_MAC_2 is wrong");
  }
}

/* Nothing is handed over of a message that does not verify. */
static void ead_waits_for_verification(void **state) {
  (void)state;
  static const struct edhoc_ead items[] = {{.label = 7}};
  for (unsigned number = 2; number <= 3; number++) {
    struct edhoc_world world;
    struct inbox inbox[SIDES];
    const unsigned sender = number == 2 ? RESPONDER : INITIATOR;
    edhoc_world_init(&world, 0, 2, KIND_KID);
    inbox[0] = (struct inbox){.known = &world.known[sender], .understood = 7};
    world.config[1 - sender].lookup = inbox_lookup;
    world.config[1 - sender].ead = inbox_ead;
    world.config[1 - sender].context = &inbox[0];
    world.private[sender][31] ^= 1;
    world.ead[number] = items;
    world.ead_count[number] = 1;
    edhoc_world_start(&world);
    edhoc_world_advance(&world, number);
    assert_int_equal(edhoc_world_give(&world, number, world.message[number].octets,
                                      world.message[number].length),
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
      struct edhoc_world world;
      edhoc_world_init(&world, 3, 2, KIND_KID);
      if (number > 1) {
        edhoc_world_advance(&world, number - 1);
        assert_int_equal(edhoc_world_give(&world, number - 1, world.message[number - 1].octets,
                                          world.message[number - 1].length),
                         0);
      }
      world.ead[number] = table[i].items;
      world.ead_count[number] = table[i].count;
      assert_int_equal(edhoc_world_compose(&world, number), table[i].error);
      assert_aborted(edhoc_world_sender(&world, number));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ead_is_carried),
      cmocka_unit_test(the_most_ead),
      cmocka_unit_test(critical_ead_must_be_understood),
      cmocka_unit_test(ead_2_is_authenticated),
      cmocka_unit_test(ead_waits_for_verification),
      cmocka_unit_test(ead_that_cannot_be_sent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
