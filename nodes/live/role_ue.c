/* The UE on sockets: the peer of a lower layer, and the client of applications, as one node. First
 * it is authenticated, then it sends its requests, one after the other. */
#include "../bootstrap/bundle.h"
#include "../bootstrap/ue.h"
#include "../eap/methods.h"
#include "channel.h"
#include "credentials.h"
#include "erp.h"
#include "role.h"
#include "tally.h"
#include "usage.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART_PEER, PART_CLIENT, PARTS };
#define UE_NO_REALM "-" /* of who pulls nothing, and names no key */
enum { LINGER_MS = 3000, SOCKETS_MAX = LOWER_PORTS_MAX + CHANNEL_PORTS };

/* What is waited for. */
enum role_ue_state { UE_AUTHENTICATES, UE_PAUSES, UE_ASKS, UE_LINGERS, UE_ENDS };

struct role_ue {
  const struct settings *settings;
  const struct report *report;
  struct loop loop;
  struct loop_node live; /* the bundle */
  struct udp_socket sockets[SOCKETS_MAX];
  size_t peer_sockets; /* of these, the first */
  struct credentials_edhoc *edhoc;
  struct credentials_peer credentials; /* of the authentication that there is */
  struct settings_user commissioned;   /* a user with the derived credential */
  char identity[NODE_IDENTITY_MAX + 1], peer_id[BOOTSTRAP_IDENTITY_LENGTH + 1];
  struct lower_listener listener;
  struct node_hooks peer_hooks, client_hooks;
  struct node *peer, *client; /* parts of the bundle */
  struct option_values options;
  struct bootstrap_server *servers;
  struct bootstrap_configured_key *configured;
  bool is_commissioned; /* or is not to be */

  enum role_ue_state state;
  uint64_t until_ns;           /* when the wait ends */
  uint64_t established_ns;     /* 0: not yet */
  uint64_t asked_ns, ended_ns; /* of the last request */
  const char *failure;         /* of the authentication; set by the hook */
  bool confirmed;              /* likewise */
  bool answered;               /* set by the hook: the request's end */
  const char *unanswered;
  uint64_t round; /* of requests; one to each server */
  size_t server;
  struct tally tally; /* of requests */
};

/* Events */

static void role_ue_hook_peer(void *context, const struct node_event *event) {
  struct role_ue *ue = context;
  report_event(ue->report, event);
  if (event->type == NODE_EVENT_CONFIRMED)
    ue->confirmed = true;
  if (event->type == NODE_EVENT_FAILED)
    ue->failure = event->label;
}

