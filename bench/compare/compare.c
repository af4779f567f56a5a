/* The verb compare. */
#include "compare.h"
#include "cells_read.h"
#include "figures_json.h"
#include "figures_words.h"
#include "moves.h"
#include "simulator/simulator.h"
#include "support/memory.h"
#include "support/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct comparison {
  const struct bench_options *options;
  struct operand operand[SIDE_COUNT];
  bool cells; /* cells of plans are compared, and not all runs of two lists */
  struct schema schema[SIDE_COUNT];
  struct measures_known known;
  struct measures measures;
  struct bounds bounds;
  struct compared_ignore ignore;
  bool without_seeds; /* they are ignored */
  struct cell_runs runs[SIDE_COUNT];
  struct moves moves;                  /* of lists */
  struct spec_keys keys;               /* of lists */
  struct pairing *pairing;             /* of cells */
  struct cells_side sides[SIDE_COUNT]; /* of cells */
  struct pairing_cells cell_of;
  struct cell_pairs pairs;
  struct figures figures;
};

static char *describe_simulator(const struct bench_options *options) {
  struct text describe = {0}, ignored = {0};
  char *program = simulator_find(options->simulator, &ignored);
  if (program == NULL || simulator_describe(program, &describe, &ignored) < 0)
    text_deinit(&describe);
  free(program);
  text_deinit(&ignored);
  return describe.data;
}

/* What is known of each side: what its store says, or else that of the other side, or else the
 * simulator, if it is there. */
static void find_known(struct comparison *comparison) {
  char *describe[SIDE_COUNT], *simulator = NULL;
  for (int side = 0; side < SIDE_COUNT; side++)
    describe[side] = operand_describe(&comparison->operand[side]);
  if (describe[SIDE_A] == NULL && describe[SIDE_B] == NULL)
    simulator = describe_simulator(comparison->options);
  for (int side = 0; side < SIDE_COUNT; side++) {
    struct text ignored = {0};
    const char *other = describe[side == SIDE_A ? SIDE_B : SIDE_A];
    const char *text = describe[side] != NULL ? describe[side] : other != NULL ? other : simulator;
    if (text != NULL && schema_init(&comparison->schema[side], text, &ignored) == 0)
      comparison->known.of[side] = &comparison->schema[side];
    text_deinit(&ignored);
  }
  free(describe[SIDE_A]);
  free(describe[SIDE_B]);
  free(simulator);
}

static int read_measures(struct comparison *comparison, struct text *error) {
  const struct bench_list *of = &comparison->options->of, *bounds = &comparison->options->fail_if;
  const struct measures_known *known = &comparison->known;
  if (known->of[SIDE_A] == NULL && known->of[SIDE_B] == NULL && of->count + bounds->count > 0) {
    text_add(error, "nothing says which measures results have: --simulator names the simulator\n");
    return -1;
  }
  if (of->count == 0)
    measures_add_default(&comparison->measures, known);
  int status = 0;
  for (size_t i = 0; i < of->count && status == 0; i++) {
    struct text wrong = {0};
    size_t index;
    status = measures_add(&comparison->measures, of->item[i], known, &index, &wrong);
    if (status < 0)
      text_add(error, "--of: `%s` %s\n", of->item[i], text_string(&wrong));
    text_deinit(&wrong);
  }
  for (size_t i = 0; i < bounds->count && status == 0; i++)
    status = bounds_add(&comparison->bounds, bounds->item[i], &comparison->measures, known, error);
  return status;
}

static void take_result(void *context, enum side side, const json_t *result) {
  struct comparison *comparison = context;
  struct cell_runs *runs = &comparison->runs[side];
  cell_runs_add(runs, &comparison->measures, result);
  if (comparison->without_seeds)
    runs->run[runs->count - 1].seed = 0;
}

static bool needs_key(void *context, const char *key) {
  const struct comparison *comparison = context;
  return measures_need(&comparison->measures, key);
}

