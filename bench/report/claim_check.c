/* Claims, combination by combination. */
#include "claim_check.h"
#include "scenario/claim_cells.h"
#include "store/paired.h"
#include "violation_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Figures differ by rounding when they are summed. */
static const double EXACT = 1e-9;

/* A claim in one combination. */
struct instance {
  const struct dataset *dataset;
  const struct claim *claim;
  const size_t *cell; /* by measure */
};

static const char *const SIGNS[CLAIM_ORDERS] = {
    [CLAIM_BELOW] = "<",     [CLAIM_AT_MOST] = "<=", [CLAIM_ABOVE] = ">",
    [CLAIM_AT_LEAST] = ">=", [CLAIM_EQUAL] = "==",   [CLAIM_ROUNDED] = "~"};

/* Sides */

static struct estimate without_interval(double value) {
  return (struct estimate){value, NAN, NAN, 0, INTERVAL_NONE};
}

static struct estimate scaled(struct estimate estimate, double factor) {
  const double low = factor * estimate.low, high = factor * estimate.high;
  estimate.value *= factor;
  estimate.low = factor < 0 ? high : low;
  estimate.high = factor < 0 ? low : high;
  return estimate;
}

static struct estimate moved(struct estimate estimate, double by) {
  estimate.value += by;
  estimate.low += by;
  estimate.high += by;
  return estimate;
}

static struct estimate pair_estimate(const struct instance *instance, size_t own, size_t base,
                                     enum presentation_kind kind) {
  const struct presentation_column column = {kind, instance->claim->measure[own].measure};
  return paired_estimate(instance->dataset, instance->cell[own], instance->cell[base], &column);
}

/* Whether both are measures that make pairs. */
static bool are_paired(const struct instance *instance, const struct claim_node *left,
                       const struct claim_node *right) {
  return left->kind == CLAIM_MEASURE && right->kind == CLAIM_MEASURE &&
         claim_measures_equal(instance->claim, left->measure, right->measure) &&
         instance->cell[left->measure] != instance->cell[right->measure];
}

static double computed(enum claim_kind kind, double a, double b) {
  switch (kind) {
  case CLAIM_SUM:
    return a + b;
  case CLAIM_DIFFERENCE:
    return a - b;
  case CLAIM_PRODUCT:
    return a * b;
  default:
    return fabs(b) > 0 ? a / b : NAN;
  }
}

/* With an interval where one side is a number that it is moved or multiplied by. */
static struct estimate joined(enum claim_kind kind, const struct estimate *a,
                              const struct estimate *b, bool a_is_number, bool b_is_number) {
  const bool is_sum = kind == CLAIM_SUM || kind == CLAIM_DIFFERENCE;
  if (b_is_number && is_sum)
    return moved(*a, kind == CLAIM_SUM ? b->value : -b->value);
  if (a_is_number && is_sum)
    return moved(kind == CLAIM_SUM ? *b : scaled(*b, -1), a->value);
  if (b_is_number && fabs(b->value) > 0)
    return scaled(*a, kind == CLAIM_PRODUCT ? b->value : 1 / b->value);
  if (a_is_number && kind == CLAIM_PRODUCT)
    return scaled(*b, a->value);
  return without_interval(computed(kind, a->value, b->value));
}

static struct estimate evaluate(const struct instance *instance, size_t index) {
  const struct claim *claim = instance->claim;
  const struct claim_node *node = &claim->node[index];
  if (node->kind == CLAIM_NUMBER)
    return without_interval(node->number);
  if (node->kind == CLAIM_MEASURE)
    return dataset_estimate(instance->dataset, instance->cell[node->measure],
                            &claim->measure[node->measure].measure);
  const struct claim_node *left = &claim->node[node->left], *right = &claim->node[node->right];
  if (are_paired(instance, left, right) && node->kind == CLAIM_QUOTIENT)
    return pair_estimate(instance, left->measure, right->measure, COLUMN_RATIO);
  if (are_paired(instance, left, right) && node->kind == CLAIM_DIFFERENCE)
    return pair_estimate(instance, left->measure, right->measure, COLUMN_DIFFERENCE);
  const struct estimate a = evaluate(instance, node->left), b = evaluate(instance, node->right);
  return joined(node->kind, &a, &b, left->unit == NULL, right->unit == NULL);
}

/* Comparisons */

static bool holds(enum claim_order order, double a, double b, double tolerance) {
  const double exact = EXACT * fmax(fabs(a), fabs(b));
  switch (order) {
  case CLAIM_BELOW:
    return a < b;
  case CLAIM_AT_MOST:
    return a <= b + exact;
  case CLAIM_ABOVE:
    return a > b;
  case CLAIM_AT_LEAST:
    return a >= b - exact;
  default:
    return fabs(a - b) <= tolerance + exact;
  }
}

/* What tells whether both sides are equal, and the figure that it has then. */
static struct estimate distance(const struct instance *instance, double *equal) {
  const struct claim *claim = instance->claim;
  struct claim_pair pair;
  const double left = claim_number(claim, claim->side[0]);
  if (!isnan(left)) {
    *equal = left;
    return evaluate(instance, claim->side[1]);
  }
  *equal = claim_number(claim, claim->side[1]);
  if (!isnan(*equal) || !claim_pair_of(claim, &pair))
    return evaluate(instance, claim->side[0]);
  const bool is_multiple = fabs(pair.factor - 1) > 0;
  *equal = is_multiple ? pair.factor : 0;
  return pair_estimate(instance, pair.own, pair.base,
                       is_multiple ? COLUMN_RATIO : COLUMN_DIFFERENCE);
}

