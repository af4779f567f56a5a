/* As much of CBOR as these maps need: items of definite lengths (RFC 8949 section 3). */
#include "proof_ace.h"

#include <string.h>

enum { UNSIGNED = 0, OCTETS = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6 };
enum { DEPTH_MAX = 8 };

enum {
  ACCESS_TOKEN = 1,
  CNF = 8,
  NONCE1 = 40,
  NONCE2 = 42,
  CLIENT_RECIPIENT_ID = 43,
  SERVER_RECIPIENT_ID = 44
};

struct ace_octets {
  const uint8_t *data;
  size_t left;
};

static bool take_head(struct ace_octets *octets, unsigned *major, size_t *value) {
  if (octets->left == 0)
    return false;
  const unsigned info = octets->data[0] & 31;
  const size_t behind = info < 24 ? 0 : (size_t)1 << (info - 24);
  *major = octets->data[0] >> 5;
  if (info > 27 || octets->left < 1 + behind)
    return false;
  *value = info < 24 ? info : 0;
  for (size_t i = 1; i <= behind; i++)
    *value = *value << 8 | octets->data[i];
  octets->data += 1 + behind;
  octets->left -= 1 + behind;
  return true;
}

/* Passes over one item with all that is in it. */
static bool skip_item(struct ace_octets *octets, unsigned depth) {
  unsigned major;
  size_t value;
  if (depth > DEPTH_MAX || !take_head(octets, &major, &value))
    return false;
  if (major == OCTETS || major == TEXT) {
    if (value > octets->left)
      return false;
    octets->data += value;
    octets->left -= value;
    return true;
  }
  const size_t inside = major == ARRAY ? value : major == MAP ? 2 * value : major == TAG;
  for (size_t i = 0; i < inside; i++)
    if (!skip_item(octets, depth + 1))
      return false;
  return true;
}

/* A parameter: its key, where it begins and where its value does. */
struct parameter {
  size_t key;
  const uint8_t *begin, *value;
  size_t length; /* of both */
};

static bool take_parameter(struct ace_octets *octets, struct parameter *parameter) {
  unsigned major;
  const size_t before = octets->left;
  parameter->begin = octets->data;
  if (!take_head(octets, &major, &parameter->key) || major != UNSIGNED)
    return false;
  parameter->value = octets->data;
  if (!skip_item(octets, 0))
    return false;
  parameter->length = before - octets->left;
  return true;
}

/* The head of a map that is all there is. */
static bool take_map(struct ace_octets *octets, size_t *pairs) {
  unsigned major;
  return take_head(octets, &major, pairs) && major == MAP;
}

static const char *row_of(size_t key) {
  switch (key) {
  case ACCESS_TOKEN:
    return "ace_token";
  case CNF:
    return "ace_cnf";
  case NONCE1:
  case NONCE2:
    return "ace_nonce";
  case CLIENT_RECIPIENT_ID:
  case SERVER_RECIPIENT_ID:
    return "ace_recipient_id";
  default:
    return "ace_parameters";
  }
}

bool proof_ace_rows(unsigned format, const uint8_t *data, size_t length,
                    struct proof_spans *spans) {
  struct ace_octets octets = {data, length};
  struct parameter parameter;
  size_t pairs;
  if (format == PROOF_FORMAT_CWT) {
    proof_spans_add(spans, "ace_token", length);
    return skip_item(&octets, 0) && octets.left == 0;
  }
  if (!take_map(&octets, &pairs))
    return false;
  proof_spans_add(spans, "ace_parameters", length - octets.left);
  for (size_t i = 0; i < pairs; i++) {
    if (!take_parameter(&octets, &parameter))
      return false;
    proof_spans_add(spans, row_of(parameter.key), parameter.length);
  }
  return octets.left == 0;
}

/* A byte string that a parameter is. */
static bool octets_of(const struct parameter *parameter, const uint8_t **octets, size_t *length) {
  struct ace_octets value = {parameter->value,
                             parameter->length - (size_t)(parameter->value - parameter->begin)};
  unsigned major;
  if (!take_head(&value, &major, length) || major != OCTETS)
    return false;
  *octets = value.data;
  return true;
}

bool proof_ace_half_of(const uint8_t *data, size_t length, bool client,
                       struct proof_ace_half *half) {
  struct ace_octets octets = {data, length};
  struct parameter parameter;
  size_t pairs;
  bool has_id = false;
  *half = (struct proof_ace_half){.nonce = NULL};
  if (!take_map(&octets, &pairs))
    return false;
  for (size_t i = 0; i < pairs && take_parameter(&octets, &parameter); i++) {
    const uint8_t *id;
    if (parameter.key == (client ? NONCE1 : NONCE2) &&
        !octets_of(&parameter, &half->nonce, &half->nonce_length))
      return false;
    if (parameter.key != (client ? CLIENT_RECIPIENT_ID : SERVER_RECIPIENT_ID))
      continue;
    if (!octets_of(&parameter, &id, &half->id.length) || half->id.length > sizeof half->id.octets)
      return false;
    memcpy(half->id.octets, id, half->id.length);
    has_id = true;
  }
  return half->nonce != NULL && has_id;
}
