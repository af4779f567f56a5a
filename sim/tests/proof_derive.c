/* Weighs each frame, and adds up what the members of a result say: rows, messages, links. */
#include "proof.h"

#include "proof_datagrams.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* IEEE 802.15.4-2006, 2450 MHz: time on the air, and until the acknowledgement. */
enum { OCTET_NS = 32000, TURNAROUND_NS = 192000, FLIGHT_MAX_NS = 10000, AUTHENTICATOR = 1 };

struct weigher {
  struct proof_air air;
  struct proof_log log;
  struct proof_datagrams datagrams;
  struct proof_report *report;
  json_t *derived;
  bool *copies;      /* by frame: of a datagram that CoAP sent before */
  bool copies_mixed; /* a node held a datagram and its copy at once: which it sent first is unknown
                      */
};

static void add(json_t *object, const char *key, size_t count) {
  if (count > 0)
    json_object_set_new(
        object, key,
        json_integer(json_integer_value(json_object_get(object, key)) + (json_int_t)count));
}

/* The message of this label and direction, begun if there is none yet. */
static json_t *message_of(struct weigher *weigher, const struct proof_sent *sent) {
  static const char *const figures[] = {"datagrams",  "bytes_udp",   "frames",
                                        "frames_ack", "mac_retries", "bytes_air"};
  const char *direction = proof_sent_up(sent) ? "up" : "down";
  json_t *messages = json_object_get(weigher->derived, "messages"), *message;
  size_t i;
  json_array_foreach(messages, i, message) {
    if (strcmp(json_string_value(json_object_get(message, "label")), sent->label) == 0 &&
        strcmp(json_string_value(json_object_get(message, "direction")), direction) == 0)
      return message;
  }
  message = json_pack("{s:s,s:s,s:{}}", "label", sent->label, "direction", direction, "ledger");
  for (i = 0; i < sizeof figures / sizeof figures[0]; i++)
    json_object_set_new(message, figures[i], json_integer(0));
  json_array_append_new(messages, message);
  return message;
}

/* Frames */

/* What the frames of a run are booked to. */
struct booking {
  json_t *message;
  bool peer_link;
  bool again;
};

static void book(struct weigher *weigher, const struct booking *booking, const char *row,
                 size_t octets) {
  if (octets == 0)
    return;
  add(json_object_get(weigher->derived, "ledger"), row, octets);
  add(weigher->derived, "bytes_air", octets);
  add(json_object_get(booking->message, "ledger"), row, octets);
  add(booking->message, "bytes_air", octets);
  if (booking->peer_link) {
    add(json_object_get(weigher->derived, "ledger_peer_link"), row, octets);
    add(weigher->derived, "bytes_air_peer_link", octets);
  }
  if (booking->again)
    add(weigher->derived, "bytes_air_repeated", octets);
}

