/* A report, made and told. */
#include "report_print.h"
#include "report/index_page.h"
#include "report/report.h"
#include "show/campaign_ladders.h"

#include <stdio.h>

/* With the command that does them: a run without --repeat goes back to the scenario's seeds. */
static void tell_missing(const struct campaign *campaign, size_t missing) {
  struct text repeat = {0};
  if (campaign->repeat > 0)
    text_add(&repeat, " --repeat %lld", campaign->repeat);
  text_printf(stderr, "%s: %zu run%s of the scenario %s missing; coap-eap-bench run%s %s does %s\n",
              campaign->name, missing, text_plural(missing), missing == 1 ? "is" : "are",
              text_string(&repeat), campaign->path, missing == 1 ? "it" : "them");
  text_deinit(&repeat);
}

/* Draws runs, where there is a simulator that makes them again, and writes the report. */
static int draw_and_write(struct campaign *campaign, struct report_tally *tally, struct text *shown,
                          struct text *error) {
  struct report report;
  int status = 0;
  if (report_init(&report, &campaign->scenario, &campaign->schema, campaign->store, error) < 0)
    return -1;
  if (campaign->simulator != NULL)
    status = campaign_ladders_draw(&report.dataset, campaign->store, campaign->simulator,
                                   campaign->folder, error);
  if (status == 0)
    status = report_write(&report, campaign->folder, tally, shown, error);
  report_deinit(&report);
  return status;
}

enum bench_exit report_print(struct campaign *campaign, struct text *error) {
  struct report_tally tally;
  struct text shown = {0};
  if (draw_and_write(campaign, &tally, &shown, error) < 0) {
    text_deinit(&shown);
    return BENCH_FAILED;
  }
  text_print(text_string(&shown), stdout);
  fflush(stdout);
  text_deinit(&shown);
  if (index_page_write(campaign->options->results, error) < 0)
    return BENCH_FAILED;
  if (tally.missing > 0)
    tell_missing(campaign, tally.missing);
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
