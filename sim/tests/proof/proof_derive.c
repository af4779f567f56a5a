/* Weighs each frame, and adds up what the members of a result say: rows, messages, links. */
#include "proof.h"

#include "proof_copies.h"
#include "proof_exchanges.h"
#include "proof_limits.h"
#include "proof_radius.h"
#include "proof_ways.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* IEEE 802.15.4-2006, 2450 MHz: time on the air, and until the acknowledgement, which is under way
 * for as long as 15 m take, as the frame was; another frame of that number may end at that time. */
enum { OCTET_NS = 32000, TURNAROUND_NS = 192000, FLIGHT_MAX_NS = 100 };

/* RFC 7252 section 4.8.2: MAX_TRANSMIT_WAIT, after which a request is given up, and some more. */
#define TRANSMIT_WAIT_NS 100000000000u

struct mean {
  size_t count, sum;
};

struct weigher {
  struct proof_air air;
  struct proof_log log;
  struct proof_datagrams datagrams;
  struct proof_report *report;
  json_t *derived;
  bool *acknowledged; /* by frame */
  struct mean request,
      response;      /* UDP payload of the application's messages, first transmissions */
  bool *copies;      /* by frame: of a datagram that CoAP sent before */
  bool copies_mixed; /* a node held a datagram and its copy at once: which it sent first is unknown
                      */
};

static void add_count(json_t *object, const char *key, size_t count) {
  if (count > 0)
    json_object_set_new(
        object, key,
        json_integer(json_integer_value(json_object_get(object, key)) + (json_int_t)count));
}

/* Of what has a token, and takes no wire, by the ways that others take. */
static const char *direction_of(const struct weigher *weigher, const struct proof_sent *sent) {
  const char *direction = proof_sent_direction(&weigher->log, sent);
  return strcmp(direction, "across") != 0 || !proof_sent_has_token(sent)
             ? direction
             : proof_ways_direction(&weigher->air, &weigher->datagrams,
                                    proof_log_address(&weigher->log, sent->from),
                                    proof_log_address(&weigher->log, sent->to));
}

/* The message of this label, direction and phase, begun if there is none yet. */
static json_t *derived_message(struct weigher *weigher, const struct proof_sent *sent) {
  static const char *const figures[] = {"datagrams",         "bytes_udp",   "frames",
                                        "frames_ack",        "mac_retries", "bytes_air",
                                        "datagrams_repeated"};
  const char *direction = direction_of(weigher, sent);
  json_t *messages = json_object_get(weigher->derived, "messages"), *message;
  size_t i;
  json_array_foreach(messages, i, message) {
    if (strcmp(json_string_value(json_object_get(message, "label")), sent->label) == 0 &&
        strcmp(json_string_value(json_object_get(message, "direction")), direction) == 0 &&
        strcmp(json_string_value(json_object_get(message, "phase")),
               proof_phase_name(sent->phase)) == 0)
      return message;
  }
  message = json_pack("{s:s,s:s,s:s,s:{}}", "label", sent->label, "direction", direction, "phase",
                      proof_phase_name(sent->phase), "ledger");
  for (i = 0; i < sizeof figures / sizeof figures[0]; i++)
    json_object_set_new(message, figures[i], json_integer(0));
  json_array_append_new(messages, message);
  return message;
}

/* Frames */

/* Members of the result, by phase; NULL: it has none. The application's are not so many, and of
 * what ends a session there are its messages alone. */
static const struct totals {
  const char *ledger, *ledger_peer_link, *bytes_air, *bytes_air_peer_link, *bytes_udp, *frames,
      *coap_messages, *coap_retransmissions, *bytes_air_repeated, *frames_ack, *mac_retries,
      *datagrams, *datagrams_repeated, *coap_retransmissions_peer;
} TOTALS[PROOF_PHASES] = {
    [PROOF_AUTHENTICATION] =
        {
            .ledger = "ledger",
            .ledger_peer_link = "ledger_peer_link",
            .bytes_air = "bytes_air",
            .bytes_air_peer_link = "bytes_air_peer_link",
            .bytes_udp = "bytes_udp",
            .frames = "frames",
            .coap_messages = "coap_messages",
            .coap_retransmissions = "coap_retransmissions",
            .bytes_air_repeated = "bytes_air_repeated",
            .frames_ack = "frames_ack",
            .mac_retries = "mac_retries",
            .datagrams = "datagrams",
            .datagrams_repeated = "datagrams_repeated",
            .coap_retransmissions_peer = "coap_retransmissions_peer",
        },
    [PROOF_APPLICATION] =
        {
            .ledger = "app_ledger",
            .ledger_peer_link = "app_ledger_peer_link",
            .bytes_air = "app_bytes_air",
            .bytes_air_peer_link = "app_bytes_air_peer_link",
            .bytes_udp = "app_bytes_udp",
            .frames = "app_frames",
            .coap_messages = "app_coap_messages",
            .coap_retransmissions = "app_coap_retransmissions",
        },
};

