/* Exchanges of acts. */
#include "exchange.h"

#include "host.h"
#include "use_case.h"

#define BUSY_NS (10 * NODE_MS)

void exchange_begin(struct agenda *agenda) {
  agenda->exchange = (struct agenda_exchange){.open = true,
                                              .requested_ns = host_now(agenda->peer),
                                              .requested = host_reading(agenda->peer),
                                              .departed_ns = NODE_NEVER};
}

void exchange_retry(struct agenda *agenda) {
  agenda->exchange.open = false;
  agenda_retry(agenda, host_now(agenda->peer) + BUSY_NS);
}

void exchange_is_lost(struct agenda *agenda, enum node_phase phase, enum node_event_type type) {
  const struct node_event lost = {.type = type, .phase = phase, .label = "no association"};
  agenda_event(agenda, agenda_actor(agenda), &lost);
}

void exchange_departure(struct agenda *agenda, const struct stage *stage, const struct host *from,
                        const struct node_datagram *datagram) {
  (void)stage;
  (void)datagram;
  struct agenda_exchange *exchange = &agenda->exchange;
  if (!exchange->open || exchange->departed_ns != NODE_NEVER || from != agenda_actor(agenda))
    return;
  exchange->departed_ns = host_now(from);
  exchange->departed = host_reading(agenda->peer);
  exchange->others = use_case_read(agenda);
}

void exchange_end(struct agenda *agenda, bool answered, struct act_tally *tally) {
  agenda->exchange.open = false;
  if (!answered) {
    tally->failed++;
    return;
  }
  const struct meter_reading now = host_reading(agenda->peer);
  const struct meter_reading spent = meter_difference(&now, &agenda->exchange.departed);
  tally->completed++;
  tally->time_ns += host_now(agenda->peer) - agenda->exchange.departed_ns;
  meter_add(&tally->reading, &spent);
  const struct meter_reading whole = meter_difference(&now, &agenda->exchange.requested);
  tally->whole_ns += host_now(agenda->peer) - agenda->exchange.requested_ns;
  meter_add(&tally->whole, &whole);
  use_case_spend(agenda, &agenda->exchange.others, &tally->others);
}
