/* The tokens that an authorization server makes, opened by the keys that resource servers have of
 * their own: until when they are, their keys and nonces, and what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ace/authorization_server_fixture.h"

enum { FOREVER_S = 1000000 };

static void grants_a_token(void **state) {
  (void)state;
  server_begin(&CONFIG);
  join(HALL, 1);
  ask("a", "hall", ACE_METHOD_GET, 5 * NODE_SECOND);
  const struct ace_token_answer answer = assert_granted();
  const struct ace_claims claims = open_token(1);
  assert_int_equal(answer.expires_in_s, 0);
  assert_int_equal(answer.scope_length, 0); /* what was asked for */
  assert_int_equal(claims.audience_length, 0);
  assert_int_equal(claims.expires_s, EPOCH_S + 5 + 3600);
  assert_int_equal(claims.scope_length, 1);
  assert_int_equal(claims.scope[0], ACE_METHOD_GET);
  assert_confirmation_equal(&claims.confirmation, &answer.confirmation);
  assert_int_equal(answer.token_length, 70);
  assert_int_equal(reply.length, 99);
  server_end();
}

/* Tokens end with their lifetime, and with the first of the two associations; exp is a whole
 * second, from the next one on, and expires_in says the same. */
static void lifetimes(void **state) {
  (void)state;
  static const struct {
    uint64_t now_ns, client_ns, server_ns;
    uint32_t lifetime_s, ends_s; /* 0: there is no token */
  } cases[] = {
      {0, NODE_NEVER, NODE_NEVER, 60, 60},
      {1, NODE_NEVER, NODE_NEVER, 60, 61},
      {NODE_SECOND, NODE_NEVER, NODE_NEVER, 60, 61},
      {NODE_SECOND / 2, 40 * NODE_SECOND, NODE_NEVER, 60, 40},
      {NODE_SECOND / 2, NODE_NEVER, 40 * NODE_SECOND, 60, 40},
      {NODE_SECOND / 2, 30 * NODE_SECOND, 40 * NODE_SECOND, 60, 30},
      {NODE_SECOND / 2, 41 * NODE_SECOND - 1, 90 * NODE_SECOND, 60, 40},
      {NODE_SECOND / 2, 90 * NODE_SECOND, 90 * NODE_SECOND, 60, 61},
      {NODE_SECOND, 2 * NODE_SECOND - 1, NODE_NEVER, 60, 0},
      {NODE_SECOND + 1, 2 * NODE_SECOND, NODE_NEVER, 60, 0},
      {NODE_SECOND, 2 * NODE_SECOND, NODE_NEVER, 60, 2},
      {0, NODE_NEVER, NODE_NEVER, 0, ACE_LIFETIME_DEFAULT_S},
      {0, NODE_NEVER, NODE_NEVER, FOREVER_S, FOREVER_S},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct ace_authorization_server_config config = CONFIG;
    struct lower_client client = peer_named("a", 20);
    const uint8_t scope = ACE_METHOD_GET;
    uint8_t payload[128];
    config.lifetime_s = cases[i].lifetime_s;
    config.says_lifetime = true;
    server_begin(&config);
    join_until(HALL, 1, cases[i].server_ns, 0);
    client.ends_ns = cases[i].client_ns;
    ask_octets(&client, payload, write_request("hall", &scope, 1, payload), cases[i].now_ns);
    if (cases[i].ends_s == 0) {
      assert_refused(ACE_INVALID_REQUEST);
    } else {
      const uint64_t begin_s = (cases[i].now_ns + NODE_SECOND - 1) / NODE_SECOND;
      assert_int_equal(open_token(1).expires_s, EPOCH_S + cases[i].ends_s);
      assert_int_equal(assert_granted().expires_in_s, cases[i].ends_s - begin_s);
    }
    server_end();
  }
}

