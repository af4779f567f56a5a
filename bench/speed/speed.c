/* What a simulated run costs on this machine: alone and in the company of others, beside bare ns-3
 * that moves the same datagrams, beside another build, and in a campaign. Prints tables; tests
 * nothing. */
#include "share.h"
#include "subject.h"
#include "support/standard_output.h"
#include "common/version.h"

#include <argp.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bare ns-3 has no wire to an AAA server. */
#define COMPARABLE "\"aaa\": \"local\""
#define PSK "\"method\": \"eap-psk\""
#define EDHOC "\"method\": \"eap-edhoc\""

struct speed {
  int runs;
  int hops; /* at most */
  bool with_valgrind;
  const char *against; /* NULL: no other build */
};

/* The folder of ours, and the programs. */
static char work[] = "/tmp/coap-eap-speed-XXXXXX";
static char *simulator, *bare_ns3, *bare_cores, *bench, *other;

static void clear(void) {
  char command[sizeof work + 16];
  snprintf(command, sizeof command, "rm -rf '%s'", work);
  if (chdir("/") < 0 || system(command) != 0)
    fprintf(stderr, "coap-eap-speed: %s is left\n", work);
}

/* Printing */

/* Width 8; "-" for what is not known. */
static void print_figure(double value, const char *format) {
  if (isnan(value))
    printf("%8s", "-");
  else
    printf(format, value);
}

static void print_cost(struct cost cost) {
  printf("  %8.3f", cost.cpu_ms);
  print_figure(cost.instructions / 1e6, "%8.2f");
  printf("%8.1f", cost.faults < 0 ? 0 : cost.faults);
}

static void print_ratio(double a, double b) {
  printf("  ");
  print_figure(a / b, "%8.2f");
}

/* A run, by its company */

static void print_company(const struct speed *speed, int hops, enum company company,
                          const char *name) {
  printf("%4d  %-14s", hops, name);
  const struct cost ours = subject_run(simulator, company, PSK, hops, speed->runs);
  print_cost(ours);
  if (other != NULL) {
    const struct cost theirs = subject_run(other, company, PSK, hops, speed->runs);
    print_cost(theirs);
    print_ratio(theirs.cpu_ms, ours.cpu_ms);
    print_ratio(theirs.instructions, ours.instructions);
  }
  printf("\n");
  fflush(stdout);
}

static void print_runs(const struct speed *speed) {
  static const char *const title = "    CPU ms  M instr  faults";
  printf("\nA run: EAP-PSK, OSCORE, AAA server behind RADIUS, no loss; at -j 1, in the mean of %d. "
         "First: of a program, its start left out;\nkept: behind runs on the same network; other: "
         "behind a run on another one\n",
         speed->runs);
  printf("hops  run           %s", title);
  if (other != NULL)
    printf("%s  CPU, times  instr, times  (right: %s)", title, other);
  printf("\n");
  for (int hops = 1; hops <= speed->hops; hops++) {
    print_company(speed, hops, COMPANY_FIRST, "first");
    print_company(speed, hops, COMPANY_KEPT, "kept network");
    print_company(speed, hops, COMPANY_OTHER, "other network");
  }
}

/* Beside bare ns-3 */

static void print_beside(const char *hops, struct cost bare, struct cost ours, struct cost cores) {
  const struct cost rest = {.cpu_ms = ours.cpu_ms - cores.cpu_ms,
                            .instructions = ours.instructions - cores.instructions};
  printf("%6s", hops);
  print_figure(bare.cpu_ms, "%10.3f");
  print_figure(ours.cpu_ms, "%10.3f");
  print_figure(cores.cpu_ms, "%8.3f");
  print_ratio(ours.cpu_ms, bare.cpu_ms);
  print_ratio(rest.cpu_ms, bare.cpu_ms);
  printf("  ");
  print_figure(bare.instructions / 1e6, "%8.2f");
  print_figure(ours.instructions / 1e6, "%8.2f");
  print_figure(cores.instructions / 1e6, "%8.2f");
  print_ratio(ours.instructions, bare.instructions);
  print_ratio(rest.instructions, bare.instructions);
  printf("\n");
  fflush(stdout);
}

