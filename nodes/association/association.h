/* Security associations, as either end uses them: made from key material and the names of two ends,
 * whoever brought these (an MSK of EAP, a pulled key). Requests and responses of CoAP go in and
 * come out in the clear; what protects them is a row of the table (kinds.def) and does not show. */
#ifndef NODES_ASSOCIATION_ASSOCIATION_H
#define NODES_ASSOCIATION_ASSOCIATION_H

#include "../coap/session.h"
#include "../option.h"

enum {
  ASSOCIATION_MATERIAL_MAX = 2, /* parts of key material */
  ASSOCIATION_KEY_MAX = 64,     /* octets of key material, a token included */
  ASSOCIATION_SALT_MAX = 64,    /* of a Master Salt */
  ASSOCIATION_PSK_MAX = 64,     /* octets of a key that is found by its identity */
  ASSOCIATION_ID_MAX = 7,       /* octets of the short name of an end */
  ASSOCIATION_BINDING_MAX = 48, /* octets of what binds a response to its request */
  ASSOCIATION_COOKIE_SECRET = 32,
  ASSOCIATION_KNOWN_MAX = 4, /* critical options that mark protected messages, of all kinds */
  ASSOCIATION_RECORDS_MAX =
      8, /* of a datagram that are looked at: each may be worth a decryption; a flight has 3 */
  ASSOCIATION_PAYLOAD_MAX = 1187 /* of one CoAP message, so that it keeps within the IPv6 MTU */
};

/* A row of the table (ASSOCIATION_OSCORE, ...); association_kind_* below ask it. */
struct association_kind;
#define KIND(id, name, help) extern const struct association_kind ASSOCIATION_##id;
#include "kinds.def"
#undef KIND

/* Whose cipher suites a kind has. */
enum association_suites {
  ASSOCIATION_SUITES_NONE,
  ASSOCIATION_SUITES_OSCORE, /* oscore/suite.h */
  ASSOCIATION_SUITES_DTLS,   /* dtls/suite.h */
};

/* Of oscore/suite.h. */
struct oscore_suite;

/* The option "association", whose value is the place of a kind. */
extern const struct option_table ASSOCIATION_OPTIONS;

/* The kind that is chosen; never NULL. */
const struct association_kind *association_kind_of(const struct option_values *options);

/* Static text: why the options of the chosen kind do not go together; NULL: they do. */
const char *association_unsupported(const struct option_values *options);

/* Options of the kinds, one table each; NULL: this one has none. */
size_t association_kind_count(void);
const struct option_table *association_kind_options(size_t kind);

/* What key material it takes: name and length of part `part`; 0: there are no more parts. */
size_t association_kind_material(const struct association_kind *kind, size_t part,
                                 const char **name);
/* The octets of the exchange's token follow the key material (draft appendix A.1). */
bool association_kind_takes_token(const struct association_kind *kind);
/* It is a session, with datagrams of its own. */
bool association_kind_is_session(const struct association_kind *kind);
/* Where these are: on a port of UDP that is theirs, the same at both ends (IKE's 500), or, 0, on
 * the port behind that of the lower layer. */
uint16_t association_kind_port(const struct association_kind *kind);
/* What carries protected messages: NODE_UDP on that port, or a protocol of their own. */
enum node_protocol association_kind_carrier(const struct association_kind *kind);
/* It is none: nothing can be opened. */
bool association_kind_is_none(const struct association_kind *kind);
enum association_suites association_kind_suites(const struct association_kind *kind);
/* Nothing in it keeps messages in order: they need a number. */
bool association_kind_is_numbered(const struct association_kind *kind);
/* "OSCORE". */
const char *association_kind_label(const struct association_kind *kind);
/* "dtls_psk": what its key is in NODE_EVENT_KEY. */
const char *association_kind_secret_name(const struct association_kind *kind);
/* Static text: why an authentication fails whose peer refuses the first message under it. */
const char *association_kind_refusal(const struct association_kind *kind);
/* Whether this is why an authentication may fail by it. */
bool association_kind_fails(const struct association_kind *kind, const char *reason);
/* Whether a datagram of an association's place begins a handshake, of whatever association. */
bool association_kind_opens(const struct association_kind *kind,
                            const struct node_datagram *datagram);
/* Whether a datagram has protected messages, and is of no handshake. */
bool association_kind_is_application_data(const struct association_kind *kind,
                                          const struct node_datagram *datagram);
/* Writes what ends a handshake that the other end has begun and this one wants nothing of; of a
 * kind with sessions. 1, or NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int association_kind_refuse(const struct association_kind *kind,
                                            struct node_datagram *datagram);
/* Octets that the identity must have, at least. */
size_t association_kind_identity_least(const struct association_kind *kind);

