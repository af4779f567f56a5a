/* Acts that nobody begins: what a request needs first (the pull of a key, a channel). Each goes
 * from the first datagram of its phase until who has sent that says how it ended; so a key that is
 * pulled within a handshake is in the time of both. */
#include "exchange.h"
#include "host.h"
#include "use_case.h"

/* How an event of this type ends it. */
static const enum act_progress WITHIN_ENDS[] = {
    [NODE_EVENT_STARTED] = ACT_GOES_ON,   [NODE_EVENT_DELIVERED] = ACT_GOES_ON,
    [NODE_EVENT_DISCARDED] = ACT_GOES_ON, [NODE_EVENT_KEY] = ACT_GOES_ON,
    [NODE_EVENT_CONFIRMED] = ACT_ENDED,   [NODE_EVENT_FAILED] = ACT_FAILED,
    [NODE_EVENT_RETRYING] = ACT_GOES_ON,  [NODE_EVENT_SERVED] = ACT_GOES_ON,
    [NODE_EVENT_ANSWERED] = ACT_ENDED,    [NODE_EVENT_UNANSWERED] = ACT_FAILED,
    [NODE_EVENT_CLOSED] = ACT_GOES_ON,    [NODE_EVENT_SECRET] = ACT_GOES_ON,
};

/* Not what ends one, or only acknowledges; nor what the other end has to say by itself. */
static bool within_begins(const struct agenda *agenda, const struct host *from,
                          const struct node_datagram *datagram) {
  const bool asks = datagram->part == NODE_PART_REQUEST || !host_has_row(datagram, ROW_COAP_HEADER);
  const bool for_peer = from == agenda->peer || datagram->serves.port != 0;
  return datagram->copy == 0 && asks && for_peer;
}

static void within_departure(struct agenda *agenda, const struct stage *stage,
                             const struct host *from, const struct node_datagram *datagram) {
  struct agenda_within *within = &agenda->within[stage->within - 1];
  if (within->by != NULL || !within_begins(agenda, from, datagram))
    return;
  *within = (struct agenda_within){.by = from,
                                   .departed_ns = host_now(from),
                                   .departed = host_reading(agenda->peer),
                                   .others = use_case_read(agenda)};
}

static void within_complete(struct agenda *agenda, const struct agenda_within *within,
                            struct act_tally *tally) {
  const struct meter_reading now = host_reading(agenda->peer);
  const struct meter_reading spent = meter_difference(&now, &within->departed);
  tally->completed++;
  tally->time_ns += host_now(agenda->peer) - within->departed_ns;
  meter_add(&tally->reading, &spent);
  use_case_spend(agenda, &within->others, &tally->others);
}

/* What it is within goes on. */
static enum act_progress within_event(struct agenda *agenda, const struct stage *stage,
                                      const struct host *from, const struct node_event *event) {
  struct agenda_within *within = &agenda->within[stage->within - 1];
  struct act_tally *tally = &agenda->inside[stage->within - 1][agenda->cause.turn];
  if (from != within->by || WITHIN_ENDS[event->type] == ACT_GOES_ON)
    return ACT_GOES_ON;
  if (WITHIN_ENDS[event->type] == ACT_ENDED)
    within_complete(agenda, within, tally);
  else
    tally->failed++;
  within->by = NULL;
  return ACT_GOES_ON;
}

void within_give_up(struct agenda *agenda) {
  for (size_t i = 0; i < STORY_WITHIN_MAX; i++) {
    agenda->inside[i][agenda->cause.turn].failed += agenda->within[i].by != NULL;
    agenda->within[i].by = NULL;
  }
}

static void within_tally(const struct agenda *agenda, const struct stage *stage, enum turn turn,
                         struct act_tally *sum) {
  act_tally_add(sum, &agenda->inside[stage->within - 1][turn]);
}

const struct act ACT_WITHIN = {
    .departure = within_departure, .event = within_event, .tally = within_tally};
