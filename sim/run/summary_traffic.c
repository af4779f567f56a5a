/* Sums up what a run sent, told apart by what it was for; and what an exchange of the application
 * costs. */
#include "summary.h"

#include "host.h"

#include <math.h>

/* All of one phase. */
struct traffic {
  struct ledger_total total;
  struct ledger_bytes peer_links;
  struct run_messages messages;
};

json_t *summary_ledger(const struct ledger_bytes *bytes) {
  json_t *object = json_object();
  for (unsigned row = 0; row < ROW_ALL_COUNT; row++)
    if (bytes->first[row] + bytes->again[row] > 0)
      json_object_set_new_nocheck(
          object, row_text(row)->name,
          json_integer((json_int_t)(bytes->first[row] + bytes->again[row])));
  return object;
}

static void add_total(struct ledger_total *sum, const struct ledger_total *total) {
  sum->datagrams += total->datagrams;
  sum->datagrams_repeated += total->datagrams_repeated;
  sum->bytes_udp += total->bytes_udp;
  sum->frames += total->frames;
  sum->frames_ack += total->frames_ack;
  sum->mac_retries += total->mac_retries;
  sum->data_requests += total->data_requests;
  sum->wire_datagrams += total->wire_datagrams;
  ledger_bytes_add(&sum->air, &total->air);
  ledger_bytes_add(&sum->wire, &total->wire);
}

static struct traffic traffic_of(const struct run *run, enum node_phase phase) {
  struct traffic traffic = {.messages = {0}};
  for (size_t turn = 0; turn < TURN_COUNT; turn++) {
    const struct cause cause = {phase, (enum turn)turn};
    add_total(&traffic.total, ledger_total(run->ledger, cause));
    ledger_bytes_add(&traffic.peer_links, ledger_links(run->ledger, cause));
    traffic.messages.sent += run->messages[phase][turn].sent;
    traffic.messages.repeated += run->messages[phase][turn].repeated;
    traffic.messages.repeated_by_peers += run->messages[phase][turn].repeated_by_peers;
  }
  return traffic;
}

static void summarize_authentication(const struct run *run, struct result *result) {
  const struct traffic traffic = traffic_of(run, NODE_PHASE_AUTHENTICATION);
  const struct ledger_total *total = &traffic.total;
  result->coap_messages = (int64_t)traffic.messages.sent;
  result->coap_retransmissions = (int64_t)traffic.messages.repeated;
  result->coap_retransmissions_peer = (int64_t)traffic.messages.repeated_by_peers;
  result->datagrams = (int64_t)total->datagrams;
  result->datagrams_repeated = (int64_t)total->datagrams_repeated;
  result->frames = (int64_t)(total->frames + total->frames_ack);
  result->frames_ack = (int64_t)total->frames_ack;
  result->mac_retries = (int64_t)total->mac_retries;
  result->bytes_udp = (int64_t)total->bytes_udp;
  result->bytes_air = (int64_t)ledger_bytes_total(&total->air);
  result->bytes_air_peer_link = (int64_t)ledger_bytes_total(&traffic.peer_links);
  result->bytes_air_repeated = (int64_t)ledger_bytes_again(&total->air);
  result->ledger = summary_ledger(&total->air);
  result->ledger_peer_link = summary_ledger(&traffic.peer_links);
}

/* The application */

/* UDP payload of a message when it goes for the first time, in the mean; NaN if it never went. */
static double mean_bytes_udp(const struct run *run, enum node_part part) {
  uint64_t bytes = 0, datagrams = 0;
  for (size_t i = 0; i < ledger_message_count(run->ledger); i++) {
    const struct ledger_message *message = ledger_message(run->ledger, i);
    if (message->phase != NODE_PHASE_APPLICATION || message->part != part)
      continue;
    bytes += message->bytes_udp - message->bytes_udp_repeated;
    datagrams += message->datagrams - message->datagrams_repeated;
  }
  return (double)bytes / (double)datagrams;
}