/* The IV, as the unprotected header has it: behind the kid. */
static void nonce_of(const struct ace_token_answer *answer,
                     uint8_t nonce[ACE_SEALING_NONCE_LENGTH]) {
  enum { IV_AT = 12 };
  const struct hex head = hex("d0 83 43 a1010a a2 04 41");
  assert_memory_equal(answer->token, head.octets, head.length);
  assert_int_equal(answer->token[head.length + 1], 5);
  assert_int_equal(answer->token[head.length + 2], 0x40 | ACE_SEALING_NONCE_LENGTH);
  memcpy(nonce, answer->token + IV_AT, ACE_SEALING_NONCE_LENGTH);
}

/* Whoever asks, and whatever is granted. */
static void nonces_never_repeat(void **state) {
  (void)state;
  enum { TOKENS = 600 };
  static uint8_t nonces[TOKENS][ACE_SEALING_NONCE_LENGTH];
  static uint8_t secrets[TOKENS][ACE_SECRET_LENGTH];
  for (int profile = 0; profile < ACE_PROFILE_COUNT; profile++) {
    struct ace_authorization_server_config config = CONFIG;
    const struct lower_client peer = peer_named("rs-1", 10);
    config.profile = (enum ace_profile)profile;
    server_begin(&config);
    join(HALL, 1);
    for (size_t i = 0; i < TOKENS; i++) {
      if (i % 7 == 3)
        service->joined(service->context, &peer, NULL, 0);
      if (i % 7 == 5) {
        service->left(service->context, &peer);
        service->joined(service->context, &peer, NULL, 0);
      }
      ask(i % 2 == 0 ? "a" : "b", "hall", ACE_METHOD_GET, 0);
      const struct ace_token_answer answer = assert_granted();
      nonce_of(&answer, nonces[i]);
      memcpy(secrets[i], answer.confirmation.secret, ACE_SECRET_LENGTH);
      for (size_t j = 0; j < i; j++) {
        assert_memory_not_equal(nonces[i], nonces[j], sizeof nonces[i]);
        assert_memory_not_equal(secrets[i], secrets[j], sizeof secrets[i]);
      }
    }
    server_end();
  }
}

/* A join by EAP makes another key, under which old tokens do not open, nor new ones under the old.
 */
static void keys_of_joins(void **state) {
  (void)state;
  const struct ace_sealing_key first = key_of(1), second = key_of(2);
  struct ace_claims claims;
  uint8_t old[ACE_TOKEN_MAX];
  server_begin(&CONFIG);
  join(HALL, 1);
  ask("a", "hall", ACE_METHOD_GET, 0);
  struct ace_token_answer answer = assert_granted();
  const size_t old_length = answer.token_length;
  memcpy(old, answer.token, old_length);
  join(HALL, 2);
  ask("a", "hall", ACE_METHOD_GET, 0);
  answer = assert_granted();
  assert_true(ace_token_open(old, old_length, &second, &HOOKS, &claims) < 0);
  assert_true(ace_token_open(answer.token, answer.token_length, &first, &HOOKS, &claims) < 0);
  assert_int_equal(ace_token_open(old, old_length, &first, &HOOKS, &claims), 0);
  open_token(2);
  server_end();
}

/* Of coap_dtls the key is not in the token: the resource server derives it. */
static void keys_of_dtls(void **state) {
  (void)state;
  static const struct {
    size_t given, kid, token, payload;
  } cases[] = {{0, 1, 54, 85}, {1, 1, 54, 85}, {8, 8, 61, 99}};
  const struct ace_sealing_key key = key_of(1);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct ace_authorization_server_config config = CONFIG;
    uint8_t psk[ACE_SECRET_LENGTH], kid[ACE_KEY_ID_MAX];
    config.profile = ACE_PROFILE_DTLS;
    config.key_id_length = cases[i].given;
    server_begin(&config);
    join(HALL, 1);
    ask("a", "hall", ACE_METHOD_GET, 0);
    const struct ace_token_answer answer = assert_granted();
    const struct ace_claims claims = open_token(1);
    assert_int_equal(answer.token_length, cases[i].token);
    assert_int_equal(reply.length, cases[i].payload);
    assert_int_equal(claims.confirmation.profile, ACE_PROFILE_DTLS);
    assert_false(claims.confirmation.has_secret);
    assert_int_equal(claims.confirmation.id_length, cases[i].kid);
    assert_memory_equal(claims.confirmation.id, answer.confirmation.id, cases[i].kid);
    assert_int_equal(ace_psk_derive(&key, answer.token, answer.token_length, &HOOKS, psk), 0);
    assert_memory_equal(psk, answer.confirmation.secret, sizeof psk);
    memcpy(kid, claims.confirmation.id, cases[i].kid);
    ask("b", "hall", ACE_METHOD_GET, 0);
    assert_memory_not_equal(open_token(1).confirmation.id, kid, cases[i].kid);
    server_end();
  }
}

