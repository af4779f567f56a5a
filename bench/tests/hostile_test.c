/* Whatever a scenario says, and wherever it lies, is a text: nothing interprets it. */
#include "fixture.h"
#include "support/memory.h"
#include "support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* In every text of a scenario, of every kind of figure: what gnuplot, a shell, HTML, a terminal or
 * a file of data would understand. */
#define HOSTILE "`touch out` '\\n!touch out\\n\\\"<b &amp;\\e[31m\\u009b2J {/S a}_b"

static const char SCENARIO[] =
    "title: \"" HOSTILE "\"\ndescription: \"" HOSTILE "\"\nrepeat: 6\n"
    "sweep: {hops: [1, 2]}\ncases:\n  \"one " HOSTILE "\": {}\n  \"two " HOSTILE
    "\": {frame_loss: 0.1}\n"
    "tables:\n"
    "  - {name: t, title: \"" HOSTILE "\", columns: [success, median time_ms]}\n"
    "  - {name: l, title: \"" HOSTILE "\", ledger: ledger}\n"
    "figures:\n"
    "  - {name: b, type: bands, x: hops, y: median time_ms, title: \"" HOSTILE
    "\", x_title: \"" HOSTILE "\"}\n"
    "  - {name: c, type: cdf, of: time_ms, title: \"" HOSTILE "\", x_title: \"" HOSTILE
    "\", labels: {hops 1: \"" HOSTILE "\"}}\n"
    "  - {name: s, type: stack, of: ledger, title: \"" HOSTILE "\", labels: {hops 1: \"" HOSTILE
    "\"}}\n"
    "  - {name: v, type: savings, of: median bytes_air, against: {hops: 2}, title: \"" HOSTILE
    "\", labels: {median bytes_air: \"" HOSTILE "\"}}\n"
    "  - {name: h, type: heat, of: median time_ms, x: hops, rows: case, title: \"" HOSTILE
    "\", labels: {hops: \"" HOSTILE "\", hops 1: \"" HOSTILE "\", median time_ms: \"" HOSTILE
    "\"}}\n"
    "expect:\n  - {metric: success, at_least: 2}\n";

/* Runs a shell command in the folder; what it says on both streams, to be freed. */
static char *hostile_shell(const struct fixture *fixture, const char *command, int *status) {
  char *script = text_format("cd %s && { %s; } 2>&1", fixture->folder, command);
  char shell[] = "bash", option[] = "-c", *argv[] = {shell, option, script, NULL};
  struct text output = {0}, error = {0};
  *status = process_capture(argv, NULL, false, &output, &error);
  char *said = memory_string(text_string(&output));
  text_deinit(&output);
  text_deinit(&error);
  free(script);
  return said;
}

/* Nothing was run: `touch` has made no file. */
static void assert_untouched(const struct fixture *fixture) {
  int status;
  char *found = hostile_shell(fixture, "find . -name out; ls / /tmp | grep -x out", &status);
  assert_string_equal(found, "");
  free(found);
}

static char *hostile_read(const struct fixture *fixture, const char *results, const char *name) {
  struct text error = {0};
  char *path = text_format("%s/%s/%s", fixture->folder, results, name);
  char *content = text_file_read(path, NULL, &error);
  if (content == NULL)
    fail_msg("%s", text_string(&error));
  free(path);
  return content;
}

#define FOLDER "a `touch out` 'b' \"c\" $(touch out) <d>"

