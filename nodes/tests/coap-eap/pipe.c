/* Virtual-time network for tests. */
#include "pipe.h"

#include "coap-eap/ordering.h"
#include "eap/edhoc.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LATENCY_NS (10 * NODE_MS)
#define PSK "tfg-passwordtest"
#define IDENTITY "tfg-user-test"
#define RADIUS_SECRET "testing123"
#define REALM "example.test"

enum { FLIGHT_FIRST = 32 };

const struct pipe_config PIPE_DEFAULT = {
    .peers = 1,
    .payload_bytes = LOWER_PAYLOAD_DEFAULT,
    .peer_psk = PSK,
    .peer_identity = IDENTITY,
};

void pipe_set(struct pipe_config *config, const char *option, const char *value) {
  const struct option_row *row = lower_option(option);
  double parsed;
  const bool good = row != NULL && option_parse(row, value, &parsed);
  assert(good);
  if (good)
    option_set(&config->options, row, parsed);
}

void pipe_set_number(struct pipe_config *config, const char *option, size_t value) {
  option_set(&config->options, lower_option(option), (double)value);
}

struct pipe_config pipe_with_ordering(unsigned policy) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "ordering", COAP_EAP_ORDERING_NAMES[policy]);
  return config;
}

const struct lower_layer *pipe_lower(const struct pipe *pipe) {
  return lower_of(&pipe->config.options);
}

static void pipe_hook_random(void *context, uint8_t *bytes, size_t length) {
  struct pipe_host *host = context;
  for (size_t i = 0; i < length; i++) {
    host->random = host->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    bytes[i] = (uint8_t)(host->random >> 56);
  }
}

static size_t peer_index(const struct pipe *pipe, const struct pipe_host *host,
                         const struct node_address *remote) {
  if (host == pipe->aaa_host)
    return 0;
  if (host != &pipe->hosts[0])
    return (size_t)(host - pipe->hosts) - 1;
  for (size_t i = 0; i < pipe->config.peers; i++)
    if (node_address_equal(&pipe->hosts[1 + i].address, remote))
      return i;
  const bool of_aaa =
      pipe->aaa_host != NULL && memcmp(remote->ip, pipe->aaa_host->address.ip, 16) == 0;
  return of_aaa ? 0 : SIZE_MAX;
}

static void note_delivery(struct pipe_party *party, const char *label) {
  for (unsigned i = 0; i < party->delivered && i < PIPE_EVENTS_MAX; i++)
    party->delivered_twice = party->delivered_twice || strcmp(party->labels[i], label) == 0;
  if (party->delivered < PIPE_EVENTS_MAX)
    party->labels[party->delivered] = label;
  party->delivered++;
}

static void pipe_hook_event(void *context, const struct node_event *event) {
  struct pipe_host *host = context;
  struct pipe *pipe = host->pipe;
  const size_t index = peer_index(pipe, host, &event->remote);
  if (index == SIZE_MAX)
    return;
  struct pipe_party *party = host == &pipe->hosts[0]  ? &pipe->authenticator[index]
                             : host == pipe->aaa_host ? &pipe->aaa
                                                      : &pipe->peer[index];
  switch (event->type) {
  case NODE_EVENT_STARTED: /* a new authentication: what was delivered before does not count */
    party->delivered = 0;
    break;
  case NODE_EVENT_DELIVERED:
    note_delivery(party, event->label);
    break;
  case NODE_EVENT_DISCARDED:
    party->discarded++;
    party->last_discard = event->label;
    break;
  case NODE_EVENT_KEY:
    party->keys++;
    assert(event->secret_length <= sizeof party->secret);
    party->secret_length = event->secret_length;
    memcpy(party->secret, event->secret, event->secret_length);
    break;
  case NODE_EVENT_CONFIRMED:
    party->confirmed++;
    break;
  case NODE_EVENT_FAILED:
    party->failed++;
    party->failed_ns = pipe->now_ns;
    party->reason = event->label;
    break;
  case NODE_EVENT_RETRYING:
    party->retrying++;
    party->reason = event->label;
    break;
  case NODE_EVENT_SERVED:
    party->served++;
    break;
  case NODE_EVENT_ANSWERED:
    party->answered++;
    break;
  case NODE_EVENT_CLOSED:
    party->closed++;
    party->last_close = event->label;
    break;
  case NODE_EVENT_UNANSWERED:
    party->unanswered++;
    break;
  case NODE_EVENT_SECRET:
    break;
  }
}

