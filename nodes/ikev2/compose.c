/* Payloads one after another, each of which is begun by its header and ended by its length. */
#include "compose.h"

#include "bytes.h"
#include "sa.h"

#include <assert.h>
#include <string.h>

enum { OFFSET_NEXT = 16, OFFSET_LENGTH = 24 };
enum { LAST = 0, MORE = 3, KEY_LENGTH_TV = 0x800e, KEY_BITS = 128, ESP_SPI_LENGTH = 4 };
enum { SELECTOR_IPV4 = 7, SELECTOR_IPV6 = 8 };

static const uint8_t ZEROS[3] = {0};
static const uint8_t IPV4_MAPPED[12] = {[10] = 0xff, [11] = 0xff};

static void put_u32(struct span_writer *out, uint16_t row, uint32_t value) {
  uint8_t octets[4];
  ikev2_set_u32(octets, value);
  span_writer_put(out, row, octets, sizeof octets);
}

/* Message */

void ikev2_compose_message(struct ikev2_composer *composer, struct span_writer *out,
                           const struct ikev2_header *header) {
  *composer = (struct ikev2_composer){
      .out = out, .begin = out->length, .next_at = out->length + OFFSET_NEXT, .has_header = true};
  span_writer_put(out, ROW_IKEV2_HEADER, header->spi_i, sizeof header->spi_i);
  span_writer_put(out, ROW_IKEV2_HEADER, header->spi_r, sizeof header->spi_r);
  span_writer_put_u8(out, ROW_IKEV2_HEADER, IKEV2_PAYLOAD_NONE);
  span_writer_put_u8(out, ROW_IKEV2_HEADER, IKEV2_VERSION);
  span_writer_put_u8(out, ROW_IKEV2_HEADER, header->exchange);
  span_writer_put_u8(out, ROW_IKEV2_HEADER, header->flags);
  put_u32(out, ROW_IKEV2_HEADER, header->message_id);
  put_u32(out, ROW_IKEV2_HEADER, 0); /* the length, which is not known yet */
}

void ikev2_compose_inner(struct ikev2_composer *composer, struct span_writer *out) {
  *composer = (struct ikev2_composer){.out = out, .begin = out->length};
}

int ikev2_compose_end(struct ikev2_composer *composer) {
  const struct span_writer *out = composer->out;
  if (out->overflow)
    return NODE_ERR_TOO_LONG;
  if (composer->has_header)
    ikev2_set_u32(out->data + composer->begin + OFFSET_LENGTH,
                  (uint32_t)(out->length - composer->begin));
  return 0;
}

void ikev2_put_marker(struct span_writer *out) {
  put_u32(out, ROW_IKEV2_MARKER, 0);
}

void ikev2_put_payload_header(struct ikev2_composer *composer, enum ikev2_payload_type type,
                              uint16_t row, size_t length) {
  struct span_writer *out = composer->out;
  if (length > UINT16_MAX - IKEV2_PAYLOAD_HEADER_LENGTH)
    out->overflow = true;
  if (out->overflow)
    return;
  if (!composer->has_header && composer->first == IKEV2_PAYLOAD_NONE)
    composer->first = (uint8_t)type;
  else
    out->data[composer->next_at] = (uint8_t)type;
  composer->next_at = out->length;
  span_writer_put_u8(out, row, IKEV2_PAYLOAD_NONE);
  span_writer_put_u8(out, row, 0);
  span_writer_put_u16(out, row, (uint16_t)(IKEV2_PAYLOAD_HEADER_LENGTH + length));
}

/* SA */

/* An attribute with the key length stands in a transform of encryption alone. */
static void put_transform(struct ikev2_composer *composer, uint8_t more,
                          enum ikev2_transform_type type, uint16_t id) {
  struct span_writer *out = composer->out;
  const bool has_key = type == IKEV2_TRANSFORM_ENCR;
  span_writer_put_u8(out, ROW_IKEV2_SA, more);
  span_writer_put_u8(out, ROW_IKEV2_SA, 0);
  span_writer_put_u16(out, ROW_IKEV2_SA, has_key ? 12 : 8);
  span_writer_put_u8(out, ROW_IKEV2_SA, (uint8_t)type);
  span_writer_put_u8(out, ROW_IKEV2_SA, 0);
  span_writer_put_u16(out, ROW_IKEV2_SA, id);
  if (!has_key)
    return;
  span_writer_put_u16(out, ROW_IKEV2_SA, KEY_LENGTH_TV);
  span_writer_put_u16(out, ROW_IKEV2_SA, KEY_BITS);
}