static int read_lists(struct comparison *comparison, struct text *error) {
  const char *const names[SIDE_COUNT] = {comparison->operand[SIDE_A].path,
                                         comparison->operand[SIDE_B].path};
  struct moves *moves = &comparison->moves;
  const struct moves_listener listener = {take_result, needs_key, comparison};
  const struct measures_known *known = &comparison->known;
  if (moves_init(moves, names, &comparison->ignore, &listener, error) < 0)
    return -1;
  moves->schema = known->of[known->of[SIDE_B] != NULL ? SIDE_B : SIDE_A];
  spec_keys_fill(&comparison->keys, known, moves->pairing);
  if (moves_find(moves, error) < 0)
    return -1;
  pairing_cells_find(moves->pairing, &comparison->cell_of);
  return 0;
}

static int read_cells(struct comparison *comparison, struct text *error) {
  comparison->pairing = pairing_create();
  if (cells_read(comparison->operand, &comparison->measures, comparison->runs, comparison->pairing,
                 comparison->sides, error) < 0)
    return -1;
  pairing_cells_find(comparison->pairing, &comparison->cell_of);
  return 0;
}

static void find_figures(struct comparison *comparison) {
  const struct pairing_cells *cells = &comparison->cell_of;
  cell_pairs_init(&comparison->pairs, comparison->runs, cells->of, cells->columns, cells->count);
  figures_find(&comparison->figures, &comparison->measures, &comparison->pairs);
}

/* Tells of keys that were to be ignored, and that are not there. */
static void tell_unmet(const struct compared_ignore *ignore) {
  for (size_t i = 0; i < ignore->count; i++)
    if (!ignore->met[i])
      text_printf(stderr, "--ignore %s: no result has this key\n", ignore->key[i]);
}

static void cells_add_head(const struct comparison *comparison, struct text *text) {
  for (int side = 0; side < SIDE_COUNT; side++) {
    const struct cells_side *of = &comparison->sides[side];
    const bool one = of->columns != NULL && comparison->operand[side].selection == NULL;
    char *words = one ? cell_words(of->columns) : NULL;
    text_add(text, "%s  %s%s%s  ", side == SIDE_A ? "A" : "B", comparison->operand[side].name,
             one ? "  " : "", one ? words : "");
    if (of->cells > 1)
      text_add(text, "%zu cells, ", of->cells);
    text_add(text, "%zu run%s\n", comparison->runs[side].count,
             text_plural(comparison->runs[side].count));
    free(words);
  }
}

static int tell_words(struct comparison *comparison, struct text *text, struct text *error) {
  if (comparison->cells) {
    cells_add_head(comparison, text);
  } else {
    if (moves_print(&comparison->moves, comparison->options->all, text, error) < 0)
      return -1;
    if (comparison->figures.count > 0)
      text_add(text, "\n");
    spec_keys_add(&comparison->keys, comparison->options->all, text);
  }
  if (comparison->cells || comparison->figures.count > 0)
    figures_add(&comparison->figures, comparison->options->all, text);
  return 0;
}

static void cells_json_set(const struct comparison *comparison, json_t *object) {
  for (int side = 0; side < SIDE_COUNT; side++) {
    const struct cells_side *of = &comparison->sides[side];
    json_t *columns = of->columns == NULL ? json_object() : json_incref(of->columns);
    json_object_set_new(object, side == SIDE_A ? "a" : "b",
                        json_pack("{s:s, s:o, s:I, s:I}", "name", comparison->operand[side].name,
                                  "columns", columns, "cells", (json_int_t)of->cells, "runs",
                                  (json_int_t)comparison->runs[side].count));
  }
}

static int tell_json(struct comparison *comparison, struct text *text, struct text *error) {
  json_t *object = json_object();
  int status = 0;
  if (comparison->cells)
    cells_json_set(comparison, object);
  else
    status = moves_json_set(&comparison->moves, object, error);
  figures_json_set(object, &comparison->figures, &comparison->bounds,
                   comparison->cells ? NULL : &comparison->keys);
  char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
  text_add(text, "%s\n", line);
  free(line);
  json_decref(object);
  return status;
}

/* The status of what was compared; tells of bounds that are passed. */
static enum bench_exit conclude(const struct comparison *comparison) {
  struct text words = {0};
  if (comparison->bounds.count == 0)
    return comparison->cells || moves_none(&comparison->moves) ? BENCH_GOOD : BENCH_FAILED;
  const bool fails = bounds_fail(&comparison->bounds, &comparison->figures, &words);
  text_print(text_string(&words), stderr);
  text_deinit(&words);
  return fails ? BENCH_FAILED : BENCH_GOOD;
}

