/* The table of topologies, and what is read of one that is drawn. */
#include "topology.h"

#include "lower/lower.h"
#include "spec/realm.h"
#include "support/memory.h"
#include "topology_draw.h"

#include <stdio.h>
#include <stdlib.h>

static bool topology_is_too_deep(const struct topology *topology,
                                 char reason[TOPOLOGY_REASON_MAX]) {
  for (size_t i = 0; i < topology->radio_count; i++) {
    if (topology->hops[i] <= WORLD_DEPTH_MAX)
      continue;
    snprintf(reason, TOPOLOGY_REASON_MAX,
             "topology: a node would be more than %d hops away from the authenticator, which is "
             "what the IPv6 hop limit allows",
             WORLD_DEPTH_MAX);
    return true;
  }
  return false;
}

/* A chain behind the authenticator: proxies, and the AAA server at its end. */
static void topology_add_backhaul(struct topology *topology, size_t proxies) {
  size_t last = topology->members[ROLE_AUTHENTICATOR][0];
  for (size_t i = 0; i < proxies; i++)
    last = topology_add_wired(topology, ROLE_PROXY, last);
  topology_add_wired(topology, ROLE_AAA, last);
}

/* A proxy, and behind it the AS of the manufacturer and of each provider. */
static void topology_add_recommissioning(struct topology *topology, const struct spec *spec) {
  const size_t proxy =
      topology_add_wired(topology, ROLE_PROXY, topology->members[ROLE_AUTHENTICATOR][0]);
  topology_add_wired(topology, ROLE_MANUFACTURER, proxy);
  for (size_t i = 0; i < spec_providers(spec); i++)
    topology_add_wired(topology, ROLE_PROVIDER, proxy);
}

/* Of use case 1: the AA, and behind it the AS, unless that is in it. */
static void topology_add_agent(struct topology *topology, const struct spec *spec) {
  if (spec->bootstrapping != SPEC_BOOTSTRAPPING_NON_INTEGRATED)
    return;
  const size_t agent =
      topology_add_wired(topology, ROLE_AA, topology->members[ROLE_AUTHENTICATOR][0]);
  if (spec->aaa == SPEC_AAA_RADIUS)
    topology_add_wired(topology, ROLE_AS, agent);
}

/* Of each provider as many. */
static size_t topology_servers(const struct spec *spec) {
  return spec_providers(spec) * (size_t)spec->application_servers;
}

/* Of a line the node at each depth is the one with this number, as far as the relays go; of a star
 * the authenticator is the only one that others hang on. */
static void topology_add_servers(struct topology *topology, const struct spec *spec) {
  for (size_t i = 0; i < topology_servers(spec); i++)
    topology_add_radio(topology, ROLE_APS, (size_t)spec->aps_hops - 1);
}

static void topology_add_servers_behind(struct topology *topology, const struct spec *spec) {
  for (size_t i = 0; i < topology_servers(spec); i++)
    topology_add_wired(topology, ROLE_APS, topology->members[ROLE_AUTHENTICATOR][0]);
}

/* Last of all. */
static void topology_add_phones_behind(struct topology *topology, const struct spec *spec) {
  const bool behind =
      spec->topology == SPEC_TOPOLOGY_FIVE && spec->phone_at == SPEC_PHONE_AT_BEHIND;
  for (int64_t i = 0; behind && i < spec->phones; i++)
    topology_add_wired(topology, ROLE_PHONE, topology->members[ROLE_AUTHENTICATOR][0]);
}

/* Behind all others: first those with a radio. */
static void topology_add_behind(struct topology *topology, const struct spec *spec) {
  const bool bootstraps = spec_bootstraps(spec), mesh = spec->aps_at == SPEC_APS_AT_MESH;
  if (bootstraps && mesh)
    topology_add_servers(topology, spec);
  if (spec_recommissions(spec))
    topology_add_recommissioning(topology, spec);
  else if (spec->aaa == SPEC_AAA_RADIUS && !lower_of(&spec->options)->without_eap)
    topology_add_backhaul(topology, spec_proxies(spec));
  if (bootstraps)
    topology_add_agent(topology, spec);
  if (bootstraps && !mesh)
    topology_add_servers_behind(topology, spec);
  topology_add_phones_behind(topology, spec);
}

