/* Keys for others than authenticators: who has which, for how long, and in how many octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "key_world.h"

enum {
  NAI_LENGTH = sizeof KEY_WORLD_NAI - 1,
  INITIATE_LENGTH = 56, /* with realm example.test */
  NAME_LENGTH = 4,      /* of an ApS */
  TLV_LENGTH = 2 + NAME_LENGTH,
};

static struct key_world world;

/* Only: header, Message-Authenticator. */
static void assert_rejected(const char *why, enum node_phase phase) {
  assert_int_equal(world.accepted.code, RADIUS_ACCESS_REJECT);
  assert_non_null(world.failed);
  assert_string_equal(world.failed, why);
  assert_int_equal(world.events[phase], 2); /* STARTED and FAILED */
  assert_int_equal(world.answer_phase, phase);
  assert_null(world.key_name);
}

static void assert_authorize_rejected(enum key_world_client client, const char *name,
                                      const char *why, enum node_phase phase) {
  assert_int_equal(key_world_authorize(&world, client, name), RADIUS_ACCESS_REJECT);
  assert_rejected(why, phase);
  assert_int_equal(world.answer_length, 38);
}

static void keys_start(void) {
  key_world_configure(&world);
  key_world_start(&world);
}

/* A client learns no identity, and the server knows it. */
static void assert_anonymous(void) {
  assert_int_equal(radius_attribute_count(&world.accepted, RADIUS_USER_NAME), 0);
  assert_int_equal(world.confirmed.length, 4);
  assert_memory_equal(world.confirmed.octets, "user", 4);
}

static void root_of_an_aps(void **state) {
  uint8_t key[EAP_KEY_LENGTH];
  (void)state;
  keys_start();
  assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
  key_world_key(&world, key);
  assert_hex_equal(key, sizeof key, erp_vector("usrk"));
  assert_memory_equal(world.key, key, sizeof key);
  assert_string_equal(world.key_name, "aps_root");
  assert_anonymous();
  assert_int_equal(key_world_timeout(&world), ERP_ROOT_LIFETIME_DEFAULT_S);
  assert_int_equal(world.answer_phase, NODE_PHASE_PULL);
  assert_int_equal(world.events[NODE_PHASE_PULL], 3); /* STARTED, KEY, CONFIRMED */
  assert_int_equal(world.events[NODE_PHASE_AUTHENTICATION], 0);
  assert_int_equal(world.request_length, 20 + 18 + (2 + NAI_LENGTH) + TLV_LENGTH + 6 + 6);
  assert_int_equal(world.answer_length, 20 + 18 + 58 + 58 + 6);
  key_world_end(&world);
}

static void root_of_a_provider(void **state) {
  const struct hex emsk = hex(erp_vector("emsk"));
  const struct bootstrap_name name = KEY_WORLD_NAME("provider1");
  uint8_t key[EAP_KEY_LENGTH], expected[EAP_KEY_LENGTH];
  (void)state;
  keys_start();
  assert_int_equal(key_world_authorize(&world, KEY_WORLD_PROVIDER, "provider1"),
                   RADIUS_ACCESS_ACCEPT);
  key_world_key(&world, key);
  assert_int_equal(bootstrap_provider_root(NULL, emsk.octets, &name, expected), 0);
  assert_memory_equal(key, expected, sizeof key);
  assert_string_equal(world.key_name, "provider_root");
  assert_int_equal(world.answer_phase, NODE_PHASE_COMMISSIONING);
  assert_anonymous();
  key_world_end(&world);
}

/* Two ApS have different keys, also those of one host; who asks twice has the same twice. */
static void keys_differ(void **state) {
  static const struct {
    enum key_world_client client;
    const char *name;
  } table[] = {{KEY_WORLD_APS1, "aps1"}, {KEY_WORLD_APS2, "aps2"}, {KEY_WORLD_APS2, "aps3"}};
  uint8_t keys[3][EAP_KEY_LENGTH], again[EAP_KEY_LENGTH];
  (void)state;
  for (int erp = 0; erp < 2; erp++) {
    keys_start();
    for (size_t i = 0; i < 3; i++) {
      assert_int_equal(erp ? key_world_pull(&world, table[i].client, table[i].name, table[i].name)
                           : key_world_authorize(&world, table[i].client, table[i].name),
                       RADIUS_ACCESS_ACCEPT);
      key_world_key(&world, keys[i]);
      for (size_t j = 0; j < i; j++)
        assert_memory_not_equal(keys[i], keys[j], sizeof keys[i]);
    }
    if (!erp) {
      assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
      key_world_key(&world, again);
      assert_memory_equal(again, keys[0], sizeof again);
    }
    key_world_end(&world);
  }
}

