/* The program coap-eap-sim: specs in, results out. */
#define _GNU_SOURCE
#include "cast/edhoc_credentials.h"
#include "describe.h"
#include "ns3/world.h"
#include "pool/pool.h"
#include "support/standard_output.h"
#include "common/version.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  OPTION_DESCRIBE = 256,
  OPTION_RESOLVE,
  OPTION_SEEDS,
  OPTION_PCAP,
  OPTION_AIR_ONLY,
  OPTION_LOG,
  OPTION_WALL_LIMIT
};
enum { WORKERS_MAX = 1024, SEEDS_MAX = 1000000, WALL_LIMIT_DEFAULT_S = 600, EXIT_USAGE = 2 };

struct arguments {
  bool describe;
  bool resolve;
  unsigned seeds;    /* of each spec that is resolved; 0: not said */
  const char *specs; /* NULL: standard input */
  const char *log;
  struct pool_options pool;
};

static unsigned parse_count(struct argp_state *state, const char *text, const char *what,
                            unsigned most) {
  char *end;
  errno = 0;
  const unsigned long value = strtoul(text, &end, 10);
  if (errno != 0 || *end != '\0' || end == text || *text == '-' || value < 1 || value > most)
    argp_error(state, "%s: \"%s\" is not accepted; it takes an integer from 1 to %u", what, text,
               most);
  return (unsigned)value;
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
  struct arguments *arguments = state->input;
  switch (key) {
  case 'j':
    arguments->pool.workers = parse_count(state, argument, "-j", WORKERS_MAX);
    return 0;
  case OPTION_DESCRIBE:
    arguments->describe = true;
    return 0;
  case OPTION_RESOLVE:
    arguments->resolve = true;
    return 0;
  case OPTION_SEEDS:
    arguments->seeds = parse_count(state, argument, "--seeds", SEEDS_MAX);
    return 0;
  case OPTION_PCAP:
    arguments->pool.pcap_directory = argument;
    return 0;
  case OPTION_AIR_ONLY:
    arguments->pool.air_only = true;
    return 0;
  case OPTION_LOG:
    arguments->log = argument;
    return 0;
  case OPTION_WALL_LIMIT:
    arguments->pool.wall_limit_s = parse_count(state, argument, "--wall-limit", 86400);
    return 0;
  case ARGP_KEY_END:
    if (arguments->seeds > 0 && !arguments->resolve)
      argp_error(state, "--seeds goes with --resolve");
    return 0;
  case ARGP_KEY_ARG:
    if (arguments->specs != NULL)
      argp_error(state, "one file of specs at most");
    arguments->specs = argument;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
    {"jobs", 'j', "N", 0, "Run N at a time (default: the number of processors)", 0},
    {"describe", OPTION_DESCRIBE, NULL, 0,
     "Print every key of specs and results, with units, ranges and defaults, as JSON", 0},
    {"resolve", OPTION_RESOLVE, NULL, 0,
     "Do not run: print each spec with its defaults filled in, and the key that identifies the run",
     0},
    {"seeds", OPTION_SEEDS, "N", 0,
     "With --resolve: each spec stands for N runs, with its seed and those that follow; of these "
     "their keys are printed",
     0},
    {"pcap", OPTION_PCAP, "DIR", 0,
     "Write air.pcap (every transmitted frame once), node-N.pcap and backhaul.pcap (RADIUS) to "
     "DIR; runs after the first to DIR/2, DIR/3, ...",
     0},
    {"air-only", OPTION_AIR_ONLY, NULL, 0,
     "With --pcap: no node-N.pcap; large networks have few files then, and run faster", 0},
    {"log", OPTION_LOG, "FILE", 0,
     "Write one JSON object for each message, event and frame, with what became of it, to FILE", 0},
    {"wall-limit", OPTION_WALL_LIMIT, "SECONDS", 0,
     "Kill a run that takes longer (default: 600); its outcome is \"hung\", which measures nothing",
     0},
    {0}};

static const char documentation[] =
    "Simulates the authentication of constrained devices with EAP over CoAP on 6LoWPAN networks, "
    "and counts what it costs."
    "\vSpecs are flat JSON objects, one a line, from SPECS or standard input; absent keys take "
    "their defaults. Results are JSON objects, one a line, in the same order. Equal specs give "
    "equal results, but for keys that begin with wall_.\n\n"
    "  echo '{\"hops\": 3, \"frame_loss\": 0.1, \"seed\": 7}' | coap-eap-sim\n"
    "  echo '{}' | coap-eap-sim --pcap /tmp/one --log /tmp/one.jsonl\n"
    "  coap-eap-sim --describe | jq -r '.spec[] | [.name, .default, .help] | @tsv'\n\n"
    "Exit status: 0 if every authentication was established, 1 if some was not, 2 if a spec or "
    "the usage was wrong, or input or output failed.";

/* Standard input, or the file that was named. */
static int open_specs(const char *path) {
  const int file = path == NULL ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    fprintf(stderr, "coap-eap-sim: %s: %s\n", path, strerror(errno));
    exit(EXIT_USAGE);
  }
  return file;
}

static bool make_output_directory(const char *path) {
  if (mkdir(path, 0777) < 0 && errno != EEXIST)
    return false;
  struct stat found;
  if (stat(path, &found) < 0)
    return false;
  errno = ENOTDIR;
  return S_ISDIR(found.st_mode) && access(path, W_OK | X_OK) == 0;
}

static void prepare_outputs(struct arguments *arguments) {
  const char *directory = arguments->pool.pcap_directory;
  if (directory != NULL && !make_output_directory(directory)) {
    fprintf(stderr, "coap-eap-sim: --pcap %s: %s\n", directory, strerror(errno));
    exit(EXIT_USAGE);
  }
  if (arguments->log == NULL)
    return;
  arguments->pool.log = fopen(arguments->log, "we");
  if (arguments->pool.log == NULL) {
    fprintf(stderr, "coap-eap-sim: --log %s: %s\n", arguments->log, strerror(errno));
    exit(EXIT_USAGE);
  }
}

/* The exit status, once the log is closed. */
static int close_log(const struct arguments *arguments, int status) {
  if (arguments->pool.log == NULL || fclose(arguments->pool.log) == 0)
    return status;
  fprintf(stderr, "coap-eap-sim: --log %s: %s\n", arguments->log, strerror(errno));
  return EXIT_USAGE;
}

int main(int argc, char **argv) {
  const struct argp argp = {options, parse_option, "[SPECS]", documentation, NULL, NULL, NULL};
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  struct arguments arguments = {
      .pool = {.run = run_spec,
               .make_home = run_home_create,
               .workers = processors < 1 ? 1 : (unsigned)processors,
               .wall_limit_s = WALL_LIMIT_DEFAULT_S},
  };
  standard_output_guard("coap-eap-sim", EXIT_USAGE);
  argp_err_exit_status = EXIT_USAGE;
  argp_program_version = version_text("coap-eap-sim");
  argp_parse(&argp, argc, argv, 0, NULL, &arguments);
  if (arguments.describe) {
    describe(stdout, version_commit());
    return 0;
  }
  const int specs = open_specs(arguments.specs);
  if (arguments.resolve)
    return describe_resolve(fdopen(specs, "r"), stdout, arguments.seeds == 0 ? 1 : arguments.seeds);
  prepare_outputs(&arguments);
  world_warm_up();
  edhoc_credentials_warm_up();
  return close_log(&arguments, (int)pool_process(specs, stdout, &arguments.pool));
}
