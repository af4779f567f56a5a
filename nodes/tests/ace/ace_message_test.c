/* Payloads of ACE: octets, rows, and sizes of whole messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ace_fixture.h"
#include "oscore/oscore.h"

#define MS "50cccccccccccccccccccccccccccccccc"
#define CNF "a104a200418002" MS

static size_t row_octets(const struct span_list *spans, enum row row) {
  size_t sum = 0;
  for (size_t i = 0; i < spans->count; i++)
    if (spans->item[i].row == row)
      sum += spans->item[i].length;
  return sum;
}

static void assert_written(const struct payload *payload, const char *octets) {
  assert_false(payload->out.overflow);
  assert_hex_equal(payload->octets, payload->out.length, octets);
  assert_int_equal(span_list_length(&payload->spans), payload->out.length);
}

/* Octets of each row of ACE, which are all that there are. */
static void assert_rows(const struct payload *payload, size_t parameters, size_t token, size_t cnf,
                        size_t nonce, size_t id) {
  assert_int_equal(row_octets(&payload->spans, ROW_ACE_PARAMETERS), parameters);
  assert_int_equal(row_octets(&payload->spans, ROW_ACE_TOKEN), token);
  assert_int_equal(row_octets(&payload->spans, ROW_ACE_CNF), cnf);
  assert_int_equal(row_octets(&payload->spans, ROW_ACE_NONCE), nonce);
  assert_int_equal(row_octets(&payload->spans, ROW_ACE_RECIPIENT_ID), id);
  assert_int_equal(parameters + token + cnf + nonce + id, payload->out.length);
  assert_int_equal(span_list_length(&payload->spans), payload->out.length);
}

static struct ace_token_request make_request(void) {
  return (struct ace_token_request){.audience = (const uint8_t *)"light",
                                    .audience_length = 5,
                                    .scope = (const uint8_t *)"\1",
                                    .scope_length = 1};
}

static struct ace_token_answer make_answer(const uint8_t *token, size_t length) {
  const struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, 0);
  return (struct ace_token_answer){
      .token = token, .token_length = length, .confirmation = claims.confirmation};
}

static void test_request_octets(void **state) {
  (void)state;
  struct payload payload;
  struct ace_token_request request = make_request();
  ace_token_request_write(&request, begin(&payload));
  assert_written(&payload, "a2 05 656c69676874 09 4101");
  assert_int_equal(payload.out.length, 11);
  assert_rows(&payload, 11, 0, 0, 0, 0);
  request.scope_length = 0;
  ace_token_request_write(&request, begin(&payload));
  assert_written(&payload, "a1 05 656c69676874");
  request.audience_length = 0;
  ace_token_request_write(&request, begin(&payload));
  assert_written(&payload, "a0");
}

static void test_answer_octets(void **state) {
  (void)state;
  const uint8_t token[] = {0xd0, 0x01, 0x02};
  struct payload payload;
  struct ace_token_answer answer = make_answer(token, sizeof token);
  ace_token_answer_write(&answer, begin(&payload));
  assert_written(&payload, "a2 01 43d00102 08" CNF);
  assert_rows(&payload, 1, 5, 25, 0, 0);

  answer.expires_in_s = 3600;
  answer.scope = (const uint8_t *)"\3";
  answer.scope_length = 1;
  answer.profile = ace_profile_number(ACE_PROFILE_OSCORE);
  ace_token_answer_write(&answer, begin(&payload));
  assert_written(&payload, "a5 01 43d00102 02 190e10 08" CNF "09 4103 1826 02");
  assert_rows(&payload, 1 + 4 + 3 + 3, 5, 25, 0, 0);
}

static void test_oscore_octets(void **state) {
  (void)state;
  const uint8_t token[] = {0xd0, 0x01, 0x02};
  struct payload payload;
  ace_oscore_request_write(token, sizeof token, &CLIENT, begin(&payload));
  assert_written(&payload, "a3 01 43d00102 1828 481011121314151617 182b 4101");
  assert_rows(&payload, 1, 5, 0, 11, 4);
  ace_oscore_answer_write(&SERVER, begin(&payload));
  assert_written(&payload, "a2 182a 482021222324252627 182c 4102");
  assert_rows(&payload, 1, 0, 0, 11, 4);
}

