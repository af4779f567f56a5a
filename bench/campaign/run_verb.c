/* The verb run. */
#include "campaign.h"
#include "opened.h"
#include "report_print.h"
#include "store/feed.h"
#include "store/present.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

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
  if (opened_scenario(&campaign, options, scenario, &error) < 0 ||
      opened_ask_simulator(&campaign, &error) < 0)
    return opened_finish(&campaign, &error, BENCH_BAD_USAGE);
  campaign.store = store_open(campaign.database, &error);
  if (campaign.store == NULL || store_columns_make(campaign.store, &campaign.schema, &error) < 0 ||
      feed(&campaign, &error) < 0)
    return opened_finish(&campaign, &error, BENCH_FAILED);
  return opened_finish(&campaign, &error, report_print(&campaign, &error));
}
