/* The verbs. */
#include "campaign.h"
#include "report/index_page.h"
#include "report/report.h"
#include "scenario/check.h"
#include "scenario/effect.h"
#include "simulator/condition.h"
#include "simulator/simulator.h"
#include "store/feed.h"
#include "store/present.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a verb has opened. */
struct campaign {
  const struct bench_options *options;
  char *path;      /* of the scenario */
  char *name;      /* of the campaign */
  char *folder;    /* of its results */
  char *database;  /* path of its store */
  char *simulator; /* NULL for report */
  struct text describe;
  struct schema schema;
  bool has_schema;
  struct scenario scenario;
  bool has_scenario;
  struct plan plan;
  struct store *store;
};

static int open_scenario(struct campaign *campaign, const struct bench_options *options,
                         const char *name, struct text *error) {
  *campaign = (struct campaign){.options = options};
  campaign->path = scenario_find(name, options->scenarios, error);
  return campaign->path == NULL ? -1 : 0;
}

/* Where the results of a campaign of this name are; takes the name. */
static void place_results(struct campaign *campaign, char *name) {
  campaign->name = name;
  campaign->folder = text_format("%s/%s", campaign->options->results, name);
  campaign->database = text_format("%s/campaign.db", campaign->folder);
}

static int campaign_read_schema(struct campaign *campaign, struct text *error) {
  if (schema_init(&campaign->schema, text_string(&campaign->describe), error) < 0)
    return -1;
  campaign->has_schema = true;
  return 0;
}

/* What a report needs: a store that is there is not refused for what its cells lack. */
static int campaign_read_scenario(struct campaign *campaign, struct text *error) {
  if (scenario_init(&campaign->scenario, campaign->path, &campaign->schema, error) < 0)
    return -1;
  campaign->has_scenario = true;
  return 0;
}

/* Prints what is of no use: what the checks warn of, and keys and cells without effect. */
static void print_warnings(struct campaign *campaign, const struct complaints *complaints,
                           bool resolved) {
  struct text warnings = {0};
  const struct scenario *scenario = &campaign->scenario;
  if (scenario->has_runs && !scenario->repeats)
    text_add(&warnings,
             "note: %s: without `repeat` one run of each cell is made, with seed %lld: no figure "
             "has an interval\n",
             campaign->path, scenario->first_seed);
  complaints_print(complaints, COMPLAINT_WARNING, &warnings);
  if (resolved)
    effect_warn(&campaign->plan, &campaign->scenario, &campaign->schema, &warnings);
  text_print(text_string(&warnings), stderr);
  text_deinit(&warnings);
}

/* Reads the scenario before anything is run: all that its report will need is there, and the
 * simulator accepts every run; or all mistakes are told at once. Warns of what is of no use. */
static int campaign_check_scenario(struct campaign *campaign, struct text *error) {
  struct complaints complaints = {0};
  struct text refused = {0}, known = {0};
  struct scenario *scenario = &campaign->scenario;
  scenario_read(scenario, campaign->path, &campaign->schema, &complaints);
  campaign->has_scenario = true;
  if (scenario->has_runs)
    scenario_check(scenario, &campaign->schema, &complaints);
  /* Why there is no plan has been complained about. */
  const bool planned = scenario->has_runs && plan_init(&campaign->plan, scenario, &known) == 0;
  const bool resolved =
      planned && plan_resolve(&campaign->plan, campaign->simulator, &refused) == 0;
  print_warnings(campaign, &complaints, resolved);
  complaints_print(&complaints, COMPLAINT_ERROR, error);
  text_add(error, "%s", text_string(&refused));
  const bool good = resolved && complaints.error_count == 0;
  complaints_deinit(&complaints);
  text_deinit(&refused);
  text_deinit(&known);
  if (good)
    place_results(campaign, memory_string(scenario->name));
  return good ? 0 : -1;
}

/* Asks the simulator for its description and the identity of every run. */
static int campaign_ask_simulator(struct campaign *campaign, struct text *error) {
  campaign->simulator = simulator_find(campaign->options->simulator, error);
  if (campaign->simulator == NULL ||
      simulator_describe(campaign->simulator, &campaign->describe, error) < 0 ||
      campaign_read_schema(campaign, error) < 0)
    return -1;
  return campaign_check_scenario(campaign, error);
}

static int close_campaign(struct campaign *campaign, struct text *error) {
  int status = store_close(campaign->store, error);
  if (campaign->has_scenario)
    scenario_deinit(&campaign->scenario);
  if (campaign->has_schema)
    schema_deinit(&campaign->schema);
  plan_deinit(&campaign->plan);
  text_deinit(&campaign->describe);
  free(campaign->simulator);
  free(campaign->path);
  free(campaign->name);
  free(campaign->folder);
  free(campaign->database);
  return status;
}

