/* The AAA server. */
#include "aaa/aaa.h"
#include "bootstrapping.h"
#include "cast/authorization.h"
#include "cast/identities.h"
#include "roles.h"

/* What a peer has left behind of attempts that broke off is kept for two minutes. */
static size_t aaa_conversations(const struct run *run) {
  enum { LEFT_BEHIND_MAX = 7 };
  const size_t attempts = run->story.attempts;
  const size_t left_behind = attempts < LEFT_BEHIND_MAX ? attempts : LEFT_BEHIND_MAX;
  return (1 + left_behind) * run->topology.peer_count;
}

static const struct aaa_authorization *aaa_authorize(void *context, const struct eap_name *name) {
  (void)name;
  return authorization_granted(context);
}

bool role_build_aaa(struct run *run, struct host *host) {
  const size_t hop = run->topology.member_count[ROLE_PROXY];
  struct aaa_config config = {.local = host_address(host, RADIUS_PORT),
                              .radius = {.clients = role_hop_client(run, hop),
                                         .client_count = 1,
                                         .conversations_max = aaa_conversations(run)},
                              .eap = *identities_server(run->identities),
                              .session_timeout_s = (uint32_t)run->spec->lifetime_s,
                              .answer_max = NODE_DATAGRAM_MAX,
                              .authorize = aaa_authorize,
                              .authorize_context = run->authorization};
  if (run->bootstrapping != NULL && bootstrapping_as(run) == host)
    bootstrapping_serve(run, config.radius.clients, &config);
  world_open(run->world, host->index, RADIUS_PORT);
  if (run->spec->fault == SPEC_FAULT_SILENT_AAA)
    return true;
  host->node = aaa_create(&config, &host->hooks);
  return host->node != NULL;
}
