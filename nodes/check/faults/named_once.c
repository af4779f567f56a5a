/* Planted fault: an application server takes each UE for the first. */
#include "association/association.h"

#include <string.h>

const uint8_t *__real_association_identity(const struct association *association, size_t *length);
const uint8_t *__wrap_association_identity(const struct association *association, size_t *length);

const uint8_t *__wrap_association_identity(const struct association *association, size_t *length) {
  static uint8_t first[NODE_IDENTITY_MAX];
  static size_t first_length;
  const uint8_t *identity = __real_association_identity(association, length);
  if (identity == NULL)
    return NULL;
  if (first_length == 0) {
    first_length = *length;
    memcpy(first, identity, first_length);
  }
  *length = first_length;
  return first;
}
