/* Takes from PDML what the proof needs of each frame. */
#include "proof_air.h"

#include "proof_pdml.h"
#include "proof_radius.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
  FILTER_ID = 11, /* RADIUS attributes */
  CLASS = 25,
  PROXY_STATE = 33,
  EAP_MESSAGE = 79,
  NAS_FILTER_RULE = 92,
  LONG_EXTENDED = 245,
  AVP_HEADER = 2,
  TYPE_ACKNOWLEDGEMENT = 2,
};

static unsigned pdml_number(const struct proof_element *element) {
  return (unsigned)strtoul(element->show, NULL, 0);
}

static void take_mac_end(struct proof_frame *frame, const struct proof_element *element) {
  frame->radio = true;
  if (element->position + element->size > frame->mac_header)
    frame->mac_header = element->position + element->size;
}

static void take_type(struct proof_frame *frame, const struct proof_element *element) {
  take_mac_end(frame, element);
  frame->acknowledgement = pdml_number(element) == TYPE_ACKNOWLEDGEMENT;
}

static void take_sequence(struct proof_frame *frame, const struct proof_element *element) {
  take_mac_end(frame, element);
  frame->sequence = pdml_number(element);
}

static void take_source(struct proof_frame *frame, const struct proof_element *element) {
  take_mac_end(frame, element);
  frame->source = pdml_number(element);
}

static void take_destination(struct proof_frame *frame, const struct proof_element *element) {
  take_mac_end(frame, element);
  frame->destination = pdml_number(element);
}

static void take_fcs(struct proof_frame *frame, const struct proof_element *element) {
  frame->mac_fcs = element->size;
}

static void take_fcs_ok(struct proof_frame *frame, const struct proof_element *element) {
  frame->bad_checksums += pdml_number(element) != 1;
}

static void take_pattern(struct proof_frame *frame, const struct proof_element *element) {
  if (pdml_number(element) == 3) {
    frame->compressed = true;
    frame->ipv6_position = element->position;
  }
}

static void take_fragment_size(struct proof_frame *frame, const struct proof_element *element) {
  frame->packet_length = pdml_number(element);
}

static void take_fragment_end(struct proof_frame *frame, const struct proof_element *element) {
  frame->fragment_header = element->position + element->size - frame->mac_header;
}

static void take_fragment_tag(struct proof_frame *frame, const struct proof_element *element) {
  take_fragment_end(frame, element);
  frame->tag = pdml_number(element);
}

static void take_fragment_offset(struct proof_frame *frame, const struct proof_element *element) {
  take_fragment_end(frame, element);
  frame->offset = pdml_number(element);
}

static void keep_fragment(struct proof_frame *frame, const struct proof_element *element) {
  free(frame->fragment);
  frame->fragment = proof_pdml_octets(element->value, &frame->fragment_length);
}

/* In the frame that completes a datagram: one element for each fragment, named by its frame. */
static void take_fragment(struct proof_frame *frame, const struct proof_element *element) {
  if (pdml_number(element) == frame->number)
    keep_fragment(frame, element);
}

static void take_data(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->fragment_header > 0 && frame->payload == NULL)
    keep_fragment(frame, element);
}

/* Fields of the compressed IPv6 header that have octets of their own end it, and addresses that
 * have none stand at its end. */
static void take_ipv6_end(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->udp_position == 0 && element->position + element->size > frame->ipv6_end)
    frame->ipv6_end = element->position + element->size;
}

/* ESP is said inline, and nothing of it is compressed: UDP's part has no octets. */
static void take_next_header(struct proof_frame *frame, const struct proof_element *element) {
  take_ipv6_end(frame, element);
  frame->headers = pdml_number(element) == 50 ? PROOF_IPV6 : PROOF_IPV6_UDP;
}

static void take_udp_begin(struct proof_frame *frame, const struct proof_element *element) {
  frame->udp_position = element->position;
  frame->udp_end = element->position + element->size;
}

