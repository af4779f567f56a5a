/* CoAP-EAP as draft-marin-ace-wg-coap-eap has it (January 2021): its Figure 2, section 4.1 and
 * appendix A.1. */
#include "flow.h"

enum { PATIENCE_MS = 30000 }; /* beyond MAX_TRANSMIT_WAIT: then the authenticator is gone */

static uint64_t patience_ms(const struct coap_parameters *parameters) {
  return coap_max_transmit_wait_ms(parameters) + PATIENCE_MS;
}

static int derive_key(const struct coap_eap_key_config *config, const struct node_hooks *hooks,
                      struct coap_eap_key *key) {
  return coap_eap_derive_key(config->msk, config->options->association, config->token,
                             config->token_length, hooks, key);
}

const struct coap_eap_flow COAP_EAP_FLOW_DRAFT = {
    .service = {"b"}, /* "/b" (Figure 2) */
    .step_code = COAP_CODE_CHANGED,
    .failure_code = COAP_CODE_CHANGED,
    .has_id_context = true,
    .patience_ms = patience_ms,
    .read = coap_eap_draft_options_read,
    .unsupported = coap_eap_draft_unsupported,
    .derive_key = derive_key,
};
