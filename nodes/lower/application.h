/* What flows under an association once it is there: confirmable requests to a resource of the other
 * end, the same for peer and authenticator, whatever the kind of the association. */
#ifndef NODES_LOWER_APPLICATION_H
#define NODES_LOWER_APPLICATION_H

#include "../association/association.h"
#include "lower.h"

/* The resource of either end for protected application requests (POST, GET). */
#define LOWER_APPLICATION_PATH "a"

/* Makes a request without sending it, with a token of its own. `payload` is not copied. */
void lower_application_compose(enum lower_request kind, const uint8_t *payload, size_t length,
                               const struct node_hooks *hooks, struct coap_message *request);

/* Sends a request. NODE_ERR_TOO_LONG, NODE_ERR_BUSY, or errors of association_request. */
NODE_MUST_CHECK int lower_application_send(struct association *association, enum lower_request kind,
                                           const uint8_t *payload, size_t length);

/* Sends a call, likewise. */
NODE_MUST_CHECK int lower_application_call(struct association *association,
                                           const struct lower_call *call);

/* Whether a verified request is for a service (NULL: there is none), which answers it then: as
 * lower_application_answer; 4.05 to what is no POST, 4.15 to another Content-Format. */
bool lower_service_is_for(const struct lower_service *service,
                          const struct association_request *request);
NODE_MUST_CHECK int lower_service_answer(const struct lower_service *service,
                                         const struct lower_client *client,
                                         const struct association_request *request,
                                         uint64_t now_ns);

/* Answers a verified request: 2.04 to POST, 2.05 with `payload_bytes` octets to GET; 4.02, 4.03
 * (what the association's guard does not permit), 4.04, 4.05 or 5.05 (protected) to others. `phase`
 * is what the answer is for. 1 if it is served, 0 if refused, or a negative node_error. */
NODE_MUST_CHECK int lower_application_answer(const struct association_request *request,
                                             size_t payload_bytes, enum node_phase phase,
                                             uint64_t now_ns);

#endif
