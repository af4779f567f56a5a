/* EAP-EDHOC: whole conversations; sizes, fragments, names, Nak, configurations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap_edhoc_world.h"

enum { FLOW = 9 };

static void flow_of_every_method_and_credential(void **state) {
  (void)state;
  static const char *const labels[FLOW] = {
      "EAP-Request/Identity", "EAP-Response/Identity", "EAP-EDHOC Start",
      "EAP-EDHOC 1",          "EAP-EDHOC 2",           "EAP-EDHOC 3",
      "EAP-EDHOC 4",          "EAP-EDHOC (empty)",     "EAP-Success"};
  for (unsigned method = 0; method < EDHOC_METHODS; method++)
    for (enum parties_credential credential = PARTIES_KID; credential <= PARTIES_X5CHAIN;
         credential++) {
      struct eap_edhoc_world *it = eap_edhoc_world_init(method, credential, 0);
      struct eap_labels seen = {0};
      eap_edhoc_world_run(it);
      assert_true(eap_world_established(&it->world));
      assert_int_equal(it->run_length, FLOW);
      for (size_t i = 0; i < FLOW; i++)
        assert_string_equal(eap_label(&seen, it->run[i].octets, it->run[i].length), labels[i]);
      assert_int_equal(it->run[2].length, 6);
      assert_int_equal(flags_of(&it->run[2]), 0x10);
      assert_int_equal(it->run[7].length, 6);
      for (size_t i = 3; i < 8; i++)
        assert_int_equal(flags_of(&it->run[i]), 0);
    }
}

/* EAP adds six octets to EDHOC's published sizes. */
static void sizes(void **state) {
  (void)state;
  static const struct {
    unsigned method;
    enum parties_credential credential;
    size_t lengths[4];
  } table[] = {
      {3, PARTIES_KID, {37, 45, 19, 9}},       {3, PARTIES_X5T, {37, 58, 33, 9}},
      {0, PARTIES_KID, {37, 102, 77, 9}},      {0, PARTIES_X5T, {37, 115, 90, 9}},
      {0, PARTIES_X5CHAIN, {37, 398, 373, 9}},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct eap_edhoc_world *it = eap_edhoc_world_init(table[i].method, table[i].credential, 0);
    eap_edhoc_world_run(it);
    for (size_t j = 0; j < 4; j++)
      assert_int_equal(it->run[3 + j].length, 6 + table[i].lengths[j]);
  }
}

/* The EDHOC data of both sides, fragments joined; checks flags and lengths on the way. */
static size_t join(const struct eap_edhoc_world *it, size_t mtu, uint8_t *out) {
  size_t length = 0, left = 0;
  for (size_t i = 3; i + 1 < it->run_length; i++) {
    const struct packet *packet = &it->run[i];
    struct eap_edhoc_frame frame;
    assert_true(packet->length <= mtu);
    assert_int_equal(
        eap_edhoc_frame_parse(packet->octets + EDHOC_FLAGS, packet->length - EDHOC_FLAGS, &frame),
        0);
    assert_false(frame.start);
    if (frame.length == 0) {
      assert_int_equal(packet->length, 6);
      assert_int_equal(flags_of(packet), 0);
      continue;
    }
    assert_int_equal(frame.has_total, left == 0 && frame.more);
    assert_true(!frame.more || packet->length == mtu);
    if (frame.has_total) {
      assert_int_equal(flags_of(packet), 0x08 | (frame.total > 255 ? 2 : 1));
      left = frame.total;
    }
    assert_true(left == 0 || (frame.more ? frame.length < left : frame.length == left));
    left -= left == 0 ? 0 : frame.length;
    memcpy(out + length, frame.data, frame.length);
    length += frame.length;
  }
  assert_int_equal(left, 0);
  return length;
}

/* The same EDHOC octets at any MTU. */
static void fragments(void **state) {
  (void)state;
  static uint8_t whole[4 * EDHOC_MESSAGE_MAX], joined[4 * EDHOC_MESSAGE_MAX];
  for (enum parties_credential credential = PARTIES_KID; credential <= PARTIES_X5CHAIN;
       credential++) {
    struct eap_edhoc_world *it = eap_edhoc_world_init(0, credential, 0);
    eap_edhoc_world_run(it);
    const size_t length = join(it, EAP_PACKET_MAX, whole);
    for (size_t mtu = EAP_EDHOC_MTU_MIN; mtu <= 420; mtu++) {
      it = eap_edhoc_world_init(0, credential, mtu);
      eap_edhoc_world_run(it);
      assert_true(eap_world_established(&it->world));
      assert_int_equal(join(it, mtu, joined), length);
      assert_memory_equal(joined, whole, length);
    }
  }
}

