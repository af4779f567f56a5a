/* Who decides about an authenticator's peers: an EAP server inside (local), or an AAA server to
 * which EAP packets are passed through unchanged (RFC 3748 section 2.3, RFC 3579 section 2). Knows
 * nothing of the lower layer towards the peer. */
#ifndef NODES_AAA_BACKEND_H
#define NODES_AAA_BACKEND_H

#include "../eap/erp_server.h"
#include "../eap/server.h"
#include "../radius/client.h"
#include "grant.h"

enum { AAA_BACKEND_LIFETIME_DEFAULT_S = 8 * 3600 }; /* of keys (RFC 5247 section 3.5) */

/* Shared by all peers of an authenticator. */
struct aaa_backend {
  const struct node_hooks *hooks;
  struct eap_server_config eap; /* local */
  struct erp_server own_erp;
  struct erp_server *erp; /* local: that of its owner, or our own with eap.erp, or NULL */
  bool remote;
  struct radius_client client;
  enum aaa_suite_kind suites; /* that an Access-Accept may name; its owner's, after the start */
};

/* What is known of one peer's conversation with the AAA server. */
struct aaa_backend_pass_through {
  struct radius_exchange exchange;
  uint8_t identifier; /* of the outstanding EAP-Request */
  bool identified;
  bool initiated;   /* an EAP-Initiate is outstanding, and no EAP-Response */
  bool challenged;  /* an EAP-Request has come from the AAA server */
  unsigned repeats; /* of the outstanding EAP-Request, because its response was ignored */
  uint8_t user_name[NODE_IDENTITY_MAX];
  size_t user_name_length;
  uint8_t state[RADIUS_VALUE_MAX];
  size_t state_length; /* 0: none */
  bool accepted;
  uint8_t msk[EAP_KEY_LENGTH];
  const char *reason;
};

/* One peer's authentication. Embedded in its owner; zeroed memory is one that has not begun.
 * Private to backend.c but for these of lifetime, `renews`, and `reauthenticates`. */
struct aaa_backend_session {
  union { /* on the heap, from its beginning to its end */
    struct eap_server *eap;
    struct erp_grant *grant; /* local, with `reauthenticates` */
    struct aaa_backend_pass_through *pass_through;
  };
  void *owner;
  uint32_t lifetime_s;       /* of the keys, in seconds */
  bool reauthenticates;      /* it began with an EAP-Initiate */
  bool lifetime_is_set;      /* by the AAA server; else it is the default */
  bool renews;               /* at the end of that, as the AAA server says */
  struct aaa_grant *granted; /* NULL: nothing is said of it, or it is taken */
};

enum aaa_backend_result {
  AAA_BACKEND_DISCARD, /* the response is dropped silently, and its request stays outstanding */
  AAA_BACKEND_WAIT,    /* the response is taken; what follows comes from aaa_backend_receive */
  AAA_BACKEND_REQUEST, /* `out` holds the next EAP-Request */
  AAA_BACKEND_REPEAT,  /* the response was ignored: `out` holds the same EAP-Request, to be sent as
                          if there had been none */
  AAA_BACKEND_SUCCESS, /* `out` holds EAP-Success, or EAP-Finish; the MSK (the rMSK) is there */
  AAA_BACKEND_FAILURE, /* `out` holds EAP-Failure, or an EAP-Finish that says no */
};

/* `radius` NULL: local, with `eap`, and with eap.erp an ER server: `roots`, which outlives the
 * backend, or where that is NULL its own. `eap` and `radius` are copied. False: memory is short, or
 * the configuration is out of range. */
bool aaa_backend_init(struct aaa_backend *backend, const struct eap_server_config *eap,
                      const struct radius_client_config *radius, struct erp_server *roots,
                      const struct node_hooks *hooks);
void aaa_backend_deinit(struct aaa_backend *backend);

/* A new conversation with the peer at this address, whose Identity request (the authenticator's
 * own) had this identifier. What the session did before must have ended. NODE_ERR_EXHAUSTED: memory
 * is short. */
NODE_MUST_CHECK int aaa_backend_begin(struct aaa_backend *backend,
                                      struct aaa_backend_session *session, uint8_t identifier,
                                      const struct node_address *peer, void *owner);

