/* An end of IKEv2 on sockets: an initiator with one SA, probes through its child, and the end; or a
 * responder, until a signal comes. */
#include "../ikev2/host.h"
#include "loop.h"
#include "role.h"
#include "usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SOCKET_IKE,
  SOCKET_ENCAPSULATED,
  SOCKET_RAW_IPV6,
  SOCKET_RAW_IPV4,
  SOCKETS_MAX,
  ENDING_MS = 5000, /* that answers to Deletes are waited for */
  NAME_MAX = 2 * IKEV2_ID_MAX + 3,
  TABLE_LINE_MAX = 256,
};

struct role_ike {
  const struct settings *settings;
  const struct report *report;
  struct node_hooks hooks;
  struct loop loop;
  struct loop_node live;
  struct udp_socket sockets[SOCKETS_MAX]; /* the first of these are open */
  size_t socket_count;
  uint64_t confirmed, failed, closed, served; /* events so far; set by the hook */
  bool probes, answered;                      /* a probe is under way; and it was answered */
  uint64_t probe_count, answered_count, asked_ns;
};

/* Events */

static bool is_printable(const uint8_t *name, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (name[i] < 0x20 || name[i] >= 0x7f)
      return false;
  return true;
}

/* "@#" and digits, in the place of an identity that is no text. */
static void name_as_text(struct node_event *event, char text[NAME_MAX]) {
  if (event->name_length > IKEV2_ID_MAX || is_printable(event->name, event->name_length))
    return;
  size_t used = (size_t)snprintf(text, NAME_MAX, "@#");
  for (size_t i = 0; i < event->name_length; i++)
    used += (size_t)snprintf(text + used, NAME_MAX - used, "%02x", event->name[i]);
  event->name = (const uint8_t *)text;
  event->name_length = used;
}

static size_t print_octets(char *text, size_t capacity, const uint8_t *octets, size_t length) {
  for (size_t i = 0; i < length && 2 * i + 2 < capacity; i++)
    snprintf(text + 2 * i, 3, "%02x", octets[i]);
  return 2 * length;
}

/* A line of ikev2_decryption_table, in tshark's folder of preferences. */
static void tell_table_line(const struct role_ike *ike, const struct node_event *event) {
  enum { KEY = IKEV2_ESP_KEY_LENGTH + IKEV2_ESP_SALT_LENGTH, KEYS = 2 * IKEV2_SPI_LENGTH };
  char spi[2][2 * IKEV2_SPI_LENGTH + 1], key[2][2 * KEY + 1];
  if (event->secret_length != KEYS + 2 * KEY)
    return;
  for (size_t i = 0; i < 2; i++) {
    print_octets(spi[i], sizeof spi[i], event->secret + i * IKEV2_SPI_LENGTH, IKEV2_SPI_LENGTH);
    print_octets(key[i], sizeof key[i], event->secret + KEYS + i * KEY, KEY);
  }
  report_note(ike->report, &event->remote, "ikev2_decryption_table",
              "%s,%s,%s,%s,\"AES-CCM-128 with 8 octet ICV [RFC5282]\",\"\",\"\",\"NONE [RFC4306]\"",
              spi[0], spi[1], key[0], key[1]);
  explicit_bzero(key, sizeof key);
}

static void role_ike_count(struct role_ike *ike, const struct node_event *event) {
  switch (event->type) {
  case NODE_EVENT_CONFIRMED:
    ike->confirmed++;
    break;
  case NODE_EVENT_FAILED:
    ike->failed++;
    break;
  case NODE_EVENT_CLOSED:
    ike->closed++;
    break;
  case NODE_EVENT_SERVED:
    ike->served++;
    break;
  case NODE_EVENT_ANSWERED:
  case NODE_EVENT_UNANSWERED:
    ike->probes = false;
    ike->answered = event->type == NODE_EVENT_ANSWERED;
    break;
  default:
    break;
  }
}

static void role_ike_hook(void *context, const struct node_event *event) {
  struct role_ike *ike = context;
  struct node_event told = *event;
  char name[NAME_MAX];
  name_as_text(&told, name);
  report_event(ike->report, &told);
  role_ike_count(ike, event);
  if (ike->report->show_keys && event->secret_name != NULL &&
      strcmp(event->secret_name, "ikev2_keys") == 0)
    tell_table_line(ike, event);
}

/* The course */

