/* Each finding is still what its file shows, and the table knows it. */
#include "findings.h"
#include "replay.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void read_finding(const struct finding *finding, struct replay *replay) {
  char path[512], error[256];
  snprintf(path, sizeof path, "%s/%s.txt", FOLDER, finding->name);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  if (!replay_read(file, replay, error, sizeof error))
    fail_msg("%s: %s", path, error);
  fclose(file);
}

static void test_findings(void **state) {
  (void)state;
  for (size_t i = 0; i < FINDING_COUNT; i++) {
    struct replay replay;
    read_finding(&FINDINGS[i], &replay);
    if (!replay_run(&replay, NULL)) {
      replay_run(&replay, stdout);
      fail_msg("%s is not shown", FINDINGS[i].name);
    }
    assert_int_equal(replay.violation, FINDINGS[i].violation);
    if (replay.violation != MONITOR_NONE)
      assert_string_equal(finding_of(&replay.model, replay.violation)->name, FINDINGS[i].name);
  }
}

/* A file that shows what it says only because of its choices: without the last it does not. */
static void test_findings_need_their_choices(void **state) {
  (void)state;
  for (size_t i = 0; i < FINDING_COUNT; i++) {
    struct replay replay;
    read_finding(&FINDINGS[i], &replay);
    if (replay.violation == MONITOR_NONE)
      continue;
    replay.count--;
    assert_false(replay_run(&replay, NULL));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_findings),
      cmocka_unit_test(test_findings_need_their_choices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