static enum bench_exit compare_act(struct comparison *comparison, struct text *error) {
  struct text text = {0};
  find_known(comparison);
  if (read_measures(comparison, error) < 0 ||
      (comparison->cells ? read_cells : read_lists)(comparison, error) < 0)
    return BENCH_BAD_USAGE;
  find_figures(comparison);
  const bool json = comparison->options->json;
  const int status = (json ? tell_json : tell_words)(comparison, &text, error);
  if (status == 0)
    text_print(text_string(&text), stdout);
  fflush(stdout); /* what bounds say comes behind it */
  text_deinit(&text);
  if (status < 0)
    return BENCH_BAD_USAGE;
  if (!comparison->cells)
    tell_unmet(&comparison->ignore);
  return conclude(comparison);
}

static bool ignores_seeds(const struct bench_list *ignore) {
  for (size_t i = 0; i < ignore->count; i++)
    if (strcmp(ignore->item[i], "spec.seed") == 0 || strcmp(ignore->item[i], "spec") == 0)
      return true;
  return false;
}

static void comparison_init(struct comparison *comparison, const struct bench_options *options) {
  const struct bench_list *ignore = &options->ignore;
  *comparison = (struct comparison){
      .options = options,
      .ignore = {.key = ignore->item,
                 .count = ignore->count,
                 .met = memory_get(ignore->count, sizeof *comparison->ignore.met)},
      .without_seeds = ignores_seeds(ignore),
  };
}

static void comparison_deinit(struct comparison *comparison) {
  figures_deinit(&comparison->figures);
  cell_pairs_deinit(&comparison->pairs);
  pairing_cells_deinit(&comparison->cell_of);
  if (comparison->pairing != NULL)
    pairing_destroy(comparison->pairing);
  if (comparison->moves.pairing != NULL)
    moves_deinit(&comparison->moves);
  spec_keys_deinit(&comparison->keys);
  bounds_deinit(&comparison->bounds);
  measures_deinit(&comparison->measures);
  for (int side = 0; side < SIDE_COUNT; side++) {
    json_decref(comparison->sides[side].columns);
    cell_runs_deinit(&comparison->runs[side]);
    if (comparison->known.of[side] != NULL)
      schema_deinit(&comparison->schema[side]);
    operand_deinit(&comparison->operand[side]);
  }
  free(comparison->ignore.met);
}

/* A campaign and two selections, or two words. -1 with an error. */
static int read_words(struct comparison *comparison, char *const words[], int count,
                      struct text *error) {
  const char *results = comparison->options->results;
  struct operand *operand = comparison->operand;
  if (count == 3 && strchr(words[1], '=') != NULL && strchr(words[2], '=') != NULL) {
    comparison->cells = true;
    return operand_select(&operand[SIDE_A], words[0], words[1], results, error) < 0
               ? -1
               : operand_select(&operand[SIDE_B], words[0], words[2], results, error);
  }
  if (count != 2) {
    text_add(error,
             "compare takes " OPERAND_ACCEPTED "; coap-eap-bench compare --help says more\n");
    return -1;
  }
  if (strcmp(words[0], "-") == 0 && strcmp(words[1], "-") == 0) {
    text_add(error, "-: one of the two can be standard input\n");
    return -1;
  }
  for (int side = 0; side < SIDE_COUNT; side++)
    if (operand_read(&operand[side], words[side], results, error) < 0)
      return -1;
  comparison->cells = operand[SIDE_A].cells || operand[SIDE_B].cells;
  return 0;
}

enum bench_exit compare(const struct bench_options *options, char *const words[], int count) {
  struct comparison comparison;
  struct text error = {0};
  enum bench_exit status = BENCH_BAD_USAGE;
  comparison_init(&comparison, options);
  if (read_words(&comparison, words, count, &error) == 0)
    status = compare_act(&comparison, &error);
  comparison_deinit(&comparison);
  if (process_interrupted())
    status = BENCH_INTERRUPTED;
  else
    text_print(text_string(&error), stderr);
  text_deinit(&error);
  return status;
}
