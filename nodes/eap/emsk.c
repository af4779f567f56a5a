/* The hierarchy of keys below an EMSK (RFC 5295). */
#include "emsk.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

/* What HMAC takes: Tn-1, label, a zero, optional data, length, n. */
struct emsk_input {
  uint8_t octets[CRYPTO_SHA256_LENGTH + EMSK_LABEL_MAX + 1 + EMSK_DATA_MAX + 2 + 1];
  struct span_writer out;
};

/* All but Tn-1 and n. */
static void emsk_write_string(struct emsk_input *input, const struct emsk_usage *usage,
                              size_t length) {
  span_writer_put(&input->out, 0, usage->label, strlen(usage->label) + 1);
  if (usage->data_length > 0)
    span_writer_put(&input->out, 0, usage->data, usage->data_length);
  span_writer_put_u16(&input->out, 0, (uint16_t)length);
}

/* Tn = HMAC(K, Tn-1 | S | n); T0 is empty. */
static int emsk_block(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                      const struct emsk_usage *usage, size_t length, uint8_t number,
                      uint8_t block[CRYPTO_SHA256_LENGTH]) {
  struct emsk_input input;
  span_writer_init(&input.out, input.octets, sizeof input.octets, NULL);
  if (number > 1)
    span_writer_put(&input.out, 0, block, CRYPTO_SHA256_LENGTH);
  emsk_write_string(&input, usage, length);
  span_writer_put_u8(&input.out, 0, number);
  assert(!input.out.overflow);
  const int error =
      crypto_hmac_sha256(hooks, key, key_length, input.octets, input.out.length, block);
  crypto_wipe(input.octets, sizeof input.octets);
  return error;
}

int emsk_kdf(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
             const struct emsk_usage *usage, uint8_t *out, size_t length) {
  uint8_t block[CRYPTO_SHA256_LENGTH];
  int error = 0;
  if (strlen(usage->label) > EMSK_LABEL_MAX || usage->data_length > EMSK_DATA_MAX ||
      length > EMSK_LENGTH_MAX)
    return NODE_ERR_TOO_LONG;
  for (size_t done = 0; done < length && error == 0; done += sizeof block) {
    const size_t left = length - done;
    error = emsk_block(hooks, key, key_length, usage, length, (uint8_t)(done / sizeof block + 1),
                       block);
    memcpy(out + done, block, left < sizeof block ? left : sizeof block);
  }
  if (error != 0)
    crypto_wipe(out, length);
  crypto_wipe(block, sizeof block);
  return error;
}

int emsk_usrk(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
              const struct emsk_usage *usage, uint8_t *out, size_t length) {
  return emsk_kdf(hooks, emsk, EAP_KEY_LENGTH, usage, out, length);
}

int emsk_name(const struct node_hooks *hooks, const struct eap_session_id *session,
              uint8_t name[EMSK_NAME_LENGTH]) {
  static const struct emsk_usage usage = {.label = "EMSK"};
  return emsk_usrk_name(hooks, session, &usage, name);
}

int emsk_usrk_name(const struct node_hooks *hooks, const struct eap_session_id *session,
                   const struct emsk_usage *usage, uint8_t name[EMSK_NAME_LENGTH]) {
  return emsk_kdf(hooks, session->octets, session->length, usage, name, EMSK_NAME_LENGTH);
}

int emsk_dsrk(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
              const uint8_t *domain, size_t domain_length, uint8_t dsrk[EAP_KEY_LENGTH]) {
  const struct emsk_usage usage = {"dsrk@ietf.org", domain, domain_length};
  return emsk_kdf(hooks, emsk, EAP_KEY_LENGTH, &usage, dsrk, EAP_KEY_LENGTH);
}

int emsk_dsusrk(const struct node_hooks *hooks, const uint8_t dsrk[EAP_KEY_LENGTH],
                const struct emsk_usage *usage, uint8_t *out, size_t length) {
  return emsk_kdf(hooks, dsrk, EAP_KEY_LENGTH, usage, out, length);
}

int emsk_dsusrk_name(const struct node_hooks *hooks, const uint8_t name_of_emsk[EMSK_NAME_LENGTH],
                     const struct emsk_usage *usage, uint8_t name[EMSK_NAME_LENGTH]) {
  return emsk_kdf(hooks, name_of_emsk, EMSK_NAME_LENGTH, usage, name, EMSK_NAME_LENGTH);
}
