/* ERP with hostapd as ER server, and then with ours: our peer and our pass-through to RADIUS,
 * without a lower layer between them. Keys compared with those that hostapd prints. */
#include "aaa/backend.h"
#include "crypto/crypto.h"
#include "eap/erp_peer.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "hex.h"
#include "port.h"
#include "scene.h"
#include "udp.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define THEIRS "hostapd (RADIUS, ERP server)"
#define OUR_SIDE "peer, pass-through"
#define REALM "example.test"

enum { WAIT_MS = 5000, SILENCE_MS = 1500, ACCEPT_LENGTH = 212, IDENTIFIER = 3 };

/* A peer and an authenticator in one. */
struct erp_join {
  struct node_hooks hooks;
  struct scene_server server; /* hostapd, or our aaa */
  struct udp_socket udp;
  struct aaa_backend backend;
  struct aaa_backend_session session;
  struct eap_peer_method method;
  struct eap_peer_config eap_config;
  struct eap_peer eap;
  struct erp_peer_config erp_config;
  struct erp_peer erp;
  struct erp_server own; /* has the same roots, and must answer as hostapd does */
  uint8_t psk[16];
  uint8_t packet[EAP_PACKET_MAX]; /* the last for the peer */
  struct span_writer out;
  size_t radius_length; /* of the last answer */
};

static struct erp_join join;
static const struct node_address PEER = {.ip = {0xfd}, .port = 5683};

static void system_random(void *context, uint8_t *bytes, size_t length) {
  (void)context;
  assert_int_equal(getrandom(bytes, length, 0), (ssize_t)length);
}

static struct node_address loopback(uint16_t port) {
  return (struct node_address){.ip = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1},
                               .port = port};
}

/* With our aaa and these arguments, or (NULL) with hostapd. */
static void join_start(const char *const *aaa) {
  size_t length;
  memset(&join, 0, sizeof join);
  assert_null(hex_read(SCENE_PSK, strlen(SCENE_PSK), join.psk, sizeof join.psk, &length));
  assert_int_equal(length, sizeof join.psk);
  if (aaa != NULL)
    scene_start_aaa(&join.server, aaa);
  else
    scene_start_hostapd_with(&join.server, port_take(), true,
                             "eap_server_erp=1\nerp_domain=" REALM "\n");
  const struct udp_address local = {.address = loopback(0)};
  assert_int_equal(udp_open(&join.udp, &local, NULL), 0);
  join.hooks = (struct node_hooks){.random = system_random};
  const struct eap_server_config none = {0};
  const struct radius_client_config radius = {.local = join.udp.local,
                                              .port_count = 1,
                                              .server = loopback(join.server.port),
                                              .secret = {(const uint8_t *)SCENE_SECRET, 6},
                                              .nas_identifier = "aps1"};
  assert_true(aaa_backend_init(&join.backend, &none, &radius, NULL, &join.hooks));
  join.method = (struct eap_peer_method){&EAP_PSK_PEER,
                                         {.psk = join.psk,
                                          .local_id = (const uint8_t *)SCENE_PEER_ID,
                                          .local_id_length = strlen(SCENE_PEER_ID)}};
  join.eap_config = (struct eap_peer_config){.identity = (const uint8_t *)SCENE_IDENTITY,
                                             .identity_length = strlen(SCENE_IDENTITY),
                                             .methods = &join.method,
                                             .method_count = 1};
  join.erp_config =
      (struct erp_peer_config){.realm = (const uint8_t *)REALM, .realm_length = strlen(REALM)};
  erp_peer_init(&join.erp, &join.erp_config, &join.hooks);
  const struct erp_server_config own = {
      .realm = (const uint8_t *)REALM, .realm_length = strlen(REALM), .keys_max = 1};
  assert_true(erp_server_init(&join.own, &own, &join.hooks));
}

static void join_end(void) {
  aaa_backend_end(&join.backend, &join.session);
  aaa_backend_deinit(&join.backend);
  erp_server_deinit(&join.own);
  udp_close(&join.udp);
}

static void packet_begin(void) {
  span_writer_init(&join.out, join.packet, sizeof join.packet, NULL);
}