/* Each side has its own MTU, and any credential up to the greatest fits. */
static void long_certificates(void **state) {
  (void)state;
  struct eap_edhoc_world *it = eap_edhoc_world_init(0, PARTIES_X5CHAIN, 0);
  const struct parties_options options = {
      .peers = 1, .suite = 2, .credential = PARTIES_X5CHAIN, .certificate_length = CERTIFY_MAX};
  parties_init(&it->parties, &options);
  it->world.peer_methods[0].credential.mtu = EAP_EDHOC_MTU_MIN;
  eap_edhoc_world_run(it);
  assert_true(eap_world_established(&it->world));
  size_t longest[2] = {0, 0};
  for (size_t i = 0; i < it->run_length; i++)
    if (it->run[i].length > longest[i % 2])
      longest[i % 2] = it->run[i].length;
  assert_int_equal(longest[0], EAP_PACKET_MAX);
  assert_int_equal(longest[1], EAP_EDHOC_MTU_MIN);
}

static void keys_and_names(void **state) {
  (void)state;
  struct eap_edhoc_world *it = eap_edhoc_world_init(3, PARTIES_KID, 0);
  struct eap_edhoc_identity identity;
  struct eap_keys keys;
  eap_edhoc_world_run(it);
  const size_t end = it->run_length;
  for (size_t moment = 0; moment <= end; moment++) {
    eap_edhoc_world_advance(it, moment);
    const bool peer = moment > 6, server = moment > 7; /* message_4; the response to it */
    assert_int_equal(eap_peer_keys(&it->world.peer, &keys), peer ? 0 : NODE_ERR_BAD_STATE);
    assert_int_equal(eap_server_keys(&it->world.server, &keys), server ? 0 : NODE_ERR_BAD_STATE);
    assert_int_equal(eap_edhoc_identity(it->world.peer.state, &identity),
                     peer ? 0 : NODE_ERR_BAD_STATE);
    assert_int_equal(eap_edhoc_identity(it->world.server.state, &identity),
                     server ? 0 : NODE_ERR_BAD_STATE);
  }
  const struct edhoc_credential *peer_own = &it->parties.peers[0].own;
  const struct edhoc_credential *server_own = &it->parties.server.own;
  const void *states[] = {it->world.peer.state, it->world.server.state};
  uint8_t session_id[sizeof identity.session_id];
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(eap_edhoc_identity(states[i], &identity), 0);
    assert_int_equal(identity.peer_id_length, peer_own->id_cred_length);
    assert_memory_equal(identity.peer_id, peer_own->id_cred, peer_own->id_cred_length);
    assert_int_equal(identity.server_id_length, server_own->id_cred_length);
    assert_memory_equal(identity.server_id, server_own->id_cred, server_own->id_cred_length);
    assert_int_equal(identity.session_id[0], 57);
    if (i > 0)
      assert_memory_equal(identity.session_id, session_id, sizeof session_id);
    memcpy(session_id, identity.session_id, sizeof session_id);
  }
  assert_memory_not_equal(session_id + 1, keys.msk, sizeof keys.msk);
  assert_memory_not_equal(session_id + 1, keys.emsk, sizeof keys.emsk);
  assert_memory_not_equal(keys.msk, keys.emsk, sizeof keys.msk);
}

/* Each session has other keys. */
static void fresh_sessions_differ(void **state) {
  (void)state;
  struct eap_keys first, second;
  struct eap_edhoc_world *it = eap_edhoc_world_init(3, PARTIES_KID, 0);
  eap_edhoc_world_run(it);
  assert_int_equal(eap_peer_keys(&it->world.peer, &first), 0);
  const struct packet identity = it->run[0];
  eap_world_start(&it->world); /* the generators go on */
  (void)eap_edhoc_world_relay(it, 0, &identity);
  assert_true(eap_world_established(&it->world));
  assert_int_equal(eap_peer_keys(&it->world.peer, &second), 0);
  assert_memory_not_equal(&first, &second, sizeof first);
}

