/* Claims by recursive descent: what they are made of, and what is wrong with them. */
#include "claim.h"
#include "claim_words.h"
#include "presentation_reader.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A node that is none: its part of the text was complained about. */
enum { NO_NODE = CLAIM_NODES_MAX };

static size_t node_add(struct claim_words *words, struct claim *claim,
                       const struct claim_node *node) {
  if (claim->node_count < CLAIM_NODES_MAX) {
    claim->node[claim->node_count] = *node;
    return claim->node_count++;
  }
  claim_words_stop(words, words->at, "a claim of more than %d parts", CLAIM_NODES_MAX);
  return NO_NODE;
}

/* Units */

static bool is_share(const char *unit) {
  return strcmp(unit, CLAIM_TIMES) == 0 || strcmp(unit, "ratio") == 0;
}

static bool units_agree(const char *a, const char *b) {
  return a == NULL || b == NULL || measure_units_agree(a, b) || (is_share(a) && is_share(b));
}

/* Complains of figures that cannot be added or compared. */
static void check_units(struct claim_words *words, const struct claim *claim, size_t left,
                        size_t right, size_t begin) {
  if (left == NO_NODE || right == NO_NODE)
    return;
  const char *a = claim->node[left].unit, *b = claim->node[right].unit;
  if (!units_agree(a, b))
    claim_words_complain(words, begin, words->at - begin, "this is in %s, and what is before in %s",
                         b[0] == '\0' ? "no unit" : b, a[0] == '\0' ? "no unit" : a);
}

static const char *unit_of(enum claim_kind kind, const char *a, const char *b) {
  if (kind == CLAIM_SUM || kind == CLAIM_DIFFERENCE)
    return a == NULL ? b : a;
  if (b == NULL)
    return a;
  if (a == NULL)
    return kind == CLAIM_PRODUCT ? b : MEASURE_UNIT_UNKNOWN;
  return kind == CLAIM_QUOTIENT && strcmp(a, b) == 0 ? CLAIM_TIMES : MEASURE_UNIT_UNKNOWN;
}

static size_t join(struct claim_words *words, struct claim *claim, enum claim_kind kind,
                   size_t left, size_t right) {
  if (left == NO_NODE || right == NO_NODE)
    return NO_NODE;
  const struct claim_node node = {
      .kind = kind,
      .unit = unit_of(kind, claim->node[left].unit, claim->node[right].unit),
      .left = left,
      .right = right};
  return node_add(words, claim, &node);
}

/* Measures */

static bool names_column(const struct claim_measure *measure, const char *column) {
  for (size_t i = 0; i < measure->cell_count; i++)
    if (strcmp(measure->cell[i].column, column) == 0)
      return true;
  return false;
}

/* `column=value` */
static void read_cell_value(struct claim_words *words, struct claim_measure *measure) {
  const struct presentation_reader *reader = words->reader;
  struct claim_word column, value;
  if (!claim_words_column(words, &column))
    return;
  if (!claim_words_value(words, &value)) {
    free(column.text);
    return;
  }
  yaml_node_t column_node = claim_words_node(words, &column);
  yaml_node_t value_node = claim_words_node(words, &value);
  json_t *read = NULL;
  if (names_column(measure, column.text))
    claim_words_stop(words, column.begin, "`%s` is here twice", column.text);
  if (reader_is_column(reader, &column_node))
    read = scenario_column_value(reader->scenario, reader->file, column.text, &value_node,
                                 reader->schema, reader->error);
  if (read == NULL)
    words->status = -1;
  measure->cell = memory_resize(measure->cell, measure->cell_count + 1, sizeof *measure->cell);
  measure->cell[measure->cell_count++] =
      (struct claim_cell_value){column.text, read, value.begin, value.length};
  free(value.text);
}

/* `[column=value, ...]` behind a measure. */
static void read_cell_values(struct claim_words *words, struct claim_measure *measure) {
  if (!claim_words_take(words, "["))
    return;
  do
    read_cell_value(words, measure);
  while (!words->stopped && claim_words_take(words, ","));
  claim_words_need(words, "]", "`]` or `, column=value` is expected here");
}

static void cell_values_deinit(struct claim_measure *measure) {
  for (size_t i = 0; i < measure->cell_count; i++) {
    free(measure->cell[i].column);
    json_decref(measure->cell[i].value);
  }
  free(measure->cell);
}

/* Brackets behind parentheses, of the measures from `first` on: each that does not name the column
 * itself. */
