/* A peer beside another node. */
#include "member.h"

#include "../bootstrap/bundle.h"
#include "controller.h"
#include "erp.h"

#include <errno.h>
#include <string.h>

static void member_hook(void *context, const struct node_event *event) {
  struct member *member = context;
  report_event(member->report, event);
  if (event->type == NODE_EVENT_FAILED)
    member->failure = event->label;
  if (event->type != NODE_EVENT_CONFIRMED && event->type != NODE_EVENT_CLOSED)
    return;
  member->confirmed = event->type == NODE_EVENT_CONFIRMED;
  member->ended = !member->confirmed;
}

/* NULL, or what is missing. */
static const char *member_lack(const struct settings *settings) {
  if (!settings_has(&settings->authenticator))
    return "--authenticator ADDRESS is needed: where the controller is";
  const char *wrong = credentials_check(&settings->self);
  if (wrong == NULL)
    wrong = controller_lower_fault(settings);
  return wrong == NULL ? erp_fault(settings, true) : wrong;
}

int member_check(struct member *member, const struct settings *settings,
                 const struct report *report, struct complaint *complaint) {
  *member = (struct member){.settings = settings, .report = report, .loop = {.signals = -1}};
  for (size_t i = 0; i < MEMBER_SOCKETS_MAX; i++)
    member->sockets[i].file = -1;
  const char *lack = member_lack(settings);
  if (lack != NULL)
    return complaint_set(complaint, "%s", lack);
  return credentials_edhoc_read(settings, &settings->self, &member->edhoc, complaint);
}

/* Setting up */

static int member_open_sockets(struct member *member, uint16_t port, size_t count,
                               const struct udp_address *remote) {
  const struct settings *settings = member->settings;
  struct udp_address beside = settings->bind;
  char text[UDP_TEXT_MAX];
  beside.address.port = port;
  member->peer_sockets = settings_lower(settings)->ports(&settings->options);
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

int member_open(struct member *member, uint16_t port, size_t count,
                const struct udp_address *remote) {
  const struct settings *settings = member->settings;
  member->hooks =
      (struct node_hooks){.context = member, .random = loop_random, .event = member_hook};
  member->erp = (struct erp_peer_config){.realm = (const uint8_t *)settings->realm,
                                         .realm_length =
                                             settings->realm == NULL ? 0 : strlen(settings->realm)};
  if (!credentials_peer_init(&member->credentials, &settings->self, member->edhoc, 1)) {
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

static struct node *member_create_peer(const struct member *member,
                                       const struct lower_listener *listener) {
  const struct settings *settings = member->settings;
  const struct lower_peer_config config = {
      .options = &settings->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = member->sockets[0].local,
      .authenticator = settings->authenticator.address,
      .begins = settings->trigger,
      .resumes = settings->resume,
      .erp = settings->realm == NULL ? NULL : &member->erp,
      .erp_begins = settings->realm != NULL && settings->erp_begins,
      .start_ns = loop_now_ns(),
      .eap = member->credentials.config,
      .listener = listener,
  };
  return settings_lower(settings)->peer(&config, &member->hooks);
}

static void member_await(struct member *member, uint64_t now_ns) {
  const uint64_t timeout_s = member->settings->timeout_s;
  member->state = MEMBER_JOINS;
  member->confirmed = member->ended = false;
  member->failure = NULL;
  member->until_ns = timeout_s == 0 ? NODE_NEVER : now_ns + timeout_s * NODE_SECOND;
}

int member_begin(struct member *member, struct node *other, const struct lower_listener *listener) {
  member->peer = other == NULL ? NULL : member_create_peer(member, listener);
  if (member->peer == NULL) {
    node_destroy(other);
    report_error(member->report, "it cannot be set up so");
    return -1;
  }
  const struct bundle_part parts[] = {
      {.node = member->peer,
       .ports = {{member->sockets[0].local.port, (uint16_t)member->peer_sockets}}},
      {.node = other,
       .ports = {{member_beside(member)->port,
                  (uint16_t)(member->socket_count - member->peer_sockets)}}},
  };
  member->live = (struct loop_node){.node = bundle_create(parts, 2),
                                    .sockets = member->sockets,
                                    .socket_count = member->socket_count};
  if (member->live.node == NULL) {
    report_error(member->report, "no memory left");
    return -1;
  }
  loop_add(&member->loop, &member->live);
  member_await(member, loop_now_ns());
  return 0;
}

/* The course */

static void member_fail(struct member *member, const char *why) {
  member->state = MEMBER_FAILED;
  member->failure = why;
}

static void member_join_anew(struct member *member, uint64_t now_ns) {
  member_await(member, now_ns);
  if (!member->settings->trigger)
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
