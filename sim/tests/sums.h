/* Figures of results by phase and message, and that they agree. */
#ifndef SIM_TESTS_SUMS_H
#define SIM_TESTS_SUMS_H

#include <jansson.h>
#include <stdbool.h>

/* A figure of a phase's first turn; 0 where there is none. */
long long sums_phase_count(const json_t *result, const char *phase, const char *key);
double sums_phase_figure(const json_t *result, const char *phase, const char *key);

bool sums_has_phase(const json_t *result, const char *phase);

/* UDP payload of the datagrams of a message, each; 0: there were none. */
long long sums_message_bytes(const json_t *result, const char *label);

/* How many there were, in all directions. */
long long sums_message_count(const json_t *result, const char *label);

/* All that is on the air is in one phase, or in none of them, in one message and over one link; and
 * all that is on wires. */
void sums_check(const json_t *result);

#endif
