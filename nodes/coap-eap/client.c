/* Requests of an authentication, and their responses. */
#include "client.h"

#include "flow.h"

#include <string.h>

void coap_eap_client_begin(struct coap_eap_client *client, const struct coap_eap_options *options,
                           const struct coap_eap_resource *first, const struct node_hooks *hooks) {
  *client = (struct coap_eap_client){
      .options = options, .resource = *first, .token_length = options->token_bytes};
  node_random(hooks, client->token, client->token_length);
  coap_eap_ordering_init(&client->ordering, &options->ordering);
  coap_eap_ordering_begin(&client->ordering, hooks);
}

struct coap_message coap_eap_client_request(const struct coap_eap_client *client, bool numbered) {
  struct coap_message request = {
      .type = COAP_CON, .code = COAP_CODE_POST, .token_length = client->token_length};
  memcpy(request.token, client->token, request.token_length);
  coap_eap_resource_add(&client->resource, &request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH);
  if (numbered)
    coap_eap_ordering_add_to_request(&client->ordering, &request);
  return request;
}

int coap_eap_client_send(const struct coap_eap_client *client, struct coap_session *coap,
                         struct span_writer *packet, const struct coap_eap_info *info,
                         const char *label) {
  struct coap_message request = coap_eap_client_request(client, true);
  const int error = coap_eap_payload_put(client->options, &request, packet, info);
  return error < 0 ? error : coap_session_request(coap, &request, label);
}

enum coap_eap_answer coap_eap_client_judge(const struct coap_eap_client *client,
                                           const struct coap_message *response) {
  uint16_t known[2 + ASSOCIATION_KNOWN_MAX] = {
      COAP_NUMBER_URI_PATH, coap_eap_ordering_response_option(&client->options->ordering)};
  const size_t count = 2 + association_known(known + 2);
  if (coap_message_unknown_critical(response, known, count) != NULL)
    return COAP_EAP_ANSWER_UNKNOWN;
  if (response->code >> 5 != 2)
    return COAP_EAP_ANSWER_REFUSAL;
  return coap_eap_ordering_matches(&client->ordering, response) ? COAP_EAP_ANSWER_RIGHT
                                                                : COAP_EAP_ANSWER_STALE;
}

bool coap_eap_client_read_next(const struct coap_eap_client *client,
                               const struct coap_message *response, bool first,
                               struct coap_eap_resource *resource) {
  const struct coap_eap_flow *flow = client->options->flow;
  *resource = client->resource;
  if (response->code != (first ? COAP_CODE_CREATED : flow->step_code))
    return false;
  return response->code != COAP_CODE_CREATED ||
         (coap_eap_resource_read(response, client->options->location_number, resource) &&
          coap_eap_may_be_named(flow, resource));
}

size_t coap_eap_client_state_bytes(const struct coap_eap_client *client) {
  return coap_eap_ordering_state_bytes(&client->ordering) +
         (client->options->flow->names_each_step ? strlen(client->resource.path) : 0);
}

void coap_eap_client_digest(const struct coap_eap_client *client, struct digest *digest) {
  coap_eap_ordering_digest(&client->ordering, digest);
  digest_octets(digest, client->token, sizeof client->token);
  digest_octets(digest, client->resource.path, strlen(client->resource.path));
  coap_eap_agreement_digest(&client->agreement, digest);
}
