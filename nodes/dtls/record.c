/* Records without keys: which there are, what to call them, and what their octets are for. */
#include "record.h"

enum {
  HANDSHAKE_HEADER = 12,
  HANDSHAKE_CLIENT_HELLO = 1,
  HANDSHAKE_SERVER_HELLO = 2,
  HANDSHAKE_HELLO_VERIFY_REQUEST = 3,
  HANDSHAKE_SERVER_HELLO_DONE = 14,
  HANDSHAKE_CLIENT_KEY_EXCHANGE = 16,
  HANDSHAKE_FINISHED = 20,
  HELLO_SESSION_ID = HANDSHAKE_HEADER + 2 + 32, /* behind version and random */
  MESSAGE_LENGTH = 1,                           /* where they are in the header */
  FRAGMENT_LENGTH = 9,
  IDENTITY_LENGTH = 2, /* octets in front of the identity */
};

static size_t read_u16(const uint8_t *at) {
  return (size_t)at[0] << 8 | at[1];
}

static size_t read_u24(const uint8_t *at) {
  return (size_t)at[0] << 16 | read_u16(at + 1);
}

bool dtls_record_next(const uint8_t **at, const uint8_t *end, struct dtls_record *record) {
  const size_t left = (size_t)(end - *at);
  if (left < DTLS_RECORD_HEADER)
    return false;
  record->type = (*at)[0];
  record->epoch = (uint16_t)read_u16(*at + 3);
  record->body = *at + DTLS_RECORD_HEADER;
  record->length = read_u16(*at + DTLS_RECORD_HEADER - 2);
  if (record->length > left - DTLS_RECORD_HEADER)
    return false;
  *at = record->body + record->length;
  return true;
}

size_t dtls_record_first(const uint8_t *data, size_t length) {
  const uint8_t *at = data, *const end = data + length;
  struct dtls_record record;
  for (unsigned count = 0; dtls_record_next(&at, end, &record); count++) {
    const uint8_t *next = at;
    if (count == DTLS_RECORDS_MAX - 1 && dtls_record_next(&next, end, &record))
      return (size_t)(at - data);
  }
  return length;
}

bool dtls_record_cuts_hello(const uint8_t *data, size_t length) {
  const uint8_t *at = data;
  struct dtls_record record;
  while (dtls_record_next(&at, data + length, &record))
    if (record.type == DTLS_CONTENT_HANDSHAKE && record.epoch == 0 &&
        record.length >= HANDSHAKE_HEADER && record.body[0] == HANDSHAKE_CLIENT_HELLO &&
        read_u24(record.body + MESSAGE_LENGTH) != read_u24(record.body + FRAGMENT_LENGTH))
      return true;
  return false;
}

size_t dtls_record_whole(const uint8_t *data, size_t length) {
  const uint8_t *at = data;
  struct dtls_record record;
  while (dtls_record_next(&at, data + length, &record))
    ;
  return (size_t)(at - data);
}

size_t dtls_record_protected(const uint8_t *data, size_t length, const uint8_t **part) {
  const uint8_t *at = data, *begin = data;
  struct dtls_record record;
  size_t found = 0;
  while (dtls_record_next(&at, data + length, &record)) {
    if (record.epoch == 1)
      found = (size_t)(at - begin);
    else if (found > 0)
      break;
    else
      begin = at;
  }
  *part = begin;
  return found;
}

const uint8_t *dtls_record_hello_random(const uint8_t *data, size_t length) {
  const uint8_t *at = data;
  struct dtls_record record;
  if (!dtls_record_next(&at, data + length, &record) || record.type != DTLS_CONTENT_HANDSHAKE ||
      record.epoch != 0 || record.length <= HELLO_SESSION_ID ||
      record.body[0] != HANDSHAKE_CLIENT_HELLO)
    return NULL;
  return record.body + HELLO_SESSION_ID - DTLS_RANDOM;
}

/* A handshake message, or a fragment of one. */
struct handshake {
  uint8_t type;
  const uint8_t *body;
  size_t length; /* of what is here of the body */
  bool whole;
};

