/* ESP: RFC 4303 sections 2, 3.3 and 3.4. */
#include "esp.h"

#include "../crypto/crypto.h"

#include <string.h>

enum {
  ESP_NONCE_LENGTH = ESP_SALT_LENGTH + ESP_IV_LENGTH,
  ESP_ALIGNMENT = 4,
  ESP_TRAILER_LENGTH = 2, /* pad length and next header */
};

int esp_sa_init(struct esp_sa *sa, uint32_t spi, bool implicit_iv,
                const uint8_t key[ESP_KEY_LENGTH], const uint8_t salt[ESP_SALT_LENGTH]) {
  if (spi < ESP_SPI_LEAST)
    return NODE_ERR_BAD_CONFIG;
  *sa = (struct esp_sa){.spi = spi, .implicit_iv = implicit_iv};
  memcpy(sa->key, key, sizeof sa->key);
  memcpy(sa->salt, salt, sizeof sa->salt);
  return 0;
}

static uint32_t esp_read_u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void esp_write_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

bool esp_is_of(const struct esp_sa *sa, const uint8_t *data, size_t length) {
  return length >= ESP_HEADER_LENGTH && sa->spi != 0 && esp_read_u32(data) == sa->spi;
}

/* RFC 4309 section 4, RFC 8750 section 4 */
static void esp_make_nonce(const struct esp_sa *sa, const uint8_t *packet, uint32_t sequence,
                           uint8_t nonce[ESP_NONCE_LENGTH]) {
  memcpy(nonce, sa->salt, ESP_SALT_LENGTH);
  if (sa->implicit_iv) {
    memset(nonce + ESP_SALT_LENGTH, 0, ESP_IV_LENGTH - sizeof sequence);
    esp_write_u32(nonce + ESP_NONCE_LENGTH - sizeof sequence, sequence);
  } else {
    memcpy(nonce + ESP_SALT_LENGTH, packet + ESP_HEADER_LENGTH, ESP_IV_LENGTH);
  }
}

static size_t esp_iv_length(const struct esp_sa *sa) {
  return sa->implicit_iv ? 0 : ESP_IV_LENGTH;
}

/* Sending */

/* Header, explicit IV and what is to be encrypted, with the rows of all of the packet. */
static void esp_compose(const struct esp_sa *sa, uint32_t sequence, uint8_t next_header,
                        const uint8_t *payload, size_t length, const struct span_list *spans,
                        struct span_writer *out) {
  uint8_t header[ESP_HEADER_LENGTH], iv[ESP_IV_LENGTH] = {0};
  const size_t padding =
      (ESP_ALIGNMENT - (length + ESP_TRAILER_LENGTH) % ESP_ALIGNMENT) % ESP_ALIGNMENT;
  esp_write_u32(header, sa->spi);
  esp_write_u32(header + sizeof sa->spi, sequence);
  esp_write_u32(iv + ESP_IV_LENGTH - sizeof sequence, sequence);
  span_writer_put(out, ROW_ESP_HEADER, header, sizeof header);
  span_writer_put(out, ROW_ESP_IV, iv, esp_iv_length(sa));
  for (size_t i = 0, at = 0; i < spans->count; at += spans->item[i++].length)
    span_writer_put(out, spans->item[i].row, payload + at, spans->item[i].length);
  for (uint8_t i = 1; i <= padding; i++) /* 2.4 */
    span_writer_put_u8(out, ROW_ESP_TRAILER, i);
  span_writer_put_u8(out, ROW_ESP_TRAILER, (uint8_t)padding);
  span_writer_put_u8(out, ROW_ESP_TRAILER, next_header);
}