/* PROTOCOLS of design A: 139 and 212 octets, where the peer does not name the ApS. */
static void sizes_of_erp(void **state) {
  (void)state;
  for (int named = 0; named < 2; named++) {
    const size_t tlv = named ? TLV_LENGTH : 0;
    struct erp_octets finish, none;
    uint8_t key[EAP_KEY_LENGTH], rmsk[EAP_KEY_LENGTH];
    keys_start();
    assert_int_equal(key_world_pull(&world, KEY_WORLD_APS1, "aps1", named ? "aps1" : NULL),
                     RADIUS_ACCESS_ACCEPT);
    assert_int_equal(world.initiate.length, INITIATE_LENGTH + tlv);
    assert_int_equal(world.request_length, 139 + tlv);
    assert_int_equal(world.answer_length, 212 + tlv);
    assert_anonymous();
    assert_int_equal(world.answer_phase, NODE_PHASE_PULL);
    assert_int_equal(world.events[NODE_PHASE_PULL], 4); /* DELIVERED, too */
    finish.length = (size_t)radius_eap_join(&world.accepted, finish.octets, sizeof finish.octets);
    assert_int_equal(finish.length, INITIATE_LENGTH + tlv);
    assert_int_equal(erp_world_give(&world.erp, &finish, &none), ERP_PEER_SUCCESS);
    assert_int_equal(erp_peer_rmsk(&world.erp.peer, rmsk), 0);
    key_world_key(&world, key);
    assert_memory_equal(key, rmsk, sizeof key);
    if (!named)
      assert_hex_equal(key, sizeof key, erp_vector("rmsk_seq_0"));
    key_world_end(&world);
  }
}

/* As before: with who the peer is. */
static void authenticators(void **state) {
  (void)state;
  keys_start();
  assert_int_equal(key_world_pull(&world, KEY_WORLD_AUTHENTICATOR, "any", NULL),
                   RADIUS_ACCESS_ACCEPT);
  assert_int_equal(radius_attribute_count(&world.accepted, RADIUS_USER_NAME), 1);
  assert_int_equal(world.answer_length, 212 + 2 + 4);
  assert_int_equal(world.answer_phase, NODE_PHASE_AUTHENTICATION);
  assert_authorize_rejected(KEY_WORLD_AUTHENTICATOR, "aps1", "no client for keys",
                            NODE_PHASE_AUTHENTICATION);
  assert_int_equal(key_world_pull(&world, KEY_WORLD_AUTHENTICATOR, "aps1", NULL),
                   RADIUS_ACCESS_REJECT);
  assert_rejected("NAS-Identifier of a client for keys", NODE_PHASE_AUTHENTICATION);
  assert_int_equal(key_world_pull(&world, KEY_WORLD_AUTHENTICATOR, NULL, "aps1"),
                   RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "wrong NAS-Identifier");
  key_world_end(&world);
}

static void names_and_uses(void **state) {
  static const struct {
    enum key_world_client client;
    const char *name;
  } wrong[] = {{KEY_WORLD_APS1, "aps2"},    {KEY_WORLD_APS1, NULL},   {KEY_WORLD_APS1, "aps"},
               {KEY_WORLD_APS1, "aps11"},   {KEY_WORLD_APS2, "aps1"}, {KEY_WORLD_PROVIDER, "aps1"},
               {KEY_WORLD_PROVIDER, "APS1"}};
  static const char why[] = "another NAS-Identifier than the client's";
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const enum node_phase phase =
        wrong[i].client == KEY_WORLD_PROVIDER ? NODE_PHASE_COMMISSIONING : NODE_PHASE_PULL;
    keys_start();
    assert_authorize_rejected(wrong[i].client, wrong[i].name, why, phase);
    assert_int_equal(key_world_pull(&world, wrong[i].client, wrong[i].name, wrong[i].name),
                     RADIUS_ACCESS_REJECT);
    assert_rejected(why, phase);
    key_world_end(&world);
  }
  keys_start();
  assert_int_equal(key_world_pull(&world, KEY_WORLD_PROVIDER, "provider1", NULL),
                   RADIUS_ACCESS_REJECT);
  assert_rejected("client for keys of another use", NODE_PHASE_COMMISSIONING);
  key_world_end(&world);
}

