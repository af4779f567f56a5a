/* The node contract: one shape for every role, so that one adapter hosts them all (in ns-3, on
 * sockets, or in a test). A node does no I/O and has no clock: datagrams and time are handed in,
 * datagrams and the next deadline are handed out.
 *
 * A host does, for ever:
 *   - datagram arrives:  node_read, then node_write until it says 0;
 *   - node_expiry passes: node_handle_expiry, then node_write until it says 0.
 * A role's own functions that have it say something (begin, request) are such calls, too.
 *
 * A host that lets computing take time does that between the two: what a call computes, it reports
 * by the cost hook before it returns, and its datagrams depart when that is computed, at a
 * node_write whose `now_ns` is the moment of departure. node_write itself computes nothing: it
 * copies out octets that are ready, which no later moment changes, and arms what waits for an
 * answer to them. What is remembered of a datagram that came (to know its repetitions, to be
 * patient with who sent it) is remembered from its node_read on. A host calls node_read,
 * node_handle_expiry and a role's functions only while no datagram waits to depart, or a datagram
 * may give way to a later one unsent.
 *
 * Time is a 64-bit count of nanoseconds from any origin, and never goes back. */
#ifndef NODES_NODE_H
#define NODES_NODE_H

#include "digest.h"
#include "span.h"

enum {
  NODE_DATAGRAM_MAX = 1280, /* octets of a datagram's data that a node sends or accepts */
  NODE_RADIUS_MAX = 4096,   /* the same, of RADIUS (RFC 2865 section 3) */
  NODE_IDENTITY_MAX = 253,  /* octets of an EAP identity (one RADIUS attribute) */
};

#define NODE_NEVER UINT64_MAX
#define NODE_MS UINT64_C(1000000)        /* nanoseconds */
#define NODE_SECOND UINT64_C(1000000000) /* nanoseconds */

/* The compiler warns where a result that must be looked at is not. */
#define NODE_MUST_CHECK __attribute__((warn_unused_result))

/* Errors are negative; 0 and above is success. */
enum node_error {
#define NODE_ERROR(id, value, text) NODE_ERR_##id = value,
#include "errors.def"
#undef NODE_ERROR
};

/* The text of an error; never NULL. */
const char *node_error_name(int error);

/* An IPv6 address (IPv4 as ::ffff:a.b.c.d) and a UDP port, in host byte order; 0 in datagrams of a
 * protocol that has none. */
struct node_address {
  uint8_t ip[16];
  uint16_t port;
};

bool node_address_equal(const struct node_address *a, const struct node_address *b);

/* What a datagram, an event or a computation is for. */
enum node_phase {
#define PHASE(id, name, help) NODE_PHASE_##id,
#include "phases.def"
#undef PHASE
  NODE_PHASE_COUNT
};

const char *node_phase_name(enum node_phase phase);

/* What a datagram is in an exchange. */
enum node_part {
  NODE_PART_OTHER, /* an acknowledgement, a handshake; or there is no exchange */
  NODE_PART_REQUEST,
  NODE_PART_RESPONSE,
};

/* What carries a datagram over IP. NODE_UDP is 0: what says nothing of it is UDP.
 *   NODE_UDP  data is the payload;
 *   NODE_ESP  RFC 4303: data begins with the SPI, and ports are 0.
 * A node is handed datagrams of the protocols that its role is known to speak only; which those are
 * a host is told in its own way, as it is of the ports. */
enum node_protocol {
#define PROTOCOL(id, number, name) NODE_##id,
#include "protocols.def"
#undef PROTOCOL
  NODE_PROTOCOL_COUNT
};

const char *node_protocol_name(enum node_protocol protocol);

/* As in the Next Header field of IPv6. */
uint8_t node_protocol_number(enum node_protocol protocol);

/* One datagram. `data` belongs to the caller; node_write fills at most `capacity` octets. */
struct node_datagram {
  struct node_address source;
  struct node_address destination;
  enum node_protocol protocol;
  uint8_t *data;
  size_t length;
  size_t capacity;
  struct span_list spans; /* of sent datagrams: which octets belong to which ledger row */
  const char *label;      /* of sent datagrams: what the message is ("EAP-PSK 2"); static text */
  unsigned copy;          /* of sent datagrams: 0 first transmission, n the n-th repetition */
  enum node_phase phase;  /* of sent datagrams: what it is for */
  enum node_part part;    /* of sent datagrams: what it is in an exchange */
  bool is_protected;      /* of sent datagrams: by an association, also its handshake; or by the
                             lower layer's own key */
  struct node_address serves; /* of sent datagrams: the other end of the authentication that it is
                                 for, where that is not the destination; else zero */
};

enum node_event_type {
  NODE_EVENT_STARTED,   /* an authentication began (label: who began it); of a peer while it reads
                           nothing: it has asked its authenticator to begin */
  NODE_EVENT_DELIVERED, /* the lower layer handed an EAP packet to EAP (label: which) */
  NODE_EVENT_DISCARDED, /* a message was dropped (label: why) */
  NODE_EVENT_KEY,       /* the MSK is there and the association's keys are derived */
  NODE_EVENT_CONFIRMED, /* this side has verified that the other holds the key */
  NODE_EVENT_FAILED,    /* the authentication ended without a key (label: reason) */
  NODE_EVENT_RETRYING,  /* an attempt at it did, and another will begin by itself (label: reason) */
  NODE_EVENT_SERVED,    /* an application request verified, and is answered by 2.xx */
  NODE_EVENT_ANSWERED,  /* this side's application request has its response */
  NODE_EVENT_UNANSWERED, /* this side's application request was given up (label: why) */
  NODE_EVENT_CLOSED,     /* an association that was in use ended by itself (label: why) */
  NODE_EVENT_SECRET,     /* keys that a handshake has derived, for the decryption of captures */
};

