/* The verb run. */
#include "campaign.h"
#include "opened.h"
#include "noting.h"
#include "report_print.h"
#include "store/feed.h"
#include "until.h"

#include <stdlib.h>

/* Runs what is wanted and the store lacks. */
static int feed(struct campaign *campaign, const char *stopping, size_t *not_run,
                struct text *error) {
  struct feed_tally tally;
  if (noting_plan(campaign, stopping, error) < 0)
    return -1;
  const struct feed_options options = {.program = campaign->simulator,
                                       .jobs = campaign->options->jobs,
                                       .wall_limit_s = campaign->scenario.wall_limit_s,
                                       .wanted = campaign->wanted,
                                       .name = campaign->name};
  int status = feed_run(&campaign->plan, campaign->store, &options, &tally, error);
  *not_run += tally.not_run;
  if (tally.interrupted)
    text_printf(stderr,
                "%s: interrupted; %zu of %zu runs are stored, running it again goes on from "
                "there\n",
                campaign->name, tally.stored, tally.missing);
  else if (tally.missing == 0)
    text_printf(stderr, "%s: all %zu run%s in the store\n", campaign->name, campaign->wanted_count,
                campaign->wanted_count == 1 ? " is" : "s are");
  return tally.interrupted ? -1 : status;
}

/* Adds seeds until the rule is met. */
static int feed_until(struct campaign *campaign, struct until *until, size_t *not_run,
                      struct text *error) {
  int more = 1;
  while (more > 0) {
    char *words = until_words(until);
    more = feed(campaign, words, not_run, error) < 0 ? -1 : until_step(until, error);
    free(words);
  }
  if (more == 0) {
    char *words = until_words(until);
    text_printf(stderr, "%s: %s\n", campaign->name, words);
    more = noting_plan(campaign, words, error);
    free(words);
  }
  return more;
}

/* Whether all is well with a shard, of which nothing is reported. */
static enum bench_exit tell_shard(const struct campaign *campaign, size_t not_run) {
  if (not_run > 0)
    text_printf(stderr, "%s: %zu run%s crashed, hung or could not be run\n", campaign->name,
                not_run, text_plural(not_run));
  text_printf(stderr, "%s: shard %d/%d is in %s; coap-eap-bench merge joins them\n", campaign->name,
              campaign->options->shard.number, campaign->options->shard.count, campaign->database);
  return not_run > 0 ? BENCH_FAILED : BENCH_GOOD;
}

/* What options do not go together, or mean nothing. */
static int check_options(const struct bench_options *options, struct text *error) {
  if (options->until > 0 && options->shard.count > 0)
    text_add(error, "--until-ci looks at all runs, and --shard has a part of them: run shards with "
                    "--repeat\n");
  if (options->until <= 0 && (options->of.count > 0 || options->at_most > 0))
    text_add(error, "--of and --at-most go with --until-ci\n");
  if (options->of.count > 1)
    text_add(error, "--until-ci takes one measure\n");
  if (options->retry != NULL)
    store_retry_check(options->retry, error);
  return error->length > 0 ? -1 : 0;
}

/* Takes out what is to be run once more. */
static int retry(struct campaign *campaign, struct text *error) {
  size_t removed = 0;
  if (campaign->options->retry == NULL)
    return 0;
  if (store_retry_remove(campaign->store, campaign->options->retry, &removed, error) < 0)
    return -1;
  text_printf(stderr, "%s: %zu run%s taken out, to be run once more\n", campaign->name, removed,
              removed == 1 ? " is" : "s are");
  return 0;
}

/* All that comes before the report. -1 with an error. */
static int run(struct campaign *campaign, struct until *until, size_t *not_run,
               struct text *error) {
  campaign->store = store_open(campaign->database, error);
  if (campaign->store == NULL ||
      store_columns_make(campaign->store, &campaign->schema, error) < 0 ||
      retry(campaign, error) < 0)
    return -1;
  return campaign->options->until > 0 ? feed_until(campaign, until, not_run, error)
                                      : feed(campaign, "", not_run, error);
}

enum bench_exit campaign_run(const struct bench_options *options, const char *scenario) {
  struct campaign campaign = {.options = options};
  struct text error = {0};
  struct until until = {0};
  size_t not_run = 0;
  enum bench_exit status = BENCH_BAD_USAGE;
  if (check_options(options, &error) == 0 &&
      opened_scenario(&campaign, options, scenario, &error) == 0 &&
      opened_ask_simulator(&campaign, &error) == 0 &&
      (options->until <= 0 || until_init(&until, &campaign, &error) == 0)) {
    if (run(&campaign, &until, &not_run, &error) < 0)
      status = BENCH_FAILED;
    else if (options->shard.count > 0)
      status = tell_shard(&campaign, not_run);
    else
      status = report_print(&campaign, &error);
  }
  until_deinit(&until);
  return opened_finish(&campaign, &error, status);
}
