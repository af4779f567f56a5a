/* What the files of the resource server share. Private to resource_server*.c. */
#ifndef NODES_ACE_RESOURCE_SERVER_STATE_H
#define NODES_ACE_RESOURCE_SERVER_STATE_H

#include "../association/reception.h"
#include "../coap/refuse.h"
#include "../deadline.h"
#include "../kept/kept.h"
#include "../list.h"
#include "../table.h"
#include "resource_server.h"

struct resource_server;
struct rs_client;

/* resource_server_token.c: what a token that was taken grants. Zeroed: nothing. */
struct rs_grant {
  struct ace_scope scope; /* with entries, where there is a grant */
  uint64_t until_ns;
  uint8_t id[ACE_KEY_ID_MAX]; /* of the input material, or kid */
  size_t id_length;
  uint8_t psk[ACE_SECRET_LENGTH]; /* of coap_dtls */
};

bool rs_grant_is_there(const struct rs_grant *grant);
void rs_grant_wipe(struct rs_grant *grant);
void rs_grant_move(struct rs_grant *to, struct rs_grant *from);
uint64_t rs_grant_expiry(const struct rs_grant *grant); /* NODE_NEVER: there is none */
void rs_grant_digest(const struct rs_grant *grant, struct digest *digest, uint64_t now_ns);

/* NODE_EVENT_KEY, of coap_dtls. */
void rs_grant_tell_key(const struct rs_client *client, const struct rs_grant *grant);

/* Judges a token. COAP_CODE_CREATED: `grant` and `confirmation`, secrets which are the caller's to
 * wipe, are what it says; else the code that refuses it. */
NODE_MUST_CHECK uint8_t rs_token_judge(const struct resource_server *server, const uint8_t *token,
                                       size_t length, struct rs_grant *grant,
                                       struct ace_confirmation *confirmation);

/* A Recipient ID of this end: no two that are in use are equal. Zeroed: none. */
struct rs_recipient {
  struct association_id id;
  struct table_item by_id;
};

/* An endpoint that has brought a token, or shown that it is at its address. */
struct rs_client {
  struct resource_server *server;
  struct node_address local; /* of CoAP in clear, with the IP address where it asked */
  struct node_address remote;
  struct coap_session coap; /* in clear */
  enum node_phase refused;  /* what the last refusal in clear was for */
  struct association_pair pair;
  struct rs_grant brought; /* of coap_dtls: a token that a handshake may name by its kid */
  struct rs_grant pending; /* of the association that is to be the current one, */
  struct rs_grant current; /* and of that; none there: its token has ended */
  struct rs_recipient pending_recipient, current_recipient; /* of coap_oscore */
  bool told;                                                /* that the handshake has failed */
  size_t bytes;                                             /* that the server counts for it */
  struct list_link in_order, to_write;
  struct table_item by_remote;
  struct table_item by_kid; /* of what was brought, with the IP address */
  struct deadline deadline;
};

/* resource_server_room.c: places, and who gives way. */
struct rs_clients {
  struct table by_remote;
  struct table by_kid;
  struct table by_recipient;
  struct list unproven; /* of no key, or whose token has ended: the oldest gives way */
  struct list proven;   /* then the one that was used last longest ago */
  struct list writers;
  struct deadline_heap deadlines;
  size_t bytes, bytes_peak;
};

bool rs_clients_init(struct resource_server *server);
void rs_clients_deinit(struct resource_server *server);
struct rs_client *rs_clients_find(const struct resource_server *server,
                                  const struct node_address *remote);
/* The same, with what of it has ended forgotten; NULL also where that was all. */
struct rs_client *rs_clients_find_living(struct resource_server *server,
                                         const struct node_address *remote);
/* The one that has brought a token with this kid: this endpoint, or else the one of its IP address
 * whose token ends last. NULL: none. */
struct rs_client *rs_clients_find_kid(const struct resource_server *server,
                                      const struct node_address *remote, const uint8_t *kid,
                                      size_t length);
/* One more; another may give way. NULL: memory is short. */
struct rs_client *rs_clients_acquire(struct resource_server *server,
                                     const struct node_address *local,
                                     const struct node_address *remote);
void rs_client_release(struct rs_client *client);
/* It may have become what it was not; or it has been of use. */
void rs_client_stand(struct rs_client *client);
void rs_client_use(struct rs_client *client);
/* Keeps what it has brought, for a handshake. */
void rs_client_bring(struct rs_client *client, struct rs_grant *grant);
void rs_client_forget_brought(struct rs_client *client);
void rs_client_count(struct rs_client *client);
void rs_clients_digest(const struct resource_server *server, struct digest *digest,
                       uint64_t now_ns);

/* Draws an ID that is none of those in use, nor `other`: of one octet, or of two where none is
 * left. */
