/* ERP: its keys by vectors, both sides together, and what either answers to what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "erp_world.h"

static struct erp_world world;

static int erp_set_up(void **state) {
  (void)state;
  erp_world_init(&world);
  return 0;
}

static int erp_tear_down(void **state) {
  (void)state;
  erp_world_end(&world);
  return 0;
}

/* Vectors */

static void keys_of_erp(void **state) {
  static const char *const riks[ERP_SUITES] = {[1] = "rik_suite_1", "rik_suite_2", "rik_suite_3"};
  static const struct {
    uint16_t sequence;
    const char *name;
  } rmsks[] = {{0, "rmsk_seq_0"}, {1, "rmsk_seq_1"}, {65535, "rmsk_seq_65535"}};
  uint8_t key[EAP_KEY_LENGTH];
  struct erp_root root;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_root_derive(NULL, world.keys.emsk, &world.session, &root), 0);
  assert_hex_equal(root.name, sizeof root.name, erp_vector("emsk_name"));
  assert_hex_equal(root.key, sizeof root.key, erp_vector("rrk"));
  for (uint8_t suite = 1; suite < ERP_SUITES; suite++) {
    assert_int_equal(erp_rik(NULL, &root, suite, key), 0);
    assert_hex_equal(key, sizeof key, erp_vector(riks[suite]));
  }
  for (size_t i = 0; i < sizeof rmsks / sizeof rmsks[0]; i++) {
    assert_int_equal(erp_rmsk(NULL, &root, rmsks[i].sequence, key), 0);
    assert_hex_equal(key, sizeof key, erp_vector(rmsks[i].name));
  }
  const struct hex dsrk = hex(erp_vector("dsrk"));
  assert_int_equal(erp_root_derive_in_domain(NULL, dsrk.octets, root.name, &root), 0);
  assert_hex_equal(root.key, sizeof root.key, erp_vector("ds_rrk"));
}

static void packets_of_each_suite(void **state) {
  static const char *const initiates[ERP_SUITES] = {
      [1] = "initiate_suite_1", "initiate", "initiate_suite_3"};
  (void)state;
  for (uint8_t suite = 1; suite < ERP_SUITES; suite++) {
    struct erp_octets initiate, finish, none;
    uint8_t rmsk[EAP_KEY_LENGTH];
    if (suite > 1)
      erp_world_end(&world);
    erp_world_init(&world);
    world.peer_config.suite = suite;
    erp_world_start(&world);
    assert_int_equal(erp_peer_rmsk(&world.peer, rmsk), NODE_ERR_BAD_STATE);
    assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
    assert_hex_equal(initiate.octets, initiate.length, erp_vector(initiates[suite]));
    assert_int_equal(erp_peer_rmsk(&world.peer, rmsk), 0);
    assert_hex_equal(rmsk, sizeof rmsk, erp_vector("rmsk_seq_0"));
    assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
    assert_int_equal(finish.length, initiate.length);
    if (suite == ERP_SUITE_HMAC_SHA256_128)
      assert_hex_equal(finish.octets, finish.length, erp_vector("finish"));
    assert_memory_equal(world.grant.rmsk, rmsk, sizeof rmsk);
    assert_int_equal(world.grant.user.length, 4);
    assert_int_equal(world.grant.lifetime_s, ERP_LIFETIME_DEFAULT_S);
    assert_false(world.grant.has_dsrk);
    assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
    assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_DISCARD);
  }
}

/* Cost */

static void erp_count(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)context;
  assert_int_equal(primitive, NODE_PRIMITIVE_SHA256_BLOCK);
  world.blocks += blocks;
}

/* HMAC with a key of 64 octets: two pads, the inner hash again, and the text with 9 octets of
 * padding at least. The text of T1 of rIK: 39 + 1 + 1 + 2 + 1 = 44 octets, of T2 76: (3 + 1) + (3 +
 * 2). Of rMSK 45 + 1 + 2 + 2 + 1 = 51, and 83: likewise. A tag: 40 octets, 3 + 1. The root, with
 * its name: 4 + 4 + 5 (eap_emsk_test). */