/* Where the session of an end is whose messages without protection are at `address`: on the port
 * of its kind, or on the one behind, as 5684 is behind 5683. */
struct node_address association_address(const struct association_kind *kind,
                                        const struct node_address *address);
/* Where the messages inside the session of such an end are, for whoever filters by port: at the
 * same place, or, where UDP goes inside (ESP), at `address`. */
struct node_address association_inside(const struct association_kind *kind,
                                       const struct node_address *address);
/* Whether a datagram that came is for a session of this end, whose messages without protection come
 * to `local`; whether it is of a session with the end at `remote`. */
bool association_is_for(const struct association_kind *kind, const struct node_address *local,
                        const struct node_datagram *datagram);
bool association_is_from(const struct association_kind *kind, const struct node_address *remote,
                         const struct node_datagram *datagram);
/* Who sent a datagram of a session, by the address of messages without protection. With a port of
 * the kind's own that is on the same port as `local`, whatever the other end has: ends are told
 * apart by their IP addresses then. */
struct node_address association_origin(const struct association_kind *kind,
                                       const struct node_address *local,
                                       const struct node_datagram *datagram);

/* Whether a message bears the mark of protection by any kind; and the critical options that do. */
bool association_is_marked(const struct coap_message *message);
size_t association_known(uint16_t known[ASSOCIATION_KNOWN_MAX]);

/* Why a message that bears the mark cannot be verified where there is no association:
 * NODE_ERR_MALFORMED, or NODE_ERR_UNKNOWN. association_refusal says what that is answered with (RFC
 * 8613 section 8.2); COAP_CODE_EMPTY: nothing. */
int association_check(const struct coap_message *message);
uint8_t association_refusal(int error);

struct association_id {
  uint8_t bytes[ASSOCIATION_ID_MAX];
  size_t length;
};

/* Where an end that many may open sessions with has keys from, by the identity that the other end
 * names. */
struct association_keys {
  /* Writes the key, up to ASSOCIATION_PSK_MAX octets, and returns its length; 0: nobody is known by
   * this identity, which has 1 to NODE_IDENTITY_MAX octets, and the handshake ends. Called while a
   * datagram is read; what it computes is no cost of the session. */
  size_t (*find)(void *context, const uint8_t *identity, size_t length,
                 uint8_t psk[ASSOCIATION_PSK_MAX]);
  void *context;
};

/* What an association is made of. Pointers are used during the call only. */
struct association_config {
  const struct association_kind *kind;
  const struct option_values *options; /* of the kinds */
  const struct coap_parameters *coap;  /* of a message layer inside, where it has one */
  bool client;                         /* this end opens a session; the other answers */
  enum node_phase phase;               /* that a handshake is for, and NODE_EVENT_KEY */
  bool key_told;                       /* who brings the key has told of it: NODE_EVENT_KEY is not
                                        * repeated */
  struct node_address local, remote;   /* of CoAP without protection; local's IP zero: any */
  const uint8_t *key;                  /* the parts of the material, and the token; of OSCORE a
                                          Master Secret of any length, and its Salt of 8 */
  size_t key_length;                   /* up to ASSOCIATION_KEY_MAX */
  const uint8_t *salt; /* of OSCORE: a Master Salt of any length, so that all of the key is the
                        * Master Secret; length 0: it is the end of the key */
  size_t salt_length;  /* up to ASSOCIATION_SALT_MAX */
  struct association_id local_id;   /* short names of the two ends: OSCORE's Sender ID */
  struct association_id remote_id;  /* and Recipient ID */
  const struct oscore_suite *suite; /* of OSCORE; NULL: what `options` say */
  const uint8_t *identity;          /* that the key was made for: ID Context, PSK identity */
  size_t identity_length;
  /* Of who answers in a session that many may open: keys by the identity that the other end names,
   * in the place of `key` and `identity` (lengths of 0); outlives the association. NULL: there is
   * one. */
  const struct association_keys *keys;
  const uint8_t *server_name; /* of who answers in a session whose kind has a place for it (IDr of
                               * IKEv2); length 0: none */
  size_t server_name_length;
  const uint8_t *cookie_secret; /* of who answers, ASSOCIATION_COOKIE_SECRET octets; outlives the
                                 * association. NULL: one of its own */
  unsigned dtls_suites; /* set of those of a DTLS session (dtls/suite.h); 0: what `options` say */
};

/* What judges the requests that come under an association: the beginning of its owner's own
 * structure, on the heap. */
