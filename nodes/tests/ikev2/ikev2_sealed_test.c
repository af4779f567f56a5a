/* Encrypted payloads: libcrypto opens what is sealed, and seals what is opened; sizes; what is
 * hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>

#include "ikev2/sealed.h"

enum { AAD = 32, IV = 8, TAG = 8 };

static const struct ikev2_ccm_key KEY = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                                         {0xa1, 0xa2, 0xa3}};
static const struct ikev2_header HEADER = {.spi_i = {1, 2, 3, 4, 5, 6, 7, 8},
                                           .spi_r = {9, 8, 7, 6, 5, 4, 3, 2},
                                           .exchange = IKEV2_IKE_AUTH,
                                           .flags = IKEV2_FLAG_INITIATOR,
                                           .message_id = 1};

/* AES-128-CCM by libcrypto, with a nonce of 11 octets. `text` has the tag behind it. */
static bool second_ccm(bool encrypt, const struct ikev2_ccm_key *key, uint8_t *message,
                       size_t length, uint8_t *text_out) {
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  uint8_t nonce[11], *text = message + AAD + IV;
  const int text_length = (int)(length - AAD - IV - TAG);
  int written;
  memcpy(nonce, key->salt, 3);
  memcpy(nonce + 3, message + AAD, IV);
  assert_int_equal(EVP_CipherInit_ex(ctx, EVP_aes_128_ccm(), NULL, NULL, NULL, encrypt), 1);
  assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, 11, NULL), 1);
  assert_int_equal(
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, encrypt ? NULL : text + text_length), 1);
  assert_int_equal(EVP_CipherInit_ex(ctx, NULL, NULL, key->key, nonce, encrypt), 1);
  assert_int_equal(EVP_CipherUpdate(ctx, NULL, &written, NULL, text_length), 1);
  assert_int_equal(EVP_CipherUpdate(ctx, NULL, &written, message, AAD), 1);
  const bool good = EVP_CipherUpdate(ctx, text_out, &written, text, text_length) == 1;
  if (encrypt)
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, text + text_length), 1);
  EVP_CIPHER_CTX_free(ctx);
  return good;
}

struct sealed {
  uint8_t data[NODE_DATAGRAM_MAX], inner[NODE_DATAGRAM_MAX];
  struct span_list spans, inner_spans;
  struct span_writer out, inner_out;
};

/* Two payloads, or none. */
static void seal(struct sealed *sealed, struct ikev2_sealer *sealer, bool empty, bool marker) {
  static const uint8_t auth[32] = {7, 7, 7};
  const struct ikev2_id id = {IKEV2_ID_KEY_ID, (const uint8_t *)"EMSKname", 8};
  struct ikev2_composer chain;
  span_writer_init(&sealed->out, sealed->data, sizeof sealed->data, &sealed->spans);
  span_writer_init(&sealed->inner_out, sealed->inner, sizeof sealed->inner, &sealed->inner_spans);
  ikev2_compose_inner(&chain, &sealed->inner_out);
  if (!empty) {
    ikev2_put_id(&chain, IKEV2_PAYLOAD_IDI, &id);
    ikev2_put_auth(&chain, auth, sizeof auth);
  }
  assert_int_equal(ikev2_compose_end(&chain), 0);
  if (marker)
    ikev2_put_marker(&sealed->out);
  assert_int_equal(ikev2_seal(NULL, sealer, &HEADER, &chain, &sealed->out), 0);
}

/* In memory of exactly its length, so that a sanitizer sees every read beyond it. */
static int open_octets(const uint8_t *data, size_t length, const struct ikev2_ccm_key *key) {
  uint8_t *exact = malloc(length + 1), *plain = malloc(length + 1);
  struct ikev2_message message;
  struct ikev2_chain chain;
  struct ikev2_fault fault;
  assert_non_null(exact);
  assert_non_null(plain);
  memcpy(exact, data, length);
  int result = NODE_ERR_MALFORMED;
  if (ikev2_message_parse(exact, length, &message, &fault))
    result = ikev2_open(NULL, key, &message, plain, length, &chain, &fault);
  free(exact);
  free(plain);
  return result;
}

