/* A host of IKEv2: the node contract, who is let in, and what departs. */
#include "host.h"
#include "host_state.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops HOST_OPS;

static struct host *host_of(struct node *node) {
  assert(node->ops == &HOST_OPS);
  return (struct host *)node;
}

static const struct host *host_of_const(const struct node *node) {
  assert(node->ops == &HOST_OPS);
  return (const struct host *)node;
}

void host_tell(const struct host *host, enum node_event_type type,
               const struct node_address *remote, const char *label) {
  node_event(host->hooks, host->config.ike.phase, type, remote, label);
}

struct ikev2_host_load ikev2_host_load(const struct node *node) {
  const struct host *host = host_of_const(node);
  return (struct ikev2_host_load){.half_open = host->half_open.count,
                                  .established = host->open.count,
                                  .cookies = host->cookies};
}

bool ikev2_host_child(const struct node *node, struct ikev2_child *child) {
  const struct host *host = host_of_const(node);
  if (host->own == NULL || host->own->child == NULL)
    return false;
  *child = host->own->child->agreed;
  return true;
}

/* Who begins */

static int host_discard(const struct host *host, const struct node_datagram *datagram,
                        const char *why) {
  host_tell(host, NODE_EVENT_DISCARDED, &datagram->source, why);
  return 0;
}

static bool host_wants_cookie(const struct host *host, const struct node_address *remote) {
  const struct ikev2_host_config *config = &host->config;
  return config->ike.cookie || host->half_open.count >= config->half_open_max ||
         (config->address_max > 0 && host_sa_count_of(host, remote) >= config->address_max);
}

/* A place for one more, if need be of who has waited longest. */
static bool host_make_room(struct host *host) {
  struct host_sa *oldest = list_first(&host->half_open);
  if (host->half_open.count + host->open.count < host->config.sas_max)
    return true;
  if (oldest == NULL)
    return false;
  host_sa_end(oldest, "gave way");
  host_sa_free(oldest);
  return true;
}

/* An endpoint that has not begun has answered with a cookie, or an error, or not at all: it stays
 * until that has departed, or to the next of its kind. */
static void host_pass(struct host *host, struct host_sa *sa) {
  ikev2_destroy(host->stranger);
  host->stranger = sa->ike;
  sa->ike = NULL;
  host_sa_free(sa);
  host->cookies++;
}

static int read_opening(struct host *host, const struct node_datagram *datagram,
                        const uint8_t *message, uint64_t now_ns) {
  struct ikev2_config config = host->config.ike;
  if (config.initiator)
    return host_discard(host, datagram, "IKE_SA_INIT request to an initiator");
  if (host->half_open.count == 0 && host->open.count >= host->config.sas_max)
    return host_discard(host, datagram, "IKE_SA_INIT request, and all places are taken");
  config.local = datagram->destination;
  config.remote = datagram->source;
  config.cookie = host_wants_cookie(host, &datagram->source);
  config.cookie_secret = host->cookie_secret;
  config.marker = config.marker || message != datagram->data;
  struct host_sa *sa = host_sa_open(host, &config, message, now_ns);
  if (sa == NULL)
    return host_discard(host, datagram, node_error_name(NODE_ERR_EXHAUSTED));
  const int error = ikev2_receive(sa->ike, datagram, now_ns);
  if (error == 0 && ikev2_state(sa->ike) == IKEV2_BEGINNING) {
    host_pass(host, sa);
    return 0;
  }
  list_remove(&sa->in_order);
  const bool has_room = host_make_room(host);
  list_append(&host->half_open, &sa->in_order, sa);
  if (error != 0 || !has_room) {
    host_sa_free(sa);
    return error == NODE_ERR_EXHAUSTED ? 0 : error;
  }
  host_tell(host, NODE_EVENT_STARTED, &sa->remote, "initiator");
  host_sa_look(sa, NULL, now_ns);
  return 0;
}

/* Arrival */

/* Whether messages have the marker where this came to (RFC 7296 section 2.23). */
static bool is_marked_port(const struct host *host, uint16_t port) {
  const struct ikev2_config *ike = &host->config.ike;
  return ike->marker || (ike->nat != IKEV2_NAT_OFF && port == IKEV2_PORT_ENCAPSULATED);
}

