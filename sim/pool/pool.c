/* Gives jobs to workers, and keeps the order of results. One thread, one ppoll loop. */
#define _GNU_SOURCE
#include "pool.h"

#include "input.h"
#include "support/memory.h"
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { JOBS_PER_WORKER = 16 /* read ahead of the oldest that is not done */ };

struct pool {
  const struct pool_options *options;
  struct input input;
  FILE *output;
  struct job_queue queue;
  struct worker *workers; /* `options->workers` places */
  bool output_failed;
  enum pool_status status;
};

static volatile sig_atomic_t caught_signal;

static void catch_signal(int number) {
  caught_signal = number;
}

static void worsen(struct pool *pool, enum pool_status status) {
  if (status > pool->status)
    pool->status = status;
}

/* Workers */

static bool pool_is_busy(const struct pool *pool) {
  for (size_t i = 0; i < pool->options->workers; i++)
    if (pool->workers[i].job != NULL)
      return true;
  return false;
}

/* An idle worker that may make this run. */
static struct worker *pool_find_idle(struct pool *pool, const struct job *job) {
  for (size_t i = 0; i < pool->options->workers; i++) {
    struct worker *worker = &pool->workers[i];
    if (worker->pid != 0 && worker->job == NULL && (!job->alone || worker->begun == 0))
      return worker;
  }
  return NULL;
}

/* A place for a new worker: an empty one, or that of an idle one, which goes. */
static struct worker *pool_clear_place(struct pool *pool) {
  struct worker *idle = NULL;
  for (size_t i = 0; i < pool->options->workers; i++) {
    if (pool->workers[i].pid == 0)
      return &pool->workers[i];
    if (pool->workers[i].job == NULL)
      idle = &pool->workers[i];
  }
  if (idle != NULL)
    worker_end(idle, pool->options);
  return idle;
}

/* The worker for a job; NULL: none is free. Where none can be made, others may come free. */
static struct worker *pool_find_worker(struct pool *pool, struct job *job) {
  struct worker *worker = pool_find_idle(pool, job);
  if (worker != NULL || (worker = pool_clear_place(pool)) == NULL)
    return worker;
  if (worker_start(worker, pool->workers, pool->options->workers, pool->options))
    return worker;
  if (!pool_is_busy(pool)) {
    job_finish_without_run(job, "crashed", strerror(errno));
    worsen(pool, POOL_SOME_FAILED);
  }
  return NULL;
}

static void start_jobs(struct pool *pool) {
  for (size_t i = 0; i < pool->queue.count; i++) {
    struct job *job = job_queue_at(&pool->queue, i);
    if (job->state != JOB_WAITING)
      continue;
    struct worker *worker = pool_find_worker(pool, job);
    if (worker != NULL)
      worker_give(worker, job, pool->options);
    else if (job->state == JOB_WAITING)
      return;
  }
}

static void pool_read_worker(struct pool *pool, struct worker *worker) {
  enum pool_status status = POOL_ALL_ESTABLISHED;
  struct job *job = worker->job;
  switch (worker_read(worker, &status)) {
  case WORKER_DONE:
    worsen(pool, status);
    break;
  case WORKER_GONE:
    worker_end(worker, pool->options);
    if (job != NULL && job->state == JOB_DONE)
      worsen(pool, POOL_SOME_FAILED);
    break;
  default:
    break;
  }
}

static void drop_workers(struct pool *pool) {
  for (size_t i = 0; i < pool->options->workers; i++)
    if (pool->workers[i].pid != 0)
      worker_kill(&pool->workers[i]);
}

/* Output */

static bool pool_put(struct pool *pool, FILE *file, const char *what, const char *data,
                     size_t length) {
  if (fwrite(data, 1, length, file) == length && fflush(file) == 0)
    return true;
  fprintf(stderr, "coap-eap-sim: cannot write %s: %s\n", what, strerror(errno));
  pool->output_failed = true;
  worsen(pool, POOL_SOME_INVALID);
  return false;
}

