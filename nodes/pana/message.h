/* PANA messages (RFC 5191 sections 6 to 8, RFC 6345 section 4): what a message is and may carry,
 * read from octets that anybody may have sent, and written with a ledger row for each. */
#ifndef NODES_PANA_MESSAGE_H
#define NODES_PANA_MESSAGE_H

#include "../eap/packet.h"

enum {
  PANA_PORT = 716,
  PANA_HEADER_LENGTH = 16,
  PANA_AVP_HEADER_LENGTH = 8,
  PANA_NONCE_MIN = 8, /* section 8.5 */
  PANA_NONCE_MAX = 256,
  PANA_AVPS_MAX = 24, /* of a message; there are eleven kinds, and lists of algorithms */
};

/* Flags of the header. */
enum pana_flag {
  PANA_R = 0x8000, /* request */
  PANA_S = 0x4000, /* start */
  PANA_C = 0x2000, /* complete */
  PANA_A = 0x1000, /* re-authentication */
  PANA_P = 0x0800, /* ping */
};

enum pana_code {
#define AVP(id, code, least, most, row, name) PANA_AVP_##id = code,
#include "avps.def"
#undef AVP
};

enum pana_kind {
#define MESSAGE(id, type, flags, required, allowed, label) PANA_##id,
#include "messages.def"
#undef MESSAGE
  PANA_KIND_COUNT
};

enum pana_result {
  PANA_SUCCESS = 0,
  PANA_AUTHENTICATION_REJECTED = 1,
  PANA_AUTHORIZATION_REJECTED = 2,
};

enum pana_cause { PANA_LOGOUT = 1, PANA_ADMINISTRATIVE = 4, PANA_SESSION_TIMEOUT = 8 };

/* `value` points into the octets that were read. */
struct pana_avp {
  uint16_t code;
  const uint8_t *value;
  size_t length;
};

struct pana_message {
  enum pana_kind kind;
  uint32_t session, sequence;
  struct pana_avp avps[PANA_AVPS_MAX];
  size_t avp_count;
  const uint8_t *data; /* the message; octets behind its Message Length are not of it */
  size_t length;
};

/* NULL, or static text that says why these octets are no valid message: a header whose length, type
 * or flags are wrong; an AVP that is cut off, not known, of a length that its kind has not; one
 * that the message may not carry, more than once, or without one that it must; AUTH that is not the
 * last. Then `message` is of no use. What the state of a session adds is not asked here. */
NODE_MUST_CHECK const char *pana_message_parse(const uint8_t *data, size_t length,
                                               struct pana_message *message);

bool pana_is_request(enum pana_kind kind);

/* "PANA PAR start"; static text. */
const char *pana_label(enum pana_kind kind);

/* The first AVP of this code, or NULL. */
const struct pana_avp *pana_find(const struct pana_message *message, enum pana_code code);

/* Of an AVP with four octets. */
uint32_t pana_avp_u32(const struct pana_avp *avp);

/* The same of a message that may not have it, which then is `otherwise`. */
uint32_t pana_find_u32(const struct pana_message *message, enum pana_code code, uint32_t otherwise);

/* Writes a message: the header, AVPs in their order, the end, which puts in the length. */
void pana_write_header(struct span_writer *out, enum pana_kind kind, uint32_t session,
                       uint32_t sequence);
void pana_write_avp(struct span_writer *out, enum pana_code code, const void *value, size_t length);
void pana_write_u32(struct span_writer *out, enum pana_code code, uint32_t value);

/* What is in the AVP has rows of its own: EAP-Payload, Relayed-Message. */
void pana_write_inner(struct span_writer *out, enum pana_code code, const uint8_t *value,
                      size_t length, const struct span_list *spans);

/* Zeros in the place of the MAC, to be put in when the message is whole. */
void pana_write_auth(struct span_writer *out, size_t length);

/* NODE_ERR_TOO_LONG: it did not fit. */
NODE_MUST_CHECK int pana_write_end(struct span_writer *out);

#endif
