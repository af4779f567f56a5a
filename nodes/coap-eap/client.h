/* The CoAP client of an authentication: sends requests with one token to the resources that the
 * server names, and judges what comes back (draft section 3.1, Figure 2). In the draft and in RFC
 * 9820 it is the authenticator. */
#ifndef NODES_COAP_EAP_CLIENT_H
#define NODES_COAP_EAP_CLIENT_H

#include "agreement.h"
#include "payload.h"
#include "resource.h"

/* Flat. */
struct coap_eap_client {
  const struct coap_eap_options *options;
  struct coap_eap_ordering ordering;
  uint8_t token[COAP_TOKEN_MAX];
  size_t token_length;
  struct coap_eap_resource resource; /* of the next request */
  struct coap_eap_agreement agreement;
};

/* A new authentication: a new token, and the first number; `first`: where its first request goes.
 * `options` outlive the client. */
void coap_eap_client_begin(struct coap_eap_client *client, const struct coap_eap_options *options,
                           const struct coap_eap_resource *first, const struct node_hooks *hooks);

/* CON POST to the resource, with the token; `numbered`: and with what the ordering policy adds. The
 * message points into the client. */
struct coap_message coap_eap_client_request(const struct coap_eap_client *client, bool numbered);

/* Queues a numbered request with an EAP packet, and `info` behind it (NULL: nothing). Errors of
 * coap_eap_payload_put and coap_session_request. */
NODE_MUST_CHECK int coap_eap_client_send(const struct coap_eap_client *client,
                                         struct coap_session *coap, struct span_writer *packet,
                                         const struct coap_eap_info *info, const char *label);

enum coap_eap_answer {
  COAP_EAP_ANSWER_RIGHT,   /* 2.xx, to the current request */
  COAP_EAP_ANSWER_REFUSAL, /* an error code */
  COAP_EAP_ANSWER_UNKNOWN, /* a critical option that is not understood */
  COAP_EAP_ANSWER_STALE,   /* it belongs to another request */
};

/* Judges a response without protection that the message layer has matched. */
enum coap_eap_answer coap_eap_client_judge(const struct coap_eap_client *client,
                                           const struct coap_message *response);

/* Reads where the next request goes: the resource that a 2.01 names, or the present one. `first`:
 * the response is the first of this authentication. False: that has not the code that it should
 * have, or names no resource. */
NODE_MUST_CHECK bool coap_eap_client_read_next(const struct coap_eap_client *client,
                                               const struct coap_message *response, bool first,
                                               struct coap_eap_resource *resource);

/* What keeps the order of messages makes it remember now, in octets. */
size_t coap_eap_client_state_bytes(const struct coap_eap_client *client);

void coap_eap_client_digest(const struct coap_eap_client *client, struct digest *digest);

#endif
