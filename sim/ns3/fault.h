/* What a configuration of a world must not be. */
#ifndef SIM_NS3_FAULT_H
#define SIM_NS3_FAULT_H

#include "api.h"

namespace sim {

/* Why this world cannot be built, or null. */
const char *fault_of(const world_config &config, const world_callbacks &callbacks);

} // namespace sim

#endif
