/* An EAP peer and an EAP server, configured as in vectors/eap-psk.json and drawing its random
 * values, with every packet between them in the test's hands. Include after cmocka.h. */
#ifndef NODES_TESTS_EAP_EAP_WORLD_H
#define NODES_TESTS_EAP_EAP_WORLD_H

#include <jansson.h>
#include <stdlib.h>

#include "eap/peer.h"
#include "eap/psk.h"
#include "eap/server.h"
#include "hex.h"

enum { WORLD_METHODS_MAX = 3, WORLD_IDENTIFIER = 0x73 };

/* The packets of an undisturbed run. */
enum eap_world_packet {
  IDENTITY_REQUEST,
  IDENTITY_RESPONSE,
  PSK_1,
  PSK_2,
  PSK_3,
  PSK_4,
  SUCCESS,
  WORLD_PACKETS
};

static inline bool goes_to_peer(size_t packet) {
  return packet % 2 == 0;
}

struct packet {
  uint8_t octets[EAP_PACKET_MAX];
  size_t length;
};

struct eap_world {
  struct hex rand_s, rand_p;
  uint32_t costs_peer[NODE_PRIMITIVE_COUNT], costs_server[NODE_PRIMITIVE_COUNT];
  struct node_hooks peer_hooks, server_hooks;
  struct eap_peer_method peer_methods[WORLD_METHODS_MAX];
  struct eap_peer_config peer_config;
  struct eap_server_method server_methods[WORLD_METHODS_MAX];
  struct eap_user user;
  struct eap_server_config server_config;
  struct eap_peer peer;
  struct eap_server server;
};

static inline json_t *eap_world_vectors(void) {
  static json_t *vectors;
  if (vectors == NULL)
    vectors = json_load_file(VECTORS "/eap-psk.json", 0, NULL);
  assert_non_null(vectors);
  return vectors;
}

static inline const char *eap_world_vector(const char *name) {
  const char *text = json_string_value(json_object_get(eap_world_vectors(), name));
  assert_non_null(text);
  return text;
}

/* The octets [from, from + length) of the packet called `name`. */
static inline struct hex eap_world_vector_part(const char *name, size_t from, size_t length) {
  const struct hex whole = hex(eap_world_vector(name));
  struct hex part = {.length = length};
  assert_true(from + length <= whole.length);
  memcpy(part.octets, whole.octets + from, length);
  return part;
}

static inline void eap_world_random(const struct hex *source, uint8_t *octets, size_t length) {
  assert_int_equal(length, source->length);
  memcpy(octets, source->octets, length);
}

static inline void eap_world_peer_random(void *context, uint8_t *octets, size_t length) {
  eap_world_random(&((struct eap_world *)context)->rand_p, octets, length);
}

static inline void eap_world_server_random(void *context, uint8_t *octets, size_t length) {
  eap_world_random(&((struct eap_world *)context)->rand_s, octets, length);
}

static inline void eap_world_peer_cost(void *context, enum node_primitive primitive,
                                       uint32_t blocks) {
  ((struct eap_world *)context)->costs_peer[primitive] += blocks;
}

static inline void eap_world_server_cost(void *context, enum node_primitive primitive,
                                         uint32_t blocks) {
  ((struct eap_world *)context)->costs_server[primitive] += blocks;
}

static inline const struct eap_user *eap_world_lookup(void *context, const uint8_t *identity,
                                                      size_t length) {
  const struct eap_user *user = &((struct eap_world *)context)->user;
  return length == user->identity_length && memcmp(identity, user->identity, length) == 0 ? user
                                                                                          : NULL;
}

static inline const uint8_t *text_octets(const char *text) {
  return (const uint8_t *)text;
}