static void cost_of_an_exchange(void **state) {
  enum { RIK = 4 + 5, RMSK = 4 + 5, TAG = 4, ROOT = 4 + 4 + 5 };
  struct erp_octets initiate, finish, none;
  (void)state;
  erp_world_start(&world);
  world.hooks.cost = erp_count;
  for (unsigned i = 0; i < 3; i++) {
    world.blocks = 0;
    assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
    assert_int_equal(world.blocks, (i == 0 ? RIK : 0) + RMSK + TAG);
    world.blocks = 0;
    assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
    assert_int_equal(world.blocks, RIK + TAG + RMSK + TAG);
    world.blocks = 0;
    assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
    assert_int_equal(world.blocks, TAG);
  }
  world.blocks = 0;
  assert_int_equal(erp_peer_establish(&world.peer, &world.keys, &world.session, 0), 0);
  assert_int_equal(world.blocks, ROOT);
}

/* Sequence numbers */

static void no_rmsk_comes_twice(void **state) {
  enum { RUNS = 300 };
  static uint8_t seen[RUNS][EAP_KEY_LENGTH];
  (void)state;
  erp_world_start(&world);
  for (size_t i = 0; i < RUNS; i++) {
    struct erp_octets initiate;
    if (i % 3 == 1) /* that nobody ever sees the end of */
      assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
    else
      erp_world_reauthenticate(&world);
    assert_int_equal(erp_peer_rmsk(&world.peer, seen[i]), 0);
    for (size_t j = 0; j < i; j++)
      assert_memory_not_equal(seen[i], seen[j], EAP_KEY_LENGTH);
  }
}

static void old_sequence_numbers_fail(void **state) {
  struct erp_octets first, second, finish, none;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &first), 0);
  assert_int_equal(erp_world_begin(&world, NULL, &second), 0);
  assert_int_equal(erp_world_serve(&world, &second, &finish), ERP_SERVER_SUCCESS); /* a gap */
  for (size_t i = 0; i < 2; i++) {
    struct erp_octets no;
    assert_int_equal(erp_world_serve(&world, i == 0 ? &first : &second, &no), ERP_SERVER_FAILURE);
    assert_string_equal(erp_server_reason(&world.server), "old sequence number");
    assert_int_equal(no.octets[5], ERP_FLAG_RESULT);
    if (i == 0) /* protected, but not what the peer waits for */
      assert_int_equal(erp_world_give(&world, &no, &none), ERP_PEER_DISCARD);
  }
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
}

static void sequence_numbers_end(void **state) {
  struct erp_octets initiate, finish, none;
  (void)state;
  erp_world_start(&world);
  world.peer.next_sequence = ERP_SEQUENCE_MAX;
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
  assert_false(erp_peer_is_ready(&world.peer, 0));
  assert_int_equal(erp_world_begin(&world, NULL, &none), NODE_ERR_BAD_STATE);
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), "no sequence numbers left");
  /* A full authentication begins anew. */
  world.keys.emsk[0] ^= 1;
  assert_int_equal(erp_peer_establish(&world.peer, &world.keys, &world.session, 0), 0);
  assert_int_equal(erp_server_add(&world.server, world.keys.emsk, &world.session, &world.user, 0),
                   0);
  erp_world_reauthenticate(&world);
  assert_int_equal(world.server.store.count, 1);
}

/* What fails */

static void assert_no(const struct erp_octets *initiate, const char *why, bool is_protected) {
  struct erp_octets no, none;
  assert_int_equal(erp_world_serve(&world, initiate, &no), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), why);
  assert_int_equal(no.octets[0], EAP_FINISH);
  assert_int_equal(no.octets[1], initiate->octets[1]);
  assert_true((no.octets[5] & ERP_FLAG_RESULT) != 0);
  struct erp_peer before = world.peer;
  assert_int_equal(erp_world_give(&world, &no, &none),
                   is_protected ? ERP_PEER_FAILURE : ERP_PEER_DISCARD);
  assert_string_equal(erp_peer_reason(&world.peer), is_protected
                                                        ? "EAP-Finish says no"
                                                        : "EAP-Finish says no without protection");
  assert_int_equal(erp_peer_is_ready(&world.peer, world.now_ns),
                   erp_peer_is_ready(&before, world.now_ns) && !is_protected);
  world.peer = before;
}

static void wrong_tags_fail(void **state) {
  struct erp_octets initiate, finish;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  for (size_t i = initiate.length - 16; i < initiate.length; i++) {
    struct erp_octets changed = initiate;
    changed.octets[i] ^= 0x80;
    assert_no(&changed, "wrong tag", true);
  }
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
}

