/* A run's log as a ladder. */
#include "ladder.h"
#include "coap_words.h"
#include "row_words.h"
#include "ladder_columns.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static long long integer_of(const json_t *object, const char *name) {
  return json_integer_value(json_object_get(object, name));
}

struct ladder_weight ladder_weigh(const json_t *message) {
  return (struct ladder_weight){
      .datagrams = integer_of(message, "datagrams"),
      .bytes_udp = integer_of(message, "bytes_udp"),
      .frames = integer_of(message, "frames"),
      .bytes_air = integer_of(message, "bytes_air"),
  };
}

/* The trigger is step 0, as in the draft; without one the first message is step 1. */
char *ladder_step(const json_t *result, size_t index) {
  const json_t *first = json_array_get(json_object_get(result, "messages"), 0);
  bool from_zero = strcmp(value_string(first, "label"), "trigger") == 0;
  return text_format("%zu", index + (from_zero ? 0 : 1));
}

static bool is_peer(const json_t *result, const char *node) {
  const json_t *peers = json_object_get(result, "peer");
  for (size_t i = 0; i < json_array_size(peers); i++)
    if (strcmp(value_string(json_array_get(peers, i), "name"), node) == 0)
      return true;
  return false;
}

/* Index of a node, added if it is new. */
static size_t node_index(struct ladder *ladder, const char *name) {
  size_t i = 0;
  while (i < ladder->node_count && strcmp(ladder->node[i].name, name) != 0)
    i++;
  if (i < ladder->node_count)
    return i;
  ladder->node = memory_resize(ladder->node, i + 1, sizeof *ladder->node);
  ladder->node[i] =
      (struct ladder_node){.name = memory_string(name), .is_peer = is_peer(ladder->result, name)};
  ladder->node_count++;
  return i;
}

/* Finds the item's message in the result by its label, direction and phase; of nodes that are not
 * above each other there is one direction. */
static void ladder_find_message(const struct ladder *ladder, struct ladder_item *item) {
  const json_t *messages = json_object_get(ladder->result, "messages");
  const char *direction = ladder_columns_direction(ladder, item);
  for (size_t i = 0; i < json_array_size(messages) && item->message == NULL; i++) {
    const json_t *message = json_array_get(messages, i);
    const char *counted = value_string(message, "direction");
    if (strcmp(value_string(message, "label"), item->label) != 0 ||
        (strcmp(counted, direction) != 0 && strcmp(counted, "across") != 0) ||
        strcmp(value_string(message, "phase"), item->phase) != 0)
      continue;
    item->message = message;
    free(item->step);
    item->step = ladder_step(ladder->result, i);
  }
}

/* Adds the spans from `first` on: "CoAP URI path 4, CoAP marker 1". */
static void add_spans(struct text *words, const json_t *spans, size_t first) {
  for (size_t i = first; i < json_array_size(spans); i++) {
    const json_t *span = json_array_get(spans, i);
    const char *row = json_string_value(json_array_get(span, 0));
    text_add(words, "%s", i == first ? "" : ", ");
    row_words_add(words, row == NULL ? "" : row);
    text_add(words, " %lld", (long long)json_integer_value(json_array_get(span, 1)));
  }
}

/* What OSCORE hides: the spans from the inner code on. */
static void add_protected(struct text *words, const json_t *spans) {
  for (size_t i = 0; i < json_array_size(spans); i++) {
    const char *row = json_string_value(json_array_get(json_array_get(spans, i), 0));
    if (row == NULL || strcmp(row, "oscore_code") != 0)
      continue;
    text_add(words, "\nprotected: ");
    add_spans(words, spans, i);
    return;
  }
}

static size_t from_hex(const char *hex, uint8_t *bytes, size_t capacity) {
  size_t length = 0;
  unsigned byte;
  for (; length < capacity && sscanf(hex, "%2x", &byte) == 1; hex += 2)
    bytes[length++] = (uint8_t)byte;
  return length;
}

/* What the lower layer says: of CoAP the words, of anything else the spans. */
static char *message_words(const struct ladder *ladder, const json_t *line) {
  const json_t *spans = json_object_get(line, "spans");
  const json_t *spec = json_object_get(ladder->result, "spec");
  const char *first = json_string_value(json_array_get(json_array_get(spans, 0), 0));
  const char *hex = value_string(line, "udp_payload");
  size_t capacity = strlen(hex) / 2;
  uint8_t *bytes = memory_get(capacity + 1, 1);
  size_t length = from_hex(hex, bytes, capacity);
  struct text words = {0};
  bool is_coap = first != NULL && strcmp(first, "coap_header") == 0;
  if (is_coap && coap_words_add(&words, bytes, length, (unsigned)integer_of(spec, "seqnum_number")))
    add_protected(&words, spans);
  else
    add_spans(&words, spans, 0);
  free(bytes);
  return words.data == NULL ? memory_string("") : words.data;
}

