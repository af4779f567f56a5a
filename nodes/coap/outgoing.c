/* Composed messages. */
#include "outgoing.h"

#include <string.h>

void coap_outgoing_wipe(struct coap_outgoing *outgoing) {
  kept_wipe(&outgoing->message);
  kept_wipe(&outgoing->sealed);
  *outgoing = (struct coap_outgoing){.pending = false};
}

int coap_outgoing_compose(struct coap_outgoing *outgoing, const struct coap_message *message,
                          enum node_part part, const char *label) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer writer;
  span_writer_init(&writer, data, sizeof data, &spans);
  int error = coap_message_compose(message, &writer);
  if (error == 0)
    error = kept_store(&outgoing->message, data, writer.length, &spans);
  if (error < 0)
    return error;
  kept_wipe(&outgoing->sealed);
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
  copy.message = copy.sealed = (struct kept){.spans = NULL};
  const int error = kept_copy(&copy.message, &from->message);
  if (error == 0)
    coap_outgoing_move(to, &copy);
  return error;
}

int coap_outgoing_readdress(struct coap_outgoing *outgoing, const struct coap_message *head) {
  const struct kept *former = &outgoing->message;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer writer;
  struct coap_message readdressed = *head;
  span_writer_init(&writer, data, sizeof data, &spans);
  readdressed.code = former->data[1];
  const int error = coap_message_compose(&readdressed, &writer);
  if (error < 0)
    return error;
  size_t at = 0;
  for (size_t i = 0; i < former->span_count; i++) {
    const struct span *span = &former->spans[i];
    if (span->row != ROW_COAP_HEADER && span->row != ROW_COAP_TOKEN)
      span_writer_put(&writer, span->row, former->data + at, span->length);
    at += span->length;
  }
  return writer.overflow ? NODE_ERR_TOO_LONG
                         : kept_store(&outgoing->message, data, writer.length, &spans);
}

void coap_outgoing_move(struct coap_outgoing *to, struct coap_outgoing *from) {
  coap_outgoing_wipe(to);
  *to = *from;
  *from = (struct coap_outgoing){.pending = false};
}

bool coap_outgoing_equal(const struct coap_outgoing *a, const struct coap_outgoing *b) {
  const size_t length = a->message.length;
  return length == b->message.length &&
         (length == 0 || memcmp(a->message.data, b->message.data, length) == 0);
}

static int seal_message(struct coap_outgoing *outgoing, coap_seal *seal, void *context) {
  const struct kept *message = &outgoing->message;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram record = {.data = data, .capacity = sizeof data};
  struct span_list spans = {.count = message->span_count};
  memcpy(spans.item, message->spans, message->span_count * sizeof *message->spans);
  const int error = seal(context, message->data, message->length, &spans, &record);
  return error < 0 ? error : kept_store(&outgoing->sealed, data, record.length, &record.spans);
}

int coap_outgoing_seal(struct coap_outgoing *outgoing, coap_seal *seal, void *context) {
  if (!outgoing->pending || outgoing->sealed.length > 0)
    return 0;
  const int error = seal_message(outgoing, seal, context);
  if (error < 0)
    coap_outgoing_withdraw(outgoing);
  return error;
}

void coap_outgoing_withdraw(struct coap_outgoing *outgoing) {
  outgoing->pending = false;
  kept_wipe(&outgoing->sealed);
}

int coap_outgoing_write(struct coap_outgoing *outgoing, struct node_datagram *datagram) {
  const struct kept *sealed = &outgoing->sealed;
  const int error = kept_write(sealed->length > 0 ? sealed : &outgoing->message, datagram);
  if (error < 0)
    return error;
  datagram->label = outgoing->label;
  datagram->phase = outgoing->phase;
  datagram->part = outgoing->part;
  datagram->is_protected = outgoing->is_protected;
  datagram->copy = outgoing->copy++;
  coap_outgoing_withdraw(outgoing);
  return 0;
}