/* A new conversation that is one exchange: the peer has sent this EAP-Initiate/Re-auth (RFC 6696).
 * What the session did before must have ended. AAA_BACKEND_WAIT: the AAA server has it;
 * AAA_BACKEND_SUCCESS, AAA_BACKEND_FAILURE: as above, and the lifetime is that of the rMSK where
 * one is set; after a failure the session ends, and a full authentication may begin.
 * AAA_BACKEND_DISCARD: no conversation has begun (`*why`, static text); neither is one where nobody
 * keeps keys. The Identifier of an EAP-Failure that an AAA server sends is the Initiate's. */
enum aaa_backend_result aaa_backend_begin_initiate(struct aaa_backend *backend,
                                                   struct aaa_backend_session *session,
                                                   const struct node_address *peer, void *owner,
                                                   const uint8_t *packet, size_t length,
                                                   uint64_t now_ns, struct span_writer *out,
                                                   const char **why);

/* After AAA_BACKEND_SUCCESS of a full authentication: a local backend with eap.erp keeps its root,
 * an AAA server has done so. False: memory is short, or the method names no sessions; the next
 * authentication of this peer will be a full one. */
bool aaa_backend_keep_root(struct aaa_backend *backend, const struct aaa_backend_session *session,
                           uint64_t now_ns);

/* Takes the peer's response to the outstanding request. `out` has room for EAP_PACKET_MAX octets
 * and a list of spans. */
enum aaa_backend_result aaa_backend_respond(struct aaa_backend *backend,
                                            struct aaa_backend_session *session,
                                            const uint8_t *packet, size_t length,
                                            struct span_writer *out);

NODE_MUST_CHECK int aaa_backend_msk(const struct aaa_backend *backend,
                                    const struct aaa_backend_session *session,
                                    uint8_t msk[EAP_KEY_LENGTH]);

/* What the AAA server has granted the peer, after AAA_BACKEND_SUCCESS; the caller's from then on
 * (aaa_grant_free). NULL: it says nothing of it, and all is permitted. */
struct aaa_grant *aaa_backend_take_grant(struct aaa_backend_session *session);

/* The cipher suite that it has named, before aaa_backend_take_grant. */
struct aaa_cipher_suite aaa_backend_suite(const struct aaa_backend_session *session);

/* Who the peer is, after AAA_BACKEND_SUCCESS: eap_server_name, or who it was in the full
 * authentication; or the Access-Accept's User-Name, or else, where there is none, the identity (the
 * keyName-NAI) that was passed through. False: before. */
NODE_MUST_CHECK bool aaa_backend_name(const struct aaa_backend *backend,
                                      const struct aaa_backend_session *session,
                                      struct eap_name *name);

/* Static text: why the last response was discarded, or why the authentication failed
 * ("Access-Reject" where the AAA server does not say; why an Access-Accept counts as one, as
 * aaa_grant_read says); never NULL. */
const char *aaa_backend_reason(const struct aaa_backend *backend,
                               const struct aaa_backend_session *session);

/* Ends a conversation, in whatever state, and wipes its secrets. Harmless where none has begun. */
void aaa_backend_end(struct aaa_backend *backend, struct aaa_backend_session *session);

/* True if a datagram to this address comes from the AAA server's side. */
bool aaa_backend_is_for(const struct aaa_backend *backend, const struct node_address *destination);

/* Takes such a datagram. Returns the owner of the session that it answers, with `*result` (not
 * AAA_BACKEND_WAIT nor AAA_BACKEND_DISCARD) and `out`; or NULL with static text that says why the
 * datagram is to be discarded. */
void *aaa_backend_receive(struct aaa_backend *backend, const struct node_datagram *datagram,
                          enum aaa_backend_result *result, struct span_writer *out,
                          const char **why);

/* As in node.h. */
NODE_MUST_CHECK int aaa_backend_write(struct aaa_backend *backend, struct node_datagram *datagram,
                                      uint64_t now_ns);
uint64_t aaa_backend_expiry(const struct aaa_backend *backend);

/* Retransmits what is due. Returns the owner of a session to which the AAA server gave no answer,
 * and must be called again; NULL when there is no more to do. */
void *aaa_backend_handle_expiry(struct aaa_backend *backend, uint64_t now_ns);

/* What the AAA server has had to bear; all 0 where there is none. */
struct radius_client_load aaa_backend_load(const struct aaa_backend *backend);

/* Of a local session; one that passes through has none. */
void aaa_backend_session_digest(const struct aaa_backend *backend,
                                const struct aaa_backend_session *session, struct digest *digest);

/* Of the roots that a local backend keeps. */
void aaa_backend_digest(const struct aaa_backend *backend, struct digest *digest);

#endif
