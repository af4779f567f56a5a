/* What an established SA answers to requests that are under its keys, whatever is in them; and what
 * either end makes of an IKE_AUTH that has more, or less, in it than ours. */
#include "ikev2/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ikev2_world.h"

static struct ikev2_world world;

/* A message under the keys that this side has told; its sequence of IVs is its own. */
struct forgery {
  uint8_t inside_data[NODE_DATAGRAM_MAX], data[NODE_DATAGRAM_MAX];
  struct span_writer inside_out, out;
  struct ikev2_composer inside;
};

static struct ikev2_ccm_key key_of(enum ikev2_world_side from) {
  struct ikev2_ccm_key key;
  memcpy(&key, world.end[from].ike_keys + 16 + from * sizeof key, sizeof key);
  return key;
}

static void forge_begin(struct forgery *forgery) {
  span_writer_init(&forgery->inside_out, forgery->inside_data, sizeof forgery->inside_data, NULL);
  ikev2_compose_inner(&forgery->inside, &forgery->inside_out);
}

static void forge_end(struct forgery *forgery, enum ikev2_world_side from, uint8_t exchange,
                      bool response, uint32_t id) {
  static uint64_t sealed = 1000;
  struct ikev2_sealer sealer = {.key = key_of(from), .sealed = sealed++};
  struct ikev2_header header = {.exchange = exchange, .message_id = id};
  header.flags = (uint8_t)((from == IKEV2_INITIATOR ? IKEV2_FLAG_INITIATOR : 0) |
                           (response ? IKEV2_FLAG_RESPONSE : 0));
  memcpy(header.spi_i, world.end[from].ike_keys, sizeof header.spi_i);
  memcpy(header.spi_r, world.end[from].ike_keys + 8, sizeof header.spi_r);
  span_writer_init(&forgery->out, forgery->data, sizeof forgery->data, NULL);
  assert_int_equal(ikev2_seal(NULL, &sealer, &header, &forgery->inside, &forgery->out), 0);
}

static void forge_send(struct forgery *forgery, enum ikev2_world_side from) {
  ikev2_world_receive_octets(&world, !from, forgery->data, forgery->out.length);
}

static void put_raw(struct forgery *forgery, uint8_t type, const void *octets, size_t length) {
  forgery->inside.first = type;
  span_writer_put(&forgery->inside_out, ROW_IKEV2_NOTIFY, octets, length);
}

/* The answer of a side, opened with its key. */
static size_t take_answer(enum ikev2_world_side of, uint8_t plain[NODE_DATAGRAM_MAX],
                          struct ikev2_chain *chain) {
  const size_t count = world.count;
  ikev2_world_write_all(&world, of);
  assert_int_equal(world.count, count + 1);
  const struct ikev2_world_datagram *answer = &world.log[--world.count];
  struct ikev2_message message;
  struct ikev2_fault fault;
  const struct ikev2_ccm_key key = key_of(of);
  assert_true(ikev2_message_parse(answer->data, answer->length, &message, &fault));
  assert_true(message.header.flags & IKEV2_FLAG_RESPONSE);
  assert_int_equal(ikev2_open(NULL, &key, &message, plain, NODE_DATAGRAM_MAX, chain, &fault), 0);
  return answer->length;
}

static void establish(enum ikev2_child_mode child) {
  struct ikev2_world_config config = ikev2_world_default();
  config.end[0].child = config.end[1].child = child;
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  assert_true(ikev2_world_established(&world));
}

static uint32_t next_id(enum ikev2_world_side from) {
  return from == IKEV2_INITIATOR ? 2 : 0;
}

/* Requests, their exchange, and what comes of them. */

static void put_nothing(struct forgery *forgery) {
  (void)forgery;
}

static void put_unknown_status(struct forgery *forgery) {
  ikev2_put_notify(&forgery->inside, IKEV2_PROTOCOL_NONE, 40960, (const uint8_t *)"what", 4);
}

