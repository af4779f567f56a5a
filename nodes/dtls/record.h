/* DTLS 1.2 records and the handshake messages in them, as far as they can be read without keys
 * (RFC 6347 sections 4.1 and 4.2). */
#ifndef NODES_DTLS_RECORD_H
#define NODES_DTLS_RECORD_H

#include "../node.h"
#include "suite.h"

enum {
  DTLS_RECORD_HEADER = 13,
  DTLS_RECORDS_MAX = 8, /* of a datagram, that are looked at; a flight of ours has 3 */
};

enum dtls_content {
  DTLS_CONTENT_CHANGE_CIPHER_SPEC = 20,
  DTLS_CONTENT_ALERT = 21,
  DTLS_CONTENT_HANDSHAKE = 22,
  DTLS_CONTENT_APPLICATION_DATA = 23,
};

struct dtls_record {
  uint8_t type; /* an enum dtls_content, if it is sane */
  uint16_t epoch;
  const uint8_t *body;
  size_t length; /* of the body */
};

/* Reads the record at `at` and moves `at` behind it. False: there is none, or it is cut off. */
bool dtls_record_next(const uint8_t **at, const uint8_t *end, struct dtls_record *record);

/* The length of a datagram's first DTLS_RECORDS_MAX records, or of all of it where it has no more.
 */
size_t dtls_record_first(const uint8_t *data, size_t length);

/* Whether a datagram has a fragment of a ClientHello, and not all of it. */
bool dtls_record_cuts_hello(const uint8_t *data, size_t length);

/* The length of a datagram's records, without what is cut off at its end. */
size_t dtls_record_whole(const uint8_t *data, size_t length);

/* The part of a datagram that has all of its first uninterrupted records of epoch 1; its length,
 * which is 0 if there are none. */
size_t dtls_record_protected(const uint8_t *data, size_t length, const uint8_t **part);

/* The random of the ClientHello in clear that a datagram begins with (DTLS_RANDOM octets), the same
 * in all copies of it, with a cookie or without; NULL: it begins with something else. */
enum { DTLS_RANDOM = 32 };
const uint8_t *dtls_record_hello_random(const uint8_t *data, size_t length);

/* The PSK identity (RFC 4279 section 2: of 1 to NODE_IDENTITY_MAX octets) of the first
 * ClientKeyExchange in clear, whole in its record, among the first DTLS_RECORDS_MAX records of a
 * datagram; it points into `data`. NULL: there is none. */
const uint8_t *dtls_record_identity(const uint8_t *data, size_t length, size_t *identity_length);

/* What a datagram is named after: its first message, but a ChangeCipherSpec only if nothing follows
 * it. An encrypted handshake message is the Finished, there being no other. */
enum dtls_message {
  DTLS_MESSAGE_CLIENT_HELLO,
  DTLS_MESSAGE_CLIENT_HELLO_COOKIE, /* one that has a cookie */
  DTLS_MESSAGE_HELLO_VERIFY_REQUEST,
  DTLS_MESSAGE_SERVER_HELLO,
  DTLS_MESSAGE_SERVER_HELLO_RESUMED, /* one that a ChangeCipherSpec follows */
  DTLS_MESSAGE_SERVER_HELLO_DONE,
  DTLS_MESSAGE_CLIENT_KEY_EXCHANGE,
  DTLS_MESSAGE_CHANGE_CIPHER_SPEC,
  DTLS_MESSAGE_FINISHED,
  DTLS_MESSAGE_ALERT,
  DTLS_MESSAGE_HANDSHAKE, /* another handshake message */
  DTLS_MESSAGE_APPLICATION_DATA,
  DTLS_MESSAGE_COUNT
};

/* `begins`: false if the datagram begins with a later fragment of the message. */
enum dtls_message dtls_record_message(const uint8_t *data, size_t length, bool *begins);

/* "DTLS ClientHello". */
const char *dtls_record_label(enum dtls_message message);

/* The rows of a datagram that we made. `suite` is what its protected records are of, `plain` the
 * rows of the application data in it. False: there are more than a list can have. */
bool dtls_record_spans(const uint8_t *data, size_t length, const struct dtls_suite *suite,
                       const struct span_list *plain, struct span_list *spans);

#endif
