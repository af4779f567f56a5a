/* An AAA server that keeps the root of vectors/erp.json, in an ER server that is shared with it,
 * and RADIUS clients of every kind. Include after cmocka.h. */
#ifndef NODES_TESTS_AAA_KEY_WORLD_H
#define NODES_TESTS_AAA_KEY_WORLD_H

#include "aaa/aaa.h"
#include "eap/erp_world.h"
#include "radius/mppe.h"

enum { KEY_WORLD_RATE = 3 };

/* Who asks; also the first octet of its address. */
enum key_world_client {
  KEY_WORLD_AUTHENTICATOR,
  KEY_WORLD_APS1,
  KEY_WORLD_APS2,
  KEY_WORLD_PROVIDER,
  KEY_WORLD_CLIENTS
};

static const struct radius_secret KEY_WORLD_SECRET = {(const uint8_t *)"radius", 6};
static const char KEY_WORLD_NAI[] = "7c2cda67750fe534@example.test";
#define KEY_WORLD_NAME(text)                                                                       \
  { (const uint8_t *)(text), sizeof(text) - 1 }
static const struct aaa_key_client KEY_WORLD_TABLE[] = {
    {{KEY_WORLD_APS1}, KEY_WORLD_NAME("aps1"), AAA_KEY_APPLICATION, KEY_WORLD_RATE},
    {{KEY_WORLD_APS2}, KEY_WORLD_NAME("aps2"), AAA_KEY_APPLICATION, 0},
    {{KEY_WORLD_APS2}, KEY_WORLD_NAME("aps3"), AAA_KEY_APPLICATION, 0},
    {{KEY_WORLD_PROVIDER}, KEY_WORLD_NAME("provider1"), AAA_KEY_CREDENTIAL, 0},
};

struct key_world {
  struct erp_world erp;
  struct node_hooks hooks;
  struct radius_server_client clients[KEY_WORLD_CLIENTS];
  struct aaa_config config;
  struct node *aaa;
  uint8_t identifier; /* of the last request */
  struct erp_octets initiate;
  uint8_t request[NODE_RADIUS_MAX], answer[NODE_RADIUS_MAX];
  size_t request_length, answer_length;
  enum node_phase answer_phase;
  struct radius_packet accepted; /* the last answer */
  const char *failed;            /* since the last request, and the last key and name */
  unsigned events[NODE_PHASE_COUNT];
  const char *key_name;
  uint8_t key[EAP_KEY_LENGTH];
  struct eap_name confirmed;
};

static inline void key_world_on_event(void *context, const struct node_event *event) {
  struct key_world *world = context;
  world->events[event->phase]++;
  if (event->type == NODE_EVENT_FAILED)
    world->failed = event->label;
  if (event->type == NODE_EVENT_KEY) {
    assert_int_equal(event->secret_length, sizeof world->key);
    world->key_name = event->secret_name;
    memcpy(world->key, event->secret, sizeof world->key);
  }
  if (event->type == NODE_EVENT_CONFIRMED) {
    world->confirmed.length = event->name_length;
    memcpy(world->confirmed.octets, event->name, event->name_length);
  }
}

static inline void key_world_random(void *context, uint8_t *octets, size_t length) {
  seeded_bytes(&((struct key_world *)context)->erp.seeded, octets, length);
}

static inline const struct eap_user *key_world_nobody(void *context, const uint8_t *identity,
                                                      size_t length) {
  (void)context;
  (void)identity;
  (void)length;
  return NULL;
}

/* All that may be changed before key_world_start. */
static inline void key_world_configure(struct key_world *world) {
  memset(world, 0, sizeof *world);
  erp_world_init(&world->erp);
  world->erp.server_config.keeps_emsk = true;
  world->hooks = (struct node_hooks){
      .context = world, .random = key_world_random, .event = key_world_on_event};
  for (size_t i = 0; i < KEY_WORLD_CLIENTS; i++)
    world->clients[i] =
        (struct radius_server_client){.ip = {(uint8_t)i}, .secret = KEY_WORLD_SECRET};
  world->config = (struct aaa_config){
      .local = {.ip = {0xfd}, .port = RADIUS_PORT},
      .radius = {.clients = world->clients,
                 .client_count = KEY_WORLD_CLIENTS,
                 .conversations_max = 16},
      .eap = {.lookup = key_world_nobody, .erp = &world->erp.server_config},
      .key_clients = KEY_WORLD_TABLE,
      .key_client_count = sizeof KEY_WORLD_TABLE / sizeof KEY_WORLD_TABLE[0],
      .roots = &world->erp.server,
  };
}