/* The payload's header, and that of its one proposal, which has `length` octets. */
static void put_proposal(struct ikev2_composer *composer, uint8_t number,
                         enum ikev2_protocol protocol, uint8_t transforms, uint16_t length) {
  struct span_writer *out = composer->out;
  ikev2_put_payload_header(composer, IKEV2_PAYLOAD_SA, ROW_IKEV2_SA, length);
  span_writer_put_u16(out, ROW_IKEV2_SA, LAST);
  span_writer_put_u16(out, ROW_IKEV2_SA, length);
  span_writer_put_u8(out, ROW_IKEV2_SA, number);
  span_writer_put_u8(out, ROW_IKEV2_SA, (uint8_t)protocol);
  span_writer_put_u8(out, ROW_IKEV2_SA, protocol == IKEV2_PROTOCOL_ESP ? ESP_SPI_LENGTH : 0);
  span_writer_put_u8(out, ROW_IKEV2_SA, transforms);
}

void ikev2_put_sa_ike(struct ikev2_composer *composer, enum ikev2_proposal proposal,
                      uint8_t number) {
  put_proposal(composer, number, IKEV2_PROTOCOL_IKE, 3, 8 + 12 + 8 + 8);
  put_transform(composer, MORE, IKEV2_TRANSFORM_ENCR, IKEV2_ENCR_AES_CCM_8);
  put_transform(composer, MORE, IKEV2_TRANSFORM_PRF, (uint16_t)ikev2_proposal_prf(proposal));
  put_transform(composer, LAST, IKEV2_TRANSFORM_DH, (uint16_t)ikev2_proposal_group(proposal));
}

void ikev2_put_sa_esp(struct ikev2_composer *composer, enum ikev2_esp_suite suite, uint8_t number,
                      uint32_t spi) {
  put_proposal(composer, number, IKEV2_PROTOCOL_ESP, 2, 8 + ESP_SPI_LENGTH + 12 + 8);
  put_u32(composer->out, ROW_IKEV2_SA, spi);
  put_transform(composer, MORE, IKEV2_TRANSFORM_ENCR, (uint16_t)ikev2_esp_encryption(suite));
  put_transform(composer, LAST, IKEV2_TRANSFORM_ESN, 0);
}

/* KE, Nonce, ID, AUTH */

void ikev2_put_ke(struct ikev2_composer *composer, enum ikev2_group group,
                  const struct ec_public *public) {
  const size_t length = ikev2_group_length(group);
  ikev2_put_payload_header(composer, IKEV2_PAYLOAD_KE, ROW_IKEV2_KE, 4 + length);
  span_writer_put_u16(composer->out, ROW_IKEV2_KE, (uint16_t)group);
  span_writer_put_u16(composer->out, ROW_IKEV2_KE, 0);
  span_writer_put(composer->out, ROW_IKEV2_KE, public->x, EC_LENGTH);
  span_writer_put(composer->out, ROW_IKEV2_KE, public->y, length - EC_LENGTH);
}

void ikev2_put_nonce(struct ikev2_composer *composer, const uint8_t *octets, size_t length) {
  ikev2_put_payload_header(composer, IKEV2_PAYLOAD_NONCE, ROW_IKEV2_NONCE, length);
  span_writer_put(composer->out, ROW_IKEV2_NONCE, octets, length);
}

size_t ikev2_id_body(const struct ikev2_id *id, uint8_t body[4 + IKEV2_ID_MAX]) {
  assert(id->length <= IKEV2_ID_MAX);
  memset(body, 0, 4);
  body[0] = (uint8_t)id->type;
  memcpy(body + 4, id->octets, id->length);
  return 4 + id->length;
}

