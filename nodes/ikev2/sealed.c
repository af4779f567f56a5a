/* Sealing in place: the plaintext is written with its rows, then encrypted where it stands. */
#include "sealed.h"

#include "bytes.h"

#include <string.h>

enum { NONCE_LENGTH = IKEV2_ESP_SALT_LENGTH + IKEV2_IV_LENGTH, PAD_LENGTH_LENGTH = 1 };

static void make_nonce(const struct ikev2_ccm_key *key, const uint8_t *iv,
                       uint8_t nonce[NONCE_LENGTH]) {
  memcpy(nonce, key->salt, sizeof key->salt);
  memcpy(nonce + sizeof key->salt, iv, IKEV2_IV_LENGTH);
}

/* The inner octets with the rows that they have. */
static void put_inner(struct span_writer *out, const struct span_writer *inner) {
  const uint8_t *at = inner->data;
  if (inner->spans == NULL) {
    span_writer_put(out, ROW_IKEV2_ENCRYPTED, at, inner->length);
    return;
  }
  for (size_t i = 0; i < inner->spans->count; i++) {
    span_writer_put(out, inner->spans->item[i].row, at, inner->spans->item[i].length);
    at += inner->spans->item[i].length;
  }
}

/* The Encrypted payload, with the plaintext in the place of the ciphertext and zeros in that of the
 * tag. Its Next Payload is the first one inside (section 3.14). */
static void put_encrypted(struct ikev2_composer *message, uint64_t iv,
                          const struct ikev2_composer *inner) {
  static const uint8_t zeros[IKEV2_ICV_LENGTH] = {0};
  struct span_writer *out = message->out;
  uint8_t octets[IKEV2_IV_LENGTH];
  ikev2_set_u32(octets, (uint32_t)(iv >> 32));
  ikev2_set_u32(octets + 4, (uint32_t)iv);
  ikev2_put_payload_header(message, IKEV2_PAYLOAD_SK, ROW_IKEV2_ENCRYPTED,
                           IKEV2_IV_LENGTH + inner->out->length + PAD_LENGTH_LENGTH +
                               IKEV2_ICV_LENGTH);
  if (!out->overflow)
    out->data[message->next_at] = inner->first;
  span_writer_put(out, ROW_IKEV2_ENCRYPTED, octets, sizeof octets);
  put_inner(out, inner->out);
  span_writer_put_u8(out, ROW_IKEV2_ENCRYPTED, 0); /* Pad Length */
  span_writer_put(out, ROW_IKEV2_ENCRYPTED, zeros, sizeof zeros);
}

int ikev2_seal(const struct node_hooks *hooks, struct ikev2_sealer *sealer,
               const struct ikev2_header *header, const struct ikev2_composer *inner,
               struct span_writer *out) {
  struct ikev2_composer message;
  uint8_t nonce[NONCE_LENGTH];
  if (sealer->sealed == UINT64_MAX)
    return NODE_ERR_EXHAUSTED;
  if (inner->out->overflow)
    return NODE_ERR_TOO_LONG;
  ikev2_compose_message(&message, out, header);
  put_encrypted(&message, sealer->sealed, inner);
  const int error = ikev2_compose_end(&message);
  if (error < 0)
    return error;
  uint8_t *start = out->data + message.begin;
  const size_t aad_length = IKEV2_HEADER_LENGTH + IKEV2_PAYLOAD_HEADER_LENGTH;
  uint8_t *iv = start + aad_length, *text = iv + IKEV2_IV_LENGTH;
  const size_t length = (size_t)(out->data + out->length - text) - IKEV2_ICV_LENGTH;
  make_nonce(&sealer->key, iv, nonce);
  sealer->sealed++;
  return crypto_ccm_encrypt(hooks, sealer->key.key, nonce, sizeof nonce, start, aad_length, text,
                            length, IKEV2_ICV_LENGTH, text);
}

static int open_fault(struct ikev2_fault *fault, const char *why) {
  *fault = (struct ikev2_fault){.why = why, .notify = IKEV2_N_INVALID_SYNTAX};
  return NODE_ERR_MALFORMED;
}

int ikev2_open(const struct node_hooks *hooks, const struct ikev2_ccm_key *key,
               const struct ikev2_message *message, uint8_t *plain, size_t capacity,
               struct ikev2_chain *chain, struct ikev2_fault *fault) {
  const struct ikev2_payload *sealed = ikev2_find(&message->chain, IKEV2_PAYLOAD_SK);
  uint8_t nonce[NONCE_LENGTH];
  chain->count = 0;
  if (sealed == NULL || sealed->length < IKEV2_IV_LENGTH + PAD_LENGTH_LENGTH + IKEV2_ICV_LENGTH)
    return NODE_ERR_UNKNOWN;
  const size_t length = sealed->length - IKEV2_IV_LENGTH - IKEV2_ICV_LENGTH;
  if (length > capacity)
    return NODE_ERR_UNKNOWN;
  make_nonce(key, sealed->body, nonce);
  const int error =
      crypto_ccm_decrypt(hooks, key->key, nonce, sizeof nonce, message->data,
                         sealed->offset + IKEV2_PAYLOAD_HEADER_LENGTH,
                         sealed->body + IKEV2_IV_LENGTH, length, IKEV2_ICV_LENGTH, plain);
  if (error < 0)
    return error;
  const size_t padding = plain[length - 1] + (size_t)PAD_LENGTH_LENGTH;
  if (padding > length)
    return open_fault(fault, "IKEv2 padding is longer than what is padded");
  if (!ikev2_chain_parse(sealed->next, plain, length - padding, chain, fault))
    return NODE_ERR_MALFORMED;
  return ikev2_find(chain, IKEV2_PAYLOAD_SK) == NULL
             ? 0
             : open_fault(fault, "IKEv2 Encrypted payload inside another");
}
