/* What can be chosen of PANA (RFC 5191). */
#ifndef NODES_PANA_OPTIONS_H
#define NODES_PANA_OPTIONS_H

#include "../association/association.h"
#include "../lower/join.h"
#include "keys.h"

/* Numbers of algorithms in order of preference. */
struct pana_algorithms {
  uint32_t number[PANA_ALGORITHMS_MAX];
  size_t count;
};

struct pana_options {
  bool piggyback;      /* PaC: EAP responses go in PAN; else in PAR of its own */
  bool optimized_init; /* PAA: the first EAP request goes in PAR start */
  bool stateless;      /* PAA: nothing is kept for PAR start that answers PCI (section 4.1) */
  size_t nonce_bytes;
  struct pana_algorithms prf, integrity; /* what the PAA offers, and the PaC takes */
  struct coap_parameters coap;
  struct lower_join join;
  const struct association_kind *association;
  const struct option_values *associations; /* what is chosen of it; the caller's */
};

extern const struct option_table PANA_OPTIONS;

/* What the options say. */
void pana_options_read(const struct option_values *values, struct pana_options *options);

/* Static text: why these options do not go together; NULL: they do. */
const char *pana_options_unsupported(const struct option_values *values);

/* Whether the number is one of these. */
bool pana_algorithms_have(const struct pana_algorithms *algorithms, uint32_t number);

#endif
