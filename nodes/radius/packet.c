/* RADIUS packets: attributes, EAP-Message and the authenticators (RFC 2865 section 3, RFC 3579
 * section 3). Message-Authenticator is always the first attribute of what is sent. */
#include "packet.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

enum {
  LENGTH_AT = 2,
  AUTHENTICATOR_AT = 4,
  MAC_AT = RADIUS_HEADER_LENGTH + RADIUS_ATTRIBUTE_HEADER_LENGTH, /* of what is sent */
};

static const uint8_t ZEROS[16];

const char *radius_code_name(uint8_t code) {
  switch (code) {
  case RADIUS_ACCESS_REQUEST:
    return "Access-Request";
  case RADIUS_ACCESS_ACCEPT:
    return "Access-Accept";
  case RADIUS_ACCESS_REJECT:
    return "Access-Reject";
  case RADIUS_ACCESS_CHALLENGE:
    return "Access-Challenge";
  default:
    return "RADIUS (other code)";
  }
}

/* Reading */

static bool attributes_fit(const struct radius_packet *packet) {
  size_t at = RADIUS_HEADER_LENGTH;
  while (at < packet->length) {
    if (packet->length - at < RADIUS_ATTRIBUTE_HEADER_LENGTH)
      return false;
    const size_t length = packet->octets[at + 1];
    if (length < RADIUS_ATTRIBUTE_HEADER_LENGTH || length > packet->length - at)
      return false;
    at += length;
  }
  return true;
}

int radius_packet_parse(const uint8_t *data, size_t length, struct radius_packet *packet) {
  if (length < RADIUS_HEADER_LENGTH)
    return NODE_ERR_MALFORMED;
  const size_t stated = (size_t)data[LENGTH_AT] << 8 | data[LENGTH_AT + 1];
  if (stated < RADIUS_HEADER_LENGTH || stated > length || stated > RADIUS_PACKET_MAX)
    return NODE_ERR_MALFORMED;
  const struct radius_packet parsed = {.code = data[0],
                                       .identifier = data[1],
                                       .authenticator = data + AUTHENTICATOR_AT,
                                       .octets = data,
                                       .length = stated};
  if (!attributes_fit(&parsed))
    return NODE_ERR_MALFORMED;
  *packet = parsed;
  return 0;
}

bool radius_attribute_next(const struct radius_packet *packet, size_t *at,
                           struct radius_attribute *attribute) {
  if (*at == 0)
    *at = RADIUS_HEADER_LENGTH;
  if (*at >= packet->length)
    return false;
  const uint8_t *octets = packet->octets + *at;
  *attribute =
      (struct radius_attribute){.type = octets[0],
                                .value = octets + RADIUS_ATTRIBUTE_HEADER_LENGTH,
                                .length = (size_t)octets[1] - RADIUS_ATTRIBUTE_HEADER_LENGTH};
  *at += octets[1];
  return true;
}

bool radius_attribute_find(const struct radius_packet *packet, uint8_t type,
                           struct radius_attribute *attribute) {
  size_t at = 0;
  while (radius_attribute_next(packet, &at, attribute))
    if (attribute->type == type)
      return true;
  return false;
}

size_t radius_attribute_count(const struct radius_packet *packet, uint8_t type) {
  struct radius_attribute attribute;
  size_t at = 0, count = 0;
  while (radius_attribute_next(packet, &at, &attribute))
    count += attribute.type == type;
  return count;
}

bool radius_attribute_number(const struct radius_packet *packet, uint8_t type, uint32_t *number) {
  struct radius_attribute attribute;
  if (!radius_attribute_find(packet, type, &attribute) || attribute.length != 4)
    return false;
  *number = (uint32_t)attribute.value[0] << 24 | (uint32_t)attribute.value[1] << 16 |
            (uint32_t)attribute.value[2] << 8 | attribute.value[3];
  return true;
}

int radius_eap_join(const struct radius_packet *packet, uint8_t *eap, size_t capacity) {
  struct radius_attribute attribute;
  size_t at = 0, length = 0;
  bool begun = false, ended = false;
  while (radius_attribute_next(packet, &at, &attribute)) {
    if (attribute.type != RADIUS_EAP_MESSAGE) {
      ended = begun;
      continue;
    }
    if (ended)
      return NODE_ERR_MALFORMED;
    if (attribute.length > capacity - length)
      return NODE_ERR_TOO_LONG;
    memcpy(eap + length, attribute.value, attribute.length);
    length += attribute.length;
    begun = true;
  }
  return begun ? (int)length : NODE_ERR_UNKNOWN;
}

/* HMAC-MD5 over the packet with this Authenticator in its header and zeros in place of the
 * Message-Authenticator's value at `mac_at` (RFC 3579 section 3.2). */
