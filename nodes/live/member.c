/* A peer beside another node. */
#include "member.h"

#include "../bootstrap/bundle.h"
#include "hints.h"

#include <errno.h>
#include <string.h>

enum { PART_PEER, PART_OTHER, PARTS };

static void member_hook(void *context, const struct node_event *event) {
  struct member *member = context;
  report_event(member->report, event);
  hints_event(event);
  if (event->type == NODE_EVENT_FAILED)
    member->failure = event->label;
  if (event->type != NODE_EVENT_CONFIRMED && event->type != NODE_EVENT_CLOSED)
    return;
  member->confirmed = event->type == NODE_EVENT_CONFIRMED;
  member->ended = !member->confirmed;
}

/* Setting up */

int member_init(struct member *member, const struct settings *settings, const struct report *report,
                struct complaint *complaint) {
  *member = (struct member){.settings = settings, .report = report, .loop = {.signals = -1}};
  for (size_t i = 0; i < MEMBER_SOCKETS_MAX; i++)
    member->sockets[i].file = -1;
  return credentials_edhoc_read(settings, &settings->self, &member->edhoc, complaint);
}

static int member_open_sockets(struct member *member, uint16_t port, size_t count,
                               const struct udp_address *remote) {
  const struct settings *settings = member->settings;
  struct udp_address beside = settings->bind;
  char text[UDP_TEXT_MAX];
  beside.address.port = port;
  if (udp_open_range(member->sockets, member->peer_sockets, &settings->bind,
                     &settings->authenticator) < 0) {
    report_error(member->report, "no socket: %s", strerror(errno));
    return -1;
  }
  if (udp_open_range(&member->sockets[member->peer_sockets], count, &beside, remote) < 0) {
    report_error(member->report, "cannot listen on %s%s: %s",
                 udp_address_text(&beside.address, text), count > 1 ? " and the port after it" : "",
                 strerror(errno));
    return -1;
  }
  member->socket_count = member->peer_sockets + count;
  return 0;
}

int member_open(struct member *member, bool joins, uint16_t port, size_t count,
                const struct udp_address *remote) {
  const struct settings *settings = member->settings;
  member->hooks =
      (struct node_hooks){.context = member, .random = loop_random, .event = member_hook};
  member->peer_sockets = joins ? settings_lower(settings)->ports(&settings->options) : 0;
  if (joins && !credentials_peer_init(&member->credentials, &settings->self, member->edhoc, 1)) {
    report_error(member->report, "identity or peer_id is longer than %d octets", NODE_IDENTITY_MAX);
    return -1;
  }
  if (loop_init(&member->loop, 1, MEMBER_SOCKETS_MAX, member->report) == 0)
    return member_open_sockets(member, port, count, remote);
  report_error(member->report, "no memory or files left");
  return -1;
}

const struct node_address *member_beside(const struct member *member) {
  return &member->sockets[member->peer_sockets].local;
}

struct lower_peer_config member_peer_config(const struct member *member,
                                            const struct lower_listener *listener) {
  return (struct lower_peer_config){
      .options = &member->settings->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = member->sockets[0].local,
      .authenticator = member->settings->authenticator.address,
      .begins = true,
      .start_ns = loop_now_ns(),
      .eap = member->credentials.config,
      .listener = listener,
  };
}

static void member_await(struct member *member, uint64_t now_ns) {
  const uint64_t timeout_s = member->settings->timeout_s;
  member->state = MEMBER_JOINS;
  member->confirmed = member->ended = false;
  member->failure = NULL;
  member->until_ns = timeout_s == 0 ? NODE_NEVER : now_ns + timeout_s * NODE_SECOND;
}

/* NULL where memory is short. */
static struct node *member_bundle(const struct member *member, struct node *other) {
  const size_t beside = member->socket_count - member->peer_sockets;
  const struct bundle_part parts[PARTS] = {
      [PART_PEER] = {.node = member->peer,
                     .ports = {{member->sockets[0].local.port, (uint16_t)member->peer_sockets}}},
      [PART_OTHER] = {.node = other, .ports = {{member_beside(member)->port, (uint16_t)beside}}},
  };
  return bundle_create(parts, PARTS);
}

int member_begin(struct member *member, const struct lower_peer_config *config,
                 struct node *other) {
  const uint64_t now_ns = loop_now_ns();
  if (config != NULL && other != NULL)
    member->peer = settings_lower(member->settings)->peer(config, &member->hooks);
  if (other == NULL || (config != NULL && member->peer == NULL))
    node_destroy(other);
  else
    member->live = (struct loop_node){.node = member_bundle(member, other),
                                      .sockets = member->sockets,
                                      .socket_count = member->socket_count};
  if (member->live.node == NULL) {
    report_error(member->report, "the %s cannot be set up so", member->report->role);
    return -1;
  }
  loop_add(&member->loop, &member->live);
  member_await(member, now_ns);
  if (config == NULL)
    member->state = MEMBER_JOINED;
  return 0;
}

int member_replace(struct member *member, const struct lower_peer_config *config) {
  member->peer = settings_lower(member->settings)->peer(config, &member->hooks);
  bundle_replace(member->live.node, PART_PEER, member->peer);
  member_await(member, loop_now_ns());
  return member->peer == NULL ? NODE_ERR_EXHAUSTED : 0;
}

/* The course */

static void member_fail(struct member *member, const char *why) {
  member->state = MEMBER_FAILED;
  member->failure = why;
}

static void member_join_anew(struct member *member, uint64_t now_ns) {
  member_await(member, now_ns);
  if (!member->settings->trigger) /* the authenticator begins */
    return;
  const int error = settings_lower(member->settings)->peer_begin(member->peer, now_ns);
  if (error < 0 && error != NODE_ERR_BUSY) /* the authenticator may have begun */
    member_fail(member, node_error_name(error));
  else
    loop_drain(&member->loop, &member->live);
}

static uint64_t member_ends_ns(const struct member *member) {
  const uint64_t rejoin_s = member->settings->ace.rejoin_s;
  return rejoin_s == 0 ? NODE_NEVER : member->joined_ns + rejoin_s * NODE_SECOND;
}

uint64_t member_attend(struct member *member) {
  const uint64_t now_ns = loop_now_ns();
  if (member->live.error != 0)
    member_fail(member, node_error_name(member->live.error));
  if (member->state == MEMBER_JOINED && (member->ended || now_ns >= member_ends_ns(member)))
    member_join_anew(member, now_ns);
  if (member->state == MEMBER_JOINS && member->confirmed) {
    member->state = MEMBER_JOINED;
    member->joined_ns = now_ns;
  }
  if (member->state == MEMBER_JOINS && member->failure != NULL)
    member_fail(member, member->failure);
  if (member->state == MEMBER_JOINS && now_ns >= member->until_ns)
    member_fail(member, "timeout");
  return member->state == MEMBER_JOINS ? member->until_ns : member_ends_ns(member);
}

void member_end(struct member *member) {
  node_destroy(member->live.node);
  for (size_t i = 0; i < MEMBER_SOCKETS_MAX; i++)
    udp_close(&member->sockets[i]);
  loop_deinit(&member->loop);
  credentials_edhoc_free(member->edhoc);
}