void rs_recipient_take(struct resource_server *server, struct rs_recipient *recipient,
                       const struct ace_oscore_half *other);
void rs_recipient_leave(struct resource_server *server, struct rs_recipient *recipient);
void rs_recipient_move(struct resource_server *server, struct rs_recipient *to,
                       struct rs_recipient *from);

/* resource_server_client.c: an association's life. */
void rs_client_tell(const struct rs_client *client, enum node_phase phase,
                    enum node_event_type type, const char *label);
bool rs_client_is_over(const struct rs_client *client);
/* What of its tokens has ended is no more. */
void rs_client_lapse(struct rs_client *client);
/* The pending association is no more. */
void rs_client_forget_pending(struct rs_client *client);
/* Likewise; tells that it has failed, if there is one and nobody has been told. */
void rs_client_drop_pending(struct rs_client *client, const char *why);
/* A request has verified: where it is the first under the pending association, that is the current
 * one from now on, and it is of that. */
void rs_client_confirm_by(struct rs_client *client, struct association_request *request);
/* What was done changes what there is to write, which is protected now, and when it wants to be
 * woken; or all of it has ended, and it is released. */
NODE_MUST_CHECK int rs_client_settle(struct rs_client *client, int result);
NODE_MUST_CHECK int rs_clients_write(struct resource_server *server,
                                     struct node_datagram *datagram);
NODE_MUST_CHECK int rs_clients_expire(struct resource_server *server);

/* resource_server_transfer.c: POST /authz-info. */
struct rs_delivery {
  const uint8_t *token; /* in the payload */
  size_t token_length;
  struct ace_oscore_half half; /* of coap_oscore */
  struct rs_grant grant;
  struct ace_confirmation confirmation;
};
bool rs_is_transfer(const struct coap_message *request);
/* Judges a request to it. COAP_CODE_CREATED: `delivery` is the caller's to wipe; else the code that
 * refuses it. */
NODE_MUST_CHECK uint8_t rs_transfer_judge(const struct resource_server *server,
                                          const struct coap_message *request,
                                          struct rs_delivery *delivery);
/* Takes what was judged good, and answers. NODE_ERR_EXHAUSTED, NODE_ERR_CRYPTO: it is not taken. */
NODE_MUST_CHECK int rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                                     struct rs_delivery *delivery);

/* resource_server_access.c: requests for resources, which have verified. */
struct rs_resource {
  const char *path;
  struct kept value;
};
NODE_MUST_CHECK int rs_access_answer(struct rs_client *client,
                                     const struct association_request *request);
bool rs_resources_init(struct resource_server *server);
void rs_resources_deinit(struct resource_server *server);
/* The only segment of a request's path; NULL: it has another number of them. */
const struct coap_option *rs_path_of(const struct coap_message *request);
struct rs_resource *rs_resource_find(const struct resource_server *server, const uint8_t *path,
                                     size_t length);
void rs_resources_digest(const struct resource_server *server, struct digest *digest);

/* resource_server_clear.c: datagrams of CoAP without a session. */
NODE_MUST_CHECK int rs_clear_read(struct resource_server *server,
                                  const struct node_datagram *datagram);
NODE_MUST_CHECK int rs_strangers_write(struct resource_server *server,
                                       struct node_datagram *datagram);

/* resource_server_session.c: datagrams of DTLS. */
NODE_MUST_CHECK int rs_sessions_read(struct resource_server *server,
                                     const struct node_datagram *datagram);
/* As association_keys.find; `context` is the node. Notes in server->handshake what the key grants.
 */
size_t rs_session_key(void *context, const uint8_t *identity, size_t length,
                      uint8_t psk[ASSOCIATION_PSK_MAX]);

struct resource_server {
  struct node node;
  struct ace_resource_server_config config;
  const struct association_kind *kind;
  const struct node_hooks *hooks;
  uint64_t now_ns; /* of the call that is under way */
  struct coap_parameters coap;
  bool has_key;
  struct ace_sealing_key key;
  struct hash_key hash_key;
  uint8_t cookie_secret[ASSOCIATION_COOKIE_SECRET];
  struct association_keys give; /* keys, to handshakes */
  struct rs_client *handshake;  /* whose datagram is read */
  struct rs_clients clients;
  struct rs_resource *resources; /* as many as are configured */
  struct association_reception reception;
  struct coap_stranger stranger;
  enum node_phase refused; /* what the answer to the stranger is for */
};

void rs_tell(const struct resource_server *server, enum node_phase phase, enum node_event_type type,
             const struct node_address *remote, const char *label);

/* Where memory was short for what somebody sent, that is as if it were lost: 0, else the result. */
NODE_MUST_CHECK int rs_forgive(const struct resource_server *server,
                               const struct node_address *remote, int result);

#endif