static void pipe_hook_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct pipe_host *host = context;
  assert(!host->writes);
  host->cost[primitive] += blocks;
}

static const struct eap_user *pipe_lookup(void *context, const uint8_t *identity, size_t length) {
  const struct pipe *pipe = context;
  const size_t most = strlen(IDENTITY) + pipe->config.numbered;
  const bool known = pipe->config.any_identity ||
                     (length == most && memcmp(identity, IDENTITY, strlen(IDENTITY)) == 0);
  return (pipe->config.edhoc ? parties_know(identity, length) : known) ? &pipe->user : NULL;
}

/* EAP-PSK that goes well, but for the MSK that the peer takes from it. */
static int wrong_keys(const void *state, struct eap_keys *keys) {
  const int result = EAP_PSK_PEER.keys(state, keys);
  keys->msk[0] ^= 1;
  return result;
}

static struct eap_method wrong_msk_method;

static void init_psk(struct pipe *pipe, size_t peer) {
  wrong_msk_method = EAP_PSK_PEER;
  wrong_msk_method.keys = wrong_keys;
  pipe->peer_methods[peer] =
      (struct eap_peer_method){.method = pipe->config.wrong_msk ? &wrong_msk_method : &EAP_PSK_PEER,
                               .credential = {.psk = (const uint8_t *)pipe->config.peer_psk,
                                              .local_id = (const uint8_t *)"client",
                                              .local_id_length = 6}};
  pipe->server_method =
      (struct eap_server_method){.method = &EAP_PSK_SERVER,
                                 .credential = {.psk = (const uint8_t *)PSK,
                                                .local_id = (const uint8_t *)"hostapd",
                                                .local_id_length = 7}};
}

static void init_edhoc(struct pipe *pipe, size_t peer) {
  const struct pipe_config *config = &pipe->config;
  pipe->peer_methods[peer] = (struct eap_peer_method){
      .method = &EAP_EDHOC_PEER,
      .credential = {.edhoc = &pipe->parties->peers[peer].config, .mtu = config->eap_mtu}};
  pipe->server_method = (struct eap_server_method){
      .method = &EAP_EDHOC_SERVER,
      .credential = {.edhoc = &pipe->parties->server.config, .mtu = config->eap_mtu}};
  if (config->edhoc_wrong_key)
    pipe->parties->peers[peer].own.private = pipe->parties->root_private;
}

static void init_eap(struct pipe *pipe) {
  const struct pipe_config *config = &pipe->config;
  const struct parties_options options = {.peers = config->peers,
                                          .method = config->edhoc_method,
                                          .suite = 2,
                                          .credential = config->edhoc_credential};
  const char *identity = config->edhoc ? PARTIES_ANONYMOUS : IDENTITY;
  const bool is_user = strcmp(config->peer_identity, IDENTITY) == 0;
  if (config->edhoc) {
    pipe->parties = calloc(1, sizeof *pipe->parties);
    assert(pipe->parties != NULL);
    parties_init(pipe->parties, &options);
  }
  for (size_t i = 0; i < config->peers; i++) {
    (config->edhoc ? init_edhoc : init_psk)(pipe, i);
    strncpy(pipe->identities[i], is_user ? identity : config->peer_identity, NODE_IDENTITY_MAX);
    if (config->numbered)
      pipe->identities[i][strlen(pipe->identities[i])] = (char)('0' + i);
    pipe->peer_eap[i] = (struct eap_peer_config){.identity = (const uint8_t *)pipe->identities[i],
                                                 .identity_length = strlen(pipe->identities[i]),
                                                 .methods = &pipe->peer_methods[i],
                                                 .method_count = 1};
  }
  pipe->user = (struct eap_user){.many = config->any_identity || config->numbered,
                                 .identity = (const uint8_t *)identity,
                                 .identity_length = strlen(identity),
                                 .methods = &pipe->server_method,
                                 .method_count = 1,
                                 .refused = config->refused};
}

static void init_erp(struct pipe *pipe) {
  pipe->erp_peer = pipe->config.erp_peer;
  pipe->erp_server = pipe->config.erp_server;
  pipe->erp_server.realm = (const uint8_t *)REALM;
  pipe->erp_server.realm_length = strlen(REALM);
  pipe->erp_server.keys_max = PIPE_PEERS_MAX;
  if (pipe->erp_peer.realm != NULL)
    return;
  pipe->erp_peer.realm = pipe->erp_server.realm;
  pipe->erp_peer.realm_length = pipe->erp_server.realm_length;
}

