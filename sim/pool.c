/* Forks a child for each run, and keeps the order of results. One thread, one ppoll loop. */
#define _GNU_SOURCE
#include "pool.h"

#include "spec/result.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  LINE_MAX_OCTETS = 65536, /* a longer line is no spec */
  JOBS_PER_WORKER = 16,    /* read ahead of the oldest that is not done */
  READ_SIZE = 65536,
};

struct bytes {
  char *data;
  size_t length;
  size_t capacity;
};

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE };

struct job {
  enum job_state state;
  struct spec spec;
  uint64_t number; /* from 1, by input line */
  pid_t pid;
  int pipe;
  uint64_t deadline_ms;
  bool expired;
  struct bytes output; /* result line and its end; then the log */
};

struct pool {
  const struct pool_options *options;
  int input;
  FILE *output;
  bool input_ended;
  struct bytes pending; /* read, not yet taken */
  struct bytes line;    /* taken, not yet whole */
  bool line_too_long;
  struct job *jobs; /* a ring: `job_count` from `first` on */
  size_t job_capacity;
  size_t first;
  size_t job_count;
  size_t running;
  uint64_t next_number;
  bool output_failed;
  enum pool_status status;
};

static volatile sig_atomic_t caught_signal;

static void catch_signal(int number) {
  caught_signal = number;
}

static uint64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void bytes_append(struct bytes *bytes, const char *data, size_t length) {
  if (bytes->length + length > bytes->capacity) {
    bytes->capacity = 2 * (bytes->length + length);
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (bytes->data == NULL)
      abort();
  }
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
}

static struct job *job_at(struct pool *pool, size_t place) {
  return &pool->jobs[(pool->first + place) % pool->job_capacity];
}

static void worsen(struct pool *pool, enum pool_status status) {
  if (status > pool->status)
    pool->status = status;
}

/* A result that no child wrote. */
static void finish_without_run(struct pool *pool, struct job *job, const char *outcome,
                               const char *reason, enum pool_status status) {
  char *line = result_without_run(&job->spec, outcome, reason);
  job->output.length = 0;
  bytes_append(&job->output, line, strlen(line));
  bytes_append(&job->output, "\n", 1);
  free(line);
  job->state = JOB_DONE;
  worsen(pool, status);
}

/* Input */

/* With a `refusal`, `text` is not looked at. */
static void add_job(struct pool *pool, const char *text, const char *refusal) {
  struct job *job = job_at(pool, pool->job_count++);
  memset(job, 0, sizeof *job);
  job->number = ++pool->next_number;
  char error[SPEC_ERROR_MAX];
  const bool good = spec_parse(refusal == NULL ? text : "", &job->spec, error);
  if (!good)
    finish_without_run(pool, job, "invalid", refusal == NULL ? error : refusal, POOL_SOME_INVALID);
}

static void pool_end_line(struct pool *pool) {
  const size_t length = pool->line.length;
  bytes_append(&pool->line, "", 1);
  const char *text = pool->line.data;
  if (pool->line_too_long)
    add_job(pool, NULL, "the line is longer than 65536 octets");
  else if (memchr(text, '\0', length) != NULL)
    add_job(pool, NULL, "a NUL octet in the line");
  else if (text[strspn(text, " \t\r")] != '\0')
    add_job(pool, text, NULL);
  pool->line.length = 0;
  pool->line_too_long = false;
}

/* Takes lines out of `data` while there is room for jobs; returns what it took. */
static size_t take_lines(struct pool *pool, const char *data, size_t length) {
  size_t at = 0;
  while (at < length && pool->job_count < pool->job_capacity) {
    const char *end = memchr(data + at, '\n', length - at);
    const size_t part = end == NULL ? length - at : (size_t)(end - data) - at;
    if (pool->line.length + part > LINE_MAX_OCTETS)
      pool->line_too_long = true;
    else
      bytes_append(&pool->line, data + at, part);
    at += part;
    if (end != NULL) {
      at++;
      pool_end_line(pool);
    }
  }
  return at;
}

static void read_input(struct pool *pool) {
  char buffer[READ_SIZE];
  const ssize_t count = read(pool->input, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN))
    return;
  if (count < 0) {
    fprintf(stderr, "coap-eap-sim: cannot read specs: %s\n", strerror(errno));
    worsen(pool, POOL_SOME_INVALID);
  }
  if (count <= 0)
    pool->input_ended = true;
  else
    bytes_append(&pool->pending, buffer, (size_t)count);
}

