/* Defaults for what a side does not know. */
#include "spec_keys.h"
#include "cell_pairs.h"

#include <stdlib.h>

enum { PAGE_COLUMNS = 100, FILLED_MOST = 12 };

static const json_t *find_default(void *context, const char *key, enum side has) {
  struct spec_keys *keys = context;
  const struct schema *schema = keys->known->of[has];
  const struct schema_key *row = schema == NULL ? NULL : schema_spec_find(schema, key);
  if (row != NULL && row->resolved)
    return NULL;
  if (row == NULL || row->fallback == NULL) {
    json_array_append_new(keys->left_out[has], json_string(key));
    return NULL;
  }
  json_object_set(keys->filled[has], key, row->fallback);
  return row->fallback;
}

void spec_keys_fill(struct spec_keys *keys, const struct measures_known *known,
                    struct pairing *pairing) {
  *keys = (struct spec_keys){.known = known,
                             .filled = {json_object(), json_object()},
                             .left_out = {json_array(), json_array()}};
  pairing_fill(pairing, find_default, keys);
}

void spec_keys_deinit(struct spec_keys *keys) {
  for (int side = 0; side < SIDE_COUNT; side++) {
    json_decref(keys->filled[side]);
    json_decref(keys->left_out[side]);
  }
  *keys = (struct spec_keys){0};
}

/* All of them, where they are few or wanted. */
static void add_filled(const json_t *filled, const char *has, const char *other, bool all,
                       struct text *text) {
  const size_t count = json_object_size(filled);
  struct text words = {0};
  if (count == 0)
    return;
  text_add(&words, "keys of specs only in %s, whose defaults count for the runs of %s: ", has,
           other);
  if (all || count <= FILLED_MOST) {
    char *defaults = cell_words(filled);
    text_add(&words, "%s\n", defaults);
    free(defaults);
  } else {
    text_add(&words, "%zu (--all tells them)\n", count);
  }
  text_wrap(text, text_string(&words), PAGE_COLUMNS);
  text_deinit(&words);
}

static void add_left_out(const json_t *names, const char *has, struct text *text) {
  struct text words = {0};
  if (json_array_size(names) == 0)
    return;
  text_add(&words, "keys of specs only in %s, which do not count, as no default is known:", has);
  for (size_t i = 0; i < json_array_size(names); i++)
    text_add(&words, " %s", json_string_value(json_array_get(names, i)));
  text_add(&words, "\n");
  text_wrap(text, text_string(&words), PAGE_COLUMNS);
  text_deinit(&words);
}

void spec_keys_add(const struct spec_keys *keys, bool all, struct text *text) {
  add_filled(keys->filled[SIDE_A], "A", "B", all, text);
  add_filled(keys->filled[SIDE_B], "B", "A", all, text);
  add_left_out(keys->left_out[SIDE_A], "A", text);
  add_left_out(keys->left_out[SIDE_B], "B", text);
}
