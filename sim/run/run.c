/* A run from its spec to its result. */
#include "run.h"

#include "account/frame_log.h"
#include "account/log.h"
#include "agenda.h"
#include "host.h"
#include "loss.h"
#include "relay.h"
#include "spec/refusal.h"
#include "summary.h"
#include "support/memory.h"

#include <stdlib.h>
#include <time.h>

/* After the end, what is still under way (an acknowledgement, a late copy) comes to rest. */
#define REST_NS NODE_SECOND

size_t run_node_of(const struct run *run, enum role role) {
  return run->topology.member_count[role] == 0 ? WORLD_NODE_NONE : run->topology.members[role][0];
}

void run_note_first_app(struct run *run) {
  struct run_before *before = &run->before;
  if (run->topology.peer_count > 1)
    return;
  before->noted = true;
  for (size_t phase = 0; phase < NODE_PHASE_COUNT; phase++)
    for (size_t turn = 0; turn < TURN_COUNT; turn++) {
      const struct cause cause = {(enum node_phase)phase, (enum turn)turn};
      const struct ledger_total *total = ledger_total(run->ledger, cause);
      before->datagrams += total->datagrams;
      before->bytes_udp += total->bytes_udp;
      before->bytes_air += ledger_bytes_total(&total->air);
      before->bytes_wire += ledger_bytes_total(&total->wire);
    }
}

void run_stop_with(struct run *run, int error) {
  run->error = error;
  world_stop(run->world);
}

void run_stop_unpriced(struct run *run, enum party party, enum node_primitive primitive) {
  run->unpriced = party;
  run->unpriced_primitive = primitive;
  world_stop(run->world);
}

/* What the world tells */

static void run_write_arrival(const struct run *run, size_t node, uint32_t id) {
  char name[TOPOLOGY_NAME_MAX];
  topology_name(&run->topology, node, name);
  log_arrival(run->log, world_now(run->world), name, id);
}

static void run_datagram(void *context, size_t node, const struct node_datagram *datagram,
                         uint32_t id) {
  struct run *run = context;
  if (run->log != NULL)
    run_write_arrival(run, node, id);
  struct host *relay = relay_for(run, node, datagram);
  host_read(relay != NULL ? relay : &run->hosts[node], datagram, id);
}

static void run_timer(void *context, size_t node) {
  host_wake(&((struct run *)context)->hosts[node]);
}

static void run_frame(void *context, const struct world_frame *frame) {
  struct run *run = context;
  const struct agenda *agenda = run->hosts[frame->sender].agenda;
  losses_frame(run->losses, frame->sender);
  const size_t to =
      ledger_frame(run->ledger, frame, agenda == NULL ? LEDGER_IDLE : agenda_present_cause(agenda));
  const bool known = to < run->topology.radio_count;
  if (run->frames != NULL)
    frame_log_frame(run->frames, frame, to);
  transit_frame(run->transit, frame, known ? world_flight_ns(run->world, frame->sender, to) : 0);
}

static void run_wire(void *context, const struct world_wire_packet *packet) {
  const struct run *run = context;
  ledger_wire(run->ledger, packet);
  transit_wire(run->transit, packet);
}

static void run_radio(void *context, size_t node, enum world_radio state, uint64_t now_ns) {
  meter_enter(&((struct run *)context)->meters[node], state, now_ns);
}

static bool run_lose(void *context, size_t sender, size_t receiver, size_t length) {
  const struct run *run = context;
  return losses_draw(run->losses, sender, receiver, length,
                     topology_ratio(&run->topology, sender, receiver));
}

static void run_dropped(void *context, const struct world_frame *frame, enum world_drop why) {
  struct run *run = context;
  run->dropped[why]++;
  if (run->frames != NULL)
    frame_log_dropped(run->frames, frame, why);
}

static void run_fate(void *context, size_t sender, size_t receiver, enum world_fate fate) {
  frame_log_fate(((const struct run *)context)->frames, sender, receiver, fate);
}

static void run_queued(void *context, size_t node, uint32_t id) {
  const struct run *run = context;
  transit_queued(run->transit, node, id, world_now(run->world));
}

static void run_unqueued(void *context, size_t node) {
  const struct run *run = context;
  transit_unqueued(run->transit, node, world_now(run->world));
}

static void run_held(void *context, size_t node, uint32_t id, bool waits) {
  const struct run *run = context;
  (void)node;
  transit_held(run->transit, id, waits, world_now(run->world));
}

static void run_mac(void *context, size_t node, enum world_mac state, uint32_t id) {
  const struct run *run = context;
  transit_mac(run->transit, node, state, id, world_now(run->world));
}

static const struct world_callbacks CALLBACKS = {.datagram = run_datagram,
                                                 .timer = run_timer,
                                                 .frame = run_frame,
                                                 .wire = run_wire,
                                                 .radio = run_radio,
                                                 .lose = run_lose,
                                                 .dropped = run_dropped,
                                                 .held = run_held,
                                                 .queued = run_queued,
                                                 .unqueued = run_unqueued,
                                                 .mac = run_mac};

/* Running */

static void run_operate(struct run *run) {
  const uint64_t limit_ns = (uint64_t)run->spec->time_limit_s * NODE_SECOND;
  for (size_t i = 0; i < topology_size(&run->topology); i++)
    host_pump(&run->hosts[i]);
  world_run(run->world, limit_ns);
  if (run->error == 0 && run->done_ns != NODE_NEVER)
    world_run(run->world, run->done_ns + REST_NS);
}

/* False if a capture is lost. */
static bool run_simulate(const struct spec *spec, const struct run_options *options,
                         struct result *result) {
  struct run run = {
      .spec = spec, .log = options->log, .home = options->home, .unpriced = PARTY_COUNT};
  if (!topology_init(&run.topology, spec, result->text)) {
    result->outcome = "unsupported";
    result->reason = result->text;
    return true;
  }
  struct world_callbacks callbacks = CALLBACKS;
  callbacks.fate = run.log != NULL ? run_fate : NULL;
  if (run_build(&run, options, &callbacks)) {
    run_operate(&run);
    result_open(result);
    run_summarize(&run, result);
  } else {
    result->outcome = "failed";
    result->reason = "the network could not be built";
  }
  return run_demolish(&run);
}

struct run_home *run_home_create(void) {
  return memory_get(1, sizeof(struct run_home));
}

void run_home_destroy(struct run_home *home) {
  if (home == NULL)
    return;
  world_destroy(home->world);
  free(home);
}

static double run_wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

char *run_spec(const struct spec *spec, const struct run_options *options, struct run_end *end) {
  const double begin_ms = run_wall_ms();
  const char *refusal = spec_refusal(spec);
  struct result result;
  result_init(&result, spec);
  *end = (struct run_end){0};
  if (refusal == NULL) {
    end->captures_lost = !run_simulate(spec, options, &result);
  } else {
    result.outcome = "unsupported";
    result.reason = refusal;
  }
  end->outcome = result.outcome;
  result.wall_ms = run_wall_ms() - begin_ms;
  return result_finish(&result);
}