static void read_shared_cell_values(struct claim_words *words, struct claim *claim, size_t first) {
  struct claim_measure shared = {0};
  read_cell_values(words, &shared);
  for (size_t i = first; i < claim->measure_count; i++) {
    struct claim_measure *measure = &claim->measure[i];
    for (size_t j = 0; j < shared.cell_count; j++) {
      if (names_column(measure, shared.cell[j].column))
        continue;
      measure->cell = memory_resize(measure->cell, measure->cell_count + 1, sizeof *measure->cell);
      struct claim_cell_value *value = &measure->cell[measure->cell_count++];
      *value = shared.cell[j];
      value->column = memory_string(value->column);
      json_incref(value->value);
    }
  }
  cell_values_deinit(&shared);
}

static size_t read_measure(struct claim_words *words, struct claim *claim) {
  const struct presentation_reader *reader = words->reader;
  struct claim_word word;
  if (!claim_words_measure(words, &word))
    return NO_NODE;
  claim->measure = memory_resize(claim->measure, claim->measure_count + 1, sizeof *claim->measure);
  struct claim_measure *measure = &claim->measure[claim->measure_count];
  *measure = (struct claim_measure){0};
  struct text what = {0};
  if (measure_parse(&measure->measure, word.text, reader->schema, &reader->scenario->derived,
                    &what) < 0) {
    measure->measure.unit = MEASURE_UNIT_UNKNOWN;
    claim_words_complain(words, word.begin, word.length, "`%s` %s", word.text, text_string(&what));
  }
  text_deinit(&what);
  free(word.text);
  const struct claim_node node = {
      .kind = CLAIM_MEASURE, .unit = measure->measure.unit, .measure = claim->measure_count++};
  read_cell_values(words, measure);
  return node_add(words, claim, &node);
}

/* Sides */

static size_t read_sum(struct claim_words *words, struct claim *claim);

static size_t read_number(struct claim_words *words, struct claim *claim) {
  struct claim_node node = {.kind = CLAIM_NUMBER};
  bool percent;
  if (!claim_words_number(words, &node.number, &node.half, &percent))
    return NO_NODE;
  claim->percent = claim->percent || percent;
  return node_add(words, claim, &node);
}

static size_t read_factor(struct claim_words *words, struct claim *claim) {
  if (claim_words_at_number(words))
    return read_number(words, claim);
  const size_t begin = words->at;
  if (!claim_words_take(words, "("))
    return read_measure(words, claim);
  if (++words->depth > CLAIM_DEPTH_MAX) {
    claim_words_stop(words, begin, "parentheses in parentheses, more than %d", CLAIM_DEPTH_MAX);
    return NO_NODE;
  }
  const size_t first = claim->measure_count, node = read_sum(words, claim);
  words->depth--;
  claim_words_need(words, ")", "`)` is expected here");
  if (!words->stopped)
    read_shared_cell_values(words, claim, first);
  return node;
}

static size_t read_product(struct claim_words *words, struct claim *claim) {
  size_t node = read_factor(words, claim);
  while (!words->stopped) {
    enum claim_kind kind;
    if (claim_words_take(words, "*"))
      kind = CLAIM_PRODUCT;
    else if (claim_words_take(words, "/"))
      kind = CLAIM_QUOTIENT;
    else
      break;
    node = join(words, claim, kind, node, read_factor(words, claim));
  }
  return node;
}

static size_t read_sum(struct claim_words *words, struct claim *claim) {
  size_t node = read_product(words, claim);
  while (!words->stopped && !claim_words_at(words, "+-")) {
    enum claim_kind kind;
    if (claim_words_take(words, "+"))
      kind = CLAIM_SUM;
    else if (claim_words_take(words, "-"))
      kind = CLAIM_DIFFERENCE;
    else
      break;
    claim_words_skip_space(words);
    const size_t begin = words->at, right = read_product(words, claim);
    check_units(words, claim, node, right, begin);
    node = join(words, claim, kind, node, right);
  }
  return node;
}

/* Comparisons */

