/* coap-eap-bench: campaigns of runs of coap-eap-sim. */
#include "campaign/campaign.h"
#include "compare/compare.h"
#include "scenario/scenario.h"
#include "show/show.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/standard_output.h"
#include "common/version.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char HELP[] =
    "usage: coap-eap-bench plan|run|report [option...] SCENARIO...\n"
    "       coap-eap-bench index [--results DIR]\n"
    "       coap-eap-bench show [option...] [SCENARIO | RUN] [key=value...]\n"
    "       coap-eap-bench compare [--json] [--ignore KEY]... A B\n"
    "\n"
    "A scenario is a YAML file that says what to sweep; its runs, tables and figures\n"
    "are a campaign, kept in results/NAME. SCENARIO is a path, or a name in scenarios/.\n"
    "The head of scenarios/loss.yaml says how one is written. What it expects of its cells, or of\n"
    "their ratios and differences to a baseline (`expect`), run and report check.\n"
    "\n"
    "  plan    print what would be run, what is stored already, and about how long it takes\n"
    "            coap-eap-bench plan loss\n"
    "            coap-eap-bench plan --specs smoke | coap-eap-sim -j 2\n"
    "          As run does, it tells all mistakes of a scenario at once, with their lines, before\n"
    "          anything is run: also what a report would lack, as cells, baselines and room for "
    "lines.\n"
    "          It warns of keys that are varied without an effect on the runs, and\n"
    "          of cells that the simulator refuses.\n"
    "  run     run what the store lacks, then report\n"
    "            coap-eap-bench run smoke\n"
    "            coap-eap-bench run -j 8 hops loss\n"
    "          It may be interrupted (Ctrl-C) at any time: what has come is stored, and running\n"
    "          it again goes on from there. A scenario that grew runs what is new only.\n"
    "  report  make tables, figures, CSV and page again from the store, without the simulator\n"
    "            coap-eap-bench report loss\n"
    "  index   join the reports of all campaigns in results/index.html, as run and report do at "
    "their\n"
    "          end\n"
    "  show    run one spec, once, and print its messages as the draft draws them, what each "
    "octet\n"
    "          was for, time and energy by cause, and the command that repeats it\n"
    "            coap-eap-bench show\n"
    "            coap-eap-bench show hops=3 frame_loss=0.2 seed=7 --svg ladder.svg\n"
    "            coap-eap-bench show hops=2 frame_loss=0.3 --frames\n"
    "            coap-eap-bench show overhead case='EAP-EDHOC, kid'\n"
    "            coap-eap-bench show --slowest loss hops=3 frame_loss=0.2 loss_model=frame "
    "case=EAP-PSK\n"
    "            coap-eap-bench show --median loss/0\n"
    "            coap-eap-bench show loss/0/7\n"
    "          Of a scenario its first cell with its first seed, or that of the case. The keys "
    "are\n"
    "          those of coap-eap-sim --describe.\n"
    "          Of a campaign it makes a run again: the slowest of a cell, or the one in its "
    "middle;\n"
    "          that of a cell and seed (NAME/CELL/SEED, as plan --specs names it; CELL is the\n"
    "          column cell of runs.csv); or that of a key of runs.csv, or of how it begins. It "
    "says\n"
    "          whether it came out as it was stored.\n"
    "  compare what moved between two lists of runs: which keys of the results, in how many runs,\n"
    "          and the largest move of each with the spec that repeats it\n"
    "            cp -r results/loss earlier    # and then run loss with another build\n"
    "            coap-eap-bench compare earlier results/loss\n"
    "            coap-eap-bench plan --specs smoke >specs.jsonl\n"
    "            coap-eap-sim specs.jsonl >before.jsonl\n"
    "            coap-eap-sim specs.jsonl | coap-eap-bench compare before.jsonl -\n"
    "          A and B are each a campaign's store (campaign.db, or the folder that holds it: its\n"
    "          runs by the latest code) or results as coap-eap-sim prints them (- is standard "
    "input).\n"
    "          Runs are paired whose specs are equal in the keys that both lists know. Not\n"
    "          compared: id, code and keys that begin with wall_. A key that one list never has "
    "is\n"
    "          named, and is no move.\n"
    "\n"
    "options:\n"
    "  -j, --jobs N         workers of the simulator (default: one for each processor)\n"
    "      --results DIR    folder of the campaigns (default: results)\n"
    "      --scenarios DIR  folder of the scenarios (default: scenarios)\n"
    "      --simulator PATH the simulator (default: coap-eap-sim beside this program)\n"
    "      --specs          plan: print the specs, one JSON object a line\n"
    "      --again          run: run what crashed or hung once more\n"
    "      --svg FILE       show: draw the messages as well, as an SVG sequence diagram\n"
    "      --peer N         show: of several peers the messages of this one, or of `all` (default: "
    "1; "
    "all\n"
    "                       where peers ask each other, by ace_profile)\n"
    "      --slowest CELL   show: the slowest run of a cell, NAME/CELL or NAME and its columns\n"
    "      --median CELL    show: the run in the middle of a cell\n"
    "      --by NUMBER      show: what these go by, a number of results (default: time_ms)\n"
    "      --frames         show: list every frame as well: what it carried, which try it was, and "
    "what\n"
    "                       became of it (lost on the link, collision, receiver asleep, ...)\n"
    "      --json           show, compare: print JSON instead\n"
    "      --ignore KEY     compare: leave out this key, and all below it: time_ms, "
    "messages.EAP-PSK "
    "2,\n"
    "                       spec.seed (runs are then paired without it); may be given again\n"
    "  -h, --help           this text\n"
    "      --version        version, commit and code of the build\n"
    "\n"
    "What a campaign leaves in results/NAME:\n"
    "  campaign.db   all runs (SQLite). Of the present scenario and code are the views current (a\n"
    "                row for each run), ledger and details; the table runs has all that ever "
    "were:\n"
    "                  select hops, avg(time_ms) from current group by hops\n"
    "  runs.csv      a line for each run\n"
    "  cells.csv     a line for each cell and measure that is shown, with its interval of 95 %\n"
    "  ledger.csv    a line for each row of the ledgers of each run\n"
    "  details.csv   a line for each time and energy inside of each run: radio_ms.peer.transmit\n"
    "  columns.csv   unit and meaning of each column of these, and of the views. Ratios in all of\n"
    "                them are from 0 to 1; in tables, figures and the page they are in %\n"
    "  tables/       text, CSV, Markdown and LaTeX\n"
    "  figures/      SVG, PNG, PDF and EPS of each, its data, and its gnuplot script, which runs "
    "as it lies\n"
    "  report.html   all of it on one page that needs nothing else; ../index.html joins them\n"
    "  provenance.json  what made the files of this folder: code, commit, libraries, seeds\n"
    "\n"
    "exit status: 0 all good; 1 a run crashed, hung or could not be run, an expectation of the\n"
    "scenario is violated, what was compared moved or has no pair, or output could not be "
    "written;\n"
    "2 bad usage, scenario or list of runs; 130 interrupted. An authentication that fails is a\n"
    "measurement, and no error; a run that hung is none.\n";