struct association_guard {
  /* Whether the other end may ask for this. */
  bool (*permits)(const struct association_guard *guard, const struct coap_message *request);
  void (*release)(struct association_guard *guard); /* frees it */
};

/* Zeroed memory is one that is closed. May be moved in memory. Fields are private. */
struct association {
  const struct association_kind *kind; /* NULL: closed */
  const struct node_hooks *hooks;
  enum node_phase phase;           /* of its handshake */
  struct coap_session *coap;       /* carries its messages: the caller's, or that of a session */
  void *state;                     /* the kind's */
  struct association_guard *guard; /* NULL: all may be asked for */
};

/* Opens it (NODE_EVENT_KEY, unless told; and where there are `keys`, whoever keeps them tells of
 * them); the client of a session begins its handshake. `coap` is the message layer without
 * protection; it and `hooks` outlive the association. NODE_ERR_CRYPTO, NODE_ERR_EXHAUSTED,
 * NODE_ERR_BAD_CONFIG (also: `keys` of a client, beside a key, or of a kind that has none),
 * NODE_ERR_UNSUPPORTED (a suite that is refused). */
NODE_MUST_CHECK int association_open(struct association *association,
                                     const struct association_config *config,
                                     struct coap_session *coap, const struct node_hooks *hooks,
                                     uint64_t now_ns);

/* It is ready, its kind can be resumed, and it was made of one key, not of `keys`. */
bool association_can_resume(const struct association *association);

/* A datagram that begins a handshake is a copy of what has begun that of this association. */
bool association_has_opened(const struct association *association,
                            const struct node_datagram *datagram);

/* Opens it as the resumption of `from`, which stays as it is and can be resumed: with the same
 * ends, in their roles, and fresh keys (NODE_EVENT_KEY); where the other end does not know that
 * session, by what `from` was made of. `remote` as association_config has it. NODE_ERR_EXHAUSTED,
 * NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int association_resume(struct association *association, struct association *from,
                                       const struct node_address *remote, uint64_t now_ns);
/* The association's from now on, and released when it closes; at once where it is closed already.
 */
void association_set_guard(struct association *association, struct association_guard *guard);

/* What guards `from`, if anything does, guards `association` from now on. */
void association_take_guard(struct association *association, struct association *from);

/* Wipes and frees; harmless where it is closed. */
void association_close(struct association *association);

bool association_is_open(const struct association *association);

/* A session whose other end has shown that it is at its address, where it is asked for that, and
 * has begun: before, nothing of it is lost with the association. */
bool association_has_begun(const struct association *association);

/* Requests can be protected: at once, or after the handshake of a session. */
bool association_is_ready(const struct association *association);

/* It is open, and protects messages of the message layer without protection. */
bool association_protects_messages(const struct association *association);

/* Its messages need a number; false where it is closed. */
bool association_is_numbered(const struct association *association);

/* Static text why the handshake failed; NULL: it has not. */
const char *association_failure(const struct association *association);

/* It failed because the server does not know the client's identity, or somebody has said so in
 * clear. */
bool association_is_unknown(const struct association *association);

/* The identity whose key a session is by: that which the client has named, and has proved to have;
 * NULL before it is ready, and of a kind without. */
const uint8_t *association_identity(const struct association *association, size_t *length);

/* The identity that a datagram of the other end names in a handshake that is under way: in clear,
 * or protected as far as the handshake has come. It points into the datagram, or is the
 * association's until its next call. NULL: there is none in it. So a key can be asked for before
 * the datagram is read. */
const uint8_t *association_names(struct association *association,
                                 const struct node_datagram *datagram, size_t *identity_length);

/* The message layer that carries its messages. */
struct coap_session *association_coap(const struct association *association);

/* As client */

/* Queues a confirmable request, protected. Errors of coap_session_request and of the kind. */
NODE_MUST_CHECK int association_request(struct association *association,
                                        struct coap_message *request, const char *label);

/* What stands in front of a request's ciphertext, where that is all of its payload, and the option
 * outside that says so (RFC 9668 section 3.2). Pointers are used during the call only. */
struct association_prefix {
  struct coap_option option;
  const uint8_t *octets;
  size_t length;
  uint16_t row; /* of the octets */
};

/* The same with a prefix, of a kind that protects messages. NODE_ERR_TOO_LONG also where both are
 * too long together. */
NODE_MUST_CHECK int association_request_behind(struct association *association,
                                               struct coap_message *request,
                                               const struct association_prefix *prefix,
                                               const char *label);

/* Verifies what came as the response to the outstanding request; `plain` points into `buffer` (of
 * NODE_DATAGRAM_MAX octets) or `message`. Errors of oscore_unprotect_response. */
