/* Integration of radio states over time. */
#include "meter.h"

void meter_enter(struct meter *meter, enum world_radio state, uint64_t now_ns) {
  meter->spent_ns[meter->state] += now_ns - meter->since_ns;
  meter->state = state;
  meter->since_ns = now_ns;
}

struct meter_reading meter_read(const struct meter *meter, uint64_t now_ns, uint64_t overheard_ns) {
  struct meter_reading reading;
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    reading.ns[i] = meter->spent_ns[i];
  reading.ns[meter->state] += now_ns - meter->since_ns;
  reading.ns[WORLD_RADIO_LISTEN] -= overheard_ns;
  reading.ns[WORLD_RADIO_RECEIVE] += overheard_ns;
  return reading;
}

struct meter_reading meter_difference(const struct meter_reading *end,
                                      const struct meter_reading *begin) {
  struct meter_reading difference;
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    difference.ns[i] = end->ns[i] - begin->ns[i];
  return difference;
}

void meter_add(struct meter_reading *sum, const struct meter_reading *reading) {
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    sum->ns[i] += reading->ns[i];
}

double meter_energy_mj(const struct meter_reading *reading, enum world_radio state,
                       const struct platform *platform) {
  const double current_ma = state == WORLD_RADIO_OFF        ? 0
                            : state == WORLD_RADIO_TRANSMIT ? platform->transmit_ma
                                                            : platform->receive_ma;
  return current_ma * PLATFORM_SUPPLY_V * (double)reading->ns[state] * 1e-9;
}

const char *meter_state_name(enum world_radio state) {
  static const char *const names[] = {
#define RADIO(id, name, help) [WORLD_RADIO_##id] = name,
#include "ns3/radio.def"
#undef RADIO
  };
  return names[state];
}
