/* A UE that goes about its business: what it sends and tells, by each pull; its keys; one, two and
 * three application servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap/message.h"
#include "ue_world.h"

static struct ue_world world;

static int tear_down(void **state) {
  (void)state;
  ue_world_end(&world);
  return 0;
}

/* Messages */

struct sent {
  const char *label;
  enum node_phase phase;
  size_t length; /* 0: any */
};

static void assert_flight(const struct sent *table, size_t count) {
  assert_int_equal(world.post.flight_count, count);
  for (size_t i = 0; i < count; i++) {
    assert_string_equal(world.post.flight[i].label, table[i].label);
    assert_int_equal(world.post.flight[i].phase, table[i].phase);
    assert_int_equal(world.post.flight[i].copy, 0);
    assert_int_equal(world.post.flight[i].is_protected, table[i].phase != NODE_PHASE_PULL);
    if (table[i].length > 0)
      assert_int_equal(world.post.flight[i].length, table[i].length);
  }
}

#define HANDSHAKE                                                                                  \
  {"DTLS ClientHello", NODE_PHASE_SECURE, 0}, {"DTLS HelloVerifyRequest", NODE_PHASE_SECURE, 0},   \
      {"DTLS ClientHello, cookie", NODE_PHASE_SECURE, 0},                                          \
      {"DTLS ServerHello", NODE_PHASE_SECURE, 0},                                                  \
      {"DTLS ClientKeyExchange", NODE_PHASE_SECURE, 0}, {                                          \
    "DTLS Finished", NODE_PHASE_SECURE, 0                                                          \
  }

static const struct sent FIRST[] = {{"EAP-Initiate/Re-auth", NODE_PHASE_PULL, 66 + 4},
                                    {"EAP-Finish/Re-auth", NODE_PHASE_PULL, 64 + 4},
                                    HANDSHAKE,
                                    {"app request", NODE_PHASE_APPLICATION, 0},
                                    {"app response", NODE_PHASE_APPLICATION, 0}};
enum { FIRST_COUNT = sizeof FIRST / sizeof FIRST[0], PULL_COUNT = 2, REQUEST_COUNT = 2 };

static void test_messages(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 0);
  assert_flight(FIRST, FIRST_COUNT);
  assert_int_equal(world.post.flight[0].part, NODE_PART_REQUEST);
  assert_int_equal(world.post.flight[0].source.port, 5683);
  assert_int_equal(world.post.flight[0].destination.port, 5683);
  assert_int_equal(world.post.flight[PULL_COUNT].source.port, 5684);
  assert_int_equal(world.post.flight[PULL_COUNT].destination.port, 5684);
  ue_world_assert_answered(&world, 0); /* the channel is there */
  assert_int_equal(world.post.flight_count, FIRST_COUNT + REQUEST_COUNT);
}

/* IKEv2 has two messages less, and is on ports of its own; ESP has none. */
static void test_messages_of_ikev2(void **state) {
  static const struct sent first[] = {{"EAP-Initiate/Re-auth", NODE_PHASE_PULL, 66 + 4},
                                      {"EAP-Finish/Re-auth", NODE_PHASE_PULL, 64 + 4},
                                      {"IKE_SA_INIT request", NODE_PHASE_SECURE, 128},
                                      {"IKE_SA_INIT response", NODE_PHASE_SECURE, 128},
                                      {"IKE_AUTH request", NODE_PHASE_SECURE, 257},
                                      {"IKE_AUTH response", NODE_PHASE_SECURE, 241},
                                      {"app request", NODE_PHASE_APPLICATION, 0},
                                      {"app response", NODE_PHASE_APPLICATION, 0}};
  enum { COUNT = sizeof first / sizeof first[0] };
  (void)state;
  ue_world_begin_over(&world, BOOTSTRAP_CHANNEL_IKEV2, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 0);
  assert_flight(first, COUNT);
  for (size_t i = PULL_COUNT; i < COUNT; i++) {
    const bool esp = i >= COUNT - REQUEST_COUNT;
    assert_int_equal(world.post.flight[i].protocol, esp ? NODE_ESP : NODE_UDP);
    assert_int_equal(world.post.flight[i].source.port, esp ? 0 : 500);
    assert_int_equal(world.post.flight[i].destination.port, esp ? 0 : 500);
  }
  ue_world_assert_answered(&world, 0); /* the channel is there */
  assert_int_equal(world.post.flight_count, COUNT + REQUEST_COUNT);
  ue_world_assert_answered(&world, 1);
}

