/* CoAP-EAP by RFC 9820 as far as known, with EAP-PSK under OSCORE: the octets of each message,
 * counted by hand, and which of them each option changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

enum { STEPS = 9, SETTINGS_MAX = 4 };

static const char *const LABELS[STEPS] = {
    "trigger",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "EAP-Success",
    "confirmation",
};

static struct pipe pipe_;

struct setting {
  const char *option, *value;
};

static void count_configure(struct pipe_config *config, const struct setting *settings) {
  *config = PIPE_DEFAULT;
  pipe_set(config, "lower_layer", "coap-eap-rfc9820");
  for (size_t i = 0; i < SETTINGS_MAX && settings[i].option != NULL; i++)
    pipe_set(config, settings[i].option, settings[i].value);
}

static void count_run(struct pipe *pipe, const struct setting *settings) {
  struct pipe_config config;
  count_configure(&config, settings);
  pipe_init(pipe, &config);
  assert_true(pipe_run_until(pipe, NODE_SECOND)); /* before its lifetime is over */
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, STEPS);
  for (size_t i = 0; i < STEPS; i++)
    assert_string_equal(pipe->labels[i], LABELS[i]);
}

static const struct setting DEFAULTS[SETTINGS_MAX] = {{NULL, NULL}};

/* What messages are made of, with what options say elsewhere: a token of 1 octet, short paths,
 * Content-Format, no offer of suites, IDs of 1 octet, a lifetime of 28800 s */
enum {
  HEADER = 4,
  TOKEN = 1,
  WELL_KNOWN = (1 + 11) + (1 + 8), /* Uri-Path ".well-known", "coap-eap" */
  PATH = (1 + 1) + (1 + 1),        /* "a", "x": Uri-Path, or Location-Path */
  CONTENT_FORMAT = 1 + 2,          /* 269 */
  NO_RESPONSE = 1 + 1 + 1,         /* 258: an octet more for its delta */
  MARKER = 1,
  URI = 4,             /* "/a/x" */
  RID = 1 + 1 + 1 + 1, /* map, key, head of the string, the string */
  LIFETIME = 1 + 1 + 3,
  /* EAP: code, identifier, length: 4; type: 1 */
  IDENTITY_REQUEST = 5,
  IDENTITY = 5 + 13,
  /* EAP-PSK (RFC 4764): flags 1; ID_S 7, ID_P 6; RAND, MAC, and in messages 3 and 4 the channel:
   * counter 4, tag 16, result 1 */
  PSK_1 = 5 + 1 + 16 + 7,
  PSK_2 = 5 + 1 + 16 + 16 + 16 + 6,
  PSK_3 = 5 + 1 + 16 + 16 + 4 + 16 + 1,
  PSK_4 = 5 + 1 + 16 + 4 + 16 + 1,
  SUCCESS = 4,
  /* OSCORE's option in a request: its head; flags, Partial IV, kid; in a response its head */
  OSCORE_REQUEST = 1 + 1 + 1 + 1,
  OSCORE_RESPONSE = 1,
  CODE = 1,
  TAG = 8,
};

static const size_t SIZES[STEPS] = {
    HEADER + TOKEN + WELL_KNOWN + CONTENT_FORMAT + NO_RESPONSE + MARKER + URI, /* 37 */
    HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + IDENTITY_REQUEST + RID,  /* 22 */
    HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + IDENTITY + RID,          /* 35 */
    HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + PSK_1,                   /* 42 */
    HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + PSK_2,                   /* 73 */
    HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + PSK_3,                   /* 72 */
    HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + PSK_4,                   /* 56 */
    HEADER + TOKEN + OSCORE_REQUEST + MARKER + CODE + PATH + CONTENT_FORMAT + MARKER + SUCCESS +
        LIFETIME + TAG,                                     /* 36 */
    HEADER + TOKEN + OSCORE_RESPONSE + MARKER + CODE + TAG, /* 16 */
};

