/* The AAA server: a RADIUS server with an EAP server for each conversation (RFC 3579), and with
 * eap.erp an ER server: it keeps a root of each full authentication, and answers an EAP-Initiate
 * with Access-Accept, EAP-Finish and rMSK, or with Access-Reject and an EAP-Finish that says no
 * (RFC 6696 section 5.2). Keys go by MS-MPPE attributes, as an MSK does. A node of the contract in
 * node.h, on one UDP port, and on those of a client towards a manufacturer's AS.
 *
 * Others than authenticators may have keys, too, from what full authentications have left
 * (key_request.h): by a table, for re-authentication of a peer through them, and without it. Users
 * may come from a manufacturer's AS (manufacturer.h, with its events); keys that come of such a
 * credential end with it.
 *
 * Its events name the RADIUS client as the remote: STARTED for each conversation, DELIVERED for
 * each EAP packet that EAP took, DISCARDED with why, KEY with the MSK ("msk") or rMSK ("rmsk"),
 * CONFIRMED with "Access-Accept" and the User-Name in it (eap_server_name; after re-authentication
 * that of the full one; to a client for keys it is in no packet), FAILED with why the peer was
 * rejected: eap_server_reason, erp_server_reason, "re-authentication, of which there is none here",
 * "User-Name that is not the keyName-NAI", "malformed EAP packet", "EAP packet longer than its
 * MTU", "Access-Request without EAP-Message", "unknown State", "no client for keys", "another
 * NAS-Identifier than the client's", "client for keys of another use", "unknown key name", "key has
 * expired", "too many requests", "no room for the answer beside Proxy-State", "no room for the
 * authorization"; and with why nothing more is sent: "conversation abandoned" (two minutes without
 * a request), "conversation gave way to another" (radius/server.h). Keys of others than
 * authenticators are named "aps_root" and "provider_root"; the phase of what a client for keys asks
 * for, and of the answers, is the pull of a key, or commissioning; else authentication.
 *
 * It takes requests of up to RADIUS_PACKET_MAX octets, and may answer with as many; without
 * Proxy-State in a request, and without authorization, NODE_DATAGRAM_MAX hold the answer. */
#ifndef NODES_AAA_AAA_H
#define NODES_AAA_AAA_H

#include "../radius/server.h"
#include "grant.h"
#include "key_request.h"
#include "manufacturer.h"

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
  /* Who may have keys besides authenticators, with eap.erp; a root of a provider, with its
   * keeps_emsk. An EAP-Initiate from an address in this table is refused under another
   * NAS-Identifier than a name that has it, and where its use is not AAA_KEY_APPLICATION; one from
   * another address under a name of this table. A full authentication is not. */
  const struct aaa_key_client *key_clients;
  size_t key_client_count;
  /* Copied. With eap.erp, whose realm is ours; its RADIUS client has other ports than `local`. A
   * quarter of conversations_max, and at least one, may wait for it. NULL: none. */
  const struct aaa_manufacturer *manufacturer;
  /* As lower_authenticator_config's: the roots are kept there. NULL: in one of our own. */
  struct erp_server *roots;
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *aaa_create(const struct aaa_config *config, const struct node_hooks *hooks);

#endif
