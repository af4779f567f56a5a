/* The world of a resource server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100000, HOST_SERVER = 0xa0, HOST_CLIENT = 0x10 };

/* Parties */

static void party_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct rs_world_party *)context)->seeded, bytes, length);
}

static void party_event(void *context, const struct node_event *event) {
  struct rs_world_told *told = &((struct rs_world_party *)context)->told;
  told->count[event->phase][event->type]++;
  told->label[event->phase][event->type] = event->label;
  told->remote = event->remote;
  if (event->type != NODE_EVENT_CONFIRMED)
    return;
  told->name_length = event->name_length;
  memcpy(told->name, event->name, event->name_length);
}

/* node_write computes nothing. */
static void party_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)primitive;
  (void)blocks;
  assert_false(((struct rs_world_party *)context)->writes);
}

static void party_init(struct rs_world_party *party, uint64_t seed) {
  party->seeded.state = seed;
  party->hooks = (struct node_hooks){
      .context = party, .random = party_random, .event = party_event, .cost = party_cost};
}

struct node_address rs_world_address(void) {
  return (struct node_address){.ip = {HOST_SERVER}, .port = RS_WORLD_PORT};
}

/* Life */

void rs_world_configure(struct rs_world *world, enum ace_profile profile) {
  memset(world, 0, sizeof *world);
  world->profile = profile;
  lower_options_init(&world->options);
  coap_parameters_read(&world->options, &world->coap);
  world->resources[0] =
      (struct ace_resource){.path = "light", .value = (const uint8_t *)"off", .value_length = 3};
  world->resources[1] = (struct ace_resource){.path = "lock"};
  world->config = (struct ace_resource_server_config){.options = &world->options,
                                                      .profile = profile,
                                                      .local = rs_world_address(),
                                                      .audience = RS_WORLD_AUDIENCE,
                                                      .resources = world->resources,
                                                      .resource_count = 2,
                                                      .clients_max = 8,
                                                      .epoch_s = RS_WORLD_EPOCH_S};
  party_init(&world->party, 21);
  for (size_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    struct rs_world_client *client = &world->clients[i];
    party_init(&client->party, 31 + i);
    client->world = world;
    client->address =
        (struct node_address){.ip = {(uint8_t)(HOST_CLIENT + i)}, .port = RS_WORLD_PORT};
    coap_session_init(&client->coap, &world->coap, &client->party.hooks);
  }
}

void rs_world_start(struct rs_world *world) {
  world->node = ace_resource_server_create(&world->config, &world->party.hooks);
  assert_non_null(world->node);
  rs_world_learn(world, 1);
}

void rs_world_end(struct rs_world *world) {
  for (size_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    association_pair_close(&world->clients[i].pair);
    coap_session_wipe(&world->clients[i].coap);
  }
  node_destroy(world->node);
}

enum ace_profile rs_world_profiles[ACE_PROFILE_COUNT] = {
    [ACE_PROFILE_OSCORE] = ACE_PROFILE_OSCORE, [ACE_PROFILE_DTLS] = ACE_PROFILE_DTLS};

enum ace_profile rs_world_profile_of(void *const *state) {
  return *(const enum ace_profile *)*state;
}

void rs_world_start_by(struct rs_world *world, void *const *state) {
  rs_world_configure(world, rs_world_profile_of(state));
  rs_world_start(world);
}

/* Its own authentication */

static int fixed_keys(const void *state, struct eap_keys *keys) {
  memset(keys->msk, *(const uint8_t *)state, sizeof keys->msk);
  memset(keys->emsk, 0, sizeof keys->emsk);
  return 0;
}

void rs_world_learn(struct rs_world *world, uint8_t seed) {
  static const struct eap_method method = {.keys = fixed_keys};
  static const struct eap_peer_method chosen = {.method = &method};
  struct eap_peer peer = {.selected = &chosen, .method_done = true};
  uint8_t msk[EAP_KEY_LENGTH];
  peer.state[0] = seed;
  memset(msk, seed, sizeof msk);
  assert_int_equal(ace_sealing_key_derive(msk, NULL, &world->key), 0);
  ace_resource_server_learn(world->node, &peer, world->now_ns);
}

/* The network */

enum { HOST_COUNT = 1 + RS_WORLD_CLIENTS };

static size_t host_of(const struct node_address *address) {
  const uint8_t octet = address->ip[0];
  if (octet == HOST_SERVER)
    return 0;
  return octet >= HOST_CLIENT && octet < HOST_CLIENT + RS_WORLD_CLIENTS
             ? 1 + (size_t)(octet - HOST_CLIENT)
             : HOST_COUNT;
}

static void depart(struct rs_world *world, const struct node_datagram *datagram) {
  assert_int_equal(span_list_length(&datagram->spans), datagram->length);
  if (world->is_cut) {
    world->cut_count++;
    world->cut_octets += datagram->length;
    world->cut_last_length = datagram->length;
    memcpy(world->cut_last, datagram->data, datagram->length);
    return;
  }
  assert_true(world->count < RS_WORLD_LOG_MAX);
  struct rs_world_datagram *sent = &world->log[world->count];
  *sent = (struct rs_world_datagram){
      .source = datagram->source,
      .destination = datagram->destination,
      .length = datagram->length,
      .label = datagram->label,
      .phase = datagram->phase,
      .arrival_ns = {world->now_ns + RS_WORLD_LATENCY_MS * NODE_MS, NODE_NEVER}};
  memcpy(sent->data, datagram->data, datagram->length);
  if (world->fate != NULL)
    world->fate(world, world->count, sent);
  world->count++;
}

static void call_around(const struct rs_world *world, bool begins) {
  if (world->around != NULL)
    world->around(begins);
}

