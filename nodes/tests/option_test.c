/* Options: every table's defaults, what is taken and refused, and that names are there once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lower/lower.h"

static void test_every_row(void **state) {
  (void)state;
  size_t count;
  const struct option_row *const *rows = lower_options(&count);
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++) {
    assert_true(option_accepts(rows[i], rows[i]->fallback));
    assert_ptr_equal(lower_option(rows[i]->name), rows[i]);
    assert_non_null(rows[i]->unit);
    assert_non_null(rows[i]->applies);
    assert_true(strlen(rows[i]->help) > 0);
    assert_false(option_accepts(rows[i], -1));
    assert_false(option_accepts(rows[i], 1e9));
  }
  assert_null(lower_option("no-such-option"));
}

/* What has an option does not stand in its row, and is part of its condition all the same. */
static void test_applies(void **state) {
  (void)state;
  static const struct {
    const char *option, *applies;
  } conditions[] = {
      {"lower_layer", ""},
      {"association", ""},
      {"oscore_id_context",
       "association=oscore & lower_layer!=edhoc & lower_layer!=coap-eap-rfc9820"},
      {"join_attempts", "lower_layer=coap-eap|coap-eap-rfc9820|edhoc|pana & trigger=on"},
      {"edhoc_message_4", "lower_layer=edhoc & edhoc_combined=off"},
      {"dtls_timeout_ms", "association=dtls"},
      {"ack_timeout_ms", "lower_layer=coap-eap|coap-eap-rfc9820|edhoc|pana"},
      {"trigger_retry_ms",
       "lower_layer=coap-eap|coap-eap-rfc9820 & trigger=on & coap_roles=authenticator-client"},
      {"seqnum_bytes", "lower_layer=coap-eap & ordering=seqnum|seqnum-requests"},
  };
  for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
    assert_string_equal(lower_option_applies(lower_option(conditions[i].option)),
                        conditions[i].applies);
}

static void test_texts(void **state) {
  (void)state;
  static const struct {
    const char *option, *text;
    bool taken;
    double value;
  } texts[] = {
      {"token_bytes", "8", true, 8},
      {"token_bytes", "9", false, 0},
      {"token_bytes", "", false, 0},
      {"token_bytes", "-0", false, 0},
      {"token_bytes", "0x1", false, 0},
      {"token_bytes", "1.5", false, 0},
      {"ack_random_factor", "1.25", true, 1.25},
      {"ack_random_factor", "1.255", false, 0},
      {"ack_random_factor", "1.2.5", false, 0},
      {"ack_random_factor", "nan", false, 0},
      {"dtls_cookie", "off", true, 0},
      {"dtls_cookie", "on", true, 1},
      {"dtls_cookie", "1", false, 0},
      {"association", "dtls", true, 1},
      {"association", "", false, 0},
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    double value = -1;
    assert_int_equal(option_parse(lower_option(texts[i].option), texts[i].text, &value),
                     texts[i].taken);
    assert_true(!texts[i].taken || (value <= texts[i].value && value >= texts[i].value));
  }
}

static void test_values(void **state) {
  (void)state;
  const struct option_row *token = lower_option("token_bytes"),
                          *cookie = lower_option("dtls_cookie");
  struct option_values values = {.count = 0};
  assert_true(option_is_on(&values, cookie));
  assert_int_equal((int)option_get(&values, token), 1);
  option_set(&values, token, 4);
  option_set(&values, token, 5);
  option_set(&values, cookie, 0);
  assert_int_equal(values.count, 2);
  assert_int_equal((int)option_get(&values, token), 5);
  assert_false(option_is_on(&values, cookie));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_row),
      cmocka_unit_test(test_applies),
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
