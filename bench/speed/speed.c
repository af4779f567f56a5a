/* What a simulated authentication costs on this machine: beside bare ns-3 that moves the same
 * datagrams, and with EAP-EDHOC beside EAP-PSK. CPU time of both, and the ratio, which is what to
 * compare between machines and commits. Prints tables; tests nothing. */
#include "support/standard_output.h"

#include <argp.h>
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOPS_MOST = 4, REPEATS = 5, EXIT_USAGE = 2 };

struct measurement {
  double cpu_ms; /* of the program and its children */
  double wall_ms;
};

/* Files in `work`. */
#define SPECS "specs"
#define RESULT "result"
#define LOG "log"
#define MESSAGES "messages"

static char work[] = "/tmp/coap-eap-speed-XXXXXX";
static char *simulator, *bare_ns3; /* paths */

static void fail(const char *what) {
  fprintf(stderr, "coap-eap-speed: %s\n", what);
  exit(EXIT_USAGE);
}

static void clear(void) {
  static const char *const FILES[] = {SPECS, RESULT, LOG, MESSAGES};
  for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
    unlink(FILES[i]);
  rmdir(work);
}

static double milliseconds(struct timeval time) {
  return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* In the child: the program with these files (NULL: ours) as its standard streams. */
static void become(const char *const argv[], const char *in, const char *out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if ((in == NULL || freopen(in, "r", stdin) != NULL) &&
      (out == NULL || freopen(out, "w", stdout) != NULL))
    execv(argv[0], (char *const *)(uintptr_t)argv);
  perror(argv[0]);
  _exit(EXIT_USAGE);
}

/* Runs a program and measures it. */
static struct measurement measure_run(const char *const argv[], const char *in, const char *out) {
  struct timespec begin, end;
  struct rusage before, after;
  int status = -1;
  getrusage(RUSAGE_CHILDREN, &before);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  fflush(stdout); /* or the child would write it, too */
  const pid_t child = fork();
  if (child == 0)
    become(argv, in, out);
  if (child < 0 || waitpid(child, &status, 0) != child)
    fail(argv[0]);
  clock_gettime(CLOCK_MONOTONIC, &end);
  getrusage(RUSAGE_CHILDREN, &after);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail(argv[0]);
  return (struct measurement){
      .cpu_ms = milliseconds(after.ru_utime) + milliseconds(after.ru_stime) -
                milliseconds(before.ru_utime) - milliseconds(before.ru_stime),
      .wall_ms =
          (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6,
  };
}

/* The least of several: what other programs took away is in the others. */
static struct measurement measure_least(const char *const argv[], const char *in) {
  struct measurement least = measure_run(argv, in, RESULT);
  for (int i = 1; i < REPEATS; i++) {
    const struct measurement next = measure_run(argv, in, RESULT);
    if (next.cpu_ms < least.cpu_ms)
      least = next;
  }
  return least;
}

static FILE *open_or_fail(const char *name, const char *mode) {
  FILE *file = fopen(name, mode);
  if (file == NULL)
    fail(name);
  return file;
}

/* Closes what was written, all of it. */
static void close_or_fail(FILE *file, const char *name) {
  const bool failed = ferror(file) != 0;
  if (fclose(file) != 0 || failed)
    fail(name);
}

/* One line for bare-ns3 of a message in the log, if it is one. */
static void convert(const char *line, int hops, FILE *out) {
  json_t *entry = json_loads(line, 0, NULL);
  const char *from = json_string_value(json_object_get(entry, "from"));
  if (from != NULL) {
    const int sender = strcmp(from, "authenticator") == 0 ? 0 : hops;
    fprintf(out, "%.0f %d %d %lld\n", json_number_value(json_object_get(entry, "t_ms")) * 1e6,
            sender, hops - sender, (long long)json_integer_value(json_object_get(entry, "bytes")));
  }
  json_decref(entry);
}

/* The datagrams of one loss-free authentication, into MESSAGES. */
static void record_messages(int hops) {
  const char *const argv[] = {simulator, SPECS, "--log", LOG, NULL};
  FILE *specs = open_or_fail(SPECS, "w");
  fprintf(specs, "{\"aaa\": \"local\", \"hops\": %d}\n", hops);
  close_or_fail(specs, SPECS);
  measure_run(argv, NULL, RESULT);
  FILE *log = open_or_fail(LOG, "r"), *messages = open_or_fail(MESSAGES, "w");
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, log) > 0)
    convert(line, hops, messages);
  free(line);
  close_or_fail(log, LOG);
  close_or_fail(messages, MESSAGES);
}

