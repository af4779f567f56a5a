/* IKEv2 messages (RFC 7296 section 3): the header and the chain of payloads, read from octets that
 * anybody may have sent. `data` is behind the marker, if there is one. What is read points into the
 * octets that were handed in. */
#ifndef NODES_IKEV2_MESSAGE_H
#define NODES_IKEV2_MESSAGE_H

#include "payload.h"

enum {
  IKEV2_HEADER_LENGTH = 28,
  IKEV2_PAYLOADS_MAX = 24, /* of a chain */
  IKEV2_VERSION = 0x20,    /* 2.0, as the octet in the header */
};

enum ikev2_exchange {
  IKEV2_IKE_SA_INIT = 34,
  IKEV2_IKE_AUTH = 35,
  IKEV2_CREATE_CHILD_SA = 36,
  IKEV2_INFORMATIONAL = 37,
};

enum ikev2_flag {
  IKEV2_FLAG_INITIATOR = 0x08, /* the sender is who began the IKE SA */
  IKEV2_FLAG_VERSION = 0x10,   /* the sender can do a higher major version */
  IKEV2_FLAG_RESPONSE = 0x20,
};

/* The header (section 3.1). */
struct ikev2_header {
  uint8_t spi_i[IKEV2_SPI_LENGTH], spi_r[IKEV2_SPI_LENGTH];
  uint8_t next_payload;
  uint8_t version;  /* major version in the upper four bits */
  uint8_t exchange; /* any number: enum ikev2_exchange or another */
  uint8_t flags;
  uint32_t message_id;
  uint32_t length; /* of the whole message */
};

/* What is wrong with a message. */
struct ikev2_fault {
  const char *why; /* static text; NULL: nothing */
  uint16_t notify; /* that tells the other end: IKEV2_N_INVALID_SYNTAX,
                    * IKEV2_N_INVALID_MAJOR_VERSION or IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD; 0:
                    * shorter than a header, which is not answered */
  uint8_t payload; /* type, the data of IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD */
};

struct ikev2_chain {
  struct ikev2_payload items[IKEV2_PAYLOADS_MAX];
  size_t count;
};

struct ikev2_message {
  struct ikev2_header header;
  struct ikev2_chain chain;
  const uint8_t *data;
  size_t length;
};

/* Reads the header alone. False, with `fault`: shorter than a header, a Length that is not
 * `length`, or a major version above 2 (below 2: IKEV2_N_INVALID_SYNTAX); `header` is filled where
 * there is one. */
NODE_MUST_CHECK bool ikev2_header_parse(const uint8_t *data, size_t length,
                                        struct ikev2_header *header, struct ikev2_fault *fault);

/* Reads a chain, whose first payload is of type `first`, from exactly these octets, and checks the
 * body of each payload that payload.h knows, so that its functions can read them. False, with
 * `fault`: lengths that do not fit, octets behind the last payload, a payload twice that comes
 * once, more than IKEV2_PAYLOADS_MAX, a body that is malformed, a payload not known with the
 * critical bit. One without it is in the chain, with the type that it has. An Encrypted payload is
 * the last: its Next Payload is the first of those inside, in `next`. */
NODE_MUST_CHECK bool ikev2_chain_parse(uint8_t first, const uint8_t *data, size_t length,
                                       struct ikev2_chain *chain, struct ikev2_fault *fault);

/* Header and chain. `header` is filled also where only the chain is at fault; where a payload has
 * the critical bit and is not known, `chain` has those before it. */
NODE_MUST_CHECK bool ikev2_message_parse(const uint8_t *data, size_t length,
                                         struct ikev2_message *message, struct ikev2_fault *fault);

/* The first payload of this type, or NULL. */
const struct ikev2_payload *ikev2_find(const struct ikev2_chain *chain,
                                       enum ikev2_payload_type type);

/* The first Notify of this type; the first of an error (types below 16384), whatever it is. False:
 * there is none. */
bool ikev2_find_notify(const struct ikev2_chain *chain, enum ikev2_notify_type type,
                       struct ikev2_notify *notify);
bool ikev2_find_error(const struct ikev2_chain *chain, struct ikev2_notify *notify);

#endif
