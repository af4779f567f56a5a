/* What strangers, and those who send in the name of others, come to at the resource server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

enum { FLOOD = 2000, ROUNDS = 4000 };

static struct rs_world world;
static const struct node_address STRANGER = {.ip = {0x77, 1}, .port = 40000};

static void join(size_t client) {
  const struct rs_world_terms terms = rs_world_terms((uint8_t)(7 + client));
  assert_true(rs_world_join(&world, client, &terms));
  assert_int_equal(rs_world_access(&world, client, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
}

static void assert_served(size_t client) {
  assert_int_equal(rs_world_access(&world, client, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_true(world.clients[client].is_protected);
}

static struct node_address session_port(void) {
  const struct node_address address = rs_world_address();
  return association_address(&ASSOCIATION_DTLS, &address);
}

/* Of the same place, as another sends it. */
static size_t again(const struct node_address *from, const struct rs_world_datagram *sent) {
  return rs_world_strange(&world, from, &sent->destination, sent->data, sent->length);
}

static uint8_t answered_code(void) {
  return world.cut_last_length < 4 ? COAP_CODE_EMPTY : world.cut_last[1];
}

/* In clear */

struct plain {
  uint8_t code;
  const char *path;
  uint16_t option; /* 0: none; of two octets */
  uint8_t answer;
};

static size_t compose_plain(const struct plain *plain, enum coap_type type, uint8_t *data) {
  static const uint8_t value[2] = {0x09, 0x00}; /* of OSCORE: a Partial IV, an empty kid */
  struct coap_message request = {.type = type, .code = plain->code, .message_id = 77};
  struct span_list spans;
  struct span_writer out;
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, plain->path,
                          strlen(plain->path));
  if (plain->option != 0) {
    request.payload = value;
    request.payload_length = sizeof value;
    coap_message_add_option(&request, plain->option, ROW_COAP_OPTION, value, sizeof value);
  }
  span_writer_init(&out, data, NODE_DATAGRAM_MAX, &spans);
  assert_int_equal(coap_message_compose(&request, &out), 0);
  return out.length;
}

static void nothing_without_a_token(void **state) {
  static const struct plain rows[] = {
      {RS_WORLD_GET, "light", 0, COAP_CODE_UNAUTHORIZED},
      {RS_WORLD_PUT, "light", 0, COAP_CODE_UNAUTHORIZED},
      {RS_WORLD_GET, "lock", 0, COAP_CODE_UNAUTHORIZED},
      {RS_WORLD_GET, "door", 0, COAP_CODE_NOT_FOUND},
      {RS_WORLD_GET, ACE_AUTHZ_INFO_PATH, 0, COAP_CODE_METHOD_NOT_ALLOWED},
      {RS_WORLD_PUT, ACE_AUTHZ_INFO_PATH, 0, COAP_CODE_METHOD_NOT_ALLOWED},
      {RS_WORLD_DELETE, ACE_AUTHZ_INFO_PATH, 0, COAP_CODE_METHOD_NOT_ALLOWED},
      {RS_WORLD_POST, ACE_AUTHZ_INFO_PATH, 0, COAP_CODE_UNSUPPORTED_FORMAT},
      {RS_WORLD_POST, ACE_AUTHZ_INFO_PATH, COAP_NUMBER_CONTENT_FORMAT,
       COAP_CODE_UNSUPPORTED_FORMAT},
      {RS_WORLD_POST, ACE_AUTHZ_INFO_PATH, 17, COAP_CODE_BAD_OPTION},
      {RS_WORLD_POST, ACE_AUTHZ_INFO_PATH, COAP_NUMBER_PROXY_URI, COAP_CODE_PROXYING_NOT_SUPPORTED},
      {RS_WORLD_GET, "light", COAP_NUMBER_OSCORE, COAP_CODE_UNAUTHORIZED},
      {RS_WORLD_POST, ACE_AUTHZ_INFO_PATH, COAP_NUMBER_OSCORE, COAP_CODE_UNAUTHORIZED},
  };
  uint8_t data[NODE_DATAGRAM_MAX];
  rs_world_start_by(&world, state);
  join(0);
  const struct node_address to = rs_world_address();
  const struct node_address *const senders[] = {&STRANGER, &world.clients[0].address};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (size_t j = 0; j < 2; j++) {
      const size_t length = compose_plain(&rows[i], COAP_CON, data);
      const uint64_t before = rs_world_state(&world);
      const size_t bytes = ace_resource_server_bytes(world.node);
      const size_t answered = rs_world_strange(&world, senders[j], &to, data, length);
      assert_int_equal(answered, 4);
      assert_int_equal(answered_code(), rows[i].answer);
      assert_true(rs_world_state(&world) == before);
      assert_int_equal(ace_resource_server_bytes(world.node), bytes);
    }
  assert_true(rs_world_value_is(&world, "light", "off"));
  assert_served(0);
  rs_world_end(&world);
}

