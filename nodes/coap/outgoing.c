/* Composed messages. */
#include "outgoing.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

void coap_outgoing_wipe(struct coap_outgoing *outgoing) {
  if (outgoing->data != NULL)
    crypto_wipe(outgoing->data, outgoing->length);
  free(outgoing->spans);
  *outgoing = (struct coap_outgoing){.spans = NULL};
}

/* A block of its own for what was written, in the place of the one that is there. */
static int outgoing_keep(struct coap_outgoing *outgoing, const uint8_t *data, size_t length,
                         const struct span *spans, size_t span_count) {
  const size_t spans_size = span_count * sizeof *spans;
  struct span *block = malloc(spans_size + length);
  if (block == NULL)
    return NODE_ERR_EXHAUSTED;
  memcpy(block, spans, spans_size);
  memcpy((uint8_t *)block + spans_size, data, length);
  struct coap_outgoing kept = *outgoing;
  coap_outgoing_wipe(outgoing);
  kept.spans = block;
  kept.data = (uint8_t *)block + spans_size;
  kept.length = (uint16_t)length;
  kept.span_count = (uint16_t)span_count;
  *outgoing = kept;
  return 0;
}

int coap_outgoing_compose(struct coap_outgoing *outgoing, const struct coap_message *message,
                          enum node_part part, const char *label) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer writer;
  span_writer_init(&writer, data, sizeof data, &spans);
  int error = coap_message_compose(message, &writer);
  if (error == 0)
    error = outgoing_keep(outgoing, data, writer.length, spans.item, spans.count);
  if (error < 0)
    return error;
  outgoing->label = label;
  outgoing->phase = message->phase;
  outgoing->part = part;
  outgoing->is_protected = message->is_protected;
  outgoing->pending = true;
  outgoing->copy = 0;
  return 0;
}

int coap_outgoing_copy(struct coap_outgoing *to, const struct coap_outgoing *from) {
  struct coap_outgoing copy = *from;
  copy.spans = NULL;
  copy.data = NULL;
  const int error =
      outgoing_keep(&copy, from->data, from->length, from->spans, from->span_count);
  if (error == 0)
    coap_outgoing_move(to, &copy);
  return error;
}

int coap_outgoing_readdress(struct coap_outgoing *outgoing, const struct coap_message *head) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer writer;
  struct coap_message readdressed = *head;
  span_writer_init(&writer, data, sizeof data, &spans);
  readdressed.code = outgoing->data[1];
  const int error = coap_message_compose(&readdressed, &writer);
  if (error < 0)
    return error;
  size_t at = 0;
  for (size_t i = 0; i < outgoing->span_count; i++) {
    const struct span *span = &outgoing->spans[i];
    if (span->row != ROW_COAP_HEADER && span->row != ROW_COAP_TOKEN)
      span_writer_put(&writer, span->row, outgoing->data + at, span->length);
    at += span->length;
  }
  return writer.overflow
             ? NODE_ERR_TOO_LONG
             : outgoing_keep(outgoing, data, writer.length, spans.item, spans.count);
}

void coap_outgoing_move(struct coap_outgoing *to, struct coap_outgoing *from) {
  coap_outgoing_wipe(to);
  *to = *from;
  *from = (struct coap_outgoing){.spans = NULL};
}

bool coap_outgoing_equal(const struct coap_outgoing *a, const struct coap_outgoing *b) {
  return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

int coap_outgoing_write(struct coap_outgoing *outgoing, struct node_datagram *datagram) {
  if (outgoing->length > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  memcpy(datagram->data, outgoing->data, outgoing->length);
  memcpy(datagram->spans.item, outgoing->spans, outgoing->span_count * sizeof *outgoing->spans);
  datagram->spans.count = outgoing->span_count;
  datagram->length = outgoing->length;
  datagram->label = outgoing->label;
  datagram->phase = outgoing->phase;
  datagram->part = outgoing->part;
  datagram->is_protected = outgoing->is_protected;
  datagram->copy = outgoing->copy++;
  outgoing->pending = false;
  return 0;
}
