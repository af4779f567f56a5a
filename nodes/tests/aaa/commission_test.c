/* Recommissioning: a provider's AS and a manufacturer's, and what comes between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "commission_world.h"

static struct commission_world world;
static struct commission_ue *const UE = &world.ues[0];

static void commission_begin_world(void) {
  commission_configure(&world);
  commission_start(&world);
}

static void assert_unanswered(const char *why) {
  assert_non_null(world.seen[PROVIDER1].unanswered);
  assert_string_equal(world.seen[PROVIDER1].unanswered, why);
}

/* By both AS, and then by the provider's alone. */
static void whole(void **state) {
  struct eap_name name;
  (void)state;
  commission_begin_world();
  commission_authenticate(&world, UE, PROVIDER1);
  memset(world.seen, 0, sizeof world.seen);
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  assert_commissioned(&world, UE);
  assert_memory_equal(world.seen[PROVIDER1].psk, UE->psk, sizeof UE->psk);
  assert_int_equal(world.seen[PROVIDER1].datagrams[NODE_PHASE_COMMISSIONING], 1);
  assert_int_equal(world.seen[PROVIDER1].datagrams[NODE_PHASE_AUTHENTICATION], 3);
  assert_int_equal(world.seen[MANUFACTURER].datagrams[NODE_PHASE_COMMISSIONING], 1);
  assert_int_equal(world.seen[MANUFACTURER].datagrams[NODE_PHASE_AUTHENTICATION], 0);
  assert_true(aaa_backend_name(&world.backends[PROVIDER1], &UE->session, &name));
  assert_int_equal(name.length, UE->config.identity_length);
  assert_memory_equal(name.octets, UE->identity, name.length);
  assert_int_equal(world.roots[PROVIDER1].store.count, 1);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
    assert_commissioned(&world, UE);
  }
  assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 1);
  commission_end(&world);
}

/* Each datagram once lost, doubled, or late. */
static void faults(void **state) {
  (void)state;
  for (int fault = FAULT_LOST; fault < FAULTS; fault++) {
    unsigned sent = UINT32_MAX;
    for (unsigned i = 0; i < sent; i++) {
      commission_begin_world();
      commission_manufacture(&world, UE, PROVIDER1, 7);
      world.fault = (enum commission_fault)fault;
      world.fault_number = i;
      assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
      assert_commissioned(&world, UE);
      assert_int_equal(world.seen[PROVIDER1].users, 1);
      sent = world.sent < sent ? world.sent : sent;
      commission_end(&world);
    }
    assert_int_equal(sent, 8);
  }
}

/* The manufacturer's AS says nothing, or what is not believed: the peer is told before its
 * authenticator gives up. */
static void silence(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    commission_configure(&world);
    if (i == 1)
      world.uplinks[PROVIDER1].secret = OTHER_SECRET;
    if (i == 2)
      world.clients[MANUFACTURER][PROVIDER1].secret = OTHER_SECRET;
    commission_start(&world);
    world.deaf[MANUFACTURER] = i == 0;
    commission_manufacture(&world, UE, PROVIDER1, 7);
    assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
    assert_stranger(&world, UE);
    assert_int_equal(world.now_ns, 20 * NODE_SECOND);
    assert_unanswered("the manufacturer's AS does not answer");
    assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 4);
    assert_int_equal(world.seen[MANUFACTURER].discarded, i == 0 ? 0 : 4);
    world.deaf[MANUFACTURER] = false;
    commission_end(&world);
  }
}

/* It comes back, and the peer tries again. */
static void silence_that_ends(void **state) {
  (void)state;
  commission_begin_world();
  commission_manufacture(&world, UE, PROVIDER1, 7);
  world.deaf[MANUFACTURER] = true;
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
  world.deaf[MANUFACTURER] = false;
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  assert_commissioned(&world, UE);
  commission_end(&world);
}

