/* The exchanges of the application, as the captures show them. */
#ifndef SIM_TESTS_PROOF_PROOF_EXCHANGES_H
#define SIM_TESTS_PROOF_PROOF_EXCHANGES_H

#include "proof_datagrams.h"

struct proof_exchanges {
  size_t requests; /* each once, however often it was sent */
  size_t answered; /* to these a response came whole */
};

/* `acknowledged` tells of each frame whether its receiver has sent an acknowledgement. */
struct proof_exchanges proof_exchanges_find(const struct proof_air *air,
                                            const struct proof_datagrams *datagrams,
                                            const bool *acknowledged);

#endif
