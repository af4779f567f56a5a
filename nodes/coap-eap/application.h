/* What flows under an association once it is there: confirmable requests to a resource of the other
 * end, the same for peer and authenticator, OSCORE and DTLS. */
#ifndef NODES_COAP_EAP_APPLICATION_H
#define NODES_COAP_EAP_APPLICATION_H

#include "association.h"

/* The longest payload, so that a message with its protection keeps within the MTU of DTLS. */
size_t coap_eap_application_max(const struct coap_eap_options *options);

/* Sends COAP_CODE_POST with `payload`, or COAP_CODE_GET. NODE_ERR_TOO_LONG, NODE_ERR_UNSUPPORTED
 * (another code), or errors of coap_eap_association_request. */
NODE_MUST_CHECK int coap_eap_application_send(struct coap_eap_association *association,
                                              const struct coap_eap_options *options, uint8_t code,
                                              const uint8_t *payload, size_t length);

/* Answers a verified request: 2.04 to POST, 2.05 with `options`' application_bytes to GET; 4.02,
 * 4.04 or 4.05 (protected) to others. 1 if it is served, 0 if refused, or a negative node_error. */
NODE_MUST_CHECK int coap_eap_application_answer(struct coap_eap_association *association,
                                                const struct coap_eap_options *options,
                                                const struct coap_eap_protected_request *request,
                                                uint64_t now_ns);

/* True of the labels of application messages. */
bool coap_eap_application_is(const char *label);

#endif
