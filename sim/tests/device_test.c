/* Devices of the parties: whose figures they have, what is refused, what of it is the identity of a
 * run, and how long computing takes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"
#include "spec/device.h"
#include "spec/key.h"
#include "spec/sheet.h"

#define SERVER "\"aaa_platform_figures\": \"processor=s clock_mhz=1000\", \"aaa_platform\": \"x\""
#define NODE_FIGURES                                                                               \
  "supply_v=2 transmit_ma=4 receive_ma=3 sleep_ua=9 cpu_active_ma=7 cpu_idle_ma=1 clock_mhz=48"
#define NODE "processor=cortex-m0 accelerator=box " NODE_FIGURES

static void parse(const char *text, struct spec *spec) {
  char error[SPEC_ERROR_MAX];
  if (!spec_parse(text, spec, error))
    fail_msg("%s: %s", text, error);
}

static bool near(double a, double b) {
  return fabs(a - b) < 1e-12;
}

static void test_parties(void **state) {
  (void)state;
  struct spec spec;
  parse("{}", &spec);
  assert_true(near(spec_device(&spec, PARTY_PEERS)->platform.transmit_ma, 6.40));
  assert_true(near(spec_device(&spec, PARTY_AUTHENTICATOR)->platform.transmit_ma, 6.40));
  assert_true(near(spec_device(&spec, PARTY_PEERS)->platform.listen_ma, 6.53));
  assert_false(spec_device(&spec, PARTY_RELAYS)->exists); /* there are none */
  assert_false(spec_device(&spec, PARTY_AAA)->exists);
  for (size_t i = 0; i < PARTY_COUNT; i++) {
    assert_false(spec_device(&spec, (enum party)i)->computes);
    assert_string_equal(spec_crypto(&spec, (enum party)i), "none");
  }
  assert_string_equal(spec.crypto_figures, "");

  parse("{\"hops\": 2, \"platform\": \"z1\"}", &spec);
  assert_true(near(spec_device(&spec, PARTY_RELAYS)->platform.transmit_ma, 17.4));
  assert_true(near(spec_device(&spec, PARTY_AUTHENTICATOR)->platform.transmit_ma, 17.4));
  assert_string_equal(spec.relay_platform_figures, spec.platform_figures);

  parse("{\"hops\": 2, \"platform\": \"z1\", \"relay_platform\": \"cc2538\", "
        "\"authenticator_platform\": \"nrf52840\", \"authenticator_crypto\": \"cortex-m4-asm\"}",
        &spec);
  assert_true(near(spec_device(&spec, PARTY_PEERS)->platform.transmit_ma, 17.4));
  assert_true(near(spec_device(&spec, PARTY_RELAYS)->platform.transmit_ma, 24));
  assert_true(near(spec_device(&spec, PARTY_AUTHENTICATOR)->platform.transmit_ma, 6.40));
  assert_false(spec_device(&spec, PARTY_PEERS)->computes);
  assert_true(spec_device(&spec, PARTY_AUTHENTICATOR)->computes);
  assert_string_equal(spec_crypto(&spec, PARTY_AUTHENTICATOR), "cortex-m4-asm");

  parse("{" SERVER ", \"aaa_crypto\": \"x\", \"aaa_crypto_figures\": \"processor=s x25519=5\"}",
        &spec);
  assert_true(spec_device(&spec, PARTY_AAA)->computes);
  assert_false(spec_device(&spec, PARTY_AAA)->platform.has_radio);
  parse("{\"aaa\": \"local\", \"aaa_platform\": \"x\", \"aaa_crypto\": \"x\"}", &spec);
  assert_false(spec_device(&spec, PARTY_AAA)->exists); /* the keys have no effect */

  spec_init(&spec);
  assert_true(near(spec_device(&spec, PARTY_PEERS)->platform.transmit_ma, 6.40));
}

static void test_active_current(void **state) {
  (void)state;
  struct spec spec;
  parse("{\"platform_figures\": \"" NODE "\", \"crypto\": \"x\", "
        "\"crypto_figures\": \"processor=cortex-m0 x25519=1\"}",
        &spec);
  assert_true(near(spec_device(&spec, PARTY_PEERS)->active_ma, 7));
  parse("{\"platform_figures\": \"" NODE "\", \"crypto\": \"x\", "
        "\"crypto_figures\": \"processor=cortex-m0 active_ma=5 accelerator=box x25519=1\"}",
        &spec);
  assert_true(near(spec_device(&spec, PARTY_PEERS)->active_ma, 5));
}

