/* The resource server, by either profile, with clients that have what they need. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

static void from_token_to_access(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  const struct rs_world_client *client = &world.clients[0];
  rs_world_start_by(&world, state);
  assert_int_equal(ace_resource_server_bytes(world.node), 0);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 1);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_KEY), 1);
  assert_true(ace_resource_server_bytes(world.node) > 0);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_true(client->is_protected && client->length == 3);
  assert_memory_equal(client->value, "off", 3);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED), 1);
  assert_int_equal(world.party.told.name_length, 1);
  assert_int_equal(world.party.told.name[0], 7);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on"), COAP_CODE_CHANGED);
  assert_int_equal(client->length, 0);
  assert_true(rs_world_value_is(&world, "light", "on"));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_memory_equal(client->value, "on", 2);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", NULL), COAP_CODE_CHANGED);
  assert_true(rs_world_value_is(&world, "light", ""));
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 4);
  assert_true(ace_resource_server_bytes_peak(world.node) >= ace_resource_server_bytes(world.node));
  rs_world_end(&world);
}

static void messages_say_what_they_are_for(void **state) {
  static const struct {
    const char *label;
    enum node_phase phase;
    unsigned count;
  } expected[] = {{"authz-info response", NODE_PHASE_TOKEN_TRANSFER, 2},
                  {"access response", NODE_PHASE_APPLICATION, 2},
                  {"4.01 Unauthorized", NODE_PHASE_TOKEN_TRANSFER, 1}};
  const struct rs_world_terms terms = rs_world_terms(7);
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &terms));
  (void)rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL);
  assert_true(rs_world_join(&world, 0, &terms));
  (void)rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL);
  rs_world_give_token(&world, 0, &terms);
  world.clients[0].token[world.clients[0].token_length - 1] ^= 1;
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAUTHORIZED);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    unsigned count = 0;
    for (size_t j = 0; j < world.count; j++)
      if (strcmp(world.log[j].label, expected[i].label) == 0) {
        assert_int_equal(world.log[j].phase, expected[i].phase);
        count++;
      }
    assert_int_equal(count, expected[i].count);
  }
  for (size_t i = 0; i < world.count; i++)
    assert_true(world.log[i].phase == NODE_PHASE_TOKEN_TRANSFER ||
                world.log[i].phase == NODE_PHASE_APPLICATION);
  rs_world_end(&world);
}

/* Those that it has are as good as before; those of the former key that come are not. */
static void another_join(void **state) {
  const struct rs_world_terms first = rs_world_terms(7), second = rs_world_terms(8);
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &first));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_give_token(&world, 1, &second);
  rs_world_learn(&world, 2);
  assert_int_equal(rs_world_transfer(&world, 1), COAP_CODE_UNAUTHORIZED);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_true(rs_world_join(&world, 1, &second));
  assert_int_equal(rs_world_access(&world, 1, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

static void before_the_first_join(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  rs_world_start_by(&world, state);
  node_destroy(world.node);
  world.node = ace_resource_server_create(&world.config, &world.party.hooks);
  assert_non_null(world.node);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAVAILABLE);
  rs_world_learn(&world, 1);
  assert_true(rs_world_join(&world, 0, &terms));
  rs_world_end(&world);
}

static void clients_have_their_own(void **state) {
  rs_world_start_by(&world, state);
  for (uint8_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    struct rs_world_terms terms = rs_world_terms(i);
    terms.methods = i % 2 ? ACE_METHOD_GET : ACE_METHOD_PUT;
    assert_true(rs_world_join(&world, i, &terms));
  }
  for (uint8_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    assert_int_equal(rs_world_access(&world, i, RS_WORLD_GET, "light", NULL),
                     i % 2 ? COAP_CODE_CONTENT : COAP_CODE_METHOD_NOT_ALLOWED);
    for (uint8_t j = 0; j < i; j++)
      assert_true(rs_world_profile_of(state) == ACE_PROFILE_DTLS ||
                  world.clients[i].servers.id[0] != world.clients[j].servers.id[0]);
  }
  rs_world_end(&world);
}

/* Any single message is lost, doubled, or comes late: no more than time is lost. */

enum fate { LOST, DOUBLED, LATE, FATES };
static enum fate fate;

static void strike(struct rs_world *struck, size_t number, struct rs_world_datagram *datagram) {
  if (number != struck->fate_at)
    return;
  if (fate == LOST)
    datagram->arrival_ns[0] = NODE_NEVER;
  if (fate == DOUBLED)
    datagram->arrival_ns[1] = datagram->arrival_ns[0] + 25 * NODE_MS;
  if (fate == LATE)
    datagram->arrival_ns[0] += 4000 * NODE_MS;
}

static void any_message_struck(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  for (unsigned kind = 0; kind < FATES; kind++)
    for (size_t at = 0, end = 1; at < end; at++) {
      fate = (enum fate)kind;
      rs_world_configure(&world, rs_world_profile_of(state));
      world.fate = strike;
      world.fate_at = at;
      rs_world_start(&world);
      assert_true(rs_world_join(&world, 0, &terms));
      assert_int_equal(rs_world_access(&world, 0, RS_WORLD_POST, "light", "x"),
                       COAP_CODE_METHOD_NOT_ALLOWED);
      assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on"), COAP_CODE_CHANGED);
      assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
      assert_int_equal(world.clients[0].length, 2);
      assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 2);
      assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 1);
      end = world.count;
      rs_world_end(&world);
    }
}