static int message_authenticator(const uint8_t *octets, size_t length,
                                 const uint8_t authenticator[16], size_t mac_at,
                                 const struct radius_secret *secret, uint8_t mac[16]) {
  const size_t behind = mac_at + CRYPTO_MD5_LENGTH;
  const struct crypto_slice slices[] = {
      {octets, AUTHENTICATOR_AT},
      {authenticator, RADIUS_AUTHENTICATOR_LENGTH},
      {octets + RADIUS_HEADER_LENGTH, mac_at - RADIUS_HEADER_LENGTH},
      {ZEROS, sizeof ZEROS},
      {octets + behind, length - behind},
  };
  return crypto_hmac_md5(secret->octets, secret->length, slices, sizeof slices / sizeof slices[0],
                         mac);
}

/* MD5(Code | Identifier | Length | Request Authenticator | Attributes | Secret). */
static int response_authenticator(const uint8_t *octets, size_t length,
                                  const uint8_t request_authenticator[16],
                                  const struct radius_secret *secret, uint8_t digest[16]) {
  const struct crypto_slice slices[] = {
      {octets, AUTHENTICATOR_AT},
      {request_authenticator, RADIUS_AUTHENTICATOR_LENGTH},
      {octets + RADIUS_HEADER_LENGTH, length - RADIUS_HEADER_LENGTH},
      {secret->octets, secret->length},
  };
  return crypto_md5(slices, sizeof slices / sizeof slices[0], digest);
}

/* NULL if the one Message-Authenticator verifies. */
static const char *check_mac(const struct radius_packet *packet, const uint8_t authenticator[16],
                             const struct radius_secret *secret) {
  struct radius_attribute attribute;
  if (!radius_attribute_find(packet, RADIUS_MESSAGE_AUTHENTICATOR, &attribute))
    return "no Message-Authenticator";
  if (radius_attribute_count(packet, RADIUS_MESSAGE_AUTHENTICATOR) > 1)
    return "more than one Message-Authenticator";
  uint8_t mac[CRYPTO_MD5_LENGTH];
  if (attribute.length != sizeof mac)
    return "Message-Authenticator of a wrong length";
  const int error = message_authenticator(packet->octets, packet->length, authenticator,
                                          (size_t)(attribute.value - packet->octets), secret, mac);
  if (error < 0)
    return node_error_name(error);
  return crypto_equal(mac, attribute.value, sizeof mac) ? NULL : "wrong Message-Authenticator";
}

const char *radius_request_check(const struct radius_packet *packet,
                                 const struct radius_secret *secret) {
  return check_mac(packet, packet->authenticator, secret);
}

const char *radius_response_check(const struct radius_packet *packet,
                                  const struct radius_secret *secret,
                                  const uint8_t request_authenticator[16], bool unsigned_reject) {
  uint8_t digest[CRYPTO_MD5_LENGTH];
  const int error =
      response_authenticator(packet->octets, packet->length, request_authenticator, secret, digest);
  if (error < 0)
    return node_error_name(error);
  if (!crypto_equal(digest, packet->authenticator, sizeof digest))
    return "wrong Response Authenticator";
  if (unsigned_reject && packet->code == RADIUS_ACCESS_REJECT &&
      radius_attribute_count(packet, RADIUS_EAP_MESSAGE) == 0 &&
      radius_attribute_count(packet, RADIUS_MESSAGE_AUTHENTICATOR) == 0)
    return NULL;
  return check_mac(packet, request_authenticator, secret);
}

/* Writing */

void radius_begin(struct span_writer *out, uint8_t code, uint8_t identifier) {
  assert(out->length == 0);
  span_writer_put_u8(out, ROW_RADIUS_HEADER, code);
  span_writer_put_u8(out, ROW_RADIUS_HEADER, identifier);
  span_writer_put_u16(out, ROW_RADIUS_HEADER, 0);
  span_writer_put(out, ROW_RADIUS_HEADER, ZEROS, RADIUS_AUTHENTICATOR_LENGTH);
  radius_add(out, RADIUS_MESSAGE_AUTHENTICATOR, ZEROS, sizeof ZEROS);
}

/* The ledger's rows of an attribute's header and of its value. */
struct attribute_rows {
  uint8_t type;
  uint16_t header, value;
};

static struct attribute_rows rows_of(uint8_t type) {
  static const struct attribute_rows special[] = {
      {RADIUS_EAP_MESSAGE, ROW_RADIUS_ATTRIBUTES, ROW_RADIUS_EAP},
      {RADIUS_PROXY_STATE, ROW_RADIUS_PROXY_STATE, ROW_RADIUS_PROXY_STATE},
      {RADIUS_FILTER_ID, ROW_RADIUS_AUTHORIZATION, ROW_RADIUS_AUTHORIZATION},
      {RADIUS_CLASS, ROW_RADIUS_AUTHORIZATION, ROW_RADIUS_AUTHORIZATION},
      {RADIUS_NAS_FILTER_RULE, ROW_RADIUS_AUTHORIZATION, ROW_RADIUS_AUTHORIZATION},
      {RADIUS_LONG_EXTENDED, ROW_RADIUS_AUTHORIZATION, ROW_RADIUS_AUTHORIZATION},
  };
  for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
    if (special[i].type == type)
      return special[i];
  return (struct attribute_rows){type, ROW_RADIUS_ATTRIBUTES, ROW_RADIUS_ATTRIBUTES};
}

