/* Measures by their words, and the numbers that they need. */
#include "measures.h"
#include "scenario/derived.h"
#include "store/result_number.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const DEFAULTS[] = {"success", "mean time_ms", "mean bytes_udp",
                                       "mean bytes_air", "mean energy_peer_mj"};

/* What a share is computed from. */
static const char REPEATED[] = "datagrams_repeated";

static void add_metric(struct measures *measures, const char *metric) {
  for (size_t i = 0; i < measures->metric_count; i++)
    if (strcmp(measures->metric[i], metric) == 0)
      return;
  measures->metric =
      memory_resize(measures->metric, measures->metric_count + 1, sizeof *measures->metric);
  measures->metric[measures->metric_count++] = memory_string(metric);
}

/* Takes `measure` over. Its place. */
static size_t take_measure(struct measures *measures, struct measure *measure) {
  const bool is_share = measure->statistic == MEASURE_RATIO;
  char *words = is_share ? memory_string(measure->metric)
                         : text_format("%s %s", measure->word, measure->metric);
  size_t index = 0;
  while (index < measures->count && strcmp(measures->words[index], words) != 0)
    index++;
  if (index < measures->count) {
    measure_deinit(measure);
    free(words);
    return index;
  }
  measures->item = memory_resize(measures->item, index + 1, sizeof *measures->item);
  measures->words = memory_resize(measures->words, index + 1, sizeof *measures->words);
  measures->item[index] = *measure;
  measures->words[index] = words;
  measures->count++;
  add_metric(measures, is_share ? REPEATED : measure->metric);
  return index;
}

/* With `mean` before it where no statistic is there; to be freed. */
static char *with_statistic(const char *text) {
  const bool whole = strchr(text, ' ') != NULL || strcmp(text, MEASURE_SUCCESS) == 0 ||
                     strcmp(text, MEASURE_RETRANSMISSION) == 0;
  return whole ? memory_string(text) : text_format("mean %s", text);
}

int measures_add(struct measures *measures, const char *text, const struct measures_known *known,
                 size_t *index, struct text *error) {
  static const struct derived none = {0};
  char *words = with_statistic(text);
  struct text wrong[SIDE_COUNT] = {0};
  int status = -1;
  for (int side = SIDE_COUNT - 1; side >= 0 && status < 0; side--) {
    struct measure measure = {0};
    if (known->of[side] == NULL)
      continue;
    status = measure_parse(&measure, words, known->of[side], &none, &wrong[side]);
    if (status == 0)
      *index = take_measure(measures, &measure);
  }
  if (status < 0)
    text_add(error, "%s", text_string(&wrong[wrong[SIDE_B].length > 0 ? SIDE_B : SIDE_A]));
  text_deinit(&wrong[SIDE_A]);
  text_deinit(&wrong[SIDE_B]);
  free(words);
  return status;
}

void measures_add_default(struct measures *measures, const struct measures_known *known) {
  for (size_t i = 0; i < sizeof DEFAULTS / sizeof DEFAULTS[0]; i++) {
    struct text unknown = {0};
    size_t index;
    (void)measures_add(measures, DEFAULTS[i], known, &index, &unknown);
    text_deinit(&unknown);
  }
}

void measures_deinit(struct measures *measures) {
  for (size_t i = 0; i < measures->count; i++) {
    measure_deinit(&measures->item[i]);
    free(measures->words[i]);
  }
  for (size_t i = 0; i < measures->metric_count; i++)
    free(measures->metric[i]);
  free(measures->item);
  free(measures->words);
  free(measures->metric);
  *measures = (struct measures){0};
}

void measures_read(const struct measures *measures, const json_t *result, struct dataset_run *run) {
  *run = (struct dataset_run){0};
  dataset_run_read_outcome(run, result);
  run->left_out = run->left_out || !json_is_string(json_object_get(result, "outcome"));
  run->number = memory_get(measures->metric_count, sizeof *run->number);
  for (size_t i = 0; i < measures->metric_count; i++)
    run->number[i] = result_number(result, measures->metric[i]);
}

bool measures_need(const struct measures *measures, const char *key) {
  const size_t length = strlen(key);
  bool needed = strcmp(key, "outcome") == 0;
  for (size_t i = 0; i < measures->metric_count && !needed; i++)
    needed = strncmp(measures->metric[i], key, length) == 0 &&
             (measures->metric[i][length] == '\0' || measures->metric[i][length] == '.');
  return needed;
}