/* At 48 MHz: 100 cycles are 2083.33 ns; 10.5 us are that at any clock. */
static void test_compute(void **state) {
  (void)state;
  struct spec spec;
  parse("{\"platform_figures\": \"" NODE "\", \"crypto\": \"x\", \"crypto_figures\": "
        "\"processor=cortex-m0 aes128_block=100 p256_sign=10.5us x25519=1e12 sha256_block=0\"}",
        &spec);
  static const struct {
    enum node_primitive primitive;
    uint32_t blocks;
    uint64_t ns;
  } cases[] = {
      {NODE_PRIMITIVE_AES_BLOCK, 1, 2083},
      {NODE_PRIMITIVE_AES_BLOCK, 2, 4167},
      {NODE_PRIMITIVE_AES_BLOCK, 3, 6250},
      {NODE_PRIMITIVE_AES_BLOCK, 0, 0},
      {NODE_PRIMITIVE_P256_SIGN, 1, 10500},
      {NODE_PRIMITIVE_P256_SIGN, 7, 73500},
      {NODE_PRIMITIVE_SHA256_BLOCK, 9, 0},
      {NODE_PRIMITIVE_X25519, 1, 20833333333333},
      {NODE_PRIMITIVE_X25519, UINT32_MAX, UINT64_C(1) << 62},
  };
  const struct device *device = spec_device(&spec, PARTY_PEERS);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint64_t ns;
    assert_true(device_compute_ns(device, cases[i].primitive, cases[i].blocks, &ns));
    assert_int_equal(ns, cases[i].ns);
  }
  uint64_t ns;
  assert_false(device_compute_ns(device, NODE_PRIMITIVE_P256_VERIFY, 1, &ns)); /* no figure */
  assert_false(
      device_compute_ns(spec_device(&spec, PARTY_AUTHENTICATOR), NODE_PRIMITIVE_AES_BLOCK, 1, &ns));
  assert_false(device_compute_ns(spec_device(&spec, PARTY_AAA), NODE_PRIMITIVE_AES_BLOCK, 1, &ns));
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *error;
  } cases[] = {
      {"{\"platform\": \"z2\"}", "platform: there is no \"z2\"; did you mean \"z1\"? it takes "
                                 "cc2538, nrf52840, z1, or the path of a file that "},
      {"{\"platform\": \"\"}", "platform: there is no \"\""},
      {"{\"platform\": \"no.yaml\"}", "platform: no.yaml: No such file"},
      {"{\"authenticator_platform\": \"z2\"}", "authenticator_platform: there is no \"z2\""},
      {"{\"hops\": 2, \"relay_platform\": \"z2\"}", "relay_platform: there is no \"z2\""},
      {"{\"platform_figures\": \"processor=x\"}", "platform_figures: clock_mhz is missing"},
      {"{\"platform_figures\": \"processor=x clock_mhz=1\"}",
       "platform_figures: this has no radio's figures"},
      {"{\"crypto\": \"fast\"}", "crypto: there is no \"fast\"; it takes "},
      {"{\"platform\": \"z1\", \"crypto\": \"cortex-m4-asm\"}",
       "crypto: \"cortex-m4-asm\" is for the processor cortex-m4, and platform has msp430"},
      {"{\"platform\": \"z1\", \"authenticator_crypto\": \"cortex-m4-asm\"}",
       "authenticator_crypto: \"cortex-m4-asm\" is for the processor cortex-m4, and "
       "authenticator_platform has msp430"},
      {"{\"crypto\": \"x\", \"crypto_figures\": \"processor=cortex-m4 accelerator=y x25519=1\"}",
       "crypto: \"x\" is for the accelerator y, and platform has "},
      {"{\"platform_figures\": \"processor=p " NODE_FIGURES "\", \"crypto\": \"x\", "
       "\"crypto_figures\": \"processor=p accelerator=y x25519=1\"}",
       "crypto: \"x\" is for the accelerator y, and platform has none"},
      {"{\"aaa_crypto\": \"cortex-m4-asm\"}",
       "aaa_crypto: \"cortex-m4-asm\" needs a platform, and aaa_platform names none"},
      {"{\"crypto_figures\": \"processor=p x25519=1\"}",
       "crypto_figures: figures are given, but crypto names nothing"},
      {"{\"aaa_platform_figures\": \"processor=p clock_mhz=1\"}",
       "aaa_platform_figures: figures are given, but aaa_platform names nothing"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    char error[SPEC_ERROR_MAX];
    assert_false(spec_parse(cases[i].text, &spec, error));
    if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
      fail_msg("%s: %s", cases[i].text, error);
    assert_true(spec_device(&spec, PARTY_PEERS)->exists); /* the default's */
  }
}

