/* ESP and UDP, written apart from nodes/. */
#include "second_esp.h"

#include <openssl/evp.h>
#include <string.h>

enum { NONCE = 11, TAG = 8, AAD = 8, IV = 8, KEY = 16, SALT = 3 };

static void make_nonce(const struct second_esp *sa, const uint8_t *packet, uint8_t nonce[NONCE]) {
  static const uint8_t zeros[4] = {0};
  memcpy(nonce, sa->key + KEY, SALT);
  if (sa->implicit_iv) {
    memcpy(nonce + SALT, zeros, sizeof zeros);
    memcpy(nonce + SALT + sizeof zeros, packet + 4, 4);
  } else {
    memcpy(nonce + SALT, packet + AAD, IV);
  }
}

/* Runs AES-CCM over `length` octets at `in`; the tag is read or written. */
static bool run_ccm(const struct second_esp *sa, bool seals, const uint8_t *packet,
                    const uint8_t *in, size_t length, uint8_t *out, uint8_t *tag) {
  uint8_t nonce[NONCE];
  int written = 0;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  make_nonce(sa, packet, nonce);
  bool good = context != NULL &&
              EVP_CipherInit_ex(context, EVP_aes_128_ccm(), NULL, NULL, NULL, seals) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, seals ? NULL : tag) == 1 &&
              EVP_CipherInit_ex(context, NULL, NULL, sa->key, nonce, seals) == 1 &&
              EVP_CipherUpdate(context, NULL, &written, NULL, (int)length) == 1 &&
              EVP_CipherUpdate(context, NULL, &written, packet, AAD) == 1 &&
              EVP_CipherUpdate(context, out, &written, in, (int)length) == 1;
  if (good && seals)
    good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1;
  EVP_CIPHER_CTX_free(context);
  return good;
}

int second_esp_open(const struct second_esp *sa, const uint8_t *packet, size_t length,
                    uint8_t *inside, uint8_t *next_header) {
  const size_t clear = sa->implicit_iv ? AAD : AAD + IV;
  uint8_t tag[TAG];
  if (length < clear + 2 + TAG)
    return -1;
  const size_t sealed = length - clear - TAG;
  memcpy(tag, packet + length - TAG, TAG);
  if (!run_ccm(sa, false, packet, packet + clear, sealed, inside, tag))
    return -1;
  const size_t padding = inside[sealed - 2];
  if (padding > sealed - 2)
    return -1;
  for (size_t i = 1; i <= padding; i++)
    if (inside[sealed - 2 - padding + i - 1] != i)
      return -1;
  *next_header = inside[sealed - 1];
  return (int)(sealed - 2 - padding);
}

int second_esp_seal(const struct second_esp *sa, uint32_t spi, uint32_t sequence,
                    const uint8_t iv[8], const uint8_t *inside, size_t length, uint8_t next_header,
                    uint8_t *packet) {
  uint8_t plain[2048];
  uint8_t *at = packet;
  size_t padding = 0;
  for (int shift = 24; shift >= 0; shift -= 8)
    *at++ = (uint8_t)(spi >> shift);
  for (int shift = 24; shift >= 0; shift -= 8)
    *at++ = (uint8_t)(sequence >> shift);
  if (!sa->implicit_iv) {
    memcpy(at, iv, IV);
    at += IV;
  }
  if (length > sizeof plain - 8)
    return -1;
  memcpy(plain, inside, length);
  while ((length + padding + 2) % 4 != 0) {
    plain[length + padding] = (uint8_t)(padding + 1);
    padding++;
  }
  plain[length + padding] = (uint8_t)padding;
  plain[length + padding + 1] = next_header;
  const size_t sealed = length + padding + 2;
  if (!run_ccm(sa, true, packet, plain, sealed, at, at + sealed))
    return -1;
  return (int)((size_t)(at - packet) + sealed + TAG);
}

bool second_udp_is_right(const uint8_t source[16], const uint8_t destination[16],
                         const uint8_t *segment, size_t length) {
  uint64_t sum = length + 17;
  if (length < 8 || (size_t)(segment[4] * 256 + segment[5]) != length)
    return false;
  for (size_t i = 0; i < 16; i++)
    sum += (uint64_t)(source[i] + destination[i]) * (i % 2 == 0 ? 256 : 1);
  for (size_t i = 0; i < length; i++)
    sum += (uint64_t)segment[i] * (i % 2 == 0 ? 256 : 1);
  return sum % 65535 == 0 && (segment[6] != 0 || segment[7] != 0);
}
