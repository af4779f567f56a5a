/* The steps that messages share: secrets, plaintexts, the peer's credential, EAD. */
#include "session.h"

#include <string.h>

#include "../cbor/writer.h"
#include "identifier.h"

int edhoc_derive_2e(struct edhoc *next) {
  const struct ec ec = edhoc_ec(next);
  uint8_t g_xy[EC_LENGTH];
  const uint8_t *g_y = next->role == EDHOC_RESPONDER ? next->own_public.x : next->peer_public.x;
  int error = edhoc_th_2(next->hooks, g_y, next->hash_message_1, next->th); /* TH_2 */
  if (error == 0)
    error = ec_agree(&ec, next->private, &next->peer_public, g_xy); /* G_XY */
  if (error == 0)                                                   /* PRK_2e (4.1.1.1) */
    error =
        crypto_hkdf_extract(next->hooks, next->th, sizeof next->th, g_xy, sizeof g_xy, next->prk);
  crypto_wipe(g_xy, sizeof g_xy);
  return error;
}

int edhoc_derive_next(struct edhoc *next, enum edhoc_role role, enum edhoc_label salt_label,
                      const struct ec_public *peer_static) {
  const struct edhoc_proof_kind *kind = edhoc_proof_kind(next, role);
  return kind->derive == NULL ? 0 : kind->derive(next, salt_label, peer_static);
}

int edhoc_derive_out(struct edhoc *next) {
  /* PRK_out (4.1.3) */
  return edhoc_kdf(next->hooks, next->prk, EDHOC_PRK_OUT, next->th, sizeof next->th, next->prk_out,
                   sizeof next->prk_out);
}

/* ID_CRED_x as it travels. */
static void put_id_cred(struct span_writer *out, const struct edhoc_credential *credential) {
  const uint8_t *kid;
  size_t length;
  if (edhoc_id_cred_kid(credential->id_cred, credential->id_cred_length, &kid, &length))
    edhoc_identifier_put(out, kid, length);
  else
    cbor_put_encoded(out, credential->id_cred, credential->id_cred_length);
}

int edhoc_plaintext_put(const struct edhoc *next, const struct edhoc_proof *proof,
                        struct span_writer *out) {
  const struct ec ec = edhoc_ec(next);
  uint8_t signature_or_mac[EDHOC_PROOF_MAX];
  const int error =
      edhoc_proof_compose(&ec, next->suite, proof, next->prk, next->own->private, signature_or_mac);
  if (error != 0)
    return error;
  put_id_cred(out, next->own);                                             /* ID_CRED_x */
  cbor_put_bytes(out, signature_or_mac, proof->kind->length(next->suite)); /* Signature_or_MAC_x */
  cbor_put_encoded(out, proof->ead, proof->ead_length);                    /* ? EAD_x */
  return out->overflow ? NODE_ERR_TOO_LONG : 0;
}

/* ID_CRED_x to the session: a map as it is, a kid as the map that it stands for (3.5.3.2). */
static int read_id_cred(struct edhoc *next, struct cbor_reader *reader) {
  const uint8_t *start = reader->data + reader->offset, *kid;
  size_t length;
  struct span_writer out;
  span_writer_init(&out, next->peer_id_cred, sizeof next->peer_id_cred, NULL);
  if (cbor_next(reader) == CBOR_MAP) {
    if (cbor_skip(reader) != 0)
      return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed ID_CRED");
    const size_t map_length = (size_t)(reader->data + reader->offset - start);
    if (edhoc_id_cred_kid(start, map_length, &kid, &length))
      return edhoc_refuse(next, NODE_ERR_MALFORMED, "ID_CRED with kid is not compact");
    cbor_put_encoded(&out, start, map_length);
  } else {
    if (edhoc_identifier_get(reader, &kid, &length) != 0)
      return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed ID_CRED");
    cbor_put_map(&out, 1);
    cbor_put_int(&out, EDHOC_HEADER_KID);
    cbor_put_bytes(&out, kid, length);
  }
  if (out.overflow)
    return edhoc_refuse(next, NODE_ERR_TOO_LONG, "ID_CRED is too long");
  next->peer_id_cred_length = out.length;
  return 0;
}

