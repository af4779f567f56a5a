/* A virtual-time network for tests: an authenticator and peers behind one link with constant
 * latency, an AAA server behind another, and one fault at a chosen datagram of either. That a node
 * computes nothing in node_write is asserted for all that use it. */
#ifndef NODES_TESTS_COAP_EAP_PIPE_H
#define NODES_TESTS_COAP_EAP_PIPE_H

#include "aaa/aaa.h"
#include "coap/message.h"
#include "eap/psk.h"
#include "eap/erp_peer.h"
#include "edhoc/edhoc_parties.h"
#include "lower/lower.h"

enum {
  PIPE_PEERS_MAX = 64,
  PIPE_EVENTS_MAX = 64,
  PIPE_FLIGHT_MAX = 4096,
  PIPE_LABEL_MAX = 32,
  PIPE_STEPS_MAX = 200000, /* a stall is an error */
};

/* Re-authentication by ERP. */
enum pipe_erp {
  PIPE_NO_ERP,
  PIPE_ERP_BY_PEER,
  PIPE_ERP_BY_AUTHENTICATOR,
};

/* What happens to one datagram, counted from 0 over all that are sent. */
enum pipe_fault {
  PIPE_NO_FAULT,
  PIPE_LOSE,
  PIPE_DOUBLE,
  PIPE_DELAY,             /* by `argument` milliseconds */
  PIPE_TRUNCATE,          /* to `argument` octets */
  PIPE_FLIP,              /* bit `argument` */
  PIPE_LOSE_ALL_TO_PEERS, /* from this one on */
  PIPE_LOSE_ALL_TO_AUTHENTICATOR,
};

/* What one party said of one authentication. */
struct pipe_party {
  unsigned delivered; /* EAP packets */
  bool delivered_twice;
  const char *labels[PIPE_EVENTS_MAX];
  unsigned keys, confirmed, failed, discarded;
  unsigned retrying;
  uint64_t failed_ns; /* the last time */
  const char *reason; /* of the last failure, or attempt that failed */
  const char *last_discard;
  unsigned served, answered, unanswered; /* application requests */
  unsigned closed;                       /* associations */
  const char *last_close;
  uint8_t secret[EAP_KEY_LENGTH];
  size_t secret_length;
};

struct pipe;

struct pipe_host {
  struct pipe *pipe;
  struct node *node;
  struct node_hooks hooks;
  struct node_address address;
  uint64_t random;
  bool writes;                         /* it is in node_write */
  uint64_t cost[NODE_PRIMITIVE_COUNT]; /* what it has computed */
};

struct pipe_datagram {
  struct node_address source, destination;
  enum node_protocol protocol;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  uint64_t arrival_ns;
  bool arrived;
  unsigned copy;
  enum node_phase phase;
};

struct pipe_config {
  size_t peers;
  bool trigger_off;
  struct option_values options; /* of lower layer and association; else the defaults */
  size_t payload_bytes;
  bool resumes;              /* later authentications: both ends resume what association there is */
  bool peer_does_not_resume; /* but the peers do not */
  enum pipe_erp erp;         /* realm "example.test" */
  struct erp_peer_config erp_peer;     /* of the peers, but for the realm where there is none */
  struct erp_server_config erp_server; /* but for realm and `keys_max` */
  bool peer_without_erp;
  const char *peer_psk; /* 16 characters; default the right one */
  bool edhoc;           /* EAP-EDHOC instead of EAP-PSK, or EDHOC without EAP; cipher suite 2 */
  unsigned edhoc_method;
  enum parties_credential edhoc_credential;
  size_t eap_mtu;
  bool edhoc_wrong_key;                  /* the peers' keys are not those of their credentials */
  const char *peer_identity;             /* default the known one */
  bool any_identity;                     /* the server knows whatever they say */
  const struct lower_listener *listener; /* of the peers; NULL: nobody */
  bool wrong_msk; /* the peers' method exports another MSK than the server's */
  bool no_authenticator;
  /* What the authenticator has against strangers; and its places, else as many as peers. */
  struct lower_authenticator_config limits;
  bool numbered;          /* the known identity, and a letter that is the peer's own */
  bool radius;            /* EAP passes through to an AAA server; else the EAP server is inside */
  bool no_aaa;            /* it is silent */
  const char *aaa_secret; /* the AAA server's; default the authenticator's */
  uint32_t aaa_session_timeout_s;
  const struct aaa_authorization *authorization; /* of all peers, by the AAA server; NULL: none */
  const struct aaa_filter *filters;              /* that the authenticator knows */
  size_t filter_count;
  bool refused;     /* peers may not join, says who has the EAP server */
  uint64_t busy_ns; /* from a node's being called to the departure of what it then has to send;
                       nothing else happens meanwhile */
  enum pipe_fault fault;
  size_t fault_at;
  size_t argument;
};

