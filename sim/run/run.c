/* Hosts the nodes of one run on the simulated world: drives them, and writes down what they do. */
#include "run.h"

#include "account/log.h"
#include "spec/refusal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* After the end, what is still under way (an acknowledgement, a late copy) comes to rest. */
#define REST_NS NODE_SECOND

/* Finding parties */

/* The host of a node of the world, or NULL: relays have none. */
static struct host *host_of(struct run *run, size_t node) {
  if (node == 0)
    return &run->authenticator;
  if (node == run->topology.node_count)
    return &run->aaa;
  const size_t first = topology_peer(&run->topology, 0);
  return node < first ? NULL : &run->peers[node - first];
}

/* By the IP address: an association may have a port of its own. */
static struct agenda *find_agenda(struct run *run, const struct node_address *address) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (memcmp(run->agendas[i].address.ip, address->ip, sizeof address->ip) == 0)
      return &run->agendas[i];
  return NULL;
}

/* The agenda of the peer that a host, or its other end `remote`, is; NULL where it is none. */
static struct agenda *agenda_of(struct host *host, const struct node_address *remote) {
  struct run *run = host->run;
  switch (host->party) {
  case PARTY_AUTHENTICATOR:
    return find_agenda(run, remote);
  case PARTY_PEERS:
    return &run->agendas[host - run->peers];
  default:
    return NULL;
  }
}

/* The name of the node with this address. */
static void name_of(struct run *run, const struct node_address *address,
                    char name[TOPOLOGY_NAME_MAX]) {
  const struct agenda *agenda = find_agenda(run, address);
  uint8_t authenticator[16];
  world_address(run->world, 0, authenticator);
  if (agenda != NULL)
    topology_name(&run->topology, agenda->node, name);
  else if (memcmp(address->ip, authenticator, sizeof authenticator) == 0)
    topology_name(&run->topology, 0, name);
  else
    topology_name(&run->topology, run->topology.node_count, name);
}

static void stop_with(struct run *run, int error) {
  run->error = error;
  world_stop(run->world);
}

/* Agendas */

/* Calls `visit` for each agenda in which this host may have to act. */
static void visit_agendas(struct host *host, void (*visit)(struct host *, struct agenda *)) {
  struct run *run = host->run;
  const struct spec *spec = run->spec;
  if (host->party == PARTY_PEERS)
    visit(host, &run->agendas[host - run->peers]);
  if (host->party != PARTY_AUTHENTICATOR ||
      (spec->trigger == SPEC_TRIGGER_ON &&
       spec->app_direction != SPEC_APP_DIRECTION_FROM_AUTHENTICATOR))
    return;
  for (size_t i = 0; i < run->topology.peer_count; i++)
    visit(host, &run->agendas[i]);
}

static void act(struct host *host, struct agenda *agenda) {
  if (agenda_actor(host->run, agenda) != host || agenda->due_ns > world_now(host->run->world))
    return;
  if (agenda->stage == AGENDA_APPLICATION)
    host->phase = NODE_PHASE_APPLICATION;
  const int error = agenda_act(host->run, agenda);
  if (error < 0)
    stop_with(host->run, error);
}

static void note_due(struct host *host, struct agenda *agenda) {
  if (agenda_actor(host->run, agenda) == host && agenda->due_ns < host->due_ns)
    host->due_ns = agenda->due_ns;
}

/* Sets the host's timer to what comes next: of its node, or of what it is to do. */
static void set_timer(struct host *host) {
  if (host->node == NULL)
    return;
  host->due_ns = NODE_NEVER;
  visit_agendas(host, note_due);
  const uint64_t expiry_ns = node_expiry(host->node);
  world_timer(host->run->world, host->index, expiry_ns < host->due_ns ? expiry_ns : host->due_ns);
}

/* The hooks of the node contract */

static void hook_random(void *context, uint8_t *bytes, size_t length) {
  stream_bytes(&((struct host *)context)->stream, bytes, length);
}

static void hook_event(void *context, const struct node_event *event) {
  struct host *host = context;
  struct run *run = host->run;
  const uint64_t now_ns = world_now(run->world);
  if (run->log != NULL) {
    char name[TOPOLOGY_NAME_MAX], remote[TOPOLOGY_NAME_MAX];
    topology_name(&run->topology, host->index, name);
    name_of(run, &event->remote, remote);
    log_event(run->log, now_ns, name, remote, event);
  }
  if (host->party == PARTY_AAA && event->type == NODE_EVENT_FAILED) {
    run->aaa_failure = event->label;
    run->aaa_failure_ns = now_ns;
  }
  struct agenda *agenda = agenda_of(host, &event->remote);
  if (agenda == NULL)
    return;
  agenda_event(run, agenda, host, event);
  struct host *actor = agenda_actor(run, agenda);
  if (actor != host && agenda->due_ns != NODE_NEVER) /* the host's own is set when it is done */
    set_timer(actor);
}

static void hook_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct host *host = context;
  if (host->node == NULL) /* a part of another's */
    host->run->primitives[host->party][NODE_PHASE_AUTHENTICATION][primitive] += blocks;
  else
    host->computed[primitive] += blocks;
}

/* Driving a node */

