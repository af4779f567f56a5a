/* The CoAP message layer in virtual time: responses, and requests that come again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap_session_fixture.h"

static void repeated_con(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb b162"), COAP_RECEIVED_REQUEST);
  assert_silence(&fixture);
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb b162"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb b162"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6244 4711 aabb", 0); /* the repetition came before the departure */
  const uint64_t answered_ns = fixture.now_ns;
  static const uint64_t later_ms[] = {0, 2000, 45000, 246999};
  for (unsigned i = 0; i < 4; i++) {
    fixture.now_ns = answered_ns + later_ms[i] * NODE_MS;
    assert_int_equal(session_receive(&fixture, "4202 4711 aabb b162"), COAP_RECEIVED_NOTHING);
    assert_sent(&fixture, "6244 4711 aabb", i + 1);
  }
  fixture.now_ns = answered_ns + 247 * NODE_SECOND - 1;
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb b162"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6244 4711 aabb", 5);
  fixture.now_ns++;
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb b162"), COAP_RECEIVED_REQUEST);
  assert_silence(&fixture);
}

static void repeated_non(void **state) {
  (void)state;
  for (int answered = 0; answered < 2; answered++) {
    SESSION_FIXTURE fixture = {.draw = 0};
    session_begin(&fixture, SHORTEST);
    assert_int_equal(session_receive(&fixture, "5102 4711 aa"), COAP_RECEIVED_REQUEST);
    if (answered) {
      session_respond(&fixture);
      assert_sent(&fixture, "5144 0000 aa", 0); /* a Message ID of our own */
    } else {
      coap_session_ignore(&fixture.session, &fixture.message, fixture.now_ns);
    }
    fixture.now_ns += 145 * NODE_SECOND - 1;
    assert_int_equal(session_receive(&fixture, "5102 4711 aa"), COAP_RECEIVED_NOTHING);
    assert_silence(&fixture);
    fixture.now_ns++;
    assert_int_equal(session_receive(&fixture, "5102 4711 aa"), COAP_RECEIVED_REQUEST);
  }
}

/* Requests before the last are not delivered again, as far as the memory goes. */
static void older_requests(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  char bytes[32];
  for (unsigned i = 0; i < COAP_SEEN_MAX + 1; i++) {
    snprintf(bytes, sizeof bytes, "4102%04xaa", i);
    assert_int_equal(session_receive(&fixture, bytes), COAP_RECEIVED_REQUEST);
    session_respond(&fixture);
    snprintf(bytes, sizeof bytes, "6144%04xaa", i);
    assert_sent(&fixture, bytes, 0);
    fixture.now_ns += NODE_SECOND;
  }
  for (unsigned i = 0; i < COAP_SEEN_MAX; i++) {
    snprintf(bytes, sizeof bytes, "4102%04xaa", i);
    assert_int_equal(session_receive(&fixture, bytes), COAP_RECEIVED_NOTHING);
    assert_silence(&fixture);
  }
  fixture.now_ns += (247 - COAP_SEEN_MAX) * NODE_SECOND; /* the first is forgotten, not the last */
  assert_int_equal(session_receive(&fixture, "4102 0000 aa"), COAP_RECEIVED_REQUEST);
  snprintf(bytes, sizeof bytes, "4102%04xaa", COAP_SEEN_MAX);
  assert_int_equal(session_receive(&fixture, bytes), COAP_RECEIVED_NOTHING);
  snprintf(bytes, sizeof bytes, "6144%04xaa", COAP_SEEN_MAX);
  assert_sent(&fixture, bytes, 1);
}

