/* The monotonic clock. */
#ifndef NODES_LIVE_CLOCK_H
#define NODES_LIVE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment. */
uint64_t clock_now_ns(void);

/* That moment as NumericDate (RFC 8392 section 2), by the system's clock as it is set now; 0: it
 * is set to before that. */
uint64_t clock_epoch_s(void);

#endif
