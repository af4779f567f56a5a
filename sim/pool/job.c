/* The ring of jobs. */
#include "job.h"

#include "spec/result.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

void job_queue_init(struct job_queue *queue, size_t capacity) {
  *queue =
      (struct job_queue){.jobs = memory_get(capacity, sizeof *queue->jobs), .capacity = capacity};
}

void job_queue_deinit(struct job_queue *queue) {
  while (queue->count > 0)
    job_queue_remove(queue);
  free(queue->jobs);
}

bool job_queue_is_full(const struct job_queue *queue) {
  return queue->count == queue->capacity;
}

struct job *job_queue_at(struct job_queue *queue, size_t place) {
  return &queue->jobs[(queue->first + place) % queue->capacity];
}

struct job *job_queue_add(struct job_queue *queue, uint64_t number) {
  struct job *job = job_queue_at(queue, queue->count++);
  memset(job, 0, sizeof *job);
  job->number = number;
  return job;
}

void job_queue_remove(struct job_queue *queue) {
  free(queue->jobs[queue->first].output);
  queue->first = (queue->first + 1) % queue->capacity;
  queue->count--;
}

void job_finish(struct job *job, const char *output, size_t line_length, size_t log_length) {
  job->output = memory_get(line_length + log_length, 1);
  memcpy(job->output, output, line_length + log_length);
  job->line_length = line_length;
  job->log_length = log_length;
  job->state = JOB_DONE;
}

void job_finish_without_run(struct job *job, const char *outcome, const char *reason) {
  char *line = result_without_run(&job->spec, outcome, reason);
  const size_t length = strlen(line);
  line[length] = '\n'; /* in place of its end */
  job_finish(job, line, length + 1, 0);
  free(line);
}