/* Closes, says what is wrong, and turns it into the exit status. */
static enum bench_exit campaign_finish(struct campaign *campaign, struct text *error,
                                       enum bench_exit status) {
  if (close_campaign(campaign, error) < 0 && status == BENCH_GOOD)
    status = BENCH_FAILED;
  if (process_interrupted())
    status = BENCH_INTERRUPTED;
  else
    text_print(text_string(error), stderr);
  text_deinit(error);
  return status;
}

static void print_cells(const struct campaign *campaign) {
  const struct plan *plan = &campaign->plan;
  for (size_t i = 0; i < plan->cell_count; i++) {
    char *words = plan_cell_title(plan, i, NULL, &campaign->schema);
    size_t stored = 0;
    for (size_t j = i * plan->repeat; j < (i + 1) * plan->repeat; j++)
      stored += campaign->store != NULL && store_run_exists(campaign->store, plan->run[j].key);
    const char *refused = condition_refusal(&campaign->schema, plan->cell[i].spec);
    text_printf(stdout, "  %-50s %zu runs, %zu in the store%s%s\n", words, plan->repeat, stored,
                refused == NULL ? "" : "; refused: ", refused == NULL ? "" : refused);
    free(words);
  }
}

static void print_plan(const struct campaign *campaign) {
  const struct plan *plan = &campaign->plan;
  size_t missing = plan->run_count;
  double wall_ms = NAN;
  if (campaign->store != NULL) {
    size_t *index = feed_missing(plan, campaign->store, &missing);
    wall_ms = store_wall_ms(campaign->store) * feed_size(plan, index, missing);
    free(index);
  }
  text_printf(stdout, "%s%s%s\n", campaign->name, campaign->scenario.title == NULL ? "" : ": ",
              campaign->scenario.title == NULL ? "" : campaign->scenario.title);
  if (campaign->scenario.description != NULL)
    text_printf(stdout, "%s\n", campaign->scenario.description);
  print_cells(campaign);
  text_printf(stdout, "%zu cells of %zu runs; %zu different runs are missing in %s",
              plan->cell_count, plan->repeat, missing, campaign->database);
  if (missing > 0 && !isnan(wall_ms)) {
    char words[32];
    progress_duration(wall_ms / 1000 / campaign->options->jobs, words);
    text_printf(stdout, ", about %s with -j %d", words, campaign->options->jobs);
  }
  text_printf(stdout, "\n");
}

static void print_specs(const struct campaign *campaign) {
  const struct plan *plan = &campaign->plan;
  for (size_t i = 0; i < plan->run_count; i++) {
    char *id = text_format("%s/%zu/%lld", campaign->name, plan->run[i].cell, plan->run[i].seed);
    char *spec = plan_run_spec(plan, i, id);
    printf("%s\n", spec);
    free(spec);
    free(id);
  }
}

enum bench_exit campaign_plan(const struct bench_options *options, const char *scenario) {
  struct campaign campaign;
  struct text error = {0};
  if (open_scenario(&campaign, options, scenario, &error) < 0 ||
      campaign_ask_simulator(&campaign, &error) < 0)
    return campaign_finish(&campaign, &error, BENCH_BAD_USAGE);
  if (access(campaign.database, F_OK) == 0) {
    campaign.store = store_open_read(campaign.database, &error);
    if (campaign.store == NULL)
      return campaign_finish(&campaign, &error, BENCH_FAILED);
  }
  if (options->specs)
    print_specs(&campaign);
  else
    print_plan(&campaign);
  return campaign_finish(&campaign, &error, BENCH_GOOD);
}

/* Notes in the store what is going to be run, and by what. */
static int note_plan(struct campaign *campaign, struct text *error) {
  const struct plan *plan = &campaign->plan;
  struct store_provenance latest = {0};
  struct text none = {0}, source = {0};
  size_t missing;
  free(feed_missing(plan, campaign->store, &missing));
  bool known = store_provenance_read(campaign->store, &latest, &none) == 0 && missing == 0 &&
               strcmp(latest.code, campaign->schema.code) == 0;
  store_provenance_deinit(&latest);
  text_deinit(&none);
  int status = 0;
  for (size_t i = 0; i < plan->run_count && status == 0; i++)
    status = store_planned_add(campaign->store, campaign->schema.code, plan->run[i].given,
                               plan->run[i].key, error);
  for (size_t i = 0; i < campaign->scenario.file_count; i++)
    text_add(&source, "# %s\n%s", campaign->scenario.file[i].path, campaign->scenario.file[i].text);
  const struct store_provenance provenance = {
      .code = memory_string(campaign->schema.code),
      .describe = campaign->describe.data,
      .commit = memory_string(campaign->schema.commit),
      .scenario = source.data,
  };
  if (status == 0) /* what follows is one transaction */
    status = store_commit(campaign->store, 0, error);
  if (status == 0 && !known)
    status = store_provenance_add(campaign->store, &provenance, error);
  if (status == 0)
    status = present_note(campaign->store, plan, &campaign->schema, error);
  free(provenance.code);
  free(provenance.commit);
  text_deinit(&source);
  return status < 0 ? -1 : store_commit(campaign->store, 0, error);
}

