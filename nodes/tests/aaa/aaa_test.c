/* The AAA server, request by request: whom it answers, what it answers twice, what it forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/aaa.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "hex.h"
#include "seeded.h"

enum { CONVERSATIONS = 4, CODES = 256 };

#define PSK "tfg-passwordtest"
static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};

struct aaa_message {
  uint8_t octets[RADIUS_PACKET_MAX];
  size_t length;
};

struct aaa_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct radius_server_client client;
  struct eap_server_method method;
  struct eap_user user;
  struct node *node;
  uint64_t now_ns;
  unsigned events[NODE_EVENT_UNANSWERED + 1];
  const char *last_label;
  /* Of the RADIUS client under our hands. */
  struct node_address address;
  uint8_t identifier;
  uint8_t authenticator[16];
  size_t proxy_state; /* octets of it that requests have, beside two attributes that all have */
  bool nameless;      /* requests have no User-Name */
  struct aaa_message request, answer; /* the last */
  unsigned copy;                      /* of the answer */
};

static struct aaa_world world;

static void aaa_on_event(void *context, const struct node_event *event) {
  (void)context;
  world.events[event->type]++;
  if (event->type == NODE_EVENT_DISCARDED || event->type == NODE_EVENT_FAILED)
    world.last_label = event->label;
}

static const struct eap_user *aaa_lookup(void *context, const uint8_t *identity, size_t length) {
  (void)context;
  return length == 4 && memcmp(identity, "user", 4) == 0 ? &world.user : NULL;
}

static int aaa_set_up(void **state) {
  (void)state;
  memset(&world, 0, sizeof world);
  world.seeded.state = 21;
  world.hooks =
      (struct node_hooks){.context = &world.seeded, .random = seeded_bytes, .event = aaa_on_event};
  world.client = (struct radius_server_client){.ip = {9}, .secret = SECRET};
  world.address = (struct node_address){.ip = {9}, .port = 40000};
  world.method = (struct eap_server_method){.method = &EAP_PSK_SERVER,
                                            .credential = {.psk = (const uint8_t *)PSK,
                                                           .local_id = (const uint8_t *)"s",
                                                           .local_id_length = 1}};
  world.user = (struct eap_user){.methods = &world.method, .method_count = 1};
  const struct aaa_config config = {
      .local = {.ip = {2}, .port = RADIUS_PORT},
      .radius = {.clients = &world.client, .client_count = 1, .conversations_max = CONVERSATIONS},
      .eap = {.lookup = aaa_lookup}};
  world.node = aaa_create(&config, &world.hooks);
  assert_non_null(world.node);
  return 0;
}

static int aaa_tear_down(void **state) {
  (void)state;
  node_destroy(world.node);
  return 0;
}

/* RFC 2865 section 5.33: the answer has the request's, in the same order, and no other. */
static void assert_proxy_state_returned(const struct aaa_message *request) {
  struct radius_packet asked, answered;
  struct radius_attribute one, other;
  size_t at = 0, found = 0;
  assert_int_equal(radius_packet_parse(request->octets, request->length, &asked), 0);
  assert_int_equal(radius_packet_parse(world.answer.octets, world.answer.length, &answered), 0);
  assert_int_equal(radius_attribute_count(&asked, RADIUS_PROXY_STATE),
                   radius_attribute_count(&answered, RADIUS_PROXY_STATE));
  while (radius_attribute_next(&asked, &at, &one)) {
    if (one.type != RADIUS_PROXY_STATE)
      continue;
    do
      assert_true(radius_attribute_next(&answered, &found, &other));
    while (other.type != RADIUS_PROXY_STATE);
    assert_int_equal(other.length, one.length);
    assert_memory_equal(other.value, one.value, one.length);
  }
}

