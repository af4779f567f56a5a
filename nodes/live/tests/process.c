/* Programs under test. */
#define _GNU_SOURCE
#include "process.h"

#include "relay.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNNING_MAX = 128, STOP_MS = 5000, LOOK_MS = 5, PATHS = 8, NOT_RUN = 127 };

static char folder[PROCESS_PATH_MAX / 2];
/* Of those that run; a test's own structures are gone once it has failed. */
static struct {
  pid_t pid;
  int file;
} running[RUNNING_MAX];

uint64_t process_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t process_now_ms(void) {
  return process_now_ns() / 1000000;
}

/* Files */

void process_folder(const char *test) {
  snprintf(folder, sizeof folder, "%s/live-tests", BUILD_FOLDER);
  (void)mkdir(folder, 0777);
  snprintf(folder, sizeof folder, "%s/live-tests/%s", BUILD_FOLDER, test);
  if (mkdir(folder, 0777) < 0 && errno != EEXIST)
    fail_msg("%s: %s", folder, strerror(errno));
}

const char *process_path(const char *name) {
  static char paths[PATHS][PROCESS_PATH_MAX];
  static unsigned next;
  char *path = paths[next++ % PATHS];
  snprintf(path, PROCESS_PATH_MAX, "%s/%s", folder, name);
  return path;
}

const char *process_file(const char *name, const char *format, ...) {
  const char *path = process_path(name), *new = process_path("new");
  FILE *file = fopen(new, "we");
  if (file == NULL)
    fail_msg("%s: %s", new, strerror(errno));
  va_list arguments;
  va_start(arguments, format);
  vfprintf(file, format, arguments);
  va_end(arguments);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(rename(new, path), 0);
  return path;
}

static char *process_read_file(const char *path) {
  char *text = NULL;
  size_t length;
  FILE *from = fopen(path, "re");
  FILE *to = open_memstream(&text, &length);
  assert_non_null(to);
  int c;
  while (from != NULL && (c = fgetc(from)) != EOF)
    fputc(c == '\0' ? ' ' : c, to);
  if (from != NULL)
    fclose(from);
  fclose(to);
  return text;
}

char *process_out(const struct process *process) {
  return process_read_file(process->out);
}

char *process_err(const struct process *process) {
  return process_read_file(process->err);
}

bool process_wrote(const struct process *process, const char *text) {
  char *out = process_out(process), *err = process_err(process);
  const bool found = strstr(out, text) != NULL || strstr(err, text) != NULL;
  free(out);
  free(err);
  return found;
}

void process_expect_written(const struct process *process, const char *text) {
  if (!process_wrote(process, text))
    fail_msg("%s: no \"%s\"", process->out, text);
}

/* Starting */

static void process_become(const struct process *process, const char *const *argv) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(process->out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const int err = open(process->err, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const int in = open("/dev/null", O_RDONLY);
  if (out < 0 || err < 0 || in < 0)
    _exit(NOT_RUN);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execvp(argv[0], (char *const *)argv);
  dprintf(STDERR_FILENO, "%s cannot be run: %s\n", argv[0], strerror(errno));
  _exit(NOT_RUN);
}

static void note_running(const struct process *process) {
  for (size_t i = 0; i < RUNNING_MAX; i++)
    if (running[i].pid == 0) {
      running[i].pid = process->pid;
      running[i].file = process->file;
      return;
    }
  fail_msg("more than %d programs at once", RUNNING_MAX);
}

static void note_ended(struct process *process) {
  close(process->file);
  for (size_t i = 0; i < RUNNING_MAX; i++)
    if (running[i].pid == process->pid)
      running[i].pid = 0;
  process->pid = 0;
}

void process_start(struct process *process, const char *name, const char *const *argv) {
  *process = (struct process){0};
  snprintf(process->out, sizeof process->out, "%s/%s.out", folder, name);
  snprintf(process->err, sizeof process->err, "%s/%s.err", folder, name);
  (void)unlink(process->out);
  (void)unlink(process->err);
  const pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0)
    process_become(process, argv);
  process->pid = pid;
  process->file = pidfd_open(pid, 0);
  note_running(process);
  assert_true(process->file >= 0);
}

/* Waiting and ending */

static bool reap(struct process *process) {
  int status;
  if (wait4(process->pid, &status, WNOHANG, &process->usage) != process->pid)
    return false;
  process->status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  note_ended(process);
  if (process->status == NOT_RUN) {
    char *err = process_err(process);
    print_message("%s", err);
    free(err);
  }
  return true;
}

bool process_ended(struct process *process, unsigned limit_ms) {
  const uint64_t until_ms = process_now_ms() + limit_ms;
  while (process->pid != 0 && !reap(process)) {
    const uint64_t now_ms = process_now_ms();
    if (now_ms >= until_ms)
      return false;
    relay_pump(process->file, (int)(until_ms - now_ms));
  }
  return true;
}

int process_wait(struct process *process, unsigned limit_ms) {
  if (!process_ended(process, limit_ms))
    fail_msg("%s: no end after %u ms", process->out, limit_ms);
  return process->status;
}

void process_expect(struct process *process, const char *text, unsigned limit_ms) {
  const uint64_t until_ms = process_now_ms() + limit_ms;
  while (!process_wrote(process, text)) {
    if (process->pid == 0 || reap(process))
      fail_msg("%s: ended with %d without \"%s\"", process->out, process->status, text);
    if (process_now_ms() >= until_ms)
      fail_msg("%s: no \"%s\" after %u ms", process->out, text, limit_ms);
    relay_pump(process->file, LOOK_MS);
  }
}

int process_stop(struct process *process) {
  assert_true(process->pid > 0);
  kill(process->pid, SIGTERM);
  return process_wait(process, STOP_MS);
}

void process_kill(struct process *process) {
  if (process->pid == 0)
    return;
  kill(process->pid, SIGKILL);
  (void)process_ended(process, STOP_MS);
}

void process_end_all(void) {
  for (size_t i = 0; i < RUNNING_MAX; i++) {
    if (running[i].pid == 0)
      continue;
    kill(running[i].pid, SIGKILL);
    waitpid(running[i].pid, NULL, 0);
    close(running[i].file);
    running[i].pid = 0;
  }
}

/* Looking */

uint64_t process_memory_kb(const struct process *process) {
  char path[64], line[256];
  unsigned long long kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", process->pid);
  FILE *file = fopen(path, "re");
  assert_non_null(file);
  while (kb == 0 && fgets(line, sizeof line, file) != NULL)
    (void)sscanf(line, "VmRSS: %llu", &kb);
  fclose(file);
  assert_true(kb > 0);
  return kb;
}

double process_cpu_ms(const struct process *process) {
  char path[64];
  unsigned long long used_ns;
  snprintf(path, sizeof path, "/proc/%d/schedstat", process->pid);
  FILE *file = fopen(path, "re");
  assert_non_null(file);
  const int found = fscanf(file, "%llu", &used_ns);
  fclose(file);
  assert_int_equal(found, 1);
  return (double)used_ns / 1e6;
}

char *process_capture(const char *name, const char *const *argv) {
  struct process process;
  process_start(&process, name, argv);
  if (process_wait(&process, 10000) == NOT_RUN)
    fail_msg("%s is not installed", argv[0]);
  char *out = process_out(&process), *err = process_err(&process), *both;
  if (asprintf(&both, "%s%s", out, err) < 0)
    abort();
  free(out);
  free(err);
  return both;
}
