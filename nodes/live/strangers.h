/* What strangers can cause without a key, so that a flood of it is no flood of lines: some events
 * of a second are shown, the others counted by kind and label and told together, once a second. */
#ifndef NODES_LIVE_STRANGERS_H
#define NODES_LIVE_STRANGERS_H

#include "../node.h"

enum {
  STRANGERS_ROWS_MAX = 16,
  STRANGERS_SHOWN_MAX = 10, /* in a second, of each kind but one: messages dropped are shown once */
};

struct strangers {
  uint64_t begun_ns; /* of this second */
  unsigned shown[2]; /* in it: messages dropped; authentications and pulls begun and failed */
  struct strangers_row {
    enum node_event_type type;
    const char *label; /* static text; NULL: of all that have no row */
    uint64_t count;
  } rows[STRANGERS_ROWS_MAX]; /* that were not shown */
  size_t row_count;
};

/* Whether the event is to be shown; else it was counted. Events that strangers cannot cause always
 * are. */
NODE_MUST_CHECK bool strangers_show(struct strangers *strangers, const struct node_event *event,
                                    uint64_t now_ns);

/* When what was counted is to be told; NODE_NEVER: nothing was. */
uint64_t strangers_due_ns(const struct strangers *strangers);

/* After it was told: forgets it. A second begins in which no message dropped is shown, since a line
 * has just been written. */
void strangers_told(struct strangers *strangers, uint64_t now_ns);

#endif
