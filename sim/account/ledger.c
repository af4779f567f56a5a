/* Books every transmission to the message, the link and the rows that it was for. */
#include "ledger.h"

#include "frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 128, RECENT_MAX = 8 };

/* IEEE 802.15.4-2006, 2450 MHz: an octet's time, and how long after a frame its acknowledgement
 * begins (aTurnaroundTime). */
enum { OCTET_NS = 32000, TURNAROUND_NS = 192000 };

/* Frames that no core sent; there are none in a sound network. */
#define UNATTRIBUTED "(unattributed)"

/* A frame as booked, to be found again by its acknowledgement and its repetitions. */
struct sent {
  bool valid;
  uint8_t sequence;
  uint64_t end_ns; /* of the transmission */
  size_t message;
  size_t link;
  bool again;
};

/* The last data frames that were sent to a node: before it acknowledges one, others may begin. */
struct recent {
  struct sent sent[RECENT_MAX];
  size_t next;
};

struct datagram {
  size_t message;
  size_t length;
  bool repeated;
};

struct ledger {
  size_t node_count;
  const size_t *parents;
  uint16_t *addresses;
  struct ledger_message messages[MESSAGES_MAX];
  size_t message_count;
  struct ledger_bytes (*links)[NODE_PHASE_COUNT]; /* by the node below */
  struct sent *last_sent;                         /* by node: its last data frame */
  struct recent *recent;                          /* by node */
  struct datagram *datagrams;
  size_t datagram_count;
  size_t datagram_capacity;
};

struct ledger *ledger_create(size_t node_count, const size_t *parents, const uint16_t *addresses) {
  struct ledger *ledger = calloc(1, sizeof *ledger);
  if (ledger == NULL)
    return NULL;
  ledger->node_count = node_count;
  ledger->parents = parents;
  ledger->addresses = malloc(node_count * sizeof *addresses);
  ledger->links = calloc(node_count, sizeof *ledger->links);
  ledger->last_sent = calloc(node_count, sizeof *ledger->last_sent);
  ledger->recent = calloc(node_count, sizeof *ledger->recent);
  if (ledger->addresses == NULL || ledger->links == NULL || ledger->last_sent == NULL ||
      ledger->recent == NULL) {
    ledger_destroy(ledger);
    return NULL;
  }
  memcpy(ledger->addresses, addresses, node_count * sizeof *addresses);
  return ledger;
}

void ledger_destroy(struct ledger *ledger) {
  if (ledger == NULL)
    return;
  free(ledger->addresses);
  free(ledger->links);
  free(ledger->last_sent);
  free(ledger->recent);
  free(ledger->datagrams);
  free(ledger);
}

/* Messages and datagrams */

static size_t find_message(struct ledger *ledger, const char *label, enum ledger_path path,
                           enum node_phase phase) {
  size_t i = 0;
  while (i < ledger->message_count &&
         (ledger->messages[i].path != path || ledger->messages[i].phase != phase ||
          strcmp(ledger->messages[i].label, label) != 0))
    i++;
  if (i == ledger->message_count) {
    assert(ledger->message_count < MESSAGES_MAX);
    ledger->message_count++;
    ledger->messages[i] = (struct ledger_message){.label = label, .path = path, .phase = phase};
  }
  return i;
}

static void book_spans(uint64_t *rows, const struct span_list *spans) {
  for (size_t i = 0; i < spans->count; i++)
    rows[spans->item[i].row] += spans->item[i].length;
}

uint32_t ledger_datagram(struct ledger *ledger, const struct node_datagram *datagram,
                         enum ledger_path path) {
  assert(span_list_length(&datagram->spans) == datagram->length);
  if (ledger->datagram_count == ledger->datagram_capacity) {
    ledger->datagram_capacity = ledger->datagram_capacity == 0 ? 64 : 2 * ledger->datagram_capacity;
    ledger->datagrams =
        realloc(ledger->datagrams, ledger->datagram_capacity * sizeof *ledger->datagrams);
    if (ledger->datagrams == NULL)
      abort();
  }
  const size_t index = find_message(ledger, datagram->label, path, datagram->phase);
  struct ledger_message *message = &ledger->messages[index];
  message->part = datagram->part;
  message->datagrams++;
  message->datagrams_repeated += datagram->copy > 0;
  message->bytes_udp += datagram->length;
  message->bytes_udp_repeated += datagram->copy > 0 ? datagram->length : 0;
  ledger->datagrams[ledger->datagram_count] = (struct datagram){
      .message = index, .length = datagram->length, .repeated = datagram->copy > 0};
  if (path == LEDGER_BACKHAUL)
    book_spans(datagram->copy > 0 ? message->bytes.again : message->bytes.first, &datagram->spans);
  return (uint32_t)ledger->datagram_count++;
}

/* What the packet has beyond its datagram, whose spans are booked. */
void ledger_backhaul(struct ledger *ledger, const struct world_wire_packet *packet) {
  if (packet->datagram == WORLD_DATAGRAM_UNKNOWN) {
    const size_t index =
        find_message(ledger, UNATTRIBUTED, LEDGER_BACKHAUL, NODE_PHASE_AUTHENTICATION);
    ledger->messages[index].bytes.first[ROW_BACKHAUL_IP] += packet->length;
    return;
  }
  const struct datagram *datagram = &ledger->datagrams[packet->datagram];
  struct ledger_message *message = &ledger->messages[datagram->message];
  message->frames++;
  (datagram->repeated ? message->bytes.again : message->bytes.first)[ROW_BACKHAUL_IP] +=
      packet->length - datagram->length;
}

/* Frames */

