/* Integration of radio states over time. */
#include "meter.h"

#include <math.h>

/* Adds the time since the last change. */
static void meter_spend(const struct meter *meter, uint64_t now_ns, struct meter_reading *spent) {
  const uint64_t ns = now_ns - meter->since_ns;
  spent->ns[meter->state] += ns;
  if (!meter->computes)
    return;
  spent->cpu_ns += ns;
  spent->cpu_off_ns += meter->state == WORLD_RADIO_OFF ? ns : 0;
}

void meter_enter(struct meter *meter, enum world_radio state, uint64_t now_ns) {
  meter_spend(meter, now_ns, &meter->spent);
  meter->state = state;
  meter->since_ns = now_ns;
}

void meter_compute(struct meter *meter, bool computes, uint64_t now_ns) {
  meter_enter(meter, meter->state, now_ns);
  meter->computes = computes;
}

struct meter_reading meter_read(const struct meter *meter, uint64_t now_ns, uint64_t overheard_ns) {
  struct meter_reading reading = meter->spent;
  meter_spend(meter, now_ns, &reading);
  reading.ns[WORLD_RADIO_LISTEN] -= overheard_ns;
  reading.ns[WORLD_RADIO_RECEIVE] += overheard_ns;
  return reading;
}

struct meter_reading meter_difference(const struct meter_reading *end,
                                      const struct meter_reading *begin) {
  struct meter_reading difference;
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    difference.ns[i] = end->ns[i] - begin->ns[i];
  difference.cpu_ns = end->cpu_ns - begin->cpu_ns;
  difference.cpu_off_ns = end->cpu_off_ns - begin->cpu_off_ns;
  return difference;
}

void meter_add(struct meter_reading *sum, const struct meter_reading *reading) {
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    sum->ns[i] += reading->ns[i];
  sum->cpu_ns += reading->cpu_ns;
  sum->cpu_off_ns += reading->cpu_off_ns;
}

static double energy_mj(double current_ma, double supply_v, uint64_t ns) {
  return ns == 0 ? 0 : current_ma * supply_v * (double)ns * 1e-9;
}

/* While it does not compute, it is idle while the radio is on, and sleeps while that is off, which
 * is in the current of sleep. */
static double cpu_energy_mj(const struct meter_reading *reading, const struct device *device) {
  const struct platform *platform = &device->platform;
  uint64_t on_ns = 0;
  if (!device->computes)
    return NAN;
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    on_ns += i == WORLD_RADIO_OFF ? 0 : reading->ns[i];
  return energy_mj(device->active_ma, platform->supply_v, reading->cpu_ns) +
         energy_mj(platform->cpu_idle_ma, platform->supply_v,
                   on_ns - (reading->cpu_ns - reading->cpu_off_ns));
}

double meter_energy_mj(const struct meter_reading *reading, enum energy part,
                       const struct device *device) {
  const struct platform *platform = &device->platform;
  const struct {
    enum world_radio state;
    double current_ma;
  } radio[ENERGY_COUNT] = {
      [ENERGY_SLEEP] = {WORLD_RADIO_OFF, platform->sleep_ua * 1e-3},
      [ENERGY_LISTEN] = {WORLD_RADIO_LISTEN, platform->listen_ma},
      [ENERGY_RECEIVE] = {WORLD_RADIO_RECEIVE, platform->receive_ma},
      [ENERGY_TURNAROUND] = {WORLD_RADIO_READY, platform->turnaround_ma},
      [ENERGY_TRANSMIT] = {WORLD_RADIO_TRANSMIT, platform->transmit_ma},
  };
  return part == ENERGY_CPU ? cpu_energy_mj(reading, device)
                            : energy_mj(radio[part].current_ma, platform->supply_v,
                                        reading->ns[radio[part].state]);
}

double meter_energy_sum_mj(const struct meter_reading *reading, const struct device *device) {
  double sum = 0;
  for (size_t i = 0; i < ENERGY_COUNT; i++)
    if (i != ENERGY_CPU || device->computes)
      sum += meter_energy_mj(reading, (enum energy)i, device);
  return sum;
}

const char *energy_name(enum energy part) {
  static const char *const names[] = {
#define ENERGY(id, name, help) [ENERGY_##id] = name,
#include "energies.def"
#undef ENERGY
  };
  return names[part];
}

const char *meter_state_name(enum world_radio state) {
  static const char *const names[] = {
#define RADIO(id, name, help) [WORLD_RADIO_##id] = name,
#include "ns3/radio.def"
#undef RADIO
  };
  return names[state];
}
