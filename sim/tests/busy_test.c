/* Devices that take time to compute, through the program: the time is that of the primitives
 * computed, what arrives meanwhile waits or is lost, and others repeat themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

/* Microseconds of each primitive in the profile of the tests, in the order of primitives.def. */
static const struct {
  const char *name;
  unsigned us;
} PRIMITIVES[] = {
    {"aes128_key_schedule", 7},  {"aes128_block", 30},     {"sha256_block", 110},
    {"p256_keygen", 20000},      {"p256_ecdh", 50000},     {"p256_sign", 25000},
    {"p256_verify", 60000},      {"p256_decompress", 900}, {"x25519", 40000},
    {"aes256_key_schedule", 12}, {"aes256_block", 40},     {"ghash_block", 90},
    {"chacha20_block", 35},      {"poly1305_block", 50},   {"sha512_block", 300},
};
enum { PRIMITIVE_COUNT = sizeof PRIMITIVES / sizeof PRIMITIVES[0] };

/* A profile of nRF52840's processor in which each takes `scale` times as long; without `missing`.
 */
static void write_profile(const char *folder, const char *name, unsigned scale,
                          const char *missing) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("description: of a test\nprocessor: cortex-m4\n", file);
  for (size_t i = 0; i < PRIMITIVE_COUNT; i++)
    if (missing == NULL || strcmp(PRIMITIVES[i].name, missing) != 0)
      fprintf(file, "%s: {us: %u, assumption: of a test}\n", PRIMITIVES[i].name,
              scale * PRIMITIVES[i].us);
  assert_int_equal(fclose(file), 0);
}

/* `keys` of a spec, in which %s is the folder of the profile. */
static json_t *simulate(const char *folder, const char *keys) {
  char spec[1000], filled[900];
  snprintf(filled, sizeof filled, keys, folder, folder, folder);
  snprintf(spec, sizeof spec, "{%s}", filled);
  return shell_simulate(folder, spec, "");
}

static json_t *establish(const char *folder, const char *keys) {
  json_t *result = simulate(folder, keys);
  if (strcmp(shell_text(result, "outcome"), "established") != 0)
    fail_msg("%s: %s", keys, shell_text(result, "reason"));
  return result;
}

/* OSCORE with a cipher suite of CoAP-EAP. */
#define SUITE(number)                                                                              \
  ", \"lower_layer\": \"coap-eap-rfc9820\", \"cipher_suites_offered\": \"" number "\""

/* What a party's primitives take by the profile. */
static double primitives_ms(const json_t *result, const char *party) {
  const json_t *computed = json_object_get(json_object_get(result, "primitives"), party);
  assert_non_null(computed);
  double us = 0;
  for (size_t i = 0; i < PRIMITIVE_COUNT; i++) {
    const json_t *blocks = json_object_get(computed, PRIMITIVES[i].name);
    us += blocks == NULL ? 0 : (double)json_integer_value(blocks) * PRIMITIVES[i].us;
  }
  return us / 1000;
}

static bool is_near(double a, double b) {
  return a - b < 1e-6 && b - a < 1e-6;
}

/* Of each party alone and of all together: what it computed is the time that it took, and where
 * nobody was in a hurry all else is as before. */
static void test_time_is_that_of_primitives(void **state) {
  (void)state;
  static const char *const variants[] = {
      "",
      ", \"association\": \"dtls\"",
      ", \"aaa\": \"local\"",
      ", \"method\": \"eap-edhoc\"",
      ", \"method\": \"eap-edhoc\", \"edhoc_method\": 0, \"credential\": \"x5chain\"",
      ", \"method\": \"eap-edhoc\", \"edhoc_suite\": 0, \"aaa\": \"local\", \"hops\": 2",
      ", \"method\": \"eap-edhoc\", \"trigger\": \"off\", \"association\": \"dtls\"",
      SUITE("1"),
      SUITE("2"),
      SUITE("3"),
  };
  char *folder = shell_make_folder();
  write_profile(folder, "slow", 1, NULL);
  for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
    char keys[400];
    snprintf(keys, sizeof keys, "\"seed\": 3%s", variants[i]);
    json_t *quick = establish(folder, keys);
    snprintf(keys, sizeof keys,
             "\"seed\": 3, \"crypto\": \"%%s/slow.yaml\", "
             "\"authenticator_crypto\": \"%%s/slow.yaml\"%s",
             variants[i]);
    json_t *slow = establish(folder, keys);
    const double peer_ms = primitives_ms(slow, "peers"),
                 authenticator_ms = primitives_ms(slow, "authenticator");
    assert_true(is_near(shell_figure(slow, "cpu_peer_ms"), peer_ms));
    assert_true(is_near(shell_figure(slow, "cpu_authenticator_ms"), authenticator_ms));
    const double longer_ms = shell_figure(slow, "time_ms") - shell_figure(quick, "time_ms");
    assert_true(longer_ms > peer_ms / 2 && longer_ms < 1.1 * (peer_ms + authenticator_ms));
    assert_true(
        json_equal(json_object_get(slow, "primitives"), json_object_get(quick, "primitives")));
    assert_int_equal(shell_count(slow, "bytes_udp"), shell_count(quick, "bytes_udp"));
    json_decref(quick), json_decref(slow);
  }
  shell_remove(folder);
}