static void test_sizes(void **state) {
  (void)state;
  static const size_t written[STEPS] = {37, 22, 35, 42, 73, 72, 56, 36, 16}; /* 389 */
  size_t sum = 0;
  count_run(&pipe_, DEFAULTS);
  for (size_t i = 0; i < STEPS; i++) {
    assert_int_equal(SIZES[i], written[i]);
    assert_int_equal(pipe_.flight[i].length, SIZES[i]);
    sum += pipe_.flight[i].length;
  }
  assert_int_equal(sum, 389);
  pipe_deinit(&pipe_);
}

/* The octets, but for what is random or encrypted. */
static void test_octets(void **state) {
  (void)state;
  static const char *const masks[STEPS] = {
      /* NON POST /.well-known/coap-eap */
      "5102xxxxxx"
      "bb2e77656c6c2d6b6e6f776e"
      "08636f61702d656170"
      "12010d"
      "d1e91a"
      "ff2f612fxx",
      /* CON POST /a/x, {2: RID-C} */
      "4102xxxxxxb16101xx12010dff"
      "01xx000501"
      "a10241xx",
      /* ACK 2.01 Location-Path a, y, {3: RID-I} */
      "6141xxxxxx816101xx42010dff"
      "02xx001201"
      "7466672d757365722d74657374"
      "a10341xx",
      "4102xxxxxxb16101xx12010dff"
      "01xx001d2f00",
      "6141xxxxxx816101xx42010dff"
      "02xx003c2f40",
      "4102xxxxxxb16101xx12010dff"
      "01xx003b2f80",
      "6141xxxxxx816101xx42010dff"
      "02xx002b2fc0",
      /* CON POST, OSCORE: a kid, a Partial IV of 1 octet */
      "4102xxxxxx930900xxff",
      /* ACK 2.04, OSCORE without a value */
      "6144xxxxxx90ff",
  };
  count_run(&pipe_, DEFAULTS);
  for (size_t i = 0; i < STEPS; i++)
    for (size_t j = 0; 2 * j < strlen(masks[i]); j++) {
      const char octet[3] = {masks[i][2 * j], masks[i][2 * j + 1], 0};
      if (octet[0] != 'x')
        assert_int_equal(pipe_.flight[i].data[j], strtoul(octet, NULL, 16));
    }
  /* Each request goes where the message before it says. Names have one octet: that of the message,
   * the ninth, and the last of step 0. */
  const size_t named[] = {36, 8, 8, 8, 8, 8, 8};
  for (size_t i = 0; i < 6; i++) {
    const uint8_t name = pipe_.flight[i].data[named[i]],
                  next = pipe_.flight[i + 1].data[named[i + 1]];
    assert_int_equal(name == next, i % 2 == 0);
  }
  /* The kid of step 7 is the RID-I of step 2, and not the RID-C of step 1. */
  assert_int_equal(pipe_.flight[7].data[8], pipe_.flight[2].data[34]);
  assert_int_not_equal(pipe_.flight[1].data[21], pipe_.flight[2].data[34]);
  pipe_deinit(&pipe_);
}

