/* The CoAP message layer in virtual time: requests, and what arrives meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap_session_fixture.h"

static void derived_times(void **state) {
  (void)state;
  const struct coap_parameters *parameters = &COAP_PARAMETERS_DEFAULT;
  assert_int_equal(coap_max_transmit_wait_ms(parameters), 93000);
  assert_int_equal(coap_exchange_lifetime_ms(parameters), 247000);
  assert_int_equal(coap_non_lifetime_ms(parameters), 145000);
  const struct coap_parameters quick = {500, 100, 2, false, false};
  assert_int_equal(coap_max_transmit_wait_ms(&quick), 3500);
  assert_int_equal(coap_exchange_lifetime_ms(&quick), 202000);
  assert_int_equal(coap_non_lifetime_ms(&quick), 101500);
}

static const struct {
  struct coap_parameters parameters;
  uint32_t draw;
  uint64_t intervals_ms[6]; /* the last one ends the exchange */
  size_t count;
} schedules[] = {
    {{2000, 150, 4, false, false}, SHORTEST, {2000, 4000, 8000, 16000, 32000}, 5},
    {{2000, 150, 4, false, false}, LONGEST, {3000, 6000, 12000, 24000, 48000}, 5},
    {{2000, 150, 4, false, false}, LONGEST / 2, {2500, 5000, 10000, 20000, 40000}, 5},
    {{2000, 100, 4, false, false}, LONGEST, {2000, 4000, 8000, 16000, 32000}, 5},
    {{1000, 300, 0, false, false}, LONGEST, {2000}, 1},
    {{3000, 100, 1, false, false}, SHORTEST, {3000, 6000}, 2},
};

static void retransmission_schedule(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof schedules / sizeof schedules[0]; i++) {
    SESSION_FIXTURE fixture = {.draw = 0};
    session_begin_with(&fixture, schedules[i].draw, &schedules[i].parameters);
    session_request(&fixture, COAP_CON);
    assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER); /* not departed yet */
    char bytes[32];
    snprintf(bytes, sizeof bytes, "4102%04x7a", schedules[i].draw & 0xffff);
    for (unsigned copy = 0; copy < schedules[i].count; copy++) {
      assert_sent(&fixture, bytes, copy);
      assert_int_equal(expiry_ms(&fixture), schedules[i].intervals_ms[copy]);
      advance_to_expiry(&fixture);
      const bool last = copy + 1 == schedules[i].count;
      assert_int_equal(coap_session_handle_expiry(&fixture.session, fixture.now_ns), last);
      assert_int_equal(coap_session_busy(&fixture.session), !last);
    }
    assert_silence(&fixture);
    assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER);
    assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns + NODE_SECOND));
  }
}

/* The timer runs from the departure, not from the deadline: a busy host writes late. */
static void late_departure(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "41020000 7a", 0);
  fixture.now_ns = coap_session_expiry(&fixture.session) + 300 * NODE_MS;
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER);
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns + NODE_SECOND));
  fixture.now_ns += 50 * NODE_MS;
  assert_sent(&fixture, "41020000 7a", 1);
  assert_int_equal(expiry_ms(&fixture), 4000);
}

