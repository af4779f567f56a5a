/* What an EAP method implements, on the peer's and on the server's side. A method writes Type-Data
 * only, into a buffer with room for EAP_PACKET_MAX octets; the EAP layer does headers, identifiers,
 * Nak, Success and Failure. */
#ifndef NODES_EAP_METHOD_H
#define NODES_EAP_METHOD_H

#include "packet.h"

enum { EAP_KEY_LENGTH = 64, EAP_SESSION_ID_MAX = 65, EAP_METHOD_STATE_MAX = 4608 };

/* Why a server rejects a peer that has proved who it is, and may not join. */
#define EAP_NOT_AUTHORIZED "not authorized"

struct edhoc_config;

/* MSK and EMSK (RFC 3748 section 7.10). */
struct eap_keys {
  uint8_t msk[EAP_KEY_LENGTH];
  uint8_t emsk[EAP_KEY_LENGTH];
};

/* The name of a conversation that has succeeded (RFC 5247 section 1.4): Type and Method-Id. */
struct eap_session_id {
  uint8_t octets[EAP_SESSION_ID_MAX];
  size_t length;
};

/* A name that the other side has, or claims. */
struct eap_name {
  uint8_t octets[NODE_IDENTITY_MAX];
  size_t length;
};

enum eap_method_result {
  EAP_METHOD_CONTINUE, /* `out` holds Type-Data to send; more is to come */
  EAP_METHOD_DISCARD,  /* the packet is dropped silently, nothing has changed */
  EAP_METHOD_SUCCESS,  /* peer: `out` holds the last answer, and Success may follow; server: the
                          peer is authenticated. Keys are available */
  EAP_METHOD_FAILURE,  /* peer: `out` may hold a last answer, no Success will be believed; server:
                          the peer is rejected */
  EAP_METHOD_PROVED,   /* server, with naming: the peer has proved itself, nothing is written yet;
                          naming->decide goes on */
};

/* What a side proves itself with, and how long its packets may be; pointers belong to the
 * configuration, which outlives the method. */
struct eap_credential {
  const uint8_t *psk;       /* 16 octets (EAP-PSK, and so are the names) */
  const uint8_t *local_id;  /* at most NODE_IDENTITY_MAX octets */
  size_t local_id_length;   /* peer: ID_P; server: ID_S */
  const uint8_t *remote_id; /* server: the ID_P to expect; peer: the ID_S to expect; NULL: any */
  size_t remote_id_length;
  const struct edhoc_config *edhoc; /* EAP-EDHOC: keys, trust, methods and suites of this side */
  size_t mtu; /* EAP-EDHOC: octets of an EAP packet before it is fragmented; 0: EAP_PACKET_MAX */
};

/* What `process` returns when it drops a packet, for this reason (static text). */
static inline enum eap_method_result eap_method_discard(const char **reason, const char *why) {
  *reason = why;
  return EAP_METHOD_DISCARD;
}

/* Of a method whose credentials say themselves who has them. */
struct eap_naming {
  /* After PROVED, or SUCCESS: the other side's name at this place, from 0. False: there is none. */
  bool (*name)(const void *state, size_t index, struct eap_name *name);
  /* The others are of a server, after PROVED. Whether this is one of those names. */
  bool (*is_named)(const void *state, const uint8_t *text, size_t length);
  /* Whether the credential is one that the configuration holds, so that it is its user's. */
  bool (*is_known)(const void *state);
  /* Goes on as `process` does: NULL, the peer is a user; or static text, why it is none. */
  enum eap_method_result (*decide)(void *state, const char *refusal, struct span_writer *out,
                                   const char **reason);
  /* Whether names in credentials are believed by the one as by the other. */
  bool (*shares)(const struct eap_credential *a, const struct eap_credential *b);
};

struct eap_method {
  uint8_t type;
  const char *name; /* "EAP-PSK" */
  enum row row;     /* of its Type-Data */
  /* A new conversation. `state` is zeroed memory of EAP_METHOD_STATE_MAX octets.
   * NODE_ERR_BAD_CONFIG: the credential does not serve this method. */
  int (*init)(void *state, const struct eap_credential *credential, const struct node_hooks *hooks);
  /* Server only: the first request's Type-Data. */
  int (*begin)(void *state, struct span_writer *out);
  /* Server only, after init: the peer is to be told in the method, once it has proved itself, that
   * it may not join; `process` then ends with FAILURE. NULL: this method cannot say so (or
   * naming->decide does). */
  void (*refuse)(void *state);
  /* Takes one packet of the method and writes the answer's Type-Data; the answer will carry
   * `identifier` (EAP-PSK protects both packets' headers). `*reason` is static text on FAILURE and
   * DISCARD. */
  enum eap_method_result (*process)(void *state, const struct eap_packet *packet,
                                    uint8_t identifier, struct span_writer *out,
                                    const char **reason);
  /* NULL: who has the key is the user for whom it is. */
  const struct eap_naming *naming;
  /* After SUCCESS. NODE_ERR_BAD_STATE before. */
  int (*keys)(const void *state, struct eap_keys *keys);
  /* Likewise. NULL: the method has none, and no keys come of its EMSK. */
  int (*session_id)(const void *state, struct eap_session_id *session);
  /* After init, even one that failed. */
  void (*wipe)(void *state);
  /* Of a state between init and wipe; NULL: this method has none. */
  void (*digest)(const void *state, struct digest *digest);
};

/* session_id of any method. NODE_ERR_UNSUPPORTED: it has none. */
static inline int eap_method_session_id(const struct eap_method *method, const void *state,
                                        struct eap_session_id *session) {
  return method->session_id == NULL ? NODE_ERR_UNSUPPORTED : method->session_id(state, session);
}

#endif