/* Sends what is to be sent, and waits for the answer. False: there is none. */
static bool join_exchange(int wait_ms, enum aaa_backend_result *result) {
  uint8_t data[NODE_RADIUS_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct pollfd file = {.fd = join.udp.file, .events = POLLIN};
  const char *why;
  assert_int_equal(aaa_backend_write(&join.backend, &datagram, process_now_ns()), 1);
  assert_true(udp_send(&join.udp, &datagram) >= 0);
  if (poll(&file, 1, wait_ms) != 1)
    return false;
  datagram = (struct node_datagram){.data = data, .capacity = sizeof data};
  assert_int_equal(udp_receive(&join.udp, &datagram), 1);
  datagram.destination = join.udp.local;
  join.radius_length = datagram.length;
  packet_begin();
  assert_ptr_equal(aaa_backend_receive(&join.backend, &datagram, result, &join.out, &why), &join);
  return true;
}

/* A full authentication by EAP-PSK, which leaves a root on both sides. */
static void authenticate(void) {
  enum aaa_backend_result result = AAA_BACKEND_REQUEST;
  struct eap_keys keys;
  struct eap_session_id session;
  aaa_backend_end(&join.backend, &join.session);
  eap_peer_init(&join.eap, &join.eap_config, &join.hooks);
  assert_int_equal(aaa_backend_begin(&join.backend, &join.session, IDENTIFIER, &PEER, &join), 0);
  packet_begin();
  assert_int_equal(eap_server_identity_request(IDENTIFIER, &join.out), 0);
  while (result == AAA_BACKEND_REQUEST) {
    uint8_t answer[EAP_PACKET_MAX];
    struct span_writer out;
    span_writer_init(&out, answer, sizeof answer, NULL);
    assert_int_equal(eap_peer_process(&join.eap, join.packet, join.out.length, &out),
                     EAP_PEER_RESPOND);
    packet_begin();
    assert_int_equal(
        aaa_backend_respond(&join.backend, &join.session, answer, out.length, &join.out),
        AAA_BACKEND_WAIT);
    assert_true(join_exchange(WAIT_MS, &result));
  }
  assert_int_equal(result, AAA_BACKEND_SUCCESS);
  assert_int_equal(eap_peer_keys(&join.eap, &keys), 0);
  assert_int_equal(eap_peer_session_id(&join.eap, &session), 0);
  assert_int_equal(erp_peer_establish(&join.erp, &keys, &session, process_now_ns()), 0);
  const struct eap_name user = {.length = 0};
  assert_int_equal(erp_server_add(&join.own, keys.emsk, &session, &user, process_now_ns()), 0);
  aaa_backend_end(&join.backend, &join.session);
}

struct initiate {
  uint8_t octets[EAP_PACKET_MAX];
  size_t length;
};

static struct initiate initiate_begin(const struct erp_peer_request *request) {
  struct initiate initiate;
  struct span_writer out;
  span_writer_init(&out, initiate.octets, sizeof initiate.octets, NULL);
  assert_int_equal(erp_peer_begin(&join.erp, request, process_now_ns(), &out), 0);
  initiate.length = out.length;
  return initiate;
}

/* Passes an Initiate through. False: hostapd does not answer. */
static bool reauthenticate(const struct initiate *initiate, int wait_ms,
                           enum aaa_backend_result *result) {
  const char *why;
  aaa_backend_end(&join.backend, &join.session);
  packet_begin();
  assert_int_equal(aaa_backend_begin_initiate(&join.backend, &join.session, &PEER, &join,
                                              initiate->octets, initiate->length, process_now_ns(),
                                              &join.out, &why),
                   AAA_BACKEND_WAIT);
  return join_exchange(wait_ms, result);
}

static void assert_printed(const char *label, const uint8_t *octets, size_t length) {
  uint8_t printed[EAP_KEY_LENGTH];
  process_expect(&join.server.process, label, SCENE_LIMIT_MS);
  scene_read_hexdump(&join.server.process, label, printed, length);
  assert_memory_equal(printed, octets, length);
}

/* Our server's answer to the same Initiate. */
static void assert_own_finish_is_hostapds(const struct initiate *initiate) {
  uint8_t finish[EAP_PACKET_MAX];
  struct span_writer out;
  struct erp_grant grant;
  span_writer_init(&out, finish, sizeof finish, NULL);
  assert_int_equal(erp_server_process(&join.own, initiate->octets, initiate->length, NULL,
                                      process_now_ns(), &grant, &out),
                   ERP_SERVER_SUCCESS);
  assert_int_equal(out.length, join.out.length);
  assert_memory_equal(finish, join.packet, out.length);
}

static void assert_granted(const struct initiate *initiate) {
  enum aaa_backend_result result;
  uint8_t rmsk[EAP_KEY_LENGTH], msk[EAP_KEY_LENGTH];
  struct span_writer none;
  assert_true(reauthenticate(initiate, WAIT_MS, &result));
  assert_int_equal(result, AAA_BACKEND_SUCCESS);
  assert_int_equal(join.radius_length, ACCEPT_LENGTH);
  assert_int_equal(join.out.length, 27 + 17 + strlen(REALM));
  assert_int_equal(aaa_backend_msk(&join.backend, &join.session, msk), 0);
  assert_int_equal(erp_peer_rmsk(&join.erp, rmsk), 0);
  assert_memory_equal(rmsk, msk, sizeof rmsk);
  assert_printed("ERP rMSK", rmsk, sizeof rmsk);
  assert_own_finish_is_hostapds(initiate);
  span_writer_init(&none, NULL, 0, NULL);
  assert_int_equal(
      erp_peer_process(&join.erp, join.packet, join.out.length, process_now_ns(), &none),
      ERP_PEER_SUCCESS);
}

static void keys_are_those_of_hostapd(void **state) {
  static const struct erp_peer_request asking = {.bootstrap = true,
                                                 .nas = {(const uint8_t *)"aps1", 4}};
  struct initiate initiate;
  struct eap_keys keys;
  struct eap_session_id session;
  (void)state;
  matrix_begin(THEIRS, scene_version_hostapd(), OUR_SIDE,
               "ERP after EAP-PSK, again and again; keys compared with what it prints, EAP-Finish "
               "with ours");
  join_start(NULL);
  authenticate();
  assert_int_equal(eap_peer_keys(&join.eap, &keys), 0);
  assert_int_equal(eap_peer_session_id(&join.eap, &session), 0);
  assert_printed("EAP-PSK: EMSK", keys.emsk, sizeof keys.emsk);
  assert_printed("EAP: Session-Id", session.octets, session.length);
  assert_printed("EAP: EMSKname", join.erp.root.name, sizeof join.erp.root.name);
  assert_printed("ERP rRK", join.erp.root.key, sizeof join.erp.root.key);
  for (unsigned i = 0; i < 3; i++) {
    initiate = initiate_begin(NULL);
    assert_printed("ERP rIK", join.erp.rik, sizeof join.erp.rik);
    assert_granted(&initiate);
  }
  (void)initiate_begin(NULL); /* of which hostapd hears nothing: a gap */
  initiate = initiate_begin(NULL);
  assert_granted(&initiate);
  join.erp_config.lifetimes = true; /* L, B and channel binding it accepts, and ignores */
  initiate = initiate_begin(&asking);
  aaa_backend_end(&join.backend, &join.session);
  assert_int_equal(initiate.length, 27 + 17 + strlen(REALM) + 2 + 4);
  enum aaa_backend_result result;
  assert_true(reauthenticate(&initiate, WAIT_MS, &result));
  assert_int_equal(result, AAA_BACKEND_SUCCESS);
  join_end();
  matrix_passed("granted, keys equal, octets equal, Access-Accept of %d octets", ACCEPT_LENGTH);
}

static void hostapd_refuses(void **state) {
  enum aaa_backend_result result;
  struct initiate good, changed;
  struct span_writer none;
  (void)state;
  matrix_begin(THEIRS, scene_version_hostapd(), OUR_SIDE,
               "wrong tag, replayed Initiate, unknown key");
  join_start(NULL);
  authenticate();
  good = initiate_begin(NULL);
  changed = good;
  changed.octets[changed.length - 1] ^= 1;
  assert_false(reauthenticate(&changed, SILENCE_MS, &result));
  assert_granted(&good);
  assert_false(reauthenticate(&good, SILENCE_MS, &result));
  changed = initiate_begin(NULL);
  changed.octets[10] = changed.octets[10] == '0' ? '1' : '0'; /* of the EMSKname */
  assert_true(reauthenticate(&changed, WAIT_MS, &result));
  assert_int_equal(result, AAA_BACKEND_FAILURE);
  assert_string_equal(aaa_backend_reason(&join.backend, &join.session), "Access-Reject");
  assert_int_equal(join.packet[0], EAP_FAILURE);
  span_writer_init(&none, NULL, 0, NULL);
  assert_int_equal(
      erp_peer_process(&join.erp, join.packet, join.out.length, process_now_ns(), &none),
      ERP_PEER_DISCARD);
  authenticate(); /* what the peer falls back to */
  good = initiate_begin(NULL);
  assert_granted(&good);
  join_end();
  matrix_passed("no answer; Access-Reject where the key is unknown; then a full authentication");
}

static void assert_own_refuses(const struct initiate *initiate, const char *why) {
  enum aaa_backend_result result;
  assert_true(reauthenticate(initiate, WAIT_MS, &result));
  assert_int_equal(result, AAA_BACKEND_FAILURE);
  assert_string_equal(eap_packet_label(join.packet, join.out.length),
                      "EAP-Finish/Re-auth (failure)");
  process_expect(&join.server.process, why, SCENE_LIMIT_MS);
}

/* What hostapd has accepted of our peer, and what it leaves unanswered. */
static void own_server(void **state) {
  static const char *const arguments[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK,
                                          "--realm",    REALM,          NULL};
  enum aaa_backend_result result;
  struct initiate good, changed;
  uint8_t rmsk[EAP_KEY_LENGTH], msk[EAP_KEY_LENGTH];
  (void)state;
  join_start(arguments);
  authenticate();
  for (unsigned i = 0; i < 3; i++) {
    good = initiate_begin(NULL);
    changed = good;
    changed.octets[changed.length - 1] ^= 1;
    assert_own_refuses(&changed, "wrong tag");
    assert_true(reauthenticate(&good, WAIT_MS, &result));
    assert_int_equal(result, AAA_BACKEND_SUCCESS);
    assert_int_equal(join.radius_length, ACCEPT_LENGTH + 2 + strlen(SCENE_IDENTITY));
    assert_int_equal(aaa_backend_msk(&join.backend, &join.session, msk), 0);
    assert_int_equal(erp_peer_rmsk(&join.erp, rmsk), 0);
    assert_memory_equal(rmsk, msk, sizeof rmsk);
    assert_own_finish_is_hostapds(&good);
    assert_own_refuses(&good, "old sequence number");
  }
  assert_int_equal(scene_count(&join.server.process, "key"), 4);
  join_end();
  assert_int_equal(process_stop(&join.server.process), 0);
}

static void own_server_without_a_realm(void **state) {
  static const char *const arguments[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, NULL};
  enum aaa_backend_result result;
  (void)state;
  join_start(arguments);
  authenticate();
  const struct initiate initiate = initiate_begin(NULL);
  assert_true(reauthenticate(&initiate, WAIT_MS, &result));
  assert_int_equal(result, AAA_BACKEND_FAILURE);
  assert_int_equal(join.packet[0], EAP_FAILURE);
  process_expect(&join.server.process, "re-authentication, of which there is none here",
                 SCENE_LIMIT_MS);
  join_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(keys_are_those_of_hostapd, scene_teardown),
      cmocka_unit_test_teardown(hostapd_refuses, scene_teardown),
      cmocka_unit_test_teardown(own_server_without_a_realm, scene_teardown),
      cmocka_unit_test_teardown(own_server, scene_teardown),
  };
  return SCENE_RUN("hostapd_erp", tests);
}