static void write_finished(struct pool *pool) {
  while (pool->queue.count > 0 && job_queue_at(&pool->queue, 0)->state == JOB_DONE) {
    const struct job *job = job_queue_at(&pool->queue, 0);
    FILE *log = pool->options->log;
    if (!pool_put(pool, pool->output, "results", job->output, job->line_length))
      return;
    if (log != NULL &&
        !pool_put(pool, log, "the log", job->output + job->line_length, job->log_length))
      return;
    job_queue_remove(&pool->queue);
  }
}

/* The loop */

static void end_by_signal(struct pool *pool, int number) {
  drop_workers(pool);
  signal(number, SIG_DFL);
  raise(number);
}

static int next_timeout_ms(struct pool *pool) {
  uint64_t next = UINT64_MAX;
  const uint64_t now = worker_now_ms();
  for (size_t i = 0; i < pool->options->workers; i++) {
    const struct worker *worker = &pool->workers[i];
    if (worker->job != NULL && !worker->expired && worker->deadline_ms < next)
      next = worker->deadline_ms;
  }
  if (next == UINT64_MAX)
    return -1;
  return next <= now ? 0 : (int)(next - now < 60000 ? next - now : 60000);
}

/* Of the workers that there are, whose number it returns, and of input, if there is room for it.
 * The system refuses more entries than files may be open, of empty places, too. */
static size_t pool_list_files(const struct pool *pool, struct pollfd *files,
                              struct worker **workers) {
  size_t count = 0;
  for (size_t i = 0; i < pool->options->workers; i++)
    if (pool->workers[i].pid != 0) {
      workers[count] = &pool->workers[i];
      files[count++] = (struct pollfd){.fd = pool->workers[i].socket, .events = POLLIN};
    }
  const bool reads = input_wants(&pool->input) && !job_queue_is_full(&pool->queue);
  files[count] = (struct pollfd){.fd = reads ? pool->input.file : -1, .events = POLLIN};
  return count;
}

static void wait_and_read(struct pool *pool, const sigset_t *unblocked) {
  struct pollfd files[pool->options->workers + 1];
  struct worker *workers[pool->options->workers];
  const size_t count = pool_list_files(pool, files, workers);
  const int timeout = next_timeout_ms(pool);
  const struct timespec limit = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
  if (ppoll(files, count + 1, timeout < 0 ? NULL : &limit, unblocked) < 0)
    return;
  for (size_t i = 0; i < count; i++)
    if (files[i].revents != 0)
      pool_read_worker(pool, workers[i]);
  if (files[count].revents != 0)
    input_read(&pool->input);
}

static void expire_workers(struct pool *pool) {
  const uint64_t now = worker_now_ms();
  for (size_t i = 0; i < pool->options->workers; i++)
    worker_expire(&pool->workers[i], now);
}

static void pool_work(struct pool *pool, const sigset_t *unblocked) {
  for (;;) {
    input_take(&pool->input, &pool->queue);
    start_jobs(pool);
    write_finished(pool);
    if (pool->output_failed || (pool->queue.count == 0 && input_is_done(&pool->input)))
      return;
    if (pool->queue.count == 0 && !input_wants(&pool->input))
      continue; /* there is room again for what was read */
    wait_and_read(pool, unblocked);
    if (caught_signal != 0)
      end_by_signal(pool, caught_signal);
    expire_workers(pool);
  }
}

/* SIGINT and SIGTERM arrive in ppoll only. */
static void block_signals(sigset_t *unblocked) {
  const struct sigaction action = {.sa_handler = catch_signal};
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, unblocked);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

enum pool_status pool_process(int input, FILE *output, const struct pool_options *options) {
  struct pool pool = {.options = options, .output = output};
  sigset_t unblocked;
  input_init(&pool.input, input);
  job_queue_init(&pool.queue, (size_t)options->workers * JOBS_PER_WORKER);
  pool.workers = memory_get(options->workers, sizeof *pool.workers);
  block_signals(&unblocked);
  pool_work(&pool, &unblocked);
  if (pool.input.invalid || pool.input.failed)
    worsen(&pool, POOL_SOME_INVALID);
  drop_workers(&pool);
  sigprocmask(SIG_SETMASK, &unblocked, NULL);
  free(pool.workers);
  job_queue_deinit(&pool.queue);
  input_deinit(&pool.input);
  return pool.status;
}
