/* Places of the resource server's clients, and their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

/* With more clients than places the one that was of use last longest ago makes room. */
static void crowded(void **state) {
  rs_world_configure(&world, rs_world_profile_of(state));
  world.config.clients_max = 2;
  rs_world_start(&world);
  for (uint8_t i = 0; i < 2; i++) {
    const struct rs_world_terms terms = rs_world_terms(i);
    assert_true(rs_world_join(&world, i, &terms));
    assert_int_equal(rs_world_access(&world, i, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  }
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  const size_t bytes = ace_resource_server_bytes(world.node);
  const struct rs_world_terms terms = rs_world_terms(2);
  assert_true(rs_world_join(&world, 2, &terms));
  assert_int_equal(rs_world_access(&world, 2, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED),
                      "made room for another");
  assert_int_equal(ace_resource_server_bytes(world.node), bytes);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_access(&world, 1, RS_WORLD_GET, "light", NULL),
                   rs_world_profile_of(state) == ACE_PROFILE_OSCORE ? COAP_CODE_UNAUTHORIZED
                                                                    : COAP_CODE_EMPTY);
  rs_world_end(&world);
}

/* A session whose token has ended gives way before one that has been of no use for longer. */
static void who_has_ended_gives_way(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  world.config.clients_max = 2;
  rs_world_start(&world);
  assert_true(rs_world_join(&world, 0, &terms)); /* of the key it has made use in the handshake */
  terms.expires_s = 300;
  assert_true(rs_world_join(&world, 1, &terms));
  assert_int_equal(rs_world_access(&world, 1, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_run_ms(&world, 300000);
  terms.expires_s = 3600;
  assert_true(rs_world_join(&world, 2, &terms));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_int_equal(rs_world_access(&world, 1, RS_WORLD_GET, "light", NULL), COAP_CODE_EMPTY);
  rs_world_end(&world);
}

/* Several endpoints of one address have brought tokens of one kid: each has its own, and another
 * the one that ends last. */
static void several_of_one_kid(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  struct rs_world_client *client = &world.clients[0];
  uint8_t secrets[2][ACE_SECRET_LENGTH];
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  for (size_t i = 0; i < 2; i++) {
    client->address.port = (uint16_t)(6000 + 10 * i);
    terms.expires_s = i == 0 ? 4000 : 3000;
    rs_world_give_token(&world, 0, &terms);
    assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
    memcpy(secrets[i], client->confirmation.secret, ACE_SECRET_LENGTH);
  }
  static const struct {
    uint16_t port;
    size_t secret;
  } rows[] = {{6000, 0}, {6010, 1}, {6020, 0}, {6000, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    client->address.port = rows[i].port;
    memcpy(client->confirmation.secret, secrets[rows[i].secret], ACE_SECRET_LENGTH);
    rs_world_open(&world, 0, false);
    rs_world_run_ms(&world, 60000);
    assert_true(association_is_ready(&client->pair.current) == (i < 3));
  }
  rs_world_end(&world);
}

/* More clients than IDs of one octet: some have two. */
static void more_clients_than_short_ids(void **state) {
  enum { MANY = 300 };
  static struct {
    uint8_t octets[ACE_RECIPIENT_ID_MAX];
    size_t length;
  } ids[MANY];
  struct rs_world_client *client = &world.clients[0];
  size_t longer = 0;
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  world.config.clients_max = MANY;
  rs_world_start(&world);
  struct rs_world_terms terms = rs_world_terms(7);
  terms.expires_s = 1000000;
  rs_world_give_token(&world, 0, &terms);
  for (size_t i = 0; i < MANY; i++) {
    client->address.port++;
    world.count = 0;
    assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
    ids[i].length = client->servers.id_length;
    memcpy(ids[i].octets, client->servers.id, ids[i].length);
    longer += ids[i].length == 2;
    assert_true(ids[i].length != client->half.id_length || ids[i].octets[0] != client->half.id[0]);
    for (size_t j = 0; j < i; j++)
      assert_true(ids[j].length != ids[i].length ||
                  memcmp(ids[j].octets, ids[i].octets, ids[i].length) != 0);
  }
  assert_in_range(longer, MANY - 256, MANY - 250);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(crowded),
      cmocka_unit_test(who_has_ended_gives_way),
      cmocka_unit_test(several_of_one_kid),
      cmocka_unit_test(more_clients_than_short_ids),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
