/* What a host that acts for many peers has to do next: their agendas, by the time that they are
 * due. What it costs to wait, and to be told who is next, does not grow with their number (but for
 * its logarithm). */
#ifndef SIM_RUN_DUE_H
#define SIM_RUN_DUE_H

#include <stddef.h>
#include <stdint.h>

struct agenda;

struct due_queue {
  struct agenda **waiting; /* a heap: the first to be due is in front */
  size_t count, capacity;
  struct agenda **taken; /* as many as `capacity` */
};

void due_deinit(struct due_queue *queue);

/* The agenda, in no queue as yet, waits for its due_ns, which does not change meanwhile. Aborts
 * where memory is short. */
void due_put(struct due_queue *queue, struct agenda *agenda);

/* It waits no longer. */
void due_remove(struct due_queue *queue, struct agenda *agenda);

/* When the next is due; NODE_NEVER. */
uint64_t due_next_ns(const struct due_queue *queue);

/* Removes all that are due by now; they are in `queue->taken`, in the order of their peers, until
 * more are taken. Returns how many. */
size_t due_take(struct due_queue *queue, uint64_t now_ns);

#endif
