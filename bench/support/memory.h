/* Memory that is there, or the program ends: a campaign has nothing better to do without it. */
#ifndef BENCH_SUPPORT_MEMORY_H
#define BENCH_SUPPORT_MEMORY_H

#include <stddef.h>

/* `count` zeroed items of `size` bytes; free() them. */
void *memory_get(size_t count, size_t size);

/* `block` (or NULL) resized to `count` items of `size` bytes; new items are not zeroed. */
void *memory_resize(void *block, size_t count, size_t size);

/* A copy of `string`; NULL of NULL. */
char *memory_string(const char *string);

#endif
