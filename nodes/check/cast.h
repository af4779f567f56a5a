/* Who the two sides of a world are, and what is watched: a row for each. */
#ifndef NODES_CHECK_CAST_H
#define NODES_CHECK_CAST_H

#include "party.h"

/* When somebody may have to begin. */
enum check_occasion {
  CHECK_FIRST,
  CHECK_AGAIN, /* what was begun before has ended */
  CHECK_RESTARTED_AUTHENTICATOR,
  CHECK_JOINING, /* once more, the resource server of ACE */
  CHECK_RESTARTED_PEER,
};

struct check_cast {
  const char *names[CHECK_SIDES];
  const char *outcomes[MONITOR_OUTCOMES];
  const char *begun; /* what begins on these occasions */
  bool has_ordering; /* the ordering policies decide something */

  /* Whether it is the peer who sends the requests. */
  bool (*peer_asks)(const struct model *model);

  /* The party's node, in the place of the one that it may have. NULL if memory is short. */
  struct node *(*renew)(struct check_party *party, uint64_t now_ns);

  /* Begins: `*side` has something to say then, or an error in `*result`. False: nobody begins. */
  bool (*begin)(struct check_party parties[CHECK_SIDES], enum check_occasion occasion,
                uint64_t now_ns, enum check_side *side, int *result);

  const struct monitor_watch *watch;
};

extern const struct check_cast CHECK_CAST_LOWER; /* peer and authenticator of a lower layer */
extern const struct check_cast CHECK_CAST_PULL;  /* UE, and application servers with their AS */
extern const struct check_cast CHECK_CAST_ACE;   /* clients, and a resource server with its AS */

const struct check_cast *check_cast_of(const struct model *model);

/* The EAP that both sides of the first two speak. */
const struct eap_user *check_eap_lookup(void *context, const uint8_t *identity, size_t length);
const struct eap_peer_config *check_eap_peer(bool wrong_key);

#define CHECK_REALM "example.test"
#define CHECK_PSK "tfg-passwordtest"

#endif
