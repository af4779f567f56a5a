/* The CoAP server of an authentication: names its resources, judges requests by the ordering
 * policy, and answers them (draft section 3.1, Figure 2). In the draft and in RFC 9820 it is the
 * EAP peer.
 */
#ifndef NODES_COAP_EAP_SERVER_H
#define NODES_COAP_EAP_SERVER_H

#include "agreement.h"
#include "payload.h"
#include "resource.h"

/* Flat. */
struct coap_eap_server {
  const struct coap_eap_options *options;
  struct coap_eap_ordering ordering;
  struct coap_eap_resource resource; /* of the next request */
  struct coap_eap_agreement agreement;
  unsigned requests; /* processed so far */
  uint8_t token[COAP_TOKEN_MAX];
  size_t token_length;
};

/* Waits for a step 1. `options` outlive the server. */
void coap_eap_server_init(struct coap_eap_server *server, const struct coap_eap_options *options);

/* The first request is processed: takes its token, and names a resource, the `number`-th that there
 * is. */
void coap_eap_server_begin(struct coap_eap_server *server, const struct coap_message *request,
                           unsigned number);

/* A request that was judged to be the next is processed, and the last from now on. */
void coap_eap_server_accept(struct coap_eap_server *server, const struct coap_message *request);

/* A request to the resource of this authentication. */
bool coap_eap_server_is_for(const struct coap_eap_server *server,
                            const struct coap_message *message);

/* The code that refuses a request without protection by its options; COAP_CODE_EMPTY: none. */
uint8_t coap_eap_server_refuse(const struct coap_eap_server *server,
                               const struct coap_message *request);
/* ... under an association, whose messages are numbered or not. */
uint8_t coap_eap_server_refuse_inside(const struct coap_eap_server *server,
                                      const struct coap_message *request, bool numbered);

/* What a response carries. */
struct coap_eap_content {
  struct span_writer *packet;
  const struct coap_eap_info *info; /* NULL: none */
  const char *label;
};

/* Answers without protection; a 2.01 says where the resource is. Errors of coap_eap_payload_put and
 * coap_session_respond. */
NODE_MUST_CHECK int coap_eap_server_respond(const struct coap_eap_server *server,
                                            struct coap_session *coap,
                                            const struct coap_message *request, uint8_t code,
                                            const struct coap_eap_content *content,
                                            uint64_t now_ns);

/* What keeps the order of messages makes it remember now, in octets. */
size_t coap_eap_server_state_bytes(const struct coap_eap_server *server);

void coap_eap_server_digest(const struct coap_eap_server *server, struct digest *digest);

#endif
