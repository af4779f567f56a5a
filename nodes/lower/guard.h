/* What the AAA server has granted a device, held against what the device asks for under its
 * association. */
#ifndef NODES_LOWER_GUARD_H
#define NODES_LOWER_GUARD_H

#include "../aaa/grant.h"
#include "../association/association.h"

/* Guards an association by `grant` (its from now on; NULL, or a closed association: nothing is
 * guarded): requests come from `device`, to `local`, or where these are `behind` the addresses of
 * the lower layer (association_inside) from there to there. NODE_ERR_EXHAUSTED: memory is short,
 * and the association is closed. */
NODE_MUST_CHECK int lower_guard_set(struct association *association, struct aaa_grant *grant,
                                    const struct node_address *device,
                                    const struct node_address *local, bool behind);

/* Whether the device of a guarded association may ask for what is at `asked`, by UDP, as the grant
 * says; without a guard: yes. */
bool lower_guard_allows(const struct association *association, const struct node_address *asked);

#endif