/* Tokens */

/* A RS_WORLD_POST to /authz-info as the client would send it now, in the log. */
static const struct rs_world_datagram *brought(size_t client) {
  const size_t at = world.count;
  rs_world_bring(&world, client);
  assert_true(world.count == at + 1);
  world.log[at].arrival_ns[0] = NODE_NEVER;
  return &world.log[at];
}

static void tokens_altered(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  rs_world_start_by(&world, state);
  rs_world_give_token(&world, 0, &terms);
  struct rs_world_client *client = &world.clients[0];
  const uint64_t before = rs_world_state(&world);
  for (size_t i = 0; i < client->token_length; i++)
    for (unsigned bit = 0; bit < 8; bit += 7) {
      client->token[i] ^= (uint8_t)(1U << bit);
      world.count = 0;
      (void)again(&STRANGER, brought(0));
      assert_true(answered_code() == COAP_CODE_BAD_REQUEST ||
                  answered_code() == COAP_CODE_UNAUTHORIZED);
      assert_true(rs_world_state(&world) == before);
      client->token[i] ^= (uint8_t)(1U << bit);
    }
  (void)again(&STRANGER, brought(0));
  assert_int_equal(answered_code(), COAP_CODE_CREATED);
  rs_world_end(&world);
}

static void tokens_in_handshakes_altered(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  struct rs_world_client *client = &world.clients[0];
  for (size_t i = 0; i < client->token_length; i++) {
    client->token[i] ^= 1;
    world.count = 0;
    rs_world_open(&world, 0, true);
    rs_world_run_ms(&world, 1000);
    assert_string_equal(client->failure, "dtls-unknown-identity");
    assert_int_equal(ace_resource_server_bytes(world.node), 0);
    client->token[i] ^= 1;
  }
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 0);
  rs_world_open(&world, 0, true);
  rs_world_run_ms(&world, 1000);
  assert_served(0);
  rs_world_end(&world);
}

/* A token of another resource server, and one whose key another has. */
static void tokens_of_others(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  rs_world_start_by(&world, state);
  world.key.octets[3] ^= 1;
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAUTHORIZED);
  world.key.kid ^= 1;
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAUTHORIZED);
  assert_int_equal(ace_resource_server_bytes(world.node), 0);
  rs_world_end(&world);
}

/* Whoever has heard it has the token, and not its key. */
static void a_token_that_was_heard(void **state) {
  rs_world_start_by(&world, state);
  join(0);
  struct rs_world_client *thief = &world.clients[1];
  const struct rs_world_client *owner = &world.clients[0];
  memcpy(thief->token, owner->token, owner->token_length);
  thief->token_length = owner->token_length;
  thief->confirmation = owner->confirmation;
  thief->confirmation.secret[0] ^= 1;
  assert_int_equal(rs_world_transfer(&world, 1), COAP_CODE_CREATED);
  if (rs_world_profile_of(state) == ACE_PROFILE_DTLS) {
    rs_world_open(&world, 1, false);
    rs_world_run_ms(&world, 60000);
    assert_non_null(thief->failure);
    rs_world_open(&world, 1, true);
    rs_world_run_ms(&world, 60000);
    assert_non_null(thief->failure);
  } else {
    assert_int_equal(rs_world_access(&world, 1, RS_WORLD_PUT, "light", "x"), COAP_CODE_BAD_REQUEST);
    assert_false(thief->is_protected);
  }
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
  assert_true(rs_world_value_is(&world, "light", "off"));
  assert_served(0);
  rs_world_end(&world);
}

