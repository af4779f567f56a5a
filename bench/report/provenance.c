/* Provenance, as a line and as a file. */
#include "provenance.h"

#include <stdlib.h>
#include <string.h>

static long long last_seed(const struct scenario *scenario) {
  return scenario->first_seed + (long long)scenario->repeat - 1;
}

char *provenance_line(const struct scenario *scenario, const struct dataset *dataset,
                      const struct store_provenance *made) {
  struct text line = {0};
  const char *version = json_string_value(json_object_get(dataset->schema->libraries, "ns-3"));
  text_add(&line, "coap-eap-sim%s%s · code %.8s · campaign %s", made->commit[0] == '\0' ? "" : " ",
           made->commit, dataset->schema->code, scenario->name);
  if (version != NULL)
    text_add(&line, " · ns-3 %s", version);
  if (last_seed(scenario) > scenario->first_seed)
    text_add(&line, " · seeds %lld–%lld", scenario->first_seed, last_seed(scenario));
  else
    text_add(&line, " · seed %lld", scenario->first_seed);
  text_add(&line, " · %.10s", dataset->newest);
  return line.data;
}

int provenance_write(const struct scenario *scenario, const struct dataset *dataset,
                     const struct store_provenance *made, const char *folder, struct text *error) {
  struct text content = {0};
  json_t *object = json_pack(
      "{s:s, s:s, s:s, s:O*, s:I, s:I, s:I, s:I, s:s, s:s}", "campaign", scenario->name, "commit",
      made->commit, "code", dataset->schema->code, "libraries", dataset->schema->libraries,
      "first_seed", (json_int_t)scenario->first_seed, "last_seed", (json_int_t)last_seed(scenario),
      "runs_planned", (json_int_t)dataset->plan->run_count, "runs_stored",
      (json_int_t)dataset->run_count, "newest_run", dataset->newest, "files",
      "this holds for every file of this folder and those below it");
  char *json = json_dumps(object, JSON_INDENT(2));
  text_add(&content, "%s\n", json);
  char *path = text_format("%s/provenance.json", folder);
  int status = text_file_write(path, &content, error);
  free(path);
  free(json);
  json_decref(object);
  text_deinit(&content);
  return status;
}