/* Two numbers of hops in turn, for both build each network anew then. */
static void print_beside_anew(const struct speed *speed, struct cost cores) {
  static const int hops[2] = {1, 2};
  const struct cost bare =
      cost_mean(subject_bare(bare_ns3, simulator, COMPARABLE, hops[0], false, speed->runs),
                subject_bare(bare_ns3, simulator, COMPARABLE, hops[1], false, speed->runs));
  print_beside("1, 2", bare, subject_run_in_turn(simulator, COMPARABLE, hops, speed->runs), cores);
}

static void print_bare(const struct speed *speed) {
  const struct cost cores = subject_cores(bare_cores, COMPARABLE, speed->runs);
  printf("\nBeside bare ns-3 that moves the same datagrams (EAP server in the authenticator): "
         "processor time in ms, and millions of instructions;\nwhat the protocol cores cost alone "
         "(bare-cores); and the ratios to bare ns-3, of all and without the cores\n");
  printf("  hops      bare simulator   cores     ratio   without      bare  simul.   cores     "
         "ratio   without\n");
  for (int hops = 1; hops <= speed->hops; hops++) {
    char text[16];
    snprintf(text, sizeof text, "%d", hops);
    const struct cost bare = subject_bare(bare_ns3, simulator, COMPARABLE, hops, true, speed->runs);
    print_beside(text, bare, subject_run(simulator, COMPANY_KEPT, COMPARABLE, hops, speed->runs),
                 cores);
  }
  print_beside_anew(speed, cores);
  printf("The last row: 1 and 2 hops in turn, each network built anew; the others in a network "
         "that is kept\n");
}

/* The elliptic curves of EAP-EDHOC should not dominate a run. */
static void print_methods(const struct speed *speed) {
  printf("\nEAP-EDHOC (static Diffie-Hellman, kid) beside EAP-PSK, kept network: processor time in "
         "ms\nhops   EAP-PSK  EAP-EDHOC     ratio\n");
  for (int hops = 1; hops <= speed->hops; hops++) {
    const struct cost psk = subject_run(simulator, COMPANY_KEPT, PSK, hops, speed->runs);
    const struct cost edhoc = subject_run(simulator, COMPANY_KEPT, EDHOC, hops, speed->runs);
    printf("%4d  %8.3f   %8.3f", hops, psk.cpu_ms, edhoc.cpu_ms);
    print_ratio(edhoc.cpu_ms, psk.cpu_ms);
    printf("\n");
    fflush(stdout);
  }
}

static void print_hourly(const struct speed *speed) {
  printf("\nRuns an hour on all %ld processors (EAP-PSK, kept network)",
         sysconf(_SC_NPROCESSORS_ONLN));
  for (int hops = 1; hops <= speed->hops; hops++)
    printf("%s %.0f over %d", hops == 1 ? ":" : ",",
           subject_hourly(simulator, PSK, hops, 2 * speed->runs), hops);
  printf(" hops\n");
  if (other != NULL)
    printf("The other build: %.0f over 1\n", subject_hourly(other, PSK, 1, speed->runs));
}

/* Places */

/* The place of a program in a folder. */
static char *in_folder(const char *folder, const char *name) {
  char *path = NULL;
  if (asprintf(&path, "%s/%s", folder, name) < 0)
    cost_fail("no memory");
  return path;
}

/* The simulator that --against means: itself, or that of a build folder. */
static char *find_other(const char *given) {
  struct stat found;
  char *path = realpath(given, NULL);
  if (path != NULL && stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
    char *inside = in_folder(path, "coap-eap-sim");
    free(path);
    path = inside;
  }
  if (path == NULL || access(path, X_OK) != 0) {
    fprintf(stderr, "coap-eap-speed: --against %s: there is no coap-eap-sim\n", given);
    exit(EXIT_USAGE);
  }
  return path;
}

