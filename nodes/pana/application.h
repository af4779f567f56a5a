/* The association that is made of the MSK once PANA has confirmed it, and what flows under it: CoAP
 * on the port behind PANA's, the same at both ends. Where no association is chosen, nothing does.
 */
#ifndef NODES_PANA_APPLICATION_H
#define NODES_PANA_APPLICATION_H

#include "../lower/lower.h"
#include "../lower/suite.h"
#include "options.h"

struct pana_application {
  const struct node_hooks *hooks;
  const struct pana_options *options;
  bool authenticator;         /* whose side; it opens a session */
  struct node_address remote; /* of PANA */
  size_t payload_bytes;
  struct coap_session coap;     /* of messages that are protected themselves */
  struct association_pair pair; /* pending: until PANA, or the handshake, has confirmed it */
  bool requesting;              /* a request of ours is outstanding */
  bool used;                    /* something of the other end has verified: who looks resets it */
};

/* `options` and `hooks` outlive it. */
void pana_application_init(struct pana_application *application, const struct pana_options *options,
                           bool authenticator, const struct node_address *remote,
                           size_t payload_bytes, const struct node_hooks *hooks);
void pana_application_wipe(struct pana_application *application);

/* Makes the association between `local`, which is PANA's, and the other end, which then is pending
 * (NODE_EVENT_KEY); `suite`: that the AAA server names, to the authenticator. Where none is chosen,
 * NODE_EVENT_KEY says PANA_AUTH_KEY. Errors of coap_eap_derive_key and association_open. */
NODE_MUST_CHECK int pana_application_open(struct pana_application *application,
                                          const struct node_address *local,
                                          const uint8_t msk[EAP_KEY_LENGTH],
                                          const struct pana_key *key, const uint8_t *identity,
                                          size_t identity_length,
                                          const struct aaa_cipher_suite *suite, uint64_t now_ns);

/* Whether the pending one has no handshake to wait for. */
bool pana_application_is_ready(const struct pana_application *application);

/* The pending one is confirmed. */
void pana_application_replace(struct pana_application *application);

/* The pending one is not: unless it has an alert to write, it is no more. */
void pana_application_drop(struct pana_application *application);

/* Static text: why the handshake of the pending one failed; NULL: it has not. */
const char *pana_application_failure(const struct pana_application *application);

/* As lower_layer.peer_request says. */
NODE_MUST_CHECK int pana_application_request(struct pana_application *application,
                                             enum lower_request kind, const uint8_t *payload,
                                             size_t length);

/* Gives up the request that is outstanding, if any. */
void pana_application_abandon(struct pana_application *application, const char *why);

/* Ends both associations. */
void pana_application_close(struct pana_application *application);

/* A datagram of the other end to the port behind; as node_read. */
NODE_MUST_CHECK int pana_application_read(struct pana_application *application,
                                          const struct node_datagram *datagram, uint64_t now_ns);

/* After whatever may have made it speak: what it says is protected now. */
NODE_MUST_CHECK int pana_application_settle(struct pana_application *application);

/* As in node.h; `local` is that of PANA. */
NODE_MUST_CHECK int pana_application_write(struct pana_application *application,
                                           const struct node_address *local,
                                           struct node_datagram *datagram, uint64_t now_ns);
uint64_t pana_application_expiry(const struct pana_application *application);
NODE_MUST_CHECK int pana_application_handle_expiry(struct pana_application *application,
                                                   uint64_t now_ns);

void pana_application_digest(const struct pana_application *application, struct digest *digest,
                             uint64_t now_ns);

#endif
