/* The RADIUS server's side of EAP (RFC 2865, RFC 3579, RFC 5080): clients and their secrets,
 * conversations found by State, duplicates answered with the octets of the first answer.
 *
 * A conversation holds one EAP authentication. State names it and the number of its Challenge, so
 * that a request that comes late is known to be old. Its last answer is kept for repetitions: while
 * it runs, and for up to 30 s after its end. Every answered request belongs to a conversation, if
 * only to one that ended at once; their number is bounded.
 *
 * Where there is no room for another, the one that ended longest ago makes it. Of those that have
 * not ended, one without a second request gives way: the oldest of the client that has most of them
 * (with a FAILED event, "conversation gave way to another"). One with a second request stays. Of
 * several clients none has more than three quarters of the places with what has not ended; the last
 * quarter is guaranteed to all of them in equal parts (where it has a place for each), which others
 * use only for answers that are kept.
 *
 * An owner that cannot answer a request yet holds its conversation, which then neither gives way
 * nor ends by itself; repetitions of the request are not answered. Its owner bounds their number,
 * and how long each waits.
 *
 * A datagram costs a look at each client, at most, and a chain of a table whose hash is keyed. */
#ifndef NODES_RADIUS_SERVER_H
#define NODES_RADIUS_SERVER_H

#include "../eap/label.h"
#include "../eap/server.h"
#include "../kept/kept.h"
#include "known.h"

enum { RADIUS_STATE_LENGTH = 16 };

/* Any port of this address (RFC 3579 section 3.2: a client is known by its address). */
struct radius_server_client {
  uint8_t ip[16];
  struct radius_secret secret;
};

/* Copied by init; what it points to belongs to the caller and outlives the server. */
struct radius_server_config {
  const struct radius_server_client *clients;
  size_t client_count;
  size_t conversations_max;
};

enum radius_conversation_phase {
  RADIUS_FREE,
  RADIUS_BEGUN,   /* with its first request */
  RADIUS_RUNNING, /* with a second */
  RADIUS_HELD,    /* its last request is to be answered later */
  RADIUS_ENDED,
  RADIUS_PHASES
};

/* The lists that a conversation may be in at once. */
enum radius_list_kind {
  RADIUS_BY_PHASE,  /* among those of its phase, by active_ns */
  RADIUS_BY_CLIENT, /* among those of its client that have begun, likewise */
  RADIUS_TO_WRITE,
  RADIUS_LISTS
};

struct radius_conversation_list {
  struct radius_conversation *first, *last;
};

/* What a client has of the places. */
struct radius_server_share {
  const struct radius_secret *secret;
  size_t live; /* conversations that have not ended */
  struct radius_conversation_list begun;
  size_t begun_count;
};

/* What is on the heap: `eap` until the end, and the last answer. Its owner may use `eap`,
 * `purpose`, `labels`, `source`, `request_authenticator` and `secret`; all else is private. */
struct radius_conversation {
  struct eap_server *eap;  /* NULL: it has ended */
  enum node_phase purpose; /* what its answers are for; at its beginning: authentication */
  struct eap_labels labels;
  struct node_address source; /* of the last request */
  const struct radius_secret *secret;
  uint8_t request_authenticator[RADIUS_AUTHENTICATOR_LENGTH]; /* of the last request */

  enum radius_conversation_phase phase;
  struct radius_server_share *client; /* that began it */
  uint64_t active_ns;                 /* the last request or, ended, the end */
  uint8_t state[RADIUS_STATE_LENGTH];
  bool has_state;                    /* a Challenge was sent */
  struct radius_known_request first; /* the first and the last request */
  struct radius_known_request last;
  struct kept answer; /* the last */
  bool answered;      /* the last request is; else the answer is that to the one before */
  unsigned copy;      /* transmissions already made */
  bool queued;        /* to be written */
  struct radius_conversation *previous[RADIUS_LISTS], *next[RADIUS_LISTS];
};

struct radius_server {
  struct radius_server_config config;
  const struct node_hooks *hooks;
  struct radius_conversation **conversations; /* conversations_max places, filled from the front */
  size_t conversation_count;
  struct radius_conversation_list phases[RADIUS_PHASES];
  struct radius_conversation_list to_write;
  struct radius_server_share *shares; /* of the clients, in the configuration's order */
  size_t share_max;                   /* live conversations that a client may have */
  size_t guaranteed;                  /* live conversations for which each client has a place */
  size_t unused;                      /* of what is guaranteed: places that others leave alone */
  size_t live;
  struct radius_known_table known;
  uint8_t composed[RADIUS_PACKET_MAX]; /* the answer that is composed */
  struct span_list composed_spans;
};

/* False: memory is short, or the configuration is out of range. */
bool radius_server_init(struct radius_server *server, const struct radius_server_config *config,
                        const struct node_hooks *hooks);
void radius_server_deinit(struct radius_server *server);

enum radius_server_result {
  RADIUS_SERVER_DISCARD, /* silently; `why` says why */
  RADIUS_SERVER_REPEAT, /* a duplicate, answered as before; of a request that is held, not at all */
  RADIUS_SERVER_NEW,    /* a request that begins a conversation */
  RADIUS_SERVER_CONTINUE, /* a request of a conversation that runs */
  RADIUS_SERVER_UNKNOWN,  /* a request whose State is not known: reject it */
};

/* Takes a datagram. With the last three results the request is verified, `*conversation` is its,
 * and must be answered, or held, before the next call. A request that follows one that is held
 * takes its place (RADIUS_SERVER_CONTINUE). */
enum radius_server_result radius_server_receive(struct radius_server *server,
                                                const struct node_datagram *datagram,
                                                uint64_t now_ns, struct radius_packet *packet,
                                                struct radius_conversation **conversation,
                                                const char **why);

/* Leaves the conversation's last request for later: its owner keeps the request, and answers it as
 * it would have now. */
void radius_server_hold(struct radius_server *server, struct radius_conversation *conversation,
                        uint64_t now_ns);

/* Forgets, without an answer, all conversations that run with this user, who is one no more (with
 * FAILED events, "credential has ended"). */
void radius_server_forget_user(struct radius_server *server, const struct eap_user *user);

/* Begins the composition of the conversation's answer to this request, whose Proxy-State it has
 * (RFC 2865 section 5.33); a Challenge has a new State. */
void radius_server_compose(struct radius_server *server, struct radius_conversation *conversation,
                           const struct radius_packet *request, enum radius_code code,
                           struct span_writer *out);

/* Seals and queues the answer that was composed last. An Accept or a Reject ends the conversation
 * and wipes its EAP server. NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO, NODE_ERR_EXHAUSTED: nothing is
 * sent.
 */
NODE_MUST_CHECK int radius_server_send(struct radius_server *server,
                                       struct radius_conversation *conversation,
                                       struct span_writer *out, uint64_t now_ns);

/* The EAP-Request of the last Challenge, in `eap`; its length, or 0 if there is none. */
size_t radius_server_last_request(const struct radius_conversation *conversation, uint8_t *eap,
                                  size_t capacity);

/* As in node.h, but for the datagram's source, which is the caller's. An answer to a request with
 * Proxy-State may have RADIUS_PACKET_MAX octets. */
NODE_MUST_CHECK int radius_server_write(struct radius_server *server,
                                        struct node_datagram *datagram);
uint64_t radius_server_expiry(const struct radius_server *server);

/* Forgets what has had its time. Returns the address of the client of a conversation that was
 * abandoned in mid-flow, in `source`, and must be called again; false when there is no more. */
bool radius_server_handle_expiry(struct radius_server *server, uint64_t now_ns,
                                 struct node_address *source);

#endif
