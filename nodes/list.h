/* Lists in an order, of things that belong to somebody else: the first is the oldest. */
#ifndef NODES_LIST_H
#define NODES_LIST_H

#include <stddef.h>

/* Embedded in what it stands for; zeroed memory is one that is in no list. */
struct list_link {
  void *owner;
  struct list *in; /* NULL: in none */
  struct list_link *previous, *next;
};

struct list {
  struct list_link *first, *last;
  size_t count;
};

/* Puts it behind all others; out of another list, where it is in one. */
void list_append(struct list *list, struct list_link *link, void *owner);

/* Harmless for one that is in no list. */
void list_remove(struct list_link *link);

/* The owner of the first, or NULL. */
void *list_first(const struct list *list);

#endif
