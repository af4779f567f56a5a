/* Loss of frames on links: each directed link has a random stream of its own. */
#ifndef SIM_RUN_LOSS_H
#define SIM_RUN_LOSS_H

#include "spec/spec.h"

struct losses;

/* Between `count` nodes, as `spec` says, which must outlive it. Aborts where memory is short. */
struct losses *losses_create(const struct spec *spec, size_t count);
void losses_destroy(struct losses *losses);

/* Whether a frame of `length` octets is lost from `sender` to `receiver`. */
bool losses_draw(struct losses *losses, size_t sender, size_t receiver, size_t length);

#endif
