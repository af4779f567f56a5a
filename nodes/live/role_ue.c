/* The UE on sockets: the peer of a lower layer, and the client of applications, as one node. First
 * it is authenticated, then it sends its requests, one after the other. */
#include "../bootstrap/ue.h"
#include "../eap/methods.h"
#include "erp.h"
#include "hints.h"
#include "member.h"
#include "role.h"
#include "tally.h"
#include "usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UE_NO_REALM "-" /* of who pulls nothing, and names no key */
enum { LINGER_MS = 3000 };

/* What is waited for. */
enum role_ue_state { UE_AUTHENTICATES, UE_PAUSES, UE_ASKS, UE_LINGERS, UE_ENDS };

struct role_ue {
  struct member member; /* the peer, and the client of applications beside it */
  const struct settings *settings;
  const struct report *report;
  struct settings_user commissioned; /* a user with the derived credential */
  char identity[NODE_IDENTITY_MAX + 1], peer_id[BOOTSTRAP_IDENTITY_LENGTH + 1];
  struct lower_listener listener;
  struct node_hooks hooks;
  struct node *client; /* a part of the member's */
  struct option_values options;
  struct bootstrap_server *servers;
  struct bootstrap_configured_key *configured;
  bool is_commissioned; /* or is not to be */

  enum role_ue_state state;
  uint64_t until_ns;           /* when the wait ends */
  uint64_t established_ns;     /* 0: not yet */
  uint64_t asked_ns, ended_ns; /* of the last request */
  bool answered;               /* set by the hook: the request's end */
  const char *unanswered;
  uint64_t round; /* of requests; one to each server */
  size_t server;
  struct tally tally; /* of requests */
};

/* Events */

static void role_ue_hook(void *context, const struct node_event *event) {
  struct role_ue *ue = context;
  report_event(ue->report, event);
  hints_event(event);
  if (event->phase != NODE_PHASE_APPLICATION)
    return;
  if (event->type == NODE_EVENT_ANSWERED)
    ue->answered = true;
  if (event->type == NODE_EVENT_UNANSWERED)
    ue->unanswered = event->label;
}

/* Nodes */

/* With keys that are configured there is nothing to authenticate for. */
static bool role_ue_authenticates(const struct settings *settings) {
  return !settings->pulls[BOOTSTRAP_PULL_CONFIGURED] || settings_has(&settings->authenticator);
}

static struct node *role_ue_create_client(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  const char *realm = settings->realm == NULL ? UE_NO_REALM : settings->realm;
  struct bootstrap_ue_config config = {
      .options = &ue->options,
      .channel = settings->secure,
      .local = *member_beside(&ue->member),
      .servers = ue->servers,
      .server_count = settings->application_servers.count,
      .erp = {.realm = (const uint8_t *)realm, .realm_length = strlen(realm)},
      .names_server = settings->names_server,
      .key_lifetime_s = (uint32_t)settings->key_lifetime_s,
      .configured = ue->configured,
  };
  channel_choose(&settings->options, config.channel, &ue->options);
  while (!settings->pulls[config.pull])
    config.pull++;
  return bootstrap_ue_create(&config, &ue->hooks);
}

/* Recommissioning: the peer is another, with the credential that is derived for the provider. */

static int role_ue_commission(struct role_ue *ue) {
  const struct party *provider = &ue->settings->commission.list[0];
  const struct bootstrap_name name = party_name(provider);
  uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH];
  struct settings_user *user = &ue->commissioned;
  *user = ue->settings->self;
  int error = bootstrap_ue_credential(ue->client, &name, identity, user->psk);
  if (error < 0)
    return error;
  snprintf(ue->identity, sizeof ue->identity, "%.*s@%s", (int)sizeof identity,
           (const char *)identity, ue->settings->realm);
  memcpy(ue->peer_id, identity, sizeof identity);
  user->identity = ue->identity;
  user->peer_id = ue->peer_id;
  user->server_id = NULL;
  user->methods[0] = EAP_METHODS_PSK;
  user->method_count = 1;
  if (!credentials_peer_init(&ue->member.credentials, user, NULL, 1))
    return NODE_ERR_TOO_LONG;
  bootstrap_ue_forget(ue->client);
  struct lower_peer_config config = member_peer_config(&ue->member, &ue->listener);
  config.authenticator = provider->address.address;
  error = member_replace(&ue->member, &config);
  report_note(ue->report, &provider->address.address, "commissioned", "by %s, as %s",
              provider->name, ue->identity);
  return error;
}

