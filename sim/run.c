/* Hosts the nodes of one run on the simulated world. */
#include "run.h"

#include "coap-eap/authenticator.h"
#include "coap-eap/peer.h"
#include "identities.h"
#include "log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  MAC_MIN_BE = 3, /* IEEE 802.15.4-2006 table 86 */
  MAC_MAX_BE = 5,
  MAC_MAX_BACKOFFS = 4,
};

/* When the first node may begin: all radios listen by then. */
#define BEGIN_NS (10 * NODE_MS)

/* After the end, what is still under way (an acknowledgement, a late copy) comes to rest. */
#define REST_NS NODE_SECOND

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL)
    abort();
  return memory;
}

/* Finding parties */

static bool is_authenticator(const struct host *host) {
  return host->index == 0;
}

static struct record *find_record(struct run *run, const struct node_address *address) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (node_address_equal(&run->records[i].address, address))
      return &run->records[i];
  return NULL;
}

/* The record of the authentication that a host speaks of; `remote` is the other end. */
static struct record *record_of(struct host *host, const struct node_address *remote) {
  struct run *run = host->run;
  if (is_authenticator(host))
    return find_record(run, remote);
  return &run->records[host->index - topology_peer(&run->topology, 0)];
}

static void name_of(const struct run *run, const struct record *record, bool authenticator,
                    char name[TOPOLOGY_NAME_MAX]) {
  topology_name(&run->topology, authenticator || record == NULL ? 0 : record->node, name);
}

/* Beginning and end */

static void read_all(const struct run *run, struct meter_reading *readings) {
  for (size_t i = 0; i < run->topology.node_count; i++)
    readings[i] = meter_read(&run->meters[i], world_now(run->world));
}

static void note_departure(struct run *run, struct record *record, bool from_authenticator,
                           unsigned copy) {
  const uint64_t now_ns = world_now(run->world);
  if (run->first_ns == NODE_NEVER) {
    run->first_ns = now_ns;
    read_all(run, run->begin);
  }
  if (record->first_ns == NODE_NEVER)
    record->begin = meter_read(&run->meters[record->node], now_ns);
  record_departure(record, from_authenticator, copy, now_ns);
}

static bool all_final(const struct run *run) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (run->records[i].end_ns == NODE_NEVER)
      return false;
  return true;
}

static void note_end(struct run *run, struct record *record) {
  const uint64_t now_ns = world_now(run->world);
  if (record->end_ns != NODE_NEVER || !record_is_final(record))
    return;
  record->end_ns = now_ns;
  record->end = meter_read(&run->meters[record->node], now_ns);
  if (!all_final(run))
    return;
  run->end_ns = now_ns;
  read_all(run, run->end);
  world_stop(run->world);
}

static void stop_with(struct run *run, int error) {
  run->error = error;
  world_stop(run->world);
}

/* The hooks of the node contract */

static void hook_random(void *context, uint8_t *bytes, size_t length) {
  stream_bytes(&((struct host *)context)->stream, bytes, length);
}

static void hook_event(void *context, const struct node_event *event) {
  struct host *host = context;
  struct run *run = host->run;
  struct record *record = record_of(host, &event->remote);
  char name[TOPOLOGY_NAME_MAX], remote[TOPOLOGY_NAME_MAX];
  name_of(run, record, is_authenticator(host), name);
  name_of(run, record, !is_authenticator(host), remote);
  log_event(run->log, world_now(run->world), name, remote, event);
  if (record == NULL)
    return;
  record_event(record, is_authenticator(host), event, world_now(run->world));
  note_end(run, record);
}

static void hook_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  ((struct host *)context)->run->primitives[primitive] += blocks;
}

/* Driving a node */

static void send_datagram(struct host *host, const struct node_datagram *datagram) {
  struct run *run = host->run;
  const bool down = is_authenticator(host);
  struct record *record = record_of(host, &datagram->destination);
  run->coap_messages++;
  run->coap_retransmissions += datagram->copy > 0;
  if (record != NULL)
    note_departure(run, record, down, datagram->copy);
  char from[TOPOLOGY_NAME_MAX], to[TOPOLOGY_NAME_MAX];
  name_of(run, record, down, from);
  name_of(run, record, !down, to);
  log_message(run->log, world_now(run->world), from, to, datagram);
  const uint32_t id = ledger_datagram(run->ledger, datagram, down ? LEDGER_DOWN : LEDGER_UP);
  if (world_send(run->world, host->index, datagram, id) < 0)
    stop_with(run, NODE_ERR_BAD_STATE);
}

/* The authenticator begins by itself (trigger: off) with the peers whose time has come. Returns
 * when the next one's comes. */
static uint64_t begin_due(struct host *host) {
  struct run *run = host->run;
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    if (run->starts_ns[i] == NODE_NEVER)
      continue;
    if (run->starts_ns[i] > world_now(run->world)) {
      next_ns = run->starts_ns[i] < next_ns ? run->starts_ns[i] : next_ns;
      continue;
    }
    run->starts_ns[i] = NODE_NEVER;
    const int error = coap_eap_authenticator_begin(host->node, &run->records[i].address);
    if (error < 0)
      stop_with(run, error);
  }
  return next_ns;
}

