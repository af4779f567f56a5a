/* What is inside an endpoint of IKEv2. Private to this folder. create.c makes and frees it, ikev2.c
 * is its outside. The exchanges, a file each: init_exchange.c, auth_exchange.c, informational.c;
 * what they need: exchange.c (one request at a time, repetition, protection), cookie.c, nat.c,
 * child.c, state.c (what is on the heap).
 *
 * Of an endpoint runs one timer at most, `due_ns`: the wait for the response to its request, from
 * ikev2_write on; or a responder's for IKE_AUTH, from IKE_SA_INIT on. */
#ifndef NODES_IKEV2_IKEV2_STATE_H
#define NODES_IKEV2_IKEV2_STATE_H

#include "../kept/kept.h"
#include "sa.h"
#include "sealed.h"

enum {
  IKEV2_ID_HEADER = 4, /* of an identity's body: type, three zeros */
  IKEV2_ID_BODY_MAX = IKEV2_ID_HEADER + IKEV2_ID_MAX,
  IKEV2_OPENING = IKEV2_NONCE_LEAST, /* octets of Ni that tell one IKE_SA_INIT from another */
};

/* Of pairs: what belongs to the original initiator, the original responder. */
enum ikev2_side { IKEV2_I, IKEV2_R };

/* A message of this end, without marker, as long as it can be wanted once more. */
struct ikev2_sent {
  struct kept octets;
  uint8_t exchange; /* enum ikev2_exchange */
  bool waits;       /* for ikev2_write */
  unsigned copies;  /* written */
};

/* A protected message that is opened. `result` is that of ikev2_open. */
struct ikev2_inside {
  int result;
  struct ikev2_chain chain; /* points into the octets that it was opened to */
  struct ikev2_fault fault;
};

/* What ikev2_peek_id has opened: the message's octets, then what is inside. */
struct ikev2_peeked {
  struct ikev2_inside inside;
  size_t length; /* of either */
  uint8_t octets[];
};

/* What is needed until IKE_AUTH is over. Octets of variable number are in a struct kept. */
struct ikev2_setup {
  /* of the configuration */
  unsigned proposals, esp_suites; /* sets */
  size_t nonce_bytes;
  struct kept psk;
  struct kept id[2]; /* bodies: the initiator's, the responder's; the other's may be none (any) */
  const struct ikev2_keys *keys;
  bool cookie_wanted;
  const uint8_t *cookie_secret; /* NULL: own_secret */
  uint8_t own_secret[IKEV2_COOKIE_SECRET];
  struct ec ec;
  enum ikev2_child_mode child;
  uint16_t local_port, remote_port;
  bool names_responder, initial_contact, childless;

  /* of the handshake */
  enum ikev2_proposal proposal;
  uint8_t private[EC_LENGTH]; /* of an initiator, until IKE_SA_INIT is answered */
  struct kept cookie;         /* of an initiator: to be brought back */
  unsigned cookies;           /* that it has followed */
  const char *hint; /* NULL, or why it is to fail, as somebody says whom it need not believe */
  struct kept nonce[2];
  struct kept message[2]; /* of IKE_SA_INIT, for AUTH; of a responder, its own is `response` */
  struct ikev2_sa_keys secret;
  uint32_t spi; /* of ESP packets to this end */
  struct ikev2_peeked *peeked;
};

struct ikev2 {
  const struct node_hooks *hooks;
  const char *reason;
  struct node_address local, remote, event_remote;
  enum node_phase phase;
  enum ikev2_state state;
  enum ikev2_nat nat;
  bool initiator : 1;
  bool marker : 1;
  bool is_bound : 1;  /* its own address is known */
  bool nat_found : 1; /* or forced */
  bool deleting : 1;  /* the request under way is ikev2_delete's */
  bool is_only : 1;   /* the other end says so */
  uint8_t tries;
  uint32_t timeout_ms, half_open_s;

  uint8_t spi[2][IKEV2_SPI_LENGTH];
  uint8_t opening[IKEV2_OPENING];     /* of a responder: the first octets of Ni */
  struct ikev2_sealer sealer;         /* of what this end sends */
  struct ikev2_ccm_key opener;        /* of what the other sends */
  uint32_t next_request;              /* Message ID of this end's next request */
  uint32_t next_expected;             /* of the other's */
  uint8_t answered[IKEV2_ICV_LENGTH]; /* the last octets of the request before that */
  struct ikev2_sent request, response;
  uint64_t interval_ns; /* that the next wait lasts */
  uint64_t due_ns;      /* NODE_NEVER: no timer runs */

  struct ikev2_setup *setup; /* NULL: IKE_AUTH is over */
  struct ikev2_child *child; /* or NULL */
  struct kept proved;        /* body of the other's identity */
  size_t bytes_peak;
};

/* A message that came. */
struct ikev2_arrival {
  struct ikev2_message message;
  struct node_address source, destination;
  bool marker;
  uint64_t now_ns;
};

/* A message, or the inside of one, that is being written. */
struct ikev2_draft {
  uint8_t data[NODE_DATAGRAM_MAX - IKEV2_MARKER_LENGTH];
  struct span_list spans;
  struct span_writer out;
  struct ikev2_composer composer;
};

/* state.c */

/* Keeps octets in the place of others. NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int ikev2_octets_keep(struct kept *kept, const uint8_t *octets, size_t length);
struct crypto_slice ikev2_octets_slice(const struct kept *kept);
/* Wipes and frees; none is allowed. */
void ikev2_setup_end(struct ikev2 *ike);
void ikev2_peeked_end(struct ikev2_setup *setup);
void ikev2_child_end(struct ikev2 *ike);
/* Takes what is held now into the peak. */
void ikev2_count_bytes(struct ikev2 *ike);