/* The node with this 16-bit address, or node_count. */
static size_t find_node(const struct ledger *ledger, uint16_t address) {
  size_t i = 0;
  while (i < ledger->node_count && ledger->addresses[i] != address)
    i++;
  return i;
}

/* The node below on the link between two nodes. */
static size_t find_link(const struct ledger *ledger, size_t a, size_t b) {
  return b < ledger->node_count && b > 0 && ledger->parents[b] == a ? b : a;
}

static void book(struct ledger *ledger, const struct sent *sent, unsigned row, uint64_t bytes) {
  struct ledger_message *message = &ledger->messages[sent->message];
  struct ledger_bytes *link = &ledger->links[sent->link][message->phase];
  (sent->again ? message->bytes.again : message->bytes.first)[row] += bytes;
  (sent->again ? link->again : link->first)[row] += bytes;
}

/* The frame that a node acknowledges with this sequence number now, or NULL: of several, the last
 * for which an acknowledgement is due. Others may have the same number, from another node that has
 * not heard the first, and still be on the air, or just over. */
static const struct sent *find_acknowledged(const struct ledger *ledger, size_t node,
                                            uint8_t sequence, uint64_t now_ns) {
  const struct recent *recent = &ledger->recent[node];
  const struct sent *found = NULL;
  for (size_t i = 0; i < RECENT_MAX; i++) {
    const struct sent *sent = &recent->sent[i];
    if (sent->valid && sent->sequence == sequence && sent->end_ns + TURNAROUND_NS <= now_ns &&
        (found == NULL || sent->end_ns > found->end_ns))
      found = sent;
  }
  return found;
}

static void book_acknowledgement(struct ledger *ledger, const struct world_frame *transmission,
                                 const struct frame *frame) {
  const struct sent *acknowledged =
      find_acknowledged(ledger, transmission->sender, frame->sequence, transmission->now_ns);
  struct sent unknown = {.link = transmission->sender};
  if (acknowledged == NULL) {
    unknown.message = find_message(ledger, UNATTRIBUTED, LEDGER_UP, NODE_PHASE_AUTHENTICATION);
    acknowledged = &unknown;
  }
  ledger->messages[acknowledged->message].frames_ack++;
  book(ledger, acknowledged, ROW_MAC_ACK, transmission->length + WORLD_PHY_OVERHEAD);
}

static void book_data(struct ledger *ledger, const struct world_frame *transmission,
                      const struct frame *frame) {
  struct sent *last = &ledger->last_sent[transmission->sender];
  const bool retry = last->valid && last->sequence == frame->sequence;
  const size_t to = find_node(ledger, frame->destination);
  struct sent sent = {.valid = true, .sequence = frame->sequence, .again = retry};
  sent.end_ns = transmission->now_ns + (transmission->length + WORLD_PHY_OVERHEAD) * OCTET_NS;
  sent.link = find_link(ledger, transmission->sender, to);
  if (transmission->tagged_count > 0) {
    const struct datagram *datagram = &ledger->datagrams[transmission->tagged[0].datagram];
    sent.message = datagram->message;
    sent.again = sent.again || datagram->repeated;
  } else {
    sent.message = find_message(ledger, UNATTRIBUTED,
                                sent.link == transmission->sender ? LEDGER_UP : LEDGER_DOWN,
                                NODE_PHASE_AUTHENTICATION);
  }
  ledger->messages[sent.message].frames++;
  ledger->messages[sent.message].mac_retries += retry;
  book(ledger, &sent, ROW_PHY, WORLD_PHY_OVERHEAD);
  book(ledger, &sent, ROW_MAC_HEADER, frame->mac_header);
  book(ledger, &sent, ROW_SIXLOWPAN, frame->fragment_header);
  book(ledger, &sent, ROW_IPV6, frame->ipv6);
  book(ledger, &sent, ROW_UDP, frame->udp);
  book(ledger, &sent, ROW_MAC_FCS, frame->fcs);
  size_t payload = frame->payload;
  for (size_t i = 0; i < transmission->tagged_count; i++) {
    book(ledger, &sent, transmission->tagged[i].row, transmission->tagged[i].length);
    assert(payload >= transmission->tagged[i].length);
    payload -= transmission->tagged[i].length;
  }
  book(ledger, &sent, ROW_OTHER, payload);
  *last = sent;
  if (to < ledger->node_count) {
    struct recent *recent = &ledger->recent[to];
    recent->sent[recent->next] = sent;
    recent->next = (recent->next + 1) % RECENT_MAX;
  }
}

void ledger_frame(struct ledger *ledger, const struct world_frame *transmission) {
  struct frame frame;
  (void)frame_dissect(transmission->psdu, transmission->length, &frame);
  if (frame.acknowledgement)
    book_acknowledgement(ledger, transmission, &frame);
  else
    book_data(ledger, transmission, &frame);
}

/* Reading */

size_t ledger_message_count(const struct ledger *ledger) {
  return ledger->message_count;
}

const struct ledger_message *ledger_message(const struct ledger *ledger, size_t index) {
  return &ledger->messages[index];
}

const struct ledger_bytes *ledger_link(const struct ledger *ledger, size_t node,
                                       enum node_phase phase) {
  return &ledger->links[node][phase];
}

void ledger_bytes_add(struct ledger_bytes *to, const struct ledger_bytes *from) {
  for (size_t row = 0; row < ROW_ALL_COUNT; row++) {
    to->first[row] += from->first[row];
    to->again[row] += from->again[row];
  }
}

uint64_t ledger_bytes_total(const struct ledger_bytes *bytes) {
  uint64_t total = 0;
  for (size_t row = 0; row < ROW_ALL_COUNT; row++)
    total += bytes->first[row] + bytes->again[row];
  return total;
}
