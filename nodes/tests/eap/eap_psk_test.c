/* EAP-PSK: a captured run, tampering, order, and wrong credentials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "eap_world.h"

static const char *const VECTOR_NAMES[WORLD_PACKETS] = {
    [PSK_1] = "message_1", [PSK_2] = "message_2", [PSK_3] = "message_3", [PSK_4] = "message_4"};

static void keys_of_the_vector(void **state) {
  (void)state;
  static const uint8_t zeros[16] = {0};
  uint8_t blocks[9 * 16];
  const struct hex rand_p = eap_world_vector_part("message_2", 22, 16);
  const struct hex kdk = hex(eap_world_vector("kdk"));
  const uint8_t *psk = text_octets(eap_world_vector("psk_ascii"));
  assert_int_equal(crypto_aes128_expand(NULL, psk, zeros, blocks, 2), 0);
  assert_hex_equal(blocks, 16, eap_world_vector("ak"));
  assert_hex_equal(blocks + 16, 16, eap_world_vector("kdk"));
  assert_int_equal(crypto_aes128_expand(NULL, kdk.octets, rand_p.octets, blocks, 9), 0);
  assert_hex_equal(blocks, 16, eap_world_vector("tek"));
  assert_hex_equal(blocks + 16, 64, eap_world_vector("msk"));
  assert_hex_equal(blocks + 80, 64, eap_world_vector("emsk"));
}

static void the_captured_run_is_reproduced(void **state) {
  (void)state;
  static const char *const labels[WORLD_PACKETS] = {"EAP-Request/Identity",
                                                    "EAP-Response/Identity",
                                                    "EAP-PSK 1",
                                                    "EAP-PSK 2",
                                                    "EAP-PSK 3",
                                                    "EAP-PSK 4",
                                                    "EAP-Success"};
  struct eap_world world;
  struct packet run[WORLD_PACKETS];
  eap_world_init(&world);
  eap_world_run(&world, run);
  for (size_t i = 0; i < WORLD_PACKETS; i++) {
    assert_string_equal(eap_packet_label(run[i].octets, run[i].length), labels[i]);
    if (VECTOR_NAMES[i] != NULL)
      assert_hex_equal(run[i].octets, run[i].length, eap_world_vector(VECTOR_NAMES[i]));
  }
  assert_hex_equal(run[SUCCESS].octets, run[SUCCESS].length, "03750004");
  assert_true(eap_world_established(&world));
  struct eap_keys keys;
  assert_int_equal(eap_server_keys(&world.server, &keys), 0);
  assert_hex_equal(keys.msk, sizeof keys.msk, eap_world_vector("msk"));
  assert_hex_equal(keys.emsk, sizeof keys.emsk, eap_world_vector("emsk"));
}

/* MAC_P of 45 octets and MAC_S of 23 with their zero blocks; 10 blocks of keys; two EAX messages of
 * a nonce of 16, a header of 22 and a text of 1 octet. */
static void psk_costs_of_a_run(void **state) {
  (void)state;
  struct eap_world world;
  struct packet run[WORLD_PACKETS];
  eap_world_init(&world);
  eap_world_run(&world, run);
  const uint32_t eax = 3 + 4 + 3 + 1;
  const uint32_t blocks = 4 + 3 + 10 + 2 * eax, schedules = 3 + 2 * 2;
  const uint32_t *sides[] = {world.costs_peer, world.costs_server};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(sides[i][NODE_PRIMITIVE_AES_KEY_SCHEDULE], schedules);
    assert_int_equal(sides[i][NODE_PRIMITIVE_AES_BLOCK], blocks);
    assert_int_equal(sides[i][NODE_PRIMITIVE_SHA256_BLOCK], 0);
  }
}

/* A world whose sides take any identity of the other, so that MACs have to catch changes of it. */
static void eap_world_init_trusting(struct eap_world *world) {
  eap_world_init(world);
  world->peer_methods[0].credential.remote_id = NULL;
  world->server_methods[0].credential.remote_id = NULL;
}

/* `bad` replaces packet `index` of a run: the sides must not both succeed, unless `harmless`; and
 * where it is discarded, the genuine packet still leads to success. */
static void psk_assert_caught(struct eap_world *world, const struct packet run[WORLD_PACKETS],
                              size_t index, const struct packet *bad, bool harmless) {
  eap_world_advance(world, index, run);
  const bool taken = eap_world_relay(world, index, bad, NULL);
  assert_int_equal(eap_world_established(world), harmless);
  if (!taken) {
    (void)eap_world_relay(world, index, &run[index], NULL);
    assert_true(eap_world_established(world));
  }
}

