/* The table of what can be chosen of both kinds of CoAP-EAP, and what all that is chosen says. */
#include "options.h"

#include "../lower/lower.h"
#include "flow.h"

enum {
  OPTION_ROLES,
  OPTION_ACK_DELAY,
  OPTION_TOKEN_BYTES,
  OPTION_SEPARATE_RESPONSE,
  OPTION_TRIGGER_RETRY,
  OPTION_TRIGGER_REPETITIONS,
};

static const char *const ROLES[] = {
    [COAP_EAP_AUTHENTICATOR_CLIENT] = "authenticator-client",
    [COAP_EAP_PEER_CLIENT] = "peer-client",
    NULL,
};

static const struct option_row ROWS[] = {
    [OPTION_ROLES] = {.name = "coap_roles",
                      .kind = OPTION_CHOICE,
                      .unit = "",
                      .values = ROLES,
                      .applies = "",
                      .help = "who is CoAP client: authenticator-client: the authenticator, which "
                              "repeats what is lost (draft and RFC); peer-client: the EAP peer, "
                              "which sends each EAP response in a request of its own and has the "
                              "next EAP request in the response; EAP-Success comes in clear, and "
                              "an exchange under the association follows that confirms the key"},
    [OPTION_ACK_DELAY] =
        {.name = "ack_delay_ms",
         .kind = OPTION_INTEGER,
         .unit = "ms",
         .fallback = 1000,
         .least = 0,
         .most = 60000,
         .applies = "coap_roles=peer-client",
         .help = "an authenticator whose AAA server has not answered by then acknowledges the "
                 "peer's request with an empty message and sends a separate response later; at "
                 "most ACK_TIMEOUT, after which the peer repeats its request: the default leaves "
                 "half of ACK_TIMEOUT to the way there and back; 0: at once"},
    [OPTION_TOKEN_BYTES] = {.name = "token_bytes",
                            .kind = OPTION_INTEGER,
                            .unit = "B",
                            .fallback = 1,
                            .least = 0,
                            .most = COAP_TOKEN_MAX,
                            .applies = "",
                            .help = "length of the token of the authentication, and of the "
                                    "trigger's: 1 in the draft's Figure 2, 0 as in section 6.4.1, "
                                    "4 to 8 as common CoAP clients send"},
    [OPTION_SEPARATE_RESPONSE] =
        {.name = "separate_response",
         .kind = OPTION_SWITCH,
         .unit = "",
         .peer_only = true,
         .applies = "coap_roles=authenticator-client",
         .help = "how the peer answers: off: in the acknowledgement (piggybacked), as the draft "
                 "draws it; on: as a slow peer would, with an empty acknowledgement first and the "
                 "response in a confirmable message of its own"},
    [OPTION_TRIGGER_RETRY] = {.name = "trigger_retry_ms",
                              .kind = OPTION_INTEGER,
                              .unit = "ms",
                              .fallback = 2000,
                              .least = 1,
                              .most = 3600000,
                              .peer_only = true,
                              .applies = "trigger=on & coap_roles=authenticator-client",
                              .help = "an unanswered trigger is repeated after this to 1.5 times "
                                      "this, at random; then as trigger_backoff says"},
    [OPTION_TRIGGER_REPETITIONS] = {.name = "trigger_repetitions",
                                    .kind = OPTION_INTEGER,
                                    .unit = "",
                                    .fallback = 4,
                                    .least = 0,
                                    .most = 20,
                                    .peer_only = true,
                                    .applies = "trigger=on & coap_roles=authenticator-client",
                                    .help = "how often an unanswered trigger is repeated; the "
                                            "attempt has failed one wait after the last"},
};

const struct option_table COAP_EAP_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static const struct coap_eap_flow *flow_of(const struct option_values *values) {
  return lower_of(values)->variant;
}

static bool acknowledges_late(const struct option_values *values) {
  struct coap_parameters coap;
  coap_parameters_read(values, &coap);
  return option_get(values, &ROWS[OPTION_ROLES]) > 0 &&
         option_get(values, &ROWS[OPTION_ACK_DELAY]) > coap.ack_timeout_ms;
}

const char *coap_eap_options_unsupported(const struct option_values *values) {
  const char *unsupported = flow_of(values)->unsupported(values);
  if (unsupported == NULL && acknowledges_late(values))
    return "ack_delay_ms: the peer repeats its request after ack_timeout_ms, which is less";
  return unsupported == NULL ? association_unsupported(values) : unsupported;
}

void coap_eap_options_read(const struct option_values *values, struct coap_eap_options *options) {
  const struct association_kind *association = association_kind_of(values);
  const struct coap_eap_flow *flow = flow_of(values);
  *options = (struct coap_eap_options){
      .flow = flow,
      .roles = (enum coap_eap_roles)option_get(values, &ROWS[OPTION_ROLES]),
      .ack_delay_ms = (uint32_t)option_get(values, &ROWS[OPTION_ACK_DELAY]),
      .token_bytes = (size_t)option_get(values, &ROWS[OPTION_TOKEN_BYTES]),
      .trigger_retry_ms = (uint32_t)option_get(values, &ROWS[OPTION_TRIGGER_RETRY]),
      .trigger_repetitions = (unsigned)option_get(values, &ROWS[OPTION_TRIGGER_REPETITIONS]),
      .separate_response = option_is_on(values, &ROWS[OPTION_SEPARATE_RESPONSE]),
      .ordering = {.policy = COAP_EAP_ORDERING_RESOURCE, .seqnum_bytes = 1},
      .negotiates = flow->negotiates && !association_kind_is_session(association),
      .association = association,
      .associations = values,
  };
  flow->read(values, options);
  coap_parameters_read(values, &options->coap);
  lower_join_read(values, &options->join);
}
