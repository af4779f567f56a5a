/* As much of CBOR as the map needs: integers, octets and arrays in their shortest form. */
#include "proof_info.h"

#include <string.h>

enum { UNSIGNED = 0, OCTETS = 2, ARRAY = 4, MAP = 5 };
enum { SUITES = 1, RID_C = 2, RID_I = 3, LIFETIME = 4 };

struct info_octets {
  const uint8_t *data;
  size_t left;
};

/* The head of an item of this major type: its value in 0, 1, 2 or 4 octets behind the first. */
static bool take_head(struct info_octets *octets, unsigned major, size_t *value) {
  if (octets->left == 0 || octets->data[0] >> 5 != major)
    return false;
  const unsigned info = octets->data[0] & 31;
  const size_t behind = info < 24 ? 0 : (size_t)1 << (info - 24);
  if (info > 26 || octets->left < 1 + behind)
    return false;
  *value = info < 24 ? info : 0;
  for (size_t i = 1; i <= behind; i++)
    *value = *value << 8 | octets->data[i];
  octets->data += 1 + behind;
  octets->left -= 1 + behind;
  return true;
}

static bool take_id(struct info_octets *octets, struct second_id *id) {
  size_t length;
  if (!take_head(octets, OCTETS, &length) || length > sizeof id->octets || length > octets->left)
    return false;
  memcpy(id->octets, octets->data, length);
  id->length = length;
  octets->data += length;
  octets->left -= length;
  return true;
}

static bool take_suites(struct info_octets *octets, struct proof_info *info) {
  size_t number;
  if (!take_head(octets, ARRAY, &info->suite_count) || info->suite_count > PROOF_SUITES_MAX)
    return false;
  for (size_t i = 0; i < info->suite_count; i++) {
    if (!take_head(octets, UNSIGNED, &number))
      return false;
    info->suites[i] = (unsigned)number;
  }
  return true;
}

static bool take_element(struct info_octets *octets, size_t key, struct proof_info *info) {
  size_t lifetime;
  switch (key) {
  case SUITES:
    return take_suites(octets, info);
  case RID_C:
    info->has_rid_c = true;
    return take_id(octets, &info->rid_c);
  case RID_I:
    info->has_rid_i = true;
    return take_id(octets, &info->rid_i);
  case LIFETIME:
    return take_head(octets, UNSIGNED, &lifetime);
  default:
    return false;
  }
}

bool proof_info_parse(const uint8_t *data, size_t length, struct proof_info *info) {
  struct info_octets octets = {data, length};
  size_t pairs, key;
  *info = (struct proof_info){.suite_count = 0};
  bool ok = take_head(&octets, MAP, &pairs);
  for (size_t i = 0; ok && i < pairs; i++)
    ok = take_head(&octets, UNSIGNED, &key) && take_element(&octets, key, info);
  return ok && octets.left == 0;
}
