/* Looks for frames that carry a datagram up. */
#include "proof_ways.h"

static bool is_root(unsigned address) {
  return address == PROOF_ROOT || (address & PROOF_ON_A_WIRE) != 0;
}

/* The datagram that a frame carries to the root; NULL: it carries none. */
static const struct proof_datagram *
carried_up(const struct proof_air *air, const struct proof_datagrams *datagrams, size_t index) {
  const size_t of = datagrams->of_frame[index];
  if (!air->frames[index].radio || of == PROOF_NO_DATAGRAM || !is_root(datagrams->items[of].to))
    return NULL;
  return &datagrams->items[of];
}

/* Whether `upper` hands on what `lower` sends to the root. */
static bool is_above(const struct proof_air *air, const struct proof_datagrams *datagrams,
                     unsigned upper, unsigned lower) {
  for (size_t i = 0; i < air->count; i++) {
    const struct proof_datagram *datagram = carried_up(air, datagrams, i);
    if (datagram != NULL && datagram->from == lower && air->frames[i].source == upper)
      return true;
  }
  return false;
}

const char *proof_ways_direction(const struct proof_air *air,
                                 const struct proof_datagrams *datagrams, unsigned from,
                                 unsigned to) {
  return is_above(air, datagrams, to, from)   ? "up"
         : is_above(air, datagrams, from, to) ? "down"
                                              : "across";
}

unsigned proof_ways_lower(const struct proof_air *air, const struct proof_datagrams *datagrams,
                          const struct proof_frame *frame) {
  if (is_root(frame->source))
    return frame->destination;
  for (size_t i = 0; i < air->count; i++)
    if (air->frames[i].source == frame->source &&
        air->frames[i].destination == frame->destination && carried_up(air, datagrams, i) != NULL)
      return frame->source;
  return is_root(frame->destination) ? frame->source : frame->destination;
}
