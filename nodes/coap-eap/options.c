/* Defaults of CoAP-EAP. */
#include "application.h"

const struct coap_eap_options COAP_EAP_OPTIONS_DEFAULT = {
    .coap = {.ack_timeout_ms = 2000, .ack_random_factor_x100 = 150, .max_retransmit = 4},
    .ordering = {.policy = COAP_EAP_ORDERING_SEQNUM, .seqnum_number = 61, .seqnum_bytes = 2},
    .token_bytes = 1,
    .location_number = COAP_NUMBER_URI_PATH,
    .id_context_is_identity = true,
    .association = COAP_EAP_ASSOCIATION_OSCORE,
    .dtls = {.cookie = true,
             .timeout_ms = DTLS_TIMEOUT_MS_DEFAULT,
             .timeout_max_ms = DTLS_TIMEOUT_MAX_MS_DEFAULT,
             .mtu = DTLS_MTU_DEFAULT},
    .application_bytes = 16,
};

struct node_address coap_eap_secure_address(const struct node_address *address) {
  struct node_address secure = *address;
  secure.port++;
  return secure;
}

static bool dtls_valid(const struct coap_eap_dtls_options *dtls) {
  return dtls->mtu >= DTLS_MTU_MIN && dtls->mtu <= NODE_DATAGRAM_MAX && dtls->timeout_ms > 0 &&
         dtls->timeout_max_ms >= dtls->timeout_ms;
}

bool coap_eap_seqnum_number_valid(uint16_t number) {
  static const uint16_t others[] = {
      0,
      3,
      6,
      7, /* reserved, Uri-Host, Observe, Uri-Port */
      35,
      39, /* Proxy-Uri, Proxy-Scheme */
      COAP_NUMBER_LOCATION_PATH,
      COAP_NUMBER_OSCORE,
      COAP_NUMBER_URI_PATH,
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (number == others[i])
      return false;
  return true;
}

bool coap_eap_options_valid(const struct coap_eap_options *options) {
  const bool numbered = options->ordering.policy == COAP_EAP_ORDERING_SEQNUM ||
                        options->ordering.policy == COAP_EAP_ORDERING_SEQNUM_REQUESTS;
  return (!numbered || coap_eap_seqnum_number_valid(options->ordering.seqnum_number)) &&
         options->token_bytes <= COAP_TOKEN_MAX && options->ordering.seqnum_bytes >= 1 &&
         options->ordering.seqnum_bytes <= COAP_EAP_SEQNUM_MAX &&
         (options->location_number == COAP_NUMBER_URI_PATH ||
          options->location_number == COAP_NUMBER_LOCATION_PATH) &&
         (options->association != COAP_EAP_ASSOCIATION_DTLS || dtls_valid(&options->dtls)) &&
         options->application_bytes <= coap_eap_application_max(options);
}
