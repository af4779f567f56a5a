/* Peers on sockets: one, or a load of many. Each has its place, in which peers follow each other.
 */
#include "../crypto/crypto.h"
#include "../eap/erp_peer.h"
#include "credentials.h"
#include "erp.h"
#include "hints.h"
#include "role.h"
#include "tally.h"
#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { FILES_BESIDES_SOCKETS = 16, LINGER_ONE_MS = 3000, SOCKETS_MAX = LOWER_PORTS_MAX };

struct peers;

enum place_state { PLACE_EMPTY, PLACE_RUNNING, PLACE_LINGERING }; /* empty: free for the next */

/* Where one authentication runs at a time. */
struct place {
  struct peers *peers;
  enum place_state state;
  struct udp_socket sockets[SOCKETS_MAX]; /* of the lower layer, on consecutive ports */
  struct loop_node live;                  /* `live.node` NULL: none */
  struct node_hooks hooks;
  struct credentials_peer credentials;
  uint64_t begun_ns;
  uint64_t until_ns;  /* running: given up then; lingering: ends then */
  bool established;   /* set by the hook */
  const char *reason; /* set by the hook: why it failed */
};

struct peers {
  const struct settings *settings;
  const struct report *report;
  struct report node_report; /* less is said of each when there are many */
  struct loop loop;
  struct tally tally;
  struct credentials_edhoc *edhoc; /* of all peers, or NULL */
  struct erp_peer_config erp;      /* with a realm */
  struct place *places;
  size_t place_count;
  uint64_t begun;     /* so far */
  uint32_t next_port; /* of a new peer, where ports were given */
};

static void place_hook_event(void *context, const struct node_event *event) {
  struct place *place = context;
  report_event(&place->peers->node_report, event);
  hints_event(event);
  if (event->type == NODE_EVENT_CONFIRMED)
    place->established = true;
  if (event->type == NODE_EVENT_FAILED)
    place->reason = event->label;
}

/* Beginning */

static size_t socket_count(const struct peers *peers) {
  return settings_lower(peers->settings)->ports(&peers->settings->options);
}

/* Many peers that were given a port take those from there on, but for those that others use. */
static int place_open_sockets(struct place *place) {
  struct peers *peers = place->peers;
  struct udp_address local = peers->settings->bind;
  const bool consecutive = local.address.port != 0 && peers->settings->count > 1;
  for (;;) {
    if (consecutive) {
      local.address.port = (uint16_t)peers->next_port;
      peers->next_port += (uint32_t)socket_count(peers);
    }
    if (udp_open_range(place->sockets, socket_count(peers), &local,
                       &peers->settings->authenticator) == 0)
      return 0;
    if (!consecutive || errno != EADDRINUSE || peers->next_port > UINT16_MAX)
      return -1;
  }
}

static struct node *place_create_node(struct place *place) {
  const struct settings *settings = place->peers->settings;
  const struct lower_peer_config config = {
      .options = &settings->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = place->sockets[0].local,
      .authenticator = settings->authenticator.address,
      .begins = settings->trigger,
      .resumes = settings->resume,
      .erp = settings->realm == NULL ? NULL : &place->peers->erp,
      .erp_begins = settings->realm != NULL && settings->erp_begins,
      .start_ns = place->begun_ns,
      .eap = place->credentials.config,
      .edhoc = place->peers->edhoc == NULL ? NULL : &place->credentials.edhoc,
  };
  return settings_lower(settings)->peer(&config, &place->hooks);
}

/* A new peer takes the place. False, with an error shown: that cannot be. */
static bool place_enter(struct place *place) {
  struct peers *peers = place->peers;
  if (!credentials_peer_init(&place->credentials, &peers->settings->self, peers->edhoc,
                             peers->begun + 1)) {
    report_error(peers->report, "identity or peer_id is longer than %d octets", NODE_IDENTITY_MAX);
    return false;
  }
  if (place_open_sockets(place) < 0) {
    report_error(peers->report, "no socket: %s", strerror(errno));
    return false;
  }
  place->hooks =
      (struct node_hooks){.context = place, .random = loop_random, .event = place_hook_event};
  place->live = (struct loop_node){.node = place_create_node(place),
                                   .sockets = place->sockets,
                                   .socket_count = socket_count(peers)};
  if (place->live.node == NULL) {
    report_error(peers->report, "the peer cannot be set up so");
    return false;
  }
  return true;
}