/* What arrives while CON 4102 0000 token 7a is outstanding. */
static const struct {
  const char *bytes;
  enum coap_received result;
  const char *reply; /* NULL: none */
  bool ended;        /* the exchange is over */
  bool acknowledged; /* no retransmission any more */
} arrivals[] = {
    {.bytes = "6144 0000 7a", .result = COAP_RECEIVED_RESPONSE},
    {.bytes = "6184 0000 7a ff 21", .result = COAP_RECEIVED_RESPONSE},
    {.bytes = "6144 0000 7b"},    /* wrong token */
    {.bytes = "6044 0000"},       /* no token */
    {.bytes = "6244 0000 7a7a"},  /* longer token */
    {.bytes = "6144 ffff 7a"},    /* stale ACK */
    {.bytes = "6144 0000 7a ff"}, /* malformed ACK */
    {.bytes = "6102 0000 7a"},    /* request in an ACK */
    {.bytes = "61c4 0000 7a"},    /* reserved class in an ACK */
    {.bytes = "6000 0000", .acknowledged = true},
    {.bytes = "6000 0001"},                                /* empty ACK of another message */
    {.bytes = "7000 0000", .result = COAP_RECEIVED_RESET}, /* the caller decides */
    {.bytes = "7000 0001"},                                /* Reset of another message */
    {.bytes = "7144 0000 7a"},                             /* Reset that is not empty */
    {.bytes = "4144 9999 7a", .result = COAP_RECEIVED_RESPONSE, .reply = "6000 9999"},
    {.bytes = "4144 9999 7b", .reply = "7000 9999"}, /* separate, wrong token */
    {.bytes = "5144 9999 7a", .result = COAP_RECEIVED_RESPONSE},
    {.bytes = "5144 9999 7b"},                          /* NON, wrong token */
    {.bytes = "4000 9999", .reply = "7000 9999"},       /* ping */
    {.bytes = "5000 9999"},                             /* empty NON */
    {.bytes = "4102 9999 7a ff", .reply = "7000 9999"}, /* malformed CON */
    {.bytes = "4122 9999 7a", .reply = "7000 9999"},    /* CON of a reserved class */
    {.bytes = "4900 9999", .reply = "7000 9999"},
    {.bytes = "5102 9999 7a ff"}, /* malformed NON */
    {.bytes = "8102 9999 7a"},    /* version 2 */
    {.bytes = "4102 99"},         /* no header */
    {.bytes = ""},
    {.bytes = "4102 9999 7a", .result = COAP_RECEIVED_REQUEST},
    {.bytes = "5102 9999 7a", .result = COAP_RECEIVED_REQUEST},
};

static void matching(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof arrivals / sizeof arrivals[0]; i++) {
    SESSION_FIXTURE fixture = {.draw = 0};
    session_begin(&fixture, SHORTEST);
    assert_int_equal(session_receive(&fixture, "5102 0000 aa"), COAP_RECEIVED_REQUEST);
    coap_session_ignore(&fixture.session, &fixture.message, fixture.now_ns); /* an ID of theirs */
    session_request(&fixture, COAP_CON);
    assert_sent(&fixture, "4102 0000 7a", 0);
    fixture.now_ns += NODE_SECOND;
    if (session_receive(&fixture, arrivals[i].bytes) != arrivals[i].result)
      fail_msg("%s", arrivals[i].bytes);
    if (arrivals[i].reply == NULL)
      assert_silence(&fixture);
    else
      assert_sent(&fixture, arrivals[i].reply, 0);
    assert_int_equal(coap_session_busy(&fixture.session), !arrivals[i].ended);
    const uint64_t next_ms = arrivals[i].ended          ? NODE_NEVER
                             : arrivals[i].acknowledged ? 93000
                                                        : 1000;
    assert_true(expiry_ms(&fixture) == next_ms);
  }
}

/* Nothing matches a request that has not departed, nor one that is over. */
static void matching_outside_the_exchange(void **state) {
  (void)state;
  static const char *const bytes[] = {"6144 0000 7a", "5144 9999 7a", "7000 0000", "6000 0000"};
  for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
    SESSION_FIXTURE fixture = {.draw = 0};
    session_begin(&fixture, SHORTEST);
    session_request(&fixture, COAP_CON);
    assert_int_equal(session_receive(&fixture, bytes[i]), COAP_RECEIVED_NOTHING);
    assert_sent(&fixture, "4102 0000 7a", 0);
    coap_session_cancel(&fixture.session);
    assert_int_equal(session_receive(&fixture, bytes[i]), COAP_RECEIVED_NOTHING);
    assert_silence(&fixture);
  }
}

/* A response that the caller refuses changes nothing; one that is accepted frees the place. */
static void refused_then_accepted(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 0000 7a", 0);
  struct coap_message second = make_message(COAP_CON, COAP_CODE_POST);
  assert_int_equal(session_receive(&fixture, "6144 0000 7a"), COAP_RECEIVED_RESPONSE);
  assert_int_equal(coap_session_request(&fixture.session, &second, "second"), NODE_ERR_BUSY);
  advance_to_expiry(&fixture);
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_sent(&fixture, "4102 0000 7a", 1);

  assert_int_equal(session_receive(&fixture, "6144 0000 7a"), COAP_RECEIVED_RESPONSE);
  coap_session_cancel(&fixture.session);
  assert_false(coap_session_busy(&fixture.session));
  assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER);
  assert_int_equal(coap_session_request(&fixture.session, &second, "second"), 0);
  assert_int_equal(second.message_id, 1);
  assert_int_equal(session_receive(&fixture, "6144 0000 7a"),
                   COAP_RECEIVED_NOTHING); /* duplicate */
  assert_sent(&fixture, "4102 0001 7a", 0);
  assert_int_equal(expiry_ms(&fixture), 2000);
  assert_int_equal(session_receive(&fixture, "6144 0000 7a"), COAP_RECEIVED_NOTHING);
}