/* Specs of these keys and values, beside hops and seeds. */
static void write_specs(const char *keys, int hops, int runs) {
  FILE *specs = open_or_fail(SPECS, "w");
  for (int seed = 1; seed <= runs; seed++)
    fprintf(specs, "{%s, \"hops\": %d, \"seed\": %d}\n", keys, hops, seed);
  close_or_fail(specs, SPECS);
}

static struct measurement measure_specs(const char *keys, int hops, int runs) {
  const char *const argv[] = {simulator, "-j", "1", SPECS, NULL};
  write_specs(keys, hops, runs);
  return measure_least(argv, NULL);
}

static void measure_hops(int hops, int runs) {
  char hops_text[16], runs_text[16];
  snprintf(hops_text, sizeof hops_text, "%d", hops);
  snprintf(runs_text, sizeof runs_text, "%d", runs);
  const char *const bare_argv[] = {bare_ns3, hops_text, runs_text, NULL};
  const char *const all_argv[] = {simulator, SPECS, NULL};
  record_messages(hops);
  const struct measurement bare = measure_least(bare_argv, MESSAGES);
  const struct measurement one = measure_specs("\"aaa\": \"local\"", hops, runs);
  const struct measurement all = measure_least(all_argv, NULL);
  printf("%4d  %12.2f  %12.2f  %9.2f  %14.0f  %14.0f\n", hops, bare.cpu_ms / runs,
         one.cpu_ms / runs, one.cpu_ms / bare.cpu_ms, runs * 1e3 / one.wall_ms,
         runs * 1e3 / all.wall_ms);
  fflush(stdout);
}

/* The elliptic curves of EAP-EDHOC should not dominate a run. */
static void measure_methods(int hops, int runs) {
  const struct measurement psk = measure_specs("\"method\": \"eap-psk\"", hops, runs);
  const struct measurement edhoc = measure_specs("\"method\": \"eap-edhoc\"", hops, runs);
  printf("%4d  %10.2f  %16.2f  %9.2f\n", hops, psk.cpu_ms / runs, edhoc.cpu_ms / runs,
         edhoc.cpu_ms / psk.cpu_ms);
  fflush(stdout);
}

/* The place of a program beside ours. */
static char *beside(const char *folder, const char *name) {
  char *path = NULL;
  if (asprintf(&path, "%s/%s", folder, name) < 0)
    fail("no memory");
  return path;
}

/* Makes a folder of our own the working one, and finds the programs. */
static void prepare(void) {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0 || mkdtemp(work) == NULL || chdir(work) < 0)
    fail("no place to work");
  atexit(clear);
  path[length] = '\0';
  const char *folder = dirname(path);
  simulator = beside(folder, "coap-eap-sim");
  bare_ns3 = beside(folder, "bare-ns3");
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
  int *runs = state->input;
  if (key != 'n')
    return ARGP_ERR_UNKNOWN;
  *runs = atoi(argument);
  if (*runs < 1)
    argp_error(state, "-n: \"%s\" is not accepted; it takes an integer from 1", argument);
  return 0;
}

int main(int argc, char **argv) {
  static const struct argp_option options[] = {
      {"runs", 'n', "N", 0, "Runs of each row (default: 200)", 0}, {0}};
  static const struct argp argp = {
      options,
      parse_option,
      NULL,
      "Prints the CPU time of a simulated authentication (EAP-PSK, EAP server in the "
      "authenticator, OSCORE, no loss), of bare ns-3 "
      "moving the same datagrams, and their ratio; then that of EAP-EDHOC (static Diffie-Hellman, "
      "kid) and its ratio to EAP-PSK, with an AAA server.",
      NULL,
      NULL,
      NULL};
  int runs = 200;
  standard_output_guard("coap-eap-speed", EXIT_USAGE);
  argp_err_exit_status = EXIT_USAGE;
  argp_parse(&argp, argc, argv, 0, NULL, &runs);
  prepare();
  printf("hops  bare ns-3 ms  simulator ms  CPU ratio  runs/s, 1 core  runs/s, all cores\n");
  for (int hops = 1; hops <= HOPS_MOST; hops++)
    measure_hops(hops, runs);
  printf("\nhops  EAP-PSK ms  EAP-EDHOC kid ms  CPU ratio\n");
  for (int hops = 1; hops <= HOPS_MOST; hops++)
    measure_methods(hops, runs);
  free(simulator);
  free(bare_ns3);
  return 0;
}
