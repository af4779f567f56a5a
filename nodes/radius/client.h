/* The RADIUS client (RFC 2865, RFC 3579, RFC 5080): one for all the peers of an authenticator, an
 * exchange for each of them. The answer to a request is matched by the server's address, our port,
 * the Identifier and the Response Authenticator.
 *
 * A request needs an Identifier of its own until it is answered, and a source port has 256 of them.
 * The client uses `port_count` consecutive ports: the default of 4 serves 1024 requests at once.
 * What comes when all are taken waits in order. The Identifier that has been free for longest is
 * taken, so that each is used again as late as possible.
 *
 * Retransmission (RFC 5080 section 2.2.1): the same octets after 2 s, doubled each time to 16 s at
 * most, each with 10 % of jitter; five transmissions and 30 s at most. A proxy's client transmits
 * once, and again only when it is told to (radius_client_repeat): whose request it is, retransmits.
 */
#ifndef NODES_RADIUS_CLIENT_H
#define NODES_RADIUS_CLIENT_H

#include "../deadline.h"
#include "../kept/kept.h"
#include "packet.h"

enum {
  /* Message-Authenticator, User-Name, NAS-Identifier, Framed-MTU, State, and an EAP packet. */
  RADIUS_REQUEST_MAX = RADIUS_HEADER_LENGTH + (2 + 16) + 3 * (2 + RADIUS_VALUE_MAX) + (2 + 4) +
                       RADIUS_MTU + 2 * ((RADIUS_MTU + RADIUS_VALUE_MAX - 1) / RADIUS_VALUE_MAX),
  RADIUS_PORTS_MAX = 64,
  RADIUS_PORTS_DEFAULT = 4,
  RADIUS_FIRST_PORT_DEFAULT = 49152,
};

struct aaa_filter;

/* Copied by init; what it points to belongs to the caller and outlives the client. */
struct radius_client_config {
  struct node_address local; /* its port is the first of port_count consecutive ones */
  size_t port_count;         /* 1 to RADIUS_PORTS_MAX */
  struct node_address server;
  struct radius_secret secret;
  const char *nas_identifier; /* 1 to 253 octets; of a proxy's, none */
  size_t request_max;         /* octets of a request that the network carries, up to
                                 RADIUS_REQUEST_MAX; 0: NODE_DATAGRAM_MAX */
  bool unsigned_rejects;      /* take an Access-Reject without Message-Authenticator, as servers
                                 before RFC 3579 send it; not one with EAP-Message. Others can forge
                                 it who see the request (CVE-2024-3596) */
  bool forwards;              /* a proxy's */
  const struct aaa_filter *filters; /* that an Access-Accept may name (aaa/grant.h) */
  size_t filter_count;
};

/* False where a length or number is out of its range. */
bool radius_client_config_valid(const struct radius_client_config *config);

enum radius_phase {
  RADIUS_IDLE,
  RADIUS_WAITING,     /* for an Identifier */
  RADIUS_OUTSTANDING, /* until it is answered, cancelled or given up */
};

/* A request and what is known of it. Embedded in its owner; zeroed memory is an idle one. All
 * fields are private to client.c but the first three. */
struct radius_exchange {
  void *owner;
  enum node_phase purpose;    /* what its datagrams are for */
  struct node_address serves; /* the peer that it is for, which its datagrams name */
  enum radius_phase phase;
  size_t slot; /* port and Identifier */
  uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH];
  struct kept request; /* while it is not idle */
  unsigned copy;       /* transmissions already made */
  uint64_t interval_ns;
  uint64_t give_up_ns;
  struct deadline deadline;
  bool queued;                             /* to be written, or waiting */
  struct radius_exchange *previous, *next; /* in the queue that it is in */
};

struct radius_queue {
  struct radius_exchange *first, *last;
};

/* What the AAA server has had to bear of a client. */
struct radius_client_load {
  uint64_t requests;        /* sent, each once */
  uint64_t retransmissions; /* of them */
  size_t outstanding_peak;  /* the most that had an Identifier at once */
  size_t waiting_peak;      /* the most that waited for one */
};

struct radius_client {
  struct radius_client_config config;
  const struct node_hooks *hooks;
  struct radius_exchange **slots; /* 256 for each port */
  uint16_t *free_slots;           /* a ring: those that are not taken, from first_free on */
  size_t slot_count, first_free, taken;
  size_t waiting_count;
  struct radius_client_load load;
  struct deadline_heap deadlines;
  struct radius_queue ready;            /* to be written */
  struct radius_queue waiting;          /* for an Identifier */
  uint8_t composed[RADIUS_REQUEST_MAX]; /* the request that is composed */
  struct span_list composed_spans;
};

/* False: memory is short. `hooks` must outlive the client. */
bool radius_client_init(struct radius_client *client, const struct radius_client_config *config,
                        const struct node_hooks *hooks);

/* No exchange may be under way. */
void radius_client_deinit(struct radius_client *client);

/* Begins the composition of a request: header, User-Name (none for an empty one), NAS-Identifier,
 * Framed-MTU. The caller adds State and EAP-Message to `out`, or RADIUS_SERVICE_TYPE
 * (aaa/key_request.h), and then sends it. */
void radius_client_compose(struct radius_client *client, const uint8_t *user_name,
                           size_t user_name_length, struct span_writer *out);

/* Sends what was composed last, or what a proxy has composed where it likes; the exchange must be
 * idle. NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO, NODE_ERR_EXHAUSTED: it stays so. */
NODE_MUST_CHECK int radius_client_send(struct radius_client *client,
                                       struct radius_exchange *exchange, struct span_writer *out);

/* Transmits an outstanding request once more: a proxy's, whose client has done so. Harmless in
 * another phase. */
void radius_client_repeat(struct radius_client *client, struct radius_exchange *exchange);

/* Forgets an exchange, in whatever phase; its Identifier serves the next that waits. */
void radius_client_cancel(struct radius_client *client, struct radius_exchange *exchange);

/* True if a datagram to this address is the client's. */
bool radius_client_is_for(const struct radius_client *client,
                          const struct node_address *destination);

/* Takes an answer. Returns the exchange that it ends (idle from then on; its authenticator is still
 * there), with `packet` pointing into the datagram; or NULL with static text that says why the
 * datagram is to be discarded. */
struct radius_exchange *radius_client_receive(struct radius_client *client,
                                              const struct node_datagram *datagram,
                                              struct radius_packet *packet, const char **why);

/* As in node.h. */
NODE_MUST_CHECK int radius_client_write(struct radius_client *client,
                                        struct node_datagram *datagram, uint64_t now_ns);
uint64_t radius_client_expiry(const struct radius_client *client);

/* Retransmits what is due. Returns an exchange that is given up, idle from then on, and must be
 * called again; NULL when there is no more to do. */
struct radius_exchange *radius_client_handle_expiry(struct radius_client *client, uint64_t now_ns);

/* An exchange; and of the client, what it has besides: which Identifiers it will take. */
void radius_exchange_digest(const struct radius_exchange *exchange, struct digest *digest,
                            uint64_t now_ns);
void radius_client_digest(const struct radius_client *client, struct digest *digest);

#endif
