/* Whom a world tells what happens in it, and since when it counts time. */
#ifndef SIM_NS3_HOST_H
#define SIM_NS3_HOST_H

#include "api.h"

namespace sim {

struct Host {
  world_callbacks callbacks;
  void *context;
  uint64_t origin_ns; /* in the time of ns-3 */

  /* The time of the world. */
  uint64_t now_ns() const;
};

/* All of them, and none says anything; no frame is lost. */
extern const world_callbacks SILENCE;

} // namespace sim

#endif