/* A known request under a new Message ID, and with another token. */
static void repeated_under_another_id(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  fixture.message = make_message(COAP_CON, COAP_CODE_POST);
  assert_int_equal(coap_session_repeat_response(&fixture.session, &fixture.message, fixture.now_ns),
                   NODE_ERR_BAD_STATE);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
  struct coap_message response = {
      .code = COAP_CODE_CHANGED, .payload = (const uint8_t *)"hi", .payload_length = 2};
  coap_message_add_option(&response, 61, ROW_COAP_SEQNUM, "\x12\x34", 2);
  assert_int_equal(coap_session_respond(&fixture.session, &fixture.message, &response, "response",
                                        fixture.now_ns),
                   0);
  assert_sent(&fixture, "6144 4711 aa d2301234 ff6869", 0);

  static const struct {
    const char *request, *response;
  } table[] = {
      {"4102 4712 aa", "6144 4712 aa d2301234 ff6869"},
      {"4302 4713 bbccdd", "6344 4713 bbccdd d2301234 ff6869"},
      {"4002 4714", "6044 4714 d2301234 ff6869"},
      {"5102 4715 ee", "5144 0000 ee d2301234 ff6869"},
      {"4102 4716 aa", "6144 4716 aa d2301234 ff6869"},
  };
  for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
    assert_int_equal(session_receive(&fixture, table[i].request), COAP_RECEIVED_REQUEST);
    assert_int_equal(
        coap_session_repeat_response(&fixture.session, &fixture.message, fixture.now_ns), 0);
    assert_sent(&fixture, table[i].response, i + 1);
  }
  assert_int_equal(session_receive(&fixture, "4102 4716 aa"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6144 4716 aa d2301234 ff6869", 6);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_NOTHING);
  assert_silence(&fixture);
}

/* The token makes it one octet too long: the held response stays as it was. */
static void repetition_too_long(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  static const uint8_t payload[NODE_DATAGRAM_MAX];
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
  const struct coap_message first = fixture.message;
  struct coap_message response = {
      .code = COAP_CODE_CHANGED, .payload = payload, .payload_length = NODE_DATAGRAM_MAX - 5};
  assert_int_equal(
      coap_session_respond(&fixture.session, &first, &response, "response", fixture.now_ns),
      NODE_ERR_TOO_LONG);
  assert_silence(&fixture);
  response.payload_length--;
  assert_int_equal(
      coap_session_respond(&fixture.session, &first, &response, "response", fixture.now_ns), 0);

  assert_int_equal(session_receive(&fixture, "4202 4712 aabb"), COAP_RECEIVED_REQUEST);
  response.payload_length++;
  assert_int_equal(coap_session_respond(&fixture.session, &fixture.message, &response, "response",
                                        fixture.now_ns),
                   NODE_ERR_TOO_LONG);
  assert_int_equal(coap_session_repeat_response(&fixture.session, &fixture.message, fixture.now_ns),
                   NODE_ERR_TOO_LONG);
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data - 1};
  assert_int_equal(coap_session_write(&fixture.session, &datagram, fixture.now_ns),
                   NODE_ERR_TOO_LONG);
  datagram.capacity++;
  assert_int_equal(coap_session_write(&fixture.session, &datagram, fixture.now_ns), 1);
  assert_memory_equal(data, "\x61\x44\x47\x11\xaa\xff", 6);
  assert_int_equal(datagram.length, NODE_DATAGRAM_MAX);
  assert_int_equal(datagram.spans.item[0].length, 4);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_NOTHING);
  assert_int_equal(coap_session_write(&fixture.session, &datagram, fixture.now_ns), 1);
  assert_int_equal(datagram.copy, 1);
}

