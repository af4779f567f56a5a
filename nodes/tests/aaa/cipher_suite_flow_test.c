/* A cipher suite from the AAA server to the association, in virtual time: the association has it,
 * and where the peer does not, or has agreed on another, both ends fail with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"

enum { SETTINGS_MAX = 4 };

struct setting {
  const char *option, *value;
};

static struct pipe pipe_;
static struct aaa_authorization granted;

static void run(const struct setting settings[SETTINGS_MAX], const struct aaa_cipher_suite *suite) {
  struct pipe_config config = PIPE_DEFAULT;
  config.radius = true;
  config.fault_at = SIZE_MAX;
  granted = (struct aaa_authorization){.suite = *suite};
  config.authorization = &granted;
  for (size_t i = 0; i < SETTINGS_MAX && settings[i].option != NULL; i++)
    pipe_set(&config, settings[i].option, settings[i].value);
  pipe_set_number(&config, "session_lifetime_s", 0); /* of RFC 9820: runs have no end otherwise */
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
}

/* Octets of step 7, or of the request that confirms, and of the DTLS record around it. */
static size_t protected_octets(const char *label) {
  return pipe_.flight[pipe_find(&pipe_, label)].length;
}

static void assert_served(void) {
  for (int from_peer = 0; from_peer <= 1; from_peer++) {
    assert_int_equal(pipe_request(&pipe_, 0, from_peer, LOWER_GET, NULL, 0), 0);
    assert_true(pipe_run(&pipe_));
  }
  assert_int_equal(pipe_.peer[0].answered, 1);
  assert_int_equal(pipe_.authenticator[0].answered, 1);
}

/* Suites 1 to 3 have tags of 16 octets, and suite 0 has one of 8; so have CCM and GCM, and CCM_8.
 */
static void test_associations_have_it(void **state) {
  static const struct {
    struct setting settings[SETTINGS_MAX];
    struct aaa_cipher_suite suite;
    const char *label;
    size_t more; /* octets than without */
  } table[] = {
      {{{0}}, {AAA_SUITE_OSCORE, 0}, "EAP-Success", 0},
      {{{"oscore_suite", "1"}}, {AAA_SUITE_OSCORE, 1}, "EAP-Success", 0},
      {{{"oscore_suite", "2"}}, {AAA_SUITE_OSCORE, 2}, "EAP-Success", 0},
      {{{"oscore_suite", "3"}}, {AAA_SUITE_OSCORE, 3}, "EAP-Success", 0},
      {{{"oscore_suite", "3"}, {"coap_roles", "peer-client"}},
       {AAA_SUITE_OSCORE, 3},
       "confirmation request",
       0},
      {{{"lower_layer", "coap-eap-rfc9820"}}, {AAA_SUITE_OSCORE, 0}, "EAP-Success", 0},
      {{{"lower_layer", "coap-eap-rfc9820"}, {"cipher_suites_offered", "2"}},
       {AAA_SUITE_OSCORE, 2},
       "EAP-Success",
       0},
      {{{"association", "dtls"}}, {AAA_SUITE_DTLS, 0xc0a4}, "EAP-Success", 8},
      {{{"association", "dtls"}}, {AAA_SUITE_DTLS, 0x00a8}, "EAP-Success", 8},
      {{{"association", "dtls"}, {"dtls_suite", "aes128-ccm"}},
       {AAA_SUITE_DTLS, 0xc0a4},
       "EAP-Success",
       0},
      {{{"association", "dtls"}, {"lower_layer", "coap-eap-rfc9820"}},
       {AAA_SUITE_DTLS, 0xc0a4},
       "EAP-Success",
       8},
      {{{"association", "dtls"}, {"dtls_suite", "aes128-gcm"}, {"coap_roles", "peer-client"}},
       {AAA_SUITE_DTLS, 0x00a8},
       "confirmation request",
       0},
      {{{"lower_layer", "pana"}, {"oscore_suite", "1"}}, {AAA_SUITE_OSCORE, 1}, NULL, 0},
      {{{"lower_layer", "pana"}, {"association", "dtls"}}, {AAA_SUITE_DTLS, 0xc0a4}, NULL, 0},
  };
  static const struct aaa_cipher_suite none = {AAA_SUITE_NONE, 0};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    run(table[i].settings, &none);
    const size_t accept = protected_octets("Access-Accept");
    const size_t without = table[i].label == NULL ? 0 : protected_octets(table[i].label);
    pipe_deinit(&pipe_);
    run(table[i].settings, &table[i].suite);
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(protected_octets("Access-Accept"), accept + 12);
    if (table[i].label != NULL)
      assert_int_equal(protected_octets(table[i].label), without + table[i].more);
    assert_served();
    pipe_deinit(&pipe_);
  }
}

