/* All ledger rows: those of the protocol cores, then those of the layers below. */
#ifndef SIM_ACCOUNT_ROW_H
#define SIM_ACCOUNT_ROW_H

#include "span.h"

enum link_row {
  ROW_LINK_BEFORE_FIRST_ = ROW_COUNT - 1,
#define ROW(id, name, group, help) ROW_##id,
#include "link_rows.def"
#undef ROW
  ROW_ALL_COUNT
};

struct row_text {
  const char *name;
  const char *group;
  const char *help;
};

/* By row, 0 to ROW_ALL_COUNT - 1. */
const struct row_text *row_text(unsigned row);

/* The family of its group: what rows of several protocols have in common (groups.def). */
const char *row_family(unsigned row);

#endif
