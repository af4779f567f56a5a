/* Adds up results by phase, by message and by link. */
#include "sums.h"

#include "shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const json_t *turn_of(const json_t *result, const char *phase, const char *turn) {
  return json_object_get(json_object_get(json_object_get(result, "phases"), phase), turn);
}

long long sums_phase_count(const json_t *result, const char *phase, const char *key) {
  return json_integer_value(json_object_get(turn_of(result, phase, "first"), key));
}

double sums_phase_figure(const json_t *result, const char *phase, const char *key) {
  return json_number_value(json_object_get(turn_of(result, phase, "first"), key));
}

bool sums_has_phase(const json_t *result, const char *phase) {
  return json_object_get(json_object_get(result, "phases"), phase) != NULL;
}

static long long sum_of_messages(const json_t *result, const char *label, const char *key) {
  const json_t *messages = json_object_get(result, "messages"), *message;
  long long sum = 0;
  size_t i;
  json_array_foreach(messages, i, message) {
    if (strcmp(shell_text(message, "label"), label) == 0)
      sum += shell_count(message, key);
  }
  return sum;
}

long long sums_message_count(const json_t *result, const char *label) {
  return sum_of_messages(result, label, "datagrams");
}

long long sums_message_bytes(const json_t *result, const char *label) {
  const long long count = sums_message_count(result, label);
  return count == 0 ? 0 : sum_of_messages(result, label, "bytes_udp") / count;
}

/* In all turns. */
static long long sum_of_phases(const json_t *result, const char *key) {
  static const char *const turns[] = {"first", "again"};
  long long sum = 0;
  const char *name;
  json_t *phase;
  json_object_foreach(json_object_get(result, "phases"), name, phase) {
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++)
      sum += json_integer_value(json_object_get(json_object_get(phase, turns[i]), key));
  }
  return sum;
}

static long long sum_of_links(const json_t *result, const char *key) {
  long long sum = 0;
  const char *name, *of;
  json_t *link, *phase;
  json_object_foreach(json_object_get(result, "links"), name, link)
      json_object_foreach(link, of, phase) sum += shell_count(phase, key);
  return sum;
}

void sums_check(const json_t *result) {
  const json_t *messages = json_object_get(result, "messages"), *message;
  long long by_message = 0, of_nobody = 0; /* polls */
  size_t i;
  json_array_foreach(messages, i, message) {
    by_message += shell_count(message, "bytes_air");
    of_nobody += shell_text(message, "label")[0] == '(' ? shell_count(message, "bytes_air") : 0;
  }
  const long long wires = sum_of_phases(result, "bytes_backhaul");
  assert_int_equal(sum_of_phases(result, "bytes_air") + shell_count(result, "bytes_air_idle"),
                   by_message);
  assert_int_equal(sum_of_links(result, "bytes_air"), by_message - of_nobody);
  assert_int_equal(wires, shell_count(result, "bytes_backhaul"));
  assert_int_equal(sum_of_links(result, "bytes_wire"), wires);
}
