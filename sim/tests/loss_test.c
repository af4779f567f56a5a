/* Losses come at the rate that was asked for, independent of each other and of who else is asked.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/loss.h"

enum { NODES = 4, FRAMES = 100000, LENGTH = 60 };

static struct losses *make(struct spec *spec, double loss) {
  spec_init(spec);
  spec->frame_loss = loss;
  return losses_create(spec, NODES);
}

/* Within five standard deviations. */
static void assert_share(size_t count, double share) {
  const double sigma = sqrt(share * (1 - share) / FRAMES);
  assert_true(fabs((double)count / FRAMES - share) < 5 * sigma);
}

static void test_rate_and_independence(void **state) {
  (void)state;
  struct spec spec;
  struct losses *losses = make(&spec, 0.3);
  size_t lost = 0, both_receivers = 0, twice = 0, both_ways = 0;
  bool before = false;
  for (size_t i = 0; i < FRAMES; i++) {
    losses_frame(losses, 0);
    losses_frame(losses, 1);
    const bool first = losses_draw(losses, 0, 1, LENGTH, 1);
    lost += first;
    both_receivers += first && losses_draw(losses, 0, 2, LENGTH, 1);
    both_ways += first && losses_draw(losses, 1, 0, LENGTH, 1);
    twice += first && before;
    before = first;
  }
  assert_share(lost, 0.3);
  assert_share(both_receivers, 0.09);
  assert_share(both_ways, 0.09);
  assert_share(twice, 0.09);
  losses_destroy(losses);
}

static void test_company_changes_nothing(void **state) {
  (void)state;
  struct spec spec;
  struct losses *alone = make(&spec, 0.5), *in_company = make(&spec, 0.5);
  for (size_t i = 0; i < 1000; i++) {
    losses_frame(alone, 2);
    losses_frame(in_company, 2);
    losses_frame(in_company, i % NODES == 2 ? 3 : i % NODES);
    (void)losses_draw(in_company, 2, 0, LENGTH, 1);
    assert_int_equal(losses_draw(alone, 2, 1, LENGTH, 1), losses_draw(in_company, 2, 1, LENGTH, 1));
  }
  losses_destroy(alone);
  losses_destroy(in_company);
}

static void test_bits_by_length(void **state) {
  (void)state;
  struct spec spec;
  struct losses *losses = make(&spec, 0.3);
  spec.loss_model = SPEC_LOSS_MODEL_BIT;
  size_t short_frames = 0, long_frames = 0;
  for (size_t i = 0; i < FRAMES; i++) {
    losses_frame(losses, 0);
    short_frames += losses_draw(losses, 0, 1, 5, 1);
    long_frames += losses_draw(losses, 0, 1, 127, 1);
  }
  assert_share(short_frames, 1 - pow(0.7, 5 / 127.0));
  assert_share(long_frames, 0.3);
  losses_destroy(losses);
}

/* What a link delivers, and what is lost besides. */
static void test_ratio_of_a_link(void **state) {
  (void)state;
  struct spec spec;
  struct losses *losses = make(&spec, 0);
  size_t lost = 0, lost_besides = 0, whole = 0;
  for (size_t i = 0; i < FRAMES; i++) {
    losses_frame(losses, 0);
    spec.frame_loss = 0;
    lost += losses_draw(losses, 0, 1, LENGTH, 0.8);
    whole += losses_draw(losses, 0, 1, LENGTH, 1);
    spec.frame_loss = 0.5;
    lost_besides += losses_draw(losses, 0, 1, LENGTH, 0.8);
  }
  assert_share(lost, 0.2);
  assert_share(lost_besides, 0.6);
  assert_int_equal(whole, 0);
  losses_destroy(losses);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rate_and_independence), cmocka_unit_test(test_company_changes_nothing),
      cmocka_unit_test(test_bits_by_length), cmocka_unit_test(test_ratio_of_a_link)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
