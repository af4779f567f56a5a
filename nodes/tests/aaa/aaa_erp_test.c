/* Re-authentication through an authenticator's backend: an ER server inside, or the AAA server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/aaa.h"
#include "aaa/backend.h"
#include "eap/erp_peer.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "seeded.h"

#define PSK "tfg-passwordtest"
#define REALM "example.test"

enum {
  IDENTIFIER = 9,
  NAI_LENGTH = 16 + 1 + sizeof REALM - 1,
  INITIATE_LENGTH = 27 + NAI_LENGTH,
  /* Header, Message-Authenticator, User-Name, NAS-Identifier, Framed-MTU, EAP-Message. */
  REQUEST_LENGTH = 20 + 18 + (2 + NAI_LENGTH) + (2 + 4) + 6 + (2 + INITIATE_LENGTH),
  /* Header, Message-Authenticator, User-Name, EAP-Message, two keys. */
  ACCEPT_LENGTH = 20 + 18 + (2 + 4) + (2 + INITIATE_LENGTH) + 2 * 58,
};

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const struct node_address PEER = {.ip = {0xfd, [15] = 9}, .port = 5683};
static const struct node_address SERVER = {.ip = {2}, .port = RADIUS_PORT};
static const struct node_address CLIENT = {.ip = {1}, .port = RADIUS_FIRST_PORT_DEFAULT};

struct reauth_octets {
  uint8_t octets[NODE_RADIUS_MAX];
  size_t length;
};

struct reauth_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct eap_server_method server_method;
  struct eap_user user;
  struct erp_server_config erp;
  struct eap_server_config eap;
  struct radius_server_client client;
  struct node *aaa; /* NULL: the backend is local */
  struct aaa_backend backend;
  struct aaa_backend_session session;
  struct eap_peer_method peer_method;
  struct eap_peer_config peer_config;
  struct eap_peer peer;
  struct erp_peer_config erp_config;
  struct erp_peer erp_peer;
  uint64_t now_ns;
  unsigned keys;
  const char *failed;                           /* at the AAA server */
  struct reauth_octets request, answer, packet; /* the last */
  const char *why;
};

static struct reauth_world world;

static void reauth_on_event(void *context, const struct node_event *event) {
  (void)context;
  world.keys += event->type == NODE_EVENT_KEY;
  if (event->type == NODE_EVENT_FAILED)
    world.failed = event->label;
}

static const struct eap_user *reauth_lookup(void *context, const uint8_t *identity, size_t length) {
  (void)context;
  return length == 4 && memcmp(identity, "user", 4) == 0 ? &world.user : NULL;
}

static void reauth_configure(void) {
  memset(&world, 0, sizeof world);
  world.seeded.state = 5;
  world.hooks = (struct node_hooks){
      .context = &world.seeded, .random = seeded_bytes, .event = reauth_on_event};
  world.server_method = (struct eap_server_method){
      &EAP_PSK_SERVER,
      {.psk = (const uint8_t *)PSK, .local_id = (const uint8_t *)"s", .local_id_length = 1}};
  world.user = (struct eap_user){.identity = (const uint8_t *)"user",
                                 .identity_length = 4,
                                 .methods = &world.server_method,
                                 .method_count = 1};
  world.erp = (struct erp_server_config){
      .realm = (const uint8_t *)REALM, .realm_length = strlen(REALM), .keys_max = 2};
  world.eap = (struct eap_server_config){.lookup = reauth_lookup, .erp = &world.erp};
  world.client = (struct radius_server_client){.ip = {1}, .secret = SECRET};
  world.peer_method = (struct eap_peer_method){
      &EAP_PSK_PEER,
      {.psk = (const uint8_t *)PSK, .local_id = (const uint8_t *)"p", .local_id_length = 1}};
  world.peer_config = (struct eap_peer_config){(const uint8_t *)"user", 4, &world.peer_method, 1};
  world.erp_config =
      (struct erp_peer_config){.realm = (const uint8_t *)REALM, .realm_length = strlen(REALM)};
  erp_peer_init(&world.erp_peer, &world.erp_config, &world.hooks);
}

