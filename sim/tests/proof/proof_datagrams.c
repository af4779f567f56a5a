/* Finds the datagram of each frame. */
#include "proof_datagrams.h"

#include "proof_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

unsigned proof_peer_of(const struct proof_datagram *datagram) {
  return proof_sent_peer(datagram->sent) == datagram->sent->from ? datagram->from : datagram->to;
}

struct datagram_finder {
  struct proof_datagrams *datagrams;
  const struct proof_air *air;
  struct proof_log *log;
  struct proof_report *report;
};

static size_t add_datagram(struct datagram_finder *finder, const struct proof_datagram *datagram) {
  struct proof_datagrams *all = finder->datagrams;
  for (size_t i = 0; i < all->count; i++)
    if (all->items[i].from == datagram->from && all->items[i].to == datagram->to &&
        all->items[i].length == datagram->length &&
        memcmp(all->items[i].payload, datagram->payload, datagram->length) == 0)
      return i;
  all->items[all->count] = *datagram;
  return all->count++;
}

static size_t find_whole(struct datagram_finder *finder, const struct proof_frame *frame) {
  return add_datagram(finder, &(struct proof_datagram){.from = frame->from,
                                                       .to = frame->to,
                                                       .payload = frame->payload,
                                                       .length = frame->payload_length,
                                                       .ikev2 = &frame->ikev2});
}

/* Whether the fragment is part of a packet with this payload of UDP, or of IP. */
static bool is_part(const struct proof_frame *frame, const uint8_t *payload, size_t length) {
  const size_t begin = proof_frame_begin(frame), carried = proof_frame_carried(frame);
  return frame->packet_length == length + frame->headers && begin + carried <= length &&
         memcmp(frame->fragment + frame->fragment_length - carried, payload + begin, carried) == 0;
}

static bool is_same_packet(const struct proof_frame *a, const struct proof_frame *b) {
  return a->fragment_header > 0 && b->fragment_header > 0 && a->source == b->source &&
         a->destination == b->destination && a->tag == b->tag &&
         a->packet_length == b->packet_length;
}

/* By the frame in which tshark completes the packet: the next one, or for a repetition that comes
 * later than that, the last one. */
static size_t find_completed(struct datagram_finder *finder, size_t index) {
  const struct proof_frame *frames = finder->air->frames;
  size_t found = PROOF_NO_DATAGRAM;
  for (size_t i = 0; i < finder->air->count; i++) {
    if (frames[i].payload == NULL || !is_same_packet(&frames[i], &frames[index]) ||
        !is_part(&frames[index], frames[i].payload, frames[i].payload_length))
      continue;
    found = find_whole(finder, &frames[i]);
    if (i >= index)
      break;
  }
  return found;
}

/* A packet that was given up before all its fragments were on the air. What it would have been is
 * the log's word, but the octets of the fragment must be in it. */
static size_t find_given_up(struct datagram_finder *finder, size_t index) {
  const struct proof_frame *frame = &finder->air->frames[index];
  const struct proof_sent *found = NULL;
  for (size_t i = 0; i < finder->log->count; i++) {
    const struct proof_sent *sent = &finder->log->sent[i];
    if (sent->time_ns <= frame->time_ns && is_part(frame, sent->payload, sent->length))
      found = sent;
  }
  if (found == NULL)
    return PROOF_NO_DATAGRAM;
  return add_datagram(finder,
                      &(struct proof_datagram){.from = proof_log_address(finder->log, found->from),
                                               .to = proof_log_address(finder->log, found->to),
                                               .payload = found->payload,
                                               .length = found->length});
}

static bool is_behind(unsigned address) {
  return address == PROOF_ROOT || (address & PROOF_ON_A_WIRE) != 0;
}

/* What peers on wires say to the authenticator, and that to them. */
static bool is_of_wires_alone(const struct proof_frame *frame) {
  return !frame->radio && frame->radius == 0 && frame->payload != NULL && is_behind(frame->from) &&
         is_behind(frame->to);
}

/* Those that tshark knows first, for they teach which address has which name in the log. */
static void find_known(struct datagram_finder *finder) {
  for (size_t i = 0; i < finder->air->count; i++) {
    const struct proof_frame *frame = &finder->air->frames[i];
    if (frame->radio && !frame->acknowledgement)
      finder->datagrams->of_frame[i] =
          frame->fragment_header == 0 ? find_whole(finder, frame) : find_completed(finder, i);
    else if (is_of_wires_alone(frame))
      find_whole(finder, frame);
  }
}

static bool find_unknown(struct datagram_finder *finder) {
  bool ok = true;
  for (size_t i = 0; i < finder->air->count; i++) {
    const struct proof_frame *frame = &finder->air->frames[i];
    size_t *of = &finder->datagrams->of_frame[i];
    if (!frame->radio || frame->acknowledgement || *of != PROOF_NO_DATAGRAM)
      continue;
    *of = find_given_up(finder, i);
    if (*of == PROOF_NO_DATAGRAM) {
      proof_differ(finder->report, "frame %u is of a datagram that nobody knows", frame->number);
      ok = false;
    }
  }
  return ok;
}

/* Octets that several nodes send (PANA's PCI) teach no names, unless `guess`: nothing else has. */
static void find_names(struct datagram_finder *finder, bool guess) {
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    struct proof_datagram *item = &finder->datagrams->items[i];
    item->sent =
        proof_log_find(finder->log, item->payload, item->length, item->from, item->to, guess);
  }
}

/* Those that nobody heard, too, between ends whose addresses are known. */
static void find_unheard(struct datagram_finder *finder) {
  for (size_t i = 0; i < finder->log->count; i++) {
    const struct proof_sent *sent = &finder->log->sent[i];
    const struct proof_datagram datagram = {.from = proof_log_address(finder->log, sent->from),
                                            .to = proof_log_address(finder->log, sent->to),
                                            .payload = sent->payload,
                                            .length = sent->length};
    if (datagram.from != 0 && datagram.to != 0)
      add_datagram(finder, &datagram);
  }
}

bool proof_datagrams_find(struct proof_datagrams *datagrams, const struct proof_air *air,
                          struct proof_log *log, const json_t *spec, struct proof_report *report) {
  struct datagram_finder finder = {
      .datagrams = datagrams, .air = air, .log = log, .report = report};
  datagrams->count = 0;
  datagrams->items = calloc(air->count + log->count + 1, sizeof *datagrams->items);
  datagrams->of_frame = calloc(air->count + 1, sizeof *datagrams->of_frame);
  assert(datagrams->items != NULL && datagrams->of_frame != NULL);
  for (size_t i = 0; i < air->count; i++)
    datagrams->of_frame[i] = PROOF_NO_DATAGRAM;
  find_known(&finder);
  find_names(&finder, false);
  const bool found = find_unknown(&finder);
  find_unheard(&finder);
  find_names(&finder, false);
  find_names(&finder, true);
  return found && proof_rows_find(datagrams, log, spec, report);
}

void proof_datagrams_free(struct proof_datagrams *datagrams) {
  free(datagrams->items);
  free(datagrams->of_frame);
}
