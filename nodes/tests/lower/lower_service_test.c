/* Services of an authenticator, and the calls of peers to them, over each lower layer that has
 * them and each kind of association: every call ends once, whatever becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "association/association.h"
#include "coap-eap/peer_state.h"
#include "coap-eap/pipe.h"
#include "lower/application.h"

enum { ACE_FORMAT = 19, ANSWER_FORMAT = 77, PAUSE_S = 20 };

static const struct {
  const char *lower_layer, *association, *roles;
} WAYS[] = {
    {"coap-eap", "oscore", "authenticator-client"},
    {"coap-eap", "dtls", "authenticator-client"},
    {"coap-eap", "oscore", "peer-client"},
    {"coap-eap", "dtls", "peer-client"},
    {"coap-eap", "ikev2", "authenticator-client"},
    {"coap-eap-rfc9820", "oscore", "authenticator-client"},
    {"coap-eap-rfc9820", "dtls", "authenticator-client"},
};
enum { WAY_COUNT = sizeof WAYS / sizeof WAYS[0] };

static struct pipe pipe_;

/* What the peer was told: of calls, and of its authentication. */
static struct told {
  unsigned answered, unanswered;
  uint8_t code;
  uint8_t payload[64];
  size_t length;
  uint8_t msk[EAP_KEY_LENGTH];
} told;

/* What the service was told. */
static struct served {
  unsigned served, joined, left;
  unsigned keys;  /* joined with one */
  uint8_t code;   /* that it answers */
  bool is_silent; /* without a payload */
  uint8_t msk[EAP_KEY_LENGTH];
  uint64_t ends_ns;
} served;

static void on_established(void *context, const struct eap_peer *peer, uint64_t now_ns) {
  struct eap_keys keys;
  (void)context;
  (void)now_ns;
  assert_int_equal(eap_peer_keys(peer, &keys), 0);
  memcpy(told.msk, keys.msk, sizeof told.msk);
}

static void on_answered(void *context, const struct coap_message *response, uint64_t now_ns) {
  (void)context;
  assert_int_equal(now_ns, pipe_.now_ns);
  if (response == NULL) {
    told.unanswered++;
    return;
  }
  told.answered++;
  told.code = response->code;
  told.length = response->payload_length;
  assert_true(told.length <= sizeof told.payload);
  if (told.length > 0)
    memcpy(told.payload, response->payload, told.length);
}

static const struct lower_listener LISTENER = {.established = on_established,
                                               .answered = on_answered};

static void assert_known(const struct lower_client *client) {
  assert_true(node_address_equal(&client->remote, &pipe_.hosts[1].address));
  assert_true(client->identity_length > 0);
}

/* It says what it was told. */
static void on_serve(void *context, const struct lower_client *client,
                     const struct coap_message *request, struct lower_answer *answer,
                     uint64_t now_ns) {
  (void)context;
  assert_known(client);
  assert_true(association_is_open(client->association));
  assert_int_equal(now_ns, pipe_.now_ns);
  assert_int_equal(request->code, COAP_CODE_POST);
  served.served++;
  answer->code = served.code;
  answer->label = "served";
  if (served.is_silent)
    return;
  answer->content_format = ANSWER_FORMAT;
  span_writer_put(&answer->payload, ROW_ACE_PARAMETERS, request->payload, request->payload_length);
}

static void on_joined(void *context, const struct lower_client *client,
                      const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  (void)context;
  (void)now_ns;
  assert_known(client);
  served.joined++;
  served.ends_ns = client->ends_ns;
  if (msk == NULL)
    return;
  served.keys++;
  memcpy(served.msk, msk, sizeof served.msk);
}

static void on_left(void *context, const struct lower_client *client) {
  (void)context;
  assert_known(client);
  served.left++;
}

static const struct lower_service SERVICE = {.path = "svc",
                                             .phase = NODE_PHASE_AUTHORIZATION,
                                             .content_format = ACE_FORMAT,
                                             .serve = on_serve,
                                             .joined = on_joined,
                                             .left = on_left};

