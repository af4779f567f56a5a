/* What is asked for and not yet answered, in the order of the specs: a ring of jobs. */
#ifndef SIM_POOL_JOB_H
#define SIM_POOL_JOB_H

#include "spec/spec.h"

#include <stdbool.h>

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE };

struct job {
  enum job_state state;
  bool alone; /* it may begin in a worker only that has made no run before */
  struct spec spec;
  uint64_t number; /* from 1, by input line */
  char *output;    /* owned: the result's line with its end, then the log */
  size_t line_length, log_length;
};

struct job_queue {
  struct job *jobs; /* they stay where they are until they are removed */
  size_t capacity;
  size_t first;
  size_t count;
};

void job_queue_init(struct job_queue *queue, size_t capacity);
void job_queue_deinit(struct job_queue *queue);

bool job_queue_is_full(const struct job_queue *queue);

/* `place` from 0, the oldest, to count - 1. */
struct job *job_queue_at(struct job_queue *queue, size_t place);

/* A waiting job behind all others, but for the spec; not if the queue is full. */
struct job *job_queue_add(struct job_queue *queue, uint64_t number);

/* Removes the oldest. */
void job_queue_remove(struct job_queue *queue);

/* It is done, with these octets of a worker, or with a result that no run gave. */
void job_finish(struct job *job, const char *output, size_t line_length, size_t log_length);
void job_finish_without_run(struct job *job, const char *outcome, const char *reason);

#endif