static void put_unknown_payload(struct forgery *forgery) {
  put_raw(forgery, 200, (const uint8_t[]){0, 0, 0, 6, 1, 2}, 6);
}

static void put_critical_payload(struct forgery *forgery) {
  put_raw(forgery, 200, (const uint8_t[]){0, 0x80, 0, 6, 1, 2}, 6);
}

static void put_malformed(struct forgery *forgery) {
  put_raw(forgery, IKEV2_PAYLOAD_NOTIFY, (const uint8_t[]){0, 0, 0, 60, 1, 2}, 6);
}

static void put_delete(struct forgery *forgery) {
  ikev2_put_delete_ike(&forgery->inside);
}

static void put_delete_of_another_child(struct forgery *forgery) {
  ikev2_put_delete_esp(&forgery->inside, 0x01020304);
}

static void put_authentication_failed(struct forgery *forgery) {
  ikev2_put_notify(&forgery->inside, IKEV2_PROTOCOL_NONE, IKEV2_N_AUTHENTICATION_FAILED, NULL, 0);
}

static const struct {
  const char *what;
  void (*put)(struct forgery *forgery);
  uint8_t exchange;
  uint16_t error;     /* that is answered; 0: none */
  size_t length;      /* of the answer */
  const char *reason; /* NULL: the SA stands */
} REQUESTS[] = {
    {"liveness", put_nothing, IKEV2_INFORMATIONAL, 0, 49, NULL},
    {"an unknown status", put_unknown_status, IKEV2_INFORMATIONAL, 0, 49, NULL},
    {"an unknown payload", put_unknown_payload, IKEV2_INFORMATIONAL, 0, 49, NULL},
    {"a critical one", put_critical_payload, IKEV2_INFORMATIONAL,
     IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD, 58, NULL},
    {"a malformed one", put_malformed, IKEV2_INFORMATIONAL, IKEV2_N_INVALID_SYNTAX, 57,
     "ikev2-rejected"},
    {"Delete", put_delete, IKEV2_INFORMATIONAL, 0, 49, "ikev2-deleted"},
    {"Delete of another child", put_delete_of_another_child, IKEV2_INFORMATIONAL, 0, 49, NULL},
    {"AUTH was wrong", put_authentication_failed, IKEV2_INFORMATIONAL, 0, 49,
     "ikev2-authentication"},
    {"a new child", put_nothing, IKEV2_CREATE_CHILD_SA, IKEV2_N_NO_ADDITIONAL_SAS, 57, NULL},
    {"a critical payload in that", put_critical_payload, IKEV2_CREATE_CHILD_SA,
     IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD, 58, NULL},
};

static void check_request(size_t row, enum ikev2_world_side from, enum ikev2_child_mode child) {
  struct forgery forgery;
  struct ikev2_chain chain;
  struct ikev2_notify notify;
  uint8_t plain[NODE_DATAGRAM_MAX];
  establish(child);
  forge_begin(&forgery);
  REQUESTS[row].put(&forgery);
  forge_end(&forgery, from, REQUESTS[row].exchange, false, next_id(from));
  forge_send(&forgery, from);
  const size_t length = take_answer(!from, plain, &chain);
  if (length != REQUESTS[row].length)
    fail_msg("%s: %zu octets", REQUESTS[row].what, length);
  assert_int_equal(ikev2_find_error(&chain, &notify), REQUESTS[row].error != 0);
  if (REQUESTS[row].error != 0)
    assert_int_equal(notify.type, REQUESTS[row].error);
  const struct ikev2 *ike = world.end[!from].ike;
  assert_int_equal(ikev2_state(ike),
                   REQUESTS[row].reason == NULL ? IKEV2_ESTABLISHED : IKEV2_FAILED);
  assert_string_equal(ikev2_reason(ike), REQUESTS[row].reason == NULL ? "" : REQUESTS[row].reason);
  forge_send(&forgery, from); /* the answer comes again, also of who has failed */
  const size_t again = take_answer(!from, plain, &chain);
  assert_int_equal(again, length);
  ikev2_world_deinit(&world);
}

