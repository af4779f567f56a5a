/* The CoAP client of an authentication: sends numbered requests with one token to the service and
 * to the resource that step 2 names, and judges what comes back (draft section 3.1, Figure 2). In
 * the draft it is the authenticator. */
#ifndef NODES_COAP_EAP_CLIENT_H
#define NODES_COAP_EAP_CLIENT_H

#include "options.h"

enum { COAP_EAP_RESOURCE_MAX = 16 };

/* Flat. */
struct coap_eap_client {
  const struct coap_eap_options *options;
  struct coap_eap_ordering ordering;
  uint8_t token[COAP_TOKEN_MAX];
  char resource[COAP_EAP_RESOURCE_MAX + 1]; /* below /b, from step 2; "" before */
};

/* A new authentication: a new token, and the first number. `options` outlive the client. */
void coap_eap_client_begin(struct coap_eap_client *client, const struct coap_eap_options *options,
                           const struct node_hooks *hooks);

/* CON POST to the service, or its resource, with the token; `numbered`: and with what the ordering
 * policy adds. The message points into the client. */
struct coap_message coap_eap_client_request(const struct coap_eap_client *client, bool numbered);

/* Queues a numbered request with an EAP packet. Errors of coap_session_request. */
NODE_MUST_CHECK int coap_eap_client_send(const struct coap_eap_client *client,
                                         struct coap_session *coap,
                                         const struct span_writer *packet, const char *label);

enum coap_eap_answer {
  COAP_EAP_ANSWER_RIGHT,   /* 2.xx, to the current request */
  COAP_EAP_ANSWER_REFUSAL, /* an error code */
  COAP_EAP_ANSWER_UNKNOWN, /* a critical option that is not understood */
  COAP_EAP_ANSWER_STALE,   /* it belongs to another request */
};

/* Judges a response without protection that the message layer has matched. */
enum coap_eap_answer coap_eap_client_judge(const struct coap_eap_client *client,
                                           const struct coap_message *response);

/* Step 2 names the resource: two segments, the service and one of at most COAP_EAP_RESOURCE_MAX
 * octets. False: it does not. */
bool coap_eap_client_read_location(const struct coap_eap_client *client,
                                   const struct coap_message *response,
                                   char resource[COAP_EAP_RESOURCE_MAX + 1]);

void coap_eap_client_digest(const struct coap_eap_client *client, struct digest *digest);

#endif