/* Every bit of a request: none but those that are ignored is granted. */
static void changed_requests_fail(void **state) {
  struct erp_octets initiate, finish;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  for (size_t bit = 0; bit < 8 * initiate.length; bit++) {
    struct erp_octets changed = initiate;
    changed.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_int_not_equal(erp_world_serve(&world, &changed, &finish), ERP_SERVER_SUCCESS);
  }
  for (size_t length = 0; length < initiate.length; length++) {
    struct erp_octets cut = {.length = length};
    memcpy(cut.octets, initiate.octets, length);
    assert_int_equal(erp_world_serve(&world, &cut, &finish), ERP_SERVER_DISCARD);
    if (length < 4)
      continue;
    cut.octets[2] = 0; /* whole by its own account */
    cut.octets[3] = (uint8_t)length;
    assert_int_not_equal(erp_world_serve(&world, &cut, &finish), ERP_SERVER_SUCCESS);
  }
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
}

static void changed_answers_are_discarded(void **state) {
  struct erp_octets initiate, finish, none;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
  for (size_t bit = 0; bit < 8 * finish.length; bit++) {
    struct erp_octets changed = finish;
    changed.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_int_equal(erp_world_give(&world, &changed, &none), ERP_PEER_DISCARD);
  }
  for (size_t length = 0; length < finish.length; length++) {
    struct erp_octets cut = {.length = length};
    memcpy(cut.octets, finish.octets, length);
    assert_int_equal(erp_world_give(&world, &cut, &none), ERP_PEER_DISCARD);
  }
  assert_int_equal(erp_world_give(&world, &initiate, &none), ERP_PEER_DISCARD);
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
}

static void unknown_and_foreign_keys_fail(void **state) {
  static const uint8_t elsewhere[] = "elsewhere.org";
  struct erp_octets initiate;
  (void)state;
  erp_world_start(&world);
  world.session.octets[5] ^= 1;
  assert_int_equal(erp_peer_establish(&world.peer, &world.keys, &world.session, 0), 0);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_no(&initiate, "unknown key", false);
  world.session.octets[5] ^= 1;
  world.peer_config.realm = elsewhere;
  world.peer_config.realm_length = sizeof elsewhere - 1;
  assert_int_equal(erp_peer_establish(&world.peer, &world.keys, &world.session, 0), 0);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_no(&initiate, "wrong realm", false);
}

static void other_emsk_of_the_same_name(void **state) {
  struct erp_octets initiate, no, none;
  (void)state;
  erp_world_start(&world);
  world.keys.emsk[63] ^= 1;
  assert_int_equal(erp_peer_establish(&world.peer, &world.keys, &world.session, 0), 0);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_int_equal(erp_world_serve(&world, &initiate, &no), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), "wrong tag");
  assert_int_equal(erp_world_give(&world, &no, &none), ERP_PEER_DISCARD);
}

/* Lifetimes */

static void keys_expire(void **state) {
  struct erp_octets initiate;
  (void)state;
  world.server_config.rrk_lifetime_s = 100;
  world.peer_config.rrk_lifetime_s = 200;
  erp_world_start(&world);
  world.now_ns = 99 * NODE_SECOND;
  erp_world_reauthenticate(&world);
  assert_int_equal(world.grant.lifetime_s, 1);
  world.now_ns = 100 * NODE_SECOND;
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_no(&initiate, "expired key", false);
  assert_int_equal(world.server.store.count, 0);
  assert_no(&initiate, "unknown key", false);
  world.now_ns = 200 * NODE_SECOND;
  assert_false(erp_peer_is_ready(&world.peer, world.now_ns));
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), NODE_ERR_BAD_STATE);
}

static void lifetimes_are_told(void **state) {
  struct erp_octets initiate, finish, none;
  (void)state;
  world.server_config.rrk_lifetime_s = 1000;
  world.server_config.rmsk_lifetime_s = 600;
  world.peer_config.lifetimes = true;
  erp_world_start(&world);
  for (size_t i = 0; i < 2; i++) {
    world.now_ns = (i == 0 ? 100 : 700) * NODE_SECOND;
    assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
    assert_int_equal(initiate.length, 56);
    assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
    assert_int_equal(finish.length, 56 + 5 + 5);
    assert_int_equal(finish.octets[5], ERP_FLAG_LIFETIMES);
    assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
    /* An rMSK does not outlive its root. */
    assert_int_equal(erp_peer_rmsk_lifetime_s(&world.peer), i == 0 ? 600 : 300);
    assert_int_equal(world.grant.lifetime_s, i == 0 ? 600 : 300);
    assert_true(erp_peer_until_ns(&world.peer) == 1000 * NODE_SECOND);
  }
}

/* Suites */

