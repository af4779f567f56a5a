/* The UE, as far as it is the client of applications (draft sections 3 and 4.3): when there is
 * something to say to an application server (ApS) with which it has no key, it pulls one, opens the
 * secure channel, and then sends. A node of the contract in node.h, beside the peer of a lower
 * layer that authenticates the UE (bundle.h puts them on one host); what that leaves is brought by
 * bootstrap_ue_learn, as a lower_listener does.
 *
 * Ports: `local` for CoAP in clear, to that of the ApS; the channel is where its kind has it
 * (association_address): on the ports behind, or on those of IKE, with ESP beside. With IKEv2 the
 * servers have different IP addresses.
 *
 * Nothing but a request begins anything. A request takes the channel that there is; or opens one
 * with the key that there is; or pulls a key first. Where the ApS does not know the key any more
 * (it refuses the identity in the handshake, after a restart say; or ends the handshake otherwise,
 * as it does where it has pulled another key by the identity; in IKEv2 the two are one), the UE
 * forgets that key and pulls another, once in a request (pull: erp; the others' keys are no others
 * then). What fails ends the request.
 *
 * Events, with the ApS as the remote:
 *   PULL         STARTED; KEY (association_kind_label, association_kind_secret_name); ANSWERED:
 *                there is a key; UNANSWERED: why not: "pull-timeout" (no response),
 *                "pull-refused" (4.03: the AS says no), "pull-unavailable" (5.04: it says
 *                nothing), "pull-wrong-server" (the Finish is for an ApS of another name: this one
 *                lies), "pull-rejected" (another error, or what does not verify),
 *                "no-authentication" (no EMSK, or it has expired)
 *                or why a key that is not there yet would have CLOSED. One of psk-identity and
 *                ikev2-idi is there at once; of one that is configured nothing is told here
 *   SECURE       STARTED; KEY, of one that is configured; CONFIRMED: the channel is there (name:
 *                the ApS's, to which the key is bound); UNANSWERED: association_failure's text
 *   APPLICATION  ANSWERED; UNANSWERED with why: one of the above, "app-timeout", or "app-reset"
 *   CLOSED (APPLICATION): the lifetime of a key has ended ("lifetime"), a new authentication has
 *                replaced that of which it came ("replaced"), or that was forgotten ("forgotten");
 *                with the key goes its channel, and the request that is under way. Or the channel
 *                alone has: association_failure's text
 *   DISCARDED    what came in response to a pull, or to the port of a channel, and why it is of no
 *                use
 *
 * Pulls by ERP are one after the other: the EMSK's root has one exchange at a time, so that others
 * wait for it. An EAP-Finish counts in a response of success alone: a Finish that says no changes
 * nothing at the UE, whose root is that of other ApS, too; that a server wants another cryptosuite,
 * it is not told. */
#ifndef NODES_BOOTSTRAP_UE_H
#define NODES_BOOTSTRAP_UE_H

#include "../eap/erp_peer.h"
#include "../lower/lower.h"
#include "pull.h"

enum { BOOTSTRAP_SERVERS_MAX = 64 };

/* An application server that the UE knows: discovery is not the draft's (section 4.2). */
struct bootstrap_server {
  struct bootstrap_name name;
  struct node_address address; /* of CoAP in clear */
};

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct bootstrap_ue_config {
  const struct option_values *options; /* of CoAP, and of the associations */
  enum bootstrap_channel channel;
  enum bootstrap_pull pull; /* that goes with it */
  struct node_address local;
  const struct bootstrap_server *servers;
  size_t server_count;        /* 1 to BOOTSTRAP_SERVERS_MAX */
  struct erp_peer_config erp; /* realm, and the lifetime of the root, which is the EMSK's here */
  bool names_server;       /* pull: erp: TLV 130, the ApS's name, in the Initiate, which an ApS that
                            * calls itself otherwise cannot pass (the AS compares). Else shorter by it */
  uint32_t key_lifetime_s; /* of keys pulled; 0: the EMSK's, which is a bound in any case */
  const struct bootstrap_configured_key *configured; /* pull: configured: by server; else NULL */
};

/* NULL if memory is short or the configuration is out of range: that two servers, or the channel of
 * one and the other, have one address is, too. `hooks` must outlive the node. */
struct node *bootstrap_ue_create(const struct bootstrap_ue_config *config,
                                 const struct node_hooks *hooks);

/* An authentication by EAP has succeeded: keys and channels that came of a former one are wiped
 * and closed, and requests under way end. As lower_listener.established; `ue` is the node. */
void bootstrap_ue_learn(void *ue, const struct eap_peer *peer, uint64_t now_ns);

/* Recommissioning: wipes all that came of an EMSK, and the EMSK. */
void bootstrap_ue_forget(struct node *node);

/* Derives the credential for a service provider from the authentication in force, by the
 * manufacturer's credential (draft section 3): an EAP-PSK, for the identity EMSKname in hexadecimal
 * digits. NODE_ERR_BAD_STATE: there is none; errors of emsk_kdf. */
NODE_MUST_CHECK int bootstrap_ue_credential(const struct node *node,
                                            const struct bootstrap_name *provider,
                                            uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH],
                                            uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH]);

/* Sends a request to the application resource of server number `server`, as
 * lower_layer.peer_request does; what must come before it comes first. NODE_ERR_BUSY while one to
 * this server is under way (requests to different servers may be), NODE_ERR_TOO_LONG,
 * NODE_ERR_EXHAUSTED, NODE_ERR_CRYPTO; NODE_ERR_BAD_STATE: there is no key and no EMSK to pull one
 * with. */
NODE_MUST_CHECK int bootstrap_ue_request(struct node *node, size_t server, enum lower_request kind,
                                         const uint8_t *payload, size_t length, uint64_t now_ns);

/* Of a server: what the UE has. */
enum bootstrap_ue_state {
  BOOTSTRAP_UE_NOTHING,
  BOOTSTRAP_UE_PULLING,
  BOOTSTRAP_UE_KEY, /* no channel */
  BOOTSTRAP_UE_SECURING,
  BOOTSTRAP_UE_SECURED,
};
enum bootstrap_ue_state bootstrap_ue_state(const struct node *node, size_t server);

/* Octets held for keys (the EMSK's and its root's, and those of ApS with their identities) and
 * channels, now and at most. */
size_t bootstrap_ue_bytes(const struct node *node);
size_t bootstrap_ue_bytes_peak(const struct node *node);

#endif