/* Hands a request to the server; true if it answers, into world.answer. */
static bool aaa_deliver(const struct aaa_message *request) {
  uint8_t data[RADIUS_PACKET_MAX];
  memcpy(data, request->octets, request->length);
  const struct node_datagram in = {.source = world.address,
                                   .destination = {.ip = {2}, .port = RADIUS_PORT},
                                   .data = data,
                                   .length = request->length};
  assert_int_equal(node_read(world.node, &in, world.now_ns), 0);
  struct node_datagram out = {.data = world.answer.octets, .capacity = RADIUS_PACKET_MAX};
  const int result = node_write(world.node, &out, world.now_ns);
  assert_in_range(result, 0, 1);
  if (result == 0)
    return false;
  assert_true(node_address_equal(&out.destination, &world.address));
  assert_int_equal(out.source.port, RADIUS_PORT);
  assert_int_equal(span_list_length(&out.spans), out.length);
  world.answer.length = out.length;
  world.copy = out.copy;
  struct node_datagram none = {.data = data, .capacity = sizeof data};
  assert_int_equal(node_write(world.node, &none, world.now_ns), 0);
  assert_proxy_state_returned(request);
  return true;
}

/* So many octets of Proxy-State attributes, each with values of its own. */
static void add_proxy_state(struct span_writer *out, size_t octets) {
  uint8_t value[RADIUS_VALUE_MAX];
  while (octets > 0) {
    const size_t most = RADIUS_VALUE_MAX + 2, least = 3;
    const size_t part = octets <= most ? octets : octets - most < least ? most - least : most;
    seeded_bytes(&world.seeded, value, sizeof value);
    radius_add(out, RADIUS_PROXY_STATE, value, part - 2);
    octets -= part;
  }
}

/* Composes a request with this EAP packet (NULL: none) and State (NULL: none). */
static void aaa_compose(const uint8_t *eap, size_t length, const struct radius_attribute *state) {
  struct span_writer out;
  span_writer_init(&out, world.request.octets, sizeof world.request.octets, NULL);
  seeded_bytes(&world.seeded, world.authenticator, sizeof world.authenticator);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  radius_add(&out, RADIUS_PROXY_STATE, "one", 3);
  if (!world.nameless)
    radius_add(&out, RADIUS_USER_NAME, "user", 4);
  if (state != NULL)
    radius_add(&out, RADIUS_STATE, state->value, state->length);
  if (eap != NULL)
    radius_add_eap(&out, eap, length);
  radius_add(&out, RADIUS_PROXY_STATE, "another", 7);
  add_proxy_state(&out, world.proxy_state);
  assert_int_equal(radius_request_seal(&out, world.identifier++, world.authenticator, &SECRET), 0);
  world.request.length = out.length;
}

/* The answer to the last request, verified. */
static struct radius_packet aaa_answer(uint8_t code) {
  struct radius_packet packet;
  assert_int_equal(radius_packet_parse(world.answer.octets, world.answer.length, &packet), 0);
  assert_null(radius_response_check(&packet, &SECRET, world.authenticator, false));
  assert_int_equal(packet.identifier, world.request.octets[1]);
  assert_int_equal(packet.code, code);
  return packet;
}

static bool aaa_ask(const char *eap_hex, const struct radius_attribute *state) {
  const struct hex eap = hex(eap_hex == NULL ? "" : eap_hex);
  aaa_compose(eap_hex == NULL ? NULL : eap.octets, eap.length, state);
  return aaa_deliver(&world.request);
}

static void assert_eap(const struct radius_packet *packet, const char *expected) {
  uint8_t eap[EAP_PACKET_MAX];
  const int length = radius_eap_join(packet, eap, sizeof eap);
  if (expected == NULL) {
    assert_int_equal(length, NODE_ERR_UNKNOWN);
    return;
  }
  assert_true(length >= 0);
  assert_hex_equal(eap, (size_t)length, expected);
}

#define IDENTITY "02 10 0009 01 75736572"

