/* The authorization server: who has joined, what tokens say, and that none are alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ace/authorization_server.h"
#include "association/association.h"
#include "seeded.h"

enum { PORT = 5685, LIFETIME_S = 100, HOLDER = 'h' };

static const uint8_t HOLDERS[][1] = {{HOLDER}, {'i'}};
static const struct node_hooks hooks = {.context = &(struct seeded){.state = 1},
                                        .random = seeded_bytes};
static const struct association no_guard;

static struct ace_audience audiences[2];
static const struct ace_rule rules[] = {
    {.audience = "lamp1", .scope = {.count = 1, .entry = {{"light", ACE_METHOD_GET}}}},
    {.audience = "lamp2", .scope = {.count = 1, .entry = {{"light", ACE_METHOD_GET}}}}};

static struct ace_authorization_server_config configure(void) {
  audiences[0] = (struct ace_audience){
      .name = "lamp1", .holder = HOLDERS[0], .holder_length = 1, .port = PORT, .resource = "light"};
  audiences[1] = audiences[0];
  audiences[1].name = "lamp2";
  audiences[1].holder = HOLDERS[1];
  return (struct ace_authorization_server_config){.audiences = audiences,
                                                  .audience_count = 2,
                                                  .rules = rules,
                                                  .rule_count = 2,
                                                  .profile = ACE_PROFILE_OSCORE,
                                                  .lifetime_s = LIFETIME_S};
}

static struct lower_client peer_at(uint8_t host, uint8_t identity) {
  static uint8_t name;
  name = identity;
  return (struct lower_client){.remote = {.ip = {host}, .port = 5683},
                               .identity = &name,
                               .identity_length = 1,
                               .association = &no_guard,
                               .ends_ns = NODE_NEVER};
}

static void join(const struct ace_authorization_server *server, uint8_t host, uint8_t identity,
                 uint8_t seed) {
  const struct lower_service *service = ace_authorization_server_service(server);
  const struct lower_client client = peer_at(host, identity);
  uint8_t msk[EAP_KEY_LENGTH];
  memset(msk, seed, sizeof msk);
  service->joined(service->context, &client, msk, 0);
}

static void leave(const struct ace_authorization_server *server, uint8_t host, uint8_t identity) {
  const struct lower_service *service = ace_authorization_server_service(server);
  const struct lower_client client = peer_at(host, identity);
  service->left(service->context, &client);
}

/* A client asks for a token for lamp1. The code; of 2.01 the token is opened with the key of
 * `seed`. */
static uint8_t ask(const struct ace_authorization_server *server, uint8_t seed, uint64_t now_ns,
                   struct ace_claims *claims) {
  static const uint8_t asked[] = {0xa1, 0x05, 0x65, 'l', 'a', 'm', 'p', '1'};
  const struct lower_service *service = ace_authorization_server_service(server);
  const struct lower_client client = peer_at(9, 'c');
  const struct coap_message request = {.payload = asked, .payload_length = sizeof asked};
  uint8_t octets[ACE_MESSAGE_MAX], msk[EAP_KEY_LENGTH];
  struct ace_token_answer said;
  struct ace_sealing_key key;
  struct lower_answer answer = {.code = 0};
  span_writer_init(&answer.payload, octets, sizeof octets, NULL);
  service->serve(service->context, &client, &request, &answer, now_ns);
  if (answer.code != COAP_CODE_CREATED)
    return answer.code;
  memset(msk, seed, sizeof msk);
  assert_int_equal(ace_token_answer_read(octets, answer.payload.length, &said), 0);
  assert_int_equal(ace_sealing_key_derive(msk, &hooks, &key), 0);
  assert_int_equal(ace_token_open(said.token, said.token_length, &key, &hooks, claims), 0);
  return answer.code;
}

static void test_no_token_before_it_joins(void **state) {
  const struct ace_authorization_server_config config = configure();
  struct ace_authorization_server *server = ace_authorization_server_create(&config, &hooks);
  struct ace_claims claims;
  (void)state;
  assert_int_equal(ask(server, 1, 0, &claims), COAP_CODE_BAD_REQUEST);
  join(server, 1, 'x', 1);
  assert_int_equal(ask(server, 1, 0, &claims), COAP_CODE_BAD_REQUEST);
  join(server, 1, HOLDER, 1);
  assert_int_equal(ask(server, 1, 0, &claims), COAP_CODE_CREATED);
  leave(server, 1, HOLDER);
  assert_int_equal(ask(server, 1, 0, &claims), COAP_CODE_BAD_REQUEST);
  ace_authorization_server_destroy(server);
}

/* Of two peers of one identity the last counts, and that the other one leaves changes nothing. */
static void test_another_of_its_identity_leaves(void **state) {
  const struct ace_authorization_server_config config = configure();
  struct ace_authorization_server *server = ace_authorization_server_create(&config, &hooks);
  struct ace_claims claims;
  (void)state;
  join(server, 1, HOLDER, 1);
  join(server, 2, HOLDER, 2);
  leave(server, 1, HOLDER);
  assert_int_equal(ask(server, 2, 0, &claims), COAP_CODE_CREATED);
  leave(server, 2, HOLDER);
  assert_int_equal(ask(server, 2, 0, &claims), COAP_CODE_BAD_REQUEST);
  ace_authorization_server_destroy(server);
}

/* Two audiences of one holder would have one key, and the first token of each one nonce. */
static void test_two_of_one_holder(void **state) {
  const struct ace_authorization_server_config config = configure();
  (void)state;
  audiences[1].holder = HOLDERS[0];
  assert_null(ace_authorization_server_create(&config, &hooks));
  audiences[1].holder = HOLDERS[1];
  audiences[1].name = "lamp1";
  assert_null(ace_authorization_server_create(&config, &hooks));
}

/* The last moment that exp can say is the end of every token; then there are none. */
static void test_end_of_time(void **state) {
  struct ace_authorization_server_config config = configure();
  struct ace_claims claims;
  (void)state;
  config.epoch_s = UINT32_MAX - LIFETIME_S;
  struct ace_authorization_server *server = ace_authorization_server_create(&config, &hooks);
  join(server, 1, HOLDER, 1);
  for (uint64_t now_s = 0; now_s < LIFETIME_S; now_s++) {
    assert_int_equal(ask(server, 1, now_s * NODE_SECOND, &claims), COAP_CODE_CREATED);
    assert_int_equal(claims.expires_s, UINT32_MAX);
  }
  assert_int_equal(ask(server, 1, LIFETIME_S * NODE_SECOND, &claims), COAP_CODE_BAD_REQUEST);
  ace_authorization_server_destroy(server);
  config.epoch_s = UINT64_C(1) << 32;
  assert_null(ace_authorization_server_create(&config, &hooks));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_token_before_it_joins),
      cmocka_unit_test(test_another_of_its_identity_leaves),
      cmocka_unit_test(test_two_of_one_holder),
      cmocka_unit_test(test_end_of_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