static void role_ue_hook_client(void *context, const struct node_event *event) {
  struct role_ue *ue = context;
  report_event(ue->report, event);
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

static struct node *role_ue_create_peer(struct role_ue *ue,
                                        const struct udp_address *authenticator) {
  const struct settings *settings = ue->settings;
  const struct lower_peer_config config = {
      .options = &settings->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = ue->sockets[0].local,
      .authenticator = authenticator->address,
      .begins = true,
      .start_ns = loop_now_ns(),
      .eap = ue->credentials.config,
      .listener = &ue->listener,
  };
  return settings_lower(settings)->peer(&config, &ue->peer_hooks);
}

static struct node *role_ue_create_client(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  const char *realm = settings->realm == NULL ? UE_NO_REALM : settings->realm;
  struct bootstrap_ue_config config = {
      .options = &ue->options,
      .channel = settings->secure,
      .local = ue->sockets[ue->peer_sockets].local,
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
  return bootstrap_ue_create(&config, &ue->client_hooks);
}

static struct bundle_ports ports_of(const struct udp_socket *first, size_t count) {
  return (struct bundle_ports){.first = first->local.port, .count = (uint16_t)count};
}

/* NULL where it cannot be. */
static struct node *role_ue_create(struct role_ue *ue) {
  ue->client = role_ue_create_client(ue);
  if (ue->client == NULL)
    return NULL;
  ue->listener = (struct lower_listener){.established = bootstrap_ue_learn, .context = ue->client};
  if (role_ue_authenticates(ue->settings))
    ue->peer = role_ue_create_peer(ue, &ue->settings->authenticator);
  if (ue->peer == NULL && role_ue_authenticates(ue->settings)) {
    node_destroy(ue->client);
    return NULL;
  }
  const struct bundle_part parts[PARTS] = {
      [PART_PEER] = {.node = ue->peer, .ports = {ports_of(ue->sockets, ue->peer_sockets)}},
      [PART_CLIENT] = {.node = ue->client,
                       .ports = {ports_of(&ue->sockets[ue->peer_sockets], CHANNEL_PORTS)}},
  };
  return bundle_create(parts, PARTS);
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
  if (!credentials_peer_init(&ue->credentials, user, NULL, 1))
    return NODE_ERR_TOO_LONG;
  bootstrap_ue_forget(ue->client);
  ue->peer = role_ue_create_peer(ue, &provider->address);
  bundle_replace(ue->live.node, PART_PEER, ue->peer);
  report_note(ue->report, &provider->address.address, "commissioned", "by %s, as %s",
              provider->name, ue->identity);
  return ue->peer == NULL ? NODE_ERR_EXHAUSTED : 0;
}

/* The course */

static void role_ue_await_authentication(struct role_ue *ue, uint64_t now_ns) {
  const uint64_t timeout_s = ue->settings->timeout_s;
  ue->state = UE_AUTHENTICATES;
  ue->confirmed = false;
  ue->until_ns = timeout_s == 0 ? NODE_NEVER : now_ns + timeout_s * NODE_SECOND;
}

static void role_ue_fail(struct role_ue *ue, const char *why) {
  tally_failed(&ue->tally, why);
  ue->state = UE_ENDS;
}

static void role_ue_look_authentication(struct role_ue *ue, uint64_t now_ns) {
  if (ue->failure != NULL || now_ns >= ue->until_ns) {
    role_ue_fail(ue, ue->failure == NULL ? "timeout" : ue->failure);
    return;
  }
  if (!ue->confirmed)
    return;
  if (ue->is_commissioned) {
    ue->established_ns = now_ns;
    ue->until_ns = now_ns;
    ue->state = UE_PAUSES;
    return;
  }
  const int error = role_ue_commission(ue);
  ue->is_commissioned = true;
  if (error < 0)
    role_ue_fail(ue, node_error_name(error));
  else
    role_ue_await_authentication(ue, now_ns);
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
  if (ue->live.error != 0)
    role_ue_fail(ue, node_error_name(ue->live.error));
  if (ue->state == UE_AUTHENTICATES)
    role_ue_look_authentication(ue, now_ns);
  if (ue->state == UE_ASKS)
    role_ue_look_request(ue, now_ns);
  if (ue->state == UE_PAUSES && now_ns >= ue->until_ns)
    role_ue_ask(ue, now_ns);
  if (ue->state == UE_LINGERS && now_ns >= ue->until_ns)
    ue->state = UE_ENDS;
  if (ue->state != UE_ENDS)
    loop_drain(&ue->loop, &ue->live);
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
  loop_add(&ue->loop, &ue->live);
  if (role_ue_authenticates(settings))
    role_ue_await_authentication(ue, loop_now_ns());
  else
    ue->state = UE_PAUSES;
  for (role_ue_attend(ue); ue->state != UE_ENDS; role_ue_attend(ue))
    if (!loop_step(&ue->loop, role_ue_wait_ns(ue))) {
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

/* -1, with an error shown. */
static int role_ue_open(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  struct udp_address any = settings->bind;
  any.address.port = 0;
  if (role_ue_authenticates(settings))
    ue->peer_sockets = settings_lower(settings)->ports(&settings->options);
  if (udp_open_range(ue->sockets, ue->peer_sockets, &settings->bind, &settings->authenticator) ==
          0 &&
      udp_open_range(&ue->sockets[ue->peer_sockets], CHANNEL_PORTS, &any,
                     &settings->application_servers.list[0].address) == 0)
    return 0;
  report_error(ue->report, "no socket: %s", strerror(errno));
  return -1;
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
static int role_ue_init(struct role_ue *ue) {
  const struct settings *settings = ue->settings;
  const uint64_t all = settings->requests * settings->application_servers.count;
  for (size_t i = 0; i < SOCKETS_MAX; i++)
    ue->sockets[i].file = -1;
  ue->peer_hooks =
      (struct node_hooks){.context = ue, .random = loop_random, .event = role_ue_hook_peer};
  ue->client_hooks =
      (struct node_hooks){.context = ue, .random = loop_random, .event = role_ue_hook_client};
  ue->is_commissioned = settings->commission.count == 0;
  role_ue_list_servers(ue);
  ue->configured = party_keys_write(&settings->keys, settings->secure);
  if (tally_init(&ue->tally, all, loop_now_ns()) < 0 ||
      loop_init(&ue->loop, 1, SOCKETS_MAX, ue->report) < 0) {
    report_error(ue->report, "no memory or files left");
    return -1;
  }
  ue->tally.what = "answered";
  if (role_ue_authenticates(settings) &&
      !credentials_peer_init(&ue->credentials, &settings->self, ue->edhoc, 1)) {
    report_error(ue->report, "identity or peer_id is longer than %d octets", NODE_IDENTITY_MAX);
    return -1;
  }
  if (role_ue_open(ue) < 0)
    return -1;
  ue->live = (struct loop_node){.node = role_ue_create(ue),
                                .sockets = ue->sockets,
                                .socket_count = ue->peer_sockets + CHANNEL_PORTS};
  if (ue->live.node == NULL)
    report_error(ue->report, "the UE cannot be set up so");
  return ue->live.node == NULL ? -1 : 0;
}

static void role_ue_deinit(struct role_ue *ue) {
  node_destroy(ue->live.node);
  for (size_t i = 0; i < SOCKETS_MAX; i++)
    udp_close(&ue->sockets[i]);
  loop_deinit(&ue->loop);
  tally_deinit(&ue->tally);
  credentials_edhoc_free(ue->edhoc);
  explicit_bzero(&ue->commissioned, sizeof ue->commissioned);
  free(ue->servers);
  party_keys_forget(ue->configured, ue->settings->keys.count);
}

int role_ue(const struct settings *settings, const struct report *report) {
  struct role_ue ue = {.settings = settings, .report = report};
  struct complaint complaint;
  const char *lack = role_ue_lack(settings);
  if (lack == NULL && credentials_edhoc_read(settings, &settings->self, &ue.edhoc, &complaint) < 0)
    lack = complaint.text;
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  const int status = role_ue_init(&ue) < 0 ? EXIT_FAILURE : role_ue_run(&ue);
  role_ue_deinit(&ue);
  return status;
}
