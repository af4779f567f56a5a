/* The log of a run as a witness: what each datagram was called, and the secrets. */
#ifndef SIM_TESTS_PROOF_PROOF_LOG_H
#define SIM_TESTS_PROOF_PROOF_LOG_H

#include "proof.h"

#include <stdint.h>

enum { PROOF_NAMES_MAX = 1024, PROOF_SECRET_MAX = 64 };

/* What a datagram is for. */
enum proof_phase {
  PROOF_AUTHENTICATION,
  PROOF_APPLICATION,
  PROOF_TERMINATION,
  PROOF_COMMISSIONING,
  PROOF_APPLICATION_AUTHENTICATION,
  PROOF_PULL,
  PROOF_SECURE,
  PROOF_AUTHORIZATION,
  PROOF_TOKEN_TRANSFER,
  PROOF_PHASES
};

/* A datagram that took the air, all its way or a part; or of a peer, wires alone. Strings belong to
 * the log. */
struct proof_sent {
  uint64_t time_ns;
  const char *from, *to, *label;
  bool copy;  /* sent before */
  bool wired; /* of a peer on a wire and the authenticator: it was never on the air */
  unsigned long from_rank, to_rank; /* of two peers, who has the lower one is nearer to the root */
  enum proof_phase phase;
  bool esp; /* a packet of ESP, in UDP or not */
  uint8_t *payload;
  size_t length;
};

/* A node whose address is known from a datagram that tshark saw and that the log has. */
struct proof_name {
  const char *name;
  unsigned address;
};

struct proof_secret {
  uint8_t octets[PROOF_SECRET_MAX];
  size_t length;
};

struct proof_log {
  bool servers_wired; /* application servers have no radio */
  bool phones_wired;
  json_t *lines;
  struct proof_sent *sent; /* in the order of time; RADIUS on wires is left out */
  size_t count;
  struct proof_name names[PROOF_NAMES_MAX];
  size_t name_count;
};

/* `spec` is the resolved one. */
bool proof_log_read(struct proof_log *log, const char *path, const json_t *spec,
                    struct proof_report *report);
void proof_log_free(struct proof_log *log);

/* As the log and results have it. */
const char *proof_phase_name(enum proof_phase phase);

/* The first datagram of these octets between these addresses; NULL: there is none, or, unless
 * `guess`, more than one pair of nodes may be meant. */
const struct proof_sent *proof_log_find(struct proof_log *log, const uint8_t *payload,
                                        size_t length, unsigned from, unsigned to, bool guess);

/* The last one like `sent` that left before this time; `sent` if there is none. */
const struct proof_sent *proof_log_last(const struct proof_log *log, const struct proof_sent *sent,
                                        uint64_t time_ns);

bool proof_sent_alike(const struct proof_sent *a, const struct proof_sent *b);

/* Towards the authenticator, or a server; of two peers, of which one relays, by their ranks. */
bool proof_sent_up(const struct proof_sent *sent);
bool proof_is_peer(const char *name);

/* "up", "down", or "across": up and down again. Of what has a token, and stays on the air, the ways
 * tell (proof_ways.h). */
const char *proof_sent_direction(const struct proof_log *log, const struct proof_sent *sent);

/* Whether it is between a peer and an application server, which have a session of their own. */
bool proof_sent_is_bootstrapped(const struct proof_sent *sent);

/* Whether it is between a client and a resource server, with the token or under its key. */
bool proof_sent_has_token(const struct proof_sent *sent);

/* Either of these: a session that is no lower layer's. */
bool proof_sent_is_apart(const struct proof_sent *sent);

/* The end that is a peer, a client where both are, and the other one; where neither is, who sends.
 */
const char *proof_sent_peer(const struct proof_sent *sent);
const char *proof_sent_other(const struct proof_sent *sent);

/* The address of a node; 0 if it is not known. */
unsigned proof_log_address(const struct proof_log *log, const char *name);

/* The index-th secret that the peer of `sent` and the other end held: OSCORE's master secret
 * and salt, or DTLS's pre-shared key. False if there are not so many. */
bool proof_log_secret(const struct proof_log *log, const struct proof_sent *sent, size_t index,
                      struct proof_secret *secret);

#endif