enum { JOBS_MAX = 1024 };
enum {
  OPTION_RESULTS = 256,
  OPTION_SCENARIOS,
  OPTION_SIMULATOR,
  OPTION_SPECS,
  OPTION_AGAIN,
  OPTION_SVG,
  OPTION_PEER,
  OPTION_SLOWEST,
  OPTION_MEDIAN,
  OPTION_BY,
  OPTION_FRAMES,
  OPTION_JSON,
  OPTION_IGNORE,
  OPTION_VERSION,
};

static const struct option OPTIONS[] = {
    {"jobs", required_argument, NULL, 'j'},
    {"results", required_argument, NULL, OPTION_RESULTS},
    {"scenarios", required_argument, NULL, OPTION_SCENARIOS},
    {"simulator", required_argument, NULL, OPTION_SIMULATOR},
    {"specs", no_argument, NULL, OPTION_SPECS},
    {"again", no_argument, NULL, OPTION_AGAIN},
    {"svg", required_argument, NULL, OPTION_SVG},
    {"peer", required_argument, NULL, OPTION_PEER},
    {"slowest", required_argument, NULL, OPTION_SLOWEST},
    {"median", required_argument, NULL, OPTION_MEDIAN},
    {"by", required_argument, NULL, OPTION_BY},
    {"frames", no_argument, NULL, OPTION_FRAMES},
    {"json", no_argument, NULL, OPTION_JSON},
    {"ignore", required_argument, NULL, OPTION_IGNORE},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

static const struct verb {
  const char *name;
  enum bench_exit (*act)(const struct bench_options *options, const char *scenario);
} VERBS[] = {{"plan", campaign_plan}, {"run", campaign_run}, {"report", campaign_report}};

/* Those that take words of their own. */
static const struct word_verb {
  const char *name;
  enum bench_exit (*act)(const struct bench_options *options, char *const words[], int count);
} WORD_VERBS[] = {{"show", show}, {"compare", compare}, {"index", campaign_index}};

/* A number from 1 to `most`, or -1. */
static int count_read(const char *text, int most) {
  char *end;
  long count = strtol(text, &end, 10);
  return *text != '\0' && *end == '\0' && count >= 1 && count <= most ? (int)count : -1;
}

/* The number of a peer, 0 for `all`, or -1. */
static int peer_option_read(const char *text) {
  return strcmp(text, "all") == 0 ? 0 : count_read(text, INT_MAX);
}

static enum bench_exit bad_usage(const char *what) {
  fprintf(stderr, "%s; coap-eap-bench --help says more\n", what);
  return BENCH_BAD_USAGE;
}

/* Reads the options; `ignore` has room for all of them. Returns whether to go on; `status` is that
 * of not going on. */
static bool options_read(int argc, char **argv, struct bench_options *options,
                         enum bench_exit *status) {
  int option;
  while ((option = getopt_long(argc, argv, "j:h", OPTIONS, NULL)) >= 0) {
    if (optarg != NULL && *optarg == '\0') {
      *status = bad_usage("an option was given an empty text");
      return false;
    }
    switch (option) {
    case 'j':
      options->jobs = count_read(optarg, JOBS_MAX);
      break;
    case OPTION_RESULTS:
      options->results = optarg;
      break;
    case OPTION_SCENARIOS:
      options->scenarios = optarg;
      break;
    case OPTION_SIMULATOR:
      options->simulator = optarg;
      break;
    case OPTION_SPECS:
      options->specs = true;
      break;
    case OPTION_AGAIN:
      options->again = true;
      break;
    case OPTION_SVG:
      options->svg = optarg;
      break;
    case OPTION_PEER:
      options->peer = peer_option_read(optarg);
      break;
    case OPTION_SLOWEST:
      options->slowest = optarg;
      break;
    case OPTION_MEDIAN:
      options->median = optarg;
      break;
    case OPTION_BY:
      options->by = optarg;
      break;
    case OPTION_FRAMES:
      options->frames = true;
      break;
    case OPTION_JSON:
      options->json = true;
      break;
    case OPTION_IGNORE:
      options->ignore[options->ignore_count++] = optarg;
      break;
    case 'h':
      fputs(HELP, stdout);
      *status = BENCH_GOOD;
      return false;
    case OPTION_VERSION:
      puts(version_text("coap-eap-bench"));
      *status = BENCH_GOOD;
      return false;
    default:
      *status = bad_usage("bad option");
      return false;
    }
  }
  if (options->jobs > 0 && options->peer != -1)
    return true;
  *status = bad_usage(options->jobs < 0 ? "-j takes a number from 1 to 1024"
                                        : "--peer takes the number of a peer, from 1, or `all`");
  return false;
}

/* Whether all are there, which is said before the first is begun. */
static bool all_are_there(const struct bench_options *options, char *const names[], int count) {
  bool good = true;
  for (int i = 0; i < count; i++) {
    struct text error = {0};
    char *path = scenario_find(names[i], options->scenarios, &error);
    if (path == NULL)
      fputs(text_string(&error), stderr);
    good = good && path != NULL;
    free(path);
    text_deinit(&error);
  }
  return good;
}

/* Acts on each scenario; the worst status counts. */
static enum bench_exit act_on_each(const struct verb *verb, const struct bench_options *options,
                                   char *const names[], int count) {
  if (count > 1 && !all_are_there(options, names, count))
    return BENCH_BAD_USAGE;
  enum bench_exit status = count == 0 ? bad_usage("which scenario?") : BENCH_GOOD;
  for (int i = 0; i < count && status != BENCH_INTERRUPTED; i++) {
    enum bench_exit one = verb->act(options, names[i]);
    status = one > status ? one : status;
  }
  return status;
}

/* The first word is the verb. */
static enum bench_exit act_by_verb(const struct bench_options *options, char *const words[],
                                   int count) {
  const char *name = count > 0 ? words[0] : "";
  for (size_t i = 0; i < sizeof WORD_VERBS / sizeof WORD_VERBS[0]; i++)
    if (strcmp(WORD_VERBS[i].name, name) == 0)
      return WORD_VERBS[i].act(options, words + 1, count - 1);
  for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
    if (strcmp(VERBS[i].name, name) == 0)
      return act_on_each(&VERBS[i], options, words + 1, count - 1);
  return bad_usage("the first word is plan, run, report, index, show or compare");
}

int main(int argc, char **argv) {
  struct bench_options options = {
      .results = "results", .scenarios = "scenarios", .peer = BENCH_PEER_UNSAID};
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  options.jobs = processors > 0 ? (int)processors : 1;
  options.ignore = memory_get((size_t)argc, sizeof *options.ignore);
  enum bench_exit status = BENCH_GOOD;
  standard_output_guard("coap-eap-bench", BENCH_FAILED);
  if (options_read(argc, argv, &options, &status)) {
    process_signals_catch();
    status = act_by_verb(&options, argv + optind, argc - optind);
  }
  free(options.ignore);
  return (int)status;
}