void ikev2_put_id(struct ikev2_composer *composer, enum ikev2_payload_type type,
                  const struct ikev2_id *id) {
  uint8_t body[4 + IKEV2_ID_MAX];
  const size_t length = ikev2_id_body(id, body);
  ikev2_put_payload_header(composer, type, ROW_IKEV2_ID, length);
  span_writer_put(composer->out, ROW_IKEV2_ID, body, length);
}

void ikev2_put_auth(struct ikev2_composer *composer, const uint8_t *octets, size_t length) {
  ikev2_put_payload_header(composer, IKEV2_PAYLOAD_AUTH, ROW_IKEV2_AUTH, 4 + length);
  span_writer_put_u8(composer->out, ROW_IKEV2_AUTH, IKEV2_AUTH_SHARED_KEY);
  span_writer_put(composer->out, ROW_IKEV2_AUTH, ZEROS, 3);
  span_writer_put(composer->out, ROW_IKEV2_AUTH, octets, length);
}

/* TS */

void ikev2_put_ts(struct ikev2_composer *composer, enum ikev2_payload_type type,
                  const struct node_address *address) {
  struct span_writer *out = composer->out;
  const bool ipv4 = memcmp(address->ip, IPV4_MAPPED, sizeof IPV4_MAPPED) == 0;
  const size_t skipped = ipv4 ? sizeof IPV4_MAPPED : 0, length = sizeof address->ip - skipped;
  const uint16_t selector_length = (uint16_t)(8 + 2 * length);
  ikev2_put_payload_header(composer, type, ROW_IKEV2_TS, 4U + selector_length);
  span_writer_put_u8(out, ROW_IKEV2_TS, 1);
  span_writer_put(out, ROW_IKEV2_TS, ZEROS, 3);
  span_writer_put_u8(out, ROW_IKEV2_TS, ipv4 ? SELECTOR_IPV4 : SELECTOR_IPV6);
  span_writer_put_u8(out, ROW_IKEV2_TS, IKEV2_UDP);
  span_writer_put_u16(out, ROW_IKEV2_TS, selector_length);
  span_writer_put_u16(out, ROW_IKEV2_TS, address->port);
  span_writer_put_u16(out, ROW_IKEV2_TS, address->port == 0 ? UINT16_MAX : address->port);
  span_writer_put(out, ROW_IKEV2_TS, address->ip + skipped, length);
  span_writer_put(out, ROW_IKEV2_TS, address->ip + skipped, length);
}

/* Notify, Delete */

void ikev2_put_notify(struct ikev2_composer *composer, enum ikev2_protocol protocol,
                      enum ikev2_notify_type type, const uint8_t *data, size_t length) {
  ikev2_put_payload_header(composer, IKEV2_PAYLOAD_NOTIFY, ROW_IKEV2_NOTIFY, 4 + length);
  span_writer_put_u8(composer->out, ROW_IKEV2_NOTIFY, (uint8_t)protocol);
  span_writer_put_u8(composer->out, ROW_IKEV2_NOTIFY, 0);
  span_writer_put_u16(composer->out, ROW_IKEV2_NOTIFY, (uint16_t)type);
  span_writer_put(composer->out, ROW_IKEV2_NOTIFY, data, length);
}

static void put_delete_head(struct ikev2_composer *composer, enum ikev2_protocol protocol,
                            uint8_t spi_length, uint16_t count) {
  ikev2_put_payload_header(composer, IKEV2_PAYLOAD_DELETE, ROW_IKEV2_DELETE,
                           4U + (size_t)spi_length * count);
  span_writer_put_u8(composer->out, ROW_IKEV2_DELETE, (uint8_t)protocol);
  span_writer_put_u8(composer->out, ROW_IKEV2_DELETE, spi_length);
  span_writer_put_u16(composer->out, ROW_IKEV2_DELETE, count);
}

void ikev2_put_delete_ike(struct ikev2_composer *composer) {
  put_delete_head(composer, IKEV2_PROTOCOL_IKE, 0, 0);
}

void ikev2_put_delete_esp(struct ikev2_composer *composer, uint32_t spi) {
  put_delete_head(composer, IKEV2_PROTOCOL_ESP, ESP_SPI_LENGTH, 1);
  put_u32(composer->out, ROW_IKEV2_DELETE, spi);
}
