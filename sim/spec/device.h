/* What each party's node is made of: a platform, and what computes on it. */
#ifndef SIM_SPEC_DEVICE_H
#define SIM_SPEC_DEVICE_H

#include "party.h"

#include "node.h"

struct spec;

struct platform {
  bool has_radio; /* false: a server, of which only the clock is known */
#define FIGURE(name, unit, least, most, of, as, help) double name; /* NaN: unknown */
#include "platform.def"
#undef FIGURE
};

struct device {
  bool exists; /* false: nothing is known of it, and it does not compute */
  struct platform platform;
  bool computes;    /* computing takes time and energy */
  double active_ma; /* of the processor while it computes, beside the radio's; NaN: unknown */
  double cycles[NODE_PRIMITIVE_COUNT]; /* of one block, or times as such; negative: no figure */
};

/* As the specification says that was read, or of all defaults (spec_init); it outlives the device.
 */
const struct device *spec_device(const struct spec *spec, enum party party);

/* The name, or path, of the crypto profile of a party; "none". */
const char *spec_crypto(const struct spec *spec, enum party party);

/* Nanoseconds that `blocks` of a primitive take, rounded once; more than 2^62 are 2^62. False: the
 * profile has no figure for it, or the device does not compute. */
bool device_compute_ns(const struct device *device, enum node_primitive primitive, uint32_t blocks,
                       uint64_t *ns);

#endif
