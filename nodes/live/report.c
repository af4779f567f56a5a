/* Lines of logs. */
#define _GNU_SOURCE
#include "report.h"
#include "clock.h"
#include "log.h"
#include "strangers.h"
#include "udp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIME_MAX = 40 };

static struct strangers strangers; /* there is one log in a process */

/* 2026-11-21T18:16:14.123456Z */
static void report_write_time(char text[TIME_MAX]) {
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  const size_t length = strftime(text, TIME_MAX, "%FT%T", &utc);
  snprintf(text + length, TIME_MAX - length, ".%06ldZ", now.tv_nsec / 1000);
}

static char *key_to_hex(const uint8_t *bytes, size_t length) {
  char *text = malloc(2 * length + 1);
  if (text == NULL)
    abort();
  for (size_t i = 0; i < length; i++)
    snprintf(text + 2 * i, 3, "%02x", bytes[i]);
  text[2 * length] = '\0';
  return text;
}

/* Lines */

static void put_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put_text_list(const char *format, va_list arguments) {
  char *line = NULL;
  const int length = vasprintf(&line, format, arguments);
  if (length < 0)
    abort();
  log_line(LOG_ERR, line, (size_t)length);
  free(line);
}

static void put_text(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  put_text_list(format, arguments);
  va_end(arguments);
}

/* Takes the object. */
static void put_object(const struct report *report, const char *event, json_t *object) {
  char time[TIME_MAX];
  report_write_time(time);
  json_t *all = json_pack("{s:s,s:s,s:s}", "time", time, "role", report->role, "event", event);
  json_object_update(all, object);
  char *line = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(9));
  if (line == NULL)
    abort();
  const size_t length = strlen(line);
  line[length] = '\n'; /* in the place of its end */
  log_line(LOG_OUT, line, length + 1);
  free(line);
  json_decref(all);
  json_decref(object);
}

static void report_write_line(const struct report *report, const struct node_address *remote,
                              const char *event, const char *label) {
  char time[TIME_MAX], text[UDP_TEXT_MAX] = "-";
  report_write_time(time);
  if (remote != NULL)
    udp_address_text(remote, text);
  put_text("%s %s %s %s: %s\n", time, report->role, text, event, label);
}

/* Where lines were dropped and others go through again. */
static void tell_gaps(const struct report *report) {
  const uint64_t out = log_take_gap(LOG_OUT), err = log_take_gap(LOG_ERR);
  char text[TIME_MAX];
  snprintf(text, sizeof text, "%llu lines of this log", (unsigned long long)err);
  if (out > 0)
    put_object(report, "lost", json_pack("{s:I}", "lines", (json_int_t)out));
  if (err > 0)
    report_write_line(report, NULL, "lost", text);
}

void report_json(const struct report *report, enum report_level level, const char *event,
                 json_t *object) {
  if (!report->json || report->level < level) {
    json_decref(object);
    return;
  }
  tell_gaps(report);
  put_object(report, event, object);
}

static json_t *report_describe(const struct node_address *remote, const char *label) {
  char text[UDP_TEXT_MAX];
  json_t *object = json_object();
  if (remote != NULL)
    json_object_set_new(object, "remote", json_string(udp_address_text(remote, text)));
  json_object_set_new(object, "label", json_string(label));
  return object;
}

static enum report_level level_of(enum node_event_type type) {
  return type == NODE_EVENT_DELIVERED ? REPORT_ALL : REPORT_EVENTS;
}

static bool has_remote(const struct node_event *event) {
  static const struct node_address none;
  return !node_address_equal(&event->remote, &none);
}

/* What a name may show in a terminal. */
static char *name_to_text(const uint8_t *name, size_t length) {
  char *text = malloc(length + 1);
  if (text == NULL)
    abort();
  for (size_t i = 0; i < length; i++)
    text[i] = name[i] >= 0x20 && name[i] < 0x7f ? (char)name[i] : '?';
  text[length] = '\0';
  return text;
}

/* The label; of an event with a name, that too. To be freed. */
static char *report_event_text(const struct node_event *event) {
  const bool named = event->name_length > 0;
  char *text = NULL, *name = name_to_text(event->name, event->name_length);
  if (asprintf(&text, "%s%s%s%s", event->label, named ? ", of \"" : "", name, named ? "\"" : "") <
      0)
    abort();
  free(name);
  return text;
}

/* "key", or "pull key". To be freed. */
static char *report_event_what(const struct report *report, const struct node_event *event) {
  char *what = NULL;
  if (asprintf(&what, "%s%s%s", report->phases ? node_phase_name(event->phase) : "",
               report->phases ? " " : "", node_event_name(event->type)) < 0)
    abort();
  return what;
}

/* As it is, where that is UTF-8. */
static void report_add_octets(json_t *object, const char *key, const uint8_t *octets,
                              size_t length) {
  char *text = name_to_text(octets, length);
  json_t *string = json_stringn((const char *)octets, length);
  json_object_set_new(object, key, string == NULL ? json_string(text) : string);
  free(text);
}

static void report_add_name(json_t *object, const struct node_event *event) {
  if (event->name_length > 0)
    report_add_octets(object, "name", event->name, event->name_length);
}

