/* Books every transmission to the message, the link and the rows that it was for. */
#include "ledger.h"

#include "frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { RECENT_MAX = 8, TRIES_MAX = 63, MESSAGES_FIRST = 64, DATAGRAMS_FIRST = 64, PAIRS_MAX = 255 };

/* IEEE 802.15.4-2006, 2450 MHz: an octet's time, and how long after a frame its acknowledgement
 * begins (aTurnaroundTime). */
enum { OCTET_NS = 32000, TURNAROUND_NS = 192000 };

/* What no core sent; there is none in a sound network. */
#define UNATTRIBUTED "(unattributed)"

#define DATA_REQUEST "(data request)"
static const struct cause UNATTRIBUTED_CAUSE = {NODE_PHASE_AUTHENTICATION, TURN_FIRST};

/* A frame as booked, to be found again by its acknowledgement and its repetitions. There are some
 * for each node, and one datagram (below) for each that is ever sent: hence their small types. */
struct sent {
  uint64_t end_ns; /* of the transmission */
  uint32_t message;
  uint32_t link;     /* the node below */
  uint32_t datagram; /* the first that has octets in it; WORLD_DATAGRAM_UNKNOWN */
  uint8_t phase, turn;
  uint8_t sequence;
  uint8_t tries : 6; /* this is the how manieth; 0: there is none; TRIES_MAX: or more */
  bool again : 1;
};

/* The last data frames that were sent to a node: before it acknowledges one, others may begin. */
struct recent {
  struct sent sent[RECENT_MAX];
  size_t next;
};

/* As many as there are. */
struct booked_spans {
  size_t count;
  struct span item[];
};

struct booked {
  struct booked_spans *spans; /* owned; NULL where no wire will ask for them */
  uint32_t message;
  uint16_t length;
  uint8_t pair; /* 1 more than its place; 0: not said */
  uint8_t phase : 6, turn : 1, repeated : 1;
};

struct ledger {
  size_t node_count;
  const size_t *parents;
  const bool *marked;
  size_t *nodes; /* by 16-bit address, up to the highest; node_count: none has it */
  size_t address_count;
  struct ledger_message *messages;
  size_t message_count, message_capacity;
  struct ledger_total totals[NODE_PHASE_COUNT + 1][TURN_COUNT]; /* the last: LEDGER_IDLE */
  struct ledger_bytes links[NODE_PHASE_COUNT + 1][TURN_COUNT];  /* all that are marked */
  struct sent *last_sent;                                       /* by node: its last data frame */
  struct recent *recent;                                        /* by node */
  struct booked *datagrams;                                     /* by id */
  size_t datagram_count, datagram_capacity;
  struct ledger_pair pairs[PAIRS_MAX];
  size_t pair_count;
};

static bool ledger_index_addresses(struct ledger *ledger, const uint16_t *addresses) {
  for (size_t i = 0; i < ledger->node_count; i++)
    if (addresses[i] >= ledger->address_count)
      ledger->address_count = (size_t)addresses[i] + 1;
  ledger->nodes = malloc(ledger->address_count * sizeof *ledger->nodes);
  if (ledger->nodes == NULL)
    return false;
  for (size_t i = 0; i < ledger->address_count; i++)
    ledger->nodes[i] = ledger->node_count;
  for (size_t i = 0; i < ledger->node_count; i++)
    ledger->nodes[addresses[i]] = i;
  return true;
}

struct ledger *ledger_create(size_t node_count, const size_t *parents, const uint16_t *addresses,
                             const bool *marked) {
  struct ledger *ledger = calloc(1, sizeof *ledger);
  if (ledger == NULL)
    return NULL;
  ledger->node_count = node_count;
  ledger->parents = parents;
  ledger->marked = marked;
  ledger->last_sent = calloc(node_count, sizeof *ledger->last_sent);
  ledger->recent = calloc(node_count, sizeof *ledger->recent);
  if (ledger->last_sent == NULL || ledger->recent == NULL ||
      !ledger_index_addresses(ledger, addresses)) {
    ledger_destroy(ledger);
    return NULL;
  }
  return ledger;
}