static void each_flipped_bit_is_caught(void **state) {
  (void)state;
  for (unsigned trusting = 0; trusting < 2; trusting++) {
    struct eap_world world;
    struct packet run[WORLD_PACKETS];
    (trusting ? eap_world_init_trusting : eap_world_init)(&world);
    eap_world_run(&world, run);
    for (size_t i = 0; i < WORLD_PACKETS; i++)
      for (size_t bit = 0; bit < run[i].length * 8; bit++) {
        struct packet bad = run[i];
        bad.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
        /* Reserved flags are ignored; the channel protects them in messages 3 and 4. */
        const bool reserved = (i == PSK_1 || i == PSK_2) && bit / 8 == 5 && bit % 8 < 6;
        psk_assert_caught(&world, run, i, &bad, reserved);
      }
  }
}

static void each_truncation_is_caught(void **state) {
  (void)state;
  for (unsigned variant = 0; variant < 4; variant++) {
    const bool trusting = variant & 1, length_repaired = variant & 2;
    struct eap_world world;
    struct packet run[WORLD_PACKETS];
    (trusting ? eap_world_init_trusting : eap_world_init)(&world);
    eap_world_run(&world, run);
    for (size_t i = 0; i < WORLD_PACKETS; i++)
      for (size_t length = 0; length < run[i].length; length++) {
        struct packet bad = run[i];
        bad.length = length;
        if (length_repaired)
          bad.octets[3] = (uint8_t)length;
        psk_assert_caught(&world, run, i, &bad, false);
      }
  }
}

static void padding_is_ignored(void **state) {
  (void)state;
  struct eap_world world;
  struct packet run[WORLD_PACKETS];
  eap_world_init(&world);
  eap_world_run(&world, run);
  for (size_t i = 0; i < WORLD_PACKETS; i++) {
    struct packet padded = run[i];
    memset(padded.octets + padded.length, 0xa5, 9);
    padded.length += 9;
    psk_assert_caught(&world, run, i, &padded, true);
  }
}

/* Octets behind the method's own, covered by Length. */
static void psk_appended_octets_are_caught(void **state) {
  (void)state;
  struct eap_world world;
  struct packet run[WORLD_PACKETS];
  eap_world_init_trusting(&world);
  eap_world_run(&world, run);
  for (size_t i = IDENTITY_RESPONSE; i < WORLD_PACKETS; i++)
    for (unsigned extra = 1; extra < 20; extra++) {
      struct packet bad = run[i];
      memset(bad.octets + bad.length, 0, extra);
      bad.length += extra;
      bad.octets[3] = (uint8_t)bad.length;
      psk_assert_caught(&world, run, i, &bad, false);
    }
}

/* Gives the packet to the side that it is for; true if that side discards it. */
static bool discards(struct eap_world *world, size_t index, const struct packet *packet) {
  struct packet answer;
  return goes_to_peer(index) ? give_peer(world, packet, &answer) == EAP_PEER_DISCARD
                             : give_server(world, packet, &answer) == EAP_SERVER_DISCARD;
}

/* Keys are there from the moment when a side has received its last message, not before. */
static void assert_keys_at(const struct eap_world *world, size_t moment) {
  struct eap_keys keys;
  const int peer = moment > PSK_3 ? 0 : NODE_ERR_BAD_STATE;
  const int server = moment > PSK_4 ? 0 : NODE_ERR_BAD_STATE;
  assert_int_equal(eap_peer_keys(&world->peer, &keys), peer);
  assert_int_equal(EAP_PSK_PEER.keys(world->peer.state, &keys), peer);
  assert_int_equal(eap_server_keys(&world->server, &keys), server);
  assert_int_equal(EAP_PSK_SERVER.keys(world->server.state, &keys), server);
}

/* The last request that the peer has answered at this moment comes again: it has the same response
 * (RFC 3748 section 4.1). */
static bool is_repeated_request(size_t moment, size_t i) {
  return goes_to_peer(i) && i <= PSK_3 && i < moment && moment <= i + 2 && moment < WORLD_PACKETS;
}

