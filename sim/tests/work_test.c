/* A processor at work, without a node: when it is done, what it tells when, and what waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/host.h"
#include "run/work.h"

enum { ROOM = 3 };

static struct host host;

static void test_no_cost_is_no_work(void **state) {
  (void)state;
  struct work work;
  work_init(&work, ROOM);
  work_begin(&work, 500);
  assert_false(work_end(&work));
  assert_int_equal(work_next_ns(&work), NODE_NEVER);
  work_deinit(&work);
}

/* Costs whose sum no number of 64 bits has do not come round to a short one. */
static void test_costs_do_not_wrap(void **state) {
  (void)state;
  struct work work;
  work_init(&work, ROOM);
  work_begin(&work, 500);
  for (size_t i = 0; i < 5; i++)
    work_compute(&work, UINT64_C(1) << 62);
  assert_true(work_end(&work));
  assert_true(work_until_ns(&work) > UINT64_C(1) << 61);
  assert_true(work_until_ns(&work) < UINT64_C(1) << 63);
  work_deinit(&work);
}

static void tell(struct work *work, const char *label, const char *secret) {
  const struct node_event event = {.type = NODE_EVENT_KEY,
                                   .label = label,
                                   .secret = (const uint8_t *)secret,
                                   .secret_length = strlen(secret)};
  work_tell_later(work, &host, &event);
}

/* 100 ns, "a", "b", 50 ns, "c", 25 ns; the octets that events point to are gone by then. */
static void test_events_wait_for_their_time(void **state) {
  (void)state;
  static const struct {
    uint64_t at_ns;
    const char *label;
  } expected[] = {{1100, "a"}, {1100, "b"}, {1150, "c"}};
  struct work work;
  char secret[] = "key";
  work_init(&work, ROOM);
  work_begin(&work, 1000);
  work_compute(&work, 100);
  tell(&work, "a", secret);
  tell(&work, "b", secret);
  work_compute(&work, 50);
  tell(&work, "c", secret);
  work_compute(&work, 25);
  memset(secret, 'x', strlen(secret));
  assert_true(work_end(&work));
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(work_next_ns(&work), expected[i].at_ns);
    if (i != 1)
      assert_null(work_told(&work, expected[i].at_ns - 1));
    const struct work_event *told = work_told(&work, expected[i].at_ns);
    assert_string_equal(told->event.label, expected[i].label);
    assert_ptr_equal(told->from, &host);
    assert_memory_equal(told->event.secret, "key", told->event.secret_length);
    assert_null(told->event.name);
  }
  assert_null(work_told(&work, 1175));
  assert_int_equal(work_next_ns(&work), 1175);
  assert_int_equal(work_until_ns(&work), 1175);
  work_deinit(&work);
}

/* What was never told is freed; the sanitizers say. */
static void test_events_that_are_left(void **state) {
  (void)state;
  struct work work;
  work_init(&work, ROOM);
  work_begin(&work, 0);
  work_compute(&work, 1);
  for (size_t i = 0; i < 20; i++)
    tell(&work, "left", "key");
  assert_true(work_end(&work));
  assert_non_null(work_told(&work, 1));
  work_deinit(&work);
}

static bool arrive(struct work *work, uint8_t octet) {
  uint8_t data[] = {octet, octet};
  const struct node_datagram datagram = {.data = data, .length = sizeof data};
  return work_arrive(work, &datagram, octet, octet);
}

/* As many as there is room for, in their order, round and round. */
static void test_arrivals_wait(void **state) {
  (void)state;
  struct work work;
  work_init(&work, ROOM);
  assert_null(work_waiting(&work));
  uint8_t next = 0, first = 0;
  for (size_t round = 0; round < 10; round++) {
    while (arrive(&work, next))
      next++;
    assert_int_equal(next - first, ROOM);
    for (size_t i = 0; i < 1 + round % ROOM; i++, first++) {
      const struct work_arrival *arrival = work_waiting(&work);
      assert_int_equal(arrival->id, first);
      assert_int_equal(arrival->at_ns, first);
      assert_int_equal(arrival->datagram.length, 2);
      assert_int_equal(arrival->datagram.data[1], first);
      work_take(&work);
    }
  }
  work_deinit(&work);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_cost_is_no_work),
      cmocka_unit_test(test_costs_do_not_wrap),
      cmocka_unit_test(test_events_wait_for_their_time),
      cmocka_unit_test(test_events_that_are_left),
      cmocka_unit_test(test_arrivals_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
