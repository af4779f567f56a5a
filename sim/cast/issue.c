/* Writes certificates backwards, as DER is written best: contents first, then their heads. */
#include "issue.h"

#include <string.h>

enum {
  TAG_INTEGER = 0x02,
  TAG_BIT_STRING = 0x03,
  TAG_OCTET_STRING = 0x04,
  TAG_UTF8 = 0x0c,
  TAG_SEQUENCE = 0x30,
  TAG_SET = 0x31,
  TAG_VERSION = 0xa0,
  TAG_EXTENSIONS = 0xa3,
};

enum {
  NAME_MAX = 64,
  SERIALS = 127, /* that are one octet */
};

static const uint8_t ECDSA_WITH_SHA256[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                            0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
static const uint8_t P256_KEY[] = {0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                                   0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t COMMON_NAME[] = {0x06, 0x03, 0x55, 0x04, 0x03};
static const uint8_t VALIDITY[] = "\x30\x1e\x17\x0d"
                                  "240101000000Z"
                                  "\x17\x0d"
                                  "491231235959Z";
static const uint8_t VERSION_3[] = {TAG_VERSION, 0x03, TAG_INTEGER, 0x01, 0x02};
/* critical basicConstraints with cA, critical keyUsage with keyCertSign */
static const uint8_t AUTHORITY[] = {0x30, 0x0f, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01,
                                    0xff, 0x04, 0x05, 0x30, 0x03, 0x01, 0x01, 0xff, 0x30,
                                    0x0e, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff,
                                    0x04, 0x04, 0x03, 0x02, 0x02, 0x04};
/* A comment that nobody interprets (2.16.840.1.113730.1.13), to reach larger sizes. */
static const uint8_t COMMENT[] = {0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x0d};

/* What makes up the size. */
struct padding {
  size_t name;      /* dots after the subject's name */
  size_t comment;   /* octets of a comment; 0: no comment */
  size_t signature; /* octets of Ecdsa-Sig-Value: its numbers have a leading zero or not */
};

/* The most frequent first; it alone would leave out the sizes at which a head grows an octet. */
static const size_t SIGNATURE_LENGTHS[] = {71, 70};

/* `at` is the first octet written; everything is written before it. */
struct der {
  uint8_t octets[ISSUE_MAX];
  size_t at;
  bool overflow;
};

static void der_put(struct der *der, const void *bytes, size_t length) {
  if (der->overflow || length > der->at) {
    der->overflow = true;
    return;
  }
  der->at -= length;
  memcpy(der->octets + der->at, bytes, length);
}

static void der_put_octet(struct der *der, uint8_t octet) {
  der_put(der, &octet, 1);
}

static void der_put_fill(struct der *der, uint8_t octet, size_t length) {
  for (size_t i = 0; i < length && !der->overflow; i++)
    der_put_octet(der, octet);
}

/* The head of all that was written since `end`. */
static void der_put_head(struct der *der, uint8_t tag, size_t end) {
  const size_t length = end - der->at;
  der_put_octet(der, (uint8_t)length);
  if (length > UINT8_MAX) {
    der_put_octet(der, (uint8_t)(length >> 8));
    der_put_octet(der, 0x82);
  } else if (length > 0x7f) {
    der_put_octet(der, 0x81);
  }
  der_put_octet(der, tag);
}

static void der_put_name(struct der *der, const char *name, size_t dots) {
  const size_t end = der->at;
  der_put_fill(der, '.', dots);
  der_put(der, name, strlen(name));
  der_put_head(der, TAG_UTF8, end);
  der_put(der, COMMON_NAME, sizeof COMMON_NAME);
  der_put_head(der, TAG_SEQUENCE, end);
  der_put_head(der, TAG_SET, end);
  der_put_head(der, TAG_SEQUENCE, end);
}

static void der_put_extensions(struct der *der, bool authority, size_t comment) {
  const size_t end = der->at;
  if (comment > 0) {
    der_put_fill(der, '.', comment);
    der_put_head(der, TAG_UTF8, end);
    der_put_head(der, TAG_OCTET_STRING, end);
    der_put(der, COMMENT, sizeof COMMENT);
    der_put_head(der, TAG_SEQUENCE, end);
  }
  if (authority)
    der_put(der, AUTHORITY, sizeof AUTHORITY);
  if (der->at == end)
    return;
  der_put_head(der, TAG_SEQUENCE, end);
  der_put_head(der, TAG_EXTENSIONS, end);
}

static void der_put_key(struct der *der, const struct ec_public *public) {
  const size_t end = der->at;
  der_put(der, public->y, EC_LENGTH);
  der_put(der, public->x, EC_LENGTH);
  der_put_octet(der, 0x04); /* not compressed */
  der_put_octet(der, 0);    /* no unused bits */
  der_put_head(der, TAG_BIT_STRING, end);
  der_put(der, P256_KEY, sizeof P256_KEY);
  der_put_head(der, TAG_SEQUENCE, end);
}

/* TBSCertificate */
static void der_put_to_be_signed(struct der *der, const struct issue *issue,
                                 const struct padding *padding, uint8_t serial) {
  const size_t end = der->at;
  der_put_extensions(der, issue->authority, padding->comment);
  der_put_key(der, issue->public);
  der_put_name(der, issue->subject, padding->name);
  der_put(der, VALIDITY, sizeof VALIDITY - 1);
  der_put_name(der, issue->issuer, 0);
  der_put(der, ECDSA_WITH_SHA256, sizeof ECDSA_WITH_SHA256);
  der_put(der, (const uint8_t[]){TAG_INTEGER, 1, serial}, 3);
  der_put(der, VERSION_3, sizeof VERSION_3);
  der_put_head(der, TAG_SEQUENCE, end);
}

static void der_put_number(struct der *der, const uint8_t number[EC_LENGTH]) {
  const size_t end = der->at;
  size_t zeros = 0;
  while (zeros < EC_LENGTH - 1 && number[zeros] == 0)
    zeros++;
  der_put(der, number + zeros, EC_LENGTH - zeros);
  if (number[zeros] > 0x7f)
    der_put_octet(der, 0);
  der_put_head(der, TAG_INTEGER, end);
}

/* Returns the length of Ecdsa-Sig-Value. */
static size_t der_put_signature(struct der *der, const uint8_t signature[EC_SIGNATURE_LENGTH]) {
  const size_t end = der->at;
  der_put_number(der, signature + EC_LENGTH);
  der_put_number(der, signature);
  der_put_head(der, TAG_SEQUENCE, end);
  const size_t length = end - der->at;
  der_put_octet(der, 0);
  der_put_head(der, TAG_BIT_STRING, end);
  der_put(der, ECDSA_WITH_SHA256, sizeof ECDSA_WITH_SHA256);
  return length;
}

static void der_begin(struct der *der) {
  der->at = sizeof der->octets;
  der->overflow = false;
}

/* One whole certificate; `signature_length` is that of the Ecdsa-Sig-Value that came out. */
static int issue_write(const struct ec *ec, const struct issue *issue,
                       const struct padding *padding, uint8_t serial, struct der *der,
                       size_t *signature_length) {
  struct der tbs;
  uint8_t signature[EC_SIGNATURE_LENGTH];
  der_begin(&tbs);
  der_put_to_be_signed(&tbs, issue, padding, serial);
  if (tbs.overflow)
    return NODE_ERR_TOO_LONG;
  const uint8_t *start = tbs.octets + tbs.at;
  const size_t length = sizeof tbs.octets - tbs.at;
  const int error = ec_sign(ec, EC_P256, issue->issuer_private, start, length, signature);
  if (error != 0)
    return error;
  der_begin(der);
  *signature_length = der_put_signature(der, signature);
  der_put(der, start, length);
  der_put_head(der, TAG_SEQUENCE, sizeof der->octets);
  return der->overflow ? NODE_ERR_TOO_LONG : 0;
}

/* The length that a certificate will have; 0: too long. */
static size_t issue_length(const struct issue *issue, const struct padding *padding) {
  struct der der;
  der_begin(&der);
  der_put_fill(&der, 0, padding->signature + 1);
  der_put_head(&der, TAG_BIT_STRING, sizeof der.octets);
  der_put(&der, ECDSA_WITH_SHA256, sizeof ECDSA_WITH_SHA256);
  der_put_to_be_signed(&der, issue, padding, 1);
  der_put_head(&der, TAG_SEQUENCE, sizeof der.octets);
  return der.overflow ? 0 : sizeof der.octets - der.at;
}

/* Small differences go into the name, larger ones into a comment: where that must be long, one with
 * all its heads is not shorter than this. */
static size_t issue_least_comment(const struct issue *issue, size_t name_max) {
  enum { HEADS_MAX = 48 };
  struct padding none = {.signature = SIGNATURE_LENGTHS[0]};
  const size_t reached = issue_length(issue, &none) + name_max + HEADS_MAX;
  return issue->length > reached ? issue->length - reached : 0;
}

static bool issue_pad_with(const struct issue *issue, struct padding *padding) {
  const size_t name_max = NAME_MAX - strlen(issue->subject);
  padding->comment = issue_least_comment(issue, name_max);
  for (; padding->comment < issue->length; padding->comment++)
    for (padding->name = 0; padding->name <= name_max; padding->name++) {
      const size_t length = issue_length(issue, padding);
      if (length == issue->length)
        return true;
      if (length > issue->length || length == 0)
        break;
    }
  return false;
}

static int issue_pad(const struct issue *issue, struct padding *padding) {
  *padding = (struct padding){.signature = SIGNATURE_LENGTHS[0]};
  if (issue->length == 0)
    return 0;
  for (size_t i = 0; i < sizeof SIGNATURE_LENGTHS / sizeof SIGNATURE_LENGTHS[0]; i++) {
    padding->signature = SIGNATURE_LENGTHS[i];
    if (issue_pad_with(issue, padding))
      return 0;
  }
  return NODE_ERR_BAD_CONFIG;
}

static bool issue_is_name(const char *name) {
  const size_t length = strlen(name);
  return length >= 1 && length <= NAME_MAX;
}

int issue_certificate(const struct ec *ec, const struct issue *issue, uint8_t *der, size_t capacity,
                      size_t *length) {
  struct padding padding;
  struct der certificate;
  size_t signature_length = 0;
  if (!issue_is_name(issue->issuer) || !issue_is_name(issue->subject) ||
      issue->public->curve != EC_P256)
    return NODE_ERR_BAD_CONFIG;
  int error = issue_pad(issue, &padding);
  /* The serial number decides how long the signature is. */
  for (uint8_t serial = 1; error == 0 && signature_length != padding.signature; serial++)
    error = serial > SERIALS
                ? NODE_ERR_BAD_CONFIG
                : issue_write(ec, issue, &padding, serial, &certificate, &signature_length);
  if (error != 0)
    return error;
  *length = sizeof certificate.octets - certificate.at;
  if (*length > capacity)
    return NODE_ERR_TOO_LONG;
  memcpy(der, certificate.octets + certificate.at, *length);
  return 0;
}
