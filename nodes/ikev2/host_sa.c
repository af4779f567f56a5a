/* The IKE SAs of a host: where they are found, and what becomes of them. */
#include "host_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

struct host_sa *host_sa_open(struct host *host, const struct ikev2_config *config,
                             const uint8_t *opening, uint64_t now_ns) {
  struct host_sa *sa = calloc(1, sizeof *sa);
  if (sa == NULL)
    return NULL;
  sa->host = host;
  sa->local = config->local;
  sa->remote = config->remote;
  sa->heard_ns = now_ns;
  sa->deadline.owner = sa;
  sa->ike = ikev2_create(config, host->hooks, now_ns);
  if (sa->ike == NULL) {
    free(sa);
    return NULL;
  }
  list_append(&host->half_open, &sa->in_order, sa);
  table_add(&host->by_address, &sa->by_address, sa, sa->remote.ip, sizeof sa->remote.ip);
  if (opening != NULL)
    host_sa_index(sa, opening);
  return sa;
}

void host_sa_index(struct host_sa *sa, const uint8_t *message) {
  if (sa->by_spi.owner == NULL)
    table_add(&sa->host->by_spi, &sa->by_spi, sa, message, IKEV2_SPI_LENGTH);
}

struct host_sa *host_sa_find(struct host *host, const uint8_t *data, size_t length) {
  const bool opens = ikev2_opens(data, length);
  struct host_sa *sa = table_first(&host->by_spi, data, IKEV2_SPI_LENGTH);
  while (sa != NULL && !(opens ? ikev2_has_opened : ikev2_is_of)(sa->ike, data, length))
    sa = table_next(&sa->by_spi);
  return sa;
}

size_t host_sa_count_of(const struct host *host, const struct node_address *remote) {
  size_t count = 0;
  const struct host_sa *sa = table_first(&host->by_address, remote->ip, sizeof remote->ip);
  for (; sa != NULL; sa = table_next(&sa->by_address))
    count += memcmp(sa->remote.ip, remote->ip, sizeof remote->ip) == 0;
  return count;
}

/* What becomes of it */

/* No more half open. */
static void sa_settle(struct host_sa *sa) {
  list_remove(&sa->in_order);
  table_remove(&sa->host->by_address, &sa->by_address);
}

static bool is_of_same_end(const struct host_sa *a, const struct host_sa *b) {
  struct ikev2_id id_a, id_b;
  return ikev2_remote_id(a->ike, &id_a) && ikev2_remote_id(b->ike, &id_b) &&
         id_a.type == id_b.type && id_a.length == id_b.length &&
         memcmp(id_a.octets, id_b.octets, id_a.length) == 0;
}

/* Section 2.4: who says that this is its first IKE SA has lost the others. */
static void sa_replace_others(const struct host_sa *sa) {
  for (struct list_link *next, *link = sa->host->open.first; link != NULL; link = next) {
    struct host_sa *other = link->owner;
    next = link->next;
    if (other == sa || !is_of_same_end(other, sa))
      continue;
    host_sa_end(other, "replaced");
    host_sa_free(other);
  }
}

/* The datagram by which it was confirmed has verified: from there and to there goes ESP, too. */
static void sa_confirm(struct host_sa *sa, const struct node_datagram *arrived, uint64_t now_ns) {
  struct host *const host = sa->host;
  struct ikev2_id id;
  sa->confirmed = true;
  sa->heard_ns = now_ns;
  sa_settle(sa);
  list_append(&host->open, &sa->in_order, sa);
  sa->local = arrived->destination;
  sa->remote = arrived->source;
  if (ikev2_is_only(sa->ike))
    sa_replace_others(sa);
  if (ikev2_remote_id(sa->ike, &id))
    node_event_confirmed(host->hooks, host->config.ike.phase, &sa->remote, "IKEv2", id.octets,
                         id.length);
  host_child_make(sa);
}

void host_sa_end(struct host_sa *sa, const char *reason) {
  if (sa->ended)
    return;
  sa->ended = true;
  sa_settle(sa);
  host_child_free(sa);
  host_tell(sa->host, sa->confirmed ? NODE_EVENT_CLOSED : NODE_EVENT_FAILED, &sa->remote, reason);
}

uint64_t host_sa_liveness_ns(const struct host_sa *sa) {
  const uint64_t interval_ns = sa->host->config.liveness_s * NODE_SECOND;
  return interval_ns == 0 || ikev2_state(sa->ike) != IKEV2_ESTABLISHED || ikev2_is_asking(sa->ike)
             ? NODE_NEVER
             : sa->heard_ns + interval_ns;
}

/* A Delete, where nothing is in its way. */
static void sa_leave(struct host_sa *sa, uint64_t now_ns) {
  if (!sa->leaves || ikev2_state(sa->ike) != IKEV2_ESTABLISHED || ikev2_is_asking(sa->ike))
    return;
  if (ikev2_delete(sa->ike, now_ns) != 0)
    host_sa_end(sa, "forgotten");
}

void host_sa_look(struct host_sa *sa, const struct node_datagram *arrived, uint64_t now_ns) {
  struct host *const host = sa->host;
  sa_leave(sa, now_ns);
  const enum ikev2_state state = ikev2_state(sa->ike);
  if (state == IKEV2_ESTABLISHED && !sa->confirmed && arrived != NULL)
    sa_confirm(sa, arrived, now_ns);
  if (state == IKEV2_FAILED)
    host_sa_end(sa, ikev2_reason(sa->ike));
  const uint64_t liveness_ns = host_sa_liveness_ns(sa), expiry_ns = ikev2_expiry(sa->ike);
  deadline_set(&host->deadlines, &sa->deadline, liveness_ns < expiry_ns ? liveness_ns : expiry_ns);
  if (sa->to_write.in == NULL)
    list_append(&host->writers, &sa->to_write, sa);
}

void host_sa_free(struct host_sa *sa) {
  struct host *const host = sa->host;
  host_child_free(sa);
  list_remove(&sa->in_order);
  list_remove(&sa->to_write);
  table_remove(&host->by_spi, &sa->by_spi);
  table_remove(&host->by_address, &sa->by_address);
  deadline_set(&host->deadlines, &sa->deadline, NODE_NEVER);
  if (host->own == sa)
    host->own = NULL;
  ikev2_destroy(sa->ike);
  free(sa);
}
