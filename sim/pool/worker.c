/* Forks workers, talks to them, and says what became of the job of one that is gone. */
#define _GNU_SOURCE
#include "worker.h"

#include "service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKER_READ_SIZE = 65536 };

uint64_t worker_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* In the child. */
static _Noreturn void worker_become(pid_t parent, int socket, const struct worker *workers,
                                    size_t count, const struct pool_options *options) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(SERVICE_BROKEN);
  signal(SIGINT, SIG_IGN); /* the parent decides */
  for (size_t i = 0; i < count; i++)
    if (workers[i].pid != 0)
      close(workers[i].socket); /* or they would not see the parent close it */
  _exit(service_provide(socket, options));
}

bool worker_start(struct worker *worker, const struct worker *workers, size_t count,
                  const struct pool_options *options) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    return false;
  const pid_t parent = getpid(), pid = fork();
  if (pid == 0) {
    close(ends[0]);
    worker_become(parent, ends[1], workers, count, options);
  }
  const int error = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    errno = error;
    return false;
  }
  *worker = (struct worker){.pid = pid, .socket = ends[0]};
  return true;
}

void worker_give(struct worker *worker, struct job *job, const struct pool_options *options) {
  struct service_request request;
  memset(&request, 0, sizeof request);
  request.number = job->number;
  request.spec = job->spec;
  job->state = JOB_RUNNING;
  worker->job = job;
  worker->begun++;
  worker->deadline_ms = worker_now_ms() + (uint64_t)options->wall_limit_s * 1000;
  (void)service_send(worker->socket, &request, sizeof request);
}

/* Its answer, if it is whole. */
static bool worker_take_answer(struct worker *worker, enum pool_status *status) {
  struct service_answer answer;
  if (worker->answer.length < sizeof answer)
    return false;
  memcpy(&answer, worker->answer.data, sizeof answer);
  const size_t length = answer.line_length + answer.log_length;
  if (worker->answer.length < sizeof answer + length)
    return false;
  job_finish(worker->job, worker->answer.data + sizeof answer, answer.line_length,
             answer.log_length);
  worker->answer.length = 0;
  worker->job = NULL;
  *status = (enum pool_status)answer.status;
  return true;
}

enum worker_news worker_read(struct worker *worker, enum pool_status *status) {
  char buffer[WORKER_READ_SIZE];
  const ssize_t count = recv(worker->socket, buffer, sizeof buffer, 0);
  if (count < 0 && errno == EINTR)
    return WORKER_NOTHING;
  if (count <= 0 || worker->job == NULL)
    return WORKER_GONE;
  bytes_append(&worker->answer, buffer, (size_t)count);
  return worker_take_answer(worker, status) ? WORKER_DONE : WORKER_NOTHING;
}

void worker_expire(struct worker *worker, uint64_t now_ms) {
  if (worker->job == NULL || worker->expired || now_ms < worker->deadline_ms)
    return;
  worker->expired = true;
  kill(worker->pid, SIGKILL);
}

static int worker_wait(struct worker *worker) {
  int status = 0;
  close(worker->socket);
  while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  return status;
}

/* Its job was the first: there is nothing else that can have brought it down. */
static void worker_blame(struct job *job, bool expired, int status,
                         const struct pool_options *options) {
  char reason[160];
  if (expired)
    snprintf(reason, sizeof reason, "no result within %u s of wall-clock time",
             options->wall_limit_s);
  else if (WIFSIGNALED(status))
    snprintf(reason, sizeof reason, "signal %d (%s)", WTERMSIG(status),
             strsignal(WTERMSIG(status)));
  else
    snprintf(reason, sizeof reason, "exit status %d without a result", WEXITSTATUS(status));
  job_finish_without_run(job, expired ? "hung" : "crashed", reason);
}

void worker_end(struct worker *worker, const struct pool_options *options) {
  const int status = worker_wait(worker);
  struct job *job = worker->job;
  if (job != NULL && worker->begun == 1)
    worker_blame(job, worker->expired, status, options);
  if (job != NULL && worker->begun > 1) {
    job->state = JOB_WAITING;
    job->alone = true;
  }
  bytes_deinit(&worker->answer);
  *worker = (struct worker){0};
}

void worker_kill(struct worker *worker) {
  if (worker->job != NULL)
    kill(worker->pid, SIGKILL);
  worker_wait(worker);
  bytes_deinit(&worker->answer);
  *worker = (struct worker){0};
}
