/* Planted fault: what is held for repetitions is the response before the last. */
#include "coap/session.h"

#include <stddef.h>

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
  struct coap_outgoing previous;
} held;

int __wrap_coap_session_respond(struct coap_session *session, const struct coap_message *request,
                                struct coap_message *response, const char *label, uint64_t now_ns) {
  held.session = session->response_held ? session : NULL;
  held.previous = session->response;
  return __real_coap_session_respond(session, request, response, label, now_ns);
}

int __wrap_coap_session_write(struct coap_session *session, struct node_datagram *datagram,
                              uint64_t now_ns) {
  if (session == held.session && session->response.pending && session->response.copy > 0) {
    held.previous.pending = true;
    held.previous.data[2] = session->response.data[2]; /* with the Message ID of the request */
    held.previous.data[3] = session->response.data[3];
    session->response = held.previous;
  }
  return __real_coap_session_write(session, datagram, now_ns);
}
