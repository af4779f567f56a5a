/* Access to resources (RFC 9200 section 5.10.2): what a token's scope has, and what is there. */
#include "resource_server_state.h"

#include <stdlib.h>
#include <string.h>

/* Resources */

bool rs_resources_init(struct resource_server *server) {
  server->resources = calloc(server->config.resource_count, sizeof *server->resources);
  if (server->resources == NULL)
    return false;
  for (size_t i = 0; i < server->config.resource_count; i++) {
    const struct ace_resource *from = &server->config.resources[i];
    server->resources[i].path = from->path;
    if (kept_store(&server->resources[i].value, from->value, from->value_length, NULL) < 0)
      return false;
  }
  return true;
}

void rs_resources_deinit(struct resource_server *server) {
  for (size_t i = 0; i < server->config.resource_count && server->resources != NULL; i++)
    kept_wipe(&server->resources[i].value);
  free(server->resources);
}

struct rs_resource *rs_resource_find(const struct resource_server *server, const uint8_t *path,
                                     size_t length) {
  for (size_t i = 0; i < server->config.resource_count; i++)
    if (strlen(server->resources[i].path) == length &&
        memcmp(server->resources[i].path, path, length) == 0)
      return &server->resources[i];
  return NULL;
}

void rs_resources_digest(const struct resource_server *server, struct digest *digest) {
  for (size_t i = 0; i < server->config.resource_count; i++)
    digest_octets(digest, server->resources[i].value.data, server->resources[i].value.length);
}

/* Requests */

/* The only segment of the path; NULL: there is another number of them. */
const struct coap_option *rs_path_of(const struct coap_message *request) {
  const struct coap_option *path = coap_message_find(request, COAP_NUMBER_URI_PATH);
  const struct coap_option *end = request->options + request->option_count;
  return path != NULL && path + 1 < end && path[1].number == COAP_NUMBER_URI_PATH ? NULL : path;
}

enum { METHODS_THAT_WRITE = ACE_METHOD_POST | ACE_METHOD_PUT };

/* The code that refuses a request; COAP_CODE_EMPTY: it is served, of `resource`. */
static uint8_t judge_access(const struct resource_server *server, const struct rs_grant *grant,
                            const struct coap_message *request, struct rs_resource **resource) {
  const struct coap_option *path = rs_path_of(request);
  const uint32_t method = ace_method_of(request->code);
  const uint8_t refusal = coap_refuse_options(request, NULL, 0);
  if (refusal != COAP_CODE_EMPTY)
    return refusal;
  if (!rs_grant_is_there(grant))
    return COAP_CODE_UNAUTHORIZED;
  const uint32_t methods =
      path == NULL ? 0 : ace_scope_methods(&grant->scope, (const char *)path->value, path->length);
  if (methods == 0)
    return COAP_CODE_FORBIDDEN;
  if ((methods & method & (ACE_METHOD_GET | METHODS_THAT_WRITE)) == 0)
    return COAP_CODE_METHOD_NOT_ALLOWED;
  *resource = rs_resource_find(server, path->value, path->length);
  if (*resource == NULL)
    return COAP_CODE_NOT_FOUND;
  return request->payload_length > ASSOCIATION_PAYLOAD_MAX ? COAP_CODE_BAD_REQUEST
                                                           : COAP_CODE_EMPTY;
}

static int access_respond(const struct association_request *request, uint8_t code,
                          const struct rs_resource *shown, uint64_t now_ns) {
  struct coap_message response = {.phase = NODE_PHASE_APPLICATION, .code = code};
  if (shown != NULL && shown->value.length > 0) {
    response.payload = shown->value.data;
    response.payload_length = shown->value.length;
  }
  return association_respond(request, &response, "access response", now_ns);
}

static int access_refuse(struct rs_client *client, const struct association_request *request,
                         uint8_t code) {
  rs_client_tell(client, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED, coap_refusal_label(code));
  return access_respond(request, code, NULL, client->server->now_ns);
}

static int access_write(struct rs_client *client, const struct association_request *request,
                        struct rs_resource *resource) {
  const struct coap_message *plain = &request->plain;
  if (kept_store(&resource->value, plain->payload, plain->payload_length, NULL) < 0)
    return access_refuse(client, request, COAP_CODE_UNAVAILABLE);
  return access_respond(request, COAP_CODE_CHANGED, NULL, client->server->now_ns);
}

int rs_access_answer(struct rs_client *client, const struct association_request *request) {
  struct resource_server *server = client->server;
  struct rs_resource *resource = NULL;
  const uint8_t refusal = judge_access(server, &client->current, &request->plain, &resource);
  rs_client_use(client);
  if (refusal != COAP_CODE_EMPTY)
    return access_refuse(client, request, refusal);
  const int result = ace_method_of(request->plain.code) & METHODS_THAT_WRITE
                         ? access_write(client, request, resource)
                         : access_respond(request, COAP_CODE_CONTENT, resource, server->now_ns);
  if (result == 0)
    rs_client_tell(client, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, "access");
  return result;
}
