/* Where the members of an object begin and end. */
#include "json_members.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 63, MEMBERS_MAX = 1000, INTEGER_DIGITS = 18, DECIMAL = 10 };

static const uint64_t HASH_BEGIN = 0xcbf29ce484222325, HASH_PRIME = 0x100000001b3;

/* A place in the text. */
struct scanning {
  const char *at, *end;
};

static void skip_space(struct scanning *scanning) {
  while (scanning->at < scanning->end && strchr(" \t\r\n", *scanning->at) != NULL &&
         *scanning->at != '\0')
    scanning->at++;
}

static bool take(struct scanning *scanning, char what) {
  skip_space(scanning);
  if (scanning->at == scanning->end || *scanning->at != what)
    return false;
  scanning->at++;
  return true;
}

/* Goes behind the string that begins here; false if it does not end. */
static bool skip_string(struct scanning *scanning) {
  for (scanning->at++; scanning->at < scanning->end; scanning->at++) {
    if (*scanning->at == '"') {
      scanning->at++;
      return true;
    }
    scanning->at += *scanning->at == '\\';
  }
  return false;
}

/* Octets that numbers are made of; letters of true, false, null and exponents stay in a shape. */
static bool is_of_number(char octet) {
  return (octet >= '0' && octet <= '9') || octet == '.' || octet == '-' || octet == '+';
}

static uint64_t hash_octets(uint64_t hash, const char *from, const char *to) {
  for (; from < to; from++)
    hash = (hash ^ (unsigned char)*from) * HASH_PRIME;
  return hash;
}

/* Goes behind the value that begins here, and hashes it, if that is wanted. */
static bool skip_value(struct scanning *scanning, struct json_member *member, bool hashed) {
  size_t depth = 0;
  member->shape = HASH_BEGIN;
  skip_space(scanning);
  member->value = scanning->at;
  while (scanning->at < scanning->end) {
    const char *from = scanning->at;
    const char octet = *from;
    if (depth == 0 && (octet == ',' || octet == '}'))
      break;
    if (octet == '"') {
      if (!skip_string(scanning))
        return false;
    } else {
      depth += octet == '{' || octet == '[';
      depth -= octet == '}' || octet == ']';
      scanning->at++;
    }
    if (hashed && !is_of_number(octet))
      member->shape = hash_octets(member->shape, from, scanning->at);
  }
  member->length = (size_t)(scanning->at - member->value);
  if (hashed)
    member->hash = hash_octets(HASH_BEGIN, member->value, scanning->at);
  return depth == 0 && member->length > 0;
}

static bool find_name(struct scanning *scanning, struct json_member *member) {
  skip_space(scanning);
  const char *begin = scanning->at + 1;
  if (scanning->at == scanning->end || *scanning->at != '"' || !skip_string(scanning))
    return false;
  const size_t length = (size_t)(scanning->at - begin) - 1;
  if (length > NAME_MAX_LENGTH || memchr(begin, '\\', length) != NULL)
    return false;
  member->name_hash = hash_octets(HASH_BEGIN, begin, begin + length);
  memcpy(member->name, begin, length);
  member->name[length] = '\0';
  return true;
}

/* Room for one more, whose name is kept from the object before. */
static struct json_member *next_member(struct json_members *members) {
  if (members->count == members->capacity) {
    members->capacity = 2 * members->capacity + 16;
    members->item = memory_resize(members->item, members->capacity, sizeof *members->item);
    for (size_t i = members->count; i < members->capacity; i++)
      members->item[i] = (struct json_member){.name = memory_get(NAME_MAX_LENGTH + 1, 1)};
  }
  return &members->item[members->count];
}

static size_t count_octets(const char *text, size_t length, char octet) {
  size_t count = 0;
  const char *const end = text + length, *at = text;
  while ((at = memchr(at, octet, (size_t)(end - at))) != NULL) {
    count++;
    at++;
  }
  return count;
}

/* Whether this seems to be an object that is whole. Braces in strings need no partner: false may be
 * wrong. */
static bool has_pairs(const char *text, size_t length) {
  return length > 0 && text[length - 1] == '}' &&
         count_octets(text, length, '{') == count_octets(text, length, '}');
}

bool json_members_find(struct json_members *members, const char *text, size_t length) {
  struct scanning scanning = {text, text + length};
  members->count = 0;
  if (!take(&scanning, '{'))
    return false;
  do {
    struct json_member *member = next_member(members);
    if (members->count == MEMBERS_MAX || !find_name(&scanning, member) ||
        json_members_get(members, member->name) != NULL || !take(&scanning, ':') ||
        !skip_value(&scanning, member, !members->only_places))
      return false;
    if (++members->count == members->most && has_pairs(text, length))
      return true;
  } while (take(&scanning, ','));
  const bool ends = take(&scanning, '}');
  skip_space(&scanning);
  return ends && scanning.at == scanning.end;
}

void json_members_deinit(struct json_members *members) {
  for (size_t i = 0; i < members->capacity; i++)
    free(members->item[i].name);
  free(members->item);
  *members = (struct json_members){.only_places = members->only_places, .most = members->most};
}

const struct json_member *json_members_get(const struct json_members *members, const char *name) {
  const uint64_t hash = hash_octets(HASH_BEGIN, name, name + strlen(name));
  for (size_t i = 0; i < members->count; i++)
    if (members->item[i].name_hash == hash && strcmp(members->item[i].name, name) == 0)
      return &members->item[i];
  return NULL;
}

/* A string that stands in the text as it is; NULL if it may be another. */
static json_t *plain_string(const char *value, size_t length) {
  const bool is_plain = length >= 2 && value[0] == '"' && value[length - 1] == '"' &&
                        memchr(value, '\\', length) == NULL &&
                        memchr(value + 1, '"', length - 2) == NULL;
  for (size_t i = 1; is_plain && i + 1 < length; i++)
    if ((unsigned char)value[i] < ' ')
      return NULL;
  return is_plain ? json_stringn(value + 1, length - 2) : NULL;
}

/* A number of digits, with a fraction or without; NULL if it is anything else. */
static json_t *plain_number(const char *value, size_t length) {
  const size_t sign = length > 0 && value[0] == '-';
  const size_t whole = strspn(value + sign, "0123456789");
  const size_t point = sign + whole < length && value[sign + whole] == '.';
  const size_t fraction = point ? strspn(value + sign + whole + 1, "0123456789") : 0;
  if (whole == 0 || (whole > 1 && value[sign] == '0') || (point && fraction == 0) ||
      sign + whole + point + fraction != length || whole > INTEGER_DIGITS)
    return NULL;
  return point ? json_real(strtod(value, NULL)) : json_integer(strtoll(value, NULL, DECIMAL));
}

/* Most members are short, and need no parser. */
json_t *json_member_read(const struct json_member *member) {
  json_t *value = plain_number(member->value, member->length);
  if (value == NULL)
    value = plain_string(member->value, member->length);
  return value != NULL ? value
                       : json_loadb(member->value, member->length,
                                    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}