static void take_udp_end(struct proof_frame *frame, const struct proof_element *element) {
  if (element->position + element->size > frame->udp_end)
    frame->udp_end = element->position + element->size;
}

/* Of an IPv6 address its last 16 bits, which for radios are their short address; of wires, another
 * number. */
static unsigned short_address(const char *digits) {
  static const char wires[] = "fd01";
  const size_t length = strlen(digits);
  if (length < 4)
    return 0;
  return (unsigned)strtoul(digits + length - 4, NULL, 16) |
         (strncmp(digits, wires, sizeof wires - 1) == 0 ? PROOF_ON_A_WIRE : 0);
}

static void take_from(struct proof_frame *frame, const struct proof_element *element) {
  frame->from = short_address(element->value);
}

static void take_to(struct proof_frame *frame, const struct proof_element *element) {
  frame->to = short_address(element->value);
}

/* ns-3 sends the checksum zero as such; RFC 8200 section 8.1 wants ffff, of the same size. */
static void take_checksum(struct proof_frame *frame, const struct proof_element *element) {
  enum { GOOD = 1, ILLEGAL_ZERO = 4 };
  frame->bad_checksums += pdml_number(element) != GOOD && pdml_number(element) != ILLEGAL_ZERO;
}

static void take_payload(struct proof_frame *frame, const struct proof_element *element) {
  free(frame->payload);
  frame->payload = proof_pdml_octets(element->value, &frame->payload_length);
  frame->payload_position = element->position;
  frame->coap.payload = frame->coap.length = frame->payload_length;
}

static void take_coap_header(struct proof_frame *frame, const struct proof_element *element) {
  frame->header = element->position + element->size - frame->payload_position;
}

static void take_coap_code(struct proof_frame *frame, const struct proof_element *element) {
  frame->coap.code = (uint8_t)pdml_number(element);
}

static void take_coap_token(struct proof_frame *frame, const struct proof_element *element) {
  frame->coap.token = element->size;
}

static void take_coap_option(struct proof_frame *frame, const struct proof_element *element) {
  assert(frame->coap.option_count < PROOF_OPTIONS_MAX);
  frame->coap.options[frame->coap.option_count++] = (struct proof_option){
      .position = element->position - frame->payload_position, .size = element->size};
}

/* "Type 61, Critical, …" stands inside the element of the option. */
static void take_coap_option_number(struct proof_frame *frame,
                                    const struct proof_element *element) {
  if (frame->coap.option_count > 0 && strncmp(element->show, "Type ", 5) == 0)
    frame->coap.options[frame->coap.option_count - 1].number =
        (unsigned)strtoul(element->show + 5, NULL, 10);
}

static void take_coap_marker(struct proof_frame *frame, const struct proof_element *element) {
  frame->coap.marker = element->size;
}

static void take_coap_payload(struct proof_frame *frame, const struct proof_element *element) {
  frame->coap.payload = element->position - frame->payload_position;
}

static void take_dtls_record(struct proof_frame *frame, const struct proof_element *element) {
  assert(frame->dtls.count < PROOF_RECORDS_MAX);
  frame->dtls.item[frame->dtls.count++] = (struct proof_record){
      .type = pdml_number(element), .position = element->position - frame->payload_position};
}

static void take_record_epoch(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->dtls.count > 0)
    frame->dtls.item[frame->dtls.count - 1].epoch = pdml_number(element);
}

static void take_record_sequence(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->dtls.count > 0)
    frame->dtls.item[frame->dtls.count - 1].sequence = strtoull(element->show, NULL, 10);
}

static void take_record_length(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->dtls.count > 0)
    frame->dtls.item[frame->dtls.count - 1].length = pdml_number(element);
}

static void take_handshake(struct proof_frame *frame, const struct proof_element *element) {
  assert(frame->dtls.handshake_count < PROOF_RECORDS_MAX);
  frame->dtls.handshake[frame->dtls.handshake_count++] =
      (struct proof_handshake){.type = pdml_number(element)};
}

