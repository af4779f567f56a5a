/* Keys of ERP (RFC 6696 section 4), and the name by which they are called. */
#include "erp.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

size_t erp_tag_length(uint8_t suite) {
  static const uint8_t lengths[ERP_SUITES] = {[ERP_SUITE_HMAC_SHA256_64] = 8,
                                              [ERP_SUITE_HMAC_SHA256_128] = 16,
                                              [ERP_SUITE_HMAC_SHA256_256] = 32};
  assert(suite < ERP_SUITES);
  return lengths[suite];
}

bool erp_suites_have(unsigned suites, uint8_t suite) {
  return suite != ERP_SUITE_NONE && suite < ERP_SUITES && (suites >> suite & 1) != 0;
}

/* Keys */

static int root_from(const struct node_hooks *hooks, const uint8_t parent[EAP_KEY_LENGTH],
                     struct erp_root *root) {
  static const struct emsk_usage usage = {.label = "EAP Re-authentication Root Key@ietf.org"};
  return emsk_usrk(hooks, parent, &usage, root->key, sizeof root->key);
}

int erp_root_derive(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                    const struct eap_session_id *session, struct erp_root *root) {
  const int error = emsk_name(hooks, session, root->name);
  return error < 0 ? error : root_from(hooks, emsk, root);
}

int erp_root_derive_in_domain(const struct node_hooks *hooks, const uint8_t dsrk[EAP_KEY_LENGTH],
                              const uint8_t name[EMSK_NAME_LENGTH], struct erp_root *root) {
  memcpy(root->name, name, sizeof root->name);
  return root_from(hooks, dsrk, root);
}

int erp_rik(const struct node_hooks *hooks, const struct erp_root *root, uint8_t suite,
            uint8_t rik[EAP_KEY_LENGTH]) {
  const struct emsk_usage usage = {"Re-authentication Integrity Key@ietf.org", &suite, 1};
  return emsk_kdf(hooks, root->key, sizeof root->key, &usage, rik, EAP_KEY_LENGTH);
}

int erp_rmsk(const struct node_hooks *hooks, const struct erp_root *root, uint16_t sequence,
             uint8_t rmsk[EAP_KEY_LENGTH]) {
  const uint8_t seq[] = {(uint8_t)(sequence >> 8), (uint8_t)sequence};
  const struct emsk_usage usage = {"Re-authentication Master Session Key@ietf.org", seq,
                                   sizeof seq};
  return emsk_kdf(hooks, root->key, sizeof root->key, &usage, rmsk, EAP_KEY_LENGTH);
}

/* keyName-NAI */

size_t erp_nai_write(const uint8_t name[EMSK_NAME_LENGTH], const uint8_t *realm,
                     size_t realm_length, uint8_t nai[ERP_NAI_MAX]) {
  static const char digits[] = "0123456789abcdef";
  assert(realm_length <= ERP_REALM_MAX);
  for (size_t i = 0; i < EMSK_NAME_LENGTH; i++) {
    nai[2 * i] = (uint8_t)digits[name[i] >> 4];
    nai[2 * i + 1] = (uint8_t)digits[name[i] & 0xf];
  }
  nai[ERP_NAI_NAME_LENGTH] = '@';
  memcpy(nai + ERP_NAI_NAME_LENGTH + 1, realm, realm_length);
  return ERP_NAI_NAME_LENGTH + 1 + realm_length;
}

static int digit_of(uint8_t octet) {
  if (octet >= '0' && octet <= '9')
    return octet - '0';
  const uint8_t lower = octet | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool erp_nai_read(const uint8_t *nai, size_t length, uint8_t name[EMSK_NAME_LENGTH],
                  const uint8_t **realm, size_t *realm_length) {
  if (length <= ERP_NAI_NAME_LENGTH + 1 || length > ERP_NAI_MAX || nai[ERP_NAI_NAME_LENGTH] != '@')
    return false;
  for (size_t i = 0; i < EMSK_NAME_LENGTH; i++) {
    const int high = digit_of(nai[2 * i]), low = digit_of(nai[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    name[i] = (uint8_t)(high << 4 | low);
  }
  *realm = nai + ERP_NAI_NAME_LENGTH + 1;
  *realm_length = length - ERP_NAI_NAME_LENGTH - 1;
  return true;
}