/* Sends what the node has to send, and sets its timer. */
static void pump(struct host *host) {
  struct run *run = host->run;
  const bool begins = is_authenticator(host) && run->spec->trigger == SPEC_TRIGGER_OFF;
  const uint64_t begin_ns = begins ? begin_due(host) : NODE_NEVER;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram;
  int result;
  do {
    datagram = (struct node_datagram){.data = data, .capacity = sizeof data};
    result = node_write(host->node, &datagram, world_now(run->world));
    if (result == 1)
      send_datagram(host, &datagram);
  } while (result == 1);
  if (result < 0)
    stop_with(run, result);
  const uint64_t expiry_ns = node_expiry(host->node);
  world_timer(run->world, host->index, expiry_ns < begin_ns ? expiry_ns : begin_ns);
}

/* The host of a node of the world, or NULL: relays have none. */
static struct host *host_of(struct run *run, size_t node) {
  if (node == 0)
    return &run->hosts[0];
  return node <= run->topology.relay_count ? NULL : &run->hosts[node - run->topology.relay_count];
}

/* What the world tells */

static void on_datagram(void *context, size_t node, const struct node_datagram *datagram) {
  struct run *run = context;
  struct host *host = host_of(run, node);
  const int result = node_read(host->node, datagram, world_now(run->world));
  if (result < 0)
    stop_with(run, result);
  else
    pump(host);
}

static void on_timer(void *context, size_t node) {
  struct run *run = context;
  struct host *host = host_of(run, node);
  const int result = node_handle_expiry(host->node, world_now(run->world));
  if (result < 0)
    stop_with(run, result);
  else
    pump(host);
}

static void on_frame(void *context, const struct world_frame *frame) {
  ledger_frame(((struct run *)context)->ledger, frame);
}

static void on_radio(void *context, size_t node, enum world_radio state, uint64_t now_ns) {
  meter_enter(&((struct run *)context)->meters[node], state, now_ns);
}

/* The loss of a frame of `length` octets. */
static double loss_of(const struct spec *spec, size_t length) {
  if (spec->loss_model == SPEC_LOSS_MODEL_FRAME)
    return spec->frame_loss;
  return 1 - pow(1 - spec->frame_loss, (double)length / WORLD_PSDU_MAX);
}

static bool on_lose(void *context, size_t sender, size_t receiver, size_t length) {
  struct run *run = context;
  if (run->spec->frame_loss <= 0)
    return false;
  const size_t count = run->topology.node_count;
  if (run->losses[sender] == NULL) {
    run->losses[sender] = allocate(count, sizeof **run->losses);
    for (size_t i = 0; i < count; i++)
      stream_init(&run->losses[sender][i], (uint64_t)run->spec->seed, STREAM_LINK, sender, i);
  }
  return stream_uniform(&run->losses[sender][receiver]) < loss_of(run->spec, length);
}

/* Building */

static bool build_world(struct run *run, const char *pcap_directory) {
  static const struct world_callbacks callbacks = {.datagram = on_datagram,
                                                   .timer = on_timer,
                                                   .frame = on_frame,
                                                   .radio = on_radio,
                                                   .lose = on_lose};
  const struct world_config config = {.seed = (uint64_t)run->spec->seed,
                                      .node_count = run->topology.node_count,
                                      .parents = run->topology.parents,
                                      .mac_max_retries = (unsigned)run->spec->mac_max_retries,
                                      .mac_min_be = MAC_MIN_BE,
                                      .mac_max_be = MAC_MAX_BE,
                                      .mac_max_backoffs = MAC_MAX_BACKOFFS,
                                      .pcap_directory = pcap_directory};
  run->world = world_create(&config, &callbacks, run);
  return run->world != NULL;
}

/* 16-bit addresses are the end of the interface identifiers (RFC 4944 section 6). */
static void build_ledger(struct run *run) {
  const size_t count = run->topology.node_count;
  uint16_t *addresses = allocate(count, sizeof *addresses);
  for (size_t i = 0; i < count; i++) {
    uint8_t ip[16];
    world_address(run->world, i, ip);
    addresses[i] = (uint16_t)(ip[14] << 8 | ip[15]);
  }
  run->ledger = ledger_create(count, run->topology.parents, addresses);
  if (run->ledger == NULL)
    abort();
  free(addresses);
}

static void address_of(const struct run *run, size_t node, struct node_address *address) {
  world_address(run->world, node, address->ip);
  address->port = COAP_EAP_PORT;
}

