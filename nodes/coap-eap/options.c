/* The table of what can be chosen of CoAP-EAP. */
#include "options.h"

enum {
  OPTION_ORDERING,
  OPTION_SEQNUM_BYTES,
  OPTION_SEQNUM_NUMBER,
  OPTION_TOKEN_BYTES,
  OPTION_SEPARATE_RESPONSE,
  OPTION_LOCATION,
  OPTION_TRIGGER_RETRY,
  OPTION_TRIGGER_REPETITIONS,
};

static const char *const LOCATIONS[] = {"uri-path", "location-path", NULL};

static const struct option_row ROWS[] = {
    [OPTION_ORDERING] = {.name = "ordering",
                         .kind = OPTION_CHOICE,
                         .unit = "",
                         .values = COAP_EAP_ORDERING_NAMES,
                         .applies = "",
                         .help =
                             "what keeps EAP packets in order: seqnum: SeqNum option in requests "
                             "and responses (draft Figure 2); seqnum-requests: in requests only "
                             "(6.4.2 (1)); mid-random: no option, random Message IDs, none twice "
                             "(6.4.2 (2A)); mid-monotonic: no option, Message IDs that count up "
                             "(6.4.2 (2B))"},
    [OPTION_SEQNUM_BYTES] = {.name = "seqnum_bytes",
                             .kind = OPTION_INTEGER,
                             .unit = "B",
                             .fallback = 2,
                             .least = 1,
                             .most = COAP_EAP_SEQNUM_MAX,
                             .applies = "ordering=seqnum|seqnum-requests",
                             .help = "length of the SeqNum option's value, constant in a run"},
    [OPTION_SEQNUM_NUMBER] =
        {.name = "seqnum_number",
         .kind = OPTION_INTEGER,
         .unit = "",
         .fallback = 61,
         .least = 13,
         .most = 65535,
         .applies = "ordering=seqnum|seqnum-requests",
         .help = "option number of SeqNum (the draft leaves it to be defined): with the option "
                 "before it, Uri-Path (11) or Location-Path (8), deltas from 13 on cost an octet "
                 "more, from 269 on two; neither 35 nor 39, which OSCORE treats otherwise"},
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
    [OPTION_LOCATION] = {.name = "location_option",
                         .kind = OPTION_CHOICE,
                         .unit = "",
                         .values = LOCATIONS,
                         .applies = "",
                         .help = "option that names the new resource in the 2.01 response"},
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

static bool uses_seqnum(const struct option_values *values) {
  const struct coap_eap_ordering_config config = {
      .policy = (enum coap_eap_ordering_policy)option_get(values, &ROWS[OPTION_ORDERING]),
      .seqnum_number = (uint16_t)option_get(values, &ROWS[OPTION_SEQNUM_NUMBER])};
  return coap_eap_ordering_request_option(&config) != 0;
}

/* A number that OSCORE does not encrypt or takes no account of (RFC 8613 section 4.1) cannot be
 * that of SeqNum. */
const char *coap_eap_options_unsupported(const struct option_values *values) {
  enum { PROXY_URI = 35, PROXY_SCHEME = 39 };
  const double number = option_get(values, &ROWS[OPTION_SEQNUM_NUMBER]);
  if (uses_seqnum(values) && ((int)number == PROXY_URI || (int)number == PROXY_SCHEME))
    return "seqnum_number: 35 and 39 are Proxy-Uri and Proxy-Scheme, which OSCORE does not encrypt";
  return association_unsupported(values);
}

void coap_eap_options_read(const struct option_values *values, struct coap_eap_options *options) {
  const bool uri_path = option_get(values, &ROWS[OPTION_LOCATION]) < 1;
  *options = (struct coap_eap_options){
      .ordering = {.policy =
                       (enum coap_eap_ordering_policy)option_get(values, &ROWS[OPTION_ORDERING]),
                   .seqnum_number = (uint16_t)option_get(values, &ROWS[OPTION_SEQNUM_NUMBER]),
                   .seqnum_bytes = (size_t)option_get(values, &ROWS[OPTION_SEQNUM_BYTES])},
      .token_bytes = (size_t)option_get(values, &ROWS[OPTION_TOKEN_BYTES]),
      .location_number = uri_path ? COAP_NUMBER_URI_PATH : COAP_NUMBER_LOCATION_PATH,
      .trigger_retry_ms = (uint32_t)option_get(values, &ROWS[OPTION_TRIGGER_RETRY]),
      .trigger_repetitions = (unsigned)option_get(values, &ROWS[OPTION_TRIGGER_REPETITIONS]),
      .separate_response = option_is_on(values, &ROWS[OPTION_SEPARATE_RESPONSE]),
      .association = association_kind_of(values),
      .associations = values,
  };
  coap_parameters_read(values, &options->coap);
  lower_join_read(values, &options->join);
}