void ledger_destroy(struct ledger *ledger) {
  if (ledger == NULL)
    return;
  for (size_t i = 0; i < ledger->datagram_count; i++)
    free(ledger->datagrams[i].spans);
  free(ledger->nodes);
  free(ledger->messages);
  free(ledger->last_sent);
  free(ledger->recent);
  free(ledger->datagrams);
  free(ledger);
}

/* Makes room for one more in an array that doubles. */
static void *ledger_make_room(void *array, size_t count, size_t *capacity, size_t first,
                              size_t size) {
  if (count < *capacity)
    return array;
  *capacity = *capacity == 0 ? first : 2 * *capacity;
  array = realloc(array, *capacity * size);
  if (array == NULL)
    abort();
  return array;
}

/* Messages and datagrams */

static size_t ledger_find_message(struct ledger *ledger, const char *label, enum ledger_path path,
                                  enum node_phase phase) {
  size_t i = 0;
  while (i < ledger->message_count &&
         (ledger->messages[i].path != path || ledger->messages[i].phase != phase ||
          strcmp(ledger->messages[i].label, label) != 0))
    i++;
  if (i == ledger->message_count) {
    ledger->messages =
        ledger_make_room(ledger->messages, ledger->message_count, &ledger->message_capacity,
                         MESSAGES_FIRST, sizeof *ledger->messages);
    ledger->message_count++;
    ledger->messages[i] = (struct ledger_message){.label = label, .path = path, .phase = phase};
  }
  return i;
}

static struct ledger_total *ledger_total_of(struct ledger *ledger, struct cause cause) {
  return &ledger->totals[cause.phase][cause.turn];
}

static struct booked_spans *ledger_copy_spans(const struct span_list *spans) {
  struct booked_spans *copy = malloc(sizeof *copy + spans->count * sizeof copy->item[0]);
  if (copy == NULL)
    abort();
  copy->count = spans->count;
  memcpy(copy->item, spans->item, spans->count * sizeof copy->item[0]);
  return copy;
}

static struct cause ledger_booked_cause(const struct booked *booked) {
  return (struct cause){booked->phase, booked->turn};
}

static struct cause ledger_sent_cause(const struct sent *sent) {
  return (struct cause){sent->phase, sent->turn};
}

static void ledger_count_datagram(struct ledger *ledger, const struct booked *booked,
                                  const struct node_datagram *sent) {
  struct ledger_message *message = &ledger->messages[booked->message];
  struct ledger_total *total = ledger_total_of(ledger, ledger_booked_cause(booked));
  message->part = sent->part;
  message->datagrams++;
  message->datagrams_repeated += booked->repeated;
  message->bytes_udp += booked->length;
  message->bytes_udp_repeated += booked->repeated ? booked->length : 0;
  if (message->path == LEDGER_WIRE)
    return;
  total->datagrams++;
  total->datagrams_repeated += booked->repeated;
  total->bytes_udp += booked->length;
}

uint32_t ledger_datagram(struct ledger *ledger, const struct node_datagram *datagram,
                         enum ledger_path path, enum turn turn, bool wired) {
  assert(span_list_length(&datagram->spans) == datagram->length);
  ledger->datagrams =
      ledger_make_room(ledger->datagrams, ledger->datagram_count, &ledger->datagram_capacity,
                       DATAGRAMS_FIRST, sizeof *ledger->datagrams);
  struct booked *booked = &ledger->datagrams[ledger->datagram_count];
  *booked = (struct booked){
      .message = (uint32_t)ledger_find_message(ledger, datagram->label, path, datagram->phase),
      .phase = datagram->phase & 63,
      .turn = turn & 1,
      .length = (uint16_t)datagram->length,
      .repeated = datagram->copy > 0,
      .spans = wired ? ledger_copy_spans(&datagram->spans) : NULL,
  };
  ledger_count_datagram(ledger, booked, datagram);
  return (uint32_t)ledger->datagram_count++;
}

static size_t ledger_find_pair(struct ledger *ledger, unsigned low, unsigned high,
                               enum node_phase phase) {
  for (size_t i = 0; i < ledger->pair_count; i++) {
    const struct ledger_pair *pair = &ledger->pairs[i];
    if (pair->ends[0] == low && pair->ends[1] == high && pair->phase == phase)
      return i;
  }
  assert(ledger->pair_count < PAIRS_MAX);
  ledger->pairs[ledger->pair_count] = (struct ledger_pair){.ends = {low, high}, .phase = phase};
  return ledger->pair_count++;
}