/* One that has the key, but calls itself otherwise than the UE does. */
static void test_name_in_ikev2(void **state) {
  static const struct bootstrap_name other = {(const uint8_t *)"aps9", 4};
  (void)state;
  ue_world_begin_over(&world, BOOTSTRAP_CHANNEL_IKEV2, BOOTSTRAP_PULL_ERP);
  world.aps[0].conduct.called_in_ikev2 = &other;
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  ue_world_run(&world);
  assert_int_equal(ue_world_count(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 0);
  assert_int_equal(ue_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 1);
  world.aps[0].conduct.called_in_ikev2 = NULL;
  ue_world_assert_answered(&world, 0);
}

static void test_request(void **state) {
  static const char *const path[] = {"k"};
  struct coap_message request;
  struct erp_packet readings[ERP_SUITES];
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  assert_int_equal(
      coap_message_parse(world.post.flight[0].data, world.post.flight[0].length, &request), 0);
  assert_int_equal(request.type, COAP_CON);
  assert_int_equal(request.code, COAP_CODE_POST);
  assert_int_equal(request.token_length, 1);
  assert_int_equal(request.option_count, 1);
  assert_true(coap_message_path_is(&request, path, 1));
  assert_int_equal(erp_packet_readings(request.payload, request.payload_length, readings), 1);
  assert_int_equal(readings[0].sequence, 0);
  assert_int_equal(readings[0].suite, ERP_SUITE_HMAC_SHA256_128);
  assert_int_equal(readings[0].attributes[ERP_NAS_IDENTIFIER].length, 4);
  assert_memory_equal(readings[0].attributes[ERP_NAS_IDENTIFIER].octets, "aps1", 4);
}

/* As hostapd takes it. */
static void test_messages_without_a_name(void **state) {
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  world.config.names_server = false;
  ue_world_start(&world);
  ue_world_authenticate(&world);
  ue_world_assert_answered(&world, 0);
  assert_int_equal(world.post.flight[0].length, 64);
  assert_int_equal(world.post.flight[1].length, 62);
}

static void test_no_message_for_the_pull(void **state) {
  static const enum bootstrap_pull pulls[] = {BOOTSTRAP_PULL_PSK_IDENTITY,
                                              BOOTSTRAP_PULL_CONFIGURED};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    ue_world_begin(&world, pulls[i]);
    ue_world_assert_answered(&world, 0);
    assert_flight(FIRST + PULL_COUNT, FIRST_COUNT - PULL_COUNT);
    if (i == 0)
      ue_world_end(&world);
  }
}

static void test_separate_response(void **state) {
  static const struct sent separate[] = {{"EAP-Initiate/Re-auth", NODE_PHASE_PULL, 66 + 4},
                                         {"CoAP ACK", NODE_PHASE_PULL, 4},
                                         {"EAP-Finish/Re-auth", NODE_PHASE_PULL, 64 + 4},
                                         {"CoAP ACK", NODE_PHASE_PULL, 4}};
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  world.aps[0].conduct.takes_ms = 30000;
  assert_int_equal(ue_world_ask(&world, 0, LOWER_POST), 0);
  ue_world_run(&world);
  assert_int_equal(world.aps[0].served, 1);
  for (size_t i = 0; i < sizeof separate / sizeof separate[0]; i++) {
    assert_string_equal(world.post.flight[i].label, separate[i].label);
    if (world.post.flight[i].source.ip[15] != world.aps[0].address.ip[15] || i > 1)
      assert_int_equal(world.post.flight[i].phase,
                       separate[i].phase); /* not of the test's first ACK */
    assert_int_equal(world.post.flight[i].length, separate[i].length);
  }
}

/* Events */

