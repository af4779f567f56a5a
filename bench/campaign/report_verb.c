/* The verbs report and index. */
#include "campaign.h"
#include "opened.h"
#include "report/index_page.h"
#include "report_print.h"

#include <stdlib.h>
#include <unistd.h>

enum bench_exit campaign_report(const struct bench_options *options, const char *scenario) {
  struct campaign campaign;
  struct text error = {0};
  struct store_provenance provenance;
  char *name = NULL;
  if (opened_scenario(&campaign, options, scenario, &error) < 0 ||
      (name = scenario_name_read(campaign.path, &error)) == NULL)
    return opened_finish(&campaign, &error, BENCH_BAD_USAGE);
  opened_place(&campaign, name);
  if (access(campaign.database, R_OK) != 0) {
    text_add(&error, "%s was not run yet: there is no %s\n", campaign.name, campaign.database);
    return opened_finish(&campaign, &error, BENCH_BAD_USAGE);
  }
  campaign.store = store_open_read(campaign.database, &error);
  if (campaign.store == NULL || store_provenance_read(campaign.store, &provenance, &error) < 0)
    return opened_finish(&campaign, &error, BENCH_FAILED);
  text_add(&campaign.describe, "%s", provenance.describe);
  const long long repeat = provenance.repeat;
  store_provenance_deinit(&provenance);
  if (opened_read_schema(&campaign, &error) < 0 || opened_read_scenario(&campaign, &error) < 0)
    return opened_finish(&campaign, &error, BENCH_BAD_USAGE);
  if (repeat > 0) {
    campaign.repeat = repeat;
    campaign.scenario.repeat = (size_t)repeat;
    text_printf(stderr, "%s: %lld run%s of each cell, as they were run\n", campaign.name, repeat,
                text_plural((size_t)repeat));
  }
  return opened_finish(&campaign, &error, report_print(&campaign, &error));
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