static void assert_answered_again(struct eap_world *world, const struct packet *request,
                                  const struct packet *response) {
  struct packet answer;
  assert_int_equal(give_peer(world, request, &answer), EAP_PEER_REPEAT);
  assert_int_equal(answer.length, response->length);
  assert_memory_equal(answer.octets, response->octets, response->length);
}

/* At each moment of a run, each packet of it: taken by the side that waits for it, answered again,
 * else discarded, with its own identifier and with one that passes the EAP layer; and the run goes
 * on to its end. */
static void packets_out_of_order_are_discarded(void **state) {
  (void)state;
  struct eap_world world;
  struct packet run[WORLD_PACKETS];
  eap_world_init(&world);
  eap_world_run(&world, run);
  for (size_t moment = 0; moment <= WORLD_PACKETS; moment++)
    for (size_t i = 0; i < WORLD_PACKETS; i++) {
      const bool identity_left_out = moment == 0 && i == PSK_1; /* RFC 3748 allows that */
      const bool due = i == moment || i == moment + 1 || identity_left_out;
      eap_world_advance(&world, moment, run);
      assert_keys_at(&world, moment);
      if (is_repeated_request(moment, i))
        assert_answered_again(&world, &run[i], &run[i + 1]);
      else
        assert_int_equal(discards(&world, i, &run[i]), !due);
      if (due)
        continue;
      if (i >= PSK_1 && i <= PSK_4) {
        struct packet fresh = run[i];
        fresh.octets[1] = goes_to_peer(i) ? 0x99 : world.server.identifier;
        assert_true(discards(&world, i, &fresh));
      }
      if (moment < WORLD_PACKETS)
        (void)eap_world_relay(&world, moment, &run[moment], NULL);
      assert_true(eap_world_established(&world));
    }
}

static char long_id[NODE_IDENTITY_MAX + 1];

/* NULL: as in the vector. */
static const struct credentials {
  const char *identity, *peer_psk, *id_p, *expected_id_s, *id_s, *expected_id_p;
  const char *peer_reason, *server_reason;
  bool established;
} CREDENTIALS[] = {
    {.established = true, .peer_reason = "", .server_reason = ""},
    {.id_p = "", .expected_id_p = "", .established = true, .peer_reason = "", .server_reason = ""},
    {.id_s = "", .expected_id_s = "", .established = true, .peer_reason = "", .server_reason = ""},
    {.id_p = long_id,
     .expected_id_p = long_id,
     .id_s = long_id,
     .expected_id_s = long_id,
     .established = true,
     .peer_reason = "",
     .server_reason = ""},
    {.identity = "nobody",
     .peer_reason = "EAP-Failure before a method began",
     .server_reason = "unknown identity"},
    {.peer_psk = "tfg-passwordtesT",
     .peer_reason = "EAP-Failure while the method ran",
     .server_reason = "wrong MAC_P"},
    {.id_p = "clienT",
     .peer_reason = "EAP-Failure while the method ran",
     .server_reason = "unexpected ID_P"},
    {.id_p = "client2",
     .peer_reason = "EAP-Failure while the method ran",
     .server_reason = "unexpected ID_P"},
    {.id_s = "hostapD", .peer_reason = "unexpected ID_S", .server_reason = ""},
    {.id_s = "hostap", .peer_reason = "unexpected ID_S", .server_reason = ""},
};

static void set_octets(const uint8_t **octets, size_t *length, const char *text) {
  if (text != NULL) {
    *octets = text_octets(text);
    *length = strlen(text);
  }
}

static void psk_wrong_credentials(void **state) {
  (void)state;
  memset(long_id, 'x', NODE_IDENTITY_MAX);
  for (size_t i = 0; i < sizeof CREDENTIALS / sizeof CREDENTIALS[0]; i++) {
    const struct credentials *row = &CREDENTIALS[i];
    struct eap_world world;
    eap_world_init(&world);
    struct eap_credential *peer = &world.peer_methods[0].credential;
    struct eap_credential *server = &world.server_methods[0].credential;
    set_octets(&world.peer_config.identity, &world.peer_config.identity_length, row->identity);
    set_octets(&peer->local_id, &peer->local_id_length, row->id_p);
    set_octets(&peer->remote_id, &peer->remote_id_length, row->expected_id_s);
    set_octets(&server->local_id, &server->local_id_length, row->id_s);
    set_octets(&server->remote_id, &server->remote_id_length, row->expected_id_p);
    if (row->peer_psk != NULL)
      peer->psk = text_octets(row->peer_psk);
    eap_world_start(&world);
    const struct packet first = eap_world_identity_request(WORLD_IDENTIFIER);
    (void)eap_world_relay(&world, IDENTITY_REQUEST, &first, NULL);
    assert_int_equal(eap_world_established(&world), row->established);
    assert_string_equal(eap_peer_reason(&world.peer), row->peer_reason);
    assert_string_equal(eap_server_reason(&world.server), row->server_reason);
  }
}

