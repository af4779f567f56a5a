/* Each row of refuses.def refuses something, with its reason; what runs cannot do is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lower/lower.h"
#include "spec/refusal.h"

/* The least value that the term does not list. */
static double other_than(const struct condition_term *term) {
  double value = term->key->least;
  for (size_t i = 0; i < term->value_count; i++) {
    if (term->values[i] >= value && term->values[i] <= value) {
      value++;
      i = (size_t)-1;
    }
  }
  return value;
}

/* Of all specs that meet the condition one with defaults elsewhere. */
static void meet(const struct condition *condition, struct spec *spec) {
  spec_init(spec);
  for (size_t i = 0; i < condition->count; i++) {
    const struct condition_term *term = &condition->terms[i];
    if (term->relation == CONDITION_IN) {
      spec_set_number(spec, term->key, term->values[0]);
    } else if (term->relation == CONDITION_NOT) {
      spec_set_number(spec, term->key, other_than(term));
    } else {
      spec_set_number(spec, term->other, term->other->most);
      if (!(spec_number(spec, term->key) < term->other->most))
        spec_set_number(spec, term->key, term->key->least);
    }
  }
}

static void test_each_row(void **state) {
  (void)state;
  size_t count;
  const struct spec_refusal *refusals = spec_refusals(&count);
  struct spec spec;
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++) {
    meet(&refusals[i].when, &spec);
    assert_true(condition_holds(&refusals[i].when, &spec));
    assert_non_null(spec_refusal(&spec));
    assert_string_equal(spec_refusal(&spec), refusals[i].reason);
  }
  spec_init(&spec);
  assert_null(spec_refusal(&spec));
}

static void test_reasons(void **state) {
  (void)state;
  static const char silent[] = "fault: silent-aaa needs aaa: radius",
                    timeouts[] = "dtls_timeout_max_ms is less than dtls_timeout_ms",
                    proxy[] = "seqnum_number: 35 and 39 are Proxy-Uri and Proxy-Scheme, which "
                              "OSCORE does not encrypt",
                    sign[] = "edhoc_suite: 0 and 1 sign with Ed25519, which is not modelled: they "
                             "need edhoc_method: 3",
                    realm[] = "realm: not two or more labels of letters, digits and hyphens, with "
                              "dots between them",
                    long_identity[] = "identity_bytes: with the realm an identity is longer than "
                                      "253 octets",
                    kid[] = "edhoc_suite: 0 and 1 need credential: kid, as certificates have P-256 "
                            "keys";
  static const struct {
    const char *spec, *reason;
  } cases[] = {
      {"{'fault':'silent-aaa'}", NULL},
      {"{'fault':'silent-aaa','aaa':'local'}", silent},
      {"{'fault':'wrong-key','aaa':'local'}", NULL},
      {"{'dtls_timeout_ms':2000,'dtls_timeout_max_ms':1999}", NULL},
      {"{'association':'dtls','dtls_timeout_ms':2000,'dtls_timeout_max_ms':1999}", timeouts},
      {"{'association':'dtls','dtls_timeout_ms':2000,'dtls_timeout_max_ms':2000}", NULL},
      {"{'seqnum_number':39}", proxy},
      {"{'seqnum_number':35,'ordering':'seqnum-requests'}", proxy},
      {"{'seqnum_number':35,'ordering':'mid-random'}", NULL},
      {"{'edhoc_suite':0,'edhoc_method':0}", NULL},
      {"{'method':'eap-edhoc','edhoc_suite':0,'edhoc_method':0}", sign},
      {"{'method':'eap-edhoc','edhoc_suite':1,'edhoc_method':2}", sign},
      {"{'method':'eap-edhoc','edhoc_suite':1}", NULL},
      {"{'method':'eap-edhoc','edhoc_suite':2,'edhoc_method':0,'credential':'x5t'}", NULL},
      {"{'method':'eap-edhoc','edhoc_suite':0,'credential':'x5chain'}", kid},
      {"{'method':'eap-edhoc','edhoc_suite':1,'credential':'x5t'}", kid},
      {"{'identity_bytes':1,'peers':37}", NULL},
      {"{'identity_bytes':1,'peers':38}",
       "identity_bytes: 1 octet tells no more than 37 peers apart"},
      {"{'peer_id_bytes':1,'peers':38}",
       "peer_id_bytes: 1 octet tells no more than 37 peers apart"},
      {"{'identity_bytes':2,'peer_id_bytes':2,'peers':786}", NULL},
      {"{'identity_bytes':2,'peers':787}",
       "identity_bytes: 2 octets tell no more than 786 peers apart"},
      {"{'peer_id_bytes':2,'peers':787}",
       "peer_id_bytes: 2 octets tell no more than 786 peers apart"},
      {"{'identity_bytes':3,'peer_id_bytes':3,'peers':10000}", NULL},
      {"{'method':'eap-edhoc','identity_bytes':1,'peers':38}", NULL},
      {"{'realm':'x','aaa_hops':0}", NULL},
      {"{'realm':'x','aaa_hops':1,'aaa':'local'}", NULL},
      {"{'realm':'x','aaa_hops':1,'lower_layer':'edhoc','method':'eap-edhoc'}", NULL},
      {"{'realm':'x','aaa_hops':1}", realm},
      {"{'realm':'a..b','aaa_hops':1}", realm},
      {"{'realm':'*','aaa_hops':2}", realm},
      {"{'realm':'a.b','aaa_hops':1,'identity_bytes':249}", NULL},
      {"{'realm':'a.b','aaa_hops':1,'identity_bytes':250}", long_identity},
      {"{'aaa_hops':1,'identity_bytes':240}", NULL},
      {"{'aaa_hops':2,'identity_bytes':241}", long_identity},
      {"{'identity_bytes':253}", NULL},
      {"{'aaa_hops':2,'identity_bytes':241,'method':'eap-edhoc'}", NULL},
      /* the first of several */
      {"{'method':'eap-edhoc','edhoc_suite':1,'credential':'x5t','edhoc_method':1}", sign},
      {"{'method':'eap-edhoc','edhoc_suite':1,'credential':'x5t','fault':'silent-aaa','aaa':'local'"
       "}",
       silent},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    char error[SPEC_ERROR_MAX], text[200];
    strcpy(text, cases[i].spec);
    for (char *at = text; *at != '\0'; at++)
      if (*at == '\'')
        *at = '"';
    assert_true(spec_parse(text, &spec, error));
    const char *reason = spec_refusal(&spec);
    if (cases[i].reason == NULL ? reason != NULL
                                : reason == NULL || strcmp(reason, cases[i].reason) != 0)
      fail_msg("%s: %s", text, reason == NULL ? "not refused" : reason);
  }
}

