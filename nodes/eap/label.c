/* Labels of packets within their conversation. */
#include "label.h"

#include "edhoc.h"

enum { MESSAGE_LAST = 4, MESSAGE_ERROR, FRAGMENTS_NUMBERED = 40, CBOR_INTEGERS_END = 0x40 };

#define NUMBERED(text)                                                                             \
  {                                                                                                \
    text ")", text " 1)", text " 2)", text " 3)", text " 4)", text " 5)", text " 6)", text " 7)",  \
        text " 8)", text " 9)", text " 10)", text " 11)", text " 12)", text " 13)", text " 14)",   \
        text " 15)", text " 16)", text " 17)", text " 18)", text " 19)", text " 20)", text " 21)", \
        text " 22)", text " 23)", text " 24)", text " 25)", text " 26)", text " 27)", text " 28)", \
        text " 29)", text " 30)", text " 31)", text " 32)", text " 33)", text " 34)", text " 35)", \
        text " 36)", text " 37)", text " 38)", text " 39)", text " 40)"                            \
  }

static const char *const WHOLE[] = {"EAP-EDHOC Start", "EAP-EDHOC 1", "EAP-EDHOC 2",
                                    "EAP-EDHOC 3",     "EAP-EDHOC 4", "EAP-EDHOC error"};

/* By number; 0: beyond what is numbered. */
static const char *const FRAGMENT[][FRAGMENTS_NUMBERED + 1] = {
    NUMBERED("EAP-EDHOC Start (fragment"), NUMBERED("EAP-EDHOC 1 (fragment"),
    NUMBERED("EAP-EDHOC 2 (fragment"),     NUMBERED("EAP-EDHOC 3 (fragment"),
    NUMBERED("EAP-EDHOC 4 (fragment"),     NUMBERED("EAP-EDHOC error (fragment")};
static const char *const ACK[][FRAGMENTS_NUMBERED + 1] = {
    NUMBERED("EAP-EDHOC Start (ack"), NUMBERED("EAP-EDHOC 1 (ack"),
    NUMBERED("EAP-EDHOC 2 (ack"),     NUMBERED("EAP-EDHOC 3 (ack"),
    NUMBERED("EAP-EDHOC 4 (ack"),     NUMBERED("EAP-EDHOC error (ack")};

static const char *numbered(const char *const texts[FRAGMENTS_NUMBERED + 1], unsigned number) {
  return texts[number <= FRAGMENTS_NUMBERED ? number : 0];
}

/* The message that this data begins. Error messages begin with an integer, and so does message_1,
 * which is the first of all. */
static uint8_t frame_message(const struct eap_label_position *position,
                             const struct eap_edhoc_frame *frame) {
  const bool error = position->message >= MESSAGE_LAST || frame->data[0] < CBOR_INTEGERS_END;
  return position->message > 0 && error ? MESSAGE_ERROR : (uint8_t)(position->message + 1);
}

static const char *frame_label(struct eap_label_position *position, const struct eap_packet *packet,
                               const struct eap_edhoc_frame *frame) {
  if (frame->length == 0)
    return position->more && position->sender != packet->code
               ? numbered(ACK[position->message], position->fragment)
               : "EAP-EDHOC (empty)";
  if (position->more && position->sender == packet->code) {
    position->fragment = (uint8_t)(position->fragment + (position->fragment < UINT8_MAX));
  } else {
    position->message = frame_message(position, frame);
    position->fragment = frame->more ? 1 : 0;
    position->sender = packet->code;
  }
  position->more = frame->more;
  return position->fragment == 0 ? WHOLE[position->message]
                                 : numbered(FRAGMENT[position->message], position->fragment);
}

static const char *edhoc_label(struct eap_labels *labels, const struct eap_packet *packet) {
  struct eap_edhoc_frame frame;
  if (eap_edhoc_frame_parse(packet->data, packet->data_length, &frame) != 0)
    return "EAP-EDHOC (malformed)";
  if (frame.start) {
    *labels = (struct eap_labels){0};
    return WHOLE[0];
  }
  struct eap_label_last *last = packet->code == EAP_REQUEST ? &labels->request : &labels->response;
  if (last->seen && packet->identifier == last->identifier)
    labels->now = last->before;
  last->seen = true;
  last->before = labels->now;
  last->identifier = packet->identifier;
  return frame_label(&labels->now, packet, &frame);
}

const char *eap_label(struct eap_labels *labels, const uint8_t *data, size_t length) {
  struct eap_packet packet;
  if (eap_packet_parse(data, length, &packet) != 0 || packet.type != EAP_TYPE_EDHOC)
    return eap_packet_label(data, length);
  return edhoc_label(labels, &packet);
}
