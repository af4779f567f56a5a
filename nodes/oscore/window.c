/* The replay window as two words of bits behind the highest Partial IV. */
#include "window.h"

#include <assert.h>

static_assert(OSCORE_REPLAY_WINDOW == 32, "the words of the window have 32 bits");

/* The bit of a Partial IV; 0 if it is above the window or has left it. */
static uint32_t bit_of(const struct oscore_context *context, uint64_t piv) {
  if (context->window_empty || piv > context->window_highest ||
      context->window_highest - piv >= OSCORE_REPLAY_WINDOW)
    return 0;
  return UINT32_C(1) << (context->window_highest - piv);
}

bool oscore_window_is_fresh(const struct oscore_context *context, uint64_t piv) {
  if (context->window_empty || piv > context->window_highest)
    return true;
  const uint32_t bit = bit_of(context, piv);
  return bit != 0 && (context->window_bits & bit) == 0;
}

void oscore_window_accept(struct oscore_context *context, uint64_t piv) {
  if (context->window_empty || piv > context->window_highest) {
    const uint64_t shift = context->window_empty ? 0 : piv - context->window_highest;
    const bool leaves = shift >= OSCORE_REPLAY_WINDOW;
    context->window_bits = leaves ? 0 : context->window_bits << shift;
    context->answered_bits = leaves ? 0 : context->answered_bits << shift;
    context->window_highest = piv;
    context->window_empty = false;
  }
  context->window_bits |= bit_of(context, piv);
}

bool oscore_window_take_nonce(struct oscore_context *context, uint64_t piv) {
  const uint32_t bit = bit_of(context, piv);
  if ((context->window_bits & bit) == 0 || (context->answered_bits & bit) != 0)
    return false;
  context->answered_bits |= bit;
  return true;
}