/* Cancelled after its time-out passed and before the repetition was written. */
static void cancel_drops_the_pending_copy(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 0000 7a", 0);
  advance_to_expiry(&fixture);
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  coap_session_cancel(&fixture.session);
  assert_silence(&fixture);
}

static void separate_response(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 0000 7a", 0);
  assert_int_equal(session_receive(&fixture, "6000 0000"), COAP_RECEIVED_NOTHING);
  fixture.now_ns += NODE_SECOND;
  assert_int_equal(session_receive(&fixture, "6000 0000"),
                   COAP_RECEIVED_NOTHING); /* does not extend */
  assert_int_equal(expiry_ms(&fixture), 92000);
  assert_int_equal(session_receive(&fixture, "4145 4711 7a ff 21"), COAP_RECEIVED_RESPONSE);
  assert_int_equal(fixture.message.payload_length, 1);
  assert_sent(&fixture, "6000 4711", 0);
  coap_session_cancel(&fixture.session);

  session_request(&fixture, COAP_CON); /* with the same token */
  assert_sent(&fixture, "4102 0001 7a", 0);
  assert_int_equal(expiry_ms(&fixture), 2000);
  for (unsigned copy = 1; copy < 4; copy++) { /* our ACK was lost */
    assert_int_equal(session_receive(&fixture, "4145 4711 7a ff 21"), COAP_RECEIVED_NOTHING);
    assert_sent(&fixture, "6000 4711", copy);
    assert_int_equal(fixture.phase, NODE_PHASE_APPLICATION);
  }
  assert_int_equal(session_receive(&fixture, "5145 4712 7a"), COAP_RECEIVED_RESPONSE);
  coap_session_cancel(&fixture.session);
  assert_int_equal(session_receive(&fixture, "5145 4712 7a"), COAP_RECEIVED_NOTHING);
  assert_silence(&fixture);
}

/* One with the same Message ID and token that the caller does not take, as forged ones are, leaves
 * room for the true one. */
static void separate_response_not_taken(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 0000 7a", 0);
  assert_int_equal(session_receive(&fixture, "4145 4711 7a ff 66"), COAP_RECEIVED_RESPONSE);
  assert_sent(&fixture, "6000 4711", 0);
  assert_int_equal(session_receive(&fixture, "4145 4711 7a ff 21"), COAP_RECEIVED_RESPONSE);
  assert_int_equal(fixture.message.payload[0], 0x21);
  assert_sent(&fixture, "6000 4711", 1);
  coap_session_cancel(&fixture.session);
  assert_int_equal(session_receive(&fixture, "4145 4711 7a ff 21"), COAP_RECEIVED_NOTHING);
  assert_sent(&fixture, "6000 4711", 2);
}

/* The empty ACK comes when a repetition is due; one that the caller wants moves no timer. */
static void acknowledged_late(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 0000 7a", 0);
  advance_to_expiry(&fixture);
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_int_equal(session_receive(&fixture, "6000 0000"), COAP_RECEIVED_NOTHING);
  assert_silence(&fixture);
  assert_int_equal(expiry_ms(&fixture), 93000);
  assert_true(coap_session_repeat_request(&fixture.session));
  assert_sent(&fixture, "4102 0000 7a", 1);
  assert_int_equal(expiry_ms(&fixture), 93000);
}

static void separate_response_never_comes(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, LONGEST);
  session_request(&fixture, COAP_CON);
  assert_sent(&fixture, "4102 4240 7a", 0);
  assert_int_equal(session_receive(&fixture, "6000 4240"), COAP_RECEIVED_NOTHING);
  advance_to_expiry(&fixture);
  assert_true(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_false(coap_session_busy(&fixture.session));
  assert_silence(&fixture);
}

