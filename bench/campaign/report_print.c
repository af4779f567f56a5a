/* A report, made and told. */
#include "report_print.h"
#include "report/index_page.h"
#include "report/report.h"

#include <stdio.h>

enum bench_exit report_print(struct campaign *campaign, struct text *error) {
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
    text_printf(stderr, "%s: %zu run%s of the scenario %s missing; coap-eap-bench run does %s\n",
                campaign->name, tally.missing, text_plural(tally.missing),
                tally.missing == 1 ? "is" : "are", tally.missing == 1 ? "it" : "them");
  if (tally.not_run > 0)
    text_printf(
        stderr,
        "%s: %zu run%s crashed or could not be run (counted as failed), or hung (not counted); "
        "see outcome and reason in %s/runs.csv\n",
        campaign->name, tally.not_run, text_plural(tally.not_run), campaign->folder);
  if (tally.violated > 0)
    text_printf(stderr, "%s: %zu expectation%s violated\n", campaign->name, tally.violated,
                tally.violated == 1 ? " is" : "s are");
  text_printf(stderr, "%s: report in %s\n", campaign->name, campaign->folder);
  return tally.not_run > 0 || tally.violated > 0 || tally.undrawn ? BENCH_FAILED : BENCH_GOOD;
}