static const struct erp_server_config *erp_server_of(const struct pipe *pipe) {
  return pipe->config.erp == PIPE_NO_ERP ? NULL : &pipe->erp_server;
}

static void pipe_init_host(struct pipe *pipe, size_t index) {
  struct pipe_host *host = &pipe->hosts[index];
  host->pipe = pipe;
  host->random = 77 + index;
  host->hooks = (struct node_hooks){.context = host,
                                    .random = pipe_hook_random,
                                    .event = pipe_hook_event,
                                    .cost = pipe_hook_cost};
  host->address = (struct node_address){.ip = {0xfd, [14] = (uint8_t)(index >> 8), (uint8_t)index},
                                        .port = pipe_lower(pipe)->port};
}

static struct node_address radius_address(const struct pipe *pipe, const struct pipe_host *host) {
  struct node_address address = host->address;
  address.port = host == pipe->aaa_host ? RADIUS_PORT : RADIUS_FIRST_PORT_DEFAULT;
  return address;
}

static const struct aaa_authorization *pipe_authorize(void *context, const struct eap_name *name) {
  (void)name;
  return ((const struct pipe *)context)->config.authorization;
}

static void init_aaa(struct pipe *pipe) {
  const char *secret = pipe->config.aaa_secret == NULL ? RADIUS_SECRET : pipe->config.aaa_secret;
  pipe->radius_client = (struct radius_server_client){
      .secret = {.octets = (const uint8_t *)secret, .length = strlen(secret)}};
  memcpy(pipe->radius_client.ip, pipe->hosts[0].address.ip, sizeof pipe->radius_client.ip);
  const struct aaa_config aaa = {
      .local = radius_address(pipe, pipe->aaa_host),
      .radius = {.clients = &pipe->radius_client,
                 .client_count = 1,
                 .conversations_max = 2 * PIPE_PEERS_MAX},
      .eap = {.lookup = pipe_lookup, .context = pipe, .erp = erp_server_of(pipe)},
      .session_timeout_s = pipe->config.aaa_session_timeout_s,
      .answer_max = NODE_DATAGRAM_MAX,
      .authorize = pipe_authorize,
      .authorize_context = pipe};
  pipe->aaa_host->node = aaa_create(&aaa, &pipe->aaa_host->hooks);
  assert(pipe->aaa_host->node != NULL);
}

void pipe_stop_aaa(struct pipe *pipe) {
  node_destroy(pipe->aaa_host->node);
  pipe->aaa_host->node = NULL;
}

void pipe_restart_aaa(struct pipe *pipe) {
  pipe_stop_aaa(pipe);
  init_aaa(pipe);
}

static void init_authenticator(struct pipe *pipe) {
  const struct pipe_config *config = &pipe->config;
  const struct radius_client_config radius = {
      .local = radius_address(pipe, &pipe->hosts[0]),
      .port_count = RADIUS_PORTS_DEFAULT,
      .server =
          config->radius ? radius_address(pipe, pipe->aaa_host) : (struct node_address){.port = 0},
      .secret = {.octets = (const uint8_t *)RADIUS_SECRET, .length = strlen(RADIUS_SECRET)},
      .nas_identifier = "controller",
      .filters = config->filters,
      .filter_count = config->filter_count};
  struct lower_authenticator_config authenticator = config->limits;
  authenticator.options = &config->options;
  authenticator.payload_bytes = config->payload_bytes;
  authenticator.resumes = config->resumes;
  authenticator.local = pipe->hosts[0].address;
  authenticator.peers_max = config->limits.peers_max > 0 ? config->limits.peers_max : config->peers;
  authenticator.eap = (struct eap_server_config){
      .lookup = pipe_lookup, .context = pipe, .erp = erp_server_of(pipe)};
  if (config->erp != PIPE_NO_ERP)
    authenticator.erp_domain = (struct erp_value){(const uint8_t *)REALM, strlen(REALM)};
  authenticator.erp_begins = config->erp == PIPE_ERP_BY_AUTHENTICATOR;
  authenticator.radius = config->radius ? &radius : NULL;
  authenticator.edhoc = pipe->parties == NULL ? NULL : &pipe->parties->server.config;
  pipe->hosts[0].node = pipe_lower(pipe)->authenticator(&authenticator, &pipe->hosts[0].hooks);
  assert(pipe->hosts[0].node != NULL);
}

