/* EDHOC message 4 (RFC 9528 section 5.5). */
#include "session.h"

#include "../cbor/writer.h"

/* 5.5.2 */
static int compose_4(struct edhoc *next, const struct edhoc_ead_list *ead,
                     struct span_writer *out) {
  uint8_t plaintext[EDHOC_MESSAGE_MAX], ciphertext[EDHOC_MESSAGE_MAX + EDHOC_KEY_LENGTH];
  struct edhoc_aead aead;
  struct span_writer text;
  span_writer_init(&text, plaintext, sizeof plaintext, NULL);
  int error = edhoc_ead_put(&text, ead->items, ead->count); /* PLAINTEXT_4 = ( ? EAD_4 ) */
  if (error == 0 && text.overflow)
    error = NODE_ERR_TOO_LONG;
  if (error == 0) /* K_4, IV_4: of PRK_4e3m and TH_4 */
    error = edhoc_aead_derive(next->hooks, next->suite, next->prk, EDHOC_K_4, next->th, &aead);
  if (error != 0)
    return error;
  /* CIPHERTEXT_4 */
  error = edhoc_aead_seal(next->hooks, &aead, plaintext, text.length, ciphertext);
  if (error == 0)
    cbor_put_bytes(out, ciphertext, text.length + aead.tag_length);
  crypto_wipe(&aead, sizeof aead);
  crypto_wipe(next->prk, sizeof next->prk);
  next->state = EDHOC_PERSISTED;
  return error;
}

int edhoc_message_4_compose(struct edhoc *edhoc, const struct edhoc_ead *ead, size_t ead_count,
                            uint8_t *out, size_t capacity, size_t *length) {
  const struct edhoc_ead_list list = {.items = ead, .count = ead_count};
  return edhoc_compose(edhoc, EDHOC_RESPONDER, EDHOC_COMPLETED, compose_4, &list, out, capacity,
                       length);
}

/* 5.5.3 */
static int process_4(struct edhoc *next, const uint8_t *message, size_t length) {
  const uint8_t *ciphertext;
  size_t ciphertext_length;
  uint8_t text[EDHOC_MESSAGE_MAX];
  struct edhoc_aead aead;
  struct cbor_reader reader;
  /* 5.5.3, 1 */
  int error = edhoc_one_string(next, message, length, &ciphertext, &ciphertext_length);
  if (error != 0)
    return error;
  /* K_4, IV_4: of PRK_4e3m and TH_4 */
  error = edhoc_aead_derive(next->hooks, next->suite, next->prk, EDHOC_K_4, next->th, &aead);
  if (error == 0) /* 5.5.3, 3: PLAINTEXT_4 */
    error = edhoc_aead_open(next->hooks, &aead, ciphertext, ciphertext_length, text);
  crypto_wipe(&aead, sizeof aead);
  if (error != 0)
    return edhoc_refuse(next, error, "CIPHERTEXT_4 does not decrypt");
  const size_t text_length = ciphertext_length - next->suite->tag_length;
  cbor_reader_init(&reader, text, text_length);
  error = edhoc_ead_check(reader);
  if (error != 0)
    return edhoc_refuse(next, error, "malformed EAD");
  crypto_wipe(next->prk, sizeof next->prk);
  next->state = EDHOC_PERSISTED;
  return edhoc_ead_deliver(next, 4, text, text_length); /* 5.5.3, 4: EAD_4 */
}

int edhoc_message_4_process(struct edhoc *edhoc, const uint8_t *message, size_t length) {
  return edhoc_process(edhoc, EDHOC_INITIATOR, EDHOC_COMPLETED, process_4, message, length);
}
