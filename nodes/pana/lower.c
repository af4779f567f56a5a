/* PANA as a lower layer. */
#include "authenticator.h"
#include "options.h"
#include "peer.h"
#include "relay.h"

static size_t pana_ports(const struct option_values *options) {
  return association_kind_is_none(association_kind_of(options)) ? 1 : 2;
}

static const char *const PEER_FAILURES[] = {"authenticator-silent", "rejected without EAP",
                                            "its lifetime is over", NULL};
static const char *const AUTHENTICATOR_FAILURES[] = {"peer-silent", "made-room",
                                                     "its lifetime is over", NULL};

extern const struct lower_layer LOWER_PANA;
const struct lower_layer LOWER_PANA = {
    .port = PANA_PORT,
    .header_row = ROW_PANA_HEADER,
    .options = {&COAP_OPTIONS, &LOWER_JOIN_OPTIONS, &PANA_OPTIONS},
    .unsupported = pana_options_unsupported,
    .peer_failures = PEER_FAILURES,
    .authenticator_failures = AUTHENTICATOR_FAILURES,
    .ports = pana_ports,
    .peer = pana_peer_create,
    .authenticator = pana_authenticator_create,
    .relay = pana_relay_create,
    .peer_begin = pana_peer_begin,
    .authenticator_begin = pana_authenticator_begin,
    .peer_request = pana_peer_request,
    .authenticator_request = pana_authenticator_request,
    .peer_state = pana_peer_state,
    .authenticator_load = pana_authenticator_load,
};
