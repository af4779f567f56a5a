/* One DTLS 1.2 endpoint (RFC 6347), client or server, with a pre-shared key and the cipher suites
 * of suites.def: a session towards one remote, sans I/O, in virtual time, on mbedtls. Handshake
 * with cookie exchange, retransmission of flights, anti-replay, protected application data. Not
 * here: renegotiation, session tickets, connection IDs, path MTU discovery; and a server takes no
 * ClientHello in fragments, which the library does not put together: DISCARDED with
 * DTLS_HELLO_IN_FRAGMENTS.
 *
 * The library's contexts live as long as the handshake asks for them. Afterwards the session rests
 * in its serialized form (keys, epoch, record sequence numbers, replay window), and a context is
 * made of it for the time of each call. Time is the node contract's; what the library would take
 * from time() is 0, so that the octets of a run depend on the hooks' random stream only. Costs are
 * the blocks that the library computes: of AES, and of SHA-256 alone (of a first ClientHello, whose
 * cipher suite is still open, it makes other hashes, too). */
#ifndef NODES_DTLS_DTLS_H
#define NODES_DTLS_DTLS_H

#include "../node.h"
#include "suite.h"

enum {
  DTLS_PORT = 5684, /* coaps, RFC 7252 section 12.7 */
  DTLS_PSK_MAX = 32,
  DTLS_COOKIE_SECRET = 32,
  DTLS_MTU_MIN = 256,
  DTLS_MTU_DEFAULT = 1232, /* an IPv6 packet of 1280 octets without its IPv6 and UDP headers */
  DTLS_TIMEOUT_MS_DEFAULT = 1000,
  DTLS_TIMEOUT_MAX_MS_DEFAULT = 60000,
  DTLS_RECORD_OVERHEAD = 29,     /* header 13, explicit nonce 8, tag 8 */
  DTLS_RECORD_OVERHEAD_MAX = 37, /* of the suites with tags of 16 */
};

/* What NODE_EVENT_DISCARDED says: of more than DTLS_RECORDS_MAX (record.h) in a datagram, and of a
 * client that its server will not understand. */
#define DTLS_TOO_MANY_RECORDS "more than 8 DTLS records in a datagram"
#define DTLS_HELLO_IN_FRAGMENTS "DTLS ClientHello in fragments, which is not supported"

struct dtls;

enum { DTLS_SESSION_ID_MAX = 32, DTLS_MASTER_LENGTH = 48 };

/* What a session can be resumed by (RFC 5246 section 7.3: the abbreviated handshake): its id, which
 * goes in clear, and its master secret. Ends keep their roles: where either could be the client of
 * the same secret, its hello might be brought back to itself, and it would be its own server. */
struct dtls_resumption {
  uint8_t id[DTLS_SESSION_ID_MAX];
  size_t id_length;
  uint8_t master[DTLS_MASTER_LENGTH];
  enum dtls_suite_id suite;
};

/* Where a server has keys from, by the identity that its client names in ClientKeyExchange (RFC
 * 4279 section 2). */
struct dtls_keys {
  /* Writes the key, up to DTLS_PSK_MAX octets, and returns its length; 0: nobody is known by this
   * identity, which has 1 to NODE_IDENTITY_MAX octets, and the handshake ends with the alert
   * unknown_psk_identity. Called inside dtls_receive; what it computes is no cost of the endpoint.
   */
  size_t (*find)(void *context, const uint8_t *identity, size_t length, uint8_t psk[DTLS_PSK_MAX]);
  void *context;
};

/* Copied by create. */
struct dtls_config {
  bool client;                /* else server */
  uint8_t phase;              /* the enum node_phase of NODE_EVENT_SECRET, which tells what a
                               * handshake has made: "dtls_keys", client random 32, master secret 48 */
  struct node_address remote; /* what a cookie is bound to */
  bool cookie;                /* server: ask for one (HelloVerifyRequest) */
  /* What cookies are made with, of DTLS_COOKIE_SECRET octets: endpoints that share it know each
   * other's cookies. NULL: one of its own, drawn at random. */
  const uint8_t *cookie_secret;
  const uint8_t *psk; /* 1 to DTLS_PSK_MAX octets */
  size_t psk_length;
  const uint8_t
      *identity; /* PSK identity, 1 to NODE_IDENTITY_MAX octets; a server accepts no other */
  size_t identity_length;
  /* Of a server, in the place of key, identity and resumption (0, 0, NULL); what it points to
   * outlives the endpoint. NULL: there is one key. */
  const struct dtls_keys *keys;
  uint32_t timeout_ms;     /* first retransmission of a flight; doubling */
  uint32_t timeout_max_ms; /* the last interval; when it is over, the handshake has failed */
  size_t mtu;              /* longest datagram to send: DTLS_MTU_MIN to NODE_DATAGRAM_MAX */
  unsigned suites;         /* set of those that it offers, or takes; 0: DTLS_SUITES_DEFAULT */
  /* A client asks for this session, a server grants it to who asks; its suite is among `suites`,
   * and is what is agreed on, or it is not resumed. Keys are fresh. Where the other end does not
   * know it, all is as without, by the key. NULL: none. */
  const struct dtls_resumption *resumption;
};