static void assert_keys(const char *a, const char *b, bool same) {
  struct spec spec;
  char keys[2][SPEC_KEY_LENGTH + 1];
  parse(a, &spec);
  spec_key(&spec, keys[0]);
  parse(b, &spec);
  spec_key(&spec, keys[1]);
  if ((strcmp(keys[0], keys[1]) == 0) != same)
    fail_msg("%s\n%s", a, b);
}

#define FIGURES_OF(figures)                                                                        \
  "{\"platform\": \"x\", \"platform_figures\": \"processor=p " figures "\"}"

/* Figures are the identity, names are not. */
static void test_identity(void **state) {
  (void)state;
  assert_keys("{}", "{\"authenticator_platform\": \"nrf52840\"}", true);
  assert_keys("{}", "{\"authenticator_platform\": \"cc2538\"}", false);
  assert_keys("{}", "{\"platform\": \"cc2538\"}", false);
  assert_keys("{}", "{\"relay_platform\": \"cc2538\"}", true); /* no relays */
  assert_keys("{\"hops\": 2}", "{\"hops\": 2, \"relay_platform\": \"cc2538\"}", false);
  assert_keys("{}", "{\"crypto\": \"cortex-m4-asm\"}", false);
  assert_keys("{\"crypto\": \"cortex-m4-asm\"}", "{\"crypto\": \"cortex-m4-p256m\"}", false);
  assert_keys("{}", "{" SERVER "}", false);
  assert_keys(FIGURES_OF(NODE_FIGURES), FIGURES_OF("  " NODE_FIGURES), true);
  static const struct sheet_row *rows;
  size_t count;
  rows = sheet_rows(SHEET_PLATFORM, &count);
  for (size_t i = 0; i < count; i++) {
    static const char base[] = "processor=p supply_v=2 transmit_ma=4 receive_ma=3 listen_ma=2 "
                               "turnaround_ma=2 sleep_ua=9 cpu_active_ma=7 cpu_idle_ma=1 "
                               "clock_mhz=48 ";
    char a[600], b[600], *place;
    snprintf(a, sizeof a, "{\"platform_figures\": \"%s\"}", base);
    strcpy(b, a);
    place = strchr(strstr(b, rows[i].name), '=') + 1;
    *place = '5';
    assert_keys(a, b, false);
  }
}

/* A specification that was written out is the same when it is read, though the file that it names
 * is gone or says something else. */
static void test_stored_spec(void **state) {
  (void)state;
  char *folder = shell_make_folder(), text[1000], error[SPEC_ERROR_MAX];
  char keys[3][SPEC_KEY_LENGTH + 1];
  struct spec spec;
  snprintf(text, sizeof text, "%s/mine.yaml", folder);
  FILE *file = fopen(text, "w");
  assert_non_null(file);
  fputs("description: d\nprocessor: cortex-m4\nx25519: {cycles: 7.25, source: s}\n", file);
  fclose(file);
  snprintf(text, sizeof text,
           "{\"crypto\": \"%s/mine.yaml\", \"authenticator_crypto\": "
           "\"cortex-m4-tinycrypt\", \"hops\": 2}",
           folder);
  parse(text, &spec);
  assert_string_equal(spec.crypto_figures, "processor=cortex-m4 x25519=7.25");
  spec_key(&spec, keys[0]);
  json_t *stored = spec_to_json(&spec);
  shell_remove(folder);
  assert_false(spec_parse(text, &spec, error));
  char *line = json_dumps(stored, JSON_COMPACT);
  parse(line, &spec);
  spec_key(&spec, keys[1]);
  assert_string_equal(keys[0], keys[1]);
  uint64_t ns;
  assert_true(device_compute_ns(spec_device(&spec, PARTY_PEERS), NODE_PRIMITIVE_X25519, 64, &ns));
  assert_int_equal(ns, 7250);
  free(line);
  json_object_set_new(stored, "crypto_figures", json_string("processor=cortex-m4 x25519=7.5"));
  line = json_dumps(stored, JSON_COMPACT);
  parse(line, &spec);
  spec_key(&spec, keys[2]);
  assert_string_not_equal(keys[0], keys[2]);
  free(line);
  json_decref(stored);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parties),  cmocka_unit_test(test_active_current),
      cmocka_unit_test(test_compute),  cmocka_unit_test(test_refused),
      cmocka_unit_test(test_identity), cmocka_unit_test(test_stored_spec),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
