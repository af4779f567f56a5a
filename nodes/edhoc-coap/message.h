/* How messages of EDHOC travel in CoAP (RFC 9528 appendix A.2), and what becomes of a session of
 * EDHOC: the connection identifiers and the association. */
#ifndef NODES_EDHOC_COAP_MESSAGE_H
#define NODES_EDHOC_COAP_MESSAGE_H

#include "../edhoc/edhoc.h"
#include "options.h"

enum {
  EDHOC_COAP_FORMAT = 64,     /* application/edhoc+cbor-seq, of responses */
  EDHOC_COAP_CID_FORMAT = 65, /* application/cid-edhoc+cbor-seq, of requests */
};

/* The label of the message of this number, 1 to 4, or 0 of an error message. Static text. */
const char *edhoc_coap_label(unsigned number);

/* Whether the Content-Format is there and is this one. */
bool edhoc_coap_format_is(const struct coap_message *message, unsigned format);

/* /.well-known/edhoc; and a POST to it. */
bool edhoc_coap_is_path(const struct coap_message *request);
bool edhoc_coap_is_for_edhoc(const struct coap_message *request);

/* What is in the payload of such a request: what is in front of a message, and the message. */
struct edhoc_coap_payload {
  bool first;                     /* `true`: message_1 follows */
  struct edhoc_connection_id c_r; /* else it is of this session */
  const uint8_t *message;
  size_t length;
};

/* NODE_ERR_MALFORMED: neither `true` nor an identifier is in front, or nothing follows. */
NODE_MUST_CHECK int edhoc_coap_payload_read(const struct coap_message *request,
                                            struct edhoc_coap_payload *payload);

/* A payload that is written: what is in front, and the message behind it. */
struct edhoc_coap_body {
  uint8_t data[EDHOC_MESSAGE_MAX + 2 + EDHOC_CONNECTION_ID_MAX];
  size_t length;
  struct span_list spans;
};

/* `c_r` NULL: `true`. */
void edhoc_coap_body_prefix(struct edhoc_coap_body *body, const struct edhoc_connection_id *c_r);

/* Where the message goes, and how long it may be; then that it is there. */
uint8_t *edhoc_coap_body_message(struct edhoc_coap_body *body, size_t *capacity);
void edhoc_coap_body_add(struct edhoc_coap_body *body, size_t length);

/* The payload is in `body`, which outlives the message, and may be empty. */
NODE_MUST_CHECK int edhoc_coap_send(struct coap_session *coap,
                                    const struct edhoc_coap_options *options,
                                    const struct edhoc_coap_body *body, const char *label);
NODE_MUST_CHECK int edhoc_coap_respond(struct coap_session *coap,
                                       const struct coap_message *request, uint8_t code,
                                       const struct edhoc_coap_body *body, const char *label,
                                       uint64_t now_ns);

/* A request of RFC 9668: with an EDHOC option, the ciphertext of OSCORE behind message_3. */
bool edhoc_coap_is_combined(const struct coap_message *request);

/* Takes it apart: `rest` is the request as it would be without message_3, and `kid` that of its
 * OSCORE option. NODE_ERR_MALFORMED. */
NODE_MUST_CHECK int edhoc_coap_split(const struct coap_message *request,
                                     struct edhoc_coap_payload *message_3,
                                     struct coap_message *rest);

/* Connection identifiers that are told apart: the first so many travel as one octet. */
enum { EDHOC_COAP_SHORT_NUMBERS = 48 };
struct edhoc_connection_id edhoc_coap_connection(size_t number);

bool edhoc_coap_connection_equal(const struct edhoc_connection_id *a,
                                 const struct edhoc_connection_id *b);

/* Static text: why the identifiers of a session whose message_1 or message_2 has verified are of no
 * use to OSCORE (appendix A.1); NULL: they are. */
const char *edhoc_coap_refuse_connections(const struct edhoc_connection_id *own,
                                          const struct edhoc_connection_id *other);

/* Opens the association of a session that is COMPLETED: the Sender ID of each side is what the
 * other has chosen. Errors of edhoc_exporter and association_open. */
NODE_MUST_CHECK int edhoc_coap_open(struct association *association, const struct edhoc *edhoc,
                                    const struct edhoc_connection_id *own,
                                    const struct edhoc_coap_options *options,
                                    const struct node_address *remote, struct coap_session *coap,
                                    const struct node_hooks *hooks, uint64_t now_ns);

/* Says that the key is confirmed, and who the other side has proved to be. */
void edhoc_coap_tell_confirmed(const struct edhoc *edhoc, const struct node_hooks *hooks,
                               const struct node_address *remote, const char *label);

/* That name; false: its credential says none. */
bool edhoc_coap_name(const struct edhoc *edhoc, struct edhoc_name *name);

#endif