static struct radius_attribute state_of(const struct radius_packet *packet) {
  static uint8_t value[RADIUS_VALUE_MAX];
  struct radius_attribute state;
  assert_true(radius_attribute_find(packet, RADIUS_STATE, &state));
  memcpy(value, state.value, state.length);
  state.value = value;
  return state;
}

/* What is not of a conversation, and what becomes of it. */
static void requests_without_a_conversation(void **state) {
  (void)state;
  static const uint8_t random_state[] = "0123456789abcdef";
  static const struct radius_attribute unknown = {.value = random_state, .length = 16},
                                       empty = {.value = random_state, .length = 0},
                                       long_one = {.value = random_state, .length = 17};
  static const struct {
    const char *eap;
    const struct radius_attribute *state;
    uint8_t code;
    const char *answer; /* EAP; NULL: none */
    const char *reason;
  } table[] = {
      {NULL, NULL, RADIUS_ACCESS_REJECT, NULL, "Access-Request without EAP-Message"},
      {IDENTITY, &unknown, RADIUS_ACCESS_REJECT, "04 10 0004", "unknown State"},
      {IDENTITY, &empty, RADIUS_ACCESS_REJECT, "04 10 0004", "unknown State"},
      {IDENTITY, &long_one, RADIUS_ACCESS_REJECT, "04 10 0004", "unknown State"},
      {"02 20 0009 01 55736572", NULL, RADIUS_ACCESS_REJECT, "04 20 0004", "unknown identity"},
      {"02 20 0006 2f 00", NULL, RADIUS_ACCESS_REJECT, "04 20 0004",
       "Response that is not the Identity"},
      {"01 20 0005 01", NULL, RADIUS_ACCESS_REJECT, "04 20 0004", "packet that is not a Response"},
      {"02 20 0009 01 757365", NULL, RADIUS_ACCESS_REJECT, "04 20 0004", "malformed EAP packet"},
      {"02", NULL, RADIUS_ACCESS_REJECT, NULL, "malformed EAP packet"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    assert_true(aaa_ask(table[i].eap, table[i].state));
    const struct radius_packet packet = aaa_answer(table[i].code);
    assert_eap(&packet, table[i].answer);
    assert_string_equal(world.last_label, table[i].reason);
    assert_int_equal(world.events[NODE_EVENT_FAILED], i + 1);
    const struct aaa_message first = world.answer;
    assert_true(aaa_deliver(&world.request)); /* a duplicate: the same octets */
    assert_int_equal(world.answer.length, first.length);
    assert_memory_equal(world.answer.octets, first.octets, first.length);
    assert_int_equal(world.events[NODE_EVENT_FAILED], i + 1);
  }
  assert_int_equal(world.events[NODE_EVENT_CONFIRMED], 0);
}

/* RFC 3579 section 2.1. */
static void eap_start(void **state) {
  (void)state;
  assert_true(aaa_ask("", NULL));
  struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
  uint8_t eap[EAP_PACKET_MAX];
  assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), 5);
  assert_int_equal(eap[0], EAP_REQUEST);
  assert_int_equal(eap[4], EAP_TYPE_IDENTITY);
  const uint8_t identity[] = {2, eap[1], 0, 9, 1, 'u', 's', 'e', 'r'};
  struct radius_attribute state_attribute = state_of(&packet);
  aaa_compose(identity, sizeof identity, &state_attribute);
  assert_true(aaa_deliver(&world.request));
  packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
  assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), 4 + 1 + 17 + 1);
  assert_int_equal(eap[1], (uint8_t)(identity[1] + 1));
  assert_int_equal(eap[4], EAP_TYPE_PSK);
}