/* In the client's name, with its own token and with another's: its association stays as it is. */
static void tokens_in_the_clients_name(void **state) {
  const struct rs_world_terms terms = rs_world_terms(9);
  rs_world_start_by(&world, state);
  join(0);
  const struct rs_world_datagram own = *rs_world_flown(&world, "authz-info");
  for (unsigned i = 0; i < 3; i++) {
    uint8_t data[NODE_DATAGRAM_MAX];
    memcpy(data, own.data, own.length);
    data[3] ^= (uint8_t)(0x55 + i); /* another Message ID */
    assert_true(rs_world_strange(&world, &own.source, &own.destination, data, own.length) > 0);
    assert_int_equal(answered_code(), COAP_CODE_CREATED);
    rs_world_give_token(&world, 1, &terms);
    assert_true(again(&own.source, brought(1)) > 0);
    assert_int_equal(answered_code(), COAP_CODE_CREATED);
    assert_served(0);
  }
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  rs_world_end(&world);
}

/* A request comes again later than it is remembered, from its sender and from another. */
static void requests_again(void **state) {
  rs_world_start_by(&world, state);
  join(0);
  const size_t at = world.count;
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on"), COAP_CODE_CHANGED);
  const struct rs_world_datagram sent = world.log[at];
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "off"), COAP_CODE_CHANGED);
  const unsigned served = rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED);
  (void)again(&sent.source, &sent);
  (void)again(&STRANGER, &sent);
  (void)again(&world.clients[1].address, &sent);
  rs_world_run_ms(&world, 600000);
  (void)again(&sent.source, &sent);
  (void)again(&STRANGER, &sent);
  assert_true(rs_world_value_is(&world, "light", "off"));
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), served);
  assert_served(0);
  rs_world_end(&world);
}

/* Every octet of a request altered, and all its beginnings. */
static void requests_altered(void **state) {
  rs_world_start_by(&world, state);
  join(0);
  const size_t at = world.count;
  assert_true(rs_world_ask(&world, 0, RS_WORLD_PUT, "light", (const uint8_t *)"on", 2));
  const struct rs_world_datagram sent = world.log[at];
  world.log[at].arrival_ns[0] = NODE_NEVER;
  for (size_t i = 0; i < sent.length; i++) {
    if (rs_world_profile_of(state) == ACE_PROFILE_OSCORE && i >= 2 && i <= 4)
      continue; /* Message ID and token are not protected */
    struct rs_world_datagram altered = sent;
    (void)rs_world_strange(&world, &sent.source, &sent.destination, sent.data, i);
    altered.data[i] ^= 0x40;
    (void)again(&sent.source, &altered);
    assert_true(rs_world_value_is(&world, "light", "off"));
  }
  (void)again(&sent.source, &sent);
  assert_true(rs_world_value_is(&world, "light", "on"));
  rs_world_end(&world);
}

/* Floods */

/* One token, as many places as there are: those that have shown their keys keep theirs. */
static void flood_of_tokens(void **state) {
  rs_world_configure(&world, rs_world_profile_of(state));
  world.config.clients_max = 4;
  rs_world_start(&world);
  for (size_t i = 0; i < 3; i++)
    join(i);
  const struct rs_world_datagram heard = *rs_world_flown(&world, "authz-info");
  struct node_address from = STRANGER;
  assert_true(again(&from, &heard) > 0);
  const size_t bytes = ace_resource_server_bytes(world.node);
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    from.ip[4] = (uint8_t)i;
    assert_true(again(&from, &heard) > 0);
    assert_int_equal(ace_resource_server_bytes(world.node), bytes);
  }
  for (size_t i = 0; i < 3; i++)
    assert_served(i);
  rs_world_end(&world);
}

static void flood_of_requests(void **state) {
  rs_world_start_by(&world, state);
  join(0);
  const struct rs_world_terms terms = rs_world_terms(8);
  rs_world_give_token(&world, 1, &terms);
  world.clients[1].token[20] ^= 1;
  const struct rs_world_datagram bad = *brought(1);
  struct node_address from = STRANGER;
  const uint64_t before = rs_world_state(&world);
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    const size_t answered = again(&from, &bad);
    assert_true(answered > 0 && answered <= bad.length);
    assert_true(rs_world_state(&world) == before);
  }
  assert_served(0);
  rs_world_end(&world);
}

