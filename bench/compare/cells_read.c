/* Cells by their plan. */
#include "cells_read.h"
#include "run_list.h"
#include "support/process.h"

#include <string.h>

/* A side that is read. */
struct cells_reading {
  const struct measures *measures;
  struct cell_runs *runs;
  struct pairing *pairing;
  enum side side;
  json_t *columns; /* in which the runs' cell has to be equal */
  struct json_members members;
  json_t *spec; /* of a list, that of its first run without the seed */
  bool differs; /* some other run of it has another */
};

static int take_result(void *context, json_t *result) {
  struct cells_reading *reading = context;
  cell_runs_add(reading->runs, reading->measures, result);
  pairing_add(reading->pairing, reading->side, reading->columns);
  return process_interrupted() ? -1 : 0;
}

/* The members of a result that the measures need; NULL if it is to be read as a whole. */
static json_t *needed_read(struct cells_reading *reading, const char *text) {
  struct json_members *members = &reading->members;
  if (!json_members_find(members, text, strlen(text)))
    return NULL;
  json_t *needed = json_object();
  for (size_t i = 0; i < members->count; i++) {
    const struct json_member *member = &members->item[i];
    if (!measures_need(reading->measures, member->name) ||
        json_object_set_new(needed, member->name, json_member_read(member)) == 0)
      continue;
    json_decref(needed);
    return NULL;
  }
  return needed;
}

/* What is no result is no run, and so it has no partner. */
static int take_row(void *context, long long seed, const char *key, const char *text) {
  struct cells_reading *reading = context;
  (void)key;
  json_t *result = text == NULL ? NULL : needed_read(reading, text);
  if (result == NULL && text != NULL)
    result = json_loads(text, 0, NULL);
  int status = 0;
  if (json_is_object(result)) {
    status = take_result(reading, result);
    reading->runs->run[reading->runs->count - 1].seed = seed;
  }
  json_decref(result);
  return status;
}

/* The columns of a cell that no selection has; the others are what is compared. */
static json_t *columns_without(const json_t *columns, json_t *const selections[SIDE_COUNT]) {
  json_t *left = json_copy((json_t *)columns);
  const char *name;
  json_t *value;
  for (int side = 0; side < SIDE_COUNT; side++)
    json_object_foreach(selections[side], name, value) {
      json_object_del(left, name);
    }
  return left;
}

static int read_plan(const struct operand *operand, const struct noted *noted, struct store *store,
                     json_t *const selections[SIDE_COUNT], struct cells_reading *reading,
                     struct cells_side *told, struct text *error) {
  const json_t *own = selections[reading->side];
  int status = 0;
  for (size_t i = 0; i < noted->count && status == 0; i++) {
    const struct noted_cell *cell = &noted->cell[i];
    if (!operand_has(operand, cell, own))
      continue;
    told->cells++;
    if (own == NULL)
      told->columns = json_incref(cell->columns);
    reading->columns = own == NULL ? json_object() : columns_without(cell->columns, selections);
    status = noted_runs_each(store, cell->number, take_row, reading, error);
    json_decref(reading->columns);
  }
  if (status == 0 && told->cells == 0) {
    text_add(error, "%s: there is no such cell; the cells are\n", operand->name);
    for (size_t i = 0; i < noted->count; i++)
      noted_add_cell(error, noted->cell[i].number, noted->cell[i].columns);
    return -1;
  }
  return status;
}

/* Takes a run of a list, whose runs have to be of one cell. */
static int take_listed(void *context, json_t *result) {
  struct cells_reading *reading = context;
  json_t *spec = json_copy(json_object_get(result, "spec"));
  json_object_del(spec, "seed");
  json_object_del(spec, "id");
  if (reading->spec == NULL)
    reading->spec = json_incref(spec);
  reading->differs = !json_equal(spec, reading->spec);
  json_decref(spec);
  return reading->differs ? -1 : take_result(reading, result);
}

static int read_list(const struct operand *operand, struct cells_reading *reading,
                     struct cells_side *told, struct text *error) {
  const struct run_listener listener = {.run = take_listed, .context = reading};
  struct run_list list;
  reading->columns = json_object();
  told->cells = 1;
  const int status = run_list_init(&list, operand->path, &listener, error);
  if (reading->differs)
    text_add(error,
             "%s: its runs are not of one cell, and it is to be compared with one: their specs "
             "differ in more than the seed\n",
             operand->name);
  run_list_deinit(&list);
  json_decref(reading->columns);
  json_decref(reading->spec);
  return status;
}

/* The store with its plan, if the side has cells of one. */
struct opened {
  struct store *store;
  struct noted noted;
};

static int opened_init(struct opened *opened, const struct operand *operand, json_t **selection,
                       struct text *error) {
  *opened = (struct opened){0};
  if (!operand->cells)
    return 0;
  opened->store = operand_open(operand, error);
  if (opened->store == NULL || noted_init(&opened->noted, opened->store, error) < 0)
    return -1;
  if (operand->selection == NULL)
    return 0;
  *selection = operand_selection(operand, &opened->noted, error);
  return *selection == NULL ? -1 : 0;
}

static void opened_deinit(struct opened *opened) {
  struct text ignored = {0};
  noted_deinit(&opened->noted);
  store_close(opened->store, &ignored);
  text_deinit(&ignored);
}

/* Cells of a side that differ in a column which the other side names would be taken together. */
static int check_columns(json_t *const selections[SIDE_COUNT],
                         const struct operand operands[SIDE_COUNT], struct text *error) {
  const char *name;
  json_t *value;
  for (size_t side = 0; side < SIDE_COUNT; side++) {
    if (selections[side] == NULL || selections[1 - side] == NULL)
      continue;
    json_object_foreach(selections[side], name, value) {
      if (json_object_get(selections[1 - side], name) != NULL)
        continue;
      text_add(
          error,
          "%s: it says nothing of %s, which %s does: both have to choose by the same columns\n",
          operands[1 - side].name, name, operands[side].name);
      return -1;
    }
  }
  return 0;
}

int cells_read(const struct operand operands[SIDE_COUNT], const struct measures *measures,
               struct cell_runs runs[SIDE_COUNT], struct pairing *pairing,
               struct cells_side sides[SIDE_COUNT], struct text *error) {
  struct opened opened[SIDE_COUNT] = {0};
  json_t *selections[SIDE_COUNT] = {NULL, NULL};
  int status = 0;
  for (size_t side = 0; side < SIDE_COUNT && status == 0; side++)
    status = opened_init(&opened[side], &operands[side], &selections[side], error);
  if (status == 0)
    status = check_columns(selections, operands, error);
  for (size_t side = 0; side < SIDE_COUNT && status == 0; side++) {
    struct cells_reading reading = {
        .measures = measures, .runs = &runs[side], .pairing = pairing, .side = (enum side)side};
    const struct operand *operand = &operands[side];
    status = operand->cells ? read_plan(operand, &opened[side].noted, opened[side].store,
                                        selections, &reading, &sides[side], error)
                            : read_list(operand, &reading, &sides[side], error);
    json_members_deinit(&reading.members);
    if (status == 0 && runs[side].count == 0) {
      text_add(error, "%s: none of its runs is in the store yet\n", operand->name);
      status = -1;
    }
  }
  for (size_t side = 0; side < SIDE_COUNT; side++) {
    if (selections[side] != NULL)
      sides[side].columns = selections[side];
    opened_deinit(&opened[side]);
  }
  return status;
}
