/* Members of results. */
#include "moves_members.h"

#include <stdio.h>
#include <string.h>

static const char SPEC[] = "spec", CODE[] = "code";

static bool is_compared(const struct moves *moves, const char *name) {
  for (size_t i = 0; i < moves->ignore->count; i++)
    if (strcmp(moves->ignore->key[i], name) == 0)
      return false;
  return !compared_always_differs(name);
}

/* Reads a member, as an object of its own in the form in which results are compared; NULL if it is
 * no JSON. */
static json_t *member_form(const struct moves *moves, const struct json_member *member) {
  json_t *value = json_member_read(member), *object;
  if (value == NULL)
    return NULL;
  object = json_object();
  json_object_set_new(object, member->name, value);
  compared_form(object, moves->ignore);
  return object;
}

/* Whether a member of this name and shape is new to the side. */
static bool is_new(struct moves_side *side, const struct json_member *member) {
  char key[96];
  snprintf(key, sizeof key, "%016llx%s", (unsigned long long)member->shape, member->name);
  if (json_object_get(side->shapes, key) != NULL)
    return false;
  json_object_set_new(side->shapes, key, json_true());
  return true;
}

uint64_t moves_members_note(struct moves *moves, enum side side,
                            const struct json_members *members) {
  uint64_t hash = 1;
  for (size_t i = 0; i < members->count; i++) {
    const struct json_member *member = &members->item[i];
    if (is_new(&moves->side[side], member)) {
      json_t *object = member_form(moves, member);
      if (object != NULL)
        key_note(&moves->keys, side, object);
      json_decref(object);
    }
    if (strcmp(member->name, SPEC) != 0 && is_compared(moves, member->name))
      hash += key_hash_named(member->name, member->hash);
  }
  return hash;
}

json_t *moves_members_needed(const struct moves *moves, const struct json_members *members) {
  const struct moves_listener *listener = moves->listener;
  json_t *needed = json_object();
  for (size_t i = 0; i < members->count && needed != NULL; i++) {
    const struct json_member *member = &members->item[i];
    if (strcmp(member->name, SPEC) != 0 && strcmp(member->name, CODE) != 0 &&
        !listener->needs(listener->context, member->name))
      continue;
    if (json_object_set_new(needed, member->name, json_member_read(member)) == 0)
      continue;
    json_decref(needed);
    needed = NULL;
  }
  if (json_is_object(json_object_get(needed, SPEC)))
    return needed;
  json_decref(needed);
  return NULL;
}

/* Whether it is to be compared with what the other has. */
static bool may_move(const struct moves *moves, const struct json_member *member,
                     const struct json_member *other, enum side other_side) {
  if (strcmp(member->name, SPEC) == 0 || !is_compared(moves, member->name))
    return false;
  if (other == NULL)
    return key_is_known(&moves->keys, member->name, other_side);
  return member->hash != other->hash || member->length != other->length;
}

/* The members of one that may move, in the form in which results are compared; NULL if one is no
 * JSON. */
static json_t *moving_form(const struct moves *moves, const struct json_members *own,
                           const struct json_members *others, enum side other_side) {
  json_t *moving = json_object();
  for (size_t i = 0; i < own->count; i++) {
    const struct json_member *member = &own->item[i];
    if (!may_move(moves, member, json_members_get(others, member->name), other_side))
      continue;
    json_t *object = member_form(moves, member);
    if (object == NULL) {
      json_decref(moving);
      return NULL;
    }
    json_object_update(moving, object);
    json_decref(object);
  }
  return moving;
}

int moves_members_compare(struct moves *moves, const struct json_members members[SIDE_COUNT],
                          size_t pair) {
  json_t *a = moving_form(moves, &members[SIDE_A], &members[SIDE_B], SIDE_B);
  json_t *b = moving_form(moves, &members[SIDE_B], &members[SIDE_A], SIDE_A);
  const int moved = a == NULL || b == NULL ? -1 : key_compare(&moves->keys, a, b, pair);
  json_decref(a);
  json_decref(b);
  return moved;
}
