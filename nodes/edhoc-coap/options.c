/* The table of what can be chosen of EDHOC over CoAP. */
#include "options.h"

enum { OPTION_COMBINED, OPTION_MESSAGE_4, OPTION_TOKEN_BYTES };

static const struct option_row ROWS[] = {
    [OPTION_COMBINED] = {.name = "edhoc_combined",
                         .kind = OPTION_SWITCH,
                         .unit = "",
                         .peer_only = true,
                         .applies = "",
                         .help = "off: message_3 in a request of its own; on: in front of the "
                                 "ciphertext of a first request under OSCORE, without application "
                                 "data (RFC 9668), whose response confirms the key to the peer"},
    [OPTION_MESSAGE_4] = {.name = "edhoc_message_4",
                          .kind = OPTION_SWITCH,
                          .unit = "",
                          .applies = "edhoc_combined=off",
                          .help = "what answers message_3: off: an empty 2.04, which anybody could "
                                  "have sent; on: message_4, which confirms the key to the peer"},
    [OPTION_TOKEN_BYTES] = {.name = "edhoc_token_bytes",
                            .kind = OPTION_INTEGER,
                            .unit = "B",
                            .fallback = 1,
                            .least = 0,
                            .most = COAP_TOKEN_MAX,
                            .peer_only = true,
                            .applies = "",
                            .help = "length of the tokens of EDHOC's requests"},
};

const struct option_table EDHOC_COAP_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

const char *edhoc_coap_options_unsupported(const struct option_values *values) {
  if (association_kind_is_session(association_kind_of(values)))
    return "lower_layer: edhoc makes the keys of OSCORE (RFC 9528 appendix A.1), and no "
           "session: it takes association: oscore";
  return association_unsupported(values);
}

void edhoc_coap_options_read(const struct option_values *values,
                             struct edhoc_coap_options *options) {
  *options = (struct edhoc_coap_options){
      .combined = option_is_on(values, &ROWS[OPTION_COMBINED]),
      .message_4 = option_is_on(values, &ROWS[OPTION_MESSAGE_4]),
      .token_bytes = (size_t)option_get(values, &ROWS[OPTION_TOKEN_BYTES]),
      .association = association_kind_of(values),
      .associations = values,
  };
  coap_parameters_read(values, &options->coap);
  lower_join_read(values, &options->join);
}
