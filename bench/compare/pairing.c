/* Specs as rows of small numbers, sorted. */
#include "pairing.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

/* A key of specs, and the values that it takes: each has a number, from 1. */
struct column {
  char *name;
  bool known[SIDE_COUNT];
  json_t *number; /* of each value, as text */
  json_t *latest; /* the value before, which is the next one, as a rule */
  uint32_t latest_number;
};

/* A spec: the number of each column's value; 0, and columns behind `width`: it has no such key. */
struct pairing_row {
  uint32_t *number;
  size_t width;
  size_t run;
};

struct rows {
  struct pairing_row *item;
  size_t count;
};

struct pairing {
  struct column *column;
  size_t column_count;
  size_t *common; /* columns that both lists know */
  size_t common_count;
  struct rows rows[SIDE_COUNT];
};

struct pairing *pairing_create(void) {
  return memory_get(1, sizeof(struct pairing));
}

void pairing_destroy(struct pairing *pairing) {
  for (size_t i = 0; i < pairing->column_count; i++) {
    free(pairing->column[i].name);
    json_decref(pairing->column[i].number);
    json_decref(pairing->column[i].latest);
  }
  for (int side = 0; side < SIDE_COUNT; side++) {
    for (size_t i = 0; i < pairing->rows[side].count; i++)
      free(pairing->rows[side].item[i].number);
    free(pairing->rows[side].item);
  }
  free(pairing->common);
  free(pairing->column);
  free(pairing);
}

/* Index of a column, made if it is new; it is looked for behind `likely` first. */
static size_t column_index(struct pairing *pairing, const char *name, size_t likely) {
  for (size_t i = 0; i < pairing->column_count; i++) {
    size_t index = (likely + i) % pairing->column_count;
    if (strcmp(pairing->column[index].name, name) == 0)
      return index;
  }
  size_t index = pairing->column_count++;
  pairing->column = memory_resize(pairing->column, index + 1, sizeof *pairing->column);
  pairing->column[index] = (struct column){.name = memory_string(name), .number = json_object()};
  return index;
}

/* A value as text: 1 and 1.0 are equal, 1 and "1" are not. */
static char *value_text(const json_t *value) {
  if (json_is_number(value))
    return text_format("%.17g", json_number_value(value) + 0.0);
  return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
}

static uint32_t value_number(struct column *column, json_t *value) {
  if (column->latest != NULL && json_equal(column->latest, value))
    return column->latest_number;
  char *text = value_text(value);
  json_t *number = json_object_get(column->number, text);
  if (number == NULL) {
    number = json_integer((json_int_t)json_object_size(column->number) + 1);
    json_object_set_new(column->number, text, number);
  }
  free(text);
  json_decref(column->latest);
  column->latest = json_incref(value);
  column->latest_number = (uint32_t)json_integer_value(number);
  return column->latest_number;
}

void pairing_add(struct pairing *pairing, enum side side, const json_t *spec) {
  struct rows *rows = &pairing->rows[side];
  size_t index = SIZE_MAX, width = pairing->column_count + json_object_size(spec);
  struct pairing_row row = {.number = memory_get(width, sizeof *row.number), .run = rows->count};
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)spec, name, value) {
    index = column_index(pairing, name, index + 1);
    pairing->column[index].known[side] = true;
    row.number[index] = value_number(&pairing->column[index], value);
  }
  row.width = pairing->column_count;
  row.number = memory_resize(row.number, row.width, sizeof *row.number);
  if ((rows->count & (rows->count + 1)) == 0) /* grows at 0, 1, 3, 7 ... */
    rows->item = memory_resize(rows->item, 2 * rows->count + 1, sizeof *rows->item);
  rows->item[rows->count++] = row;
}

/* Orders two specs by the common columns. */
static int specs_compare(const struct pairing *pairing, const struct pairing_row *a,
                         const struct pairing_row *b) {
  for (size_t i = 0; i < pairing->common_count; i++) {
    size_t column = pairing->common[i];
    uint32_t x = column < a->width ? a->number[column] : 0;
    uint32_t y = column < b->width ? b->number[column] : 0;
    if (x != y)
      return x < y ? -1 : 1;
  }
  return 0;
}

/* For qsort_r: equal specs stay in the order of their list. */
static int rows_compare(const void *a, const void *b, void *context) {
  const struct pairing_row *x = a, *y = b;
  int order = specs_compare(context, x, y);
  return order != 0 ? order : (x->run > y->run) - (x->run < y->run);
}

static int pairs_compare(const void *a, const void *b) {
  const struct pairing_pair *x = a, *y = b;
  return (x->run[SIDE_A] > y->run[SIDE_A]) - (x->run[SIDE_A] < y->run[SIDE_A]);
}

static int runs_compare(const void *a, const void *b) {
  const size_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void find_common(struct pairing *pairing) {
  pairing->common = memory_resize(pairing->common, pairing->column_count, sizeof(size_t));
  pairing->common_count = 0;
  for (size_t i = 0; i < pairing->column_count; i++)
    if (pairing->column[i].known[SIDE_A] && pairing->column[i].known[SIDE_B])
      pairing->common[pairing->common_count++] = i;
}

void pairing_match(struct pairing *pairing, struct pairing_result *result) {
  const struct rows *a = &pairing->rows[SIDE_A], *b = &pairing->rows[SIDE_B];
  *result = (struct pairing_result){
      .pair = memory_get(a->count, sizeof *result->pair),
      .only = {memory_get(a->count, sizeof(size_t)), memory_get(b->count, sizeof(size_t))},
  };
  find_common(pairing);
  for (int side = 0; side < SIDE_COUNT; side++)
    qsort_r(pairing->rows[side].item, pairing->rows[side].count, sizeof(struct pairing_row),
            rows_compare, pairing);
  for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
    int order = i == a->count   ? 1
                : j == b->count ? -1
                                : specs_compare(pairing, &a->item[i], &b->item[j]);
    if (order == 0)
      result->pair[result->count++] = (struct pairing_pair){{a->item[i++].run, b->item[j++].run}};
    else if (order < 0)
      result->only[SIDE_A][result->only_count[SIDE_A]++] = a->item[i++].run;
    else
      result->only[SIDE_B][result->only_count[SIDE_B]++] = b->item[j++].run;
  }
  qsort(result->pair, result->count, sizeof *result->pair, pairs_compare);
  for (int side = 0; side < SIDE_COUNT; side++)
    qsort(result->only[side], result->only_count[side], sizeof(size_t), runs_compare);
}

void pairing_result_deinit(struct pairing_result *result) {
  free(result->pair);
  free(result->only[SIDE_A]);
  free(result->only[SIDE_B]);
  *result = (struct pairing_result){0};
}
