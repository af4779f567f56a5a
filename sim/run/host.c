/* Driving a node: what it is asked, what it says, what it sends, and how long it computes. */
#include "host.h"

#include "agenda.h"
#include "host_account.h"
#include "relay.h"

#include <assert.h>

uint64_t host_now(const struct host *host) {
  return world_now(host->run->world);
}

struct node_address host_address(const struct host *host, uint16_t port) {
  struct node_address address = {.port = port};
  world_address(host->run->world, host->index, address.ip);
  return address;
}

struct node_address host_link_local(const struct host *host, uint16_t port) {
  struct node_address address = {.port = port};
  world_link_local(host->run->world, host->index, address.ip);
  return address;
}

struct meter_reading host_reading(const struct host *host) {
  const struct run *run = host->run;
  const bool has_radio = topology_has_radio(&run->topology, host->index);
  return meter_read(&run->meters[host->index], host_now(host),
                    has_radio ? world_overheard_ns(run->world, host->index) : 0);
}

uint64_t host_called_ns(const struct host *host) {
  return host->work.begun_ns;
}

struct meter_reading host_called_reading(const struct host *host) {
  return host_called_ns(host) < host_now(host) ? host->at_work : host_reading(host);
}

/* The node with this address, whatever the port; WORLD_NODE_NONE. */
static size_t host_node_at(const struct host *host, const struct node_address *address) {
  return world_node(host->run->world, address->ip);
}

/* Of the peer that a host, or its other end `remote`, is; NULL where neither is one. A resource
 * server acts for its clients. */
static struct agenda *host_agenda(const struct host *host, const struct node_address *remote) {
  if (host->agenda != NULL && host->server == NULL)
    return host->agenda;
  const size_t node = host_node_at(host, remote);
  struct agenda *other = node == WORLD_NODE_NONE ? NULL : host->run->hosts[node].agenda;
  return other == NULL ? host->agenda : other;
}

/* The peer that the node was last called for; NULL: not known. */
static struct agenda *host_agenda_served(const struct host *host) {
  return host->serves == TIMELINE_NOBODY ? NULL : &host->run->agendas[host->serves];
}

/* What is done for a peer: which of its authentications, cores do not know. */
static enum node_phase host_phase(const struct agenda *agenda, enum node_phase phase) {
  return phase == NODE_PHASE_AUTHENTICATION && agenda != NULL ? agenda->authenticating : phase;
}

/* Whether acts of this phase run within others. */
static bool host_is_within(const struct host *host, enum node_phase phase) {
  const struct stage *stage = story_stage(&host->run->story, phase);
  return stage != NULL && stage->within > 0;
}

/* Whose time it is */

/* The number of a peer; TIMELINE_NOBODY. */
static uint32_t host_number(const struct agenda *agenda) {
  return agenda == NULL ? TIMELINE_NOBODY : agenda_number(agenda);
}

/* Of a host with a node. */
static enum time_cause host_computing(const struct host *host) {
  static const enum time_cause causes[PARTY_COUNT] = {
      [PARTY_PEERS] = CAUSE_CPU_PEER,
      [PARTY_RESOURCE_SERVERS] = CAUSE_CPU_PEER,
      [PARTY_PHONES] = CAUSE_CPU_PEER,
      [PARTY_AUTHENTICATOR] = CAUSE_CPU_AUTHENTICATOR,
      [PARTY_AAA] = CAUSE_CPU_AAA,
      [PARTY_APPLICATION_SERVERS] = CAUSE_CPU_AUTHENTICATOR, /* within no authentication */
  };
  return causes[role_party(host->role)];
}

/* What the node says or sends is for this peer. Where a timer of one that serves many had come, it
 * turns out only now for whom it has computed since. */
static void host_reach(const struct host *host, uint32_t peer) {
  if (host->serves == TIMELINE_NOBODY)
    timeline_name_end(host->run->timeline, peer, host_computing(host), host_called_ns(host),
                      host_now(host));
}

