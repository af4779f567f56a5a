/* What became of many authentications, or requests: numbers, reasons, rate and latencies. */
#ifndef NODES_LIVE_TALLY_H
#define NODES_LIVE_TALLY_H

#include "report.h"

enum { TALLY_REASONS_MAX = 32 };

struct tally {
  const char *what; /* is said of those that were established: "established", unless changed */
  uint64_t begun_ns;
  uint64_t established;
  uint64_t failed;
  struct tally_reason {
    const char *text; /* static */
    uint64_t count;
  } reasons[TALLY_REASONS_MAX]; /* the last place takes what does not fit */
  size_t reason_count;
  uint64_t *latencies_ns; /* of those that were established */
  uint64_t capacity;
};

/* Room for `capacity` authentications. -1: no memory. */
NODE_MUST_CHECK int tally_init(struct tally *tally, uint64_t capacity, uint64_t now_ns);
void tally_deinit(struct tally *tally);

void tally_established(struct tally *tally, uint64_t latency_ns);
void tally_failed(struct tally *tally, const char *reason); /* static text */

/* Logs the sums. Sorts the latencies. */
void tally_report(struct tally *tally, const struct report *report, uint64_t now_ns);

#endif