/* Books what was computed. */
static void settle(struct host *host, enum node_phase phase) {
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++) {
    host->run->primitives[host->party][phase][i] += host->computed[i];
    host->computed[i] = 0;
  }
}

/* Whether a datagram goes between authenticator and AAA server. */
static bool is_backhaul(struct host *host, const struct node_datagram *datagram) {
  return host->party == PARTY_AAA || (host->party == PARTY_AUTHENTICATOR &&
                                      find_agenda(host->run, &datagram->destination) == NULL);
}

static void send_datagram(struct host *host, const struct node_datagram *datagram) {
  struct run *run = host->run;
  enum ledger_path path = host->party == PARTY_AUTHENTICATOR ? LEDGER_DOWN : LEDGER_UP;
  settle(host, datagram->phase);
  if (is_backhaul(host, datagram))
    path = LEDGER_BACKHAUL;
  else
    agenda_departure(run, agenda_of(host, &datagram->destination), host, datagram);
  if (run->log != NULL) {
    char from[TOPOLOGY_NAME_MAX], to[TOPOLOGY_NAME_MAX];
    topology_name(&run->topology, host->index, from);
    name_of(run, &datagram->destination, to);
    log_message(run->log, world_now(run->world), from, to, datagram);
  }
  const uint32_t id = ledger_datagram(run->ledger, datagram, path);
  if (world_send(run->world, host->index, datagram, id) < 0)
    stop_with(run, NODE_ERR_BAD_STATE);
}

/* Acts where it is time, sends what the node has to send, and sets its timer. */
static void pump(struct host *host) {
  struct run *run = host->run;
  if (host->node == NULL)
    return;
  visit_agendas(host, act);
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
  settle(host, host->phase);
  set_timer(host);
}

/* What the world tells */

/* What a host computes for when it hears from `remote` (NULL: from nobody). */
static enum node_phase phase_of(struct host *host, const struct node_address *remote) {
  if (host->party == PARTY_AUTHENTICATOR && remote == NULL)
    return NODE_PHASE_AUTHENTICATION;
  const struct agenda *agenda = agenda_of(host, remote);
  return agenda != NULL && agenda_in_application(agenda) ? NODE_PHASE_APPLICATION
                                                         : NODE_PHASE_AUTHENTICATION;
}

static void on_datagram(void *context, size_t node, const struct node_datagram *datagram,
                        uint32_t id) {
  (void)id;
  struct run *run = context;
  struct host *host = host_of(run, node);
  if (host->node == NULL)
    return;
  host->phase = phase_of(host, &datagram->source);
  const int result = node_read(host->node, datagram, world_now(run->world));
  if (result < 0)
    stop_with(run, result);
  else
    pump(host);
}

static void on_timer(void *context, size_t node) {
  struct run *run = context;
  struct host *host = host_of(run, node);
  host->phase = phase_of(host, NULL);
  const int result = node_handle_expiry(host->node, world_now(run->world));
  if (result < 0)
    stop_with(run, result);
  else
    pump(host);
}

static void on_frame(void *context, const struct world_frame *frame) {
  ledger_frame(((struct run *)context)->ledger, frame);
}

static void on_wire(void *context, const struct world_wire_packet *packet) {
  ledger_backhaul(((struct run *)context)->ledger, packet);
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
    run->losses[sender] = calloc(count, sizeof **run->losses);
    if (run->losses[sender] == NULL)
      abort();
    for (size_t i = 0; i < count; i++)
      stream_init(&run->losses[sender][i], (uint64_t)run->spec->seed, STREAM_LINK, sender, i);
  }
  return stream_uniform(&run->losses[sender][receiver]) < loss_of(run->spec, length);
}

static void operate(struct run *run) {
  const uint64_t limit_ns = (uint64_t)run->spec->time_limit_s * NODE_SECOND;
  pump(&run->authenticator);
  for (size_t i = 0; i < run->topology.peer_count; i++)
    pump(&run->peers[i]);
  world_run(run->world, limit_ns);
  if (run->error == 0 && run->done_ns != NODE_NEVER)
    world_run(run->world, run->done_ns + REST_NS);
}

static double wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

char *run_spec(const struct spec *spec, const struct run_options *options, const char **outcome) {
  static const struct node_hooks hooks = {
      .random = hook_random, .event = hook_event, .cost = hook_cost};
  static const struct world_callbacks callbacks = {.datagram = on_datagram,
                                                   .timer = on_timer,
                                                   .frame = on_frame,
                                                   .wire = on_wire,
                                                   .radio = on_radio,
                                                   .lose = on_lose};
  const double begin_ms = wall_ms();
  struct run run = {.spec = spec, .log = options->log};
  struct result result;
  result_init(&result, spec);
  const char *unsupported = spec_refusal(spec);
  if (unsupported != NULL) {
    result.outcome = "unsupported";
    result.reason = unsupported;
  } else if (run_build(&run, options->pcap_directory, &hooks, &callbacks)) {
    operate(&run);
    run_summarize(&run, &result);
  } else {
    result.outcome = "failed";
    result.reason = "the network could not be built";
  }
  *outcome = result.outcome;
  result.wall_ms = wall_ms() - begin_ms;
  char *line = result_finish(&result);
  if (unsupported == NULL)
    run_demolish(&run);
  return line;
}
