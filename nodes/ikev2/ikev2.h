/* One end of an IKE SA (RFC 7296) with a pre-shared key, initiator or responder, and of the one
 * Child SA that it may make, sans I/O, in virtual time: IKE_SA_INIT and IKE_AUTH, childless (RFC
 * 6023) or with a child for ESP; INFORMATIONAL for liveness and Delete. A minimal one after RFC
 * 7815: one proposal, one pair of traffic selectors, window 1; CREATE_CHILD_SA is answered
 * (NO_ADDITIONAL_SAS), never sent. Beyond RFC 7815: cookies at both ends, the responder, Delete.
 * Not here: rekeying, certificates, EAP, configuration, fragmentation (RFC 7383), MOBIKE.
 *
 * Datagrams are UDP's on port 500 (or whatever port, with the marker of RFC 7296 section 2.23 where
 * `marker` says so). The owner sends and receives them, and the packets of ESP with the keys of
 * ikev2_child; it makes one endpoint for each remote.
 *
 * Errors before the end of IKE_AUTH are hints that anybody can send (section 2.21): an initiator
 * believes a notify without protection only where nothing else comes before its timer ends, with
 * the exception of a cookie, which it follows, up to IKEV2_COOKIES_FOLLOWED times. So is the
 * response of a responder that does not offer what an initiator without a child needs.
 *
 * A responder computes Diffie-Hellman and the keys when IKE_SA_INIT comes: two operations on the
 * curve for who has, where cookies are on, shown that it hears what is sent to its address. What it
 * refuses (NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD, a critical payload that it does not know) leaves
 * it in IKEV2_BEGINNING.
 *
 * Events: NODE_EVENT_DISCARDED, and NODE_EVENT_SECRET "ikev2_keys" (SPIi 8, SPIr 8, SK_ei and SK_er
 * of 19: key and salt) and "esp_keys" (the SPI of a direction 4, key 16, salt 3; twice, that of the
 * initiator's packets first), in the phase and with the remote of the configuration. */
#ifndef NODES_IKEV2_IKEV2_H
#define NODES_IKEV2_IKEV2_H

#include "../crypto/ec.h"
#include "../node.h"

enum {
  IKEV2_PORT = 500,
  IKEV2_PORT_ENCAPSULATED = 4500, /* with the marker, and ESP in UDP beside (RFC 3948) */
  IKEV2_MARKER_LENGTH = 4,        /* zeros in front of a message, where ESP is on the same port */
  IKEV2_SPI_LENGTH = 8,
  IKEV2_PSK_MAX = 64,
  IKEV2_ID_MAX = NODE_IDENTITY_MAX, /* octets of an identity's data that either end may have */
  IKEV2_NONCE_LEAST = 16,
  IKEV2_NONCE_MAX = 256,
  IKEV2_COOKIE_MAX = 64,    /* octets of a cookie that an initiator brings back */
  IKEV2_COOKIE_LENGTH = 17, /* of ours: the version of the secret, and a MAC */
  IKEV2_COOKIE_SECRET = 32,
  IKEV2_COOKIES_FOLLOWED = 3,
  IKEV2_ESP_KEY_LENGTH = 16,
  IKEV2_ESP_SALT_LENGTH = 3,
  IKEV2_TIMEOUT_MS_DEFAULT = 2000,
  IKEV2_TRIES_DEFAULT = 5,
  IKEV2_HALF_OPEN_S_DEFAULT = 30, /* that a responder waits for IKE_AUTH */
};

enum ikev2_proposal {
#define PROPOSAL(id, name, prf, group, help) IKEV2_PROPOSAL_##id,
#include "proposals.def"
#undef PROPOSAL
  IKEV2_PROPOSAL_COUNT
};

const char *ikev2_proposal_name(enum ikev2_proposal proposal);

/* Identification payloads (section 3.5). */
enum ikev2_id_type {
  IKEV2_ID_IPV4_ADDR = 1,
  IKEV2_ID_FQDN = 2,
  IKEV2_ID_RFC822_ADDR = 3,
  IKEV2_ID_IPV6_ADDR = 5,
  IKEV2_ID_KEY_ID = 11,
};

struct ikev2_id {
  enum ikev2_id_type type;
  const uint8_t *octets;
  size_t length; /* 1 to IKEV2_ID_MAX; 0: none */
};

/* Where a responder has keys from, by the identity that an initiator names. */
struct ikev2_keys {
  /* Writes the key, up to IKEV2_PSK_MAX octets, and returns its length; 0: nobody is known by this
   * identity, and the exchange ends with AUTHENTICATION_FAILED. Called inside ikev2_receive; what
   * it computes is no cost of the endpoint. */
  size_t (*find)(void *context, const struct ikev2_id *id, uint8_t psk[IKEV2_PSK_MAX]);
  void *context;
};

enum ikev2_child_mode {
  IKEV2_CHILD_NONE, /* RFC 6023: a responder offers it (notify 16418), an initiator needs that */
  IKEV2_CHILD_TRANSPORT, /* notify USE_TRANSPORT_MODE */
  IKEV2_CHILD_TUNNEL,
};

