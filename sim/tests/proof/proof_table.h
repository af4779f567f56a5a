/* What the proof varies: the one place to add to when a spec gets a key or a choice gets a value.
 */
#ifndef SIM_TESTS_PROOF_PROOF_TABLE_H
#define SIM_TESTS_PROOF_PROOF_TABLE_H

#include <stddef.h>

enum { PROOF_VALUES_MAX = 12 }; /* more in a row do not compile */

enum proof_role {
  PROOF_PRODUCT, /* in every combination, where the whole product is asked for */
  PROOF_SIDE,    /* in every pair */
  PROOF_LOSS,    /* each variant once for each value */
  PROOF_FAULT,   /* in variants of its own, but for the first value */
  PROOF_FIXED,   /* has no effect on how octets are booked: not set */
};

/* A key and the values that the proof gives it, as in JSON but without quotes; of a choice: all. A
 * key that another depends on comes before that. */
struct proof_key {
  const char *name;
  enum proof_role role;
  const char *values[PROOF_VALUES_MAX];
};

extern const struct proof_key proof_keys[];
extern const size_t proof_key_count;

/* Values with which nothing is established, though the simulator does not refuse them. */
struct proof_refusal {
  const char *key, *value, *other_key, *other_value;
};

extern const struct proof_refusal proof_refusals[];
extern const size_t proof_refusal_count;

/* Ledger rows that need not occur in the proof's runs. */
extern const char *const proof_rare_rows[];
extern const size_t proof_rare_row_count;

/* Keys of a result that captures cannot tell. */
extern const char *const proof_underived_keys[];
extern const size_t proof_underived_key_count;

#endif
