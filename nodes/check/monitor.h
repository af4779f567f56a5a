/* What must hold in each state, whatever the network does: watches what both nodes send, receive
 * and tell, and judges. Knows nothing of the ordering policies. */
#ifndef NODES_CHECK_MONITOR_H
#define NODES_CHECK_MONITOR_H

#include "coap/message.h"
#include "model.h"
#include "monitor_sealed.h"

enum check_side { CHECK_AUTHENTICATOR, CHECK_PEER, CHECK_SIDES };

extern const char *const CHECK_SIDE_NAMES[CHECK_SIDES];

enum monitor_violation {
  MONITOR_NONE,
  /* What is noted, and followed further: */
  MONITOR_REPEATED, /* an EAP packet reached EAP twice */
  MONITOR_DISORDER, /* ... before one that was sent earlier, or after a later one */
  MONITOR_MIXED,    /* ... in an authentication that is not its own */
  MONITOR_ANSWERED, /* an old request of this authentication had an answer */
  MONITOR_STALE,    /* a request had the response to another */
  MONITOR_UNASKED,  /* a response to another authentication's request was taken */
  MONITOR_UNWANTED, /* an application server had a key that the UE wanted another to have */
  MONITOR_BROUGHT,  /* a token was taken from an endpoint that it was not made for */
  MONITOR_AGAIN,    /* a request was served once more, that its client had sent anew */
  /* What ends a run: */
  MONITOR_ENDING,
  MONITOR_RUBBISH =
      MONITOR_ENDING,    /* a damaged packet was taken for an EAP packet, or a confirmation */
  MONITOR_KEYS,          /* a key was confirmed that the other side does not have */
  MONITOR_CLEAR,         /* something was accepted in clear after the key was there */
  MONITOR_REUSED,        /* a key came again, by ERP */
  MONITOR_NONCE,         /* two texts under one key and Partial IV, or IV */
  MONITOR_REPLAYED,      /* a packet of ESP was accepted twice */
  MONITOR_MESSAGE_ID,    /* two requests of one authentication with one Message ID */
  MONITOR_KILLED,        /* an old step 1 ended a live authentication */
  MONITOR_DEAD_END,      /* nothing can happen, and an authentication has no end */
  MONITOR_UNESTABLISHED, /* acts that retransmission masks kept the key from being established */
  MONITOR_UNRULED,       /* an authentication failed for a reason that is no rule */
  MONITOR_ASSOCIATIONS,  /* both sides are content with keys that differ */
  MONITOR_UNAUTHORIZED,  /* an application server had a key without the AS's permission */
  MONITOR_ALIKE,         /* two application servers have one key */
  MONITOR_FINISH,        /* a pull was done by a Finish that is not for its Initiate */
  MONITOR_EXPIRED,       /* a key was used after its lifetime */
  MONITOR_SERVED_TWICE,  /* one request of the application */
  MONITOR_BELIEVED,      /* a UE has believed an application server that is none, or another */
  MONITOR_NAMED,         /* an end of a channel was taken for one whose key it is not */
  MONITOR_UNJOINED,      /* a token was made for a resource server that is not there */
  MONITOR_UNGRANTED,     /* a client had, or used, what it has no token for */
  MONITOR_SHARED,        /* two clients have one key */
  MONITOR_BROKEN,        /* an association in use was ended before its token's end */
  MONITOR_ERROR,         /* a node could go on no more */
  MONITOR_VIOLATIONS,
};

/* Its name ("eap-repeated") and what it says. */
const char *monitor_violation_name(enum monitor_violation violation);
const char *monitor_violation_text(enum monitor_violation violation);

/* MONITOR_NONE: there is no such name. */
enum monitor_violation monitor_violation_find(const char *name);

/* The EAP packet in a datagram, by its place in its sender's authentication. */
struct monitor_packet {
  unsigned run; /* of its sender, from 1; 0: no EAP packet */
  unsigned ordinal;
  uint64_t octets;   /* a hash */
  unsigned asked;    /* of a request without an EAP packet: its sender's run */
  unsigned answered; /* of a response: the run of the request that it answers */
  bool rubbish;
  size_t secrets; /* with ERP: that its sender had derived, if it is protected */
};

