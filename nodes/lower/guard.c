/* The guard of an association, by what was granted. */
#include "guard.h"

#include <stdlib.h>

struct lower_guard {
  struct association_guard guard;
  struct aaa_grant *grant;
  struct node_address device, local;
};

/* A request's addresses are those of its datagram: what it may be asked for is all behind one. */
static bool lower_guard_permits(const struct association_guard *guard,
                                const struct coap_message *request) {
  const struct lower_guard *lower = (const struct lower_guard *)guard;
  (void)request;
  return aaa_grant_permits(lower->grant, &lower->device, &lower->local);
}

static void lower_guard_release(struct association_guard *guard) {
  aaa_grant_free(((struct lower_guard *)guard)->grant);
  free(guard);
}

int lower_guard_set(struct association *association, struct aaa_grant *grant,
                    const struct node_address *device, const struct node_address *local,
                    bool behind) {
  if (grant == NULL)
    return 0;
  if (!association_is_open(association)) { /* none is made of the key */
    aaa_grant_free(grant);
    return 0;
  }
  struct lower_guard *guard = malloc(sizeof *guard);
  if (guard == NULL) {
    aaa_grant_free(grant);
    association_close(association);
    return NODE_ERR_EXHAUSTED;
  }
  *guard = (struct lower_guard){
      .guard = {.permits = lower_guard_permits, .release = lower_guard_release},
      .grant = grant,
      .device = behind ? association_inside(association->kind, device) : *device,
      .local = behind ? association_inside(association->kind, local) : *local};
  association_set_guard(association, &guard->guard);
  return 0;
}

bool lower_guard_allows(const struct association *association, const struct node_address *asked) {
  const struct lower_guard *lower = (const struct lower_guard *)association->guard;
  return lower == NULL || aaa_grant_permits(lower->grant, &lower->device, asked);
}
