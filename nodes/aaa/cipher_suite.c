/* The cipher suite that an Access-Accept names: read and written. */
#include "cipher_suite.h"

#include "../dtls/suite.h"
#include "../oscore/suite.h"

#include <string.h>

enum {
  VENDOR = RADIUS_VENDOR_OURS,
  VENDOR_LENGTH = RADIUS_VENDOR_LENGTH,
  HEADER_LENGTH = 2, /* vendor type, vendor length */
  NUMBER_LENGTH = 4,
};

static uint32_t number_at(const uint8_t *octets) {
  return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
         octets[3];
}

static bool is_known(const struct aaa_cipher_suite *suite) {
  if (suite->number > INT32_MAX)
    return false;
  if (suite->kind == AAA_SUITE_DTLS)
    return dtls_suites_of((int)suite->number) != 0;
  const struct oscore_suite *oscore = oscore_suite_find((int32_t)suite->number);
  return oscore != NULL && oscore->refused == NULL;
}

/* One vendor type with its value. */
static const char *suite_take(struct aaa_cipher_suite *suite, enum aaa_suite_kind taken,
                              unsigned type, const uint8_t *value, size_t length) {
  if (type != AAA_SUITE_OSCORE && type != AAA_SUITE_DTLS)
    return NULL;
  if (length != NUMBER_LENGTH)
    return "malformed cipher suite";
  if (suite->kind != AAA_SUITE_NONE)
    return "more than one cipher suite";
  *suite = (struct aaa_cipher_suite){.kind = (enum aaa_suite_kind)type, .number = number_at(value)};
  if (suite->kind != taken)
    return "cipher suite of another association";
  return is_known(suite) ? NULL : "unknown cipher suite";
}

/* What follows the enterprise number may be several. */
static const char *suite_read_vendor(struct aaa_cipher_suite *suite, enum aaa_suite_kind taken,
                                     const uint8_t *octets, size_t length) {
  const char *fault = NULL;
  for (size_t at = 0; at < length && fault == NULL;) {
    if (length - at < HEADER_LENGTH || octets[at + 1] < HEADER_LENGTH ||
        octets[at + 1] > length - at)
      return "malformed cipher suite";
    fault = suite_take(suite, taken, octets[at], octets + at + HEADER_LENGTH,
                       (size_t)octets[at + 1] - HEADER_LENGTH);
    at += octets[at + 1];
  }
  return fault;
}

const char *aaa_cipher_suite_read(const struct radius_packet *accept, enum aaa_suite_kind taken,
                                  struct aaa_cipher_suite *suite) {
  struct radius_attribute attribute;
  const char *fault = NULL;
  *suite = (struct aaa_cipher_suite){.kind = AAA_SUITE_NONE};
  for (size_t at = 0; fault == NULL && radius_attribute_next(accept, &at, &attribute);)
    if (attribute.type == RADIUS_VENDOR_SPECIFIC && attribute.length >= VENDOR_LENGTH &&
        number_at(attribute.value) == VENDOR)
      fault = suite_read_vendor(suite, taken, attribute.value + VENDOR_LENGTH,
                                attribute.length - VENDOR_LENGTH);
  if (fault != NULL)
    *suite = (struct aaa_cipher_suite){.kind = AAA_SUITE_NONE};
  return fault;
}

bool aaa_cipher_suite_parse(const char *text, struct aaa_cipher_suite *suite) {
  *suite = (struct aaa_cipher_suite){.kind = AAA_SUITE_NONE};
  for (unsigned id = 0; id < DTLS_SUITE_COUNT; id++) {
    const struct dtls_suite *dtls = dtls_suite((enum dtls_suite_id)id);
    if (strcmp(dtls->name, text) == 0)
      *suite = (struct aaa_cipher_suite){.kind = AAA_SUITE_DTLS, .number = (uint32_t)dtls->number};
  }
  if (text[0] >= '0' && text[0] <= '9' && text[1] == '\0')
    *suite =
        (struct aaa_cipher_suite){.kind = AAA_SUITE_OSCORE, .number = (uint32_t)(text[0] - '0')};
  return suite->kind != AAA_SUITE_NONE && is_known(suite);
}

static void put_number(uint8_t *octets, uint32_t number) {
  for (size_t i = 0; i < NUMBER_LENGTH; i++)
    octets[i] = (uint8_t)(number >> 8 * (NUMBER_LENGTH - 1 - i));
}

void aaa_cipher_suite_add(const struct aaa_cipher_suite *suite, struct span_writer *out) {
  uint8_t value[VENDOR_LENGTH + HEADER_LENGTH + NUMBER_LENGTH];
  if (suite->kind == AAA_SUITE_NONE)
    return;
  put_number(value, VENDOR);
  value[VENDOR_LENGTH] = (uint8_t)suite->kind;
  value[VENDOR_LENGTH + 1] = HEADER_LENGTH + NUMBER_LENGTH;
  put_number(value + VENDOR_LENGTH + HEADER_LENGTH, suite->number);
  radius_add_grant(out, RADIUS_VENDOR_SPECIFIC, value, sizeof value);
}
