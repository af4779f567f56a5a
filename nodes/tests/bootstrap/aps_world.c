/* The world of application servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <stdlib.h>
#include <string.h>

#include "eap/server.h"

enum { STEPS_MAX = 100000, HOST_AS = 0x0a, HOST_APS = 0xa0, HOST_UE = 0x10 };

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const char *const NAMES[APS_WORLD_APS] = {"aps1", "aps2"};

/* Parties */

static void party_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct aps_world_party *)context)->seeded, bytes, length);
}

static void party_event(void *context, const struct node_event *event) {
  struct aps_world_told *told = &((struct aps_world_party *)context)->told;
  told->count[event->phase][event->type]++;
  told->label[event->phase][event->type] = event->label;
  told->remote = event->remote;
  if (event->type == NODE_EVENT_KEY) {
    memcpy(told->secret, event->secret, event->secret_length);
    told->secret_length = event->secret_length;
  }
  if (event->type == NODE_EVENT_CONFIRMED && event->name_length > 0)
    memcpy(told->name, event->name, event->name_length);
  if (event->type == NODE_EVENT_CONFIRMED)
    told->name_length = event->name_length;
}

/* node_write computes nothing. */
static void party_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)primitive;
  (void)blocks;
  assert_false(((struct aps_world_party *)context)->writes);
}

static void party_init(struct aps_world_party *party, uint64_t seed) {
  party->seeded.state = seed;
  party->hooks = (struct node_hooks){
      .context = party, .random = party_random, .event = party_event, .cost = party_cost};
}

struct node_address aps_world_address(size_t aps) {
  return (struct node_address){.ip = {(uint8_t)(HOST_APS + aps)}, .port = APS_WORLD_PORT};
}

static const struct eap_user *nobody(void *context, const uint8_t *identity, size_t length) {
  (void)context;
  (void)identity;
  (void)length;
  return NULL;
}

/* Life */

static void configure_aps(struct aps_world *world, size_t i) {
  const struct node_address address = aps_world_address(i);
  const struct bootstrap_name name = {(const uint8_t *)NAMES[i], strlen(NAMES[i])};
  world->clients[i] = (struct radius_server_client){.secret = SECRET};
  world->servers[i] = (struct bootstrap_server){.name = name, .address = address};
  world->key_clients[i] = (struct aaa_key_client){.name = name, .use = AAA_KEY_APPLICATION};
  memcpy(world->clients[i].ip, address.ip, sizeof address.ip);
  memcpy(world->key_clients[i].ip, address.ip, sizeof address.ip);
  world->radius[i] = (struct radius_client_config){.local = {.port = RADIUS_FIRST_PORT_DEFAULT},
                                                   .port_count = 1,
                                                   .server = {.ip = {HOST_AS}, .port = RADIUS_PORT},
                                                   .secret = SECRET};
  memcpy(world->radius[i].local.ip, address.ip, sizeof address.ip);
  world->aps_config[i] = (struct bootstrap_aps_config){.options = &world->options,
                                                       .channel = world->channel,
                                                       .local = address,
                                                       .name = name,
                                                       .realm = (const uint8_t *)APS_WORLD_REALM,
                                                       .realm_length = APS_WORLD_REALM_LENGTH,
                                                       .radius = &world->radius[i],
                                                       .keys_max = 8,
                                                       .channels_max = 8,
                                                       .payload_bytes = 16};
  for (unsigned pull = 0; pull < BOOTSTRAP_PULL_COUNT; pull++)
    world->aps_config[i].pulls[pull] = bootstrap_pull_trigger(pull) != BOOTSTRAP_TRIGGER_NONE &&
                                       bootstrap_pull_goes_with(pull, world->channel);
}

static void init_ue(struct aps_world *world, size_t i) {
  struct aps_world_ue *ue = &world->ues[i];
  party_init(&ue->party, 31 + i);
  ue->world = world;
  ue->address = (struct node_address){.ip = {(uint8_t)(HOST_UE + i)}, .port = APS_WORLD_PORT};
  ue->erp_config = (struct erp_peer_config){.realm = (const uint8_t *)APS_WORLD_REALM,
                                            .realm_length = APS_WORLD_REALM_LENGTH};
}

