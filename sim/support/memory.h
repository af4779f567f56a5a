/* Memory that is there, or the process ends: a run has nothing better to do without it. */
#ifndef SIM_SUPPORT_MEMORY_H
#define SIM_SUPPORT_MEMORY_H

#include <stddef.h>

/* `count` zeroed items of `size` bytes; free() them. */
void *memory_get(size_t count, size_t size);

/* Room for one more in an array of `count` items that grows by this function alone, from NULL on, to
 * the next power of two; new items are not zeroed. */
void *memory_grow(void *array, size_t count, size_t size);

/* `block` (or NULL) resized to `count` items of `size` bytes; new items are not zeroed. */
void *memory_resize(void *block, size_t count, size_t size);

#endif
