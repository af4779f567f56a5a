/* Lower layers: what carries EAP between peer and authenticator, or authenticates them without EAP,
 * as every host (simulator, sockets,
 * model check, tests) sees it. A lower layer is a folder and a row of lowers.def; its nodes are
 * those of the contract in node.h. tests/toy/lower.c is a small one, in a file. */
#ifndef NODES_LOWER_LOWER_H
#define NODES_LOWER_LOWER_H

#include "../aaa/backend.h"
#include "../coap/message.h"
#include "../eap/peer.h"
#include "../option.h"

struct association;

struct edhoc_config;
struct erp_peer_config;
struct erp_server;

enum {
  LOWER_PORTS_MAX = 2,        /* consecutive ports that a node speaks on */
  LOWER_TABLES_MAX = 4,       /* of options, of one lower layer */
  LOWER_PAYLOAD_DEFAULT = 16, /* octets that an application's GET is answered with */
};

/* Who is told of each full authentication by EAP that has succeeded at a peer, when the key is
 * confirmed: `peer` has keys and a Session-Id (where its method names sessions), and is wiped
 * afterwards. Not of re-authentication by ERP, nor of resumption; a lower layer without EAP never
 * tells. Where the association that is made of the key has a handshake that the peer's confirmation
 * does not wait for (PANA), that may fail yet. */
struct lower_listener {
  /* NULL: of no interest. */
  void (*established)(void *context, const struct eap_peer *peer, uint64_t now_ns);
  /* A call (lower_layer.peer_call) has ended: with a response that has verified, whatever its code,
   * or without (NULL). In the place of the events of a request. NULL: who makes no calls. */
  void (*answered)(void *context, const struct coap_message *response, uint64_t now_ns);
  void *context;
};

/* Tells it; NULL: nobody. */
void lower_listener_tell(const struct lower_listener *listener, const struct eap_peer *peer,
                         uint64_t now_ns);
void lower_listener_answer(const struct lower_listener *listener,
                           const struct coap_message *response, uint64_t now_ns);

/* Copied by a lower layer's `peer`; what it points to belongs to the caller and outlives the node.
 */
struct lower_peer_config {
  const struct option_values *options;
  struct node_address local;
  struct node_address authenticator;
  bool begins; /* at `start_ns`; else the peer waits for the authenticator to begin */
  uint64_t start_ns;
  struct eap_peer_config eap;
  /* What a lower layer that authenticates by EDHOC itself proves the peer with; NULL: nothing. Its
   * connection identifier is not looked at. */
  const struct edhoc_config *edhoc;
  size_t payload_bytes; /* that an application's GET is answered with */
  bool resumes; /* the authenticator may resume the association that there is, where its kind can
                 * be; a lower layer may have no use for it */
  /* Re-authentication by ERP (RFC 6696): keeps the root of each authentication by EAP. NULL: none.
   * Where lower_layer.reauthenticates says so; it outlives the node. */
  const struct erp_peer_config *erp;
  bool erp_begins; /* begins with an EAP-Initiate, where there is a root, which is not used in later
                    * attempts; else the authenticator may ask for one */
  const struct lower_listener *listener; /* outlives the node; NULL: nobody */
};

/* A peer, as a service of the authenticator knows it. Pointers are used during the call only. */
struct lower_client {
  struct node_address remote; /* of the lower layer */
  const uint8_t *identity;    /* that it has proved, or else has said */
  size_t identity_length;
  const struct association *association; /* its current one: lower_guard_allows */
  uint64_t ends_ns;                      /* of that; NODE_NEVER */
};

/* An answer of a service. Its octets belong to who asks. */
struct lower_answer {
  uint8_t code;
  uint16_t content_format; /* where there is a payload */
  struct span_writer payload;
  const char *label; /* static text */
};

/* What an authenticator offers its peers under their associations, besides the application's
 * resource: one resource, that takes POST. */
struct lower_service {
  const char *path; /* of one segment */
  enum node_phase phase;
  uint16_t content_format; /* of requests; others have 4.15 */
  /* Answers a verified request. NODE_EVENT_SERVED follows where the code is 2.xx. */
  void (*serve)(void *context, const struct lower_client *client,
                const struct coap_message *request, struct lower_answer *answer, uint64_t now_ns);
  /* A peer has an association by an authentication by EAP, whose MSK is told; or another one, by
   * ERP or as a resumption (NULL): what was made of the last MSK is still good. */
  void (*joined)(void *context, const struct lower_client *client,
                 const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns);
  /* Its association has ended, and no other takes its place. */
  void (*left)(void *context, const struct lower_client *client);
  void *context;
};