static void assert_events(const struct ue_world_event *table, size_t count) {
  assert_int_equal(world.event_count, count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(world.events[i].type, table[i].type);
    assert_int_equal(world.events[i].phase, table[i].phase);
    assert_int_equal(world.events[i].aps, table[i].aps);
    if (table[i].label != NULL)
      assert_string_equal(world.events[i].label, table[i].label);
  }
}

static void test_events(void **state) {
  static const struct ue_world_event
      told[] = {{NODE_EVENT_STARTED, NODE_PHASE_PULL, 1, "erp", 0, {0}},
                {NODE_EVENT_KEY, NODE_PHASE_PULL, 1, "DTLS", 0, {0}},
                {NODE_EVENT_ANSWERED, NODE_PHASE_PULL, 1, "erp", 0, {0}},
                {NODE_EVENT_STARTED, NODE_PHASE_SECURE, 1, NULL, 0, {0}},
                {NODE_EVENT_SECRET, NODE_PHASE_SECURE, 1, "DTLS", 0, {0}},
                {NODE_EVENT_CONFIRMED, NODE_PHASE_SECURE, 1, NULL, 0, {0}},
                {NODE_EVENT_ANSWERED, NODE_PHASE_APPLICATION, 1, NULL, 0, {0}}},
      configured[] = {{NODE_EVENT_KEY, NODE_PHASE_SECURE, 1, "DTLS", 0, {0}},
                      {NODE_EVENT_STARTED, NODE_PHASE_SECURE, 1, NULL, 0, {0}},
                      {NODE_EVENT_SECRET, NODE_PHASE_SECURE, 1, "DTLS", 0, {0}},
                      {NODE_EVENT_CONFIRMED, NODE_PHASE_SECURE, 1, NULL, 0, {0}},
                      {NODE_EVENT_ANSWERED, NODE_PHASE_APPLICATION, 1, NULL, 0, {0}}};
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 1);
  assert_events(told, sizeof told / sizeof told[0]);
  ue_world_end(&world);
  ue_world_begin(&world, BOOTSTRAP_PULL_PSK_IDENTITY);
  ue_world_assert_answered(&world, 1);
  world.events[0].label = world.events[2].label = "erp";
  assert_events(told, sizeof told / sizeof told[0]);
  ue_world_end(&world);
  ue_world_begin(&world, BOOTSTRAP_PULL_CONFIGURED);
  ue_world_assert_answered(&world, 1);
  assert_events(configured, sizeof configured / sizeof configured[0]);
}

static void test_states(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_PULLING);
  post_run_ms(&world.post, 2 * POST_LATENCY_MS);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_SECURING);
  post_run_ms(&world.post, 6 * POST_LATENCY_MS);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_SECURED);
  assert_int_equal(world.aps[0].served, 0);
  ue_world_run(&world);
  assert_int_equal(world.aps[0].served, 1);
  assert_int_equal(bootstrap_ue_state(world.ue, 1), BOOTSTRAP_UE_NOTHING);
}

/* Keys */

static void assert_key_is_shared(size_t aps, enum node_phase phase) {
  assert_memory_equal(ue_world_last(&world, aps, phase, NODE_EVENT_KEY)->secret, world.aps[aps].psk,
                      BOOTSTRAP_DTLS_PSK_LENGTH);
}

static void test_keys_differ(void **state) {
  static const enum bootstrap_pull pulls[] = {BOOTSTRAP_PULL_ERP, BOOTSTRAP_PULL_PSK_IDENTITY};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    ue_world_begin(&world, pulls[i]);
    for (size_t aps = 0; aps < UE_WORLD_APS; aps++) {
      ue_world_assert_answered(&world, aps);
      assert_key_is_shared(aps, NODE_PHASE_PULL);
      for (size_t other = 0; other < aps; other++)
        assert_memory_not_equal(world.aps[aps].psk, world.aps[other].psk,
                                BOOTSTRAP_DTLS_PSK_LENGTH);
    }
    if (i == 0)
      ue_world_end(&world);
  }
}

