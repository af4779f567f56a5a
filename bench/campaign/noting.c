/* Notes of a plan. */
#include "noting.h"
#include "store/feed.h"
#include "store/present.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

int noting_plan(struct campaign *campaign, const char *stopping, struct text *error) {
  const struct plan *plan = &campaign->plan;
  struct store_provenance latest = {0};
  struct text none = {0}, source = {0};
  size_t missing;
  free(feed_missing(plan, campaign->store, campaign->wanted, &missing));
  bool known = store_provenance_read(campaign->store, &latest, &none) == 0 && missing == 0 &&
               strcmp(latest.code, campaign->schema.code) == 0 &&
               latest.repeat == campaign->repeat && strcmp(latest.stopping, stopping) == 0;
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
      .repeat = campaign->repeat,
      .stopping = memory_string(stopping),
  };
  if (status == 0) /* what follows is one transaction */
    status = store_commit(campaign->store, 0, error);
  if (status == 0 && !known)
    status = store_provenance_add(campaign->store, &provenance, error);
  if (status == 0)
    status = present_note(campaign->store, plan, &campaign->schema, error);
  free(provenance.code);
  free(provenance.commit);
  free(provenance.stopping);
  text_deinit(&source);
  return status < 0 ? -1 : store_commit(campaign->store, 0, error);
}
