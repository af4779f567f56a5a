/* The AAA proxy (RFC 2865 section 2.3, RFC 3579, RFC 5080): passes the Access-Requests of its
 * clients on to the server of the realm in their User-Name (realm.h), and the answers back. A node
 * of the contract in node.h, on one UDP port towards the clients and several towards each server.
 *
 * A request must carry EAP and its Message-Authenticator verify. It goes on with an Identifier, a
 * Request Authenticator and a Message-Authenticator of the next hop, and our Proxy-State behind all
 * of its attributes, which are as they were. An answer must verify, too; it comes back without our
 * Proxy-State, with MS-MPPE keys encrypted anew, and signed for the client. Nothing else that a
 * secret hides is (User-Password, Tunnel-Password): EAP has no need of it.
 *
 * It retransmits nothing by itself: a client's repetition of a request that waits for its answer
 * goes on to the server, in the octets and with the Identifier of the first (RFC 5080 section
 * 2.2.1), for 30 s; then the request is forgotten. One that has its answer is answered with that
 * again, for 30 s more (section 2.2.2). The number of both is bounded; where there is no room, what
 * was answered longest ago makes it, else the oldest of the client that has most of them.
 *
 * It rejects, with an EAP-Failure, what goes nowhere; a server that does not answer it does not
 * answer for. Its events name the RADIUS client as the remote: DISCARDED with why; FAILED with why
 * it rejected (what realm.h says, "Access-Request without EAP-Message", "routing loop": our
 * Proxy-State is in the request already, "no room for Proxy-State", "answer with a malformed key"),
 * and with why there is no answer: "no answer from the next server", "request gave way to another".
 *
 * It takes packets of up to RADIUS_PACKET_MAX octets, and may send such. */
#ifndef NODES_AAA_PROXY_H
#define NODES_AAA_PROXY_H

#include "../radius/server.h"
#include "realm.h"

/* Where requests go. */
struct aaa_proxy_server {
  struct node_address address;
  struct radius_secret secret;
};

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct aaa_proxy_config {
  struct node_address local; /* port RADIUS_PORT as a rule */
  /* Towards the servers: its port is the first of consecutive ones, port_count (1 to
   * RADIUS_PORTS_MAX) for each of them, in their order; none of these is local's. */
  struct node_address uplink;
  size_t port_count;
  const struct radius_server_client *clients;
  size_t client_count;
  const struct aaa_proxy_server *servers;
  size_t server_count;
  const struct aaa_realm *realms;
  size_t realm_count;
  size_t requests_max; /* at once; at most 256 for each port of a server */
  size_t packet_max;   /* octets of a packet that the networks carry; 0: RADIUS_PACKET_MAX */
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *aaa_proxy_create(const struct aaa_proxy_config *config,
                              const struct node_hooks *hooks);

#endif
