/* Packets of ERP: parsing, composing, tags (RFC 6696 section 5.3). */
#include "erp_packet.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

enum {
  START_HEAD_LENGTH = 1,  /* Reserved */
  REAUTH_HEAD_LENGTH = 3, /* flags, SEQ */
  NUMBER_LENGTH = 4,
  VALUE_MAX = 255,
};

/* Section 5.3.4. A TV has a value of fixed length and no Length. */
struct erp_attribute_row {
  uint8_t number;
  bool is_tv;
  uint8_t least, most; /* octets of the value */
  uint16_t row;
};

static const struct erp_attribute_row ROWS[ERP_ATTRIBUTES] = {
    [ERP_KEY_NAME_NAI] = {1, false, 1, ERP_NAI_MAX, ROW_EAP_IDENTITY},
    [ERP_RRK_LIFETIME] = {2, true, NUMBER_LENGTH, NUMBER_LENGTH, ROW_EAP_METHOD},
    [ERP_RMSK_LIFETIME] = {3, true, NUMBER_LENGTH, NUMBER_LENGTH, ROW_EAP_METHOD},
    [ERP_DOMAIN_NAME] = {4, false, 1, VALUE_MAX, ROW_EAP_METHOD},
    [ERP_SUITE_LIST] = {5, false, 1, VALUE_MAX, ROW_EAP_METHOD},
    [ERP_AUTHORIZATION_INDICATION] = {6, false, 1, VALUE_MAX, ROW_EAP_METHOD},
    [ERP_CALLED_STATION_ID] = {128, false, 1, VALUE_MAX, ROW_EAP_METHOD},
    [ERP_CALLING_STATION_ID] = {129, false, 1, VALUE_MAX, ROW_EAP_METHOD},
    [ERP_NAS_IDENTIFIER] = {130, false, 1, VALUE_MAX, ROW_EAP_METHOD},
    [ERP_NAS_IP_ADDRESS] = {131, false, 4, 4, ROW_EAP_METHOD},
    [ERP_NAS_IPV6_ADDRESS] = {132, false, 16, 16, ROW_EAP_METHOD},
};

/* Parsing */

/* ERP_ATTRIBUTES: not known. */
static enum erp_attribute attribute_of(uint8_t number) {
  int at = 0;
  while (at < ERP_ATTRIBUTES && ROWS[at].number != number)
    at++;
  return (enum erp_attribute)at;
}

/* Reads the attribute at `*at`, and `*at` moves behind it. False: it is cut off, or has a length
 * that cannot be. */
static bool attribute_read(const uint8_t *data, size_t end, size_t *at, enum erp_attribute *which,
                           struct erp_value *value) {
  *which = attribute_of(data[(*at)++]);
  const struct erp_attribute_row *row = *which == ERP_ATTRIBUTES ? NULL : &ROWS[*which];
  if (row != NULL && row->is_tv) {
    value->length = row->least;
  } else if (*at < end) {
    value->length = data[(*at)++];
  } else {
    return false;
  }
  value->octets = data + *at;
  if (value->length > end - *at)
    return false;
  *at += value->length;
  return row == NULL || (value->length >= row->least && value->length <= row->most);
}

static bool attributes_read(const uint8_t *data, size_t end, size_t at,
                            struct erp_value attributes[ERP_ATTRIBUTES]) {
  while (at < end) {
    enum erp_attribute which;
    struct erp_value value;
    if (!attribute_read(data, end, &at, &which, &value))
      return false;
    if (which == ERP_ATTRIBUTES)
      continue;
    if (attributes[which].octets != NULL)
      return false;
    attributes[which] = value;
  }
  return true;
}

static int start_parse(const struct eap_packet *eap, struct erp_packet *packet) {
  *packet = (struct erp_packet){
      .code = eap->code, .identifier = eap->identifier, .type = ERP_REAUTH_START};
  if (eap->code != EAP_INITIATE || eap->data_length < START_HEAD_LENGTH ||
      !attributes_read(eap->data, eap->data_length, START_HEAD_LENGTH, packet->attributes))
    return NODE_ERR_MALFORMED;
  return 0;
}

static void reauth_begin(const struct eap_packet *eap, const uint8_t *data,
                         struct erp_packet *packet) {
  *packet = (struct erp_packet){.code = eap->code,
                                .identifier = eap->identifier,
                                .type = ERP_REAUTH,
                                .flags = eap->data[0],
                                .sequence = (uint16_t)(eap->data[1] << 8 | eap->data[2]),
                                .octets = data,
                                .length = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + eap->data_length};
}