/* What each option adds to each message, against SIZES. */
static const struct {
  struct setting settings[SETTINGS_MAX];
  int change[STEPS];
} CHANGES[] = {
    {{{"token_bytes", "0"}}, {-1, -1, -1, -1, -1, -1, -1, -1, -1}},
    {{{"token_bytes", "8"}}, {7, 7, 7, 7, 7, 7, 7, 7, 7}},
    /* that of step 7 is inside; step 8 has no payload */
    {{{"rfc9820_content_format", "off"}}, {-3, -3, -3, -3, -3, -3, -3, -3, 0}},
    /* "path", "eap", "x": (1 + 4) + (1 + 3) + (1 + 1), not 4; "/path/eap/x": 11, not 4 */
    {{{"rfc9820_uris", "long"}}, {7, 7, 7, 7, 7, 7, 7, 7, 0}},
    /* RID-C goes out once: step 8 is a response, which carries no kid */
    {{{"rid_c_bytes", "0"}}, {0, -1, 0, 0, 0, 0, 0, 0, 0}},
    {{{"rid_c_bytes", "2"}}, {0, 1, 0, 0, 0, 0, 0, 0, 0}},
    {{{"rid_c_bytes", "7"}}, {0, 6, 0, 0, 0, 0, 0, 0, 0}},
    /* RID-I is the kid of step 7, too */
    {{{"rid_i_bytes", "0"}}, {0, 0, -1, 0, 0, 0, 0, -1, 0}},
    {{{"rid_i_bytes", "2"}}, {0, 0, 1, 0, 0, 0, 0, 1, 0}},
    {{{"rid_i_bytes", "7"}}, {0, 0, 6, 0, 0, 0, 0, 6, 0}},
    /* in step 1 key 1, head 1, and 1 for each; in step 2 key 1, head 1, and the one chosen */
    {{{"cipher_suites_offered", "0"}}, {0, 3, 3, 0, 0, 0, 0, 0, 0}},
    {{{"cipher_suites_offered", "0+1"}}, {0, 4, 3, 0, 0, 0, 0, 0, 0}},
    {{{"cipher_suites_offered", "0+1+2+3"}}, {0, 6, 3, 0, 0, 0, 0, 0, 0}},
    /* tags of 16 octets, not 8 */
    {{{"cipher_suites_offered", "1"}}, {0, 3, 3, 0, 0, 0, 0, 8, 8}},
    {{{"cipher_suites_offered", "2"}}, {0, 3, 3, 0, 0, 0, 0, 8, 8}},
    {{{"cipher_suites_offered", "3"}}, {0, 3, 3, 0, 0, 0, 0, 8, 8}},
    {{{"cipher_suites_offered", "1+0"}}, {0, 4, 3, 0, 0, 0, 0, 8, 8}},
    {{{"cipher_suites_offered", "3+2+1+0"}}, {0, 6, 3, 0, 0, 0, 0, 8, 8}},
    /* what the peer has decides the tags alone */
    {{{"cipher_suites_supported", "0"}}, {0}},
    {{{"cipher_suites_supported", "3+2+1+0"}}, {0}},
    {{{"cipher_suites_offered", "3+2+1+0"}, {"cipher_suites_supported", "0"}},
     {0, 6, 3, 0, 0, 0, 0, 0, 0}},
    {{{"cipher_suites_offered", "0+1+2+3"}, {"cipher_suites_supported", "2"}},
     {0, 6, 3, 0, 0, 0, 0, 8, 8}},
    /* left out: 5 less; up to 23: in the head; up to 255: 1 behind it, up to 65535: 2, then 4 */
    {{{"session_lifetime_s", "0"}}, {0, 0, 0, 0, 0, 0, 0, -5, 0}},
    {{{"session_lifetime_s", "23"}}, {0, 0, 0, 0, 0, 0, 0, -2, 0}},
    {{{"session_lifetime_s", "24"}}, {0, 0, 0, 0, 0, 0, 0, -1, 0}},
    {{{"session_lifetime_s", "255"}}, {0, 0, 0, 0, 0, 0, 0, -1, 0}},
    {{{"session_lifetime_s", "256"}}, {0}},
    {{{"session_lifetime_s", "65535"}}, {0}},
    {{{"session_lifetime_s", "100000"}}, {0, 0, 0, 0, 0, 0, 0, 2, 0}},
    {{{"rfc9820_kdf", "hkdf"}}, {0}},
    /* and together: they add up */
    {{{"rid_c_bytes", "6"},
      {"rid_i_bytes", "0"},
      {"cipher_suites_offered", "2"},
      {"rfc9820_uris", "long"}},
     {7, 7 + 5 + 3, 7 - 1 + 3, 7, 7, 7, 7, 7 - 1 + 8, 8}},
};
enum { CHANGE_COUNT = sizeof CHANGES / sizeof CHANGES[0] };

