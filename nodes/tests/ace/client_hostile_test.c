/* What a client does with octets that it did not ask for, or not so: cut off, too long, forged,
 * repeated, and out of turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_ways.h"
#include "dtls/session.h"

/* Octets of a server, in clear or of a session, to the client. */
static void to_client(size_t server, bool session, const uint8_t *data, size_t length) {
  struct node_address source = world.servers[server].address, destination = world.config.local;
  source.port = (uint16_t)(source.port + session);
  destination.port = (uint16_t)(destination.port + session);
  post_inject(&world.post, NODE_UDP, &source, &destination, data, length);
}

static const struct post_datagram *last_flown(const char *label) {
  for (size_t i = world.post.flight_count; i-- > 0;)
    if (strcmp(world.post.flight[i].label, label) == 0)
      return &world.post.flight[i];
  fail_msg("no datagram is called %s", label);
  return NULL;
}

/* A response to the last request of this label. */
static void inject_response(const char *label, enum coap_type type, uint8_t code,
                            const uint8_t *payload, size_t length) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_writer out;
  struct coap_message request;
  const struct post_datagram *asked = last_flown(label);
  assert_int_equal(coap_message_parse(asked->data, asked->length, &request), 0);
  struct coap_message response = {.type = type,
                                  .code = code,
                                  .message_id = request.message_id,
                                  .token_length = request.token_length,
                                  .payload = length == 0 ? NULL : payload,
                                  .payload_length = length};
  memcpy(response.token, request.token, sizeof response.token);
  if (type == COAP_CON || type == COAP_NON)
    response.message_id = (uint16_t)(0x4000 + seeded_below(&world.servers[0].seeded, 0x4000));
  if (code == COAP_CODE_EMPTY)
    response.token_length = 0;
  span_writer_init(&out, data, sizeof data, NULL);
  assert_int_equal(coap_message_compose(&response, &out), 0);
  to_client(0, false, data, out.length);
}

/* A request whose transfer is under way; the server has not heard of it. */
static void begin_transfer(enum way way) {
  configure(way);
  client_world_start(&world);
  world.servers[0].conduct.mute = true;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, CLIENT_WORLD_ANSWER_MS + POST_LATENCY_MS);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TRANSFERRING);
}

/* A request that is sent under an association, and not answered. */
static void begin_access(enum way way) {
  configure(way);
  client_world_start(&world);
  client_world_assert_answered(&world, 0);
  world.servers[0].conduct.mute = true;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, POST_LATENCY_MS);
}

static void assert_goes_on(void) {
  const unsigned before = count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED);
  world.servers[0].conduct.mute = false;
  post_run_ms(&world.post, 60000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), before + 1);
  assert_int_equal(world.calls, 1);
}

/* Anybody */

static void test_garbage(void **state) {
  enum { TRIES = 3000 };
  struct seeded seeded = {.state = 99};
  uint8_t data[NODE_DATAGRAM_MAX];
  const enum way way = begin_by(state);
  client_world_end(&world);
  begin_access(way);
  for (size_t i = 0; i < TRIES; i++) {
    const size_t length = seeded_below(&seeded, i % 10 == 0 ? sizeof data : 40);
    seeded_bytes(&seeded, data, length);
    if (length > 0 && i % 2 == 0)
      data[0] = (uint8_t)(i % 4 == 0 ? 0x41 | (data[0] & 0x30) : 23);
    world.event_count = 0;
    world.post.flight_count =
        world.post.flight_count > POST_FLIGHT_MAX / 2 ? 1 : world.post.flight_count;
    to_client(seeded_below(&seeded, CLIENT_WORLD_SERVERS), i % 3 == 0, data, length);
  }
  assert_goes_on();
}