static struct pipe_config by_way(size_t way) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", WAYS[way].lower_layer);
  pipe_set(&config, "association", WAYS[way].association);
  pipe_set(&config, "coap_roles", WAYS[way].roles);
  pipe_set_number(&config, "session_lifetime_s", 0); /* of RFC 9820: runs have no end otherwise */
  config.fault_at = SIZE_MAX;
  config.listener = &LISTENER;
  config.limits.service = &SERVICE;
  return config;
}

static void begin(const struct pipe_config *config) {
  told = (struct told){.code = 0};
  served = (struct served){.code = COAP_CODE_CREATED};
  pipe_init(&pipe_, config);
}

static void join(const struct pipe_config *config) {
  begin(config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
}

static int call_with(const char *path, uint16_t format, size_t length) {
  static const uint8_t payload[ASSOCIATION_PAYLOAD_MAX + 1] = "said";
  const struct lower_call call = {.phase = NODE_PHASE_AUTHORIZATION,
                                  .path = path,
                                  .content_format = format,
                                  .payload = payload,
                                  .length = length,
                                  .label = "call"};
  return pipe_call(&pipe_, 0, &call);
}

static int call(void) {
  return call_with("svc", ACE_FORMAT, 4);
}

/* Of one call: it was answered so, after the service was asked, or not. */
static void assert_answered(uint8_t code, unsigned asked) {
  assert_true(pipe_run(&pipe_));
  assert_int_equal(told.answered, 1);
  assert_int_equal(told.unanswered, 0);
  assert_int_equal(told.code, code);
  assert_int_equal(served.served, asked);
  assert_int_equal(pipe_.peer[0].answered + pipe_.peer[0].unanswered, 0); /* no events */
  told.answered = served.served = 0;
}

static void calls_are_served(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    const struct pipe_config config = by_way(way);
    join(&config);
    const unsigned before = pipe_.authenticator[0].served;
    assert_int_equal(call(), 0);
    assert_answered(COAP_CODE_CREATED, 1);
    assert_int_equal(told.length, 4);
    assert_memory_equal(told.payload, "said", 4);
    assert_int_equal(pipe_.authenticator[0].served, before + 1);
    assert_int_equal(pipe_.flight[pipe_find(&pipe_, "call")].phase, NODE_PHASE_AUTHORIZATION);
    assert_int_equal(pipe_.flight[pipe_find(&pipe_, "served")].phase, NODE_PHASE_AUTHORIZATION);
    served.is_silent = true;
    served.code = COAP_CODE_BAD_REQUEST;
    assert_int_equal(call(), 0);
    assert_answered(COAP_CODE_BAD_REQUEST, 1);
    assert_int_equal(told.length, 0);
    assert_int_equal(pipe_.authenticator[0].served, before + 1);
    pipe_assert_answered(&pipe_, 0, true);
    pipe_deinit(&pipe_);
  }
}

/* What the service is not asked. */
static void calls_are_refused(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    const struct pipe_config config = by_way(way);
    join(&config);
    assert_int_equal(call_with("svc", 61, 4), 0);
    assert_answered(COAP_CODE_UNSUPPORTED_FORMAT, 0);
    assert_int_equal(call_with("svc", 0, 4), 0);
    assert_answered(COAP_CODE_UNSUPPORTED_FORMAT, 0);
    assert_int_equal(call_with("svc2", ACE_FORMAT, 4), 0);
    assert_answered(COAP_CODE_NOT_FOUND, 0);
    assert_int_equal(call(), 0);
    assert_answered(COAP_CODE_CREATED, 1);
    pipe_deinit(&pipe_);
  }
}