static void refusals(void **state) {
  static const char *const whys[] = {"unknown key name", "key has expired", "no client for keys",
                                     "another NAS-Identifier than the client's",
                                     "too many requests"};
  (void)state;
  for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
    commission_configure(&world);
    world.erp[MANUFACTURER].rrk_lifetime_s = 10;
    if (i == 2)
      world.key_clients[0].ip[0] = 99;
    if (i == 3)
      world.uplinks[PROVIDER1].nas_identifier = "provider2";
    world.key_clients[0].requests_per_minute = 1;
    commission_start(&world);
    commission_manufacture(&world, UE, PROVIDER1, 7);
    if (i == 0)
      commission_ue_for(UE, PROVIDER1, (const uint8_t[EAP_KEY_LENGTH]){7},
                        (const uint8_t *)"unknown!");
    if (i == 4) {
      assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
      commission_manufacture(&world, UE, PROVIDER1, 8);
    }
    world.now_ns += i == 1 ? 10 * NODE_SECOND : 0;
    assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
    assert_stranger(&world, UE);
    assert_unanswered("refused by the manufacturer's AS");
    assert_string_equal(world.seen[MANUFACTURER].failed, whys[i]);
    commission_end(&world);
  }
}

/* Who has the name, but not the key. */
static void wrong_keys(void **state) {
  (void)state;
  commission_begin_world();
  commission_manufacture(&world, UE, PROVIDER1, 7);
  UE->psk[15] ^= 1;
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
  UE->psk[15] ^= 1;
  UE->id_p[15] = UE->id_p[15] == '0' ? '1' : '0';
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
  /* The key for one provider is none for another. */
  commission_manufacture(&world, UE, PROVIDER1, 7);
  memcpy(world.ues[1].psk, UE->psk, sizeof UE->psk);
  commission_manufacture(&world, UE, PROVIDER2, 7);
  assert_memory_not_equal(world.ues[1].psk, UE->psk, sizeof UE->psk);
  memcpy(UE->psk, world.ues[1].psk, sizeof UE->psk);
  assert_int_equal(commission_join(&world, UE, PROVIDER2), AAA_BACKEND_FAILURE);
  commission_end(&world);
}

/* A new authentication at the manufacturer: the next provider has a key of it, and the former
 * cannot ask again. */
static void another_provider(void **state) {
  uint8_t old_psk[BOOTSTRAP_EAP_PSK_LENGTH];
  (void)state;
  commission_configure(&world);
  world.manufacturers[PROVIDER1].users_max = 1;
  commission_start(&world);
  commission_authenticate(&world, UE, PROVIDER1);
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  world.ues[1] = *UE; /* who stole the old credential */
  memset(&world.ues[1].session, 0, sizeof world.ues[1].session);
  memset(&world.ues[1].peer, 0, sizeof world.ues[1].peer);
  memcpy(old_psk, UE->psk, sizeof old_psk);
  commission_authenticate(&world, UE, PROVIDER2);
  assert_int_equal(commission_join(&world, UE, PROVIDER2), AAA_BACKEND_SUCCESS);
  assert_commissioned(&world, UE);
  assert_memory_not_equal(old_psk, world.seen[PROVIDER2].psk, sizeof old_psk);
  /* The former provider forgets the device, as another comes. */
  commission_manufacture(&world, &world.ues[2], PROVIDER1, 9);
  assert_int_equal(commission_join(&world, &world.ues[2], PROVIDER1), AAA_BACKEND_SUCCESS);
  struct commission_ue *thief = &world.ues[1];
  thief->method.credential.psk = thief->psk;
  thief->method.credential.local_id = thief->id_p;
  thief->config.identity = thief->identity;
  thief->config.methods = &thief->method;
  assert_int_equal(commission_join(&world, thief, PROVIDER1), AAA_BACKEND_FAILURE);
  assert_stranger(&world, thief);
  assert_string_equal(world.seen[MANUFACTURER].failed, "unknown key name");
  commission_end(&world);
}

