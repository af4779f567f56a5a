/* A CoAP session in virtual time, with every datagram in the test's hands. Include after
 * cmocka.h. */
#ifndef NODES_TESTS_COAP_COAP_SESSION_FIXTURE_H
#define NODES_TESTS_COAP_COAP_SESSION_FIXTURE_H

#include "coap/session.h"
#include "hex.h"

enum { SHORTEST = 0, LONGEST = 1000000 }; /* random values: no and all of ACK_RANDOM_FACTOR */

/* One session whose every random number is `draw`; Message IDs begin at its low 16 bits. */
struct session_fixture {
  struct coap_session session;
  struct node_hooks hooks;
  uint32_t draw;
  uint64_t now_ns;
  struct coap_message message; /* received last */
  uint8_t received[NODE_DATAGRAM_MAX];
  enum node_phase phase; /* of the last datagram that was sent */
};

/* What is held is freed at the end of the block. */
#define SESSION_FIXTURE struct session_fixture __attribute__((cleanup(session_end)))

static inline void session_end(struct session_fixture *fixture) {
  coap_session_wipe(&fixture->session);
}

static inline void draw_bytes(void *context, uint8_t *bytes, size_t length) {
  const struct session_fixture *fixture = context;
  for (size_t i = 0; i < length; i++)
    bytes[i] = (uint8_t)(fixture->draw >> 8 * (3 - i % 4));
}

static inline void session_begin_with(struct session_fixture *fixture, uint32_t draw,
                                      const struct coap_parameters *parameters) {
  session_end(fixture);
  *fixture = (struct session_fixture){.draw = draw, .now_ns = 5 * NODE_SECOND};
  fixture->hooks = (struct node_hooks){.context = fixture, .random = draw_bytes};
  coap_session_init(&fixture->session, parameters, &fixture->hooks);
}

static inline void session_begin(struct session_fixture *fixture, uint32_t draw) {
  session_begin_with(fixture, draw, &COAP_PARAMETERS_DEFAULT);
}

static inline enum coap_received session_receive(struct session_fixture *fixture,
                                                 const char *bytes) {
  const struct hex datagram = hex(bytes);
  memcpy(fixture->received, datagram.octets, datagram.length);
  return coap_session_receive(&fixture->session, fixture->received, datagram.length,
                              fixture->now_ns, &fixture->message);
}

static inline void assert_silence(struct session_fixture *fixture) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  assert_int_equal(coap_session_write(&fixture->session, &datagram, fixture->now_ns), 0);
}

/* Exactly one datagram goes out, and is these bytes. */
static inline void assert_sent(struct session_fixture *fixture, const char *bytes, unsigned copy) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data, .copy = 99};
  assert_int_equal(coap_session_write(&fixture->session, &datagram, fixture->now_ns), 1);
  assert_hex_equal(data, datagram.length, bytes);
  assert_int_equal(datagram.copy, copy);
  assert_int_equal(span_list_length(&datagram.spans), datagram.length);
  assert_int_equal(datagram.spans.item[0].row, ROW_COAP_HEADER);
  assert_non_null(datagram.label);
  fixture->phase = datagram.phase;
  assert_silence(fixture);
}

static inline struct coap_message make_message(enum coap_type type, uint8_t code) {
  return (struct coap_message){.phase = NODE_PHASE_APPLICATION,
                               .type = type,
                               .code = code,
                               .token = {0x7a},
                               .token_length = 1,
                               .message_id = 0xdead};
}

static inline void session_request(struct session_fixture *fixture, enum coap_type type) {
  struct coap_message message = make_message(type, COAP_CODE_POST);
  assert_int_equal(coap_session_request(&fixture->session, &message, "request"), 0);
}

static inline void session_respond(struct session_fixture *fixture) {
  struct coap_message response = {.phase = NODE_PHASE_APPLICATION, .code = COAP_CODE_CHANGED};
  assert_int_equal(coap_session_respond(&fixture->session, &fixture->message, &response, "response",
                                        fixture->now_ns),
                   0);
}

static inline uint64_t expiry_ms(const struct session_fixture *fixture) {
  const uint64_t expiry_ns = coap_session_expiry(&fixture->session);
  if (expiry_ns == NODE_NEVER)
    return NODE_NEVER;
  assert_int_equal((expiry_ns - fixture->now_ns) % NODE_MS, 0);
  return (expiry_ns - fixture->now_ns) / NODE_MS;
}

static inline void advance_to_expiry(struct session_fixture *fixture) {
  const uint64_t expiry_ns = coap_session_expiry(&fixture->session);
  assert_true(expiry_ns != NODE_NEVER);
  assert_true(expiry_ns > fixture->now_ns);
  fixture->now_ns = expiry_ns - 1;
  assert_false(coap_session_handle_expiry(&fixture->session, fixture->now_ns));
  assert_silence(fixture);
  fixture->now_ns = expiry_ns;
}

#endif