void aps_world_configure(struct aps_world *world) {
  aps_world_configure_over(world, BOOTSTRAP_CHANNEL_DTLS);
}

void aps_world_configure_over(struct aps_world *world, enum bootstrap_channel channel) {
  memset(world, 0, sizeof *world);
  world->channel = channel;
  lower_options_init(&world->options);
  coap_parameters_read(&world->options, &world->coap);
  world->as_latency_ns = APS_WORLD_LATENCY_MS * NODE_MS;
  world->roots_config = (struct erp_server_config){.realm = (const uint8_t *)APS_WORLD_REALM,
                                                   .realm_length = APS_WORLD_REALM_LENGTH,
                                                   .keys_max = APS_WORLD_UES,
                                                   .keeps_emsk = true};
  party_init(&world->as_party, 11);
  for (size_t i = 0; i < APS_WORLD_APS; i++) {
    party_init(&world->aps_party[i], 21 + i);
    configure_aps(world, i);
  }
  for (size_t i = 0; i < APS_WORLD_UES; i++)
    init_ue(world, i);
  world->as_config = (struct aaa_config){
      .local = {.ip = {HOST_AS}, .port = RADIUS_PORT},
      .radius = {.clients = world->clients, .client_count = APS_WORLD_APS, .conversations_max = 64},
      .eap = {.lookup = nobody, .erp = &world->roots_config},
      .key_clients = world->key_clients,
      .key_client_count = APS_WORLD_APS,
      .roots = &world->roots,
  };
}

static void start_aps(struct aps_world *world, size_t aps) {
  world->aps[aps] = bootstrap_aps_create(&world->aps_config[aps], &world->aps_party[aps].hooks);
  assert_non_null(world->aps[aps]);
}

void aps_world_restart(struct aps_world *world, size_t aps) {
  node_destroy(world->aps[aps]);
  start_aps(world, aps);
}

void aps_world_start(struct aps_world *world) {
  assert_true(erp_server_init(&world->roots, &world->roots_config, &world->as_party.hooks));
  world->as = aaa_create(&world->as_config, &world->as_party.hooks);
  assert_non_null(world->as);
  for (size_t i = 0; i < APS_WORLD_APS; i++)
    start_aps(world, i);
  for (size_t i = 0; i < APS_WORLD_UES; i++) {
    struct aps_world_ue *ue = &world->ues[i];
    coap_session_init(&ue->coap, &world->coap, &ue->party.hooks);
    erp_peer_init(&ue->erp, &ue->erp_config, &ue->party.hooks);
    aps_world_authenticate(world, i);
  }
}

void aps_world_end(struct aps_world *world) {
  for (size_t i = 0; i < APS_WORLD_UES; i++) {
    association_pair_close(&world->ues[i].channel);
    coap_session_wipe(&world->ues[i].coap);
    erp_peer_wipe(&world->ues[i].erp);
    node_destroy(world->ues[i].node);
  }
  for (size_t i = 0; i < APS_WORLD_APS; i++)
    node_destroy(world->aps[i]);
  node_destroy(world->as);
  erp_server_deinit(&world->roots);
}

enum bootstrap_channel aps_world_channels[BOOTSTRAP_CHANNEL_COUNT] = {
    [BOOTSTRAP_CHANNEL_DTLS] = BOOTSTRAP_CHANNEL_DTLS,
    [BOOTSTRAP_CHANNEL_IKEV2] = BOOTSTRAP_CHANNEL_IKEV2,
    [BOOTSTRAP_CHANNEL_IKEV2_UDP] = BOOTSTRAP_CHANNEL_IKEV2_UDP,
};

enum bootstrap_channel aps_world_channel_of(void *const *state) {
  return *(const enum bootstrap_channel *)*state;
}

enum bootstrap_pull aps_world_handshake_pull(enum bootstrap_channel channel) {
  unsigned pull = 0;
  while (bootstrap_pull_trigger(pull) != BOOTSTRAP_TRIGGER_HANDSHAKE ||
         !bootstrap_pull_goes_with(pull, channel))
    pull++;
  return (enum bootstrap_pull)pull;
}

const char *aps_world_refusal(enum bootstrap_channel channel) {
  static const char *const refusals[] = {
      [BOOTSTRAP_DTLS] = "dtls-unknown-identity", [BOOTSTRAP_IKEV2] = "ikev2-authentication"};
  return refusals[bootstrap_channel_use(channel)];
}

