/* What is kept is as long as it is; where memory is short, what was there stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "crowd/heap.h"
#include "kept/kept.h"

static const uint8_t OCTETS[] = {1, 2, 3, 4, 5};

static struct span_list two_spans(void) {
  struct span_list spans = {.count = 0};
  assert_true(span_list_add(&spans, ROW_COAP_HEADER, 4));
  assert_true(span_list_add(&spans, ROW_COAP_TOKEN, 1));
  return spans;
}

static void assert_kept(const struct kept *kept) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof OCTETS};
  assert_int_equal(kept_write(kept, &datagram), 0);
  assert_int_equal(datagram.length, sizeof OCTETS);
  assert_memory_equal(data, OCTETS, sizeof OCTETS);
  assert_int_equal(datagram.spans.count, 2);
  assert_int_equal(datagram.spans.item[1].row, ROW_COAP_TOKEN);
  datagram.capacity--;
  assert_int_equal(kept_write(kept, &datagram), NODE_ERR_TOO_LONG);
}

static void stored_and_copied(void **state) {
  (void)state;
  const struct span_list spans = two_spans(), none = {.count = 0};
  const size_t before = heap_octets(0);
  struct kept kept = {.spans = NULL}, copy = {.spans = NULL};
  assert_int_equal(kept_store(&kept, OCTETS, sizeof OCTETS, &spans), 0);
  assert_kept(&kept);
  assert_true(heap_octets(0) - before < 64);
  assert_int_equal(kept_copy(&copy, &kept), 0);
  assert_int_equal(kept_store(&kept, NULL, 0, &none), 0); /* an empty datagram */
  assert_int_equal(kept.length, 0);
  assert_kept(&copy);
  kept_wipe(&kept);
  kept_wipe(&kept);
  kept_wipe(&copy);
  assert_int_equal(heap_octets(0), before);
}

static void memory_is_short(void **state) {
  (void)state;
  static const uint8_t others[100];
  const struct span_list spans = two_spans();
  struct kept kept = {.spans = NULL}, copy = {.spans = NULL};
  assert_int_equal(kept_store(&kept, OCTETS, sizeof OCTETS, &spans), 0);
  heap_is_short(true);
  const int stored = kept_store(&kept, others, sizeof others, &spans);
  const int copied = kept_copy(&copy, &kept);
  heap_is_short(false);
  assert_int_equal(stored, NODE_ERR_EXHAUSTED);
  assert_int_equal(copied, NODE_ERR_EXHAUSTED);
  assert_kept(&kept);
  assert_null(copy.spans);
  kept_wipe(&kept);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stored_and_copied),
      cmocka_unit_test(memory_is_short),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
