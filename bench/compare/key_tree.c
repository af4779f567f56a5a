/* Keys and their moves. */
#include "key_tree.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char SPEC[] = "spec";

static struct key *key_child_add(struct key *key, const char *name) {
  struct key *child = memory_get(1, sizeof *child);
  *child = (struct key){.parent = key, .name = memory_string(name), .relative = -1};
  if (key->place == NULL)
    key->place = json_object();
  json_object_set_new(key->place, name, json_integer((json_int_t)key->child_count));
  if ((key->child_count & (key->child_count + 1)) == 0) /* grows at 0, 1, 3, 7 ... */
    key->child = memory_resize(key->child, 2 * key->child_count + 1, sizeof *key->child);
  key->child[key->child_count++] = child;
  key->likely = key->child_count;
  return child;
}

/* Looks first where it stood in the result before. */
static struct key *key_child(struct key *key, const char *name) {
  size_t index = key->likely;
  if (index >= key->child_count || strcmp(key->child[index]->name, name) != 0) {
    const json_t *place = json_object_get(key->place, name);
    if (place == NULL)
      return key_child_add(key, name);
    index = (size_t)json_integer_value(place);
  }
  key->likely = index + 1;
  return key->child[index];
}

/* Mixes two hashes; order matters. */
static uint64_t hash_mix(uint64_t a, uint64_t b) {
  uint64_t hash = (a ^ (b + 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 29);
}

static uint64_t hash_text(const char *text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (; *text != '\0'; text++)
    hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
  return hash;
}

uint64_t key_hash_named(const char *name, uint64_t own) {
  return hash_mix(hash_text(name), own);
}

bool key_is_known(const struct key *root, const char *name, enum side side) {
  const json_t *place = json_object_get(root->place, name);
  return place != NULL && root->child[json_integer_value(place)]->known[side];
}

static uint64_t hash_scalar(const json_t *value) {
  uint64_t hash = (uint64_t)json_integer_value(value);
  if (json_is_string(value))
    hash = hash_text(json_string_value(value));
  if (json_is_real(value)) {
    double number = json_real_value(value);
    memcpy(&hash, &number, sizeof hash);
  }
  return hash_mix(hash, (uint64_t)json_typeof(value));
}

static uint64_t object_note(struct key *key, enum side side, const json_t *object) {
  const char *name;
  json_t *value;
  uint64_t hash = 1;
  key->likely = 0;
  json_object_foreach((json_t *)object, name, value) {
    struct key *child = key_child(key, name);
    child->known[side] = true;
    uint64_t own = json_is_object(value) ? object_note(child, side, value) : hash_scalar(value);
    if (key->parent != NULL || strcmp(name, SPEC) != 0)
      hash += key_hash_named(name, own);
  }
  return hash;
}

uint64_t key_note(struct key *root, enum side side, const json_t *result) {
  return object_note(root, side, result);
}

void key_deinit(struct key *root) {
  for (size_t i = 0; i < root->child_count; i++) {
    key_deinit(root->child[i]);
    free(root->child[i]);
  }
  free(root->child);
  free(root->name);
  json_decref(root->place);
  json_decref(root->value[SIDE_A]);
  json_decref(root->value[SIDE_B]);
  *root = (struct key){0};
}

double key_relative(const json_t *a, const json_t *b) {
  if (!json_is_number(a) || !json_is_number(b))
    return INFINITY;
  double x = json_number_value(a), y = json_number_value(b);
  return fabs(y - x) / fmax(fabs(x), fabs(y));
}

/* Both are there, and are not both objects. */
static bool scalar_equal(const json_t *a, const json_t *b) {
  bool both_integers = json_is_integer(a) && json_is_integer(b);
  if (json_is_number(a) && json_is_number(b) && !both_integers) {
    double x = json_number_value(a), y = json_number_value(b);
    return x >= y && x <= y;
  }
  return json_equal(a, b);
}

static void key_move(struct key *key, const json_t *a, const json_t *b, size_t pair) {
  double relative = key_relative(a, b);
  key->moved++;
  if (relative <= key->relative)
    return;
  key->relative = relative;
  key->pair = pair;
  json_decref(key->value[SIDE_A]);
  json_decref(key->value[SIDE_B]);
  key->value[SIDE_A] = json_deep_copy(a);
  key->value[SIDE_B] = json_deep_copy(b);
}

static bool child_compare(struct key *key, const json_t *a, const json_t *b, size_t pair) {
  if (a == NULL && b == NULL)
    return false;
  if (a == NULL || b == NULL) {
    if (!key->known[SIDE_A] || !key->known[SIDE_B])
      return false;
  } else if (json_is_object(a) && json_is_object(b)) {
    return key_compare(key, a, b, pair);
  } else if (scalar_equal(a, b)) {
    return false;
  }
  key_move(key, a, b, pair);
  return true;
}

bool key_compare(struct key *root, const json_t *a, const json_t *b, size_t pair) {
  bool moved = false;
  for (size_t i = 0; i < root->child_count; i++) {
    struct key *child = root->child[i];
    if (root->parent == NULL && strcmp(child->name, SPEC) == 0)
      continue;
    moved = child_compare(child, json_object_get(a, child->name), json_object_get(b, child->name),
                          pair) ||
            moved;
  }
  return moved;
}

void key_path_add(const struct key *key, struct text *text) {
  if (key->parent == NULL)
    return;
  key_path_add(key->parent, text);
  text_add(text, "%s%s", key->parent->parent == NULL ? "" : ".", key->name);
}

void key_walk(const struct key *root, bool (*visit)(void *context, const struct key *key),
              void *context) {
  for (size_t i = 0; i < root->child_count; i++)
    if (visit(context, root->child[i]))
      key_walk(root->child[i], visit, context);
}
