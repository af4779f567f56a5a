/* EDHOC message 2 (RFC 9528 section 5.3). */
#include "session.h"

#include <string.h>

#include "../cbor/writer.h"
#include "identifier.h"

/* What MAC_2 is computed over, whoever's credential it is. */
static struct edhoc_proof proof_2(const struct edhoc *next, const struct edhoc_credential *cred_r,
                                  const uint8_t *ead, size_t ead_length) {
  return (struct edhoc_proof){
      .label = EDHOC_MAC_2,
      .kind = edhoc_proof_kind(next, EDHOC_RESPONDER),
      .c_r = next->c_r.bytes,
      .c_r_length = next->c_r.length,
      .id_cred = cred_r->id_cred,
      .id_cred_length = cred_r->id_cred_length,
      .th = next->th,
      .cred = cred_r->cred,
      .cred_length = cred_r->cred_length,
      .ead = ead,
      .ead_length = ead_length,
  };
}

/* PLAINTEXT_2 = ( C_R, ID_CRED_R / bstr / -24..23, Signature_or_MAC_2, ? EAD_2 ) */
static int put_plaintext_2(struct edhoc *next, const struct edhoc_ead_list *ead,
                           struct span_writer *out) {
  uint8_t ead_2[EDHOC_MESSAGE_MAX];
  struct span_writer ead_out;
  span_writer_init(&ead_out, ead_2, sizeof ead_2, NULL);
  int error = edhoc_ead_put(&ead_out, ead->items, ead->count);
  if (error == 0 && ead_out.overflow)
    error = NODE_ERR_TOO_LONG;
  if (error != 0)
    return error;
  const struct edhoc_proof proof = proof_2(next, next->own, ead_2, ead_out.length);
  edhoc_identifier_put(out, next->c_r.bytes, next->c_r.length); /* C_R */
  return edhoc_plaintext_put(next, &proof, out);
}

/* 5.3.2 */
static int compose_2(struct edhoc *next, const struct edhoc_ead_list *ead,
                     struct span_writer *out) {
  const struct ec ec = edhoc_ec(next);
  uint8_t plaintext[EDHOC_MESSAGE_MAX], prk_2e[EDHOC_PRK_LENGTH], th_2[EDHOC_HASH_LENGTH];
  struct span_writer text;
  span_writer_init(&text, plaintext, sizeof plaintext, NULL);
  /* Y, G_Y */
  int error = ec_generate(&ec, next->suite->exchange, next->private, &next->own_public);
  if (error == 0)
    error = edhoc_derive_2e(next); /* TH_2, PRK_2e */
  memcpy(prk_2e, next->prk, sizeof prk_2e);
  memcpy(th_2, next->th, sizeof th_2);
  if (error == 0)
    error = edhoc_derive_next(next, EDHOC_RESPONDER, EDHOC_SALT_3E2M, NULL); /* PRK_3e2m */
  if (error == 0)
    error = put_plaintext_2(next, ead, &text);
  if (error == 0) /* TH_3 = H( TH_2, PLAINTEXT_2, CRED_R ) */
    error = edhoc_th_next(next->hooks, next->th, plaintext, text.length, next->own->cred,
                          next->own->cred_length, next->th);
  if (error == 0) /* CIPHERTEXT_2 */
    error = edhoc_keystream_2(next->hooks, prk_2e, th_2, plaintext, text.length);
  crypto_wipe(prk_2e, sizeof prk_2e);
  if (error != 0)
    return error;
  cbor_put_bytes_head(out, EC_LENGTH + text.length);
  cbor_put_encoded(out, next->own_public.x, EC_LENGTH); /* G_Y */
  cbor_put_encoded(out, plaintext, text.length);        /* CIPHERTEXT_2 */
  next->state = EDHOC_WAIT_3;
  return 0;
}

int edhoc_message_2_compose(struct edhoc *edhoc, const struct edhoc_ead *ead, size_t ead_count,
                            uint8_t *out, size_t capacity, size_t *length) {
  const struct edhoc_ead_list list = {.items = ead, .count = ead_count};
  return edhoc_compose(edhoc, EDHOC_RESPONDER, EDHOC_VERIFIED_1, compose_2, &list, out, capacity,
                       length);
}

