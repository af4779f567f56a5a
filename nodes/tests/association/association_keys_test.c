/* An association that takes its key by the identity that the other end names: requests of many
 * clients at one set of keys; and which associations cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "association/kind.h"
#include "dtls/dtls.h"
#include "seeded.h"

enum { CLIENTS = 3, KEY_LENGTH = 16, ROUNDS_MAX = 20, CLIENT = 0, SERVER = 1 };

static const char *const IDENTITIES[CLIENTS] = {"ue-1", "ue-2", "ue-3@example.org"};
static const struct option_values NO_OPTIONS;

/* One end of one association. */
struct end {
  struct association_pair pair;
  struct node_hooks hooks;
  struct seeded seeded;
  unsigned keys; /* NODE_EVENT_KEY */
  struct association_request request;
  unsigned requests, responses;
  const char *named; /* the identity in the last datagram that named one */
};

struct couple {
  struct end end[2];
  uint64_t now_ns;
};

static struct couple couples[CLIENTS];

static void key_of(size_t client, uint8_t key[KEY_LENGTH]) {
  memset(key, (int)client + 1, KEY_LENGTH);
}

static size_t find(void *context, const uint8_t *identity, size_t length,
                   uint8_t psk[DTLS_PSK_MAX]) {
  (void)context;
  for (size_t i = 0; i < CLIENTS; i++)
    if (strlen(IDENTITIES[i]) == length && memcmp(IDENTITIES[i], identity, length) == 0) {
      key_of(i, psk);
      return KEY_LENGTH;
    }
  return 0;
}

static const struct association_keys KEYS = {.find = find};

static void note_event(void *context, const struct node_event *event) {
  struct end *const end = context;
  if (event->type != NODE_EVENT_KEY)
    return;
  assert_int_equal(event->secret_length, KEY_LENGTH);
  end->keys++;
}

static void give_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct end *)context)->seeded, bytes, length);
}

static struct node_address address_of(int side) {
  return (struct node_address){.ip = {[15] = side == CLIENT ? 1 : 2}, .port = 5683};
}

static struct association_config made_of(int side, const char *identity, const uint8_t *key) {
  struct association_config config = {.kind = &ASSOCIATION_DTLS,
                                      .options = &NO_OPTIONS,
                                      .coap = &COAP_PARAMETERS_DEFAULT,
                                      .client = side == CLIENT,
                                      .local = address_of(side),
                                      .remote = address_of(!side)};
  if (side == SERVER) {
    config.keys = &KEYS;
    return config;
  }
  config.key = key;
  config.key_length = KEY_LENGTH;
  config.identity = (const uint8_t *)identity;
  config.identity_length = strlen(identity);
  return config;
}

static void couple_open(struct couple *couple, const char *identity, const uint8_t *key) {
  memset(couple, 0, sizeof *couple);
  for (int side = 0; side < 2; side++) {
    struct end *const end = &couple->end[side];
    const struct association_config config = made_of(side, identity, key);
    end->seeded.state = 1 + (uint64_t)side;
    end->hooks = (struct node_hooks){.context = end, .random = give_random, .event = note_event};
    assert_int_equal(association_open(&end->pair.current, &config, NULL, &end->hooks, 0), 0);
  }
}

static void couple_close(struct couple *couple) {
  for (int side = 0; side < 2; side++)
    association_pair_close(&couple->end[side].pair);
}

/* The client's request is answered by what it asks with. */
static int take_message(void *context, struct association *association, const uint8_t *data,
                        size_t length, uint64_t now_ns) {
  struct end *const end = context;
  struct coap_message message;
  const enum coap_received received =
      coap_session_receive(association_coap(association), data, length, now_ns, &message);
  if (received == COAP_RECEIVED_RESPONSE) {
    end->responses++;
    coap_session_cancel(association_coap(association));
  }
  if (received != COAP_RECEIVED_REQUEST)
    return 0;
  end->requests++;
  assert_int_equal(association_verify_request(association, &message, &end->request), 0);
  struct coap_message response = {.code = COAP_CODE_CONTENT,
                                  .payload = end->request.plain.payload,
                                  .payload_length = end->request.plain.payload_length};
  return association_respond(&end->request, &response, "response", now_ns);
}

static void no_discard(void *context, const char *why) {
  (void)context;
  fail_msg("%s", why);
}

/* All that one end has to say, to the other. */
static bool say(struct couple *couple, int side) {
  struct end *const end = &couple->end[side], *const other = &couple->end[!side];
  const struct association_reader reader = {other, take_message, no_discard};
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  bool said = false;
  assert_int_equal(association_pair_seal(&end->pair), 0);
  const struct node_address local = address_of(side), remote = address_of(!side);
  while (association_pair_write(&end->pair, &local, &remote, &datagram, couple->now_ns) == 1) {
    size_t length;
    const uint8_t *const named = association_names(&other->pair.current, &datagram, &length);
    for (size_t i = 0; named != NULL && i < CLIENTS; i++)
      if (strlen(IDENTITIES[i]) == length && memcmp(named, IDENTITIES[i], length) == 0)
        other->named = IDENTITIES[i];
    assert_int_equal(association_pair_read(&other->pair, &datagram, couple->now_ns, &reader), 0);
    said = true;
  }
  return said;
}

static void couple_run(struct couple *couple) {
  for (unsigned round = 0; (unsigned)say(couple, CLIENT) | (unsigned)say(couple, SERVER); round++) {
    assert_in_range(round, 0, ROUNDS_MAX);
    couple->now_ns += 10 * NODE_MS;
  }
}

