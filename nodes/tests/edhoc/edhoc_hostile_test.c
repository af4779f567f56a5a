/* Every truncation and bit flip of every message, rubbish, and messages of other runs: never
 * established, always aborted with a reason. Under ASan and UBSan nothing is read beyond a
 * message's end, since each is handed over in memory of its own length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_world.h"

static const struct hostile_variant {
  unsigned method;
  int32_t suite;
  enum edhoc_world_kind kind;
} VARIANTS[] = {
    {3, 2, KIND_KID}, {0, 2, KIND_X5T}, {0, 2, KIND_X5CHAIN}, {1, 3, KIND_KID},
    {3, 0, KIND_KID}, {0, 0, KIND_KID}, {2, 1, KIND_KID},     {3, 3, KIND_X5CHAIN},
};
enum { VARIANTS_COUNT = sizeof VARIANTS / sizeof VARIANTS[0] };

static void edhoc_world_of(struct edhoc_world *world, const struct hostile_variant *variant) {
  edhoc_world_init(world, variant->method, variant->suite, variant->kind);
}

/* Goes on after message `number`, as far as the sides let it. */
static void go_on(struct edhoc_world *world, unsigned number) {
  for (unsigned i = number + 1; i <= WORLD_MESSAGES; i++)
    if (edhoc_world_compose(world, i) != 0 ||
        edhoc_world_give(world, i, world->message[i].octets, world->message[i].length) != 0)
      return;
}

/* The sides, as they are before message `number` is taken; they are put back after each attempt. */
struct moment {
  struct edhoc_world world;
  struct edhoc side[SIDES];
  struct seeded seeded[SIDES];
  unsigned number;
};

static void moment_init(struct moment *moment, const struct hostile_variant *variant,
                        unsigned number) {
  edhoc_world_of(&moment->world, variant);
  edhoc_world_advance(&moment->world, number);
  memcpy(moment->side, moment->world.side, sizeof moment->side);
  memcpy(moment->seeded, moment->world.seeded, sizeof moment->seeded);
  moment->number = number;
}

/* Takes `octets` as the message. Whether the session went on. */
static bool attempt(struct moment *moment, const uint8_t *octets, size_t length) {
  struct edhoc_world *world = &moment->world;
  const struct edhoc_world_message genuine = world->message[moment->number];
  memcpy(world->side, moment->side, sizeof moment->side);
  memcpy(world->seeded, moment->seeded, sizeof moment->seeded);
  struct edhoc *receiver = edhoc_world_receiver(world, moment->number);
  const int error = edhoc_world_give(world, moment->number, octets, length);
  if (error != 0) {
    assert_aborted(receiver);
    return false;
  }
  go_on(world, moment->number);
  world->message[moment->number] = genuine;
  return true;
}

/* A message_1 that is changed may be well-formed; the initiator finds out at message_2. */
static void assert_not_established(const struct moment *moment) {
  assert_false(edhoc_world_established(&moment->world));
  assert_int_equal(moment->number, 1);
  assert_aborted(&moment->world.side[INITIATOR]);
}

static void each_flipped_bit(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANTS_COUNT; v++)
    for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
      struct moment moment;
      moment_init(&moment, &VARIANTS[v], number);
      struct edhoc_world_message message = moment.world.message[number];
      for (size_t bit = 0; bit < 8 * message.length; bit++) {
        message.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const bool went_on = attempt(&moment, message.octets, message.length);
        message.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        /* The topmost bit of an X25519 coordinate is ignored, but not in the transcript. */
        if (went_on)
          assert_not_established(&moment);
      }
      assert_true(attempt(&moment, message.octets, message.length));
      assert_true(edhoc_world_established(&moment.world));
    }
}

static void each_truncation(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANTS_COUNT; v++)
    for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
      struct moment moment;
      moment_init(&moment, &VARIANTS[v], number);
      const struct edhoc_world_message message = moment.world.message[number];
      for (size_t length = 0; length < message.length; length++)
        assert_false(attempt(&moment, message.octets, length));
    }
}

/* Any octet after the end; after message_1 an integer is EAD, which the transcript then lacks. */
static void each_appended_octet(void **state) {
  (void)state;
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct moment moment;
    moment_init(&moment, &VARIANTS[0], number);
    struct edhoc_world_message message = moment.world.message[number];
    message.length++;
    for (unsigned octet = 0; octet <= UINT8_MAX; octet++) {
      message.octets[message.length - 1] = (uint8_t)octet;
      if (attempt(&moment, message.octets, message.length))
        assert_not_established(&moment);
    }
  }
}

static void edhoc_rubbish(void **state) {
  (void)state;
  struct seeded seeded = {.state = 9528};
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct moment moment;
    moment_init(&moment, &VARIANTS[number % VARIANTS_COUNT], number);
    for (unsigned i = 0; i < 3000; i++) {
      uint8_t octets[160];
      const size_t length = seeded_below(&seeded, sizeof octets + 1);
      seeded_bytes(&seeded, octets, length);
      if (i % 2 == 0) /* begins as the message does */
        memcpy(octets, moment.world.message[number].octets, length < 3 ? length : 3);
      assert_false(attempt(&moment, octets, length));
    }
  }
}

/* Messages of another run with the same credentials. */
static void messages_of_another_run(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANTS_COUNT; v++) {
    struct edhoc_world other;
    edhoc_world_of(&other, &VARIANTS[v]);
    other.seeded[INITIATOR].state = 1001;
    other.seeded[RESPONDER].state = 1002;
    edhoc_world_run(&other);
    assert_true(edhoc_world_established(&other));
    for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
      struct moment moment;
      moment_init(&moment, &VARIANTS[v], number);
      if (attempt(&moment, other.message[number].octets, other.message[number].length))
        assert_not_established(&moment);
    }
  }
}

/* Each message in place of each other one, and those that one has sent oneself. */
static void messages_out_of_order(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANTS_COUNT; v++) {
    struct edhoc_world run;
    edhoc_world_of(&run, &VARIANTS[v]);
    edhoc_world_run(&run);
    for (unsigned number = 1; number <= WORLD_MESSAGES; number++)
      for (unsigned instead = 1; instead <= WORLD_MESSAGES; instead++) {
        struct moment moment;
        if (instead == number)
          continue;
        moment_init(&moment, &VARIANTS[v], number);
        assert_false(attempt(&moment, run.message[instead].octets, run.message[instead].length));
      }
  }
}

/* A message that comes twice is not processed again, and the session goes on. */
static void messages_that_come_twice(void **state) {
  (void)state;
  struct edhoc_world world;
  edhoc_world_of(&world, &VARIANTS[0]);
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    const struct edhoc_world_message *message = &world.message[number];
    assert_int_equal(edhoc_world_compose(&world, number), 0);
    assert_int_equal(edhoc_world_give(&world, number, message->octets, message->length), 0);
    const struct edhoc before = *edhoc_world_receiver(&world, number);
    assert_int_equal(edhoc_world_give(&world, number, message->octets, message->length),
                     NODE_ERR_BAD_STATE);
    assert_memory_equal(edhoc_world_receiver(&world, number), &before, sizeof before);
  }
  assert_true(edhoc_world_established(&world));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_flipped_bit),         cmocka_unit_test(each_truncation),
      cmocka_unit_test(each_appended_octet),      cmocka_unit_test(edhoc_rubbish),
      cmocka_unit_test(messages_of_another_run),  cmocka_unit_test(messages_out_of_order),
      cmocka_unit_test(messages_that_come_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
