/* What no run can be made of: the combinations of keys that refuses.def lists, more peers than
 * their identities tell apart, and what the lower layer says of its options and of the
 * association's. */
#ifndef SIM_SPEC_REFUSAL_H
#define SIM_SPEC_REFUSAL_H

#include "condition.h"

/* Peers that an identity of one octet tells apart, and one of two; three do all that there may be.
 */
enum { SPEC_PEERS_OF_ONE_OCTET = 37, SPEC_PEERS_OF_TWO_OCTETS = 786 };

struct spec_refusal {
  struct condition when;
  const char *reason;
};

/* The table; `*count` rows in the order of refuses.def. Aborts, saying why, if one has no
 * condition. */
const struct spec_refusal *spec_refusals(size_t *count);

/* Static text: the reason of the first row that refuses this specification, or another;
 * NULL if none does. */
const char *spec_refusal(const struct spec *spec);

#endif
