/* The RADIUS server's places: who gets one, who gives way, what a lookup costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "radius/server.h"
#include "seeded.h"

enum { CLIENTS = 3, PLACES = 16, FLOOD = 1000, CHAIN_MAX = 12 };

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const struct radius_server_client HOSTS[CLIENTS] = {
    {.ip = {1}, .secret = {(const uint8_t *)"radius", 6}},
    {.ip = {2}, .secret = {(const uint8_t *)"radius", 6}},
    {.ip = {3}, .secret = {(const uint8_t *)"radius", 6}},
};

struct server_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct radius_server server;
  uint64_t now_ns;
  unsigned gave_way;
  uint8_t loser; /* the client of the last that gave way: the first octet of its address */
  uint16_t port;
  uint8_t identifier;
};

static struct server_world world;

/* What the server said to one request. */
struct said {
  enum radius_server_result result;
  const char *why; /* of RADIUS_SERVER_DISCARD */
  uint8_t state[RADIUS_STATE_LENGTH];
};

static void server_on_event(void *context, const struct node_event *event) {
  (void)context;
  assert_int_equal(event->type, NODE_EVENT_FAILED);
  assert_string_equal(event->label, "conversation gave way to another");
  world.gave_way++;
  world.loser = event->remote.ip[0];
}

static void server_begin(size_t clients, size_t places) {
  memset(&world, 0, sizeof world);
  world.seeded.state = 3;
  world.hooks = (struct node_hooks){
      .context = &world.seeded, .random = seeded_bytes, .event = server_on_event};
  const struct radius_server_config config = {
      .clients = HOSTS, .client_count = clients, .conversations_max = places};
  assert_true(radius_server_init(&world.server, &config, &world.hooks));
}

static int server_tear_down(void **state) {
  (void)state;
  radius_server_deinit(&world.server);
  return 0;
}

