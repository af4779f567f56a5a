/* Memory of hints. */
#define _GNU_SOURCE
#include "hints.h"
#include "clock.h"
#include "hint_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing for this many times ACK_TIMEOUT is worth words: what is lost comes again before. */
enum { PATIENCE_ACK_TIMEOUTS = 5, REPETITIONS = 2, ROWS_MAX = 80 };

/* What is known of the other end of an authentication. */
struct remote {
  struct node_address address; /* its port is 0: none */
  uint64_t heard_ns;           /* when it was last written here */
  uint64_t due_ns;             /* when silence is worth words; NODE_NEVER: not */
  enum hint_sign silence;      /* which words */
  bool delivered;              /* a packet of EAP has come since it began */
  bool under_key;              /* something went out under the new key */
  bool told;                   /* since the authentication began */
};

/* There is one log in a process. */
static struct {
  const struct settings *settings; /* NULL: hints_begin was not called */
  const struct report *report;
  const struct node_datagram *read; /* that is being told; NULL: none */
  struct remote remotes[HINTS_REMOTES_MAX];
  uint64_t next_ns[ROWS_MAX]; /* when a row may be said again */
} hints;

void hints_begin(const struct settings *settings, const struct report *report) {
  memset(&hints, 0, sizeof hints);
  hints.settings = settings;
  hints.report = report;
}

static bool is_on(void) {
  return hints.settings != NULL && hints.report->level >= REPORT_EVENTS;
}

/* Own options */

static const struct option_row *option_named(const char *name, size_t length) {
  size_t count;
  const struct option_row *const *options = lower_options(&count);
  for (size_t i = 0; i < count; i++)
    if (strlen(options[i]->name) == length && memcmp(options[i]->name, name, length) == 0)
      return options[i];
  abort();
}

static double option_value(const char *name) {
  return option_get(&hints.settings->options, option_named(name, strlen(name)));
}

/* As on a command line. */
static const char *option_text(const struct option_row *option, char number[32]) {
  const double value = option_get(&hints.settings->options, option);
  if (option->kind == OPTION_CHOICE || option->kind == OPTION_SWITCH)
    return option_texts(option)[(size_t)value];
  snprintf(number, 32, "%.10g", value);
  return number;
}

static bool where_holds(const char *where) {
  char number[32];
  if (where == NULL)
    return true;
  const size_t length = strcspn(where, "=");
  const char *text = option_text(option_named(where, length), number), *wanted = where + length + 1;
  return strncmp(text, wanted, strlen(wanted)) == 0;
}

/* Words */

static void write_options(FILE *out, const char *names) {
  const char *before = " (here: ";
  char number[32];
  for (const char *at = names; *at != '\0'; at += strspn(at, " ")) {
    const size_t length = strcspn(at, " ");
    const struct option_row *option = option_named(at, length);
    fputs(before, out);
    fputs("--", out);
    for (size_t i = 0; i < length; i++)
      fputc(at[i] == '_' ? '-' : at[i], out);
    fprintf(out, " %s", option_text(option, number));
    before = ", ";
    at += length;
  }
  fputc(')', out);
}

static char *words_of(const struct hint_row *row, uint16_t critical) {
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  if (out == NULL)
    abort();
  for (const char *at = row->words; *at != '\0'; at++)
    if (*at == '#')
      fprintf(out, "%u", critical);
    else
      fputc(*at, out);
  if (row->options != NULL)
    write_options(out, row->options);
  if (fclose(out) != 0)
    abort();
  return text;
}

static void say(size_t place, const struct node_address *remote, uint16_t critical) {
  size_t count;
  const struct hint_row *rows = hint_rows(&count);
  const uint64_t now_ns = clock_now_ns();
  if (now_ns < hints.next_ns[place])
    return;
  hints.next_ns[place] = now_ns + HINTS_INTERVAL_S * NODE_SECOND;
  char *words = words_of(&rows[place], critical);
  report_note(hints.report, remote, "hint", "%s", words);
  free(words);
}

/* Remotes */

static struct remote *remote_find(const struct node_address *address) {
  for (size_t i = 0; i < HINTS_REMOTES_MAX; i++)
    if (hints.remotes[i].heard_ns != 0 && node_address_equal(&hints.remotes[i].address, address))
      return &hints.remotes[i];
  return NULL;
}

/* Who was not heard of for longest gives way. */
static struct remote *remote_of(const struct node_address *address) {
  struct remote *remote = remote_find(address);
  if (remote == NULL) {
    remote = &hints.remotes[0];
    for (size_t i = 1; i < HINTS_REMOTES_MAX; i++)
      if (hints.remotes[i].heard_ns < remote->heard_ns)
        remote = &hints.remotes[i];
    *remote = (struct remote){.address = *address, .due_ns = NODE_NEVER};
  }
  remote->heard_ns = clock_now_ns();
  return remote;
}

static void expect(struct remote *remote, enum hint_sign silence) {
  const uint64_t ack_timeout_ms = (uint64_t)option_value("ack_timeout_ms");
  remote->silence = silence;
  remote->due_ns = clock_now_ns() + PATIENCE_ACK_TIMEOUTS * ack_timeout_ms * NODE_MS;
}

/* Signs */

/* What SeqNum has for a number here; 0: there is none. */
static uint16_t known_option(void) {
  return where_holds("ordering=seqnum") ? (uint16_t)option_value("seqnum_number") : 0;
}

