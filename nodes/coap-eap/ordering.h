/* The ordering policy of an authentication: how requests are numbered, so that each EAP packet is
 * delivered once and in order (draft sections 3.2 and 6.4.2). */
#ifndef NODES_COAP_EAP_ORDERING_H
#define NODES_COAP_EAP_ORDERING_H

#include "../coap/message.h"

enum { COAP_EAP_SEQNUM_MAX = 16 };

enum coap_eap_ordering_policy {
  COAP_EAP_ORDERING_SEQNUM,          /* SeqNum in requests, repeated in responses (Figure 2) */
  COAP_EAP_ORDERING_SEQNUM_REQUESTS, /* SeqNum in requests only (6.4.2 (1)) */
  COAP_EAP_ORDERING_MID_RANDOM,      /* random Message IDs, none twice (6.4.2 (2A)) */
  COAP_EAP_ORDERING_MID_MONOTONIC,   /* Message IDs that count up by one (6.4.2 (2B)) */
};

struct coap_eap_ordering_config {
  enum coap_eap_ordering_policy policy;
  uint16_t seqnum_number; /* the draft leaves the option number to be defined */
  size_t seqnum_bytes;    /* 1 to COAP_EAP_SEQNUM_MAX: constant in one authentication */
};

/* The state of either side; flat. `value` is the SeqNum of the last request, right-aligned. */
struct coap_eap_ordering {
  struct coap_eap_ordering_config config;
  uint8_t value[COAP_EAP_SEQNUM_MAX];
  bool begun;
};

void coap_eap_ordering_init(struct coap_eap_ordering *ordering,
                            const struct coap_eap_ordering_config *config);

/* Authenticator: the number of the first request, random, of constant length: of n octets within
 * [2^(8(n-1)), 2^(8n)-257]; of one octet within [1, 127]. */
void coap_eap_ordering_begin(struct coap_eap_ordering *ordering, const struct node_hooks *hooks);

/* Authenticator: the number of the next request. NODE_ERR_EXHAUSTED if it would not fit. */
NODE_MUST_CHECK int coap_eap_ordering_advance(struct coap_eap_ordering *ordering);

/* Adds what the policy puts into a message that carries the current number: a request, or the
 * peer's response to it. The option points into `ordering`, which must not change before the
 * message is composed. */
void coap_eap_ordering_add(const struct coap_eap_ordering *ordering, struct coap_message *message);

/* Authenticator: does this response belong to the current request? */
bool coap_eap_ordering_matches(const struct coap_eap_ordering *ordering,
                               const struct coap_message *response);

enum coap_eap_verdict {
  COAP_EAP_NEXT,   /* the request that is expected; or any numbered one before the first */
  COAP_EAP_REPEAT, /* the last request once more */
  COAP_EAP_STALE,  /* older, unexpected or without a number: dropped silently (6.4.2) */
};

/* Peer: judges a request; changes nothing. */
enum coap_eap_verdict coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                              const struct coap_message *request);

/* Peer: the request is processed; its number is the current one from now on. */
void coap_eap_ordering_accept(struct coap_eap_ordering *ordering,
                              const struct coap_message *request);

#endif