/* Whether an interval is there, and leaves `equal` out. */
static bool excludes(const struct estimate *estimate, double equal) {
  return equal < estimate->low || equal > estimate->high;
}

/* Words */

/* Shares in per cent; how many times something is, if the claim has per cent itself. */
static bool is_percent(const struct claim *claim, size_t node) {
  const char *unit = claim->node[node].unit;
  return unit != NULL &&
         (strcmp(unit, "ratio") == 0 || (claim->percent && strcmp(unit, CLAIM_TIMES) == 0));
}

/* A side in words, which is held against `other`. */
static void add_side(const struct instance *instance, size_t side, size_t other,
                     struct text *text) {
  const size_t node = instance->claim->side[side];
  const struct estimate estimate = evaluate(instance, node);
  const struct estimate against = evaluate(instance, instance->claim->side[other]);
  const char *unit = instance->claim->node[node].unit;
  violation_words_add(text, &estimate, is_percent(instance->claim, node) ? "ratio" : unit,
                      against.value);
}

static void add_begin(const struct presentation_expectation *expectation, struct text *text) {
  const struct claim *claim = expectation->claim;
  text_add(text, "%s: expected %s", expectation->place, claim->text);
  if (claim->shown != CLAIM_ESTIMATED)
    text_add(text, " (%sshown)", claim->shown == CLAIM_SHOWN ? "" : "not ");
}

static void add_end(const struct instance *instance, const struct claim_cells *cells,
                    size_t combination, struct text *text) {
  const struct dataset *dataset = instance->dataset;
  if (json_array_size(cells->free) > 0) {
    char *words =
        plan_cell_title(dataset->plan, cells->stands[combination], cells->free, dataset->schema);
    text_add(text, " with %s", words);
    free(words);
  }
  if (instance->claim->why != NULL && instance->claim->why[0] != '\0')
    text_add(text, " (%s)", instance->claim->why);
  text_add(text, "\n");
}

/* "but it is 3 [2, 4]", of two sides that both have measures "but it is 3 [2, 4] to 5 [4, 6]". */
static void add_sides(const struct instance *instance, size_t left, struct text *text) {
  const struct claim *claim = instance->claim;
  const bool has_left = claim->node[claim->side[left]].unit != NULL;
  const bool has_right = claim->node[claim->side[left + 1]].unit != NULL;
  text_add(text, ", but it is ");
  if (has_left)
    add_side(instance, left, left + 1, text);
  text_add(text, "%s", has_left && has_right ? " to " : "");
  if (has_right)
    add_side(instance, left + 1, left, text);
  if (claim->side_count > 2)
    text_add(text, " at the %s %s",
             left == 0   ? "first"
             : left == 1 ? "second"
                         : "third",
             SIGNS[claim->order[left]]);
}

/* Combinations */

/* The first side that is not as it has to be to the next one; the number of comparisons if all
 * are. */
static size_t first_wrong(const struct instance *instance) {
  const struct claim *claim = instance->claim;
  for (size_t i = 0; i + 1 < claim->side_count; i++) {
    const double a = evaluate(instance, claim->side[i]).value;
    const double b = evaluate(instance, claim->side[i + 1]).value;
    if (!holds(claim->order[i], a, b, claim->tolerance[i]))
      return i;
  }
  return claim->side_count - 1;
}

/* Adds that intervals say other than they have to; false if they do not. */
static bool add_wrong_interval(const struct instance *instance, struct text *text) {
  const enum claim_shown shown = instance->claim->shown;
  double equal;
  if (shown == CLAIM_ESTIMATED)
    return false;
  const struct estimate estimate = distance(instance, &equal);
  if (excludes(&estimate, equal) == (shown == CLAIM_SHOWN))
    return false;
  add_sides(instance, 0, text);
  text_add(text, ": ");
  violation_words_add(text, &estimate, NULL, equal);
  text_add(text, " %s %g", shown == CLAIM_SHOWN ? "does not exclude" : "excludes", equal);
  return true;
}

/* True if the combination violates the claim. */
static bool check_combination(const struct instance *instance,
                              const struct presentation_expectation *expectation,
                              const struct claim_cells *cells, size_t combination,
                              struct text *shown) {
  struct text words = {0};
  const size_t wrong = first_wrong(instance);
  bool violated = wrong + 1 < instance->claim->side_count;
  if (violated)
    add_sides(instance, wrong, &words);
  else
    violated = add_wrong_interval(instance, &words);
  if (violated) {
    add_begin(expectation, shown);
    text_add(shown, "%s", text_string(&words));
    add_end(instance, cells, combination, shown);
  }
  text_deinit(&words);
  return violated;
}

static bool have_runs(const struct instance *instance) {
  for (size_t i = 0; i < instance->claim->measure_count; i++)
    if (instance->dataset->cell[instance->cell[i]].run_count == 0)
      return false;
  return true;
}

size_t claim_check(const struct dataset *dataset,
                   const struct presentation_expectation *expectation, struct text *shown) {
  struct claim_cells cells;
  const struct claim *claim = expectation->claim;
  size_t violated = 0;
  claim_cells_init(&cells, dataset->plan, dataset->derived, claim, expectation->where);
  for (size_t i = 0; i < cells.count; i++) {
    const struct instance instance = {dataset, claim, &cells.cell[i * claim->measure_count]};
    violated += have_runs(&instance) && check_combination(&instance, expectation, &cells, i, shown);
  }
  if (cells.count == 0) {
    add_begin(expectation, shown);
    text_add(shown, ", but no cell is as it says\n");
    violated = 1;
  }
  claim_cells_deinit(&cells);
  return violated;
}