static int read_message(struct host *host, const struct node_datagram *datagram, size_t skipped,
                        uint64_t now_ns) {
  const uint8_t *message = datagram->data + skipped;
  const size_t length = datagram->length - skipped;
  if (length < 2 * IKEV2_SPI_LENGTH)
    return host_discard(host, datagram, "IKEv2 message that is too short");
  struct host_sa *sa = host_sa_find(host, message, length);
  if (sa == NULL)
    return ikev2_opens(message, length)
               ? read_opening(host, datagram, message, now_ns)
               : host_discard(host, datagram, "IKEv2 message of no IKE SA");
  const bool asked = ikev2_is_asking(sa->ike);
  const int error = ikev2_receive(sa->ike, datagram, now_ns);
  if (asked && !ikev2_is_asking(sa->ike)) /* what it waited for has verified */
    sa->heard_ns = now_ns;
  host_sa_look(sa, datagram, now_ns);
  return error == NODE_ERR_EXHAUSTED ? 0 : error;
}

static int host_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  static const uint8_t marker[IKEV2_MARKER_LENGTH];
  enum { KEEPALIVE = 0xff }; /* RFC 3948 section 2.3 */
  struct host *host = host_of(node);
  const bool marked = is_marked_port(host, datagram->destination.port);
  if (datagram->protocol == NODE_ESP)
    return host_child_read(host, datagram, now_ns);
  if (!marked)
    return read_message(host, datagram, 0, now_ns);
  if (datagram->length == 1 && datagram->data[0] == KEEPALIVE)
    return 0;
  if (datagram->length < sizeof marker)
    return host_discard(host, datagram, "neither IKEv2 with its marker nor ESP");
  return memcmp(datagram->data, marker, sizeof marker) == 0
             ? read_message(host, datagram, sizeof marker, now_ns)
             : host_child_read(host, datagram, now_ns);
}

/* Departure */

static int write_stranger(struct host *host, struct node_datagram *datagram, uint64_t now_ns) {
  const int result = host->stranger == NULL ? 0 : ikev2_write(host->stranger, datagram, now_ns);
  if (result <= 0) {
    ikev2_destroy(host->stranger);
    host->stranger = NULL;
  }
  return result;
}

static int write_sa(struct host_sa *sa, struct node_datagram *datagram, uint64_t now_ns) {
  const int result = ikev2_write(sa->ike, datagram, now_ns);
  if (result == 1) { /* an initiator's SPI is told by its first message */
    host_sa_index(sa, datagram->data + (sa->host->config.ike.marker ? IKEV2_MARKER_LENGTH : 0));
    host_sa_look(sa, NULL, now_ns);
    return 1;
  }
  list_remove(&sa->to_write);
  if (sa->ended)
    host_sa_free(sa);
  return result;
}

static int host_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct host *host = host_of(node);
  int result = write_stranger(host, datagram, now_ns);
  for (struct host_sa *sa; result == 0 && (sa = list_first(&host->writers)) != NULL;)
    result = write_sa(sa, datagram, now_ns);
  return result != 0 ? result : host_packet_write(host, datagram);
}

/* Time */

static uint64_t host_expiry(const struct node *node) {
  const struct host *host = host_of_const(node);
  const uint64_t sas_ns = deadline_next_ns(&host->deadlines);
  return sas_ns < host->probe.until_ns ? sas_ns : host->probe.until_ns;
}

static int wake_sa(struct host_sa *sa, uint64_t now_ns) {
  int error = 0;
  if (ikev2_expiry(sa->ike) <= now_ns)
    error = ikev2_handle_expiry(sa->ike, now_ns);
  else if (host_sa_liveness_ns(sa) <= now_ns)
    error = ikev2_check_liveness(sa->ike, now_ns);
  if (error == NODE_ERR_BUSY || error == NODE_ERR_EXHAUSTED) {
    sa->heard_ns = now_ns;
    error = 0;
  }
  host_sa_look(sa, NULL, now_ns);
  return error;
}