/* Prints the report of what is in the store. */
static enum bench_exit campaign_print_report(struct campaign *campaign, struct text *error) {
  struct report_tally tally;
  struct text shown = {0};
  if (report_write(&campaign->scenario, &campaign->schema, campaign->store, campaign->folder,
                   &tally, &shown, error) < 0) {
    text_deinit(&shown);
    return BENCH_FAILED;
  }
  text_print(text_string(&shown), stdout);
  fflush(stdout);
  text_deinit(&shown);
  if (index_page_write(campaign->options->results, error) < 0)
    return BENCH_FAILED;
  if (tally.missing > 0)
    text_printf(stderr, "%s: %zu runs of the scenario are missing; coap-eap-bench run does them\n",
                campaign->name, tally.missing);
  if (tally.not_run > 0)
    text_printf(stderr,
                "%s: %zu runs crashed or could not be run, and count as failed, or hung, and count "
                "for nothing; see outcome and reason in %s/runs.csv\n",
                campaign->name, tally.not_run, campaign->folder);
  if (tally.violated > 0)
    text_printf(stderr, "%s: %zu expectations are violated\n", campaign->name, tally.violated);
  text_printf(stderr, "%s: report in %s\n", campaign->name, campaign->folder);
  return tally.not_run > 0 || tally.violated > 0 || tally.undrawn ? BENCH_FAILED : BENCH_GOOD;
}

static int feed(struct campaign *campaign, struct text *error) {
  struct feed_tally tally;
  size_t removed = 0;
  if (campaign->options->again && store_again_remove(campaign->store, &removed, error) < 0)
    return -1;
  if (note_plan(campaign, error) < 0)
    return -1;
  const struct feed_options options = {.program = campaign->simulator,
                                       .jobs = campaign->options->jobs,
                                       .wall_limit_s = campaign->scenario.wall_limit_s,
                                       .name = campaign->name};
  int status = feed_run(&campaign->plan, campaign->store, &options, &tally, error);
  if (tally.interrupted)
    text_printf(stderr,
                "%s: interrupted; %zu of %zu runs are stored, running it again goes on from "
                "there\n",
                campaign->name, tally.stored, tally.missing);
  else if (tally.missing == 0)
    text_printf(stderr, "%s: all %zu runs are in the store\n", campaign->name,
                campaign->plan.run_count);
  return tally.interrupted ? -1 : status;
}

enum bench_exit campaign_run(const struct bench_options *options, const char *scenario) {
  struct campaign campaign;
  struct text error = {0};
  if (open_scenario(&campaign, options, scenario, &error) < 0 ||
      campaign_ask_simulator(&campaign, &error) < 0)
    return campaign_finish(&campaign, &error, BENCH_BAD_USAGE);
  campaign.store = store_open(campaign.database, &error);
  if (campaign.store == NULL || store_columns_make(campaign.store, &campaign.schema, &error) < 0 ||
      feed(&campaign, &error) < 0)
    return campaign_finish(&campaign, &error, BENCH_FAILED);
  return campaign_finish(&campaign, &error, campaign_print_report(&campaign, &error));
}

enum bench_exit campaign_report(const struct bench_options *options, const char *scenario) {
  struct campaign campaign;
  struct text error = {0};
  struct store_provenance provenance;
  char *name = NULL;
  if (open_scenario(&campaign, options, scenario, &error) < 0 ||
      (name = scenario_name_read(campaign.path, &error)) == NULL)
    return campaign_finish(&campaign, &error, BENCH_BAD_USAGE);
  place_results(&campaign, name);
  if (access(campaign.database, R_OK) != 0) {
    text_add(&error, "%s was not run yet: there is no %s\n", campaign.name, campaign.database);
    return campaign_finish(&campaign, &error, BENCH_BAD_USAGE);
  }
  campaign.store = store_open_read(campaign.database, &error);
  if (campaign.store == NULL || store_provenance_read(campaign.store, &provenance, &error) < 0)
    return campaign_finish(&campaign, &error, BENCH_FAILED);
  text_add(&campaign.describe, "%s", provenance.describe);
  store_provenance_deinit(&provenance);
  if (campaign_read_schema(&campaign, &error) < 0 || campaign_read_scenario(&campaign, &error) < 0)
    return campaign_finish(&campaign, &error, BENCH_BAD_USAGE);
  return campaign_finish(&campaign, &error, campaign_print_report(&campaign, &error));
}

enum bench_exit campaign_index(const struct bench_options *options, char *const words[],
                               int count) {
  struct text error = {0};
  if (count > 0)
    text_add(&error, "index takes no scenario: it joins all campaigns of a folder (not %s)\n",
             words[0]);
  else if (index_page_write(options->results, &error) == 0)
    text_printf(stderr, "index of %s: %s/index.html\n", options->results, options->results);
  text_print(text_string(&error), stderr);
  const bool good = error.length == 0;
  text_deinit(&error);
  return good ? BENCH_GOOD : count > 0 ? BENCH_BAD_USAGE : BENCH_FAILED;
}
