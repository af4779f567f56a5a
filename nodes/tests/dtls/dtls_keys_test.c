/* A server that has keys by the identity that its client names: clients of different keys, and
 * those that it does not know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls/session.h"
#include "dtls_world.h"

enum { CLIENTS = 3, MESSAGES = 6 };

struct entry {
  const char *identity, *psk;
  size_t psk_length;
};

/* What the server has. */
struct store {
  const struct entry *entries;
  size_t count;
  unsigned asked;
};

static char longest[NODE_IDENTITY_MAX + 1];

static struct entry ENTRIES[CLIENTS] = {
    {"a", "k", 1},
    {"ue-1@example.org", "0123456789abcdef", 16},
    {longest, "0123456789abcdef0123456789ABCDEF", DTLS_PSK_MAX},
};

static struct store store;
static struct dtls_keys keys;
static struct dtls_world world;

static size_t find(void *context, const uint8_t *identity, size_t length,
                   uint8_t psk[DTLS_PSK_MAX]) {
  struct store *const from = context;
  from->asked++;
  for (size_t i = 0; i < from->count; i++) {
    const struct entry *const entry = &from->entries[i];
    if (strlen(entry->identity) != length || memcmp(entry->identity, identity, length) != 0)
      continue;
    memcpy(psk, entry->psk, entry->psk_length <= DTLS_PSK_MAX ? entry->psk_length : 0);
    return entry->psk_length;
  }
  return 0;
}

static int keys_setup(void **state) {
  (void)state;
  memset(longest, 'x', NODE_IDENTITY_MAX);
  store = (struct store){.entries = ENTRIES, .count = CLIENTS};
  keys = (struct dtls_keys){.find = find, .context = &store};
  return 0;
}

static int keys_teardown(void **state) {
  (void)state;
  dtls_world_deinit(&world);
  memset(&world, 0, sizeof world);
  return 0;
}

static void give_keys(struct dtls_config *end) {
  end->psk = end->identity = NULL;
  end->psk_length = end->identity_length = 0;
  end->keys = &keys;
}

static struct dtls_world_config of_client(const struct entry *entry) {
  struct dtls_world_config config = dtls_world_default();
  struct dtls_config *const client = &config.end[DTLS_CLIENT];
  client->psk = (const uint8_t *)entry->psk;
  client->psk_length = entry->psk_length;
  client->identity = (const uint8_t *)entry->identity;
  client->identity_length = strlen(entry->identity);
  give_keys(&config.end[DTLS_SERVER]);
  return config;
}

static void assert_transfer(struct dtls_world *at) {
  assert_true(dtls_world_transfer(at, DTLS_CLIENT, "request"));
  assert_true(dtls_world_transfer(at, DTLS_SERVER, "response"));
}

static void assert_identity(const struct dtls_world *at, const char *expected) {
  size_t length;
  const uint8_t *const identity = dtls_identity(at->end[DTLS_SERVER].dtls, &length);
  assert_non_null(identity);
  assert_int_equal(length, strlen(expected));
  assert_memory_equal(identity, expected, length);
  assert_null(dtls_identity(at->end[DTLS_CLIENT].dtls, &length));
}

static bool is_at_rest(const struct dtls *dtls) {
  return dtls->library == NULL && dtls->saved != NULL;
}

/* Each by its own key, in a session that rests between its records. */
static void test_clients(void **state) {
  (void)state;
  for (size_t i = 0; i < CLIENTS; i++)
    for (int cookie = 0; cookie < 2; cookie++) {
      struct dtls_world_config config = of_client(&ENTRIES[i]);
      size_t length;
      config.end[DTLS_SERVER].cookie = cookie;
      store.asked = 0;
      dtls_world_init(&world, &config);
      assert_null(dtls_identity(world.end[DTLS_SERVER].dtls, &length));
      dtls_world_run(&world);
      assert_true(dtls_world_established(&world));
      assert_int_equal(world.count, cookie ? MESSAGES : MESSAGES - 2);
      assert_int_equal(store.asked, 1);
      assert_identity(&world, ENTRIES[i].identity);
      for (int record = 0; record < 3; record++)
        assert_transfer(&world);
      assert_true(is_at_rest(world.end[DTLS_SERVER].dtls));
      assert_identity(&world, ENTRIES[i].identity);
      dtls_world_deinit(&world);
    }
}