/* Computing */

/* Whose processor it is that computes for the host. */
static struct host *host_processor(struct host *host) {
  return host->owner == NULL ? host : host->owner;
}

static void host_begin_call(struct host *host) {
  work_begin(&host->work, host_now(host));
}

/* `result` is the node's. */
static void host_end_call(struct host *host, int result) {
  if (result < 0)
    run_stop_with(host->run, result);
  if (!work_end(&host->work))
    return;
  timeline_until(host->run->timeline, host->serves, host_computing(host), host_now(host),
                 work_until_ns(&host->work));
  host->at_work = host_reading(host);
  meter_compute(&host->run->meters[host->index], true, host_now(host));
  radio_policy_computing(host, true);
}

static void host_compute(struct host *host, enum node_primitive primitive, uint32_t blocks) {
  uint64_t ns;
  if (!host->device->computes)
    return;
  if (device_compute_ns(host->device, primitive, blocks, &ns))
    work_compute(&host->work, ns);
  else
    run_stop_unpriced(host->run, role_party(host->role), primitive);
}

/* What comes next */

static uint64_t host_next_act_ns(const struct host *host) {
  const struct agenda *own = host->agenda;
  const uint64_t own_ns = own != NULL && agenda_actor(own) == host ? own->due_ns : NODE_NEVER;
  const uint64_t others_ns = due_next_ns(&host->due);
  return own_ns < others_ns ? own_ns : others_ns;
}

/* What comes next of its node, of what it is to do, or of what it is at. */
static uint64_t host_next_ns(const struct host *host) {
  if (host->work.busy)
    return work_next_ns(&host->work);
  const uint64_t act_ns = host_next_act_ns(host), expiry_ns = node_expiry(host->node);
  return expiry_ns < act_ns ? expiry_ns : act_ns;
}

/* Sets the host's timer to that, or to what comes next of its radio. */
static void host_set_timer(struct host *host) {
  if (host->node == NULL || host->carries) /* a relay has none: it is that of the host beside it */
    return;
  const uint64_t next_ns = host_next_ns(host), radio_ns = radio_policy_next_ns(host);
  world_timer(host->run->world, host->index, radio_ns < next_ns ? radio_ns : next_ns);
}

/* Where it is another host that the agenda waits for now, its timer is set; the host's own is when
 * it is done. */
static void host_hand_over(const struct host *host, const struct agenda *agenda) {
  struct host *actor = agenda_actor(agenda);
  if (actor != host && agenda->due_ns != NODE_NEVER)
    host_set_timer(actor);
}

/* The hooks of the node contract */

static void host_random(void *context, uint8_t *bytes, size_t length) {
  stream_bytes(&((struct host *)context)->stream, bytes, length);
}

/* It has joined. */
static void host_forward(const struct host *host) {
  struct run *run = host->run;
  if (!topology_has_radio(&run->topology, host->index))
    return;
  world_forward(run->world, host->index, true);
  if (!relay_begin(run, host->index))
    run_stop_with(run, NODE_ERR_EXHAUSTED);
}

/* It decides on authentications. */
static bool host_is_as(const struct host *host) {
  return role_party(host->role) == PARTY_AAA && host->role != ROLE_PROXY;
}

/* The node has come to what it says. */
static void host_tell(struct host *host, const struct node_event *event) {
  struct run *run = host->run;
  if (run->log != NULL)
    host_write_event(host, event);
  if (host->carries)
    return;
  if (host_is_as(host) && event->type == NODE_EVENT_FAILED &&
      event->phase == NODE_PHASE_AUTHENTICATION) {
    run->aaa_failure = event->label;
    run->aaa_failure_ns = host_now(host);
  }
  if (run->spec->forwarding == SPEC_FORWARDING_JOINED && role_is_peer(host->role) &&
      event->type == NODE_EVENT_CONFIRMED)
    host_forward(host);
  radio_policy_event(host, event);
  struct agenda *agenda = host_agenda(host, &event->remote);
  if (agenda == NULL)
    return;
  struct node_event of_peer = *event;
  of_peer.phase = host_phase(agenda, event->phase);
  host_reach(host, agenda_number(agenda));
  if (event->type == NODE_EVENT_STARTED)
    timeline_name(run->timeline, agenda_number(agenda), CAUSE_ATTEMPT, host_now(host));
  agenda_event(agenda, host, &of_peer);
  radio_policy_settle(agenda->peer);
  host_hand_over(host, agenda);
}

