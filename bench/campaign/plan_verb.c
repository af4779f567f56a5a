/* The verb plan. */
#include "campaign.h"
#include "opened.h"
#include "scenario/selection.h"
#include "simulator/condition.h"
#include "store/feed.h"
#include "store/rates.h"
#include "support/process.h"
#include "support/progress.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { MS = 1000 };

/* Of the runs that are wanted, how many there are and how many are stored. */
struct tally {
  size_t wanted, stored;
};

static struct tally tally_of(const struct campaign *campaign, size_t first, size_t count,
                             const bool *wanted) {
  struct tally tally = {0};
  for (size_t i = first; i < first + count; i++) {
    tally.wanted += wanted[i];
    tally.stored += wanted[i] && campaign->store != NULL &&
                    store_run_exists(campaign->store, campaign->plan.run[i].key);
  }
  return tally;
}

/* " (1.3 ms a run: 4 s)", of what is missing; with "about" where the rate is guessed. */
static void print_rate(const struct rate *rate, size_t missing) {
  if (isnan(rate->wall_ms) || missing == 0)
    return;
  char words[32];
  progress_duration((double)missing * rate->wall_ms / MS, words);
  text_printf(stdout, "; %s%.3g ms a run: %s", rate->measured ? "" : "about ", rate->wall_ms,
              words);
}

/* Prints the cells that are wanted; what of them is missing takes this many milliseconds, NaN if
 * nobody knows. */
static double print_cells(const struct campaign *campaign, size_t *cells) {
  const struct plan *plan = &campaign->plan;
  struct rate *rate = rates_of_cells(plan, campaign->store);
  double wall_ms = 0;
  *cells = 0;
  for (size_t i = 0; i < plan->cell_count; i++) {
    const struct tally tally = tally_of(campaign, i * plan->repeat, plan->repeat, campaign->wanted);
    if (tally.wanted == 0)
      continue;
    char *words = plan_cell_title(plan, i, NULL, &campaign->schema);
    const char *refused = condition_refusal(&campaign->schema, plan->cell[i].spec);
    const size_t missing = tally.wanted - tally.stored;
    text_printf(stdout, "  %-50s %zu run%s, %zu in the store", words, tally.wanted,
                text_plural(tally.wanted), tally.stored);
    print_rate(&rate[i], missing);
    text_printf(stdout, "%s%s\n",
                refused == NULL ? "" : "; refused: ", refused == NULL ? "" : refused);
    wall_ms += missing == 0 ? 0 : (double)missing * rate[i].wall_ms;
    ++*cells;
    free(words);
  }
  free(rate);
  return wall_ms;
}

static void print_plan(const struct campaign *campaign) {
  const struct plan *plan = &campaign->plan;
  size_t missing = campaign->wanted_count, cells;
  if (campaign->store != NULL)
    free(feed_missing(plan, campaign->store, campaign->wanted, &missing));
  text_printf(stdout, "%s%s%s\n", campaign->name, campaign->scenario.title == NULL ? "" : ": ",
              campaign->scenario.title == NULL ? "" : campaign->scenario.title);
  if (campaign->scenario.description != NULL)
    text_printf(stdout, "%s\n", campaign->scenario.description);
  const double wall_ms = print_cells(campaign, &cells);
  text_printf(stdout, "%zu cell%s of %zu run%s; %zu different run%s missing in %s", cells,
              text_plural(cells), plan->repeat, text_plural(plan->repeat), missing,
              missing == 1 ? " is" : "s are", campaign->database);
  if (missing > 0 && !isnan(wall_ms)) {
    char words[32];
    progress_duration(wall_ms / MS / campaign->options->jobs, words);
    text_printf(stdout, ", about %s with -j %d", words, campaign->options->jobs);
  }
  text_printf(stdout, "\n");
}

/* How many of its runs the store of a shard has. One that cannot be read has none: running the
 * shard makes it, or says what is amiss. */
static size_t shard_stored(const struct campaign *campaign, struct bench_shard shard, size_t runs) {
  struct text error = {0};
  size_t missing = runs;
  char *path = text_format("%s/shards/%d-of-%d.db", campaign->folder, shard.number, shard.count);
  struct store *store = access(path, F_OK) == 0 ? store_open_read(path, &error) : NULL;
  if (store != NULL) {
    bool *wanted = selection_make(&campaign->plan, NULL, shard);
    free(feed_missing(&campaign->plan, store, wanted, &missing));
    free(wanted);
  }
  store_close(store, &error);
  text_print(text_string(&error), stderr);
  text_deinit(&error);
  free(path);
  return runs - missing;
}

/* Prints what is stored of each of so many shards, in the stores of these shards. */
static void print_shards(const struct campaign *campaign) {
  const int count = campaign->options->shards;
  bool *all = selection_make(&campaign->plan, NULL, (struct bench_shard){0, 0});
  const size_t different = selection_count(&campaign->plan, all);
  for (int i = 1; i <= count && !ferror(stdout) && !process_interrupted(); i++) {
    const struct bench_shard shard = {i, count};
    const size_t runs = selection_shard_count(different, shard);
    text_printf(stdout, "%d/%d: %zu run%s, %zu stored\n", i, count, runs, text_plural(runs),
                shard_stored(campaign, shard, runs));
  }
  free(all);
}

static void print_specs(const struct campaign *campaign) {
  const struct plan *plan = &campaign->plan;
  for (size_t i = 0; i < plan->run_count; i++) {
    if (!campaign->wanted[i])
      continue;
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
  if (opened_scenario(&campaign, options, scenario, &error) < 0 ||
      opened_ask_simulator(&campaign, &error) < 0)
    return opened_finish(&campaign, &error, BENCH_BAD_USAGE);
  const bool asks_store = !options->specs && options->shards == 0;
  if (asks_store && access(campaign.database, F_OK) == 0) {
    campaign.store = store_open_read(campaign.database, &error);
    if (campaign.store == NULL)
      return opened_finish(&campaign, &error, BENCH_FAILED);
  }
  if (options->shards > 0)
    print_shards(&campaign);
  else if (options->specs)
    print_specs(&campaign);
  else
    print_plan(&campaign);
  return opened_finish(&campaign, &error, BENCH_GOOD);
}
