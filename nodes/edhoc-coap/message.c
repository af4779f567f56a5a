/* Messages of EDHOC in CoAP, and what is made of a session. */
#include "message.h"

#include "../cbor/writer.h"
#include "../crypto/crypto.h"
#include "../edhoc/identifier.h"
#include "../oscore/oscore.h"

#include <assert.h>
#include <string.h>

enum { CBOR_OCTET_TRUE = 0xf5 };

static const char *const PATH[] = {".well-known", "edhoc"};

enum { PATH_SEGMENTS = sizeof PATH / sizeof PATH[0] };

const char *edhoc_coap_label(unsigned number) {
  static const char *const labels[] = {"EDHOC error", "EDHOC message_1", "EDHOC message_2",
                                       "EDHOC message_3", "EDHOC message_4"};
  assert(number < sizeof labels / sizeof labels[0]);
  return labels[number];
}

/* Reading */

bool edhoc_coap_format_is(const struct coap_message *message, unsigned format) {
  const struct coap_option *option = coap_message_find(message, COAP_NUMBER_CONTENT_FORMAT);
  uint64_t value;
  return option != NULL && coap_uint_decode(option->value, option->length, &value) == 0 &&
         value == format;
}

bool edhoc_coap_is_path(const struct coap_message *request) {
  return coap_message_path_is(request, PATH, PATH_SEGMENTS);
}

bool edhoc_coap_is_for_edhoc(const struct coap_message *request) {
  return request->code == COAP_CODE_POST && edhoc_coap_is_path(request);
}

static int read_connection(struct cbor_reader *reader, struct edhoc_connection_id *c_r) {
  const uint8_t *bytes;
  size_t length;
  if (edhoc_identifier_get(reader, &bytes, &length) != 0 || length > sizeof c_r->bytes)
    return NODE_ERR_MALFORMED;
  c_r->length = (uint8_t)length;
  memcpy(c_r->bytes, bytes, length);
  return 0;
}

int edhoc_coap_payload_read(const struct coap_message *request,
                            struct edhoc_coap_payload *payload) {
  struct cbor_reader reader;
  *payload = (struct edhoc_coap_payload){.first = request->payload_length > 0 &&
                                                  request->payload[0] == CBOR_OCTET_TRUE};
  cbor_reader_init(&reader, request->payload, request->payload_length);
  const int error = payload->first ? cbor_skip(&reader) : read_connection(&reader, &payload->c_r);
  if (error != 0 || reader.offset == request->payload_length)
    return NODE_ERR_MALFORMED;
  payload->message = request->payload + reader.offset;
  payload->length = request->payload_length - reader.offset;
  return 0;
}

/* Writing */

void edhoc_coap_body_prefix(struct edhoc_coap_body *body, const struct edhoc_connection_id *c_r) {
  struct span_writer out;
  body->spans.count = 0;
  span_writer_init(&out, body->data, sizeof body->data, NULL);
  if (c_r == NULL)
    cbor_put_true(&out);
  else
    edhoc_identifier_put(&out, c_r->bytes, c_r->length);
  body->length = out.length;
  span_list_add(&body->spans, ROW_EDHOC_CORRELATION, out.length);
}

uint8_t *edhoc_coap_body_message(struct edhoc_coap_body *body, size_t *capacity) {
  *capacity = sizeof body->data - body->length;
  return body->data + body->length;
}

void edhoc_coap_body_add(struct edhoc_coap_body *body, size_t length) {
  body->length += length;
  span_list_add(&body->spans, ROW_EDHOC_MESSAGE, length);
}

/* `value` outlives the message. */
static void add_body(struct coap_message *message, const struct edhoc_coap_body *body,
                     const uint8_t *format) {
  if (body->length == 0)
    return;
  coap_message_add_option(message, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format, 1);
  message->payload = body->data;
  message->payload_length = body->length;
  message->payload_spans = &body->spans;
}

int edhoc_coap_send(struct coap_session *coap, const struct edhoc_coap_options *options,
                    const struct edhoc_coap_body *body, const char *label) {
  static const uint8_t format = EDHOC_COAP_CID_FORMAT;
  struct coap_message request = {
      .type = COAP_CON, .code = COAP_CODE_POST, .token_length = options->token_bytes};
  node_random(coap->hooks, request.token, request.token_length);
  for (size_t i = 0; i < PATH_SEGMENTS; i++)
    coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, PATH[i],
                            strlen(PATH[i]));
  add_body(&request, body, &format);
  return coap_session_request(coap, &request, label);
}

int edhoc_coap_respond(struct coap_session *coap, const struct coap_message *request, uint8_t code,
                       const struct edhoc_coap_body *body, const char *label, uint64_t now_ns) {
  static const uint8_t format = EDHOC_COAP_FORMAT;
  struct coap_message response = {.code = code};
  add_body(&response, body, &format);
  return coap_session_respond(coap, request, &response, label, now_ns);
}

/* RFC 9668 */

bool edhoc_coap_is_combined(const struct coap_message *request) {
  return coap_message_find(request, COAP_NUMBER_EDHOC) != NULL &&
         coap_message_find(request, COAP_NUMBER_OSCORE) != NULL;
}