/* Both sides configured; the test may change the configuration until eap_world_start. */
static inline void eap_world_init(struct eap_world *world) {
  const char *psk = eap_world_vector("psk_ascii");
  const char *id_s = eap_world_vector("id_s_ascii"), *id_p = eap_world_vector("id_p_ascii");
  *world = (struct eap_world){
      .rand_s = eap_world_vector_part("message_1", 6, 16),
      .rand_p = eap_world_vector_part("message_2", 22, 16),
      .peer_hooks = {.context = world,
                     .random = eap_world_peer_random,
                     .cost = eap_world_peer_cost},
      .server_hooks = {.context = world,
                       .random = eap_world_server_random,
                       .cost = eap_world_server_cost},
      .peer_methods = {{&EAP_PSK_PEER,
                        {.psk = text_octets(psk),
                         .local_id = text_octets(id_p),
                         .local_id_length = strlen(id_p),
                         .remote_id = text_octets(id_s),
                         .remote_id_length = strlen(id_s)}}},
      .server_methods = {{&EAP_PSK_SERVER,
                          {.psk = text_octets(psk),
                           .local_id = text_octets(id_s),
                           .local_id_length = strlen(id_s),
                           .remote_id = text_octets(id_p),
                           .remote_id_length = strlen(id_p)}}},
      .peer_config = {text_octets("tfg-user-test"), 13, world->peer_methods, 1},
      .user = {.identity = text_octets("tfg-user-test"),
               .identity_length = 13,
               .methods = world->server_methods,
               .method_count = 1},
      .server_config = {.lookup = eap_world_lookup, .context = world},
  };
}

static inline void eap_world_start(struct eap_world *world) {
  eap_peer_init(&world->peer, &world->peer_config, &world->peer_hooks);
  eap_server_init(&world->server, &world->server_config, &world->server_hooks, WORLD_IDENTIFIER);
}

/* The packet's octets and nothing behind them, so that AddressSanitizer sees who reads on. */
static inline uint8_t *exact_copy(const struct packet *packet) {
  uint8_t *octets = malloc(packet->length > 0 ? packet->length : 1);
  assert_non_null(octets);
  memcpy(octets, packet->octets, packet->length);
  return octets;
}

/* Hands a packet to the peer, and checks what holds of any: a discarded packet changes no state
 * and has a reason, so has a failure; an answer is a packet whose spans cover it. */
static inline enum eap_peer_result give_peer(struct eap_world *world, const struct packet *in,
                                             struct packet *out) {
  static struct eap_peer before;
  uint8_t *exact = exact_copy(in);
  struct span_list spans;
  struct span_writer writer;
  memcpy(&before, &world->peer, sizeof before);
  span_writer_init(&writer, out->octets, sizeof out->octets, &spans);
  const enum eap_peer_result result = eap_peer_process(&world->peer, exact, in->length, &writer);
  free(exact);
  out->length = writer.length;
  assert_int_equal(writer.length != 0, result == EAP_PEER_RESPOND || result == EAP_PEER_REPEAT);
  assert_int_equal(span_list_length(&spans), writer.length);
  if (result == EAP_PEER_DISCARD || result == EAP_PEER_FAILURE)
    assert_string_not_equal(eap_peer_reason(&world->peer), "");
  before.reason = world->peer.reason;
  if (result == EAP_PEER_DISCARD)
    assert_memory_equal(&before, &world->peer, sizeof before);
  return result;
}

static inline enum eap_server_result give_server(struct eap_world *world, const struct packet *in,
                                                 struct packet *out) {
  static struct eap_server before;
  uint8_t *exact = exact_copy(in);
  struct span_list spans;
  struct span_writer writer;
  memcpy(&before, &world->server, sizeof before);
  span_writer_init(&writer, out->octets, sizeof out->octets, &spans);
  const enum eap_server_result result =
      eap_server_process(&world->server, exact, in->length, &writer);
  free(exact);
  out->length = writer.length;
  assert_int_equal(writer.length != 0, result != EAP_SERVER_DISCARD);
  assert_int_equal(span_list_length(&spans), writer.length);
  if (result == EAP_SERVER_DISCARD || result == EAP_SERVER_FAILURE)
    assert_string_not_equal(eap_server_reason(&world->server), "");
  before.reason = world->server.reason;
  if (result == EAP_SERVER_DISCARD)
    assert_memory_equal(&before, &world->server, sizeof before);
  return result;
}

