/* IKE and ESP: each property is violated by what it forbids, and not by what comes close. */
#include "monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SPIS = 16, KEY = 19, IKE_SECRET = SPIS + 2 * KEY, HALF = 4 + KEY, IV_AT = 32, LENGTH = 48 };

static struct monitor monitor;
static struct model model;

static void begin(const char *esp_iv) {
  char error[256];
  model = *model_default();
  assert_true(model_set(&model, "association=ikev2", error, sizeof error));
  assert_true(model_set(&model, esp_iv, error, sizeof error));
  monitor_init(&monitor, &model);
}

static void tell(enum check_side side, enum node_event_type type, const char *name,
                 const uint8_t *secret, size_t length) {
  const struct node_event event = {.type = type,
                                   .label = "label",
                                   .secret_name = name,
                                   .secret = secret,
                                   .secret_length = length};
  monitor_sealed_event(&monitor, side, &event);
}

/* Keys are all of octet `key`, SPIs of 0xa1 and 0xa2. */
static void tell_ike(enum check_side side, uint8_t key) {
  uint8_t secret[IKE_SECRET];
  memset(secret, key, sizeof secret);
  memset(secret, 0xa1, SPIS);
  tell(side, NODE_EVENT_SECRET, "ikev2_keys", secret, sizeof secret);
}

static void tell_esp(enum check_side side, uint8_t key) {
  uint8_t secret[2 * HALF];
  memset(secret, key, sizeof secret);
  secret[2 * HALF - 1] ^= 0xff; /* another key each way */
  memset(secret, 0xa1, 4);
  memset(secret + HALF, 0xa2, 4);
  tell(side, NODE_EVENT_SECRET, "esp_keys", secret, sizeof secret);
}

static void confirm(enum check_side side) {
  tell(side, NODE_EVENT_CONFIRMED, NULL, NULL, 0);
}

struct packet {
  uint8_t octets[LENGTH];
  struct monitor_message message;
};

static struct packet esp(uint8_t spi, uint8_t sequence, uint8_t text) {
  struct packet packet = {.octets = {spi, spi, spi, spi}};
  packet.octets[7] = packet.octets[15] = sequence;
  packet.octets[LENGTH - 1] = text;
  packet.message.sealed.is_esp = true;
  return packet;
}

static struct packet ike(bool initiator, uint8_t iv, uint8_t text) {
  struct packet packet;
  memset(&packet, 0, sizeof packet);
  memset(packet.octets, 0xa1, SPIS);
  packet.octets[16] = 46;
  packet.octets[19] = initiator ? 0x08 : 0;
  packet.octets[IV_AT + 7] = iv;
  packet.octets[LENGTH - 1] = text;
  return packet;
}

static const struct monitor_message *at(struct packet *packet) {
  packet->message.sealed.octets = packet->octets;
  packet->message.sealed.length = sizeof packet->octets;
  return &packet->message;
}

static void sends(enum check_side side, struct packet packet) {
  monitor_sealed_sends(&monitor, side, &at(&packet)->sealed);
}

static void reads(enum check_side side, struct packet packet, bool discards) {
  monitor.reading = at(&packet);
  monitor_sealed_reads(&monitor);
  if (discards)
    tell(side, NODE_EVENT_DISCARDED, NULL, NULL, 0);
  monitor_sealed_has_read(&monitor, side, &monitor.reading->sealed);
  monitor.reading = NULL;
}

static void test_nonces_of_esp(void **state) {
  (void)state;
  static const char *const ivs[] = {"esp_iv=explicit", "esp_iv=implicit"};
  for (size_t i = 0; i < 2; i++) {
    begin(ivs[i]);
    tell_esp(CHECK_PEER, 1);
    tell_esp(CHECK_AUTHENTICATOR, 1);
    sends(CHECK_PEER, esp(0xa1, 1, 'a'));
    sends(CHECK_PEER, esp(0xa1, 1, 'a')); /* the same octets */
    sends(CHECK_PEER, esp(0xa1, 2, 'b'));
    sends(CHECK_AUTHENTICATOR, esp(0xa2, 1, 'b')); /* another key */
    sends(CHECK_PEER, esp(0xee, 1, 'b'));          /* nobody knows it */
    assert_int_equal(monitor.violation, MONITOR_NONE);
    sends(CHECK_PEER, esp(0xa1, 2, 'c'));
    assert_int_equal(monitor.violation, MONITOR_NONCE);
  }
  /* An explicit IV alone makes the nonce, whatever the sequence number is. */
  begin("esp_iv=explicit");
  tell_esp(CHECK_PEER, 1);
  sends(CHECK_PEER, esp(0xa1, 1, 'a'));
  struct packet same_iv = esp(0xa1, 1, 'a');
  same_iv.octets[7] = 2;
  sends(CHECK_PEER, same_iv);
  assert_int_equal(monitor.violation, MONITOR_NONCE);
}

