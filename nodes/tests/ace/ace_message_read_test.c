/* Readers of payloads of ACE: any order, what is passed over, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ace_fixture.h"

#define NONCE "481011121314151617"
#define MS "50cccccccccccccccccccccccccccccccc"
#define CNF "a104a200418002" MS

/* The readers, each with what it leaves alone after an error. */
static int read_request(const uint8_t *payload, size_t length) {
  static const struct ace_token_request untouched = {.audience_length = 99};
  struct ace_token_request request = untouched;
  const int error = ace_token_request_read(payload, length, &request);
  assert_true(error == 0 || memcmp(&request, &untouched, sizeof request) == 0);
  return error;
}

static int read_answer(const uint8_t *payload, size_t length) {
  static const struct ace_token_answer untouched = {.token_length = 99};
  struct ace_token_answer answer = untouched;
  const int error = ace_token_answer_read(payload, length, &answer);
  assert_true(error == 0 || memcmp(&answer, &untouched, sizeof answer) == 0);
  return error;
}

static int read_oscore_request(const uint8_t *payload, size_t length) {
  static const struct ace_oscore_half untouched = {.nonce_length = 99};
  struct ace_oscore_half half = untouched;
  const uint8_t *token = payload;
  size_t token_length = 98;
  const int error = ace_oscore_request_read(payload, length, &token, &token_length, &half);
  assert_true(error == 0 || (memcmp(&half, &untouched, sizeof half) == 0 && token == payload &&
                             token_length == 98));
  return error;
}

static int read_oscore_answer(const uint8_t *payload, size_t length) {
  static const struct ace_oscore_half untouched = {.nonce_length = 99};
  struct ace_oscore_half half = untouched;
  const int error = ace_oscore_answer_read(payload, length, &half);
  assert_true(error == 0 || memcmp(&half, &untouched, sizeof half) == 0);
  return error;
}

struct reading_row {
  const char *payload;
  int expected;
};

static void assert_readings(int (*read)(const uint8_t *, size_t), const struct reading_row *rows,
                            size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct hex payload = hex(rows[i].payload);
    uint8_t *copy = exact(payload.octets, payload.length);
    const int error = read(copy, payload.length);
    free(copy);
    if (error != rows[i].expected)
      print_error("row %zu: %s\n", i, rows[i].payload);
    assert_int_equal(error, rows[i].expected);
    for (size_t cut = 0; error == 0 && cut < payload.length; cut++) {
      copy = exact(payload.octets, cut);
      assert_int_equal(read(copy, cut), NODE_ERR_MALFORMED);
      free(copy);
    }
  }
}

#define AUDIENCE "05656c69676874"
#define SCOPE "094101"

static void test_request_reading(void **state) {
  (void)state;
  static const struct reading_row rows[] = {
      {"a2" AUDIENCE SCOPE, 0},
      {"a2" SCOPE AUDIENCE, 0},
      {"a0", 0},
      {"a2 0560 0940", 0},
      {"a3" AUDIENCE SCOPE "182102", 0},
      {"a3" AUDIENCE SCOPE "182100", 0},
      {"a4" AUDIENCE SCOPE "182601 04a10341aa", 0},
      {"a4" AUDIENCE SCOPE "6161 8100 190400 f6", 0},
      {"a3" AUDIENCE AUDIENCE SCOPE, NODE_ERR_MALFORMED},
      {"a3" AUDIENCE SCOPE SCOPE, NODE_ERR_MALFORMED},
      {"a4" AUDIENCE SCOPE "182102182102", NODE_ERR_MALFORMED},
      {"a4" AUDIENCE SCOPE "182601182601", NODE_ERR_MALFORMED},
      {"a2 05456c69676874" SCOPE, NODE_ERR_MALFORMED},
      {"a2 0501" SCOPE, NODE_ERR_MALFORMED},
      {"a2" AUDIENCE "096161", NODE_ERR_MALFORMED},
      {"a2" AUDIENCE "0901", NODE_ERR_MALFORMED},
      {"a3" AUDIENCE SCOPE "18214102", NODE_ERR_MALFORMED},
      {"a2" AUDIENCE SCOPE "00", NODE_ERR_MALFORMED},
      {"a1" AUDIENCE SCOPE, NODE_ERR_MALFORMED},
      {"a3" AUDIENCE SCOPE, NODE_ERR_MALFORMED},
      {"82" AUDIENCE, NODE_ERR_MALFORMED},
      {"bf" AUDIENCE SCOPE "ff", NODE_ERR_MALFORMED},
      {"b802" AUDIENCE SCOPE, NODE_ERR_MALFORMED},
      {"a2 1805656c69676874" SCOPE, NODE_ERR_MALFORMED},
      {"a1 1864 818181818181818100", NODE_ERR_MALFORMED},
      {"bbffffffffffffffff", NODE_ERR_MALFORMED},
      {"00", NODE_ERR_MALFORMED},
      {"", NODE_ERR_MALFORMED},
  };
  assert_readings(read_request, rows, sizeof rows / sizeof rows[0]);
}

