/* The table of what can be chosen of both kinds of CoAP-EAP, and what all that is chosen says. */
#include "options.h"

#include "../lower/lower.h"
#include "flow.h"

enum {
  OPTION_TOKEN_BYTES,
  OPTION_SEPARATE_RESPONSE,
  OPTION_TRIGGER_RETRY,
  OPTION_TRIGGER_REPETITIONS,
};

static const struct option_row ROWS[] = {
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
         .applies = "",
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
                              .applies = "trigger=on",
                              .help = "an unanswered trigger is repeated after this to 1.5 times "
                                      "this, at random; then as trigger_backoff says"},
    [OPTION_TRIGGER_REPETITIONS] = {.name = "trigger_repetitions",
                                    .kind = OPTION_INTEGER,
                                    .unit = "",
                                    .fallback = 4,
                                    .least = 0,
                                    .most = 20,
                                    .peer_only = true,
                                    .applies = "trigger=on",
                                    .help = "how often an unanswered trigger is repeated; the "
                                            "attempt has failed one wait after the last"},
};

const struct option_table COAP_EAP_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static const struct coap_eap_flow *flow_of(const struct option_values *values) {
  return lower_of(values)->variant;
}

const char *coap_eap_options_unsupported(const struct option_values *values) {
  const char *unsupported = flow_of(values)->unsupported(values);
  return unsupported == NULL ? association_unsupported(values) : unsupported;
}

void coap_eap_options_read(const struct option_values *values, struct coap_eap_options *options) {
  const struct association_kind *association = association_kind_of(values);
  const struct coap_eap_flow *flow = flow_of(values);
  *options = (struct coap_eap_options){
      .flow = flow,
      .token_bytes = (size_t)option_get(values, &ROWS[OPTION_TOKEN_BYTES]),
      .trigger_retry_ms = (uint32_t)option_get(values, &ROWS[OPTION_TRIGGER_RETRY]),
      .trigger_repetitions = (unsigned)option_get(values, &ROWS[OPTION_TRIGGER_REPETITIONS]),
      .separate_response = option_is_on(values, &ROWS[OPTION_SEPARATE_RESPONSE]),
      .ordering = {.policy = COAP_EAP_ORDERING_RESOURCE, .seqnum_bytes = 1},
      .negotiates = flow->negotiates && !association_kind_has_port(association),
      .association = association,
      .associations = values,
  };
  flow->read(values, options);
  coap_parameters_read(values, &options->coap);
  lower_join_read(values, &options->join);
}