int edhoc_plaintext_read(struct edhoc *next, struct cbor_reader *reader,
                         struct edhoc_plaintext *plaintext) {
  int error = read_id_cred(next, reader); /* ID_CRED_x */
  if (error != 0)
    return error;
  /* Signature_or_MAC_x */
  if (cbor_get_bytes(reader, &plaintext->proof, &plaintext->proof_length) != 0)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed Signature_or_MAC");
  error = edhoc_ead_check(*reader); /* ? EAD_x */
  if (error != 0)
    return edhoc_refuse(next, error, "malformed EAD");
  plaintext->ead = reader->data + reader->offset;
  plaintext->ead_length = reader->length - reader->offset;
  return 0;
}

/* What the peer's certificates are verified against. */
static struct edhoc_trust trust_of(const struct edhoc *next, enum edhoc_role peer) {
  const struct edhoc_config *config = next->config;
  return (struct edhoc_trust){
      .anchors = config->anchors,
      .anchors_count = config->anchors_count,
      .use = edhoc_proof_kind(next, peer)->use,
      .purpose = peer == EDHOC_RESPONDER ? EDHOC_FOR_SERVER : EDHOC_FOR_CLIENT,
      .timed = config->clock != NULL,
      .time_s = config->clock != NULL ? config->clock(config->context) : 0,
  };
}

/* A certificate by value: CRED_x is the first of the chain. */
static int certificate_by_value(struct edhoc *next, enum edhoc_role peer, uint8_t *cred,
                                struct edhoc_credential *credential) {
  const struct ec ec = edhoc_ec(next);
  const struct edhoc_trust trust = trust_of(next, peer);
  struct edhoc_certificate chain[EDHOC_CHAIN_MAX];
  struct span_writer out;
  size_t count;
  const char *why;
  if (edhoc_chain_read(next->peer_id_cred, next->peer_id_cred_length, chain, &count) != 0)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed certificate chain");
  span_writer_init(&out, cred, EDHOC_CRED_MAX, NULL);
  cbor_put_bytes(&out, chain[0].der, chain[0].length);
  if (out.overflow)
    return edhoc_refuse(next, NODE_ERR_TOO_LONG, "certificate is too long");
  int error = edhoc_chain_verify(&ec, chain, count, &trust, &why);
  if (error != 0)
    return edhoc_refuse(next, error, why);
  error = edhoc_credential_read(&ec, cred, out.length, next->peer_id_cred,
                                next->peer_id_cred_length, credential);
  return error == 0 ? 0 : edhoc_refuse(next, error, "certificate is not valid");
}

static const struct edhoc_credential *known_credential(const struct edhoc *edhoc) {
  const struct edhoc_config *config = edhoc->config;
  return config->lookup == NULL
             ? NULL
             : config->lookup(config->context, edhoc->peer_id_cred, edhoc->peer_id_cred_length);
}

/* One that we have had before. */
static int credential_by_reference(struct edhoc *next, enum edhoc_role peer,
                                   struct edhoc_credential *credential) {
  const struct edhoc_trust trust = trust_of(next, peer);
  const struct edhoc_credential *found = known_credential(next);
  struct edhoc_certificate certificate;
  const char *why;
  if (found == NULL)
    return edhoc_refuse_with(next, NODE_ERR_UNKNOWN, "unknown credential", EDHOC_ERROR_CREDENTIAL);
  *credential = *found;
  if (!trust.timed || !edhoc_credential_certificate(found, &certificate))
    return 0;
  /* What is not read, the caller has read: its key is beside it. */
  const int error = edhoc_certificate_check_time(&certificate, trust.time_s, &why);
  return error == NODE_ERR_VERIFY ? edhoc_refuse(next, error, why) : 0;
}

