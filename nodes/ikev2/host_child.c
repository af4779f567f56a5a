/* What goes through the Child SAs of a host: UDP segments, and the echo protocol in them. */
#include "host_state.h"

#include "../crypto/crypto.h"
#include "../esp/inner.h"
#include "../esp/udp.h"

#include <stdlib.h>
#include <string.h>

enum {
  SEGMENT_MAX = NODE_DATAGRAM_MAX - ESP_OVERHEAD_MAX - ESP_INNER_IPV6_LENGTH,
  DYNAMIC_PORTS = 49152, /* RFC 6335 section 6: from here on */
  DYNAMIC_PORT_COUNT = 16384,
};

/* Life */

static int child_start(struct host_child *child, const struct ikev2_child *agreed) {
  const bool implicit = agreed->suite == IKEV2_ESP_AES_CCM_8_IIV;
  const int error =
      esp_sa_init(&child->in, agreed->in.spi, implicit, agreed->in.key, agreed->in.salt);
  return error != 0 ? error
                    : esp_sa_init(&child->out, agreed->out.spi, implicit, agreed->out.key,
                                  agreed->out.salt);
}

void host_child_make(struct host_sa *sa) {
  struct host *const host = sa->host;
  struct host_child *child = calloc(1, sizeof *child);
  if (child == NULL)
    return;
  if (!ikev2_child(sa->ike, &child->agreed) || child_start(child, &child->agreed) != 0) {
    crypto_wipe(child, sizeof *child);
    free(child);
    return;
  }
  crypto_wipe(&child->agreed.in.key, sizeof child->agreed.in.key);
  crypto_wipe(&child->agreed.out.key, sizeof child->agreed.out.key);
  const uint8_t spi[4] = {(uint8_t)(child->in.spi >> 24), (uint8_t)(child->in.spi >> 16),
                          (uint8_t)(child->in.spi >> 8), (uint8_t)child->in.spi};
  table_add(&host->by_esp, &child->by_spi, sa, spi, sizeof spi);
  sa->child = child;
}

void host_child_free(struct host_sa *sa) {
  struct host *const host = sa->host;
  if (sa->child == NULL)
    return;
  if (host->own == sa)
    host_probe_end(host, "the child is gone");
  table_remove(&host->by_esp, &sa->child->by_spi);
  crypto_wipe(sa->child, sizeof *sa->child);
  free(sa->child);
  sa->child = NULL;
}

/* Departure */

static void packet_address(struct host_packet *packet, const struct host_sa *sa) {
  const struct ikev2_child *agreed = &sa->child->agreed;
  packet->protocol = agreed->in_udp ? NODE_UDP : NODE_ESP;
  packet->source = sa->local;
  packet->destination = sa->remote;
  if (!agreed->in_udp)
    packet->source.port = packet->destination.port = 0;
}

/* A segment with ports, in the mode of the child. */
static int child_send(struct host_sa *sa, uint16_t source_port, uint16_t destination_port,
                      const uint8_t *data, size_t length, const char *label) {
  struct host *const host = sa->host;
  struct host_child *const child = sa->child;
  struct node_address source = child->agreed.local, destination = child->agreed.remote;
  uint8_t payload[ESP_INNER_IPV6_LENGTH + SEGMENT_MAX], octets[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = octets, .capacity = sizeof octets};
  struct span_list spans = {.count = 0}, plain = {.count = 0};
  size_t payload_length;
  int next_header = ESP_NEXT_HEADER_UDP;
  source.port = source_port;
  destination.port = destination_port;
  if (!span_list_add(&plain, ROW_COAP_PAYLOAD, length))
    return NODE_ERR_TOO_LONG;
  int error = esp_udp_compose(&source, &destination, data, length, &plain, payload, SEGMENT_MAX,
                              &payload_length, &spans);
  if (error == 0 && child->agreed.mode == IKEV2_CHILD_TUNNEL) {
    next_header = esp_inner_compose(&source, &destination, ESP_NEXT_HEADER_UDP, payload,
                                    payload_length, payload, sizeof payload, &payload_length);
    spans.count = 0;
    error = next_header < 0 ? next_header : 0;
    if (error == 0 && !span_list_add(&spans, ROW_ESP_UDP, payload_length))
      error = NODE_ERR_TOO_LONG;
  }
  if (error == 0)
    error = esp_protect(&child->out, host->hooks, (uint8_t)next_header, payload, payload_length,
                        &spans, &datagram);
  if (error == 0)
    error = kept_store(&host->packet.octets, octets, datagram.length, &datagram.spans);
  if (error == 0) {
    packet_address(&host->packet, sa);
    host->packet.label = label;
  }
  return error;
}

int host_packet_write(struct host *host, struct node_datagram *datagram) {
  struct host_packet *const packet = &host->packet;
  if (packet->octets.length == 0)
    return 0;
  const int error = kept_write(&packet->octets, datagram);
  kept_wipe(&packet->octets);
  if (error != 0)
    return error;
  datagram->source = packet->source;
  datagram->destination = packet->destination;
  datagram->protocol = packet->protocol;
  datagram->label = packet->label;
  datagram->copy = 0;
  datagram->phase = NODE_PHASE_APPLICATION;
  datagram->part = NODE_PART_OTHER;
  datagram->is_protected = true;
  return 1;
}

/* The echo protocol */

void host_probe_end(struct host *host, const char *unanswered) {
  if (host->probe.until_ns == NODE_NEVER)
    return;
  host->probe.until_ns = NODE_NEVER;
  node_event(host->hooks, NODE_PHASE_APPLICATION,
             unanswered == NULL ? NODE_EVENT_ANSWERED : NODE_EVENT_UNANSWERED,
             &host->config.ike.remote, unanswered == NULL ? "echo" : unanswered);
}