/* RFC 7252 section 4.2: who is not known has a reset, or a refusal; nothing is kept. */
static void test_strangers(void **state) {
  static const uint8_t ping[] = {0x40, 0, 1, 2}, get[] = {0x40, 1, 1, 3, 0xb1, 'a'};
  const struct node_address stranger = {.ip = {0xfd, [15] = 0x77}, .port = 5683};
  begin_by(state);
  post_inject(&world.post, NODE_UDP, &stranger, &world.config.local, ping, sizeof ping);
  post_inject(&world.post, NODE_UDP, &stranger, &world.config.local, get, sizeof get);
  assert_int_equal(world.post.flight_count, 2);
  assert_int_equal(world.post.flight[0].data[0], 0x70);
  assert_int_equal(world.post.flight[1].data[1], COAP_CODE_FORBIDDEN);
  assert_true(node_address_equal(&world.post.flight[1].destination, &stranger));
  assert_string_equal(
      client_world_last(&world, CLIENT_WORLD_SERVERS, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED)
          ->label,
      "not from a resource server");
  client_world_assert_answered(&world, 0);
}

/* A client serves nobody. */
static void test_requests_of_servers(void **state) {
  static const uint8_t get[] = {0x40, 1, 1, 3, 0xb5, 'l', 'i', 'g', 'h', 't'},
                       marked[] = {0x40, 2, 1, 4, 0x92, 0x09, 0x00, 0xff, 1},
                       no[] = {0x50, 1, 1, 5, 0xb1, 'a'};
  begin_by(state);
  to_client(0, false, get, sizeof get);
  to_client(0, false, marked, sizeof marked);
  to_client(0, false, no, sizeof no);
  assert_int_equal(world.post.flight_count, 3);
  assert_int_equal(world.post.flight[0].data[1], COAP_CODE_NOT_FOUND);
  assert_int_equal(world.post.flight[1].data[1], COAP_CODE_BAD_OPTION);
  assert_int_equal(world.post.flight[2].data[1], COAP_CODE_NOT_FOUND);
  client_world_assert_answered(&world, 0);
}

/* The answer to POST /token */

/* Cut off everywhere, and with octets behind it. */
static void test_answers_of_every_length(void **state) {
  const enum way way = begin_by(state);
  for (size_t cut = 0;; cut++) {
    uint8_t octets[ACE_MESSAGE_MAX];
    struct span_writer out;
    begin_again(way);
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    span_writer_init(&out, octets, sizeof octets, NULL);
    client_world_write_answer(&world, &out);
    const size_t length = cut == 0 ? out.length + 1 : out.length - cut;
    uint8_t *exact = malloc(length + 1);
    assert_non_null(exact);
    octets[out.length] = 0;
    memcpy(exact + 1, octets, length);
    const struct coap_message response = {.code = COAP_CODE_CREATED,
                                          .payload = length == 0 ? NULL : exact + 1,
                                          .payload_length = length};
    client_world_hear(&world, &response);
    free(exact);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                        "authorization-rejected");
    assert_int_equal(ace_client_bytes(world.client), 0);
    if (length == 0)
      break;
  }
}

/* Every octet of it changed: it is taken, or it is not. */
static void test_answers_of_every_kind(void **state) {
  const enum way way = begin_by(state);
  for (size_t at = 0;; at++) {
    uint8_t octets[ACE_MESSAGE_MAX];
    struct span_writer out;
    begin_again(way);
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    span_writer_init(&out, octets, sizeof octets, NULL);
    client_world_write_answer(&world, &out);
    if (at == out.length)
      break;
    octets[at] ^= 0xff;
    const struct coap_message response = {
        .code = COAP_CODE_CREATED, .payload = octets, .payload_length = out.length};
    client_world_hear(&world, &response);
    post_run_ms(&world.post, 200000);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) +
                         count(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                     1);
    assert_true(world.calls <= 2);
  }
}

