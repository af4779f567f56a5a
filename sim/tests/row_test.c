/* Ledger rows: every group of groups.def is one that rows have, and rows have families. */
#include "account/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void groups_are_of_rows(void **state) {
  (void)state;
  static const char *const groups[] = {
#define GROUP(group, family) group,
#include "account/groups.def"
#undef GROUP
  };
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    bool found = false;
    for (unsigned row = 0; row < ROW_ALL_COUNT; row++)
      found = found || strcmp(row_text(row)->group, groups[i]) == 0;
    if (!found)
      fail_msg("groups.def: no row is of the group \"%s\"", groups[i]);
  }
}

static void families(void **state) {
  (void)state;
  assert_string_equal(row_family(ROW_COAP_TOKEN), "lower layer");
  assert_string_equal(row_family(ROW_EAP_METHOD), row_family(ROW_EAP_IDENTITY));
  assert_string_equal(row_family(ROW_PHY), row_family(ROW_MAC_ACK));
  assert_string_equal(row_family(ROW_ACE_TOKEN), "authorization");
  assert_string_equal(row_family(ROW_BACKHAUL_IP), row_text(ROW_BACKHAUL_IP)->group);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(groups_are_of_rows),
      cmocka_unit_test(families),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
