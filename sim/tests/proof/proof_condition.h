/* Conditions of `coap-eap-sim --describe` over what the proof varies. */
#ifndef SIM_TESTS_PROOF_PROOF_CONDITION_H
#define SIM_TESTS_PROOF_PROOF_CONDITION_H

#include "proof_table.h"

#include <jansson.h>
#include <stdbool.h>

enum { PROOF_KEYS_MAX = 192, PROOF_UNSET = -1 };

/* By key of the proof's table the index of its value, or PROOF_UNSET. */
struct proof_variant {
  int value[PROOF_KEYS_MAX];
};

enum proof_state {
  PROOF_UNMET,
  PROOF_OPEN, /* depends on keys that are not set yet, or on how much is lost */
  PROOF_MET,
};

struct proof_term {
  size_t key, other; /* of the proof's table; other: proof_key_count but for "below" */
  const json_t *term;
  const json_t *fallback, *other_fallback; /* what keys are that the proof does not vary */
};

struct proof_condition {
  struct proof_term *terms;
  size_t count;
};

/* The index of a key; proof_key_count if there is none. */
size_t proof_key_find(const char *name);
bool proof_key_is_varied(size_t key);
size_t proof_key_value_count(size_t key);

/* Whether a value of the table, as text, is the one that JSON has. */
bool proof_value_is(const char *value, const json_t *json);

/* The row of a key; NULL if there is none. */
const json_t *proof_field_find(const json_t *description, const char *name);

/* Takes an array of terms, which has to live as long; ends the program where one is unknown. */
void proof_condition_init(struct proof_condition *condition, const json_t *terms,
                          const json_t *description);
void proof_condition_deinit(struct proof_condition *condition);

enum proof_state proof_condition_state(const struct proof_condition *condition,
                                       const struct proof_variant *variant);

#endif