static int server_write(struct rs_world *world, struct node_datagram *datagram) {
  call_around(world, true);
  const int result = node_write(world->node, datagram, world->now_ns);
  call_around(world, false);
  return result;
}

static void server_read(struct rs_world *world, const struct node_datagram *datagram) {
  call_around(world, true);
  const int result = node_read(world->node, datagram, world->now_ns);
  call_around(world, false);
  assert_int_equal(result, 0);
}

static void server_handle_expiry(struct rs_world *world) {
  call_around(world, true);
  const int result = node_handle_expiry(world->node, world->now_ns);
  call_around(world, false);
  assert_int_equal(result, 0);
}

static void host_flush(struct rs_world *world, size_t host) {
  uint8_t data[NODE_DATAGRAM_MAX];
  world->party.writes = host == 0;
  for (int result = 1; result == 1;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    result = host == 0 ? server_write(world, &datagram)
                       : rs_world_client_write(&world->clients[host - 1], &datagram);
    assert_true(result >= 0);
    if (result == 1)
      depart(world, &datagram);
  }
  world->party.writes = false;
}

void rs_world_flush(struct rs_world *world, size_t client) {
  host_flush(world, 1 + client);
}

static void deliver(struct rs_world *world, const struct node_address *source,
                    const struct node_address *destination, const uint8_t *data, size_t length) {
  const size_t host = host_of(destination);
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  if (length > 0)
    memcpy(exact, data, length);
  const struct node_datagram datagram = {
      .source = *source, .destination = *destination, .data = exact, .length = length};
  if (host == 0)
    server_read(world, &datagram);
  else if (host < HOST_COUNT)
    rs_world_client_read(&world->clients[host - 1], &datagram);
  free(exact);
  if (host < HOST_COUNT)
    host_flush(world, host);
}

void rs_world_inject(struct rs_world *world, const struct node_address *source,
                     const struct node_address *destination, const uint8_t *data, size_t length) {
  deliver(world, source, destination, data, length);
}

size_t rs_world_strange(struct rs_world *world, const struct node_address *source,
                        const struct node_address *destination, const uint8_t *data,
                        size_t length) {
  world->is_cut = true;
  world->cut_octets = world->cut_last_length = 0;
  deliver(world, source, destination, data, length);
  world->is_cut = false;
  return world->cut_octets;
}

static uint64_t host_expiry(const struct rs_world *world, size_t host) {
  return host == 0 ? node_expiry(world->node) : rs_world_client_expiry(&world->clients[host - 1]);
}

static void host_handle_expiry(struct rs_world *world, size_t host) {
  if (host == 0)
    server_handle_expiry(world);
  else
    rs_world_client_handle_expiry(&world->clients[host - 1]);
  host_flush(world, host);
}

static uint64_t *next_arrival(struct rs_world *world, size_t *number) {
  uint64_t *next = NULL;
  for (size_t i = 0; i < world->count; i++)
    for (size_t j = 0; j < 2; j++)
      if (world->log[i].arrival_ns[j] != NODE_NEVER &&
          (next == NULL || world->log[i].arrival_ns[j] < *next)) {
        next = &world->log[i].arrival_ns[j];
        *number = i;
      }
  return next;
}

void rs_world_run(struct rs_world *world, uint64_t until_ns) {
  size_t number = 0;
  for (unsigned step = 0; step < STEPS_MAX; step++) {
    uint64_t *arrival = next_arrival(world, &number);
    size_t host = 0;
    for (size_t i = 1; i < HOST_COUNT; i++)
      if (host_expiry(world, i) < host_expiry(world, host))
        host = i;
    const uint64_t expiry_ns = host_expiry(world, host);
    const bool arrives = arrival != NULL && *arrival <= expiry_ns;
    const uint64_t next_ns = arrives ? *arrival : expiry_ns;
    if (next_ns > until_ns || next_ns == NODE_NEVER)
      return;
    if (next_ns > world->now_ns)
      world->now_ns = next_ns;
    if (!arrives) {
      host_handle_expiry(world, host);
      continue;
    }
    const struct rs_world_datagram sent = world->log[number];
    *arrival = NODE_NEVER;
    deliver(world, &sent.source, &sent.destination, sent.data, sent.length);
  }
  fail_msg("it does not come to an end");
}

void rs_world_run_ms(struct rs_world *world, uint64_t ms) {
  const uint64_t until_ns = world->now_ns + ms * NODE_MS;
  rs_world_run(world, until_ns);
  world->now_ns = until_ns;
}

/* What was seen */

uint64_t rs_world_state(const struct rs_world *world) {
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(world->node, &digest, world->now_ns));
  return digest.low ^ digest.high;
}

const struct rs_world_datagram *rs_world_flown(const struct rs_world *world, const char *label) {
  for (size_t i = 0; i < world->count; i++)
    if (strcmp(world->log[i].label, label) == 0)
      return &world->log[i];
  fail_msg("no %s was sent", label);
  return NULL;
}

size_t rs_world_count(const struct rs_world *world, const char *label) {
  size_t count = 0;
  for (size_t i = 0; i < world->count; i++)
    count += strcmp(world->log[i].label, label) == 0;
  return count;
}

unsigned rs_world_told(const struct rs_world *world, enum node_phase phase,
                       enum node_event_type type) {
  return world->party.told.count[phase][type];
}

const char *rs_world_why(const struct rs_world *world, enum node_phase phase,
                         enum node_event_type type) {
  return world->party.told.label[phase][type];
}

bool rs_world_value_is(const struct rs_world *world, const char *path, const char *text) {
  size_t length;
  const uint8_t *value = ace_resource_server_value(world->node, path, &length);
  return value != NULL && length == strlen(text) && memcmp(value, text, length) == 0;
}