struct pipe {
  struct pipe_config config;
  uint64_t now_ns;
  struct pipe_host hosts[2 + PIPE_PEERS_MAX]; /* the authenticator, the peers, the AAA server */
  size_t host_count;
  struct pipe_host *aaa_host; /* NULL: none */
  struct pipe_party authenticator[PIPE_PEERS_MAX], peer[PIPE_PEERS_MAX];
  struct pipe_party aaa; /* of all peers */
  /* What was sent: datagrams, and the senders' labels for them. Both move when more is sent. */
  struct pipe_datagram *flight;
  char (*labels)[PIPE_LABEL_MAX];
  size_t flight_count, flight_capacity, steps;
  struct parties *parties; /* NULL: not EAP-EDHOC */
  struct eap_peer_method peer_methods[PIPE_PEERS_MAX];
  struct eap_server_method server_method;
  struct eap_peer_config peer_eap[PIPE_PEERS_MAX];
  char identities[PIPE_PEERS_MAX][NODE_IDENTITY_MAX + 1];
  struct eap_user user;
  struct radius_server_client radius_client;
  struct erp_peer_config erp_peer;
  struct erp_server_config erp_server;
};

extern const struct pipe_config PIPE_DEFAULT; /* one peer, no fault */

/* Sets an option of lower layer or association, by the texts of specs. */
void pipe_set(struct pipe_config *config, const char *option, const char *value);
void pipe_set_number(struct pipe_config *config, const char *option, size_t value);

/* PIPE_DEFAULT with this ordering policy, a number of enum coap_eap_ordering_policy. */
struct pipe_config pipe_with_ordering(unsigned policy);

/* The lower layer that the pipe's options choose. */
const struct lower_layer *pipe_lower(const struct pipe *pipe);

void pipe_init(struct pipe *pipe, const struct pipe_config *config);
void pipe_deinit(struct pipe *pipe);

/* Runs until nothing is left to do. False if that takes more than PIPE_STEPS_MAX steps. */
bool pipe_run(struct pipe *pipe);

/* Runs until `until_ns`. */
bool pipe_run_until(struct pipe *pipe, uint64_t until_ns);

/* Puts a UDP datagram on the link, arriving now. */
void pipe_inject(struct pipe *pipe, const struct node_address *source,
                 const struct node_address *destination, const uint8_t *data, size_t length);

/* The same for one that was sent before. */
void pipe_inject_again(struct pipe *pipe, const struct pipe_datagram *datagram);

/* The number of the last datagram with this label, and how many have it. There must be one to be
 * found. */
size_t pipe_find(const struct pipe *pipe, const char *label);
size_t pipe_count(const struct pipe *pipe, const char *label);

/* Lets the authenticator begin with this peer. */
void pipe_begin(struct pipe *pipe, size_t peer);

/* Lets the peer begin again. */
void pipe_trigger(struct pipe *pipe, size_t peer);

/* An application request under the association; as lower_layer.peer_request says. */
int pipe_request(struct pipe *pipe, size_t peer, bool from_peer, enum lower_request kind,
                 const uint8_t *payload, size_t length);

/* A call of a peer under the association; as lower_layer.peer_call says. */
int pipe_call(struct pipe *pipe, size_t peer, const struct lower_call *call);

/* A request under the association from this end, which must be answered. */
void pipe_assert_answered(struct pipe *pipe, size_t peer, bool from_peer);

/* The authenticator ends the association; as lower_layer.authenticator_end says. */
int pipe_end(struct pipe *pipe, size_t peer);

/* The AAA server stops, and begins anew with nothing in its memory; or begins at last. */
void pipe_restart_aaa(struct pipe *pipe);
void pipe_stop_aaa(struct pipe *pipe);

/* The same of a peer, which triggers at once if it does at all, and of the authenticator. What was
 * said of their authentications stays. */
void pipe_restart_peer(struct pipe *pipe, size_t peer);
void pipe_restart_authenticator(struct pipe *pipe);

bool pipe_established(const struct pipe *pipe, size_t peer);

#endif