static void count(struct weigher *weigher, const struct booking *booking, const char *key,
                  size_t frames) {
  add(weigher->derived, key, frames);
  add(booking->message, key, frames);
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
  count(weigher, booking, "frames", 1);
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

static bool is_end(const struct weigher *weigher, unsigned address) {
  for (size_t i = 0; i < weigher->datagrams.count; i++)
    if (address != AUTHENTICATOR &&
        (weigher->datagrams.items[i].from == address || weigher->datagrams.items[i].to == address))
      return true;
  return false;
}

/* The data frame that an acknowledgement follows at its due time; PROOF_NO_DATAGRAM if none. */
static size_t find_acknowledged(const struct weigher *weigher, size_t index) {
  const struct proof_frame *frames = weigher->air.frames;
  for (size_t i = index; i-- > 0;) {
    const uint64_t due_ns =
        frames[i].time_ns + (frames[i].length + PROOF_PHY) * OCTET_NS + TURNAROUND_NS;
    if (frames[i].radio && !frames[i].acknowledgement &&
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
  if (frames[index].source != datagram->from) {
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

/* Whether the frame is of a datagram that CoAP sent before. */
static bool is_copy(struct weigher *weigher, size_t index) {
  const struct proof_frame *frames = weigher->air.frames;
  const size_t *of_frame = weigher->datagrams.of_frame;
  struct arrivals arrivals = {.since_ns = 0};
  const bool begins = departs(weigher, index);
  for (size_t i = index; i-- > 0;) {
    if (of_frame[i] != of_frame[index] || frames[i].source != frames[index].source ||
        !departs(weigher, i))
      continue;
    if (!begins)
      return weigher->copies[i];
    arrivals.since_ns = frames[i].time_ns;
    break;
  }
  note_arrivals(weigher, index, &arrivals);
  weigher->copies_mixed = weigher->copies_mixed || arrivals.mixed;
  return arrivals.copy;
}

static struct booking booking_of(struct weigher *weigher, size_t index) {
  const struct proof_frame *frame = &weigher->air.frames[index];
  const struct proof_datagram *datagram =
      &weigher->datagrams.items[weigher->datagrams.of_frame[index]];
  return (struct booking){.message = message_of(weigher, datagram->sent),
                          .peer_link =
                              is_end(weigher, frame->source) || is_end(weigher, frame->destination),
                          .again = is_repeated(weigher, index) || weigher->copies[index]};
}

static void weigh_acknowledgement(struct weigher *weigher, size_t index) {
  const size_t acknowledged = find_acknowledged(weigher, index);
  if (acknowledged == PROOF_NO_DATAGRAM) {
    proof_differ(weigher->report, "frame %u acknowledges nothing",
                 weigher->air.frames[index].number);
    return;
  }
  const struct booking booking = booking_of(weigher, acknowledged);
  count(weigher, &booking, "frames", 1);
  count(weigher, &booking, "frames_ack", 1);
  book(weigher, &booking, "mac_ack", weigher->air.frames[index].length + PROOF_PHY);
}

static void weigh_data(struct weigher *weigher, size_t index) {
  const struct proof_frame *frame = &weigher->air.frames[index];
  struct proof_datagram *datagram = &weigher->datagrams.items[weigher->datagrams.of_frame[index]];
  weigher->copies[index] = is_copy(weigher, index);
  const struct booking booking = booking_of(weigher, index);
  book_data(weigher, &booking, frame, datagram);
  count(weigher, &booking, "mac_retries", is_repeated(weigher, index));
  if (frame->source != datagram->from || !departs(weigher, index))
    return;
  datagram->on_air++;
  count(weigher, &booking, "datagrams", 1);
  count(weigher, &booking, "bytes_udp", datagram->length);
}

static void weigh_backhaul(struct weigher *weigher, const struct proof_frame *frame) {
  json_t *ledger = json_object_get(weigher->derived, "ledger_backhaul");
  add(weigher->derived, "datagrams_backhaul", 1);
  add(weigher->derived, "bytes_backhaul", frame->length);
  add(ledger, "backhaul_ip", frame->length - frame->radius);
  add(ledger, "radius_header", frame->radius_header);
  add(ledger, "radius_eap", frame->radius_eap);
  add(ledger, "radius_attributes", frame->radius - frame->radius_header - frame->radius_eap);
}

/* Datagrams that the log has and the air does not: the MAC found no free channel, or its queue was
 * full. Only with several peers or lost frames. */
static void weigh_given_up(struct weigher *weigher, bool crowded) {
  for (size_t i = 0; i < weigher->log.count; i++) {
    const struct proof_sent *sent = &weigher->log.sent[i];
    size_t on_air = 0, before = 0;
    for (size_t j = 0; j < weigher->datagrams.count; j++)
      if (weigher->datagrams.items[j].sent != NULL &&
          proof_sent_alike(weigher->datagrams.items[j].sent, sent))
        on_air += weigher->datagrams.items[j].on_air;
    for (size_t j = 0; j < i; j++)
      before += proof_sent_alike(&weigher->log.sent[j], sent);
    if (before < on_air)
      continue;
    if (!crowded)
      proof_differ(weigher->report, "%s (%s to %s) is not on the air", sent->label, sent->from,
                   sent->to);
    const struct booking booking = {.message = message_of(weigher, sent)};
    count(weigher, &booking, "datagrams", 1);
    count(weigher, &booking, "bytes_udp", sent->length);
  }
}

static json_t *begin_derived(void) {
  static const char *const figures[] = {"datagrams",           "frames",
                                        "frames_ack",          "mac_retries",
                                        "bytes_udp",           "bytes_air",
                                        "bytes_air_peer_link", "bytes_air_repeated",
                                        "bytes_backhaul",      "datagrams_backhaul"};
  json_t *derived = json_pack("{s:{},s:{},s:{},s:[]}", "ledger", "ledger_peer_link",
                              "ledger_backhaul", "messages");
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
    json_object_set_new(derived, figures[i], json_integer(0));
  return derived;
}

static void weigh(struct weigher *weigher, const json_t *spec) {
  weigher->copies = calloc(weigher->air.count + 1, sizeof *weigher->copies);
  assert(weigher->copies != NULL);
  for (size_t i = 0; i < weigher->air.count; i++) {
    if (!weigher->air.frames[i].radio)
      weigh_backhaul(weigher, &weigher->air.frames[i]);
    else if (weigher->air.frames[i].acknowledgement)
      weigh_acknowledgement(weigher, i);
    else
      weigh_data(weigher, i);
  }
  if (weigher->copies_mixed)
    json_object_del(weigher->derived, "bytes_air_repeated");
  weigh_given_up(weigher, json_integer_value(json_object_get(spec, "peers")) > 1 ||
                              json_number_value(json_object_get(spec, "frame_loss")) > 0);
}

json_t *proof_derive(const char *run, const json_t *result, struct proof_report *report) {
  const json_t *spec = json_object_get(result, "spec");
  char dissected[512], log[512];
  snprintf(dissected, sizeof dissected, "%s/dissected", run);
  snprintf(log, sizeof log, "%s/log", run);
  struct weigher weigher = {.report = report, .derived = begin_derived()};
  if (proof_air_read(&weigher.air, dissected, report) &&
      proof_log_read(&weigher.log, log, report) &&
      proof_datagrams_find(&weigher.datagrams, &weigher.air, &weigher.log, spec, report))
    weigh(&weigher, spec);
  free(weigher.copies);
  proof_datagrams_free(&weigher.datagrams);
  proof_log_free(&weigher.log);
  proof_air_free(&weigher.air);
  return weigher.derived;
}
