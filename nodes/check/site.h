/* With a pull: the application servers and their AS, as one node. What is between them arrives at
 * once and in order, but for an answer of the AS that the party's `is_mute` lets be lost. Events
 * are those of the application servers, each with itself as the remote. */
#ifndef NODES_CHECK_SITE_H
#define NODES_CHECK_SITE_H

#include "party.h"

/* NULL if memory is short. */
struct node *site_create(struct check_party *party);

/* The application servers lose their memory. */
void site_restart(struct node *site);

/* Where the AS keeps the roots of authentications. */
struct erp_server *site_roots(struct node *site);

/* What server `number` is called by the UE, and where it is. */
struct node_address site_address(const struct model *model, unsigned number);

#endif
