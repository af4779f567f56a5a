/* JSON lines of messages and events. */
#include "log.h"

#include "row.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *to_hex(const uint8_t *bytes, size_t length) {
  static const char digits[] = "0123456789abcdef";
  char *text = malloc(2 * length + 1);
  if (text == NULL)
    abort();
  for (size_t i = 0; i < length; i++) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  json_t *value = json_stringn(text, 2 * length);
  free(text);
  return value;
}

void log_line(FILE *file, json_t *object) {
  json_dumpf(object, file, JSON_COMPACT | JSON_REAL_PRECISION(15));
  fputc('\n', file);
  json_decref(object);
}

void log_message(FILE *file, uint64_t now_ns, const char *from, const char *to,
                 const struct node_datagram *datagram, uint32_t id) {
  if (file == NULL)
    return;
  json_t *spans = json_array();
  for (size_t i = 0; i < datagram->spans.count; i++)
    json_array_append_new(spans, json_pack("[s,i]", row_text(datagram->spans.item[i].row)->name,
                                           (int)datagram->spans.item[i].length));
  log_line(file,
           json_pack("{s:f,s:s,s:I,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:o,s:o}", "t_ms",
                     (double)now_ns / 1e6, "what", "message", "datagram", (json_int_t)id, "from",
                     from, "to", to, "protocol", node_protocol_name(datagram->protocol), "label",
                     datagram->label, "phase", node_phase_name(datagram->phase), "copy",
                     (int)datagram->copy, "bytes", (int)datagram->length, "spans", spans,
                     datagram->protocol == NODE_UDP ? "udp_payload" : "ip_payload",
                     to_hex(datagram->data, datagram->length)));
}

/* What becomes of a datagram at a node. */
static void log_datagram(FILE *file, uint64_t now_ns, const char *what, const char *node,
                         uint32_t id) {
  if (file != NULL)
    log_line(file, json_pack("{s:f,s:s,s:I,s:s}", "t_ms", (double)now_ns / 1e6, "what", what,
                             "datagram", (json_int_t)id, "node", node));
}

void log_arrival(FILE *file, uint64_t now_ns, const char *node, uint32_t id) {
  log_datagram(file, now_ns, "arrival", node, id);
}

void log_dropped(FILE *file, uint64_t now_ns, const char *node, uint32_t id) {
  log_datagram(file, now_ns, "dropped", node, id);
}

void log_event(FILE *file, uint64_t now_ns, const char *node, const char *remote,
               const struct node_event *event) {
  if (file == NULL)
    return;
  json_t *object = json_pack("{s:f,s:s,s:s,s:s,s:s,s:s}", "t_ms", (double)now_ns / 1e6, "what",
                             "event", "node", node, "remote", remote, "event",
                             node_event_name(event->type), "label", event->label);
  if (event->secret != NULL)
    json_object_set_new(object, event->secret_name, to_hex(event->secret, event->secret_length));
  log_line(file, object);
}