static void test_error_octets(void **state) {
  (void)state;
  struct payload payload;
  ace_error_write(ACE_INVALID_SCOPE, begin(&payload));
  assert_written(&payload, "a1 181e 06");
  assert_rows(&payload, 4, 0, 0, 0, 0);
}

/* What does not fit is noticed, and nothing is written behind the room that there is. */
static void test_no_room(void **state) {
  (void)state;
  uint8_t token[ACE_TOKEN_MAX];
  const struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, 0);
  const struct ace_token_answer answer = make_answer(token, seal(&claims, token));
  for (size_t room = 0; room <= 99; room++) {
    uint8_t octets[100];
    struct span_list spans;
    struct span_writer out;
    octets[room] = 0x77;
    span_writer_init(&out, octets, room, &spans);
    ace_token_answer_write(&answer, &out);
    assert_int_equal(out.overflow, room < 99);
    assert_int_equal(octets[room], 0x77);
  }
}

/* Sizes of whole messages */

static void add_path(struct coap_message *message, const char *path, uint8_t *format) {
  coap_message_add_option(message, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, path, strlen(path));
  if (format != NULL)
    coap_message_add_option(message, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
                            1);
}

static struct coap_message make_message(enum coap_type type, uint8_t code,
                                        const struct payload *payload) {
  return (struct coap_message){.type = type,
                               .code = code,
                               .token = {7},
                               .token_length = 1,
                               .payload = payload == NULL ? NULL : payload->octets,
                               .payload_length = payload == NULL ? 0 : payload->out.length,
                               .payload_spans = payload == NULL ? NULL : &payload->spans};
}

/* Composes a message whose payload's rows are seen in it. */
static size_t compose(const struct coap_message *message, const struct payload *payload) {
  uint8_t datagram[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, datagram, sizeof datagram, &spans);
  assert_int_equal(coap_message_compose(message, &out), 0);
  assert_int_equal(span_list_length(&spans), out.length);
  for (enum row row = ROW_ACE_PARAMETERS; payload != NULL && row <= ROW_ACE_RECIPIENT_ID; row++)
    assert_int_equal(row_octets(&spans, row), row_octets(&payload->spans, row));
  return out.length;
}

static size_t clear_size(const char *path, uint8_t format, uint8_t code,
                         const struct payload *payload) {
  struct coap_message message = make_message(path == NULL ? COAP_ACK : COAP_CON, code, payload);
  if (path != NULL)
    add_path(&message, path, &format);
  else
    coap_message_add_option(&message, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, &format,
                            1);
  return compose(&message, payload);
}

static struct oscore_context derive(const uint8_t *salt, size_t length, bool client) {
  const struct oscore_id ids[] = {{{2}, 1}, {{1}, 1}};
  static const uint8_t secret[ACE_SECRET_LENGTH] = {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                                                    0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc};
  const struct oscore_parameters parameters = {.master_secret = secret,
                                               .master_secret_length = sizeof secret,
                                               .master_salt = salt,
                                               .master_salt_length = length,
                                               .sender_id = ids[client ? 0 : 1],
                                               .recipient_id = ids[client ? 1 : 0]};
  struct oscore_context context;
  assert_int_equal(oscore_context_derive(&context, &parameters, NULL), 0);
  return context;
}

/* A request and its response under OSCORE: sizes of both. */
static void assert_sealed(const char *path, uint8_t code, const struct payload *request,
                          size_t request_size, uint8_t response_code,
                          const struct payload *response, size_t response_size) {
  static const uint8_t salt[] = {1};
  uint8_t format = ACE_CONTENT_FORMAT, buffer[NODE_DATAGRAM_MAX], opened[NODE_DATAGRAM_MAX];
  struct oscore_context client = derive(salt, sizeof salt, true),
                        server = derive(salt, sizeof salt, false);
  struct coap_message inner = make_message(COAP_CON, code, request), outer, read;
  struct oscore_binding sent, received;
  struct span_list spans;
  add_path(&inner, path, request == NULL ? NULL : &format);
  assert_int_equal(
      oscore_protect_request(&client, NULL, &inner, buffer, sizeof buffer, &spans, &outer, &sent),
      0);
  assert_int_equal(compose(&outer, request), request_size);
  assert_int_equal(
      oscore_unprotect_request(&server, NULL, &outer, opened, sizeof opened, &read, &received), 0);

  inner = make_message(COAP_ACK, response_code, response);
  if (response_code == COAP_CODE_CREATED)
    coap_message_add_option(&inner, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, &format,
                            1);
  assert_int_equal(oscore_protect_response(&server, NULL, &inner, false, &received, buffer,
                                           sizeof buffer, &spans, &outer),
                   0);
  assert_int_equal(compose(&outer, response), response_size);
}