/* The network */

/* What can be handed datagrams: the AS, the ApS, the UEs. */
enum { HOST_COUNT = 1 + APS_WORLD_APS + APS_WORLD_UES };

static struct node *host_node(const struct aps_world *world, size_t host) {
  if (host == 0)
    return world->as;
  return host <= APS_WORLD_APS ? world->aps[host - 1] : world->ues[host - 1 - APS_WORLD_APS].node;
}

static struct aps_world_ue *host_ue(struct aps_world *world, size_t host) {
  return &world->ues[host - 1 - APS_WORLD_APS];
}

static size_t host_of(const struct node_address *address) {
  const uint8_t octet = address->ip[0];
  if (octet == HOST_AS)
    return 0;
  if (octet >= HOST_APS && octet < HOST_APS + APS_WORLD_APS)
    return 1 + (size_t)(octet - HOST_APS);
  if (octet >= HOST_UE && octet < HOST_UE + APS_WORLD_UES)
    return 1 + APS_WORLD_APS + (size_t)(octet - HOST_UE);
  return HOST_COUNT;
}

static void depart_cut(struct aps_world *world, const struct node_datagram *datagram) {
  world->cut_count++;
  if (datagram->destination.port == RADIUS_PORT)
    return;
  world->cut_octets += datagram->length;
  world->cut_last_length = datagram->length;
  memcpy(world->cut_last, datagram->data, datagram->length);
}

static void depart(struct aps_world *world, const struct node_datagram *datagram) {
  if (world->is_cut) {
    depart_cut(world, datagram);
    return;
  }
  assert_true(world->count < APS_WORLD_LOG_MAX);
  struct aps_world_datagram *sent = &world->log[world->count];
  const bool backhaul =
      datagram->source.port == RADIUS_PORT || datagram->destination.port == RADIUS_PORT;
  assert_int_equal(span_list_length(&datagram->spans), datagram->length);
  *sent = (struct aps_world_datagram){.source = datagram->source,
                                      .destination = datagram->destination,
                                      .protocol = datagram->protocol,
                                      .length = datagram->length,
                                      .label = datagram->label,
                                      .phase = datagram->phase,
                                      .part = datagram->part,
                                      .copy = datagram->copy,
                                      .sent_ns = world->now_ns};
  memcpy(sent->data, datagram->data, datagram->length);
  sent->arrival_ns[0] =
      world->now_ns + (backhaul ? world->as_latency_ns : APS_WORLD_LATENCY_MS * NODE_MS);
  sent->arrival_ns[1] = NODE_NEVER;
  if (world->as_is_dead && host_of(&sent->destination) == 0)
    sent->arrival_ns[0] = NODE_NEVER;
  if (world->fate != NULL)
    world->fate(world, world->count, sent);
  world->count++;
}

static struct aps_world_party *host_party(struct aps_world *world, size_t host) {
  if (host == 0)
    return &world->as_party;
  return host <= APS_WORLD_APS ? &world->aps_party[host - 1] : &host_ue(world, host)->party;
}

static void call_around(const struct aps_world *world, size_t host, bool begins) {
  if (world->around != NULL && host > 0 && host <= APS_WORLD_APS)
    world->around(begins);
}

static void host_flush(struct aps_world *world, size_t host) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node *node = host_node(world, host);
  struct aps_world_party *party = host_party(world, host);
  party->writes = node != NULL;
  for (int result = 1; result == 1;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    call_around(world, host, true);
    result = node != NULL ? node_write(node, &datagram, world->now_ns)
                          : aps_world_ue_write(host_ue(world, host), &datagram);
    call_around(world, host, false);
    assert_true(result >= 0);
    if (result == 1)
      depart(world, &datagram);
  }
  party->writes = false;
}

void aps_world_flush(struct aps_world *world, size_t ue) {
  host_flush(world, 1 + APS_WORLD_APS + ue);
}

static void host_read(struct aps_world *world, size_t host, const struct node_datagram *datagram) {
  if (host == HOST_COUNT)
    return;
  struct node *node = host_node(world, host);
  if (node == NULL) {
    aps_world_ue_read(host_ue(world, host), datagram);
  } else {
    call_around(world, host, true);
    const int result = node_read(node, datagram, world->now_ns);
    call_around(world, host, false);
    assert_int_equal(result, 0);
  }
  host_flush(world, host);
}