/* The next authentication: of the peer that is there, or of a new one. */
static bool place_begin(struct place *place) {
  struct peers *peers = place->peers;
  const uint64_t timeout_s = peers->settings->timeout_s;
  const bool again = place->live.node != NULL;
  place->begun_ns = loop_now_ns();
  place->until_ns = timeout_s == 0 ? NODE_NEVER : place->begun_ns + timeout_s * NODE_SECOND;
  place->established = false;
  place->reason = NULL;
  if (!again && !place_enter(place))
    return false;
  if (again)
    place->live.error =
        settings_lower(peers->settings)->peer_begin(place->live.node, place->begun_ns);
  else
    loop_add(&peers->loop, &place->live);
  place->state = PLACE_RUNNING;
  peers->begun++;
  return true;
}

/* Ending */

static void place_close_sockets(struct place *place) {
  for (size_t i = 0; i < SOCKETS_MAX; i++)
    udp_close(&place->sockets[i]);
}

static void place_leave(struct place *place) {
  struct peers *peers = place->peers;
  const bool at_rest = place->live.error == 0 && (place->established || place->reason != NULL);
  place->state = PLACE_EMPTY;
  if (at_rest && peers->settings->reauthenticate && peers->begun < peers->settings->count)
    return;
  loop_remove(&peers->loop, &place->live);
  node_destroy(place->live.node);
  place->live.node = NULL;
  place_close_sockets(place);
}

static uint64_t linger_ns(const struct settings *settings) {
  if (settings->linger_ms != SETTINGS_LINGER_DEFAULT)
    return settings->linger_ms * NODE_MS;
  return settings->count == 1 ? LINGER_ONE_MS * NODE_MS : 0;
}

static void place_note_established(struct place *place, uint64_t now_ns) {
  struct peers *peers = place->peers;
  tally_established(&peers->tally, now_ns - place->begun_ns);
  place->state = PLACE_LINGERING;
  place->until_ns = peers->settings->stay ? NODE_NEVER : now_ns + linger_ns(peers->settings);
}

static void place_note_failed(struct place *place, const char *reason) {
  tally_failed(&place->peers->tally, reason);
  if (place->peers->settings->stay && place->live.error == 0) {
    place->state = PLACE_LINGERING;
    place->until_ns = NODE_NEVER;
    return;
  }
  place_leave(place);
}

/* Looks what has become of a place. */
static void place_look(struct place *place, uint64_t now_ns) {
  if (place->state == PLACE_LINGERING && (now_ns >= place->until_ns || place->live.error != 0))
    place_leave(place);
  if (place->state != PLACE_RUNNING)
    return;
  if (place->live.error != 0)
    place_note_failed(place, node_error_name(place->live.error));
  else if (place->established)
    place_note_established(place, now_ns);
  else if (place->reason != NULL)
    place_note_failed(place, place->reason);
  else if (now_ns >= place->until_ns)
    place_note_failed(place, "timeout");
  if (place->state == PLACE_LINGERING && now_ns >= place->until_ns)
    place_leave(place);
}

/* The whole */

/* Looks at all places, fills those that are empty. When to look again; 0: all is done, or an
 * error. */
static uint64_t peers_attend(struct peers *peers, bool *wrong) {
  uint64_t until_ns = 0;
  for (size_t i = 0; i < peers->place_count; i++) {
    struct place *place = &peers->places[i];
    place_look(place, loop_now_ns());
    if (place->state == PLACE_EMPTY && peers->begun < peers->settings->count &&
        !place_begin(place)) {
      *wrong = true;
      return 0;
    }
    if (place->state == PLACE_EMPTY)
      continue;
    until_ns = until_ns == 0 || place->until_ns < until_ns ? place->until_ns : until_ns;
  }
  return until_ns;
}