/* Nothing is kept of who has shown no cookie. */
static void flood_of_hellos(void **state) {
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  join(0);
  struct rs_world_datagram hello = *rs_world_flown(&world, "DTLS ClientHello");
  struct node_address from = STRANGER;
  const uint64_t before = rs_world_state(&world);
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    hello.data[30]++;
    const size_t answered = again(&from, &hello);
    assert_true(answered > 0 && answered <= hello.length);
    assert_true(rs_world_state(&world) == before);
  }
  /* In the name of the client, too. */
  assert_true(again(&hello.source, &hello) > 0);
  assert_true(rs_world_state(&world) == before);
  assert_served(0);
  rs_world_end(&world);
}

/* Those who are at their addresses, and go no further, have no place of who has a key. */
static void flood_of_handshakes(void **state) {
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  world.config.clients_max = 4;
  rs_world_start(&world);
  for (size_t i = 0; i < 3; i++)
    join(i);
  const struct rs_world_datagram hello = *rs_world_flown(&world, "DTLS ClientHello");
  struct rs_world_datagram cookie = *rs_world_flown(&world, "DTLS ClientHello, cookie");
  struct node_address from = STRANGER;
  size_t most = 0;
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    assert_true(again(&from, &hello) > 0);
    /* The cookie stands behind the random and the session id, in both. */
    memcpy(cookie.data + 25 + 2 + 32 + 1 + 1, world.cut_last + 25 + 2 + 1, 8);
    assert_true(again(&from, &cookie) > hello.length / 2);
    const size_t bytes = ace_resource_server_bytes(world.node);
    assert_true(i == 0 || bytes <= most);
    most = bytes > most ? bytes : most;
  }
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  for (size_t i = 0; i < 3; i++)
    assert_served(i);
  rs_world_end(&world);
}

/* Of whatever octets, from whomever: nobody has anything of it, and the client goes on. */
static void whatever_octets(void **state) {
  struct seeded seeded = {.state = 99};
  rs_world_start_by(&world, state);
  join(0);
  const size_t count = world.count;
  const struct node_address server = rs_world_address(), sessions = session_port();
  const unsigned served = rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED);
  for (unsigned i = 0; i < ROUNDS; i++) {
    struct rs_world_datagram sent = world.log[seeded_below(&seeded, (uint32_t)count)];
    const bool own = i % 2;
    if (sent.source.ip[0] == server.ip[0])
      sent.destination = seeded_below(&seeded, 2) ? server : sessions;
    for (unsigned change = seeded_below(&seeded, 5); change > 0 && sent.length > 0; change--)
      sent.data[seeded_below(&seeded, (uint32_t)sent.length)] ^=
          (uint8_t)(1U << seeded_below(&seeded, 8));
    if (seeded_below(&seeded, 4) == 0)
      sent.length = seeded_below(&seeded, (uint32_t)sent.length + 1);
    (void)again(own ? &world.clients[0].address : &STRANGER, &sent);
    (void)again(own ? &sent.source : &STRANGER, &sent);
  }
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), served);
  assert_served(0);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(nothing_without_a_token),
      RS_WORLD_BY_EITHER(tokens_altered),
      cmocka_unit_test(tokens_in_handshakes_altered),
      RS_WORLD_BY_EITHER(tokens_of_others),
      RS_WORLD_BY_EITHER(a_token_that_was_heard),
      RS_WORLD_BY_EITHER(tokens_in_the_clients_name),
      RS_WORLD_BY_EITHER(requests_again),
      RS_WORLD_BY_EITHER(requests_altered),
      RS_WORLD_BY_EITHER(flood_of_tokens),
      RS_WORLD_BY_EITHER(flood_of_requests),
      cmocka_unit_test(flood_of_hellos),
      cmocka_unit_test(flood_of_handshakes),
      RS_WORLD_BY_EITHER(whatever_octets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
