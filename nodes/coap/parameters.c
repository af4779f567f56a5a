/* Transmission parameters (RFC 7252 section 4.8) and the options that set them. */
#include "session.h"

const struct coap_parameters COAP_PARAMETERS_DEFAULT = {
    .ack_timeout_ms = 2000,
    .ack_random_factor_x100 = 150,
    .max_retransmit = 4,
};

enum { OPTION_ACK_TIMEOUT, OPTION_ACK_RANDOM_FACTOR, OPTION_MAX_RETRANSMIT };

static const struct option_row ROWS[] = {
    [OPTION_ACK_TIMEOUT] = {.name = "ack_timeout_ms",
                            .kind = OPTION_INTEGER,
                            .unit = "ms",
                            .fallback = 2000,
                            .least = 1,
                            .most = 60000,
                            .applies = "",
                            .help = "CoAP's ACK_TIMEOUT (RFC 7252 section 4.8): a confirmable "
                                    "message that is not acknowledged is sent again after this to "
                                    "ack_random_factor times this, then doubling"},
    [OPTION_ACK_RANDOM_FACTOR] = {.name = "ack_random_factor",
                                  .kind = OPTION_NUMBER,
                                  .unit = "",
                                  .fallback = 1.5,
                                  .least = 1,
                                  .most = 10,
                                  .applies = "",
                                  .help = "CoAP's ACK_RANDOM_FACTOR"},
    [OPTION_MAX_RETRANSMIT] = {.name = "max_retransmit",
                               .kind = OPTION_INTEGER,
                               .unit = "",
                               .fallback = 4,
                               .least = 0,
                               .most = 20,
                               .applies = "",
                               .help = "CoAP's MAX_RETRANSMIT: how often a confirmable message is "
                                       "sent again, at most"},
};

const struct option_table COAP_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

void coap_parameters_read(const struct option_values *options, struct coap_parameters *parameters) {
  *parameters = COAP_PARAMETERS_DEFAULT;
  parameters->ack_timeout_ms = (uint32_t)option_get(options, &ROWS[OPTION_ACK_TIMEOUT]);
  parameters->ack_random_factor_x100 =
      (uint32_t)(option_get(options, &ROWS[OPTION_ACK_RANDOM_FACTOR]) * 100 + 0.5);
  parameters->max_retransmit = (uint32_t)option_get(options, &ROWS[OPTION_MAX_RETRANSMIT]);
}