static void names_its_audience(void **state) {
  (void)state;
  struct ace_authorization_server_config config = CONFIG;
  config.names_audience = true;
  config.scope_form = ACE_SCOPE_AIF;
  server_begin(&config);
  join(HALL, 1);
  ask("a", "hall", ACE_METHOD_GET | ACE_METHOD_PUT, 0);
  const struct ace_claims claims = open_token(1);
  const struct ace_token_answer answer = assert_granted();
  assert_int_equal(claims.audience_length, 4);
  assert_memory_equal(claims.audience, "hall", 4);
  assert_hex_equal(claims.scope, claims.scope_length, "81 82 66 2f6c69676874 01");
  assert_hex_equal(answer.scope, answer.scope_length, "81 82 66 2f6c69676874 01");
  server_end();
}

/* Every octet of an answer has a row. */
static void rows(void **state) {
  (void)state;
  static const uint16_t expected[] = {ROW_ACE_PARAMETERS, ROW_ACE_TOKEN, ROW_ACE_PARAMETERS,
                                      ROW_ACE_CNF, ROW_ACE_PARAMETERS};
  struct ace_authorization_server_config config = CONFIG;
  size_t sum = 0;
  config.says_lifetime = true;
  server_begin(&config);
  join(HALL, 1);
  ask("guest", "hall", ACE_METHOD_GET | ACE_METHOD_POST, 0);
  assert_granted();
  assert_int_equal(reply.spans.count, sizeof expected / sizeof expected[0]);
  for (size_t i = 0; i < reply.spans.count; i++) {
    assert_int_equal(reply.spans.item[i].row, expected[i]);
    sum += reply.spans.item[i].length;
  }
  assert_int_equal(sum, reply.length);
  server_end();
}

static uint64_t digest_at(uint64_t now_ns) {
  struct digest digest;
  digest_init(&digest);
  ace_authorization_server_digest(server, &digest, now_ns);
  return digest.high ^ digest.low;
}

static void digests(void **state) {
  (void)state;
  const struct lower_client peer = peer_named("rs-1", 10);
  server_begin(&CONFIG);
  const uint64_t nobody = digest_at(0);
  join(HALL, 1);
  const uint64_t joined = digest_at(0);
  assert_int_not_equal(joined, nobody);
  assert_int_equal(digest_at(NODE_SECOND), joined);
  ask("a", "cellar", ACE_METHOD_GET, 0);
  assert_int_equal(digest_at(0), joined);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_int_not_equal(digest_at(0), joined);
  join(HALL, 1);
  assert_int_equal(digest_at(0), joined);
  service->left(service->context, &peer);
  const uint64_t left = digest_at(0);
  assert_int_not_equal(left, joined);
  assert_int_not_equal(left, nobody); /* it may come back without a key */
  join(HALL, 2);
  assert_int_not_equal(digest_at(0), joined);
  join_until(HALL, 1, 10 * NODE_SECOND, 0);
  assert_int_not_equal(digest_at(0), digest_at(NODE_SECOND));
  server_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(grants_a_token),
      cmocka_unit_test(lifetimes),
      cmocka_unit_test(nonces_never_repeat),
      cmocka_unit_test(keys_of_joins),
      cmocka_unit_test(keys_of_dtls),
      cmocka_unit_test(names_its_audience),
      cmocka_unit_test(rows),
      cmocka_unit_test(digests),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
