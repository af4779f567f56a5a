/* What the octets of each datagram are for. */
#ifndef SIM_TESTS_PROOF_PROOF_ROWS_H
#define SIM_TESTS_PROOF_PROOF_ROWS_H

#include "proof_datagrams.h"

/* Gives each datagram its spans. False, with a report, where the purpose of its octets cannot be
 * told. `spec` is the resolved one. */
bool proof_rows_find(struct proof_datagrams *datagrams, const struct proof_log *log,
                     const json_t *spec, struct proof_report *report);

#endif