static void reauth_start(bool remote, uint32_t session_timeout_s) {
  const struct aaa_config aaa = {
      .local = SERVER,
      .radius = {.clients = &world.client, .client_count = 1, .conversations_max = 4},
      .eap = world.eap,
      .session_timeout_s = session_timeout_s};
  const struct radius_client_config radius = {.local = CLIENT,
                                              .port_count = 1,
                                              .server = SERVER,
                                              .secret = SECRET,
                                              .nas_identifier = "aps1"};
  world.aaa = remote ? aaa_create(&aaa, &world.hooks) : NULL;
  assert_true(
      aaa_backend_init(&world.backend, &world.eap, remote ? &radius : NULL, NULL, &world.hooks));
}

static void reauth_end(void) {
  aaa_backend_end(&world.backend, &world.session);
  aaa_backend_deinit(&world.backend);
  node_destroy(world.aaa);
  erp_peer_wipe(&world.erp_peer);
}

/* Hands world.request to the AAA server; true if it answers, into world.answer. */
static bool reauth_ask(void) {
  const struct node_datagram in = {.source = CLIENT,
                                   .destination = SERVER,
                                   .data = world.request.octets,
                                   .length = world.request.length};
  struct node_datagram out = {.data = world.answer.octets, .capacity = sizeof world.answer.octets};
  assert_int_equal(node_read(world.aaa, &in, world.now_ns), 0);
  const int written = node_write(world.aaa, &out, world.now_ns);
  world.answer.length = out.length;
  return written == 1;
}

/* What comes of AAA_BACKEND_WAIT. */
static enum aaa_backend_result reauth_await(struct span_writer *out) {
  struct node_datagram request = {.data = world.request.octets,
                                  .capacity = sizeof world.request.octets};
  enum aaa_backend_result result;
  const char *why;
  assert_int_equal(aaa_backend_write(&world.backend, &request, world.now_ns), 1);
  world.request.length = request.length;
  assert_true(reauth_ask());
  const struct node_datagram answer = {.source = SERVER,
                                       .destination = CLIENT,
                                       .data = world.answer.octets,
                                       .length = world.answer.length};
  assert_ptr_equal(aaa_backend_receive(&world.backend, &answer, &result, out, &why), &world);
  return result;
}

static void reauth_authenticate(void) {
  enum aaa_backend_result result = AAA_BACKEND_REQUEST;
  struct span_writer out;
  eap_peer_init(&world.peer, &world.peer_config, &world.hooks);
  assert_int_equal(erp_peer_learn(&world.erp_peer, &world.peer, 0), NODE_ERR_BAD_STATE);
  aaa_backend_end(&world.backend, &world.session);
  assert_int_equal(aaa_backend_begin(&world.backend, &world.session, IDENTIFIER, &PEER, &world), 0);
  span_writer_init(&out, world.packet.octets, EAP_PACKET_MAX, NULL);
  assert_int_equal(eap_server_identity_request(IDENTIFIER, &out), 0);
  while (result == AAA_BACKEND_REQUEST) {
    uint8_t octets[EAP_PACKET_MAX];
    struct span_writer answer;
    span_writer_init(&answer, octets, sizeof octets, NULL);
    assert_int_equal(eap_peer_process(&world.peer, world.packet.octets, out.length, &answer),
                     EAP_PEER_RESPOND);
    span_writer_init(&out, world.packet.octets, EAP_PACKET_MAX, NULL);
    result = aaa_backend_respond(&world.backend, &world.session, octets, answer.length, &out);
    if (result == AAA_BACKEND_WAIT)
      result = reauth_await(&out);
  }
  assert_int_equal(result, AAA_BACKEND_SUCCESS);
  assert_true(aaa_backend_keep_root(&world.backend, &world.session, world.now_ns));
  assert_int_equal(erp_peer_learn(&world.erp_peer, &world.peer, world.now_ns), 0);
}

