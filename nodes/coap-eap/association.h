/* The security association that CoAP-EAP makes from the MSK, as either end uses it: an OSCORE
 * security context (draft section 4.1), or a DTLS session (appendix A) with a CoAP message layer of
 * its own inside. Requests and responses go in and come out in the clear; what protects them does
 * not show. */
#ifndef NODES_COAP_EAP_ASSOCIATION_H
#define NODES_COAP_EAP_ASSOCIATION_H

#include "keys.h"
#include "options.h"

/* What a DTLS session has beside itself; NULL under OSCORE. */
struct coap_eap_secure;

/* Zeroed memory is one that is closed. May be moved in memory. */
struct coap_eap_association {
  bool open;
  const struct node_hooks *hooks;
  struct coap_session *coap;     /* carries its messages: the caller's under OSCORE, else its own */
  struct oscore_context context; /* OSCORE */
  struct oscore_binding binding; /* OSCORE: of the outstanding request */
  struct coap_eap_secure *secure;
};

/* What an association is made of. Pointers are used during the call only. */
struct coap_eap_association_config {
  enum coap_eap_side side;
  const struct coap_eap_options *options;
  struct node_address remote; /* of CoAP without protection */
  const uint8_t *msk;         /* EAP_KEY_LENGTH octets */
  const uint8_t *identity;    /* the octets of the EAP-Response/Identity */
  size_t identity_length;
  const uint8_t *token; /* of the authentication: a part of DTLS_PSK */
  size_t token_length;
};

/* Derives the keys (NODE_EVENT_KEY); under DTLS the authenticator begins the handshake. `coap` is
 * the message layer without protection; it and `hooks` outlive the association. NODE_ERR_CRYPTO,
 * NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int coap_eap_association_open(struct coap_eap_association *association,
                                              const struct coap_eap_association_config *config,
                                              struct coap_session *coap,
                                              const struct node_hooks *hooks, uint64_t now_ns);

/* Wipes and frees; harmless where it is closed. */
void coap_eap_association_close(struct coap_eap_association *association);

/* Requests can be protected: at once under OSCORE, after the handshake under DTLS. */
bool coap_eap_association_ready(const struct coap_eap_association *association);

/* Static text why the DTLS handshake failed; NULL: it has not. */
const char *coap_eap_association_failure(const struct coap_eap_association *association);

/* As client */

/* Queues a confirmable request, protected. Errors of coap_session_request, oscore_protect_request
 * and dtls_protect. */
NODE_MUST_CHECK int coap_eap_association_request(struct coap_eap_association *association,
                                                 struct coap_message *request, const char *label);

/* Verifies what came as the response to the outstanding request; `plain` points into `buffer` (of
 * NODE_DATAGRAM_MAX octets) or `message`. Errors of oscore_unprotect_response. */
NODE_MUST_CHECK int coap_eap_association_verify_response(struct coap_eap_association *association,
                                                         const struct coap_message *message,
                                                         uint8_t *buffer,
                                                         struct coap_message *plain);

/* As server */

/* A request that came under the association. */
struct coap_eap_protected_request {
  const struct coap_message *outer; /* as the message layer knows it */
  struct coap_message plain;
  struct oscore_binding binding;
  uint8_t buffer[NODE_DATAGRAM_MAX];
};

/* Verifies a request. Errors of oscore_unprotect_request. */
NODE_MUST_CHECK int coap_eap_association_verify_request(struct coap_eap_association *association,
                                                        const struct coap_message *message,
                                                        struct coap_eap_protected_request *request);

/* Answers a request that did not verify, as RFC 8613 section 8.2 says; NULL if it is answered, or
 * static text: why it is dropped. `coap` is the message layer that it came by. */
const char *coap_eap_association_refuse(struct coap_session *coap,
                                        const struct coap_message *message, int error);

/* Answers a verified request. Errors of coap_session_respond and oscore_protect_response. */
NODE_MUST_CHECK int coap_eap_association_respond(struct coap_eap_association *association,
                                                 const struct coap_eap_protected_request *request,
                                                 struct coap_message *response, const char *label,
                                                 uint64_t now_ns);

/* Under DTLS only: the session's own datagrams. Under OSCORE there are none, and never a deadline.
 */

/* Length of the first DTLS record of a datagram, or all of it where there is none. */
size_t coap_eap_record_length(const uint8_t *data, size_t length);

/* Takes one DTLS record for the one of `count` associations that it is of: application data for the
 * first whose keys verify them, all else for the first that is open. Returns that whose application
 * data are in `plain` (of NODE_DATAGRAM_MAX octets), or NULL, with static text in `*why` where none
 * took the record. */
NODE_MUST_CHECK struct coap_eap_association *
coap_eap_association_receive(struct coap_eap_association *const *associations, size_t count,
                             const uint8_t *record, size_t length, uint64_t now_ns, uint8_t *plain,
                             size_t *plain_length, const char **why);

/* The next datagram, as node_write does; addresses are the caller's. Sets `application` where it is
 * of the application. */
NODE_MUST_CHECK int coap_eap_association_write(struct coap_eap_association *association,
                                               struct node_datagram *datagram, uint64_t now_ns);

uint64_t coap_eap_association_expiry(const struct coap_eap_association *association);

/* True where the outstanding request was given up, as coap_session_handle_expiry says. */
NODE_MUST_CHECK int coap_eap_association_handle_expiry(struct coap_eap_association *association,
                                                       uint64_t now_ns, bool *given_up);

/* Octets held now, and at most: OSCORE contexts and DTLS sessions, no message layers. */
size_t coap_eap_association_bytes(const struct coap_eap_association *association);
size_t coap_eap_association_bytes_peak(const struct coap_eap_association *association);

/* Under OSCORE without `coap`, which is its owner's. Of a DTLS session: see dtls_digest. */
void coap_eap_association_digest(const struct coap_eap_association *association,
                                 struct digest *digest, uint64_t now_ns);

#endif