static void add_header(struct span_writer *out, uint16_t row, uint8_t type, size_t length) {
  assert(length <= RADIUS_VALUE_MAX);
  span_writer_put_u8(out, row, type);
  span_writer_put_u8(out, row, (uint8_t)(RADIUS_ATTRIBUTE_HEADER_LENGTH + length));
}

static size_t at_most(size_t length, size_t most) {
  return length < most ? length : most;
}

static bool is_ours(uint8_t type, const uint8_t *value, size_t length) {
  static const uint8_t ours[RADIUS_VENDOR_LENGTH] = {0, 0, RADIUS_VENDOR_OURS >> 8,
                                                     RADIUS_VENDOR_OURS & 0xff};
  return type == RADIUS_VENDOR_SPECIFIC && length >= sizeof ours &&
         memcmp(value, ours, sizeof ours) == 0;
}

void radius_add(struct span_writer *out, uint8_t type, const void *value, size_t length) {
  const struct attribute_rows rows = rows_of(is_ours(type, value, length) ? RADIUS_CLASS : type);
  add_header(out, rows.header, type, length);
  span_writer_put(out, rows.value, value, length);
}

void radius_add_number(struct span_writer *out, uint8_t type, uint32_t number) {
  const uint8_t octets[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                            (uint8_t)(number >> 8), (uint8_t)number};
  radius_add(out, type, octets, sizeof octets);
}

void radius_add_eap(struct span_writer *out, const uint8_t *eap, size_t length) {
  size_t at = 0;
  do {
    const size_t part = at_most(length - at, RADIUS_VALUE_MAX);
    radius_add(out, RADIUS_EAP_MESSAGE, eap + at, part);
    at += part;
  } while (at < length);
}

void radius_add_grant(struct span_writer *out, uint8_t type, const void *value, size_t length) {
  const uint8_t *octets = value;
  for (size_t at = 0, part; at < length; at += part) {
    part = at_most(length - at, RADIUS_VALUE_MAX);
    add_header(out, ROW_RADIUS_AUTHORIZATION, type, part);
    span_writer_put(out, ROW_RADIUS_AUTHORIZATION, octets + at, part);
  }
}

void radius_add_extended_grant(struct span_writer *out, enum radius_extended_type type,
                               const void *value, size_t length) {
  const uint8_t *octets = value;
  for (size_t at = 0, part; at < length; at += part) {
    part = at_most(length - at, RADIUS_FRAGMENT_MAX);
    add_header(out, ROW_RADIUS_AUTHORIZATION, RADIUS_LONG_EXTENDED,
               RADIUS_EXTENDED_HEADER_LENGTH + part);
    span_writer_put_u8(out, ROW_RADIUS_AUTHORIZATION, (uint8_t)type);
    span_writer_put_u8(out, ROW_RADIUS_AUTHORIZATION,
                       at + part < length ? RADIUS_EXTENDED_MORE : 0);
    span_writer_put(out, ROW_RADIUS_AUTHORIZATION, octets + at, part);
  }
}

static int packet_seal(struct span_writer *out, const uint8_t authenticator[16],
                       const struct radius_secret *secret) {
  if (out->overflow)
    return NODE_ERR_TOO_LONG;
  assert(out->length >= MAC_AT + CRYPTO_MD5_LENGTH && out->length <= RADIUS_PACKET_MAX);
  out->data[LENGTH_AT] = (uint8_t)(out->length >> 8);
  out->data[LENGTH_AT + 1] = (uint8_t)out->length;
  return message_authenticator(out->data, out->length, authenticator, MAC_AT, secret,
                               out->data + MAC_AT);
}

int radius_request_seal(struct span_writer *out, uint8_t identifier,
                        const uint8_t authenticator[16], const struct radius_secret *secret) {
  if (out->overflow)
    return NODE_ERR_TOO_LONG;
  out->data[1] = identifier;
  memcpy(out->data + AUTHENTICATOR_AT, authenticator, RADIUS_AUTHENTICATOR_LENGTH);
  return packet_seal(out, authenticator, secret);
}

int radius_response_seal(struct span_writer *out, const uint8_t request_authenticator[16],
                         const struct radius_secret *secret) {
  const int error = packet_seal(out, request_authenticator, secret);
  if (error < 0)
    return error;
  return response_authenticator(out->data, out->length, request_authenticator, secret,
                                out->data + AUTHENTICATOR_AT);
}