/* A GET, as no peer of ours sends it. */
static void other_methods(void **state) {
  (void)state;
  for (size_t way = 0; way < 2; way++) {
    const struct pipe_config config = by_way(way);
    join(&config);
    struct coap_eap_peer *peer = (struct coap_eap_peer *)pipe_.hosts[1].node;
    struct coap_message request = {.phase = NODE_PHASE_AUTHORIZATION,
                                   .type = COAP_CON,
                                   .code = COAP_CODE_GET,
                                   .token_length = 1};
    coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, SERVICE.path, 3);
    assert_int_equal(association_request(&peer->associations.current, &request, "a GET"), 0);
    assert_int_equal(association_seal(&peer->associations.current), 0);
    peer->requesting = peer->calling = true;
    pipe_inject(&pipe_, &pipe_.hosts[0].address, &pipe_.hosts[1].address, (const uint8_t *)"", 1);
    assert_answered(COAP_CODE_METHOD_NOT_ALLOWED, 0);
    pipe_deinit(&pipe_);
  }
}

/* By what the AAA server has granted. */
static void guards_hold(void **state) {
  (void)state;
  static const char *const rules[] = {"deny in ip from any to any", "permit in 17 from any to any"};
  for (size_t way = 0; way < WAY_COUNT; way++)
    for (size_t i = 0; i < 2; i++) {
      const struct aaa_authorization authorization = {.rules = &rules[i], .rule_count = 1};
      struct pipe_config config = by_way(way);
      config.radius = true;
      config.authorization = &authorization;
      join(&config);
      assert_int_equal(call(), 0);
      assert_answered(i == 0 ? COAP_CODE_FORBIDDEN : COAP_CODE_CREATED, i > 0);
      pipe_deinit(&pipe_);
    }
}

/* Nobody is there any more. */
static void calls_stay_unanswered(void **state) {
  (void)state;
  static const enum pipe_fault faults[] = {PIPE_LOSE_ALL_TO_AUTHENTICATOR, PIPE_LOSE_ALL_TO_PEERS};
  for (size_t way = 0; way < WAY_COUNT; way++)
    for (size_t i = 0; i < 2; i++) {
      const struct pipe_config config = by_way(way);
      join(&config);
      pipe_.config.fault = faults[i];
      pipe_.config.fault_at = pipe_.flight_count;
      assert_int_equal(call(), 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(told.answered, 0);
      assert_int_equal(told.unanswered, 1);
      assert_int_equal(served.served, i); /* once, however often it comes */
      assert_int_equal(pipe_.peer[0].unanswered, 0);
      pipe_deinit(&pipe_);
    }
}

/* One datagram is lost, or comes twice: it is served once, and answered once. */
static void faults_are_survived(void **state) {
  (void)state;
  static const enum pipe_fault faults[] = {PIPE_LOSE, PIPE_DOUBLE};
  for (size_t way = 0; way < WAY_COUNT; way++)
    for (size_t i = 0; i < 4; i++) {
      const struct pipe_config config = by_way(way);
      join(&config);
      pipe_.config.fault = faults[i % 2];
      pipe_.config.fault_at = pipe_.flight_count + i / 2;
      assert_int_equal(call(), 0);
      assert_answered(COAP_CODE_CREATED, 1);
      pipe_deinit(&pipe_);
    }
}

static void one_at_a_time(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    const struct pipe_config config = by_way(way);
    join(&config);
    assert_int_equal(call(), 0);
    assert_int_equal(call(), NODE_ERR_BUSY);
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), NODE_ERR_BUSY);
    assert_answered(COAP_CODE_CREATED, 1);
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
    assert_int_equal(call(), NODE_ERR_BUSY);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 1); /* by an event, and by nothing else */
    assert_int_equal(told.answered + told.unanswered, 0);
    pipe_deinit(&pipe_);
  }
}

static void bad_states(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    struct pipe_config config = by_way(way);
    begin(&config);
    assert_int_equal(call(), NODE_ERR_BAD_STATE);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(call_with("svc", ACE_FORMAT, ASSOCIATION_PAYLOAD_MAX + 1), NODE_ERR_TOO_LONG);
    assert_int_equal(call(), 0);
    assert_answered(COAP_CODE_CREATED, 1);
    pipe_deinit(&pipe_);
    config.peer_psk = "another key of16";
    begin(&config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(call(), NODE_ERR_BAD_STATE);
    assert_int_equal(told.answered + told.unanswered + served.joined + served.left, 0);
    pipe_deinit(&pipe_);
  }
}

