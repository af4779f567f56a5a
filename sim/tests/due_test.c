/* Agendas that wait, put, moved, removed and taken in random order, against a list that is searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/agenda.h"
#include "run/due.h"
#include "run/host.h"

enum { COUNT = 200, ROUNDS = 20000, TIMES = 50 };

static struct host hosts[COUNT];
static struct agenda agendas[COUNT];
static bool waits[COUNT];

static uint64_t least_due_ns(void) {
  uint64_t least_ns = NODE_NEVER;
  for (size_t i = 0; i < COUNT; i++)
    if (waits[i] && agendas[i].due_ns < least_ns)
      least_ns = agendas[i].due_ns;
  return least_ns;
}

/* All that are due, by their peers' numbers, and nothing else. */
static void check_taken(struct due_queue *queue, uint64_t now_ns) {
  const size_t count = due_take(queue, now_ns);
  size_t taken = 0;
  for (size_t i = 0; i < COUNT; i++) {
    if (!waits[i] || agendas[i].due_ns > now_ns)
      continue;
    assert_true(taken < count);
    assert_ptr_equal(queue->taken[taken++], &agendas[i]);
    waits[i] = false;
  }
  assert_int_equal(taken, count);
}

static void test_against_a_list(void **state) {
  (void)state;
  struct due_queue queue;
  due_init(&queue, COUNT);
  struct stream stream;
  stream_init(&stream, 1, STREAM_START, 0, 0);
  for (size_t i = 0; i < COUNT; i++) {
    hosts[i].index = i;
    agendas[i].peer = &hosts[i];
  }
  for (size_t round = 0; round < ROUNDS; round++) {
    const uint64_t random = stream_next(&stream);
    const size_t i = random % COUNT;
    const uint64_t time_ns = (random >> 32) % TIMES;
    if (random >> 60 == 0) {
      check_taken(&queue, time_ns);
    } else if (waits[i]) {
      agendas[i].due_ns = time_ns % 2 == 0 ? NODE_NEVER : time_ns;
      due_set(&queue, &agendas[i]);
      waits[i] = agendas[i].due_ns != NODE_NEVER;
    } else {
      agendas[i].due_ns = time_ns;
      due_set(&queue, &agendas[i]);
      waits[i] = true;
    }
    assert_int_equal(due_next_ns(&queue), least_due_ns());
  }
  check_taken(&queue, TIMES);
  assert_int_equal(due_next_ns(&queue), NODE_NEVER);
  due_deinit(&queue);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_a_list)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
