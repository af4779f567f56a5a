/* Newcomers to a server that many may open sessions with. Of one that has not shown yet that it is
 * at its address nothing is kept: an association is made for the datagram that begins its
 * handshake, and lasts as long as that is answered; the next comes with a cookie, which any
 * association of the same cookie secret knows. */
#ifndef NODES_ASSOCIATION_RECEPTION_H
#define NODES_ASSOCIATION_RECEPTION_H

#include "association.h"

/* What goes back to who is to come again. Zeroed: there is none. Fields are private. */
struct association_reception {
  const struct association_kind *kind;
  enum node_phase phase;
  struct node_address local, remote;
  struct kept answer;
  const char *label;
};

/* Whether a datagram begins a handshake that is none of those of `pair`, all that there is with who
 * sent it; NULL: there is nothing. */
bool association_reception_is_for(const struct association_kind *kind,
                                  const struct association_pair *pair,
                                  const struct node_datagram *datagram);

/* Reads the datagram of a newcomer, by an association of `made`, which has `keys` and a cookie
 * secret. 1: its handshake has begun, by `entered`, which is the caller's; 0: it has not, and what
 * there is to answer is written by association_reception_write; or errors of association_open and
 * association_pair_read. */
NODE_MUST_CHECK int association_reception_read(struct association_reception *reception,
                                               const struct association_config *made,
                                               const struct node_datagram *datagram,
                                               const struct association_reader *reader,
                                               const struct node_hooks *hooks, uint64_t now_ns,
                                               struct association *entered);

/* As node_write. 1, 0 or NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int association_reception_write(struct association_reception *reception,
                                                struct node_datagram *datagram);

/* Wipes and frees. */
void association_reception_wipe(struct association_reception *reception);

#endif