/* What the frames of a run are booked to. */
struct booking {
  const struct totals *totals;
  json_t *message;
  bool peer_link;
  bool again;
  bool by_peer; /* a peer sent it */
};

static const struct totals *totals_of(const struct proof_sent *sent) {
  return &TOTALS[sent->phase];
}

static void add_total(struct weigher *weigher, const char *key, size_t number) {
  if (key != NULL)
    add_count(weigher->derived, key, number);
}

static void add_to_row(struct weigher *weigher, const char *ledger, const char *row,
                       size_t octets) {
  if (ledger != NULL)
    add_count(json_object_get(weigher->derived, ledger), row, octets);
}

static void book(struct weigher *weigher, const struct booking *booking, const char *row,
                 size_t octets) {
  const struct totals *totals = booking->totals;
  if (octets == 0)
    return;
  add_to_row(weigher, totals->ledger, row, octets);
  add_total(weigher, totals->bytes_air, octets);
  add_count(json_object_get(booking->message, "ledger"), row, octets);
  add_count(booking->message, "bytes_air", octets);
  if (booking->peer_link) {
    add_to_row(weigher, totals->ledger_peer_link, row, octets);
    add_total(weigher, totals->bytes_air_peer_link, octets);
  }
  if (booking->again)
    add_total(weigher, totals->bytes_air_repeated, octets);
}

static void count_frame(struct weigher *weigher, const struct booking *booking,
                        bool acknowledgement, bool retry) {
  add_total(weigher, booking->totals->frames, 1);
  add_count(booking->message, "frames", 1);
  add_total(weigher, booking->totals->frames_ack, acknowledgement);
  add_count(booking->message, "frames_ack", acknowledgement);
  add_total(weigher, booking->totals->mac_retries, retry);
  add_count(booking->message, "mac_retries", retry);
}

/* NULL: it is no message of the application's. */
static struct mean *mean_of(struct weigher *weigher, const struct totals *totals,
                            const char *label) {
  static const char *const requests[] = {"app request", "access request"};
  static const char *const responses[] = {"app response", "access response"};
  for (size_t i = 0;
       totals == &TOTALS[PROOF_APPLICATION] && i < sizeof requests / sizeof requests[0]; i++) {
    if (strcmp(label, requests[i]) == 0)
      return &weigher->request;
    if (strcmp(label, responses[i]) == 0)
      return &weigher->response;
  }
  return NULL;
}

/* A datagram that a node sent. */
static void count_datagram(struct weigher *weigher, const struct booking *booking, size_t length,
                           bool coap, bool copy) {
  const struct totals *totals = booking->totals;
  const char *label = json_string_value(json_object_get(booking->message, "label"));
  struct mean *mean = mean_of(weigher, totals, label);
  if (mean != NULL && !copy) {
    mean->count++;
    mean->sum += length;
  }
  add_total(weigher, totals->datagrams_repeated, copy);
  add_count(booking->message, "datagrams_repeated", copy);
  add_total(weigher, totals->datagrams, 1);
  add_count(booking->message, "datagrams", 1);
  add_total(weigher, totals->bytes_udp, length);
  add_count(booking->message, "bytes_udp", length);
  add_total(weigher, totals->coap_messages, coap);
  add_total(weigher, totals->coap_retransmissions, coap && copy);
  add_total(weigher, totals->coap_retransmissions_peer, coap && copy && booking->by_peer);
}

/* The rows of the part of a datagram that the frame carries. */
static void book_payload(struct weigher *weigher, const struct booking *booking,
                         const struct proof_frame *frame, const struct proof_spans *spans) {
  const size_t begin = proof_frame_begin(frame), end = begin + proof_frame_carried(frame);
  size_t position = 0;
  for (size_t i = 0; i < spans->count; i++) {
    const size_t next = position + spans->item[i].length;
    const size_t from = position > begin ? position : begin, to = next < end ? next : end;
    if (to > from)
      book(weigher, booking, spans->item[i].row, to - from);
    position = next;
  }
}

