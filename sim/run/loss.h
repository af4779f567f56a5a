/* Loss of frames on links: drawn for each frame and each receiver by themselves, so that who else
 * listens, and what else was sent, changes nothing. */
#ifndef SIM_RUN_LOSS_H
#define SIM_RUN_LOSS_H

#include "spec/spec.h"

struct losses;

/* Between `count` nodes, as `spec` says, which must outlive it. Aborts where memory is short. */
struct losses *losses_create(const struct spec *spec, size_t count);
void losses_destroy(struct losses *losses);

/* `sender` begins to send a frame. */
void losses_frame(struct losses *losses, size_t sender);

/* Whether the frame of `length` octets that `sender` began last is lost on its way to `receiver`:
 * as the spec has it, or since the link, whatever the length, delivers this `ratio` alone. */
bool losses_draw(const struct losses *losses, size_t sender, size_t receiver, size_t length,
                 double ratio);

#endif