/* The course */

static void role_ue_fail(struct role_ue *ue, const char *why) {
  tally_failed(&ue->tally, why);
  ue->state = UE_ENDS;
}

static void role_ue_look_authentication(struct role_ue *ue, uint64_t now_ns) {
  const struct member *member = &ue->member;
  ue->until_ns = member_attend(&ue->member);
  if (member->state == MEMBER_FAILED)
    role_ue_fail(ue, member->failure);
  if (member->state != MEMBER_JOINED)
    return;
  if (ue->is_commissioned) {
    ue->established_ns = member->joined_ns;
    ue->until_ns = now_ns;
    ue->state = UE_PAUSES;
    return;
  }
  const int error = role_ue_commission(ue);
  ue->is_commissioned = true;
  if (error < 0)
    role_ue_fail(ue, node_error_name(error));
}

static void role_ue_ask(struct role_ue *ue, uint64_t now_ns) {
  static const uint8_t payload[LOWER_PAYLOAD_DEFAULT];
  const enum lower_request kind = ue->round % 2 == 0 ? LOWER_GET : LOWER_POST;
  ue->answered = false;
  ue->unanswered = NULL;
  ue->asked_ns = now_ns;
  ue->until_ns = NODE_NEVER;
  ue->state = UE_ASKS;
  const int error = bootstrap_ue_request(ue->client, ue->server, kind, payload,
                                         kind == LOWER_POST ? sizeof payload : 0, now_ns);
  if (error < 0 && ue->unanswered == NULL)
    ue->unanswered = node_error_name(error);
}

/* For who has authenticated it and may not know yet. */
static uint64_t role_ue_linger_until_ns(const struct role_ue *ue) {
  const uint64_t linger_ms = ue->settings->linger_ms;
  return ue->established_ns +
         (linger_ms == SETTINGS_LINGER_DEFAULT ? LINGER_MS : linger_ms) * NODE_MS;
}

static void role_ue_look_request(struct role_ue *ue, uint64_t now_ns) {
  if (!ue->answered && ue->unanswered == NULL)
    return;
  if (ue->answered)
    tally_established(&ue->tally, now_ns - ue->asked_ns);
  else
    tally_failed(&ue->tally, ue->unanswered);
  ue->ended_ns = now_ns;
  ue->state = UE_PAUSES;
  ue->until_ns = now_ns;
  if (++ue->server < ue->settings->application_servers.count)
    return;
  ue->server = 0;
  ue->until_ns = now_ns + ue->settings->interval_ms * NODE_MS;
  if (++ue->round < ue->settings->requests)
    return;
  ue->state = UE_LINGERS;
  ue->until_ns = role_ue_linger_until_ns(ue);
}

/* Looks what has become of it, and goes on as far as it can now. */
static void role_ue_attend(struct role_ue *ue) {
  const uint64_t now_ns = loop_now_ns();
  if (ue->state == UE_AUTHENTICATES)
    role_ue_look_authentication(ue, now_ns);
  else if (ue->member.live.error != 0)
    role_ue_fail(ue, node_error_name(ue->member.live.error));
  if (ue->state == UE_ASKS)
    role_ue_look_request(ue, now_ns);
  if (ue->state == UE_PAUSES && now_ns >= ue->until_ns)
    role_ue_ask(ue, now_ns);
  if (ue->state == UE_LINGERS && now_ns >= ue->until_ns)
    ue->state = UE_ENDS;
  if (ue->state != UE_ENDS)
    loop_drain(&ue->member.loop, &ue->member.live);
}

/* A request may have ended while it was asked. */
static uint64_t role_ue_wait_ns(const struct role_ue *ue) {
  const bool is_ended = ue->answered || ue->unanswered != NULL;
  return ue->state == UE_ASKS && is_ended ? loop_now_ns() : ue->until_ns;
}