/* Reads the message at `at` and moves `at` behind it. False: there is none, or it is cut off. */
static bool handshake_next(const uint8_t **at, const uint8_t *end, struct handshake *message) {
  const size_t left = (size_t)(end - *at);
  if (left < HANDSHAKE_HEADER)
    return false;
  message->type = (*at)[0];
  message->body = *at + HANDSHAKE_HEADER;
  message->length = read_u24(*at + FRAGMENT_LENGTH);
  message->whole = message->length == read_u24(*at + MESSAGE_LENGTH);
  if (message->length > left - HANDSHAKE_HEADER)
    return false;
  *at = message->body + message->length;
  return true;
}

/* ClientKeyExchange of a pre-shared key: the identity, behind its length, and nothing else. */
static bool names_identity(const struct handshake *message) {
  return message->type == HANDSHAKE_CLIENT_KEY_EXCHANGE && message->whole &&
         message->length > IDENTITY_LENGTH &&
         message->length <= IDENTITY_LENGTH + NODE_IDENTITY_MAX &&
         read_u16(message->body) == message->length - IDENTITY_LENGTH;
}

const uint8_t *dtls_record_identity(const uint8_t *data, size_t length, size_t *identity_length) {
  const uint8_t *at = data, *const end = data + dtls_record_first(data, length);
  struct dtls_record record;
  while (dtls_record_next(&at, end, &record)) {
    const uint8_t *inside = record.body;
    struct handshake message;
    if (record.type != DTLS_CONTENT_HANDSHAKE || record.epoch != 0)
      continue;
    while (handshake_next(&inside, at, &message))
      if (names_identity(&message)) {
        *identity_length = message.length - IDENTITY_LENGTH;
        return message.body + IDENTITY_LENGTH;
      }
  }
  return NULL;
}

static bool has_cookie(const struct dtls_record *record) {
  if (record->length <= HELLO_SESSION_ID)
    return false;
  const size_t cookie = (size_t)HELLO_SESSION_ID + 1 + record->body[HELLO_SESSION_ID];
  return cookie < record->length && record->body[cookie] > 0;
}

static enum dtls_message record_message(const struct dtls_record *record) {
  switch (record->type) {
  case DTLS_CONTENT_CHANGE_CIPHER_SPEC:
    return DTLS_MESSAGE_CHANGE_CIPHER_SPEC;
  case DTLS_CONTENT_ALERT:
    return DTLS_MESSAGE_ALERT;
  case DTLS_CONTENT_APPLICATION_DATA:
    return DTLS_MESSAGE_APPLICATION_DATA;
  default:
    break;
  }
  if (record->epoch > 0)
    return DTLS_MESSAGE_FINISHED;
  switch (record->length < HANDSHAKE_HEADER ? 0 : record->body[0]) {
  case HANDSHAKE_CLIENT_HELLO:
    return has_cookie(record) ? DTLS_MESSAGE_CLIENT_HELLO_COOKIE : DTLS_MESSAGE_CLIENT_HELLO;
  case HANDSHAKE_HELLO_VERIFY_REQUEST:
    return DTLS_MESSAGE_HELLO_VERIFY_REQUEST;
  case HANDSHAKE_SERVER_HELLO:
    return DTLS_MESSAGE_SERVER_HELLO;
  case HANDSHAKE_SERVER_HELLO_DONE:
    return DTLS_MESSAGE_SERVER_HELLO_DONE;
  case HANDSHAKE_CLIENT_KEY_EXCHANGE:
    return DTLS_MESSAGE_CLIENT_KEY_EXCHANGE;
  case HANDSHAKE_FINISHED:
    return DTLS_MESSAGE_FINISHED;
  default:
    return DTLS_MESSAGE_HANDSHAKE;
  }
}

static bool is_later_fragment(const struct dtls_record *record) {
  return record->type == DTLS_CONTENT_HANDSHAKE && record->epoch == 0 &&
         record->length >= HANDSHAKE_HEADER && read_u24(record->body + 6) > 0;
}

enum dtls_message dtls_record_message(const uint8_t *data, size_t length, bool *begins) {
  const uint8_t *at = data;
  struct dtls_record record;
  enum dtls_message message = DTLS_MESSAGE_HANDSHAKE;
  *begins = true;
  if (!dtls_record_next(&at, data + length, &record))
    return message;
  message = record_message(&record);
  *begins = !is_later_fragment(&record);
  if (!dtls_record_next(&at, data + length, &record))
    return message;
  if (message == DTLS_MESSAGE_CHANGE_CIPHER_SPEC)
    message = record_message(&record);
  else if (message == DTLS_MESSAGE_SERVER_HELLO && record.type == DTLS_CONTENT_CHANGE_CIPHER_SPEC)
    message = DTLS_MESSAGE_SERVER_HELLO_RESUMED;
  return message;
}