static void texts_stay_texts(void **state) {
  const struct fixture *fixture = *state;
  static const char *const FIGURES[] = {"b", "c", "s", "v", "h"};
  free(fixture_write(fixture, "it's <x y.yaml", SCENARIO));
  int status;
  char *said = hostile_shell(fixture,
                             "mkdir build && cp /bin/true waf-wrapper && cp /bin/true "
                             "build/coap-eap-bench\n"
                             "cat >folder <<'END'\n" FOLDER "\nEND\n" COAP_EAP_BENCH
                             " run --simulator " FAKE_SIMULATOR
                             " --results \"$(cat folder)\" \"it's <x y.yaml\"; echo status $?",
                             &status);
  fixture_assert_has(said, "expectation is violated");
  fixture_assert_has(said, "status 1\n");
  fixture_assert_has(said, "\\x1b[31m\\x9b2J");
  assert_null(strchr(said, '\x1b'));
  assert_null(strstr(said, "\xc2\x9b"));
  free(said);
  assert_untouched(fixture);
  for (size_t i = 0; i < sizeof FIGURES / sizeof FIGURES[0]; i++) {
    char *name = text_format("it's <x y/figures/%s.svg", FIGURES[i]);
    char *svg = hostile_read(fixture, FOLDER, name);
    fixture_assert_has(svg, "`touch out`");
    fixture_assert_has(svg, "&lt;b &amp;amp;");
    assert_null(strchr(svg, '\x1b'));
    free(svg);
    free(name);
  }
  char *page = hostile_read(fixture, FOLDER, "it's <x y/report.html");
  assert_null(strstr(page, "<b &"));
  assert_null(strchr(page, '\x1b'));
  free(page);
}

/* The commands of the page, pasted where it was made. */
static void commands_of_the_page(void **state) {
  const struct fixture *fixture = *state;
  int status;
  char *said = hostile_shell(
      fixture,
      "printf '#!/bin/sh\\nfor a; do printf \"[%%s]\" \"$a\"; done\\n' >waf-wrapper "
      "&& "
      "chmod +x waf-wrapper && cp waf-wrapper build/coap-eap-bench && "
      "sed -n 's/<pre>//; s/<\\/pre>//; /^.\\/waf-wrapper run\\|^build/p' \"$(cat "
      "folder)\"/*/report.html "
      "| sed \"s/&#39;/'/g; s/&#34;/\\\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\\\\&/g\" >commands && "
      "test $(wc -l <commands) = 12 && sh commands",
      &status);
  assert_int_equal(status, 0);
  fixture_assert_has(said, "[run][./it's <x y.yaml][--results][" FOLDER "]");
  fixture_assert_has(said, "[show][./it's <x y.yaml]");
  fixture_assert_has(said, "[show][--results][" FOLDER "][--median][it's <x y/0]");
  fixture_assert_has(said, "[show][--results][" FOLDER "][--slowest][it's <x y/3]");
  free(said);
  assert_untouched(fixture);
}

/* What `show` prints to repeat a run gives the run. */
static void command_of_show(void **state) {
  const struct fixture *fixture = *state;
  static const char *const WORDS[] = {"seed=2", "\"id=it's\"", "'id=a\\nb `touch out`'",
                                      "'id=$(touch out) \"'"};
  int status;
  free(hostile_shell(fixture,
                     "mkdir 'the place' DIR && ln -s " FAKE_SIMULATOR
                     " 'the place/sim'; ln -s " FAKE_SIMULATOR " sim",
                     &status));
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    char *command = text_format(
        COAP_EAP_BENCH " show --simulator %s %s | grep -A2 'Again, with' | tail -1 >command; "
                       "sh command",
        i % 2 == 0 ? "'the place/sim'" : "sim", WORDS[i]);
    char *said = hostile_shell(fixture, command, &status);
    if (status != 0)
      fail_msg("%s: %s", command, said);
    fixture_assert_has(said, "\"outcome\":\"established\"");
    free(said);
    free(command);
  }
  assert_untouched(fixture);
}

static void names_that_are_none(void **state) {
  const struct fixture *fixture = *state;
  int status;
  free(fixture_write(fixture, "name.yaml", "name: \"a\\n!touch out\"\n"));
  char *said = hostile_shell(
      fixture, COAP_EAP_BENCH " plan --simulator " FAKE_SIMULATOR " ./name.yaml", &status);
  assert_int_equal(status, -1);
  fixture_assert_has(said, "name.yaml:1:7: `name` names a folder of the results: one line");
  free(said);
  assert_untouched(fixture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_stay_texts),
      cmocka_unit_test(commands_of_the_page),
      cmocka_unit_test(command_of_show),
      cmocka_unit_test(names_that_are_none),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
