/* The AAA server: a RADIUS server with an EAP server for each conversation (RFC 3579), and with
 * eap.erp an ER server: it keeps a root of each full authentication, and answers an EAP-Initiate
 * with Access-Accept, EAP-Finish and rMSK, or with Access-Reject and an EAP-Finish that says no
 * (RFC 6696 section 5.2). Keys go by MS-MPPE attributes, as an MSK does. A node of the contract in
 * node.h, on one UDP port.
 *
 * Its events name the RADIUS client as the remote: STARTED for each conversation, DELIVERED for
 * each EAP packet that EAP took, DISCARDED with why, KEY with the MSK ("msk") or rMSK ("rmsk"),
 * CONFIRMED with "Access-Accept" and the User-Name in it (eap_server_name; after re-authentication
 * that of the full one), FAILED with why the peer was rejected: eap_server_reason,
 * erp_server_reason, "re-authentication, of which there is none here", "User-Name that is not the
 * keyName-NAI", "malformed EAP packet", "EAP packet longer than its MTU", "Access-Request without
 * EAP-Message", "unknown State", "no room for the answer beside Proxy-State", "no room for the
 * authorization"; and with why nothing more is sent: "conversation abandoned" (two minutes without
 * a request), "conversation gave way to another" (radius/server.h).
 *
 * It takes requests of up to RADIUS_PACKET_MAX octets, and may answer with as many; without
 * Proxy-State in a request, and without authorization, NODE_DATAGRAM_MAX hold the answer. */
#ifndef NODES_AAA_AAA_H
#define NODES_AAA_AAA_H

#include "../radius/server.h"
#include "grant.h"

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct aaa_config {
  struct node_address local; /* port RADIUS_PORT as a rule */
  struct radius_server_config radius;
  struct eap_server_config eap;
  uint32_t session_timeout_s; /* Session-Timeout in each Access-Accept; 0: none */
  bool reauthenticates;       /* with it: Termination-Action RADIUS-Request */
  size_t answer_max; /* octets of an answer that the network carries, up to RADIUS_PACKET_MAX; 0:
                      * these. Of Access-Accepts with authorization only: others are short */
  /* What is granted to who has proved to be this, or NULL: nothing is said of it. What it returns
   * must be valid (aaa_authorization_valid). NULL: so for all. */
  const struct aaa_authorization *(*authorize)(void *context, const struct eap_name *name);
  void *authorize_context;
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *aaa_create(const struct aaa_config *config, const struct node_hooks *hooks);

#endif