/* PLAINTEXT_2 */
static int read_plaintext_2(struct edhoc *next, const uint8_t *text, size_t length,
                            struct edhoc_plaintext *plaintext) {
  struct cbor_reader reader;
  const uint8_t *c_r;
  size_t c_r_length;
  cbor_reader_init(&reader, text, length);
  if (edhoc_identifier_get(&reader, &c_r, &c_r_length) != 0) /* C_R */
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed C_R");
  if (c_r_length > EDHOC_CONNECTION_ID_MAX)
    return edhoc_refuse(next, NODE_ERR_TOO_LONG, "C_R is too long");
  next->c_r.length = (uint8_t)c_r_length;
  memcpy(next->c_r.bytes, c_r, c_r_length);
  return edhoc_plaintext_read(next, &reader, plaintext);
}

/* 5.3.3, 5 and 6: moves on to PRK_3e2m and TH_3. */
static int verify_2(struct edhoc *next, const uint8_t *text, size_t length,
                    const struct edhoc_plaintext *plaintext) {
  const struct ec ec = edhoc_ec(next);
  uint8_t cred[EDHOC_CRED_MAX];
  struct edhoc_credential cred_r;
  int error = edhoc_peer_credential(next, cred, &cred_r); /* CRED_R */
  if (error != 0)
    return error;
  error = edhoc_derive_next(next, EDHOC_RESPONDER, EDHOC_SALT_3E2M, &cred_r.public); /* PRK_3e2m */
  if (error != 0)
    return edhoc_refuse(next, error, "G_R is not a valid point");
  struct edhoc_proof proof = proof_2(next, &cred_r, plaintext->ead, plaintext->ead_length);
  proof.id_cred = next->peer_id_cred;
  proof.id_cred_length = next->peer_id_cred_length;
  /* Signature_or_MAC_2 */
  error = edhoc_proof_verify(&ec, next->suite, &proof, next->prk, &cred_r.public, plaintext->proof,
                             plaintext->proof_length);
  if (error != 0)
    return edhoc_refuse(next, error, "Signature_or_MAC_2 is wrong");
  /* TH_3 = H( TH_2, PLAINTEXT_2, CRED_R ) */
  return edhoc_th_next(next->hooks, next->th, text, length, cred_r.cred, cred_r.cred_length,
                       next->th);
}

/* 5.3.3 */
static int process_2(struct edhoc *next, const uint8_t *message, size_t length) {
  const struct ec ec = edhoc_ec(next);
  const uint8_t *bytes;
  size_t bytes_length;
  uint8_t text[EDHOC_MESSAGE_MAX];
  struct edhoc_plaintext plaintext;
  int error = edhoc_one_string(next, message, length, &bytes, &bytes_length); /* 5.3.3, 1 */
  if (error != 0)
    return error;
  if (bytes_length < EC_LENGTH)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "message_2 is too short");
  error = ec_decompress(&ec, next->suite->exchange, bytes, false, &next->peer_public); /* G_Y */
  if (error != 0)
    return edhoc_refuse(next, error, "G_Y is not a valid point");
  const size_t text_length = bytes_length - EC_LENGTH;
  memcpy(text, bytes + EC_LENGTH, text_length);
  error = edhoc_derive_2e(next); /* TH_2, PRK_2e */
  if (error == 0)                /* 5.3.3, 3: PLAINTEXT_2 */
    error = edhoc_keystream_2(next->hooks, next->prk, next->th, text, text_length);
  if (error == 0)
    error = read_plaintext_2(next, text, text_length, &plaintext);
  if (error == 0)
    error = verify_2(next, text, text_length, &plaintext);
  if (error == 0) /* EAD_2 */
    error = edhoc_ead_deliver(next, 2, plaintext.ead, plaintext.ead_length);
  next->state = EDHOC_VERIFIED_2;
  return error;
}

int edhoc_message_2_process(struct edhoc *edhoc, const uint8_t *message, size_t length) {
  return edhoc_process(edhoc, EDHOC_INITIATOR, EDHOC_WAIT_2, process_2, message, length);
}
