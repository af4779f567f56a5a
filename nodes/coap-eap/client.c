/* Requests of an authentication, and their responses. */
#include "client.h"

#include <string.h>

void coap_eap_client_begin(struct coap_eap_client *client, const struct coap_eap_options *options,
                           const struct node_hooks *hooks) {
  client->options = options;
  client->resource[0] = '\0';
  node_random(hooks, client->token, options->token_bytes);
  coap_eap_ordering_init(&client->ordering, &options->ordering);
  coap_eap_ordering_begin(&client->ordering, hooks);
}

struct coap_message coap_eap_client_request(const struct coap_eap_client *client, bool numbered) {
  struct coap_message request = {
      .type = COAP_CON, .code = COAP_CODE_POST, .token_length = client->options->token_bytes};
  memcpy(request.token, client->token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, COAP_EAP_PATH,
                          strlen(COAP_EAP_PATH));
  if (client->resource[0] != '\0')
    coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, client->resource,
                            strlen(client->resource));
  if (numbered)
    coap_eap_ordering_add_to_request(&client->ordering, &request);
  return request;
}

int coap_eap_client_send(const struct coap_eap_client *client, struct coap_session *coap,
                         const struct span_writer *packet, const char *label) {
  struct coap_message request = coap_eap_client_request(client, true);
  request.payload = packet->data;
  request.payload_length = packet->length;
  request.payload_spans = packet->spans;
  return coap_session_request(coap, &request, label);
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

/* The two segments that name a resource; false: there are not two. */
static bool find_segments(const struct coap_message *response, uint16_t number,
                          const struct coap_option *segments[2]) {
  size_t count = 0;
  for (size_t i = 0; i < response->option_count; i++) {
    if (response->options[i].number != number)
      continue;
    if (count == 2)
      return false;
    segments[count++] = &response->options[i];
  }
  return count == 2;
}

bool coap_eap_client_read_location(const struct coap_eap_client *client,
                                   const struct coap_message *response,
                                   char resource[COAP_EAP_RESOURCE_MAX + 1]) {
  const struct coap_option *segments[2];
  if (!find_segments(response, client->options->location_number, segments) ||
      segments[0]->length != strlen(COAP_EAP_PATH) ||
      memcmp(segments[0]->value, COAP_EAP_PATH, segments[0]->length) != 0)
    return false;
  const struct coap_option *name = segments[1];
  if (name->length == 0 || name->length > COAP_EAP_RESOURCE_MAX ||
      memchr(name->value, '\0', name->length) != NULL)
    return false;
  memcpy(resource, name->value, name->length);
  resource[name->length] = '\0';
  return true;
}

void coap_eap_client_digest(const struct coap_eap_client *client, struct digest *digest) {
  coap_eap_ordering_digest(&client->ordering, digest);
  digest_octets(digest, client->token, sizeof client->token);
  digest_octets(digest, client->resource, strlen(client->resource));
}
