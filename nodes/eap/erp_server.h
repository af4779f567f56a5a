/* The ER server (RFC 6696): keeps the roots that full authentications leave, and answers an
 * EAP-Initiate/Re-auth with an EAP-Finish/Re-auth and an rMSK for the authenticator.
 *
 * A request that fails is answered with a Finish whose R flag is set (section 5.2.2), protected
 * where there is a key that could: an old sequence number, an unacceptable suite (with the list of
 * those that are), a wrong tag, another NAS-Identifier than the authenticator's. An unknown or
 * expired key, or a realm that is not ours, has one without protection. Nothing changes then; least
 * of all the sequence number that is expected.
 *
 * Left out: the window for several runs at once (section 5.2.1), the Authorization Indication. */
#ifndef NODES_EAP_ERP_SERVER_H
#define NODES_EAP_ERP_SERVER_H

#include "erp_packet.h"
#include "erp_store.h"

/* Copied by init; what it points to belongs to the caller and outlives the server. */
struct erp_server_config {
  const uint8_t *realm;
  size_t realm_length;      /* 1 to ERP_REALM_MAX */
  size_t keys_max;          /* roots kept at once; at least 1 */
  uint32_t rrk_lifetime_s;  /* 0: ERP_ROOT_LIFETIME_DEFAULT_S */
  uint32_t rmsk_lifetime_s; /* 0: ERP_LIFETIME_DEFAULT_S; never longer than the root's */
  unsigned suites;          /* that are accepted; 0: ERP_SUITES_ALL */
  const uint8_t *domain;    /* where a local ER server is, for who bootstraps; NULL: nowhere */
  size_t domain_length;     /* to ERP_REALM_MAX */
  bool keeps_emsk;          /* for keys of other uses than ERP (aaa/key_request.h) */
};

struct erp_server {
  struct erp_server_config config;
  const struct node_hooks *hooks;
  struct erp_store store;
  const char *reason;
};

/* False: memory is short, or the configuration is out of range. `hooks` must outlive the server. */
bool erp_server_init(struct erp_server *server, const struct erp_server_config *config,
                     const struct node_hooks *hooks);
void erp_server_deinit(struct erp_server *server);

/* Keeps the root of a full authentication that has succeeded, of this user (whose former root it
 * replaces), for the configured time. NODE_ERR_EXHAUSTED: memory is short; NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int erp_server_add(struct erp_server *server, const uint8_t emsk[EAP_KEY_LENGTH],
                                   const struct eap_session_id *session,
                                   const struct eap_name *user, uint64_t now_ns);

/* The same, for so many seconds at most. */
NODE_MUST_CHECK int erp_server_add_for(struct erp_server *server,
                                       const uint8_t emsk[EAP_KEY_LENGTH],
                                       const struct eap_session_id *session,
                                       const struct eap_name *user, uint32_t lifetime_s,
                                       uint64_t now_ns);

/* The same for a local ER server, that has a DSRK in place of an EMSK. */
NODE_MUST_CHECK int erp_server_add_in_domain(struct erp_server *server,
                                             const uint8_t dsrk[EAP_KEY_LENGTH],
                                             const uint8_t name[EMSK_NAME_LENGTH],
                                             uint32_t lifetime_s, const struct eap_name *user,
                                             uint64_t now_ns);

enum erp_key_state {
  ERP_KEY_FOUND,
  ERP_KEY_WRONG_REALM, /* of another realm than ours, or no keyName-NAI */
  ERP_KEY_UNKNOWN,
  ERP_KEY_EXPIRED, /* and forgotten now */
  ERP_KEY_STATES
};

/* An EMSK that is kept, for whoever makes keys of other uses of it, and whole seconds that are left
 * of its lifetime. To be wiped. */
struct erp_key {
  uint8_t emsk[EAP_KEY_LENGTH];
  uint32_t left_s; /* at least 1 */
  struct eap_name user;
};

/* Finds it by its keyName-NAI. ERP_KEY_UNKNOWN also where the entry has no EMSK (keeps_emsk).
 * Sequence numbers stay as they are. */
NODE_MUST_CHECK enum erp_key_state erp_server_find(struct erp_server *server,
                                                   const struct erp_value *nai, uint64_t now_ns,
                                                   struct erp_key *key);

enum erp_server_result {
  ERP_SERVER_DISCARD, /* malformed: nothing to send */
  ERP_SERVER_SUCCESS, /* `out` holds a Finish, and `grant` is the authenticator's */
  ERP_SERVER_FAILURE, /* `out` holds a Finish that says no */
};

/* What the authenticator is told. To be wiped. */
struct erp_grant {
  uint8_t rmsk[EAP_KEY_LENGTH];
  uint32_t lifetime_s; /* of it */
  struct eap_name user;
  bool has_dsrk; /* the peer has asked (B) and there is a domain */
  uint8_t dsrk[EAP_KEY_LENGTH];
  uint8_t name[EMSK_NAME_LENGTH]; /* of the EMSK that it is of */
  uint32_t rrk_lifetime_s;
};

/* Takes an EAP-Initiate/Re-auth. `nas` is the authenticator's NAS-Identifier, with which one in the
 * request is compared; NULL: it is not known. `out` has room for EAP_PACKET_MAX octets. */
enum erp_server_result erp_server_process(struct erp_server *server, const uint8_t *packet,
                                          size_t length, const struct erp_value *nas,
                                          uint64_t now_ns, struct erp_grant *grant,
                                          struct span_writer *out);

/* Static text: why the last request failed or was discarded; else empty; never NULL. */
const char *erp_server_reason(const struct erp_server *server);

/* Ends of lifetimes are not part of it: those who compare have none that end. */
void erp_server_digest(const struct erp_server *server, struct digest *digest);

#endif
