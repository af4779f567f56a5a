/* The heap of deadlines against a plain search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "deadline.h"
#include "node.h"
#include "seeded.h"

enum { DEADLINES = 40, ROUNDS = 20000 };

static void like_a_plain_search(void **state) {
  (void)state;
  struct seeded seeded = {.state = 3};
  struct deadline deadlines[DEADLINES] = {0};
  uint64_t due[DEADLINES];
  struct deadline_heap heap;
  assert_true(deadline_heap_init(&heap, DEADLINES));
  assert_null(deadline_next(&heap));
  assert_true(deadline_next_ns(&heap) == NODE_NEVER);
  for (size_t i = 0; i < DEADLINES; i++)
    due[i] = NODE_NEVER;
  for (unsigned round = 0; round < ROUNDS; round++) {
    const size_t i = seeded_below(&seeded, DEADLINES);
    due[i] = seeded_below(&seeded, 4) == 0 ? NODE_NEVER : seeded_below(&seeded, 50);
    deadline_set(&heap, &deadlines[i], due[i]);
    uint64_t first = NODE_NEVER;
    for (size_t j = 0; j < DEADLINES; j++)
      first = due[j] < first ? due[j] : first;
    assert_true(deadline_next_ns(&heap) == first);
    assert_true(first == NODE_NEVER || due[deadline_next(&heap) - deadlines] == first);
  }
  deadline_heap_deinit(&heap);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(like_a_plain_search)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