/* An answer that nobody waits for, at any time. */
static void test_answers_out_of_turn(void **state) {
  uint8_t octets[ACE_MESSAGE_MAX];
  struct span_writer out;
  begin_by(state);
  span_writer_init(&out, octets, sizeof octets, NULL);
  client_world_write_answer(&world, &out);
  const struct coap_message response = {
      .code = COAP_CODE_CREATED, .payload = octets, .payload_length = out.length};
  ace_client_answered(world.client, &response, world.post.now_ns);
  ace_client_answered(world.client, NULL, world.post.now_ns);
  assert_int_equal(client_world_count(&world, CLIENT_WORLD_SERVERS, NODE_PHASE_AUTHORIZATION,
                                      NODE_EVENT_DISCARDED),
                   2);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
  client_world_assert_answered(&world, 0);
  ace_client_answered(world.client, &response, world.post.now_ns);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
  assert_int_equal(world.servers[0].contexts, 1);
}

/* The response to POST /authz-info */

/* Cut off everywhere, and with an octet behind it: of no use. */
static void test_transfers_of_every_length(void **state) {
  (void)state;
  struct ace_oscore_half half = {
      .nonce = {1, 2, 3, 4, 5, 6, 7, 8}, .nonce_length = ACE_NONCE_LENGTH, .id_length = 1};
  uint8_t octets[ACE_MESSAGE_MAX] = {0};
  struct span_writer out;
  half.id[0] = 0x99;
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_oscore_answer_write(&half, &out);
  for (size_t length = 0; length <= out.length + 1; length++) {
    begin_transfer(OSCORE);
    inject_response("authz-info", COAP_ACK, COAP_CODE_CREATED, octets, length);
    if (length == out.length)
      assert_int_equal(count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_ANSWERED), 1);
    else
      assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                          "token-rejected");
    assert_int_equal(ace_client_state(world.client, 0),
                     length == out.length ? ACE_CLIENT_READY : ACE_CLIENT_TOKEN);
    if (length <= out.length)
      client_world_end(&world);
  }
}

/* N2 and ID2 of lengths that are not taken, and of all that are. */
static void test_transfers_of_every_size(void **state) {
  (void)state;
  for (size_t nonce = 0; nonce <= ACE_NONCE_MAX + 1; nonce++)
    for (size_t id = 0; id <= ACE_RECIPIENT_ID_MAX + 1; id++) {
      uint8_t octets[64] = {0xa2, 0x18, 42, (uint8_t)(0x40 | nonce)};
      size_t length = 4;
      memset(octets + length, 0x5a, nonce);
      length += nonce;
      octets[length++] = 0x18;
      octets[length++] = 44;
      octets[length++] = (uint8_t)(0x40 | id);
      memset(octets + length, 0xa5, id);
      length += id;
      const bool good = nonce > 0 && nonce <= ACE_NONCE_MAX && id <= ACE_RECIPIENT_ID_MAX;
      begin_transfer(OSCORE);
      inject_response("authz-info", COAP_ACK, COAP_CODE_CREATED, octets, length);
      assert_int_equal(ace_client_state(world.client, 0),
                       good ? ACE_CLIENT_READY : ACE_CLIENT_TOKEN);
      client_world_end(&world);
    }
  begin_transfer(OSCORE);
}

/* What goes on nevertheless: acknowledgements, resets, and responses to others. */
static void test_transfer_goes_on(void **state) {
  for (size_t i = 0; i < 4; i++) {
    static const uint8_t other_token[] = {0x51, COAP_CODE_CREATED, 1, 2, 0};
    const enum way way = *(enum way *)*state;
    begin_transfer(way);
    if (i == 0)
      inject_response("authz-info", COAP_RST, COAP_CODE_EMPTY, NULL, 0);
    if (i == 1)
      inject_response("authz-info", COAP_NON, COAP_CODE_EMPTY, NULL, 0);
    if (i == 2)
      to_client(0, false, other_token, sizeof other_token - 1);
    if (i == 3)
      to_client(1, false, last_flown("authz-info")->data, last_flown("authz-info")->length);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TRANSFERRING);
    assert_int_equal(count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_DISCARDED), i == 0);
    assert_goes_on();
    if (i < 3)
      client_world_end(&world);
  }
}

