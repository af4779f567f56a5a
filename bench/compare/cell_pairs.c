/* Cells with cells, runs with runs. */
#include "cell_pairs.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>

void cell_runs_add(struct cell_runs *runs, const struct measures *measures, const json_t *result) {
  if ((runs->count & (runs->count + 1)) == 0) /* grows at 0, 1, 3, 7 ... */
    runs->run = memory_resize(runs->run, 2 * runs->count + 1, sizeof *runs->run);
  struct dataset_run *run = &runs->run[runs->count++];
  measures_read(measures, result, run);
  run->seed = json_integer_value(json_object_get(json_object_get(result, "spec"), "seed"));
}

void cell_runs_deinit(struct cell_runs *runs) {
  for (size_t i = 0; i < runs->count; i++)
    free(runs->run[i].number);
  free(runs->run);
  *runs = (struct cell_runs){0};
}

/* A run where runs are put in order. */
struct run_place {
  size_t cell, index;
  long long seed;
};

static int place_compare(const void *a, const void *b) {
  const struct run_place *x = a, *y = b;
  if (x->cell != y->cell)
    return x->cell < y->cell ? -1 : 1;
  if (x->seed != y->seed)
    return x->seed < y->seed ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

/* The runs by cell, seed, and their order. */
static struct run_place *in_order(const struct cell_runs *runs, const size_t *cell_of) {
  struct run_place *place = memory_get(runs->count, sizeof *place);
  for (size_t i = 0; i < runs->count; i++)
    place[i] = (struct run_place){cell_of[i], i, runs->run[i].seed};
  qsort(place, runs->count, sizeof *place, place_compare);
  return place;
}

/* Copies a side's runs into the cells. */
static void fill_side(struct cell_pairs *pairs, enum side side, const struct cell_runs *runs,
                      const size_t *cell_of) {
  struct run_place *place = in_order(runs, cell_of);
  for (size_t i = 0; i < runs->count; i++)
    pairs->item[cell_of[i]].count[side]++;
  for (size_t i = 0; i < pairs->count; i++) {
    struct cell_pair *pair = &pairs->item[i];
    pair->run[side] = memory_get(pair->count[side], sizeof(struct dataset_run));
    pair->count[side] = 0;
  }
  for (size_t i = 0; i < runs->count; i++) {
    struct cell_pair *pair = &pairs->item[place[i].cell];
    pair->run[side][pair->count[side]++] = runs->run[place[i].index];
  }
  free(place);
}

/* Gives partners a number of their own as their seeds, in order, and a number to all others. */
static void find_partners(struct cell_pair *pair) {
  struct dataset_run *a = pair->run[SIDE_A], *b = pair->run[SIDE_B];
  const size_t a_count = pair->count[SIDE_A], b_count = pair->count[SIDE_B];
  long long number = 0;
  for (size_t i = 0, j = 0; i < a_count || j < b_count;) {
    const bool first = j == b_count || (i < a_count && a[i].seed < b[j].seed);
    const bool second = i == a_count || (j < b_count && b[j].seed < a[i].seed);
    pair->partners += !first && !second;
    if (!second)
      a[i++].seed = number;
    if (!first)
      b[j++].seed = number;
    number++;
  }
  pair->apart = 2 * pair->partners < (a_count < b_count ? a_count : b_count);
}

void cell_pairs_init(struct cell_pairs *pairs, const struct cell_runs runs[SIDE_COUNT],
                     size_t *const cell_of[SIDE_COUNT], json_t *const *columns, size_t count) {
  *pairs = (struct cell_pairs){memory_get(count, sizeof *pairs->item), count};
  for (int side = 0; side < SIDE_COUNT; side++)
    fill_side(pairs, (enum side)side, &runs[side], cell_of[side]);
  for (size_t i = 0; i < count; i++) {
    pairs->item[i].name = text_format("#%zu", i + 1);
    pairs->item[i].columns = columns[i];
    find_partners(&pairs->item[i]);
  }
}

void cell_pairs_deinit(struct cell_pairs *pairs) {
  for (size_t i = 0; i < pairs->count; i++) {
    free(pairs->item[i].name);
    free(pairs->item[i].run[SIDE_A]);
    free(pairs->item[i].run[SIDE_B]);
  }
  free(pairs->item);
  *pairs = (struct cell_pairs){0};
}

char *cell_words(const json_t *columns) {
  struct text words = {0};
  const char *name;
  json_t *value;
  text_add(&words, "%s", json_object_size(columns) == 0 ? "all runs" : "");
  json_object_foreach((json_t *)columns, name, value) {
    char *printed = json_is_string(value) || json_is_number(value)
                        ? value_print(value)
                        : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    text_add(&words, "%s%s=", words.length == 0 ? "" : " ", name);
    text_add_shell_word(&words, printed);
    free(printed);
  }
  return words.data;
}

bool cell_pair_is_only(const struct cell_pair *pair, enum side side) {
  return pair->count[side] > 0 && pair->count[side == SIDE_A ? SIDE_B : SIDE_A] == 0;
}