int esp_protect(struct esp_sa *sa, const struct node_hooks *hooks, uint8_t next_header,
                const uint8_t *payload, size_t length, const struct span_list *spans,
                struct node_datagram *datagram) {
  uint8_t nonce[ESP_NONCE_LENGTH];
  static const uint8_t none[ESP_ICV_LENGTH];
  struct span_writer out;
  if (sa->sequence == UINT32_MAX) /* 3.3.3 */
    return NODE_ERR_EXHAUSTED;
  if (length > NODE_DATAGRAM_MAX || span_list_length(spans) != length)
    return NODE_ERR_TOO_LONG;
  span_writer_init(&out, datagram->data, datagram->capacity, &datagram->spans);
  esp_compose(sa, sa->sequence + 1, next_header, payload, length, spans, &out);
  const size_t clear = ESP_HEADER_LENGTH + esp_iv_length(sa), sealed = out.length - clear;
  span_writer_put(&out, ROW_ESP_ICV, none, sizeof none);
  if (out.overflow)
    return NODE_ERR_TOO_LONG;
  sa->sequence++;
  esp_make_nonce(sa, datagram->data, sa->sequence, nonce);
  uint8_t *text = datagram->data + clear;
  const int error = crypto_ccm_encrypt(hooks, sa->key, nonce, sizeof nonce, datagram->data,
                                       ESP_HEADER_LENGTH, text, sealed, ESP_ICV_LENGTH, text);
  datagram->length = out.length;
  return error;
}

/* Receiving */

/* 3.4.3 */
static bool esp_is_new(const struct esp_sa *sa, uint32_t sequence) {
  if (sequence > sa->sequence)
    return true;
  const uint32_t behind = sa->sequence - sequence;
  return sequence != 0 && behind < ESP_WINDOW && (sa->window >> behind & 1) == 0;
}

static void esp_note(struct esp_sa *sa, uint32_t sequence) {
  if (sequence > sa->sequence) {
    const uint32_t ahead = sequence - sa->sequence;
    sa->window = ahead < ESP_WINDOW ? sa->window << ahead : 0;
    sa->sequence = sequence;
  }
  sa->window |= UINT64_C(1) << (sa->sequence - sequence);
}

/* Takes the trailer off. */
static int esp_strip(struct esp_payload *payload) {
  const uint8_t *end = payload->octets + payload->length;
  const size_t padding = end[-ESP_TRAILER_LENGTH];
  if (padding > payload->length - ESP_TRAILER_LENGTH)
    return NODE_ERR_MALFORMED;
  const uint8_t *pad = end - ESP_TRAILER_LENGTH - padding;
  for (size_t i = 0; i < padding; i++)
    if (pad[i] != i + 1)
      return NODE_ERR_MALFORMED;
  payload->next_header = end[-1];
  payload->length -= ESP_TRAILER_LENGTH + padding;
  return 0;
}

int esp_unprotect(struct esp_sa *sa, const struct node_hooks *hooks, const uint8_t *data,
                  size_t length, uint8_t *buffer, struct esp_payload *payload) {
  const size_t clear = ESP_HEADER_LENGTH + esp_iv_length(sa);
  uint8_t nonce[ESP_NONCE_LENGTH];
  if (length < clear + ESP_TRAILER_LENGTH + ESP_ICV_LENGTH ||
      (length - clear - ESP_ICV_LENGTH) % ESP_ALIGNMENT != 0)
    return NODE_ERR_MALFORMED;
  if (!esp_is_of(sa, data, length))
    return NODE_ERR_UNKNOWN;
  const uint32_t sequence = esp_read_u32(data + sizeof sa->spi);
  if (!esp_is_new(sa, sequence))
    return NODE_ERR_REPLAY;
  *payload = (struct esp_payload){.octets = buffer, .length = length - clear - ESP_ICV_LENGTH};
  esp_make_nonce(sa, data, sequence, nonce);
  const int error = crypto_ccm_decrypt(hooks, sa->key, nonce, sizeof nonce, data, ESP_HEADER_LENGTH,
                                       data + clear, payload->length, ESP_ICV_LENGTH, buffer);
  if (error < 0)
    return error;
  esp_note(sa, sequence);
  return esp_strip(payload);
}