/* A success that is forged costs the association that cannot be used: the server says so, and there
 * is another. */
static void test_forged_success(void **state) {
  static const uint8_t payload[] = {0xa2, 0x18, 42, 0x41, 1, 0x18, 44, 0x41, 7};
  (void)state;
  begin_transfer(OSCORE);
  world.servers[0].conduct.mute = false;
  inject_response("authz-info", COAP_ACK, COAP_CODE_CREATED, payload, sizeof payload);
  post_run_ms(&world.post, 60000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(world.calls, 2);
}

/* Responses under the association */

/* The protected response, cut off everywhere: nothing of it is believed, nor does it end anything.
 */
static void test_responses_of_every_length(void **state) {
  const enum way way = begin_by(state);
  client_world_assert_answered(&world, 0);
  world.servers[0].conduct.flips = 1;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, 5 * POST_LATENCY_MS);
  const struct post_datagram whole = *last_flown("access response");
  for (size_t length = 0; length <= whole.length; length++) {
    to_client(0, way != OSCORE, whole.data, length);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  }
  assert_goes_on();
}

/* An option that has been put outside of it, and that must be understood. */
static void test_option_outside(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_writer out;
  struct coap_message message;
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  client_world_assert_answered(&world, 0);
  world.post.fault = POST_LOSE;
  world.post.fault_at = world.post.flight_count + 1;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, 2 * POST_LATENCY_MS);
  const struct post_datagram whole = *last_flown("access response");
  assert_int_equal(coap_message_parse(whole.data, whole.length, &message), 0);
  coap_message_add_option(&message, 13, ROW_COAP_OPTION, "", 0);
  span_writer_init(&out, data, sizeof data, NULL);
  assert_int_equal(coap_message_compose(&message, &out), 0);
  to_client(0, false, data, out.length);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED),
                      "critical option not understood");
  assert_goes_on();
}

/* Of every code, in clear: all but 4.01 are passed over, and a reset is. */
static void test_forged_responses(void **state) {
  static const enum coap_type types[] = {COAP_ACK, COAP_CON, COAP_NON};
  (void)state;
  begin_access(OSCORE);
  for (unsigned code = 0x40; code < 0x100; code++)
    for (size_t i = 0; i < 3; i++) {
      if (code == COAP_CODE_UNAUTHORIZED)
        continue;
      world.event_count = 0;
      inject_response("access request", types[i], (uint8_t)code, NULL, 0);
      assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
    }
  inject_response("access request", COAP_RST, COAP_CODE_EMPTY, NULL, 0);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED),
                      "reset without protection");
  assert_goes_on();
}

/* 4.01 for the request costs a token; when nobody waits for it, nothing. */
static void test_forged_refusal(void **state) {
  (void)state;
  begin_access(OSCORE);
  inject_response("access request", COAP_NON, COAP_CODE_UNAUTHORIZED, NULL, 0);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "refused");
  world.servers[0].conduct.mute = false;
  post_run_ms(&world.post, 60000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 2);
  assert_int_equal(world.calls, 2);
  inject_response("access request", COAP_NON, COAP_CODE_UNAUTHORIZED, NULL, 0);
  inject_response("authz-info", COAP_NON, COAP_CODE_UNAUTHORIZED, NULL, 0);
  inject_response("authz-info", COAP_ACK, COAP_CODE_CREATED, NULL, 0);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_READY);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 2);
}

/* All that was seen comes again, in this order and backwards: nothing happens twice. */
static void test_replay(void **state) {
  begin_by(state);
  client_world_assert_answered(&world, 0);
  for (unsigned round = 0; round < 2; round++) {
    const size_t seen = world.post.flight_count;
    for (size_t i = 0; i < seen; i++) {
      const struct post_datagram datagram = world.post.flight[round == 0 ? i : seen - 1 - i];
      if (memcmp(datagram.destination.ip, world.config.local.ip, sizeof datagram.destination.ip) ==
          0)
        post_inject(&world.post, NODE_UDP, &datagram.source, &datagram.destination, datagram.data,
                    datagram.length);
    }
  }
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_READY);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
  assert_int_equal(world.told, 2);
}