static void host_settle(struct host *host, struct cause cause);

static void host_event(void *context, const struct node_event *event) {
  struct host *host = context;
  if (host_is_within(host, event->phase))
    host_settle(host, (struct cause){event->phase, host->cause.turn});
  struct work *work = &host_processor(host)->work;
  if (work->cost_ns == 0)
    host_tell(host, event);
  else
    work_tell_later(work, host, event);
}

static void host_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct host *host = context;
  assert(!host->writes);
  host->computed[primitive] += blocks;
  host_compute(host, primitive, blocks);
}

static void host_cost_of_part(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct host *owner = ((struct host *)context)->owner;
  assert(!owner->writes);
  const enum party party = role_party(owner->role);
  const enum node_phase phase = host_phase(host_agenda_served(owner), NODE_PHASE_AUTHENTICATION);
  owner->run->primitives[party][phase][owner->cause.turn][primitive] += blocks;
  host_compute(owner, primitive, blocks);
}

void host_init(struct host *host, struct run *run, size_t index) {
  const enum role role = run->topology.nodes[index].role;
  *host = (struct host){
      .run = run,
      .index = index,
      .role = role,
      .serves = TIMELINE_NOBODY,
      .device = spec_device(run->spec, role_party(role)),
      .hooks = {.context = host, .random = host_random, .event = host_event, .cost = host_cost}};
  work_init(&host->work, (size_t)run->spec->cpu_queue_datagrams);
  stream_init(&host->stream, (uint64_t)run->spec->seed, STREAM_NODE, index, 0);
}

void host_deinit(struct host *host) {
  node_destroy(host->node);
  due_deinit(&host->due);
  work_deinit(&host->work);
}

void host_init_part(struct host *part, struct host *owner) {
  host_init(part, owner->run, owner->index);
  part->owner = owner;
  part->hooks.cost = host_cost_of_part;
  stream_init(&part->stream, (uint64_t)owner->run->spec->seed, STREAM_NODE, owner->index, 1);
}

/* Sending */

/* Books what was computed. */
static void host_settle(struct host *host, struct cause cause) {
  uint64_t *booked = host->run->primitives[role_party(host->role)][cause.phase][cause.turn];
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++) {
    booked[i] += host->computed[i];
    host->computed[i] = 0;
  }
}

/* Whom a datagram is sent for, whoever it goes to. */
static uint32_t host_served(const struct host *host, const struct node_datagram *datagram,
                            const struct agenda *agenda) {
  if (agenda == NULL && datagram->serves.port != 0)
    agenda = host_agenda(host, &datagram->serves);
  return agenda == NULL ? host->serves : host_number(agenda);
}

/* Who has no answer sends again; and what goes to the AAA server for the first time, if nothing has
 * just come for it, has waited for an Identifier. Nothing else begins by itself but attempts, which
 * say so. */
static void host_name_gap(const struct host *host, const struct node_datagram *datagram,
                          enum ledger_path path, uint32_t peer) {
  host_reach(host, peer);
  if (datagram->copy > 0)
    timeline_name(host->run->timeline, peer, CAUSE_REPETITION, host_now(host));
  else if (path == LEDGER_WIRE)
    timeline_name(host->run->timeline, peer, CAUSE_QUEUE, host_now(host));
}

/* Whose authentication it is of: where a relay is on the way, not of whom it goes to; nor where an
 * application server asks the AS. */
