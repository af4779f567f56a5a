/* The verb plan. */
#include "campaign.h"
#include "opened.h"
#include "simulator/condition.h"
#include "store/feed.h"
#include "support/progress.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

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
  if (opened_scenario(&campaign, options, scenario, &error) < 0 ||
      opened_ask_simulator(&campaign, &error) < 0)
    return opened_finish(&campaign, &error, BENCH_BAD_USAGE);
  if (access(campaign.database, F_OK) == 0) {
    campaign.store = store_open_read(campaign.database, &error);
    if (campaign.store == NULL)
      return opened_finish(&campaign, &error, BENCH_FAILED);
  }
  if (options->specs)
    print_specs(&campaign);
  else
    print_plan(&campaign);
  return opened_finish(&campaign, &error, BENCH_GOOD);
}
