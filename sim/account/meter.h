/* Times in each state of a node's radio, and those for which its processor computed; and the energy
 * of them. */
#ifndef SIM_ACCOUNT_METER_H
#define SIM_ACCOUNT_METER_H

#include "ns3/world.h"
#include "spec/device.h"

/* Time in each state, of a moment or of a span. */
struct meter_reading {
  uint64_t ns[WORLD_RADIO_COUNT];
  uint64_t cpu_ns;     /* for which the processor computed */
  uint64_t cpu_off_ns; /* of it, with the radio off */
};

/* Of one node; without a radio, that is off. */
struct meter {
  enum world_radio state;
  bool computes;
  uint64_t since_ns;
  struct meter_reading spent; /* until since_ns */
};

/* What energy goes into. */
enum energy {
#define ENERGY(id, name, help) ENERGY_##id,
#include "energies.def"
#undef ENERGY
  ENERGY_COUNT
};

/* The radio enters a state. */
void meter_enter(struct meter *meter, enum world_radio state, uint64_t now_ns);

/* The processor begins to compute, or has done. */
void meter_compute(struct meter *meter, bool computes, uint64_t now_ns);

/* Time in each state from the start until now. `overheard_ns` of the time that the radio listened
 * it received (world_overheard_ns). */
struct meter_reading meter_read(const struct meter *meter, uint64_t now_ns, uint64_t overheard_ns);

struct meter_reading meter_difference(const struct meter_reading *end,
                                      const struct meter_reading *begin);
void meter_add(struct meter_reading *sum, const struct meter_reading *reading);

/* Energy of the time that was read, in millijoules; NaN: of computing where that is not modelled,
 * of time with a current that is not known. */
double meter_energy_mj(const struct meter_reading *reading, enum energy part,
                       const struct device *device);

/* The sum of the parts; without computing where that is not modelled. */
double meter_energy_sum_mj(const struct meter_reading *reading, const struct device *device);

const char *energy_name(enum energy part);

const char *meter_state_name(enum world_radio state);

#endif
