/* Doubly linked lists. */
#include "list.h"

void list_append(struct list *list, struct list_link *link, void *owner) {
  list_remove(link);
  *link = (struct list_link){.owner = owner, .in = list, .previous = list->last};
  *(list->last == NULL ? &list->first : &list->last->next) = link;
  list->last = link;
  list->count++;
}

void list_remove(struct list_link *link) {
  struct list *list = link->in;
  if (list == NULL)
    return;
  *(link->previous == NULL ? &list->first : &link->previous->next) = link->next;
  *(link->next == NULL ? &list->last : &link->next->previous) = link->previous;
  list->count--;
  *link = (struct list_link){.in = NULL};
}

void *list_first(const struct list *list) {
  return list->first == NULL ? NULL : list->first->owner;
}
