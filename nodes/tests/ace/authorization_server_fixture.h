/* An authorization server, its resource servers, and those who ask it. Include after cmocka.h. */
#ifndef NODES_TESTS_ACE_AUTHORIZATION_SERVER_FIXTURE_H
#define NODES_TESTS_ACE_AUTHORIZATION_SERVER_FIXTURE_H

#include "ace/authorization_server.h"
#include "ace_fixture.h"
#include "association/association.h"

#define EPOCH_S UINT64_C(1611187200)

enum { PORT = 5685, AUDIENCES = 2, HALL = 0, ATTIC = 1 };

static const struct ace_audience audiences[AUDIENCES] = {
    {.name = "hall",
     .holder = (const uint8_t *)"rs-1",
     .holder_length = 4,
     .port = PORT,
     .resource = "light"},
    {.name = "attic",
     .holder = (const uint8_t *)"rs-2",
     .holder_length = 4,
     .port = PORT,
     .resource = "heat"},
};
static const struct ace_rule rules[] = {
    {.audience = "hall",
     .client = (const uint8_t *)"guest",
     .client_length = 5,
     .scope = {.entry = {{"light", ACE_METHOD_GET}}, .count = 1}},
    {.audience = "hall", .client = (const uint8_t *)"nobody", .client_length = 6},
    {.audience = "hall",
     .scope = {.entry = {{"light", ACE_METHOD_GET | ACE_METHOD_POST}, {"door", ACE_METHOD_PUT}},
               .count = 2}},
    {.audience = "attic",
     .client = (const uint8_t *)"owner",
     .client_length = 5,
     .scope = {.entry = {{"heat", ACE_METHOD_GET}}, .count = 1}},
};
static const struct ace_authorization_server_config CONFIG = {.audiences = audiences,
                                                              .audience_count = AUDIENCES,
                                                              .rules = rules,
                                                              .rule_count = 4,
                                                              .profile = ACE_PROFILE_OSCORE,
                                                              .lifetime_s = 3600,
                                                              .epoch_s = EPOCH_S};

/* A server, and who asks it. */
static struct ace_authorization_server *server;
static const struct lower_service *service;
static struct seeded chance;
static const struct node_hooks HOOKS = {.context = &chance, .random = seeded_bytes};
static struct association closed_;

/* What came of a request. */
static struct reply {
  uint8_t code;
  uint16_t format;
  uint8_t payload[512];
  size_t length;
  struct span_list spans;
} reply;

static inline void server_begin(const struct ace_authorization_server_config *config) {
  chance.state = 1;
  server = ace_authorization_server_create(config, &HOOKS);
  assert_non_null(server);
  service = ace_authorization_server_service(server);
  assert_string_equal(service->path, "token");
  assert_int_equal(service->content_format, ACE_CONTENT_FORMAT);
  assert_int_equal(service->phase, NODE_PHASE_AUTHORIZATION);
}

static inline void server_end(void) {
  ace_authorization_server_destroy(server);
  server = NULL;
}

static inline struct lower_client peer_named(const char *identity, uint8_t host) {
  return (struct lower_client){.remote = {.ip = {[0] = 0xfd, [15] = host}, .port = 5683},
                               .identity = (const uint8_t *)identity,
                               .identity_length = strlen(identity),
                               .association = &closed_,
                               .ends_ns = NODE_NEVER};
}

static inline const char *holder_of(size_t audience) {
  return audience == HALL ? "rs-1" : "rs-2";
}

/* An MSK for each number, and the key of tokens that its resource server has of it. */
static inline struct ace_sealing_key key_of(uint8_t number) {
  struct ace_sealing_key key;
  uint8_t msk[EAP_KEY_LENGTH];
  memset(msk, number, sizeof msk);
  assert_int_equal(ace_sealing_key_derive(msk, &HOOKS, &key), 0);
  return key;
}

static inline void join_until(size_t audience, uint8_t number, uint64_t ends_ns, uint64_t now_ns) {
  struct lower_client peer = peer_named(holder_of(audience), (uint8_t)(10 + audience));
  uint8_t msk[EAP_KEY_LENGTH];
  memset(msk, number, sizeof msk);
  peer.ends_ns = ends_ns;
  service->joined(service->context, &peer, msk, now_ns);
}

static inline void join(size_t audience, uint8_t number) {
  join_until(audience, number, NODE_NEVER, 0);
}

static inline void ask_octets(const struct lower_client *client, const uint8_t *payload,
                              size_t length, uint64_t now_ns) {
  uint8_t *const copy = exact(payload, length);
  const struct coap_message request = {
      .code = COAP_CODE_POST, .payload = copy, .payload_length = length};
  struct lower_answer answer = {.code = 0};
  span_writer_init(&answer.payload, reply.payload, sizeof reply.payload, &reply.spans);
  service->serve(service->context, client, &request, &answer, now_ns);
  assert_false(answer.payload.overflow);
  assert_non_null(answer.label);
  reply.code = answer.code;
  reply.format = answer.content_format;
  reply.length = answer.payload.length;
  free(copy);
}

/* `scope`: length 0: none. */
static inline size_t write_request(const char *audience, const uint8_t *scope, size_t length,
                                   uint8_t payload[128]) {
  const struct ace_token_request request = {.audience = (const uint8_t *)audience,
                                            .audience_length = strlen(audience),
                                            .scope = scope,
                                            .scope_length = length};
  struct span_writer out;
  span_writer_init(&out, payload, 128, NULL);
  ace_token_request_write(&request, &out);
  return out.length;
}

static inline void ask(const char *identity, const char *audience, uint8_t methods,
                       uint64_t now_ns) {
  const struct lower_client client = peer_named(identity, 20);
  uint8_t payload[128];
  const size_t length = write_request(audience, &methods, methods == 0 ? 0 : 1, payload);
  ask_octets(&client, payload, length, now_ns);
}

static inline void assert_refused(enum ace_error error) {
  assert_int_equal(reply.code, COAP_CODE_BAD_REQUEST);
  assert_int_equal(reply.format, ACE_CONTENT_FORMAT);
  assert_int_equal(ace_error_read(reply.payload, reply.length), error);
}

static inline struct ace_token_answer assert_granted(void) {
  struct ace_token_answer answer;
  assert_int_equal(reply.code, COAP_CODE_CREATED);
  assert_int_equal(reply.format, ACE_CONTENT_FORMAT);
  assert_int_equal(ace_token_answer_read(reply.payload, reply.length, &answer), 0);
  return answer;
}

/* The token of the reply, as the resource server with the key of this number reads it. */
static inline struct ace_claims open_token(uint8_t number) {
  const struct ace_token_answer answer = assert_granted();
  const struct ace_sealing_key key = key_of(number);
  struct ace_claims claims;
  assert_int_equal(ace_token_open(answer.token, answer.token_length, &key, &HOOKS, &claims), 0);
  return claims;
}

#endif