/* Takes over `label` and `words`. */
static struct ladder_item *item_add(struct ladder *ladder, const json_t *line, char *label,
                                    char *words) {
  ladder->item = memory_resize(ladder->item, ladder->count + 1, sizeof *ladder->item);
  struct ladder_item *item = &ladder->item[ladder->count++];
  *item = (struct ladder_item){
      .t_ms = json_number_value(json_object_get(line, "t_ms")),
      .label = label,
      .words = words,
      .phase = memory_string(value_string(line, "phase")),
      .step = memory_string(""),
      .copy = integer_of(line, "copy"),
      .bytes = integer_of(line, "bytes"),
      .datagram = FRAMES_NO_DATAGRAM,
      .losses = memory_string(""),
      .arrived = true,
  };
  return item;
}

/* What a node sends to itself has no way to be drawn: it is shown as what happened there. */
static void message_add(struct ladder *ladder, const json_t *line) {
  size_t from = node_index(ladder, value_string(line, "from"));
  size_t to = node_index(ladder, value_string(line, "to"));
  struct ladder_item *item = item_add(ladder, line, memory_string(value_string(line, "label")),
                                      message_words(ladder, line));
  item->is_event = from == to;
  if (json_is_integer(json_object_get(line, "datagram")))
    item->datagram = integer_of(line, "datagram");
  item->from = from;
  item->to = to;
}

/* Of the events those that no message shows: keys, confirmations, failures, what is unanswered.
 * What a handshake derives from a key is for whoever reads captures. */
static void event_add(struct ladder *ladder, const json_t *line) {
  const char *event = value_string(line, "event"), *label = value_string(line, "label");
  static const char *const SHOWN_BY_MESSAGES[] = {"started", "delivered", "served", "answered",
                                                  "secret"};
  for (size_t i = 0; i < sizeof SHOWN_BY_MESSAGES / sizeof SHOWN_BY_MESSAGES[0]; i++)
    if (strcmp(event, SHOWN_BY_MESSAGES[i]) == 0)
      return;
  char *words =
      strcmp(event, "key") == 0 ? memory_string(label) : text_format("%s: %s", event, label);
  size_t node = node_index(ladder, value_string(line, "node"));
  struct ladder_item *item = item_add(ladder, line, words, memory_string(""));
  item->is_event = true;
  if (strcmp(event, "confirmed") == 0)
    item->confirmed_by = memory_string(value_string(line, "remote"));
  item->from = item->to = node;
}

/* True if the line is not about the peer that is shown, of several. */
static bool is_foreign(const struct ladder *ladder, const json_t *line, const char *peer) {
  static const char *const NODES[] = {"from", "to", "node", "remote"};
  bool ours = ladder->peer == LADDER_ALL_PEERS || ladder->peers == 1;
  for (size_t i = 0; i < sizeof NODES / sizeof NODES[0]; i++)
    ours = ours || strcmp(value_string(line, NODES[i]), peer) == 0;
  return !ours;
}

static int ladder_read_line(struct ladder *ladder, const char *text, const char *peer,
                            struct text *error) {
  json_t *line = json_loads(text, 0, NULL);
  const char *what = value_string(line, "what");
  bool good = line != NULL;
  if (!good)
    text_add(error, "the simulator's log has a line that is not JSON: %.100s\n", text);
  else if (frames_take(&ladder->frames, line) || is_foreign(ladder, line, peer))
    good = true;
  else if (strcmp(what, "message") == 0)
    message_add(ladder, line);
  else if (strcmp(what, "event") == 0)
    event_add(ladder, line);
  json_decref(line);
  return good ? 0 : -1;
}

/* Times count from the first message. */
static void shift_times(struct ladder *ladder) {
  size_t first = 0;
  while (first < ladder->count && ladder->item[first].is_event)
    first++;
  ladder->begin_ms = first < ladder->count ? ladder->item[first].t_ms : 0;
  for (size_t i = 0; i < ladder->count; i++)
    ladder->item[i].t_ms -= ladder->begin_ms;
}

/* "it did not arrive", and how far it came; or it did, and was not taken. */
static void add_absence(const struct ladder *ladder, const struct ladder_item *item,
                        struct text *words) {
  const char *last = frames_last_receiver(&ladder->frames, item->datagram);
  text_add(words, "%s", words->length == 0 ? "" : "; ");
  if (frames_found_no_room(&ladder->frames, item->datagram)) {
    text_add(words, "no room for it where it arrived: %s computed", ladder->node[item->to].name);
    return;
  }
  text_add(words, "it did not arrive");
  if (last != NULL && strcmp(last, ladder->node[item->to].name) == 0)
    text_add(words, " as a whole");
  else if (last != NULL)
    text_add(words, " (no further than %s)", last);
}

/* What the frames of a message tell of it. */
static void ladder_note_losses(const struct ladder *ladder, struct ladder_item *item) {
  struct text words = {0};
  item->arrived = frames_arrived(&ladder->frames, item->datagram);
  frames_add_losses(&ladder->frames, item->datagram, &words);
  if (!item->arrived)
    add_absence(ladder, item, &words);
  free(item->losses);
  item->losses = memory_string(text_string(&words));
  text_deinit(&words);
}