static void test_grant(void **state) {
  (void)state;
  static const struct {
    const char *payload;
    bool other;
  } rows[] = {
      {"a1" AUDIENCE, false},
      {"a2" AUDIENCE "182102", false},
      {"a2" AUDIENCE "182100", true},
      {"a2" AUDIENCE "182121", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct hex payload = hex(rows[i].payload);
    struct ace_token_request request;
    assert_int_equal(ace_token_request_read(payload.octets, payload.length, &request), 0);
    assert_int_equal(request.has_other_grant, rows[i].other);
    assert_int_equal(request.audience_length, 5);
    assert_ptr_equal(request.audience, payload.octets + 3);
    assert_int_equal(request.scope_length, 0);
  }
}

#define TOKEN "0142d001"
#define CNF_8 "08" CNF

static void test_answer_reading(void **state) {
  (void)state;
  static const struct reading_row rows[] = {
      {"a2" TOKEN CNF_8, 0},
      {"a2" CNF_8 TOKEN, 0},
      {"a2" TOKEN "08a101a3010402412a20" MS, 0},
      {"a6" TOKEN CNF_8 SCOPE "0201 182602 182202", 0},
      {"a4" TOKEN CNF_8 "021bffffffffffffffff 18263903e7", 0},
      {"a4" TOKEN CNF_8 "1829a0 3a00010000 f6", 0},
      {"a3" TOKEN TOKEN CNF_8, NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 CNF_8, NODE_ERR_MALFORMED},
      {"a4" TOKEN CNF_8 SCOPE SCOPE, NODE_ERR_MALFORMED},
      {"a4" TOKEN CNF_8 "0201 0201", NODE_ERR_MALFORMED},
      {"a4" TOKEN CNF_8 "182602 182602", NODE_ERR_MALFORMED},
      {"a4" TOKEN CNF_8 "182202 182202", NODE_ERR_MALFORMED},
      {"a1" TOKEN, NODE_ERR_MALFORMED},
      {"a1" CNF_8, NODE_ERR_MALFORMED},
      {"a0", NODE_ERR_MALFORMED},
      {"a2 0140" CNF_8, NODE_ERR_MALFORMED},
      {"a2 0161d0" CNF_8, NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "0200", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "0220", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "02f93c00", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "0940", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "096161", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "182600", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "18261b0000000100000000", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "18266161", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "18226161", NODE_ERR_MALFORMED},
      {"a3" TOKEN CNF_8 "182201", NODE_ERR_UNSUPPORTED},
      {"a2" TOKEN "08a10341aa", NODE_ERR_UNSUPPORTED},
      {"a2" TOKEN "08a101a2010402412a", NODE_ERR_MALFORMED}, /* without its key */
      {"a2" TOKEN "0800", NODE_ERR_MALFORMED},
      {"a2" TOKEN CNF_8 "00", NODE_ERR_MALFORMED},
      {"a1 181e 01", NODE_ERR_MALFORMED},
      {"", NODE_ERR_MALFORMED},
  };
  assert_readings(read_answer, rows, sizeof rows / sizeof rows[0]);
}

static void test_answer_values(void **state) {
  (void)state;
  const struct hex payload = hex("a6 182202 182639 0100" SCOPE "021b0000000100000000" CNF_8 TOKEN);
  struct ace_token_answer answer;
  assert_int_equal(ace_token_answer_read(payload.octets, payload.length, &answer), 0);
  assert_int_equal(answer.profile, -257);
  assert_int_equal(answer.expires_in_s, UINT32_MAX);
  assert_int_equal(answer.scope_length, 1);
  assert_int_equal(answer.token_length, 2);
  assert_ptr_equal(answer.token, payload.octets + payload.length - 2);
  const struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, 0);
  assert_confirmation_equal(&answer.confirmation, &claims.confirmation);
}

