/* A crowd of peers in virtual time. */
#include "crowd.h"

#include "aaa/aaa.h"
#include "deadline.h"
#include "eap/psk.h"
#include "heap.h"
#include "seeded.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PSK "tfg-passwordtest"
#define IDENTITY "tfg-user-test"
#define RADIUS_SECRET "testing123"

enum { OWNER_CROWD = CROWD_KINDS, LINKS = 3 };

static_assert((int)OWNER_CROWD < (int)HEAP_OWNERS, "each kind has a heap");

struct crowd_host {
  struct crowd *crowd;
  enum crowd_kind kind;
  struct node *node;
  struct node_hooks hooks;
  struct node_address address;
  struct seeded random;
  struct deadline deadline;
  /* Of a peer: what either end has said of it last. */
  bool peer_confirmed, authenticator_confirmed;
  uint8_t peer_secret[EAP_KEY_LENGTH], authenticator_secret[EAP_KEY_LENGTH];
  bool has_failed;
};

struct crowd_datagram {
  struct crowd_datagram *next;
  struct node_address source, destination;
  uint64_t arrival_ns;
  size_t length;
  uint8_t data[];
};

/* Each link keeps order. */
struct crowd_link {
  struct crowd_datagram *first, *last;
};

enum { LINK_TO_PEERS, LINK_TO_AUTHENTICATOR, LINK_WIRE };

struct crowd {
  const struct crowd_config *config;
  struct crowd_result *result;
  uint64_t now_ns;
  uint64_t authenticator_free_ns; /* when it has taken all that came so far */
  struct crowd_host *hosts;       /* the authenticator, the peers, the AAA server */
  size_t host_count;
  struct deadline_heap deadlines;
  struct crowd_link links[LINKS];
  struct eap_peer_method peer_method;
  struct eap_server_method server_method;
  struct eap_peer_config peer_eap;
  struct eap_user user;
  struct radius_server_client radius_client;
};

/* Hosts */

static size_t crowd_index(const struct node_address *address) {
  return (size_t)address->ip[13] << 16 | (size_t)address->ip[14] << 8 | address->ip[15];
}

static const struct eap_user *crowd_lookup(void *context, const uint8_t *identity, size_t length) {
  const struct crowd *crowd = context;
  (void)identity;
  return length == strlen(IDENTITY) ? &crowd->user : NULL;
}

static bool is_joined(const struct crowd_host *peer) {
  return peer->peer_confirmed && peer->authenticator_confirmed &&
         memcmp(peer->peer_secret, peer->authenticator_secret, sizeof peer->peer_secret) == 0;
}

static void crowd_note_joined(struct crowd *crowd) {
  struct crowd_result *result = crowd->result;
  result->established++;
  result->last_ns = crowd->now_ns;
  for (unsigned i = 0; i < CROWD_KINDS; i++)
    result->heap_joined[i] = heap_octets(i);
}

static void crowd_hook_event(void *context, const struct node_event *event) {
  struct crowd_host *host = context;
  struct crowd *crowd = host->crowd;
  if (host->kind == CROWD_AAA)
    return;
  const size_t index = crowd_index(&event->remote);
  const bool at_peer = host->kind == CROWD_PEER;
  if (!at_peer && (index == 0 || index > crowd->config->peers))
    return; /* of the AAA server */
  struct crowd_host *peer = at_peer ? host : &crowd->hosts[index];
  const bool joined = is_joined(peer);
  if (event->type == NODE_EVENT_KEY)
    memcpy(at_peer ? peer->peer_secret : peer->authenticator_secret, event->secret,
           event->secret_length);
  if (event->type == NODE_EVENT_CONFIRMED)
    *(at_peer ? &peer->peer_confirmed : &peer->authenticator_confirmed) = true;
  crowd->result->attempts +=
      at_peer && event->type == NODE_EVENT_STARTED && strcmp(event->label, "trigger") == 0;
  crowd->result->failed += at_peer && event->type == NODE_EVENT_FAILED;
  if (!joined && is_joined(peer))
    crowd_note_joined(crowd);
}

static void crowd_hook_random(void *context, uint8_t *bytes, size_t length) {
  struct crowd_host *host = context;
  seeded_bytes(&host->random, bytes, length);
}

static void crowd_init_host(struct crowd *crowd, size_t index, enum crowd_kind kind) {
  struct crowd_host *host = &crowd->hosts[index];
  *host = (struct crowd_host){
      .crowd = crowd,
      .kind = kind,
      .hooks = {.context = host, .random = crowd_hook_random, .event = crowd_hook_event},
      .random = {.state = UINT64_C(0x9e3779b97f4a7c15) * (index + 1)},
      .address = {.ip = {0xfd, [13] = (uint8_t)(index >> 16), (uint8_t)(index >> 8),
                         (uint8_t)index},
                  .port = lower_of(&crowd->config->options)->port},
      .deadline = {.owner = host}};
}

static struct crowd_host *crowd_aaa(const struct crowd *crowd) {
  return crowd->config->radius_ports == 0 ? NULL : &crowd->hosts[crowd->config->peers + 1];
}