static void book_data(struct weigher *weigher, const struct booking *booking,
                      const struct proof_frame *frame, const struct proof_datagram *datagram) {
  book(weigher, booking, "phy", PROOF_PHY);
  book(weigher, booking, "mac_header", frame->mac_header);
  book(weigher, booking, "mac_fcs", frame->mac_fcs);
  book(weigher, booking, "sixlowpan", frame->fragment_header);
  if (frame->compressed) {
    book(weigher, booking, "ipv6", frame->udp_position - frame->ipv6_position);
    book(weigher, booking, "udp", frame->udp_end - frame->udp_position);
  }
  book_payload(weigher, booking, frame, &datagram->spans);
}

/* A frame with the sequence number of its sender's last one. */
static bool is_repeated(const struct weigher *weigher, size_t index) {
  const struct proof_frame *frames = weigher->air.frames;
  for (size_t i = index; i-- > 0;)
    if (frames[i].radio && !frames[i].acknowledgement && frames[i].source == frames[index].source)
      return frames[i].sequence == frames[index].sequence;
  return false;
}

/* Whether a peer has this address, as far as one has sent or been sent anything. */
static bool is_peer(const struct weigher *weigher, unsigned address) {
  for (size_t i = 0; i < weigher->datagrams.count; i++) {
    const struct proof_datagram *item = &weigher->datagrams.items[i];
    if (item->sent != NULL && ((item->from == address && proof_is_peer(item->sent->from)) ||
                               (item->to == address && proof_is_peer(item->sent->to))))
      return true;
  }
  return false;
}

/* The data frame that an acknowledgement follows at its due time, as no other has;
 * PROOF_NO_DATAGRAM if none. */
static size_t find_acknowledged(const struct weigher *weigher, size_t index) {
  const struct proof_frame *frames = weigher->air.frames;
  for (size_t i = index; i-- > 0;) {
    const uint64_t due_ns =
        frames[i].time_ns + (frames[i].length + PROOF_PHY) * OCTET_NS + TURNAROUND_NS;
    if (frames[i].radio && !frames[i].acknowledgement && !weigher->acknowledged[i] &&
        frames[i].sequence == frames[index].sequence && due_ns <= frames[index].time_ns &&
        frames[index].time_ns <= due_ns + FLIGHT_MAX_NS)
      return i;
  }
  return PROOF_NO_DATAGRAM;
}

/* Whether a datagram leaves a node with this frame, or goes on. */
static bool departs(const struct weigher *weigher, size_t index) {
  return weigher->air.frames[index].compressed && !is_repeated(weigher, index);
}

/* The radio that a datagram enters the air by. */
static unsigned enters_by(const struct proof_datagram *datagram) {
  return (datagram->from & PROOF_ON_A_WIRE) != 0 ? PROOF_ROOT : datagram->from;
}

/* What came to a node since it last sent such a datagram: from above, or over the link before. */
struct arrivals {
  uint64_t since_ns;
  bool copy;
  bool any, mixed;
};

static void note_arrival(struct arrivals *arrivals, uint64_t time_ns, bool copy) {
  if (time_ns > arrivals->since_ns) {
    arrivals->mixed = arrivals->mixed || (arrivals->any && copy != arrivals->copy);
    arrivals->any = true;
  }
  arrivals->copy = copy;
}

static void note_arrivals(const struct weigher *weigher, size_t index, struct arrivals *arrivals) {
  const struct proof_frame *frames = weigher->air.frames;
  const size_t *of_frame = weigher->datagrams.of_frame;
  const struct proof_datagram *datagram = &weigher->datagrams.items[of_frame[index]];
  if (frames[index].source != enters_by(datagram)) {
    for (size_t i = 0; i < index; i++)
      if (of_frame[i] == of_frame[index] && frames[i].destination == frames[index].source)
        note_arrival(arrivals, frames[i].time_ns, weigher->copies[i]);
    return;
  }
  for (size_t i = 0; i < weigher->log.count; i++)
    if (weigher->log.sent[i].time_ns <= frames[index].time_ns &&
        proof_sent_alike(&weigher->log.sent[i], datagram->sent))
      note_arrival(arrivals, weigher->log.sent[i].time_ns, weigher->log.sent[i].copy);
}

/* Whether the frame is of a datagram that CoAP sent before. Where the MAC has given up the first
 * fragment of a packet, those behind it have a tag that no frame before them has. */
