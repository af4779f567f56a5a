/* The ladders of a campaign: of which runs they are, when they are drawn again, and what the page
 * says of those that are not there. */
#include "fixture.h"
#include "store/drawn.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void ladders_read(const struct fixture *fixture, struct drawn *drawn) {
  char *folder = text_format("%s/results/c", fixture->folder);
  drawn_read(drawn, folder);
  free(folder);
}

static char *ladder_key(const struct fixture *fixture, const char *name) {
  struct drawn drawn;
  ladders_read(fixture, &drawn);
  const struct drawn_ladder *ladder = drawn_find(&drawn, name);
  char *key = memory_string(ladder == NULL ? "" : ladder->key);
  drawn_deinit(&drawn);
  return key;
}

/* When the first sheet of a ladder was written; -1: there is none. */
static long long sheet_time(const struct fixture *fixture, const char *name) {
  char *path = text_format("%s/results/c/ladders/%s-1.svg", fixture->folder, name);
  struct stat status = {0};
  const int there = stat(path, &status);
  free(path);
  return there < 0 ? -1 : (long long)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
}

static void drawn_once(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, "sweep: {hops: [1, 2]}\nrepeat: 5\n", true));
  struct drawn drawn;
  ladders_read(fixture, &drawn);
  assert_int_equal(drawn.count, 2);
  const struct drawn_ladder *median = drawn_find(&drawn, "median");
  const struct drawn_ladder *slowest = drawn_find(&drawn, "slowest");
  assert_int_equal(median->cell, 0);
  assert_int_equal(slowest->cell, 1);
  assert_int_equal(median->sheets, 1);
  assert_string_equal(median->problem, "");
  fixture_assert_has(slowest->spec, "\"hops\":2");
  drawn_deinit(&drawn);
  char *page = fixture_read(fixture, "report.html");
  fixture_assert_has(page, "<figure class=\"ladder\" id=\"ladder-median\">");
  fixture_assert_has(page, "<figure class=\"ladder\" id=\"ladder-slowest\">");
  fixture_assert_has(page, "The slowest run of all cells.</b>");
  free(page);

  /* Nothing new: nothing is drawn. More cells: the slowest run is another. */
  const long long before = sheet_time(fixture, "slowest");
  char *key = ladder_key(fixture, "slowest");
  free(fixture_run(fixture, "sweep: {hops: [1, 2]}\nrepeat: 5\n", true));
  assert_true(before > 0 && sheet_time(fixture, "slowest") == before);
  const long long same = sheet_time(fixture, "median");
  free(fixture_run(fixture, "sweep: {hops: [1, 2, 4]}\nrepeat: 5\n", true));
  char *other = ladder_key(fixture, "slowest");
  assert_string_not_equal(key, other);
  assert_true(sheet_time(fixture, "slowest") > before);
  assert_true(sheet_time(fixture, "median") == same);
  free(key);
  free(other);
}

/* Where each cell has one run, and there is one cell, it is drawn once. */
static void one_run(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, "fixed: {hops: 1}\nrepeat: 1\n", true));
  struct drawn drawn;
  ladders_read(fixture, &drawn);
  assert_int_equal(drawn.count, 1);
  drawn_deinit(&drawn);
}

/* A run that cannot be made again is no end of the campaign. */
static void problems_are_told(void **state) {
  const struct fixture *fixture = *state;
  static const char SCENARIO[] = "fixed: {hops: 1}\nrepeat: 3\n";
  free(fixture_run(fixture, SCENARIO, true));
  char *path = text_format("%s/results/c/ladders/median-1.svg", fixture->folder);
  assert_int_equal(unlink(path), 0);
  free(path);
  setenv("FAKE_DIE_AFTER", "0", 1);
  free(fixture_run(fixture, SCENARIO, true));
  unsetenv("FAKE_DIE_AFTER");
  char *page = fixture_read(fixture, "report.html");
  fixture_assert_has(page, "</b> is not drawn: the simulator gave no result");
  assert_null(strstr(page, "id=\"ladder-median\""));
  fixture_assert_has(page, "id=\"ladder-slowest\"");
  free(page);
}

static void damaged_list(void **state) {
  const struct fixture *fixture = *state;
  static const char *const LISTS[] = {"",
                                      "[",
                                      "{}",
                                      "[3, null, {\"name\": \"../x\"}]",
                                      "[{\"name\": \"a\", \"sheets\": 3, \"key\": \"k\"}]",
                                      "[{\"name\": \"a\"}, {\"name\": \"a\"}]"};
  free(fixture_run(fixture, "fixed: {hops: 1}\nrepeat: 3\n", true));
  for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
    free(fixture_write(fixture, "results/c/ladders/ladders.json", LISTS[i]));
    struct drawn drawn;
    ladders_read(fixture, &drawn);
    assert_int_equal(drawn.count, i >= 4 ? 1 : 0);
    drawn_deinit(&drawn);
    free(fixture_run(fixture, "fixed: {hops: 1}\nrepeat: 3\n", true));
    char *page = fixture_read(fixture, "report.html");
    fixture_assert_has(page, "id=\"ladder-median\"");
    free(page);
  }
}

/* Of shards that were joined nothing is drawn, and the page has the command that draws. */
static void undrawn_after_merge(void **state) {
  const struct fixture *fixture = *state;
  struct text said = {0};
  free(fixture_write(fixture, "c.yaml", "sweep: {hops: [1, 2]}\nrepeat: 2\n"));
  const int status = fixture_shell(
      fixture,
      "b='" COAP_EAP_BENCH "' s='--simulator " FAKE_SIMULATOR
      "'; $b run $s --shard 1/2 c.yaml && $b run $s --shard 2/2 c.yaml && $b merge "
      "results/c/shards "
      "&& $b report c.yaml && grep -A2 'No run is drawn: .*neither <code>merge</code>' "
      "results/c/report.html && sh -c \"$(sed -n '/No run is drawn/,/<.pre>/s/^<pre>//p' "
      "results/c/report.html | sed 's/<.*//') $s\" && grep -c 'id=.ladder-' results/c/report.html",
      &said);
  if (status != 0)
    fail_msg("%s", text_string(&said));
  fixture_assert_has(text_string(&said), "all 4 runs are in the store");
  text_deinit(&said);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(drawn_once, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(one_run, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(problems_are_told, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(undrawn_after_merge, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(damaged_list, fixture_setup, fixture_teardown),
  };
  return cmocka_run_group_tests_name("campaign_ladders", tests, NULL, NULL);
}
