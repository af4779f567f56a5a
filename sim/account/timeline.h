/* Timelines: where the time of each peer goes. Who knows that something is under way for a peer
 * says when it begins and ends, or until when it will be; each nanosecond is booked to the first
 * cause in causes.def that is under way then. Where none is, there is a gap, which is named
 * afterwards. Time never goes back. Abort where memory is short. */
#ifndef SIM_ACCOUNT_TIMELINE_H
#define SIM_ACCOUNT_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

enum time_cause {
#define CAUSE(id, name, help) CAUSE_##id,
#include "causes.def"
#undef CAUSE
  CAUSE_COUNT
};

const char *time_cause_name(enum time_cause cause);

/* Time by cause, since the start or in a span. */
struct timeline_reading {
  uint64_t ns[CAUSE_COUNT];
};

#define TIMELINE_NOBODY UINT32_MAX /* as a peer: nothing is booked */

struct timeline;

struct timeline *timeline_create(size_t peers);
void timeline_destroy(struct timeline *timeline);

/* Something begins, or ends, for a peer; of one cause several may be under way at once. */
void timeline_begin(struct timeline *timeline, uint32_t peer, enum time_cause cause,
                    uint64_t now_ns);
void timeline_end(struct timeline *timeline, uint32_t peer, enum time_cause cause, uint64_t now_ns);

/* Something begins whose end is known. */
void timeline_until(struct timeline *timeline, uint32_t peer, enum time_cause cause,
                    uint64_t now_ns, uint64_t until_ns);

/* The gap in which the peer is, if it is in one, gets its name. One behind which a node computes is
 * still without one, so that what the computing comes to can name it; behind which anything else
 * begins, it never has one. */
void timeline_name(struct timeline *timeline, uint32_t peer, enum time_cause cause,
                   uint64_t now_ns);

/* For what turns out afterwards: the end of that gap, from `since_ns` on, was this. */
void timeline_name_end(struct timeline *timeline, uint32_t peer, enum time_cause cause,
                       uint64_t since_ns, uint64_t now_ns);

/* Until now. Gaps without a name are in no cause. */
struct timeline_reading timeline_read(struct timeline *timeline, uint32_t peer, uint64_t now_ns);

struct timeline_reading timeline_difference(const struct timeline_reading *end,
                                            const struct timeline_reading *begin);
void timeline_add(struct timeline_reading *sum, const struct timeline_reading *reading);
uint64_t timeline_total_ns(const struct timeline_reading *reading);

#endif
