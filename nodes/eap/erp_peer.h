/* The peer of ERP (RFC 6696): keeps the root that a full authentication leaves, and
 * re-authenticates with it, of its own accord or when an EAP-Initiate/Re-auth-Start asks for it.
 * Retransmission is the lower layer's (section 6); the octets stay the same.
 *
 *   erp_peer_establish   after a full authentication
 *   erp_peer_begin       an Initiate; the rMSK is there at once: the peer chooses SEQ
 *   erp_peer_process     a Re-auth-Start, or the Finish
 *   erp_peer_abandon     nobody has answered, or an EAP-Request has come instead
 *
 * No sequence number is used twice with a root, so that no rMSK comes twice. What fails under
 * protection, or has no sequence numbers left, needs a full authentication (erp_peer_is_ready is
 * false then). A Finish that says no without protection may be anybody's: it is discarded, and the
 * lower layer's timers decide (section 5.2.2).
 *
 * Left out: several runs at once (section 5.2.1), a domain name in a Re-auth-Start that is not
 * that of the root in use, the Authorization Indication. */
#ifndef NODES_EAP_ERP_PEER_H
#define NODES_EAP_ERP_PEER_H

#include "erp_packet.h"
#include "peer.h"

/* Belongs to the caller and outlives the peer. */
struct erp_peer_config {
  const uint8_t *realm;    /* home domain */
  size_t realm_length;     /* 1 to ERP_REALM_MAX */
  uint8_t suite;           /* of the first Initiate; 0: ERP_SUITE_HMAC_SHA256_128 */
  unsigned suites;         /* among which the server may choose another; 0: ERP_SUITES_ALL */
  bool lifetimes;          /* ask for them (L) */
  uint32_t rrk_lifetime_s; /* until the server says another; 0: ERP_ROOT_LIFETIME_DEFAULT_S */
  bool bootstraps;         /* keeps the EMSK, for the domain that a bootstrap (B) may bring, and for
                            * keys of other uses than ERP (erp_peer_emsk) */
};

/* The exchange that is under way, or was last. */
struct erp_peer_exchange {
  bool outstanding;
  uint8_t identifier;
  uint16_t sequence;
  uint8_t suite;
  uint8_t flags;
  struct eap_name nas; /* of the authenticator; empty: it is not known */
  bool nas_unsaid;     /* the Initiate did not name it */
  uint8_t rmsk[EAP_KEY_LENGTH];
  bool has_rmsk;
  uint32_t rmsk_lifetime_s; /* 0: the server has not said */
};

/* Flat; private to erp_peer.c but for embedding. */
struct erp_peer {
  const struct erp_peer_config *config;
  const struct node_hooks *hooks;
  bool has_root;
  struct erp_root root;
  uint8_t emsk[EAP_KEY_LENGTH]; /* with `bootstraps` */
  uint8_t realm[ERP_REALM_MAX]; /* of the root */
  size_t realm_length;
  uint32_t next_sequence; /* above ERP_SEQUENCE_MAX: there is none left */
  uint64_t until_ns;      /* of the root */
  uint8_t suite;
  uint8_t rik[EAP_KEY_LENGTH]; /* derived once, with the first Initiate of its suite */
  uint8_t rik_suite;           /* ERP_SUITE_NONE: there is none yet */
  unsigned suites_left;        /* that were not refused yet */
  uint8_t identifier;          /* of the last Initiate */
  struct erp_peer_exchange exchange;
  bool of_another;
  const char *reason;
};

void erp_peer_init(struct erp_peer *peer, const struct erp_peer_config *config,
                   const struct node_hooks *hooks);

/* Keeps the root of a full authentication that has succeeded, in the place of any former one. An
 * error of emsk_kdf: there is none then. */
NODE_MUST_CHECK int erp_peer_establish(struct erp_peer *peer, const struct eap_keys *keys,
                                       const struct eap_session_id *session, uint64_t now_ns);

/* The same with what an EAP peer has come to, before that is wiped. NODE_ERR_BAD_STATE: it has no
 * keys; NODE_ERR_UNSUPPORTED: its method names no sessions. */
NODE_MUST_CHECK int erp_peer_learn(struct erp_peer *peer, const struct eap_peer *eap,
                                   uint64_t now_ns);