static void opens_what_is_sealed(void **state) {
  (void)state;
  static struct sealed sealed;
  struct ikev2_sealer sealer = {.key = KEY};
  struct ikev2_message message;
  struct ikev2_chain chain;
  struct ikev2_fault fault;
  uint8_t plain[NODE_DATAGRAM_MAX];
  seal(&sealed, &sealer, false, false);
  assert_true(ikev2_message_parse(sealed.data, sealed.out.length, &message, &fault));
  assert_int_equal(message.header.next_payload, IKEV2_PAYLOAD_SK);
  assert_int_equal(message.chain.count, 1);
  assert_int_equal(message.chain.items[0].next, IKEV2_PAYLOAD_IDI);
  assert_int_equal(ikev2_open(NULL, &KEY, &message, plain, sizeof plain, &chain, &fault), 0);
  assert_int_equal(chain.count, 2);
  assert_int_equal(chain.items[0].type, IKEV2_PAYLOAD_IDI);
  assert_int_equal(chain.items[1].type, IKEV2_PAYLOAD_AUTH);
  assert_memory_equal(plain, sealed.inner, sealed.inner_out.length);
  assert_int_equal(ikev2_open(NULL, &KEY, &message, plain, sealed.inner_out.length, &chain, &fault),
                   NODE_ERR_UNKNOWN); /* no room */
}

/* 49 octets with nothing inside; the rows of the payloads inside stay. */
static void sizes_and_rows(void **state) {
  (void)state;
  static struct sealed sealed;
  struct ikev2_sealer sealer = {.key = KEY};
  seal(&sealed, &sealer, true, false);
  assert_int_equal(sealed.out.length, 49);
  assert_int_equal(sealed.out.length, IKEV2_SEALED_OVERHEAD);
  assert_int_equal(open_octets(sealed.data, 49, &KEY), 0);
  seal(&sealed, &sealer, false, true);
  static const struct span expected[] = {{ROW_IKEV2_MARKER, 4},     {ROW_IKEV2_HEADER, 28},
                                         {ROW_IKEV2_ENCRYPTED, 12}, {ROW_IKEV2_ID, 16},
                                         {ROW_IKEV2_AUTH, 40},      {ROW_IKEV2_ENCRYPTED, 9}};
  assert_int_equal(sealed.spans.count, sizeof expected / sizeof expected[0]);
  for (size_t i = 0; i < sealed.spans.count; i++) {
    assert_int_equal(sealed.spans.item[i].row, expected[i].row);
    assert_int_equal(sealed.spans.item[i].length, expected[i].length);
  }
  assert_int_equal(open_octets(sealed.data + 4, sealed.out.length - 4, &KEY), 0);
}

static void libcrypto_opens_it(void **state) {
  (void)state;
  static struct sealed sealed;
  struct ikev2_sealer sealer = {.key = KEY};
  uint8_t plain[NODE_DATAGRAM_MAX];
  for (unsigned i = 0; i < 4; i++) {
    seal(&sealed, &sealer, i % 2 == 1, false);
    assert_int_equal(sealed.data[AAD + IV - 1], i); /* the IV never comes again */
    assert_true(second_ccm(false, &KEY, sealed.data, sealed.out.length, plain));
    assert_memory_equal(plain, sealed.inner, sealed.inner_out.length);
    assert_int_equal(plain[sealed.inner_out.length], 0); /* Pad Length */
  }
}

/* A message whose Encrypted payload has this plaintext, sealed by libcrypto. */
static size_t second_seal(uint8_t *data, uint8_t next, const uint8_t *plain, size_t length) {
  const size_t whole = AAD + IV + length + TAG, payload = whole - 28;
  const uint8_t tail[] = {0, 0, 0, (uint8_t)whole, next, 0, 0, (uint8_t)payload};
  memset(data, 3, whole);
  data[16] = IKEV2_PAYLOAD_SK;
  data[17] = IKEV2_VERSION;
  memcpy(data + 24, tail, sizeof tail);
  memcpy(data + AAD + IV, plain, length);
  assert_true(second_ccm(true, &KEY, data, whole, data + AAD + IV));
  return whole;
}