static void set_option(struct spec *spec, const char *name, double value) {
  option_set(&spec->options, lower_option(name), value);
}

static void set_text(struct spec *spec, const char *name, const char *text) {
  double value;
  assert_true(option_parse(lower_option(name), text, &value));
  set_option(spec, name, value);
}

static bool is_in_table(const struct spec *spec) {
  size_t count;
  const struct spec_refusal *refusals = spec_refusals(&count);
  for (size_t i = 0; i < count; i++)
    if (condition_holds(&refusals[i].when, spec))
      return true;
  return false;
}

/* What the nodes do not take of options is what the table, which others may read, refuses. */
static void test_options_refused(void **state) {
  (void)state;
  static const double numbers[] = {13, 34, 35, 36, 39, 61}, timeouts_ms[] = {100, 1000, 60000};
  struct spec spec;
  spec_init(&spec);
  for (size_t association = 0; association < 2; association++)
    for (size_t ordering = 0; ordering < 4; ordering++)
      for (size_t number = 0; number < 6; number++)
        for (size_t timeout = 0; timeout < 9; timeout++) {
          set_option(&spec, "association", (double)association);
          set_option(&spec, "ordering", (double)ordering);
          set_option(&spec, "seqnum_number", numbers[number]);
          set_option(&spec, "dtls_timeout_ms", timeouts_ms[timeout / 3]);
          set_option(&spec, "dtls_timeout_max_ms", timeouts_ms[timeout % 3]);
          assert_int_equal(is_in_table(&spec),
                           lower_of(&spec.options)->unsupported(&spec.options) != NULL);
        }
}

/* The same of RFC 9820. */
static void test_options_of_rfc9820_refused(void **state) {
  (void)state;
  enum { OFFERS = 10, LISTS = 9, IDS = 8 };
  /* Under OSCORE alone. The list "4": with all offers, and IDs; the offer "4": with the 8 other
   * lists; the offers none and "0": with no IDs; 7 other offers: so, or with either ID of 7. */
  enum { REFUSED = OFFERS * IDS * IDS + 8 * IDS * IDS + 2 * 8 + 7 * 8 * (1 + 8 + 8 - 1) };
  struct spec spec;
  size_t refused = 0;
  spec_init(&spec);
  set_text(&spec, "lower_layer", "coap-eap-rfc9820");
  for (size_t association = 0; association < 2; association++)
    for (size_t offered = 0; offered < OFFERS; offered++)
      for (size_t supported = 0; supported < LISTS; supported++)
        for (size_t ids = 0; ids < IDS * IDS; ids++) {
          set_option(&spec, "association", (double)association);
          set_option(&spec, "cipher_suites_offered", (double)offered);
          set_option(&spec, "cipher_suites_supported", (double)supported);
          set_option(&spec, "rid_c_bytes", (double)(ids % IDS));
          set_option(&spec, "rid_i_bytes", (double)(ids / IDS));
          const bool in_table = is_in_table(&spec);
          assert_int_equal(in_table, lower_of(&spec.options)->unsupported(&spec.options) != NULL);
          refused += in_table;
        }
  assert_int_equal(refused, REFUSED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_row),
      cmocka_unit_test(test_reasons),
      cmocka_unit_test(test_options_refused),
      cmocka_unit_test(test_options_of_rfc9820_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