static struct coap_eap_options options_of(const struct spec *spec) {
  struct coap_eap_options options = COAP_EAP_OPTIONS_DEFAULT;
  options.ordering.seqnum_bytes = (size_t)spec->seqnum_bytes;
  options.ordering.seqnum_number = (uint16_t)spec->seqnum_number;
  options.token_bytes = (size_t)spec->token_bytes;
  options.location_number = spec->location_option == SPEC_LOCATION_OPTION_URI_PATH
                                ? COAP_NUMBER_URI_PATH
                                : COAP_NUMBER_LOCATION_PATH;
  options.id_context_is_identity = spec->oscore_id_context == SPEC_OSCORE_ID_CONTEXT_IDENTITY;
  return options;
}

static void init_host(struct run *run, struct host *host, size_t node) {
  host->run = run;
  host->index = node;
  host->hooks = (struct node_hooks){
      .context = host, .random = hook_random, .event = hook_event, .cost = hook_cost};
  stream_init(&host->stream, (uint64_t)run->spec->seed, STREAM_NODE, node, 0);
}

static bool build_authenticator(struct run *run) {
  struct host *host = &run->hosts[0];
  struct coap_eap_authenticator_config config = {.options = options_of(run->spec),
                                                 .peers_max = run->topology.peer_count,
                                                 .eap = *identities_server(run->identities)};
  init_host(run, host, 0);
  address_of(run, 0, &config.local);
  host->node = coap_eap_authenticator_create(&config, &host->hooks);
  world_open(run->world, 0, COAP_EAP_PORT);
  return host->node != NULL;
}

static bool build_peer(struct run *run, size_t peer) {
  struct host *host = &run->hosts[1 + peer];
  const size_t node = topology_peer(&run->topology, peer);
  struct stream start;
  stream_init(&start, (uint64_t)run->spec->seed, STREAM_START, peer, 0);
  const double spread_ns = (double)run->spec->start_spread_ms * (double)NODE_MS;
  run->starts_ns[peer] = BEGIN_NS + (uint64_t)(stream_uniform(&start) * spread_ns);
  struct coap_eap_peer_config config = {
      .options = options_of(run->spec),
      .trigger = run->spec->trigger == SPEC_TRIGGER_ON,
      .start_ns = run->starts_ns[peer],
      .trigger_retry_ms = (uint32_t)run->spec->trigger_retry_ms,
      .eap = *identities_peer(run->identities, peer),
  };
  init_host(run, host, node);
  address_of(run, node, &config.local);
  address_of(run, 0, &config.authenticator);
  record_init(&run->records[peer], node, &config.local);
  host->node = coap_eap_peer_create(&config, &host->hooks);
  world_open(run->world, node, COAP_EAP_PORT);
  return host->node != NULL;
}

static bool build(struct run *run, const char *pcap_directory) {
  topology_init(&run->topology, run->spec);
  const size_t nodes = run->topology.node_count, peers = run->topology.peer_count;
  run->meters = allocate(nodes, sizeof *run->meters);
  run->losses = allocate(nodes, sizeof *run->losses);
  run->begin = allocate(nodes, sizeof *run->begin);
  run->end = allocate(nodes, sizeof *run->end);
  run->hosts = allocate(1 + peers, sizeof *run->hosts);
  run->records = allocate(peers, sizeof *run->records);
  run->starts_ns = allocate(peers, sizeof *run->starts_ns);
  run->identities = identities_create(run->spec);
  run->first_ns = run->end_ns = NODE_NEVER;
  if (!build_world(run, pcap_directory))
    return false;
  build_ledger(run);
  bool built = build_authenticator(run);
  for (size_t i = 0; i < peers; i++)
    built = build_peer(run, i) && built;
  return built;
}

static void demolish(struct run *run) {
  for (size_t i = 0; i <= run->topology.peer_count; i++)
    node_destroy(run->hosts[i].node);
  if (run->world != NULL)
    world_destroy(run->world);
  ledger_destroy(run->ledger);
  for (size_t i = 0; i < run->topology.node_count; i++)
    free(run->losses[i]);
  free(run->losses);
  free(run->meters);
  free(run->begin);
  free(run->end);
  free(run->hosts);
  free(run->records);
  free(run->starts_ns);
  identities_destroy(run->identities);
  topology_deinit(&run->topology);
}

static void operate(struct run *run) {
  const uint64_t limit_ns = (uint64_t)run->spec->time_limit_s * NODE_SECOND;
  for (size_t i = 0; i <= run->topology.peer_count; i++)
    pump(&run->hosts[i]);
  world_run(run->world, limit_ns);
  if (run->error == 0 && run->end_ns != NODE_NEVER)
    world_run(run->world, run->end_ns + REST_NS);
}

static double wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

char *run_spec(const struct spec *spec, const struct run_options *options, const char **outcome) {
  const double begin_ms = wall_ms();
  struct run run = {.spec = spec, .log = options->log};
  struct result result;
  result_init(&result, spec);
  if (build(&run, options->pcap_directory)) {
    operate(&run);
    run_summarize(&run, &result);
  } else {
    result.outcome = "failed";
    result.reason = "the network could not be built";
  }
  *outcome = result.outcome;
  result.wall_ms = wall_ms() - begin_ms;
  char *line = result_finish(&result);
  demolish(&run);
  return line;
}
