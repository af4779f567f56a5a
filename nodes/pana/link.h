/* The message layer of one PANA session, the same at both ends (RFC 5191 sections 5.2, 5.4, 5.5 and
 * 9): one request of ours is outstanding at most, and repeated until it is answered; the last
 * request of the other end is answered again from what is kept; messages are protected once there
 * is a key. */
#ifndef NODES_PANA_LINK_H
#define NODES_PANA_LINK_H

#include "../kept/kept.h"
#include "keys.h"

/* Times of section 9, in milliseconds; and transmissions of a request. */
enum {
  PANA_IRT_MS = 1000,
  PANA_PCI_MRT_MS = 120000,
  PANA_REQUEST_MRT_MS = 30000,
  PANA_REQUEST_MRC = 10,
};

/* A message, and when it goes out (again). Zeroed memory is none. */
struct pana_outgoing {
  struct kept kept;
  const char *label;
  enum node_part part;
  unsigned copies;   /* sent so far */
  bool is_protected; /* it bears AUTH */
  bool pending;      /* is to be written */
};

/* One that is repeated. */
struct pana_repeated {
  struct pana_outgoing message;
  uint32_t most_ms;             /* MRT */
  uint64_t interval_ns, due_ns; /* NODE_NEVER while it waits to depart, or is not outstanding */
  bool outstanding;
};

void pana_repeated_init(struct pana_repeated *repeated, uint32_t most_ms);
void pana_repeated_cancel(struct pana_repeated *repeated);
void pana_repeated_wipe(struct pana_repeated *repeated);
void pana_repeated_digest(const struct pana_repeated *repeated, struct digest *digest,
                          uint64_t now_ns);

/* Sends this; `label` is static text. */
NODE_MUST_CHECK int pana_repeated_send(struct pana_repeated *repeated,
                                       const struct span_writer *message, bool is_protected,
                                       const char *label);

/* Queues it again if its time has come. */
void pana_repeated_expire(struct pana_repeated *repeated, uint64_t now_ns);

/* 1 if it was pending and is written, and its timer armed; 0; or a negative node_error. */
NODE_MUST_CHECK int pana_repeated_write(struct pana_repeated *repeated,
                                        const struct node_hooks *hooks,
                                        struct node_datagram *datagram, uint64_t now_ns);

/* Zeroed memory, once its hooks are set and pana_link_init has been called, is a session that has
 * not begun. */
struct pana_link {
  const struct node_hooks *hooks;
  uint32_t session; /* 0: none */

  struct pana_repeated request; /* ours */
  enum pana_kind request_kind;
  uint32_t sequence; /* of our last request */
  bool any_sent;

  struct pana_outgoing answer; /* to the other end's last request */
  uint32_t received;           /* the number of that */
  bool any_received;

  /* The security association, and what it is made of. */
  struct pana_key key; /* in force; `integrity` 0: none */
  uint32_t prf, integrity;
  struct kept i_par, i_pan;
  uint8_t own_nonce[PANA_NONCE_MAX], other_nonce[PANA_NONCE_MAX];
  size_t own_nonce_length, other_nonce_length;
  bool nonce_sent, nonce_taken; /* in this authentication */
};

void pana_link_init(struct pana_link *link, const struct node_hooks *hooks);
void pana_link_wipe(struct pana_link *link);
void pana_link_digest(const struct pana_link *link, struct digest *digest, uint64_t now_ns);

bool pana_link_is_secured(const struct pana_link *link);

/* An authentication begins in the session: new nonces. */
void pana_link_begin(struct pana_link *link, size_t nonce_bytes);

/* The S exchange was none: what was kept of it is no more. */
void pana_link_forget_start(struct pana_link *link);

/* Receiving: NULL, or static text that says why the message is invalid. Nothing changes. */

/* Whether the message is new: the next request, or the answer to what is outstanding. A repetition
 * of the last request is, and has `*repeated`. */
NODE_MUST_CHECK const char *pana_link_judge(const struct pana_link *link,
                                            const struct pana_message *message, bool *repeated);

/* AUTH: with the key in force, or, if there is none, not there. */
NODE_MUST_CHECK const char *pana_link_verify(const struct pana_link *link,
                                             const struct pana_message *message);

/* The nonce: in the first PAR or PAN that is no start, and long enough. */
NODE_MUST_CHECK const char *pana_link_judge_nonce(const struct pana_link *link,
                                                  const struct pana_message *message);

/* What was judged good is taken. */
void pana_link_take_nonce(struct pana_link *link, const struct pana_message *message);
void pana_link_take_answer(struct pana_link *link); /* the request is answered */

/* The last answer once more. */
void pana_link_repeat_answer(struct pana_link *link);

/* Sending: a request or an answer begins with its header, is filled, and sent; then it counts.
 * `key` NULL: it bears no AUTH. Errors of kept_store and pana_auth_make, NODE_ERR_TOO_LONG. */
void pana_link_start_request(const struct pana_link *link, enum pana_kind kind, uint32_t *sequence,
                             struct span_writer *out);
NODE_MUST_CHECK int pana_link_send_request(struct pana_link *link, enum pana_kind kind,
                                           uint32_t sequence, struct span_writer *out,
                                           const struct pana_key *key, const char *label);
void pana_link_start_answer(const struct pana_message *request, struct span_writer *out);
NODE_MUST_CHECK int pana_link_send_answer(struct pana_link *link,
                                          const struct pana_message *request,
                                          struct span_writer *out, const struct pana_key *key,
                                          const char *label);

/* The nonce of this authentication, in the first PAR or PAN. */
void pana_link_put_nonce(const struct pana_link *link, struct span_writer *out);
void pana_link_nonce_is_sent(struct pana_link *link);

/* The key in force, for pana_link_send_*; NULL: none. */
const struct pana_key *pana_link_key(const struct pana_link *link);

/* PANA_AUTH_KEY of this authentication. */
NODE_MUST_CHECK int pana_link_derive(const struct pana_link *link, bool authenticator,
                                     const uint8_t msk[EAP_KEY_LENGTH], uint32_t key_id,
                                     struct pana_key *key);

/* As node_write does; addresses are the caller's. */
NODE_MUST_CHECK int pana_link_write(struct pana_link *link, struct node_datagram *datagram,
                                    uint64_t now_ns);

uint64_t pana_link_expiry(const struct pana_link *link);

/* Repeats what is due. True: the request has had its last chance, and is given up. */
bool pana_link_handle_expiry(struct pana_link *link, uint64_t now_ns);

/* How long the other end may take to give up a request, at most: who waits for it waits so long. */
uint64_t pana_patience_ns(void);

#endif
