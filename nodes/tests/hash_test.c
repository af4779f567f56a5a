/* SipHash-2-4 against the vectors of its authors; the table that stands on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "seeded.h"
#include "table.h"

#include <string.h>

enum { ITEMS = 200, KEYS = 50 };

/* Key 00 01 ... 0f; inputs of the octets 00 01 ...: vectors_sip64 of the reference code, and the
 * example of appendix A. */
static void known_vectors(void **state) {
  static const struct {
    size_t length;
    uint64_t hash;
  } vectors[] = {
      {0, UINT64_C(0x726fdb47dd0e0e31)},
      {1, UINT64_C(0x74f839c593dc67fd)},
      {8, UINT64_C(0x93f5f5799a932462)},
      {15, UINT64_C(0xa129ca6149be45e5)},
  };
  const struct hash_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
  uint8_t octets[16];
  (void)state;
  for (size_t i = 0; i < sizeof octets; i++)
    octets[i] = (uint8_t)i;
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
    assert_true(hash_octets(&key, octets, vectors[i].length) == vectors[i].hash);
}

struct thing {
  struct table_item item;
  uint8_t key;
  bool in;
};

/* Of the things with this key, those that the table finds. */
static size_t find_all(const struct table *table, uint8_t key) {
  size_t count = 0;
  for (const struct thing *thing = table_first(table, &key, 1); thing != NULL;
       thing = table_next(&thing->item))
    count += thing->key == key;
  return count;
}

/* Many of one key, in fewer buckets than there are things. */
static void like_a_plain_count(void **state) {
  static struct thing things[ITEMS];
  struct seeded seeded = {.state = 9};
  const struct hash_key key = {{1, 2}};
  struct table table;
  (void)state;
  assert_true(table_init(&table, 1, &key));
  for (unsigned round = 0; round < 20 * ITEMS; round++) {
    struct thing *thing = &things[seeded_below(&seeded, ITEMS)];
    table_remove(&table, &thing->item);
    thing->in = seeded_below(&seeded, 3) > 0;
    thing->key = (uint8_t)seeded_below(&seeded, KEYS);
    if (thing->in)
      table_add(&table, &thing->item, thing, &thing->key, 1);
    size_t count = 0;
    for (size_t i = 0; i < ITEMS; i++)
      count += things[i].in && things[i].key == thing->key;
    assert_int_equal(find_all(&table, thing->key), count);
  }
  table_deinit(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_vectors),
      cmocka_unit_test(like_a_plain_count),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
