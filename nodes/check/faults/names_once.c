/* Planted fault: each resource has the same name. */
#include "coap-eap/flow.h"

void __real_coap_eap_name_resource(const struct coap_eap_options *options, unsigned number,
                                   struct coap_eap_resource *resource);
void __wrap_coap_eap_name_resource(const struct coap_eap_options *options, unsigned number,
                                   struct coap_eap_resource *resource);

void __wrap_coap_eap_name_resource(const struct coap_eap_options *options, unsigned number,
                                   struct coap_eap_resource *resource) {
  (void)number;
  __real_coap_eap_name_resource(options, 0, resource);
}