struct act_tally summary_tally(const struct run *run, const struct stage *stage, enum turn turn) {
  struct act_tally sum = {0};
  for (size_t i = 0; i < run->topology.peer_count; i++)
    stage->act->tally(&run->agendas[i], stage, turn, &sum);
  return sum;
}

struct act_tally summary_tally_constrained(const struct run *run, const struct stage *stage,
                                           enum turn turn) {
  struct act_tally sum = {0};
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (summary_is_constrained(run, i))
      stage->act->tally(&run->agendas[i], stage, turn, &sum);
  return sum;
}

typedef struct act_tally summary_tally_turn(const struct run *run, const struct stage *stage,
                                            enum turn turn);

/* In all turns. */
static struct act_tally tally_application(const struct run *run, summary_tally_turn *tally) {
  const struct stage *stage = story_stage(&run->story, NODE_PHASE_APPLICATION);
  if (stage == NULL)
    return (struct act_tally){0};
  struct act_tally sum = tally(run, stage, TURN_FIRST);
  const struct act_tally again = tally(run, stage, TURN_AGAIN);
  act_tally_add(&sum, &again);
  return sum;
}

/* What each answered exchange cost, in the mean. */
static void summarize_exchange(const struct run *run, const struct act_tally *exchanges,
                               struct result *result) {
  const double count = exchanges->completed == 0 ? NAN : (double)exchanges->completed;
  const struct act_tally constrained = tally_application(run, summary_tally_constrained);
  result->app_exchange_bytes_udp = (double)result->app_bytes_udp / count;
  result->app_exchange_bytes_air = (double)result->app_bytes_air / count;
  result->app_exchange_bytes_air_peer_link = (double)result->app_bytes_air_peer_link / count;
  result->app_exchange_frames = (double)result->app_frames / count;
  result->app_exchange_ms = (double)exchanges->time_ns / 1e6 / count;
  result->app_exchange_energy_mj =
      constrained.completed == 0
          ? NAN
          : summary_energy_mj(run, &constrained.reading) / (double)constrained.completed;
}

static void summarize_application(const struct run *run, struct result *result) {
  const struct traffic traffic = traffic_of(run, NODE_PHASE_APPLICATION);
  const struct act_tally exchanges = tally_application(run, summary_tally);
  result->app_exchanges = (int64_t)exchanges.completed;
  result->app_refused = (int64_t)exchanges.refused;
  result->app_unanswered = (int64_t)exchanges.failed;
  result->app_coap_messages = (int64_t)traffic.messages.sent;
  result->app_coap_retransmissions = (int64_t)traffic.messages.repeated;
  result->app_frames = (int64_t)(traffic.total.frames + traffic.total.frames_ack);
  result->app_bytes_udp = (int64_t)traffic.total.bytes_udp;
  result->app_bytes_air = (int64_t)ledger_bytes_total(&traffic.total.air);
  result->app_bytes_air_peer_link = (int64_t)ledger_bytes_total(&traffic.peer_links);
  result->app_ledger = summary_ledger(&traffic.total.air);
  result->app_ledger_peer_link = summary_ledger(&traffic.peer_links);
  summarize_exchange(run, &exchanges, result);
  result->app_request_bytes_udp = mean_bytes_udp(run, NODE_PART_REQUEST);
  result->app_response_bytes_udp = mean_bytes_udp(run, NODE_PART_RESPONSE);
}

/* Messages and wires */

