/* The names of resources. */
#include "flow.h"

#include <string.h>

void coap_eap_name_resource(const struct coap_eap_options *options, unsigned number,
                            struct coap_eap_resource *resource) {
  static const char names[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  const char name[] = {names[number % COAP_EAP_NAMES], '\0'};
  coap_eap_resource_set(resource, options->resources, name);
}

bool coap_eap_may_be_named(const struct coap_eap_flow *flow,
                           const struct coap_eap_resource *resource) {
  const size_t length = strlen(flow->service.path);
  return flow->names_each_step ||
         (strncmp(resource->path, flow->service.path, length) == 0 &&
          resource->path[length] == '/' && strchr(resource->path + length + 1, '/') == NULL);
}
