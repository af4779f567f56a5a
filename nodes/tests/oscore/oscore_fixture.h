/* Client and server of one OSCORE association. Include after cmocka.h. */
#ifndef NODES_TESTS_OSCORE_OSCORE_FIXTURE_H
#define NODES_TESTS_OSCORE_OSCORE_FIXTURE_H

#include "oscore_vectors.h"

/* Both ends of one association, and what they work in. */
struct oscore_fixture {
  struct oscore_context client, server;
  uint8_t sealed[NODE_DATAGRAM_MAX], opened[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer, inner;
  struct oscore_binding sent, received;
};

static inline void fixture_begin(struct oscore_fixture *fixture, const char *vector_name) {
  *fixture = (struct oscore_fixture){.client = vector_context(vector_name, "Client"),
                                     .server = vector_context(vector_name, "Server")};
}

static inline struct coap_message make_request(void) {
  struct coap_message message = {
      .type = COAP_CON, .code = COAP_CODE_POST, .token = {1}, .token_length = 1};
  coap_message_add_option(&message, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, "b", 1);
  return message;
}

static const struct coap_message CHANGED = {.type = COAP_ACK, .code = COAP_CODE_CHANGED};

static inline int fixture_protect(struct oscore_fixture *fixture,
                                  const struct coap_message *message) {
  return oscore_protect_request(&fixture->client, NULL, message, fixture->sealed,
                                sizeof fixture->sealed, &fixture->spans, &fixture->outer,
                                &fixture->sent);
}

static inline int fixture_unprotect(struct oscore_fixture *fixture,
                                    const struct coap_message *outer) {
  return oscore_unprotect_request(&fixture->server, NULL, outer, fixture->opened,
                                  sizeof fixture->opened, &fixture->inner, &fixture->received);
}

static inline int fixture_protect_response(struct oscore_fixture *fixture, bool new_piv) {
  return oscore_protect_response(&fixture->server, NULL, &CHANGED, new_piv, &fixture->received,
                                 fixture->sealed, sizeof fixture->sealed, &fixture->spans,
                                 &fixture->outer);
}

static inline int fixture_unprotect_response(struct oscore_fixture *fixture,
                                             const struct coap_message *outer,
                                             const struct oscore_binding *binding) {
  return oscore_unprotect_response(&fixture->client, NULL, outer, binding, fixture->opened,
                                   sizeof fixture->opened, &fixture->inner);
}

/* A request with this Partial IV goes from the client to the server. */
static inline int fixture_deliver(struct oscore_fixture *fixture, uint64_t piv) {
  const struct coap_message message = make_request();
  fixture->client.sender_sequence = piv;
  assert_int_equal(fixture_protect(fixture, &message), 0);
  return fixture_unprotect(fixture, &fixture->outer);
}

#endif
