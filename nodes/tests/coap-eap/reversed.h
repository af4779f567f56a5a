/* CoAP-EAP with the roles reversed over a pipe: what its tests share. Whatever cannot be done fails
 * the running test. */
#ifndef NODES_TESTS_COAP_EAP_REVERSED_H
#define NODES_TESTS_COAP_EAP_REVERSED_H

#include "coap/message.h"
#include "pipe.h"

enum {
  REVERSED_MESSAGES = 10,
  REVERSED_CLEAR = 8, /* of them in clear */
  REVERSED_HANDSHAKE = 6,
  REVERSED_DTLS_MESSAGES = REVERSED_MESSAGES + REVERSED_HANDSHAKE,
  REVERSED_LONGEST = 100, /* octets of a message, at most */
  REVERSED_WAYS = 5,
};

extern const char *const REVERSED_LABELS[REVERSED_MESSAGES];

/* Under OSCORE the four ordering policies, and then DTLS; and how many messages that takes. */
struct pipe_config reversed_by_way(unsigned way);
size_t reversed_messages(unsigned way);

/* Runs a configuration to its end: nothing is delivered twice. Returns `pipe`. */
struct pipe *reversed_run(struct pipe *pipe, const struct pipe_config *config);

/* Runs until the datagram of this number is on its way. */
void reversed_run_to_datagram(struct pipe *pipe, size_t number);

/* Both ends have the same key, or whoever has none says why. */
void reversed_assert_ended(const struct pipe *pipe);

/* The association carries a request either way. */
void reversed_assert_associated(struct pipe *pipe, size_t peer);

/* Puts a message on the link, from the other end's address. */
void reversed_inject(struct pipe *pipe, bool to_peer, const struct coap_message *message);

/* The datagram of this number, read; it points into the flight. */
struct coap_message reversed_request_under_way(const struct pipe *pipe, size_t number);

#endif
