/* Finds the datagram of each frame, and the rows of each datagram. */
#include "proof_datagrams.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct finder {
  struct proof_datagrams *datagrams;
  const struct proof_air *air;
  struct proof_log *log;
  struct proof_report *report;
  long long seqnum;
  bool id_context;
};

static size_t add_datagram(struct finder *finder, const struct proof_datagram *datagram) {
  struct proof_datagrams *all = finder->datagrams;
  for (size_t i = 0; i < all->count; i++)
    if (all->items[i].from == datagram->from && all->items[i].to == datagram->to &&
        all->items[i].length == datagram->length &&
        memcmp(all->items[i].payload, datagram->payload, datagram->length) == 0)
      return i;
  all->items[all->count] = *datagram;
  return all->count++;
}

static size_t find_whole(struct finder *finder, const struct proof_frame *frame) {
  return add_datagram(finder, &(struct proof_datagram){.from = frame->from,
                                                       .to = frame->to,
                                                       .payload = frame->payload,
                                                       .length = frame->payload_length});
}

/* Whether the fragment is part of a packet with this UDP payload. */
static bool is_part(const struct proof_frame *frame, const uint8_t *payload, size_t length) {
  const size_t begin = proof_frame_begin(frame), carried = proof_frame_carried(frame);
  return frame->packet_length == length + PROOF_IPV6_UDP && begin + carried <= length &&
         memcmp(frame->fragment + frame->fragment_length - carried, payload + begin, carried) == 0;
}

static bool is_same_packet(const struct proof_frame *a, const struct proof_frame *b) {
  return a->fragment_header > 0 && b->fragment_header > 0 && a->source == b->source &&
         a->destination == b->destination && a->tag == b->tag &&
         a->packet_length == b->packet_length;
}

/* By the frame in which tshark completes the packet: the next one, or for a repetition that comes
 * later than that, the last one. */
static size_t find_completed(struct finder *finder, size_t index) {
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
static size_t find_given_up(struct finder *finder, size_t index) {
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

/* Those that tshark knows first, for they teach which address has which name in the log. */
static void find_known(struct finder *finder) {
  for (size_t i = 0; i < finder->air->count; i++) {
    const struct proof_frame *frame = &finder->air->frames[i];
    if (frame->radio && !frame->acknowledgement)
      finder->datagrams->of_frame[i] =
          frame->fragment_header == 0 ? find_whole(finder, frame) : find_completed(finder, i);
  }
}

static bool find_unknown(struct finder *finder) {
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

static void find_names(struct finder *finder) {
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    struct proof_datagram *item = &finder->datagrams->items[i];
    item->sent = proof_log_find(finder->log, item->payload, item->length, item->from, item->to);
  }
}

/* Rows */

/* The peer's EAP-Response/Identity without its header, which is OSCORE's ID Context. */
static const uint8_t *find_identity(const struct finder *finder, const struct proof_datagram *of,
                                    size_t *length) {
  const unsigned peer = proof_sent_up(of->sent) ? of->from : of->to;
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    const struct proof_datagram *item = &finder->datagrams->items[i];
    struct proof_message message;
    if (item->from != peer || !proof_coap_parse(item->payload, item->length, &message))
      continue;
    const uint8_t *eap = item->payload + message.payload;
    *length = item->length - message.payload;
    if (*length > 5 && eap[0] == 2 && eap[4] == 1) {
      *length -= 5;
      return eap + 5;
    }
  }
  return NULL;
}

static bool open_with(const struct proof_context *context, const struct finder *finder,
                      const struct proof_datagram *datagram, const struct proof_message *message,
                      uint8_t *plaintext) {
  const bool up = proof_sent_up(datagram->sent);
  const struct proof_option *option = proof_coap_find(message, PROOF_OSCORE);
  const uint8_t *ciphertext = datagram->payload + message->payload;
  const size_t length = datagram->length - message->payload;
  struct proof_nonce own = {.from_peer = up};
  proof_oscore_piv(datagram->payload + option->value,
                   option->position + option->size - option->value, &own);
  if (message->code >> 5 == 0)
    return proof_oscore_open(context, up, &own, &own, ciphertext, length, plaintext);
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    const struct proof_datagram *other = &finder->datagrams->items[i];
    struct proof_message request;
    struct proof_nonce nonce = {.from_peer = !up};
    if (other->from != datagram->to || other->to != datagram->from ||
        !proof_coap_parse(other->payload, other->length, &request) || request.code >> 5 != 0 ||
        (option = proof_coap_find(&request, PROOF_OSCORE)) == NULL)
      continue;
    proof_oscore_piv(other->payload + option->value,
                     option->position + option->size - option->value, &nonce);
    if (proof_oscore_open(context, up, own.piv_length > 0 ? &own : &nonce, &nonce, ciphertext,
                          length, plaintext))
      return true;
  }
  return false;
}