static void couple_ask(struct couple *couple) {
  struct coap_message request = {.type = COAP_CON,
                                 .code = COAP_CODE_GET,
                                 .payload = (const uint8_t *)"?",
                                 .payload_length = 1};
  assert_int_equal(association_request(&couple->end[CLIENT].pair.current, &request, "request"), 0);
  couple_run(couple);
}

static const struct association *association_of(const struct couple *couple, int side) {
  return &couple->end[side].pair.current;
}

static void assert_association_identity(const struct couple *couple, int side,
                                        const char *expected) {
  size_t length;
  const uint8_t *const identity = association_identity(association_of(couple, side), &length);
  assert_non_null(identity);
  assert_int_equal(length, strlen(expected));
  assert_memory_equal(identity, expected, length);
}

/* Sessions of all clients stand side by side; the server has told of no key. */
static void test_association_clients(void **state) {
  size_t length;
  (void)state;
  for (size_t i = 0; i < CLIENTS; i++) {
    uint8_t key[KEY_LENGTH];
    key_of(i, key);
    couple_open(&couples[i], IDENTITIES[i], key);
    for (int side = 0; side < 2; side++)
      assert_null(association_identity(association_of(&couples[i], side), &length));
  }
  for (size_t i = 0; i < CLIENTS; i++)
    couple_run(&couples[i]);
  for (size_t i = 0; i < CLIENTS; i++) {
    const struct end *const client = &couples[i].end[CLIENT], *const server =
                                                                  &couples[i].end[SERVER];
    couple_ask(&couples[i]);
    couple_ask(&couples[i]);
    assert_int_equal(client->responses, 2);
    assert_int_equal(server->requests, 2);
    assert_int_equal(client->keys, 1);
    assert_int_equal(server->keys, 0);
    assert_ptr_equal(server->named, IDENTITIES[i]);
    assert_null(client->named);
    for (int side = 0; side < 2; side++)
      assert_association_identity(&couples[i], side, IDENTITIES[i]);
    couple_close(&couples[i]);
  }
}

static void assert_association_failed(const char *client, const char *server) {
  size_t length;
  assert_string_equal(association_failure(association_of(&couples[0], CLIENT)), client);
  assert_string_equal(association_failure(association_of(&couples[0], SERVER)), server);
  assert_null(association_identity(association_of(&couples[0], SERVER), &length));
  assert_true(association_kind_fails(&ASSOCIATION_DTLS, client));
  assert_true(association_kind_fails(&ASSOCIATION_DTLS, server));
  couple_close(&couples[0]);
}

static void test_association_unknown(void **state) {
  uint8_t key[KEY_LENGTH];
  (void)state;
  key_of(0, key);
  couple_open(&couples[0], "ue-9", key);
  couple_run(&couples[0]);
  assert_association_failed("dtls-unknown-identity", "dtls-unknown-identity");
}

static void test_association_wrong_key(void **state) {
  uint8_t key[KEY_LENGTH];
  (void)state;
  key_of(1, key);
  couple_open(&couples[0], IDENTITIES[0], key);
  couple_run(&couples[0]);
  assert_association_failed("dtls-alert", "dtls-rejected");
}

/* The client, which has one key, could; the server could not. */
static void test_association_resume(void **state) {
  const struct node_address remote = {.ip = {1}, .port = 5683};
  struct association resumed = {.kind = NULL};
  uint8_t key[KEY_LENGTH];
  (void)state;
  key_of(0, key);
  couple_open(&couples[0], IDENTITIES[0], key);
  couple_run(&couples[0]);
  assert_true(association_can_resume(association_of(&couples[0], CLIENT)));
  assert_false(association_can_resume(association_of(&couples[0], SERVER)));
  assert_int_equal(association_resume(&resumed, &couples[0].end[SERVER].pair.current, &remote, 0),
                   NODE_ERR_UNSUPPORTED);
  assert_false(association_is_open(&resumed));
  couple_ask(&couples[0]);
  assert_int_equal(couples[0].end[CLIENT].responses, 1);
  couple_close(&couples[0]);
}

/* Keys of a client, beside a key or an identity, or of a kind that names nobody. */
static void test_association_keys_refused(void **state) {
  static const uint8_t key[40];
  struct seeded seeded = {.state = 1};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  const struct association_config good = made_of(SERVER, NULL, NULL);
  struct association_config bad[5] = {good, good, good, good, good};
  struct association association = {.kind = NULL};
  size_t length;
  (void)state;
  bad[0].client = true;
  bad[1].key = key;
  bad[1].key_length = KEY_LENGTH;
  bad[2].identity = key;
  bad[2].identity_length = 1;
  bad[3].kind = &ASSOCIATION_OSCORE;
  bad[3].key = key;
  bad[3].key_length = sizeof key;
  bad[4].kind = &ASSOCIATION_NONE;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(association_open(&association, &bad[i], NULL, &hooks, 0), NODE_ERR_BAD_CONFIG);
    assert_false(association_is_open(&association));
    assert_null(association_identity(&association, &length));
  }
  uint8_t octets[4] = {0};
  const struct node_datagram datagram = {.data = octets, .length = sizeof octets};
  assert_null(association_names(&association, &datagram, &length));
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_association_clients),      cmocka_unit_test(test_association_unknown),
      cmocka_unit_test(test_association_wrong_key),    cmocka_unit_test(test_association_resume),
      cmocka_unit_test(test_association_keys_refused),
  };
  return cmocka_run_group_tests_name("association_keys", tests, NULL, NULL);
}
