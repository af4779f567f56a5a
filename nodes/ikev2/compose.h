/* Writes IKEv2 messages and the chains inside Encrypted payloads: each payload with its ledger row,
 * and the Next Payload of what is before it. What does not fit sets the writer's `overflow`, which
 * ikev2_compose_end tells. */
#ifndef NODES_IKEV2_COMPOSE_H
#define NODES_IKEV2_COMPOSE_H

#include "message.h"

struct ikev2_composer {
  struct span_writer *out;
  size_t begin;   /* of the message in `out`, which a marker may be before */
  size_t next_at; /* where the Next Payload of what comes next is put, from the start of `out` */
  bool has_header;
  uint8_t first; /* of a chain without header: the type of its first payload, or
                  * IKEV2_PAYLOAD_NONE */
};

/* Begins a message behind what is in `out` already (nothing, or the marker): SPIs, exchange, flags
 * and Message ID of `header`; its version, Next Payload and length are not looked at. */
void ikev2_compose_message(struct ikev2_composer *composer, struct span_writer *out,
                           const struct ikev2_header *header);

/* Begins a chain without a header, for ikev2_seal, in a writer that is empty. */
void ikev2_compose_inner(struct ikev2_composer *composer, struct span_writer *out);

/* Puts in the message's length. NODE_ERR_TOO_LONG: it did not fit. */
NODE_MUST_CHECK int ikev2_compose_end(struct ikev2_composer *composer);

/* The marker of section 2.23, before a message. */
void ikev2_put_marker(struct span_writer *out);

/* The generic header of a payload whose body, of `length` octets, the caller puts: for those that
 * have no function here. */
void ikev2_put_payload_header(struct ikev2_composer *composer, enum ikev2_payload_type type,
                              uint16_t row, size_t length);

/* One proposal: 40 octets; of ESP 36, without extended sequence numbers. `number` is 1 in an offer,
 * and that of the choice in an answer. */
void ikev2_put_sa_ike(struct ikev2_composer *composer, enum ikev2_proposal proposal,
                      uint8_t number);
void ikev2_put_sa_esp(struct ikev2_composer *composer, enum ikev2_esp_suite suite, uint8_t number,
                      uint32_t spi);

/* 40 octets, or 72 of P-256. */
void ikev2_put_ke(struct ikev2_composer *composer, enum ikev2_group group,
                  const struct ec_public *public);
void ikev2_put_nonce(struct ikev2_composer *composer, const uint8_t *octets, size_t length);

/* `type` is IKEV2_PAYLOAD_IDI or _IDR. */
void ikev2_put_id(struct ikev2_composer *composer, enum ikev2_payload_type type,
                  const struct ikev2_id *id);
/* The body of that payload, over which AUTH is computed: type, 3 zeros, data. Returns its length,
 * up to 4 + IKEV2_ID_MAX. */
size_t ikev2_id_body(const struct ikev2_id *id, uint8_t body[4 + IKEV2_ID_MAX]);

/* Of a shared key. */
void ikev2_put_auth(struct ikev2_composer *composer, const uint8_t *octets, size_t length);

/* One selector: UDP of this address (48 octets of IPv6, 32 of IPv4) and port (0: all). `type` is
 * IKEV2_PAYLOAD_TSI or _TSR. */
void ikev2_put_ts(struct ikev2_composer *composer, enum ikev2_payload_type type,
                  const struct node_address *address);

/* Without SPI: 8 octets and the data, which may be NULL where there is none. */
void ikev2_put_notify(struct ikev2_composer *composer, enum ikev2_protocol protocol,
                      enum ikev2_notify_type type, const uint8_t *data, size_t length);

/* Of the IKE SA; of a Child SA, with the SPI on which the sender of this receives. */
void ikev2_put_delete_ike(struct ikev2_composer *composer);
void ikev2_put_delete_esp(struct ikev2_composer *composer, uint32_t spi);

#endif
