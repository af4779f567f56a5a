/* A toy topology, to show that one is a file of sim/cast and a row of topologies.def: a fork of two
 * relays, behind which the peers are in turn. */
#include "topology_draw.h"

bool draw_fork(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  (void)reason;
  const size_t authenticator = topology_add_radio(topology, ROLE_AUTHENTICATOR, 0);
  const size_t relays[] = {topology_add_radio(topology, ROLE_RELAY, authenticator),
                           topology_add_radio(topology, ROLE_RELAY, authenticator)};
  for (size_t i = 0; i < (size_t)spec->peers; i++)
    topology_add_peer(topology, spec, i, relays[i % 2]);
  return true;
}
