/* Figures as JSON. */
#include "figures_json.h"

#include <math.h>

static json_t *number_json(double number) {
  if (isnan(number))
    return json_null();
  return isinf(number) ? json_string(number > 0 ? "inf" : "-inf") : json_real(number);
}

static json_t *estimate_json(const struct estimate *estimate) {
  return json_pack("{s:o, s:o, s:o, s:I, s:s}", "value", number_json(estimate->value), "low",
                   number_json(estimate->low), "high", number_json(estimate->high), "count",
                   (json_int_t)estimate->count, "interval",
                   statistics_interval_word(estimate->interval));
}

static json_t *cell_json(const struct cell_pair *pair) {
  return json_pack("{s:s, s:O, s:I, s:I, s:I, s:b}", "cell", pair->name, "columns", pair->columns,
                   "runs_a", (json_int_t)pair->count[SIDE_A], "runs_b",
                   (json_int_t)pair->count[SIDE_B], "partners", (json_int_t)pair->partners, "apart",
                   pair->apart);
}

static json_t *figure_json(const struct figures *figures, const struct figure *figure) {
  const struct measures *measures = figures->measures;
  json_t *effect = json_pack("{s:s, s:o}", "kind", effect_size_word(figure->effect.kind), "value",
                             number_json(figure->effect.value));
  return json_pack(
      "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:s}", "cell",
      figures->cells->item[figure->cell].name, "measure", measures->words[figure->measure], "unit",
      measures->item[figure->measure].unit, "a", estimate_json(&figure->value[SIDE_A]), "b",
      estimate_json(&figure->value[SIDE_B]), "difference", estimate_json(&figure->difference),
      "relative", estimate_json(&figure->relative), "paired", figure->paired, "pairs",
      (json_int_t)figure->pairs, "correlation", number_json(figure->correlation), "width",
      number_json(figure->width), "effect", effect, "p", number_json(figure->p), "holm",
      number_json(figure->holm), "verdict", verdict_words(figure->verdict));
}

static json_t *summary_json(const struct figures *figures) {
  json_t *verdicts = json_object();
  for (int i = 0; i < VERDICT_KINDS; i++)
    if (figures->of[i] > 0)
      json_object_set_new(verdicts, verdict_words((enum verdict)i),
                          json_integer((json_int_t)figures->of[i]));
  return json_pack("{s:I, s:I, s:I, s:f, s:I, s:o}", "figures", (json_int_t)figures->count,
                   "intervals", (json_int_t)figures->intervals, "miss", (json_int_t)figures->miss,
                   "miss_by_chance", 0.05 * (double)figures->intervals, "stand",
                   (json_int_t)figures->stand, "verdicts", verdicts);
}

static json_t *bound_json(const struct bound *bound, const struct figures *figures) {
  json_t *passed = json_array();
  json_int_t unknown = 0;
  for (size_t i = 0; i < figures->count; i++) {
    if (figures->item[i].measure != bound->measure)
      continue;
    const enum bound_state state = bound_judge(bound, &figures->item[i]);
    unknown += state == BOUND_UNKNOWN;
    if (state == BOUND_PASSED)
      json_array_append_new(passed, json_integer((json_int_t)i));
  }
  return json_pack("{s:s, s:o, s:I}", "bound", bound->words, "passed", passed, "unknown", unknown);
}

void figures_json_set(json_t *object, const struct figures *figures, const struct bounds *bounds,
                      const struct spec_keys *keys) {
  json_t *cells = json_array(), *all = json_array(), *held = json_array();
  for (size_t i = 0; i < figures->cells->count; i++)
    json_array_append_new(cells, cell_json(&figures->cells->item[i]));
  for (size_t i = 0; i < figures->count; i++)
    json_array_append_new(all, figure_json(figures, &figures->item[i]));
  for (size_t i = 0; i < bounds->count; i++)
    json_array_append_new(held, bound_json(&bounds->item[i], figures));
  json_object_set_new(object, "cells", cells);
  json_object_set_new(object, "figures", all);
  json_object_set_new(object, "summary", summary_json(figures));
  if (keys != NULL)
    json_object_set_new(object, "spec_keys",
                        json_pack("{s:O, s:O, s:O, s:O}", "filled_a", keys->filled[SIDE_A],
                                  "filled_b", keys->filled[SIDE_B], "left_out_a",
                                  keys->left_out[SIDE_A], "left_out_b", keys->left_out[SIDE_B]));
  json_object_set_new(object, "bounds", held);
}