/* exchange.c */

void ikev2_discard(const struct ikev2 *ike, const char *why);

/* The endpoint has failed: nothing is left but a response that may be asked for again. */
void ikev2_fail(struct ikev2 *ike, const char *reason);

/* Begin a message in clear, the inside of a protected one. */
void ikev2_draft_message(struct ikev2_draft *draft, const struct ikev2 *ike, uint8_t exchange,
                         bool response);
void ikev2_draft_inside(struct ikev2_draft *draft);

/* Make a message the request under way, or the response to the one that was read. 0,
 * NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO, NODE_ERR_EXHAUSTED; then nothing is changed. */
NODE_MUST_CHECK int ikev2_request_clear(struct ikev2 *ike, struct ikev2_draft *draft,
                                        uint8_t exchange);
NODE_MUST_CHECK int ikev2_request_sealed(struct ikev2 *ike, struct ikev2_draft *inside,
                                         uint8_t exchange);
NODE_MUST_CHECK int ikev2_response_clear(struct ikev2 *ike, struct ikev2_draft *draft);
NODE_MUST_CHECK int ikev2_response_sealed(struct ikev2 *ike, const struct ikev2_message *request,
                                          struct ikev2_draft *inside);
/* The same of one notify, whose data may be NULL. */
NODE_MUST_CHECK int ikev2_response_notify(struct ikev2 *ike, const struct ikev2_message *request,
                                          enum ikev2_notify_type type, const uint8_t *data,
                                          size_t length);

/* The request under way is answered. */
void ikev2_request_end(struct ikev2 *ike);

/* The endpoint fails, and says so by a last request, for whose response it does not wait. */
NODE_MUST_CHECK int ikev2_fail_telling(struct ikev2 *ike, struct ikev2_draft *inside,
                                       const char *reason);

/* Opens a message into `plain`, of NODE_DATAGRAM_MAX octets, unless it is peeked at. False: the
 * octets are anybody's, and dropped. */
NODE_MUST_CHECK bool ikev2_inside_open(struct ikev2 *ike, const struct ikev2_message *message,
                                       uint8_t *plain, struct ikev2_inside *inside);

/* init_exchange.c: IKE_SA_INIT. 0 or a negative node_error. */

NODE_MUST_CHECK int ikev2_init_compose(struct ikev2 *ike);
NODE_MUST_CHECK int ikev2_init_respond(struct ikev2 *ike, const struct ikev2_arrival *arrival);
NODE_MUST_CHECK int ikev2_init_consume(struct ikev2 *ike, const struct ikev2_arrival *arrival);

/* auth_exchange.c: IKE_AUTH. 0 or a negative node_error. */

NODE_MUST_CHECK int ikev2_auth_compose(struct ikev2 *ike);
NODE_MUST_CHECK int ikev2_auth_respond(struct ikev2 *ike, const struct ikev2_arrival *arrival);
NODE_MUST_CHECK int ikev2_auth_consume(struct ikev2 *ike, const struct ikev2_arrival *arrival);

/* informational.c: what an established SA is asked. 0 or a negative node_error. */

NODE_MUST_CHECK int ikev2_informational_respond(struct ikev2 *ike,
                                                const struct ikev2_arrival *arrival);
NODE_MUST_CHECK int ikev2_informational_consume(struct ikev2 *ike,
                                                const struct ikev2_arrival *arrival);
NODE_MUST_CHECK int ikev2_child_refuse(struct ikev2 *ike, const struct ikev2_arrival *arrival);

/* cookie.c */

/* The cookie of this IKE_SA_INIT request. 0 or NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int ikev2_cookie_make(const struct ikev2 *ike, const struct ikev2_arrival *arrival,
                                      struct crypto_slice nonce,
                                      uint8_t cookie[IKEV2_COOKIE_LENGTH]);

/* nat.c */

/* Writes the notifies of a message of IKE_SA_INIT; nothing with IKEV2_NAT_OFF. 0 or
 * NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int ikev2_nat_put(const struct ikev2 *ike, struct ikev2_draft *draft);
/* Whether a message of IKE_SA_INIT says that there is a NAT, or it is to be as if. 0 or
 * NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int ikev2_nat_look(const struct ikev2 *ike, const struct ikev2_arrival *arrival,
                                   bool *found);

/* child.c */

/* Writes what asks for a child, with an SPI that it draws. */
void ikev2_child_offer(struct ikev2 *ike, struct ikev2_composer *composer);

enum ikev2_child_answer {
  IKEV2_CHILD_ABSENT,  /* nobody asked for one, or none is there */
  IKEV2_CHILD_MADE,    /* it is kept */
  IKEV2_CHILD_REFUSED, /* a notify says why, or the answer does not fit */
};

/* Responder: decides on what an IKE_AUTH request asks for, and writes the answer. Initiator: looks
 * at the answer. 0, NODE_ERR_CRYPTO or NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int ikev2_child_respond(struct ikev2 *ike, const struct ikev2_chain *chain,
                                        struct ikev2_composer *composer,
                                        enum ikev2_child_answer *answer);
NODE_MUST_CHECK int ikev2_child_consume(struct ikev2 *ike, const struct ikev2_chain *chain,
                                        enum ikev2_child_answer *answer);

#endif