/* An Initiate of the peer's. */
static struct reauth_octets reauth_initiate(void) {
  struct reauth_octets initiate;
  struct span_writer out;
  span_writer_init(&out, initiate.octets, EAP_PACKET_MAX, NULL);
  assert_int_equal(erp_peer_begin(&world.erp_peer, NULL, world.now_ns, &out), 0);
  initiate.length = out.length;
  return initiate;
}

/* Hands an Initiate to the backend; what it is answered is in world.packet. */
static enum aaa_backend_result reauth_pass(const struct reauth_octets *initiate) {
  struct span_list spans;
  struct span_writer out;
  world.why = NULL;
  aaa_backend_end(&world.backend, &world.session);
  span_writer_init(&out, world.packet.octets, EAP_PACKET_MAX, &spans);
  enum aaa_backend_result result =
      aaa_backend_begin_initiate(&world.backend, &world.session, &PEER, &world, initiate->octets,
                                 initiate->length, world.now_ns, &out, &world.why);
  if (result == AAA_BACKEND_WAIT)
    result = reauth_await(&out);
  world.packet.length = out.length;
  assert_int_equal(span_list_length(&spans), out.length);
  return result;
}

static enum erp_peer_result reauth_give_peer(void) {
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  return erp_peer_process(&world.erp_peer, world.packet.octets, world.packet.length, world.now_ns,
                          &none);
}

static void assert_reauthenticates(void) {
  const struct reauth_octets initiate = reauth_initiate();
  uint8_t rmsk[EAP_KEY_LENGTH], msk[EAP_KEY_LENGTH];
  struct eap_name name;
  assert_int_equal(initiate.length, INITIATE_LENGTH);
  assert_int_equal(reauth_pass(&initiate), AAA_BACKEND_SUCCESS);
  assert_string_equal(eap_packet_label(world.packet.octets, world.packet.length),
                      "EAP-Finish/Re-auth");
  assert_int_equal(aaa_backend_msk(&world.backend, &world.session, msk), 0);
  assert_int_equal(erp_peer_rmsk(&world.erp_peer, rmsk), 0);
  assert_memory_equal(rmsk, msk, sizeof msk);
  assert_true(aaa_backend_name(&world.backend, &world.session, &name));
  assert_int_equal(name.length, 4);
  assert_memory_equal(name.octets, "user", 4);
  assert_int_equal(reauth_give_peer(), ERP_PEER_SUCCESS);
}

static void full_then_again(void **state) {
  (void)state;
  for (int remote = 0; remote < 2; remote++) {
    reauth_configure();
    reauth_start(remote, 0);
    for (size_t i = 0; i < 3; i++) {
      reauth_authenticate();
      for (size_t j = 0; j < 3; j++)
        assert_reauthenticates();
    }
    assert_int_equal(world.session.lifetime_s, AAA_BACKEND_LIFETIME_DEFAULT_S);
    assert_false(world.session.lifetime_is_set);
    assert_int_equal(world.keys, remote ? 12 : 0);
    if (remote) {
      assert_int_equal(world.request.length, REQUEST_LENGTH);
      assert_int_equal(world.answer.length, ACCEPT_LENGTH);
    }
    reauth_end();
  }
}

/* An Initiate that fails, whether there is protection for the answer, and why at the server. */
static void assert_fails(bool remote, const struct reauth_octets *initiate, const char *why) {
  uint8_t msk[EAP_KEY_LENGTH];
  struct eap_name name;
  world.failed = NULL;
  assert_int_equal(reauth_pass(initiate), AAA_BACKEND_FAILURE);
  assert_string_equal(eap_packet_label(world.packet.octets, world.packet.length),
                      "EAP-Finish/Re-auth (failure)");
  assert_string_equal(aaa_backend_reason(&world.backend, &world.session),
                      remote ? "Access-Reject" : why);
  if (remote)
    assert_string_equal(world.failed, why);
  else
    assert_string_equal(world.why, why);
  assert_int_equal(aaa_backend_msk(&world.backend, &world.session, msk), NODE_ERR_BAD_STATE);
  assert_false(aaa_backend_name(&world.backend, &world.session, &name));
}

