/* MS-MPPE-Send-Key and MS-MPPE-Recv-Key (RFC 2548 sections 2.4.2 and 2.4.3). */
#include "mppe.h"

#include "../crypto/crypto.h"

#include <string.h>

enum {
  VENDOR_MICROSOFT = 311,
  TYPE_SEND_KEY = 16,
  TYPE_RECV_KEY = 17,
  VENDOR_ID_LENGTH = 4,
  VENDOR_HEAD = 6, /* Vendor-Id, Vendor-Type, Vendor-Length */
  MPPE_SALT_LENGTH = 2,
  BLOCK = CRYPTO_MD5_LENGTH,
  KEY_LENGTH = RADIUS_MSK_LENGTH / 2,
  PLAIN_LENGTH = (1 + KEY_LENGTH + BLOCK - 1) / BLOCK * BLOCK, /* Key-Length, Key, padding */
  STRING_MAX = 240, /* encrypted octets that an attribute has room for */
};

static const uint8_t VENDOR_ID[VENDOR_ID_LENGTH] = {0, 0, VENDOR_MICROSOFT >> 8,
                                                    VENDOR_MICROSOFT & 0xff};

/* Encrypts or decrypts in place: each block with MD5 of the secret and the encrypted block before
 * it; the first with MD5(secret | Request Authenticator | salt). */
static int apply_pads(uint8_t *octets, size_t length, bool decrypt,
                      const uint8_t salt[MPPE_SALT_LENGTH], const uint8_t request_authenticator[16],
                      const struct radius_secret *secret) {
  uint8_t pad[BLOCK], encrypted[BLOCK];
  struct crypto_slice slices[] = {{secret->octets, secret->length},
                                  {request_authenticator, RADIUS_AUTHENTICATOR_LENGTH},
                                  {salt, MPPE_SALT_LENGTH}};
  size_t slice_count = 3;
  int error = 0;
  for (size_t at = 0; error == 0 && at < length; at += BLOCK) {
    error = crypto_md5(slices, slice_count, pad); /* b(i) */
    if (decrypt)                                  /* c(i) */
      memcpy(encrypted, octets + at, BLOCK);
    for (size_t i = 0; i < BLOCK; i++) /* p(i) xor b(i), or c(i) xor b(i) */
      octets[at + i] ^= pad[i];
    if (!decrypt) /* c(i) */
      memcpy(encrypted, octets + at, BLOCK);
    slices[1] = (struct crypto_slice){encrypted, BLOCK};
    slice_count = 2;
  }
  crypto_wipe(pad, sizeof pad);
  return error;
}

static int add_key(struct span_writer *out, uint8_t type, const uint8_t key[KEY_LENGTH],
                   const uint8_t salt[MPPE_SALT_LENGTH], const uint8_t request_authenticator[16],
                   const struct radius_secret *secret) {
  uint8_t value[VENDOR_HEAD + MPPE_SALT_LENGTH + PLAIN_LENGTH] = {
      0, 0, VENDOR_MICROSOFT >> 8, VENDOR_MICROSOFT & 0xff, type, sizeof value - 4};
  memcpy(value + VENDOR_HEAD, salt, MPPE_SALT_LENGTH); /* Salt */
  uint8_t *plain = value + VENDOR_HEAD + MPPE_SALT_LENGTH;
  plain[0] = KEY_LENGTH;              /* Key-Length */
  memcpy(plain + 1, key, KEY_LENGTH); /* Key */
  const int error = apply_pads(plain, PLAIN_LENGTH, false, salt, request_authenticator, secret);
  if (error == 0)
    radius_add(out, RADIUS_VENDOR_SPECIFIC, value, sizeof value);
  crypto_wipe(value, sizeof value);
  return error;
}

int radius_mppe_add(struct span_writer *out, const uint8_t msk[RADIUS_MSK_LENGTH],
                    const uint8_t request_authenticator[16], const struct radius_secret *secret,
                    const struct node_hooks *hooks) {
  /* The most significant bit of a salt is set, and no two of a packet are the same. */
  uint8_t salt[MPPE_SALT_LENGTH];
  node_random(hooks, salt, sizeof salt);
  salt[0] |= 0x80;
  /* MS-MPPE-Recv-Key */
  int error = add_key(out, TYPE_RECV_KEY, msk, salt, request_authenticator, secret);
  salt[1] ^= 1;
  if (error == 0) /* MS-MPPE-Send-Key */
    error = add_key(out, TYPE_SEND_KEY, msk + KEY_LENGTH, salt, request_authenticator, secret);
  return error;
}

