/* Values and combinations of claims. */
#include "check_claim.h"
#include "claim_cells.h"

#include <stdlib.h>
#include <string.h>

/* The node of the claim's text. */
static yaml_node_t *text_node(const struct presentation_expectation *expectation) {
  yaml_node_t *that = check_node(&expectation->at, "that");
  return that == NULL ? expectation->at.item : that;
}

bool check_claim_values(const struct check *check,
                        const struct presentation_expectation *expectation) {
  const struct claim *claim = expectation->claim;
  bool good = true;
  for (size_t i = 0; i < claim->measure_count; i++)
    for (size_t j = 0; j < claim->measure[i].cell_count; j++) {
      const struct claim_cell_value *value = &claim->measure[i].cell[j];
      char *text = text_format("%.*s", (int)value->length, claim->text + value->begin);
      const yaml_node_t node = yaml_part(text_node(expectation), value->begin, value->length, text);
      good &= check_value(check, &expectation->at, &node, value->column, value->value);
      free(text);
    }
  return good;
}

void check_warn_share(const struct check *check, const struct presentation_expectation *expectation,
                      const yaml_node_t *node, const char *metric) {
  yaml_warn(expectation->at.file, node, check->complaints,
            "`%s` is a share, of 1 and not of 100: it is never above 1", metric);
}

/* The share that is a side as it is; NULL of any other side. */
static const struct measure *share_of(const struct claim *claim, size_t side) {
  const struct claim_node *node = &claim->node[claim->side[side]];
  const struct measure *measure =
      node->kind == CLAIM_MEASURE ? &claim->measure[node->measure].measure : NULL;
  return measure != NULL && measure->statistic == MEASURE_RATIO ? measure : NULL;
}

void check_claim_shares(const struct check *check,
                        const struct presentation_expectation *expectation) {
  const struct claim *claim = expectation->claim;
  for (size_t i = 1; i < claim->side_count; i++) {
    const struct measure *left = share_of(claim, i - 1), *right = share_of(claim, i);
    if ((left != NULL && claim_number(claim, claim->side[i]) > 1) ||
        (right != NULL && claim_number(claim, claim->side[i - 1]) > 1))
      check_warn_share(check, expectation, text_node(expectation),
                       (left != NULL ? left : right)->metric);
  }
}

void check_claim_cells(const struct check *check,
                       const struct presentation_expectation *expectation) {
  struct claim_cells cells;
  const struct presentation_place *at = &expectation->at;
  claim_cells_init(&cells, &check->plan, &check->scenario->derived, expectation->claim,
                   expectation->where);
  if (cells.lacking > 0) {
    char *words = plan_cell_words(&check->plan, cells.first, cells.free);
    yaml_complain(at->file, text_node(expectation), check->complaints,
                  "a measure of this has no cell for (%s)\nleave such combinations out with "
                  "`where`, or name the column in brackets",
                  words);
    free(words);
  } else if (cells.count == 0) {
    yaml_complain(at->file, text_node(expectation), check->complaints, "%s",
                  cells.same > 0 ? "all measures of this mean the same cell: nothing is compared"
                                 : "no cell is as this claim says: cells have each of its values, "
                                   "but not together");
  }
  claim_cells_deinit(&cells);
}