bool topology_init(struct topology *topology, const struct spec *spec,
                   char reason[TOPOLOGY_REASON_MAX]) {
  static topology_draw *const draw[] = {
#define TOPOLOGY(id, name, draw) [SPEC_TOPOLOGY_##id] = draw,
#include "spec/topologies.def"
#undef TOPOLOGY
  };
  *topology = (struct topology){.nodes = NULL};
  if (draw[spec->topology](topology, spec, reason) && !topology_is_too_deep(topology, reason)) {
    topology_add_behind(topology, spec);
    return true;
  }
  topology_deinit(topology);
  return false;
}

void topology_deinit(struct topology *topology) {
  for (size_t i = 0; topology->labels != NULL && i < topology->radio_count; i++)
    free(topology->labels[i]);
  free(topology->labels);
  free(topology->nodes);
  free(topology->parents);
  free(topology->hops);
  free(topology->wire_ends);
  free(topology->positions);
  free(topology->links);
  free(topology->ratios);
  for (size_t i = 0; i < ROLE_COUNT; i++)
    free(topology->members[i]);
  free(topology->peers);
  *topology = (struct topology){.nodes = NULL};
}

size_t topology_size(const struct topology *topology) {
  return topology->radio_count + topology->wired_count;
}

bool topology_has_radio(const struct topology *topology, size_t node) {
  return node < topology->radio_count;
}

size_t topology_hops(const struct topology *topology, size_t node) {
  return topology_has_radio(topology, node) ? topology->hops[node] : 0;
}

bool topology_is_above(const struct topology *topology, size_t above, size_t node) {
  if (above >= topology->radio_count || node >= topology->radio_count)
    return false;
  while (node > above)
    node = topology->parents[node];
  return node == above;
}

bool topology_peers_forward(const struct topology *topology) {
  for (size_t i = 1; i < topology->radio_count; i++)
    if (role_is_peer(topology->nodes[topology->parents[i]].role))
      return true;
  return false;
}

static int link_compare(const void *a, const void *b) {
  const struct world_link *x = a, *y = b;
  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return (x->to > y->to) - (x->to < y->to);
}

double topology_ratio(const struct topology *topology, size_t from, size_t to) {
  const struct world_link wanted = {(uint32_t)from, (uint32_t)to};
  const struct world_link *found =
      topology->ratios == NULL
          ? NULL
          : bsearch(&wanted, topology->links, topology->link_count, sizeof wanted, link_compare);
  return found == NULL ? 1 : topology->ratios[found - topology->links];
}

/* Where nothing else says who hears whom: nodes whose depths differ by one at most. */
static size_t topology_count_near(const struct topology *topology) {
  size_t at[WORLD_DEPTH_MAX + 1] = {0}, pairs = 0;
  for (size_t i = 0; i < topology->radio_count; i++)
    at[topology->hops[i]]++;
  for (size_t depth = 0; depth <= WORLD_DEPTH_MAX; depth++) {
    const size_t further = depth < WORLD_DEPTH_MAX ? at[depth + 1] : 0;
    pairs += at[depth] * (at[depth] + 2 * further) - at[depth];
  }
  return pairs;
}

double topology_neighbours(const struct topology *topology) {
  const bool by_depth = topology->positions == NULL && topology->links == NULL;
  const size_t pairs = by_depth ? topology_count_near(topology) : topology->pair_count;
  return (double)pairs / (double)topology->radio_count;
}

void topology_name(const struct topology *topology, size_t node, char name[TOPOLOGY_NAME_MAX]) {
  if (node >= topology_size(topology)) {
    snprintf(name, TOPOLOGY_NAME_MAX, "unknown");
    return;
  }
  const struct topology_node *what = &topology->nodes[node];
  if (role_is_many(what->role))
    snprintf(name, TOPOLOGY_NAME_MAX, "%s-%zu", role_name(what->role), what->number + 1);
  else
    snprintf(name, TOPOLOGY_NAME_MAX, "%s", role_name(what->role));
}