static void init_peer(struct pipe *pipe, size_t index, uint64_t start_ns) {
  struct pipe_host *host = &pipe->hosts[index];
  const struct lower_peer_config peer = {
      .options = &pipe->config.options,
      .payload_bytes = pipe->config.payload_bytes,
      .resumes = pipe->config.resumes && !pipe->config.peer_does_not_resume,
      .local = host->address,
      .authenticator = pipe->hosts[0].address,
      .erp =
          pipe->config.erp == PIPE_NO_ERP || pipe->config.peer_without_erp ? NULL : &pipe->erp_peer,
      .erp_begins = pipe->config.erp == PIPE_ERP_BY_PEER && !pipe->config.peer_without_erp,
      .begins = !pipe->config.trigger_off,
      .start_ns = start_ns,
      .eap = pipe->peer_eap[index - 1],
      .listener = pipe->config.listener,
      .edhoc = pipe->parties == NULL ? NULL : &pipe->parties->peers[index - 1].config};
  host->node = pipe_lower(pipe)->peer(&peer, &host->hooks);
  assert(host->node != NULL);
}

void pipe_init(struct pipe *pipe, const struct pipe_config *config) {
  memset(pipe, 0, sizeof *pipe);
  pipe->config = *config;
  pipe->host_count = 1 + config->peers + (config->radius ? 1 : 0);
  pipe->aaa_host = config->radius ? &pipe->hosts[1 + config->peers] : NULL;
  init_eap(pipe);
  init_erp(pipe);
  for (size_t i = 0; i < pipe->host_count; i++)
    pipe_init_host(pipe, i);
  if (config->radius && !config->no_aaa)
    init_aaa(pipe);
  if (!config->no_authenticator)
    init_authenticator(pipe);
  for (size_t i = 1; i <= config->peers; i++)
    init_peer(pipe, i, i * NODE_MS);
  if (config->trigger_off)
    pipe_begin(pipe, 0);
}

void pipe_deinit(struct pipe *pipe) {
  for (size_t i = 0; i < pipe->host_count; i++)
    node_destroy(pipe->hosts[i].node);
  free(pipe->flight);
  free(pipe->labels);
  free(pipe->parties);
}

void pipe_restart_peer(struct pipe *pipe, size_t peer) {
  node_destroy(pipe->hosts[1 + peer].node);
  init_peer(pipe, 1 + peer, pipe->now_ns);
}

void pipe_restart_authenticator(struct pipe *pipe) {
  node_destroy(pipe->hosts[0].node);
  init_authenticator(pipe);
}

/* Grown, not allocated at its longest: thousands of pipes are made, and most carry nine datagrams.
 */
static void pipe_reserve(struct pipe *pipe) {
  if (pipe->flight_count < pipe->flight_capacity)
    return;
  assert(pipe->flight_count < PIPE_FLIGHT_MAX);
  pipe->flight_capacity = pipe->flight_capacity == 0 ? FLIGHT_FIRST : 2 * pipe->flight_capacity;
  pipe->flight = realloc(pipe->flight, pipe->flight_capacity * sizeof *pipe->flight);
  pipe->labels = realloc(pipe->labels, pipe->flight_capacity * sizeof *pipe->labels);
  assert(pipe->flight != NULL && pipe->labels != NULL);
}

static struct pipe_datagram *pipe_put(struct pipe *pipe, const struct node_datagram *datagram,
                                      const char *label, uint64_t arrival_ns) {
  pipe_reserve(pipe);
  strncpy(pipe->labels[pipe->flight_count], label, PIPE_LABEL_MAX - 1);
  pipe->labels[pipe->flight_count][PIPE_LABEL_MAX - 1] = '\0';
  struct pipe_datagram *flying = &pipe->flight[pipe->flight_count++];
  *flying = (struct pipe_datagram){.source = datagram->source,
                                   .destination = datagram->destination,
                                   .protocol = datagram->protocol,
                                   .length = datagram->length,
                                   .arrival_ns = arrival_ns,
                                   .copy = datagram->copy,
                                   .phase = datagram->phase};
  memcpy(flying->data, datagram->data, datagram->length);
  return flying;
}

