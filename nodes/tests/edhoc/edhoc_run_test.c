/* Whole runs of EDHOC: every method, suite and credential; sizes as published; exporter, key
 * update, identifiers, order of calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_world.h"
#include "hex.h"

/* Certificates have P-256 keys only. */
static bool possible(int32_t suite, enum edhoc_world_kind kind) {
  return suite >= 2 || kind == KIND_KID;
}

static void every_combination(void **state) {
  (void)state;
  for (unsigned method = 0; method < EDHOC_METHODS; method++)
    for (int32_t suite = 0; suite < 4; suite++)
      for (enum edhoc_world_kind kind = KIND_KID; kind < KIND_COUNT; kind++) {
        struct edhoc_world world;
        if (!possible(suite, kind))
          continue;
        edhoc_world_init(&world, method, suite, kind);
        edhoc_world_run(&world);
        assert_true(edhoc_world_established(&world));
        for (unsigned side = 0; side < SIDES; side++) {
          const struct edhoc *edhoc = &world.side[side];
          const struct edhoc_credential *peer = &world.known[1 - side];
          assert_int_equal(edhoc->method, method);
          assert_int_equal(edhoc->suite->value, suite);
          assert_int_equal(edhoc->peer_id_cred_length, peer->id_cred_length);
          assert_memory_equal(edhoc->peer_id_cred, peer->id_cred, peer->id_cred_length);
          assert_string_equal(edhoc_reason(edhoc), "");
          assert_true(is_zero(edhoc->private, sizeof edhoc->private));
          assert_true(is_zero(edhoc->prk, sizeof edhoc->prk));
        }
      }
}

/* The responder of one kind, the initiator of another. */
static void mixed_credentials(void **state) {
  (void)state;
  for (enum edhoc_world_kind kind = KIND_KID; kind < KIND_COUNT; kind++) {
    struct edhoc_world world;
    edhoc_world_init(&world, 1, 2, kind);
    edhoc_world_credential(&world, INITIATOR, EC_P256, (kind + 1) % KIND_COUNT);
    edhoc_world_run(&world);
    assert_true(edhoc_world_established(&world));
  }
}

/* The backends give the same messages. */
static void edhoc_backends_agree(void **state) {
  (void)state;
  static const struct {
    unsigned method;
    int32_t suite;
  } table[] = {{0, 2}, {3, 3}, {3, 0}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct edhoc_world fast, reference;
    edhoc_world_init(&fast, table[i].method, table[i].suite, KIND_KID);
    edhoc_world_init(&reference, table[i].method, table[i].suite, KIND_KID);
    reference.config[INITIATOR].backend = NULL;
    reference.config[RESPONDER].backend = &EC_MBEDTLS;
    edhoc_world_start(&reference);
    edhoc_world_run(&fast);
    edhoc_world_run(&reference);
    assert_true(edhoc_world_established(&reference));
    assert_memory_equal(fast.message, reference.message, sizeof fast.message);
  }
}

/* The column of the published table of this method and kind. The certificate by value has 290
 * octets of DER: the table's 293 count the head of its byte string. */
static void sizes_are_as_published(void **state) {
  (void)state;
  static const struct {
    unsigned method;
    enum edhoc_world_kind kind;
  } columns[] = {{3, KIND_KID}, {3, KIND_X5T}, {0, KIND_KID}, {0, KIND_X5T}, {0, KIND_X5CHAIN}};
  enum { COLUMNS = sizeof columns / sizeof columns[0] };
  FILE *file = fopen(VECTORS "/edhoc-message-sizes.csv", "r");
  char line[512];
  unsigned number = 0;
  assert_non_null(file);
  struct edhoc_world worlds[COLUMNS];
  for (size_t i = 0; i < COLUMNS; i++) {
    edhoc_world_init(&worlds[i], columns[i].method, 2, columns[i].kind);
    edhoc_world_run(&worlds[i]);
  }
  while (fgets(line, sizeof line, file) != NULL) {
    unsigned sizes[COLUMNS];
    if (line[0] == '#' || sscanf(line, "message_%u,%u,%u,%u,%u,%u", &number, &sizes[0], &sizes[1],
                                 &sizes[2], &sizes[3], &sizes[4]) != 1 + COLUMNS)
      continue;
    for (size_t i = 0; i < COLUMNS; i++)
      assert_int_equal(worlds[i].message[number].length, sizes[i]);
  }
  fclose(file);
  assert_int_equal(number, WORLD_MESSAGES);
}

