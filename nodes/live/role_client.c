/* The client of ACE on sockets: it joins as a peer, and asks resource servers, one request after
 * the other. */
#include "../coap/message.h"
#include "ace_member.h"
#include "log.h"
#include "role.h"
#include "tally.h"
#include "usage.h"

#include <stdlib.h>
#include <string.h>

enum { LINGER_MS = 3000 };

/* What is waited for. */
enum role_client_state { CLIENT_JOINS, CLIENT_PAUSES, CLIENT_ASKS, CLIENT_LINGERS, CLIENT_ENDS };

struct role_client {
  struct member member;
  struct node_hooks hooks;
  struct lower_listener listener;
  struct erp_peer_config erp;
  struct node *node; /* a part of the member's */
  struct ace_server servers[ACE_SERVERS_MAX];

  enum role_client_state state;
  uint64_t until_ns;           /* when the wait ends */
  uint64_t asked_ns, ended_ns; /* of the last request; 0: not yet */
  const char *label; /* what has become of it, set by the hook: its code, or why there is none */
  bool is_answered;  /* set by the hook: by 2.xx */
  uint64_t round;
  size_t access, server;
  struct tally tally;
};

/* Events */

static void role_client_hook(void *context, const struct node_event *event) {
  struct role_client *role = context;
  report_event(role->member.report, event);
  if (event->phase != NODE_PHASE_APPLICATION)
    return;
  if (event->type == NODE_EVENT_ANSWERED || event->type == NODE_EVENT_UNANSWERED)
    role->label = event->label;
}

/* A line of standard output, where that is not JSON. */
static void print_payload(const uint8_t *payload, size_t length) {
  char *line = malloc(length + 1);
  if (line == NULL)
    abort();
  memcpy(line, payload, length);
  line[length] = '\n';
  log_line(LOG_OUT, line, length + 1);
  free(line);
}

static void role_client_hear(void *context, size_t server, uint8_t code, const uint8_t *payload,
                             size_t length) {
  struct role_client *role = context;
  const struct report *report = role->member.report;
  role->is_answered = code >> 5 == 2;
  if (length == 0)
    return;
  if (report->json)
    report_value(report, &role->servers[server].address, "payload", role->servers[server].audience,
                 "says", payload, length);
  else
    print_payload(payload, length);
}

static int role_client_call(void *context, const struct lower_call *call) {
  const struct member *member = context;
  return settings_lower(member->settings)->peer_call(member->peer, call);
}

/* The course */

static size_t role_client_requests(const struct settings *settings) {
  return settings->requests * settings->ace.servers.count * settings->ace.accesses.count;
}

static void role_client_ask(struct role_client *role, uint64_t now_ns) {
  const struct ace_accesses *accesses = &role->member.settings->ace.accesses;
  role->label = NULL;
  role->is_answered = false;
  role->asked_ns = now_ns;
  role->until_ns = NODE_NEVER;
  role->state = CLIENT_ASKS;
  const int error =
      ace_client_request(role->node, role->server, &accesses->list[role->access], now_ns);
  if (error < 0 && role->label == NULL)
    role->label = node_error_name(error);
}

/* For who has authenticated it and may not know yet. */
static uint64_t role_client_linger_until_ns(const struct role_client *role) {
  const uint64_t linger_ms = role->member.settings->linger_ms;
  return role->member.joined_ns +
         (linger_ms == SETTINGS_LINGER_DEFAULT ? LINGER_MS : linger_ms) * NODE_MS;
}

/* To the next request: of the same kind to the next server, then of the next kind, then the next
 * round. */
static void role_client_go_on(struct role_client *role, uint64_t now_ns) {
  const struct settings *settings = role->member.settings;
  role->state = CLIENT_PAUSES;
  role->until_ns = now_ns;
  if (++role->server < settings->ace.servers.count)
    return;
  role->server = 0;
  if (++role->access < settings->ace.accesses.count)
    return;
  role->access = 0;
  role->until_ns = now_ns + settings->interval_ms * NODE_MS;
  if (++role->round < settings->requests)
    return;
  role->state = CLIENT_LINGERS;
  role->until_ns = role_client_linger_until_ns(role);
}

static void role_client_look_request(struct role_client *role, uint64_t now_ns) {
  if (role->label == NULL)
    return;
  if (role->is_answered)
    tally_established(&role->tally, now_ns - role->asked_ns);
  else
    tally_failed(&role->tally, role->label);
  role->ended_ns = now_ns;
  role_client_go_on(role, now_ns);
}