static bool is_lost(const struct pipe *pipe, size_t number, const struct node_datagram *datagram) {
  const bool to_authenticator =
      memcmp(datagram->destination.ip, pipe->hosts[0].address.ip, 16) == 0;
  switch (pipe->config.fault) {
  case PIPE_LOSE:
    return number == pipe->config.fault_at;
  case PIPE_LOSE_ALL_TO_PEERS:
    return number >= pipe->config.fault_at && !to_authenticator;
  case PIPE_LOSE_ALL_TO_AUTHENTICATOR:
    return number >= pipe->config.fault_at && to_authenticator;
  default:
    return false;
  }
}

/* Sends one datagram through the fault. */
static void launch(struct pipe *pipe, const struct node_datagram *datagram) {
  const size_t number = pipe->flight_count;
  struct pipe_datagram *flying =
      pipe_put(pipe, datagram, datagram->label, pipe->now_ns + LATENCY_NS);
  flying->arrived = is_lost(pipe, number, datagram);
  if (number != pipe->config.fault_at)
    return;
  if (pipe->config.fault == PIPE_DOUBLE)
    pipe_put(pipe, datagram, "", pipe->now_ns + LATENCY_NS);
  else if (pipe->config.fault == PIPE_DELAY)
    flying->arrival_ns += pipe->config.argument * NODE_MS;
  else if (pipe->config.fault == PIPE_TRUNCATE && pipe->config.argument < flying->length)
    flying->length = pipe->config.argument;
  else if (pipe->config.fault == PIPE_FLIP && pipe->config.argument < 8 * flying->length)
    flying->data[pipe->config.argument / 8] ^= (uint8_t)(1 << pipe->config.argument % 8);
}

static void pipe_drain(struct pipe *pipe, struct pipe_host *host) {
  uint8_t data[NODE_DATAGRAM_MAX];
  int result;
  pipe->now_ns += pipe->config.busy_ns;
  do {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    host->writes = true;
    result = node_write(host->node, &datagram, pipe->now_ns);
    host->writes = false;
    assert(result >= 0);
    if (result == 1) {
      assert(span_list_length(&datagram.spans) == datagram.length);
      launch(pipe, &datagram);
    }
  } while (result == 1);
}

void pipe_begin(struct pipe *pipe, size_t peer) {
  const int result =
      pipe_lower(pipe)->authenticator_begin(pipe->hosts[0].node, &pipe->hosts[1 + peer].address);
  assert(result == 0);
  (void)result;
  pipe_drain(pipe, &pipe->hosts[0]);
}

void pipe_trigger(struct pipe *pipe, size_t peer) {
  const int result = pipe_lower(pipe)->peer_begin(pipe->hosts[1 + peer].node, pipe->now_ns);
  assert(result == 0);
  (void)result;
}

int pipe_request(struct pipe *pipe, size_t peer, bool from_peer, enum lower_request kind,
                 const uint8_t *payload, size_t length) {
  struct pipe_host *host = &pipe->hosts[from_peer ? 1 + peer : 0];
  const int result = from_peer
                         ? pipe_lower(pipe)->peer_request(host->node, kind, payload, length)
                         : pipe_lower(pipe)->authenticator_request(
                               host->node, &pipe->hosts[1 + peer].address, kind, payload, length);
  pipe_drain(pipe, host);
  return result;
}

int pipe_call(struct pipe *pipe, size_t peer, const struct lower_call *call) {
  struct pipe_host *host = &pipe->hosts[1 + peer];
  const int result = pipe_lower(pipe)->peer_call(host->node, call);
  pipe_drain(pipe, host);
  return result;
}

void pipe_assert_answered(struct pipe *pipe, size_t peer, bool from_peer) {
  const struct pipe_party *party = from_peer ? &pipe->peer[peer] : &pipe->authenticator[peer];
  const unsigned before = party->answered;
  assert_int_equal(pipe_request(pipe, peer, from_peer, LOWER_POST, (const uint8_t *)"x", 1), 0);
  assert_true(pipe_run(pipe));
  assert_int_equal(party->answered, before + 1);
}

int pipe_end(struct pipe *pipe, size_t peer) {
  struct pipe_host *host = &pipe->hosts[0];
  const int result =
      pipe_lower(pipe)->authenticator_end(host->node, &pipe->hosts[1 + peer].address);
  pipe_drain(pipe, host);
  return result;
}

void pipe_inject(struct pipe *pipe, const struct node_address *source,
                 const struct node_address *destination, const uint8_t *data, size_t length) {
  uint8_t copy[NODE_DATAGRAM_MAX];
  memcpy(copy, data, length);
  const struct node_datagram datagram = {
      .source = *source, .destination = *destination, .data = copy, .length = length};
  pipe_put(pipe, &datagram, "", pipe->now_ns);
}

