/* EDHOC (RFC 9528), without I/O: both roles, methods 0 to 3, cipher suites 0 to 3.
 *
 *   Initiator                                  Responder
 *   edhoc_message_1_compose   -- message_1 -->  edhoc_message_1_process
 *   edhoc_message_2_process   <-- message_2 --  edhoc_message_2_compose
 *   edhoc_message_3_compose   -- message_3 -->  edhoc_message_3_process
 *   edhoc_message_4_process   <-- message_4 --  edhoc_message_4_compose   (optional)
 *
 * Whatever fails ends the session: its secrets are wiped, `edhoc_reason` says why, and where the
 * peer should know, edhoc_error_compose writes the error message. A call out of order is
 * NODE_ERR_BAD_STATE and changes nothing.
 *
 * Signatures in suites 0 and 1 need a backend with Ed25519 (crypto/ec.h). EAD is handed over when
 * its message has been verified, not before. Message deduplication and correlation are the
 * transport's. Left out: PLAINTEXT_2 beyond 8160 octets (appendix G), and what credential.h says.
 *
 * The session is one flat structure, without pointers into itself: a copy is a session, too. */
#ifndef NODES_EDHOC_EDHOC_H
#define NODES_EDHOC_EDHOC_H

#include "certificate.h"
#include "credential.h"
#include "ead.h"
#include "method.h"
#include "name.h"

enum {
  EDHOC_MESSAGE_MAX = 2048, /* octets of a message that is composed or accepted */
  EDHOC_CONNECTION_ID_MAX = 16,
  EDHOC_PRK_LENGTH = 32,
  EDHOC_ERROR_TEXT_MAX = 64,
};

/* Appendix I: COMPLETED has the keys, PERSISTED has sent or verified message_4 besides. */
enum edhoc_state {
  EDHOC_START,
  EDHOC_VERIFIED_1, /* responder */
  EDHOC_WAIT_2,     /* initiator */
  EDHOC_VERIFIED_2, /* initiator */
  EDHOC_WAIT_3,     /* responder */
  EDHOC_COMPLETED,
  EDHOC_PERSISTED,
  EDHOC_ABORTED,
};

/* ERR_CODE (section 6). */
enum edhoc_error_code {
  EDHOC_ERROR_NONE = 0,
  EDHOC_ERROR_UNSPECIFIED = 1,
  EDHOC_ERROR_SUITE = 2,
  EDHOC_ERROR_CREDENTIAL = 3, /* unknown credential referenced */
};

struct edhoc_connection_id {
  uint8_t length;
  uint8_t bytes[EDHOC_CONNECTION_ID_MAX];
};

/* What an initiator has learnt of one responder, for its next session with it (section 6.3.1).
 * Zero: nothing. */
struct edhoc_memory {
  bool has_suite;
  int32_t suite; /* the most preferred that both have, after SUITES_R */
};

/* What one side brings along; it outlives the session. */
struct edhoc_config {
  uint8_t methods; /* bit m: method m. Responder: those it accepts; initiator: the lowest is used */
  struct edhoc_suites suites;  /* supported, in order of preference */
  struct edhoc_memory *memory; /* initiator: read at the beginning, written when the responder
                                  refuses a suite, so that the next session is of one that it has;
                                  NULL: each session begins with the most preferred */
  struct edhoc_connection_id connection; /* C_I or C_R; for OSCORE they must differ
                                            (edhoc_set_connection) */
  const struct edhoc_credential
      *credentials; /* own; the first that fits method and suite is used */
  size_t credentials_count;
  /* Finds the peer's credential by its ID_CRED_x; NULL: unknown. One that comes by value need not
   * be known, but may be (edhoc_peer_is_known). To keep a peer from reflecting our own messages, do
   * not give our own credential. */
  const struct edhoc_credential *(*lookup)(void *context, const uint8_t *id_cred, size_t length);
  /* Trust in certificates that come by value (x5chain); without anchors they are refused. */
  const struct edhoc_certificate *anchors;
  size_t anchors_count;
  /* Whom the peer's credential must name (edhoc_credential_is_of); NULL: anyone, so that the caller
   * looks who it is (edhoc_peer_name): an authority vouches for many. */
  const char *peer_name;
  /* Seconds since the beginning of 1970, UTC, for the validity of the peer's certificates, by value
   * or not; NULL: validity is not looked at. */
  uint64_t (*clock)(void *context);
  /* Takes an EAD item of message `number`: 0, or a negative node_error where it is unknown or
   * cannot be processed, which ends the session if the item is critical. NULL: all are unknown.
   * Padding is not handed over. */
  int (*ead)(void *context, unsigned number, const struct edhoc_ead *item);
  void *context;                    /* handed back to `lookup`, `clock` and `ead` */
  const struct ec_backend *backend; /* NULL: EC_MBEDTLS */
};

