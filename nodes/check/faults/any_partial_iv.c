/* Planted fault: who reads OSCORE remembers no Partial IV. */
#include "oscore/window.h"

bool __wrap_oscore_window_is_fresh(const struct oscore_context *context, uint64_t piv);
bool __wrap_oscore_window_take_nonce(struct oscore_context *context, uint64_t piv);

bool __wrap_oscore_window_is_fresh(const struct oscore_context *context, uint64_t piv) {
  (void)context, (void)piv;
  return true;
}

bool __wrap_oscore_window_take_nonce(struct oscore_context *context, uint64_t piv) {
  (void)context, (void)piv;
  return true;
}