static inline struct packet eap_world_identity_request(uint8_t identifier) {
  struct packet packet;
  struct span_writer writer;
  span_writer_init(&writer, packet.octets, sizeof packet.octets, NULL);
  assert_int_equal(eap_server_identity_request(identifier, &writer), 0);
  packet.length = writer.length;
  return packet;
}

/* Hands `in` to the side that `index` names and relays whatever comes of it until nobody answers.
 * What the first recipient answered goes to `first` (NULL: not wanted); returns true if it did not
 * discard. */
static inline bool eap_world_relay(struct eap_world *world, size_t index, const struct packet *in,
                                   struct packet *first) {
  struct packet now = *in, answer;
  bool taken = false;
  for (size_t i = index; i < index + 2 * WORLD_PACKETS; i++) {
    bool discarded;
    if (goes_to_peer(i))
      discarded = give_peer(world, &now, &answer) == EAP_PEER_DISCARD;
    else
      discarded = give_server(world, &now, &answer) == EAP_SERVER_DISCARD;
    if (i == index) {
      taken = !discarded;
      if (first != NULL)
        *first = answer;
    }
    if (answer.length == 0)
      return taken;
    now = answer;
  }
  fail_msg("the conversation does not end");
  return false;
}

/* Starts anew and lets the first `count` packets be received; all WORLD_PACKETS of an undisturbed
 * run, or as many as there are, are in `run` before that. */
static inline void eap_world_advance(struct eap_world *world, size_t count,
                                     const struct packet run[WORLD_PACKETS]) {
  struct packet answer;
  eap_world_start(world);
  for (size_t i = 0; i < count; i++)
    if (goes_to_peer(i))
      (void)give_peer(world, &run[i], &answer);
    else
      (void)give_server(world, &run[i], &answer);
}

/* An undisturbed run: each packet as the sides composed it. */
static inline void eap_world_run(struct eap_world *world, struct packet run[WORLD_PACKETS]) {
  eap_world_start(world);
  run[0] = eap_world_identity_request(WORLD_IDENTIFIER);
  for (size_t i = 0; i + 1 < WORLD_PACKETS; i++)
    if (goes_to_peer(i))
      assert_int_equal(give_peer(world, &run[i], &run[i + 1]), EAP_PEER_RESPOND);
    else
      assert_int_equal(give_server(world, &run[i], &run[i + 1]),
                       i == PSK_4 ? EAP_SERVER_SUCCESS : EAP_SERVER_REQUEST);
  struct packet none;
  assert_int_equal(give_peer(world, &run[SUCCESS], &none), EAP_PEER_SUCCESS);
}

/* True if both sides have ended with success, and then with the same keys. */
static inline bool eap_world_established(const struct eap_world *world) {
  struct eap_keys peer, server;
  const bool peer_has = eap_peer_keys(&world->peer, &peer) == 0;
  const bool server_has = eap_server_keys(&world->server, &server) == 0;
  assert_int_equal(peer_has, eap_peer_has_keys(&world->peer));
  if (peer_has && server_has) {
    assert_memory_equal(peer.msk, server.msk, sizeof peer.msk);
    assert_memory_equal(peer.emsk, server.emsk, sizeof peer.emsk);
  }
  return peer_has && server_has && world->peer.finished;
}

static inline struct packet packet_of(const char *text) {
  const struct hex parsed = hex(text);
  struct packet packet = {.length = parsed.length};
  memcpy(packet.octets, parsed.octets, parsed.length);
  return packet;
}

#endif