/* `+- number` behind ==; what `~` rounds to. */
static void read_tolerance(struct claim_words *words, struct claim *claim, size_t begin) {
  const size_t last = claim->side_count - 1, side = claim->side[last];
  const enum claim_order order = claim->order[last - 1];
  double *tolerance = &claim->tolerance[last - 1], half;
  bool percent;
  if (words->stopped || side == NO_NODE)
    return;
  if (order == CLAIM_ROUNDED && claim->node[side].kind == CLAIM_NUMBER)
    *tolerance = claim->node[side].half;
  else if (order == CLAIM_ROUNDED)
    claim_words_complain(words, begin, words->at - begin,
                         "behind `~` stands what is rounded to: a number, as `~ 4.20`");
  const size_t at = words->at;
  if (!claim_words_take(words, "+-"))
    return;
  if (order != CLAIM_EQUAL)
    claim_words_complain(words, at, 2, "`+-` goes with ==");
  claim_words_skip_space(words);
  const size_t number = words->at;
  if (claim_words_number(words, tolerance, &half, &percent) && *tolerance < 0)
    claim_words_complain(words, number, words->at - number, "a tolerance is not below 0");
}

static void read_sides(struct claim_words *words, struct claim *claim) {
  claim->side[claim->side_count++] = read_sum(words, claim);
  while (!words->stopped && (!claim_words_at_end(words) || claim->side_count < 2)) {
    if (claim->side_count == CLAIM_SIDES_MAX) {
      claim_words_stop(words, words->at, "a claim of more than %d sides", CLAIM_SIDES_MAX);
      return;
    }
    if (!claim_words_order(words, &claim->order[claim->side_count - 1]))
      return;
    claim_words_skip_space(words);
    const size_t begin = words->at;
    claim->side[claim->side_count++] = read_sum(words, claim);
    if (!words->stopped)
      check_units(words, claim, claim->side[claim->side_count - 2],
                  claim->side[claim->side_count - 1], begin);
    read_tolerance(words, claim, begin);
  }
}

int claim_read(struct claim *claim, const struct presentation_reader *reader, yaml_node_t *node) {
  struct claim_words words = {.reader = reader, .node = node, .text = yaml_scalar(node)};
  claim->text = memory_string(words.text == NULL ? "" : words.text);
  if (words.text == NULL)
    return yaml_complain(
        reader->file, node, reader->error,
        "a claim is expected here, as `bytes_air[hops=4] < 5 * bytes_air[hops=1]`");
  read_sides(&words, claim);
  if (words.status == 0 && claim->measure_count == 0)
    claim_words_complain(&words, 0, strlen(words.text), "a claim without a measure");
  return words.status;
}

void claim_deinit(struct claim *claim) {
  for (size_t i = 0; i < claim->measure_count; i++) {
    measure_deinit(&claim->measure[i].measure);
    cell_values_deinit(&claim->measure[i]);
  }
  free(claim->measure);
  free(claim->text);
  free(claim->why);
  *claim = (struct claim){0};
}

/* Pairs */

bool claim_measures_equal(const struct claim *claim, size_t a, size_t b) {
  const struct measure *first = &claim->measure[a].measure, *second = &claim->measure[b].measure;
  return strcmp(first->metric, second->metric) == 0 && strcmp(first->word, second->word) == 0;
}

double claim_number(const struct claim *claim, size_t node) {
  return claim->node[node].kind == CLAIM_NUMBER ? claim->node[node].number : NAN;
}

/* A measure, or a number times one. */
static bool multiple_of(const struct claim *claim, size_t node, double *factor, size_t *measure) {
  const struct claim_node *at = &claim->node[node];
  *factor = 1;
  if (at->kind == CLAIM_PRODUCT) {
    *factor = claim_number(claim, at->left);
    at = &claim->node[at->right];
  }
  *measure = at->measure;
  return at->kind == CLAIM_MEASURE && *factor > 0;
}

bool claim_pair_of(const struct claim *claim, struct claim_pair *pair) {
  double left_factor, right_factor;
  size_t left, right;
  if (!multiple_of(claim, claim->side[0], &left_factor, &left) ||
      !multiple_of(claim, claim->side[1], &right_factor, &right) ||
      !claim_measures_equal(claim, left, right) ||
      (fabs(left_factor - 1) > 0 && fabs(right_factor - 1) > 0))
    return false;
  const bool turned = fabs(left_factor - 1) > 0;
  *pair = turned ? (struct claim_pair){right, left, left_factor}
                 : (struct claim_pair){left, right, right_factor};
  return true;
}

bool claim_has_interval(const struct claim *claim) {
  struct claim_pair pair;
  const bool orders = claim->side_count == 2 && claim->order[0] <= CLAIM_AT_LEAST;
  return orders && (claim_pair_of(claim, &pair) || !isnan(claim_number(claim, claim->side[0])) ||
                    !isnan(claim_number(claim, claim->side[1])));
}