static void server_answer(struct radius_conversation *conversation,
                          const struct radius_packet *request, enum radius_code code,
                          struct said *said) {
  uint8_t data[RADIUS_PACKET_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct radius_packet answer;
  struct radius_attribute attribute;
  struct span_writer out;
  radius_server_compose(&world.server, conversation, request, code, &out);
  assert_int_equal(radius_server_send(&world.server, conversation, &out, world.now_ns), 0);
  assert_int_equal(radius_server_write(&world.server, &datagram), 1);
  assert_int_equal(radius_packet_parse(data, datagram.length, &answer), 0);
  if (radius_attribute_find(&answer, RADIUS_STATE, &attribute))
    memcpy(said->state, attribute.value, sizeof said->state);
}

/* A request of a client with this State (NULL: none), answered with `code`. */
static struct said server_ask(size_t client, const uint8_t *state, enum radius_code code,
                              const uint8_t authenticator[16]) {
  uint8_t data[RADIUS_PACKET_MAX];
  struct node_datagram datagram = {.source = {.port = world.port}, .data = data};
  struct radius_conversation *conversation;
  struct radius_packet request;
  struct said said = {.result = RADIUS_SERVER_DISCARD};
  struct span_writer out;
  memcpy(datagram.source.ip, HOSTS[client].ip, sizeof datagram.source.ip);
  span_writer_init(&out, data, sizeof data, NULL);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  if (state != NULL)
    radius_add(&out, RADIUS_STATE, state, RADIUS_STATE_LENGTH);
  assert_int_equal(radius_request_seal(&out, world.identifier, authenticator, &SECRET), 0);
  world.port = (uint16_t)(world.port + (++world.identifier == 0));
  datagram.length = out.length;
  said.result = radius_server_receive(&world.server, &datagram, world.now_ns, &request,
                                      &conversation, &said.why);
  if (said.result != RADIUS_SERVER_DISCARD)
    server_answer(conversation, &request, code, &said);
  return said;
}

static struct said server_challenge(size_t client, const uint8_t *state) {
  uint8_t authenticator[16];
  seeded_bytes(&world.seeded, authenticator, sizeof authenticator);
  return server_ask(client, state, RADIUS_ACCESS_CHALLENGE, authenticator);
}

/* Begins a conversation. */
static struct said begin(size_t client) {
  const struct said said = server_challenge(client, NULL);
  assert_int_equal(said.result, RADIUS_SERVER_NEW);
  return said;
}

/* Begins one, and has its second request. False: there was no room for the first. */
static bool begin_and_run(size_t client, struct said *said) {
  *said = server_challenge(client, NULL);
  if (said->result == RADIUS_SERVER_DISCARD) {
    assert_string_equal(said->why, "no room for another conversation");
    return false;
  }
  *said = server_challenge(client, said->state);
  assert_int_equal(said->result, RADIUS_SERVER_CONTINUE);
  return true;
}

static void assert_goes_on(size_t client, struct said *said) {
  *said = server_challenge(client, said->state);
  assert_int_equal(said->result, RADIUS_SERVER_CONTINUE);
}

/* However many begin: what has its second request goes on, and of the others the oldest goes. */
static void a_flood_of_first_requests(void **state) {
  (void)state;
  struct said running, first, second, last;
  server_begin(1, PLACES);
  assert_true(begin_and_run(0, &running));
  first = begin(0);
  second = begin(0);
  for (size_t i = 3; i < PLACES; i++)
    (void)begin(0);
  assert_int_equal(world.gave_way, 0);
  last = begin(0);
  assert_int_equal(world.gave_way, 1);
  assert_goes_on(0, &second);
  for (size_t i = 0; i < FLOOD; i++)
    last = begin(0);
  assert_int_equal(world.gave_way, 1 + FLOOD);
  assert_goes_on(0, &running);
  assert_goes_on(0, &second);
  assert_goes_on(0, &last);
  const struct said gone = server_challenge(0, first.state);
  assert_int_equal(gone.result, RADIUS_SERVER_UNKNOWN);
}

/* All run: the next has no room, and none gives way. */
static void places_that_run(void **state) {
  (void)state;
  struct said said[PLACES], next;
  server_begin(1, PLACES);
  for (size_t i = 0; i < PLACES; i++)
    assert_true(begin_and_run(0, &said[i]));
  assert_false(begin_and_run(0, &next));
  assert_int_equal(world.gave_way, 0);
  for (size_t i = 0; i < PLACES; i++)
    assert_goes_on(0, &said[i]);
}

/* What has ended makes room before what has begun. */
static void ended_before_begun(void **state) {
  (void)state;
  static const uint8_t authenticator[16] = {1};
  server_begin(1, 2);
  struct said begun = begin(0);
  (void)server_ask(0, NULL, RADIUS_ACCESS_REJECT, authenticator);
  (void)begin(0);
  assert_int_equal(world.gave_way, 0);
  assert_goes_on(0, &begun);
}

/* How many a client can have that run, when another one has some. */
static void no_client_has_all(void **state) {
  (void)state;
  static const struct {
    size_t clients, places, first, second; /* conversations */
  } table[] = {
      {2, 2, 1, 1}, {2, 8, 6, 2}, {2, 16, 12, 4}, {3, 16, 12, 3}, {3, 2, 1, 1}, {2, 1, 1, 0},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct said said[PLACES], other;
    size_t first = 0, second = 0;
    server_begin(table[i].clients, table[i].places);
    while (begin_and_run(0, &said[first]))
      first++;
    assert_int_equal(first, table[i].first);
    while (begin_and_run(1, &other))
      second++;
    assert_int_equal(second, table[i].second);
    if (table[i].clients == 3)
      assert_int_equal(begin_and_run(2, &other), table[i].places == 16);
    for (size_t j = 0; j < first; j++)
      assert_goes_on(0, &said[j]);
    assert_int_equal(world.gave_way, 0);
    radius_server_deinit(&world.server);
  }
}

/* The client that floods loses its own, not those of the client that does not. */
static void who_floods_gives_way(void **state) {
  (void)state;
  struct said quiet[6];
  server_begin(2, PLACES);
  quiet[0] = begin(1);
  quiet[1] = begin(1);
  for (size_t i = 0; i < FLOOD; i++)
    (void)begin(0);
  const unsigned before = world.gave_way;
  assert_int_equal(before, FLOOD - 3 * PLACES / 4);
  assert_int_equal(world.loser, 1);
  for (size_t i = 2; i < 6; i++) /* above what is guaranteed */
    quiet[i] = begin(1);
  assert_int_equal(world.gave_way, before + 2);
  assert_int_equal(world.loser, 1);
  for (size_t i = 0; i < 100; i++)
    (void)begin(0);
  assert_int_equal(world.loser, 1);
  for (size_t i = 0; i < 6; i++)
    assert_goes_on(1, &quiet[i]);
}

/* What is guaranteed to a client gives way to no other, whatever that has. */
static void what_is_guaranteed_stays(void **state) {
  (void)state;
  struct said quiet, said;
  size_t running = 0;
  server_begin(3, PLACES);
  quiet = begin(1);
  for (size_t client = 0; client < 3; client += 2)
    while (begin_and_run(client, &said))
      running++;
  assert_int_equal(running, PLACES - 1);
  assert_int_equal(world.gave_way, 0);
  assert_goes_on(1, &quiet);
}

/* Who has all that it may takes no other client's place, guaranteed or not. */
static void who_has_all_that_it_may(void **state) {
  (void)state;
  struct said others[PLACES / 4], said;
  server_begin(2, PLACES);
  for (size_t i = 0; i < 3 * PLACES / 4; i++)
    assert_true(begin_and_run(0, &said));
  for (size_t i = 0; i < PLACES / 4; i++)
    others[i] = begin(1);
  assert_false(begin_and_run(0, &said));
  assert_int_equal(world.gave_way, 0);
  for (size_t i = 0; i < PLACES / 4; i++)
    assert_goes_on(1, &others[i]);
}

/* The places come back when conversations end, are abandoned or give way: no count drifts. */
static void places_come_back(void **state) {
  (void)state;
  static const uint8_t authenticator[16] = {2};
  struct node_address source;
  struct said said, last = {.why = NULL};
  server_begin(2, PLACES);
  for (unsigned round = 0; round < 5; round++) {
    size_t running = 0;
    for (unsigned i = 0; i < 50; i++)
      (void)begin(0);
    for (; begin_and_run(0, &said); last = said)
      running++;
    assert_int_equal(running, 3 * PLACES / 4);
    const struct said end = server_ask(0, last.state, RADIUS_ACCESS_REJECT, authenticator);
    assert_int_equal(end.result, RADIUS_SERVER_CONTINUE);
    (void)begin(1);
    assert_true(begin_and_run(0, &said));
    world.now_ns += 120 * NODE_SECOND;
    assert_true(radius_server_expiry(&world.server) < world.now_ns);
    while (radius_server_handle_expiry(&world.server, world.now_ns, &source))
      continue;
    assert_true(radius_server_expiry(&world.server) == NODE_NEVER);
    assert_int_equal(world.server.live, 0);
    assert_int_equal(world.server.unused, 2 * world.server.guaranteed);
  }
}

/* A client may choose what it likes, as here one authenticator for all: chains stay short. */
static void chains_of_known_requests(void **state) {
  (void)state;
  static const uint8_t authenticator[16] = {3};
  server_begin(1, FLOOD);
  for (size_t i = 0; i < FLOOD; i++)
    (void)server_ask(0, NULL, RADIUS_ACCESS_CHALLENGE, authenticator);
  size_t count = 0;
  for (size_t i = 0; i < world.server.known.bucket_count; i++) {
    size_t chain = 0;
    for (const struct radius_known_request *known = world.server.known.buckets[i]; known != NULL;
         known = known->next)
      chain++;
    assert_true(chain <= CHAIN_MAX);
    count += chain;
  }
  assert_int_equal(count, FLOOD);
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, server_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_flood_of_first_requests), TEST(places_that_run),      TEST(ended_before_begun),
      TEST(no_client_has_all),         TEST(who_floods_gives_way), TEST(what_is_guaranteed_stays),
      TEST(who_has_all_that_it_may),   TEST(places_come_back),     TEST(chains_of_known_requests),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