static void silently_discarded(void **state) {
  (void)state;
  aaa_compose((const uint8_t *)"\x02\x10\0\x09\1user", 9, NULL);
  const struct aaa_message good = world.request;
  struct aaa_message bad = good;
  for (unsigned code = 0; code < CODES; code++) { /* first of all: the code */
    bad.octets[0] = (uint8_t)code;
    assert_false(code != RADIUS_ACCESS_REQUEST && aaa_deliver(&bad));
  }
  assert_string_equal(world.last_label, "RADIUS code that is no Access-Request");
  for (size_t bit = 0; bit < 8 * good.length; bit++) {
    bad = good;
    bad.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
    assert_false(aaa_deliver(&bad));
  }
  bad = good;
  for (bad.length = 0; bad.length < good.length; bad.length++)
    assert_false(aaa_deliver(&bad));
  world.address.ip[0] = 8;
  assert_false(aaa_deliver(&good));
  assert_string_equal(world.last_label, "unknown RADIUS client");
  world.address.ip[0] = 9;
  world.client.secret.octets = (const uint8_t *)"Radius";
  /* The configuration is the server's to read; the client has the other secret now. */
  assert_false(aaa_deliver(&good));
  assert_string_equal(world.last_label, "wrong Message-Authenticator");
  world.client.secret = SECRET;
  assert_int_equal(world.events[NODE_EVENT_STARTED], 0);
  world.address.port = 40001; /* any port will do */
  assert_true(aaa_deliver(&good));
  assert_int_equal(world.events[NODE_EVENT_STARTED], 1);
}

/* A duplicate is known by address, port, Identifier and authenticator together. */
static void duplicates(void **state) {
  (void)state;
  assert_true(aaa_ask(IDENTITY, NULL));
  const struct aaa_message first = world.answer;
  assert_int_equal(world.copy, 0);
  for (unsigned i = 0; i < 3; i++) {
    assert_true(aaa_deliver(&world.request));
    assert_int_equal(world.copy, i + 1);
    assert_int_equal(world.answer.length, first.length);
    assert_memory_equal(world.answer.octets, first.octets, first.length);
  }
  assert_int_equal(world.events[NODE_EVENT_STARTED], 1);
  assert_int_equal(world.events[NODE_EVENT_DELIVERED], 1);
  world.address.port++;
  assert_true(aaa_deliver(&world.request));
  assert_memory_not_equal(world.answer.octets, first.octets, first.length);
  assert_int_equal(world.events[NODE_EVENT_STARTED], 2);
  world.address.port--;
  world.identifier--; /* the same Identifier, another authenticator */
  assert_true(aaa_ask(IDENTITY, NULL));
  assert_int_equal(world.events[NODE_EVENT_STARTED], 3);
  struct span_writer out = {.data = world.request.octets,
                            .capacity = sizeof world.request.octets,
                            .length = world.request.length};
  assert_int_equal(/* another Identifier, the same authenticator */
                   radius_request_seal(&out, world.identifier, world.authenticator, &SECRET), 0);
  assert_true(aaa_deliver(&world.request));
  assert_int_equal(world.events[NODE_EVENT_STARTED], 4);
}

/* What EAP discards is answered with the last EAP-Request, and Error-Cause 202. */
static void ignored_eap(void **state) {
  (void)state;
  static const char *const packets[] = {"02 11 0006 2f 40", "02 10 0009 01 75736572", "02 11 0005",
                                        "", "04 11 0004"};
  assert_true(aaa_ask(IDENTITY, NULL));
  struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
  uint8_t request[EAP_PACKET_MAX], eap[EAP_PACKET_MAX];
  const int length = radius_eap_join(&packet, request, sizeof request);
  for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
    struct radius_attribute state_attribute = state_of(&packet);
    assert_true(aaa_ask(packets[i], &state_attribute));
    packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
    uint32_t cause = 0;
    assert_true(radius_attribute_number(&packet, RADIUS_ERROR_CAUSE, &cause));
    assert_int_equal(cause, RADIUS_ERROR_INVALID_EAP);
    assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), length);
    assert_memory_equal(eap, request, (size_t)length);
    assert_int_equal(world.events[NODE_EVENT_DISCARDED], i + 1);
  }
  assert_int_equal(world.events[NODE_EVENT_FAILED], 0);
}