/* The vectors' keys are those of bootstrap_key_test; here is what they are made of. */
static void test_credential(void **state) {
  static const struct bootstrap_name provider = {(const uint8_t *)"provider", 8},
                                     other = {(const uint8_t *)"other", 5},
                                     nobody = {(const uint8_t *)"", 0};
  uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH], expected[BOOTSTRAP_IDENTITY_LENGTH];
  uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH], root[EAP_KEY_LENGTH], made[BOOTSTRAP_EAP_PSK_LENGTH];
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_CONFIGURED);
  ue_world_start(&world);
  assert_int_equal(bootstrap_ue_credential(world.ue, &provider, identity, psk), NODE_ERR_BAD_STATE);
  ue_world_authenticate(&world);
  assert_int_equal(bootstrap_ue_credential(world.ue, &provider, identity, psk), 0);
  assert_int_equal(bootstrap_provider_root(NULL, world.keys.emsk, &provider, root), 0);
  assert_int_equal(bootstrap_eap_psk(NULL, root, made), 0);
  bootstrap_identity_write(world.name, expected);
  assert_memory_equal(psk, made, sizeof made);
  assert_memory_equal(identity, expected, sizeof expected);
  assert_int_equal(bootstrap_ue_credential(world.ue, &other, identity, psk), 0);
  assert_memory_not_equal(psk, made, sizeof made);
  assert_int_equal(bootstrap_ue_credential(world.ue, &nobody, identity, psk), NODE_ERR_TOO_LONG);
  bootstrap_ue_forget(world.ue);
  assert_int_equal(bootstrap_ue_credential(world.ue, &provider, identity, psk), NODE_ERR_BAD_STATE);
}

/* Several servers */

/* ERP has one exchange at a time: the others wait, and have their turn. */
static void test_pulls_at_once(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  world.aps[2].conduct.takes_ms = 5000;
  for (size_t i = UE_WORLD_APS; i-- > 0;)
    assert_int_equal(ue_world_ask(&world, i, LOWER_POST), 0);
  post_run_ms(&world.post, 4000);
  for (size_t i = 0; i < UE_WORLD_APS; i++) {
    assert_int_equal(bootstrap_ue_state(world.ue, i), BOOTSTRAP_UE_PULLING);
    assert_int_equal(ue_world_count(&world, i, NODE_PHASE_PULL, NODE_EVENT_STARTED), i == 2);
    assert_int_equal(ue_world_ask(&world, i, LOWER_GET), NODE_ERR_BUSY);
  }
  ue_world_run(&world);
  for (size_t i = 0; i < UE_WORLD_APS; i++) {
    assert_int_equal(world.aps[i].served, 1);
    assert_int_equal(world.aps[i].pulls, 1);
    assert_key_is_shared(i, NODE_PHASE_PULL);
  }
  assert_true(ue_world_last(&world, 1, NODE_PHASE_PULL, NODE_EVENT_STARTED)->at_ns <=
              ue_world_last(&world, 0, NODE_PHASE_PULL, NODE_EVENT_STARTED)->at_ns);
}

/* Who waits behind an ApS that is silent is no worse off in the end. */
static void test_pull_behind_a_failure(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  world.aps[0].conduct.mute = true;
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  assert_int_equal(ue_world_ask(&world, 1, LOWER_GET), 0);
  ue_world_run(&world);
  assert_string_equal(
      ue_world_last(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label,
      "pull-timeout");
  assert_int_equal(world.aps[1].served, 1);
}

/* A channel is not kept waiting by a pull for another. */
static void test_requests_at_once(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 0);
  world.aps[1].conduct.mute = true;
  assert_int_equal(ue_world_ask(&world, 1, LOWER_GET), 0);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  post_run_ms(&world.post, 100);
  assert_int_equal(world.aps[0].served, 2);
  assert_int_equal(bootstrap_ue_state(world.ue, 1), BOOTSTRAP_UE_PULLING);
}

/* Errors */

