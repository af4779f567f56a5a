/* What resource servers and clients of ACE have in common: they join a controller. */
#ifndef NODES_LIVE_ACE_MEMBER_H
#define NODES_LIVE_ACE_MEMBER_H

#include "../eap/erp_peer.h"
#include "member.h"

/* What is missing, as a complaint; else the member is there (member_init). */
NODE_MUST_CHECK int ace_member_init(struct member *member, const struct settings *settings,
                                    const struct report *report, struct complaint *complaint);

/* Begins to join with all that the role `peer` may be told. `erp` is filled, and outlives the
 * member, as the listener does; `other` is as of member_begin. */
NODE_MUST_CHECK int ace_member_begin(struct member *member, struct node *other,
                                     const struct lower_listener *listener,
                                     struct erp_peer_config *erp);

#endif
