/* Planted fault: the authorization server allows all that is asked for. */
#include "ace/scope.h"

void __wrap_ace_scope_intersect(const struct ace_scope *wanted, const struct ace_scope *allowed,
                                struct ace_scope *both);

void __wrap_ace_scope_intersect(const struct ace_scope *wanted, const struct ace_scope *allowed,
                                struct ace_scope *both) {
  (void)allowed;
  *both = *wanted;
}
