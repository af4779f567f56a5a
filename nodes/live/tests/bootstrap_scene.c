/* Starting the parties, and reading what they print. */
#define _GNU_SOURCE
#include "bootstrap_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64 };

/* Of its files: several of a role may run at once. */
static const char *serial_name(char text[TEXT_MAX], const char *role) {
  static unsigned count;
  snprintf(text, TEXT_MAX, "%s-%u", role, ++count);
  return text;
}

void bootstrap_scene_as(struct scene_server *as, const char *const *arguments) {
  char file[TEXT_MAX];
  static const char *const usual[] = {"--bind",
                                      "127.0.0.1:0",
                                      "--client",
                                      "127.0.0.1",
                                      "--secret",
                                      SCENE_SECRET,
                                      "--identity",
                                      SCENE_IDENTITY,
                                      "--psk",
                                      SCENE_PSK,
                                      "--application-server",
                                      "127.0.0.1," SCENE_SECRET ",aps1",
                                      "--server-id",
                                      SCENE_SERVER_ID,
                                      "--application-server",
                                      "127.0.0.1," SCENE_SECRET ",aps2",
                                      "--realm",
                                      "example.test",
                                      "--show-keys",
                                      "-v",
                                      NULL};
  scene_start_server_role(as, serial_name(file, "as"), "as", usual, arguments);
}

static const char *local_text(char text[TEXT_MAX], const char *before, uint16_t port) {
  snprintf(text, TEXT_MAX, "%s127.0.0.1:%u", before, port);
  return text;
}

void bootstrap_scene_aa(struct scene_server *aa, uint16_t radius, const char *const *arguments) {
  char file[TEXT_MAX], server[TEXT_MAX];
  const char *const usual[] = {"--bind",
                               "127.0.0.1:0",
                               "-v",
                               radius == 0 ? NULL : "--radius-server",
                               local_text(server, "", radius),
                               "--secret",
                               SCENE_SECRET,
                               "--radius-bind",
                               "127.0.0.1:0",
                               NULL};
  scene_start_server_role(aa, serial_name(file, "aa"), "aa", usual, arguments);
}

void bootstrap_scene_aps(struct scene_server *aps, const char *name, uint16_t radius,
                         const char *const *arguments) {
  char file[TEXT_MAX], server[TEXT_MAX];
  const char *const usual[] = {"--bind",
                               "127.0.0.1:0",
                               "--name",
                               name,
                               "--realm",
                               BOOTSTRAP_SCENE_REALM,
                               "--pull",
                               radius == 0 ? "configured" : "erp,psk-identity",
                               "--show-keys",
                               "-v",
                               radius == 0 ? NULL : "--radius-server",
                               local_text(server, "", radius),
                               "--secret",
                               SCENE_SECRET,
                               "--radius-bind",
                               "127.0.0.1:0",
                               NULL};
  scene_start_server_role(aps, serial_name(file, name), "aps", usual, arguments);
}

void bootstrap_scene_ue(struct process *ue, uint16_t aa, uint16_t aps,
                        const char *const *arguments) {
  char file[TEXT_MAX], authenticator[TEXT_MAX], server[TEXT_MAX];
  const char *const usual[] = {"--application-server",
                               local_text(server, "aps1=", aps),
                               "--linger-ms",
                               "0",
                               "--show-keys",
                               "-v",
                               "--realm",
                               BOOTSTRAP_SCENE_REALM,
                               "--identity",
                               SCENE_IDENTITY,
                               "--psk",
                               SCENE_PSK,
                               aa == 0 ? NULL : "--authenticator",
                               local_text(authenticator, "", aa),
                               NULL};
  scene_start_role(ue, serial_name(file, "ue"), "ue", usual, arguments);
}

int bootstrap_scene_run_ue(struct process *ue, uint16_t aa, uint16_t aps,
                           const char *const *arguments) {
  bootstrap_scene_ue(ue, aa, aps, arguments);
  return process_wait(ue, SCENE_LIMIT_MS);
}

/* What they print */

static bool is_text(const json_t *object, const char *key, const char *text) {
  const char *value = json_string_value(json_object_get(object, key));
  return value != NULL && strcmp(value, text) == 0;
}

/* Visits the lines until `skip` events were passed over; counts them. */
static json_t *find_event(const char *out, const char *phase, const char *event, size_t skip,
                          size_t *count) {
  *count = 0;
  for (const char *line = out; *line != '\0';) {
    const size_t length = strcspn(line, "\n");
    json_t *object = json_loadb(line, length, 0, NULL);
    if (is_text(object, "phase", phase) && is_text(object, "event", event) && (*count)++ == skip)
      return object;
    json_decref(object);
    line += length + (line[length] == '\n');
  }
  return NULL;
}

char *bootstrap_scene_value(const struct process *process, const char *phase, const char *event,
                            const char *key, size_t skip) {
  size_t count;
  char *out = process_out(process);
  json_t *object = find_event(out, phase, event, skip, &count);
  const char *value = json_string_value(json_object_get(object, key));
  char *copy = value == NULL ? NULL : strdup(value);
  json_decref(object);
  free(out);
  return copy;
}

static size_t count_events(const struct process *process, const char *phase, const char *event) {
  size_t count;
  char *out = process_out(process);
  (void)find_event(out, phase, event, SIZE_MAX, &count);
  free(out);
  return count;
}

void bootstrap_scene_expect(struct process *process, const char *phase, const char *event,
                            size_t count, const char *label) {
  enum { POLL_MS = 20 };
  for (unsigned waited = 0;
       waited < SCENE_LIMIT_MS && process->pid != 0 && count_events(process, phase, event) < count;
       waited += POLL_MS)
    (void)process_ended(process, POLL_MS);
  const size_t found = count_events(process, phase, event);
  if (found != count)
    fail_msg("%s: %zu events \"%s %s\" instead of %zu", process->out, found, phase, event, count);
  if (label == NULL)
    return;
  char *last = bootstrap_scene_value(process, phase, event, "label", count - 1);
  assert_non_null(last);
  assert_string_equal(last, label);
  free(last);
}

void bootstrap_scene_expect_octets(const struct process *process, const char *event, size_t skip,
                                   size_t octets) {
  char text[TEXT_MAX];
  snprintf(text, sizeof text, "%zu", octets);
  char *value = scene_value(process, event, "octets", skip);
  assert_non_null(value);
  assert_string_equal(value, text);
  free(value);
}