int ikev2_host_probe(struct node *node, size_t length, uint64_t now_ns) {
  struct host *host = (struct host *)node;
  struct host_probe *const probe = &host->probe;
  if (host->own == NULL || host->own->child == NULL)
    return NODE_ERR_BAD_STATE;
  if (probe->until_ns != NODE_NEVER)
    return NODE_ERR_BUSY;
  if (length > sizeof probe->octets)
    return NODE_ERR_TOO_LONG;
  node_random(host->hooks, probe->octets, length);
  probe->length = length;
  probe->port = (uint16_t)(DYNAMIC_PORTS + node_random_below(host->hooks, DYNAMIC_PORT_COUNT));
  const int error = child_send(host->own, probe->port, IKEV2_HOST_ECHO_PORT, probe->octets, length,
                               "ESP: UDP echo request");
  if (error == 0)
    probe->until_ns = now_ns + IKEV2_HOST_PROBE_MS * NODE_MS;
  return error;
}

static bool probe_fits(const struct host_sa *sa, const struct node_address *source,
                       const struct node_address *destination, const uint8_t *data, size_t length) {
  const struct host_probe *probe = &sa->host->probe;
  return sa == sa->host->own && probe->until_ns != NODE_NEVER &&
         source->port == IKEV2_HOST_ECHO_PORT && destination->port == probe->port &&
         length == probe->length && memcmp(data, probe->octets, length) == 0;
}

/* Arrival */

static int child_discard(const struct host *host, const struct node_datagram *datagram,
                         const char *why) {
  node_event(host->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED, &datagram->source, why);
  return 0;
}

/* Within the traffic selectors (RFC 4301 section 5.2, 4). */
static bool is_selected(const struct node_address *selector, const struct node_address *address) {
  return memcmp(selector->ip, address->ip, sizeof selector->ip) == 0 &&
         (selector->port == 0 || selector->port == address->port);
}

static int child_serve(struct host_sa *sa, const struct node_datagram *datagram,
                       const struct node_address *source, const struct node_address *destination,
                       const uint8_t *data, size_t length) {
  struct host *const host = sa->host;
  if (probe_fits(sa, source, destination, data, length)) {
    host_probe_end(host, NULL);
    return 0;
  }
  if (destination->port != IKEV2_HOST_ECHO_PORT || source->port == IKEV2_HOST_ECHO_PORT)
    return child_discard(host, datagram, "UDP in ESP to a port where nobody listens");
  const int error =
      child_send(sa, IKEV2_HOST_ECHO_PORT, source->port, data, length, "ESP: UDP echo response");
  if (error != 0)
    return child_discard(host, datagram, node_error_name(error));
  node_event(host->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, &datagram->source, "echo");
  return 0;
}

/* The segment in a verified payload, and its addresses; NULL, or why it is dropped. */
static const char *child_open(const struct host_child *child, const struct esp_payload *payload,
                              struct node_address *source, struct node_address *destination,
                              const uint8_t **data, size_t *length) {
  const uint8_t *segment = payload->octets;
  size_t segment_length = payload->length;
  uint8_t next_header = payload->next_header;
  *source = child->agreed.remote;
  *destination = child->agreed.local;
  if (child->agreed.mode == IKEV2_CHILD_TUNNEL &&
      esp_inner_parse(payload->next_header, payload->octets, payload->length, source, destination,
                      &next_header, &segment, &segment_length) != 0)
    return "ESP in tunnel mode without an IP packet that is understood";
  if (next_header != ESP_NEXT_HEADER_UDP)
    return "ESP without UDP inside";
  if (esp_udp_parse(segment, segment_length, source, destination, data, length) != 0)
    return "UDP in ESP is malformed";
  if (!is_selected(&child->agreed.remote, source) ||
      !is_selected(&child->agreed.local, destination))
    return "UDP in ESP outside the traffic selectors";
  return NULL;
}

static const char *esp_fault(int error) {
  return error == NODE_ERR_REPLAY   ? "ESP packet that has come before"
         : error == NODE_ERR_VERIFY ? "ESP packet that does not verify"
                                    : "ESP packet that is malformed";
}

int host_child_read(struct host *host, const struct node_datagram *datagram, uint64_t now_ns) {
  struct node_address source, destination;
  struct esp_payload payload;
  uint8_t buffer[NODE_DATAGRAM_MAX];
  const uint8_t *data;
  size_t length;
  if (datagram->length < ESP_HEADER_LENGTH || datagram->length > sizeof buffer)
    return child_discard(host, datagram, esp_fault(NODE_ERR_MALFORMED));
  struct host_sa *sa = table_first(&host->by_esp, datagram->data, sizeof sa->child->in.spi);
  while (sa != NULL && !esp_is_of(&sa->child->in, datagram->data, datagram->length))
    sa = table_next(&sa->child->by_spi);
  if (sa == NULL)
    return child_discard(host, datagram, "ESP packet of no SA");
  const int error = esp_unprotect(&sa->child->in, host->hooks, datagram->data, datagram->length,
                                  buffer, &payload);
  if (error != 0)
    return child_discard(host, datagram, esp_fault(error));
  sa->heard_ns = now_ns;
  const char *why = child_open(sa->child, &payload, &source, &destination, &data, &length);
  return why != NULL ? child_discard(host, datagram, why)
                     : child_serve(sa, datagram, &source, &destination, data, length);
}
