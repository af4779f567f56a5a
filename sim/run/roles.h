/* How the node of each role is made on its host: a file role_*.c each, named in cast/roles.def. */
#ifndef SIM_RUN_ROLES_H
#define SIM_RUN_ROLES_H

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

/* Opens the ports that both ends of the lower layer speak on. */
void role_open_ports(struct host *host);

/* A hop of the backhaul, from the authenticator (0) or a proxy to the next proxy or the AAA server.
 */

/* What both ends share. */
struct radius_secret role_hop_secret(size_t hop);

/* The host at its far end, which there must be. */
struct host *role_hop_server(const struct run *run, size_t hop);

/* The one at its near end, as that knows it; kept in the run. */
const struct radius_server_client *role_hop_client(struct run *run, size_t hop);

#endif
