/* The table of what can be chosen of attempts at joining, and the waits between them. */
#include "join.h"

enum { OPTION_BACKOFF, OPTION_ATTEMPTS, OPTION_WAIT, OPTION_WAIT_MAX };

static const char *const BACKOFFS[] = {"exponential", "fixed", NULL};

static const struct option_row ROWS[] = {
    [OPTION_BACKOFF] =
        {.name = "trigger_backoff",
         .kind = OPTION_CHOICE,
         .unit = "",
         .values = BACKOFFS,
         .peer_only = true,
         .applies = "trigger=on",
         .help = "waits between repetitions of a trigger, and between attempts: exponential: each "
                 "is twice the one before; fixed: they stay as they are"},
    [OPTION_ATTEMPTS] =
        {.name = "join_attempts",
         .kind = OPTION_INTEGER,
         .unit = "",
         .fallback = 1,
         .least = 1,
         .most = 1000,
         .peer_only = true,
         .applies = "trigger=on",
         .help = "how often a peer begins in a row, until it is authenticated: again where nobody "
                 "answered or an authentication broke off, and not where it was rejected"},
    [OPTION_WAIT] =
        {.name = "join_backoff_ms",
         .kind = OPTION_INTEGER,
         .unit = "ms",
         .fallback = 10000,
         .least = 0,
         .most = 3600000,
         .peer_only = true,
         .applies = "trigger=on & join_attempts!=1",
         .help = "from an attempt that failed to the first trigger of the next: this to 1.5 times "
                 "this, at random; then as trigger_backoff says"},
    [OPTION_WAIT_MAX] = {.name = "join_backoff_max_ms",
                         .kind = OPTION_INTEGER,
                         .unit = "ms",
                         .fallback = 600000,
                         .least = 0,
                         .most = 3600000,
                         .peer_only = true,
                         .applies = "trigger=on & join_attempts!=1 & trigger_backoff=exponential",
                         .help = "join_backoff_ms does not grow beyond this"},
};

const struct option_table LOWER_JOIN_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

void lower_join_read(const struct option_values *values, struct lower_join *join) {
  *join = (struct lower_join){
      .attempts = (unsigned)option_get(values, &ROWS[OPTION_ATTEMPTS]),
      .wait_ms = (uint32_t)option_get(values, &ROWS[OPTION_WAIT]),
      .wait_max_ms = (uint32_t)option_get(values, &ROWS[OPTION_WAIT_MAX]),
      .fixed = option_get(values, &ROWS[OPTION_BACKOFF]) > 0,
  };
}

uint64_t lower_join_wait_ns(const struct lower_join *join, unsigned attempts,
                            const struct node_hooks *hooks) {
  uint32_t wait_ms = join->wait_ms;
  for (unsigned i = 1; i < attempts && !join->fixed; i++) {
    if (wait_ms >= join->wait_max_ms / 2) {
      wait_ms = join->wait_max_ms;
      break;
    }
    wait_ms *= 2;
  }
  return (wait_ms + node_random_below(hooks, wait_ms / 2 + 1)) * NODE_MS;
}
