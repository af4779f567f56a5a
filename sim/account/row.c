/* Names of all ledger rows. */
#include "row.h"

#include <string.h>

const struct row_text *row_text(unsigned row) {
  static const struct row_text texts[ROW_ALL_COUNT] = {
#define ROW(id, name, group, help) [ROW_##id] = {name, group, help},
#include "rows.def"
#include "link_rows.def"
#undef ROW
  };
  return &texts[row];
}

const char *row_family(unsigned row) {
  static const struct {
    const char *group, *family;
  } families[] = {
#define GROUP(group, family) {group, family},
#include "groups.def"
#undef GROUP
  };
  const char *group = row_text(row)->group;
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
    if (strcmp(families[i].group, group) == 0)
      return families[i].family;
  return group;
}
