/* An ER peer and an ER server with the root of vectors/erp.json, and every packet between them in
 * the test's hands. Include after cmocka.h. */
#ifndef NODES_TESTS_EAP_ERP_WORLD_H
#define NODES_TESTS_EAP_ERP_WORLD_H

#include <jansson.h>
#include <stdlib.h>

#include "eap/erp_peer.h"
#include "eap/erp_server.h"
#include "hex.h"
#include "seeded.h"

enum { ERP_WORLD_KEYS = 4 };

static const uint8_t ERP_WORLD_REALM[] = "example.test";
enum { ERP_WORLD_REALM_LENGTH = sizeof ERP_WORLD_REALM - 1 };

struct erp_octets {
  uint8_t octets[EAP_PACKET_MAX];
  size_t length;
};

struct erp_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct eap_keys keys;
  struct eap_session_id session;
  struct eap_name user;
  struct erp_peer_config peer_config;
  struct erp_server_config server_config;
  struct erp_peer peer;
  struct erp_server server;
  struct erp_grant grant;
  uint64_t now_ns;
  uint32_t blocks; /* of SHA-256 */
};

static inline const char *erp_vector(const char *name) {
  static json_t *vectors;
  if (vectors == NULL)
    vectors = json_load_file(VECTORS "/erp.json", 0, NULL);
  assert_non_null(vectors);
  const char *text = json_string_value(json_object_get(vectors, name));
  assert_non_null(text);
  return text;
}

static inline void erp_world_init(struct erp_world *world) {
  const struct hex emsk = hex(erp_vector("emsk")), session = hex(erp_vector("session_id"));
  memset(world, 0, sizeof *world);
  world->seeded.state = 17;
  world->hooks = (struct node_hooks){.context = &world->seeded, .random = seeded_bytes};
  memcpy(world->keys.emsk, emsk.octets, sizeof world->keys.emsk);
  memcpy(world->session.octets, session.octets, session.length);
  world->session.length = session.length;
  world->user.length = 4;
  memcpy(world->user.octets, "user", 4);
  world->peer_config =
      (struct erp_peer_config){.realm = ERP_WORLD_REALM, .realm_length = ERP_WORLD_REALM_LENGTH};
  world->server_config = (struct erp_server_config){
      .realm = ERP_WORLD_REALM, .realm_length = ERP_WORLD_REALM_LENGTH, .keys_max = ERP_WORLD_KEYS};
}

/* Both sides, after a full authentication. */
static inline void erp_world_start(struct erp_world *world) {
  erp_peer_init(&world->peer, &world->peer_config, &world->hooks);
  assert_int_equal(erp_peer_establish(&world->peer, &world->keys, &world->session, world->now_ns),
                   0);
  assert_true(erp_server_init(&world->server, &world->server_config, &world->hooks));
  assert_int_equal(erp_server_add(&world->server, world->keys.emsk, &world->session, &world->user,
                                  world->now_ns),
                   0);
}

static inline void erp_world_end(struct erp_world *world) {
  erp_server_deinit(&world->server);
  erp_peer_wipe(&world->peer);
}

static inline int erp_world_begin(struct erp_world *world, const struct erp_peer_request *request,
                                  struct erp_octets *initiate) {
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, initiate->octets, sizeof initiate->octets, &spans);
  const int error = erp_peer_begin(&world->peer, request, world->now_ns, &out);
  initiate->length = error == 0 ? out.length : 0;
  if (error == 0)
    assert_int_equal(span_list_length(&spans), out.length);
  return error;
}

/* In memory of exactly its length, to be freed. */
static inline uint8_t *erp_exact(const struct erp_octets *packet) {
  uint8_t *exact = malloc(packet->length > 0 ? packet->length : 1);
  assert_non_null(exact);
  memcpy(exact, packet->octets, packet->length);
  return exact;
}

static inline uint64_t erp_server_state(const struct erp_server *server) {
  struct digest digest;
  digest_init(&digest);
  erp_server_digest(server, &digest);
  return digest.low ^ digest.high;
}

/* Hands a packet to the server, and checks what holds of any: what fails changes nothing but for a
 * key that has expired, has a reason and grants nothing. */
static inline enum erp_server_result erp_world_serve_as(struct erp_world *world,
                                                        const struct erp_octets *in,
                                                        const struct erp_value *nas,
                                                        struct erp_octets *finish) {
  struct span_list spans;
  struct span_writer out;
  uint8_t *exact = erp_exact(in);
  memset(&world->grant, 0, sizeof world->grant);
  const struct erp_grant none = world->grant;
  const size_t count = world->server.store.count;
  const uint64_t before = erp_server_state(&world->server);
  span_writer_init(&out, finish->octets, sizeof finish->octets, &spans);
  const enum erp_server_result result = erp_server_process(&world->server, exact, in->length, nas,
                                                           world->now_ns, &world->grant, &out);
  free(exact);
  finish->length = out.length;
  assert_int_equal(out.length != 0, result != ERP_SERVER_DISCARD);
  assert_int_equal(span_list_length(&spans), out.length);
  assert_int_equal(strlen(erp_server_reason(&world->server)) == 0, result == ERP_SERVER_SUCCESS);
  if (result == ERP_SERVER_SUCCESS)
    return result;
  assert_memory_equal(&none, &world->grant, sizeof none);
  if (world->server.store.count == count)
    assert_true(erp_server_state(&world->server) == before);
  return result;
}

static inline enum erp_server_result
erp_world_serve(struct erp_world *world, const struct erp_octets *in, struct erp_octets *finish) {
  return erp_world_serve_as(world, in, NULL, finish);
}

/* Hands a packet to the peer; one that is discarded changes nothing. */
static inline enum erp_peer_result
erp_world_give(struct erp_world *world, const struct erp_octets *in, struct erp_octets *answer) {
  static struct erp_peer before;
  struct span_writer out;
  uint8_t *exact = erp_exact(in);
  memcpy(&before, &world->peer, sizeof before);
  span_writer_init(&out, answer->octets, sizeof answer->octets, NULL);
  const enum erp_peer_result result =
      erp_peer_process(&world->peer, exact, in->length, world->now_ns, &out);
  free(exact);
  answer->length = out.length;
  assert_int_equal(out.length != 0, result == ERP_PEER_RESPOND);
  assert_int_equal(strlen(erp_peer_reason(&world->peer)) != 0,
                   result == ERP_PEER_DISCARD || result == ERP_PEER_FAILURE);
  before.reason = world->peer.reason;
  before.of_another = world->peer.of_another;
  if (result == ERP_PEER_DISCARD)
    assert_memory_equal(&before, &world->peer, sizeof before);
  return result;
}

/* A whole exchange, with the same keys at both ends. */
static inline void erp_world_reauthenticate(struct erp_world *world) {
  struct erp_octets initiate, finish, none;
  uint8_t rmsk[EAP_KEY_LENGTH];
  assert_int_equal(erp_world_begin(world, NULL, &initiate), 0);
  assert_int_equal(erp_world_serve(world, &initiate, &finish), ERP_SERVER_SUCCESS);
  assert_int_equal(erp_world_give(world, &finish, &none), ERP_PEER_SUCCESS);
  assert_int_equal(erp_peer_rmsk(&world->peer, rmsk), 0);
  assert_memory_equal(rmsk, world->grant.rmsk, sizeof rmsk);
}

#endif