/* All at once: what one has named is nothing to the others, nor can they read each other. */
static void test_clients_at_once(void **state) {
  static struct dtls_world worlds[CLIENTS];
  (void)state;
  for (size_t i = 0; i < CLIENTS; i++) {
    struct dtls_world_config config = of_client(&ENTRIES[i]);
    config.seed = i + 1;
    dtls_world_init(&worlds[i], &config);
  }
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < CLIENTS; i++)
      more |= dtls_world_step(&worlds[i]);
  }
  for (size_t i = 0; i < CLIENTS; i++) {
    assert_true(dtls_world_established(&worlds[i]));
    assert_identity(&worlds[i], ENTRIES[i].identity);
    assert_transfer(&worlds[i]);
    const struct dtls_world_datagram *const record =
        dtls_world_protect(&worlds[i], DTLS_CLIENT, "x", 1);
    struct dtls_world *const other = &worlds[(i + 1) % CLIENTS];
    assert_int_equal(dtls_world_receive(other, DTLS_SERVER, record->data, record->length), 0);
  }
  for (size_t i = 0; i < CLIENTS; i++)
    dtls_world_deinit(&worlds[i]);
}

/* Refusals */

static void assert_keys_failed(const char *client, const char *server) {
  size_t length;
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), client);
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), server);
  assert_null(dtls_identity(world.end[DTLS_SERVER].dtls, &length));
  for (int side = 0; side < 2; side++) {
    assert_int_equal(dtls_state(world.end[side].dtls), DTLS_FAILED);
    assert_int_equal(world.end[side].got_count, 0);
  }
}

static void assert_alert(uint8_t description) {
  const struct dtls_world_datagram *const last = &world.log[world.count - 1];
  assert_int_equal(world.count, MESSAGES);
  assert_int_equal(last->from, DTLS_SERVER);
  assert_string_equal(last->label, "DTLS alert");
  assert_int_equal(last->length, 15);
  assert_int_equal(last->data[13], 2);
  assert_int_equal(last->data[14], description);
}

/* unknown_psk_identity (115); whatever comes later is not answered. */
static void test_unknown_identity(void **state) {
  static const struct entry stranger = {"ue-2@example.org", "0123456789abcdef", 16};
  const struct dtls_world_config config = of_client(&stranger);
  (void)state;
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  assert_alert(115);
  assert_keys_failed("dtls-unknown-identity", "dtls-unknown-identity");
  for (size_t i = 0; i < MESSAGES; i++)
    assert_int_equal(
        dtls_world_receive(&world, !world.log[i].from, world.log[i].data, world.log[i].length), 0);
  dtls_world_run(&world);
  assert_int_equal(world.count, MESSAGES);
  assert_int_equal(store.asked, 1);
}

static void test_unknown_identity_and_alert_lost(void **state) {
  static const struct entry stranger = {"b", "k", 1};
  const struct dtls_world_config config = of_client(&stranger);
  (void)state;
  dtls_world_init(&world, &config);
  world.fault = DTLS_LOSE;
  world.fault_at = MESSAGES - 1;
  dtls_world_run(&world);
  assert_keys_failed("dtls-timeout", "dtls-unknown-identity");
}

/* A key that is longer than one may be is none. */
static void test_key_too_long(void **state) {
  static const struct entry odd[] = {{"a", "k", DTLS_PSK_MAX + 1}};
  const struct dtls_world_config config = of_client(&ENTRIES[0]);
  (void)state;
  store = (struct store){.entries = odd, .count = 1};
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  assert_keys_failed("dtls-unknown-identity", "dtls-unknown-identity");
}

/* bad_record_mac (20), as where there is one key. */
static void test_wrong_key(void **state) {
  static const struct entry wrong = {"ue-1@example.org", "0123456789abcdeF", 16};
  const struct dtls_world_config config = of_client(&wrong);
  (void)state;
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  assert_alert(20);
  assert_keys_failed("dtls-alert", "dtls-rejected");
}

/* The alert where it does not belong: to a client that has not named itself, and to a server. */
static void test_alert_out_of_place(void **state) {
  static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 115};
  const struct dtls_world_config config = of_client(&ENTRIES[1]);
  (void)state;
  dtls_world_init(&world, &config);
  assert_int_equal(dtls_world_receive(&world, DTLS_CLIENT, alert, sizeof alert), 0);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-alert");
  dtls_world_deinit(&world);
  dtls_world_init(&world, &config);
  while (world.count < MESSAGES - 2)
    assert_true(dtls_world_step(&world));
  assert_int_equal(dtls_world_receive(&world, DTLS_SERVER, alert, sizeof alert), 0);
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), "dtls-alert");
}

