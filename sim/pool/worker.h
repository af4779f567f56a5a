/* A worker as its parent sees it: a forked process that makes the runs of jobs, one after another.
 */
#ifndef SIM_POOL_WORKER_H
#define SIM_POOL_WORKER_H

#include "bytes.h"
#include "job.h"
#include "pool.h"

#include <sys/types.h>

struct worker { /* zeroed: there is none */
  pid_t pid;    /* 0: there is none */
  int socket;
  struct job *job;      /* under way; NULL: idle */
  uint64_t begun;       /* how many runs it has begun */
  uint64_t deadline_ms; /* of the one under way */
  bool expired;         /* it is killed for that */
  struct bytes answer;  /* what is there of it */
};

/* The place of a process among `workers`, of which it is one: forks it. False with errno. */
bool worker_start(struct worker *worker, const struct worker *workers, size_t count,
                  const struct pool_options *options);

/* Gives an idle worker a job. If it is not there any more, reading will tell. */
void worker_give(struct worker *worker, struct job *job, const struct pool_options *options);

enum worker_news {
  WORKER_NOTHING,
  WORKER_DONE, /* its job is done: `*status`; it is idle */
  WORKER_GONE, /* worker_end is due */
};

/* Reads what it wrote; blocks if nothing is there. */
enum worker_news worker_read(struct worker *worker, enum pool_status *status);

/* Kills it if its job has had its time. */
void worker_expire(struct worker *worker, uint64_t now_ms);

/* Waits for a worker that is gone, killed or, if idle, dismissed hereby. Its job, which no longer
 * is its own, waits to be run alone; if it was so, it is done: crashed or hung. */
void worker_end(struct worker *worker, const struct pool_options *options);

/* Kills it with its job. */
void worker_kill(struct worker *worker);

uint64_t worker_now_ms(void);

#endif
