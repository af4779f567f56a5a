/* EDHOC over CoAP as a lower layer. */
#include "authenticator.h"
#include "options.h"
#include "peer.h"

static size_t edhoc_coap_ports(const struct option_values *options) {
  (void)options;
  return 1;
}

static struct lower_conduct edhoc_coap_conduct(const struct option_values *options) {
  (void)options;
  return (struct lower_conduct){.peer_asks = true, .only_peer_begins = true};
}

/* The last of each: a message_3 of an older session that has the same C_R ends the one that runs
 * (RFC 9528 section 5.4.3). */
static const char *const PEER_FAILURES[] = {"no-authenticator",
                                            "authenticator-silent",
                                            "authenticator-reset",
                                            "authenticator-busy",
                                            "authenticator-refused",
                                            "peer sent an error message",
                                            NULL};
static const char *const AUTHENTICATOR_FAILURES[] = {"peer-silent", "made-room",
                                                     "CIPHERTEXT_3 does not decrypt", NULL};

extern const struct lower_layer LOWER_EDHOC;
const struct lower_layer LOWER_EDHOC = {
    .port = EDHOC_COAP_PORT,
    .header_row = ROW_COAP_HEADER,
    .options = {&COAP_OPTIONS, &LOWER_JOIN_OPTIONS, &EDHOC_COAP_OPTIONS},
    .without_eap = true,
    .unsupported = edhoc_coap_options_unsupported,
    .peer_failures = PEER_FAILURES,
    .authenticator_failures = AUTHENTICATOR_FAILURES,
    .conduct = edhoc_coap_conduct,
    .ports = edhoc_coap_ports,
    .peer = edhoc_coap_peer_create,
    .authenticator = edhoc_coap_authenticator_create,
    .peer_begin = edhoc_coap_peer_begin,
    .authenticator_begin = edhoc_coap_authenticator_begin,
    .peer_request = edhoc_coap_peer_request,
    .authenticator_request = edhoc_coap_authenticator_request,
    .peer_state = edhoc_coap_peer_state,
    .authenticator_load = edhoc_coap_authenticator_load,
};
