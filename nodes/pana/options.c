/* The table of what can be chosen of PANA. */
#include "options.h"

#include <stdlib.h>

enum {
  OPTION_PIGGYBACK,
  OPTION_OPTIMIZED_INIT,
  OPTION_STATELESS,
  OPTION_NONCE,
  OPTION_PRF,
  OPTION_INTEGRITY,
};

/* Numbers of IKEv2, the most preferred first. */
static const char *const PRFS[] = {"5", "2", "8", "5+2", "8+2+5", NULL};
static const char *const INTEGRITIES[] = {"12", "7", "8", "12+7", "8+7+12", NULL};

static const struct option_row ROWS[] = {
    [OPTION_PIGGYBACK] = {.name = "pana_piggyback",
                          .kind = OPTION_SWITCH,
                          .unit = "",
                          .fallback = 1,
                          .peer_only = true,
                          .applies = "",
                          .help = "on: EAP responses go in the answer to the request that brought "
                                  "the EAP request (PAN); off: in a request of the peer's own "
                                  "(PAR), as RFC 5191 section 4.1 leaves it to choose"},
    [OPTION_OPTIMIZED_INIT] = {.name = "pana_optimized_init",
                               .kind = OPTION_SWITCH,
                               .unit = "",
                               .applies = "",
                               .help = "on: the first EAP request goes in PAR start, its response "
                                       "in PAN start; without trigger, too"},
    [OPTION_STATELESS] = {.name = "pana_stateless",
                          .kind = OPTION_SWITCH,
                          .unit = "",
                          .applies = "trigger=on",
                          .help = "on: the authenticator keeps nothing of a peer before its PAN "
                                  "start: PAR start carries no EAP, and goes out for each PCI only "
                                  "(RFC 5191 section 4.1)"},
    [OPTION_NONCE] = {.name = "pana_nonce_bytes",
                      .kind = OPTION_INTEGER,
                      .unit = "B",
                      .fallback = 16,
                      .least = PANA_NONCE_MIN,
                      .most = PANA_NONCE_MAX,
                      .applies = "",
                      .help = "length of either end's nonce: half the PRF's key at least (RFC 5191 "
                              "section 8.5): 16 of PRF 5, 10 of PRF 2, 8 of PRF 8"},
    [OPTION_PRF] = {.name = "pana_prf",
                    .kind = OPTION_CHOICE,
                    .unit = "",
                    .values = PRFS,
                    .applies = "",
                    .help =
                        "PRFs by their numbers of IKEv2, which the authenticator offers and the "
                        "peer takes the first of: 5: HMAC-SHA-256; 2: HMAC-SHA-1; 8: "
                        "AES-128-CMAC"},
    [OPTION_INTEGRITY] = {.name = "pana_integrity",
                          .kind = OPTION_CHOICE,
                          .unit = "",
                          .values = INTEGRITIES,
                          .applies = "",
                          .help = "algorithms of AUTH, as pana_prf: 12: HMAC-SHA-256, 16 octets; "
                                  "7: HMAC-SHA-1, 20 octets; 8: AES-CMAC, 12 octets"},
};

const struct option_table PANA_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static void read_list(const struct option_values *values, const struct option_row *row,
                      struct pana_algorithms *list) {
  const char *text = row->values[(size_t)option_get(values, row)];
  list->count = 0;
  for (char *end; list->count < PANA_ALGORITHMS_MAX; text = end + 1) {
    list->number[list->count++] = (uint32_t)strtoul(text, &end, 10);
    if (*end == '\0')
      break;
  }
}

bool pana_algorithms_have(const struct pana_algorithms *algorithms, uint32_t number) {
  for (size_t i = 0; i < algorithms->count; i++)
    if (algorithms->number[i] == number)
      return true;
  return false;
}

const char *pana_options_unsupported(const struct option_values *values) {
  struct pana_options options;
  pana_options_read(values, &options);
  for (size_t i = 0; i < options.prf.count; i++)
    if (options.nonce_bytes < pana_prf_nonce_min(options.prf.number[i]))
      return "pana_nonce_bytes is less than half the key of a PRF of pana_prf (RFC 5191 section "
             "8.5)";
  if (options.stateless && options.optimized_init)
    return "pana_stateless: PAR start carries no EAP then (RFC 5191 section 4.1), and "
           "pana_optimized_init says that it does";
  return association_kind_is_none(options.association) ? NULL : association_unsupported(values);
}

void pana_options_read(const struct option_values *values, struct pana_options *options) {
  *options = (struct pana_options){
      .piggyback = option_is_on(values, &ROWS[OPTION_PIGGYBACK]),
      .optimized_init = option_is_on(values, &ROWS[OPTION_OPTIMIZED_INIT]),
      .stateless = option_is_on(values, &ROWS[OPTION_STATELESS]),
      .nonce_bytes = (size_t)option_get(values, &ROWS[OPTION_NONCE]),
      .association = association_kind_of(values),
      .associations = values,
  };
  read_list(values, &ROWS[OPTION_PRF], &options->prf);
  read_list(values, &ROWS[OPTION_INTEGRITY], &options->integrity);
  coap_parameters_read(values, &options->coap);
  lower_join_read(values, &options->join);
}