/* The credential ends with the EMSK, and all that comes of it does. */
static void lifetimes(void **state) {
  (void)state;
  commission_configure(&world);
  world.erp[MANUFACTURER].rrk_lifetime_s = 100;
  commission_start(&world);
  commission_manufacture(&world, UE, PROVIDER1, 7);
  commission_run(&world, 40 * NODE_SECOND);
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  assert_true(UE->session.lifetime_is_set);
  assert_int_equal(UE->session.lifetime_s, 60);
  commission_run(&world, 99 * NODE_SECOND);
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  assert_int_equal(UE->session.lifetime_s, 1);
  const struct erp_entry *entry = world.roots[PROVIDER1].store.latest;
  assert_int_equal(entry->until_ns, 100 * NODE_SECOND);
  commission_run(&world, 100 * NODE_SECOND);
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
  assert_stranger(&world, UE);
  assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 2);
  commission_end(&world);
}

/* It ends while it is being proved. */
static void an_end_in_mid_flow(void **state) {
  (void)state;
  commission_configure(&world);
  world.erp[MANUFACTURER].rrk_lifetime_s = 100;
  commission_start(&world);
  commission_manufacture(&world, UE, PROVIDER1, 7);
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  commission_run(&world, 100 * NODE_SECOND - 1);
  commission_begin(&world, UE, PROVIDER1);
  for (size_t i = 0; i < 3; i++) { /* the second request is on its way */
    assert_true(commission_write(&world));
    if (i < 2)
      commission_deliver(&world);
  }
  world.now_ns += 1;
  assert_int_equal(node_handle_expiry(world.servers[PROVIDER1], world.now_ns), 0);
  assert_string_equal(world.seen[PROVIDER1].failed, "credential has ended");
  commission_settle(&world);
  assert_int_equal(UE->result, AAA_BACKEND_FAILURE);
  assert_string_equal(world.seen[PROVIDER1].failed, "unknown State");
  commission_end(&world);
}

/* All who come with one name wait for one answer. */
static void several_at_once(void **state) {
  (void)state;
  for (int known = 0; known < 2; known++) {
    commission_begin_world();
    for (size_t i = 0; i < COMMISSION_UES; i++) {
      commission_manufacture(&world, &world.ues[i], PROVIDER1, 7);
      if (!known)
        commission_ue_for(&world.ues[i], PROVIDER1, (const uint8_t[EAP_KEY_LENGTH]){7},
                          (const uint8_t *)"unknown!");
      commission_begin(&world, &world.ues[i], PROVIDER1);
    }
    commission_settle(&world);
    for (size_t i = 0; i < COMMISSION_UES; i++)
      known ? assert_commissioned(&world, &world.ues[i]) : assert_stranger(&world, &world.ues[i]);
    assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 1);
    commission_end(&world);
  }
}

/* Of eight conversations two wait; who comes third is refused at once, and who has a key with the
 * provider itself gets through. */
static void bounds(void **state) {
  (void)state;
  commission_configure(&world);
  world.configs[PROVIDER1].radius.conversations_max = 8;
  world.configs[PROVIDER1].eap.context = &world.factory_user;
  commission_start(&world);
  world.deaf[MANUFACTURER] = true;
  for (uint8_t i = 0; i < 3; i++) {
    commission_manufacture(&world, &world.ues[i], PROVIDER1, i);
    commission_begin(&world, &world.ues[i], PROVIDER1);
  }
  while (commission_write(&world) || world.count > 0)
    commission_deliver(&world);
  assert_int_equal(world.ues[0].result, AAA_BACKEND_WAIT);
  assert_int_equal(world.ues[1].result, AAA_BACKEND_WAIT);
  assert_stranger(&world, &world.ues[2]);
  assert_null(world.seen[PROVIDER1].unanswered);
  for (size_t i = 0; i < 20; i++) { /* as many as conversations, and more */
    commission_ue_by_factory(&world.ues[3]);
    commission_begin(&world, &world.ues[3], PROVIDER1);
    while (commission_write(&world) || world.count > 0)
      commission_deliver(&world);
    assert_commissioned(&world, &world.ues[3]);
  }
  world.deaf[MANUFACTURER] = false;
  commission_settle(&world);
  assert_commissioned(&world, &world.ues[0]);
  assert_commissioned(&world, &world.ues[1]);
  commission_end(&world);
}

