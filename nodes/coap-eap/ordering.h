/* The ordering policy of an authentication: how requests are told apart, so that each EAP packet is
 * delivered once and in order (draft sections 3.2 and 6.4.2). Peer and authenticator must have the
 * same. The lower layer does not know which it runs.
 *
 * Each policy decides on what the message layer (coap/session.h) has let through: that has already
 * answered or dropped what repeats a Message ID within EXCHANGE_LIFETIME, and has matched an
 * acknowledgement by its Message ID and a response by its token. It has two halves, named by the
 * role in CoAP: in the draft the authenticator is the client, the peer the server. */
#ifndef NODES_COAP_EAP_ORDERING_H
#define NODES_COAP_EAP_ORDERING_H

#include "../coap/message.h"

enum {
  COAP_EAP_SEQNUM_MAX = 16,
  COAP_EAP_MESSAGE_IDS_MAX = 64, /* remembered: requests of one authentication under MID_RANDOM */
};

enum coap_eap_ordering_policy {
  /* Section 3.2, Figure 2: each request carries the SeqNum option, one more than the last; its
   * response repeats it. The peer takes exactly last + 1. */
  COAP_EAP_ORDERING_SEQNUM,
  /* Section 6.4.2 (1): SeqNum in requests only. A piggybacked response has its request's Message
   * ID, "and we can confirm the SeqNum of the Request"; nothing confirms a separate one. */
  COAP_EAP_ORDERING_SEQNUM_REQUESTS,
  /* Section 6.4.2 (2A): no SeqNum; random Message IDs, none twice. The peer remembers the last one,
   * which repeats the last request, and the earlier ones of this authentication, which are old;
   * any other is the next request. One authentication of more than COAP_EAP_MESSAGE_IDS_MAX
   * requests goes no further: what could not be remembered is not taken. */
  COAP_EAP_ORDERING_MID_RANDOM,
  /* Section 6.4.2 (2B): no SeqNum; Message IDs that count up by one, modulo 65536, from a random
   * one. The peer takes exactly last + 1. */
  COAP_EAP_ORDERING_MID_MONOTONIC,
  /* RFC 9820: neither. Each request goes to a resource of its own, which the response to the one
   * before has named; for a resource that is no more there is 4.04, and here is nothing to judge.
   */
  COAP_EAP_ORDERING_RESOURCE,
};

/* Names of those that the draft has, in this order; ends with NULL. */
extern const char *const COAP_EAP_ORDERING_NAMES[];

struct coap_eap_ordering_config {
  enum coap_eap_ordering_policy policy;
  uint16_t seqnum_number; /* the draft leaves it to be defined */
  size_t seqnum_bytes;    /* 1 to COAP_EAP_SEQNUM_MAX: constant in one authentication */
};

/* The state of either side; flat. Private to ordering*.c. */
struct coap_eap_ordering {
  struct coap_eap_ordering_config config;
  bool begun;                                     /* there is a last request */
  uint8_t seqnum[COAP_EAP_SEQNUM_MAX];            /* of the last request, right-aligned */
  uint16_t message_ids[COAP_EAP_MESSAGE_IDS_MAX]; /* server: in the order of their coming */
  size_t message_id_count;
};

void coap_eap_ordering_init(struct coap_eap_ordering *ordering,
                            const struct coap_eap_ordering_config *config);

/* What the client's message layer does for the policy: coap_parameters.random_message_ids.
 */
bool coap_eap_ordering_random_message_ids(const struct coap_eap_ordering_config *config);

/* The number of the option that requests (responses) carry, or 0. Where there is none, an option of
 * this number is one that is not understood: a request with it has 4.02, a response is discarded
 * (RFC 7252 section 5.4.1). A request without the option that it needs is discarded silently. */
uint16_t coap_eap_ordering_request_option(const struct coap_eap_ordering_config *config);
uint16_t coap_eap_ordering_response_option(const struct coap_eap_ordering_config *config);

/* Client */

/* The first request. A SeqNum begins at random and has constant length: of n octets within
 * [2^(8(n-1)), 2^(8n)-257]; of one octet within [1, 127]. */
void coap_eap_ordering_begin(struct coap_eap_ordering *ordering, const struct node_hooks *hooks);

/* The next request. NODE_ERR_EXHAUSTED if its number would not fit. */
NODE_MUST_CHECK int coap_eap_ordering_advance(struct coap_eap_ordering *ordering);

/* Adds what the policy puts into the current request. The option points into `ordering`, which must
 * not change before the message is composed. */
void coap_eap_ordering_add_to_request(const struct coap_eap_ordering *ordering,
                                      struct coap_message *request);

/* Does a response that the message layer has matched belong to the current request? */
bool coap_eap_ordering_matches(const struct coap_eap_ordering *ordering,
                               const struct coap_message *response);

/* Server */

enum coap_eap_verdict {
  COAP_EAP_NEXT,   /* the request that is expected; or any, with its number, before the first */
  COAP_EAP_REPEAT, /* the last request once more */
  COAP_EAP_STALE,  /* older, unexpected or without its number: dropped silently (6.4.2) */
};

/* Judges a request (under OSCORE: what was inside); changes nothing, so that what EAP discards does
 * not move the state. */
enum coap_eap_verdict coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                              const struct coap_message *request);

/* A request that was judged to be the next is processed, and the last from now on. */
void coap_eap_ordering_accept(struct coap_eap_ordering *ordering,
                              const struct coap_message *request);

/* Adds what the policy puts into the response to the last request; as with a request. */
void coap_eap_ordering_add_to_response(const struct coap_eap_ordering *ordering,
                                       struct coap_message *response);

/* The authentication has succeeded: forgets all but the last request. */
void coap_eap_ordering_finish(struct coap_eap_ordering *ordering);

/* What the policy makes the server remember now, in octets: the value of the last SeqNum, or two
 * for each Message ID. Greatest before coap_eap_ordering_finish. */
size_t coap_eap_ordering_state_bytes(const struct coap_eap_ordering *ordering);

void coap_eap_ordering_digest(const struct coap_eap_ordering *ordering, struct digest *digest);

#endif