/* The name of an event type as it appears in logs. */
const char *node_event_name(enum node_event_type type);

struct node_event {
  enum node_event_type type;
  enum node_phase phase;
  struct node_address remote; /* the other end of the authentication; zero where there is none */
  const char *label;          /* static text; never NULL. NODE_EVENT_KEY: whose key ("OSCORE") */
  const char *secret_name;    /* KEY, SECRET: what the secret is ("dtls_psk"); else NULL */
  const uint8_t *secret;      /* KEY, SECRET: the key, for tests and the decryption of */
  size_t secret_length;       /*   captures; else NULL. Valid during the call. */
  const uint8_t *name;        /* NODE_EVENT_CONFIRMED: who the other side has proved to be, in */
  size_t name_length;         /*   octets of its choice; else, or not known, NULL. Likewise. */
};

/* Primitives whose cost a host may turn into time and energy. `blocks` counts blocks, compressions
 * (primitives.def) or operations. */
enum node_primitive {
#define PRIMITIVE(id, name) NODE_PRIMITIVE_##id,
#include "primitives.def"
#undef PRIMITIVE
  NODE_PRIMITIVE_COUNT
};

const char *node_primitive_name(enum node_primitive primitive);

/* What a host gives a node at its start; `context` is handed back in each call. `random` is
 * required; `event` and `cost` may be NULL. `cost` is never called inside node_write; `random` may
 * be, for the length of a wait that begins. */
struct node_hooks {
  void *context;
  void (*random)(void *context, uint8_t *bytes, size_t length);
  void (*event)(void *context, const struct node_event *event);
  void (*cost)(void *context, enum node_primitive primitive, uint32_t blocks);
};

/* Calls of the hooks that tolerate a NULL hook (and NULL hooks for event and cost). */
void node_random(const struct node_hooks *hooks, uint8_t *bytes, size_t length);
uint32_t node_random_below(const struct node_hooks *hooks, uint32_t bound); /* 0 <= x < bound */
void node_event(const struct node_hooks *hooks, enum node_phase phase, enum node_event_type type,
                const struct node_address *remote, const char *label);
void node_event_confirmed(const struct node_hooks *hooks, enum node_phase phase,
                          const struct node_address *remote, const char *label, const uint8_t *name,
                          size_t name_length);
void node_event_key(const struct node_hooks *hooks, enum node_phase phase,
                    const struct node_address *remote, const char *label, const char *secret_name,
                    const uint8_t *secret, size_t length);
void node_event_secret(const struct node_hooks *hooks, enum node_phase phase,
                       const struct node_address *remote, const char *label,
                       const char *secret_name, const uint8_t *secret, size_t length);
void node_cost(const struct node_hooks *hooks, enum node_primitive primitive, uint32_t blocks);

struct node;

/* What a role implements. */
struct node_ops {
  int (*read)(struct node *node, const struct node_datagram *datagram, uint64_t now_ns);
  int (*write)(struct node *node, struct node_datagram *datagram, uint64_t now_ns);
  uint64_t (*expiry)(const struct node *node);
  int (*handle_expiry)(struct node *node, uint64_t now_ns);
  void (*digest)(const struct node *node, struct digest *digest, uint64_t now_ns); /* or NULL */
  void (*destroy)(struct node *node);
};

/* The head of each role's state. */
struct node {
  const struct node_ops *ops;
};

/* Takes one datagram that arrived and does all the work that it causes, protection of what is to be
 * sent for it included. Hostile octets are no
 * error: they are dropped, and an event says why. Returns 0, or a negative node_error where the
 * node itself can go on no more. */
NODE_MUST_CHECK int node_read(struct node *node, const struct node_datagram *datagram,
                              uint64_t now_ns);

/* Copies out the next datagram to send and arms its retransmission timer: this is the moment of
 * departure, and nothing is computed then. A capacity of NODE_DATAGRAM_MAX is enough, or where the
 * role says so NODE_RADIUS_MAX. Returns 1 with `datagram` filled, 0 if there is none, or a negative
 * node_error. */
NODE_MUST_CHECK int node_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns);

/* When the node next wants to be woken, or NODE_NEVER. */
uint64_t node_expiry(const struct node *node);

/* Wakes the node; harmless before its time. Returns 0 or a negative node_error. */
NODE_MUST_CHECK int node_handle_expiry(struct node *node, uint64_t now_ns);

/* Adds what of the node's state decides its further behaviour, with absolute time removed: nodes of
 * one configuration whose random streams go on alike, and whose digests are equal, behave alike.
 * False: this role has none. */
NODE_MUST_CHECK bool node_digest(const struct node *node, struct digest *digest, uint64_t now_ns);

/* Wipes and frees the node; NULL is allowed. */
void node_destroy(struct node *node);

#endif
