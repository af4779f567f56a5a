/* The index of campaigns: what it says of each, also of those that are damaged or have no report.
 */
#include "fixture.h"
#include "report/index_page.h"
#include "support/memory.h"
#include "support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char SCENARIO[] = "title: A <first> campaign\nsweep: {hops: [1, 2]}\nrepeat: 4\n"
                               "figures: [{name: b, type: bands, x: hops, y: mean bytes_air}]\n"
                               "expect:\n  - {metric: success, at_least: 1}\n"
                               "  - {metric: mean bytes_air, at_least: %s}\n";

static char *index_read_page(const struct fixture *fixture) {
  struct text error = {0};
  char *path = text_format("%s/results/index.html", fixture->folder);
  char *page = text_file_read(path, NULL, &error);
  assert_non_null(page);
  free(path);
  return page;
}

/* A file of a folder in the results; both are made. */
static void index_put(const struct fixture *fixture, const char *folder, const char *name,
                      const char *content) {
  struct text error = {0};
  char *path = text_format("%s/results/%s", fixture->folder, folder);
  assert_int_equal(text_directory_make(path, &error), 0);
  free(path);
  path = text_format("results/%s/%s", folder, name);
  free(fixture_write(fixture, path, content));
  free(path);
}

static char *index_make(const struct fixture *fixture) {
  struct text error = {0};
  char *results = text_format("%s/results", fixture->folder);
  assert_int_equal(index_page_write(results, &error), 0);
  assert_int_equal(error.length, 0);
  free(results);
  return index_read_page(fixture);
}

static void index_run(const struct fixture *fixture, const char *at_least, bool good) {
  char *content = text_format(SCENARIO, at_least);
  free(fixture_run(fixture, content, good));
  free(content);
}

static void test_run_renews_the_index(void **state) {
  const struct fixture *fixture = *state;
  index_run(fixture, "900", true);
  char *page = index_read_page(fixture);
  fixture_assert_has(page, "<a href=\"c/report.html\">A &lt;first&gt; campaign</a>");
  fixture_assert_has(page, "src=\"c/figures/b.svg\"");
  fixture_assert_has(page, "data-label=\"runs\"><span>8</span>");
  fixture_assert_has(page, "<span>2, met</span>");
  fixture_assert_has(page, "<span>c0dec0de</span>");
  assert_null(strstr(page, "id=\"missing\""));
  free(page);
  index_run(fixture, "1500", false);
  page = index_read_page(fixture);
  fixture_assert_has(page, "<span>2, 1 violated</span>");
  free(page);
  char *report = fixture_read(fixture, "report.html");
  fixture_assert_has(report, "href=\"../index.html\"");
  free(report);
}

static void test_damaged_and_missing_campaigns(void **state) {
  const struct fixture *fixture = *state;
  index_run(fixture, "900", true);
  index_put(fixture, "stopped", "campaign.db", "");
  index_put(fixture, "cut", "report.html", "");
  index_put(fixture, "cut", "provenance.json", "{\"campaign\":");
  index_put(fixture, "older", "report.html", "");
  index_put(fixture, "older", "provenance.json", "{\"campaign\": \"older\", \"code\": 3}");
  index_put(fixture, "it's 50%", "report.html", "");
  index_put(fixture, "other", "notes.txt", "no campaign");
  index_put(fixture, ".hidden", "report.html", "");
  char *page = index_make(fixture);
  fixture_assert_has(page, "<b>stopped</b> is not above. It has no report.");
  fixture_assert_has(page, "<a href=\"cut/report.html\">cut</a></b> is not above. "
                           "Its provenance.json is damaged");
  fixture_assert_has(page, "<a href=\"older/report.html\">older</a></b> is not above. ");
  fixture_assert_has(page, "<a href=\"it%27s%2050%25/report.html\">");
  fixture_assert_has(page, "Its provenance.json cannot be read.");
  fixture_assert_has(page, "build/coap-eap-bench report &#39;it&#39;\\&#39;&#39;s 50%&#39;");
  fixture_assert_has(page, "src=\"c/figures/b.svg\"");
  assert_null(strstr(page, "other"));
  assert_null(strstr(page, "hidden"));
  free(page);
}

static void test_older_code_is_named(void **state) {
  const struct fixture *fixture = *state;
  index_run(fixture, "900", true);
  index_put(fixture, "old", "report.html", "");
  index_put(fixture, "old", "provenance.json",
            "{\"title\": \"Old\", \"commit\": \"\", \"code\": \"aaaabbbbcccc\", \"figure\": \"\", "
            "\"newest_run\": \"2020-01-01T00:00:00Z\", \"runs_planned\": 10, \"runs_stored\": 8, "
            "\"not_run\": 1, \"expectations\": 0, \"violated\": 0}");
  char *page = index_make(fixture);
  fixture_assert_has(page, "<span>aaaabbbb, not the latest</span>");
  fixture_assert_has(page, "<span>8 of 10, 1 crashed or hung</span>");
  fixture_assert_has(page, "<span>2020-01-01</span>");
  fixture_assert_has(page, "<a href=\"old/report.html\">Old</a>");
  free(page);
}

static void test_no_campaign(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *results = text_format("%s/results", fixture->folder);
  assert_int_equal(text_directory_make(results, &error), 0);
  char *page = index_make(fixture);
  fixture_assert_has(page, "There is no report yet.");
  free(page);
  char *nowhere = text_format("%s/nowhere", fixture->folder);
  assert_int_equal(index_page_write(nowhere, &error), -1);
  fixture_assert_has(text_string(&error), "/nowhere: the folder cannot be read");
  text_deinit(&error);
  free(nowhere);
  free(results);
}

static void test_verb(void **state) {
  const struct fixture *fixture = *state;
  index_run(fixture, "900", true);
  char *results = text_format("%s/results", fixture->folder);
  char *path = text_format("%s/index.html", results);
  assert_int_equal(unlink(path), 0);
  char program[] = COAP_EAP_BENCH, verb[] = "index", option[] = "--results", word[] = "loss";
  char *argv[] = {program, verb, option, results, NULL, NULL};
  struct text output = {0}, error = {0};
  assert_int_equal(process_capture(argv, NULL, true, &output, &error), 0);
  assert_int_equal(access(path, R_OK), 0);
  argv[4] = word;
  assert_int_equal(process_capture(argv, NULL, true, &output, &error), -1);
  fixture_assert_has(text_string(&error), "exit status 2");
  text_deinit(&output);
  text_deinit(&error);
  free(path);
  free(results);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_run_renews_the_index, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_damaged_and_missing_campaigns, fixture_setup,
                                      fixture_teardown),
      cmocka_unit_test_setup_teardown(test_older_code_is_named, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_no_campaign, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(test_verb, fixture_setup, fixture_teardown),
  };
  return cmocka_run_group_tests_name("index_page", tests, NULL, NULL);
}
