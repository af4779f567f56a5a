/* CoAP-EAP as a lower layer. */
#include "authenticator.h"
#include "peer.h"

static size_t coap_eap_ports(const struct option_values *options) {
  return association_kind_has_port(association_kind_of(options)) ? 2 : 1;
}

static const char *const PEER_FAILURES[] = {"authenticator-silent", "no-authenticator", NULL};
static const char *const AUTHENTICATOR_FAILURES[] = {
    "peer-silent", "peer-reset", "peer-busy", "peer-lost-state", "peer-refused", "made-room", NULL};

extern const struct lower_layer LOWER_COAP_EAP;
const struct lower_layer LOWER_COAP_EAP = {
    .port = COAP_EAP_PORT,
    .header_row = ROW_COAP_HEADER,
    .options = {&COAP_OPTIONS, &COAP_EAP_OPTIONS, &LOWER_JOIN_OPTIONS},
    .unsupported = coap_eap_options_unsupported,
    .peer_failures = PEER_FAILURES,
    .authenticator_failures = AUTHENTICATOR_FAILURES,
    .ports = coap_eap_ports,
    .peer = coap_eap_peer_create,
    .authenticator = coap_eap_authenticator_create,
    .peer_begin = coap_eap_peer_begin,
    .authenticator_begin = coap_eap_authenticator_begin,
    .peer_request = coap_eap_peer_request,
    .authenticator_request = coap_eap_authenticator_request,
    .peer_state = coap_eap_peer_state,
    .authenticator_load = coap_eap_authenticator_load,
};