static void take_input(struct pool *pool) {
  const size_t taken = take_lines(pool, pool->pending.data, pool->pending.length);
  if (taken > 0) {
    memmove(pool->pending.data, pool->pending.data + taken, pool->pending.length - taken);
    pool->pending.length -= taken;
  }
  if (pool->input_ended && pool->pending.length == 0 && pool->job_count < pool->job_capacity &&
      (pool->line.length > 0 || pool->line_too_long))
    pool_end_line(pool);
}

/* Children */

/* How a child ends, whose parent takes what it wrote only where it is one of the first three. */
enum { CHILD_ESTABLISHED, CHILD_NOT_ESTABLISHED, CHILD_OUTPUT_LOST, CHILD_BROKEN };

static void pool_write_all(int file, const char *data, size_t length) {
  while (length > 0) {
    const ssize_t count = write(file, data, length);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      _exit(CHILD_BROKEN);
    data += count;
    length -= (size_t)count;
  }
}

static void run_in_child(const struct pool *pool, const struct job *job, int out) {
  char *log_data = NULL, path[4096];
  size_t log_length = 0;
  struct run_options options = {0};
  if (pool->options->log != NULL)
    options.log = open_memstream(&log_data, &log_length);
  if (pool->options->log != NULL && options.log == NULL)
    _exit(CHILD_BROKEN);
  if (pool->options->pcap_directory != NULL) {
    snprintf(path, sizeof path, job->number == 1 ? "%s" : "%s/%llu", pool->options->pcap_directory,
             (unsigned long long)job->number);
    options.pcap_directory = path;
  }
  struct run_end end = {.outcome = ""};
  char *line = pool->options->run(&job->spec, &options, &end);
  pool_write_all(out, line, strlen(line));
  pool_write_all(out, "\n", 1);
  if (options.log != NULL) {
    if (ferror(options.log) | fclose(options.log))
      _exit(CHILD_BROKEN);
    pool_write_all(out, log_data, log_length);
  }
  if (end.captures_lost)
    _exit(CHILD_OUTPUT_LOST);
  _exit(strcmp(end.outcome, "established") == 0 ? CHILD_ESTABLISHED : CHILD_NOT_ESTABLISHED);
}

static void start_job(struct pool *pool, struct job *job) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    finish_without_run(pool, job, "crashed", strerror(errno), POOL_SOME_FAILED);
    return;
  }
  const pid_t parent = getpid();
  job->pid = fork();
  if (job->pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(CHILD_BROKEN);
    signal(SIGINT, SIG_IGN); /* the parent decides */
    close(ends[0]);
    run_in_child(pool, job, ends[1]);
  }
  close(ends[1]);
  if (job->pid < 0) {
    close(ends[0]);
    finish_without_run(pool, job, "crashed", strerror(errno), POOL_SOME_FAILED);
    return;
  }
  job->pipe = ends[0];
  job->deadline_ms = now_ms() + (uint64_t)pool->options->wall_limit_s * 1000;
  job->state = JOB_RUNNING;
  pool->running++;
}

static void start_jobs(struct pool *pool) {
  for (size_t i = 0; i < pool->job_count && pool->running < pool->options->workers; i++)
    if (job_at(pool, i)->state == JOB_WAITING)
      start_job(pool, job_at(pool, i));
}

/* The child is gone: its result stands if it wrote a whole line and ended in order. */
static void end_job(struct pool *pool, struct job *job) {
  int status = 0;
  while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  close(job->pipe);
  pool->running--;
  char reason[160];
  if (job->expired) {
    snprintf(reason, sizeof reason, "no result within %u s of wall-clock time",
             pool->options->wall_limit_s);
    finish_without_run(pool, job, "hung", reason, POOL_SOME_FAILED);
  } else if (WIFSIGNALED(status)) {
    snprintf(reason, sizeof reason, "signal %d (%s)", WTERMSIG(status),
             strsignal(WTERMSIG(status)));
    finish_without_run(pool, job, "crashed", reason, POOL_SOME_FAILED);
  } else if (WEXITSTATUS(status) > CHILD_OUTPUT_LOST || job->output.length == 0) {
    snprintf(reason, sizeof reason, "exit status %d without a result", WEXITSTATUS(status));
    finish_without_run(pool, job, "crashed", reason, POOL_SOME_FAILED);
  } else {
    job->state = JOB_DONE;
    static const enum pool_status means[] = {[CHILD_ESTABLISHED] = POOL_ALL_ESTABLISHED,
                                             [CHILD_NOT_ESTABLISHED] = POOL_SOME_FAILED,
                                             [CHILD_OUTPUT_LOST] = POOL_SOME_INVALID};
    worsen(pool, means[WEXITSTATUS(status)]);
  }
}