static void test_changes(void **state) {
  (void)state;
  for (size_t i = 0; i < CHANGE_COUNT; i++) {
    count_run(&pipe_, CHANGES[i].settings);
    for (size_t step = 0; step < STEPS; step++)
      if ((int)pipe_.flight[step].length != (int)SIZES[step] + CHANGES[i].change[step])
        fail_msg("%s: %s: %s has %zu octets", CHANGES[i].settings[0].option,
                 CHANGES[i].settings[0].value, LABELS[step], pipe_.flight[step].length);
    pipe_deinit(&pipe_);
  }
}

/* Messages whose octets an option changes, which none of what is random follows. Step 8 depends on
 * the key, and not on what step 7 says. */
static void test_changed_octets(void **state) {
  (void)state;
  static const struct {
    struct setting settings[SETTINGS_MAX];
    const char *changed; /* by step: 1: it is */
  } cases[] = {
      {{{"session_lifetime_s", "0"}}, "000000010"},
      {{{"session_lifetime_s", "28801"}}, "000000010"},
      {{{"session_lifetime_s", "100000"}}, "000000010"},
      {{{"rfc9820_content_format", "off"}}, "111111110"},
      {{{"rfc9820_uris", "long"}}, "111111110"},
      {{{"rfc9820_kdf", "hkdf"}}, "000000011"},
      /* said or not, suite 0 is the same key */
      {{{"cipher_suites_offered", "0"}}, "011000000"},
      /* another offer makes another key */
      {{{"cipher_suites_offered", "0+1"}}, "011000011"},
      {{{"cipher_suites_supported", "0"}}, "000000000"},
  };
  static struct pipe changed;
  count_run(&pipe_, DEFAULTS);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    count_run(&changed, cases[i].settings);
    for (size_t step = 0; step < STEPS; step++) {
      const struct pipe_datagram *a = &pipe_.flight[step], *b = &changed.flight[step];
      const bool equal = a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
      if (equal == (cases[i].changed[step] == '1'))
        fail_msg("%s: %s: %s", cases[i].settings[0].option, cases[i].settings[0].value,
                 LABELS[step]);
    }
    pipe_deinit(&changed);
  }
  pipe_deinit(&pipe_);
}

/* Requests under the association: the peer's carry RID-C, the authenticator's RID-I; responses
 * neither. POST /a with 16 octets. */
static void test_application(void **state) {
  (void)state;
  enum {
    REQUEST =
        HEADER + TOKEN + OSCORE_REQUEST + MARKER + CODE + (1 + 1) + MARKER + 16 + TAG, /* 38 */
    RESPONSE = HEADER + TOKEN + OSCORE_RESPONSE + MARKER + CODE + TAG,                 /* 16 */
  };
  static const struct {
    struct setting settings[SETTINGS_MAX];
    int peer, authenticator, response;
  } cases[] = {
      {{{NULL, NULL}}, 0, 0, 0},
      {{{"rid_c_bytes", "7"}}, 6, 0, 0},
      {{{"rid_c_bytes", "0"}}, -1, 0, 0},
      {{{"rid_i_bytes", "3"}}, 0, 2, 0},
      {{{"rid_i_bytes", "0"}}, 0, -1, 0},
      {{{"cipher_suites_offered", "3"}}, 8, 8, 8},
      {{{"rfc9820_uris", "long"}}, 0, 0, 0},
      {{{"rfc9820_content_format", "off"}}, 0, 0, 0},
  };
  static const uint8_t payload[16] = {1};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    count_run(&pipe_, cases[i].settings);
    for (unsigned from_peer = 0; from_peer < 2; from_peer++) {
      const size_t at = pipe_.flight_count;
      assert_int_equal(pipe_request(&pipe_, 0, from_peer, LOWER_POST, payload, sizeof payload), 0);
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns + NODE_SECOND));
      assert_int_equal(pipe_.flight_count, at + 2);
      assert_int_equal(pipe_.flight[at].length,
                       REQUEST + (from_peer ? cases[i].peer : cases[i].authenticator));
      assert_int_equal(pipe_.flight[at + 1].length, RESPONSE + cases[i].response);
    }
    assert_int_equal(pipe_.peer[0].answered + pipe_.authenticator[0].answered, 2);
    pipe_deinit(&pipe_);
  }
}