static void failures(void **state) {
  (void)state;
  for (int remote = 0; remote < 2; remote++) {
    reauth_configure();
    reauth_start(remote, 0);
    reauth_authenticate();
    struct reauth_octets initiate = reauth_initiate(), changed = initiate;
    changed.octets[changed.length - 1] ^= 1;
    assert_fails(remote, &changed, "wrong tag");
    assert_int_equal(reauth_pass(&initiate), AAA_BACKEND_SUCCESS);
    assert_int_equal(reauth_give_peer(), ERP_PEER_SUCCESS);
    assert_fails(remote, &initiate, "old sequence number");
    changed.octets[10] = changed.octets[10] == '0' ? '1' : '0'; /* of the EMSKname */
    assert_fails(remote, &changed, "unknown key");
    changed.octets[changed.length - 18] ^= 1; /* the realm's last letter */
    assert_fails(remote, &changed, "wrong realm");
    /* A failure under protection, which the peer believes: it falls back. */
    initiate = reauth_initiate();
    changed = initiate;
    changed.octets[changed.length - 1] ^= 1;
    assert_fails(remote, &changed, "wrong tag");
    assert_int_equal(reauth_give_peer(), ERP_PEER_FAILURE);
    assert_false(erp_peer_is_ready(&world.erp_peer, world.now_ns));
    reauth_authenticate();
    assert_reauthenticates();
    reauth_end();
  }
}

static void malformed_initiates(void **state) {
  (void)state;
  for (int remote = 0; remote < 2; remote++) {
    reauth_configure();
    reauth_start(remote, 0);
    reauth_authenticate();
    const struct reauth_octets initiate = reauth_initiate();
    for (size_t length = 0; length < initiate.length; length++) {
      struct reauth_octets cut = initiate;
      cut.length = length;
      assert_int_equal(reauth_pass(&cut), AAA_BACKEND_DISCARD);
      assert_string_equal(world.why, "malformed EAP-Initiate");
    }
    struct reauth_octets padded = initiate;
    padded.length += 7;
    assert_int_equal(reauth_pass(&padded), AAA_BACKEND_SUCCESS);
    reauth_end();
  }
}

/* Nobody keeps keys. */
static void without_erp(void **state) {
  (void)state;
  for (int remote = 0; remote < 2; remote++) {
    reauth_configure();
    world.eap.erp = NULL;
    reauth_start(remote, 0);
    reauth_authenticate();
    const struct reauth_octets initiate = reauth_initiate();
    if (remote) {
      assert_int_equal(reauth_pass(&initiate), AAA_BACKEND_FAILURE);
      assert_string_equal(eap_packet_label(world.packet.octets, world.packet.length),
                          "EAP-Failure");
      assert_string_equal(world.failed, "re-authentication, of which there is none here");
    } else {
      assert_int_equal(reauth_pass(&initiate), AAA_BACKEND_DISCARD);
      assert_string_equal(world.why, "re-authentication, of which there is none here");
    }
    reauth_end();
  }
}

/* Session-Timeout: what is configured, or what is left of the root, or neither where the
 * authenticator would take the default. */
static void lifetimes(void **state) {
  static const struct {
    uint32_t session_timeout_s, root_s, rmsk_s, after_s, expected_s;
  } table[] = {
      {0, 0, 0, 0, AAA_BACKEND_LIFETIME_DEFAULT_S},
      {600, 0, 0, 0, 600},
      {600, 1000, 0, 900, 100},
      {0, 1000, 0, 0, 1000},
      {0, 1000, 700, 200, 700},
      {86400, 0, 0, 0, 8 * 3600},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    reauth_configure();
    world.erp.rrk_lifetime_s = table[i].root_s;
    world.erp.rmsk_lifetime_s = table[i].rmsk_s;
    reauth_start(true, table[i].session_timeout_s);
    reauth_authenticate();
    world.now_ns += table[i].after_s * NODE_SECOND;
    assert_reauthenticates();
    assert_int_equal(world.session.lifetime_s, table[i].expected_s);
    assert_int_equal(world.session.lifetime_is_set, i != 0);
    reauth_end();
  }
}