static void server_chooses_another_suite(void **state) {
  struct erp_octets initiate, no, none;
  (void)state;
  world.server_config.suites = 1U << ERP_SUITE_HMAC_SHA256_256;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_int_equal(erp_world_serve(&world, &initiate, &no), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), "unacceptable cryptosuite");
  assert_int_equal(no.length, 56 + 3 + 16); /* the list; a longer tag */
  assert_int_equal(erp_world_give(&world, &no, &none), ERP_PEER_RETRY);
  assert_int_equal(erp_peer_rmsk(&world.peer, none.octets), NODE_ERR_BAD_STATE);
  erp_world_reauthenticate(&world);
}

static void no_suite_in_common(void **state) {
  struct erp_octets initiate, no, none;
  (void)state;
  world.server_config.suites = 1U << ERP_SUITE_HMAC_SHA256_256;
  world.peer_config.suites = 1U << ERP_SUITE_HMAC_SHA256_64 | 1U << ERP_SUITE_HMAC_SHA256_128;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_int_equal(erp_world_serve(&world, &initiate, &no), ERP_SERVER_FAILURE);
  assert_int_equal(erp_world_give(&world, &no, &none), ERP_PEER_DISCARD); /* cannot verify it */
  assert_true(erp_peer_is_ready(&world.peer, 0));
}

/* A suite that nobody has defined, with a tag of some length: the server's list says which there
 * are. Under an unknown key, that has no protection and is no list's matter. */
static void unknown_suite(void **state) {
  struct erp_octets initiate, no;
  struct erp_packet reading;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  initiate.octets[initiate.length - 17] = 9;
  assert_int_equal(erp_world_serve(&world, &initiate, &no), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), "unacceptable cryptosuite");
  assert_int_equal(erp_packet_parse(no.octets, no.length, ERP_SUITE_HMAC_SHA256_128, &reading), 0);
  assert_int_equal(reading.attributes[ERP_SUITE_LIST].length, 3);
}

/* Re-auth-Start */

static struct erp_octets start_of(const struct erp_value *domain, const struct erp_value *nas) {
  struct erp_octets packet;
  struct span_writer out;
  span_writer_init(&out, packet.octets, sizeof packet.octets, NULL);
  assert_int_equal(erp_start_compose(77, domain, nas, &out), 0);
  packet.length = out.length;
  return packet;
}

static void authenticator_asks(void **state) {
  const struct erp_value domain = {ERP_WORLD_REALM, ERP_WORLD_REALM_LENGTH};
  const struct erp_octets bare = start_of(NULL, NULL), start = start_of(&domain, NULL);
  struct erp_octets initiate, again, finish, none;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(bare.length, 6);
  assert_int_equal(start.length, 20);
  assert_int_equal(erp_world_give(&world, &start, &initiate), ERP_PEER_RESPOND);
  assert_hex_equal(initiate.octets, initiate.length, erp_vector("initiate"));
  assert_int_equal(erp_world_give(&world, &bare, &again), ERP_PEER_DISCARD); /* under way */
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
  assert_int_equal(erp_world_give(&world, &bare, &again), ERP_PEER_RESPOND);
  erp_peer_forget(&world.peer);
  assert_int_equal(erp_world_give(&world, &start, &none), ERP_PEER_DISCARD);
  assert_string_equal(erp_peer_reason(&world.peer), "Re-auth-Start without a key");
}

/* Section 5.5 */
static void authenticator_names_itself(void **state) {
  const struct erp_value honest = {(const uint8_t *)"aps1", 4}, liar = {(const uint8_t *)"aps2", 4};
  const struct erp_octets start = start_of(NULL, &honest);
  struct erp_octets initiate, finish, none;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_give(&world, &start, &initiate), ERP_PEER_RESPOND);
  assert_int_equal(initiate.length, 56 + 2 + 4);
  assert_int_equal(erp_world_serve_as(&world, &initiate, &liar, &finish), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), "wrong NAS-Identifier");
  assert_int_equal(erp_world_serve_as(&world, &initiate, &honest, &finish), ERP_SERVER_SUCCESS);
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
}

/* Bootstrap */

static void bootstrap_without_a_domain(void **state) {
  const struct erp_peer_request request = {.bootstrap = true};
  struct erp_octets initiate, finish, none;
  (void)state;
  world.peer_config.bootstraps = true;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, &request, &initiate), 0);
  assert_int_equal(initiate.octets[5], ERP_FLAG_BOOTSTRAP);
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
  assert_int_equal(finish.octets[5], ERP_FLAG_BOOTSTRAP);
  assert_int_equal(finish.length, 56);
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
  erp_world_reauthenticate(&world);
}