struct monitor_message {
  struct coap_message coap; /* of one that is in clear, or under OSCORE */
  bool is_coap;
  bool is_protected;
  bool is_readable; /* though it is protected */
  bool is_access;   /* of what departs: a request of the application */
  struct node_address source;
  struct monitor_sealed_message sealed;
  struct monitor_packet packet;
};

enum monitor_outcome {
  MONITOR_IDLE,
  MONITOR_TRIGGERING,
  MONITOR_RUNNING,
  MONITOR_ESTABLISHED,
  MONITOR_FAILED,
  MONITOR_OUTCOMES,
};

enum {
  MONITOR_SECRET_MAX = 64,
  MONITOR_TAKEN_MAX = 16,
  MONITOR_SENT_MAX = 64,
  MONITOR_MESSAGE_IDS_MAX = 24,
  MONITOR_SECRETS_MAX = 16,
  MONITOR_NONCES_MAX = 32,
  MONITOR_SERVERS_MAX = MODEL_SERVERS_MAX,
};

struct monitor_secret {
  uint8_t octets[MONITOR_SECRET_MAX];
  size_t length;
};

struct monitor_side {
  unsigned run; /* the latest, from 1 */
  enum monitor_outcome outcome;
  const char *reason;
  unsigned bound_run;    /* of the other side, whose EAP packets this run takes; 0: none yet */
  unsigned last_ordinal; /* of them */
  uint64_t taken[MONITOR_TAKEN_MAX];       /* their octets' hashes */
  unsigned last_numbered;                  /* of them, not counting what came under DTLS */
  uint16_t message_ids[MONITOR_TAKEN_MAX]; /* of those */
  bool keyed, confirmed;                   /* in this run */
  struct monitor_secret secrets[MONITOR_SECRETS_MAX]; /* all that were derived */
  size_t secret_count;
  struct monitor_secret association; /* length 0: none */
  bool begins_empty; /* its first request carries no EAP packet: the response has the first one */
  struct monitor_packet sent[MONITOR_SENT_MAX];
  size_t sent_count;
  struct {
    uint16_t message_id;
    uint64_t octets;
  } requests[MONITOR_MESSAGE_IDS_MAX]; /* of this run */
  size_t request_count;
  uint64_t received_piv; /* of the last protected request */
  struct {
    size_t secret; /* its number */
    uint64_t piv;
    bool response; /* without a Partial IV of its own: the request's */
    uint64_t octets;
  } nonces[MONITOR_NONCES_MAX];
  size_t nonce_count;
};

/* With a pull: what is between the UE and one application server. */
struct monitor_server {
  enum monitor_outcome request; /* the last of the application */
  const char *reason;
  unsigned asked, served; /* so many */
  struct monitor_channel {
    size_t key; /* its number on that side, from 1; 0: there is none */
    uint64_t key_until_ns;
  } channels[CHECK_SIDES], keys[CHECK_SIDES]; /* in use; the last that was come by */
};

struct monitor_pull {
  struct monitor_server servers[MONITOR_SERVERS_MAX];
  unsigned servers_of[CHECK_SIDES][MONITOR_SECRETS_MAX]; /* whose each secret of a side is */
  struct monitor_secret name; /* that the UE calls itself by, since it was authenticated last */
  struct monitor_secret names_of[MONITOR_SECRETS_MAX]; /* for each secret of the UE */
  bool initiated;
  uint16_t sequence; /* of the last Initiate */
  bool lenient;      /* what excuses came in the request before */
};

/* With ACE: what is between a client and the resource server. */
enum {
  MONITOR_CLIENTS_MAX = MODEL_CLIENTS_MAX,
  MONITOR_KEYS_MAX = 12,
  MONITOR_TOKENS_MAX = 16,
  MONITOR_REQUESTS_MAX = 12, /* of a client */
};

/* Keys that one end has told of, oldest first. */
struct monitor_keys {
  uint64_t hashes[MONITOR_KEYS_MAX];
  size_t count;
};

struct monitor_client {
  enum monitor_outcome request; /* the last */
  const char *reason;
  unsigned asked;
  struct {
    unsigned sent; /* under associations, repetitions not counted */
    unsigned served;
  } requests[MONITOR_REQUESTS_MAX]; /* the first is none: as `asked` counts */
  struct monitor_keys keys[CHECK_SIDES];
  bool is_content;  /* it has an association that it believes in */
  size_t token;     /* of the one that the resource server has, from 1; 0: it has none */
  uint64_t ends_ns; /* of its association with the authenticator */
};

