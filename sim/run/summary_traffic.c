/* Sums up what a run sent: the ledger's messages, told apart by what they were for; and what an
 * exchange of the application costs. */
#include "summary.h"

#include <math.h>

/* All messages of one phase by radio. */
struct traffic {
  struct ledger_bytes all, peer_links;
  int64_t frames, acks, retries, bytes_udp, datagrams;
};

static json_t *ledger_to_json(const struct ledger_bytes *bytes) {
  json_t *object = json_object();
  for (unsigned row = 0; row < ROW_ALL_COUNT; row++)
    if (bytes->first[row] + bytes->again[row] > 0)
      json_object_set_new(object, row_text(row)->name,
                          json_integer((json_int_t)(bytes->first[row] + bytes->again[row])));
  return object;
}

static json_t *message_to_json(const struct ledger_message *message) {
  return json_pack(
      "{s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "label", message->label, "direction",
      message->path == LEDGER_UP ? "up" : "down", "phase", node_phase_name(message->phase),
      "datagrams", (json_int_t)message->datagrams, "datagrams_repeated",
      (json_int_t)message->datagrams_repeated, "bytes_udp", (json_int_t)message->bytes_udp,
      "frames", (json_int_t)(message->frames + message->frames_ack), "frames_ack",
      (json_int_t)message->frames_ack, "mac_retries", (json_int_t)message->mac_retries, "bytes_air",
      (json_int_t)ledger_bytes_total(&message->bytes), "ledger", ledger_to_json(&message->bytes));
}

static void add_message(struct traffic *traffic, const struct ledger_message *message) {
  ledger_bytes_add(&traffic->all, &message->bytes);
  traffic->frames += (int64_t)(message->frames + message->frames_ack);
  traffic->acks += (int64_t)message->frames_ack;
  traffic->retries += (int64_t)message->mac_retries;
  traffic->bytes_udp += (int64_t)message->bytes_udp;
  traffic->datagrams += (int64_t)message->datagrams;
}

static void add_links(const struct run *run, struct traffic *traffic, enum node_phase phase) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    ledger_bytes_add(&traffic->peer_links,
                     ledger_link(run->ledger, topology_peer(&run->topology, i), phase));
}

static void summarize_authentication(const struct run *run, const struct traffic *traffic,
                                     struct result *result) {
  int64_t again = 0;
  for (unsigned row = 0; row < ROW_ALL_COUNT; row++)
    again += (int64_t)traffic->all.again[row];
  result->coap_messages = (int64_t)run->coap_messages[NODE_PHASE_AUTHENTICATION];
  result->coap_retransmissions = (int64_t)run->coap_retransmissions[NODE_PHASE_AUTHENTICATION];
  result->datagrams = traffic->datagrams;
  result->datagrams_repeated = (int64_t)run->datagrams_repeated;
  result->frames = traffic->frames;
  result->frames_ack = traffic->acks;
  result->mac_retries = traffic->retries;
  result->bytes_udp = traffic->bytes_udp;
  result->bytes_air = (int64_t)ledger_bytes_total(&traffic->all);
  result->bytes_air_peer_link = (int64_t)ledger_bytes_total(&traffic->peer_links);
  result->bytes_air_repeated = again;
  result->ledger = ledger_to_json(&traffic->all);
  result->ledger_peer_link = ledger_to_json(&traffic->peer_links);
}

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

static void summarize_application(const struct run *run, const struct traffic *traffic,
                                  struct result *result) {
  uint64_t answered = 0, unanswered = 0, answered_ns = 0;
  struct meter_reading reading = {0};
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct agenda *agenda = &run->agendas[i];
    answered += agenda->answered;
    unanswered += agenda->unanswered;
    answered_ns += agenda->answered_ns;
    meter_add(&reading, &agenda->answered_reading);
  }
  const double count = answered == 0 ? NAN : (double)answered;
  result->app_exchanges = (int64_t)answered;
  result->app_unanswered = (int64_t)unanswered;
  result->app_coap_messages = (int64_t)run->coap_messages[NODE_PHASE_APPLICATION];
  result->app_coap_retransmissions = (int64_t)run->coap_retransmissions[NODE_PHASE_APPLICATION];
  result->app_frames = traffic->frames;
  result->app_bytes_udp = traffic->bytes_udp;
  result->app_bytes_air = (int64_t)ledger_bytes_total(&traffic->all);
  result->app_bytes_air_peer_link = (int64_t)ledger_bytes_total(&traffic->peer_links);
  result->app_ledger = ledger_to_json(&traffic->all);
  result->app_ledger_peer_link = ledger_to_json(&traffic->peer_links);
  result->app_exchange_bytes_udp = (double)result->app_bytes_udp / count;
  result->app_exchange_bytes_air = (double)result->app_bytes_air / count;
  result->app_exchange_bytes_air_peer_link = (double)result->app_bytes_air_peer_link / count;
  result->app_exchange_frames = (double)result->app_frames / count;
  result->app_exchange_ms = (double)answered_ns / 1e6 / count;
  result->app_exchange_energy_mj = summary_energy_mj(run, &reading) / count;
  result->app_request_bytes_udp = mean_bytes_udp(run, NODE_PART_REQUEST);
  result->app_response_bytes_udp = mean_bytes_udp(run, NODE_PART_RESPONSE);
}

void summarize_traffic(const struct run *run, struct result *result) {
  struct traffic traffic[NODE_PHASE_COUNT] = {0};
  struct ledger_bytes backhaul = {0};
  result->datagrams_backhaul = 0;
  result->messages = json_array();
  for (size_t i = 0; i < ledger_message_count(run->ledger); i++) {
    const struct ledger_message *message = ledger_message(run->ledger, i);
    if (message->path == LEDGER_BACKHAUL) {
      ledger_bytes_add(&backhaul, &message->bytes);
      result->datagrams_backhaul += (int64_t)message->datagrams;
      continue;
    }
    json_array_append_new(result->messages, message_to_json(message));
    add_message(&traffic[message->phase], message);
  }
  for (int phase = 0; phase < NODE_PHASE_COUNT; phase++)
    add_links(run, &traffic[phase], (enum node_phase)phase);
  result->bytes_backhaul = (int64_t)ledger_bytes_total(&backhaul);
  result->ledger_backhaul = ledger_to_json(&backhaul);
  summarize_authentication(run, &traffic[NODE_PHASE_AUTHENTICATION], result);
  summarize_application(run, &traffic[NODE_PHASE_APPLICATION], result);
}