/* EAP-Failure: CON POST without a map, answered 4.01 without a payload. */
static void test_failure(void **state) {
  (void)state;
  enum { FAILURE = HEADER + TOKEN + PATH + CONTENT_FORMAT + MARKER + 4, ANSWER = HEADER + TOKEN };
  static const uint8_t failure[] = {0xff, 4}, code = COAP_CODE_UNAUTHORIZED;
  struct pipe_config config;
  count_configure(&config, DEFAULTS);
  config.peer_psk = "not-the-password";
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  const size_t at = pipe_find(&pipe_, "EAP-Failure");
  assert_int_equal(pipe_.flight[at].length, FAILURE); /* 17 */
  assert_memory_equal(pipe_.flight[at].data + FAILURE - 5, failure, sizeof failure);
  assert_int_equal(pipe_.flight[at + 1].length, ANSWER); /* 5 */
  assert_int_equal(pipe_.flight[at + 1].data[1], code);
  assert_string_equal(pipe_.authenticator[0].reason, "wrong MAC_P");
  assert_string_equal(pipe_.peer[0].reason, "EAP-Failure while the method ran");
  pipe_deinit(&pipe_);
}

/* No suite that both have: step 1 is answered 4.00, and both say why they fail. */
static void test_no_cipher_suite(void **state) {
  (void)state;
  static const struct setting cases[][SETTINGS_MAX] = {
      {{"cipher_suites_supported", "1"}},
      {{"cipher_suites_offered", "0"}, {"cipher_suites_supported", "3"}},
      {{"cipher_suites_offered", "1+0"}, {"cipher_suites_supported", "2"}},
  };
  static const uint8_t code = COAP_CODE_BAD_REQUEST;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pipe_config config;
    count_configure(&config, cases[i]);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_false(pipe_established(&pipe_, 0));
    assert_string_equal(pipe_.labels[1], "EAP-Request/Identity");
    assert_int_equal(pipe_.flight[2].data[1], code);
    assert_int_equal(pipe_.peer[0].failed, 1);
    assert_int_equal(pipe_.authenticator[0].failed, 1);
    assert_string_equal(pipe_.peer[0].reason, "no-cipher-suite");
    assert_string_equal(pipe_.authenticator[0].reason, "no-cipher-suite");
    pipe_deinit(&pipe_);
  }
}

/* A number of the session's lifetime is what both ends close it by. */
static void test_lifetime_closes(void **state) {
  (void)state;
  static const struct {
    const char *value;
    uint64_t lifetime_s; /* 0: it stays open */
  } cases[] = {{"0", 0}, {"23", 23}, {"100000", 100000}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pipe_config config;
    const struct setting settings[SETTINGS_MAX] = {{"session_lifetime_s", cases[i].value}};
    count_configure(&config, settings);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, NODE_SECOND));
    assert_true(pipe_established(&pipe_, 0));
    const uint64_t before_ns = cases[i].lifetime_s * NODE_SECOND;
    assert_true(pipe_run_until(&pipe_, before_ns)); /* it began some ms later */
    assert_int_equal(pipe_.peer[0].closed + pipe_.authenticator[0].closed, 0);
    assert_true(pipe_run_until(&pipe_, before_ns + NODE_SECOND));
    assert_int_equal(pipe_.peer[0].closed, cases[i].lifetime_s > 0);
    assert_int_equal(pipe_.authenticator[0].closed, cases[i].lifetime_s > 0);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sizes),           cmocka_unit_test(test_octets),
      cmocka_unit_test(test_changes),         cmocka_unit_test(test_changed_octets),
      cmocka_unit_test(test_application),     cmocka_unit_test(test_failure),
      cmocka_unit_test(test_no_cipher_suite), cmocka_unit_test(test_lifetime_closes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