static void take_handshake_length(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->dtls.handshake_count > 0)
    frame->dtls.handshake[frame->dtls.handshake_count - 1].length =
        PROOF_HANDSHAKE_HEADER + pdml_number(element);
}

/* tshark calls values of Result-Code and Termination-Cause so, too; they have four octets. */
static void take_avp(struct proof_frame *frame, const struct proof_element *element) {
  if (element->size != 2)
    return;
  assert(frame->pana.count < PROOF_AVPS_MAX);
  frame->pana.item[frame->pana.count++] = (struct proof_avp){
      .code = pdml_number(element), .position = element->position - frame->payload_position};
}

static void take_avp_length(struct proof_frame *frame, const struct proof_element *element) {
  if (frame->pana.count > 0)
    frame->pana.item[frame->pana.count - 1].length = pdml_number(element);
}

static void take_radius(struct proof_frame *frame, const struct proof_element *element) {
  frame->radius = element->size;
}

static void take_radius_header(struct proof_frame *frame, const struct proof_element *element) {
  frame->radius_header += element->size;
}

/* What the authenticator holds a peer to; of vendors, what that for documentation, 32473, has. */
static bool is_authorization(unsigned long type, const char *octets) {
  static const char vendor[] = "1a0c00007ed9";
  return type == FILTER_ID || type == CLASS || type == NAS_FILTER_RULE || type == LONG_EXTENDED ||
         strncmp(octets, vendor, sizeof vendor - 1) == 0;
}

static void take_radius_attribute(struct proof_frame *frame, const struct proof_element *element) {
  char type[3] = "";
  strncat(type, element->value, 2);
  const unsigned long number = strtoul(type, NULL, 16);
  if (number == EAP_MESSAGE)
    frame->radius_eap += element->size - AVP_HEADER;
  else if (number == PROXY_STATE)
    frame->radius_proxy_state += element->size;
  else if (is_authorization(number, element->value))
    frame->radius_authorization += element->size;
}

/* Those of the message, and of what tshark has decrypted of it; those inside one of them
 * (proposals, transforms, selectors) stand before its end. */
static void take_payload_of_ike(struct proof_frame *frame, const struct proof_element *element) {
  struct proof_payloads *ikev2 = &frame->ikev2;
  if (element->position < frame->payload_end)
    return;
  assert(ikev2->count < PROOF_PAYLOADS_MAX);
  ikev2->item[ikev2->count++] =
      (struct proof_payload){pdml_number(element), element->size, frame->ike_inside};
  frame->payload_end = element->position + element->size;
}

static void take_decrypted(struct proof_frame *frame, const struct proof_element *element) {
  (void)element;
  frame->ike_inside = true;
  frame->payload_end = 0;
}

static void take_ike_length(struct proof_frame *frame, const struct proof_element *element) {
  frame->ike_length = pdml_number(element);
}

static void take_esp(struct proof_frame *frame, const struct proof_element *element) {
  size_t length;
  uint8_t *octets = proof_pdml_octets(element->value, &length);
  frame->esp = realloc(frame->esp, frame->esp_length + length);
  assert(frame->esp != NULL);
  memcpy(frame->esp + frame->esp_length, octets, length);
  frame->esp_length += length;
  free(octets);
}

/* What is not in UDP is a datagram of its own. */
static void take_esp_end(struct proof_frame *frame, const struct proof_element *element) {
  take_esp(frame, element);
  if (frame->payload != NULL)
    return;
  frame->payload_length = frame->esp_length;
  frame->payload = malloc(frame->esp_length);
  assert(frame->payload != NULL);
  memcpy(frame->payload, frame->esp, frame->esp_length);
}

static void take_esp_inside(struct proof_frame *frame, const struct proof_element *element) {
  (void)element;
  frame->esp_inside = true;
}

static void take_malformed(struct proof_frame *frame, const struct proof_element *element) {
  (void)element;
  frame->malformed++;
}

/* Options that tshark does not know count as malformed there. */
static void take_malformed_known(struct proof_frame *frame, const struct proof_element *element) {
  (void)element;
  frame->malformed_known++;
}

