/* The parties of section 5 of the draft: the authenticator, a peer and a resource server in a mesh
 * of relays, phones beside them. */
#include "topology_draw.h"

#include <stdio.h>
#include <stdlib.h>

/* Says what apart_hops can be. */
static void five_say_possible(const struct spec *spec, char reason[TOPOLOGY_REASON_MAX]) {
  const int64_t most = spec->hops + spec->server_hops;
  const int64_t apart = llabs(spec->hops - spec->server_hops), least = apart == 0 ? 2 : apart;
  int length = snprintf(reason, TOPOLOGY_REASON_MAX,
                        "apart_hops: with hops: %lld and server_hops: %lld it takes",
                        (long long)spec->hops, (long long)spec->server_hops);
  for (int64_t hops = least; hops <= most; hops += 2)
    length += snprintf(reason + length, TOPOLOGY_REASON_MAX - (size_t)length, "%s %lld",
                       hops == least  ? ""
                       : hops == most ? " or"
                                      : ",",
                       (long long)hops);
}

/* How deep in the tree the last node is that is on both ways, or at the end of one. */
static bool five_find_fork(const struct spec *spec, size_t *depth,
                           char reason[TOPOLOGY_REASON_MAX]) {
  const int64_t shared = spec->hops + spec->server_hops - spec->apart_hops;
  const int64_t shorter = spec->hops < spec->server_hops ? spec->hops : spec->server_hops;
  if (shared < 0 || shared % 2 != 0 || shared / 2 > shorter) {
    five_say_possible(spec, reason);
    return false;
  }
  *depth = (size_t)shared / 2;
  if (shared / 2 < shorter || spec->radio_policy == SPEC_RADIO_POLICY_ALWAYS_ON)
    return true;
  snprintf(reason, TOPOLOGY_REASON_MAX,
           "radio_policy: who forwards for others cannot sleep, and by apart_hops the %s does",
           spec->hops < spec->server_hops ? "peer" : "resource server");
  return false;
}

/* A way from a node down to one of this role, so many links away, over relays; its end. */
static size_t five_add_way(struct topology *topology, size_t from, size_t links, enum role role) {
  for (size_t i = 1; i < links; i++)
    from = topology_add_radio(topology, ROLE_RELAY, from);
  return topology_add_radio(topology, role, from);
}

/* The resource server first, unless it is behind the peer. */
static void five_add_ways(struct topology *topology, const struct spec *spec, size_t fork_depth) {
  const size_t hops = (size_t)spec->hops, server_hops = (size_t)spec->server_hops;
  size_t fork = topology_add_radio(topology, ROLE_AUTHENTICATOR, 0);
  if (fork_depth == hops) {
    fork = five_add_way(topology, fork, hops, ROLE_PEER);
  } else if (fork_depth == server_hops) {
    fork = five_add_way(topology, fork, server_hops, ROLE_RESOURCE_SERVER);
  } else if (fork_depth > 0) {
    fork = five_add_way(topology, fork, fork_depth, ROLE_RELAY);
  }
  if (server_hops > fork_depth)
    five_add_way(topology, fork, server_hops - fork_depth, ROLE_RESOURCE_SERVER);
  if (hops > fork_depth)
    five_add_way(topology, fork, hops - fork_depth, ROLE_PEER);
}

bool draw_five(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  size_t fork_depth;
  if (!five_find_fork(spec, &fork_depth, reason))
    return false;
  five_add_ways(topology, spec, fork_depth);
  for (int64_t i = 0; spec->phone_at == SPEC_PHONE_AT_MESH && i < spec->phones; i++)
    topology_add_radio(topology, ROLE_PHONE, 0);
  return true;
}
