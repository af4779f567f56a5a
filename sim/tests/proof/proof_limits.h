/* What captures cannot tell of some runs, by their specs and results. */
#ifndef SIM_TESTS_PROOF_PROOF_LIMITS_H
#define SIM_TESTS_PROOF_PROOF_LIMITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* False where the time limit may have found requests under way, which are neither answered nor
 * given up; or where sessions may have ended, so that there are requests that nobody sent.
 * `rest_ns`: when the last one sent would have been given up. */
bool proof_is_at_rest(const json_t *spec, uint64_t rest_ns);

/* Links of a file lose frames by themselves, and a MAC that finds no free channel gives up what no
 * capture shows: a node that a flight and its copy come to, one close behind the other, may give up
 * either, and its frames do not tell which. */
bool proof_hides_copies(const json_t *spec, const json_t *result);

#endif