NODE_MUST_CHECK int association_verify_response(struct association *association,
                                                const struct coap_message *message, uint8_t *buffer,
                                                struct coap_message *plain);

/* As server */

/* A request that came under an association. */
struct association_request {
  struct association *association;
  const struct coap_message *outer; /* as the message layer knows it */
  struct coap_message plain;
  _Alignas(max_align_t) uint8_t binding[ASSOCIATION_BINDING_MAX];
  uint8_t buffer[NODE_DATAGRAM_MAX];
};

/* Verifies a request. Errors of oscore_unprotect_request. */
NODE_MUST_CHECK int association_verify_request(struct association *association,
                                               const struct coap_message *message,
                                               struct association_request *request);

/* Whether the association's guard, if any, permits a verified request. */
bool association_permits(const struct association_request *request);

/* Answers a request that did not verify, as RFC 8613 section 8.2 says; NULL if it is answered, or
 * static text: why it is dropped. `coap` is the message layer that it came by. */
const char *association_refuse(struct coap_session *coap, const struct coap_message *message,
                               int error);

/* Answers a verified request. Errors of coap_session_respond and of the kind. */
NODE_MUST_CHECK int association_respond(const struct association_request *request,
                                        struct coap_message *response, const char *label,
                                        uint64_t now_ns);

/* A pair: the association in use, and the one that is to take its place. */
struct association_pair {
  struct association pending; /* from the key to its confirmation */
  struct association current; /* in use until a new one verifies */
  size_t bytes_peak;          /* octets held at most, since the start */
};

void association_pair_close(struct association_pair *pair);

/* The pending one is confirmed, and takes the place of the current. */
void association_pair_replace(struct association_pair *pair);

/* Closes the pending one, unless it has failed and may have an alert to write. */
void association_pair_drop(struct association_pair *pair);

/* Verifies a request with the mark of protection under whichever it is of. Errors of
 * association_verify_request; NODE_ERR_UNKNOWN: of neither. */
NODE_MUST_CHECK int association_pair_verify_request(struct association_pair *pair,
                                                    const struct coap_message *message,
                                                    struct association_request *request);

/* Sessions: datagrams that come to, and go from, the place of the association. */

/* What is told of a datagram. Results: 0 or a negative node_error. */
struct association_reader {
  void *context;
  /* A message came out of a record; it points into `data`. */
  int (*message)(void *context, struct association *association, const uint8_t *data, size_t length,
                 uint64_t now_ns);
  void (*discarded)(void *context, const char *why);
};

/* Records behind ASSOCIATION_RECORDS_MAX are dropped, all with one call of `discarded`, so that
 * what one datagram makes either end do is bounded. */
NODE_MUST_CHECK int association_pair_read(struct association_pair *pair,
                                          const struct node_datagram *datagram, uint64_t now_ns,
                                          const struct association_reader *reader);

/* Protects what the message layer inside a session has to say, or those of both: at the end of
 * whatever may have made them speak, so that association_pair_write has nothing to compute. Nothing
 * is said inside before the handshake is over. Errors of the kind. */
NODE_MUST_CHECK int association_seal(struct association *association);
NODE_MUST_CHECK int association_pair_seal(struct association_pair *pair);

/* The next datagram, as node_write does, with its protocol, between the places of sessions of the
 * two ends, whose CoAP without protection is at `local` and `remote`. Nothing from inside goes out
 * that was not sealed. */
NODE_MUST_CHECK int association_pair_write(struct association_pair *pair,
                                           const struct node_address *local,
                                           const struct node_address *remote,
                                           struct node_datagram *datagram, uint64_t now_ns);

uint64_t association_pair_expiry(const struct association_pair *pair);

/* What was outstanding under either and was given up, as coap_session_handle_expiry says. */
struct association_given_up {
  bool pending, current;
};
NODE_MUST_CHECK int association_pair_handle_expiry(struct association_pair *pair, uint64_t now_ns,
                                                   struct association_given_up *given_up);

/* Octets held now: contexts and sessions, no message layers. */
size_t association_pair_bytes(const struct association_pair *pair);

/* Brings bytes_peak up to date: after whatever may have made it grow. */
void association_pair_note(struct association_pair *pair);

/* Of a session: see dtls_digest. Of a message layer without protection nothing: it is its owner's.
 */
void association_pair_digest(const struct association_pair *pair, struct digest *digest,
                             uint64_t now_ns);

/* Adds a datagram of a session (addresses, protocol, data) to a digest: without what is another
 * each time that it is sent. */
void association_digest_datagram(const struct association_kind *kind,
                                 const struct node_datagram *datagram, struct digest *digest);

#endif