static bool is_copy(struct weigher *weigher, size_t index) {
  const struct proof_frame *frames = weigher->air.frames;
  const size_t *of_frame = weigher->datagrams.of_frame;
  struct arrivals arrivals = {.since_ns = 0};
  const bool begins = departs(weigher, index);
  for (size_t i = index; i-- > 0;) {
    if (of_frame[i] != of_frame[index] || frames[i].source != frames[index].source)
      continue;
    if (!begins && frames[i].tag == frames[index].tag)
      return weigher->copies[i];
    if (!departs(weigher, i))
      continue;
    arrivals.since_ns = frames[i].time_ns;
    break;
  }
  note_arrivals(weigher, index, &arrivals);
  weigher->copies_mixed = weigher->copies_mixed || arrivals.mixed;
  return arrivals.copy;
}

/* Whether a frame is between a peer and its next hop: the peer is the lower end. */
static bool is_of_peer_link(const struct weigher *weigher, const struct proof_frame *frame,
                            const struct proof_sent *sent) {
  const char *direction = direction_of(weigher, sent);
  if (strcmp(direction, "across") == 0 && proof_sent_has_token(sent))
    return is_peer(weigher, proof_ways_lower(&weigher->air, &weigher->datagrams, frame));
  return (strcmp(direction, "down") != 0 && is_peer(weigher, frame->source)) ||
         (strcmp(direction, "up") != 0 && is_peer(weigher, frame->destination));
}

static struct booking booking_of(struct weigher *weigher, size_t index) {
  const struct proof_frame *frame = &weigher->air.frames[index];
  const struct proof_datagram *datagram =
      &weigher->datagrams.items[weigher->datagrams.of_frame[index]];
  return (struct booking){.totals = totals_of(datagram->sent),
                          .message = derived_message(weigher, datagram->sent),
                          .peer_link = is_of_peer_link(weigher, frame, datagram->sent),
                          .again = is_repeated(weigher, index) || weigher->copies[index],
                          .by_peer = proof_is_peer(datagram->sent->from)};
}

static void weigh_acknowledgement(struct weigher *weigher, size_t index) {
  const size_t acknowledged = find_acknowledged(weigher, index);
  if (acknowledged == PROOF_NO_DATAGRAM) {
    proof_differ(weigher->report, "frame %u acknowledges nothing",
                 weigher->air.frames[index].number);
    return;
  }
  const struct booking booking = booking_of(weigher, acknowledged);
  weigher->acknowledged[acknowledged] = true;
  count_frame(weigher, &booking, true, false);
  book(weigher, &booking, "mac_ack", weigher->air.frames[index].length + PROOF_PHY);
}

static void weigh_data(struct weigher *weigher, size_t index) {
  const struct proof_frame *frame = &weigher->air.frames[index];
  struct proof_datagram *datagram = &weigher->datagrams.items[weigher->datagrams.of_frame[index]];
  weigher->copies[index] = is_copy(weigher, index);
  const struct booking booking = booking_of(weigher, index);
  book_data(weigher, &booking, frame, datagram);
  count_frame(weigher, &booking, false, is_repeated(weigher, index));
  if (frame->source != enters_by(datagram) || !departs(weigher, index))
    return;
  datagram->departed++;
  count_datagram(weigher, &booking, datagram->length, datagram->coap, weigher->copies[index]);
}

/* What goes on over the air, has come from there, or is a peer's; NULL: what tshark sees here is
 * all. */
static struct proof_datagram *find_of_wire(const struct weigher *weigher,
                                           const struct proof_frame *frame) {
  for (size_t i = 0; i < weigher->datagrams.count; i++) {
    struct proof_datagram *item = &weigher->datagrams.items[i];
    if (item->from == frame->from && item->to == frame->to &&
        item->length == frame->payload_length &&
        memcmp(item->payload, frame->payload, item->length) == 0)
      return item;
  }
  return NULL;
}

/* What is no RADIUS was on the air, or is of a peer on a wire. */
static void weigh_backhaul_of_peers(struct weigher *weigher, const struct proof_frame *frame) {
  json_t *ledger = json_object_get(weigher->derived, "ledger_backhaul");
  struct proof_datagram *datagram = find_of_wire(weigher, frame);
  if (datagram == NULL) {
    proof_differ(weigher->report,
                 "frame %u on a wire is of a datagram that no radio and no peer has sent",
                 frame->number);
    return;
  }
  add_count(ledger, "backhaul_ip", frame->length - frame->payload_length);
  for (size_t i = 0; i < datagram->spans.count; i++)
    add_count(ledger, datagram->spans.item[i].row, datagram->spans.item[i].length);
  datagram->departed += datagram->sent->wired;
}