static void read_job(struct pool *pool, struct job *job) {
  char buffer[READ_SIZE];
  const ssize_t count = read(job->pipe, buffer, sizeof buffer);
  if (count > 0)
    bytes_append(&job->output, buffer, (size_t)count);
  else if (count == 0 || errno != EINTR)
    end_job(pool, job);
}

static void kill_expired(struct pool *pool) {
  const uint64_t now = now_ms();
  for (size_t i = 0; i < pool->job_count; i++) {
    struct job *job = job_at(pool, i);
    if (job->state == JOB_RUNNING && !job->expired && now >= job->deadline_ms) {
      job->expired = true;
      kill(job->pid, SIGKILL);
    }
  }
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
  while (pool->job_count > 0 && job_at(pool, 0)->state == JOB_DONE) {
    struct job *job = job_at(pool, 0);
    const char *end = memchr(job->output.data, '\n', job->output.length);
    const size_t line = (size_t)(end - job->output.data) + 1;
    if (!pool_put(pool, pool->output, "results", job->output.data, line))
      return;
    FILE *log = pool->options->log;
    if (log != NULL && !pool_put(pool, log, "the log", end + 1, job->output.length - line))
      return;
    free(job->output.data);
    pool->first = (pool->first + 1) % pool->job_capacity;
    pool->job_count--;
  }
}

/* The loop */

/* Kills what runs and forgets all jobs. */
static void drop_jobs(struct pool *pool) {
  for (size_t i = 0; i < pool->job_count; i++)
    if (job_at(pool, i)->state == JOB_RUNNING)
      kill(job_at(pool, i)->pid, SIGKILL);
  for (size_t i = 0; i < pool->job_count; i++) {
    struct job *job = job_at(pool, i);
    if (job->state == JOB_RUNNING) {
      while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
      close(job->pipe);
    }
    free(job->output.data);
  }
  pool->job_count = 0;
}

static void end_by_signal(struct pool *pool, int number) {
  drop_jobs(pool);
  signal(number, SIG_DFL);
  raise(number);
}

static int next_timeout_ms(struct pool *pool) {
  uint64_t next = UINT64_MAX;
  const uint64_t now = now_ms();
  for (size_t i = 0; i < pool->job_count; i++) {
    const struct job *job = job_at(pool, i);
    if (job->state == JOB_RUNNING && !job->expired && job->deadline_ms < next)
      next = job->deadline_ms;
  }
  if (next == UINT64_MAX)
    return -1;
  return next <= now ? 0 : (int)(next - now < 60000 ? next - now : 60000);
}

static void wait_and_read(struct pool *pool, const sigset_t *unblocked) {
  struct pollfd files[1 + pool->options->workers];
  struct job *jobs[1 + pool->options->workers];
  nfds_t count = 0;
  if (!pool->input_ended && pool->pending.length == 0 && pool->job_count < pool->job_capacity) {
    jobs[count] = NULL;
    files[count] = (struct pollfd){.fd = pool->input, .events = POLLIN};
    count++;
  }
  for (size_t i = 0; i < pool->job_count; i++) {
    if (job_at(pool, i)->state != JOB_RUNNING)
      continue;
    jobs[count] = job_at(pool, i);
    files[count] = (struct pollfd){.fd = jobs[count]->pipe, .events = POLLIN};
    count++;
  }
  const int timeout = next_timeout_ms(pool);
  const struct timespec limit = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
  if (ppoll(files, count, timeout < 0 ? NULL : &limit, unblocked) < 0)
    return;
  for (nfds_t i = 0; i < count; i++) {
    if (files[i].revents == 0)
      continue;
    if (jobs[i] == NULL)
      read_input(pool);
    else
      read_job(pool, jobs[i]);
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
  struct pool pool = {.options = options, .input = input, .output = output};
  pool.job_capacity = (size_t)options->workers * JOBS_PER_WORKER;
  pool.jobs = calloc(pool.job_capacity, sizeof *pool.jobs);
  if (pool.jobs == NULL)
    abort();
  sigset_t unblocked;
  block_signals(&unblocked);
  for (;;) {
    take_input(&pool);
    start_jobs(&pool);
    write_finished(&pool);
    if (pool.output_failed)
      break;
    if (pool.job_count == 0 && pool.pending.length == 0 && pool.input_ended &&
        pool.line.length == 0)
      break;
    if (pool.job_count == 0 && pool.pending.length > 0)
      continue;
    wait_and_read(&pool, &unblocked);
    if (caught_signal != 0)
      end_by_signal(&pool, caught_signal);
    kill_expired(&pool);
  }
  drop_jobs(&pool);
  sigprocmask(SIG_SETMASK, &unblocked, NULL);
  free(pool.line.data);
  free(pool.pending.data);
  free(pool.jobs);
  return pool.status;
}
