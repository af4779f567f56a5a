/* Planted fault: what is held for repetitions is the response before the last. */
#include "coap/session.h"

#include <stddef.h>
#include <string.h>

int __real_coap_session_respond(struct coap_session *session, const struct coap_message *request,
                                struct coap_message *response, const char *label, uint64_t now_ns);
int __wrap_coap_session_respond(struct coap_session *session, const struct coap_message *request,
                                struct coap_message *response, const char *label, uint64_t now_ns);
int __real_coap_session_write(struct coap_session *session, struct node_datagram *datagram,
                              uint64_t now_ns);
int __wrap_coap_session_write(struct coap_session *session, struct node_datagram *datagram,
                              uint64_t now_ns);

/* Of the session that responded last: in this model, the peer's. */
static struct {
  const struct coap_session *session;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram previous;
} held;

int __wrap_coap_session_respond(struct coap_session *session, const struct coap_message *request,
                                struct coap_message *response, const char *label, uint64_t now_ns) {
  struct coap_outgoing previous = session->response;
  held.session = session->response_held ? session : NULL;
  held.previous = (struct node_datagram){.data = held.data, .capacity = sizeof held.data};
  const int error = held.session == NULL ? 0 : coap_outgoing_write(&previous, &held.previous);
  return error < 0 ? error : __real_coap_session_respond(session, request, response, label, now_ns);
}

int __wrap_coap_session_write(struct coap_session *session, struct node_datagram *datagram,
                              uint64_t now_ns) {
  const bool repeats = session == held.session && !session->control.pending &&
                       session->response.pending && session->response.copy > 0;
  const int result = __real_coap_session_write(session, datagram, now_ns);
  if (!repeats || result != 1)
    return result;
  enum { MESSAGE_ID = 2 }; /* is that of the request */
  const uint8_t message_id[] = {datagram->data[MESSAGE_ID], datagram->data[MESSAGE_ID + 1]};
  memcpy(datagram->data, held.data, held.previous.length);
  memcpy(datagram->data + MESSAGE_ID, message_id, sizeof message_id);
  datagram->length = held.previous.length;
  datagram->spans = held.previous.spans;
  datagram->label = held.previous.label;
  datagram->phase = held.previous.phase;
  datagram->part = held.previous.part;
  datagram->is_protected = held.previous.is_protected;
  return result;
}