static void test_mismatches(void **state) {
  static const struct {
    struct setting settings[SETTINGS_MAX];
    struct aaa_cipher_suite suite;
    const char *peer, *authenticator;
    unsigned within_s,
        confirming; /* when the peer knows; messages that it was to be confirmed by */
  } table[] = {
      /* Step 7 and its repetitions do not verify; nobody believes the 4.00, which is in clear. */
      {{{0}}, {AAA_SUITE_OSCORE, 1}, "oscore-rejected", "oscore-rejected", 200, 5},
      {{{"oscore_suite", "2"}},
       {AAA_SUITE_OSCORE, 0},
       "oscore-rejected",
       "oscore-rejected",
       200,
       5},
      {{{"oscore_suite", "2"}},
       {AAA_SUITE_OSCORE, 3},
       "oscore-rejected",
       "oscore-rejected",
       200,
       5},
      {{{"coap_roles", "peer-client"}},
       {AAA_SUITE_OSCORE, 1},
       "oscore-rejected",
       "oscore-rejected",
       200,
       5},
      /* Nothing is sent that the peer could take for anything. */
      {{{"lower_layer", "coap-eap-rfc9820"}},
       {AAA_SUITE_OSCORE, 1},
       "authenticator-silent",
       "aaa-cipher-suite",
       300,
       0},
      {{{"lower_layer", "coap-eap-rfc9820"}, {"cipher_suites_offered", "3+2+1+0"}},
       {AAA_SUITE_OSCORE, 2},
       "authenticator-silent",
       "aaa-cipher-suite",
       300,
       0},
      {{{"lower_layer", "coap-eap-rfc9820"}, {"coap_roles", "peer-client"}},
       {AAA_SUITE_OSCORE, 2},
       "authenticator-silent",
       "aaa-cipher-suite",
       300,
       0},
      {{{"association", "dtls"}, {"dtls_suites_taken", "aes128-ccm-8"}},
       {AAA_SUITE_DTLS, 0xc0a4},
       "dtls-no-common-suite",
       "dtls-no-common-suite",
       1,
       0},
      {{{"association", "dtls"}, {"coap_roles", "peer-client"}},
       {AAA_SUITE_DTLS, 0x00a8},
       "dtls-no-common-suite",
       "dtls-no-common-suite",
       1,
       0},
      /* It cannot be applied: EAP-Failure, too late. */
      {{{0}},
       {AAA_SUITE_DTLS, 0xc0a8},
       "authenticator-silent",
       "cipher suite of another association",
       200,
       0},
      {{{"association", "dtls"}},
       {AAA_SUITE_OSCORE, 0},
       "authenticator-silent",
       "cipher suite of another association",
       200,
       0},
      {{{0}}, {AAA_SUITE_OSCORE, 4}, "authenticator-silent", "unknown cipher suite", 200, 0},
      {{{"lower_layer", "pana"}},
       {AAA_SUITE_OSCORE, 17},
       "authenticator-silent",
       "unknown cipher suite",
       300,
       0},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    run(table[i].settings, &table[i].suite);
    assert_string_equal(pipe_.peer[0].reason, table[i].peer);
    assert_string_equal(pipe_.authenticator[0].reason, table[i].authenticator);
    assert_int_equal(pipe_.peer[0].failed, 1);
    assert_int_equal(pipe_.authenticator[0].failed, 1);
    assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 0);
    assert_int_equal(pipe_.aaa.confirmed, 1);
    assert_true(pipe_.peer[0].failed_ns < table[i].within_s * NODE_SECOND);
    if (table[i].confirming > 0)
      assert_int_equal(pipe_count(&pipe_, "4.00 Bad Request"), table[i].confirming);
    print_message("%s, %s: the peer knows after %.1f s\n", table[i].peer, table[i].authenticator,
                  (double)pipe_.peer[0].failed_ns / 1e9);
    pipe_deinit(&pipe_);
  }
}

/* A later authentication for which another is named does not end the association before it. */
static void test_association_in_use_stays(void **state) {
  static const struct setting settings[SETTINGS_MAX] = {{0}};
  static const struct aaa_cipher_suite named = {AAA_SUITE_OSCORE, 0};
  (void)state;
  run(settings, &named);
  assert_true(pipe_established(&pipe_, 0));
  granted.suite.number = 3;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.peer[0].reason, "oscore-rejected");
  assert_string_equal(pipe_.authenticator[0].reason, "oscore-rejected");
  assert_served();
  granted.suite.number = 0;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  pipe_deinit(&pipe_);
}

/* What somebody forges says nothing of the suite, once there is an authentication that succeeds. */
static void test_reason_is_of_this_authentication(void **state) {
  static const struct setting settings[SETTINGS_MAX] = {{0}};
  static const struct aaa_cipher_suite other = {AAA_SUITE_OSCORE, 1}, right = {AAA_SUITE_OSCORE, 0};
  (void)state;
  run(settings, &other);
  assert_string_equal(pipe_.peer[0].reason, "oscore-rejected");
  granted.suite = right;
  pipe_trigger(&pipe_, 0);
  for (uint64_t until_ns = pipe_.now_ns; pipe_count(&pipe_, "Access-Accept") < 2;)
    assert_true(pipe_run_until(&pipe_, until_ns += NODE_MS));
  pipe_.config.fault = PIPE_LOSE_ALL_TO_PEERS;
  pipe_.config.fault_at = pipe_.flight_count;
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
  assert_string_equal(pipe_.authenticator[0].reason, "peer-silent");
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_associations_have_it),
      cmocka_unit_test(test_mismatches),
      cmocka_unit_test(test_association_in_use_stays),
      cmocka_unit_test(test_reason_is_of_this_authentication),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
