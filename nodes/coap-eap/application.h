/* What flows under an association once it is there: confirmable requests to a resource of the other
 * end, the same for peer and authenticator, whatever the kind of the association. */
#ifndef NODES_COAP_EAP_APPLICATION_H
#define NODES_COAP_EAP_APPLICATION_H

#include "../lower/lower.h"
#include "options.h"

/* Sends a request. NODE_ERR_TOO_LONG, NODE_ERR_BUSY, or errors of association_request. */
NODE_MUST_CHECK int coap_eap_application_send(struct association *association,
                                              enum lower_request kind, const uint8_t *payload,
                                              size_t length);

/* Answers a verified request: 2.04 to POST, 2.05 with `payload_bytes` octets to GET; 4.02, 4.04,
 * 4.05 or 5.05 (protected) to others. 1 if it is served, 0 if refused, or a negative node_error. */
NODE_MUST_CHECK int coap_eap_application_answer(const struct association_request *request,
                                                size_t payload_bytes, uint64_t now_ns);

#endif