/* An ApS that tells the UE another name than the AS: the Finish says no, and the UE can tell. */
static void an_aps_that_lies(void **state) {
  struct erp_octets finish, none;
  uint8_t key[EAP_KEY_LENGTH];
  (void)state;
  keys_start();
  assert_int_equal(key_world_pull(&world, KEY_WORLD_APS2, "aps2", "aps1"), RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "wrong NAS-Identifier");
  assert_int_equal(radius_mppe_find(&world.accepted, world.request + 4, &KEY_WORLD_SECRET, key),
                   NODE_ERR_UNKNOWN);
  finish.length = (size_t)radius_eap_join(&world.accepted, finish.octets, sizeof finish.octets);
  assert_string_equal(eap_packet_label(finish.octets, finish.length),
                      "EAP-Finish/Re-auth (failure)");
  assert_int_equal(erp_world_give(&world.erp, &finish, &none), ERP_PEER_FAILURE);
  key_world_end(&world);
}

static void names_of_keys(void **state) {
  static const char *const wrong[] = {"7c2cda67750fe535@example.test",
                                      "7c2cda67750fe534@example.tesu",
                                      "7c2cda67750fe534@",
                                      "7c2cda67750fe534",
                                      "user",
                                      NULL};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const struct key_world_request request = {.user = wrong[i], .nas = "aps2", .service = true};
    keys_start();
    assert_int_equal(key_world_ask(&world, KEY_WORLD_APS2, &request), RADIUS_ACCESS_REJECT);
    assert_rejected("unknown key name", NODE_PHASE_PULL);
    key_world_end(&world);
  }
}

/* Service-Type alone makes no request for a key, and without it nothing does. */
static void other_requests(void **state) {
  struct key_world_request request = {.user = KEY_WORLD_NAI, .nas = "aps1"};
  (void)state;
  keys_start();
  assert_int_equal(key_world_ask(&world, KEY_WORLD_APS1, &request), RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "Access-Request without EAP-Message");
  request.service = true;
  request.eap = &world.initiate;
  world.initiate =
      (struct erp_octets){.octets = {EAP_RESPONSE, 1, 0, 5, EAP_TYPE_IDENTITY}, .length = 5};
  assert_int_equal(key_world_ask(&world, KEY_WORLD_APS1, &request), RADIUS_ACCESS_REJECT);
  assert_string_equal(world.failed, "unknown identity");
  key_world_end(&world);
}

/* Session-Timeout: what is left of the EMSK, or what is configured where that is less. */
static void lifetimes(void **state) {
  static const struct {
    uint32_t root_s, after_s, configured_s, expected_s; /* expected 0: it has expired */
  } table[] = {
      {0, 0, 0, ERP_ROOT_LIFETIME_DEFAULT_S},
      {100, 0, 0, 100},
      {100, 60, 0, 40},
      {100, 60, 30, 30},
      {100, 60, 50, 40},
      {100, 99, 0, 1},
      {100, 100, 0, 0},
      {100, 1000, 30, 0},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    key_world_configure(&world);
    world.erp.server_config.rrk_lifetime_s = table[i].root_s;
    world.config.session_timeout_s = table[i].configured_s;
    world.config.reauthenticates = true;
    key_world_start(&world);
    world.erp.now_ns += table[i].after_s * NODE_SECOND;
    if (table[i].expected_s == 0) {
      assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "key has expired", NODE_PHASE_PULL);
      assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "unknown key name", NODE_PHASE_PULL);
    } else {
      assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
      assert_int_equal(key_world_timeout(&world), table[i].expected_s);
      assert_int_equal(radius_attribute_count(&world.accepted, RADIUS_TERMINATION_ACTION), 0);
    }
    key_world_end(&world);
  }
}

/* A minute's requests at once, then one after another; each client has its own, and repetitions
 * cost none. */
static void rates(void **state) {
  (void)state;
  keys_start();
  for (size_t i = 0; i < KEY_WORLD_RATE; i++) {
    assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
    for (size_t j = 0; j < KEY_WORLD_RATE; j++)
      assert_true(key_world_give(&world, KEY_WORLD_APS1, world.request, world.request_length));
    assert_int_equal(world.accepted.code, RADIUS_ACCESS_ACCEPT);
  }
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "too many requests", NODE_PHASE_PULL);
  assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS2, "aps2"), RADIUS_ACCESS_ACCEPT);
  assert_int_equal(key_world_pull(&world, KEY_WORLD_APS1, "aps1", NULL), RADIUS_ACCESS_ACCEPT);
  world.erp.now_ns += 60 * NODE_SECOND / KEY_WORLD_RATE - 1;
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "too many requests", NODE_PHASE_PULL);
  world.erp.now_ns += 1;
  assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "too many requests", NODE_PHASE_PULL);
  world.erp.now_ns += 3600 * NODE_SECOND;
  for (size_t i = 0; i < KEY_WORLD_RATE; i++)
    assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "too many requests", NODE_PHASE_PULL);
  key_world_end(&world);
}