static void tags_of_16_octets(void **state) {
  (void)state;
  static const size_t lengths[] = {37, 53, 36, 17};
  struct edhoc_world world;
  edhoc_world_init(&world, 3, 3, KIND_KID);
  edhoc_world_run(&world);
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++)
    assert_int_equal(world.message[number].length, lengths[number - 1]);
}

static void exporter_and_key_update(void **state) {
  (void)state;
  struct edhoc_world world;
  static const uint8_t context[] = {1, 2, 3};
  uint8_t a[WORLD_EXPORT_LENGTH], b[WORLD_EXPORT_LENGTH], c[WORLD_EXPORT_LENGTH];
  edhoc_world_init(&world, 3, 2, KIND_KID);
  edhoc_world_run(&world);
  const struct edhoc *i = &world.side[INITIATOR];
  assert_int_equal(edhoc_exporter(i, 26, context, 3, a, sizeof a), 0);
  assert_int_equal(edhoc_exporter(i, 27, context, 3, b, sizeof b), 0);
  assert_memory_not_equal(a, b, sizeof a);
  assert_int_equal(edhoc_exporter(i, 26, context, 2, b, sizeof b), 0);
  assert_memory_not_equal(a, b, sizeof a);
  assert_int_equal(edhoc_exporter(i, 26, context, 3, b, sizeof b - 1), 0);
  assert_memory_not_equal(a, b, sizeof a - 1);
  assert_int_equal(edhoc_exporter(i, 65536, context, 3, b, sizeof b), NODE_ERR_TOO_LONG);
  for (unsigned side = 0; side < SIDES; side++)
    assert_int_equal(edhoc_key_update(&world.side[side], context, 3), 0);
  assert_true(edhoc_world_established(&world));
  assert_int_equal(edhoc_exporter(i, 26, context, 3, c, sizeof c), 0);
  assert_memory_not_equal(a, c, sizeof a);
  assert_int_equal(edhoc_key_update(&world.side[INITIATOR], context, 2), 0);
  assert_false(edhoc_world_established(&world));
}

/* Keys are there as soon as both sides can have them, and message_4 is optional. */
static void keys_come_with_message_3(void **state) {
  (void)state;
  uint8_t keys[SIDES][16];
  for (unsigned number = 0; number <= WORLD_MESSAGES; number++) {
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    edhoc_world_advance(&world, number);
    for (unsigned side = 0; side < SIDES; side++) {
      const bool there = number == WORLD_MESSAGES || (number == 3 && side == INITIATOR);
      assert_int_equal(edhoc_exporter(&world.side[side], 0, NULL, 0, keys[side], 16),
                       there ? 0 : NODE_ERR_BAD_STATE);
      if (!there)
        assert_int_equal(edhoc_key_update(&world.side[side], NULL, 0), NODE_ERR_BAD_STATE);
    }
  }
  assert_memory_equal(keys[INITIATOR], keys[RESPONDER], 16);
}

/* At each moment all calls but the one that is due are refused, and change nothing. */
static void calls_out_of_order(void **state) {
  (void)state;
  for (unsigned moment = 0; moment <= 2 * WORLD_MESSAGES; moment++) {
    struct edhoc_world world, run;
    edhoc_world_init(&run, 3, 2, KIND_KID);
    edhoc_world_run(&run);
    edhoc_world_init(&world, 3, 2, KIND_KID);
    for (unsigned step = 0; step < moment; step++)
      if (step % 2 == 0)
        assert_int_equal(edhoc_world_compose(&world, step / 2 + 1), 0);
      else
        assert_int_equal(edhoc_world_give(&world, step / 2 + 1, world.message[step / 2 + 1].octets,
                                          world.message[step / 2 + 1].length),
                         0);
    for (unsigned other = 0; other < 2 * WORLD_MESSAGES; other++) {
      const unsigned number = other / 2 + 1;
      /* The answer of the other run, before that of this one is composed, is as good. */
      const bool awaited = other % 2 == 1 && moment + 2 >= other && moment <= other;
      if (other == moment || awaited)
        continue;
      const struct edhoc_world before = world;
      struct edhoc_world copy = world;
      const int error = other % 2 == 0 ? edhoc_world_compose(&copy, number)
                                       : edhoc_world_give(&copy, number, run.message[number].octets,
                                                          run.message[number].length);
      assert_int_equal(error, NODE_ERR_BAD_STATE);
      assert_memory_equal(copy.side, before.side, sizeof copy.side);
    }
  }
}