static void weigh_backhaul(struct weigher *weigher, const struct proof_frame *frame) {
  json_t *ledger = json_object_get(weigher->derived, "ledger_backhaul");
  add_count(weigher->derived, "datagrams_backhaul", 1);
  add_count(weigher->derived, "bytes_backhaul", frame->length);
  if (frame->radius == 0) {
    weigh_backhaul_of_peers(weigher, frame);
    return;
  }
  add_count(ledger, "backhaul_ip", frame->length - frame->radius);
  add_count(ledger, "radius_header", frame->radius_header);
  add_count(ledger, "radius_eap", frame->radius_eap);
  add_count(ledger, "radius_proxy_state", frame->radius_proxy_state);
  add_count(ledger, "radius_authorization", frame->radius_authorization);
  add_count(ledger, "radius_attributes",
            frame->radius - frame->radius_header - frame->radius_eap - frame->radius_proxy_state -
                frame->radius_authorization);
}

static bool carries_coap(const struct proof_sent *sent) {
  if (sent->esp)
    return true;
  if (proof_ikev2_is(sent->payload, sent->length) || proof_radius_is(sent->payload, sent->length))
    return false;
  return !proof_dtls_is(sent->payload, sent->length) || sent->payload[0] == PROOF_APPLICATION_DATA;
}

/* One on wires alone, where nothing is lost; it is in no figure of the air's but these. */
static void weigh_wired(struct weigher *weigher, const struct proof_sent *sent, bool departed) {
  struct mean *mean = mean_of(weigher, totals_of(sent), sent->label);
  if (!departed)
    proof_differ(weigher->report, "%s (%s to %s) is on no wire", sent->label, sent->from, sent->to);
  if (mean != NULL && !sent->copy) {
    mean->count++;
    mean->sum += sent->length;
  }
}

/* Datagrams that the log has and the air does not: the MAC found no free channel, or its queue was
 * full. Only with several peers or lost frames. */
static void weigh_given_up(struct weigher *weigher, bool crowded) {
  for (size_t i = 0; i < weigher->log.count; i++) {
    const struct proof_sent *sent = &weigher->log.sent[i];
    size_t departed = 0, before = 0;
    for (size_t j = 0; j < weigher->datagrams.count; j++)
      if (weigher->datagrams.items[j].sent != NULL &&
          proof_sent_alike(weigher->datagrams.items[j].sent, sent))
        departed += weigher->datagrams.items[j].departed;
    for (size_t j = 0; j < i; j++)
      before += proof_sent_alike(&weigher->log.sent[j], sent);
    if (sent->wired)
      weigh_wired(weigher, sent, before < departed);
    if (sent->wired || before < departed)
      continue;
    if (!crowded)
      proof_differ(weigher->report, "%s (%s to %s) is not on the air", sent->label, sent->from,
                   sent->to);
    const struct booking booking = {.totals = totals_of(sent),
                                    .message = derived_message(weigher, sent),
                                    .by_peer = proof_is_peer(sent->from)};
    count_datagram(weigher, &booking, sent->length, carries_coap(sent), sent->copy);
  }
}

static json_t *begin_derived(void) {
  static const char *const figures[] = {"datagrams",           "frames",
                                        "frames_ack",          "mac_retries",
                                        "bytes_udp",           "bytes_air",
                                        "bytes_air_peer_link", "bytes_air_repeated",
                                        "coap_messages",       "coap_retransmissions",
                                        "bytes_backhaul",      "datagrams_backhaul",
                                        "app_frames",          "app_bytes_udp",
                                        "app_bytes_air",       "app_bytes_air_peer_link",
                                        "app_coap_messages",   "app_coap_retransmissions",
                                        "app_exchanges",       "app_unanswered",
                                        "datagrams_repeated",  "coap_retransmissions_peer"};
  json_t *derived = json_pack("{s:{},s:{},s:{},s:{},s:{},s:[]}", "ledger", "ledger_peer_link",
                              "app_ledger", "app_ledger_peer_link", "ledger_backhaul", "messages");
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
    json_object_set_new(derived, figures[i], json_integer(0));
  return derived;
}

static void set_mean(struct weigher *weigher, const char *key, size_t sum, size_t count) {
  json_object_set_new(weigher->derived, key,
                      count == 0 ? json_null() : json_real((double)sum / (double)count));
}