/* Looks what has become of it, and goes on as far as it can now. Returns when to look again. */
static uint64_t role_client_attend(struct role_client *role) {
  struct member *member = &role->member;
  const uint64_t joins_until_ns = member_attend(member), now_ns = loop_now_ns();
  if (member->state == MEMBER_FAILED) {
    tally_failed(&role->tally, member->failure);
    role->state = CLIENT_ENDS;
  }
  if (role->state == CLIENT_JOINS && member->state == MEMBER_JOINED) {
    role->state = CLIENT_PAUSES;
    role->until_ns = now_ns;
  }
  if (role->state == CLIENT_ASKS)
    role_client_look_request(role, now_ns);
  if (role->state == CLIENT_PAUSES && now_ns >= role->until_ns)
    role_client_ask(role, now_ns);
  if (role->state == CLIENT_LINGERS && now_ns >= role->until_ns)
    role->state = CLIENT_ENDS;
  if (role->state == CLIENT_ENDS)
    return NODE_NEVER;
  loop_drain(&member->loop, &member->live);
  if (role->state == CLIENT_ASKS && role->label != NULL)
    return now_ns; /* it has ended while it was asked */
  return joins_until_ns < role->until_ns ? joins_until_ns : role->until_ns;
}

/* Setting up */

static struct node *role_client_create(struct role_client *role) {
  const struct settings *settings = role->member.settings;
  const struct ace_values *ace = &settings->ace;
  const struct ace_client_config config = {
      .options = &settings->options,
      .profile = (enum ace_profile)ace->profile,
      .local = *member_beside(&role->member),
      .servers = role->servers,
      .server_count = ace->servers.count,
      .token_in_handshake = ace->token_in_handshake,
      .ask = role_client_call,
      .ask_context = &role->member,
  };
  const struct ace_client_listener listener = {.answered = role_client_hear, .context = role};
  for (size_t i = 0; i < ace->servers.count; i++)
    role->servers[i] = (struct ace_server){.audience = ace->servers.list[i].name,
                                           .address = ace->servers.list[i].address.address,
                                           .resource = ace->scope_path,
                                           .scope = ace->asked,
                                           .scope_form = (enum ace_scope_form)ace->scope_form};
  role->hooks =
      (struct node_hooks){.context = role, .random = loop_random, .event = role_client_hook};
  struct node *node = ace_client_create(&config, &role->hooks);
  if (node != NULL)
    ace_client_listen(node, &listener);
  return node;
}

static int role_client_begin(struct role_client *role) {
  const struct settings *settings = role->member.settings;
  role->state = CLIENT_JOINS;
  role->until_ns = NODE_NEVER;
  if (tally_init(&role->tally, role_client_requests(settings), loop_now_ns()) < 0) {
    report_error(role->member.report, "no memory left");
    return -1;
  }
  role->tally.what = "answered";
  if (member_open(&role->member, true, 0, CHANNEL_PORTS, &settings->ace.servers.list[0].address) <
      0)
    return -1;
  role->node = role_client_create(role);
  role->listener = (struct lower_listener){.answered = ace_client_answered, .context = role->node};
  return ace_member_begin(&role->member, role->node, &role->listener, &role->erp);
}

/* Returns the exit status. */
static int role_client_run(struct role_client *role) {
  const struct report *report = role->member.report;
  if (role_client_begin(role) < 0)
    return EXIT_FAILURE;
  uint64_t until_ns = role_client_attend(role);
  for (; role->state != CLIENT_ENDS; until_ns = role_client_attend(role))
    if (!loop_step(&role->member.loop, until_ns)) {
      report_note(report, NULL, "interrupted", "a signal came");
      break;
    }
  tally_report(&role->tally, report, role->ended_ns == 0 ? loop_now_ns() : role->ended_ns);
  return role->tally.established == role_client_requests(role->member.settings) ? EXIT_SUCCESS
                                                                                : EXIT_FAILURE;
}

/* NULL, or what is missing. */
static const char *role_client_lack(const struct settings *settings) {
  const struct ace_values *ace = &settings->ace;
  if (ace->servers.count == 0 || ace->servers.count > ACE_SERVERS_MAX)
    return "--server AUDIENCE@ADDRESS is needed, 16 times at most";
  if (ace->accesses.count == 0)
    return "--get PATH, --post PATH or --put PATH is needed: what to ask for";
  if (ace->payload != NULL && strlen(ace->payload) > ASSOCIATION_PAYLOAD_MAX)
    return "--payload is longer than one message";
  if (ace->token_in_handshake && ace->profile != ACE_PROFILE_DTLS)
    return "--token-in-handshake needs --ace-profile coap_dtls";
  return NULL;
}

int role_client(const struct settings *settings, const struct report *report) {
  struct role_client role = {.node = NULL};
  struct complaint complaint;
  const char *lack = role_client_lack(settings);
  if (lack == NULL && ace_member_init(&role.member, settings, report, &complaint) < 0)
    lack = complaint.text;
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  const int status = role_client_run(&role);
  member_end(&role.member);
  tally_deinit(&role.tally);
  return status;
}
