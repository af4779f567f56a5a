/* Which of many names a name is, in a time that does not grow with their number. */
#ifndef SIM_SUPPORT_NAME_INDEX_H
#define SIM_SUPPORT_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name_index;

/* For up to `count` names. Aborts where memory is short. */
struct name_index *name_index_create(size_t count);

/* NULL is allowed. */
void name_index_destroy(struct name_index *index);

/* Names are octets that outlive the index. Of equal ones the first counts. */
void name_index_add(struct name_index *index, const uint8_t *name, size_t length, size_t number);

/* False: there is none, and `*number` says nothing. */
bool name_index_find(const struct name_index *index, const uint8_t *name, size_t length,
                     size_t *number);

#endif