/* Encryption of ESP that is offered, or taken where it is offered. */
enum ikev2_esp_suite {
  IKEV2_ESP_AES_CCM_8,     /* explicit IV (RFC 4309): ENCR 14 */
  IKEV2_ESP_AES_CCM_8_IIV, /* implicit IV (RFC 8750): ENCR 29 */
};

enum ikev2_nat {
  IKEV2_NAT_OFF,    /* no notifies; those of the other end are ignored */
  IKEV2_NAT_DETECT, /* NAT_DETECTION_*_IP (section 2.23); with a NAT between, IKE goes on on port
                     * 4500, with the marker, and ESP is to be in UDP; a responder follows to where
                     * IKE_AUTH comes from, and takes the addresses of traffic selectors as they
                     * are offered (2.23.1). What comes to port 4500 has the marker */
  IKEV2_NAT_FORCE,  /* the same, with a hash of one's own that fits nothing: as if there were one */
};

/* Copied by create, with what it points to, but for `keys`, `cookie_secret` and what
 * `curves` is. */
struct ikev2_config {
  bool initiator;
  struct node_address local;  /* of IKE; IP zero: any, and learned from the first datagram read
                               * (too late for `nat`: who does not know its address finds a NAT) */
  struct node_address remote; /* of IKE */
  enum node_phase phase;      /* of events and datagrams */
  struct node_address event_remote; /* of events; zero: `remote` */
  bool marker;                      /* all messages have it, from the first on */

  unsigned proposals; /* set of 1 << enum ikev2_proposal: an initiator offers the one of the lowest
                       * number, a responder takes these; 0: all (initiator: the default) */
  size_t nonce_bytes; /* of one's own nonce: IKEV2_NONCE_LEAST to IKEV2_NONCE_MAX; 0: 16 */
  struct ikev2_id local_id;  /* IDi of an initiator, IDr of a responder */
  struct ikev2_id remote_id; /* initiator: sent as IDr, where `names_responder` says so; the
                              * responder's must equal it. Responder with `psk`: the initiator's
                              * must equal it. Length 0: any */
  bool names_responder;      /* initiator: IDr in the IKE_AUTH request */
  const uint8_t *psk;        /* 1 to IKEV2_PSK_MAX octets */
  size_t psk_length;
  const struct ikev2_keys *keys; /* of a responder, in the place of `psk`; outlives the endpoint */

  enum ikev2_child_mode child; /* a responder that is asked for another refuses the child
                                * (NO_PROPOSAL_CHOSEN, TS_UNACCEPTABLE); one with NONE refuses any,
                                * and one with a child takes an initiator that asks for none as well
                                * only with `childless` */
  bool childless;              /* responder: offers and takes IKE_AUTH without a child, beside one
                                * with `child` */
  unsigned esp_suites; /* set of 1 << enum ikev2_esp_suite, likewise; 0: explicit IV alone */
  uint16_t local_port, remote_port; /* of UDP, that the traffic selectors have; 0: all. A responder
                                     * takes those within its own, and learns the remote's */
  enum ikev2_nat nat;
  bool initial_contact; /* the notify INITIAL_CONTACT in IKE_AUTH (section 2.4) */

  bool cookie; /* responder: IKE_SA_INIT is answered with a COOKIE, and nothing kept,
                * until it comes back (section 2.6) */
  const uint8_t *cookie_secret; /* of IKEV2_COOKIE_SECRET octets: endpoints that share it know each
                                 * other's; outlives the endpoint. NULL: one of its own */

  uint32_t timeout_ms;  /* a request is repeated after this, then doubling; 0: the default */
  unsigned tries;       /* transmissions, after whose last wait the SA has failed; up to 16; 0: the
                         * default */
  uint32_t half_open_s; /* responder: IKE_AUTH is waited for as long from IKE_SA_INIT on; 0: the
                         * default */
  const struct ec_backend *curves; /* NULL: EC_MBEDTLS */
};

enum ikev2_state {
  IKEV2_BEGINNING,   /* responder: no IKE_SA_INIT (with a cookie that is right) has come */
  IKEV2_NEGOTIATING, /* IKE_SA_INIT, IKE_AUTH */
  IKEV2_ESTABLISHED, /* the other end's AUTH has verified */
  IKEV2_FAILED,
};

struct ikev2;

/* NULL if memory is short or the configuration is out of range. An initiator's IKE_SA_INIT waits to
 * be written. `hooks` must outlive the endpoint. */
struct ikev2 *ikev2_create(const struct ikev2_config *config, const struct node_hooks *hooks,
                           uint64_t now_ns);

/* Wipes and frees; NULL is allowed. */
void ikev2_destroy(struct ikev2 *ike);

enum ikev2_state ikev2_state(const struct ikev2 *ike);