/* One fault, wherever: the session is there in the end, and is its client's. */
static void test_keys_faults(void **state) {
  static const enum dtls_world_fault faults[] = {DTLS_LOSE, DTLS_DOUBLE, DTLS_DELAY};
  const struct dtls_world_config config = of_client(&ENTRIES[1]);
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    for (size_t at = 0; at < MESSAGES; at++) {
      dtls_world_init(&world, &config);
      world.fault = faults[i];
      world.fault_at = at;
      world.argument = 1500;
      dtls_world_run(&world);
      assert_true(dtls_world_established(&world));
      assert_identity(&world, ENTRIES[1].identity);
      assert_transfer(&world);
      dtls_world_deinit(&world);
    }
}

/* Configurations, state, resumption */

static void test_keys_config(void **state) {
  static const struct dtls_resumption resumption = {.id_length = 1};
  const struct node_hooks hooks = {.random = seeded_bytes};
  struct dtls_world_config config = of_client(&ENTRIES[1]);
  const struct dtls_config good = config.end[DTLS_SERVER];
  struct dtls_config bad[4] = {good, good, good, good};
  (void)state;
  bad[0].client = true;
  bad[1].psk_length = 16;
  bad[2].identity_length = 1;
  bad[3].resumption = &resumption;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_null(dtls_create(&bad[i], &hooks, 0));
  dtls_world_init(&world, &config);
}

/* Nobody pays for it but a server with keys, and that the same for each identity. */
static void test_keys_state_bytes(void **state) {
  struct dtls_world_config config = of_client(&ENTRIES[1]);
  (void)state;
  config.end[DTLS_SERVER] = dtls_world_default().end[DTLS_SERVER];
  config.end[DTLS_SERVER].psk = config.end[DTLS_CLIENT].psk;
  config.end[DTLS_SERVER].psk_length = config.end[DTLS_CLIENT].psk_length;
  config.end[DTLS_SERVER].identity = config.end[DTLS_CLIENT].identity;
  config.end[DTLS_SERVER].identity_length = config.end[DTLS_CLIENT].identity_length;
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  assert_transfer(&world);
  const size_t plain = dtls_state_bytes(world.end[DTLS_SERVER].dtls);
  assert_int_equal(plain, dtls_state_bytes(world.end[DTLS_CLIENT].dtls));
  for (size_t i = 0; i < CLIENTS; i++) {
    dtls_world_deinit(&world);
    config = of_client(&ENTRIES[i]);
    dtls_world_init(&world, &config);
    dtls_world_run(&world);
    assert_transfer(&world);
    assert_int_equal(dtls_state_bytes(world.end[DTLS_SERVER].dtls),
                     plain + sizeof(struct dtls_keyed) - sizeof(struct dtls));
    assert_int_equal(dtls_state_bytes(world.end[DTLS_CLIENT].dtls), plain);
  }
}

/* The session can be resumed, by a server that is made for the one client. */
static void test_keys_resumption(void **state) {
  struct dtls_resumption taken[2];
  struct dtls_world_config config = of_client(&ENTRIES[1]);
  (void)state;
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  for (int side = 0; side < 2; side++)
    assert_int_equal(dtls_resumption_take(world.end[side].dtls, &taken[side]), 0);
  dtls_world_deinit(&world);
  config.end[DTLS_SERVER] = config.end[DTLS_CLIENT];
  config.end[DTLS_SERVER].client = false;
  config.seed = 2;
  for (int side = 0; side < 2; side++)
    config.end[side].resumption = &taken[side];
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  assert_true(dtls_world_established(&world));
  assert_true(dtls_is_resumed(world.end[DTLS_SERVER].dtls));
  assert_transfer(&world);
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, keys_setup, keys_teardown)
#define TEST_ALONE(test) cmocka_unit_test_setup(test, keys_setup)
  static const struct CMUnitTest tests[] = {
      TEST_ALONE(test_clients),      TEST_ALONE(test_clients_at_once),
      TEST(test_unknown_identity),   TEST(test_unknown_identity_and_alert_lost),
      TEST(test_key_too_long),       TEST(test_wrong_key),
      TEST(test_alert_out_of_place), TEST_ALONE(test_keys_faults),
      TEST(test_keys_config),        TEST(test_keys_state_bytes),
      TEST(test_keys_resumption),
  };
  return cmocka_run_group_tests_name("dtls_keys", tests, NULL, NULL);
}
