/* What the library allocates and computes is counted in the account that is open, exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mbedtls/host.h"

#include <mbedtls/cipher.h>
#include <mbedtls/md.h>

static void test_host_memory(void **state) {
  struct mbedtls_host_account first = {0}, second = {0};
  (void)state;
  assert_null(mbedtls_host_open(&first));
  void *const a = mbedtls_host_calloc(3, 7);
  assert_ptr_equal(mbedtls_host_open(&second), &first);
  void *const b = mbedtls_host_calloc(1, 100);
  mbedtls_host_free(a); /* given back to the account that it was taken from */
  assert_ptr_equal(mbedtls_host_open(NULL), &second);
  void *const c = mbedtls_host_calloc(1, 1000);
  assert_int_equal(first.bytes, 0);
  assert_int_equal(first.bytes_peak, 21);
  assert_int_equal(second.bytes, 100);
  mbedtls_host_free(b);
  mbedtls_host_free(c);
  mbedtls_host_free(NULL);
  assert_int_equal(second.bytes, 0);
  assert_int_equal(second.bytes_peak, 100);
}

static void test_memory_is_zero_and_bounded(void **state) {
  static const uint8_t zero[64];
  (void)state;
  void *const memory = mbedtls_host_calloc(8, 8);
  assert_memory_equal(memory, zero, sizeof zero);
  assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
  mbedtls_host_free(memory);
  volatile size_t much = SIZE_MAX / 2 + 1;
  assert_null(mbedtls_host_calloc(much, 2));
  assert_null(mbedtls_host_calloc(1, SIZE_MAX - 1));
}

/* The library's own memory. */
static void test_library_memory(void **state) {
  struct mbedtls_host_account account = {0};
  mbedtls_md_context_t md;
  (void)state;
  mbedtls_md_init(&md);
  mbedtls_host_open(&account);
  assert_int_equal(mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1), 0);
  assert_in_range(account.bytes, 64, 1024);
  mbedtls_host_open(NULL);
  mbedtls_md_free(&md);
  assert_int_equal(account.bytes, 0);
}

/* RFC 6234 section 4.1: one bit and eight octets are added, and zeros up to a whole block. */
static void test_sha256(void **state) {
  static const uint8_t text[300];
  uint8_t hash[32];
  (void)state;
  for (size_t length = 0; length <= sizeof text; length++)
    for (size_t head = 0; head <= length; head += 13) {
      struct mbedtls_host_account account = {0};
      mbedtls_md_context_t md;
      mbedtls_md_init(&md);
      assert_int_equal(mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0), 0);
      mbedtls_host_open(&account);
      assert_int_equal(mbedtls_md_starts(&md), 0);
      assert_int_equal(mbedtls_md_update(&md, text, head), 0);
      assert_int_equal(mbedtls_md_update(&md, text + head, length - head), 0);
      assert_int_equal(mbedtls_md_finish(&md, hash), 0);
      mbedtls_host_open(NULL);
      mbedtls_md_free(&md);
      assert_int_equal(account.sha256_blocks, (length + 1 + 8 + 63) / 64);
      assert_int_equal(account.aes_blocks + account.aes_key_schedules, 0);
    }
}

static void encrypt(struct mbedtls_host_account *account) {
  static const uint8_t zero[16];
  mbedtls_cipher_context_t cipher;
  uint8_t out[16];
  size_t length;
  mbedtls_cipher_init(&cipher);
  assert_int_equal(
      mbedtls_cipher_setup(&cipher, mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_AES_128_ECB)), 0);
  mbedtls_host_open(account);
  assert_int_equal(mbedtls_cipher_setkey(&cipher, zero, 128, MBEDTLS_ENCRYPT), 0);
  for (int i = 0; i < 3; i++)
    assert_int_equal(mbedtls_cipher_update(&cipher, zero, sizeof zero, out, &length), 0);
  mbedtls_host_open(NULL);
  mbedtls_cipher_free(&cipher);
}

static void test_aes(void **state) {
  struct mbedtls_host_account account = {0}, unmetered = {.unmetered = true};
  (void)state;
  encrypt(&account);
  assert_int_equal(account.aes_key_schedules, 1);
  assert_int_equal(account.aes_blocks, 3);
  assert_int_equal(account.sha256_blocks, 0);
  encrypt(&unmetered);
  assert_int_equal(unmetered.aes_key_schedules + unmetered.aes_blocks, 0);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_host_memory),
      cmocka_unit_test(test_memory_is_zero_and_bounded),
      cmocka_unit_test(test_library_memory),
      cmocka_unit_test(test_sha256),
      cmocka_unit_test(test_aes),
  };
  return cmocka_run_group_tests_name("mbedtls_host", tests, NULL, NULL);
}