static bool is_initiator(const struct settings *settings) {
  return settings_has(&settings->ike.remote);
}

static void tell_child(const struct role_ike *ike) {
  static const char *const modes[] = {[IKEV2_CHILD_NONE] = "none",
                                      [IKEV2_CHILD_TRANSPORT] = "transport",
                                      [IKEV2_CHILD_TUNNEL] = "tunnel"};
  struct ikev2_child child;
  if (ikev2_host_child(ike->live.node, &child))
    report_note(ike->report, &ike->settings->ike.remote.address, "child", "%s, %s IV, ESP %s",
                modes[child.mode], child.suite == IKEV2_ESP_AES_CCM_8 ? "explicit" : "implicit",
                child.in_udp ? "in UDP" : "as a protocol of IP");
}

static bool role_ike_probe(struct role_ike *ike) {
  const uint64_t octets = ike->settings->ike.echo_bytes, now_ns = loop_now_ns();
  const int error = ikev2_host_probe(ike->live.node, (size_t)octets, now_ns);
  if (error < 0) {
    report_error(ike->report, "no probe: %s", node_error_name(error));
    return false;
  }
  ike->asked_ns = now_ns;
  ike->probes = true;
  ike->probe_count++;
  loop_drain(&ike->loop, &ike->live);
  return true;
}

static void tell_round_trip(struct role_ike *ike) {
  const double passed_ms = (double)(loop_now_ns() - ike->asked_ns) / 1e6;
  if (ike->answered)
    report_note(ike->report, &ike->settings->ike.remote.address, "echo",
                "%llu octets came back after %.3f ms",
                (unsigned long long)ike->settings->ike.echo_bytes, passed_ms);
  ike->answered_count += ike->answered;
}

/* False: it is time to end. */
static bool attend_initiator(struct role_ike *ike, bool *confirmed) {
  const struct settings *settings = ike->settings;
  if (ike->failed > 0 || ike->closed > 0)
    return false;
  if (ike->confirmed == 0)
    return true;
  if (!*confirmed)
    tell_child(ike);
  else if (ike->probe_count > 0 && !ike->probes && ike->asked_ns != 0) {
    tell_round_trip(ike);
    ike->asked_ns = 0;
  }
  *confirmed = true;
  if (ike->probes)
    return true;
  if (ike->probe_count < settings->ike.echo_count)
    return role_ike_probe(ike);
  return settings->stay;
}

static bool attend_responder(const struct role_ike *ike) {
  return !ike->settings->ike.once || ike->failed + ike->closed == 0;
}

static bool role_ike_attend(struct role_ike *ike, bool *confirmed) {
  if (ike->live.error != 0) {
    report_error(ike->report, "cannot go on: %s", node_error_name(ike->live.error));
    return false;
  }
  return is_initiator(ike->settings) ? attend_initiator(ike, confirmed) : attend_responder(ike);
}

static bool has_sas(const struct role_ike *ike) {
  const struct ikev2_host_load load = ikev2_host_load(ike->live.node);
  return load.half_open + load.established > 0;
}

/* Deletes what stands, and waits for the answers, or for another signal. */
static void role_ike_finish(struct role_ike *ike) {
  const uint64_t until_ns = loop_now_ns() + ENDING_MS * NODE_MS;
  if (!ike->settings->ike.deletes || ike->live.error != 0)
    return;
  loop_forget_signals(&ike->loop);
  ikev2_host_delete(ike->live.node, loop_now_ns());
  loop_drain(&ike->loop, &ike->live);
  while (ike->live.error == 0 && has_sas(ike) && loop_now_ns() < until_ns)
    if (!loop_step(&ike->loop, until_ns))
      break;
}

static int initiator_status(const struct role_ike *ike, bool ended_early) {
  const struct settings_ike *set = &ike->settings->ike;
  return ike->confirmed > 0 && !ended_early && ike->answered_count == set->echo_count
             ? EXIT_SUCCESS
             : EXIT_FAILURE;
}