enum dtls_state {
  DTLS_HANDSHAKING,
  DTLS_ESTABLISHED, /* the remote's Finished has verified */
  DTLS_FAILED,
};

/* NULL if memory is short or the configuration is out of range. A client's ClientHello waits to be
 * written. `hooks` must outlive the endpoint. */
struct dtls *dtls_create(const struct dtls_config *config, const struct node_hooks *hooks,
                         uint64_t now_ns);

/* Wipes and frees; NULL is allowed. */
void dtls_destroy(struct dtls *dtls);

enum dtls_state dtls_state(const struct dtls *dtls);

/* Whether a server has taken a ClientHello: with a right cookie, where it asks for one. Before, it
 * keeps nothing of what has come, and what it has to write is as good from another endpoint with
 * its cookie_secret. */
bool dtls_has_begun(const struct dtls *dtls);

/* Of DTLS_FAILED: static text, "dtls-timeout" (no answer in time), "dtls-no-common-suite" (of a
 * server, whose client offers no cipher suite that it takes; and of the client that it has told so,
 * by a handshake_failure for a ServerHello), "dtls-unknown-identity" (of a server, whose client
 * names an identity that it has no key for; and of the client that it has told so, by
 * unknown_psk_identity, RFC 4279 section 2: in clear, so that anybody on the path can say it),
 * "dtls-alert" (the remote sent another fatal alert), "dtls-rejected" (what came does not verify or
 * is not allowed) or "dtls-closed". A server that asks for a cookie does so first, and fails only
 * by a ClientHello that has one. */
const char *dtls_reason(const struct dtls *dtls);

/* It has failed for "dtls-unknown-identity". */
bool dtls_identity_is_unknown(const struct dtls *dtls);

/* The cipher suite in use; before it is agreed on, that of DTLS_SUITES_DEFAULT. */
const struct dtls_suite *dtls_suite_of(const struct dtls *dtls);

/* The PSK identity that the client of an established session has named, and proved by its key: its
 * octets, and their number. NULL: not established, or not of a server with `keys`, where it is what
 * the endpoint was made with. */
const uint8_t *dtls_identity(const struct dtls *dtls, size_t *length);

/* What an established session can be resumed by, which whoever takes it wipes. It has no identity
 * in it: who resumes a session of a server with `keys` is made with the one identity and its key.
 * NODE_ERR_BAD_STATE, NODE_ERR_EXHAUSTED. It costs nothing: it is copied. */
NODE_MUST_CHECK int dtls_resumption_take(struct dtls *dtls, struct dtls_resumption *resumption);

/* The handshake is, or was, abbreviated. */
bool dtls_is_resumed(const struct dtls *dtls);

/* True if the first record of a datagram is of application data (content type 23), and so for a
 * session that is established. */
bool dtls_is_application_data(const uint8_t *data, size_t length);

/* Takes one datagram from the remote, of which DTLS_RECORDS_MAX records at most. Hostile octets are
 * dropped. Each record of application data
 * that verifies is handed to `deliver` at once, from where dtls_protect of the same endpoint may be
 * called, but not dtls_receive or dtls_destroy. Returns how many were handed on, or a negative
 * node_error where the node itself can go on no more. A handshake that ends by it leads to another
 * dtls_state; a server that has sent its last flight keeps it for repetition until the first
 * application data arrive. */
NODE_MUST_CHECK int
dtls_receive(struct dtls *dtls, const uint8_t *data, size_t length, uint64_t now_ns,
             void (*deliver)(void *context, const uint8_t *plain, size_t length), void *context);

/* Protects application data, one octet or more, into one record, in `datagram` (data, length,
 * spans; 29 octets more than `length`, or 37 where tags have 16), which the caller sends. `spans`
 * are the rows of `plain`. NODE_ERR_BAD_STATE before DTLS_ESTABLISHED, NODE_ERR_TOO_LONG,
 * NODE_ERR_CRYPTO. Each call takes a new record sequence number. */
NODE_MUST_CHECK int dtls_protect(struct dtls *dtls, const uint8_t *plain, size_t length,
                                 const struct span_list *spans, struct node_datagram *datagram);

/* Hands out the next datagram of the handshake, or an alert: data, length, spans, label
 * ("DTLS ClientHello"), copy (how often its message was sent before); an endpoint that has failed
 * may have one alert left. The retransmission timer runs from here on. 1, 0 or a negative
 * node_error. */
NODE_MUST_CHECK int dtls_write(struct dtls *dtls, struct node_datagram *datagram, uint64_t now_ns);

/* The retransmission timer of the handshake, or NODE_NEVER (and that while there is something to
 * write). A server has none before it has answered a ClientHello that it accepts. */
uint64_t dtls_expiry(const struct dtls *dtls);
NODE_MUST_CHECK int dtls_handle_expiry(struct dtls *dtls, uint64_t now_ns);

/* Octets that the session holds now, and held at most: our structure and what the library has
 * allocated for it. */
size_t dtls_state_bytes(const struct dtls *dtls);
size_t dtls_state_bytes_peak(const struct dtls *dtls);

/* What decides how the session goes on, but for record sequence numbers and the replay window. */
void dtls_digest(const struct dtls *dtls, struct digest *digest, uint64_t now_ns);

#endif