static void non_request(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  assert_true(coap_session_repeat_request(&fixture.session)); /* there is none */
  assert_silence(&fixture);
  session_request(&fixture, COAP_NON);
  assert_false(coap_session_busy(&fixture.session));
  assert_sent(&fixture, "5102 0000 7a", 0);
  assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER);
  static const char *const answers[] = {"5144 9999 7a", "7000 0000", "6144 0000 7a"};
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(session_receive(&fixture, answers[i]), COAP_RECEIVED_NOTHING);
  for (unsigned copy = 1; copy < 4; copy++) {
    assert_true(coap_session_repeat_request(&fixture.session));
    assert_sent(&fixture, "5102 0000 7a", copy);
  }
  assert_true(coap_session_repeat_request(&fixture.session));
  coap_session_cancel(&fixture.session);
  assert_silence(&fixture);
}

static void message_ids_wrap(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, 0x0000fffe);
  static const char *const bytes[] = {"5102 fffe 7a", "5102 ffff 7a", "5102 0000 7a"};
  for (size_t i = 0; i < 3; i++) {
    session_request(&fixture, COAP_NON);
    assert_sent(&fixture, bytes[i], 0);
  }
}

static void random_message_ids(void **state) {
  (void)state;
  static bool used[65536];
  struct coap_parameters parameters = COAP_PARAMETERS_DEFAULT;
  parameters.random_message_ids = true;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin_with(&fixture, 0x12345678, &parameters);
  size_t in_sequence = 0;
  uint16_t previous = 0;
  for (size_t i = 0; i < 65536; i++) {
    struct coap_message message = make_message(COAP_NON, COAP_CODE_POST);
    assert_int_equal(coap_session_request(&fixture.session, &message, "request"), 0);
    assert_false(used[message.message_id]);
    used[message.message_id] = true;
    in_sequence += message.message_id == (uint16_t)(previous + 1);
    previous = message.message_id;
  }
  assert_true(in_sequence < 20);
}

/* The response was none after all: the same octets again, and whatever answers them. */
static void coap_asked_again(void **state) {
  (void)state;
  static const struct {
    const char *response, *acknowledgement; /* NULL: none */
  } table[] = {
      {"6144 0000 7a ff01", NULL}, {"4144 9999 7a ff01", "6000 9999"}, {"5144 9999 7a ff01", NULL}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    SESSION_FIXTURE fixture = {.draw = 0};
    session_begin(&fixture, SHORTEST);
    session_request(&fixture, COAP_CON);
    assert_sent(&fixture, "4102 0000 7a", 0);
    unsigned copy = 1, acknowledgements = 0;
    for (unsigned repeats = 0; repeats < 3; repeats++) {
      assert_int_equal(session_receive(&fixture, table[i].response), COAP_RECEIVED_RESPONSE);
      coap_session_cancel(&fixture.session);
      if (table[i].acknowledgement != NULL)
        assert_sent(&fixture, table[i].acknowledgement, acknowledgements++);
      assert_int_equal(session_receive(&fixture, table[i].response), COAP_RECEIVED_NOTHING);
      if (table[i].acknowledgement != NULL)
        assert_sent(&fixture, table[i].acknowledgement, acknowledgements++);
      fixture.now_ns += NODE_SECOND;
      coap_session_ask_again(&fixture.session);
      assert_true(coap_session_busy(&fixture.session));
      assert_sent(&fixture, "4102 0000 7a", copy++);
      assert_int_equal(expiry_ms(&fixture), 2000);
      advance_to_expiry(&fixture);
      assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
      assert_sent(&fixture, "4102 0000 7a", copy++);
      assert_int_equal(expiry_ms(&fixture), 4000);
    }
  }
}

/* The order of departure: control messages, then responses, then requests. */
static void order(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  assert_int_equal(session_receive(&fixture, "4000 4712"), COAP_RECEIVED_NOTHING);
  static const uint8_t first_octets[] = {0x70, 0x61, 0x41};
  for (size_t i = 0; i < sizeof first_octets; i++) {
    uint8_t data[64];
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    assert_int_equal(coap_session_write(&fixture.session, &datagram, fixture.now_ns), 1);
    assert_int_equal(data[0], first_octets[i]);
  }
  assert_silence(&fixture);
}

/* A record is its number and the message. */
static int seal_numbered(void *context, const uint8_t *plain, size_t length,
                         const struct span_list *spans, struct node_datagram *record) {
  uint8_t *number = context;
  if (*number == UINT8_MAX)
    return NODE_ERR_EXHAUSTED;
  assert_int_equal(span_list_length(spans), length);
  record->data[0] = ++*number;
  memcpy(record->data + 1, plain, length);
  record->length = 1 + length;
  record->spans = (struct span_list){0};
  return span_list_add(&record->spans, ROW_DTLS_RECORD, 1) &&
                 span_list_append(&record->spans, spans)
             ? 0
             : NODE_ERR_TOO_LONG;
}