static struct agenda *host_agenda_of(const struct host *host, const struct node_datagram *datagram,
                                     enum ledger_path path) {
  const bool relayed =
      datagram->serves.port != 0 && (path != LEDGER_WIRE || host_is_within(host, datagram->phase));
  return host_agenda(host, relayed ? &datagram->serves : &datagram->destination);
}

static void host_send(struct host *host, struct node_datagram *datagram) {
  struct run *run = host->run;
  const struct topology *topology = &run->topology;
  const size_t to = host_node_at(host, &datagram->destination);
  const enum ledger_path path = host_path(topology, host->index, to);
  struct agenda *agenda = host_agenda_of(host, datagram, path);
  const bool wired = host->index >= topology->radio_count || to >= topology->radio_count;
  const uint32_t peer = host_served(host, datagram, agenda);
  if (peer != TIMELINE_NOBODY)
    datagram->phase = host_phase(&run->agendas[peer], datagram->phase);
  const struct cause cause = {
      datagram->phase, agenda == NULL || host->carries ? host->cause.turn : agenda->cause.turn};
  host_settle(host, cause);
  if (path != LEDGER_WIRE)
    host_count_message(host, datagram, cause);
  host_name_gap(host, datagram, path, peer);
  if (agenda != NULL && !host->carries)
    agenda_departure(agenda, host, datagram);
  radio_policy_departure(host, datagram);
  const uint32_t id = ledger_datagram(run->ledger, datagram, path, cause.turn, wired);
  if (run->log != NULL)
    host_write_message(host, to, datagram, id);
  ledger_link(run->ledger, id, host->role, host_role_at(run, to));
  transit_datagram(run->transit, id, peer, datagram->copy > 0);
  if (world_send(run->world, host->index, datagram, id) < 0)
    run_stop_with(run, NODE_ERR_BAD_STATE);
}

/* What a relay does not know of what it sends on. */
static void host_carry(const struct host *host, struct node_datagram *datagram) {
  const struct ledger *ledger = host->run->ledger;
  datagram->phase = host->cause.phase;
  datagram->copy = ledger_is_repeated(ledger, host->carried);
  datagram->label = relay_label(host->run, ledger_label(ledger, host->carried));
}

static void host_send_all(struct host *host) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram;
  int result;
  do {
    datagram = (struct node_datagram){.data = data, .capacity = sizeof data};
    host->writes = true;
    result = node_write(host->node, &datagram, host_now(host));
    host->writes = false;
    if (result == 1 && host->carries)
      host_carry(host, &datagram);
    if (result == 1)
      host_send(host, &datagram);
  } while (result == 1);
  if (result < 0)
    run_stop_with(host->run, result);
}

/* Sends what the node has ready, and books what was computed for it. */
static void host_depart(struct host *host) {
  host_send_all(host);
  host_settle(host, host->cause);
}

/* Acting */

/* What is not done since the node computes is due again when it is done. Of one that will, what is
 * ready does not wait for that. */
static void host_act(struct host *host, struct agenda *agenda) {
  if (agenda->due_ns > host_now(host) || agenda_actor(agenda) != host)
    return;
  if (host->work.busy) {
    agenda_set_due(agenda, agenda->due_ns);
    return;
  }
  if (host->device->computes)
    host_depart(host);
  host_settle(host, host->cause);
  host->serves = host_number(agenda);
  host_begin_call(host);
  host_end_call(host, agenda_act(agenda));
  host_settle(host, agenda->cause);
  host_hand_over(host, agenda);
}

/* In the peer's own agenda, and in those of the peers that the host acts for. */
static void host_act_where_due(struct host *host) {
  if (host->agenda != NULL)
    host_act(host, host->agenda);
  const size_t count = due_take(&host->due, host_now(host));
  for (size_t i = 0; i < count; i++)
    host_act(host, host->due.taken[i]);
}