/* Makes a folder of our own the working one, and finds the programs. */
static void prepare(const struct speed *speed) {
  char path[PATH_MAX];
  if (speed->against != NULL)
    other = find_other(speed->against);
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0 || mkdtemp(work) == NULL || chdir(work) < 0)
    cost_fail("no place to work");
  atexit(clear);
  path[length] = '\0';
  const char *folder = dirname(path);
  simulator = in_folder(folder, "coap-eap-sim");
  bare_ns3 = in_folder(folder, "bare-ns3");
  bare_cores = in_folder(folder, "bare-cores");
  bench = in_folder(folder, "coap-eap-bench");
}

static void release(void) {
  char *const paths[] = {simulator, bare_ns3, bare_cores, bench, other};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
    free(paths[i]);
}

/* Usage */

enum { OPTION_AGAINST = 256, OPTION_VALGRIND };

static int parse_count(struct argp_state *state, const char *name, const char *text, long most) {
  char *end;
  const long value = strtol(text, &end, 10);
  if (*end != '\0' || end == text || value < 1 || value > most)
    argp_error(state, "%s: \"%s\" is not accepted; it takes an integer from 1 to %ld", name, text,
               most);
  return (int)value;
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
  struct speed *speed = state->input;
  switch (key) {
  case 'n':
    speed->runs = parse_count(state, "-n", argument, 1000000);
    return 0;
  case 'H':
    speed->hops = parse_count(state, "--hops", argument, 16);
    return 0;
  case OPTION_AGAINST:
    speed->against = argument;
    return 0;
  case OPTION_VALGRIND:
    speed->with_valgrind = true;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option OPTIONS[] = {
    {"runs", 'n', "N", 0, "Runs of which a figure is the mean (default: 500)", 0},
    {"hops", 'H', "N", 0, "Measure over 1 to N hops (default: 4)", 0},
    {"against", OPTION_AGAINST, "BUILD", 0,
     "Measure the coap-eap-sim of another build folder, too, and print how many times as much a "
     "run "
     "costs there",
     0},
    {"valgrind", OPTION_VALGRIND, NULL, 0,
     "Where the processor's counter is not available (most virtual machines), let valgrind count "
     "instructions; take few runs then: -n 50",
     0},
    {0}};

static const char DOCUMENTATION[] =
    "Prints what a simulated run costs on this machine: processor time (user and system, of the "
    "program and its workers), instructions in user space and page faults."
    "\vA figure of a run is a difference: what N+1 runs cost, less what one costs, divided by N. "
    "Of "
    "each program that is measured the least of five times counts. Processor time differs between "
    "machines, and with what else they do: compare ratios, and what one call of this program "
    "prints; "
    "instructions and page faults are nearly the same everywhere.\n\n"
    "  coap-eap-speed                      # all tables, some minutes\n"
    "  coap-eap-speed --hops 1 -n 2000     # one hop, and less noise\n"
    "  coap-eap-speed --hops 1 -n 50 --valgrind\n"
    "  git worktree add before HEAD~20     # before and after, side by side\n"
    "  cmake -S before -B before/build -G Ninja\n"
    "  cmake --build before/build --target coap-eap-sim\n"
    "  coap-eap-speed --against before/build\n\n"
    "The cores' own computing is measured by running them alone (bare-cores): the same nodes with "
    "the same keys, whose datagrams are carried by nothing. Bare ns-3 (bare-ns3) sends as many "
    "octets "
    "at the same times through stock ns-3, and notes nothing.";

int main(int argc, char **argv) {
  const struct argp argp = {OPTIONS, parse_option, NULL, DOCUMENTATION, NULL, NULL, NULL};
  struct speed speed = {.runs = 500, .hops = 4};
  standard_output_guard("coap-eap-speed", EXIT_USAGE);
  argp_err_exit_status = EXIT_USAGE;
  argp_program_version = version_text("coap-eap-speed");
  argp_parse(&argp, argc, argv, 0, NULL, &speed);
  prepare(&speed);
  printf("%s\n", cost_count_instructions(speed.with_valgrind));
  print_runs(&speed);
  print_bare(&speed);
  print_methods(&speed);
  print_hourly(&speed);
  printf("\n");
  share_print(bench, simulator, 4 * speed.runs);
  release();
  return 0;
}