static void every_request(void **state) {
  (void)state;
  for (size_t row = 0; row < sizeof REQUESTS / sizeof REQUESTS[0]; row++)
    for (enum ikev2_world_side from = IKEV2_INITIATOR; from <= IKEV2_RESPONDER; from++)
      for (enum ikev2_child_mode child = IKEV2_CHILD_NONE; child <= IKEV2_CHILD_TRANSPORT; child++)
        check_request(row, from, child);
}

/* Message IDs that are not next. */
static void out_of_order(void **state) {
  (void)state;
  establish(IKEV2_CHILD_NONE);
  for (enum ikev2_world_side from = IKEV2_INITIATOR; from <= IKEV2_RESPONDER; from++)
    for (uint32_t i = 0; i < 4; i++) {
      static const int64_t offsets[] = {-1, 1, 2, 0x7fffffff};
      struct forgery forgery;
      forge_begin(&forgery);
      forge_end(&forgery, from, IKEV2_INFORMATIONAL, false, (uint32_t)(next_id(from) + offsets[i]));
      const unsigned discarded = world.end[!from].discarded;
      forge_send(&forgery, from);
      assert_int_equal(world.end[!from].discarded, discarded + 1);
      forge_end(&forgery, from, IKEV2_INFORMATIONAL, true, next_id(from)); /* a response */
      forge_send(&forgery, from);
      assert_int_equal(world.end[!from].discarded, discarded + 2);
    }
  ikev2_world_deinit(&world);
}

/* 1.4.1: the sender names what it receives on; the answer names the other direction. */
static void delete_of_the_child(void **state) {
  (void)state;
  for (enum ikev2_world_side from = IKEV2_INITIATOR; from <= IKEV2_RESPONDER; from++) {
    struct forgery forgery;
    struct ikev2_chain chain;
    struct ikev2_child child;
    struct ikev2_delete gone;
    uint8_t plain[NODE_DATAGRAM_MAX];
    establish(IKEV2_CHILD_TRANSPORT);
    assert_true(ikev2_child(world.end[from].ike, &child));
    forge_begin(&forgery);
    ikev2_put_delete_esp(&forgery.inside, child.in.spi);
    forge_end(&forgery, from, IKEV2_INFORMATIONAL, false, next_id(from));
    forge_send(&forgery, from);
    assert_int_equal(take_answer(!from, plain, &chain), 61);
    assert_int_equal(chain.items[0].type, IKEV2_PAYLOAD_DELETE);
    ikev2_delete_read(&chain.items[0], &gone);
    assert_true(ikev2_delete_names(&gone, child.out.spi));
    assert_string_equal(ikev2_reason(world.end[!from].ike), "ikev2-deleted");
    ikev2_world_deinit(&world);
  }
}

/* IKE_AUTH */

/* A responder that has answered IKE_SA_INIT is sent this instead of IKE_AUTH. */
static void check_auth_request(void (*put)(struct forgery *forgery), uint16_t error,
                               const char *reason) {
  struct forgery forgery;
  struct ikev2_chain chain;
  struct ikev2_notify notify;
  uint8_t plain[NODE_DATAGRAM_MAX];
  const struct ikev2_world_config config = ikev2_world_default();
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 3);
  forge_begin(&forgery);
  put(&forgery);
  forge_end(&forgery, IKEV2_INITIATOR, IKEV2_IKE_AUTH, false, 1);
  forge_send(&forgery, IKEV2_INITIATOR);
  take_answer(IKEV2_RESPONDER, plain, &chain);
  assert_true(ikev2_find_error(&chain, &notify));
  assert_int_equal(notify.type, error);
  assert_int_equal(ikev2_world_state(&world, IKEV2_RESPONDER), IKEV2_FAILED);
  assert_string_equal(ikev2_reason(world.end[IKEV2_RESPONDER].ike), reason);
  ikev2_world_deinit(&world);
}

static const struct ikev2_id SOMEBODY = {IKEV2_ID_FQDN, (const uint8_t *)"somebody", 8};
static const uint8_t ZEROS[IKEV2_PRF_MAX];