static void psk_credentials_that_do_not_serve(void **state) {
  (void)state;
  static const uint8_t octets[16] = {0};
  static const struct eap_credential table[] = {
      {.psk = NULL},
      {.psk = octets, .local_id = octets, .local_id_length = NODE_IDENTITY_MAX + 1},
      {.psk = octets, .remote_id = octets, .remote_id_length = NODE_IDENTITY_MAX + 1},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    for (unsigned at_server = 0; at_server < 2; at_server++) {
      struct eap_world world;
      struct packet run[WORLD_PACKETS], answer;
      eap_world_init(&world);
      eap_world_run(&world, run);
      if (at_server)
        world.server_methods[0].credential = table[i];
      else
        world.peer_methods[0].credential = table[i];
      eap_world_advance(&world, at_server ? IDENTITY_RESPONSE : PSK_1, run);
      if (at_server) {
        assert_int_equal(give_server(&world, &run[IDENTITY_RESPONSE], &answer), EAP_SERVER_FAILURE);
        assert_string_equal(eap_server_reason(&world.server), "configuration out of range");
      } else {
        assert_int_equal(give_peer(&world, &run[PSK_1], &answer), EAP_PEER_DISCARD);
        assert_string_equal(eap_peer_reason(&world.peer), "configuration out of range");
      }
    }
}

/* Messages 1 and 2 that hold more identity than a side keeps. */
static void identities_that_are_too_long(void **state) {
  (void)state;
  for (size_t i = PSK_1; i <= PSK_2; i++)
    for (size_t id_length = NODE_IDENTITY_MAX; id_length <= NODE_IDENTITY_MAX + 1; id_length++) {
      struct eap_world world;
      struct packet run[WORLD_PACKETS], answer;
      eap_world_init_trusting(&world);
      eap_world_run(&world, run);
      struct packet bad = run[i];
      const size_t id_offset = i == PSK_1 ? 22 : 54;
      memset(bad.octets + id_offset, 'x', id_length);
      bad.length = id_offset + id_length;
      bad.octets[2] = (uint8_t)(bad.length >> 8);
      bad.octets[3] = (uint8_t)bad.length;
      eap_world_advance(&world, i, run);
      const bool fits = id_length <= NODE_IDENTITY_MAX;
      if (i == PSK_1)
        assert_int_equal(give_peer(&world, &bad, &answer),
                         fits ? EAP_PEER_RESPOND : EAP_PEER_DISCARD);
      else
        assert_int_equal(give_server(&world, &bad, &answer),
                         fits ? EAP_SERVER_FAILURE : EAP_SERVER_DISCARD);
    }
}

static void nothing_is_left_after_wiping_psk(void **state) {
  (void)state;
  static const struct eap_peer no_peer;
  static const struct eap_server no_server;
  struct eap_world world;
  struct packet run[WORLD_PACKETS];
  eap_world_init(&world);
  eap_world_run(&world, run);
  eap_peer_wipe(&world.peer);
  eap_server_wipe(&world.server);
  assert_memory_equal(&world.peer, &no_peer, sizeof no_peer);
  assert_memory_equal(&world.server, &no_server, sizeof no_server);
  assert_string_equal(eap_peer_reason(&world.peer), "");
  assert_string_equal(eap_server_reason(&world.server), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_of_the_vector),
      cmocka_unit_test(the_captured_run_is_reproduced),
      cmocka_unit_test(psk_costs_of_a_run),
      cmocka_unit_test(each_flipped_bit_is_caught),
      cmocka_unit_test(each_truncation_is_caught),
      cmocka_unit_test(padding_is_ignored),
      cmocka_unit_test(psk_appended_octets_are_caught),
      cmocka_unit_test(packets_out_of_order_are_discarded),
      cmocka_unit_test(psk_wrong_credentials),
      cmocka_unit_test(psk_credentials_that_do_not_serve),
      cmocka_unit_test(identities_that_are_too_long),
      cmocka_unit_test(nothing_is_left_after_wiping_psk),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(eap_world_vectors());
  return failed;
}