/* So many users: the oldest gives way, and is asked for again. */
static void users_give_way(void **state) {
  (void)state;
  commission_begin_world();
  for (unsigned round = 1; round <= 2; round++)
    for (uint8_t i = 0; i < 3; i++) {
      commission_manufacture(&world, UE, PROVIDER1, i);
      assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
      assert_commissioned(&world, UE);
      assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 3 * (round - 1) + i + 1U);
    }
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 6);
  commission_end(&world);
}

static void other_identities(void **state) {
  static const char *const identities[] = {"user",
                                           "user@example.test",
                                           "7c2cda67750fe534",
                                           "7c2cda67750fe534@",
                                           "7c2cda67750fe534@example.tes",
                                           "7c2cda67750fe534@example.test.",
                                           "7c2cda67750fe534@factory.test",
                                           "7C2CDA67750FE534@example.test",
                                           "7c2cda67750fe53@example.test",
                                           ""};
  (void)state;
  commission_begin_world();
  for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
    commission_manufacture(&world, UE, PROVIDER1, 7);
    UE->config.identity = (const uint8_t *)identities[i];
    UE->config.identity_length = strlen(identities[i]);
    assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_FAILURE);
    assert_stranger(&world, UE);
  }
  assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 0);
  commission_end(&world);
}

/* The provider's own user of such a name is not asked for. */
static void users_of_the_provider(void **state) {
  struct eap_user user;
  (void)state;
  commission_configure(&world);
  world.configs[PROVIDER1].eap.context = &user;
  commission_start(&world);
  commission_manufacture(&world, UE, PROVIDER1, 7);
  user = world.factory_user;
  user.identity = UE->identity;
  user.identity_length = UE->config.identity_length;
  UE->method.credential.psk = FACTORY_PSK;
  UE->method.credential.remote_id = NULL;
  assert_int_equal(commission_join(&world, UE, PROVIDER1), AAA_BACKEND_SUCCESS);
  assert_int_equal(world.seen[PROVIDER1].to_manufacturer, 0);
  commission_end(&world);
}

/* Ends with questions under way. */
static void an_end_of_the_node(void **state) {
  (void)state;
  commission_begin_world();
  world.deaf[MANUFACTURER] = true;
  commission_manufacture(&world, UE, PROVIDER1, 7);
  commission_begin(&world, UE, PROVIDER1);
  while (commission_write(&world) || world.count > 0)
    commission_deliver(&world);
  assert_int_equal(UE->result, AAA_BACKEND_WAIT);
  commission_end(&world);
}

static void configurations(void **state) {
  (void)state;
  commission_begin_world();
  for (int i = 0; i < 6; i++) {
    struct aaa_config config = world.configs[PROVIDER1];
    struct aaa_manufacturer manufacturer = *config.manufacturer;
    struct radius_client_config radius = *manufacturer.radius;
    config.manufacturer = &manufacturer;
    manufacturer.radius = &radius;
    if (i == 0)
      config.local.port = COMMISSION_CLIENT_PORT;
    if (i == 1) {
      config.eap.erp = NULL; /* whose realm is ours? */
      config.roots = NULL;
    }
    manufacturer.users_max = i == 2 ? 0 : 1;
    manufacturer.realm_length = i == 3 ? 0 : manufacturer.realm_length;
    manufacturer.server_id_length = i == 4 ? 0 : manufacturer.server_id_length;
    radius.port_count = i == 5 ? 0 : 1;
    assert_null(aaa_create(&config, &world.hooks[PROVIDER1]));
  }
  commission_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole),
      cmocka_unit_test(faults),
      cmocka_unit_test(silence),
      cmocka_unit_test(silence_that_ends),
      cmocka_unit_test(refusals),
      cmocka_unit_test(wrong_keys),
      cmocka_unit_test(another_provider),
      cmocka_unit_test(lifetimes),
      cmocka_unit_test(an_end_in_mid_flow),
      cmocka_unit_test(several_at_once),
      cmocka_unit_test(bounds),
      cmocka_unit_test(users_give_way),
      cmocka_unit_test(other_identities),
      cmocka_unit_test(users_of_the_provider),
      cmocka_unit_test(an_end_of_the_node),
      cmocka_unit_test(configurations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
