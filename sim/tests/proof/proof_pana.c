/* AVPs, and their rows by code. */
#include "proof_pana.h"

static const char *const avp_rows[] = {[1] = "pana_auth",
                                       [2] = "pana_eap_payload",
                                       [3] = "pana_integrity_algorithm",
                                       [4] = "pana_key_id",
                                       [5] = "pana_nonce",
                                       [6] = "pana_prf_algorithm",
                                       [7] = "pana_result_code",
                                       [8] = "pana_session_lifetime",
                                       [9] = "pana_termination_cause",
                                       [10] = "pana_pac_information",
                                       [PROOF_AVP_RELAYED] = "pana_relayed_message"};

enum { AVP_ROW_COUNT = sizeof avp_rows / sizeof avp_rows[0] };

static size_t read_16(const uint8_t *data) {
  return data[0] * 256u + data[1];
}

static size_t padded(size_t length) {
  return (length + 3) / 4 * 4;
}

bool proof_pana_is(const uint8_t *data, size_t length) {
  return length >= PROOF_PANA_HEADER && read_16(data) == 0;
}

/* Of the message from `begin` to `end`; the AVPs of a message inside come behind that which it is
 * in. */
static bool parse_message(const uint8_t *data, size_t begin, size_t end, struct proof_avps *avps) {
  if (!proof_pana_is(data + begin, end - begin) || read_16(data + begin + 2) != end - begin)
    return false;
  for (size_t at = begin + PROOF_PANA_HEADER; at < end;) {
    if (avps->count == PROOF_AVPS_MAX || end - at < PROOF_AVP_HEADER)
      return false;
    const struct proof_avp avp = {(unsigned)read_16(data + at), at, read_16(data + at + 4)};
    if (padded(avp.length) > end - at - PROOF_AVP_HEADER)
      return false;
    avps->item[avps->count++] = avp;
    at += PROOF_AVP_HEADER;
    if (avp.code == PROOF_AVP_RELAYED && !parse_message(data, at, at + avp.length, avps))
      return false;
    at += padded(avp.length);
  }
  return true;
}

bool proof_pana_parse(const uint8_t *data, size_t length, struct proof_avps *avps) {
  avps->count = 0;
  return parse_message(data, 0, length, avps);
}

bool proof_pana_rows(const uint8_t *data, size_t length, struct proof_spans *spans) {
  struct proof_avps avps;
  if (!proof_pana_parse(data, length, &avps))
    return false;
  proof_spans_add(spans, "pana_header", PROOF_PANA_HEADER);
  for (size_t i = 0; i < avps.count; i++) {
    const struct proof_avp *avp = &avps.item[i];
    const uint8_t *value = data + avp->position + PROOF_AVP_HEADER;
    const size_t padding = padded(avp->length) - avp->length;
    if (avp->code >= AVP_ROW_COUNT || avp_rows[avp->code] == NULL)
      return false;
    proof_spans_add(spans, avp_rows[avp->code], PROOF_AVP_HEADER);
    if (avp->code == PROOF_AVP_RELAYED) /* the last; all messages are multiples of 4 */
      return padding == 0 && proof_pana_rows(value, avp->length, spans);
    if (avp->code != PROOF_AVP_EAP)
      proof_spans_add(spans, avp_rows[avp->code], avp->length);
    else if (!proof_eap_rows(value, avp->length, spans))
      return false;
    proof_spans_add(spans, avp_rows[avp->code], padding);
  }
  return true;
}
