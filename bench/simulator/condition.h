/* Conditions over spec keys, as --describe gives them: arrays of terms, all of which have to hold.
 * A term says which values a key has ("in") or has not ("not"), or that it is below another key. */
#ifndef BENCH_SIMULATOR_CONDITION_H
#define BENCH_SIMULATOR_CONDITION_H

#include "schema.h"

/* What a spec has for a key: its own value, or the default. Belongs to either. */
const json_t *condition_value(const struct schema_key *key, const json_t *spec);

bool condition_term_is_met(const json_t *term, const struct schema *schema, const json_t *spec);

/* Whether all terms do; NULL always holds. */
bool condition_is_met(const json_t *condition, const struct schema *schema, const json_t *spec);

/* Adds a term in words: "ordering: seqnum or seqnum-requests", "frame_loss other than 0",
 * "dtls_timeout_max_ms below dtls_timeout_ms". */
void condition_term_add(const json_t *term, struct text *text);

/* Why the simulator would refuse a spec; NULL if it would not. Belongs to the schema. */
const char *condition_refusal(const struct schema *schema, const json_t *spec);

#endif
