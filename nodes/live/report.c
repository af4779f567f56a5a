/* Lines of logs. */
#define _GNU_SOURCE
#include "report.h"
#include "udp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIME_MAX = 40 };

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

static void report_write_line(const struct report *report, const struct node_address *remote,
                              const char *event, const char *label) {
  char time[TIME_MAX], text[UDP_TEXT_MAX] = "-";
  report_write_time(time);
  if (remote != NULL)
    udp_address_text(remote, text);
  fprintf(stderr, "%s %s %s %s: %s\n", time, report->role, text, event, label);
}

void report_json(const struct report *report, enum report_level level, const char *event,
                 json_t *object) {
  if (report->json && report->level >= level) {
    char time[TIME_MAX];
    report_write_time(time);
    json_t *line = json_pack("{s:s,s:s,s:s}", "time", time, "role", report->role, "event", event);
    json_object_update(line, object);
    json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
    fputc('\n', stdout);
    fflush(stdout);
    json_decref(line);
  }
  json_decref(object);
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

void report_event(const struct report *report, const struct node_event *event) {
  const struct node_address *remote = has_remote(event) ? &event->remote : NULL;
  const char *name = node_event_name(event->type);
  if (level_of(event->type) > report->level)
    return;
  const bool with_key = report->show_keys && event->secret != NULL;
  char *key = with_key ? key_to_hex(event->secret, event->secret_length) : NULL;
  report_write_line(report, remote, name, with_key ? key : event->label);
  json_t *object = report_describe(remote, event->label);
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

void report_error(const struct report *report, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "coap-eap-node %s: ", report->role);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}
