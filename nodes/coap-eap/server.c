/* Requests of an authentication as they come, and their responses. */
#include "server.h"

#include "../coap/refuse.h"
#include "flow.h"

#include <string.h>

void coap_eap_server_init(struct coap_eap_server *server, const struct coap_eap_options *options) {
  *server = (struct coap_eap_server){.options = options};
  coap_eap_ordering_init(&server->ordering, &options->ordering);
}

void coap_eap_server_begin(struct coap_eap_server *server, const struct coap_message *request,
                           unsigned number) {
  coap_eap_name_resource(server->options, number, &server->resource);
  server->token_length = request->token_length;
  memcpy(server->token, request->token, sizeof server->token);
}

void coap_eap_server_accept(struct coap_eap_server *server, const struct coap_message *request) {
  coap_eap_ordering_accept(&server->ordering, request);
}

bool coap_eap_server_is_for(const struct coap_eap_server *server,
                            const struct coap_message *message) {
  return server->requests > 0 && coap_eap_resource_is(&server->resource, message);
}

uint8_t coap_eap_server_refuse(const struct coap_eap_server *server,
                               const struct coap_message *request) {
  uint16_t known[1 + ASSOCIATION_KNOWN_MAX] = {
      coap_eap_ordering_request_option(&server->options->ordering)};
  const size_t count = 1 + association_known(known + 1);
  return coap_refuse_options(request, known, count);
}

uint8_t coap_eap_server_refuse_inside(const struct coap_eap_server *server,
                                      const struct coap_message *request, bool numbered) {
  const uint16_t known[] = {coap_eap_ordering_request_option(&server->options->ordering)};
  return coap_refuse_options(request, known, numbered ? 1 : 0);
}

int coap_eap_server_respond(const struct coap_eap_server *server, struct coap_session *coap,
                            const struct coap_message *request, uint8_t code,
                            const struct coap_eap_content *content, uint64_t now_ns) {
  const uint16_t number = server->options->location_number;
  const uint16_t row = number == COAP_NUMBER_URI_PATH ? ROW_COAP_URI_PATH : ROW_COAP_LOCATION_PATH;
  struct coap_message response = {.code = code};
  if (code == COAP_CODE_CREATED)
    coap_eap_resource_add(&server->resource, &response, number, row);
  coap_eap_ordering_add_to_response(&server->ordering, &response);
  const int error =
      coap_eap_payload_put(server->options, &response, content->packet, content->info);
  return error < 0 ? error : coap_session_respond(coap, request, &response, content->label, now_ns);
}

size_t coap_eap_server_state_bytes(const struct coap_eap_server *server) {
  return coap_eap_ordering_state_bytes(&server->ordering) +
         (server->options->flow->names_each_step ? strlen(server->resource.path) : 0);
}

void coap_eap_server_digest(const struct coap_eap_server *server, struct digest *digest) {
  coap_eap_ordering_digest(&server->ordering, digest);
  digest_octets(digest, server->resource.path, strlen(server->resource.path));
  coap_eap_agreement_digest(&server->agreement, digest);
  digest_u64(digest, server->requests);
}
