/* EDHOC message 3 (RFC 9528 section 5.4). */
#include "session.h"

#include <string.h>

#include "../cbor/writer.h"

/* What MAC_3 is computed over, whoever's credential it is. */
static struct edhoc_proof proof_3(const struct edhoc *next, const struct edhoc_credential *cred_i,
                                  const uint8_t *ead, size_t ead_length) {
  return (struct edhoc_proof){
      .label = EDHOC_MAC_3,
      .kind = edhoc_proof_kind(next, EDHOC_INITIATOR),
      .id_cred = cred_i->id_cred,
      .id_cred_length = cred_i->id_cred_length,
      .th = next->th,
      .cred = cred_i->cred,
      .cred_length = cred_i->cred_length,
      .ead = ead,
      .ead_length = ead_length,
  };
}

/* TH_4 and PRK_out; the ephemeral key has served. */
static int finish_3(struct edhoc *next, const uint8_t *text, size_t length,
                    const struct edhoc_credential *cred_i) {
  /* TH_4 = H( TH_3, PLAINTEXT_3, CRED_I ) */
  int error = edhoc_th_next(next->hooks, next->th, text, length, cred_i->cred, cred_i->cred_length,
                            next->th);
  if (error == 0)
    error = edhoc_derive_out(next); /* PRK_out */
  crypto_wipe(next->private, sizeof next->private);
  next->state = EDHOC_COMPLETED;
  return error;
}

/* PLAINTEXT_3 = ( ID_CRED_I / bstr / -24..23, Signature_or_MAC_3, ? EAD_3 ) */
static int put_plaintext_3(struct edhoc *next, const struct edhoc_ead_list *ead,
                           struct span_writer *out) {
  uint8_t ead_3[EDHOC_MESSAGE_MAX];
  struct span_writer ead_out;
  span_writer_init(&ead_out, ead_3, sizeof ead_3, NULL);
  int error = edhoc_ead_put(&ead_out, ead->items, ead->count);
  if (error == 0 && ead_out.overflow)
    error = NODE_ERR_TOO_LONG;
  if (error != 0)
    return error;
  const struct edhoc_proof proof = proof_3(next, next->own, ead_3, ead_out.length);
  return edhoc_plaintext_put(next, &proof, out);
}

/* 5.4.2 */
static int compose_3(struct edhoc *next, const struct edhoc_ead_list *ead,
                     struct span_writer *out) {
  uint8_t plaintext[EDHOC_MESSAGE_MAX], ciphertext[EDHOC_MESSAGE_MAX + EDHOC_KEY_LENGTH];
  struct edhoc_aead aead;
  struct span_writer text;
  span_writer_init(&text, plaintext, sizeof plaintext, NULL);
  /* K_3, IV_3: of PRK_3e2m and TH_3 */
  int error = edhoc_aead_derive(next->hooks, next->suite, next->prk, EDHOC_K_3, next->th, &aead);
  if (error == 0)
    error = edhoc_derive_next(next, EDHOC_INITIATOR, EDHOC_SALT_4E3M, NULL); /* PRK_4e3m */
  if (error == 0)
    error = put_plaintext_3(next, ead, &text);
  if (error == 0) /* CIPHERTEXT_3 */
    error = edhoc_aead_seal(next->hooks, &aead, plaintext, text.length, ciphertext);
  if (error == 0)
    error = finish_3(next, plaintext, text.length, next->own);
  if (error == 0)
    cbor_put_bytes(out, ciphertext, text.length + aead.tag_length);
  crypto_wipe(&aead, sizeof aead);
  return error;
}

int edhoc_message_3_compose(struct edhoc *edhoc, const struct edhoc_ead *ead, size_t ead_count,
                            uint8_t *out, size_t capacity, size_t *length) {
  const struct edhoc_ead_list list = {.items = ead, .count = ead_count};
  return edhoc_compose(edhoc, EDHOC_INITIATOR, EDHOC_VERIFIED_2, compose_3, &list, out, capacity,
                       length);
}

/* 5.4.3, 5 and 6: moves on to PRK_4e3m, TH_4 and PRK_out. */
static int verify_3(struct edhoc *next, const uint8_t *text, size_t length,
                    const struct edhoc_plaintext *plaintext) {
  const struct ec ec = edhoc_ec(next);
  uint8_t cred[EDHOC_CRED_MAX];
  struct edhoc_credential cred_i;
  int error = edhoc_peer_credential(next, cred, &cred_i); /* CRED_I */
  if (error != 0)
    return error;
  error = edhoc_derive_next(next, EDHOC_INITIATOR, EDHOC_SALT_4E3M, &cred_i.public); /* PRK_4e3m */
  if (error != 0)
    return edhoc_refuse(next, error, "G_I is not a valid point");
  struct edhoc_proof proof = proof_3(next, &cred_i, plaintext->ead, plaintext->ead_length);
  proof.id_cred = next->peer_id_cred;
  proof.id_cred_length = next->peer_id_cred_length;
  /* Signature_or_MAC_3 */
  error = edhoc_proof_verify(&ec, next->suite, &proof, next->prk, &cred_i.public, plaintext->proof,
                             plaintext->proof_length);
  if (error != 0)
    return edhoc_refuse(next, error, "Signature_or_MAC_3 is wrong");
  return finish_3(next, text, length, &cred_i);
}

/* 5.4.3 */
static int process_3(struct edhoc *next, const uint8_t *message, size_t length) {
  const uint8_t *ciphertext;
  size_t ciphertext_length;
  uint8_t text[EDHOC_MESSAGE_MAX];
  struct edhoc_aead aead;
  struct edhoc_plaintext plaintext;
  struct cbor_reader reader;
  /* 5.4.3, 1 */
  int error = edhoc_one_string(next, message, length, &ciphertext, &ciphertext_length);
  if (error != 0)
    return error;
  /* K_3, IV_3: of PRK_3e2m and TH_3 */
  error = edhoc_aead_derive(next->hooks, next->suite, next->prk, EDHOC_K_3, next->th, &aead);
  if (error == 0) /* 5.4.3, 3: PLAINTEXT_3 */
    error = edhoc_aead_open(next->hooks, &aead, ciphertext, ciphertext_length, text);
  crypto_wipe(&aead, sizeof aead);
  if (error != 0)
    return edhoc_refuse(next, error, "CIPHERTEXT_3 does not decrypt");
  const size_t text_length = ciphertext_length - next->suite->tag_length;
  cbor_reader_init(&reader, text, text_length);
  error = edhoc_plaintext_read(next, &reader, &plaintext);
  if (error == 0)
    error = verify_3(next, text, text_length, &plaintext);
  if (error == 0) /* EAD_3 */
    error = edhoc_ead_deliver(next, 3, plaintext.ead, plaintext.ead_length);
  return error;
}

int edhoc_message_3_process(struct edhoc *edhoc, const uint8_t *message, size_t length) {
  return edhoc_process(edhoc, EDHOC_RESPONDER, EDHOC_WAIT_3, process_3, message, length);
}