static int reauth_parse(const struct eap_packet *eap, const uint8_t *data, uint8_t suite,
                        struct erp_packet *packet) {
  const size_t behind = 1 + erp_tag_length(suite); /* Cryptosuite, Tag */
  if (eap->data_length < REAUTH_HEAD_LENGTH + behind)
    return NODE_ERR_MALFORMED;
  const size_t end = eap->data_length - behind;
  reauth_begin(eap, data, packet);
  packet->suite = suite;
  packet->signed_length = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + end + 1;
  const bool says_no = eap->code == EAP_FINISH && (packet->flags & ERP_FLAG_RESULT) != 0;
  if (eap->data[end] != suite || (suite == ERP_SUITE_NONE && !says_no) ||
      !attributes_read(eap->data, end, REAUTH_HEAD_LENGTH, packet->attributes) ||
      packet->attributes[ERP_KEY_NAME_NAI].octets == NULL)
    return NODE_ERR_MALFORMED;
  return 0;
}

int erp_packet_parse(const uint8_t *data, size_t length, uint8_t suite, struct erp_packet *packet) {
  struct eap_packet eap;
  if (eap_packet_parse(data, length, &eap) < 0 ||
      (eap.code != EAP_INITIATE && eap.code != EAP_FINISH))
    return NODE_ERR_MALFORMED;
  switch (eap.type) {
  case ERP_REAUTH_START:
    return start_parse(&eap, packet);
  case ERP_REAUTH:
    return reauth_parse(&eap, data, suite, packet);
  default:
    return NODE_ERR_MALFORMED;
  }
}

size_t erp_packet_readings(const uint8_t *data, size_t length,
                           struct erp_packet readings[ERP_SUITES]) {
  size_t count = 0;
  for (uint8_t suite = 0; suite < ERP_SUITES; suite++)
    if (erp_packet_parse(data, length, suite, &readings[count]) == 0 &&
        readings[count].type == ERP_REAUTH)
      count++;
  return count;
}

int erp_packet_parse_head(const uint8_t *data, size_t length, struct erp_packet *packet) {
  struct eap_packet eap;
  if (eap_packet_parse(data, length, &eap) < 0 || eap.code != EAP_INITIATE ||
      eap.type != ERP_REAUTH || eap.data_length < REAUTH_HEAD_LENGTH)
    return NODE_ERR_MALFORMED;
  reauth_begin(&eap, data, packet);
  for (size_t at = REAUTH_HEAD_LENGTH; at < eap.data_length;) {
    enum erp_attribute which;
    struct erp_value value;
    if (!attribute_read(eap.data, eap.data_length, &at, &which, &value))
      return NODE_ERR_MALFORMED;
    if (which < ERP_ATTRIBUTES)
      packet->attributes[which] = value;
    if (which == ERP_KEY_NAME_NAI)
      return 0;
  }
  return NODE_ERR_MALFORMED;
}

uint32_t erp_packet_number(const struct erp_packet *packet, enum erp_attribute attribute) {
  const struct erp_value *value = &packet->attributes[attribute];
  uint32_t number = 0;
  assert(ROWS[attribute].is_tv);
  for (size_t i = 0; value->octets != NULL && i < NUMBER_LENGTH; i++)
    number = number << 8 | value->octets[i];
  return number;
}

/* Tags: the first octets of HMAC-SHA-256 over all in front of them */

int erp_packet_verify(const struct node_hooks *hooks, const struct erp_packet *packet,
                      const uint8_t rik[EAP_KEY_LENGTH]) {
  uint8_t mac[CRYPTO_SHA256_LENGTH];
  const size_t length = erp_tag_length(packet->suite);
  if (length == 0)
    return NODE_ERR_VERIFY;
  const int error =
      crypto_hmac_sha256(hooks, rik, EAP_KEY_LENGTH, packet->octets, packet->signed_length, mac);
  if (error < 0)
    return error;
  return crypto_equal(mac, packet->octets + packet->signed_length, length) ? 0 : NODE_ERR_VERIFY;
}

static int tag_write(const struct node_hooks *hooks, uint8_t suite, const uint8_t *rik,
                     struct span_writer *out) {
  uint8_t mac[CRYPTO_SHA256_LENGTH];
  const int error = crypto_hmac_sha256(hooks, rik, EAP_KEY_LENGTH, out->data, out->length, mac);
  if (error == 0)
    span_writer_put(out, ROW_EAP_METHOD, mac, erp_tag_length(suite));
  return error;
}

/* Composing */

