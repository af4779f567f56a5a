/* What the files of the client share: its state, and the ways of a request. Private to client*.c.
 *
 *   client.c           the node contract, and life
 *   client_token.c     tokens: how they are asked for, and how they end
 *   client_transfer.c  how a token is brought, and becomes an association
 *   client_access.c    requests, which are what begins all the others */
#ifndef NODES_ACE_CLIENT_STATE_H
#define NODES_ACE_CLIENT_STATE_H

#include "../coap/refuse.h"
#include "../kept/kept.h"
#include "../list.h"
#include "client.h"

/* Where the request to a resource server is. */
enum client_stage {
  CLIENT_IDLE,     /* there is none */
  CLIENT_WAITING,  /* for its turn to ask for a token */
  CLIENT_ASKING,   /* the authorization server */
  CLIENT_BRINGING, /* the token, to authz-info */
  CLIENT_SECURING, /* the handshake of the association is under way: the pending one */
  CLIENT_ACCESSING /* it is sent */
};

/* What is kept of it to its end: it may have to be sent once more, by another token. */
struct client_request {
  uint8_t code;
  char path[ACE_PATH_MAX + 1];
  struct kept payload;
  bool has_renewed; /* a token that was not taken has been replaced */
};

struct client_token {
  bool is_there;
  uint8_t octets[ACE_TOKEN_MAX];
  size_t length;
  struct ace_confirmation confirmation; /* with the key */
  uint64_t ends_ns;                     /* or NODE_NEVER */
};

struct client_server {
  const struct ace_server *known;
  enum client_stage stage;
  struct client_request request;
  struct list_link turn;     /* while it waits */
  struct coap_session clear; /* CoAP without protection, and under OSCORE */
  struct client_token token;
  struct ace_oscore_half half; /* of OSCORE: the client's, of the transfer that is under way */
  struct association_pair association;
  bool is_confirmed; /* the resource server has shown that it has the key */
};

struct ace_client {
  struct node node;
  struct ace_client_config config;
  const struct association_kind *kind; /* of associations */
  const struct node_hooks *hooks;
  struct coap_parameters coap;
  struct coap_stranger stranger;
  struct ace_client_listener listener;
  bool is_calling;              /* the authorization server; one call at a time */
  struct client_server *asking; /* for whom; NULL: for nobody any more */
  struct list waiting;          /* for the end of that */
  uint64_t turn_ns;             /* when the first of these asks, or NODE_NEVER */
  size_t bytes_peak;
  size_t server_count;
  struct client_server servers[];
};

struct ace_client *ace_client_of(struct node *node);
const struct ace_client *ace_client_of_const(const struct node *node);

/* Events, with the resource server as the remote. */
void ace_client_tell(const struct ace_client *client, const struct client_server *server,
                     enum node_phase phase, enum node_event_type type, const char *label);
/* The same, of DISCARDED; 0. */
int ace_client_discard(const struct ace_client *client, const struct client_server *server,
                       enum node_phase phase, const char *why);
/* The same, of CONFIRMED: it is the audience that has shown that it has the key. */
void ace_client_confirm(const struct ace_client *client, struct client_server *server,
                        enum node_phase phase, const char *label);

/* Whether a response is of this Content-Format, or does not say of which. */
bool ace_client_is_of_format(const struct coap_message *response, uint64_t format);

/* Tokens */

/* The request of the server asks for a token, or waits for its turn. 0, or an error of `ask` with
 * nothing begun. */
NODE_MUST_CHECK int ace_client_ask(struct ace_client *client, struct client_server *server);

/* Lets the next ask whose turn has come. */
void ace_client_ask_next(struct ace_client *client, uint64_t now_ns);

/* The answer to the server's request, when it comes, is for nobody. */
void ace_client_stop_asking(struct ace_client *client, struct client_server *server);

/* Why `ask` does not take a call; static text. */
const char *ace_client_ask_failure(int error);

void ace_client_forget_token(struct client_server *server);

/* Forgets token and association, and tells of it where there is one. */
void ace_client_drop(struct ace_client *client, struct client_server *server, const char *why);

/* Ends what has outlived its token: at the beginning of every call, since timers may be late. A
 * request that is under way ends first. */
void ace_client_end_lifetimes(struct ace_client *client, uint64_t now_ns);
uint64_t ace_client_lifetimes_expiry(const struct ace_client *client);

/* Brings bytes_peak up to date. */
void ace_client_note_bytes(struct ace_client *client);

/* Transfers */

/* The server's token is brought to it. 0, or an error with nothing begun. */
NODE_MUST_CHECK int ace_client_transfer(struct ace_client *client, struct client_server *server,
                                        uint64_t now_ns);

/* What came as the response to authz-info. */
NODE_MUST_CHECK int ace_client_take_transfer(struct ace_client *client,
                                             struct client_server *server,
                                             const struct coap_message *response, uint64_t now_ns);
void ace_client_transfer_timed_out(struct ace_client *client, struct client_server *server);

/* Datagrams and time of an association that is a session. */
NODE_MUST_CHECK int ace_client_read_session(struct ace_client *client, struct client_server *server,
                                            const struct node_datagram *datagram, uint64_t now_ns);
NODE_MUST_CHECK int ace_client_wake_session(struct ace_client *client, struct client_server *server,
                                            uint64_t now_ns);

/* Requests */

/* Takes the next step of the server's request: it is sent, or what must come before begins. */
NODE_MUST_CHECK int ace_client_proceed(struct ace_client *client, struct client_server *server,
                                       uint64_t now_ns);

/* The same, where an error ends the request. */
void ace_client_go_on(struct ace_client *client, struct client_server *server, uint64_t now_ns);

/* The token that there was is forgotten: another is asked for, once in a request; else it ends. */
void ace_client_renew(struct ace_client *client, struct client_server *server, const char *why,
                      uint64_t now_ns);

/* A message under the association, or in its place, where it is a response to the request. */
NODE_MUST_CHECK int ace_client_take_access(struct ace_client *client, struct client_server *server,
                                           const struct coap_message *response, uint64_t now_ns);
void ace_client_access_timed_out(struct ace_client *client, struct client_server *server);

/* A request of a resource server, which this end does not answer but by errors; `coap` is what it
 * came by. 0, or an error of coap_session_reject. */
NODE_MUST_CHECK int ace_client_refuse(const struct ace_client *client,
                                      const struct client_server *server, struct coap_session *coap,
                                      const struct coap_message *request, enum node_phase phase);

void ace_client_drop_request(struct client_request *request);

/* Ends the server's request, wherever it is. Harmless where there is none. */
void ace_client_end_request(struct ace_client *client, struct client_server *server,
                            enum node_event_type type, const char *label);

/* At the end of whatever may have made the client speak. */
NODE_MUST_CHECK int ace_client_settle(struct ace_client *client, int result);

#endif