/* The home server tells a domain, and its ER server the DSRK; there the peer begins anew. Name and
 * lifetimes are such that the Finish can be read in two ways (erp_packet_test). */
static void bootstrap_into_a_domain(void **state) {
  static const uint8_t visited[] = "visit.net";
  const struct erp_peer_request request = {.bootstrap = true};
  const struct erp_server_config local_config = {
      .realm = visited, .realm_length = sizeof visited - 1, .keys_max = 1};
  struct erp_octets initiate, finish, none;
  (void)state;
  world.peer_config.bootstraps = true;
  world.peer_config.lifetimes = true;
  world.server_config.domain = visited;
  world.server_config.domain_length = sizeof visited - 1;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, &request, &initiate), 0);
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
  assert_true(world.grant.has_dsrk);
  struct erp_packet readings[ERP_SUITES];
  assert_int_equal(erp_packet_readings(finish.octets, finish.length, readings), 2);
  assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
  const struct erp_grant grant = world.grant;
  erp_server_deinit(&world.server);
  assert_true(erp_server_init(&world.server, &local_config, &world.hooks));
  assert_int_equal(erp_server_add_in_domain(&world.server, grant.dsrk, grant.name,
                                            grant.rrk_lifetime_s, &grant.user, 0),
                   0);
  erp_world_reauthenticate(&world);
  assert_int_equal(world.peer.exchange.sequence, 0);
}

/* The store */

static void store_is_bounded(void **state) {
  struct erp_octets initiate, finish;
  struct eap_session_id session = world.session;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  for (uint8_t i = 0; i < 3 * ERP_WORLD_KEYS; i++) {
    struct eap_name user = {.octets = {i}, .length = 1};
    session.octets[1] = i;
    if (i == ERP_WORLD_KEYS - 1) /* there was room until now */
      assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_SUCCESS);
    assert_int_equal(erp_server_add(&world.server, world.keys.emsk, &session, &user, 0), 0);
    assert_true(world.server.store.count <= ERP_WORLD_KEYS);
  }
  assert_int_equal(erp_world_serve(&world, &initiate, &finish), ERP_SERVER_FAILURE);
  assert_string_equal(erp_server_reason(&world.server), "unknown key");
  for (uint8_t i = 0; i < 3; i++) { /* one user has one place */
    session.octets[2] = i;
    assert_int_equal(erp_server_add(&world.server, world.keys.emsk, &session, &world.user, 0), 0);
  }
  assert_int_equal(world.server.store.count, ERP_WORLD_KEYS);
  assert_int_equal(world.server.store.oldest->user.octets[0], 3 * ERP_WORLD_KEYS - 3);
}

static void configuration_out_of_range(void **state) {
  struct erp_server server;
  const struct erp_server_config good = world.server_config;
  (void)state;
  erp_world_start(&world);
  struct erp_server_config wrong = good;
  wrong.keys_max = 0;
  assert_false(erp_server_init(&server, &wrong, &world.hooks));
  wrong = good;
  wrong.realm_length = 0;
  assert_false(erp_server_init(&server, &wrong, &world.hooks));
  wrong.realm_length = ERP_REALM_MAX + 1;
  assert_false(erp_server_init(&server, &wrong, &world.hooks));
  wrong = good;
  wrong.suites = 1U << ERP_SUITES;
  assert_false(erp_server_init(&server, &wrong, &world.hooks));
}

#define ERP_TEST(name) cmocka_unit_test_setup_teardown(name, erp_set_up, erp_tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      ERP_TEST(keys_of_erp),
      ERP_TEST(packets_of_each_suite),
      ERP_TEST(cost_of_an_exchange),
      ERP_TEST(no_rmsk_comes_twice),
      ERP_TEST(old_sequence_numbers_fail),
      ERP_TEST(sequence_numbers_end),
      ERP_TEST(wrong_tags_fail),
      ERP_TEST(changed_requests_fail),
      ERP_TEST(changed_answers_are_discarded),
      ERP_TEST(unknown_and_foreign_keys_fail),
      ERP_TEST(other_emsk_of_the_same_name),
      ERP_TEST(keys_expire),
      ERP_TEST(lifetimes_are_told),
      ERP_TEST(server_chooses_another_suite),
      ERP_TEST(no_suite_in_common),
      ERP_TEST(unknown_suite),
      ERP_TEST(authenticator_asks),
      ERP_TEST(authenticator_names_itself),
      ERP_TEST(bootstrap_without_a_domain),
      ERP_TEST(bootstrap_into_a_domain),
      ERP_TEST(store_is_bounded),
      ERP_TEST(configuration_out_of_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