/* By default one in a second. */
static void default_rate(void **state) {
  const struct aaa_key_client client = {.requests_per_minute = 0};
  struct aaa_key_rate rate = {0};
  (void)state;
  for (size_t i = 0; i < 60; i++)
    assert_true(aaa_key_rate_take(&rate, &client, 5));
  assert_false(aaa_key_rate_take(&rate, &client, 5));
  assert_false(aaa_key_rate_take(&rate, &client, NODE_SECOND));
  assert_true(aaa_key_rate_take(&rate, &client, 5 + NODE_SECOND));
}

/* The sequence number is ERP's alone: what is asked without it changes nothing. */
static void sequence_numbers(void **state) {
  (void)state;
  keys_start();
  const uint64_t before = erp_server_state(&world.erp.server);
  assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "aps1"), RADIUS_ACCESS_ACCEPT);
  assert_int_equal(key_world_authorize(&world, KEY_WORLD_APS1, "apsx"), RADIUS_ACCESS_REJECT);
  assert_true(erp_server_state(&world.erp.server) == before);
  assert_int_equal(key_world_pull(&world, KEY_WORLD_APS1, "aps1", NULL), RADIUS_ACCESS_ACCEPT);
  assert_true(erp_server_state(&world.erp.server) != before);
  key_world_end(&world);
}

/* A new authentication of the user takes the place of the former. */
static void a_new_authentication(void **state) {
  (void)state;
  keys_start();
  world.erp.session.octets[1] ^= 1;
  assert_int_equal(erp_server_add(&world.erp.server, world.erp.keys.emsk, &world.erp.session,
                                  &world.erp.user, world.erp.now_ns),
                   0);
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "unknown key name", NODE_PHASE_PULL);
  key_world_end(&world);
}

/* What an ER server that keeps no EMSK, or has only a DSRK, does not give away. */
static void without_an_emsk(void **state) {
  const struct hex dsrk = hex(erp_vector("dsrk")), name = hex(erp_vector("emsk_name"));
  (void)state;
  key_world_configure(&world);
  world.erp.server_config.keeps_emsk = false;
  world.config.key_client_count = 1;
  key_world_start(&world);
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "unknown key name", NODE_PHASE_PULL);
  assert_int_equal(key_world_pull(&world, KEY_WORLD_APS1, "aps1", NULL), RADIUS_ACCESS_ACCEPT);
  key_world_end(&world);
  keys_start();
  assert_int_equal(erp_server_add_in_domain(&world.erp.server, dsrk.octets, name.octets, 100,
                                            &world.erp.user, 0),
                   0);
  assert_authorize_rejected(KEY_WORLD_APS1, "aps1", "unknown key name", NODE_PHASE_PULL);
  key_world_end(&world);
}

static void configurations(void **state) {
  static const uint8_t octets[BOOTSTRAP_NAME_MAX + 1];
  struct aaa_key_client client = {.name = {octets, 1}};
  (void)state;
  key_world_configure(&world);
  erp_world_start(&world.erp);
  const struct aaa_config good = world.config;
  for (int i = 0; i < 5; i++) {
    struct aaa_config config = good;
    if (i == 0)
      config.eap.erp = NULL; /* roots without it */
    config.roots = i == 1 ? NULL : config.roots;
    if (i == 1)
      config.eap.erp = NULL; /* no roots at all */
    if (i > 1) {
      client.name.length = i == 2 ? 0 : i == 3 ? BOOTSTRAP_NAME_MAX + 1 : 1;
      client.use = i == 4 ? (enum aaa_key_use)2 : AAA_KEY_APPLICATION;
      config.key_clients = &client;
      config.key_client_count = 1;
    }
    assert_null(aaa_create(&config, &world.hooks));
  }
  world.erp.server.config.keeps_emsk = false; /* of what is a provider's root to be made? */
  assert_null(aaa_create(&good, &world.hooks));
  erp_world_end(&world.erp);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(root_of_an_aps),
      cmocka_unit_test(root_of_a_provider),
      cmocka_unit_test(keys_differ),
      cmocka_unit_test(sizes_of_erp),
      cmocka_unit_test(authenticators),
      cmocka_unit_test(names_and_uses),
      cmocka_unit_test(an_aps_that_lies),
      cmocka_unit_test(names_of_keys),
      cmocka_unit_test(other_requests),
      cmocka_unit_test(lifetimes),
      cmocka_unit_test(rates),
      cmocka_unit_test(default_rate),
      cmocka_unit_test(sequence_numbers),
      cmocka_unit_test(a_new_authentication),
      cmocka_unit_test(without_an_emsk),
      cmocka_unit_test(configurations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