/* The String (salt and encrypted octets) of the one attribute of this vendor type. */
static int find_string(const struct radius_packet *packet, uint8_t type, const uint8_t **string,
                       size_t *length) {
  struct radius_attribute attribute;
  size_t at = 0;
  *string = NULL;
  while (radius_attribute_next(packet, &at, &attribute)) {
    const uint8_t *value = attribute.value;
    if (attribute.type != RADIUS_VENDOR_SPECIFIC || attribute.length < VENDOR_HEAD ||
        memcmp(value, VENDOR_ID, sizeof VENDOR_ID) != 0 || value[4] != type)
      continue;
    if (*string != NULL || value[5] != attribute.length - sizeof VENDOR_ID)
      return NODE_ERR_MALFORMED;
    *string = value + VENDOR_HEAD;
    *length = attribute.length - VENDOR_HEAD;
  }
  return *string == NULL ? NODE_ERR_UNKNOWN : 0;
}

static int find_key(const struct radius_packet *packet, uint8_t type,
                    const uint8_t request_authenticator[16], const struct radius_secret *secret,
                    uint8_t key[KEY_LENGTH]) {
  const uint8_t *string;
  size_t length;
  int error = find_string(packet, type, &string, &length);
  if (error < 0)
    return error;
  uint8_t plain[STRING_MAX];
  if (length < MPPE_SALT_LENGTH + 1 + KEY_LENGTH || (length - MPPE_SALT_LENGTH) % BLOCK != 0 ||
      length - MPPE_SALT_LENGTH > sizeof plain)
    return NODE_ERR_MALFORMED;
  length -= MPPE_SALT_LENGTH;
  memcpy(plain, string + MPPE_SALT_LENGTH, length);
  error = apply_pads(plain, length, true, string, request_authenticator, secret);
  if (error == 0 && plain[0] != KEY_LENGTH)
    error = NODE_ERR_MALFORMED;
  if (error == 0)
    memcpy(key, plain + 1, KEY_LENGTH);
  crypto_wipe(plain, sizeof plain);
  return error;
}

int radius_mppe_find(const struct radius_packet *packet, const uint8_t request_authenticator[16],
                     const struct radius_secret *secret, uint8_t msk[RADIUS_MSK_LENGTH]) {
  /* MS-MPPE-Recv-Key */
  int error = find_key(packet, TYPE_RECV_KEY, request_authenticator, secret, msk);
  if (error == 0) /* MS-MPPE-Send-Key */
    error = find_key(packet, TYPE_SEND_KEY, request_authenticator, secret, msk + KEY_LENGTH);
  if (error < 0)
    crypto_wipe(msk, RADIUS_MSK_LENGTH);
  return error;
}

/* Salt and encrypted octets, from one hop to the other. */
static int forward_string(uint8_t *string, size_t length, const struct radius_hop *from,
                          const struct radius_hop *to) {
  if (length < MPPE_SALT_LENGTH + BLOCK || (length - MPPE_SALT_LENGTH) % BLOCK != 0)
    return NODE_ERR_MALFORMED;
  uint8_t *octets = string + MPPE_SALT_LENGTH;
  length -= MPPE_SALT_LENGTH;
  const int error =
      apply_pads(octets, length, true, string, from->request_authenticator, from->secret);
  if (error < 0)
    return error;
  return apply_pads(octets, length, false, string, to->request_authenticator, to->secret);
}

int radius_mppe_forward(uint8_t *value, size_t length, const struct radius_hop *from,
                        const struct radius_hop *to) {
  if (length < VENDOR_ID_LENGTH || memcmp(value, VENDOR_ID, sizeof VENDOR_ID) != 0)
    return 0;
  const size_t head = VENDOR_HEAD - VENDOR_ID_LENGTH;
  int error = 0;
  for (size_t at = VENDOR_ID_LENGTH; error == 0 && at < length; at += value[at + 1]) {
    if (length - at < head || value[at + 1] < head || value[at + 1] > length - at)
      return NODE_ERR_MALFORMED;
    if (value[at] == TYPE_SEND_KEY || value[at] == TYPE_RECV_KEY)
      error = forward_string(value + at + head, value[at + 1] - head, from, to);
  }
  return error;
}