void ledger_link(struct ledger *ledger, uint32_t id, unsigned from, unsigned to) {
  struct booked *booked = &ledger->datagrams[id];
  const size_t place = ledger_find_pair(ledger, from < to ? from : to, from < to ? to : from,
                                        (enum node_phase)booked->phase);
  booked->pair = (uint8_t)(place + 1);
  ledger->pairs[place].datagrams++;
  ledger->pairs[place].bytes_udp += booked->length;
}

/* Of a datagram; NULL: not said. */
static struct ledger_pair *ledger_pair_of(struct ledger *ledger, uint32_t id) {
  if (id >= ledger->datagram_count || ledger->datagrams[id].pair == 0)
    return NULL;
  return &ledger->pairs[ledger->datagrams[id].pair - 1];
}

struct cause ledger_cause(const struct ledger *ledger, uint32_t id) {
  return id < ledger->datagram_count ? ledger_booked_cause(&ledger->datagrams[id])
                                     : UNATTRIBUTED_CAUSE;
}

bool ledger_is_repeated(const struct ledger *ledger, uint32_t id) {
  return id < ledger->datagram_count && ledger->datagrams[id].repeated;
}

const char *ledger_label(const struct ledger *ledger, uint32_t id) {
  return id < ledger->datagram_count ? ledger->messages[ledger->datagrams[id].message].label : NULL;
}

/* Wires */

void ledger_wire(struct ledger *ledger, const struct world_wire_packet *packet) {
  struct ledger_total *total = ledger_total_of(ledger, ledger_cause(ledger, packet->datagram));
  const struct booked *booked =
      packet->datagram < ledger->datagram_count ? &ledger->datagrams[packet->datagram] : NULL;
  struct ledger_pair *pair = ledger_pair_of(ledger, packet->datagram);
  if (pair != NULL)
    pair->bytes_wire += packet->length;
  if (booked == NULL || booked->spans == NULL || packet->length < booked->length) {
    total->wire.first[ROW_BACKHAUL_IP] += packet->length; /* what no core sent */
    return;
  }
  total->wire_datagrams++;
  uint64_t *rows = booked->repeated ? total->wire.again : total->wire.first;
  for (size_t i = 0; i < booked->spans->count; i++)
    rows[booked->spans->item[i].row] += booked->spans->item[i].length;
  rows[ROW_BACKHAUL_IP] += packet->length - booked->length;
}

/* Frames */

size_t ledger_find_node(const struct ledger *ledger, uint16_t address) {
  return address < ledger->address_count ? ledger->nodes[address] : ledger->node_count;
}

/* The node below on the link between two nodes. */
static size_t ledger_find_link(const struct ledger *ledger, size_t a, size_t b) {
  return b < ledger->node_count && b > 0 && ledger->parents[b] == a ? b : a;
}

static void ledger_book(struct ledger *ledger, const struct sent *sent, unsigned row,
                        uint64_t bytes) {
  struct ledger_bytes *const books[] = {&ledger->messages[sent->message].bytes,
                                        &ledger->totals[sent->phase][sent->turn].air,
                                        &ledger->links[sent->phase][sent->turn]};
  const size_t count = sizeof books / sizeof books[0] - !ledger->marked[sent->link];
  for (size_t i = 0; i < count; i++)
    (sent->again ? books[i]->again : books[i]->first)[row] += bytes;
  struct ledger_pair *pair = ledger_pair_of(ledger, sent->datagram);
  if (pair != NULL)
    pair->bytes_air += bytes;
}

/* The frame that a node acknowledges with this sequence number now, or NULL: of several, the last
 * for which an acknowledgement is due. Others may have the same number, from another node that has
 * not heard the first, and still be on the air, or just over. */
static const struct sent *ledger_find_acknowledged(const struct ledger *ledger, size_t node,
                                                   uint8_t sequence, uint64_t now_ns) {
  const struct recent *recent = &ledger->recent[node];
  const struct sent *found = NULL;
  for (size_t i = 0; i < RECENT_MAX; i++) {
    const struct sent *sent = &recent->sent[i];
    if (sent->tries > 0 && sent->sequence == sequence && sent->end_ns + TURNAROUND_NS <= now_ns &&
        (found == NULL || sent->end_ns > found->end_ns))
      found = sent;
  }
  return found;
}