/* Of all that the application sent, for each exchange that was answered. */
static void set_exchange(struct weigher *weigher, const char *key, const char *sum, size_t count) {
  set_mean(weigher, key, (size_t)json_integer_value(json_object_get(weigher->derived, sum)), count);
}

/* When the last datagram left, and a request in it would have been given up. */
static uint64_t rest_ns(const struct weigher *weigher) {
  return weigher->log.count == 0
             ? 0
             : weigher->log.sent[weigher->log.count - 1].time_ns + TRANSMIT_WAIT_NS;
}

static void weigh_exchanges(struct weigher *weigher, bool at_rest) {
  const struct proof_exchanges exchanges =
      proof_exchanges_find(&weigher->air, &weigher->datagrams, weigher->acknowledged);
  const size_t answered = exchanges.answered;
  add_count(weigher->derived, "app_exchanges", answered);
  add_count(weigher->derived, "app_unanswered", exchanges.requests - answered);
  if (!at_rest)
    json_object_del(weigher->derived, "app_unanswered");
  set_exchange(weigher, "app_exchange_bytes_udp", "app_bytes_udp", answered);
  set_exchange(weigher, "app_exchange_bytes_air", "app_bytes_air", answered);
  set_exchange(weigher, "app_exchange_bytes_air_peer_link", "app_bytes_air_peer_link", answered);
  set_exchange(weigher, "app_exchange_frames", "app_frames", answered);
  set_mean(weigher, "app_request_bytes_udp", weigher->request.sum, weigher->request.count);
  set_mean(weigher, "app_response_bytes_udp", weigher->response.sum, weigher->response.count);
}

/* Which of two equal datagrams was the first one is not known. */
static void forget_copies(struct weigher *weigher) {
  static const char *const figures[] = {"bytes_air_repeated",       "datagrams_repeated",
                                        "coap_retransmissions",     "app_coap_retransmissions",
                                        "app_request_bytes_udp",    "app_response_bytes_udp",
                                        "coap_retransmissions_peer"};
  json_t *messages = json_object_get(weigher->derived, "messages"), *message;
  size_t i;
  for (i = 0; i < sizeof figures / sizeof figures[0]; i++)
    json_object_del(weigher->derived, figures[i]);
  json_array_foreach(messages, i, message) json_object_del(message, "datagrams_repeated");
}

static void weigh(struct weigher *weigher, const json_t *spec, const json_t *result) {
  weigher->copies = calloc(weigher->air.count + 1, sizeof *weigher->copies);
  weigher->acknowledged = calloc(weigher->air.count + 1, sizeof *weigher->acknowledged);
  assert(weigher->copies != NULL && weigher->acknowledged != NULL);
  for (size_t i = 0; i < weigher->air.count; i++) {
    if (!weigher->air.frames[i].radio)
      weigh_backhaul(weigher, &weigher->air.frames[i]);
    else if (weigher->air.frames[i].acknowledgement)
      weigh_acknowledgement(weigher, i);
    else
      weigh_data(weigher, i);
  }
  weigh_given_up(weigher, json_integer_value(json_object_get(spec, "peers")) > 1 ||
                              json_number_value(json_object_get(spec, "frame_loss")) > 0);
  weigh_exchanges(weigher, proof_is_at_rest(spec, rest_ns(weigher)));
  proof_copies_check(&weigher->datagrams, &weigher->log, weigher->report);
  if (weigher->copies_mixed || proof_hides_copies(spec, result))
    forget_copies(weigher);
}

json_t *proof_derive(const char *run, const json_t *result, struct proof_report *report) {
  const json_t *spec = json_object_get(result, "spec");
  char dissected[512], log[512];
  snprintf(dissected, sizeof dissected, "%s/dissected", run);
  snprintf(log, sizeof log, "%s/log", run);
  struct weigher weigher = {.report = report, .derived = begin_derived()};
  if (proof_air_read(&weigher.air, dissected, report) &&
      proof_log_read(&weigher.log, log, spec, report) &&
      proof_datagrams_find(&weigher.datagrams, &weigher.air, &weigher.log, spec, report))
    weigh(&weigher, spec, result);
  free(weigher.copies);
  free(weigher.acknowledged);
  proof_datagrams_free(&weigher.datagrams);
  proof_log_free(&weigher.log);
  proof_air_free(&weigher.air);
  return weigher.derived;
}