/* An authenticator that offers none. */
static void no_service(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    struct pipe_config config = by_way(way);
    config.limits.service = NULL;
    join(&config);
    assert_int_equal(call(), 0);
    assert_answered(COAP_CODE_NOT_FOUND, 0);
    pipe_deinit(&pipe_);
  }
}

/* Each authentication brings its MSK; what takes the place of EAP, none. */
static void who_has_joined(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++)
    for (unsigned again = 0; again < 2; again++) { /* by EAP, or without */
      struct pipe_config config = by_way(way);
      const bool erp = again == 1 && strcmp(WAYS[way].lower_layer, "coap-eap") == 0 &&
                       strcmp(WAYS[way].roles, "authenticator-client") == 0;
      config.erp = erp ? PIPE_ERP_BY_PEER : PIPE_NO_ERP;
      join(&config);
      assert_int_equal(served.joined, 1);
      assert_int_equal(served.keys, 1);
      assert_memory_equal(served.msk, told.msk, sizeof told.msk);
      pipe_.now_ns += PAUSE_S * NODE_SECOND;
      pipe_trigger(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(served.joined, 2);
      assert_int_equal(served.keys, erp ? 1 : 2);
      assert_memory_equal(served.msk, told.msk, sizeof told.msk);
      assert_int_equal(served.left, 0);
      assert_int_equal(call(), 0);
      assert_answered(COAP_CODE_CREATED, 1);
      pipe_deinit(&pipe_);
    }
}

/* By the lifetime of its key, or by a message. */
static void who_has_left(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    struct pipe_config config = by_way(way);
    config.limits.lifetime_s = 50;
    begin(&config);
    assert_true(pipe_run_until(&pipe_, 10 * NODE_SECOND));
    assert_int_equal(served.joined, 1);
    assert_true(served.ends_ns > 40 * NODE_SECOND && served.ends_ns < 60 * NODE_SECOND);
    assert_int_equal(served.left, 0);
    assert_true(pipe_run_until(&pipe_, 61 * NODE_SECOND));
    assert_int_equal(served.left, 1);
    pipe_deinit(&pipe_);
    if (strcmp(WAYS[way].lower_layer, "coap-eap-rfc9820") != 0)
      continue;
    config = by_way(way);
    join(&config);
    assert_int_equal(served.ends_ns, NODE_NEVER);
    assert_int_equal(pipe_end(&pipe_, 0), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(served.left, 1);
    assert_int_equal(call(), NODE_ERR_BAD_STATE);
    pipe_deinit(&pipe_);
  }
}

static struct digest digest_of_peer(void) {
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(pipe_.hosts[1].node, &digest, pipe_.now_ns));
  return digest;
}

/* A call that is under way is in the digest, though its octets are those of a request. */
static void digests(void **state) {
  (void)state;
  for (size_t way = 0; way < WAY_COUNT; way++) {
    const struct pipe_config config = by_way(way);
    join(&config);
    struct coap_eap_peer *peer = (struct coap_eap_peer *)pipe_.hosts[1].node;
    assert_int_equal(call(), 0);
    const struct digest calling = digest_of_peer();
    peer->calling = false;
    const struct digest requesting = digest_of_peer();
    peer->calling = true;
    assert_true(calling.high != requesting.high || calling.low != requesting.low);
    assert_answered(COAP_CODE_CREATED, 1);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(calls_are_served),
      cmocka_unit_test(calls_are_refused),
      cmocka_unit_test(other_methods),
      cmocka_unit_test(guards_hold),
      cmocka_unit_test(calls_stay_unanswered),
      cmocka_unit_test(faults_are_survived),
      cmocka_unit_test(one_at_a_time),
      cmocka_unit_test(bad_states),
      cmocka_unit_test(no_service),
      cmocka_unit_test(who_has_joined),
      cmocka_unit_test(who_has_left),
      cmocka_unit_test(digests),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
