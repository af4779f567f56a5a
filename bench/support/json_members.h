/* The members of a JSON object as they stand in its text, so that those can be read which are
 * needed: results are long, and most of what is asked of them is short. */
#ifndef BENCH_SUPPORT_JSON_MEMBERS_H
#define BENCH_SUPPORT_JSON_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct json_member {
  char *name;
  uint64_t name_hash;
  const char *value; /* in the text of the object */
  size_t length;
  uint64_t hash;  /* of all octets of the value */
  uint64_t shape; /* of these without numbers: its names, its strings, and how they are nested */
};

/* Zero-initialised there is none; it can be filled again and again. */
struct json_members {
  bool only_places; /* set first: hash and shape are not wanted */
  size_t most;      /* set first: that many are wanted, the first ones; 0: all */
  struct json_member *item;
  size_t count, capacity;
};

/* Finds the members of the object that is all of `text`; behind the ones that are wanted it is
 * looked at for pairs of braces alone, so that one that was cut off is not taken for whole, unless
 * its strings have braces. Values are not read, but for where they end: what is no JSON inside of
 * them is found by json_member_read. False if it is no object, or one with names that have escapes,
 * more than once the same, or too long for us: then it is to be read as a whole. */
bool json_members_find(struct json_members *members, const char *text, size_t length);
void json_members_deinit(struct json_members *members);

/* The member of this name, or NULL. */
const struct json_member *json_members_get(const struct json_members *members, const char *name);

/* Its value, to be released; NULL if it is no JSON. */
json_t *json_member_read(const struct json_member *member);

#endif