/* Of IKEV2_FAILED: static text.
 *   "ikev2-timeout"         no answer in time (also: half open for too long; liveness)
 *   "ikev2-no-proposal"     NO_PROPOSAL_CHOSEN of the IKE SA, or INVALID_KE_PAYLOAD
 *   "ikev2-authentication"  AUTHENTICATION_FAILED: sent, received, or another's AUTH that is wrong
 *   "ikev2-no-child"        the IKE SA would stand, without the child that this end needs
 *   "ikev2-rejected"        another error, or what is malformed under protection; no responder
 *                           that takes an IKE SA without a child; memory was short
 *   "ikev2-deleted"         a Delete of the IKE SA or of its child; or ikev2_delete, answered */
const char *ikev2_reason(const struct ikev2 *ike);

/* Whether this IKE_SA_INIT request begins an SA, of whatever endpoint; `data` is behind the marker,
 * if there is one, as in all functions of this header that look at a message. */
bool ikev2_opens(const uint8_t *data, size_t length);
/* It is a repetition of that by which this endpoint was begun: the same SPI and (the first
 * IKEV2_NONCE_LEAST octets of) the same nonce. */
bool ikev2_has_opened(const struct ikev2 *ike, const uint8_t *data, size_t length);
/* The SPIs of a message are those of this endpoint. */
bool ikev2_is_of(const struct ikev2 *ike, const uint8_t *data, size_t length);

/* The identity that an IKE_AUTH request names, once it has verified under the keys of
 * IKE_SA_INIT: for who has to look for a key elsewhere, before ikev2_receive is called with the
 * same octets, which are not decrypted a second time. False: it is none, or does not verify. The
 * octets are the endpoint's, until its next call. */
NODE_MUST_CHECK bool ikev2_peek_id(struct ikev2 *ike, const uint8_t *data, size_t length,
                                   struct ikev2_id *id);

/* The identity that the other end has proved. False: not established, or failed. */
NODE_MUST_CHECK bool ikev2_remote_id(const struct ikev2 *ike, struct ikev2_id *id);

/* An initiator that has proved its identity has said that it has no other IKE SA with this end: the
 * notify INITIAL_CONTACT (section 2.4). */
bool ikev2_is_only(const struct ikev2 *ike);

/* Takes a datagram of the remote (source, destination, data, length; with the marker where there is
 * one). Hostile octets are dropped. 0, or a negative node_error where the node itself can go on no
 * more. */
NODE_MUST_CHECK int ikev2_receive(struct ikev2 *ike, const struct node_datagram *datagram,
                                  uint64_t now_ns);

/* Hands out the next datagram: addresses, data, length, spans, label ("IKE_SA_INIT request", ...,
 * "INFORMATIONAL response"), copy, phase. The retransmission timer runs from here on. Nothing is
 * computed. An endpoint that has failed may have one left: its last response, which it gives again
 * where the request comes again, or a request that tells the other end (AUTHENTICATION_FAILED,
 * Delete where it needs a child), for whose response it does not wait. 1, 0 or a negative
 * node_error. */
NODE_MUST_CHECK int ikev2_write(struct ikev2 *ike, struct node_datagram *datagram, uint64_t now_ns);

uint64_t ikev2_expiry(const struct ikev2 *ike);
NODE_MUST_CHECK int ikev2_handle_expiry(struct ikev2 *ike, uint64_t now_ns);

/* Sends an empty INFORMATIONAL request (liveness, section 2.4), or one with a Delete of the IKE SA,
 * after whose response, or when it is given up, the endpoint has failed. NODE_ERR_BAD_STATE where
 * it is not established, NODE_ERR_BUSY while another request is under way, NODE_ERR_CRYPTO,
 * NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int ikev2_check_liveness(struct ikev2 *ike, uint64_t now_ns);
NODE_MUST_CHECK int ikev2_delete(struct ikev2 *ike, uint64_t now_ns);
/* A request of this end is under way; of an initiator that negotiates, always. */
bool ikev2_is_asking(const struct ikev2 *ike);

/* A direction of the Child SA. */
struct ikev2_esp_keys {
  uint32_t spi; /* chosen by who receives */
  uint8_t key[IKEV2_ESP_KEY_LENGTH];
  uint8_t salt[IKEV2_ESP_SALT_LENGTH];
};

struct ikev2_child {
  enum ikev2_child_mode mode;
  enum ikev2_esp_suite suite;
  bool in_udp; /* a NAT was found, or forced: ESP goes in UDP, between the ports of IKE */
  struct ikev2_esp_keys in, out;
  struct node_address local, remote; /* of the traffic selectors: IP and port of UDP (0: any) */
};

/* The child of an established SA; the caller wipes it. False: there is none. */
NODE_MUST_CHECK bool ikev2_child(const struct ikev2 *ike, struct ikev2_child *child);

/* Octets held now, and at most. */
size_t ikev2_state_bytes(const struct ikev2 *ike);
size_t ikev2_state_bytes_peak(const struct ikev2 *ike);

/* What decides how the endpoint goes on. */
void ikev2_digest(const struct ikev2 *ike, struct digest *digest, uint64_t now_ns);

/* A datagram without what is another each time that it is sent (keys, nonces, ciphertext):
 * exchange, flags, Message ID, lengths; of what is in clear, the payloads' types. */
void ikev2_digest_datagram(const uint8_t *data, size_t length, struct digest *digest);

#endif
