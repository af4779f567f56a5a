/* The variants that the proof runs, generated from `coap-eap-sim --describe`. */
#ifndef SIM_TESTS_PROOF_PROOF_MATRIX_H
#define SIM_TESTS_PROOF_PROOF_MATRIX_H

#include "proof.h"

struct proof_matrix {
  char **specs; /* one JSON object each */
  size_t count;
};

/* Reports each key and each value of a choice that is in `description` and not in the proof's table
 * (proof_table.c), and the other way round. The functions below want none of these. */
void proof_matrix_check(const json_t *description, struct proof_report *report);

/* Every pair of values of two keys at least once, where both have an effect: without loss, and
 * with. */
void proof_matrix_pairs(struct proof_matrix *matrix, const json_t *description);

/* Every combination of the keys that make another protocol or network; the other keys' values in
 * turn. Without loss, and with. */
void proof_matrix_product(struct proof_matrix *matrix, const json_t *description);

/* Every fault, in several variants each. */
void proof_matrix_faults(struct proof_matrix *matrix, const json_t *description);

/* One variant more: a JSON object. */
void proof_matrix_add(struct proof_matrix *matrix, const char *spec);

void proof_matrix_free(struct proof_matrix *matrix);

#endif