void host_pump(struct host *host) {
  if (host->node == NULL)
    return;
  host_act_where_due(host);
  if (!host->work.busy)
    host_depart(host);
  radio_policy_settle(host);
  host_set_timer(host);
}

/* Being told */

/* Of the peer that a datagram comes from, or from a relay for; NULL: of none, as those of the AAA
 * server. */
static const struct agenda *host_agenda_from(const struct host *host,
                                             const struct node_datagram *datagram, uint32_t id) {
  const struct agenda *agenda = host_agenda(host, &datagram->source);
  const uint32_t peer = transit_peer(host->run->transit, id);
  return agenda == NULL || agenda == host->agenda || peer == TIMELINE_NOBODY
             ? agenda
             : &host->run->agendas[peer];
}

static void host_handle(struct host *host, const struct node_datagram *datagram, uint32_t id) {
  const struct agenda *agenda = host_agenda_from(host, datagram, id);
  const struct cause sent = ledger_cause(host->run->ledger, id);
  host->cause = agenda == NULL || host->carries ? sent : agenda->cause;
  if (host_is_within(host, sent.phase))
    host->cause.phase = sent.phase;
  host->carried = id;
  host->serves = transit_peer(host->run->transit, id);
  host_begin_call(host);
  host_end_call(host, node_read(host->node, datagram, host_now(host)));
}

/* Whom a timer of a node that serves many is for, it does not say: for one that authenticates. */
static void host_expire(struct host *host) {
  host->serves = host_number(host->agenda);
  if (host->agenda != NULL)
    host->cause = host->agenda->cause;
  else
    host->cause.phase = host->role == ROLE_APS ? NODE_PHASE_PULL : NODE_PHASE_AUTHENTICATION;
  host_begin_call(host);
  host_end_call(host, node_handle_expiry(host->node, host_now(host)));
}

void host_read(struct host *host, const struct node_datagram *datagram, uint32_t id) {
  if (host->node == NULL)
    return;
  if (!host->work.busy) {
    host_handle(host, datagram, id);
    host_pump(host);
  } else if (!work_arrive(&host->work, datagram, id, host_now(host))) {
    host->run->dropped_computing++;
    host_write_dropped(host, id);
  } else {
    timeline_begin(host->run->timeline, transit_peer(host->run->transit, id), CAUSE_QUEUE,
                   host_now(host));
  }
}

/* Does the next thing that came while the node computed, in the order in which they came; false:
 * there is none. */
static bool host_catch_up(struct host *host) {
  const struct work_arrival *arrival = work_waiting(&host->work);
  const uint64_t expiry_ns = node_expiry(host->node);
  if (expiry_ns <= (arrival == NULL ? host_now(host) : arrival->at_ns)) {
    host_expire(host);
  } else if (arrival != NULL) {
    timeline_end(host->run->timeline, transit_peer(host->run->transit, arrival->id), CAUSE_QUEUE,
                 host_now(host));
    host_handle(host, &arrival->datagram, arrival->id);
    work_take(&host->work);
  } else {
    return false;
  }
  return true;
}

/* The node has done what it was at. */
static void host_resume(struct host *host) {
  work_done(&host->work);
  meter_compute(&host->run->meters[host->index], false, host_now(host));
  radio_policy_computing(host, false);
  host_depart(host);
  while (!host->work.busy && host_catch_up(host))
    host_pump(host);
  host_pump(host);
}

/* It computes: something that it says is due, or all is done. */
static void host_work(struct host *host) {
  const struct work_event *told;
  while ((told = work_told(&host->work, host_now(host))) != NULL)
    host_tell(told->from, &told->event);
  if (work_until_ns(&host->work) <= host_now(host)) {
    host_resume(host);
  } else {
    radio_policy_settle(host);
    host_set_timer(host);
  }
}

void host_wake(struct host *host) {
  if (host->work.busy) {
    host_work(host);
  } else {
    host_expire(host);
    host_pump(host);
  }
}
