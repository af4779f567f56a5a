/* Octets that grow at their end. */
#ifndef SIM_POOL_BYTES_H
#define SIM_POOL_BYTES_H

#include <stddef.h>

struct bytes { /* zeroed: empty */
  char *data;  /* owned */
  size_t length;
  size_t capacity;
};

void bytes_append(struct bytes *bytes, const void *data, size_t length);

void bytes_deinit(struct bytes *bytes);

#endif
