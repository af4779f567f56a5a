/* Events that strangers can cause, counted. */
#include "strangers.h"

#include <string.h>

enum { DROPPED, BEGINNINGS };

/* The place among `shown`; -1: no stranger can cause it. */
static int kind_of(const struct node_event *event) {
  switch (event->type) {
  case NODE_EVENT_DISCARDED:
    return DROPPED;
  case NODE_EVENT_STARTED:
  case NODE_EVENT_FAILED:
    return BEGINNINGS;
  case NODE_EVENT_UNANSWERED: /* other requests than for keys are of who has one */
    return event->phase == NODE_PHASE_PULL ? BEGINNINGS : -1;
  default:
    return -1;
  }
}

static void strangers_count(struct strangers *strangers, const struct node_event *event) {
  size_t place = 0;
  while (place < strangers->row_count &&
         (strangers->rows[place].type != event->type || strangers->rows[place].label == NULL ||
          strcmp(strangers->rows[place].label, event->label) != 0))
    place++;
  if (place == STRANGERS_ROWS_MAX) {
    place--;
    strangers->rows[place].label = NULL;
  }
  if (place == strangers->row_count)
    strangers->rows[strangers->row_count++] =
        (struct strangers_row){.type = event->type, .label = event->label};
  strangers->rows[place].count++;
}

bool strangers_show(struct strangers *strangers, const struct node_event *event, uint64_t now_ns) {
  static const unsigned most[] = {[DROPPED] = 1, [BEGINNINGS] = STRANGERS_SHOWN_MAX};
  const int kind = kind_of(event);
  if (kind < 0)
    return true;
  if (strangers->row_count == 0 && now_ns - strangers->begun_ns >= NODE_SECOND)
    *strangers = (struct strangers){.begun_ns = now_ns};
  if (strangers->shown[kind] < most[kind]) {
    strangers->shown[kind]++;
    return true;
  }
  strangers_count(strangers, event);
  return false;
}

uint64_t strangers_due_ns(const struct strangers *strangers) {
  return strangers->row_count == 0 ? NODE_NEVER : strangers->begun_ns + NODE_SECOND;
}

void strangers_told(struct strangers *strangers, uint64_t now_ns) {
  *strangers = (struct strangers){.begun_ns = now_ns, .shown = {[DROPPED] = 1}};
}
