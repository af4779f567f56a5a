/* Requests of an authentication as they come, and their responses. */
#include "server.h"

#include "../coap/refuse.h"

#include <string.h>

enum { FIRST_RESOURCE = 5 }; /* "/b/5" */

void coap_eap_server_init(struct coap_eap_server *server, const struct coap_eap_options *options) {
  *server = (struct coap_eap_server){.options = options};
  coap_eap_ordering_init(&server->ordering, &options->ordering);
}

void coap_eap_server_begin(struct coap_eap_server *server, const struct coap_message *request,
                           unsigned number) {
  static const char names[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  server->resource[0] = names[(FIRST_RESOURCE + number) % (sizeof names - 1)];
  server->resource[1] = '\0';
  server->token_length = request->token_length;
  memcpy(server->token, request->token, sizeof server->token);
}

void coap_eap_server_accept(struct coap_eap_server *server, const struct coap_message *request) {
  coap_eap_ordering_accept(&server->ordering, request);
}

bool coap_eap_server_is_first(const struct coap_message *message) {
  static const char *const service[] = {COAP_EAP_PATH};
  return coap_message_path_is(message, service, 1);
}

bool coap_eap_server_is_for(const struct coap_eap_server *server,
                            const struct coap_message *message) {
  const char *const path[] = {COAP_EAP_PATH, server->resource};
  return server->requests > 0 && coap_message_path_is(message, path, 2);
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

void coap_eap_server_add_location(const struct coap_eap_server *server,
                                  struct coap_message *response) {
  const uint16_t number = server->options->location_number;
  const uint16_t row = number == COAP_NUMBER_URI_PATH ? ROW_COAP_URI_PATH : ROW_COAP_LOCATION_PATH;
  coap_message_add_option(response, number, row, COAP_EAP_PATH, strlen(COAP_EAP_PATH));
  coap_message_add_option(response, number, row, server->resource, 1);
}

int coap_eap_server_respond(const struct coap_eap_server *server, struct coap_session *coap,
                            const struct coap_message *request, struct coap_message *response,
                            const struct span_writer *packet, const char *label, uint64_t now_ns) {
  coap_eap_ordering_add_to_response(&server->ordering, response);
  response->payload = packet->data;
  response->payload_length = packet->length;
  response->payload_spans = packet->spans;
  return coap_session_respond(coap, request, response, label, now_ns);
}

void coap_eap_server_digest(const struct coap_eap_server *server, struct digest *digest) {
  coap_eap_ordering_digest(&server->ordering, digest);
  digest_octets(digest, server->resource, sizeof server->resource);
  digest_u64(digest, server->requests);
}