struct monitor_tokens {
  struct monitor_client clients[MONITOR_CLIENTS_MAX];
  bool joined; /* the resource server */
  uint64_t ends_ns;
  unsigned made;  /* tokens since then */
  unsigned joins; /* of the resource server, by acts, since the requests began */
  struct {
    unsigned client;
    uint8_t id;
    uint64_t until_ns; /* not after */
  } tokens[MONITOR_TOKENS_MAX];
  size_t token_count;
  bool lenient; /* what excuses came in the request before */
};

struct monitor {
  const struct model *model;
  uint64_t now_ns;
  struct lower_conduct conduct; /* of its lower layer */
  struct monitor_side sides[CHECK_SIDES];
  bool excused; /* a restart or an injection: failures by rule are allowed */
  const struct monitor_message *reading; /* what a node reads just now */
  unsigned answers; /* to it so far, but empty messages, and errors where what is old has them */
  bool reading_old; /* it is an old request of this run */
  unsigned reading_run;             /* the reader's, before */
  enum monitor_violation violation; /* the first that ends a run */
  enum monitor_violation mild;      /* the latest that does not: an answer that should not be */
  struct monitor_pull pull;
  struct monitor_tokens tokens;
  struct monitor_sealed sealed;
  char detail[96];
  bool full; /* the run is longer than can be watched: what was judged since is worth nothing */
};

void monitor_init(struct monitor *monitor, const struct model *model);

/* What a datagram is, which its sender said to be CoAP and protected or not; `message` points into
 * it. Of one that departs, `packet` must be set by monitor_sends; of a copy, it is the original's.
 */
void monitor_parse(struct monitor_message *message, const uint8_t *data, size_t length, bool coap,
                   bool is_protected);

/* A datagram departs, with these octets of EAP (NULL: none): sets the packet in `message`. */
void monitor_sends(struct monitor *monitor, enum check_side side, struct monitor_message *message,
                   const uint8_t *eap, size_t eap_length, unsigned copy);

/* Around node_read. */
void monitor_reads(struct monitor *monitor, enum check_side side,
                   const struct monitor_message *message);
void monitor_has_read(struct monitor *monitor, enum check_side side, int result);

/* A node can go on no more. */
void monitor_errs(struct monitor *monitor, enum check_side side, int error);

void monitor_event(struct monitor *monitor, enum check_side side, const struct node_event *event);

void monitor_restarted(struct monitor *monitor, enum check_side side);

/* Whether this side's authentication has ended, one way or the other. */
bool monitor_is_over(const struct monitor *monitor, enum check_side side);

/* Nothing is under way and no timer runs, or the next authentication begins. */
void monitor_ends(struct monitor *monitor);

void monitor_digest(const struct monitor *monitor, struct digest *digest);

/* What watches a world: the functions above, or others of their kind. */
struct monitor_watch {
  void (*sends)(struct monitor *monitor, enum check_side side, struct monitor_message *message,
                const uint8_t *eap, size_t eap_length, unsigned copy);
  void (*reads)(struct monitor *monitor, enum check_side side,
                const struct monitor_message *message);
  void (*has_read)(struct monitor *monitor, enum check_side side, int result);
  void (*event)(struct monitor *monitor, enum check_side side, const struct node_event *event);
  bool (*is_beginning)(const struct node_event *event); /* of who asks */
  void (*restarted)(struct monitor *monitor, enum check_side side);
  void (*begins)(struct monitor *monitor); /* the hosts begin, for the first time or again */
  bool (*is_over)(const struct monitor *monitor, enum check_side side);
  void (*ends)(struct monitor *monitor);
  void (*digest)(const struct monitor *monitor, struct digest *digest);
};

extern const struct monitor_watch MONITOR_EAP;   /* an authentication */
extern const struct monitor_watch MONITOR_PULL;  /* an application that is bootstrapped */
extern const struct monitor_watch MONITOR_TOKEN; /* access by tokens */

/* For those who watch. */
__attribute__((format(printf, 3, 4))) void
monitor_violate(struct monitor *monitor, enum monitor_violation violation, const char *format, ...);
bool monitor_secret_equal(const struct monitor_secret *a, const struct monitor_secret *b);

#endif
