/* The monotonic clock. */
#include "clock.h"

#include "../node.h"

#include <time.h>

uint64_t clock_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * NODE_SECOND + (uint64_t)now.tv_nsec;
}