void pipe_inject_again(struct pipe *pipe, const struct pipe_datagram *datagram) {
  struct pipe_datagram copy = *datagram;
  const struct node_datagram again = {.source = copy.source,
                                      .destination = copy.destination,
                                      .protocol = copy.protocol,
                                      .data = copy.data,
                                      .length = copy.length};
  pipe_put(pipe, &again, "", pipe->now_ns);
}

size_t pipe_find(const struct pipe *pipe, const char *label) {
  size_t at = pipe->flight_count;
  while (at > 0 && strcmp(pipe->labels[at - 1], label) != 0)
    at--;
  assert(at > 0);
  return at - 1;
}

size_t pipe_count(const struct pipe *pipe, const char *label) {
  size_t count = 0;
  for (size_t i = 0; i < pipe->flight_count; i++)
    count += strcmp(pipe->labels[i], label) == 0;
  return count;
}

static struct pipe_datagram *pipe_next_arrival(struct pipe *pipe) {
  struct pipe_datagram *next = NULL;
  for (size_t i = 0; i < pipe->flight_count; i++)
    if (!pipe->flight[i].arrived && (next == NULL || pipe->flight[i].arrival_ns < next->arrival_ns))
      next = &pipe->flight[i];
  return next;
}

static struct pipe_host *pipe_next_expiry(struct pipe *pipe, uint64_t *expiry_ns) {
  struct pipe_host *next = NULL;
  *expiry_ns = NODE_NEVER;
  for (size_t i = 0; i < pipe->host_count; i++) {
    struct pipe_host *host = &pipe->hosts[i];
    if (host->node != NULL && node_expiry(host->node) < *expiry_ns) {
      next = host;
      *expiry_ns = node_expiry(host->node);
    }
  }
  return next;
}

static void pipe_arrive(struct pipe *pipe, struct pipe_datagram *flying) {
  flying->arrived = true;
  const struct pipe_datagram arrival = *flying; /* a copy: what is sent may move the flight */
  for (size_t i = 0; i < pipe->host_count; i++) {
    struct pipe_host *host = &pipe->hosts[i];
    if (host->node == NULL || memcmp(host->address.ip, arrival.destination.ip, 16) != 0)
      continue; /* each host has all ports */
    /* A heap copy of the exact length, so that a sanitizer sees every read beyond it. */
    uint8_t *copy = malloc(arrival.length == 0 ? 1 : arrival.length);
    memcpy(copy, arrival.data, arrival.length);
    const struct node_datagram datagram = {.source = arrival.source,
                                           .destination = arrival.destination,
                                           .protocol = arrival.protocol,
                                           .data = copy,
                                           .length = arrival.length};
    const int result = node_read(host->node, &datagram, pipe->now_ns);
    assert(result == 0);
    (void)result;
    free(copy);
    pipe_drain(pipe, host);
  }
}

bool pipe_run_until(struct pipe *pipe, uint64_t until_ns) {
  for (; pipe->steps < PIPE_STEPS_MAX; pipe->steps++) {
    uint64_t expiry_ns;
    struct pipe_host *host = pipe_next_expiry(pipe, &expiry_ns);
    struct pipe_datagram *arrival = pipe_next_arrival(pipe);
    const bool arrives = arrival != NULL && arrival->arrival_ns <= expiry_ns;
    if (!arrives && host == NULL)
      return true;
    const uint64_t next_ns = arrives ? arrival->arrival_ns : expiry_ns;
    if (next_ns > until_ns)
      return true;
    pipe->now_ns = next_ns > pipe->now_ns ? next_ns : pipe->now_ns;
    if (arrives) {
      pipe_arrive(pipe, arrival);
      continue;
    }
    const int result = node_handle_expiry(host->node, pipe->now_ns);
    assert(result == 0);
    (void)result;
    pipe_drain(pipe, host);
  }
  return false;
}

bool pipe_run(struct pipe *pipe) {
  return pipe_run_until(pipe, NODE_NEVER - 1);
}

bool pipe_established(const struct pipe *pipe, size_t peer) {
  return pipe->peer[peer].confirmed > 0 && pipe->authenticator[peer].confirmed > 0 &&
         memcmp(pipe->peer[peer].secret, pipe->authenticator[peer].secret,
                sizeof pipe->peer[peer].secret) == 0;
}