/* Copied by a lower layer's `authenticator`, likewise. */
struct lower_authenticator_config {
  const struct option_values *options;
  struct node_address local; /* IP address zero: any; answers come from where they were asked */
  size_t peers_max;          /* authentications and associations held */
  /* Against strangers. All 0, as where there are none: what failed keeps its place until another
   * needs it, and nothing is drawn at random to keep tables safe. A lower layer may have no use for
   * them. */
  size_t half_open_max; /* first contacts that wait for their first answer, above which each trigger
                         * brings one message; these have places beside `peers_max`. 0: no limit,
                         * and they have their places among the others */
  size_t address_max;   /* authentications and associations of one IP address. 0: no limit */
  uint32_t lifetime_s;  /* of an association whose AAA server says nothing of it. 0: none ends,
                         * whatever that says */
  uint32_t trigger_interval_ms; /* between authentications that triggers bring to a peer with an
                                 * association. 0: none */
  bool one_per_identity;        /* who authenticates anew from another address replaces the old
                                 * association of this identity, unless it is anonymous (RFC 7542) */
  struct eap_server_config eap; /* of the EAP server inside */
  const struct radius_client_config *radius; /* copied; pass-through; NULL: the EAP server inside */
  /* For the EAP server inside, or the RADIUS client, so that which of them it is changes nothing
   * of what the lower layer draws at random; outlive the node. NULL: the node's. */
  const struct node_hooks *backend_hooks;
  /* As the peer's: what the authenticator proves itself with, and whom it knows. */
  const struct edhoc_config *edhoc;
  size_t payload_bytes;
  bool resumes; /* an authentication with a peer that has an association resumes that, where its
                 * kind can be: fresh keys without EAP. Where the peer does not know it any more,
                 * there is an authentication all the same. A lower layer may have no use for it */
  /* Re-authentication by ERP (RFC 6696): the domain of the ER server, which is the AAA server, or
   * inside with eap.erp; octets NULL: none. Where that fails, authentication by EAP follows. They
   * outlive the node. */
  struct erp_value erp_domain;
  /* The ER server that keeps the roots, in the place of one made of eap.erp, which must be there;
   * shared with an AAA server on the same host (aaa_config.roots). NULL: one of its own. */
  struct erp_server *roots;
  const struct lower_service *service; /* outlives the node; NULL: none. Where lower_layer.peer_call
                                        * is */
  bool erp_begins; /* asks for an EAP-Initiate who was authenticated by EAP before */
};

/* Copied by a lower layer's `relay`. */
struct lower_relay_config {
  struct node_address local;  /* where peers find it */
  struct node_address uplink; /* where it speaks with the authenticator from: another port */
  struct node_address authenticator;
};

/* Requests of the application, under the association. */
enum lower_request { LOWER_GET, LOWER_POST };

/* Another request of a peer, to a service of its authenticator (lower_service): a POST. Pointers
 * are used during the call only, but for the label. */
struct lower_call {
  enum node_phase phase;
  const char *path;
  uint16_t content_format;
  const uint8_t *payload; /* 1 to ASSOCIATION_PAYLOAD_MAX octets */
  size_t length;
  const struct span_list *spans; /* of the payload */
  const char *label;             /* static text */
};

/* What a peer holds, in octets. */
struct lower_state {
  size_t association_bytes; /* now: OSCORE contexts, or DTLS sessions with what mbedtls holds */
  size_t association_bytes_peak; /* since its start */
  size_t ordering_bytes;         /* at most: what keeps the order of messages makes it remember */
  size_t message_bytes; /* at most: messages that may have to be sent again, and Message IDs, where
                         * the lower layer is CoAP (coap_session_held_bytes); else 0 */
};

/* Who does what in an authentication. Zeroed: the authenticator sends the requests, either may
 * begin, and to what is old there is silence. */
struct lower_conduct {
  bool peer_asks;        /* the peer sends the requests, and the authenticator answers them */
  bool only_peer_begins; /* authenticator_begin gives NODE_ERR_UNSUPPORTED */
  bool refuses_old;      /* an old request has an error: what it was for is no more */
};

/* What each side of a lower layer can be asked. Nodes are those that it created. */
struct lower_layer {
  const void *variant; /* its own: what tells it from others of the same folder; may be NULL */
  uint16_t port;       /* where both sides are found */
  uint16_t
      header_row; /* the ledger row that each of its messages has; no handshake's datagram has */
  const struct option_table *options[LOWER_TABLES_MAX]; /* beside those of associations; to NULL */
  bool without_eap; /* it authenticates by EDHOC itself: `edhoc` of the configurations; there is no
                     * AAA server */

