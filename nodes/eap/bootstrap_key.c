/* Keys of application bootstrapping, below an EMSK. */
#include "bootstrap_key.h"

#include "erp.h"

#include <string.h>

_Static_assert(BOOTSTRAP_IDENTITY_LENGTH == (int)ERP_NAI_NAME_LENGTH,
               "a PSK identity is a keyName-NAI up to its realm");

/* What a key of a use is derived by, and its length. */
static const struct bootstrap_use_row {
  const char *label;
  size_t length;
} USES[] = {[BOOTSTRAP_DTLS] = {"CoAP DTLS-PSK", BOOTSTRAP_DTLS_PSK_LENGTH},
            [BOOTSTRAP_IKEV2] = {"CoAP IKEv2-PSK", BOOTSTRAP_IKE_PSK_LENGTH}};

size_t bootstrap_psk_length(enum bootstrap_use use) {
  return USES[use].length;
}

/* A key with a name in its optional data; of which there may be none. */
static int derive_for(const struct node_hooks *hooks, const uint8_t key[EAP_KEY_LENGTH],
                      const char *label, const struct bootstrap_name *name, uint8_t *out,
                      size_t length) {
  struct emsk_usage usage = {.label = label};
  if (name != NULL) {
    if (name->length == 0 || name->length > BOOTSTRAP_NAME_MAX)
      return NODE_ERR_TOO_LONG;
    usage.data = name->octets;
    usage.data_length = name->length;
  }
  return emsk_kdf(hooks, key, EAP_KEY_LENGTH, &usage, out, length);
}

int bootstrap_psk_from_rmsk(const struct node_hooks *hooks, const uint8_t rmsk[EAP_KEY_LENGTH],
                            const struct bootstrap_name *aps, enum bootstrap_use use,
                            uint8_t *psk) {
  return derive_for(hooks, rmsk, USES[use].label, aps, psk, USES[use].length);
}

int bootstrap_aps_root(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                       const struct bootstrap_name *aps, uint8_t root[EAP_KEY_LENGTH]) {
  return derive_for(hooks, emsk, "experimental1", aps, root, EAP_KEY_LENGTH);
}

int bootstrap_provider_root(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                            const struct bootstrap_name *provider, uint8_t root[EAP_KEY_LENGTH]) {
  return derive_for(hooks, emsk, "experimental2", provider, root, EAP_KEY_LENGTH);
}

int bootstrap_psk_from_root(const struct node_hooks *hooks, const uint8_t root[EAP_KEY_LENGTH],
                            enum bootstrap_use use, uint8_t *psk) {
  return derive_for(hooks, root, USES[use].label, NULL, psk, USES[use].length);
}

int bootstrap_eap_psk(const struct node_hooks *hooks, const uint8_t root[EAP_KEY_LENGTH],
                      uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH]) {
  return derive_for(hooks, root, "EAP-PSK", NULL, psk, BOOTSTRAP_EAP_PSK_LENGTH);
}

/* Identities: a keyName-NAI without "@" and realm, but that only lower case is written and read
 * (RFC 4279 section 5.1: they are compared as octets). */

void bootstrap_identity_write(const uint8_t name[EMSK_NAME_LENGTH],
                              uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH]) {
  uint8_t nai[ERP_NAI_MAX];
  (void)erp_nai_write(name, (const uint8_t *)"", 0, nai);
  memcpy(identity, nai, BOOTSTRAP_IDENTITY_LENGTH);
}

bool bootstrap_identity_read(const uint8_t *identity, size_t length,
                             uint8_t name[EMSK_NAME_LENGTH]) {
  uint8_t nai[BOOTSTRAP_IDENTITY_LENGTH + 2], again[BOOTSTRAP_IDENTITY_LENGTH];
  const uint8_t *realm;
  size_t realm_length;
  if (length != BOOTSTRAP_IDENTITY_LENGTH)
    return false;
  memcpy(nai, identity, length);
  memcpy(nai + length, "@r", 2);
  if (!erp_nai_read(nai, sizeof nai, name, &realm, &realm_length))
    return false;
  bootstrap_identity_write(name, again);
  return memcmp(again, identity, length) == 0;
}