/* The response to one request does not answer the next. */
static void test_old_response(void **state) {
  const enum way way = begin_by(state);
  client_world_end(&world);
  begin_access(way);
  const struct post_datagram old = *last_flown("access response");
  to_client(0, way != OSCORE, old.data, old.length);
  if (way == OSCORE) { /* its Message ID and token made to fit */
    struct post_datagram fitting = old;
    memcpy(fitting.data + 2, last_flown("access request")->data + 2, 3);
    to_client(0, false, fitting.data, fitting.length);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED),
                        "response does not verify");
  }
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_goes_on();
}

/* Sessions */

/* An alert in clear, by anybody, in the handshake: another token, once. */
static void test_forged_alert(void **state) {
  static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 115};
  const enum way way = begin_by(state);
  for (size_t alerts = 1; alerts <= 2; alerts++) {
    begin_again(way);
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    for (size_t i = 0; i < alerts; i++) {
      const unsigned before = post_flown(&world.post, "DTLS ClientKeyExchange");
      while (post_flown(&world.post, "DTLS ClientKeyExchange") == before)
        post_run_ms(&world.post, 1);
      to_client(0, true, alert, sizeof alert);
    }
    post_run_ms(&world.post, 60000);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), alerts == 1);
    assert_int_equal(world.calls, 2);
  }
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                      "dtls-unknown-identity");
  assert_string_equal(label_of(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED),
                      "dtls-unknown-identity");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
  client_world_assert_answered(&world, 0);
}

/* The server ends the session, as one that is to be stopped does: the token is as good as before.
 */
static void test_forged_close(void **state) {
  const enum way way = begin_by(state);
  client_world_end(&world);
  begin_access(way);
  const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0};
  to_client(0, true, alert, sizeof alert);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_READY);
  assert_goes_on();
}

/* One that is ended by the server takes the request with it; the token is as good as before. */
static void test_session_ended(void **state) {
  struct client_world_server *server = &world.servers[0];
  begin_by(state);
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  while (server->contexts == 0)
    post_run_ms(&world.post, 1);
  struct dtls *const *dtls = server->association.current.state; /* its first field */
  assert_int_equal(mbedtls_ssl_close_notify(&(*dtls)->library->ssl), 0);
  post_run_ms(&world.post, 1000);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), "dtls-closed");
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "dtls-closed");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TOKEN);
  client_world_assert_answered(&world, 0);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_int_equal(world.calls, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_BY_ALL(test_garbage),
      TEST_BY_ALL(test_strangers),
      TEST_BY_ALL(test_requests_of_servers),
      TEST_BY_ALL(test_answers_of_every_length),
      TEST_BY_ALL(test_answers_of_every_kind),
      TEST_BY_ALL(test_answers_out_of_turn),
      TEST(test_transfers_of_every_length),
      TEST(test_transfers_of_every_size),
      TEST_BY(test_transfer_goes_on, OSCORE),
      TEST_BY(test_transfer_goes_on, DTLS),
      TEST(test_forged_success),
      TEST_BY_ALL(test_responses_of_every_length),
      TEST(test_option_outside),
      TEST(test_forged_responses),
      TEST(test_forged_refusal),
      TEST_BY_ALL(test_replay),
      TEST_BY_ALL(test_old_response),
      TEST_BY(test_forged_alert, DTLS),
      TEST_BY(test_forged_alert, DTLS_IN_HANDSHAKE),
      TEST_BY(test_session_ended, DTLS),
      TEST_BY(test_session_ended, DTLS_IN_HANDSHAKE),
      TEST_BY(test_forged_close, DTLS),
      TEST_BY(test_forged_close, DTLS_IN_HANDSHAKE),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
