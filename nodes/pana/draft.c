/* Writers into memory of their own. */
#include "draft.h"

struct span_writer *pana_draft_begin(struct pana_draft *draft) {
  span_writer_init(&draft->out, draft->data, sizeof draft->data, &draft->spans);
  return &draft->out;
}

struct span_writer *pana_packet_begin(struct pana_packet *packet) {
  span_writer_init(&packet->out, packet->data, sizeof packet->data, &packet->spans);
  return &packet->out;
}

void pana_write_eap(struct span_writer *out, const struct span_writer *packet) {
  pana_write_inner(out, PANA_AVP_EAP_PAYLOAD, packet->data, packet->length, packet->spans);
}
