/* Policies, a row each. */
#include "radio_policy.h"

#include "agenda.h"
#include "host.h"

struct radio_policy {
  void (*begin)(struct host *host);        /* or NULL */
  bool (*sleeps)(const struct host *host); /* now, unless it computes */
  bool sleeps_computing;
  bool lingers; /* sleeps once linger_until_ns has come */
};

static bool always_on(const struct host *host) {
  (void)host;
  return false;
}

/* off-while-idle */

static bool off_while_idle(const struct host *host) {
  return !host->radio.engaged && host->radio.linger_until_ns <= host_now(host) &&
         !agenda_awaits_other(host->agenda);
}

/* polling */

static void polling_begin(struct host *host) {
  const struct run *run = host->run;
  const double interval_ns = (double)run->spec->poll_ms * (double)NODE_MS;
  struct stream phase;
  stream_init(&phase, (uint64_t)run->spec->seed, STREAM_POLL, host->index, 0);
  world_poll(run->world, host->index, (uint64_t)(stream_uniform(&phase) * interval_ns),
             (uint64_t)interval_ns);
}

static bool polling(const struct host *host) {
  (void)host;
  return true;
}

static const struct radio_policy policies[] = {
    [SPEC_RADIO_POLICY_ALWAYS_ON] = {.sleeps = always_on},
    [SPEC_RADIO_POLICY_OFF_WHILE_IDLE] = {.sleeps = off_while_idle, .lingers = true},
    [SPEC_RADIO_POLICY_OFF_WHILE_COMPUTING] = {.sleeps = off_while_idle,
                                               .sleeps_computing = true,
                                               .lingers = true},
    [SPEC_RADIO_POLICY_POLLING] = {.begin = polling_begin, .sleeps = polling},
};

void radio_policy_begin(struct host *host) {
  const bool serves = host->server != NULL && policies[host->run->spec->radio_policy].lingers;
  host->radio.policy =
      &policies[serves ? SPEC_RADIO_POLICY_ALWAYS_ON : host->run->spec->radio_policy];
  if (host->radio.policy->begin != NULL)
    host->radio.policy->begin(host);
  radio_policy_settle(host);
}

/* Of what a request needs first, and whose end is not that of the request. */
static bool radio_policy_goes_on(const struct node_event *event) {
  return event->phase == NODE_PHASE_PULL || event->phase == NODE_PHASE_SECURE ||
         event->phase == NODE_PHASE_AUTHORIZATION || event->phase == NODE_PHASE_TOKEN_TRANSFER;
}

void radio_policy_event(struct host *host, const struct node_event *event) {
  if (radio_policy_goes_on(event)) {
    host->radio.engaged = host->radio.engaged || event->type == NODE_EVENT_STARTED;
    return;
  }
  switch (event->type) {
  case NODE_EVENT_CONFIRMED:
  case NODE_EVENT_FAILED:
  case NODE_EVENT_RETRYING:
  case NODE_EVENT_ANSWERED:
  case NODE_EVENT_UNANSWERED:
    host->radio.engaged = false;
    break;
  default:
    break;
  }
}

void radio_policy_departure(struct host *host, const struct node_datagram *datagram) {
  if (datagram->part == NODE_PART_REQUEST)
    host->radio.engaged = true;
  else
    host->radio.linger_until_ns = host_now(host) + (uint64_t)host->run->spec->linger_ms * NODE_MS;
}

void radio_policy_computing(struct host *host, bool computes) {
  host->radio.computing = computes;
  radio_policy_settle(host);
}

void radio_policy_settle(struct host *host) {
  const struct radio_policy *policy = host->radio.policy;
  if (policy == NULL)
    return;
  const bool sleeps = (host->radio.computing && policy->sleeps_computing) || policy->sleeps(host);
  if (sleeps == host->radio.asleep)
    return;
  host->radio.asleep = sleeps;
  world_sleep(host->run->world, host->index, sleeps);
}

uint64_t radio_policy_next_ns(const struct host *host) {
  const bool lingers = host->radio.policy != NULL && host->radio.policy->lingers &&
                       host->radio.linger_until_ns > host_now(host);
  return lingers ? host->radio.linger_until_ns : NODE_NEVER;
}