/* The end of a link that a node is not. */
static size_t ledger_other_end(const struct ledger *ledger, size_t link, size_t node) {
  return link == node ? ledger->parents[link] : link;
}

static size_t ledger_book_acknowledgement(struct ledger *ledger,
                                          const struct world_frame *transmission,
                                          const struct frame *frame) {
  const struct sent *acknowledged =
      ledger_find_acknowledged(ledger, transmission->sender, frame->sequence, transmission->now_ns);
  struct sent unknown = {.link = (uint32_t)transmission->sender,
                         .datagram = WORLD_DATAGRAM_UNKNOWN,
                         .phase = (uint8_t)UNATTRIBUTED_CAUSE.phase,
                         .turn = (uint8_t)UNATTRIBUTED_CAUSE.turn};
  if (acknowledged == NULL) {
    unknown.message =
        (uint32_t)ledger_find_message(ledger, UNATTRIBUTED, LEDGER_UP, UNATTRIBUTED_CAUSE.phase);
    acknowledged = &unknown;
  }
  ledger->messages[acknowledged->message].frames_ack++;
  ledger_total_of(ledger, ledger_sent_cause(acknowledged))->frames_ack++;
  ledger_book(ledger, acknowledged, ROW_MAC_ACK, transmission->length + WORLD_PHY_OVERHEAD);
  return acknowledged == &unknown
             ? ledger->node_count
             : ledger_other_end(ledger, acknowledged->link, transmission->sender);
}

static void ledger_attribute_request(struct ledger *ledger, struct cause cause, struct sent *sent) {
  sent->message = (uint32_t)ledger_find_message(ledger, DATA_REQUEST, LEDGER_UP, cause.phase);
  sent->phase = (uint8_t)cause.phase;
  sent->turn = (uint8_t)cause.turn;
  ledger_total_of(ledger, cause)->data_requests++;
}

/* What a data frame is for: by its first octet that a core sent. */
static void ledger_attribute(struct ledger *ledger, const struct world_frame *transmission,
                             struct sent *sent) {
  if (transmission->tagged_count > 0) {
    const struct booked *booked = &ledger->datagrams[transmission->tagged[0].datagram];
    sent->message = booked->message;
    sent->phase = booked->phase;
    sent->turn = booked->turn;
    sent->again = sent->again || booked->repeated;
  } else {
    sent->message = (uint32_t)ledger_find_message(
        ledger, UNATTRIBUTED, sent->link == transmission->sender ? LEDGER_UP : LEDGER_DOWN,
        UNATTRIBUTED_CAUSE.phase);
    sent->phase = (uint8_t)UNATTRIBUTED_CAUSE.phase;
    sent->turn = (uint8_t)UNATTRIBUTED_CAUSE.turn;
  }
}

static void ledger_book_octets(struct ledger *ledger, const struct sent *sent,
                               const struct world_frame *transmission, const struct frame *frame) {
  if (frame->data_request) {
    ledger_book(ledger, sent, ROW_MAC_REQUEST, transmission->length + WORLD_PHY_OVERHEAD);
    return;
  }
  ledger_book(ledger, sent, ROW_PHY, WORLD_PHY_OVERHEAD);
  ledger_book(ledger, sent, ROW_MAC_HEADER, frame->mac_header);
  ledger_book(ledger, sent, ROW_SIXLOWPAN, frame->fragment_header);
  ledger_book(ledger, sent, ROW_IPV6, frame->ipv6);
  ledger_book(ledger, sent, ROW_UDP, frame->udp);
  ledger_book(ledger, sent, ROW_MAC_FCS, frame->fcs);
  size_t payload = frame->payload;
  for (size_t i = 0; i < transmission->tagged_count; i++) {
    ledger_book(ledger, sent, transmission->tagged[i].row, transmission->tagged[i].length);
    assert(payload >= transmission->tagged[i].length);
    payload -= transmission->tagged[i].length;
  }
  ledger_book(ledger, sent, ROW_OTHER, payload);
}

static void ledger_remember(struct ledger *ledger, const struct sent *sent, size_t from,
                            size_t to) {
  ledger->last_sent[from] = *sent;
  if (to == ledger->node_count)
    return;
  struct recent *recent = &ledger->recent[to];
  recent->sent[recent->next] = *sent;
  recent->next = (recent->next + 1) % RECENT_MAX;
}