static int read_kid(const struct coap_message *request, struct edhoc_connection_id *kid) {
  const struct coap_option *found = coap_message_find(request, COAP_NUMBER_OSCORE);
  struct oscore_option option;
  if (oscore_option_parse(found->value, found->length, &option) != 0 || !option.kid_present)
    return NODE_ERR_MALFORMED;
  kid->length = (uint8_t)option.kid.length;
  memcpy(kid->bytes, option.kid.bytes, option.kid.length);
  return 0;
}

int edhoc_coap_split(const struct coap_message *request, struct edhoc_coap_payload *message_3,
                     struct coap_message *rest) {
  const uint8_t *bytes;
  size_t length;
  struct cbor_reader reader;
  *message_3 = (struct edhoc_coap_payload){.message = request->payload};
  cbor_reader_init(&reader, request->payload, request->payload_length);
  if (read_kid(request, &message_3->c_r) != 0 || cbor_get_bytes(&reader, &bytes, &length) != 0 ||
      reader.offset == request->payload_length)
    return NODE_ERR_MALFORMED;
  message_3->length = reader.offset;
  *rest = *request;
  rest->payload += reader.offset;
  rest->payload_length -= reader.offset;
  rest->option_count = 0;
  for (size_t i = 0; i < request->option_count; i++)
    if (request->options[i].number != COAP_NUMBER_EDHOC)
      rest->options[rest->option_count++] = request->options[i];
  return 0;
}

/* Connection identifiers */

struct edhoc_connection_id edhoc_coap_connection(size_t number) {
  enum { OF_A_SIGN = EDHOC_COAP_SHORT_NUMBERS / 2, NEGATIVE = 0x20 }; /* CBOR integers */
  if (number < OF_A_SIGN)
    return (struct edhoc_connection_id){.length = 1, .bytes = {(uint8_t)number}};
  if (number < EDHOC_COAP_SHORT_NUMBERS)
    return (struct edhoc_connection_id){.length = 1,
                                        .bytes = {(uint8_t)(NEGATIVE + number - OF_A_SIGN)}};
  const size_t rest = number - EDHOC_COAP_SHORT_NUMBERS;
  struct edhoc_connection_id id = {.length = rest > UINT16_MAX ? 4 : 2};
  for (size_t i = id.length, left = rest; i > 0; i--, left >>= 8)
    id.bytes[i - 1] = (uint8_t)left;
  return id;
}

bool edhoc_coap_connection_equal(const struct edhoc_connection_id *a,
                                 const struct edhoc_connection_id *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

const char *edhoc_coap_refuse_connections(const struct edhoc_connection_id *own,
                                          const struct edhoc_connection_id *other) {
  if (other->length > ASSOCIATION_ID_MAX)
    return "connection identifier is too long for OSCORE";
  return edhoc_coap_connection_equal(own, other) ? "connection identifiers are equal" : NULL;
}

/* The association */

static struct association_id id_of(const struct edhoc_connection_id *connection) {
  struct association_id id = {.length = connection->length};
  assert(connection->length <= sizeof id.bytes);
  memcpy(id.bytes, connection->bytes, connection->length);
  return id;
}

int edhoc_coap_open(struct association *association, const struct edhoc *edhoc,
                    const struct edhoc_connection_id *own, const struct edhoc_coap_options *options,
                    const struct node_address *remote, struct coap_session *coap,
                    const struct node_hooks *hooks, uint64_t now_ns) {
  enum { LABEL_SECRET = 0, LABEL_SALT = 1, SECRET_LENGTH = 16, SALT_LENGTH = 8 };
  uint8_t key[SECRET_LENGTH + SALT_LENGTH];
  const struct association_config config = {
      .kind = options->association,
      .options = options->associations,
      .coap = &options->coap,
      .client = edhoc->role == EDHOC_INITIATOR,
      .remote = *remote,
      .key = key,
      .key_length = sizeof key,
      .local_id = id_of(edhoc_peer_connection(edhoc)),
      .remote_id = id_of(own),
  };
  int error = edhoc_exporter(edhoc, LABEL_SECRET, NULL, 0, key, SECRET_LENGTH);
  if (error == 0)
    error = edhoc_exporter(edhoc, LABEL_SALT, NULL, 0, key + SECRET_LENGTH, SALT_LENGTH);
  if (error == 0)
    error = association_open(association, &config, coap, hooks, now_ns);
  crypto_wipe(key, sizeof key);
  return error;
}

/* Names */

bool edhoc_coap_name(const struct edhoc *edhoc, struct edhoc_name *name) {
  const char *expected = edhoc->config->peer_name;
  if (expected == NULL || strlen(expected) > sizeof name->octets)
    return edhoc_peer_name(edhoc, 0, name);
  name->length = strlen(expected);
  memcpy(name->octets, expected, name->length);
  return true;
}

void edhoc_coap_tell_confirmed(const struct edhoc *edhoc, const struct node_hooks *hooks,
                               const struct node_address *remote, const char *label) {
  struct edhoc_name name;
  const bool named = edhoc_coap_name(edhoc, &name);
  node_event_confirmed(hooks, NODE_PHASE_AUTHENTICATION, remote, label, named ? name.octets : NULL,
                       named ? name.length : 0);
}
