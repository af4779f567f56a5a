/* A peer that joins, and beside it another node, on ports of its own: what they are to the loop is
 * one node. Of roles that do something with what joining has given them. */
#ifndef NODES_LIVE_MEMBER_H
#define NODES_LIVE_MEMBER_H

#include "channel.h"
#include "credentials.h"
#include "loop.h"

enum { MEMBER_SOCKETS_MAX = LOWER_PORTS_MAX + CHANNEL_PORTS };

enum member_state {
  MEMBER_JOINS, /* also anew */
  MEMBER_JOINED,
  MEMBER_FAILED, /* `failure` says why */
};

struct member {
  const struct settings *settings;
  const struct report *report;
  struct loop loop;
  struct loop_node live; /* both nodes */
  struct udp_socket sockets[MEMBER_SOCKETS_MAX];
  size_t peer_sockets; /* of these, the first; then those of the other node */
  size_t socket_count;
  struct credentials_edhoc *edhoc;
  struct credentials_peer credentials;
  struct node_hooks hooks;
  struct node *peer; /* one of the two; NULL: there is nothing to join */
  enum member_state state;
  uint64_t joined_ns;    /* when it has last joined; 0: not yet */
  uint64_t until_ns;     /* MEMBER_JOINS: is given up then */
  const char *failure;   /* static text */
  bool confirmed, ended; /* set by the hook: the association is there; it is there no more */
};

/* To be called first; reads the files of the credentials. -1 with a complaint. */
NODE_MUST_CHECK int member_init(struct member *member, const struct settings *settings,
                                const struct report *report, struct complaint *complaint);

/* Opens the peer's sockets, where it `joins`, then `count` for the other node from this port on (0:
 * any free ones), at the peer's address; `remote`, or NULL, is as of udp_open. -1, with an error
 * shown. */
NODE_MUST_CHECK int member_open(struct member *member, bool joins, uint16_t port, size_t count,
                                const struct udp_address *remote);

/* Where the other node is. */
const struct node_address *member_beside(const struct member *member);

/* What the peer is configured with, as the settings have it; it begins at once. */
struct lower_peer_config member_peer_config(const struct member *member,
                                            const struct lower_listener *listener);

/* Begins to join, with `other` beside the peer, which it destroys in any case. `config` NULL: there
 * is nothing to join, and it has. -1, with an error shown. */
NODE_MUST_CHECK int member_begin(struct member *member, const struct lower_peer_config *config,
                                 struct node *other);

/* Another peer takes the place of the one that there is, and begins to join. NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int member_replace(struct member *member, const struct lower_peer_config *config);

/* Looks what has become of joining, and joins anew where the association has ended, or it is time
 * to (ace.rejoin_s): the association that there is stays in use meanwhile. Returns when to look
 * again. */
uint64_t member_attend(struct member *member);

/* Also where the functions above have failed, or were not called. */
void member_end(struct member *member);

#endif