static bool is_by_value(const struct edhoc *edhoc) {
  return edhoc_id_cred_has(edhoc->peer_id_cred, edhoc->peer_id_cred_length, EDHOC_HEADER_X5CHAIN);
}

int edhoc_peer_credential(struct edhoc *next, uint8_t *cred, struct edhoc_credential *credential) {
  const char *name = next->config->peer_name;
  const enum edhoc_role peer = next->role == EDHOC_INITIATOR ? EDHOC_RESPONDER : EDHOC_INITIATOR;
  const int error = is_by_value(next) ? certificate_by_value(next, peer, cred, credential)
                                      : credential_by_reference(next, peer, credential);
  if (error != 0)
    return error;
  if (credential->public.curve != edhoc_method_curve(next->method, peer, next->suite))
    return edhoc_refuse(next, NODE_ERR_UNSUPPORTED, "credential does not fit the cipher suite");
  if (name != NULL && !edhoc_credential_is_of(credential, name))
    return edhoc_refuse(next, NODE_ERR_VERIFY,
                        peer == EDHOC_RESPONDER ? "credential names another server"
                                                : "credential names another peer");
  return 0;
}

/* Who the peer is */

/* False: the peer has not proved to be anyone. */
static bool has_peer(const struct edhoc *edhoc) {
  return edhoc->state == EDHOC_COMPLETED || edhoc->state == EDHOC_PERSISTED ||
         edhoc->state == EDHOC_VERIFIED_2;
}

bool edhoc_peer_name(const struct edhoc *edhoc, size_t index, struct edhoc_name *name) {
  struct edhoc_certificate chain[EDHOC_CHAIN_MAX];
  size_t count;
  if (!has_peer(edhoc))
    return false;
  if (is_by_value(edhoc))
    return edhoc_chain_read(edhoc->peer_id_cred, edhoc->peer_id_cred_length, chain, &count) == 0 &&
           edhoc_certificate_name(&chain[0], index, name);
  const struct edhoc_credential *known = known_credential(edhoc);
  return known != NULL && edhoc_credential_name(known, index, name);
}

bool edhoc_peer_is_known(const struct edhoc *edhoc) {
  const struct edhoc_config *config = edhoc->config;
  struct edhoc_certificate chain[EDHOC_CHAIN_MAX];
  size_t count;
  if (!has_peer(edhoc))
    return false;
  return known_credential(edhoc) != NULL ||
         (is_by_value(edhoc) &&
          edhoc_chain_read(edhoc->peer_id_cred, edhoc->peer_id_cred_length, chain, &count) == 0 &&
          edhoc_certificate_is_anchor(&chain[0], config->anchors, config->anchors_count));
}

int edhoc_ead_deliver(struct edhoc *next, unsigned number, const uint8_t *ead, size_t length) {
  const struct edhoc_config *config = next->config;
  struct cbor_reader reader;
  cbor_reader_init(&reader, ead, length);
  while (cbor_next(&reader) != CBOR_END) {
    struct edhoc_ead item;
    const int error = edhoc_ead_get(&reader, &item);
    if (error != 0)
      return error;
    if (item.label == EDHOC_EAD_PADDING)
      continue;
    const int result =
        config->ead == NULL ? NODE_ERR_UNKNOWN : config->ead(config->context, number, &item);
    if (result != 0 && item.critical)
      return edhoc_refuse(next, NODE_ERR_UNSUPPORTED, "critical EAD item not processed");
  }
  return 0;
}

int edhoc_one_string(struct edhoc *next, const uint8_t *message, size_t length,
                     const uint8_t **bytes, size_t *bytes_length) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, message, length);
  if (cbor_get_bytes(&reader, bytes, bytes_length) != 0 || cbor_next(&reader) != CBOR_END)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "message is not one byte string");
  return 0;
}
