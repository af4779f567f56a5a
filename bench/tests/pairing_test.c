/* Cells of two lists of specs, and keys that one of them does not know. */
#include "compare/pairing.h"
#include "fixture.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Specs are written with ' for ". */
static void add(struct pairing *pairing, enum side side, const char *spec) {
  char *copy = memory_string(spec);
  for (char *at = copy; *at != '\0'; at++)
    *at = *at == '\'' ? '"' : *at;
  json_t *json = json_loads(copy, 0, NULL);
  assert_non_null(json);
  pairing_add(pairing, side, json);
  json_decref(json);
  free(copy);
}

/* What was asked for; `new` has the default 0, of others nothing is known. */
struct asked {
  char words[64];
  json_t *zero;
};

static const json_t *ask(void *context, const char *key, enum side has) {
  struct asked *asked = context;
  strcat(asked->words, key);
  strcat(asked->words, has == SIDE_A ? ":A " : ":B ");
  return strcmp(key, "new") == 0 ? asked->zero : NULL;
}

/* A newer version's runs with the default are the older one's; those with another value are not. */
static void keys_of_one_list(void **state) {
  (void)state;
  struct pairing *pairing = pairing_create();
  struct pairing_result result;
  struct asked asked = {.zero = json_integer(0)};
  add(pairing, SIDE_A, "{'hops':1,'seed':1,'old':5}");
  add(pairing, SIDE_B, "{'hops':1,'seed':1,'new':7}");
  add(pairing, SIDE_B, "{'hops':1,'seed':1,'new':0}");
  pairing_fill(pairing, ask, &asked);
  assert_string_equal(asked.words, "old:A new:B ");
  pairing_match(pairing, &result);
  assert_int_equal(result.count, 1);
  assert_int_equal(result.pair[0].run[SIDE_B], 1);
  assert_int_equal(result.only_count[SIDE_A], 0);
  assert_int_equal(result.only_count[SIDE_B], 1);
  assert_int_equal(result.only[SIDE_B][0], 0);
  pairing_result_deinit(&result);
  pairing_destroy(pairing);
  json_decref(asked.zero);
}

/* Cells are told apart by as few keys as it takes, and are in the order of their values; seeds are
 * in none of them. */
static void cells(void **state) {
  (void)state;
  struct pairing *pairing = pairing_create();
  struct pairing_cells found;
  add(pairing, SIDE_A, "{'m':'psk','hops':10,'loss':0.1,'same':1,'seed':1}");
  add(pairing, SIDE_A, "{'m':'psk','hops':2,'loss':0.1,'same':1,'seed':1}");
  add(pairing, SIDE_A, "{'m':'psk','hops':2.0,'loss':0.1,'same':1,'seed':2}");
  add(pairing, SIDE_B, "{'seed':9,'hops':2,'loss':0.1,'m':'psk','same':1}");
  add(pairing, SIDE_B, "{'m':'edhoc','hops':2,'loss':0.2,'same':1,'seed':1}");
  pairing_cells_find(pairing, &found);
  assert_int_equal(found.count, 3);
  static const size_t A[] = {2, 1, 1}, B[] = {1, 0};
  assert_memory_equal(found.of[SIDE_A], A, sizeof A);
  assert_memory_equal(found.of[SIDE_B], B, sizeof B);
  char *words = json_dumps(found.columns[2], JSON_SORT_KEYS | JSON_COMPACT);
  assert_string_equal(words, "{\"hops\":10,\"m\":\"psk\"}"); /* `loss` goes with `m` */
  free(words);
  pairing_cells_deinit(&found);
  pairing_destroy(pairing);
}

static void one_cell_of_empty_specs(void **state) {
  (void)state;
  struct pairing *pairing = pairing_create();
  struct pairing_cells found;
  add(pairing, SIDE_A, "{}");
  add(pairing, SIDE_B, "{}");
  add(pairing, SIDE_B, "{}");
  pairing_cells_find(pairing, &found);
  assert_int_equal(found.count, 1);
  assert_int_equal(json_object_size(found.columns[0]), 0);
  pairing_cells_deinit(&found);
  pairing_destroy(pairing);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_of_one_list),
      cmocka_unit_test(cells),
      cmocka_unit_test(one_cell_of_empty_specs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