/* The next record is these octets; NULL: there is none. */
static void assert_record(struct session_fixture *fixture, const char *bytes, unsigned copy) {
  uint8_t data[64];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  assert_int_equal(coap_session_write_sealed(&fixture->session, &datagram, fixture->now_ns),
                   bytes != NULL);
  if (bytes == NULL)
    return;
  assert_hex_equal(data, datagram.length, bytes);
  assert_int_equal(span_list_length(&datagram.spans), datagram.length);
  assert_int_equal(datagram.copy, copy);
}

/* What is said inside a session: each message is sealed once for each departure, in the order of
 * departure; none goes out otherwise; the timer begins with the departure; and what is withdrawn
 * takes its record with it. */
static void sealed(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  uint8_t number = 0;
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_record(&fixture, NULL, 0);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  assert_int_equal(session_receive(&fixture, "4000 4712"), COAP_RECEIVED_NOTHING);
  for (size_t i = 0; i < 2; i++) /* the second time, there is nothing to seal */
    assert_int_equal(coap_session_seal(&fixture.session, seal_numbered, &number), 0);
  assert_int_equal(number, 3);
  fixture.now_ns += NODE_SECOND;
  assert_record(&fixture, "01 7000 4712", 0);
  assert_record(&fixture, "02 6144 4711 aa", 0);
  assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER);
  assert_record(&fixture, "03 4102 0000 7a", 0);
  assert_record(&fixture, NULL, 0);
  assert_int_equal(expiry_ms(&fixture), 2000);

  fixture.now_ns += 2 * NODE_SECOND;
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_record(&fixture, NULL, 0);
  assert_int_equal(coap_session_seal(&fixture.session, seal_numbered, &number), 0);
  assert_record(&fixture, "04 4102 0000 7a", 1);

  fixture.now_ns += 4 * NODE_SECOND;
  assert_false(coap_session_handle_expiry(&fixture.session, fixture.now_ns));
  assert_int_equal(coap_session_seal(&fixture.session, seal_numbered, &number), 0);
  coap_session_cancel(&fixture.session);
  assert_true(coap_session_repeat_request(&fixture.session));
  assert_record(&fixture, NULL, 0);
  assert_int_equal(coap_session_seal(&fixture.session, seal_numbered, &number), 0);
  assert_record(&fixture, "06 4102 0000 7a", 2);
}

static void seal_fails(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  uint8_t number = UINT8_MAX;
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_int_equal(coap_session_seal(&fixture.session, seal_numbered, &number), NODE_ERR_EXHAUSTED);
  assert_record(&fixture, NULL, 0);
  assert_silence(&fixture); /* not as it is, either */
}

static void wipe(void **state) {
  (void)state;
  SESSION_FIXTURE fixture = {.draw = 0};
  session_begin(&fixture, SHORTEST);
  session_request(&fixture, COAP_CON);
  assert_int_equal(session_receive(&fixture, "4102 4711 aa"), COAP_RECEIVED_REQUEST);
  session_respond(&fixture);
  coap_session_wipe(&fixture.session);
  assert_silence(&fixture);
  assert_false(coap_session_busy(&fixture.session));
  assert_true(coap_session_expiry(&fixture.session) == NODE_NEVER);
  assert_null(fixture.session.response.message.data);
  assert_null(fixture.session.request.message.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(derived_times),
      cmocka_unit_test(retransmission_schedule),
      cmocka_unit_test(late_departure),
      cmocka_unit_test(matching),
      cmocka_unit_test(matching_outside_the_exchange),
      cmocka_unit_test(refused_then_accepted),
      cmocka_unit_test(cancel_drops_the_pending_copy),
      cmocka_unit_test(separate_response),
      cmocka_unit_test(separate_response_not_taken),
      cmocka_unit_test(acknowledged_late),
      cmocka_unit_test(separate_response_never_comes),
      cmocka_unit_test(non_request),
      cmocka_unit_test(message_ids_wrap),
      cmocka_unit_test(random_message_ids),
      cmocka_unit_test(coap_asked_again),
      cmocka_unit_test(order),
      cmocka_unit_test(sealed),
      cmocka_unit_test(seal_fails),
      cmocka_unit_test(wipe),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