static void eap_edhoc_backends_agree(void **state) {
  (void)state;
  static struct packet fast[PACKETS_MAX];
  for (unsigned method = 0; method < EDHOC_METHODS; method += 3) {
    struct eap_edhoc_world *it = eap_edhoc_world_init(method, PARTIES_X5CHAIN, 0);
    eap_edhoc_world_run(it);
    memcpy(fast, it->run, sizeof fast);
    it->parties.peers[0].config.backend = NULL;
    it->parties.server.config.backend = &EC_MBEDTLS;
    eap_edhoc_world_run(it);
    assert_true(eap_world_established(&it->world));
    for (size_t i = 0; i < it->run_length; i++) {
      assert_int_equal(it->run[i].length, fast[i].length);
      assert_memory_equal(it->run[i].octets, fast[i].octets, fast[i].length);
    }
  }
}

/* The server offers its methods in their order; the peer asks for another, or there is none. */
static void nak_to_edhoc(void **state) {
  (void)state;
  enum { PSK = 1, EDHOC = 2 };
  static const struct {
    unsigned server[2], peer[2];
    uint8_t runs; /* type of the method; 0: none */
  } table[] = {
      {{PSK, EDHOC}, {EDHOC}, 57},      {{EDHOC, PSK}, {PSK}, 47}, {{EDHOC, PSK}, {PSK, EDHOC}, 57},
      {{PSK, EDHOC}, {EDHOC, PSK}, 47}, {{PSK}, {EDHOC}, 0},       {{EDHOC}, {PSK}, 0},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct eap_world psk;
    eap_world_init(&psk);
    struct eap_edhoc_world *it = eap_edhoc_world_init(3, PARTIES_KID, 0);
    struct eap_world *world = &it->world;
    const struct eap_peer_method peers[] = {psk.peer_methods[0], world->peer_methods[0]};
    const struct eap_server_method servers[] = {psk.server_methods[0], world->server_methods[0]};
    world->peer_config.method_count = world->user.method_count = 0;
    for (size_t j = 0; j < 2; j++) {
      if (table[i].peer[j] != 0)
        world->peer_methods[world->peer_config.method_count++] = peers[table[i].peer[j] - 1];
      if (table[i].server[j] != 0)
        world->server_methods[world->user.method_count++] = servers[table[i].server[j] - 1];
    }
    eap_edhoc_world_run(it);
    assert_int_equal(eap_world_established(world), table[i].runs != 0);
    if (table[i].runs != 0)
      assert_int_equal(world->server.running->type, table[i].runs);
    else
      assert_string_equal(eap_server_reason(&world->server), "no method acceptable to the peer");
  }
}

static void eap_edhoc_configurations_that_do_not_serve(void **state) {
  (void)state;
  for (unsigned i = 0; i < 6; i++) {
    struct eap_edhoc_world *it = eap_edhoc_world_init(3, PARTIES_KID, 0);
    const bool at_server = i % 2 == 1;
    struct eap_credential *credential =
        at_server ? &it->world.server_methods[0].credential : &it->world.peer_methods[0].credential;
    if (i < 2)
      credential->edhoc = NULL;
    else
      credential->mtu = i < 4 ? EAP_EDHOC_MTU_MIN - 1 : EAP_PACKET_MAX + 1;
    eap_edhoc_world_run(it);
    assert_false(eap_world_established(&it->world));
    assert_string_equal(at_server ? eap_server_reason(&it->world.server)
                                  : eap_peer_reason(&it->world.peer),
                        "configuration out of range");
  }
}

static void nothing_is_left_after_wiping_edhoc(void **state) {
  (void)state;
  static const struct eap_peer no_peer;
  static const struct eap_server no_server;
  struct eap_edhoc_world *it = eap_edhoc_world_init(3, PARTIES_KID, 0);
  eap_edhoc_world_run(it);
  eap_peer_wipe(&it->world.peer);
  eap_server_wipe(&it->world.server);
  assert_memory_equal(&it->world.peer, &no_peer, sizeof no_peer);
  assert_memory_equal(&it->world.server, &no_server, sizeof no_server);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flow_of_every_method_and_credential),
      cmocka_unit_test(sizes),
      cmocka_unit_test(fragments),
      cmocka_unit_test(long_certificates),
      cmocka_unit_test(keys_and_names),
      cmocka_unit_test(fresh_sessions_differ),
      cmocka_unit_test(eap_edhoc_backends_agree),
      cmocka_unit_test(nak_to_edhoc),
      cmocka_unit_test(eap_edhoc_configurations_that_do_not_serve),
      cmocka_unit_test(nothing_is_left_after_wiping_edhoc),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(eap_world_vectors());
  return failed;
}
