/* The IKE SA of one end of an association. An IKE_SA_INIT proves nothing, and anybody can send one
 * in the name of the initiator: so while a responder has one that is half open, another that comes
 * has an endpoint, too, the rival, which gives way to whatever begins still later. That whose AUTH
 * verifies is the association's. Private to this folder. */
#ifndef NODES_ASSOCIATION_IKEV2_CONTEST_H
#define NODES_ASSOCIATION_IKEV2_CONTEST_H

#include "../ikev2/ikev2.h"

struct ikev2_contest {
  struct ikev2 *first;
  struct ikev2 *rival; /* NULL: there is none */
  const struct node_hooks *hooks;
  struct ikev2_config made; /* of a responder, until it is established; it points to what follows */
  uint8_t psk[IKEV2_PSK_MAX], local_id[IKEV2_ID_MAX], remote_id[IKEV2_ID_MAX];
  size_t bytes_peak;
};

/* A message behind the marker, if it has one. */
struct ikev2_octets {
  const uint8_t *data;
  size_t length;
};

/* False: as ikev2_create. Stays where it is in memory; zeroed memory may be wiped. */
NODE_MUST_CHECK bool ikev2_contest_init(struct ikev2_contest *contest,
                                        const struct ikev2_config *config,
                                        const struct node_hooks *hooks, uint64_t now_ns);
void ikev2_contest_wipe(struct ikev2_contest *contest);

/* As the functions of ikev2.h, of whichever endpoint it is. A message that is neither's and begins
 * nothing is nobody's. */
bool ikev2_contest_has_opened(const struct ikev2_contest *contest, struct ikev2_octets message);
bool ikev2_contest_is_of(const struct ikev2_contest *contest, struct ikev2_octets message);
NODE_MUST_CHECK bool ikev2_contest_peek_id(struct ikev2_contest *contest,
                                           struct ikev2_octets message, struct ikev2_id *id);
NODE_MUST_CHECK int ikev2_contest_receive(struct ikev2_contest *contest,
                                          struct ikev2_octets message,
                                          const struct node_datagram *datagram, uint64_t now_ns);
NODE_MUST_CHECK int ikev2_contest_write(struct ikev2_contest *contest,
                                        struct node_datagram *datagram, uint64_t now_ns);
uint64_t ikev2_contest_expiry(const struct ikev2_contest *contest);
NODE_MUST_CHECK int ikev2_contest_handle_expiry(struct ikev2_contest *contest, uint64_t now_ns);

/* Static text why none has come about, and none will; NULL: that is not so. */
const char *ikev2_contest_failure(const struct ikev2_contest *contest);

size_t ikev2_contest_bytes(const struct ikev2_contest *contest);
void ikev2_contest_digest(const struct ikev2_contest *contest, struct digest *digest,
                          uint64_t now_ns);

#endif