static void crowd_create_peer(struct crowd *crowd, size_t number) {
  const struct crowd_config *config = crowd->config;
  struct crowd_host *host = &crowd->hosts[1 + number];
  const struct lower_peer_config peer = {
      .options = &config->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = host->address,
      .authenticator = crowd->hosts[0].address,
      .begins = true,
      .start_ns = NODE_MS + config->spread_ns / config->peers * number,
      .eap = crowd->peer_eap,
  };
  host->node = lower_of(&config->options)->peer(&peer, &host->hooks);
}

static void crowd_create_authenticator(struct crowd *crowd) {
  const struct crowd_config *config = crowd->config;
  struct crowd_host *host = &crowd->hosts[0];
  struct radius_client_config radius = {
      .local = host->address,
      .port_count = config->radius_ports,
      .secret = {.octets = (const uint8_t *)RADIUS_SECRET, .length = strlen(RADIUS_SECRET)},
      .nas_identifier = "controller",
  };
  radius.local.port = RADIUS_FIRST_PORT_DEFAULT;
  if (config->radius_ports > 0)
    radius.server = crowd_aaa(crowd)->address;
  radius.server.port = RADIUS_PORT;
  const struct lower_authenticator_config authenticator = {
      .options = &config->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = host->address,
      .peers_max = config->peers,
      .eap = {.lookup = crowd_lookup, .context = crowd},
      .radius = config->radius_ports > 0 ? &radius : NULL,
  };
  host->node = lower_of(&config->options)->authenticator(&authenticator, &host->hooks);
}

static void crowd_create_aaa(struct crowd *crowd) {
  struct crowd_host *host = crowd_aaa(crowd);
  crowd->radius_client = (struct radius_server_client){
      .secret = {.octets = (const uint8_t *)RADIUS_SECRET, .length = strlen(RADIUS_SECRET)}};
  memcpy(crowd->radius_client.ip, crowd->hosts[0].address.ip, sizeof crowd->radius_client.ip);
  struct aaa_config aaa = {.local = host->address,
                           .radius = {.clients = &crowd->radius_client,
                                      .client_count = 1,
                                      .conversations_max = 2 * crowd->config->peers},
                           .eap = {.lookup = crowd_lookup, .context = crowd}};
  aaa.local.port = RADIUS_PORT;
  host->node = aaa_create(&aaa, &host->hooks);
}

static void crowd_init_eap(struct crowd *crowd) {
  crowd->peer_method =
      (struct eap_peer_method){.method = &EAP_PSK_PEER,
                               .credential = {.psk = (const uint8_t *)PSK,
                                              .local_id = (const uint8_t *)"client",
                                              .local_id_length = strlen("client")}};
  crowd->server_method =
      (struct eap_server_method){.method = &EAP_PSK_SERVER,
                                 .credential = {.psk = (const uint8_t *)PSK,
                                                .local_id = (const uint8_t *)"hostapd",
                                                .local_id_length = strlen("hostapd")}};
  crowd->peer_eap = (struct eap_peer_config){.identity = (const uint8_t *)IDENTITY,
                                             .identity_length = strlen(IDENTITY),
                                             .methods = &crowd->peer_method,
                                             .method_count = 1};
  crowd->user = (struct eap_user){.identity = (const uint8_t *)IDENTITY,
                                  .identity_length = strlen(IDENTITY),
                                  .methods = &crowd->server_method,
                                  .method_count = 1};
}

static void crowd_schedule(struct crowd_host *host) {
  deadline_set(&host->crowd->deadlines, &host->deadline, node_expiry(host->node));
}

static void crowd_init(struct crowd *crowd) {
  const size_t peers = crowd->config->peers;
  crowd->host_count = peers + 1 + (crowd->config->radius_ports > 0 ? 1 : 0);
  crowd->hosts = calloc(crowd->host_count, sizeof *crowd->hosts);
  assert(crowd->hosts != NULL);
  if (!deadline_heap_init(&crowd->deadlines, crowd->host_count))
    abort();
  crowd_init_eap(crowd);
  crowd_init_host(crowd, 0, CROWD_AUTHENTICATOR);
  for (size_t i = 0; i < peers; i++)
    crowd_init_host(crowd, 1 + i, CROWD_PEER);
  if (crowd_aaa(crowd) != NULL)
    crowd_init_host(crowd, 1 + peers, CROWD_AAA);
  heap_owner(CROWD_AUTHENTICATOR);
  crowd_create_authenticator(crowd);
  heap_owner(CROWD_AAA);
  if (crowd_aaa(crowd) != NULL)
    crowd_create_aaa(crowd);
  heap_owner(CROWD_PEER);
  for (size_t i = 0; i < peers; i++)
    crowd_create_peer(crowd, i);
  heap_owner(OWNER_CROWD);
  for (size_t i = 0; i < crowd->host_count; i++) {
    assert(crowd->hosts[i].node != NULL);
    crowd_schedule(&crowd->hosts[i]);
  }
}

/* Datagrams */

