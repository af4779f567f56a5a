/* Forks programs, and reads the kernel's figures of them. */
#include "cost.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REPEATS = 5, ARGUMENTS_MAX = 16 };

#define COUNTS "counts" /* valgrind's files, and what is seen of them */

static enum { COUNT_NOTHING, COUNT_PROCESSOR, COUNT_VALGRIND } counting;

void cost_fail(const char *what) {
  fprintf(stderr, "coap-eap-speed: %s\n", what);
  exit(EXIT_USAGE);
}

/* Instructions of the process that opens it and of its children, from its next exec on; -1. */
static int open_counter(pid_t process) {
  struct perf_event_attr event = {.type = PERF_TYPE_HARDWARE,
                                  .size = sizeof event,
                                  .config = PERF_COUNT_HW_INSTRUCTIONS,
                                  .disabled = 1,
                                  .inherit = 1,
                                  .enable_on_exec = 1,
                                  .exclude_kernel = 1,
                                  .exclude_hv = 1};
  return (int)syscall(SYS_perf_event_open, &event, process, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

const char *cost_count_instructions(bool with_valgrind) {
  const int counter = open_counter(0);
  if (counter >= 0) {
    close(counter);
    counting = COUNT_PROCESSOR;
    return "instructions: user space, counted by the processor";
  }
  if (with_valgrind && system("valgrind --version >/dev/null 2>&1") == 0) {
    counting = COUNT_VALGRIND;
    return "instructions: counted by valgrind (of the simulator in run_spec), for the processor's "
           "counter is "
           "not available here";
  }
  return with_valgrind
             ? "instructions: not available here, nor is valgrind"
             : "instructions: not available here (perf_event_open); --valgrind counts them";
}

static double milliseconds(struct timeval time) {
  return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* In the child, once it may: the program with these files (NULL: ours) as its standard streams. */
static _Noreturn void become(const char *const argv[], const char *in, const char *out, int gate) {
  char go;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (read(gate, &go, 1) == 1 && (in == NULL || freopen(in, "r", stdin) != NULL) &&
      (out == NULL || freopen(out, "w", stdout) != NULL))
    execvp(argv[0], (char *const *)(uintptr_t)argv);
  perror(argv[0]);
  _exit(EXIT_USAGE);
}

static double read_counter(int counter) {
  uint64_t count;
  if (counter < 0)
    return NAN;
  const bool good = read(counter, &count, sizeof count) == sizeof count;
  close(counter);
  return good ? (double)count : NAN;
}

/* The child waits at a gate until its counter is there. */
static pid_t start(const char *const argv[], const char *in, const char *out, int *counter) {
  int gate[2];
  fflush(stdout); /* or the child would write it, too */
  if (pipe(gate) < 0)
    cost_fail(strerror(errno));
  const pid_t child = fork();
  if (child == 0) {
    close(gate[1]);
    become(argv, in, out, gate[0]);
  }
  if (child < 0)
    cost_fail(strerror(errno));
  *counter = counting == COUNT_PROCESSOR ? open_counter(child) : -1;
  (void)!write(gate[1], "", 1);
  close(gate[0]);
  close(gate[1]);
  return child;
}

static struct cost run_measured(const char *const argv[], const char *in, const char *out,
                                int *status) {
  struct timespec begin, end;
  struct rusage before, after;
  int counter;
  getrusage(RUSAGE_CHILDREN, &before);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  const pid_t child = start(argv, in, out, &counter);
  if (waitpid(child, status, 0) != child)
    cost_fail(argv[0]);
  clock_gettime(CLOCK_MONOTONIC, &end);
  getrusage(RUSAGE_CHILDREN, &after);
  return (struct cost){
      .cpu_ms = milliseconds(after.ru_utime) + milliseconds(after.ru_stime) -
                milliseconds(before.ru_utime) - milliseconds(before.ru_stime),
      .wall_ms =
          (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6,
      .faults = (double)(after.ru_minflt - before.ru_minflt),
      .instructions = read_counter(counter),
  };
}

struct cost cost_once(const char *const argv[], const char *in, const char *out) {
  int status;
  return run_measured(argv, in, out, &status);
}

static struct cost run_good(const char *const argv[], const char *in, const char *out) {
  int status;
  const struct cost cost = run_measured(argv, in, out, &status);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    cost_fail(argv[0]);
  return cost;
}

/* What valgrind counts, in all processes of the program. */
static double count_with_valgrind(const char *const argv[], const char *in, const char *out,
                                  const char *within) {
  char toggle[64];
  snprintf(toggle, sizeof toggle, "--toggle-collect=%s", within);
  const char *counted[ARGUMENTS_MAX] = {"valgrind", "--tool=callgrind", "--trace-children=yes",
                                        "--callgrind-out-file=/dev/null",
                                        "--log-file=" COUNTS ".%p"};
  size_t count = 5;
  if (within != NULL)
    counted[count++] = toggle;
  for (size_t i = 0; argv[i] != NULL && count < ARGUMENTS_MAX - 1; i++)
    counted[count++] = argv[i];
  run_good(counted, in, out);
  FILE *sums = popen("sed -n 's/.*Collected : //p' " COUNTS ".*; rm -f " COUNTS ".*", "r");
  double sum = 0, part;
  while (sums != NULL && fscanf(sums, "%lf", &part) == 1)
    sum += part;
  if (sums == NULL || pclose(sums) != 0)
    cost_fail("valgrind");
  return sum;
}

struct cost cost_of(const char *const argv[], const char *in, const char *out, const char *within) {
  struct cost least = run_good(argv, in, out);
  for (int i = 1; i < REPEATS; i++) {
    const struct cost next = run_good(argv, in, out);
    if (next.cpu_ms < least.cpu_ms)
      least = next;
  }
  if (counting == COUNT_VALGRIND)
    least.instructions = count_with_valgrind(argv, in, out, within);
  return least;
}

struct cost cost_each(struct cost many, struct cost few, int runs) {
  return (struct cost){.cpu_ms = (many.cpu_ms - few.cpu_ms) / runs,
                       .wall_ms = (many.wall_ms - few.wall_ms) / runs,
                       .faults = (many.faults - few.faults) / runs,
                       .instructions = (many.instructions - few.instructions) / runs};
}

struct cost cost_mean(struct cost a, struct cost b) {
  return (struct cost){.cpu_ms = (a.cpu_ms + b.cpu_ms) / 2,
                       .wall_ms = (a.wall_ms + b.wall_ms) / 2,
                       .faults = (a.faults + b.faults) / 2,
                       .instructions = (a.instructions + b.instructions) / 2};
}