static void test_nonces_of_ike(void **state) {
  (void)state;
  begin("esp_iv=explicit");
  uint8_t secret[IKE_SECRET] = {[SPIS] = 1, [SPIS + KEY] = 2};
  memset(secret, 0xa1, SPIS);
  tell(CHECK_PEER, NODE_EVENT_SECRET, "ikev2_keys", secret, sizeof secret);
  sends(CHECK_PEER, ike(true, 0, 'a'));
  sends(CHECK_PEER, ike(true, 0, 'a'));
  sends(CHECK_PEER, ike(false, 0, 'b')); /* the other direction's key */
  struct packet clear = ike(true, 0, 'c');
  clear.octets[16] = 33;
  sends(CHECK_PEER, clear);
  assert_int_equal(monitor.violation, MONITOR_NONE);
  tell_ike(CHECK_PEER, 9); /* other keys of the same SPIs */
  sends(CHECK_PEER, ike(true, 0, 'd'));
  assert_int_equal(monitor.violation, MONITOR_NONE);
  sends(CHECK_PEER, ike(true, 0, 'e'));
  assert_int_equal(monitor.violation, MONITOR_NONCE);
}

static void test_replays(void **state) {
  (void)state;
  begin("esp_iv=explicit");
  reads(CHECK_PEER, esp(0xa1, 1, 'a'), true);
  reads(CHECK_PEER, esp(0xa1, 1, 'a'), false);
  reads(CHECK_PEER, esp(0xa1, 1, 'a'), true);
  reads(CHECK_PEER, esp(0xa1, 2, 'a'), false);
  reads(CHECK_AUTHENTICATOR, esp(0xa1, 1, 'a'), false);
  reads(CHECK_PEER, ike(true, 0, 'a'), false);
  reads(CHECK_PEER, ike(true, 0, 'a'), false); /* IKE answers what comes again */
  assert_int_equal(monitor.violation, MONITOR_NONE);
  reads(CHECK_PEER, esp(0xa1, 1, 'a'), false);
  assert_int_equal(monitor.violation, MONITOR_REPLAYED);
}

/* What a side says while it reads a packet, where it has keys `own` and the other end `other` (0:
 * none). */
static enum monitor_violation confirmed(struct packet packet, uint8_t own, uint8_t other,
                                        bool rubbish) {
  begin("esp_iv=explicit");
  if (own != 0) {
    tell_ike(CHECK_PEER, own);
    tell_esp(CHECK_PEER, own);
  }
  if (other != 0) {
    tell_ike(CHECK_AUTHENTICATOR, other);
    if (own == other)
      tell_esp(CHECK_AUTHENTICATOR, other);
  }
  assert_int_equal(monitor.violation, MONITOR_NONE);
  packet.message.packet.rubbish = rubbish;
  monitor.reading = at(&packet);
  confirm(CHECK_PEER);
  monitor.reading = NULL;
  return monitor.violation;
}

static void test_confirmation(void **state) {
  (void)state;
  assert_int_equal(confirmed(esp(0xa1, 1, 0), 1, 1, false), MONITOR_NONE);
  assert_int_equal(confirmed(esp(0xa1, 1, 0), 1, 1, true), MONITOR_RUBBISH);
  assert_int_equal(confirmed(esp(0xa1, 1, 0), 1, 2, false), MONITOR_KEYS);
  assert_int_equal(confirmed(esp(0xa1, 1, 0), 1, 0, false), MONITOR_KEYS);
  assert_int_equal(confirmed(esp(0xa1, 1, 0), 0, 1, false), MONITOR_KEYS);
  assert_int_equal(confirmed(esp(0xee, 1, 0), 1, 1, false), MONITOR_KEYS);
  assert_int_equal(confirmed(ike(true, 0, 0), 1, 1, false), MONITOR_NONE);
  assert_int_equal(confirmed(ike(true, 0, 0), 1, 2, false), MONITOR_KEYS);
  assert_int_equal(confirmed(ike(true, 0, 0), 1, 0, false), MONITOR_KEYS);
}

/* A child is made by both ends of an IKE SA, of one's own messages too. */
static void test_child(void **state) {
  (void)state;
  begin("esp_iv=explicit");
  tell_esp(CHECK_PEER, 1);
  tell_esp(CHECK_AUTHENTICATOR, 1);
  assert_int_equal(monitor.violation, MONITOR_NONE);
  tell_esp(CHECK_AUTHENTICATOR, 2);
  assert_int_equal(monitor.violation, MONITOR_KEYS);
  static const uint8_t own[] = {1, 2};
  for (size_t i = 0; i < sizeof own; i++) {
    begin("esp_iv=explicit");
    tell_ike(CHECK_AUTHENTICATOR, 1);
    tell_ike(CHECK_PEER, own[i]);
    struct packet packet = ike(true, 0, 0);
    monitor.reading = at(&packet);
    tell_esp(CHECK_PEER, 1);
    monitor.reading = NULL;
    assert_int_equal(monitor.violation, own[i] == 1 ? MONITOR_NONE : MONITOR_KEYS);
  }
}

/* More than there is room for. */
static void test_full(void **state) {
  (void)state;
  begin("esp_iv=explicit");
  for (size_t i = 0; i < MONITOR_SAS_MAX; i++)
    tell_ike(CHECK_PEER, 1);
  assert_false(monitor.full);
  tell_ike(CHECK_PEER, 1);
  assert_true(monitor.full);
  begin("esp_iv=explicit");
  for (unsigned i = 0; i < MONITOR_SEALED_MAX; i++)
    reads(CHECK_PEER, esp(0xa1, (uint8_t)i, 'a'), false);
  assert_false(monitor.full);
  reads(CHECK_PEER, esp(0xa1, 0xff, 'a'), false);
  assert_true(monitor.full);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nonces_of_esp), cmocka_unit_test(test_nonces_of_ike),
      cmocka_unit_test(test_replays),       cmocka_unit_test(test_confirmation),
      cmocka_unit_test(test_child),         cmocka_unit_test(test_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
