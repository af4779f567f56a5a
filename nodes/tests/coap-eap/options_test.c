/* What options a peer and an authenticator can be made with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "coap-eap/options.h"

static void test_default(void **state) {
  (void)state;
  assert_true(coap_eap_options_valid(&COAP_EAP_OPTIONS_DEFAULT));
}

static void test_seqnum_number(void **state) {
  (void)state;
  static const uint16_t refused[] = {0, 3, 6, 7, 8, 9, 11, 35, 39}, taken[] = {13, 61, 257, 65535};
  struct coap_eap_options options = COAP_EAP_OPTIONS_DEFAULT;
  for (int policy = COAP_EAP_ORDERING_SEQNUM; policy <= COAP_EAP_ORDERING_MID_MONOTONIC; policy++) {
    const bool numbered = policy <= COAP_EAP_ORDERING_SEQNUM_REQUESTS;
    options.ordering.policy = (enum coap_eap_ordering_policy)policy;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
      options.ordering.seqnum_number = refused[i];
      assert_int_equal(coap_eap_options_valid(&options), !numbered);
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
      options.ordering.seqnum_number = taken[i];
      assert_true(coap_eap_options_valid(&options));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_default),
      cmocka_unit_test(test_seqnum_number),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