/* What verifies may still be malformed: then it is the other end that did it. */
static void what_is_inside(void **state) {
  (void)state;
  static const struct {
    uint8_t next, plain[24];
    size_t length;
    int result;
  } CASES[] = {
      {0, {0}, 1, 0},
      {0, {0, 0, 0, 3}, 4, 0},                  /* padding of 3 */
      {0, {1, 2, 3, 4}, 4, NODE_ERR_MALFORMED}, /* longer than what is there */
      {0, {0xff}, 1, NODE_ERR_MALFORMED},
      {43, {0, 0, 0, 4, 5}, 5, NODE_ERR_MALFORMED},
      {43, {0, 0, 0, 4, 0, 1}, 6, 0},
      {43, {0, 0, 0, 4, 1}, 5, NODE_ERR_MALFORMED}, /* it would cut into the payload */
      {0, {1, 2, 0}, 3, NODE_ERR_MALFORMED},        /* octets that no payload has */
      {41, {0, 0, 0, 8, 0, 0, 64, 0, 0}, 9, 0},
      {41, {0, 0, 0, 8, 0, 0, 64, 0, 9, 9, 2}, 11, 0},
      {41, {0, 0, 0, 7, 0, 0, 64, 0}, 8, NODE_ERR_MALFORMED},
      {41, {0, 0, 0, 9, 0, 0, 64, 0, 0}, 9, NODE_ERR_MALFORMED},
      {200, {0, 0, 0, 4, 0}, 5, 0},
      {200, {0, 0x80, 0, 4, 0}, 5, NODE_ERR_MALFORMED}, /* critical */
      {46, {0, 0, 0, 4, 0}, 5, NODE_ERR_MALFORMED},     /* Encrypted in Encrypted */
  };
  uint8_t data[200];
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const size_t length = second_seal(data, CASES[i].next, CASES[i].plain, CASES[i].length);
    assert_int_equal(open_octets(data, length, &KEY), CASES[i].result);
  }
}

static void what_is_changed_or_cut_does_not_open(void **state) {
  (void)state;
  static struct sealed sealed;
  struct ikev2_sealer sealer = {.key = KEY};
  struct ikev2_ccm_key other = KEY;
  seal(&sealed, &sealer, false, false);
  for (size_t bit = 0; bit < 8 * sealed.out.length; bit++) {
    sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_true(open_octets(sealed.data, sealed.out.length, &KEY) < 0);
    sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  for (size_t length = 0; length < sealed.out.length; length++) {
    assert_int_equal(open_octets(sealed.data, length, &KEY), NODE_ERR_MALFORMED);
    if (length < AAD)
      continue;
    uint8_t cut[NODE_DATAGRAM_MAX]; /* with lengths that agree */
    memcpy(cut, sealed.data, length);
    cut[27] = (uint8_t)length;
    cut[31] = (uint8_t)(length - 28);
    assert_int_equal(open_octets(cut, length, &KEY),
                     length < AAD + IV + 1 + TAG ? NODE_ERR_UNKNOWN : NODE_ERR_VERIFY);
  }
  other.salt[2] ^= 1;
  assert_int_equal(open_octets(sealed.data, sealed.out.length, &other), NODE_ERR_VERIFY);
  assert_int_equal(open_octets(sealed.data, sealed.out.length, &KEY), 0);
}

static void what_does_not_fit(void **state) {
  (void)state;
  static struct sealed sealed;
  struct ikev2_sealer sealer = {.key = KEY};
  struct ikev2_composer chain;
  seal(&sealed, &sealer, false, false);
  const size_t whole = sealed.out.length;
  span_writer_init(&sealed.inner_out, sealed.inner, 56, NULL);
  ikev2_compose_inner(&chain, &sealed.inner_out);
  ikev2_put_auth(&chain, sealed.data, 48);
  assert_int_equal(ikev2_compose_end(&chain), 0);
  for (size_t room = 0; room <= whole; room++) {
    uint8_t *exact = malloc(room + 1);
    struct span_writer out;
    span_writer_init(&out, exact, room, NULL);
    assert_int_equal(ikev2_seal(NULL, &sealer, &HEADER, &chain, &out),
                     room < whole ? NODE_ERR_TOO_LONG : 0);
    free(exact);
  }
  ikev2_put_auth(&chain, sealed.data, 48);
  assert_int_equal(ikev2_compose_end(&chain), NODE_ERR_TOO_LONG);
  assert_int_equal(ikev2_seal(NULL, &sealer, &HEADER, &chain, &sealed.out), NODE_ERR_TOO_LONG);
  sealer.sealed = UINT64_MAX;
  assert_int_equal(ikev2_seal(NULL, &sealer, &HEADER, &chain, &sealed.out), NODE_ERR_EXHAUSTED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(opens_what_is_sealed),
      cmocka_unit_test(sizes_and_rows),
      cmocka_unit_test(libcrypto_opens_it),
      cmocka_unit_test(what_is_inside),
      cmocka_unit_test(what_is_changed_or_cut_does_not_open),
      cmocka_unit_test(what_does_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
