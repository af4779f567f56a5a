/* Timelines, made by hand: what is booked of causes that overlap, and of the gaps between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "account/timeline.h"

enum { PEER = 1, PEERS = 3 };

static struct timeline *timeline;

static int set_up(void **state) {
  (void)state;
  timeline = timeline_create(PEERS);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  timeline_destroy(timeline);
  return 0;
}

static uint64_t spent_ns(enum time_cause cause, uint64_t now_ns) {
  return timeline_read(timeline, PEER, now_ns).ns[cause];
}

static uint64_t booked_ns(uint64_t now_ns) {
  const struct timeline_reading reading = timeline_read(timeline, PEER, now_ns);
  return timeline_total_ns(&reading);
}

/* Of any two that are under way at once, the first in the table has the time, whichever began or
 * ended first, and however their ends are known. */
static void test_first_has_precedence(void **state) {
  (void)state;
  uint64_t now_ns = 0;
  for (unsigned first = 0; first < CAUSE_COUNT; first++)
    for (unsigned other = first + 1; other < CAUSE_COUNT; other++)
      for (unsigned order = 0; order < 4; order++) {
        const struct timeline_reading before = timeline_read(timeline, PEER, now_ns);
        const unsigned outer = order & 1 ? first : other, inner = order & 1 ? other : first;
        if (order & 2)
          timeline_until(timeline, PEER, outer, now_ns, now_ns + 100);
        else
          timeline_begin(timeline, PEER, outer, now_ns);
        timeline_until(timeline, PEER, inner, now_ns + 10, now_ns + 30);
        timeline_begin(timeline, PEER, inner, now_ns + 20);
        timeline_end(timeline, PEER, inner, now_ns + 40);
        if (!(order & 2))
          timeline_end(timeline, PEER, outer, now_ns + 100);
        now_ns += 100;
        const struct timeline_reading after = timeline_read(timeline, PEER, now_ns);
        const struct timeline_reading spent = timeline_difference(&after, &before);
        assert_int_equal(spent.ns[first], outer == first ? 100 : 30);
        assert_int_equal(spent.ns[other], outer == first ? 0 : 70);
        assert_int_equal(timeline_total_ns(&spent), 100);
      }
}

/* Of one cause several, which end in any order. */
static void test_causes_are_counted(void **state) {
  (void)state;
  timeline_begin(timeline, PEER, CAUSE_AIR, 0);
  timeline_begin(timeline, PEER, CAUSE_AIR, 10);
  timeline_end(timeline, PEER, CAUSE_AIR, 20);
  timeline_until(timeline, PEER, CAUSE_AIR, 25, 40);
  timeline_until(timeline, PEER, CAUSE_AIR, 26, 30); /* shortens nothing */
  timeline_end(timeline, PEER, CAUSE_AIR, 35);
  assert_int_equal(spent_ns(CAUSE_AIR, 38), 38);
  assert_int_equal(spent_ns(CAUSE_AIR, 100), 40);
  timeline_until(timeline, PEER, CAUSE_AIR, 100, 105);
  assert_int_equal(spent_ns(CAUSE_AIR, 200), 45);
  assert_int_equal(booked_ns(200), 45);
}

static void test_gaps_are_named_by_their_end(void **state) {
  (void)state;
  timeline_until(timeline, PEER, CAUSE_AIR, 0, 10);
  timeline_name(timeline, PEER, CAUSE_REPETITION, 50);
  timeline_until(timeline, PEER, CAUSE_BACKOFF, 50, 60);
  assert_int_equal(spent_ns(CAUSE_REPETITION, 60), 40);
  timeline_name(timeline, PEER, CAUSE_ATTEMPT, 60); /* of no length */
  timeline_begin(timeline, PEER, CAUSE_QUEUE, 60);
  timeline_name(timeline, PEER, CAUSE_ATTEMPT, 70); /* it is in none */
  timeline_end(timeline, PEER, CAUSE_QUEUE, 70);
  assert_int_equal(spent_ns(CAUSE_ATTEMPT, 70), 0);
  assert_int_equal(booked_ns(70), 70);
}

/* What turns out afterwards: the node was computing since a moment in the gap, or before it. */
static void test_the_end_of_a_gap_has_a_name_of_its_own(void **state) {
  (void)state;
  timeline_until(timeline, PEER, CAUSE_AIR, 0, 10);
  timeline_name_end(timeline, PEER, CAUSE_CPU_AUTHENTICATOR, 40, 50);
  timeline_name(timeline, PEER, CAUSE_REPETITION, 50);
  assert_int_equal(spent_ns(CAUSE_CPU_AUTHENTICATOR, 50), 10);
  assert_int_equal(spent_ns(CAUSE_REPETITION, 50), 30);
  timeline_until(timeline, PEER, CAUSE_AIR, 50, 60);
  timeline_name_end(timeline, PEER, CAUSE_CPU_AUTHENTICATOR, 55, 65);
  timeline_name(timeline, PEER, CAUSE_REPETITION, 65);
  assert_int_equal(spent_ns(CAUSE_CPU_AUTHENTICATOR, 65), 15);
  assert_int_equal(spent_ns(CAUSE_REPETITION, 65), 30);
  assert_int_equal(booked_ns(65), 65);
}

/* The peer's own timer comes, and it computes what it then sends; the authenticator's comes
 * meanwhile, which computes for it, too. */
static void test_gaps_before_computing(void **state) {
  (void)state;
  timeline_until(timeline, PEER, CAUSE_AIR, 0, 10);
  timeline_until(timeline, PEER, CAUSE_CPU_PEER, 50, 80);
  timeline_name_end(timeline, PEER, CAUSE_CPU_AUTHENTICATOR, 45, 90);
  timeline_name(timeline, PEER, CAUSE_REPETITION, 90);
  assert_int_equal(spent_ns(CAUSE_CPU_PEER, 90), 30);
  assert_int_equal(spent_ns(CAUSE_CPU_AUTHENTICATOR, 90), 10);
  assert_int_equal(spent_ns(CAUSE_REPETITION, 90), 40);
  assert_int_equal(booked_ns(90), 90);
}

/* It is in no cause, so that the sum falls short. */
static void test_a_gap_without_a_name_is_missed(void **state) {
  (void)state;
  timeline_until(timeline, PEER, CAUSE_AIR, 0, 10);
  timeline_until(timeline, PEER, CAUSE_AIR, 20, 30);
  timeline_name(timeline, PEER, CAUSE_REPETITION, 35);
  assert_int_equal(booked_ns(35), 25);
}

static void test_peers_are_told_apart(void **state) {
  (void)state;
  timeline_begin(timeline, PEER - 1, CAUSE_AIR, 0);
  timeline_begin(timeline, PEER + 1, CAUSE_AIR, 0);
  timeline_begin(timeline, TIMELINE_NOBODY, CAUSE_AIR, 0);
  timeline_until(timeline, TIMELINE_NOBODY, CAUSE_AIR, 0, 10);
  timeline_name(timeline, TIMELINE_NOBODY, CAUSE_ATTEMPT, 10);
  timeline_name_end(timeline, TIMELINE_NOBODY, CAUSE_ATTEMPT, 0, 10);
  timeline_end(timeline, TIMELINE_NOBODY, CAUSE_AIR, 10);
  assert_int_equal(booked_ns(20), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_first_has_precedence, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_causes_are_counted, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_gaps_are_named_by_their_end, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_the_end_of_a_gap_has_a_name_of_its_own, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(test_gaps_before_computing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_a_gap_without_a_name_is_missed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_peers_are_told_apart, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