  /* Static text: why these options do not go together; NULL: they do. */
  const char *(*unsupported)(const struct option_values *options);
  /* Static texts, to NULL: why an authentication fails on either side (NODE_EVENT_FAILED) though
   * the peer has not been rejected, besides what its association says. */
  const char *const *peer_failures;
  const char *const *authenticator_failures;

  /* Re-authentication by ERP that this end begins. NULL: it can, or else static text: why it cannot
   * with these options. The function is NULL where neither end can. */
  const char *(*reauthenticates)(const struct option_values *options, bool peer_begins);

  /* With these options; NULL: all zero, whatever they are. */
  struct lower_conduct (*conduct)(const struct option_values *options);

  /* Consecutive ports that a node speaks on: 1 to LOWER_PORTS_MAX. */
  size_t (*ports)(const struct option_values *options);

  /* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
  struct node *(*peer)(const struct lower_peer_config *config, const struct node_hooks *hooks);
  struct node *(*authenticator)(const struct lower_authenticator_config *config,
                                const struct node_hooks *hooks);

  /* A node between peers, which know it as their authenticator, and the authenticator, which they
   * cannot reach. It holds nothing of them, and computes nothing. NULL: there is none of this lower
   * layer. */
  struct node *(*relay)(const struct lower_relay_config *config, const struct node_hooks *hooks);

  /* Begins an authentication: the peer with its authenticator, once `now_ns` has come; the
   * authenticator with `peer`. NODE_ERR_BUSY while one runs, NODE_ERR_EXHAUSTED if there is no
   * room, NODE_ERR_UNSUPPORTED where only the peer begins. The association that there is stays in
   * use until the new one verifies. */
  int (*peer_begin)(struct node *node, uint64_t now_ns);
  int (*authenticator_begin)(struct node *node, const struct node_address *peer);

  /* Sends a request under the association to the other end's application resource; a POST with
   * `payload`. NODE_EVENT_ANSWERED or NODE_EVENT_UNANSWERED follows. NODE_ERR_BAD_STATE without an
   * association, NODE_ERR_BUSY while an authentication or another request is under way,
   * NODE_ERR_TOO_LONG, NODE_ERR_EXHAUSTED, NODE_ERR_CRYPTO. NULL: it carries no application. */
  int (*peer_request)(struct node *node, enum lower_request kind, const uint8_t *payload,
                      size_t length);
  /* Makes a call; the configuration's listener is told how it ends. Errors of peer_request. NULL:
   * there is no such thing. */
  int (*peer_call)(struct node *node, const struct lower_call *call);
  int (*authenticator_request)(struct node *node, const struct node_address *peer,
                               enum lower_request kind, const uint8_t *payload, size_t length);

  /* Ends the association with `peer` by a message that says so. NODE_EVENT_ANSWERED or
   * NODE_EVENT_UNANSWERED follows, and NODE_EVENT_CLOSED. Errors of authenticator_request. NULL:
   * there is no such message. */
  int (*authenticator_end)(struct node *node, const struct node_address *peer);

  void (*peer_state)(const struct node *node, struct lower_state *state);

  /* What the authenticator has asked of its AAA server; all 0 where there is none. */
  struct radius_client_load (*authenticator_load)(const struct node *node);
};

/* The option "lower_layer", and what it chooses; never NULL. */
extern const struct option_row LOWER_OPTION;
const struct lower_layer *lower_of(const struct option_values *options);

/* How the lower layer behaves that these options choose. */
struct lower_conduct lower_conduct_of(const struct option_values *options);

/* Whether it is an option of this lower layer, and not of others or of associations. */
bool lower_has_option(const struct lower_layer *lower, const struct option_row *option);

/* Every option that there is, once: the lower layer, and those of all lower layers and kinds of
 * associations; `*count` of them, in an order that is the same at every call. */
const struct option_row *const *lower_options(size_t *count);

/* When an option of that list has an effect, as a condition of specs: where the lower layer, or one
 * of those, or the kind of association that has it is chosen, and by what its row says besides.
 * "": always. */
const char *lower_option_applies(const struct option_row *option);

/* The option of this name; NULL: there is none. */
const struct option_row *lower_option(const char *name);

/* Sets an option by its name, to what a text says. False: there is none of this name, or it takes
 * no such value. */
NODE_MUST_CHECK bool lower_options_set(struct option_values *values, const char *name,
                                       const char *text);

/* All options with their defaults. */
void lower_options_init(struct option_values *values);

#endif