/* RFC 5080 section 2.2.2: the same octets again, and no second exchange. */
static void a_request_again(void **state) {
  (void)state;
  reauth_configure();
  reauth_start(true, 0);
  reauth_authenticate();
  assert_reauthenticates();
  const struct reauth_octets answer = world.answer;
  const unsigned keys = world.keys;
  assert_true(reauth_ask());
  assert_int_equal(world.answer.length, answer.length);
  assert_memory_equal(world.answer.octets, answer.octets, answer.length);
  assert_int_equal(world.keys, keys);
  reauth_end();
}

/* A request of our own making: with this User-Name and NAS-Identifier. */
static void reauth_compose(const char *user, const char *nas,
                           const struct reauth_octets *initiate) {
  static uint8_t identifier;
  uint8_t authenticator[16];
  struct span_writer out;
  seeded_bytes(&world.seeded, authenticator, sizeof authenticator);
  span_writer_init(&out, world.request.octets, sizeof world.request.octets, NULL);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  if (user != NULL)
    radius_add(&out, RADIUS_USER_NAME, user, strlen(user));
  if (nas != NULL)
    radius_add(&out, RADIUS_NAS_IDENTIFIER, nas, strlen(nas));
  radius_add_eap(&out, initiate->octets, initiate->length);
  assert_int_equal(radius_request_seal(&out, ++identifier, authenticator, &SECRET), 0);
  world.request.length = out.length;
}

static void names_in_the_request(void **state) {
  const struct erp_peer_request asking = {.nas = {(const uint8_t *)"aps1", 4}};
  struct reauth_octets initiate;
  struct span_writer out;
  (void)state;
  reauth_configure();
  reauth_start(true, 0);
  reauth_authenticate();
  span_writer_init(&out, initiate.octets, EAP_PACKET_MAX, NULL);
  assert_int_equal(erp_peer_begin(&world.erp_peer, &asking, 0, &out), 0);
  initiate.length = out.length;
  reauth_compose("user", "aps1", &initiate);
  assert_true(reauth_ask());
  assert_int_equal(world.answer.octets[0], RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "User-Name that is not the keyName-NAI");
  reauth_compose(NULL, "aps2", &initiate);
  assert_true(reauth_ask());
  assert_int_equal(world.answer.octets[0], RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "wrong NAS-Identifier");
  reauth_compose(NULL, "aps1", &initiate);
  assert_true(reauth_ask());
  assert_int_equal(world.answer.octets[0], RADIUS_ACCESS_ACCEPT);
  reauth_end();
}

/* What an EAP server or a Re-auth-Start is: no beginning of a conversation. */
static void other_packets_of_erp(void **state) {
  static const struct reauth_octets start = {{5, 1, 0, 6, 1, 0}, 6},
                                    finish = {{6, 1, 0, 9, 2, 0, 0, 0, 0}, 9};
  (void)state;
  reauth_configure();
  reauth_start(true, 0);
  reauth_compose("user", NULL, &start);
  assert_true(reauth_ask());
  assert_int_equal(world.answer.octets[0], RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "malformed EAP-Initiate");
  reauth_compose("user", NULL, &finish);
  assert_true(reauth_ask());
  assert_int_equal(world.answer.octets[0], RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "packet that is not a Response");
  reauth_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(full_then_again),
      cmocka_unit_test(failures),
      cmocka_unit_test(malformed_initiates),
      cmocka_unit_test(without_erp),
      cmocka_unit_test(lifetimes),
      cmocka_unit_test(a_request_again),
      cmocka_unit_test(names_in_the_request),
      cmocka_unit_test(other_packets_of_erp),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