enum { STATES = 6 };

static void note_state(uint64_t states[STATES], size_t *count) {
  for (size_t i = 0; i < *count; i++)
    assert_true(states[i] != rs_world_state(&world));
  states[(*count)++] = rs_world_state(&world);
}

/* Every step makes another one. Begins at `begin_s`, which is no part of it. */
static void states_of_a_story(enum ace_profile profile, uint32_t begin_s, uint64_t states[STATES]) {
  struct rs_world_terms terms = rs_world_terms(7);
  size_t count = 0;
  terms.expires_s += begin_s;
  rs_world_configure(&world, profile);
  world.now_ns = begin_s * NODE_SECOND;
  rs_world_start(&world);
  note_state(states, &count);
  assert_true(rs_world_join(&world, 0, &terms));
  note_state(states, &count);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  note_state(states, &count);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on"), COAP_CODE_CHANGED);
  note_state(states, &count);
  rs_world_run_ms(&world, RS_WORLD_LIFETIME_S * UINT64_C(1000));
  note_state(states, &count);
  rs_world_learn(&world, 2);
  note_state(states, &count);
  assert_int_equal(count, STATES);
  rs_world_end(&world);
}

static void states_are_told_apart(void **state) {
  uint64_t states[STATES];
  states_of_a_story(rs_world_profile_of(state), 0, states);
}

/* In coap_dtls the key comes of the token, which says when it ends. */
static void time_is_no_part_of_a_state(void **state) {
  uint64_t early[STATES], late[STATES];
  (void)state;
  states_of_a_story(ACE_PROFILE_OSCORE, 0, early);
  states_of_a_story(ACE_PROFILE_OSCORE, 86400, late);
  assert_memory_equal(early, late, sizeof early);
}

static void refused_configurations(void **state) {
  static const struct ace_resource bad[] = {
      {.path = ""}, {.path = "a/b"}, {.path = "12345678901234567"}, {.path = ACE_AUTHZ_INFO_PATH}};
  struct ace_resource_server_config config;
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    config = world.config;
    config.resources = &bad[i];
    config.resource_count = 1;
    assert_null(ace_resource_server_create(&config, &world.party.hooks));
  }
  world.resources[1].path = "light";
  assert_null(ace_resource_server_create(&world.config, &world.party.hooks));
  config = world.config;
  config.resource_count = 0;
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  config.resource_count = 1;
  config.clients_max = 0;
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  config.clients_max = 1;
  config.audience = "";
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  config.audience = "123456789012345678901234567890123";
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(from_token_to_access),
      RS_WORLD_BY_EITHER(messages_say_what_they_are_for),
      RS_WORLD_BY_EITHER(another_join),
      RS_WORLD_BY_EITHER(before_the_first_join),
      RS_WORLD_BY_EITHER(clients_have_their_own),
      RS_WORLD_BY_EITHER(any_message_struck),
      RS_WORLD_BY_EITHER(states_are_told_apart),
      cmocka_unit_test(time_is_no_part_of_a_state),
      cmocka_unit_test(refused_configurations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
