/* The table of what can be chosen of the draft of 2021 alone. */
#include "flow.h"
#include "options.h"

enum { OPTION_ORDERING, OPTION_SEQNUM_BYTES, OPTION_SEQNUM_NUMBER, OPTION_LOCATION };

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
    [OPTION_LOCATION] = {.name = "location_option",
                         .kind = OPTION_CHOICE,
                         .unit = "",
                         .values = LOCATIONS,
                         .applies = "",
                         .help = "option that names the new resource in the 2.01 response; in RFC "
                                 "9820 it is Location-Path"},
};

const struct option_table COAP_EAP_DRAFT_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static struct coap_eap_ordering_config ordering_of(const struct option_values *values) {
  return (struct coap_eap_ordering_config){
      .policy = (enum coap_eap_ordering_policy)option_get(values, &ROWS[OPTION_ORDERING]),
      .seqnum_number = (uint16_t)option_get(values, &ROWS[OPTION_SEQNUM_NUMBER]),
      .seqnum_bytes = (size_t)option_get(values, &ROWS[OPTION_SEQNUM_BYTES])};
}

/* A number that OSCORE does not encrypt or takes no account of (RFC 8613 section 4.1) cannot be
 * that of SeqNum. */
const char *coap_eap_draft_unsupported(const struct option_values *values) {
  const struct coap_eap_ordering_config ordering = ordering_of(values);
  const uint16_t number = coap_eap_ordering_request_option(&ordering);
  return number == COAP_NUMBER_PROXY_URI || number == COAP_NUMBER_PROXY_SCHEME
             ? "seqnum_number: 35 and 39 are Proxy-Uri and Proxy-Scheme, which OSCORE does not "
               "encrypt"
             : NULL;
}

void coap_eap_draft_options_read(const struct option_values *values,
                                 struct coap_eap_options *options) {
  const bool uri_path = option_get(values, &ROWS[OPTION_LOCATION]) < 1;
  options->ordering = ordering_of(values);
  options->location_number = uri_path ? COAP_NUMBER_URI_PATH : COAP_NUMBER_LOCATION_PATH;
  options->resources = COAP_EAP_FLOW_DRAFT.service.path;
}
