/* Datagrams of the handshake on their way from the library to dtls_write. */
#include "session.h"

#include <string.h>

static unsigned count_copy(struct dtls *dtls, enum dtls_message message, bool begins) {
  unsigned *const sent = &dtls->sent[message];
  if (begins || *sent == 0)
    ++*sent;
  return *sent - 1;
}

void dtls_queue_put(struct dtls *dtls, const uint8_t *data, size_t length) {
  bool begins;
  const enum dtls_message message = dtls_record_message(data, length, &begins);
  const unsigned copy = count_copy(dtls, message, begins);
  if (dtls->queued == DTLS_QUEUE_MAX)
    return;
  struct dtls_outgoing *const outgoing = mbedtls_host_calloc(1, sizeof *outgoing + length);
  if (outgoing == NULL)
    return;
  outgoing->message = message;
  outgoing->copy = copy;
  outgoing->length = length;
  memcpy(outgoing->data, data, length);
  struct dtls_outgoing **last = &dtls->first;
  while (*last != NULL)
    last = &(*last)->next;
  *last = outgoing;
  dtls->queued++;
}

void dtls_queue_clear(struct dtls *dtls, bool keep_alert) {
  struct dtls_outgoing *kept = NULL;
  while (dtls->first != NULL) {
    struct dtls_outgoing *const outgoing = dtls->first;
    dtls->first = outgoing->next;
    if (keep_alert && outgoing->message == DTLS_MESSAGE_ALERT) {
      mbedtls_host_free(kept);
      kept = outgoing;
    } else {
      mbedtls_host_free(outgoing);
    }
  }
  if (kept != NULL)
    kept->next = NULL;
  dtls->first = kept;
  dtls->queued = kept == NULL ? 0 : 1;
}