/* Labels are static texts of ours, and there are many messages: nothing is looked at for UTF-8. */
static json_t *message_to_json(const struct ledger_message *message) {
  static const char *const directions[] = {
      [LEDGER_UP] = "up", [LEDGER_DOWN] = "down", [LEDGER_ACROSS] = "across"};
  const struct {
    const char *name;
    json_t *value;
  } members[] = {
      {"label", json_string_nocheck(message->label)},
      {"direction", json_string_nocheck(directions[message->path])},
      {"phase",
       json_string_nocheck(message->phase == LEDGER_IDLE.phase ? "idle"
                                                               : node_phase_name(message->phase))},
      {"datagrams", json_integer((json_int_t)message->datagrams)},
      {"datagrams_repeated", json_integer((json_int_t)message->datagrams_repeated)},
      {"bytes_udp", json_integer((json_int_t)message->bytes_udp)},
      {"frames", json_integer((json_int_t)(message->frames + message->frames_ack))},
      {"frames_ack", json_integer((json_int_t)message->frames_ack)},
      {"mac_retries", json_integer((json_int_t)message->mac_retries)},
      {"bytes_air", json_integer((json_int_t)ledger_bytes_total(&message->bytes))},
      {"ledger", summary_ledger(&message->bytes)},
  };
  json_t *object = json_object();
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
    json_object_set_new_nocheck(object, members[i].name, members[i].value);
  return object;
}

static json_t *messages_to_json(const struct ledger *ledger) {
  json_t *messages = json_array();
  for (size_t i = 0; i < ledger_message_count(ledger); i++)
    if (ledger_message(ledger, i)->path != LEDGER_WIRE)
      json_array_append_new(messages, message_to_json(ledger_message(ledger, i)));
  return messages;
}

static void summarize_wires(const struct run *run, struct result *result) {
  struct ledger_bytes bytes = {{0}, {0}};
  result->datagrams_backhaul = 0;
  for (size_t phase = 0; phase < NODE_PHASE_COUNT; phase++) {
    const struct traffic traffic = traffic_of(run, (enum node_phase)phase);
    ledger_bytes_add(&bytes, &traffic.total.wire);
    result->datagrams_backhaul += (int64_t)traffic.total.wire_datagrams;
  }
  result->bytes_backhaul = (int64_t)ledger_bytes_total(&bytes);
  result->ledger_backhaul = summary_ledger(&bytes);
}

static void summarize_radius(const struct run *run, struct result *result) {
  const struct node *authenticator = run->hosts[run_node_of(run, ROLE_AUTHENTICATOR)].lower;
  struct radius_client_load load = {.requests = 0};
  if (authenticator != NULL)
    load = run->lower->authenticator_load(authenticator);
  result->radius_requests = (int64_t)load.requests;
  result->radius_retransmissions = (int64_t)load.retransmissions;
  result->radius_outstanding_peak = (int64_t)load.outstanding_peak;
  result->radius_waiting_peak = (int64_t)load.waiting_peak;
}

static void summarize_drops(const struct run *run, struct result *result) {
  result->frames_dropped_queue = (int64_t)run->dropped[WORLD_DROP_QUEUE];
  result->frames_dropped_retries = (int64_t)run->dropped[WORLD_DROP_RETRIES];
  result->frames_dropped_access = (int64_t)run->dropped[WORLD_DROP_ACCESS];
  result->frames_dropped_expired = (int64_t)run->dropped[WORLD_DROP_EXPIRED];
  result->datagrams_dropped_cpu = (int64_t)run->dropped_computing;
}

static void summarize_polls(const struct run *run, struct result *result) {
  const struct ledger_total *idle = ledger_total(run->ledger, LEDGER_IDLE);
  uint64_t polls = idle->data_requests;
  for (size_t phase = 0; phase < NODE_PHASE_COUNT; phase++)
    polls += traffic_of(run, (enum node_phase)phase).total.data_requests;
  result->polls = (int64_t)polls;
  result->polls_idle = (int64_t)idle->data_requests;
  result->bytes_air_idle = (int64_t)ledger_bytes_total(&idle->air);
}

void summarize_traffic(const struct run *run, struct result *result) {
  summarize_authentication(run, result);
  summarize_application(run, result);
  summarize_wires(run, result);
  summarize_radius(run, result);
  summarize_drops(run, result);
  summarize_polls(run, result);
  result->messages = messages_to_json(run->ledger);
}