void report_event(const struct report *report, const struct node_event *event) {
  const struct node_address *remote = has_remote(event) ? &event->remote : NULL;
  const char *name = node_event_name(event->type);
  if (level_of(event->type) > report->level)
    return;
  if (!strangers_show(&strangers, event, clock_now_ns()))
    return;
  tell_gaps(report);
  const bool with_key = report->show_keys && event->secret != NULL;
  char *key = with_key ? key_to_hex(event->secret, event->secret_length) : NULL;
  char *text = report_event_text(event), *what = report_event_what(report, event);
  report_write_line(report, remote, what, with_key ? key : text);
  free(text);
  free(what);
  json_t *object = report_describe(remote, event->label);
  if (report->phases)
    json_object_set_new(object, "phase", json_string(node_phase_name(event->phase)));
  report_add_name(object, event);
  if (with_key)
    json_object_set_new(object, "key", json_string(key));
  report_json(report, level_of(event->type), name, object);
  if (with_key)
    explicit_bzero(key, 2 * event->secret_length);
  free(key);
}

void report_datagram(const struct report *report, const char *what, const char *label,
                     const struct node_address *remote, size_t length) {
  if (report->level < REPORT_ALL)
    return;
  char *text = NULL;
  if (asprintf(&text, "%s%s%zu octets", label, label[0] == '\0' ? "" : ", ", length) < 0)
    abort();
  report_write_line(report, remote, what, text);
  free(text);
  json_t *object = report_describe(remote, label);
  json_object_set_new(object, "octets", json_integer((json_int_t)length));
  report_json(report, REPORT_ALL, what, object);
}

void report_note(const struct report *report, const struct node_address *remote, const char *event,
                 const char *format, ...) {
  char *label = NULL;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&label, format, arguments) < 0)
    abort();
  va_end(arguments);
  if (report->level >= REPORT_RESULTS)
    report_write_line(report, remote, event, label);
  report_json(report, REPORT_RESULTS, event, report_describe(remote, label));
  free(label);
}

void report_value(const struct report *report, const struct node_address *remote, const char *event,
                  const char *name, const char *words, const uint8_t *octets, size_t length) {
  char *label = NULL, *text = name_to_text(octets, length);
  if (asprintf(&label, "%s %s \"%s\"", name, words, text) < 0)
    abort();
  if (report->level >= REPORT_RESULTS)
    report_write_line(report, remote, event, label);
  json_t *object = report_describe(remote, label);
  json_object_set_new(object, "name", json_string(name));
  report_add_octets(object, "value", octets, length);
  report_json(report, REPORT_RESULTS, event, object);
  free(label);
  free(text);
}

void report_error(const struct report *report, const char *format, ...) {
  char *what = NULL;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&what, format, arguments) < 0)
    abort();
  va_end(arguments);
  put_text("coap-eap-node %s: %s\n", report->role, what);
  free(what);
}

void report_text(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  put_text_list(format, arguments);
  va_end(arguments);
}

/* What was counted, and time */

static void tell_strangers(const struct report *report) {
  char *label = NULL;
  size_t length;
  FILE *text = open_memstream(&label, &length);
  json_t *counts = json_object();
  for (size_t i = 0; text != NULL && i < strangers.row_count; i++) {
    const struct strangers_row *row = &strangers.rows[i];
    const char *name = row->label == NULL ? "other" : node_event_name(row->type);
    char *key;
    if (asprintf(&key, "%s: %s", name, row->label == NULL ? "all" : row->label) < 0)
      abort();
    fprintf(text, "%s%llu %s", i == 0 ? "" : "; ", (unsigned long long)row->count, key);
    json_object_set_new(counts, key, json_integer((json_int_t)row->count));
    free(key);
  }
  if (text == NULL || fclose(text) != 0)
    abort();
  strangers_told(&strangers, clock_now_ns());
  report_write_line(report, NULL, "more", label);
  json_t *object = report_describe(NULL, label);
  json_object_set_new(object, "counts", counts);
  report_json(report, REPORT_EVENTS, "more", object);
  free(label);
}

uint64_t report_expiry(void) {
  return strangers_due_ns(&strangers);
}

void report_attend(const struct report *report) {
  if (strangers_due_ns(&strangers) <= clock_now_ns())
    tell_strangers(report);
  log_flush(LOG_OUT);
  log_flush(LOG_ERR);
  tell_gaps(report);
}

int report_end(const struct report *report, int status) {
  int error;
  if (strangers_due_ns(&strangers) != NODE_NEVER)
    tell_strangers(report);
  log_end(LOG_OUT);
  const uint64_t out = log_lost(LOG_OUT, &error);
  if (out > 0)
    report_error(report, "standard output: %llu lines were lost: %s", (unsigned long long)out,
                 error == 0 ? "its reader is too slow" : strerror(error));
  log_end(LOG_ERR);
  const bool wanted = log_lost(LOG_ERR, &error) > 0 && error != EPIPE && error != EBADF;
  const bool cut = wanted && error != 0;
  return (out > 0 || cut) && status == EXIT_SUCCESS ? EXIT_FAILURE : status;
}
