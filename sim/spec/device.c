/* Time from cycles. */
#include "device.h"

#include <math.h>

#define COMPUTE_MOST_NS 0x1p62

bool device_compute_ns(const struct device *device, enum node_primitive primitive, uint32_t blocks,
                       uint64_t *ns) {
  const double cycles = device->cycles[primitive];
  if (!device->computes || cycles < 0)
    return false;
  const double exact_ns = cycles * blocks * 1e3 / device->platform.clock_mhz;
  *ns = (uint64_t)fmin(round(exact_ns), COMPUTE_MOST_NS);
  return true;
}