/* When the authenticator has taken what comes now; NODE_NEVER: it is lost. */
static uint64_t crowd_taken_ns(struct crowd *crowd, uint64_t arrival_ns) {
  const size_t rate = crowd->config->authenticator_rate;
  if (rate == 0)
    return arrival_ns;
  const uint64_t each_ns = NODE_SECOND / rate;
  uint64_t *free_ns = &crowd->authenticator_free_ns;
  *free_ns = *free_ns > arrival_ns ? *free_ns : arrival_ns;
  if (*free_ns - arrival_ns > crowd->config->authenticator_queue * each_ns)
    return NODE_NEVER;
  return *free_ns += each_ns;
}

static void crowd_launch(struct crowd *crowd, const struct node_datagram *datagram) {
  const size_t aaa = crowd->config->peers + 1;
  const size_t from = crowd_index(&datagram->source), to = crowd_index(&datagram->destination);
  const bool wire = from == aaa || to == aaa;
  struct crowd_link *link = &crowd->links[wire      ? LINK_WIRE
                                          : to == 0 ? LINK_TO_AUTHENTICATOR
                                                    : LINK_TO_PEERS];
  uint64_t arrival_ns =
      crowd->now_ns + (wire ? crowd->config->aaa_latency_ns : crowd->config->latency_ns);
  crowd->result->datagrams++;
  if (!wire && to == 0)
    arrival_ns = crowd_taken_ns(crowd, arrival_ns);
  if (arrival_ns == NODE_NEVER)
    return;
  struct crowd_datagram *flying = malloc(sizeof *flying + datagram->length);
  assert(flying != NULL);
  *flying = (struct crowd_datagram){.source = datagram->source,
                                    .destination = datagram->destination,
                                    .arrival_ns = arrival_ns,
                                    .length = datagram->length};
  memcpy(flying->data, datagram->data, datagram->length);
  *(link->first == NULL ? &link->first : &link->last->next) = flying;
  link->last = flying;
}

static void crowd_drain(struct crowd_host *host) {
  uint8_t data[NODE_DATAGRAM_MAX];
  int result;
  do {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    heap_owner(host->kind);
    result = node_write(host->node, &datagram, host->crowd->now_ns);
    heap_owner(OWNER_CROWD);
    assert(result >= 0);
    if (result == 1)
      crowd_launch(host->crowd, &datagram);
  } while (result == 1);
  crowd_schedule(host);
}

static struct crowd_link *crowd_next_link(struct crowd *crowd) {
  struct crowd_link *next = NULL;
  for (size_t i = 0; i < LINKS; i++) {
    struct crowd_link *link = &crowd->links[i];
    if (link->first != NULL && (next == NULL || link->first->arrival_ns < next->first->arrival_ns))
      next = link;
  }
  return next;
}

static void crowd_arrive(struct crowd *crowd, struct crowd_link *link) {
  struct crowd_datagram *flying = link->first;
  struct crowd_host *host = &crowd->hosts[crowd_index(&flying->destination)];
  const struct node_datagram datagram = {.source = flying->source,
                                         .destination = flying->destination,
                                         .data = flying->data,
                                         .length = flying->length};
  link->first = flying->next;
  crowd->now_ns = flying->arrival_ns;
  heap_owner(host->kind);
  const int result = node_read(host->node, &datagram, crowd->now_ns);
  heap_owner(OWNER_CROWD);
  assert(result == 0);
  (void)result;
  free(flying);
  crowd_drain(host);
}

static void crowd_wake(struct crowd *crowd) {
  struct crowd_host *host = deadline_next(&crowd->deadlines)->owner;
  const uint64_t due_ns = deadline_next_ns(&crowd->deadlines);
  crowd->now_ns = due_ns > crowd->now_ns ? due_ns : crowd->now_ns;
  heap_owner(host->kind);
  const int result = node_handle_expiry(host->node, crowd->now_ns);
  heap_owner(OWNER_CROWD);
  assert(result == 0);
  (void)result;
  crowd_drain(host);
}

void crowd_run(const struct crowd_config *config, struct crowd_result *result) {
  struct crowd crowd = {.config = config, .result = result};
  *result = (struct crowd_result){.established = 0};
  heap_reset();
  crowd_init(&crowd);
  for (unsigned i = 0; i < CROWD_KINDS; i++)
    result->heap_empty[i] = heap_octets(i);
  for (;;) {
    struct crowd_link *link = crowd_next_link(&crowd);
    const uint64_t due_ns = deadline_next_ns(&crowd.deadlines);
    if (link != NULL && link->first->arrival_ns <= due_ns)
      crowd_arrive(&crowd, link);
    else if (due_ns != NODE_NEVER)
      crowd_wake(&crowd);
    else
      break;
  }
  for (unsigned i = 0; i < CROWD_KINDS; i++) {
    result->heap_at_rest[i] = heap_octets(i);
    result->heap_peak[i] = heap_octets_peak(i);
  }
  result->load = lower_of(&config->options)->authenticator_load(crowd.hosts[0].node);
  for (size_t i = 0; i < crowd.host_count; i++) {
    heap_owner(crowd.hosts[i].kind);
    node_destroy(crowd.hosts[i].node);
  }
  heap_owner(OWNER_CROWD);
  deadline_heap_deinit(&crowd.deadlines);
  free(crowd.hosts);
}
