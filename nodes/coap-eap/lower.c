/* CoAP-EAP as a lower layer: of the draft of 2021, and of RFC 9820. */
#include "authenticator.h"
#include "flow.h"
#include "peer.h"

static size_t coap_eap_ports(const struct option_values *options) {
  const struct association_kind *kind = association_kind_of(options);
  return association_kind_is_session(kind) && association_kind_port(kind) == 0 ? 2 : 1;
}

static struct lower_conduct coap_eap_conduct(const struct option_values *values) {
  struct coap_eap_options options;
  coap_eap_options_read(values, &options);
  const bool peer_asks = options.roles == COAP_EAP_PEER_CLIENT;
  return (struct lower_conduct){.peer_asks = peer_asks,
                                .only_peer_begins = peer_asks || options.flow->names_each_step,
                                .refuses_old = options.flow->names_each_step};
}

/* RFC 9820: a resource has to be named, and OSCORE's identifiers agreed on, in steps 0 to 2. */
static const char *coap_eap_reauthenticates(const struct option_values *values, bool peer_begins) {
  struct coap_eap_options options;
  coap_eap_options_read(values, &options);
  if (options.roles == COAP_EAP_PEER_CLIENT)
    return "ERP is not there with coap_roles: peer-client";
  return peer_begins && options.flow->names_each_step
             ? "step 0 of RFC 9820 names a resource, and has no place for an EAP-Initiate"
             : NULL;
}

static const char *const PEER_FAILURES[] = {"authenticator-silent",     "no-authenticator",
                                            "authenticator-reset",      "authenticator-busy",
                                            "authenticator-lost-state", "authenticator-refused",
                                            COAP_EAP_NO_CIPHER_SUITE,   NULL};
static const char *const AUTHENTICATOR_FAILURES[] = {"peer-silent",
                                                     "peer-reset",
                                                     "peer-busy",
                                                     "peer-lost-state",
                                                     "peer-refused",
                                                     COAP_EAP_NO_CIPHER_SUITE,
                                                     "made-room",
                                                     COAP_EAP_AAA_CIPHER_SUITE,
                                                     NULL};

#define LAYER(flow_, table, end)                                                                   \
  {                                                                                                \
    .variant = &(flow_), .port = COAP_EAP_PORT, .header_row = ROW_COAP_HEADER,                     \
    .options = {&COAP_OPTIONS, &(table), &COAP_EAP_OPTIONS, &LOWER_JOIN_OPTIONS},                  \
    .unsupported = coap_eap_options_unsupported, .peer_failures = PEER_FAILURES,                   \
    .authenticator_failures = AUTHENTICATOR_FAILURES, .conduct = coap_eap_conduct,                 \
    .reauthenticates = coap_eap_reauthenticates, .ports = coap_eap_ports,                          \
    .peer = coap_eap_peer_create, .authenticator = coap_eap_authenticator_create,                  \
    .peer_begin = coap_eap_peer_begin, .authenticator_begin = coap_eap_authenticator_begin,        \
    .peer_request = coap_eap_peer_request, .peer_call = coap_eap_peer_call,                        \
    .authenticator_request = coap_eap_authenticator_request, .peer_state = coap_eap_peer_state,    \
    .authenticator_end = (end), .authenticator_load = coap_eap_authenticator_load,                 \
  }

extern const struct lower_layer LOWER_COAP_EAP, LOWER_COAP_EAP_RFC9820;
const struct lower_layer LOWER_COAP_EAP = LAYER(COAP_EAP_FLOW_DRAFT, COAP_EAP_DRAFT_OPTIONS, NULL);
const struct lower_layer LOWER_COAP_EAP_RFC9820 =
    LAYER(COAP_EAP_FLOW_RFC9820, COAP_EAP_RFC9820_OPTIONS, coap_eap_authenticator_end);
