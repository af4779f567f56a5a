/* The time that passes, for waiting and for showing. */
#ifndef BENCH_SUPPORT_CLOCK_H
#define BENCH_SUPPORT_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that is never set. */
int64_t clock_now_ms(void);

#endif
