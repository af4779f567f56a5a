/* Which datagrams say again what was said. */
#ifndef SIM_TESTS_PROOF_PROOF_COPIES_H
#define SIM_TESTS_PROOF_PROOF_COPIES_H

#include "proof_datagrams.h"

/* Reports each datagram that the log calls a repetition, though the same end has not sent its
 * content to the same other end before, or the other way round. */
void proof_copies_check(const struct proof_datagrams *datagrams, const struct proof_log *log,
                        struct proof_report *report);

#endif
