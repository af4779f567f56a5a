/* PRY in and out of datagrams, and the node that carries them. */
#include "relay.h"

#include <stdlib.h>
#include <string.h>

enum {
  IPV6_LENGTH = 16,
  IPV4_LENGTH = 4,
  IPV4_OFFSET = IPV6_LENGTH - IPV4_LENGTH,
  PORT_LENGTH = 2
};

static const uint8_t MAPPED[IPV4_OFFSET] = {[10] = 0xff, 0xff}; /* ::ffff:0:0/96 */

/* One datagram at a time: the one that is to depart. */
struct pana_relay {
  struct node node;
  struct lower_relay_config config;
  const struct node_hooks *hooks;
  struct node_datagram out; /* of `octets` */
  bool waits;
  uint8_t octets[NODE_DATAGRAM_MAX];
};

/* PaC-Information */

static size_t write_pac(const struct node_address *pac, uint8_t out[IPV6_LENGTH + PORT_LENGTH]) {
  const size_t from = memcmp(pac->ip, MAPPED, sizeof MAPPED) == 0 ? IPV4_OFFSET : 0;
  const size_t length = IPV6_LENGTH - from;
  memcpy(out, pac->ip + from, length);
  out[length] = (uint8_t)(pac->port >> 8);
  out[length + 1] = (uint8_t)pac->port;
  return length + PORT_LENGTH;
}

/* Whether a datagram can be sent there, to one host. */
static bool is_host(const struct node_address *address) {
  static const uint8_t zeros[IPV6_LENGTH] = {0};
  const bool mapped = memcmp(address->ip, MAPPED, sizeof MAPPED) == 0;
  const uint8_t first = address->ip[mapped ? IPV4_OFFSET : 0];
  const bool one = mapped ? first > 0 && first < 224 : first != 0xff;
  return address->port != 0 && one && memcmp(address->ip, zeros, sizeof zeros) != 0;
}

static bool read_pac(const struct pana_avp *avp, struct node_address *pac) {
  const size_t length = avp->length - PORT_LENGTH;
  if (length != IPV6_LENGTH && length != IPV4_LENGTH)
    return false;
  memset(pac, 0, sizeof *pac);
  if (length == IPV4_LENGTH)
    memcpy(pac->ip, MAPPED, sizeof MAPPED);
  memcpy(pac->ip + IPV6_LENGTH - length, avp->value, length);
  pac->port = (uint16_t)(avp->value[length] << 8 | avp->value[length + 1]);
  return is_host(pac);
}

/* PRY */

const char *pana_relay_open(const struct pana_message *pry, struct node_address *pac,
                            struct pana_message *inner) {
  if (pry->kind != PANA_PRY)
    return "PANA message of no relay";
  if (pry->session != 0 || pry->sequence != 0)
    return "PANA PRY has a session or a number";
  if (!read_pac(pana_find(pry, PANA_AVP_PAC_INFORMATION), pac))
    return "PANA PaC-Information names no host";
  const struct pana_avp *relayed = pana_find(pry, PANA_AVP_RELAYED_MESSAGE);
  const char *why = pana_message_parse(relayed->value, relayed->length, inner);
  if (why != NULL)
    return why;
  if (inner->length != relayed->length)
    return "PANA Relayed-Message is not one message";
  return inner->kind == PANA_PRY ? "PANA PRY in PANA PRY" : NULL;
}

/* The rows of a message that came, where they are known. */
static struct span_list rows_of(const struct node_datagram *datagram, size_t length) {
  if (span_list_length(&datagram->spans) == length)
    return datagram->spans;
  return (struct span_list){.item = {{ROW_PANA_RELAYED_MESSAGE, (uint16_t)length}}, .count = 1};
}

static int write_pry(struct node_datagram *out, const struct node_address *pac,
                     const uint8_t *inner, size_t length, const struct span_list *rows) {
  uint8_t information[IPV6_LENGTH + PORT_LENGTH];
  struct span_writer writer;
  span_writer_init(&writer, out->data, out->capacity, &out->spans);
  pana_write_header(&writer, PANA_PRY, 0, 0);
  pana_write_avp(&writer, PANA_AVP_PAC_INFORMATION, information, write_pac(pac, information));
  pana_write_inner(&writer, PANA_AVP_RELAYED_MESSAGE, inner, length, rows);
  out->length = writer.length;
  out->serves = *pac;
  return pana_write_end(&writer);
}

int pana_relay_wrap(struct node_datagram *datagram, const struct node_address *pac,
                    const struct node_address *to) {
  uint8_t inner[NODE_DATAGRAM_MAX];
  const size_t length = datagram->length;
  const struct span_list rows = rows_of(datagram, length);
  if (length > sizeof inner)
    return NODE_ERR_TOO_LONG;
  memcpy(inner, datagram->data, length);
  datagram->destination = *to;
  return write_pry(datagram, pac, inner, length, &rows);
}

/* The node */

static int relay_discard(const struct pana_relay *relay, const struct node_datagram *datagram,
                         const char *why) {
  node_event(relay->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, &datagram->source, why);
  return 0;
}