bool ladder_shows(const struct ladder *ladder, long long datagram) {
  for (size_t i = 0; i < ladder->count; i++)
    if (ladder->item[i].datagram == datagram)
      return true;
  return false;
}

static int ladder_read_log(struct ladder *ladder, const char *log, const char *peer,
                           struct text *error) {
  char *copy = memory_string(log), *rest = copy, *line;
  int status = 0;
  while (status == 0 && (line = strsep(&rest, "\n")) != NULL)
    if (*line != '\0')
      status = ladder_read_line(ladder, line, peer, error);
  free(copy);
  return status;
}

/* Whether no item before this has the same message. */
static bool ladder_is_first(const struct ladder *ladder, size_t index) {
  const json_t *message = ladder->item[index].message;
  for (size_t i = 0; i < index; i++)
    if (ladder->item[i].message == message)
      return false;
  return message != NULL;
}

/* When a message was there for `event`: it came from the node that this names, and not later. NaN
 * if it was not. */
static double there_ms(const struct ladder *ladder, const struct ladder_item *message,
                       const struct ladder_item *event) {
  if (message->is_event || !message->arrived || message->to != event->from ||
      strcmp(ladder->node[message->from].name, event->confirmed_by) != 0)
    return NAN;
  const double arrival_ms = frames_arrival_ms(&ladder->frames, message->datagram);
  const double there = isnan(arrival_ms) ? message->t_ms : arrival_ms;
  return there <= event->t_ms ? there : NAN;
}

/* Adds to what was confirmed by a message the number that it has in the drawing: "step 7 verified",
 * which is the draft's number, "(9)". It is the last one that was there. */
static void note_confirming(struct ladder *ladder, struct ladder_item *event) {
  const struct ladder_item *last = NULL;
  double last_ms = -INFINITY;
  for (size_t i = 0; i < ladder->count; i++) {
    const double ms = there_ms(ladder, &ladder->item[i], event);
    if (ms >= last_ms) {
      last = &ladder->item[i];
      last_ms = ms;
    }
  }
  if (last == NULL || last->step[0] == '\0')
    return;
  char *label = text_format("%s (%s)", event->label, last->step);
  free(event->label);
  event->label = label;
}

int ladder_init(struct ladder *ladder, json_t *result, const char *log, size_t peer,
                struct text *error) {
  const json_t *peers = json_object_get(result, "peer");
  *ladder =
      (struct ladder){.peers = json_array_size(peers), .peer = peer, .result = json_incref(result)};
  if (ladder->peers == 0 || peer > ladder->peers) {
    text_add(error, "--peer %zu is not there: the run has peers 1 to %zu\n", peer, ladder->peers);
    ladder_deinit(ladder);
    return -1;
  }
  const size_t first = peer == LADDER_ALL_PEERS ? 0 : peer - 1;
  const char *name = value_string(json_array_get(peers, first), "name");
  node_index(ladder, name);
  if (ladder_read_log(ladder, log, name, error) < 0) {
    ladder_deinit(ladder);
    return -1;
  }
  frames_settle(&ladder->frames);
  ladder_columns_order(ladder);
  for (size_t i = 0; i < ladder->count; i++)
    if (!ladder->item[i].is_event) {
      ladder_find_message(ladder, &ladder->item[i]);
      ladder->item[i].weighs = ladder_is_first(ladder, i);
      ladder_note_losses(ladder, &ladder->item[i]);
    }
  for (size_t i = 0; i < ladder->count; i++)
    if (ladder->item[i].confirmed_by != NULL)
      note_confirming(ladder, &ladder->item[i]);
  shift_times(ladder);
  return 0;
}

void ladder_deinit(struct ladder *ladder) {
  for (size_t i = 0; i < ladder->count; i++) {
    free(ladder->item[i].label);
    free(ladder->item[i].words);
    free(ladder->item[i].phase);
    free(ladder->item[i].step);
    free(ladder->item[i].confirmed_by);
    free(ladder->item[i].losses);
  }
  frames_deinit(&ladder->frames);
  for (size_t i = 0; i < ladder->node_count; i++)
    free(ladder->node[i].name);
  free(ladder->node);
  free(ladder->item);
  json_decref(ladder->result);
  *ladder = (struct ladder){0};
}

json_t *ladder_json(const struct ladder *ladder) {
  json_t *items = json_array();
  for (size_t i = 0; i < ladder->count; i++) {
    const struct ladder_item *item = &ladder->item[i];
    json_t *object =
        json_pack("{s:f, s:s, s:s}", "t_ms", item->t_ms, item->is_event ? "event" : "message",
                  item->label, "from", ladder->node[item->from].name);
    if (!item->is_event)
      json_object_update_new(object, json_pack("{s:s, s:s, s:s, s:I, s:I, s:b, s:s}", "to",
                                               ladder->node[item->to].name, "step", item->step,
                                               "words", item->words, "copy", (json_int_t)item->copy,
                                               "bytes_udp", (json_int_t)item->bytes, "arrived",
                                               item->arrived, "losses", item->losses));
    json_array_append_new(items, object);
  }
  return items;
}
