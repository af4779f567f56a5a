/* Frames as JSON lines. */
#include "frame_log.h"

#include "frame.h"
#include "log.h"
#include "support/memory.h"

#include <stdlib.h>

/* The last frame of a sender. */
struct frame_log_sent {
  json_t *line; /* NULL: it is written */
  size_t to;
  uint64_t number;
  uint8_t sequence;
  uint32_t datagram;
};

struct frame_log {
  FILE *file;
  const struct ledger *ledger;
  size_t count;
  char **names;
  uint64_t number; /* of the last */
  struct frame_log_sent *sent;
};

struct frame_log *frame_log_create(FILE *file, const struct ledger *ledger, size_t count,
                                   char **names) {
  struct frame_log *log = memory_get(1, sizeof *log);
  *log = (struct frame_log){.file = file,
                            .ledger = ledger,
                            .count = count,
                            .names = names,
                            .sent = memory_get(count, sizeof *log->sent)};
  return log;
}

static void frame_log_end(struct frame_log *log, struct frame_log_sent *sent, const char *fate) {
  if (sent->line == NULL)
    return;
  json_object_set_new(sent->line, "fate", json_string(fate));
  log_line(log->file, sent->line);
  sent->line = NULL;
}

void frame_log_destroy(struct frame_log *log) {
  if (log == NULL)
    return;
  for (size_t i = 0; i < log->count; i++) {
    frame_log_end(log, &log->sent[i], "unheard");
    free(log->names[i]);
  }
  free(log->names);
  free(log->sent);
  free(log);
}

static void add_integer(json_t *line, const char *key, uint64_t value) {
  json_object_set_new(line, key, json_integer((json_int_t)value));
}

static json_t *frame_log_line(const struct frame_log *log, const struct world_frame *frame,
                              const char *what, size_t to) {
  json_t *line =
      json_pack("{s:f,s:s,s:s,s:s}", "t_ms", (double)frame->now_ns / 1e6, "what", what, "from",
                log->names[frame->sender], "to", to < log->count ? log->names[to] : "");
  add_integer(line, "bytes", frame->length);
  return line;
}

static void add_datagram(const struct frame_log *log, json_t *line, uint32_t datagram) {
  const char *label = ledger_label(log->ledger, datagram);
  if (label == NULL)
    return;
  add_integer(line, "datagram", datagram);
  json_object_set_new(line, "label", json_string(label));
}

static void add_fragment(json_t *line, const struct frame *parts) {
  if (parts->packet_length == 0)
    return;
  add_integer(line, "offset", parts->packet_offset);
  add_integer(line, "packet_bytes", parts->packet_length);
}

static uint32_t frame_log_datagram(const struct world_frame *frame) {
  return frame->tagged_count > 0 ? frame->tagged[0].datagram : WORLD_DATAGRAM_UNKNOWN;
}

static const char *kind_of(const struct frame *parts) {
  return parts->acknowledgement ? "acknowledgement" : parts->data_request ? "data request" : "data";
}

/* What the node that is acknowledged sent last. */
static void add_acknowledged(const struct frame_log *log, json_t *line, size_t to,
                             uint8_t sequence) {
  if (to >= log->count || log->sent[to].sequence != sequence || log->sent[to].number == 0)
    return;
  add_integer(line, "acknowledges", log->sent[to].number);
  add_datagram(log, line, log->sent[to].datagram);
}

void frame_log_frame(struct frame_log *log, const struct world_frame *frame, size_t to) {
  struct frame_log_sent *sent = &log->sent[frame->sender];
  struct frame parts;
  (void)frame_dissect(frame->psdu, frame->length, &parts);
  frame_log_end(log, sent, "unheard");
  json_t *line = frame_log_line(log, frame, "frame", to);
  *sent = (struct frame_log_sent){.line = line,
                                  .to = to,
                                  .number = ++log->number,
                                  .sequence = parts.sequence,
                                  .datagram = frame_log_datagram(frame)};
  add_integer(line, "number", sent->number);
  add_integer(line, "sequence", sent->sequence);
  json_object_set_new(line, "kind", json_string(kind_of(&parts)));
  if (parts.acknowledgement) {
    add_acknowledged(log, line, to, parts.sequence);
    return;
  }
  add_integer(line, "try",
              ledger_tries(log->ledger, frame->sender, to, parts.sequence, sent->datagram));
  add_datagram(log, line, sent->datagram);
  add_fragment(line, &parts);
}

void frame_log_fate(struct frame_log *log, size_t sender, size_t receiver, enum world_fate fate) {
  static const char *const names[] = {
#define FATE(id, name, help) [WORLD_FATE_##id] = name,
#include "ns3/fate.def"
#undef FATE
  };
  if (log->sent[sender].to == receiver)
    frame_log_end(log, &log->sent[sender], names[fate]);
}

void frame_log_dropped(struct frame_log *log, const struct world_frame *frame,
                       enum world_drop why) {
  static const char *const causes[] = {[WORLD_DROP_QUEUE] = "queue",
                                       [WORLD_DROP_RETRIES] = "retries",
                                       [WORLD_DROP_ACCESS] = "access",
                                       [WORLD_DROP_EXPIRED] = "expired"};
  const uint32_t datagram = frame_log_datagram(frame);
  struct frame parts;
  (void)frame_dissect(frame->psdu, frame->length, &parts);
  const size_t to = ledger_find_node(log->ledger, parts.destination);
  const unsigned tries = ledger_tries(log->ledger, frame->sender, to, parts.sequence, datagram);
  json_t *line = frame_log_line(log, frame, "given up", to);
  json_object_set_new(line, "cause", json_string(causes[why]));
  add_integer(line, "tries", tries);
  if (tries > 0)
    add_integer(line, "sequence", parts.sequence);
  add_datagram(log, line, datagram);
  add_fragment(line, &parts);
  log_line(log->file, line);
}