/* Runs our own EAP peer against the server; how far: the number of requests. */
struct peer_run {
  struct eap_peer peer;
  struct eap_peer_method method;
  struct eap_peer_config config;
  uint8_t response[EAP_PACKET_MAX];
  size_t length;
};

static void peer_begin(struct peer_run *run) {
  static const uint8_t identity[] = {2, 0x10, 0, 9, 1, 'u', 's', 'e', 'r'};
  static const uint8_t identity_request[] = {1, 0x10, 0, 5, 1};
  memset(run, 0, sizeof *run);
  run->method = (struct eap_peer_method){.method = &EAP_PSK_PEER,
                                         .credential = {.psk = (const uint8_t *)PSK,
                                                        .local_id = (const uint8_t *)"p",
                                                        .local_id_length = 1}};
  run->config = (struct eap_peer_config){.identity = (const uint8_t *)"user",
                                         .identity_length = 4,
                                         .methods = &run->method,
                                         .method_count = 1};
  eap_peer_init(&run->peer, &run->config, &world.hooks);
  struct span_writer out;
  span_writer_init(&out, run->response, sizeof run->response, NULL);
  assert_int_equal(eap_peer_process(&run->peer, identity_request, sizeof identity_request, &out),
                   EAP_PEER_RESPOND);
  assert_memory_equal(run->response, identity, sizeof identity);
  run->length = out.length;
}

static void peer_take(struct peer_run *run, const struct radius_packet *packet) {
  uint8_t eap[EAP_PACKET_MAX];
  const int length = radius_eap_join(packet, eap, sizeof eap);
  struct span_writer out;
  span_writer_init(&out, run->response, sizeof run->response, NULL);
  const enum eap_peer_result result = eap_peer_process(&run->peer, eap, (size_t)length, &out);
  assert_int_equal(result,
                   packet->code == RADIUS_ACCESS_ACCEPT ? EAP_PEER_SUCCESS : EAP_PEER_RESPOND);
  run->length = out.length;
}

/* Each Challenge has a State of its own, and the older ones are no longer good. */
static void old_states(void **state) {
  (void)state;
  struct aaa_message requests[4];
  struct radius_attribute state_attribute = {0};
  uint8_t states[4][RADIUS_STATE_LENGTH];
  assert_true(aaa_ask(IDENTITY, NULL));
  for (size_t i = 0; i < 4; i++) {
    const struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
    state_attribute = state_of(&packet);
    assert_int_equal(state_attribute.length, RADIUS_STATE_LENGTH);
    memcpy(states[i], state_attribute.value, sizeof states[i]);
    for (size_t old = 0; old < i; old++) {
      struct radius_attribute old_state = {.value = states[old], .length = sizeof states[old]};
      assert_memory_not_equal(states[old], states[i], sizeof states[i]);
      assert_false(aaa_deliver(&requests[old]) != (old + 1 == i)); /* the last is a duplicate */
      assert_false(aaa_ask("02 11 0006 2f 40", &old_state));
      assert_string_equal(world.last_label, "old State");
    }
    assert_true(aaa_ask("02 11 0006 2f 40", &state_attribute));
    requests[i] = world.request;
  }
}

