/* Most results have a form that is known. */
#include "run_reading.h"
#include "result_form.h"
#include "result_number.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FORMS_MAX = 8, OCTETS_MAX = 1 << 20 /* of all forms but one */ };

/* Where a form has a metric. */
struct metric_place {
  enum { METRIC_NUMBER, METRIC_SUM, METRIC_FIXED } kind;
  size_t index; /* of the number */
  double fixed;
};

/* A form, and where the numbers are that are read. */
struct known_form {
  struct result_form form;
  struct metric_place *metric;
  struct inside_places inside;
};

struct run_reading {
  struct dataset *dataset;
  struct known_form known[FORMS_MAX + 1]; /* the one that was met last comes first */
  size_t count;
  size_t octets; /* of their texts */
};

struct run_reading *run_reading_create(struct dataset *dataset) {
  struct run_reading *reading = memory_get(1, sizeof *reading);
  reading->dataset = dataset;
  return reading;
}

static void forget_last(struct run_reading *reading) {
  struct known_form *last = &reading->known[--reading->count];
  reading->octets -= strlen(last->form.text);
  result_form_deinit(&last->form);
  inside_places_deinit(&last->inside);
  free(last->metric);
}

void run_reading_destroy(struct run_reading *reading) {
  while (reading->count > 0)
    forget_last(reading);
  free(reading);
}

/* Makes room in the first place, where those before `end` make way. */
static void move_back(struct run_reading *reading, size_t end) {
  memmove(&reading->known[1], &reading->known[0], end * sizeof reading->known[0]);
}

static void place_metrics(const struct dataset *dataset, struct known_form *known) {
  size_t next = 0;
  known->metric = memory_get(dataset->metric_count, sizeof *known->metric);
  for (size_t i = 0; i < dataset->metric_count; i++) {
    struct metric_place *place = &known->metric[i];
    const struct result_place found =
        dataset->sum[i] == NULL ? result_place_find(known->form.result, dataset->metric[i])
                                : (struct result_place){.fixed = NAN};
    *place = (struct metric_place){.kind = found.is_sum ? METRIC_SUM : METRIC_FIXED,
                                   .fixed = found.fixed};
    known->form.has_tree = known->form.has_tree || found.is_sum;
    if (found.is_sum || found.number == NULL)
      continue;
    place->kind = METRIC_NUMBER;
    place->index = next = result_form_index(&known->form, found.number, next);
  }
}

/* Learns the form of a result. False if it has none. */
static bool learn(struct run_reading *reading, const char *result) {
  struct dataset *dataset = reading->dataset;
  struct known_form known = {0};
  if (!result_form_init(&known.form, result))
    return false;
  place_metrics(dataset, &known);
  inside_find(&dataset->inside, &known.inside, dataset->schema, known.form.result);
  for (size_t i = 0, next = 0; i < known.inside.count; i++) {
    struct inside_place *place = &known.inside.item[i];
    place->index = next = result_form_index(&known.form, place->number, next);
  }
  reading->octets += strlen(known.form.text);
  move_back(reading, reading->count++);
  reading->known[0] = known;
  while (reading->count > FORMS_MAX || (reading->count > 1 && reading->octets > OCTETS_MAX))
    forget_last(reading);
  return true;
}

/* Reads a result of a form that is known, which comes first then. False if it is not. */
static bool recognise(struct run_reading *reading, const char *result) {
  for (size_t i = 0; i < reading->count; i++) {
    if (!result_form_read(&reading->known[i].form, result))
      continue;
    const struct known_form known = reading->known[i];
    move_back(reading, i);
    reading->known[0] = known;
    return true;
  }
  return false;
}

static double metric_number(const struct run_reading *reading, size_t metric) {
  const struct known_form *known = &reading->known[0];
  const struct metric_place *place = &known->metric[metric];
  switch (place->kind) {
  case METRIC_NUMBER:
    return known->form.value[place->index];
  case METRIC_SUM:
    return result_number(known->form.result, reading->dataset->metric[metric]);
  default:
    return place->fixed;
  }
}

bool run_reading_read(struct run_reading *reading, const char *result, struct dataset_run *run) {
  const struct dataset *dataset = reading->dataset;
  if (!recognise(reading, result) && !learn(reading, result))
    return false;
  const struct known_form *known = &reading->known[0];
  const json_t *object = known->form.result;
  dataset_run_read_outcome(run, object);
  run->number = memory_get(dataset->metric_count, sizeof *run->number);
  run->words = memory_get(dataset->text_count, sizeof *run->words);
  for (size_t i = 0; i < dataset->metric_count; i++)
    run->number[i] = metric_number(reading, i);
  inside_read(&run->inside, &known->inside, known->form.value);
  for (size_t i = 0; i < dataset->text_count; i++) {
    const char *words = json_string_value(json_object_get(object, dataset->text[i]));
    run->words[i] = memory_string(words == NULL ? "" : words);
  }
  return true;
}