static void put_id_alone(struct forgery *forgery) {
  ikev2_put_id(&forgery->inside, IKEV2_PAYLOAD_IDI, &SOMEBODY);
}

static void put_wrong_auth(struct forgery *forgery) {
  put_id_alone(forgery);
  ikev2_put_auth(&forgery->inside, ZEROS, sizeof ZEROS);
}

static void put_short_auth(struct forgery *forgery) {
  put_id_alone(forgery);
  ikev2_put_auth(&forgery->inside, ZEROS, 1);
}

static void put_long_id(struct forgery *forgery) {
  uint8_t octets[4 + 4 + IKEV2_ID_MAX + 1] = {IKEV2_PAYLOAD_AUTH, 0, sizeof octets >> 8,
                                              sizeof octets & 0xff, IKEV2_ID_FQDN};
  const uint8_t auth[4 + 4 + IKEV2_PRF_MAX] = {0, 0, 0, sizeof auth, IKEV2_AUTH_SHARED_KEY};
  put_raw(forgery, IKEV2_PAYLOAD_IDI, octets, sizeof octets);
  put_raw(forgery, IKEV2_PAYLOAD_IDI, auth, sizeof auth);
}

static void odd_auth_requests(void **state) {
  (void)state;
  check_auth_request(put_nothing, IKEV2_N_INVALID_SYNTAX, "ikev2-rejected");
  check_auth_request(put_id_alone, IKEV2_N_INVALID_SYNTAX, "ikev2-rejected");
  check_auth_request(put_malformed, IKEV2_N_INVALID_SYNTAX, "ikev2-rejected");
  check_auth_request(put_critical_payload, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD, "ikev2-rejected");
  check_auth_request(put_wrong_auth, IKEV2_N_AUTHENTICATION_FAILED, "ikev2-authentication");
  check_auth_request(put_short_auth, IKEV2_N_AUTHENTICATION_FAILED, "ikev2-authentication");
  check_auth_request(put_long_id, IKEV2_N_AUTHENTICATION_FAILED, "ikev2-authentication");
}

/* An initiator is answered this. */
static void check_auth_response(void (*put)(struct forgery *forgery), const char *reason) {
  struct forgery forgery;
  struct ikev2_world_config config = ikev2_world_default();
  config.end[IKEV2_INITIATOR].remote_id.length = 0;
  config.end[IKEV2_INITIATOR].names_responder = false;
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 3);
  forge_begin(&forgery);
  put(&forgery);
  forge_end(&forgery, IKEV2_RESPONDER, IKEV2_IKE_AUTH, true, 1);
  forge_send(&forgery, IKEV2_RESPONDER);
  assert_int_equal(ikev2_world_state(&world, IKEV2_INITIATOR), IKEV2_FAILED);
  assert_string_equal(ikev2_reason(world.end[IKEV2_INITIATOR].ike), reason);
  ikev2_world_deinit(&world);
}

static void put_wrong_auth_of_responder(struct forgery *forgery) {
  ikev2_put_id(&forgery->inside, IKEV2_PAYLOAD_IDR, &SOMEBODY);
  ikev2_put_auth(&forgery->inside, ZEROS, sizeof ZEROS);
}

static void odd_auth_responses(void **state) {
  (void)state;
  check_auth_response(put_nothing, "ikev2-rejected");
  check_auth_response(put_malformed, "ikev2-rejected");
  check_auth_response(put_critical_payload, "ikev2-rejected");
  check_auth_response(put_wrong_auth, "ikev2-rejected"); /* IDi in the place of IDr */
  check_auth_response(put_authentication_failed, "ikev2-authentication");
  check_auth_response(put_wrong_auth_of_responder, "ikev2-authentication");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_request),       cmocka_unit_test(out_of_order),
      cmocka_unit_test(delete_of_the_child), cmocka_unit_test(odd_auth_requests),
      cmocka_unit_test(odd_auth_responses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
