/* Results as they are compared. */
#include "compared.h"
#include "support/memory.h"
#include "support/text.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

static const char AUTHENTICATION[] = "authentication";

/* The name of an item by its place. */
static char *place_name(const json_t *array, size_t index) {
  (void)array;
  return text_format("%zu", index + 1);
}

/* The name of a message: its label and direction, and the phase, if that is not authentication. */
static char *message_name(const json_t *messages, size_t index) {
  const json_t *message = json_array_get(messages, index);
  const char *phase = value_string(message, "phase");
  bool told = phase[0] != '\0' && strcmp(phase, AUTHENTICATION) != 0;
  return text_format("%s.%s%s%s", value_string(message, "label"),
                     value_string(message, "direction"), told ? "." : "", told ? phase : "");
}

/* The array as an object; a name that was taken before gets a number. */
static json_t *array_object(const json_t *array, char *(*name_of)(const json_t *, size_t)) {
  json_t *object = json_object();
  for (size_t i = 0; i < json_array_size(array); i++) {
    char *name = name_of(array, i), *own = memory_string(name);
    for (size_t again = 2; json_object_get(object, own) != NULL; again++) {
      free(own);
      own = text_format("%s (%zu)", name, again);
    }
    json_object_set(object, own, json_array_get(array, i));
    free(name);
    free(own);
  }
  return object;
}

/* True if `path` is the key, or below it. */
static bool is_below(const char *path, const char *key) {
  size_t length = strlen(key);
  return strncmp(path, key, length) == 0 && (path[length] == '\0' || path[length] == '.');
}

static bool is_ignored(const struct text *path, const struct compared_ignore *ignore) {
  for (size_t i = 0; i < ignore->count; i++) {
    if (!is_below(text_string(path), ignore->key[i]))
      continue;
    ignore->met[i] = true;
    return true;
  }
  return false;
}

static bool is_of_wall(const char *name) {
  return strncmp(name, "wall_", 5) == 0;
}

bool compared_always_differs(const char *name) {
  return is_of_wall(name) || strcmp(name, "id") == 0 || strcmp(name, "code") == 0;
}

/* Brings an object into form; `path` is its own, and is put back. */
static void object_form(json_t *object, bool is_result, struct text *path,
                        const struct compared_ignore *ignore) {
  const char *name;
  json_t *value;
  void *next;
  size_t length = path->length;
  json_object_foreach_safe(object, next, name, value) {
    if (ignore->count > 0)
      text_add(path, "%s%s", length == 0 ? "" : ".", name);
    const bool differs = is_result ? compared_always_differs(name) : is_of_wall(name);
    const bool dropped = differs || is_ignored(path, ignore);
    if (dropped) {
      json_object_del(object, name);
    } else if (json_is_array(value)) {
      bool messages = strcmp(name, "messages") == 0;
      value = array_object(value, messages ? message_name : place_name);
      json_object_set_new(object, name, value);
    }
    if (!dropped && json_is_object(value))
      object_form(value, false, path, ignore);
    if (path->length > length)
      path->data[path->length = length] = '\0';
  }
}

void compared_form(json_t *result, const struct compared_ignore *ignore) {
  struct text path = {0};
  json_object_del(json_object_get(result, "spec"), "id");
  object_form(result, true, &path, ignore);
  text_deinit(&path);
}
