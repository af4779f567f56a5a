/* A folder and a schema for tests. */
#include "fixture.h"
#include "scenario/scenario.h"
#include "simulator/simulator.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/text.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int fixture_setup(void **state) {
  struct fixture *fixture = memory_get(1, sizeof *fixture);
  struct text describe = {0}, error = {0};
  strcpy(fixture->folder, "/tmp/coap-eap-bench-test-XXXXXX");
  if (mkdtemp(fixture->folder) == NULL ||
      simulator_describe(FAKE_SIMULATOR, &describe, &error) < 0 ||
      schema_init(&fixture->schema, text_string(&describe), &error) < 0) {
    fputs(text_string(&error), stderr);
    return -1;
  }
  text_deinit(&describe);
  *state = fixture;
  return 0;
}

static int fixture_forget(const char *path, const struct stat *status, int flag, struct FTW *walk) {
  (void)status;
  (void)flag;
  (void)walk;
  return remove(path);
}

int fixture_teardown(void **state) {
  struct fixture *fixture = *state;
  schema_deinit(&fixture->schema);
  nftw(fixture->folder, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
  free(fixture);
  return 0;
}

char *fixture_write(const struct fixture *fixture, const char *name, const char *content) {
  struct text text = {0}, error = {0};
  char *path = text_format("%s/%s", fixture->folder, name);
  text_add(&text, "%s", content);
  if (text_file_write(path, &text, &error) < 0)
    abort();
  text_deinit(&text);
  return path;
}

void fixture_assert_has(const char *text, const char *words) {
  if (strstr(text, words) == NULL)
    fail_msg("expected:\n%s\nbut:\n%s", words, text);
}

void fixture_assert_near(double value, double expected, double error) {
  assert_true(fabs(value - expected) <= error);
}

char *fixture_run(const struct fixture *fixture, const char *content, bool good) {
  char *path = fixture_write(fixture, "c.yaml", content);
  char *results = text_format("%s/results", fixture->folder);
  char program[] = COAP_EAP_BENCH, verb[] = "run", simulator[] = "--simulator",
       fake[] = FAKE_SIMULATOR, option[] = "--results";
  char *argv[] = {program, verb, simulator, fake, option, results, path, NULL};
  struct text output = {0}, error = {0};
  assert_int_equal(process_capture(argv, NULL, true, &output, &error), good ? 0 : -1);
  char *printed = memory_string(text_string(&output));
  text_deinit(&output);
  text_deinit(&error);
  free(results);
  free(path);
  return printed;
}

char *fixture_read(const struct fixture *fixture, const char *name) {
  struct text error = {0};
  char *path = text_format("%s/results/c/%s", fixture->folder, name);
  char *content = text_file_read(path, NULL, &error);
  assert_non_null(content);
  free(path);
  return content;
}

void fixture_assert_well_formed(const char *xml) {
  const char *open[32];
  size_t depth = 0;
  for (const char *at = strstr(xml, "<svg"); *at != '\0';) {
    const char *end = strchr(at, '>');
    assert_non_null(end);
    if (at[1] == '/') {
      assert_true(depth > 0);
      size_t length = (size_t)(end - at) - 2;
      assert_memory_equal(open[--depth], at + 2, length);
      assert_non_null(strchr(" >", open[depth][length]));
    } else if (end[-1] != '/') {
      assert_true(depth < 32);
      open[depth++] = at + 1;
    }
    const char *next = strchr(end, '<');
    for (const char *c = end + 1; c < (next == NULL ? c : next); c++)
      assert_true(*c != '>');
    if (next == NULL)
      break;
    at = next;
  }
  assert_int_equal(depth, 0);
}

void fixture_assert_mistake(const struct fixture *fixture, const char *yaml, const char *expected) {
  struct scenario scenario;
  struct text error = {0};
  char *path = fixture_write(fixture, "bad.yaml", yaml);
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), -1);
  fixture_assert_has(error.data, expected);
  text_deinit(&error);
  free(path);
}

int fixture_shell(const struct fixture *fixture, const char *command, struct text *output) {
  char *line = text_format("cd %s && { %s; } 2>&1; echo \"exit $?\"", fixture->folder, command);
  char program[] = "sh", option[] = "-c";
  char *argv[] = {program, option, line, NULL};
  struct text error = {0};
  assert_int_equal(process_capture(argv, NULL, false, output, &error), 0);
  const char *exit = strrchr(text_string(output), 'x'); /* of the last word but one, "exit" */
  assert_non_null(exit);
  free(line);
  return atoi(exit + strlen("xit "));
}
