/* Provenance, as a line and as a file. */
#include "provenance.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
  if (scenario->independent)
    text_add(&line, " · %zu seed%s of its own in each cell", scenario->repeat,
             text_plural(scenario->repeat));
  else if (last_seed(scenario) > scenario->first_seed)
    text_add(&line, " · seeds %lld–%lld", scenario->first_seed, last_seed(scenario));
  else
    text_add(&line, " · seed %lld", scenario->first_seed);
  text_add(&line, " · %.10s", dataset->newest);
  return line.data;
}

/* The name of the figure that stands for the campaign: the first that was drawn; "" without one. */
static const char *first_figure(const struct scenario *scenario, const char *folder) {
  const struct presentation *presentation = &scenario->presentation;
  for (size_t i = 0; i < presentation->figure_count; i++) {
    char *path = text_format("%s/figures/%s.svg", folder, presentation->figure[i].name);
    const bool drawn = access(path, R_OK) == 0;
    free(path);
    if (drawn)
      return presentation->figure[i].name;
  }
  return "";
}

int provenance_write(const struct scenario *scenario, const struct dataset *dataset,
                     const struct store_provenance *made, size_t violated, const char *folder,
                     struct text *error) {
  const struct presentation *presentation = &scenario->presentation;
  struct text content = {0};
  json_t *object = json_pack(
      "{s:s, s:s, s:s, s:s, s:O*, s:I, s:I, s:b, s:I, s:I, s:I, s:s, s:s, s:I, s:I, s:s}",
      "campaign", scenario->name, "title",
      scenario->title == NULL ? scenario->name : scenario->title, "commit", made->commit, "code",
      dataset->schema->code, "libraries", dataset->schema->libraries, "first_seed",
      (json_int_t)scenario->first_seed, "last_seed", (json_int_t)last_seed(scenario), "paired",
      !scenario->independent, "runs_planned", (json_int_t)dataset->plan->run_count, "runs_stored",
      (json_int_t)dataset->run_count, "not_run", (json_int_t)dataset->not_run, "newest_run",
      dataset->newest, "figure", first_figure(scenario, folder), "expectations",
      (json_int_t)(presentation->expectation_count + presentation->comparison_count), "violated",
      (json_int_t)violated, "files", "this holds for every file of this folder and those below it");
  if (made->repeat > 0)
    json_object_set_new(object, "repeat", json_integer(made->repeat));
  if (made->stopping[0] != '\0')
    json_object_set_new(object, "stopping", json_string(made->stopping));
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