/* A MAC repeats a frame before it sends another; but where it is held for a node that polls, others
 * may go to others meanwhile. */
unsigned ledger_tries(const struct ledger *ledger, size_t from, size_t to, uint8_t sequence,
                      uint32_t datagram) {
  const struct sent *last = &ledger->last_sent[from];
  if (last->tries > 0 && last->sequence == sequence)
    return last->tries;
  if (to == ledger->node_count || datagram == WORLD_DATAGRAM_UNKNOWN)
    return 0;
  const struct recent *recent = &ledger->recent[to];
  const struct sent *former = &recent->sent[(recent->next + RECENT_MAX - 1) % RECENT_MAX];
  const bool is_same = former->sequence == sequence && former->datagram == datagram;
  return is_same ? former->tries : 0;
}

static size_t ledger_book_data(struct ledger *ledger, const struct world_frame *transmission,
                               const struct frame *frame, struct cause request) {
  const size_t to = ledger_find_node(ledger, frame->destination);
  const uint32_t datagram =
      transmission->tagged_count > 0 ? transmission->tagged[0].datagram : WORLD_DATAGRAM_UNKNOWN;
  const unsigned before = ledger_tries(ledger, transmission->sender, to, frame->sequence, datagram);
  const bool retry = before > 0;
  struct sent sent = {.tries = (before < TRIES_MAX ? before + 1 : TRIES_MAX) & TRIES_MAX,
                      .sequence = frame->sequence,
                      .again = retry,
                      .link = (uint32_t)ledger_find_link(ledger, transmission->sender, to),
                      .datagram = datagram,
                      .end_ns = transmission->now_ns +
                                (transmission->length + WORLD_PHY_OVERHEAD) * OCTET_NS};
  if (frame->data_request)
    ledger_attribute_request(ledger, request, &sent);
  else
    ledger_attribute(ledger, transmission, &sent);
  ledger->messages[sent.message].frames++;
  ledger->messages[sent.message].mac_retries += retry;
  struct ledger_total *total = ledger_total_of(ledger, ledger_sent_cause(&sent));
  total->frames++;
  total->mac_retries += retry;
  ledger_book_octets(ledger, &sent, transmission, frame);
  ledger_remember(ledger, &sent, transmission->sender, to);
  return to;
}

size_t ledger_frame(struct ledger *ledger, const struct world_frame *transmission,
                    struct cause request) {
  struct frame frame;
  (void)frame_dissect(transmission->psdu, transmission->length, &frame);
  return frame.acknowledgement ? ledger_book_acknowledgement(ledger, transmission, &frame)
                               : ledger_book_data(ledger, transmission, &frame, request);
}

/* Reading */

size_t ledger_message_count(const struct ledger *ledger) {
  return ledger->message_count;
}

const struct ledger_message *ledger_message(const struct ledger *ledger, size_t index) {
  return &ledger->messages[index];
}

size_t ledger_pair_count(const struct ledger *ledger) {
  return ledger->pair_count;
}

const struct ledger_pair *ledger_pair(const struct ledger *ledger, size_t index) {
  return &ledger->pairs[index];
}

const struct ledger_total *ledger_total(const struct ledger *ledger, struct cause cause) {
  return &ledger->totals[cause.phase][cause.turn];
}

const struct ledger_bytes *ledger_links(const struct ledger *ledger, struct cause cause) {
  return &ledger->links[cause.phase][cause.turn];
}

void ledger_bytes_add(struct ledger_bytes *to, const struct ledger_bytes *from) {
  for (size_t row = 0; row < ROW_ALL_COUNT; row++) {
    to->first[row] += from->first[row];
    to->again[row] += from->again[row];
  }
}

uint64_t ledger_bytes_again(const struct ledger_bytes *bytes) {
  uint64_t again = 0;
  for (size_t row = 0; row < ROW_ALL_COUNT; row++)
    again += bytes->again[row];
  return again;
}

uint64_t ledger_bytes_total(const struct ledger_bytes *bytes) {
  uint64_t total = ledger_bytes_again(bytes);
  for (size_t row = 0; row < ROW_ALL_COUNT; row++)
    total += bytes->first[row];
  return total;
}
