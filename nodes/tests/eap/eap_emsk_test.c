/* The hierarchy below an EMSK, by its vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap/emsk.h"
#include "eap/erp.h"
#include "eap/methods.h"
#include "eap_world.h"
#include "erp_world.h"

static void usage_keys_and_names(void **state) {
  const struct hex emsk = hex(erp_vector("emsk")), id = hex(erp_vector("session_id"));
  const struct emsk_usage usage = {"experimental1", (const uint8_t *)"aps1", 4};
  const struct emsk_usage without_data = {.label = "private2"};
  struct eap_session_id session = {.length = id.length};
  uint8_t key[EAP_KEY_LENGTH], name[EMSK_NAME_LENGTH];
  (void)state;
  memcpy(session.octets, id.octets, id.length);
  assert_int_equal(emsk_name(NULL, &session, name), 0);
  assert_hex_equal(name, sizeof name, erp_vector("emsk_name"));
  assert_int_equal(emsk_usrk(NULL, emsk.octets, &usage, key, sizeof key), 0);
  assert_hex_equal(key, sizeof key, erp_vector("usrk"));
  assert_int_equal(emsk_usrk_name(NULL, &session, &usage, name), 0);
  assert_hex_equal(name, sizeof name, erp_vector("usrk_name"));
  assert_int_equal(emsk_usrk(NULL, emsk.octets, &without_data, key, 33), 0);
  assert_hex_equal(key, 33, erp_vector("usrk_33_octets"));
}

static void keys_of_a_domain(void **state) {
  const struct hex emsk = hex(erp_vector("emsk")), name_of_emsk = hex(erp_vector("emsk_name"));
  const struct emsk_usage usage = {"private1", (const uint8_t *)"x", 1};
  uint8_t dsrk[EAP_KEY_LENGTH], key[EAP_KEY_LENGTH], name[EMSK_NAME_LENGTH];
  (void)state;
  assert_int_equal(emsk_dsrk(NULL, emsk.octets, ERP_WORLD_REALM, ERP_WORLD_REALM_LENGTH, dsrk), 0);
  assert_hex_equal(dsrk, sizeof dsrk, erp_vector("dsrk"));
  assert_int_equal(emsk_dsusrk(NULL, dsrk, &usage, key, sizeof key), 0);
  assert_hex_equal(key, sizeof key, erp_vector("dsusrk"));
  assert_int_equal(emsk_dsusrk_name(NULL, name_of_emsk.octets, &usage, name), 0);
  assert_hex_equal(name, sizeof name, erp_vector("dsusrk_name"));
}

/* What an authenticator and a peer may derive from an rMSK. */
static void keys_below_an_rmsk(void **state) {
  const struct hex rmsk = hex(erp_vector("rmsk_seq_0"));
  const struct emsk_usage dtls = {"CoAP DTLS-PSK", (const uint8_t *)"aps1", 4},
                          ike = {"CoAP IKEv2-PSK", (const uint8_t *)"aps1", 4};
  uint8_t key[32];
  (void)state;
  assert_int_equal(emsk_kdf(NULL, rmsk.octets, rmsk.length, &dtls, key, 16), 0);
  assert_hex_equal(key, 16, erp_vector("dtls_psk"));
  assert_int_equal(emsk_kdf(NULL, rmsk.octets, rmsk.length, &ike, key, 32), 0);
  assert_hex_equal(key, 32, erp_vector("ike_psk"));
}

static void limits(void **state) {
  static uint8_t data[EMSK_DATA_MAX + 1], out[EMSK_LENGTH_MAX + 1];
  static char label[EMSK_LABEL_MAX + 2];
  const uint8_t key[EAP_KEY_LENGTH] = {0};
  struct emsk_usage usage = {label, data, EMSK_DATA_MAX};
  (void)state;
  memset(label, 'l', EMSK_LABEL_MAX);
  assert_int_equal(emsk_usrk(NULL, key, &usage, out, EMSK_LENGTH_MAX), 0);
  assert_int_equal(emsk_usrk(NULL, key, &usage, out, EMSK_LENGTH_MAX + 1), NODE_ERR_TOO_LONG);
  usage.data_length++;
  assert_int_equal(emsk_usrk(NULL, key, &usage, out, 8), NODE_ERR_TOO_LONG);
  usage.data_length = 0;
  label[EMSK_LABEL_MAX] = 'l';
  assert_int_equal(emsk_usrk(NULL, key, &usage, out, 8), NODE_ERR_TOO_LONG);
}

static void emsk_count(void *context, enum node_primitive primitive, uint32_t blocks) {
  assert_int_equal(primitive, NODE_PRIMITIVE_SHA256_BLOCK);
  *(uint32_t *)context += blocks;
}

/* HMAC with a key of 64 octets: pads of a block each and the inner hash again (1 + 1 + 1), and the
 * text. rRK: 40 + 2 + 1 octets, and with T1 75: with padding 1 and 2 blocks: 4 + 5 = 9. Its name:
 * 4 + 1 + 2 + 1 octets, 4, with a key of 33. */
static void cost_of_a_root(void **state) {
  uint32_t blocks = 0;
  const struct node_hooks hooks = {.context = &blocks, .cost = emsk_count};
  struct erp_world world;
  struct erp_root root;
  (void)state;
  erp_world_init(&world);
  assert_int_equal(erp_root_derive(&hooks, world.keys.emsk, &world.session, &root), 0);
  assert_int_equal(blocks, 4 + 4 + 5);
}

/* RFC 5247 appendix A, and both sides have the same. */
static void session_id_of_eap_psk(void **state) {
  static struct eap_world world;
  struct packet run[WORLD_PACKETS];
  struct eap_session_id peer, server;
  uint8_t expected[33] = {EAP_TYPE_PSK};
  (void)state;
  eap_world_init(&world);
  eap_world_start(&world);
  assert_int_equal(eap_peer_session_id(&world.peer, &peer), NODE_ERR_BAD_STATE);
  assert_int_equal(eap_server_session_id(&world.server, &server), NODE_ERR_BAD_STATE);
  eap_world_run(&world, run);
  assert_int_equal(eap_peer_session_id(&world.peer, &peer), 0);
  assert_int_equal(eap_server_session_id(&world.server, &server), 0);
  memcpy(expected + 1, world.rand_p.octets, 16);
  memcpy(expected + 17, world.rand_s.octets, 16);
  assert_int_equal(peer.length, sizeof expected);
  assert_memory_equal(peer.octets, expected, sizeof expected);
  assert_int_equal(server.length, sizeof expected);
  assert_memory_equal(server.octets, expected, sizeof expected);
}

static void each_method_names_its_sessions(void **state) {
  (void)state;
  for (size_t i = 0; i < EAP_METHODS_COUNT; i++) {
    assert_non_null(EAP_METHODS[i].peer->session_id);
    assert_non_null(EAP_METHODS[i].server->session_id);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(usage_keys_and_names),
      cmocka_unit_test(keys_of_a_domain),
      cmocka_unit_test(keys_below_an_rmsk),
      cmocka_unit_test(limits),
      cmocka_unit_test(cost_of_a_root),
      cmocka_unit_test(session_id_of_eap_psk),
      cmocka_unit_test(each_method_names_its_sessions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