/* Returns the exit status. */
static int role_ue_run(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  const uint64_t all = settings->requests * settings->application_servers.count;
  ue->state = role_ue_authenticates(settings) ? UE_AUTHENTICATES : UE_PAUSES;
  for (role_ue_attend(ue); ue->state != UE_ENDS; role_ue_attend(ue))
    if (!loop_step(&ue->member.loop, role_ue_wait_ns(ue))) {
      report_note(ue->report, NULL, "interrupted", "a signal came");
      break;
    }
  tally_report(&ue->tally, ue->report, ue->ended_ns == 0 ? loop_now_ns() : ue->ended_ns);
  return ue->tally.established == all ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Setting up */

static size_t count_pulls(const struct settings *settings) {
  size_t count = 0;
  for (size_t i = 0; i < BOOTSTRAP_PULL_COUNT; i++)
    count += settings->pulls[i];
  return count;
}

/* NULL, or what is missing of applications. */
static const char *role_ue_lack_of_applications(const struct settings *settings) {
  const bool configured = settings->pulls[BOOTSTRAP_PULL_CONFIGURED];
  const size_t servers = settings->application_servers.count;
  if (servers == 0 || servers > BOOTSTRAP_SERVERS_MAX)
    return "--application-server NAME=ADDRESS is needed, 64 times at most";
  if (count_pulls(settings) != 1)
    return "--pull is one of them, at a UE";
  if (settings->keys.count != (configured ? servers : 0))
    return "--key is needed with --pull configured, once for each --application-server";
  if (settings->commission.count > 1)
    return "--commission is given twice";
  return channel_fault(settings->secure, settings->pulls, &settings->keys);
}

/* NULL, or what is missing. */
static const char *role_ue_lack(const struct settings *settings) {
  const char *lack = role_ue_lack_of_applications(settings);
  if (lack != NULL || !role_ue_authenticates(settings))
    return lack;
  if (!settings_has(&settings->authenticator))
    return "--authenticator ADDRESS is needed (in the file: ue.authenticator)";
  if (settings_lower(settings)->without_eap)
    return "lower_layer: edhoc has no EAP, which keys of applications come from";
  if (settings->realm == NULL)
    return "--realm is needed";
  lack = credentials_check(&settings->self);
  return lack == NULL ? erp_realm_fault(settings) : lack;
}

static void role_ue_list_servers(struct role_ue *ue) {
  const struct parties *parties = &ue->settings->application_servers;
  ue->servers = calloc(parties->count, sizeof *ue->servers);
  if (ue->servers == NULL)
    abort();
  for (size_t i = 0; i < parties->count; i++)
    ue->servers[i] = (struct bootstrap_server){.name = party_name(&parties->list[i]),
                                               .address = parties->list[i].address.address};
}

/* -1, with an error shown. */
static int role_ue_begin(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  const bool authenticates = role_ue_authenticates(settings);
  if (member_open(&ue->member, authenticates, 0, CHANNEL_PORTS,
                  &settings->application_servers.list[0].address) < 0)
    return -1;
  ue->client = role_ue_create_client(ue);
  ue->listener = (struct lower_listener){.established = bootstrap_ue_learn, .context = ue->client};
  const struct lower_peer_config config = member_peer_config(&ue->member, &ue->listener);
  return member_begin(&ue->member, authenticates ? &config : NULL, ue->client);
}

/* -1, with an error shown. */
static int role_ue_init(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  const uint64_t all = settings->requests * settings->application_servers.count;
  ue->hooks = (struct node_hooks){.context = ue, .random = loop_random, .event = role_ue_hook};
  ue->is_commissioned = settings->commission.count == 0;
  role_ue_list_servers(ue);
  ue->configured = party_keys_write(&settings->keys, settings->secure);
  if (tally_init(&ue->tally, all, loop_now_ns()) < 0) {
    report_error(ue->report, "no memory left");
    return -1;
  }
  ue->tally.what = "answered";
  return role_ue_begin(ue);
}

static void role_ue_deinit(struct role_ue *ue) {
  member_end(&ue->member);
  tally_deinit(&ue->tally);
  explicit_bzero(&ue->commissioned, sizeof ue->commissioned);
  free(ue->servers);
  party_keys_forget(ue->configured, ue->settings->keys.count);
}

int role_ue(const struct settings *settings, const struct report *report) {
  struct role_ue ue = {.settings = settings, .report = report};
  struct complaint complaint;
  const char *lack = role_ue_lack(settings);
  if (lack == NULL && member_init(&ue.member, settings, report, &complaint) < 0)
    lack = complaint.text;
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  const int status = role_ue_init(&ue) < 0 ? EXIT_FAILURE : role_ue_run(&ue);
  role_ue_deinit(&ue);
  return status;
}