static void test_errors_of_requests(void **state) {
  static const uint8_t payload[ASSOCIATION_PAYLOAD_MAX + 1];
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  ue_world_start(&world);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), NODE_ERR_BAD_STATE);
  ue_world_authenticate(&world);
  assert_int_equal(bootstrap_ue_request(world.ue, 0, LOWER_POST, payload, sizeof payload, 0),
                   NODE_ERR_TOO_LONG);
  assert_int_equal(bootstrap_ue_request(world.ue, 0, LOWER_POST, payload, sizeof payload - 1, 0),
                   0);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), NODE_ERR_BUSY);
  ue_world_run(&world);
  assert_int_equal(world.aps[0].served, 1);
}

static void test_configurations(void **state) {
  struct bootstrap_ue_config bad;
  struct bootstrap_server known[UE_WORLD_APS];
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  const struct bootstrap_ue_config *good = &world.config;
#define REFUSED(change)                                                                            \
  do {                                                                                             \
    bad = *good;                                                                                   \
    memcpy(known, world.known, sizeof known);                                                      \
    bad.servers = known;                                                                           \
    change;                                                                                        \
    assert_null(bootstrap_ue_create(&bad, &world.hooks));                                          \
  } while (0)
  REFUSED(bad.server_count = 0);
  REFUSED(bad.server_count = BOOTSTRAP_SERVERS_MAX + 1);
  REFUSED(known[1].name.length = 0);
  REFUSED(known[1].name.length = BOOTSTRAP_NAME_MAX + 1);
  REFUSED(known[2].address = known[0].address);
  REFUSED(known[2].address = association_address(&ASSOCIATION_DTLS, &known[0].address));
  REFUSED(known[0].address = association_address(&ASSOCIATION_DTLS, &known[2].address));
  REFUSED(bad.erp.realm_length = 0);
  REFUSED(bad.erp.realm_length = ERP_REALM_MAX + 1);
  REFUSED(bad.pull = BOOTSTRAP_PULL_CONFIGURED);
  REFUSED(bad.pull = BOOTSTRAP_PULL_IKEV2_IDI);
  REFUSED(bad.pull = BOOTSTRAP_PULL_COUNT);
  REFUSED(bad.channel = BOOTSTRAP_CHANNEL_COUNT);
  REFUSED(bad.channel = BOOTSTRAP_CHANNEL_IKEV2;
          memcpy(known[1].address.ip, known[0].address.ip, 16); known[1].address.port = 7);
  REFUSED(bad.channel = BOOTSTRAP_CHANNEL_IKEV2; known[1].address.port = 500);
#undef REFUSED
}

/* What is held is wiped and freed with its end. */
static void test_bytes(void **state) {
  enum { KEY = BOOTSTRAP_IDENTITY_LENGTH + BOOTSTRAP_DTLS_PSK_LENGTH };
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  ue_world_start(&world);
  assert_int_equal(bootstrap_ue_bytes(world.ue), 0);
  ue_world_authenticate(&world);
  const size_t root = bootstrap_ue_bytes(world.ue);
  assert_true(root >= 2 * EAP_KEY_LENGTH + EMSK_NAME_LENGTH);
  ue_world_assert_answered(&world, 0);
  const size_t one = bootstrap_ue_bytes(world.ue);
  ue_world_assert_answered(&world, 1);
  const size_t two = bootstrap_ue_bytes(world.ue);
  assert_true(one > root + KEY + EAP_KEY_LENGTH); /* rIK, too */
  assert_int_equal(two - one, one - root - EAP_KEY_LENGTH);
  assert_true(bootstrap_ue_bytes_peak(world.ue) > two);
  bootstrap_ue_forget(world.ue);
  assert_int_equal(bootstrap_ue_bytes(world.ue), 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_messages),
      TEST(test_messages_of_ikev2),
      TEST(test_name_in_ikev2),
      TEST(test_request),
      TEST(test_messages_without_a_name),
      TEST(test_no_message_for_the_pull),
      TEST(test_separate_response),
      TEST(test_events),
      TEST(test_states),
      TEST(test_keys_differ),
      TEST(test_credential),
      TEST(test_pulls_at_once),
      TEST(test_pull_behind_a_failure),
      TEST(test_requests_at_once),
      TEST(test_errors_of_requests),
      TEST(test_configurations),
      TEST(test_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
