/* What options a peer and an authenticator can be made with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "coap-eap/options.h"
#include "lower/lower.h"

static void set_by_name(struct option_values *values, const char *name, double value) {
  const struct option_row *row = lower_option(name);
  assert_non_null(row);
  option_set(values, row, value);
}

/* What is not said is as the draft has it. */
static void test_option_defaults(void **state) {
  (void)state;
  struct option_values values = {.count = 0};
  struct coap_eap_options options;
  assert_null(coap_eap_options_unsupported(&values));
  coap_eap_options_read(&values, &options);
  assert_int_equal(options.ordering.policy, COAP_EAP_ORDERING_SEQNUM);
  assert_int_equal(options.ordering.seqnum_number, 61);
  assert_int_equal(options.ordering.seqnum_bytes, 2);
  assert_int_equal(options.token_bytes, 1);
  assert_int_equal(options.location_number, COAP_NUMBER_URI_PATH);
  assert_int_equal(options.coap.ack_timeout_ms, 2000);
  assert_int_equal(options.coap.ack_random_factor_x100, 150);
  assert_int_equal(options.coap.max_retransmit, 4);
  assert_false(association_kind_is_session(options.association));
}

static void test_read(void **state) {
  (void)state;
  struct option_values values = {.count = 0};
  struct coap_eap_options options;
  set_by_name(&values, "ack_random_factor", 1.29); /* 129 hundredths, though 1.29 * 100 is less */
  set_by_name(&values, "association", 1);
  set_by_name(&values, "ordering", COAP_EAP_ORDERING_MID_RANDOM);
  coap_eap_options_read(&values, &options);
  assert_int_equal(options.coap.ack_random_factor_x100, 129);
  assert_true(association_kind_is_session(options.association));
  assert_int_equal(options.ordering.policy, COAP_EAP_ORDERING_MID_RANDOM);
}

static void test_seqnum_number(void **state) {
  (void)state;
  const struct option_row *row = lower_option("seqnum_number");
  static const uint16_t refused[] = {35, 39}, taken[] = {13, 61, 257, 65535};
  struct option_values values = {.count = 0};
  for (int policy = COAP_EAP_ORDERING_SEQNUM; policy <= COAP_EAP_ORDERING_MID_MONOTONIC; policy++) {
    const bool numbered = policy <= COAP_EAP_ORDERING_SEQNUM_REQUESTS;
    set_by_name(&values, "ordering", policy);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
      set_by_name(&values, "seqnum_number", refused[i]);
      assert_int_equal(coap_eap_options_unsupported(&values) != NULL, numbered);
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
      set_by_name(&values, "seqnum_number", taken[i]);
      assert_null(coap_eap_options_unsupported(&values));
    }
  }
  for (int number = 0; number < 13; number++) /* numbers that a message may have otherwise */
    assert_false(option_accepts(row, number));
}

static void test_dtls_timeouts(void **state) {
  (void)state;
  struct option_values values = {.count = 0};
  set_by_name(&values, "dtls_timeout_ms", 2000);
  set_by_name(&values, "dtls_timeout_max_ms", 1999);
  assert_null(coap_eap_options_unsupported(&values)); /* no DTLS */
  set_by_name(&values, "association", 1);
  assert_non_null(coap_eap_options_unsupported(&values));
  set_by_name(&values, "dtls_timeout_max_ms", 2000);
  assert_null(coap_eap_options_unsupported(&values));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_option_defaults),
      cmocka_unit_test(test_read),
      cmocka_unit_test(test_seqnum_number),
      cmocka_unit_test(test_dtls_timeouts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