static void relay_depart(struct pana_relay *relay, const struct node_address *from,
                         const struct node_address *to, enum pana_kind kind) {
  relay->out.source = *from;
  relay->out.destination = *to;
  relay->out.label = pana_label(kind);
  relay->out.phase = NODE_PHASE_AUTHENTICATION;
  relay->out.part = pana_is_request(kind) ? NODE_PART_REQUEST : NODE_PART_RESPONSE;
  relay->waits = true;
}

static int relay_up(struct pana_relay *relay, const struct node_datagram *datagram,
                    const struct pana_message *message) {
  if (message->kind == PANA_PRY)
    return relay_discard(relay, datagram, "PANA PRY of a PaC");
  if (!is_host(&datagram->source))
    return relay_discard(relay, datagram, "from no host's address");
  const struct span_list rows = rows_of(datagram, message->length);
  if (write_pry(&relay->out, &datagram->source, message->data, message->length, &rows) < 0)
    return relay_discard(relay, datagram, "too long for PANA PRY");
  relay_depart(relay, &relay->config.uplink, &relay->config.authenticator, message->kind);
  return 0;
}

/* The rows of what was inside, which are the last but padding. */
static void relay_write_rows(struct pana_relay *relay, const struct node_datagram *datagram,
                             size_t before, size_t length) {
  const struct span_list *all = &datagram->spans;
  struct span_list *rows = &relay->out.spans;
  size_t at = 0;
  *rows = (struct span_list){.count = 0};
  for (size_t i = 0; i < all->count; at += all->item[i++].length) {
    const size_t end = at + all->item[i].length;
    const size_t from = at > before ? at : before;
    const size_t to = end < before + length ? end : before + length;
    if (to > from)
      (void)span_list_add(rows, all->item[i].row, to - from);
  }
  if (span_list_length(rows) != length) {
    *rows = (struct span_list){.count = 0};
    (void)span_list_add(rows, ROW_PANA_RELAYED_MESSAGE, length);
  }
}

static int relay_down(struct pana_relay *relay, const struct node_datagram *datagram,
                      const struct pana_message *message) {
  struct node_address pac;
  struct pana_message inner;
  if (!node_address_equal(&datagram->source, &relay->config.authenticator))
    return relay_discard(relay, datagram, "PANA PRY not of the PAA");
  const char *why = pana_relay_open(message, &pac, &inner);
  if (why != NULL)
    return relay_discard(relay, datagram, why);
  memcpy(relay->octets, inner.data, inner.length);
  relay->out.length = inner.length;
  memset(&relay->out.serves, 0, sizeof relay->out.serves);
  relay_write_rows(relay, datagram, (size_t)(inner.data - datagram->data), inner.length);
  relay_depart(relay, &relay->config.local, &pac, inner.kind);
  return 0;
}

static int relay_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct pana_relay *relay = (struct pana_relay *)node;
  (void)now_ns;
  struct pana_message message;
  const char *why = pana_message_parse(datagram->data, datagram->length, &message);
  relay->waits = false;
  if (why != NULL)
    return relay_discard(relay, datagram, why);
  if (datagram->destination.port == relay->config.uplink.port)
    return relay_down(relay, datagram, &message);
  return relay_up(relay, datagram, &message);
}

static int relay_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct pana_relay *relay = (struct pana_relay *)node;
  (void)now_ns;
  if (!relay->waits)
    return 0;
  if (datagram->capacity < relay->out.length)
    return NODE_ERR_TOO_LONG;
  uint8_t *const data = datagram->data;
  const size_t capacity = datagram->capacity;
  memcpy(data, relay->octets, relay->out.length);
  *datagram = relay->out;
  datagram->data = data;
  datagram->capacity = capacity;
  relay->waits = false;
  return 1;
}

static uint64_t relay_expiry(const struct node *node) {
  (void)node;
  return NODE_NEVER;
}

static int relay_handle_expiry(struct node *node, uint64_t now_ns) {
  (void)node, (void)now_ns;
  return 0;
}

static void relay_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct pana_relay *relay = (const struct pana_relay *)node;
  (void)now_ns;
  digest_u64(digest, relay->waits);
  if (relay->waits)
    digest_octets(digest, relay->octets, relay->out.length);
}

static void relay_destroy(struct node *node) {
  free(node);
}

static const struct node_ops OPS = {.read = relay_read,
                                    .write = relay_write,
                                    .expiry = relay_expiry,
                                    .handle_expiry = relay_handle_expiry,
                                    .digest = relay_digest,
                                    .destroy = relay_destroy};

struct node *pana_relay_create(const struct lower_relay_config *config,
                               const struct node_hooks *hooks) {
  if (config->local.port == 0 || config->uplink.port == 0 ||
      config->local.port == config->uplink.port || !is_host(&config->authenticator))
    return NULL;
  struct pana_relay *relay = calloc(1, sizeof *relay);
  if (relay == NULL)
    return NULL;
  relay->node.ops = &OPS;
  relay->config = *config;
  relay->hooks = hooks;
  relay->out.data = relay->octets;
  relay->out.capacity = sizeof relay->octets;
  return &relay->node;
}
