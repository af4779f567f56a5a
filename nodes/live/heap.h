/* Memory of settings. What cannot be had ends the program. */
#ifndef NODES_LIVE_HEAP_H
#define NODES_LIVE_HEAP_H

#include <stddef.h>

/* The list with room for one more behind its `count` items of `size` octets; never NULL. */
void *heap_grow(void *list, size_t count, size_t size);

/* A text of the first `length` octets; never NULL. */
char *heap_copy(const char *text, size_t length);

/* Wipes and frees a text; NULL: nothing. */
void heap_forget(char *text);

#endif
