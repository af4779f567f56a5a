/* The application server (ApS): a CoAP server that UEs reach through a secure channel, and a client
 * of the AS, from which it pulls the keys of UEs that it does not know (pull.h). A node of the
 * contract in node.h.
 *
 * Ports: `local` for CoAP in clear (POST /k alone), those of its RADIUS client, and where the
 * channels are (association_address): on the port behind; with IKEv2 on that of IKE, with ESP as a
 * protocol of its own, or in UDP on the same port.
 *
 * POST /k: answered by 2.04 with the EAP-Finish, once the AS accepts; 4.03 with the EAP packet that
 * came, if any, when it rejects; 5.04 when it is silent, 5.02 when what it says is no answer; 5.03
 * where there is no room; 4.00 for what is no EAP-Initiate, or whose keyName-NAI names no EMSK;
 * 4.04, 4.05, 4.02, 5.05 as RFC 7252 has them. Where the AS takes longer than a second, the request
 * is acknowledged, and the response is separate (RFC 7252 section 5.2.2). An endpoint has one
 * question at the AS at a time: the same EAP-Initiate in another request is answered with it, or
 * with what it was answered with, and another one has 5.03.
 *
 * In the handshake, with psk-identity and ikev2-idi: what a UE sends from the message on in which
 * it names itself (ClientKeyExchange; the request of IKE_AUTH, once that has verified) is held
 * (four datagrams) while the AS is asked for the key of an identity that is not known; several
 * handshakes with one identity ask once. Where the AS says no, or nothing, the handshake ends as it
 * does for who is unknown anyway: with the alert unknown_psk_identity; with AUTHENTICATION_FAILED.
 * The name of the ApS is its identity in IKEv2 (IDr, ID_FQDN).
 *
 * With IKEv2 UEs are told apart by their IP addresses, since its ports say nothing: several behind
 * one address are one to it, the last of which has the channel.
 *
 * A key is bound to the name of the EMSK that it comes of; another pull with it replaces it, and a
 * channel that was opened with the former goes on. Keys end with their lifetime, and channels with
 * the keys that they were opened with; the UE is not told, and finds out. That lifetime is what the
 * EAP-Finish says, or else Session-Timeout, or else configured. Nothing else that an Access-Accept
 * may grant is looked at.
 *
 * Strangers: of a ClientHello or IKE_SA_INIT without a cookie nothing is kept (with the options
 * dtls_cookie and ikev2_cookie; else it has a place at once); a cookie is good as long as the node
 * lives. Whoever has shown one has a place, beside the channel of the same endpoint, which is in
 * use until the new one is confirmed. The AS is asked once in a handshake, and for what has the
 * form of an EMSK's name. An EAP-Initiate of whatever tag is worth one question at the AS, and a
 * place until that is answered, of as many as there are of keys.
 *
 * Events, with the UE as the remote (its port of CoAP in clear; of a channel of IKEv2 that of
 * `local`, which says nothing): PULL: STARTED (the pull's name), KEY, ANSWERED, UNANSWERED
 * ("refused by the AS", "the AS does not answer", "Access-Accept without EAP-Finish",
 * "Access-Accept without keys", or a node_error's name), of one in the handshake for each that
 * waits; SECURE: STARTED, CONFIRMED (name: the identity; of an EMSK its name in hexadecimal
 * digits), FAILED (association_failure's text, "another handshake has begun", "made room for
 * another"); APPLICATION: SERVED, CLOSED ("lifetime", "made room for another",
 * association_failure's text); DISCARDED with why, and with whoever sent it.
 */
#ifndef NODES_BOOTSTRAP_APS_H
#define NODES_BOOTSTRAP_APS_H

#include "../lower/lower.h"
#include "../radius/client.h"
#include "pull.h"

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct bootstrap_aps_config {
  const struct option_values *options; /* of CoAP, and of the associations */
  enum bootstrap_channel channel;
  bool pulls[BOOTSTRAP_PULL_COUNT]; /* which are served, of those that go with the channel; of
                                     * CONFIGURED, whether there are keys */
  struct node_address local;        /* IP address zero: any */
  struct bootstrap_name name;       /* ApS-Id: NAS-Identifier towards the AS */
  const uint8_t *realm;             /* of names that UEs give in the handshake */
  size_t realm_length;
  /* Copied; nas_identifier is not looked at; NULL: no AS. */
  const struct radius_client_config *radius;
  size_t keys_max;     /* of UEs, of which the one that was used last longest ago gives way; and as
                        * many POST /k */
  size_t channels_max; /* likewise; but handshakes have one of four places, where they need them, of
                        * which the oldest gives way */
  uint32_t key_lifetime_s; /* where the AS says nothing; 0: ERP_LIFETIME_DEFAULT_S */
  size_t payload_bytes;    /* that GET is answered with */
  const struct bootstrap_configured_key *configured;
  size_t configured_count;
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *bootstrap_aps_create(const struct bootstrap_aps_config *config,
                                  const struct node_hooks *hooks);

struct radius_client_load bootstrap_aps_load(const struct node *node);

#endif