/* RFC 8613 section 5.3: the code, then options, marker and payload; the tag is outside. */
static bool add_protected_rows(const struct finder *finder, struct proof_datagram *datagram,
                               const struct proof_message *message) {
  uint8_t plaintext[2048];
  const size_t length = datagram->length - message->payload;
  struct proof_context context = {.id_context = NULL};
  if (finder->id_context)
    context.id_context = find_identity(finder, datagram, &context.id_context_length);
  if (length <= PROOF_TAG || length > sizeof plaintext)
    return false;
  for (size_t i = 0; proof_log_secret(finder->log, datagram->sent, i, context.secret); i++) {
    struct proof_message inner = {.token = 0};
    if (!open_with(&context, finder, datagram, message, plaintext))
      continue;
    inner.code = plaintext[0];
    proof_spans_add(&datagram->spans, "oscore_code", 1);
    if (!proof_coap_parse_body(plaintext, length - PROOF_TAG, 1, &inner))
      return false;
    proof_coap_options(&inner, finder->seqnum, &datagram->spans);
    if (!proof_coap_payload(&inner, plaintext, &datagram->spans))
      return false;
    proof_spans_add(&datagram->spans, "oscore_tag", PROOF_TAG);
    return true;
  }
  return false;
}

static bool add_rows(const struct finder *finder, struct proof_datagram *datagram) {
  struct proof_message message;
  if (!proof_coap_parse(datagram->payload, datagram->length, &message))
    return false;
  proof_spans_add(&datagram->spans, "coap_header", 4);
  proof_spans_add(&datagram->spans, "coap_token", message.token);
  proof_coap_options(&message, finder->seqnum, &datagram->spans);
  if (proof_coap_find(&message, PROOF_OSCORE) != NULL && datagram->length > message.payload)
    return add_protected_rows(finder, datagram, &message);
  return proof_coap_payload(&message, datagram->payload, &datagram->spans);
}

static bool find_rows(struct finder *finder) {
  bool ok = true;
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    struct proof_datagram *item = &finder->datagrams->items[i];
    if (item->sent == NULL) {
      proof_differ(finder->report, "%u to %u: %zu octets on the air that no node sent", item->from,
                   item->to, item->length);
      ok = false;
    } else if (!add_rows(finder, item) || proof_spans_length(&item->spans) != item->length) {
      proof_differ(finder->report, "%s (%s to %s): octets whose purpose cannot be told",
                   item->sent->label, item->sent->from, item->sent->to);
      ok = false;
    }
  }
  return ok;
}

bool proof_datagrams_find(struct proof_datagrams *datagrams, const struct proof_air *air,
                          struct proof_log *log, const json_t *spec, struct proof_report *report) {
  const json_t *seqnum = json_object_get(spec, "seqnum_number");
  const char *id_context = json_string_value(json_object_get(spec, "oscore_id_context"));
  struct finder finder = {.datagrams = datagrams,
                          .air = air,
                          .log = log,
                          .report = report,
                          .seqnum = seqnum == NULL ? -1 : json_integer_value(seqnum),
                          .id_context = id_context == NULL || strcmp(id_context, "none") != 0};
  datagrams->count = 0;
  datagrams->items = calloc(air->count + 1, sizeof *datagrams->items);
  datagrams->of_frame = calloc(air->count + 1, sizeof *datagrams->of_frame);
  assert(datagrams->items != NULL && datagrams->of_frame != NULL);
  for (size_t i = 0; i < air->count; i++)
    datagrams->of_frame[i] = PROOF_NO_DATAGRAM;
  find_known(&finder);
  find_names(&finder);
  const bool found = find_unknown(&finder);
  find_names(&finder);
  return found && find_rows(&finder);
}

void proof_datagrams_free(struct proof_datagrams *datagrams) {
  free(datagrams->items);
  free(datagrams->of_frame);
}
