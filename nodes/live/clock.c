/* The clocks. */
#include "clock.h"

#include "../node.h"

#include <time.h>

static uint64_t clock_read_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * NODE_SECOND + (uint64_t)now.tv_nsec;
}

uint64_t clock_now_ns(void) {
  return clock_read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_epoch_s(void) {
  const uint64_t date_ns = clock_read_ns(CLOCK_REALTIME), now_ns = clock_now_ns();
  return date_ns < now_ns ? 0 : (date_ns - now_ns) / NODE_SECOND;
}