static bool stage_holds(enum hint_stage stage, const struct remote *remote) {
  const bool delivered = remote != NULL && remote->delivered;
  const bool under_key = remote != NULL && remote->under_key;
  const bool holds[] = {[HINT_ANY_STAGE] = true,
                        [HINT_AT_FIRST] = !delivered,
                        [HINT_IN_CLEAR] = !under_key,
                        [HINT_UNDER_KEY] = under_key};
  return holds[stage];
}

static bool fits(const struct hint_row *row, enum hint_sign sign, const char *label,
                 enum hint_look look, const struct remote *remote) {
  return row->sign == sign && (row->roles & 1u << hints.settings->role) != 0 &&
         (row->label == NULL || (label != NULL && strcmp(row->label, label) == 0)) &&
         (row->look == HINT_LOOK_ANY || row->look == look) && stage_holds(row->stage, remote) &&
         where_holds(row->where);
}

/* Says what the sign means, if anything. */
static void look_up(enum hint_sign sign, const char *label, const struct node_address *address) {
  size_t count;
  uint16_t critical = 0;
  const struct hint_row *rows = hint_rows(&count);
  struct remote *remote = remote_find(address);
  const enum hint_look look =
      hints.read == NULL ? HINT_LOOK_ANY : hint_look(hints.read, known_option(), &critical);
  for (size_t i = 0; i < count && i < ROWS_MAX; i++)
    if (fits(&rows[i], sign, label, look, remote)) {
      say(i, address, critical);
      if (remote != NULL)
        remote->told = true;
      return;
    }
}

void hints_received(const struct node_datagram *datagram) {
  struct remote *remote = is_on() ? remote_find(&datagram->source) : NULL;
  hints.read = datagram;
  if (remote != NULL && remote->silence == HINT_UNANSWERED &&
      settings_is(hints.settings, SETTINGS_PEERS))
    remote->due_ns = NODE_NEVER;
}

void hints_handled(void) {
  hints.read = NULL;
}

/* "4.00 Bad Request" */
static bool is_refusal(const char *label) {
  return (label[0] == '4' || label[0] == '5') && label[1] == '.';
}

/* Others ask, too, and are refused for reasons of their own. */
static bool is_other_end(const struct remote *remote, const struct node_address *address) {
  return remote != NULL || node_address_equal(address, &hints.settings->authenticator.address);
}

void hints_sent(const struct node_datagram *datagram) {
  if (!is_on())
    return;
  struct remote *remote = remote_find(&datagram->destination);
  if (datagram->copy == REPETITIONS &&
      node_address_equal(&datagram->destination, &hints.settings->radius_server.address))
    look_up(HINT_ASKED_AGAIN, NULL, &datagram->destination);
  if (remote != NULL && datagram->is_protected)
    remote->under_key = true;
  else if (remote != NULL && datagram->part == NODE_PART_REQUEST && datagram->copy == 0)
    expect(remote, HINT_UNANSWERED);
  if (hints.read == NULL || datagram->part == NODE_PART_REQUEST ||
      !is_other_end(remote, &datagram->destination))
    return;
  if (is_refusal(datagram->label))
    look_up(HINT_REFUSED, datagram->label, &datagram->destination);
  else if (datagram->copy == REPETITIONS && !datagram->is_protected &&
           (remote == NULL || !remote->told))
    look_up(HINT_REPEATED, NULL, &datagram->destination);
}

void hints_event(const struct node_event *event) {
  if (!is_on() || event->phase != NODE_PHASE_AUTHENTICATION)
    return;
  struct remote *remote;
  switch (event->type) {
  case NODE_EVENT_STARTED:
    remote = remote_of(&event->remote);
    remote->delivered = remote->under_key = remote->told = false;
    expect(remote, HINT_UNANSWERED);
    return;
  case NODE_EVENT_DELIVERED:
    remote = remote_of(&event->remote);
    remote->delivered = true;
    remote->due_ns = NODE_NEVER;
    return;
  case NODE_EVENT_KEY:
    expect(remote_of(&event->remote), HINT_UNCONFIRMED);
    return;
  case NODE_EVENT_CONFIRMED:
  case NODE_EVENT_CLOSED:
    remote_of(&event->remote)->due_ns = NODE_NEVER;
    return;
  case NODE_EVENT_DISCARDED:
    look_up(HINT_DISCARDED, event->label, &event->remote);
    return;
  case NODE_EVENT_FAILED:
    remote_of(&event->remote)->due_ns = NODE_NEVER;
    look_up(HINT_FAILED, event->label, &event->remote);
    return;
  default:
    return;
  }
}

uint64_t hints_expiry(void) {
  uint64_t due_ns = NODE_NEVER;
  for (size_t i = 0; is_on() && i < HINTS_REMOTES_MAX; i++)
    if (hints.remotes[i].heard_ns != 0 && hints.remotes[i].due_ns < due_ns)
      due_ns = hints.remotes[i].due_ns;
  return due_ns;
}

void hints_attend(void) {
  const uint64_t now_ns = clock_now_ns();
  for (size_t i = 0; is_on() && i < HINTS_REMOTES_MAX; i++) {
    struct remote *remote = &hints.remotes[i];
    if (remote->heard_ns == 0 || remote->due_ns > now_ns)
      continue;
    remote->due_ns = NODE_NEVER;
    if (!remote->told)
      look_up(remote->silence, NULL, &remote->address);
  }
}
