/* The tables of channels and of pulls, and how they go together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "bootstrap/pull.h"

#include <string.h>

static const uint8_t NAME[EMSK_NAME_LENGTH] = {0x7c, 0x2c, 0xda, 0x67, 0x75, 0x0f, 0xe5, 0x34};

/* What each channel has of a UE's name and key. */
static const struct {
  enum bootstrap_channel channel;
  const char *name, *label;
  size_t psk_length, identity_length;
  const void *identity;
} CHANNELS[] = {
    {BOOTSTRAP_CHANNEL_DTLS, "dtls", "DTLS", 16, 16, "7c2cda67750fe534"},
    {BOOTSTRAP_CHANNEL_IKEV2, "ikev2", "IKEv2", 32, 8, NAME},
    {BOOTSTRAP_CHANNEL_IKEV2_UDP, "ikev2-udp", "IKEv2", 32, 8, NAME},
};

_Static_assert(sizeof CHANNELS / sizeof CHANNELS[0] == BOOTSTRAP_CHANNEL_COUNT,
               "each channel has its row here");

static void test_channels(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof CHANNELS / sizeof CHANNELS[0]; i++) {
    const enum bootstrap_channel channel = CHANNELS[i].channel;
    const struct association_kind *kind = bootstrap_channel_kind(channel);
    const char *name;
    enum bootstrap_channel found = BOOTSTRAP_CHANNEL_COUNT;
    assert_true(bootstrap_channel_of(kind, &found));
    assert_int_equal(found, channel);
    assert_string_equal(bootstrap_channel_name(channel), CHANNELS[i].name);
    assert_string_equal(association_kind_label(kind), CHANNELS[i].label);
    assert_true(association_kind_is_session(kind));
    assert_int_equal(bootstrap_channel_psk_length(channel), CHANNELS[i].psk_length);
    assert_int_equal(association_kind_material(kind, 0, &name), CHANNELS[i].psk_length);
    assert_true(CHANNELS[i].psk_length <= BOOTSTRAP_PSK_MAX);
  }
  enum bootstrap_channel found;
  assert_false(bootstrap_channel_of(&ASSOCIATION_OSCORE, &found));
}

static void test_identities(void **state) {
  uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX + 1], read[EMSK_NAME_LENGTH];
  (void)state;
  for (size_t i = 0; i < sizeof CHANNELS / sizeof CHANNELS[0]; i++) {
    const enum bootstrap_channel channel = CHANNELS[i].channel;
    const size_t length = CHANNELS[i].identity_length;
    memset(identity, 'x', sizeof identity);
    bootstrap_channel_identity_write(channel, NAME, identity);
    assert_int_equal(bootstrap_channel_identity_length(channel), length);
    assert_memory_equal(identity, CHANNELS[i].identity, length);
    assert_int_equal(identity[length], 'x');
    assert_true(bootstrap_channel_identity_read(channel, identity, length, read));
    assert_memory_equal(read, NAME, sizeof NAME);
    for (size_t other = 0; other <= sizeof identity; other++)
      assert_int_equal(bootstrap_channel_identity_read(channel, identity, other, read),
                       other == length);
  }
}

static void test_pulls(void **state) {
  static const struct {
    enum bootstrap_pull pull;
    const char *name;
    enum bootstrap_trigger trigger;
    bool dtls, ikev2;
  } rows[] = {
      {BOOTSTRAP_PULL_ERP, "erp", BOOTSTRAP_TRIGGER_REQUEST, true, true},
      {BOOTSTRAP_PULL_PSK_IDENTITY, "psk-identity", BOOTSTRAP_TRIGGER_HANDSHAKE, true, false},
      {BOOTSTRAP_PULL_IKEV2_IDI, "ikev2-idi", BOOTSTRAP_TRIGGER_HANDSHAKE, false, true},
      {BOOTSTRAP_PULL_CONFIGURED, "configured", BOOTSTRAP_TRIGGER_NONE, true, true},
  };
  (void)state;
  assert_int_equal(sizeof rows / sizeof rows[0], BOOTSTRAP_PULL_COUNT);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_string_equal(bootstrap_pull_name(rows[i].pull), rows[i].name);
    assert_int_equal(bootstrap_pull_trigger(rows[i].pull), rows[i].trigger);
    for (unsigned channel = 0; channel < BOOTSTRAP_CHANNEL_COUNT; channel++)
      assert_int_equal(bootstrap_pull_goes_with(rows[i].pull, (enum bootstrap_channel)channel),
                       bootstrap_channel_use((enum bootstrap_channel)channel) == BOOTSTRAP_DTLS
                           ? rows[i].dtls
                           : rows[i].ikev2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_channels),
      cmocka_unit_test(test_identities),
      cmocka_unit_test(test_pulls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