/* Returns the exit status. */
static int peers_run(struct peers *peers) {
  bool wrong = false;
  uint64_t until_ns = peers_attend(peers, &wrong);
  while (until_ns > 0) {
    if (!loop_step(&peers->loop, until_ns)) {
      report_note(peers->report, NULL, "interrupted", "a signal came");
      break;
    }
    until_ns = peers_attend(peers, &wrong);
  }
  tally_report(&peers->tally, peers->report, loop_now_ns());
  if (wrong)
    return EXIT_FAILURE;
  return peers->tally.established == peers->settings->count ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void allow_files(size_t count) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= count)
    return;
  limit.rlim_cur = count < limit.rlim_max ? count : limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* NULL, or what is missing. */
static const char *role_peer_missing(const struct settings *settings) {
  if (!settings_has(&settings->authenticator))
    return "--authenticator ADDRESS is needed (in the file: peer.authenticator)";
  const char *wrong = credentials_check(&settings->self);
  if (wrong != NULL)
    return wrong;
  wrong = erp_fault(settings, true);
  if (wrong != NULL)
    return wrong;
  if (settings_lower(settings)->without_eap && !settings->trigger)
    return "lower_layer: edhoc needs the trigger: it is the peer who begins";
  return settings->reauthenticate && !settings->trigger ? "--reauthenticate needs the trigger"
                                                        : NULL;
}

static int peers_init(struct peers *peers) {
  const struct settings *settings = peers->settings;
  const uint64_t count = settings->count;
  peers->next_port = settings->bind.address.port;
  peers->erp = (struct erp_peer_config){.realm = (const uint8_t *)settings->realm,
                                        .realm_length =
                                            settings->realm == NULL ? 0 : strlen(settings->realm)};
  peers->place_count = settings->parallel < count ? settings->parallel : count;
  allow_files(peers->place_count * SOCKETS_MAX + FILES_BESIDES_SOCKETS);
  peers->places = calloc(peers->place_count, sizeof *peers->places);
  if (peers->places == NULL || tally_init(&peers->tally, count, loop_now_ns()) < 0 ||
      loop_init(&peers->loop, peers->place_count, SOCKETS_MAX, &peers->node_report) < 0)
    return -1;
  for (size_t i = 0; i < peers->place_count; i++)
    peers->places[i] = (struct place){.peers = peers, .sockets = {{.file = -1}, {.file = -1}}};
  return 0;
}

static void peers_deinit(struct peers *peers) {
  for (size_t i = 0; i < peers->place_count; i++) {
    node_destroy(peers->places[i].live.node);
    place_close_sockets(&peers->places[i]);
  }
  loop_deinit(&peers->loop);
  tally_deinit(&peers->tally);
  credentials_edhoc_free(peers->edhoc);
  free(peers->places);
}

int role_peer(const struct settings *settings, const struct report *report) {
  struct peers peers = {.settings = settings, .report = report, .node_report = *report};
  struct complaint complaint;
  const char *wrong = role_peer_missing(settings);
  if (wrong == NULL &&
      credentials_edhoc_read(settings, &settings->self, &peers.edhoc, &complaint) < 0)
    wrong = complaint.text;
  if (wrong == NULL && settings_lower(settings)->without_eap && peers.edhoc == NULL)
    wrong = "lower_layer: edhoc needs the method edhoc and its files";
  if (wrong != NULL)
    return usage_refuse(report->role, wrong);
  if (settings->count > 1 && report->level == REPORT_EVENTS)
    peers.node_report.level = REPORT_RESULTS;
  if (peers_init(&peers) < 0) {
    report_error(report, "no memory or files left");
    return EXIT_FAILURE;
  }
  const int status = peers_run(&peers);
  peers_deinit(&peers);
  return status;
}