static int host_handle_expiry(struct node *node, uint64_t now_ns) {
  struct host *host = host_of(node);
  int error = 0;
  while (error == 0 && deadline_next_ns(&host->deadlines) <= now_ns)
    error = wake_sa(deadline_next(&host->deadlines)->owner, now_ns);
  if (host->probe.until_ns <= now_ns)
    host_probe_end(host, "no answer in time");
  return error;
}

/* What is asked for */

int ikev2_host_begin(struct node *node, uint64_t now_ns) {
  struct host *host = host_of(node);
  if (host->own != NULL)
    return NODE_ERR_BUSY;
  host->own = host_sa_open(host, &host->config.ike, NULL, now_ns);
  if (host->own == NULL)
    return NODE_ERR_EXHAUSTED;
  host_tell(host, NODE_EVENT_STARTED, &host->own->remote, "initiator");
  host_sa_look(host->own, NULL, now_ns);
  return 0;
}

int ikev2_host_check(struct node *node, uint64_t now_ns) {
  struct host *host = host_of(node);
  for (struct list_link *link = host->open.first; link != NULL; link = link->next) {
    struct host_sa *sa = link->owner;
    const int error = ikev2_check_liveness(sa->ike, now_ns);
    if (error != 0 && error != NODE_ERR_BUSY)
      return error;
    host_sa_look(sa, NULL, now_ns);
  }
  return 0;
}

void ikev2_host_delete(struct node *node, uint64_t now_ns) {
  struct host *host = host_of(node);
  for (struct host_sa *sa; (sa = list_first(&host->half_open)) != NULL;) {
    host_sa_end(sa, "forgotten");
    host_sa_free(sa);
  }
  for (struct list_link *next, *link = host->open.first; link != NULL; link = next) {
    struct host_sa *sa = link->owner;
    next = link->next;
    sa->leaves = true;
    host_sa_look(sa, NULL, now_ns);
  }
}

/* Life */

static void host_destroy(struct node *node) {
  struct host *host = host_of(node);
  for (struct host_sa *sa; (sa = list_first(&host->writers)) != NULL;)
    host_sa_free(sa);
  for (struct host_sa *sa; (sa = list_first(&host->half_open)) != NULL;)
    host_sa_free(sa);
  for (struct host_sa *sa; (sa = list_first(&host->open)) != NULL;)
    host_sa_free(sa);
  ikev2_destroy(host->stranger);
  kept_wipe(&host->packet.octets);
  table_deinit(&host->by_spi);
  table_deinit(&host->by_address);
  table_deinit(&host->by_esp);
  deadline_heap_deinit(&host->deadlines);
  crypto_wipe(host, sizeof *host);
  free(host);
}

static bool host_init_tables(struct host *host) {
  const size_t most = host->config.sas_max + 1; /* one that has not found its place yet */
  struct hash_key key;
  node_random(host->hooks, (uint8_t *)&key, sizeof key);
  return table_init(&host->by_spi, most, &key) && table_init(&host->by_address, most, &key) &&
         table_init(&host->by_esp, most, &key) && deadline_heap_init(&host->deadlines, most);
}

static bool host_accepts(const struct ikev2_host_config *config) {
  return config->sas_max > 0 && (config->ike.initiator || config->half_open_max > 0);
}

struct node *ikev2_host_create(const struct ikev2_host_config *config,
                               const struct node_hooks *hooks) {
  struct host *host = host_accepts(config) ? calloc(1, sizeof *host) : NULL;
  if (host == NULL)
    return NULL;
  host->node.ops = &HOST_OPS;
  host->config = *config;
  host->hooks = hooks;
  host->probe.until_ns = NODE_NEVER;
  node_random(hooks, host->cookie_secret, sizeof host->cookie_secret);
  if (host_init_tables(host))
    return &host->node;
  host_destroy(&host->node);
  return NULL;
}

static const struct node_ops HOST_OPS = {
    .read = host_read,
    .write = host_write,
    .expiry = host_expiry,
    .handle_expiry = host_handle_expiry,
    .destroy = host_destroy,
};
