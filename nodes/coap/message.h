/* CoAP messages (RFC 7252 section 3): parse and compose, with libcoap as the codec of options. */
#ifndef NODES_COAP_MESSAGE_H
#define NODES_COAP_MESSAGE_H

#include "../node.h"

enum { COAP_TOKEN_MAX = 8, COAP_OPTIONS_MAX = 16 };

enum coap_type { COAP_CON = 0, COAP_NON = 1, COAP_ACK = 2, COAP_RST = 3 };

/* Codes c.dd as the octet c << 5 | dd. */
#define COAP_CODE(class, detail) ((uint8_t)((class) << 5 | (detail)))
enum {
  COAP_CODE_EMPTY = COAP_CODE(0, 0),
  COAP_CODE_GET = COAP_CODE(0, 1),
  COAP_CODE_POST = COAP_CODE(0, 2),
  COAP_CODE_DELETE = COAP_CODE(0, 4), /* the last that RFC 7252 has */
  COAP_CODE_CREATED = COAP_CODE(2, 1),
  COAP_CODE_DELETED = COAP_CODE(2, 2),
  COAP_CODE_CHANGED = COAP_CODE(2, 4),
  COAP_CODE_CONTENT = COAP_CODE(2, 5),
  COAP_CODE_BAD_REQUEST = COAP_CODE(4, 0),
  COAP_CODE_UNAUTHORIZED = COAP_CODE(4, 1),
  COAP_CODE_BAD_OPTION = COAP_CODE(4, 2),
  COAP_CODE_FORBIDDEN = COAP_CODE(4, 3),
  COAP_CODE_NOT_FOUND = COAP_CODE(4, 4),
  COAP_CODE_METHOD_NOT_ALLOWED = COAP_CODE(4, 5),
  COAP_CODE_UNSUPPORTED_FORMAT = COAP_CODE(4, 15),
  COAP_CODE_INTERNAL_ERROR = COAP_CODE(5, 0),
  COAP_CODE_BAD_GATEWAY = COAP_CODE(5, 2),
  COAP_CODE_UNAVAILABLE = COAP_CODE(5, 3),
  COAP_CODE_GATEWAY_TIMEOUT = COAP_CODE(5, 4),
  COAP_CODE_PROXYING_NOT_SUPPORTED = COAP_CODE(5, 5),
};

/* Option numbers that this project sends or reads. */
enum coap_number {
  COAP_NUMBER_URI_HOST = 3,
  COAP_NUMBER_URI_PORT = 7,
  COAP_NUMBER_LOCATION_PATH = 8,
  COAP_NUMBER_OSCORE = 9,
  COAP_NUMBER_URI_PATH = 11,
  COAP_NUMBER_CONTENT_FORMAT = 12,
  COAP_NUMBER_EDHOC = 21, /* RFC 9668 */
  COAP_NUMBER_PROXY_URI = 35,
  COAP_NUMBER_PROXY_SCHEME = 39,
  COAP_NUMBER_NO_RESPONSE = 258,
};

/* `value` points into the parsed datagram, or to bytes that the composer's caller owns. */
struct coap_option {
  uint16_t number;
  uint16_t row; /* ledger row when composed */
  const uint8_t *value;
  size_t length;
};

struct coap_message {
  enum node_phase phase; /* of one that is sent */
  bool is_protected;     /* of one that is sent: by an association */
  enum coap_type type;
  uint8_t code;
  uint16_t message_id;
  uint8_t token[COAP_TOKEN_MAX];
  size_t token_length;
  struct coap_option options[COAP_OPTIONS_MAX]; /* ascending by number */
  size_t option_count;
  const uint8_t *payload; /* NULL where there is none */
  size_t payload_length;
  const struct span_list *payload_spans; /* NULL: all of it is ROW_COAP_PAYLOAD */
};

/* Parses one datagram; `message` points into `data`, which must outlive it. Refuses what RFC 7252
 * section 3 calls a message format error (NODE_ERR_MALFORMED), other versions (NODE_ERR_MALFORMED)
 * and more than COAP_OPTIONS_MAX options (NODE_ERR_TOO_LONG). With either error, type, code
 * and message_id are set if the four octets of the header were there and of version 1, so that a
 * Reset can be sent; otherwise `type` is COAP_RST and `code` COAP_CODE_EMPTY (nothing to answer).
 */
NODE_MUST_CHECK int coap_message_parse(const uint8_t *data, size_t length,
                                       struct coap_message *message);

/* Writes the message and the row of each octet. NODE_ERR_TOO_LONG if it does not fit. Options
 * out of order and tokens over COAP_TOKEN_MAX are programming errors (assert). */
NODE_MUST_CHECK int coap_message_compose(const struct coap_message *message,
                                         struct span_writer *out);

/* The part of a message that OSCORE encrypts (RFC 8613 section 5.3): options, marker, payload.
 * Both work on `options` and payload only. */
NODE_MUST_CHECK int coap_body_parse(const uint8_t *data, size_t length,
                                    struct coap_message *message);
NODE_MUST_CHECK int coap_body_compose(const struct coap_message *message, struct span_writer *out);

/* Appends an option behind those of the same or a lower number. The value is not copied. */
void coap_message_add_option(struct coap_message *message, uint16_t number, uint16_t row,
                             const void *value, size_t length);

/* The first option of this number, or NULL. */
const struct coap_option *coap_message_find(const struct coap_message *message, uint16_t number);

/* The first critical option (odd number) that is not among the `count` numbers `known`, or that
 * stands twice though its number is not Uri-Path or Location-Path (RFC 7252 section 5.4.5); NULL
 * if every option is understood. */
const struct coap_option *coap_message_unknown_critical(const struct coap_message *message,
                                                        const uint16_t *known, size_t count);

/* True for a method: of class 0, and not Empty (RFC 7252 section 12.1.1). */
bool coap_code_is_request(uint8_t code);

/* True if the Uri-Path is exactly these `count` segments. */
bool coap_message_path_is(const struct coap_message *message, const char *const *segments,
                          size_t count);

/* Unsigned integer option values (RFC 7252 section 3.2). `encode` writes without leading zeros and
 * returns the length (0 to 8). `decode` accepts leading zeros; NODE_ERR_MALFORMED over 8 octets. */
size_t coap_uint_encode(uint64_t value, uint8_t out[8]);
NODE_MUST_CHECK int coap_uint_decode(const uint8_t *value, size_t length, uint64_t *out);

/* The version of libcoap that runs; static text. */
const char *coap_library_version(void);

#endif