static void rejection(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  assert_int_equal(session_receive(&fixture, "4102 0001 aa"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  assert_sent(&fixture, "6144 0001 aa", 0);
  for (unsigned copy = 0; copy < 3; copy++) {
    assert_int_equal(session_receive(&fixture, "4102 0002 bb"), COAP_RECEIVED_REQUEST);
    assert_int_equal(coap_session_reject(&fixture.session, &fixture.message, COAP_CODE_NOT_FOUND,
                                         "4.04 Not Found"),
                     0);
    assert_sent(&fixture, "6184 0002 bb", copy);
  }
  assert_int_equal(session_receive(&fixture, "4102 0001 aa"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6144 0001 aa", 1);
}

/* As a server: empty ACK, then a separate response that is confirmable. */
static void slow_server(void **state) {
  (void)state;
  static const struct {
    const char *answer; /* to our response; NULL: none */
    unsigned copies;
  } table[] = {{"6000 0000", 1}, {"7000 0000", 1}, {NULL, 5}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    SESSION_FIXTURE fixture = {.draw = 0};
    session_begin(&fixture, SHORTEST);
    assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
    const struct coap_message first = fixture.message;
    coap_session_acknowledge(&fixture.session, &first, fixture.now_ns);
    assert_sent(&fixture, "6000 4711", 0);
    assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_NOTHING);
    assert_sent(&fixture, "6000 4711", 1);

    fixture.now_ns += 10 * NODE_SECOND;
    fixture.message = first;
    session_respond(&fixture);
    assert_sent(&fixture, "4144 0000 aa", 0);
    assert_int_equal(session_receive(&fixture, "4144 9999 aa"),
                     COAP_RECEIVED_NOTHING); /* no answer to it */
    assert_sent(&fixture, "7000 9999", 0);
    if (table[i].answer != NULL)
      assert_int_equal(session_receive(&fixture, table[i].answer), COAP_RECEIVED_NOTHING);
    unsigned copies = 1;
    while (coap_session_expiry(&fixture.session) != NODE_NEVER) {
      advance_to_expiry(&fixture);
      assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
      if (coap_session_busy(&fixture.session))
        assert_sent(&fixture, "4144 0000 aa", copies++);
    }
    assert_int_equal(copies, table[i].copies);
    assert_false(coap_session_busy(&fixture.session));
    assert_silence(&fixture);
  }
}

static void begin_separate(struct session_fixture *fixture) {
  struct coap_parameters parameters = COAP_PARAMETERS_DEFAULT;
  parameters.separate_responses = true;
  session_begin_with(fixture, SHORTEST, &parameters);
}

static void assert_next(struct session_fixture *fixture, const char *bytes, unsigned copy) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  assert_int_equal(coap_session_write(&fixture->session, &datagram, fixture->now_ns), 1);
  assert_hex_equal(data, datagram.length, bytes);
  assert_int_equal(datagram.copy, copy);
}

/* A request is answered; the empty ACK goes first. */
static void answer_separately(struct session_fixture *fixture, const char *bytes, const char *ack,
                              const char *response) {
  assert_int_equal(session_receive(fixture, bytes), COAP_RECEIVED_REQUEST);
  session_respond(fixture);
  assert_next(fixture, ack, 0);
  assert_next(fixture, response, 0);
  assert_silence(fixture);
}

/* What repeats a request has the ACK again; and the response, where that has ended. */
static void separate_at_will(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  begin_separate(&fixture);
  answer_separately(&fixture, "4202 4711 aabb", "6000 4711", "4244 0000 aabb");
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6000 4711", 1);
  assert_int_equal(session_receive(&fixture, "6000 0000"), COAP_RECEIVED_NOTHING);
  assert_false(coap_session_busy(&fixture.session));
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb"), COAP_RECEIVED_NOTHING);
  assert_next(&fixture, "6000 4711", 2);
  assert_sent(&fixture, "4244 0000 aabb", 1);
  advance_to_expiry(&fixture);
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_sent(&fixture, "4244 0000 aabb", 2);

  /* The next request: the former response gives way, and its request has an ACK only. */
  answer_separately(&fixture, "4202 4712 aabb", "6000 4712", "4244 0001 aabb");
  assert_int_equal(session_receive(&fixture, "4202 4711 aabb"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6000 4711", 1);
  assert_int_equal(fixture.phase, NODE_PHASE_APPLICATION); /* that of what it acknowledges */
  assert_int_equal(session_receive(&fixture, "6000 0000"), COAP_RECEIVED_NOTHING);
  assert_true(coap_session_busy(&fixture.session));

  /* Known to repeat the last, under another Message ID. */
  assert_int_equal(session_receive(&fixture, "4102 4713 cc"), COAP_RECEIVED_REQUEST);
  assert_int_equal(coap_session_repeat_response(&fixture.session, &fixture.message, fixture.now_ns),
                   0);
  assert_next(&fixture, "6000 4713", 0);
  assert_sent(&fixture, "4144 0002 cc", 1);
  assert_int_equal(session_receive(&fixture, "6000 0002"), COAP_RECEIVED_NOTHING);
  assert_false(coap_session_busy(&fixture.session));

  /* A NON has a NON, and a rejection is piggybacked. */
  assert_int_equal(session_receive(&fixture, "5102 4714 dd"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  assert_sent(&fixture, "5144 0003 dd", 0);
  assert_int_equal(session_receive(&fixture, "4102 4715 ee"), COAP_RECEIVED_REQUEST);
  assert_int_equal(
      coap_session_reject(&fixture.session, &fixture.message, COAP_CODE_NOT_FOUND, "4.04"), 0);
  assert_sent(&fixture, "6184 4715 ee", 0);
}

/* A request of our own has the one place: what comes meanwhile is answered piggybacked, and a
 * request of ours waits for the end of a separate response. */
static void separate_and_own_request(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  begin_separate(&fixture);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 0000 7a", 0);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  assert_sent(&fixture, "6144 4711 aa", 0);
  assert_int_equal(session_receive(&fixture, "4102 4712 aa"), COAP_RECEIVED_REQUEST);
  coap_session_acknowledge(&fixture.session, &fixture.message, fixture.now_ns);
  struct coap_message response = {.code = COAP_CODE_CHANGED};
  assert_int_equal(coap_session_respond(&fixture.session, &fixture.message, &response, "response",
                                        fixture.now_ns),
                   NODE_ERR_BUSY);
  assert_sent(&fixture, "6000 4712", 0);
  coap_session_cancel(&fixture.session);

  answer_separately(&fixture, "4102 4713 aa", "6000 4713", "4144 0001 aa");
  struct coap_message another = make_message(COAP_CON, COAP_CODE_POST);
  assert_int_equal(coap_session_request(&fixture.session, &another, "request"), NODE_ERR_BUSY);
  assert_false(coap_session_repeat_request(&fixture.session));
  assert_int_equal(session_receive(&fixture, "6000 0001"), COAP_RECEIVED_NOTHING);
  session_request(&fixture, COAP_NON);
  assert_sent(&fixture, "5102 0002 7a", 0);
  assert_true(coap_session_repeat_request(&fixture.session));
  assert_sent(&fixture, "5102 0002 7a", 1);
  assert_int_equal(session_receive(&fixture, "4102 4713 aa"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6000 4713", 1); /* the response is gone */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(repeated_con),
      cmocka_unit_test(repeated_non),
      cmocka_unit_test(older_requests),
      cmocka_unit_test(repeated_under_another_id),
      cmocka_unit_test(repetition_too_long),
      cmocka_unit_test(rejection),
      cmocka_unit_test(slow_server),
      cmocka_unit_test(separate_at_will),
      cmocka_unit_test(separate_and_own_request),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