/* What the peer's error message says. */
struct edhoc_peer_error {
  enum edhoc_error_code code;      /* EDHOC_ERROR_UNSPECIFIED for codes that we do not know */
  int32_t value;                   /* ERR_CODE as received */
  struct edhoc_suites suites;      /* SUITES_R of EDHOC_ERROR_SUITE */
  char text[EDHOC_ERROR_TEXT_MAX]; /* of EDHOC_ERROR_UNSPECIFIED; printable, cut to fit */
};

/* A session. Read it through the functions below. */
struct edhoc {
  const struct edhoc_config *config;
  const struct node_hooks *hooks;
  enum edhoc_role role;
  enum edhoc_state state;
  int error;                        /* why it was aborted */
  const char *reason;               /*   the same in words; static text */
  enum edhoc_error_code error_code; /* of the error message that is due; EDHOC_ERROR_NONE: none */
  uint8_t method;
  int32_t selected; /* cipher suite */
  const struct edhoc_suite *suite;
  const struct edhoc_credential *own;
  struct edhoc_connection_id c_i, c_r;
  uint8_t private[EC_LENGTH];  /* X or Y */
  struct ec_public own_public; /* G_X or G_Y, ours */
  struct ec_public peer_public;
  uint8_t hash_message_1[EDHOC_PRK_LENGTH];
  uint8_t th[EDHOC_PRK_LENGTH];  /* the latest of TH_2, TH_3, TH_4 */
  uint8_t prk[EDHOC_PRK_LENGTH]; /* the latest of PRK_2e, PRK_3e2m, PRK_4e3m */
  uint8_t prk_out[EDHOC_PRK_LENGTH];
  struct edhoc_peer_error peer_error;
  size_t peer_id_cred_length;
  uint8_t peer_id_cred[EDHOC_ID_CRED_MAX];
};

/* Begins a session, of an initiator with the suite of its memory, or else the most preferred that
 * it can run. NODE_ERR_BAD_CONFIG: no method, no suite, an identifier that is too long, or
 * (initiator) no suite that can be run with the credentials given; nothing is to be wiped then. */
NODE_MUST_CHECK int edhoc_init(struct edhoc *edhoc, enum edhoc_role role,
                               const struct edhoc_config *config, const struct node_hooks *hooks);

/* Before message_1 (initiator) or message_2 (responder) is composed: another C_I or C_R than the
 * configuration's, so that sessions of one configuration differ. NODE_ERR_BAD_STATE. */
NODE_MUST_CHECK int edhoc_set_connection(struct edhoc *edhoc,
                                         const struct edhoc_connection_id *connection);

/* Initiator, before message_1: selects another suite of its own list than the first that it can
 * run, after the peer's SUITES_R (section 6.3.1). NODE_ERR_UNSUPPORTED: not a suite of ours. */
NODE_MUST_CHECK int edhoc_select_suite(struct edhoc *edhoc, int32_t suite);

/* The suite to select in the next session, when this one ended with the peer's EDHOC_ERROR_SUITE:
 * the most preferred that both have, and not the one that was refused. NODE_ERR_UNSUPPORTED: there
 * is none; NODE_ERR_BAD_STATE: no such error was received. */
NODE_MUST_CHECK int edhoc_next_suite(const struct edhoc *edhoc, int32_t *suite);

