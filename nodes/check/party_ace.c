/* Clients that have joined, the resource server that they ask, and the authorization server. */
#include "cast.h"
#include "hosts.h"

/* A restarted side of the authenticator's is its resource server. */
static struct node *ace_renew(struct check_party *party, uint64_t now_ns) {
  (void)now_ns;
  if (party->side == CHECK_AUTHENTICATOR && party->node != NULL) {
    hosts_restart(party->node, HOSTS_RESOURCE_SERVER);
    return party->node;
  }
  node_destroy(party->node);
  return hosts_create(party);
}

/* Joining, which no network disturbs */

static void be_quiet(struct check_party parties[CHECK_SIDES], bool quiet) {
  for (size_t i = 0; i < CHECK_SIDES; i++)
    hosts_be_quiet(parties[i].node, quiet);
}

static void join(struct check_party parties[CHECK_SIDES], enum check_side side, unsigned number,
                 uint64_t now_ns) {
  be_quiet(parties, true);
  hosts_join(parties[side].node, number, parties[CHECK_AUTHENTICATOR].node, now_ns);
  be_quiet(parties, false);
}

static void join_all(struct check_party parties[CHECK_SIDES], enum check_side side,
                     uint64_t now_ns) {
  if (side == CHECK_AUTHENTICATOR)
    join(parties, side, HOSTS_RESOURCE_SERVER, now_ns);
  for (unsigned i = 0; side == CHECK_PEER && i < parties[0].model->clients; i++)
    join(parties, side, i, now_ns);
}

/* Before the first request, or a later one. */
static void join_due(struct check_party parties[CHECK_SIDES], bool first, uint64_t now_ns) {
  const struct model *model = parties[0].model;
  if (first ? model->joins != MODEL_JOINS_LATE : model->joins != MODEL_JOINS_FIRST)
    join_all(parties, CHECK_AUTHENTICATOR, now_ns);
  if (first || model->join_lifetime_s > 0)
    join_all(parties, CHECK_PEER, now_ns);
}

/* Requests */

static bool ace_peer_asks(const struct model *model) {
  (void)model;
  return true;
}

/* Who has restarted joins, and clients ask. */
static bool ace_begin(struct check_party parties[CHECK_SIDES], enum check_occasion occasion,
                      uint64_t now_ns, enum check_side *side, int *result) {
  struct check_party *clients = &parties[CHECK_PEER];
  *side = CHECK_PEER;
  *result = 0;
  if (occasion == CHECK_RESTARTED_AUTHENTICATOR || occasion == CHECK_JOINING) {
    join_all(parties, CHECK_AUTHENTICATOR, now_ns);
    return false;
  }
  if (occasion == CHECK_RESTARTED_PEER)
    join_all(parties, CHECK_PEER, now_ns);
  else
    join_due(parties, occasion == CHECK_FIRST, now_ns);
  clients->requests++;
  check_party_begins(clients);
  for (unsigned i = 0; i < clients->model->clients && *result == 0; i++)
    *result = hosts_request(clients->node, i, clients->requests, now_ns);
  return true;
}

const struct check_cast CHECK_CAST_ACE = {
    .names = {[CHECK_AUTHENTICATOR] = "AS/RS", [CHECK_PEER] = "client"},
    .outcomes = {[MONITOR_IDLE] = "idle",
                 [MONITOR_TRIGGERING] = "idle",
                 [MONITOR_RUNNING] = "busy",
                 [MONITOR_ESTABLISHED] = "content",
                 [MONITOR_FAILED] = "failed"},
    .begun = "request",
    .peer_asks = ace_peer_asks,
    .renew = ace_renew,
    .begin = ace_begin,
    .watch = &MONITOR_TOKEN,
};
