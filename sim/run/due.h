/* What a host that acts for many peers has to do next: their agendas, by the time that they are
 * due. */
#ifndef SIM_RUN_DUE_H
#define SIM_RUN_DUE_H

#include "deadline.h"

struct agenda;

struct due_queue {
  struct deadline_heap waiting;
  struct agenda **taken; /* as many as there is room for */
};

/* Room for `capacity` agendas, 1 or more. Aborts where memory is short. */
void due_init(struct due_queue *queue, size_t capacity);
void due_deinit(struct due_queue *queue);

/* The agenda waits for its due_ns; where that is NODE_NEVER, it waits no longer. */
void due_set(struct due_queue *queue, struct agenda *agenda);

/* When the next is due; NODE_NEVER. */
uint64_t due_next_ns(const struct due_queue *queue);

/* Removes all that are due by now; they are in `queue->taken`, in the order of their peers, until
 * more are taken. Returns how many. */
size_t due_take(struct due_queue *queue, uint64_t now_ns);

#endif