/* A peer that takes seconds for what it is asked is asked again, and answers all the same. */
static void test_slow_peers_are_asked_again(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  write_profile(folder, "slower", 40, NULL);
  json_t *result = establish(folder, "\"method\": \"eap-edhoc\", \"crypto\": \"%s/slower.yaml\"");
  assert_true(shell_count(result, "coap_retransmissions") > 0);
  assert_int_equal(shell_count(result, "datagrams_dropped_cpu"), 0);
  json_decref(result);
  shell_remove(folder);
}

/* Many ask one that computes for each of them: they wait their turn, or find no room. */
static void test_queue_is_bounded(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  write_profile(folder, "slow", 4, NULL);
  static const char many[] =
      "\"method\": \"eap-edhoc\", \"aaa\": \"local\", \"topology\": \"star\", "
      "\"peers\": 8, \"authenticator_crypto\": \"%%s/slow.yaml\", "
      "\"cpu_queue_datagrams\": %u";
  char keys[400];
  snprintf(keys, sizeof keys, many, 1);
  json_t *narrow = simulate(folder, keys);
  assert_true(shell_count(narrow, "datagrams_dropped_cpu") > 0);
  snprintf(keys, sizeof keys, many, 100);
  json_t *wide = establish(folder, keys);
  assert_int_equal(shell_count(wide, "datagrams_dropped_cpu"), 0);
  assert_true(is_near(shell_figure(wide, "cpu_authenticator_ms"),
                      4 * primitives_ms(wide, "authenticator")));
  assert_true(shell_figure(wide, "time_ms") > 4 * primitives_ms(wide, "authenticator"));
  json_decref(narrow), json_decref(wide);
  shell_remove(folder);
}

/* A primitive without a figure is named, and costs nothing less than the run. */
static void test_missing_figures_are_named(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  write_profile(folder, "partial", 1, "p256_ecdh");
  json_t *without = establish(folder, "\"crypto\": \"%s/partial.yaml\"");
  json_decref(without);
  json_t *with = simulate(folder, "\"method\": \"eap-edhoc\", \"crypto\": \"%s/partial.yaml\"");
  assert_string_equal(shell_text(with, "outcome"), "unsupported");
  assert_non_null(strstr(shell_text(with, "reason"), "p256_ecdh"));
  assert_non_null(strstr(shell_text(with, "reason"), "partial"));
  json_decref(with);
  shell_remove(folder);
}

/* A profile of one library that has the primitives of all cipher suites, and one that has those of
 * suite 0. */
static void test_profiles_of_cipher_suites(void **state) {
  (void)state;
  static const struct {
    const char *suite, *missing;
  } table[] = {
      {SUITE("0"), NULL},
      {SUITE("1"), "ghash_block"},
      {SUITE("2"), "sha512_block"},
      {SUITE("3"), "poly1305_block"},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    char keys[300];
    snprintf(keys, sizeof keys, "\"crypto\": \"cortex-m4-cifra\"%s", table[i].suite);
    json_decref(establish(folder, keys));
    snprintf(keys, sizeof keys, "\"crypto\": \"cortex-m4-asm\"%s", table[i].suite);
    json_t *result = simulate(folder, keys);
    if (table[i].missing == NULL) {
      assert_string_equal(shell_text(result, "outcome"), "established");
    } else {
      assert_string_equal(shell_text(result, "outcome"), "unsupported");
      assert_non_null(strstr(shell_text(result, "reason"), table[i].missing));
    }
    json_decref(result);
  }
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_time_is_that_of_primitives),
      cmocka_unit_test(test_slow_peers_are_asked_again),
      cmocka_unit_test(test_queue_is_bounded),
      cmocka_unit_test(test_missing_figures_are_named),
      cmocka_unit_test(test_profiles_of_cipher_suites),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
