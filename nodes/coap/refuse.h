/* What a CoAP server refuses, and how (RFC 7252 sections 4.2, 4.3, 5.4, 5.8 and 5.10), for requests
 * of an endpoint that it has a session with, and for strangers. A stranger costs no memory: the one
 * answer that waits to be written is the node's, and never longer than what it answers. */
#ifndef NODES_COAP_REFUSE_H
#define NODES_COAP_REFUSE_H

#include "message.h"

enum { COAP_REFUSE_KNOWN_MAX = 8 };

/* Judges a request by its options: 5.05 if it asks for a proxy (5.10.2); 4.02 if it has a critical
 * option that is neither Uri-Host, Uri-Port or Uri-Path nor among the `count` numbers `known` (at
 * most COAP_REFUSE_KNOWN_MAX), or that stands once too often or has a length out of its range
 * (5.4.3, 5.4.5). COAP_CODE_EMPTY: it is not refused. */
uint8_t coap_refuse_options(const struct coap_message *request, const uint16_t *known,
                            size_t count);

/* ... by path and method, where all that there is takes POST only: 4.05 for a method of RFC 7252
 * that the resource has not, and for any that is unknown (5.8); 4.04 where there is no resource of
 * this path. COAP_CODE_EMPTY: it is not refused. */
uint8_t coap_refuse_method(const struct coap_message *request, bool is_resource);

/* Whether a refusal is sent. One of a NON is not where an option is not understood (5.4.1: it is
 * rejected, 4.3) or the request wants none (No-Response, RFC 7967). */
bool coap_refusal_is_sent(const struct coap_message *request, uint8_t code);

/* "4.04 Not Found", of the codes that are used here and by who calls coap_stranger_refuse; static
 * text. */
const char *coap_refusal_label(uint8_t code);

/* The answer to a stranger. Zeroed: there is none. */
struct coap_stranger {
  struct node_address local, remote;
  uint8_t data[4 + COAP_TOKEN_MAX];
  size_t length;
  struct span_list spans;
  const char *label;
  bool pending;
};

/* Takes a datagram from an endpoint without a session. True: it is a request, CON or NON, in
 * `message`, which points into it. All else is dealt with: a CON that is empty, malformed or a
 * response has a Reset (4.2, 4.3), the rest is ignored. */
bool coap_stranger_receive(struct coap_stranger *stranger, const struct node_datagram *datagram,
                           struct coap_message *message);

/* Refuses a request that coap_stranger_receive has let through, if that is to be sent: to CON in an
 * acknowledgement, to NON in a NON of a random Message ID. */
void coap_stranger_refuse(struct coap_stranger *stranger, const struct node_datagram *datagram,
                          const struct coap_message *request, uint8_t code,
                          const struct node_hooks *hooks);

/* Hands out the answer that waits, with its addresses: it goes back whence it was asked. 1, 0 or
 * NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int coap_stranger_write(struct coap_stranger *stranger,
                                        struct node_datagram *datagram);

#endif