/* POST /token: its request, and its answer. */
static void test_token_sizes(void **state) {
  (void)state;
  static const struct {
    enum ace_profile profile;
    size_t id_length, audience_length;
    uint32_t expires_in_s;
    size_t payload, message;
  } rows[] = {
      {ACE_PROFILE_OSCORE, 1, 0, 0, 99, 118},     {ACE_PROFILE_OSCORE, 1, 5, 0, 106, 125},
      {ACE_PROFILE_OSCORE, 1, 5, 3600, 110, 129}, {ACE_PROFILE_OSCORE, 1, 0, 3600, 103, 122},
      {ACE_PROFILE_DTLS, 8, 0, 0, 99, 118},       {ACE_PROFILE_DTLS, 1, 0, 0, 85, 104},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct ace_claims claims =
        make_claims(rows[i].profile, rows[i].id_length, rows[i].audience_length);
    const struct ace_token_request request = make_request();
    struct payload asked, answered;
    uint8_t token[ACE_TOKEN_MAX];
    struct ace_token_answer answer = {.token = token,
                                      .token_length = seal(&claims, token),
                                      .expires_in_s = rows[i].expires_in_s,
                                      .confirmation = claims.confirmation};
    answer.confirmation.has_secret = true;
    ace_token_request_write(&request, begin(&asked));
    ace_token_answer_write(&answer, begin(&answered));
    assert_int_equal(answered.out.length, rows[i].payload);
    assert_sealed(ACE_TOKEN_PATH, COAP_CODE_POST, &asked, 39, COAP_CODE_CREATED, &answered,
                  rows[i].message);
  }
}

/* POST /authz-info, in clear, and its answer. */
static void test_transfer_sizes(void **state) {
  (void)state;
  static const struct {
    size_t audience_length, payload, message;
  } rows[] = {{0, 89, 108}, {5, 96, 115}};
  struct payload payload;
  uint8_t token[ACE_TOKEN_MAX];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, rows[i].audience_length);
    ace_oscore_request_write(token, seal(&claims, token), &CLIENT, begin(&payload));
    assert_int_equal(payload.out.length, rows[i].payload);
    assert_int_equal(clear_size(ACE_AUTHZ_INFO_PATH, ACE_CONTENT_FORMAT, COAP_CODE_POST, &payload),
                     rows[i].message);
  }
  ace_oscore_answer_write(&SERVER, begin(&payload));
  assert_int_equal(payload.out.length, 16);
  assert_int_equal(clear_size(NULL, ACE_CONTENT_FORMAT, COAP_CODE_CREATED, &payload), 24);

  static const struct { size_t id_length, message; } dtls[] = {{8, 80}, {1, 73}};
  for (size_t i = 0; i < sizeof dtls / sizeof dtls[0]; i++) {
    const struct ace_claims claims = make_claims(ACE_PROFILE_DTLS, dtls[i].id_length, 0);
    const size_t length = seal(&claims, token);
    span_writer_put(begin(&payload), ROW_ACE_TOKEN, token, length);
    assert_int_equal(
        clear_size(ACE_AUTHZ_INFO_PATH, ACE_CONTENT_FORMAT_CWT, COAP_CODE_POST, &payload),
        dtls[i].message);
  }
}

/* The first access: GET /light, and 2.05 with four octets. */
static void test_access_sizes(void **state) {
  (void)state;
  struct payload value;
  span_writer_put(begin(&value), ROW_COAP_PAYLOAD, "21.5", 4);
  assert_sealed("light", COAP_CODE_GET, NULL, 25, COAP_CODE_CONTENT, &value, 21);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_request_octets), cmocka_unit_test(test_answer_octets),
      cmocka_unit_test(test_oscore_octets),  cmocka_unit_test(test_error_octets),
      cmocka_unit_test(test_no_room),        cmocka_unit_test(test_token_sizes),
      cmocka_unit_test(test_transfer_sizes), cmocka_unit_test(test_access_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