static const struct {
  const char *name;
  void (*take)(struct proof_frame *frame, const struct proof_element *element);
} takers[] = {
    {"wpan.fcf", take_mac_end},
    {"wpan.frame_type", take_type},
    {"wpan.seq_no", take_sequence},
    {"wpan.dst_pan", take_mac_end},
    {"wpan.dst16", take_destination},
    {"wpan.dst64", take_mac_end},
    {"wpan.src_pan", take_mac_end},
    {"wpan.src16", take_source},
    {"wpan.src64", take_mac_end},
    {"wpan.aux_sec.hdr", take_mac_end},
    {"wpan.fcs", take_fcs},
    {"wpan.fcs_ok", take_fcs_ok},
    {"6lowpan.pattern", take_pattern},
    {"6lowpan.frag.size", take_fragment_size},
    {"6lowpan.frag.tag", take_fragment_tag},
    {"6lowpan.frag.offset", take_fragment_offset},
    {"6lowpan.fragment", take_fragment},
    {"data.data", take_data},
    {"6lowpan.class", take_ipv6_end},
    {"6lowpan.flow", take_ipv6_end},
    {"6lowpan.next", take_next_header},
    {"6lowpan.hops", take_ipv6_end},
    {"6lowpan.src", take_ipv6_end},
    {"6lowpan.dst", take_ipv6_end},
    {"6lowpan.nhc.pattern", take_udp_begin},
    {"6lowpan.udp.src", take_udp_end},
    {"6lowpan.udp.dst", take_udp_end},
    {"6lowpan.udp.checksum", take_udp_end},
    {"ipv6.src", take_from},
    {"ipv6.dst", take_to},
    {"udp.checksum.status", take_checksum},
    {"udp.payload", take_payload},
    {"coap.mid", take_coap_header},
    {"coap.code", take_coap_code},
    {"coap.token", take_coap_token},
    {"coap.opt.name", take_coap_option},
    {"coap.opt.desc", take_coap_option_number},
    {"coap.opt.end_marker", take_coap_marker},
    {"coap.payload", take_coap_payload},
    {"dtls.record.content_type", take_dtls_record},
    {"dtls.record.epoch", take_record_epoch},
    {"dtls.record.sequence_number", take_record_sequence},
    {"dtls.record.length", take_record_length},
    {"dtls.handshake.type", take_handshake},
    {"dtls.handshake.fragment_length", take_handshake_length},
    {"pana.avp.code", take_avp},
    {"pana.avp.data_length", take_avp_length},
    {"isakmp.length", take_ike_length},
    {"isakmp.typepayload", take_payload_of_ike},
    {"isakmp.enc.contained", take_decrypted},
    {"esp.spi", take_esp},
    {"esp.sequence", take_esp},
    {"esp.encrypted_data", take_esp},
    {"esp.icv", take_esp_end},
    {"esp.decrypted_data", take_esp_inside},
    {"radius", take_radius},
    {"radius.code", take_radius_header},
    {"radius.id", take_radius_header},
    {"radius.length", take_radius_header},
    {"radius.authenticator", take_radius_header},
    {"radius.avp", take_radius_attribute},
    {"_ws.malformed", take_malformed},
    {"coap.invalid_option_number", take_malformed_known},
};

static uint64_t read_time_ns(const char *seconds) {
  char *end;
  const unsigned long long whole = strtoull(seconds, &end, 10);
  return whole * 1000000000u + (*end == '.' ? strtoull(end + 1, NULL, 10) : 0);
}

static void take_field(struct proof_frame *frame, const struct proof_element *element) {
  if (strcmp(element->name, "num") == 0)
    frame->number = pdml_number(element);
  else if (strcmp(element->name, "len") == 0)
    frame->length = pdml_number(element);
  else if (strcmp(element->name, "timestamp") == 0)
    frame->time_ns = read_time_ns(element->value);
  for (size_t i = 0; !frame->esp_inside && i < sizeof takers / sizeof takers[0]; i++)
    if (strcmp(takers[i].name, element->name) == 0)
      takers[i].take(frame, element);
}

