/* What figures of any type remark on their cells. */
#include "figure.h"
#include "modelled.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *figure_modelled_words(const struct figure *figure, const struct figure_series_list *list,
                            const char *metric, const char *unit) {
  size_t *cell = NULL, count = 0;
  if (!modelled_concerns(metric, unit))
    return memory_string("");
  for (size_t i = 0; i < list->count; i++) {
    for (size_t j = 0; j < list->item[i].count; j++) {
      cell = memory_resize(cell, count + 1, sizeof *cell);
      cell[count++] = list->item[i].cell[j];
    }
  }
  char *words = modelled_words(figure->dataset, cell, count);
  free(cell);
  return words;
}

/* A share of runs that is shown only where it is not the same for all. */
static const struct always {
  const char *metric;
  double value;
  const char *words;
} ALWAYS[] = {
    {MEASURE_SUCCESS, 1, "all authentications succeed"},
    {MEASURE_RETRANSMISSION, 0, "no message is repeated"},
};

const char *figure_always_words(const struct figure *figure, const struct figure_series_list *list,
                                const struct measure *share) {
  const struct always *row = NULL;
  for (size_t i = 0; i < sizeof ALWAYS / sizeof ALWAYS[0]; i++)
    if (strcmp(ALWAYS[i].metric, share->metric) == 0)
      row = &ALWAYS[i];
  for (size_t i = 0; i < list->count; i++)
    for (size_t j = 0; j < list->item[i].count && row != NULL; j++)
      if (fabs(dataset_estimate(figure->dataset, list->item[i].cell[j], share).value - row->value) >
          0)
        row = NULL;
  return row == NULL ? NULL : row->words;
}

char *figure_baseline_words(const struct figure *figure) {
  struct text words = {0};
  const char *column;
  json_t *values;
  json_object_foreach(figure->plan->against, column, values) {
    char *value = figure_value_words(figure, column, json_array_get(values, 0));
    text_add(&words, "%s%s", words.length == 0 ? "" : ", ", value);
    free(value);
  }
  return words.data == NULL ? memory_string("the baseline") : words.data;
}