static int responder_status(const struct role_ike *ike) {
  const bool missed = ike->settings->ike.once && ike->confirmed == 0;
  return ike->live.error != 0 || missed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void tell_end(const struct role_ike *ike) {
  const struct ikev2_host_load load = ikev2_host_load(ike->live.node);
  report_note(ike->report, NULL, "ended",
              "confirmed %llu, failed %llu, closed %llu, cookies %llu, echoes served %llu, "
              "answered %llu of %llu",
              (unsigned long long)ike->confirmed, (unsigned long long)ike->failed,
              (unsigned long long)ike->closed, (unsigned long long)load.cookies,
              (unsigned long long)ike->served, (unsigned long long)ike->answered_count,
              (unsigned long long)ike->probe_count);
}

/* Returns the exit status. */
static int role_ike_run(struct role_ike *ike) {
  bool confirmed = false;
  loop_add(&ike->loop, &ike->live);
  if (is_initiator(ike->settings))
    ike->live.error = ikev2_host_begin(ike->live.node, loop_now_ns());
  else
    report_note(ike->report, &ike->sockets[SOCKET_IKE].local, "listening",
                "until SIGINT or SIGTERM");
  loop_drain(&ike->loop, &ike->live);
  while (role_ike_attend(ike, &confirmed))
    if (!loop_step(&ike->loop, NODE_NEVER))
      break;
  const bool ended_early = ike->closed > 0;
  role_ike_finish(ike);
  tell_end(ike);
  return is_initiator(ike->settings) ? initiator_status(ike, ended_early) : responder_status(ike);
}

/* Setting up */

/* Whether a set has more than one member. */
static bool is_list(unsigned set) {
  return (set & (set - 1)) != 0;
}

/* NULL, or why nobody can be sent anything there. */
static const char *remote_lack(const struct udp_address *remote, const struct udp_address *bound) {
  const bool is_bound = !udp_is_any(&bound->address);
  if (udp_is_any(&remote->address))
    return "--remote has to be the address of a host";
  if (remote->address.port == 0)
    return "--remote has to have a port";
  return is_bound && udp_is_ipv4(&bound->address) != udp_is_ipv4(&remote->address)
             ? "--bind and --remote are addresses of two families"
             : NULL;
}

/* NULL, or what is missing. */
static const char *role_ike_lack(const struct settings *settings) {
  const struct settings_ike *ike = &settings->ike;
  if (ike->identity.length == 0)
    return "--identity is needed, as key_id:00112233 or fqdn:node.example";
  if (ike->psk.length == 0)
    return "--psk is needed, as 0x000102030405060708090a0b0c0d0e0f or a text";
  if (ike->child == IKEV2_CHILD_NONE && ike->echo_count > 0)
    return "--echo-count needs --child";
  const bool is_remote_given = is_initiator(settings) || ike->remote.address.port != 0;
  const char *lack = is_remote_given ? remote_lack(&ike->remote, &settings->bind) : NULL;
  if (lack != NULL)
    return lack;
  if (!is_initiator(settings))
    return ike->echo_count > 0 || settings->stay ? "--echo-count and --stay need --remote" : NULL;
  if (udp_is_link_local(&ike->remote.address) &&
      (ike->child != IKEV2_CHILD_NONE || ike->nat != IKEV2_NAT_OFF))
    return "to a link-local address there is neither --child nor --nat: what is said of addresses "
           "inside has no interface";
  if (is_list(ike->proposals) || is_list(ike->esp_suites))
    return "an initiator offers one --proposal and one --esp-iv";
  return ike->once ? "--once is a responder's" : NULL;
}

/* -1, with an error shown. */
static int open_udp(struct role_ike *ike, const struct udp_address *address) {
  struct udp_socket *udp = &ike->sockets[ike->socket_count];
  char text[UDP_TEXT_MAX];
  if (udp_open(udp, address, &ike->settings->ike.remote) < 0) {
    report_error(ike->report, "cannot use %s: %s", udp_address_text(&address->address, text),
                 strerror(errno));
    return -1;
  }
  ike->socket_count++;
  return 0;
}

/* -1, with an error shown. A family that the system, or the address, does not have is left out. */
static int open_raw(struct role_ike *ike, bool ipv4) {
  const struct udp_address *bound = &ike->settings->bind;
  const bool is_any = udp_is_any(&bound->address);
  if (!is_any && udp_is_ipv4(&bound->address) != ipv4)
    return 0;
  if (udp_open_raw(&ike->sockets[ike->socket_count], NODE_ESP, ipv4, bound,
                   &ike->settings->ike.remote) == 0) {
    ike->socket_count++;
    return 0;
  }
  if (errno == EAFNOSUPPORT)
    return 0;
  report_error(ike->report,
               "no raw socket for ESP: %s; ESP as a protocol of IP needs root or CAP_NET_RAW, ESP "
               "in UDP does not: --nat force at one end, and detect or force at the other",
               strerror(errno));
  return -1;
}

/* -1, with an error shown. */
static int role_ike_open(struct role_ike *ike) {
  const struct settings *settings = ike->settings;
  struct udp_address encapsulated = settings->bind;
  encapsulated.address.port = IKEV2_PORT_ENCAPSULATED;
  if (open_udp(ike, &settings->bind) < 0)
    return -1;
  if (settings->ike.nat != IKEV2_NAT_OFF && ike->sockets[SOCKET_IKE].local.port == IKEV2_PORT &&
      open_udp(ike, &encapsulated) < 0)
    return -1;
  if (settings->ike.child == IKEV2_CHILD_NONE || settings->ike.nat == IKEV2_NAT_FORCE)
    return 0;
  return open_raw(ike, false) < 0 ? -1 : open_raw(ike, true);
}

/* -1, with an error shown. */
static int find_local(const struct role_ike *ike, struct node_address *local) {
  *local = ike->sockets[SOCKET_IKE].local;
  if (!is_initiator(ike->settings) || !udp_is_any(local))
    return 0;
  const uint16_t port = local->port;
  if (udp_source_towards(&ike->settings->ike.remote, local) < 0) {
    report_error(ike->report, "no way to the remote: %s", strerror(errno));
    return -1;
  }
  local->port = port;
  return 0;
}

static struct node *role_ike_create(const struct role_ike *ike, const struct node_address *local) {
  const struct settings *settings = ike->settings;
  const struct settings_ike *set = &settings->ike;
  const bool initiator = is_initiator(settings);
  const uint16_t port = initiator ? set->remote.address.port : local->port;
  const struct ikev2_host_config config = {
      .ike = {.initiator = initiator,
              .local = *local,
              .remote = set->remote.address,
              .phase = NODE_PHASE_SECURE,
              .marker = port != IKEV2_PORT,
              .proposals = set->proposals,
              .nonce_bytes = (size_t)set->nonce_bytes,
              .local_id = ike_id_of(&set->identity),
              .remote_id = ike_id_of(&set->remote_identity),
              .names_responder = initiator && set->remote_identity.length > 0,
              .psk = set->psk.octets,
              .psk_length = set->psk.length,
              .child = (enum ikev2_child_mode)set->child,
              .childless = set->childless || set->child == IKEV2_CHILD_NONE,
              .esp_suites = set->esp_suites,
              .nat = (enum ikev2_nat)set->nat,
              .initial_contact = set->initial_contact,
              .cookie = set->cookie,
              .timeout_ms = (uint32_t)set->retry_ms},
      .sas_max = initiator ? 1 : (size_t)set->sas_max,
      .half_open_max = (size_t)settings->half_open_max,
      .address_max = (size_t)settings->address_max,
      .liveness_s = (uint32_t)set->liveness_s,
  };
  return ikev2_host_create(&config, &ike->hooks);
}

/* -1, with an error shown. */
static int role_ike_init(struct role_ike *ike) {
  struct node_address local;
  if (loop_init(&ike->loop, 1, SOCKETS_MAX, ike->report) < 0) {
    report_error(ike->report, "no memory or files left");
    return -1;
  }
  if (role_ike_open(ike) < 0 || find_local(ike, &local) < 0)
    return -1;
  ike->live = (struct loop_node){.node = role_ike_create(ike, &local),
                                 .sockets = ike->sockets,
                                 .socket_count = ike->socket_count};
  if (ike->live.node == NULL)
    report_error(ike->report, "this end cannot be set up so");
  return ike->live.node == NULL ? -1 : 0;
}

int role_ike(const struct settings *settings, const struct report *report) {
  struct role_ike ike = {.settings = settings, .report = report};
  const char *lack = role_ike_lack(settings);
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  ike.hooks = (struct node_hooks){.context = &ike, .random = loop_random, .event = role_ike_hook};
  const int status = role_ike_init(&ike) < 0 ? EXIT_FAILURE : role_ike_run(&ike);
  node_destroy(ike.live.node);
  for (size_t i = 0; i < ike.socket_count; i++)
    udp_close(&ike.sockets[i]);
  loop_deinit(&ike.loop);
  return status;
}