size_t proof_frame_begin(const struct proof_frame *frame) {
  return frame->compressed ? 0 : frame->offset - frame->headers;
}

size_t proof_frame_carried(const struct proof_frame *frame) {
  const size_t compressed = frame->compressed ? frame->udp_end - frame->ipv6_position : 0;
  return frame->length - frame->mac_header - frame->mac_fcs - frame->fragment_header - compressed;
}

static bool same_options(const struct proof_message *a, const struct proof_message *b) {
  if (a->option_count != b->option_count)
    return false;
  for (size_t i = 0; i < a->option_count; i++)
    if (a->options[i].number != b->options[i].number || a->options[i].size != b->options[i].size ||
        a->options[i].position != b->options[i].position)
      return false;
  return true;
}

static bool same_records(const struct proof_records *a, const struct proof_records *b) {
  if (a->count != b->count || a->handshake_count != b->handshake_count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (a->item[i].type != b->item[i].type || a->item[i].epoch != b->item[i].epoch ||
        a->item[i].sequence != b->item[i].sequence || a->item[i].position != b->item[i].position ||
        a->item[i].length != b->item[i].length)
      return false;
  for (size_t i = 0; i < a->handshake_count; i++)
    if (a->handshake[i].type != b->handshake[i].type ||
        a->handshake[i].length != b->handshake[i].length)
      return false;
  return true;
}

static bool same_avps(const struct proof_avps *a, const struct proof_avps *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (a->item[i].code != b->item[i].code || a->item[i].position != b->item[i].position ||
        a->item[i].length != b->item[i].length)
      return false;
  return true;
}

/* In clear; what is inside is compared where it is decrypted (proof_rows.c). */
static bool ikev2_alike(const struct proof_frame *frame) {
  struct proof_payloads own;
  const size_t marker = proof_ikev2_marker(frame->payload);
  bool alike = proof_ikev2_parse(frame->payload, frame->payload_length, &own) &&
               frame->ike_length == frame->payload_length - marker &&
               own.count <= frame->ikev2.count;
  for (size_t i = 0; alike && i < own.count; i++)
    alike = own.item[i].type == frame->ikev2.item[i].type &&
            own.item[i].length == frame->ikev2.item[i].length && !frame->ikev2.item[i].inside;
  return alike;
}

static bool esp_alike(const struct proof_frame *frame) {
  return frame->esp_length == frame->payload_length &&
         memcmp(frame->esp, frame->payload, frame->esp_length) == 0;
}

static bool radius_alike(const struct proof_frame *frame) {
  struct proof_spans spans = {.count = 0};
  if (frame->radius != frame->payload_length ||
      !proof_radius_rows(frame->payload, frame->payload_length, &spans))
    return false;
  return proof_radius_sum(&spans, "radius_header") == frame->radius_header &&
         proof_radius_sum(&spans, "radius_eap") == frame->radius_eap;
}

/* The proof's own parsers, which must also read what tshark does not show, against tshark. */
static bool parses_alike(const struct proof_frame *frame) {
  struct proof_message own;
  struct proof_records records;
  struct proof_avps avps;
  if (frame->esp != NULL)
    return esp_alike(frame);
  if (proof_ikev2_is(frame->payload, frame->payload_length))
    return ikev2_alike(frame);
  if (proof_radius_is(frame->payload, frame->payload_length))
    return radius_alike(frame);
  if (proof_pana_is(frame->payload, frame->payload_length))
    return proof_pana_parse(frame->payload, frame->payload_length, &avps) &&
           same_avps(&avps, &frame->pana) && frame->header == 0;
  if (proof_dtls_is(frame->payload, frame->payload_length))
    return proof_dtls_parse(frame->payload, frame->payload_length, &records) &&
           same_records(&records, &frame->dtls) && frame->header == 0;
  return proof_coap_parse(frame->payload, frame->payload_length, &own) && frame->header == 4 &&
         own.code == frame->coap.code && own.token == frame->coap.token &&
         own.marker == frame->coap.marker && own.payload == frame->coap.payload &&
         same_options(&own, &frame->coap);
}

static const char *fault_of(const struct proof_frame *frame) {
  if (frame->malformed > frame->malformed_known)
    return "malformed";
  if (!frame->radio && frame->payload == NULL)
    return "on the backhaul, but no datagram";
  if (!frame->radio)
    return parses_alike(frame) ? NULL : "on the backhaul, and tshark reads it in another way";
  if (frame->bad_checksums > 0)
    return "with a wrong checksum";
  if (frame->acknowledgement)
    return frame->mac_header + frame->mac_fcs == frame->length ? NULL : "an odd acknowledgement";
  if (!frame->compressed && frame->fragment_header == 0)
    return "without an IPv6 header";
  if (frame->compressed && frame->udp_end == 0)
    return "without a UDP header";
  if (frame->compressed && frame->ipv6_position != frame->mac_header + frame->fragment_header)
    return "with unknown octets before the IPv6 header";
  if (frame->fragment_header > 0 &&
      frame->fragment_length !=
          proof_frame_carried(frame) + (frame->compressed ? frame->headers : 0))
    return "a fragment of which tshark restores another length";
  if (frame->payload == NULL)
    return frame->fragment_header == 0 ? "without a datagram" : NULL;
  if (frame->fragment_header == 0 && frame->payload_length != proof_frame_carried(frame))
    return "with a datagram that does not fill it";
  return parses_alike(frame) ? NULL : "with a message that tshark reads in another way";
}

/* Of the first fragment of a packet, whose header it has. */
static size_t headers_of(const struct proof_air *air, size_t index) {
  const struct proof_frame *frame = &air->frames[index];
  for (size_t i = index; i-- > 0;) {
    const struct proof_frame *first = &air->frames[i];
    if (first->compressed && first->fragment_header > 0 && first->source == frame->source &&
        first->destination == frame->destination && first->tag == frame->tag &&
        first->packet_length == frame->packet_length)
      return first->headers;
  }
  return PROOF_IPV6_UDP;
}

/* How much of each packet was compressed, which its first frame says. */
static void find_headers(struct proof_air *air) {
  for (size_t i = 0; i < air->count; i++) {
    struct proof_frame *frame = &air->frames[i];
    if (!frame->compressed)
      frame->headers = headers_of(air, i);
    else if (frame->headers == PROOF_IPV6)
      frame->udp_position = frame->udp_end = frame->ipv6_end;
  }
}

bool proof_air_read(struct proof_air *air, const char *path, struct proof_report *report) {
  struct proof_pdml pdml;
  struct proof_element element;
  size_t capacity = 0;
  *air = (struct proof_air){0};
  if (!proof_pdml_open(&pdml, path)) {
    proof_differ(report, "%s: tshark has dissected nothing", path);
    return false;
  }
  while (proof_pdml_next(&pdml, &element)) {
    if (strcmp(element.name, "packet") != 0) {
      if (air->count > 0)
        take_field(&air->frames[air->count - 1], &element);
      continue;
    }
    if (air->count == capacity) {
      capacity = capacity == 0 ? 256 : 2 * capacity;
      air->frames = realloc(air->frames, capacity * sizeof *air->frames);
      assert(air->frames != NULL);
    }
    air->frames[air->count++] = (struct proof_frame){.headers = PROOF_IPV6_UDP};
  }
  proof_pdml_close(&pdml);
  find_headers(air);
  bool sound = true;
  for (size_t i = 0; i < air->count; i++) {
    const char *fault = fault_of(&air->frames[i]);
    if (fault == NULL)
      continue;
    proof_differ(report, "frame %u is %s", air->frames[i].number, fault);
    sound = false;
  }
  return sound;
}

void proof_air_free(struct proof_air *air) {
  for (size_t i = 0; i < air->count; i++) {
    free(air->frames[i].fragment);
    free(air->frames[i].payload);
    free(air->frames[i].esp);
  }
  free(air->frames);
}