void aps_world_inject(struct aps_world *world, const struct node_address *source,
                      const struct node_address *destination, const uint8_t *data, size_t length) {
  aps_world_inject_of(world, NODE_UDP, source, destination, data, length);
}

void aps_world_inject_of(struct aps_world *world, enum node_protocol protocol,
                         const struct node_address *source, const struct node_address *destination,
                         const uint8_t *data, size_t length) {
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  if (length > 0)
    memcpy(exact, data, length);
  const struct node_datagram datagram = {.source = *source,
                                         .destination = *destination,
                                         .protocol = protocol,
                                         .data = exact,
                                         .length = length};
  host_read(world, host_of(destination), &datagram);
  free(exact);
}

static uint64_t host_expiry(struct aps_world *world, size_t host) {
  const struct node *node = host_node(world, host);
  return node != NULL ? node_expiry(node) : aps_world_ue_expiry(host_ue(world, host));
}

static void host_handle_expiry(struct aps_world *world, size_t host) {
  struct node *node = host_node(world, host);
  if (node == NULL) {
    aps_world_ue_handle_expiry(host_ue(world, host));
  } else {
    call_around(world, host, true);
    const int result = node_handle_expiry(node, world->now_ns);
    call_around(world, host, false);
    assert_int_equal(result, 0);
  }
  host_flush(world, host);
}

static uint64_t *next_arrival(struct aps_world *world, size_t *number) {
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

static size_t next_host(struct aps_world *world) {
  size_t next = 0;
  for (size_t i = 1; i < HOST_COUNT; i++)
    if (host_expiry(world, i) < host_expiry(world, next))
      next = i;
  return next;
}

static void arrive(struct aps_world *world, size_t number) {
  const struct aps_world_datagram *sent = &world->log[number];
  aps_world_inject_of(world, sent->protocol, &sent->source, &sent->destination, sent->data,
                      sent->length);
}

void aps_world_run(struct aps_world *world, uint64_t until_ns) {
  size_t number = 0;
  for (unsigned step = 0; step < STEPS_MAX; step++) {
    uint64_t *arrival = next_arrival(world, &number);
    const size_t host = next_host(world);
    const uint64_t expiry_ns = host_expiry(world, host);
    const uint64_t next_ns = arrival != NULL && *arrival <= expiry_ns ? *arrival : expiry_ns;
    if (next_ns > until_ns || next_ns == NODE_NEVER)
      return;
    if (next_ns > world->now_ns)
      world->now_ns = next_ns;
    if (arrival == NULL || *arrival > expiry_ns) {
      host_handle_expiry(world, host);
      continue;
    }
    *arrival = NODE_NEVER;
    arrive(world, number);
  }
  fail_msg("it does not come to an end");
}

void aps_world_run_ms(struct aps_world *world, uint64_t ms) {
  const uint64_t until_ns = world->now_ns + ms * NODE_MS;
  aps_world_run(world, until_ns);
  world->now_ns = until_ns;
}

/* What was seen */

uint64_t aps_world_state(const struct aps_world *world, size_t aps) {
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(world->aps[aps], &digest, world->now_ns));
  return digest.low ^ digest.high;
}

size_t aps_world_count(const struct aps_world *world, const char *label) {
  size_t count = 0;
  for (size_t i = 0; i < world->count; i++)
    count += strcmp(world->log[i].label, label) == 0;
  return count;
}

const struct aps_world_datagram *aps_world_flown(const struct aps_world *world, const char *label) {
  for (size_t i = 0; i < world->count; i++)
    if (strcmp(world->log[i].label, label) == 0)
      return &world->log[i];
  fail_msg("no %s was sent", label);
  return NULL;
}

unsigned aps_world_told(const struct aps_world *world, size_t aps, enum node_phase phase,
                        enum node_event_type type) {
  return world->aps_party[aps].told.count[phase][type];
}

const char *aps_world_why(const struct aps_world *world, size_t aps, enum node_phase phase,
                          enum node_event_type type) {
  const char *label = world->aps_party[aps].told.label[phase][type];
  return label == NULL ? "" : label;
}
