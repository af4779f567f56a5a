/* Radio state times: how long each radio spent in each state, and the energy of it. */
#ifndef SIM_ACCOUNT_METER_H
#define SIM_ACCOUNT_METER_H

#include "ns3/world.h"
#include "spec/platform.h"

/* One radio. */
struct meter {
  enum world_radio state;
  uint64_t since_ns;
  uint64_t spent_ns[WORLD_RADIO_COUNT]; /* until since_ns */
};

/* Time in each state, of a moment or of a span. */
struct meter_reading {
  uint64_t ns[WORLD_RADIO_COUNT];
};

/* The radio enters a state. */
void meter_enter(struct meter *meter, enum world_radio state, uint64_t now_ns);

/* Time in each state from the start until now. `overheard_ns` of the time that the radio listened it
 * received (world_overheard_ns). */
struct meter_reading meter_read(const struct meter *meter, uint64_t now_ns, uint64_t overheard_ns);

struct meter_reading meter_difference(const struct meter_reading *end,
                                      const struct meter_reading *begin);
void meter_add(struct meter_reading *sum, const struct meter_reading *reading);

/* Energy of the time in one state, in millijoules. */
double meter_energy_mj(const struct meter_reading *reading, enum world_radio state,
                       const struct platform *platform);

const char *meter_state_name(enum world_radio state);

#endif
