/* The application server: both pulls, the channel, and the octets of every message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

static struct aps_world world;

static void start(void) {
  aps_world_configure(&world);
  aps_world_start(&world);
}

static void assert_sizes(const char *const labels[], const size_t sizes[], size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct aps_world_datagram *flown = aps_world_flown(&world, labels[i]);
    if (flown->length != sizes[i])
      print_error("%s: %zu octets\n", labels[i], flown->length);
    assert_int_equal(flown->length, sizes[i]);
  }
}

/* PROTOCOLS: POST 64 and 66 + n, response 62 and 64 + n, Access-Accept 212 and 214 + n. */
static void pull_by_erp(void **state) {
  static const char *const labels[] = {"EAP-Initiate/Re-auth", "EAP-Finish/Re-auth",
                                       "Access-Request", "Access-Accept"};
  static const char *const names[] = {NULL, "aps1"};
  static const size_t sizes[][4] = {{64, 62, 139, 212}, {70, 68, 145, 218}};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    start();
    aps_world_pull(&world, 0, 0, names[i]);
    aps_world_run_ms(&world, 1000);
    assert_int_equal(world.ues[0].responses, 1);
    assert_int_equal(world.ues[0].code, COAP_CODE_CHANGED);
    assert_int_equal(world.ues[0].finish, ERP_PEER_SUCCESS);
    assert_int_equal(world.count, 4);
    assert_sizes(labels, sizes[i], 4);
    for (size_t j = 0; j < world.count; j++)
      assert_int_equal(world.log[j].phase, NODE_PHASE_PULL);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_STARTED), 1);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_ANSWERED), 1);
    assert_true(node_address_equal(&world.aps_party[0].told.remote, &world.ues[0].address));
    aps_world_take_rmsk(&world, 0, "aps1");
    assert_int_equal(world.aps_party[0].told.secret_length, BOOTSTRAP_DTLS_PSK_LENGTH);
    assert_memory_equal(world.aps_party[0].told.secret, world.ues[0].psk,
                        BOOTSTRAP_DTLS_PSK_LENGTH);
    aps_world_end(&world);
  }
}

static void assert_channel_works(void) {
  assert_true(aps_world_is_open(&world, 0));
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_STARTED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 1);
  assert_int_equal(world.aps_party[0].told.name_length, BOOTSTRAP_IDENTITY_LENGTH);
  assert_memory_equal(world.aps_party[0].told.name, world.ues[0].identity,
                      BOOTSTRAP_IDENTITY_LENGTH);
  for (unsigned i = 0; i < 10; i++) {
    assert_true(aps_world_ask(&world, 0, i % 2 == 0 ? LOWER_GET : LOWER_POST));
    aps_world_run_ms(&world, 1000);
    assert_int_equal(world.ues[0].answers, 1);
    assert_int_equal(world.ues[0].answer_code, i % 2 == 0 ? COAP_CODE_CONTENT : COAP_CODE_CHANGED);
    assert_int_equal(world.ues[0].answer_length, i % 2 == 0 ? 16 : 0);
  }
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 10);
}

/* Every datagram has the phase that it is for. */
static void assert_phases(const char *const *pulls) {
  for (size_t i = 0; i < world.count; i++) {
    const struct aps_world_datagram *at = &world.log[i];
    enum node_phase phase = strncmp(at->label, "DTLS", 4) == 0  ? NODE_PHASE_SECURE
                            : strncmp(at->label, "app", 3) == 0 ? NODE_PHASE_APPLICATION
                                                                : NODE_PHASE_PULL;
    for (size_t j = 0; pulls[j] != NULL; j++)
      if (strcmp(pulls[j], at->label) == 0)
        phase = NODE_PHASE_PULL;
    if (at->phase != phase)
      print_error("%s is for %s\n", at->label, node_phase_name(at->phase));
    assert_int_equal(at->phase, phase);
  }
}

/* What carries the channel. */
static void channel_by_erp(void **state) {
  static const char *const none[] = {NULL};
  static const char *const labels[] = {"DTLS ClientHello", "DTLS HelloVerifyRequest",
                                       "DTLS ClientHello, cookie", "DTLS ServerHello",
                                       "DTLS ClientKeyExchange"};
  (void)state;
  start();
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 1000);
  aps_world_take_rmsk(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  assert_channel_works();
  assert_phases(none);
  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
    assert_int_equal(aps_world_count(&world, labels[i]), 1);
  aps_world_end(&world);
}