#define HALF_1 "1828" NONCE "182b4101"
#define HALF_2 "182a" NONCE "182c4102"

static void test_oscore_request_reading(void **state) {
  (void)state;
  static const struct reading_row rows[] = {
      {"a3" TOKEN HALF_1, 0},
      {"a3" HALF_1 TOKEN, 0},
      {"a3" TOKEN "182841aa 182b40", 0},
      {"a3" TOKEN "182850000102030405060708090a0b0c0d0e0f 182b4701020304050607", 0},
      {"a5" TOKEN HALF_1 "182af6 6161f6", 0}, /* nonce2 is no parameter of it */
      {"a4" TOKEN TOKEN HALF_1, NODE_ERR_MALFORMED},
      {"a4" TOKEN HALF_1 "1828" NONCE, NODE_ERR_MALFORMED},
      {"a4" TOKEN HALF_1 "182b4101", NODE_ERR_MALFORMED},
      {"a2" HALF_1, NODE_ERR_MALFORMED},
      {"a2" TOKEN "1828" NONCE, NODE_ERR_MALFORMED},
      {"a2" TOKEN "182b4101", NODE_ERR_MALFORMED},
      {"a3" TOKEN HALF_2, NODE_ERR_MALFORMED},
      {"a3 0140" HALF_1, NODE_ERR_MALFORMED},
      {"a3 0161d0" HALF_1, NODE_ERR_MALFORMED},
      {"a3" TOKEN "182840 182b4101", NODE_ERR_MALFORMED},
      {"a3" TOKEN "182851000102030405060708090a0b0c0d0e0f10 182b4101", NODE_ERR_MALFORMED},
      {"a3" TOKEN "182801 182b4101", NODE_ERR_MALFORMED},
      {"a3" TOKEN "1828" NONCE "182b480102030405060708", NODE_ERR_MALFORMED},
      {"a3" TOKEN "1828" NONCE "182b6161", NODE_ERR_MALFORMED},
      {"a3" TOKEN HALF_1 "00", NODE_ERR_MALFORMED},
      {"42d001", NODE_ERR_MALFORMED},
      {"d083", NODE_ERR_MALFORMED},
      {"", NODE_ERR_MALFORMED},
  };
  assert_readings(read_oscore_request, rows, sizeof rows / sizeof rows[0]);
}

static void test_oscore_answer_reading(void **state) {
  (void)state;
  static const struct reading_row rows[] = {
      {"a2" HALF_2, 0},
      {"a2 182c4102 182a" NONCE, 0},
      {"a2 182a4100 182c40", 0},
      {"a4" HALF_2 "1828f6 182bf6", 0},
      {"a3" HALF_2 "182c4102", NODE_ERR_MALFORMED},
      {"a3" HALF_2 "182a" NONCE, NODE_ERR_MALFORMED},
      {"a1 182a" NONCE, NODE_ERR_MALFORMED},
      {"a1 182c4102", NODE_ERR_MALFORMED},
      {"a2" HALF_1, NODE_ERR_MALFORMED},
      {"a2 182a40 182c4102", NODE_ERR_MALFORMED},
      {"a2 182a" NONCE "182c02", NODE_ERR_MALFORMED},
      {"a2 182a" NONCE "182c480102030405060708", NODE_ERR_MALFORMED},
      {"a2" HALF_2 "f6", NODE_ERR_MALFORMED},
      {"a0", NODE_ERR_MALFORMED},
      {"", NODE_ERR_MALFORMED},
  };
  assert_readings(read_oscore_answer, rows, sizeof rows / sizeof rows[0]);
}

