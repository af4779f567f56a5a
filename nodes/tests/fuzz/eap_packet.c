/* EAP packets, their names, and the frames of EAP-EDHOC in them. */
#include "fuzz.h"

#include <string.h>

#include "eap/edhoc.h"
#include "eap/label.h"
#include "eap/psk.h"

const unsigned FUZZ_ROUNDS = 200000;

static void read_data(const struct eap_packet *packet) {
  struct eap_edhoc_frame frame;
  fuzz_claim(eap_psk_message_number(packet->data, packet->data_length) <= 4,
             "EAP-PSK has four messages");
  if (eap_edhoc_frame_parse(packet->data, packet->data_length, &frame) != 0)
    return;
  fuzz_claim(frame.length <= packet->data_length, "a frame is part of its packet");
  fuzz_claim(frame.length == 0 || frame.data + frame.length == packet->data + packet->data_length,
             "a frame goes to the packet's end");
}

static void eap_compose_again(const struct eap_packet *packet, const uint8_t *data) {
  uint8_t again[FUZZ_INPUT_MAX];
  struct span_list spans = {0};
  struct span_writer out;
  span_writer_init(&out, again, sizeof again, NULL);
  span_list_add(&spans, ROW_EAP_METHOD, packet->data_length);
  const int error = eap_packet_compose(packet, &spans, &out);
  if (error == NODE_ERR_TOO_LONG)
    return;
  fuzz_claim(error == 0 && memcmp(again, data, out.length) == 0, "there is one encoding");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct eap_packet packet;
  struct eap_labels labels = {0};
  fuzz_claim(strlen(eap_packet_label(data, size)) > 0, "each packet has a name");
  fuzz_claim(strlen(eap_label(&labels, data, size)) > 0, "each packet has a name");
  if (eap_packet_parse(data, size, &packet) != 0)
    return 0;
  fuzz_accepted = true;
  fuzz_claim(packet.data_length <= size, "Type-Data are part of the packet");
  eap_compose_again(&packet, data);
  read_data(&packet);
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  static const struct {
    size_t size;
    uint8_t data[24];
  } seeds[] = {
      {5, {1, 7, 0, 5, 1}},                            /* Request/Identity */
      {10, {2, 7, 0, 10, 1, 'a', '@', 'b', '.', 'c'}}, /* Response/Identity */
      {6, {2, 8, 0, 6, 3, 57}},                        /* Nak */
      {4, {3, 9, 0, 4}},                               /* Success */
      {6, {4, 9, 0, 4, 0, 0}},                         /* Failure, padded */
      {23, {1, 1, 0, 23, 47, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 's'}},
      {6, {1, 1, 0, 6, 57, 0x10}},                            /* EAP-EDHOC Start */
      {12, {2, 1, 0, 12, 57, 0x09, 0x40, 1, 2, 3, 4, 5}},     /* first fragment, 1 of L */
      {14, {2, 1, 0, 14, 57, 0x0c, 0, 0, 0, 64, 1, 2, 3, 4}}, /* first fragment, 4 of L */
      {5, {2, 1, 0, 5, 57}},                                  /* empty */
  };
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
    take(seeds[i].data, seeds[i].size);
}