/* Access-Request: header 20, Message-Authenticator 18, User-Name 31, NAS-Identifier 6, Framed-MTU
 * 6, Service-Type 6; Access-Accept: 20, 18, two keys of 58, Session-Timeout 6. */
static void pull_by_identity(void **state) {
  static const char *const none[] = {NULL};
  static const char *const labels[] = {"Access-Request", "Access-Accept"};
  static const size_t sizes[] = {87, 160};
  (void)state;
  start();
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  assert_sizes(labels, sizes, 2);
  assert_channel_works();
  assert_phases(none);
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  assert_int_equal(aps_world_count(&world, "DTLS ClientKeyExchange"), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_STARTED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_ANSWERED), 1);
  aps_world_end(&world);
}

/* The key is there, so that nobody is asked. */
static void channel_again(void **state) {
  (void)state;
  start();
  aps_world_take_root(&world, 0, "aps1");
  for (unsigned i = 0; i < 3; i++) {
    aps_world_open(&world, 0, 0);
    aps_world_run_ms(&world, 60000);
    assert_true(aps_world_is_open(&world, 0));
    assert_true(aps_world_ask(&world, 0, LOWER_GET));
    aps_world_run_ms(&world, 1000);
    assert_int_equal(world.ues[0].answers, 1);
  }
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 3);
  aps_world_end(&world);
}

static void configured_key(void **state) {
  static struct bootstrap_configured_key key;
  (void)state;
  aps_world_configure(&world);
  world.aps_config[0].pulls[BOOTSTRAP_PULL_ERP] = false;
  world.aps_config[0].pulls[BOOTSTRAP_PULL_PSK_IDENTITY] = false;
  world.aps_config[0].pulls[BOOTSTRAP_PULL_CONFIGURED] = true;
  world.aps_config[0].radius = NULL;
  world.aps_config[0].configured = &key;
  world.aps_config[0].configured_count = 1;
  aps_world_start(&world);
  memcpy(key.identity, world.ues[0].identity, sizeof key.identity);
  memset(key.psk, 7, sizeof key.psk);
  memcpy(world.ues[0].psk, key.psk, sizeof key.psk);
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  assert_channel_works();
  aps_world_open(&world, 1, 0);
  aps_world_run_ms(&world, 1000);
  assert_string_equal(world.ues[1].failure, "dtls-unknown-identity");
  aps_world_pull(&world, 1, 0, "aps1");
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[1].code, COAP_CODE_NOT_FOUND);
  aps_world_end(&world);
}

/* The same UE has other keys with another ApS, by either pull. */
static void keys_differ(void **state) {
  uint8_t keys[4][BOOTSTRAP_DTLS_PSK_LENGTH];
  (void)state;
  start();
  for (size_t i = 0; i < 2; i++) {
    assert_true(aps_world_serve(&world, 0, i));
    memcpy(keys[i], world.ues[0].psk, sizeof keys[i]);
    aps_world_restart(&world, i);
    aps_world_take_root(&world, 0, i == 0 ? "aps1" : "aps2");
    memcpy(keys[2 + i], world.ues[0].psk, sizeof keys[i]);
    aps_world_open(&world, 0, i);
    aps_world_run_ms(&world, 1000);
    assert_true(aps_world_is_open(&world, 0));
  }
  for (size_t i = 0; i < 4; i++)
    for (size_t j = 0; j < i; j++)
      assert_memory_not_equal(keys[i], keys[j], sizeof keys[i]);
  /* The key with one is of no use with the other. */
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 1);
  aps_world_run_ms(&world, 100000);
  assert_false(aps_world_is_open(&world, 0));
  aps_world_end(&world);
}

static void two_ues_at_once(void **state) {
  (void)state;
  start();
  for (size_t i = 0; i < 2; i++)
    aps_world_pull(&world, i, 0, "aps1");
  aps_world_run_ms(&world, 1000);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(world.ues[i].finish, ERP_PEER_SUCCESS);
    aps_world_take_rmsk(&world, i, "aps1");
    aps_world_open(&world, i, 0);
  }
  aps_world_take_root(&world, 2, "aps1");
  aps_world_open(&world, 2, 0);
  aps_world_run_ms(&world, 1000);
  for (size_t i = 0; i < 3; i++)
    assert_true(aps_world_ask(&world, i, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(world.ues[i].answers, 1);
  aps_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pull_by_erp),      cmocka_unit_test(channel_by_erp),
      cmocka_unit_test(pull_by_identity), cmocka_unit_test(channel_again),
      cmocka_unit_test(configured_key),   cmocka_unit_test(keys_differ),
      cmocka_unit_test(two_ues_at_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