/* A State of a conversation that ended, and of one that is forgotten. */
static void state_after_the_end(void **state) {
  (void)state;
  assert_true(aaa_ask(IDENTITY, NULL));
  struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
  struct radius_attribute state_attribute = state_of(&packet);
  const struct hex wrong_mac =
      hex("02 11 0036 2f 40 00000000000000000000000000000000 00000000000000000000000000000000"
          "00000000000000000000000000000000");
  uint8_t response[NODE_DATAGRAM_MAX], request[EAP_PACKET_MAX];
  assert_true(radius_eap_join(&packet, request, sizeof request) > 22);
  memcpy(response, wrong_mac.octets, wrong_mac.length);
  memcpy(response + 6, request + 6, 16); /* RAND_S */
  aaa_compose(response, wrong_mac.length, &state_attribute);
  assert_true(aaa_deliver(&world.request));
  (void)aaa_answer(RADIUS_ACCESS_REJECT);
  assert_string_equal(world.last_label, "wrong MAC_P");
  const struct aaa_message last = world.request;
  assert_false(aaa_ask("02 11 0006 2f 40", &state_attribute));
  assert_string_equal(world.last_label, "old State");
  world.now_ns = 30 * NODE_SECOND;
  assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
  static const uint8_t wiped[RADIUS_STATE_LENGTH];
  const struct radius_attribute none = {.value = wiped, .length = sizeof wiped};
  assert_true(aaa_ask("02 11 0006 2f 40", &none));
  (void)aaa_answer(RADIUS_ACCESS_REJECT);
  assert_string_equal(world.last_label, "unknown State");
  assert_true(aaa_deliver(&last)); /* forgotten, too */
  assert_string_equal(world.last_label, "unknown State");
}

/* One authentication; old requests that come late change nothing, at any time. */
static void old_requests(void **state) {
  (void)state;
  struct peer_run run;
  struct aaa_message requests[3];
  struct radius_attribute state_attribute;
  peer_begin(&run);
  for (size_t i = 0; i < 3; i++) {
    aaa_compose(run.response, run.length, i == 0 ? NULL : &state_attribute);
    requests[i] = world.request;
    assert_true(aaa_deliver(&requests[i]));
    const struct radius_packet packet =
        aaa_answer(i == 2 ? RADIUS_ACCESS_ACCEPT : RADIUS_ACCESS_CHALLENGE);
    peer_take(&run, &packet);
    if (i < 2)
      state_attribute = state_of(&packet);
    const struct aaa_message last = world.answer;
    for (size_t old = 0; old <= i; old++) {
      assert_int_equal(aaa_deliver(&requests[old]), old == i);
      if (old < i)
        assert_string_equal(world.last_label, old == 0 ? "old request" : "old State");
    }
    assert_memory_equal(world.answer.octets, last.octets, last.length);
  }
  assert_int_equal(world.events[NODE_EVENT_STARTED], 1);
  assert_int_equal(world.events[NODE_EVENT_DELIVERED], 3);
  assert_int_equal(world.events[NODE_EVENT_KEY], 1);
  assert_int_equal(world.events[NODE_EVENT_CONFIRMED], 1);
  assert_int_equal(world.events[NODE_EVENT_FAILED], 0);
  /* For 30 s the Accept is repeated; then all is forgotten. */
  world.now_ns = 30 * NODE_SECOND - 1;
  assert_true(node_expiry(world.node) == 30 * NODE_SECOND);
  assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
  assert_true(aaa_deliver(&requests[2]));
  aaa_answer(RADIUS_ACCESS_ACCEPT);
  world.now_ns++;
  assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
  assert_true(node_expiry(world.node) == NODE_NEVER);
  assert_true(aaa_deliver(&requests[2]));
  aaa_answer(RADIUS_ACCESS_REJECT);
  assert_string_equal(world.last_label, "unknown State");
}

