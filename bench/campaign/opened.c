/* What a verb opens and closes. */
#include "opened.h"
#include "scenario/check.h"
#include "scenario/effect.h"
#include "scenario/refused.h"
#include "scenario/selection.h"
#include "simulator/simulator.h"
#include "support/complaints.h"
#include "support/memory.h"
#include "support/process.h"

#include <stdlib.h>

int opened_scenario(struct campaign *campaign, const struct bench_options *options,
                    const char *name, struct text *error) {
  *campaign = (struct campaign){.options = options};
  campaign->path = scenario_find(name, options->scenarios, error);
  return campaign->path == NULL ? -1 : 0;
}

void opened_place(struct campaign *campaign, char *name) {
  campaign->name = name;
  campaign->folder = text_format("%s/%s", campaign->options->results, name);
  campaign->database =
      campaign->options->shard.count == 0
          ? text_format("%s/campaign.db", campaign->folder)
          : text_format("%s/shards/%d-of-%d.db", campaign->folder, campaign->options->shard.number,
                        campaign->options->shard.count);
}

int opened_read_schema(struct campaign *campaign, struct text *error) {
  if (schema_init(&campaign->schema, text_string(&campaign->describe), error) < 0)
    return -1;
  campaign->has_schema = true;
  return 0;
}

int opened_read_scenario(struct campaign *campaign, struct text *error) {
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

/* Says which runs are wanted. -1 with an error. */
static int select_runs(struct campaign *campaign, struct text *error) {
  const struct bench_options *options = campaign->options;
  struct filter *filter = NULL;
  if (options->filter != NULL) {
    filter = filter_parse(options->filter, &campaign->scenario, &campaign->schema, error);
    if (filter == NULL)
      return -1;
  }
  free(campaign->wanted);
  campaign->wanted = selection_make(&campaign->plan, filter, options->shard);
  campaign->wanted_count = selection_count(&campaign->plan, campaign->wanted);
  filter_destroy(filter);
  if (campaign->wanted_count > 0 || options->filter == NULL)
    return 0;
  text_add(error, "--filter: no run of %s is like this\n", campaign->path);
  return -1;
}

static void set_repeat(struct campaign *campaign, size_t repeat) {
  campaign->repeat = (long long)repeat;
  campaign->scenario.repeat = repeat;
  campaign->scenario.repeats = true;
}

int opened_repeat(struct campaign *campaign, size_t repeat, struct text *error) {
  struct complaints complaints = {0};
  set_repeat(campaign, repeat);
  plan_deinit(&campaign->plan);
  if (plan_init(&campaign->plan, &campaign->scenario, error) < 0)
    return -1;
  if (plan_resolve(&campaign->plan, campaign->simulator, error) == 0)
    return select_runs(campaign, error);
  refused_complain(&campaign->plan, &campaign->scenario, &complaints);
  complaints_print(&complaints, COMPLAINT_ERROR, error);
  complaints_deinit(&complaints);
  return -1;
}

/* Reads the scenario before anything is run: all that its report will need is there, and the
 * simulator accepts every run; or all mistakes are told at once. Warns of what is of no use. */
static int check_scenario(struct campaign *campaign, struct text *error) {
  struct complaints complaints = {0};
  struct text unanswered = {0}, known = {0};
  struct scenario *scenario = &campaign->scenario;
  scenario_read(scenario, campaign->path, &campaign->schema, &complaints);
  campaign->has_scenario = true;
  if (campaign->options->repeat > 0)
    set_repeat(campaign, (size_t)campaign->options->repeat);
  if (scenario->has_runs)
    scenario_check(scenario, &campaign->schema, &complaints);
  const bool planned = scenario->has_runs && plan_init(&campaign->plan, scenario, &known) == 0;
  const bool resolved =
      planned && plan_resolve(&campaign->plan, campaign->simulator, &unanswered) == 0;
  if (planned)
    refused_complain(&campaign->plan, scenario, &complaints);
  print_warnings(campaign, &complaints, resolved);
  complaints_print(&complaints, COMPLAINT_ERROR, error);
  text_add(error, "%s", text_string(&unanswered));
  if (complaints.error_count == 0)
    text_add(error, "%s", text_string(&known));
  const bool good = resolved && complaints.error_count == 0;
  complaints_deinit(&complaints);
  text_deinit(&unanswered);
  text_deinit(&known);
  if (good)
    opened_place(campaign, memory_string(scenario->name));
  return good ? select_runs(campaign, error) : -1;
}

int opened_ask_simulator(struct campaign *campaign, struct text *error) {
  campaign->simulator = simulator_find(campaign->options->simulator, error);
  if (campaign->simulator == NULL ||
      simulator_describe(campaign->simulator, &campaign->describe, error) < 0 ||
      opened_read_schema(campaign, error) < 0)
    return -1;
  return check_scenario(campaign, error);
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
  free(campaign->wanted);
  return status;
}

enum bench_exit opened_finish(struct campaign *campaign, struct text *error,
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
