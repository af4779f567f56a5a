/* The act of ending a peer's association, by the message of the authenticator that says so. */
#include "exchange.h"
#include "host.h"
#include "use_case.h"

/* From one look to the next whether a resource server is still of use. */
#define WAIT_NS (100 * NODE_MS)

static int terminate_begin(struct agenda *agenda) {
  struct host *actor = agenda_actor(agenda);
  if (use_case_is_needed(agenda->peer)) {
    agenda_retry(agenda, host_now(agenda->peer) + WAIT_NS);
    return 0;
  }
  exchange_begin(agenda);
  const int error = actor->run->lower->authenticator_end(actor->lower, &agenda->address);
  if (error == NODE_ERR_BUSY) {
    exchange_retry(agenda);
    return 0;
  }
  if (error != NODE_ERR_BAD_STATE)
    return error;
  exchange_is_lost(agenda, NODE_PHASE_TERMINATION, NODE_EVENT_UNANSWERED);
  return 0;
}

static enum act_progress terminate_event(struct agenda *agenda, const struct stage *stage,
                                         const struct host *from, const struct node_event *event) {
  (void)stage;
  const bool answered = event->type == NODE_EVENT_ANSWERED;
  if ((!answered && event->type != NODE_EVENT_UNANSWERED) || !agenda->exchange.open ||
      from != agenda_actor(agenda))
    return ACT_GOES_ON;
  exchange_end(agenda, answered, &agenda->terminations[agenda->cause.turn]);
  return ACT_ENDED;
}

static void terminate_tally(const struct agenda *agenda, const struct stage *stage, enum turn turn,
                            struct act_tally *sum) {
  (void)stage;
  act_tally_add(sum, &agenda->terminations[turn]);
}

const struct act ACT_TERMINATE = {.begin = terminate_begin,
                                  .departure = exchange_departure,
                                  .event = terminate_event,
                                  .tally = terminate_tally};