static void identifiers_of_any_form(void **state) {
  (void)state;
  static const struct {
    const char *id;
    size_t length; /* of its encoding */
  } table[] = {
      {"", 1},   {"00", 1},   {"17", 1},   {"18", 2},
      {"1f", 2}, {"20", 1},   {"37", 1},   {"38", 2},
      {"ff", 2}, {"0000", 3}, {"abcd", 3}, {"000102030405060708090a0b0c0d0e0f", 17},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex id = hex(table[i].id);
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    for (unsigned side = 0; side < SIDES; side++) {
      world.config[side].connection.length = (uint8_t)id.length;
      memcpy(world.config[side].connection.bytes, id.octets, id.length);
    }
    edhoc_world_start(&world);
    edhoc_world_run(&world);
    assert_true(edhoc_world_established(&world));
    assert_int_equal(world.message[1].length, 36 + table[i].length);
    assert_int_equal(world.side[INITIATOR].c_r.length, id.length);
    assert_int_equal(world.side[RESPONDER].c_i.length, id.length);
    assert_memory_equal(world.side[INITIATOR].c_r.bytes, id.octets, id.length);
    assert_memory_equal(world.side[RESPONDER].c_i.bytes, id.octets, id.length);
  }
}

static void buffers_that_are_too_small(void **state) {
  (void)state;
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct edhoc_world full;
    edhoc_world_init(&full, 3, 2, KIND_KID);
    edhoc_world_run(&full);
    for (size_t capacity = 0; capacity <= full.message[number].length; capacity++) {
      static edhoc_world_composer *const compose[] = {
          edhoc_message_1_compose, edhoc_message_2_compose, edhoc_message_3_compose,
          edhoc_message_4_compose};
      struct edhoc_world world;
      uint8_t *out = test_malloc(capacity + 1);
      size_t length = 77;
      edhoc_world_init(&world, 3, 2, KIND_KID);
      edhoc_world_advance(&world, number - 1);
      if (number > 1)
        assert_int_equal(edhoc_world_give(&world, number - 1, world.message[number - 1].octets,
                                          world.message[number - 1].length),
                         0);
      struct edhoc *sender = edhoc_world_sender(&world, number);
      const int error = compose[number - 1](sender, NULL, 0, out, capacity, &length);
      if (capacity == full.message[number].length) {
        assert_int_equal(error, 0);
        assert_int_equal(length, capacity);
      } else {
        assert_int_equal(error, NODE_ERR_TOO_LONG);
        assert_int_equal(length, 0);
        assert_aborted(sender);
      }
      test_free(out);
    }
  }
}

static void wiping(void **state) {
  (void)state;
  struct edhoc_world world;
  edhoc_world_init(&world, 3, 2, KIND_KID);
  edhoc_world_run(&world);
  edhoc_wipe(&world.side[INITIATOR]);
  assert_true(is_zero(&world.side[INITIATOR], sizeof world.side[INITIATOR]));
  assert_string_equal(edhoc_reason(&world.side[INITIATOR]), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_combination),
      cmocka_unit_test(mixed_credentials),
      cmocka_unit_test(edhoc_backends_agree),
      cmocka_unit_test(sizes_are_as_published),
      cmocka_unit_test(tags_of_16_octets),
      cmocka_unit_test(exporter_and_key_update),
      cmocka_unit_test(keys_come_with_message_3),
      cmocka_unit_test(calls_out_of_order),
      cmocka_unit_test(identifiers_of_any_form),
      cmocka_unit_test(buffers_that_are_too_small),
      cmocka_unit_test(wiping),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