/* Conversations that run are not sacrificed; those that ended make room, the oldest first. */
static void room(void **state) {
  (void)state;
  for (unsigned i = 0; i < CONVERSATIONS; i++) {
    assert_true(aaa_ask(IDENTITY, NULL));
    const struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
    struct radius_attribute state_attribute = state_of(&packet);
    assert_true(aaa_ask("02 11 0006 2f 40", &state_attribute));
  }
  assert_false(aaa_ask(IDENTITY, NULL));
  assert_string_equal(world.last_label, "no room for another conversation");
  assert_int_equal(world.events[NODE_EVENT_STARTED], CONVERSATIONS);
  assert_true(node_expiry(world.node) == 120 * NODE_SECOND);
  world.now_ns = 120 * NODE_SECOND;
  assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
  assert_int_equal(world.events[NODE_EVENT_FAILED], CONVERSATIONS);
  assert_string_equal(world.last_label, "conversation abandoned");
  struct aaa_message requests[2 * CONVERSATIONS];
  for (unsigned i = 0; i < 2 * CONVERSATIONS; i++) {
    assert_true(aaa_ask("02 20 0009 01 55736572", NULL));
    requests[i] = world.request;
    aaa_answer(RADIUS_ACCESS_REJECT);
  }
  const unsigned failed = world.events[NODE_EVENT_FAILED];
  for (unsigned i = CONVERSATIONS; i < 2 * CONVERSATIONS; i++)
    assert_true(aaa_deliver(&requests[i]));
  assert_int_equal(world.events[NODE_EVENT_FAILED], failed);
  assert_true(aaa_deliver(&requests[0])); /* forgotten, hence new */
  assert_int_equal(world.events[NODE_EVENT_FAILED], failed + 1);
}

/* A place that is used again knows nothing of its former conversation. */
static void aaa_places_used_again(void **state) {
  (void)state;
  struct aaa_message old[CONVERSATIONS];
  for (unsigned i = 0; i < CONVERSATIONS; i++) {
    assert_true(aaa_ask(IDENTITY, NULL));
    const struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
    struct radius_attribute state_attribute = state_of(&packet);
    const uint8_t nak[] = {2, 0x11, 0, 6, 3, 0};
    aaa_compose(nak, sizeof nak, &state_attribute);
    old[i] = world.request;
    assert_true(aaa_deliver(&old[i]));
    (void)aaa_answer(RADIUS_ACCESS_REJECT);
  }
  for (unsigned i = 0; i < CONVERSATIONS; i++) {
    assert_true(aaa_ask(IDENTITY, NULL));
    (void)aaa_answer(RADIUS_ACCESS_CHALLENGE);
    const struct aaa_message request = world.request, challenge = world.answer;
    if (i + 1 == CONVERSATIONS) { /* one that has begun gives way */
      assert_true(aaa_deliver(&old[i]));
      assert_int_equal(world.answer.octets[0], RADIUS_ACCESS_REJECT);
      assert_string_equal(world.last_label, "unknown State");
    }
    assert_true(aaa_deliver(&request));
    assert_memory_equal(world.answer.octets, challenge.octets, challenge.length);
  }
}

/* A request keeps its conversation alive. */
static void time_runs_from_the_last_request(void **state) {
  (void)state;
  assert_true(aaa_ask(IDENTITY, NULL));
  struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
  for (unsigned i = 1; i < 5; i++) {
    struct radius_attribute state_attribute = state_of(&packet);
    world.now_ns = i * 100 * NODE_SECOND;
    assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
    assert_true(aaa_ask("02 11 0006 2f 40", &state_attribute));
    packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
    assert_true(node_expiry(world.node) == world.now_ns + 120 * NODE_SECOND);
  }
  assert_int_equal(world.events[NODE_EVENT_FAILED], 0);
}

/* Octets of requests with this EAP packet, but for what world.proxy_state adds. */
static size_t length_without(const char *eap) {
  const size_t user_name = world.nameless ? 0 : 2 + 4, proxy_state = 2 + 3 + 2 + 7;
  return 20 + 18 + proxy_state + user_name + (eap == NULL ? 0 : 2 + hex(eap).length);
}