const char *dtls_record_label(enum dtls_message message) {
  static const char *const labels[DTLS_MESSAGE_COUNT] = {
      [DTLS_MESSAGE_CLIENT_HELLO] = "DTLS ClientHello",
      [DTLS_MESSAGE_CLIENT_HELLO_COOKIE] = "DTLS ClientHello, cookie",
      [DTLS_MESSAGE_HELLO_VERIFY_REQUEST] = "DTLS HelloVerifyRequest",
      [DTLS_MESSAGE_SERVER_HELLO] = "DTLS ServerHello",
      [DTLS_MESSAGE_SERVER_HELLO_RESUMED] = "DTLS ServerHello, resumed",
      [DTLS_MESSAGE_SERVER_HELLO_DONE] = "DTLS ServerHelloDone",
      [DTLS_MESSAGE_CLIENT_KEY_EXCHANGE] = "DTLS ClientKeyExchange",
      [DTLS_MESSAGE_CHANGE_CIPHER_SPEC] = "DTLS ChangeCipherSpec",
      [DTLS_MESSAGE_FINISHED] = "DTLS Finished",
      [DTLS_MESSAGE_ALERT] = "DTLS alert",
      [DTLS_MESSAGE_HANDSHAKE] = "DTLS handshake",
      [DTLS_MESSAGE_APPLICATION_DATA] = "DTLS application data",
  };
  return labels[message];
}

static uint16_t row_of(enum dtls_message message) {
  static const uint16_t rows[DTLS_MESSAGE_COUNT] = {
      [DTLS_MESSAGE_CLIENT_HELLO] = ROW_DTLS_CLIENT_HELLO,
      [DTLS_MESSAGE_CLIENT_HELLO_COOKIE] = ROW_DTLS_CLIENT_HELLO,
      [DTLS_MESSAGE_HELLO_VERIFY_REQUEST] = ROW_DTLS_HELLO_VERIFY_REQUEST,
      [DTLS_MESSAGE_SERVER_HELLO] = ROW_DTLS_SERVER_HELLO,
      [DTLS_MESSAGE_SERVER_HELLO_RESUMED] = ROW_DTLS_SERVER_HELLO,
      [DTLS_MESSAGE_SERVER_HELLO_DONE] = ROW_DTLS_SERVER_HELLO_DONE,
      [DTLS_MESSAGE_CLIENT_KEY_EXCHANGE] = ROW_DTLS_CLIENT_KEY_EXCHANGE,
      [DTLS_MESSAGE_CHANGE_CIPHER_SPEC] = ROW_DTLS_CHANGE_CIPHER_SPEC,
      [DTLS_MESSAGE_FINISHED] = ROW_DTLS_FINISHED,
      [DTLS_MESSAGE_ALERT] = ROW_DTLS_ALERT,
      [DTLS_MESSAGE_HANDSHAKE] = ROW_DTLS_HANDSHAKE,
      [DTLS_MESSAGE_APPLICATION_DATA] = ROW_COAP_PAYLOAD,
  };
  return rows[message];
}

bool dtls_record_spans(const uint8_t *data, size_t length, const struct dtls_suite *suite,
                       const struct span_list *plain, struct span_list *spans) {
  const uint8_t *at = data;
  struct dtls_record record;
  bool good = true;
  spans->count = 0;
  while (good && dtls_record_next(&at, data + length, &record)) {
    const size_t nonce = record.epoch > 0 ? suite->nonce_length : 0;
    const size_t tag = record.epoch > 0 ? suite->tag_length : 0;
    const bool application = record.type == DTLS_CONTENT_APPLICATION_DATA && plain != NULL;
    good = span_list_add(spans, ROW_DTLS_RECORD, DTLS_RECORD_HEADER) &&
           span_list_add(spans, ROW_DTLS_NONCE, nonce) &&
           (application ? span_list_append(spans, plain)
                        : span_list_add(spans, row_of(record_message(&record)),
                                        record.length - nonce - tag)) &&
           span_list_add(spans, ROW_DTLS_TAG, tag);
  }
  return good;
}