static size_t attribute_length(enum erp_attribute which, const struct erp_value *value) {
  if (value->octets == NULL)
    return 0;
  return 1 + (ROWS[which].is_tv ? 0U : 1U) + value->length;
}

static size_t packet_length(const struct erp_packet *packet) {
  size_t length = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH;
  for (int i = 0; i < ERP_ATTRIBUTES; i++)
    length += attribute_length((enum erp_attribute)i, &packet->attributes[i]);
  if (packet->type == ERP_REAUTH_START)
    return length + START_HEAD_LENGTH;
  return length + REAUTH_HEAD_LENGTH + 1 + erp_tag_length(packet->suite);
}

static void attribute_write(const struct erp_attribute_row *row, const struct erp_value *value,
                            struct span_writer *out) {
  assert(value->length >= row->least && value->length <= row->most);
  span_writer_put_u8(out, row->row, row->number);
  if (!row->is_tv)
    span_writer_put_u8(out, row->row, (uint8_t)value->length);
  span_writer_put(out, row->row, value->octets, value->length);
}

int erp_packet_compose(const struct node_hooks *hooks, const struct erp_packet *packet,
                       const uint8_t *rik, struct span_writer *out) {
  const size_t length = packet_length(packet);
  assert(out->length == 0 && (rik != NULL || packet->suite == ERP_SUITE_NONE));
  if (length > EAP_PACKET_MAX || length > out->capacity)
    return NODE_ERR_TOO_LONG;
  span_writer_put_u8(out, ROW_EAP_HEADER, packet->code);
  span_writer_put_u8(out, ROW_EAP_HEADER, packet->identifier);
  span_writer_put_u16(out, ROW_EAP_HEADER, (uint16_t)length);
  span_writer_put_u8(out, ROW_EAP_HEADER, (uint8_t)packet->type);
  span_writer_put_u8(out, ROW_EAP_METHOD, packet->flags); /* of a Start: Reserved */
  if (packet->type == ERP_REAUTH)
    span_writer_put_u16(out, ROW_EAP_METHOD, packet->sequence);
  for (int i = 0; i < ERP_ATTRIBUTES; i++)
    if (packet->attributes[i].octets != NULL)
      attribute_write(&ROWS[i], &packet->attributes[i], out);
  if (packet->type == ERP_REAUTH_START)
    return 0;
  span_writer_put_u8(out, ROW_EAP_METHOD, packet->suite);
  return rik == NULL ? 0 : tag_write(hooks, packet->suite, rik, out);
}

void erp_packet_copy(const struct eap_packet *packet, const uint8_t *octets,
                     struct span_writer *out) {
  size_t done = 0, at = REAUTH_HEAD_LENGTH;
  enum erp_attribute which;
  struct erp_value value;
  span_writer_put(out, ROW_EAP_HEADER, octets, EAP_HEADER_LENGTH + EAP_TYPE_LENGTH);
  while (at < packet->data_length) {
    const size_t begin = at;
    if (!attribute_read(packet->data, packet->data_length, &at, &which, &value))
      break;
    if (which != ERP_KEY_NAME_NAI)
      continue;
    span_writer_put(out, ROW_EAP_METHOD, packet->data + done, begin - done);
    span_writer_put(out, ROWS[which].row, packet->data + begin, at - begin);
    done = at;
    break;
  }
  span_writer_put(out, ROW_EAP_METHOD, packet->data + done, packet->data_length - done);
}

int erp_start_compose(uint8_t identifier, const struct erp_value *domain,
                      const struct erp_value *nas, struct span_writer *out) {
  struct erp_packet start = {
      .code = EAP_INITIATE, .identifier = identifier, .type = ERP_REAUTH_START};
  if (domain != NULL)
    start.attributes[ERP_DOMAIN_NAME] = *domain;
  if (nas != NULL)
    start.attributes[ERP_NAS_IDENTIFIER] = *nas;
  return erp_packet_compose(NULL, &start, NULL, out);
}

const char *erp_packet_label(const struct eap_packet *packet) {
  if (packet->code == EAP_INITIATE && packet->type == ERP_REAUTH_START)
    return "EAP-Initiate/Re-auth-Start";
  if (packet->type != ERP_REAUTH || packet->data_length < REAUTH_HEAD_LENGTH)
    return packet->code == EAP_INITIATE ? "EAP-Initiate (other)" : "EAP-Finish (other)";
  if (packet->code == EAP_INITIATE)
    return "EAP-Initiate/Re-auth";
  return packet->data[0] & ERP_FLAG_RESULT ? "EAP-Finish/Re-auth (failure)" : "EAP-Finish/Re-auth";
}
