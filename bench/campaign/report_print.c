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
