/* Commands, their output and their JSON. */
#define _GNU_SOURCE
#include "shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

char *shell_make_folder(void) {
  char *folder = strdup("/tmp/coap-eap-sim-XXXXXX");
  assert_non_null(mkdtemp(folder));
  return folder;
}

void shell_remove(char *folder) {
  int status;
  free(shell_output(&status, "rm -rf '%s'", folder));
  free(folder);
}

void shell_write_specs(const char *folder, const char *lines) {
  char path[256];
  snprintf(path, sizeof path, "%s/specs", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(lines, file);
  fclose(file);
}

char *shell_output(int *status, const char *format, ...) {
  char command[4096];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(command, sizeof command, format, arguments);
  va_end(arguments);
  assert_in_range(length, 0, sizeof command - 1);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  char *text = NULL;
  size_t used = 0;
  FILE *memory = open_memstream(&text, &used);
  char buffer[65536];
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, pipe)) > 0)
    fwrite(buffer, 1, count, memory);
  fclose(memory);
  const int ended = pclose(pipe);
  *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
  return text;
}

json_t *shell_json(const char *text) {
  json_error_t error;
  json_t *object = json_loads(text, 0, &error);
  if (object == NULL)
    fail_msg("not JSON: %s: %.200s", error.text, text);
  return object;
}

json_t *shell_simulate(const char *folder, const char *spec, const char *arguments) {
  int status;
  shell_write_specs(folder, spec);
  char *text = shell_output(&status, "%s %s %s/specs", SIMULATOR, arguments, folder);
  json_t *result = shell_json(text);
  free(text);
  return result;
}

json_t *shell_describe(void) {
  int status;
  char *text = shell_output(&status, "%s --describe", SIMULATOR);
  json_t *description = shell_json(text);
  free(text);
  return description;
}

static const json_t *member(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  if (value == NULL)
    fail_msg("no member \"%s\"", key);
  return value;
}

long long shell_count(const json_t *object, const char *key) {
  const json_t *value = member(object, key);
  assert_true(json_is_integer(value));
  return json_integer_value(value);
}

double shell_figure(const json_t *object, const char *key) {
  const json_t *value = member(object, key);
  assert_true(json_is_number(value));
  return json_number_value(value);
}

const char *shell_text(const json_t *object, const char *key) {
  const json_t *value = member(object, key);
  assert_true(json_is_string(value));
  return json_string_value(value);
}