/* Requests of every length up to RADIUS_PACKET_MAX are answered, if only with a Reject. */
static void requests_as_long_as_can_be(void **state) {
  (void)state;
  static const struct {
    const char *eap;
    bool nameless;
    size_t octets;
    uint8_t code;
    const char *answer; /* EAP; NULL: none */
  } table[] = {
      {IDENTITY, false, 1280, RADIUS_ACCESS_CHALLENGE, NULL},
      {IDENTITY, false, 1281, RADIUS_ACCESS_CHALLENGE, NULL},
      {IDENTITY, false, 4070, RADIUS_ACCESS_CHALLENGE, NULL}, /* 4096 octets */
      {IDENTITY, false, 4071, RADIUS_ACCESS_REJECT, "04 10 0004"},
      {IDENTITY, false, 4096, RADIUS_ACCESS_REJECT, "04 10 0004"},
      {"", false, 4096, RADIUS_ACCESS_REJECT, NULL}, /* an EAP-Start */
      {NULL, true, 4096, RADIUS_ACCESS_REJECT, NULL},
      {"02 55", true, 4094, RADIUS_ACCESS_REJECT, "04 55 0004"}, /* 4096 octets */
      {"02 55", true, 4095, RADIUS_ACCESS_REJECT, NULL},
      {"02 55", true, 4096, RADIUS_ACCESS_REJECT, NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    world.nameless = table[i].nameless;
    world.proxy_state = table[i].octets - length_without(table[i].eap);
    assert_true(aaa_ask(table[i].eap, NULL));
    assert_int_equal(world.request.length, table[i].octets);
    const struct radius_packet packet = aaa_answer(table[i].code);
    if (table[i].code == RADIUS_ACCESS_REJECT)
      assert_eap(&packet, table[i].answer);
  }
}

/* The peer is who it says; but the Access-Accept has no room. */
static void an_accept_that_does_not_fit(void **state) {
  (void)state;
  struct peer_run run;
  struct radius_attribute state_attribute;
  peer_begin(&run);
  for (size_t i = 0; i < 2; i++) {
    aaa_compose(run.response, run.length, i == 0 ? NULL : &state_attribute);
    assert_true(aaa_deliver(&world.request));
    const struct radius_packet packet = aaa_answer(RADIUS_ACCESS_CHALLENGE);
    peer_take(&run, &packet);
    state_attribute = state_of(&packet);
  }
  aaa_compose(run.response, run.length, &state_attribute);
  world.proxy_state = RADIUS_PACKET_MAX - world.request.length;
  aaa_compose(run.response, run.length, &state_attribute);
  assert_int_equal(world.request.length, RADIUS_PACKET_MAX);
  assert_true(aaa_deliver(&world.request));
  const struct radius_packet packet = aaa_answer(RADIUS_ACCESS_REJECT);
  assert_int_equal(radius_attribute_count(&packet, RADIUS_EAP_MESSAGE), 1);
  assert_string_equal(world.last_label, "no room for the answer beside Proxy-State");
  assert_int_equal(world.events[NODE_EVENT_FAILED], 1);
  assert_int_equal(world.events[NODE_EVENT_KEY] + world.events[NODE_EVENT_CONFIRMED], 0);
}

static void an_eap_packet_longer_than_its_mtu(void **state) {
  (void)state;
  static const uint8_t long_one[EAP_PACKET_MAX + 1] = {
      EAP_RESPONSE, 0x33, (EAP_PACKET_MAX + 1) >> 8, (EAP_PACKET_MAX + 1) & 0xff,
      EAP_TYPE_IDENTITY};
  aaa_compose(long_one, sizeof long_one, NULL);
  assert_true(aaa_deliver(&world.request));
  const struct radius_packet packet = aaa_answer(RADIUS_ACCESS_REJECT);
  assert_eap(&packet, "04 33 0004");
  assert_string_equal(world.last_label, "EAP packet longer than its MTU");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, aaa_set_up, aaa_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(requests_without_a_conversation),
      TEST(eap_start),
      TEST(silently_discarded),
      TEST(duplicates),
      TEST(ignored_eap),
      TEST(old_states),
      TEST(state_after_the_end),
      TEST(old_requests),
      TEST(aaa_places_used_again),
      TEST(room),
      TEST(time_runs_from_the_last_request),
      TEST(requests_as_long_as_can_be),
      TEST(an_accept_that_does_not_fit),
      TEST(an_eap_packet_longer_than_its_mtu),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