static inline void key_world_start(struct key_world *world) {
  erp_world_start(&world->erp);
  world->aaa = aaa_create(&world->config, &world->hooks);
  assert_non_null(world->aaa);
}

static inline void key_world_end(struct key_world *world) {
  node_destroy(world->aaa);
  erp_world_end(&world->erp);
}

/* Hands a datagram over; false: it is not answered. */
static inline bool key_world_give(struct key_world *world, enum key_world_client client,
                                  uint8_t *octets, size_t length) {
  const struct node_datagram in = {.source = {.ip = {(uint8_t)client}, .port = 49152},
                                   .destination = world->config.local,
                                   .data = octets,
                                   .length = length};
  struct node_datagram out = {.data = world->answer, .capacity = sizeof world->answer};
  world->failed = NULL;
  world->key_name = NULL;
  world->confirmed.length = 0;
  memset(world->events, 0, sizeof world->events);
  assert_int_equal(node_read(world->aaa, &in, world->erp.now_ns), 0);
  if (node_write(world->aaa, &out, world->erp.now_ns) == 0)
    return false;
  world->answer_length = out.length;
  world->answer_phase = out.phase;
  assert_int_equal(span_list_length(&out.spans), out.length);
  assert_int_equal(radius_packet_parse(world->answer, out.length, &world->accepted), 0);
  assert_null(
      radius_response_check(&world->accepted, &KEY_WORLD_SECRET, world->request + 4, false));
  return true;
}

/* What a request has; NULL: not that. */
struct key_world_request {
  const char *user, *nas;
  bool service;
  const struct erp_octets *eap;
};

/* Asks, as a RADIUS client composes it. */
static inline enum radius_code key_world_ask(struct key_world *world, enum key_world_client client,
                                             const struct key_world_request *request) {
  uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH];
  struct span_writer out;
  seeded_bytes(&world->erp.seeded, authenticator, sizeof authenticator);
  span_writer_init(&out, world->request, sizeof world->request, NULL);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  if (request->user != NULL)
    radius_add(&out, RADIUS_USER_NAME, request->user, strlen(request->user));
  if (request->nas != NULL)
    radius_add(&out, RADIUS_NAS_IDENTIFIER, request->nas, strlen(request->nas));
  radius_add_number(&out, RADIUS_FRAMED_MTU, RADIUS_MTU);
  if (request->service)
    radius_add_number(&out, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_AUTHORIZE_ONLY);
  if (request->eap != NULL)
    radius_add_eap(&out, request->eap->octets, request->eap->length);
  assert_int_equal(radius_request_seal(&out, ++world->identifier, authenticator, &KEY_WORLD_SECRET),
                   0);
  world->request_length = out.length;
  assert_true(key_world_give(world, client, world->request, world->request_length));
  return world->accepted.code;
}

/* By Authorize Only. */
static inline enum radius_code key_world_authorize(struct key_world *world,
                                                   enum key_world_client client, const char *name) {
  const struct key_world_request request = {.user = KEY_WORLD_NAI, .nas = name, .service = true};
  return key_world_ask(world, client, &request);
}

/* By ERP: the peer names the ApS so in TLV 130 (NULL: it does not). */
static inline enum radius_code key_world_pull(struct key_world *world, enum key_world_client client,
                                              const char *name, const char *named) {
  const struct erp_peer_request asking = {
      .nas = {(const uint8_t *)named, named == NULL ? 0 : strlen(named)}};
  const struct key_world_request request = {
      .user = KEY_WORLD_NAI, .nas = name, .eap = &world->initiate};
  assert_int_equal(erp_world_begin(&world->erp, &asking, &world->initiate), 0);
  return key_world_ask(world, client, &request);
}

/* What the last Access-Accept brings. */
static inline void key_world_key(const struct key_world *world, uint8_t key[EAP_KEY_LENGTH]) {
  assert_int_equal(radius_mppe_find(&world->accepted, world->request + 4, &KEY_WORLD_SECRET, key),
                   0);
}

/* 0: none. */
static inline uint32_t key_world_timeout(const struct key_world *world) {
  uint32_t seconds = 0;
  (void)radius_attribute_number(&world->accepted, RADIUS_SESSION_TIMEOUT, &seconds);
  return seconds;
}

#endif
