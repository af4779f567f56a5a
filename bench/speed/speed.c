/* What a simulated authentication costs on this machine: beside bare ns-3 that moves the same
 * datagrams, and with EAP-EDHOC beside EAP-PSK. CPU time of both, and the ratio, which is what to
 * compare between machines and commits. Prints tables; tests nothing. */
#include <argp.h>
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOPS_MOST = 4, REPEATS = 5, EXIT_USAGE = 2 };

struct measurement {
  double cpu_ms; /* of the program and its children */
  double wall_ms;
};

static char folder[PATH_MAX]; /* of the programs */

static void fail(const char *what) {
  fprintf(stderr, "coap-eap-speed: %s\n", what);
  exit(EXIT_USAGE);
}

static double milliseconds(struct timeval time) {
  return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* Runs a shell command and measures it. */
static struct measurement measure_run(const char *command) {
  struct timespec begin, end;
  struct rusage before, after;
  getrusage(RUSAGE_CHILDREN, &before);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  const int status = system(command);
  clock_gettime(CLOCK_MONOTONIC, &end);
  getrusage(RUSAGE_CHILDREN, &after);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail(command);
  return (struct measurement){
      .cpu_ms = milliseconds(after.ru_utime) + milliseconds(after.ru_stime) -
                milliseconds(before.ru_utime) - milliseconds(before.ru_stime),
      .wall_ms =
          (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6,
  };
}

/* The least of several: what other programs took away is in the others. */
static struct measurement measure_least(const char *command) {
  struct measurement least = measure_run(command);
  for (int i = 1; i < REPEATS; i++) {
    const struct measurement next = measure_run(command);
    if (next.cpu_ms < least.cpu_ms)
      least = next;
  }
  return least;
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

/* The datagrams of one loss-free authentication, into <work>/messages. */
static void record_messages(const char *work, int hops) {
  char command[2 * PATH_MAX], path[PATH_MAX];
  snprintf(
      command, sizeof command,
      "echo '{\"aaa\": \"local\", \"hops\": %d}' | '%s/coap-eap-sim' --log '%s/log' > '%s/result'",
      hops, folder, work, work);
  measure_run(command);
  snprintf(path, sizeof path, "%s/log", work);
  FILE *log = fopen(path, "r");
  snprintf(path, sizeof path, "%s/messages", work);
  FILE *messages = fopen(path, "w");
  if (log == NULL || messages == NULL)
    fail(path);
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, log) > 0)
    convert(line, hops, messages);
  free(line);
  fclose(log);
  fclose(messages);
}

/* Specs of these keys and values, beside hops and seeds. */
static void write_specs(const char *work, const char *keys, int hops, int runs) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/specs", work);
  FILE *specs = fopen(path, "w");
  if (specs == NULL)
    fail(path);
  for (int seed = 1; seed <= runs; seed++)
    fprintf(specs, "{%s, \"hops\": %d, \"seed\": %d}\n", keys, hops, seed);
  fclose(specs);
}

static struct measurement measure_specs(const char *work, const char *keys, int hops, int runs) {
  char command[2 * PATH_MAX];
  write_specs(work, keys, hops, runs);
  snprintf(command, sizeof command, "'%s/coap-eap-sim' -j 1 '%s/specs' > '%s/result'", folder, work,
           work);
  return measure_least(command);
}

static void measure_hops(const char *work, int hops, int runs) {
  char command[2 * PATH_MAX];
  record_messages(work, hops);
  snprintf(command, sizeof command, "'%s/bare-ns3' %d %d < '%s/messages'", folder, hops, runs,
           work);
  const struct measurement bare = measure_least(command);
  const struct measurement one = measure_specs(work, "\"aaa\": \"local\"", hops, runs);
  snprintf(command, sizeof command, "'%s/coap-eap-sim' '%s/specs' > '%s/result'", folder, work,
           work);
  const struct measurement all = measure_least(command);
  printf("%4d  %12.2f  %12.2f  %9.2f  %14.0f  %14.0f\n", hops, bare.cpu_ms / runs,
         one.cpu_ms / runs, one.cpu_ms / bare.cpu_ms, runs * 1e3 / one.wall_ms,
         runs * 1e3 / all.wall_ms);
  fflush(stdout);
}

/* The elliptic curves of EAP-EDHOC should not dominate a run. */
static void measure_methods(const char *work, int hops, int runs) {
  const struct measurement psk = measure_specs(work, "\"method\": \"eap-psk\"", hops, runs);
  const struct measurement edhoc = measure_specs(work, "\"method\": \"eap-edhoc\"", hops, runs);
  printf("%4d  %10.2f  %16.2f  %9.2f\n", hops, psk.cpu_ms / runs, edhoc.cpu_ms / runs,
         edhoc.cpu_ms / psk.cpu_ms);
  fflush(stdout);
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
  argp_err_exit_status = EXIT_USAGE;
  argp_parse(&argp, argc, argv, 0, NULL, &runs);
  char path[PATH_MAX], work[] = "/tmp/coap-eap-speed-XXXXXX";
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0 || mkdtemp(work) == NULL)
    fail("no place to work");
  path[length] = '\0';
  snprintf(folder, sizeof folder, "%s", dirname(path));
  printf("hops  bare ns-3 ms  simulator ms  CPU ratio  runs/s, 1 core  runs/s, all cores\n");
  for (int hops = 1; hops <= HOPS_MOST; hops++)
    measure_hops(work, hops, runs);
  printf("\nhops  EAP-PSK ms  EAP-EDHOC kid ms  CPU ratio\n");
  for (int hops = 1; hops <= HOPS_MOST; hops++)
    measure_methods(work, hops, runs);
  char command[64];
  snprintf(command, sizeof command, "rm -r '%s'", work);
  measure_run(command);
  return 0;
}
