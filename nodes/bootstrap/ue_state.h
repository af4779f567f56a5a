/* What the files of the UE share: its state, and the ways of a request. Private to ue*.c.
 *
 *   ue.c          the node contract, and life
 *   ue_keys.c     keys and how they end
 *   ue_pull.c     how a key is come by
 *   ue_channel.c  the secure channel
 *   ue_request.c  requests of the application, which are what begins all the others */
#ifndef NODES_BOOTSTRAP_UE_STATE_H
#define NODES_BOOTSTRAP_UE_STATE_H

#include "../association/association.h"
#include "../coap/refuse.h"
#include "../kept/kept.h"
#include "../list.h"
#include "ue.h"

/* Where the request to a server is. */
enum ue_stage {
  UE_IDLE,    /* there is none */
  UE_WAITING, /* for its turn to pull a key */
  UE_PULLING,
  UE_SECURING, /* the handshake of the channel is under way: the pending one */
  UE_ASKING,   /* it is sent */
};

struct ue_request {
  enum lower_request kind;
  struct kept payload; /* until it is sent */
  bool has_pulled;     /* the key is of this request's pull */
  bool has_renewed;    /* a key that the ApS did not know any more was pulled once more */
};

struct ue_key {
  bool is_there;
  uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX];
  uint8_t psk[BOOTSTRAP_PSK_MAX];
  uint64_t ends_ns; /* or NODE_NEVER */
};

struct ue_server {
  const struct bootstrap_server *known;
  enum ue_stage stage;
  struct ue_request request;
  struct list_link turn;     /* while it waits */
  bool was_answered;         /* the pull was, by what is of no use */
  struct coap_session clear; /* CoAP without protection */
  struct ue_key key;
  struct association_pair channel;
};

struct bootstrap_ue {
  struct node node;
  struct bootstrap_ue_config config;
  const struct association_kind *kind; /* of channels */
  enum bootstrap_use use;              /* of their keys */
  size_t identity_length, psk_length;
  struct erp_peer_config erp_config;
  const struct node_hooks *hooks;
  struct coap_parameters coap;
  struct coap_stranger stranger;
  struct erp_peer erp;       /* with the EMSK; has one exchange at a time */
  struct ue_server *pulling; /* whose that is; or NULL */
  struct list waiting;       /* for the end of that */
  size_t bytes_peak;
  size_t server_count;
  struct ue_server servers[];
};

/* Events, with the ApS as the remote. */
void bootstrap_ue_tell(const struct bootstrap_ue *ue, const struct ue_server *server,
                       enum node_phase phase, enum node_event_type type, const char *label);

/* A request of an ApS, which this end does not answer but by errors; `coap` is what it came by. 0,
 * or an error of coap_session_reject. */
NODE_MUST_CHECK int bootstrap_ue_refuse(const struct bootstrap_ue *ue,
                                        const struct ue_server *server, struct coap_session *coap,
                                        const struct coap_message *request, enum node_phase phase);

/* Keys */

/* The server's key from now on, until the least of these ends; a lifetime of 0: says nothing. */
void bootstrap_ue_take_key(struct bootstrap_ue *ue, struct ue_server *server,
                           const uint8_t psk[BOOTSTRAP_PSK_MAX], uint32_t granted_s,
                           uint64_t now_ns);

void bootstrap_ue_forget_key(struct ue_server *server);

/* Ends what has outlived its key or EMSK: at the beginning of every call, since timers may be late.
 */
void bootstrap_ue_end_lifetimes(struct bootstrap_ue *ue, uint64_t now_ns);
uint64_t bootstrap_ue_lifetimes_expiry(const struct bootstrap_ue *ue);

/* All that came of an EMSK, and that, with all that waits for it. */
void bootstrap_ue_drop_emsk(struct bootstrap_ue *ue, const char *why);

/* Brings bytes_peak up to date. */
void bootstrap_ue_note_bytes(struct bootstrap_ue *ue);

/* Pulls. Results are 0, or an error with nothing begun. */

/* Whether a key can be come by now. */
bool bootstrap_ue_can_pull(const struct bootstrap_ue *ue, uint64_t now_ns);

/* Whether another pull brings another key. */
bool bootstrap_ue_renews(const struct bootstrap_ue *ue);

/* The request of the server begins a pull, or waits for its turn. */
NODE_MUST_CHECK int bootstrap_ue_pull(struct bootstrap_ue *ue, struct ue_server *server,
                                      uint64_t now_ns);

/* Lets those pull whose turn it is. */
void bootstrap_ue_pull_next(struct bootstrap_ue *ue, uint64_t now_ns);

/* Ends what the server's request waits for, and the request. */
void bootstrap_ue_fail_pull(struct bootstrap_ue *ue, struct ue_server *server, const char *why);

/* The exchange goes no further; of a server that is pulling. */
void bootstrap_ue_stop_pull(struct bootstrap_ue *ue, struct ue_server *server);

NODE_MUST_CHECK int bootstrap_ue_read_clear(struct bootstrap_ue *ue, struct ue_server *server,
                                            const struct node_datagram *datagram, uint64_t now_ns);
void bootstrap_ue_wake_pull(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns);

/* Channels */

/* Begins the handshake, with the key that there is. Errors of association_open. */
NODE_MUST_CHECK int bootstrap_ue_secure(struct bootstrap_ue *ue, struct ue_server *server,
                                        uint64_t now_ns);

NODE_MUST_CHECK int bootstrap_ue_read_channel(struct bootstrap_ue *ue, struct ue_server *server,
                                              const struct node_datagram *datagram,
                                              uint64_t now_ns);
NODE_MUST_CHECK int bootstrap_ue_wake_channel(struct bootstrap_ue *ue, struct ue_server *server,
                                              uint64_t now_ns);

/* Requests */

/* Takes the next step of the server's request: it is sent, or what must come before begins. */
NODE_MUST_CHECK int bootstrap_ue_proceed(struct bootstrap_ue *ue, struct ue_server *server,
                                         uint64_t now_ns);

/* The same, where an error ends the request. */
void bootstrap_ue_go_on(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns);

/* Frees what is kept of it. */
void bootstrap_ue_drop_request(struct ue_request *request);

/* Ends the server's request, wherever it is. Harmless where there is none. */
void bootstrap_ue_end_request(struct bootstrap_ue *ue, struct ue_server *server,
                              enum node_event_type type, const char *label);

/* At the end of whatever may have made the UE speak. */
NODE_MUST_CHECK int bootstrap_ue_settle(struct bootstrap_ue *ue, int result, uint64_t now_ns);

struct bootstrap_ue *bootstrap_ue_of(struct node *node);
const struct bootstrap_ue *bootstrap_ue_of_const(const struct node *node);

#endif