/* Whether there is a root that can be used: else a full authentication is due. */
bool erp_peer_is_ready(const struct erp_peer *peer, uint64_t now_ns);

/* Until when there is, or NODE_NEVER where there is none now. */
uint64_t erp_peer_until_ns(const struct erp_peer *peer);

/* An EMSK that is kept, and its name. To be wiped. */
struct erp_peer_emsk {
  uint8_t octets[EAP_KEY_LENGTH];
  uint8_t name[EMSK_NAME_LENGTH];
};

/* NODE_ERR_BAD_STATE: there is none, or it is not kept. */
NODE_MUST_CHECK int erp_peer_emsk(const struct erp_peer *peer, struct erp_peer_emsk *emsk);

/* The end of the EMSK, which is that of its root, whether sequence numbers are left or not; or
 * NODE_NEVER where there is none. */
uint64_t erp_peer_emsk_until_ns(const struct erp_peer *peer);

/* Octets of keys that are kept, but for the rMSK of an exchange. */
size_t erp_peer_key_bytes(const struct erp_peer *peer);

/* What an Initiate may ask for. */
struct erp_peer_request {
  bool bootstrap;       /* B: to the home domain; whether there is another ER server */
  struct erp_value nas; /* the authenticator's NAS-Identifier, to be confirmed; octets NULL: none */
  bool nas_unsaid;      /* it is not put into the Initiate; a Finish that names one must name it */
};

/* Begins an exchange, and abandons one that was under way: `out` holds an EAP-Initiate/Re-auth, and
 * has room for EAP_PACKET_MAX octets. `request` NULL: it asks for nothing. NODE_ERR_BAD_STATE: not
 * ready; NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO: nothing has begun, and the number is used up. */
NODE_MUST_CHECK int erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                                   uint64_t now_ns, struct span_writer *out);

/* The rMSK of the exchange that has begun, before and after its Finish. NODE_ERR_BAD_STATE: none
 * has. */
NODE_MUST_CHECK int erp_peer_rmsk(const struct erp_peer *peer, uint8_t rmsk[EAP_KEY_LENGTH]);

/* An Initiate has had no answer yet. */
bool erp_peer_is_outstanding(const struct erp_peer *peer);

/* The keyName-NAI of the root. Returns its octets; 0: there is no root. */
size_t erp_peer_nai(const struct erp_peer *peer, uint8_t nai[ERP_NAI_MAX]);

/* How long the server says that key lasts; 0: it has not said. */
uint32_t erp_peer_rmsk_lifetime_s(const struct erp_peer *peer);

enum erp_peer_result {
  ERP_PEER_DISCARD, /* silently dropped; nothing has changed */
  ERP_PEER_RESPOND, /* to a Re-auth-Start: `out` holds an Initiate */
  ERP_PEER_SUCCESS, /* the Finish verifies: the server has the rMSK */
  ERP_PEER_RETRY,   /* it wants another suite: erp_peer_begin will take that */
  ERP_PEER_FAILURE, /* it says no: the root is gone */
};

/* Takes an EAP-Initiate or EAP-Finish. A Re-auth-Start is discarded while an exchange is under way
 * (section 5.3.1.2), and where there is no root. */
enum erp_peer_result erp_peer_process(struct erp_peer *peer, const uint8_t *packet, size_t length,
                                      uint64_t now_ns, struct span_writer *out);

/* The last packet was discarded as the Finish of another authenticator, and verifies: the server
 * has given the rMSK to who calls itself otherwise than the request says. */
bool erp_peer_is_of_another(const struct erp_peer *peer);

/* Ends an exchange that is under way, without a Finish. The root stays: a full authentication
 * replaces it. */
void erp_peer_abandon(struct erp_peer *peer);

/* Static text: why the last packet was discarded, or why the exchange failed; else empty; never
 * NULL. */
const char *erp_peer_reason(const struct erp_peer *peer);

/* Forgets root and exchange; the configuration stays. */
void erp_peer_forget(struct erp_peer *peer);
void erp_peer_wipe(struct erp_peer *peer);

/* The end of the root's lifetime is not part of it: those who compare have none that ends. */
void erp_peer_digest(const struct erp_peer *peer, struct digest *digest);

#endif
