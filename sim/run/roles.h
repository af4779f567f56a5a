/* How the node of each role is made on its host: a file role_*.c each, named in cast/roles.def. */
#ifndef SIM_RUN_ROLES_H
#define SIM_RUN_ROLES_H

#include "association/association.h"
#include "bootstrap/bundle.h"
#include "host.h"

/* Makes the node, unless the spec asks for a mute one, and opens its ports. False if it cannot be
 * made. Authenticators are made before peers, and both before what is on wires. */
typedef bool role_build(struct run *run, struct host *host);

role_build role_build_authenticator;
role_build role_build_peer;
role_build role_build_proxy;
role_build role_build_aaa;
role_build role_build_agent;
role_build role_build_server;
role_build role_build_aps;
role_build role_build_manufacturer;
role_build role_build_provider;

/* The table's; NULL: nodes of this role have none. */
role_build *role_builder(enum role role);

/* Another node for a peer's, of its lower layer for network access, that proves itself by this and
 * does not begin by itself. NULL: memory is short. */
struct node *role_make_peer(struct host *host, const struct eap_peer_config *eap);

/* Opens the ports that both ends of the lower layer speak on, and what its association has. */
void role_open_ports(struct host *host);

/* Opens where sessions of this kind are whose CoAP in clear is at `port`. */
void role_open_association(struct host *host, const struct association_kind *kind, uint16_t port);

/* A node on these consecutive ports from `first` on, and where sessions of this kind are that have
 * a place of their own, as one of several of a host. */
struct bundle_part role_part(struct node *node, uint16_t first, size_t count,
                             const struct association_kind *kind);

/* Such a one of the lower layer. */
struct bundle_part role_lower_part(const struct run *run, struct node *node);

/* A hop of the backhaul, from the authenticator (0) or a proxy to the next proxy or the AAA server.
 */

/* What both ends share. */
struct radius_secret role_hop_secret(size_t hop);

/* The host at its far end, which there must be. */
struct host *role_hop_server(const struct run *run, size_t hop);

/* The one at its near end, as that knows it; kept in the run. */
const struct radius_server_client *role_hop_client(struct run *run, size_t hop);

#endif
