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
  json_t *number;    /* of each value, as text */
  json_t *value;     /* array: of each number less 1 */
  uint32_t fallback; /* what counts for runs without the key; 0: nothing */
  json_t *latest;    /* the value before, which is the next one, as a rule */
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
    json_decref(pairing->column[i].value);
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
  pairing->column[index] =
      (struct column){.name = memory_string(name), .number = json_object(), .value = json_array()};
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
    json_array_append(column->value, value);
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

/* The number of what a spec has in a column, or of what counts for it. */
static uint32_t number_in(const struct pairing *pairing, const struct pairing_row *row,
                          size_t column) {
  const uint32_t number = column < row->width ? row->number[column] : 0;
  return number != 0 ? number : pairing->column[column].fallback;
}

/* Orders two specs by the common columns. */
static int specs_compare(const struct pairing *pairing, const struct pairing_row *a,
                         const struct pairing_row *b) {
  for (size_t i = 0; i < pairing->common_count; i++) {
    size_t column = pairing->common[i];
    const uint32_t x = number_in(pairing, a, column), y = number_in(pairing, b, column);
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

static bool is_one_sided(const struct column *column) {
  return column->known[SIDE_A] != column->known[SIDE_B];
}

void pairing_fill(struct pairing *pairing,
                  const json_t *(*ask)(void *context, const char *key, enum side has),
                  void *context) {
  for (size_t i = 0; i < pairing->column_count; i++) {
    struct column *column = &pairing->column[i];
    const json_t *value = NULL;
    if (is_one_sided(column) && column->fallback == 0)
      value = ask(context, column->name, column->known[SIDE_A] ? SIDE_A : SIDE_B);
    if (value != NULL)
      column->fallback = value_number(column, (json_t *)value);
  }
}

/* The columns that count, but for `without`. */
static void find_common(struct pairing *pairing, const char *without) {
  pairing->common = memory_resize(pairing->common, pairing->column_count, sizeof(size_t));
  pairing->common_count = 0;
  for (size_t i = 0; i < pairing->column_count; i++) {
    const struct column *column = &pairing->column[i];
    if ((!is_one_sided(column) || column->fallback != 0) && strcmp(column->name, without) != 0)
      pairing->common[pairing->common_count++] = i;
  }
}

void pairing_match(struct pairing *pairing, struct pairing_result *result) {
  const struct rows *a = &pairing->rows[SIDE_A], *b = &pairing->rows[SIDE_B];
  *result = (struct pairing_result){
      .pair = memory_get(a->count, sizeof *result->pair),
      .only = {memory_get(a->count, sizeof(size_t)), memory_get(b->count, sizeof(size_t))},
  };
  find_common(pairing, "");
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

/* A spec in the order of cells. */
struct celled {
  const struct pairing_row *row;
  enum side side;
};

static int celled_compare(const void *a, const void *b, void *context) {
  const struct celled *x = a, *y = b;
  return specs_compare(context, x->row, y->row);
}

static struct celled *rows_by_cell(struct pairing *pairing, size_t count) {
  struct celled *celled = memory_get(count, sizeof *celled);
  size_t filled = 0;
  for (int side = 0; side < SIDE_COUNT; side++)
    for (size_t i = 0; i < pairing->rows[side].count; i++)
      celled[filled++] = (struct celled){&pairing->rows[side].item[i], (enum side)side};
  qsort_r(celled, count, sizeof *celled, celled_compare, pairing);
  return celled;
}

/* A cell while labels are looked for. */
struct cell_label {
  const struct pairing_row *row; /* one of its specs */
  size_t cell;
  uint32_t number;  /* in the column that is tried */
  size_t set, next; /* which of those that are told apart by the columns before it; and with it */
};

static int label_compare(const void *a, const void *b) {
  const struct cell_label *x = a, *y = b;
  if (x->set != y->set)
    return x->set < y->set ? -1 : 1;
  return (x->number > y->number) - (x->number < y->number);
}

/* How many sets of cells there are if a column is taken, too. */
static size_t sets_with(const struct pairing *pairing, size_t column, struct cell_label *label,
                        size_t count) {
  for (size_t i = 0; i < count; i++)
    label[i].number = number_in(pairing, label[i].row, column);
  qsort(label, count, sizeof *label, label_compare);
  size_t sets = 0;
  for (size_t i = 0; i < count; i++) {
    sets += i == 0 || label_compare(&label[i - 1], &label[i]) != 0;
    label[i].next = sets;
  }
  return sets;
}

static void column_take(const struct pairing *pairing, size_t column, struct cell_label *label,
                        size_t count, json_t **columns) {
  const struct column *taken = &pairing->column[column];
  for (size_t i = 0; i < count; i++) {
    label[i].set = label[i].next;
    if (label[i].number != 0)
      json_object_set(columns[label[i].cell], taken->name,
                      json_array_get(taken->value, label[i].number - 1));
  }
}

/* Takes a column where it tells more cells apart than those before it. */
static void find_columns(const struct pairing *pairing, struct cell_label *label, size_t count,
                         json_t **columns) {
  size_t sets = 1;
  for (size_t i = 0; i < pairing->common_count && sets < count; i++) {
    const size_t column = pairing->common[i];
    if (json_object_size(pairing->column[column].number) < 2)
      continue;
    const size_t more = sets_with(pairing, column, label, count);
    if (more > sets)
      column_take(pairing, column, label, count, columns);
    sets = more > sets ? more : sets;
  }
}

static int values_order(const json_t *a, const json_t *b) {
  if (json_is_number(a) && json_is_number(b)) {
    const double x = json_number_value(a), y = json_number_value(b);
    return (x > y) - (x < y);
  }
  const char *x = json_string_value(a), *y = json_string_value(b);
  return strcmp(x == NULL ? "" : x, y == NULL ? "" : y);
}

/* A cell where it is put in order. */
struct cell_place {
  json_t *columns;
  size_t cell;
};

static int place_compare(const void *a, const void *b) {
  const struct cell_place *x = a, *y = b;
  const char *name;
  json_t *value;
  int order = 0;
  json_object_foreach(x->columns, name, value) {
    if (order == 0)
      order = values_order(value, json_object_get(y->columns, name));
  }
  return order != 0 ? order : (x->cell > y->cell) - (x->cell < y->cell);
}

/* Gives the cells their numbers by the order of their columns. */
static void put_in_order(const struct pairing *pairing, struct pairing_cells *cells) {
  struct cell_place *place = memory_get(cells->count, sizeof *place);
  size_t *number = memory_get(cells->count, sizeof *number);
  for (size_t i = 0; i < cells->count; i++)
    place[i] = (struct cell_place){cells->columns[i], i};
  qsort(place, cells->count, sizeof *place, place_compare);
  for (size_t i = 0; i < cells->count; i++) {
    cells->columns[i] = place[i].columns;
    number[place[i].cell] = i;
  }
  for (int side = 0; side < SIDE_COUNT; side++)
    for (size_t i = 0; i < pairing->rows[side].count; i++)
      cells->of[side][i] = number[cells->of[side][i]];
  free(number);
  free(place);
}

void pairing_cells_find(struct pairing *pairing, struct pairing_cells *cells) {
  const size_t count = pairing->rows[SIDE_A].count + pairing->rows[SIDE_B].count;
  find_common(pairing, "seed");
  struct celled *celled = rows_by_cell(pairing, count);
  struct cell_label *label = memory_get(count, sizeof *label);
  *cells = (struct pairing_cells){.columns = memory_get(count, sizeof *cells->columns)};
  for (int side = 0; side < SIDE_COUNT; side++)
    cells->of[side] = memory_get(pairing->rows[side].count, sizeof(size_t));
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || specs_compare(pairing, celled[i - 1].row, celled[i].row) != 0) {
      label[cells->count] = (struct cell_label){.row = celled[i].row, .cell = cells->count};
      cells->columns[cells->count++] = json_object();
    }
    cells->of[celled[i].side][celled[i].row->run] = cells->count - 1;
  }
  find_columns(pairing, label, cells->count, cells->columns);
  put_in_order(pairing, cells);
  free(label);
  free(celled);
}

void pairing_cells_deinit(struct pairing_cells *cells) {
  for (size_t i = 0; i < cells->count; i++)
    json_decref(cells->columns[i]);
  free(cells->columns);
  free(cells->of[SIDE_A]);
  free(cells->of[SIDE_B]);
  *cells = (struct pairing_cells){0};
}