static void check_transfer(struct seeded *chance, const uint8_t *token, size_t length) {
  struct ace_oscore_half half, read;
  struct payload payload;
  const uint8_t *token_read;
  size_t length_read;
  draw_half(chance, &half);
  ace_oscore_request_write(token, length, &half, begin(&payload));
  assert_false(payload.out.overflow);
  assert_int_equal(
      ace_oscore_request_read(payload.octets, payload.out.length, &token_read, &length_read, &read),
      0);
  assert_int_equal(length_read, length);
  assert_memory_equal(token_read, token, length);
  assert_half_equal(&half, &read);
  ace_oscore_answer_write(&half, begin(&payload));
  assert_int_equal(ace_oscore_answer_read(payload.octets, payload.out.length, &read), 0);
  assert_half_equal(&half, &read);
}

/* Whatever is written is read as the same. */
static void test_chance(void **state) {
  (void)state;
  struct seeded chance = {.state = 11};
  for (unsigned round = 0; round < 500; round++) {
    const struct ace_claims claims = draw_claims(&chance);
    uint8_t token[ACE_TOKEN_MAX];
    struct payload payload;
    const size_t length = seal(&claims, token);
    struct ace_token_answer answer = {.token = token,
                                      .token_length = length,
                                      .expires_in_s = seeded_below(&chance, ~0u),
                                      .scope = claims.scope,
                                      .scope_length =
                                          seeded_below(&chance, 2) ? claims.scope_length : 0,
                                      .profile = (int32_t)seeded_below(&chance, 600) - 300,
                                      .confirmation = claims.confirmation},
                            read;
    answer.confirmation.has_secret = true;
    ace_token_answer_write(&answer, begin(&payload));
    assert_int_equal(ace_token_answer_read(payload.octets, payload.out.length, &read), 0);
    assert_int_equal(read.token_length, length);
    assert_memory_equal(read.token, token, length);
    assert_int_equal(read.expires_in_s, answer.expires_in_s);
    assert_int_equal(read.profile, answer.profile);
    assert_int_equal(read.scope_length, answer.scope_length);
    assert_confirmation_equal(&read.confirmation, &answer.confirmation);
    check_transfer(&chance, token, length);
  }
}

static void test_errors(void **state) {
  (void)state;
  static const struct {
    const char *payload;
    unsigned error;
    const char *name;
  } rows[] = {
      {"a1181e01", 1, "invalid_request"},
      {"a1181e02", 2, "invalid_client"},
      {"a1181e03", 3, "invalid_grant"},
      {"a1181e04", 4, "unauthorized_client"},
      {"a1181e05", 5, "unsupported_grant_type"},
      {"a1181e06", 6, "invalid_scope"},
      {"a1181e07", 7, "unsupported_pop_key"},
      {"a1181e08", 8, "incompatible_ace_profiles"},
      {"a2181f6161181e06", 6, "invalid_scope"},
      {"a1181e09", 9, "error"},
      {"a1181e00", 0, "error"},
      {"a1181e1a7fffffff", INT32_MAX, "error"},
      {"a1181e20", 0, "error"},
      {"a1181e6161", 0, "error"},
      {"a1181e1a80000000", 0, "error"},
      {"a2181e01181e01", 0, "error"},
      {"a1181e0100", 0, "error"},
      {"a1181e", 0, "error"},
      {"a0", 0, "error"},
      {"01", 0, "error"},
      {"", 0, "error"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct hex payload = hex(rows[i].payload);
    const unsigned error = ace_error_read(payload.octets, payload.length);
    assert_int_equal(error, rows[i].error);
    assert_string_equal(ace_error_name(error), rows[i].name);
  }
  assert_string_equal(ace_error_name(~0u), "error");
  assert_int_equal(ace_error_read(NULL, 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_request_reading),
      cmocka_unit_test(test_grant),
      cmocka_unit_test(test_answer_reading),
      cmocka_unit_test(test_answer_values),
      cmocka_unit_test(test_oscore_request_reading),
      cmocka_unit_test(test_oscore_answer_reading),
      cmocka_unit_test(test_chance),
      cmocka_unit_test(test_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
