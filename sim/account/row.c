/* Names of all ledger rows. */
#include "row.h"

const struct row_text *row_text(unsigned row) {
  static const struct row_text texts[ROW_ALL_COUNT] = {
#define ROW(id, name, group, help) [ROW_##id] = {name, group, help},
#include "rows.def"
#include "link_rows.def"
#undef ROW
  };
  return &texts[row];
}