/* Each composes one message with `ead` as its EAD items (NULL, 0: none) into `out`. The session
 * ends if it fails: NODE_ERR_TOO_LONG where the buffer or EDHOC_MESSAGE_MAX is too small,
 * NODE_ERR_BAD_CONFIG, NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int edhoc_message_1_compose(struct edhoc *edhoc, const struct edhoc_ead *ead,
                                            size_t ead_count, uint8_t *out, size_t capacity,
                                            size_t *length);
NODE_MUST_CHECK int edhoc_message_2_compose(struct edhoc *edhoc, const struct edhoc_ead *ead,
                                            size_t ead_count, uint8_t *out, size_t capacity,
                                            size_t *length);
NODE_MUST_CHECK int edhoc_message_3_compose(struct edhoc *edhoc, const struct edhoc_ead *ead,
                                            size_t ead_count, uint8_t *out, size_t capacity,
                                            size_t *length);
NODE_MUST_CHECK int edhoc_message_4_compose(struct edhoc *edhoc, const struct edhoc_ead *ead,
                                            size_t ead_count, uint8_t *out, size_t capacity,
                                            size_t *length);

/* Each takes one message of the peer's. The session ends if it fails: NODE_ERR_MALFORMED (encoding,
 * lengths, points), NODE_ERR_TOO_LONG, NODE_ERR_UNSUPPORTED (method, suite, key, critical EAD),
 * NODE_ERR_UNKNOWN (credential), NODE_ERR_VERIFY (MAC, signature, certificate, name),
 * NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int edhoc_message_1_process(struct edhoc *edhoc, const uint8_t *message,
                                            size_t length);
NODE_MUST_CHECK int edhoc_message_2_process(struct edhoc *edhoc, const uint8_t *message,
                                            size_t length);
NODE_MUST_CHECK int edhoc_message_3_process(struct edhoc *edhoc, const uint8_t *message,
                                            size_t length);
NODE_MUST_CHECK int edhoc_message_4_process(struct edhoc *edhoc, const uint8_t *message,
                                            size_t length);

/* Whether what a session that awaits message_2, 3 or 4 has received is an error message: those
 * messages begin with a byte string, errors with an integer. */
bool edhoc_is_error(const uint8_t *message, size_t length);

/* Composes the error message that is due after a failure, once. NODE_ERR_BAD_STATE: none is. */
NODE_MUST_CHECK int edhoc_error_compose(struct edhoc *edhoc, uint8_t *out, size_t capacity,
                                        size_t *length);

/* Reads an error message. NODE_ERR_MALFORMED, NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int edhoc_error_read(const uint8_t *message, size_t length,
                                     struct edhoc_peer_error *peer_error);

/* Takes the peer's error message while one of its messages is awaited: the session ends, and no
 * error message goes back. Errors of edhoc_error_read, which end it, too. */
NODE_MUST_CHECK int edhoc_error_process(struct edhoc *edhoc, const uint8_t *message, size_t length);

/* EDHOC_Exporter (section 4.2.1), once COMPLETED; labels are below 65536, `length` is up to 8160.
 * NODE_ERR_BAD_STATE, NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int edhoc_exporter(const struct edhoc *edhoc, uint32_t label,
                                   const uint8_t *context, size_t context_length, uint8_t *out,
                                   size_t length);

/* EDHOC_KeyUpdate (appendix H): a new PRK_out. */
NODE_MUST_CHECK int edhoc_key_update(struct edhoc *edhoc, const uint8_t *context,
                                     size_t context_length);

/* Once message_2 (initiator) or message_3 (responder) has verified: the names of the peer's
 * credential, by their place (name.h). False: there are no more. */
bool edhoc_peer_name(const struct edhoc *edhoc, size_t index, struct edhoc_name *name);

/* Likewise: whether `lookup` or an anchor is that very credential, so that no authority's word is
 * what tells who the peer is. */
bool edhoc_peer_is_known(const struct edhoc *edhoc);

/* Aborts the session of a peer that has proved to be someone who is not wanted, or has chosen what
 * is of no use: before message_2, message_3 or message_4 is composed. `reason` is static text, and
 * what the error message says that is then due. NODE_ERR_BAD_STATE, or NODE_ERR_VERIFY: done. */
NODE_MUST_CHECK int edhoc_reject(struct edhoc *edhoc, const char *reason);

/* The identifier that the other side has chosen: C_R once message_2, or C_I once message_1 has
 * verified; of a session that one of these ended, empty where it was not read. */
const struct edhoc_connection_id *edhoc_peer_connection(const struct edhoc *edhoc);

/* All that decides what the session does next; the configuration is the caller's. */
void edhoc_digest(const struct edhoc *edhoc, struct digest *digest);

/* Why the session was aborted; "" if it was not. */
const char *edhoc_reason(const struct edhoc *edhoc);

/* Erases everything. */
void edhoc_wipe(struct edhoc *edhoc);

#endif
