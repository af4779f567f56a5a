/* What moved, in words and as JSON. */
#include "moves.h"
#include "support/grid.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_COLUMNS = 32, PAGE_COLUMNS = 100, MOVED_MOST = 60 };

static const char *const SIDE_NAMES[SIDE_COUNT] = {"A", "B"};

/* What a walk through the keys collects. */
struct collecting {
  struct moves *moves;
  enum side side;
  struct text *text;
  struct grid *grid;
  json_t *array;
  size_t most, more; /* keys that are shown at most, and how many are beyond */
  struct text *error;
  bool bad; /* a run could not be read again */
};

/* (b - a) / |a|; NaN where that is none. */
static double change_of(const struct key *key) {
  const json_t *a = key->value[SIDE_A], *b = key->value[SIDE_B];
  if (!json_is_number(a) || !json_is_number(b))
    return NAN;
  double x = json_number_value(a), change = (json_number_value(b) - x) / fabs(x);
  return isfinite(change) ? change : NAN;
}

static json_t *key_run(struct collecting *collecting, const struct key *key) {
  const struct pairing_pair *pair = &collecting->moves->pairs.pair[key->pair];
  json_t *run = moves_run(collecting->moves, SIDE_B, pair->run[SIDE_B], collecting->error);
  collecting->bad = collecting->bad || run == NULL;
  return run;
}

/* In words: {"hops":3}, or else the id, or else where it stands. */
static char *run_words(const struct moves *moves, enum side side, size_t index, const json_t *run) {
  const json_t *spec = json_object_get(run, "spec"), *id = json_object_get(run, "id");
  struct text place = {0};
  if (spec != NULL)
    return value_canonical(spec);
  if (id != NULL)
    return text_format("id %s", json_string_value(id));
  run_list_place_add(&moves->side[side].list, index, &place);
  return place.data;
}

/* Keys that the other list does not know. */
static bool is_only(const struct key *key, enum side side) {
  return key->known[side] && !key->known[side == SIDE_A ? SIDE_B : SIDE_A];
}

static bool only_visit(void *context, const struct key *key) {
  struct collecting *collecting = context;
  if (!is_only(key, collecting->side))
    return true;
  struct text path = {0};
  key_path_add(key, &path);
  if (collecting->array != NULL)
    json_array_append_new(collecting->array, json_string(path.data));
  else
    text_add(collecting->text, "%s%s", collecting->text->length == 0 ? "" : ", ", path.data);
  text_deinit(&path);
  return false;
}

static char *moved_value_words(const json_t *value) {
  if (value == NULL || json_is_object(value))
    return memory_string(value == NULL ? "-" : "{...}");
  char *words = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
  if (strlen(words) > VALUE_COLUMNS)
    strcpy(words + VALUE_COLUMNS - 3, "...");
  return words;
}

static bool moved_visit(void *context, const struct key *key) {
  struct collecting *collecting = context;
  if (key->moved == 0)
    return true;
  struct grid *grid = collecting->grid;
  if (grid->lines > collecting->most) {
    collecting->more++;
    return true;
  }
  struct text path = {0};
  json_t *run = key_run(collecting, key);
  size_t line = grid->lines;
  size_t index = collecting->moves->pairs.pair[key->pair].run[SIDE_B];
  double change = change_of(key);
  key_path_add(key, &path);
  char *fields[] = {
      text_format("%zu", key->moved),
      moved_value_words(key->value[SIDE_A]),
      moved_value_words(key->value[SIDE_B]),
      isnan(change) ? memory_string("") : text_format("%+.3g %%", 100 * change),
      run_words(collecting->moves, SIDE_B, index, run),
  };
  grid_put_text(grid, line, 0, &path);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    grid_put(grid, line, 1 + i, fields[i]);
    free(fields[i]);
  }
  json_decref(run);
  return true;
}

static void moves_add_head(const struct moves *moves, struct text *text) {
  struct grid grid = {.width = 4};
  for (int side = 0; side < SIDE_COUNT; side++) {
    const struct moves_side *of = &moves->side[side];
    struct text code = {0};
    const char *hash;
    json_t *runs;
    json_object_foreach(of->codes, hash, runs) {
      text_add(&code, "%s%.8s", code.length == 0 ? "code " : ", ", hash);
    }
    char *older = of->list.older == 0 ? memory_string("")
                                      : text_format(", %zu of older code left out", of->list.older);
    char *reported = of->list.store == NULL || of->list.reported >= of->list.count
                         ? memory_string("")
                         : text_format(" stored, %zu of them in the report", of->list.reported);
    char *count =
        text_format("%zu run%s%s%s", of->list.count, text_plural(of->list.count), reported, older);
    free(reported);
    grid_put(&grid, (size_t)side, 0, SIDE_NAMES[side]);
    grid_put(&grid, (size_t)side, 1, of->list.name);
    grid_put(&grid, (size_t)side, 2, count);
    grid_put(&grid, (size_t)side, 3, code.length == 0 ? "code unknown" : code.data);
    free(older);
    free(count);
    text_deinit(&code);
  }
  grid_print(&grid, text);
  grid_deinit(&grid);
}

/* How many runs have a pair, and of those without one the first. */
static int moves_add_runs(struct moves *moves, struct text *text, struct text *error) {
  const struct pairing_result *pairs = &moves->pairs;
  text_add(text, "%zu run%s in both, %zu only in A, %zu only in B\n", pairs->count,
           text_plural(pairs->count), pairs->only_count[SIDE_A], pairs->only_count[SIDE_B]);
  for (int side = 0; side < SIDE_COUNT; side++) {
    if (pairs->only_count[side] == 0)
      continue;
    size_t first = pairs->only[side][0];
    json_t *run = moves_run(moves, (enum side)side, first, error);
    if (run == NULL)
      return -1;
    char *words = run_words(moves, (enum side)side, first, run);
    text_add(text, "the first run only in %s: %s\n", SIDE_NAMES[side], words);
    free(words);
    json_decref(run);
  }
  return 0;
}

static void moves_add_keys(struct moves *moves, struct text *text) {
  for (int side = 0; side < SIDE_COUNT; side++) {
    struct text names = {0};
    struct collecting collecting = {.side = (enum side)side, .text = &names};
    key_walk(&moves->keys, only_visit, &collecting);
    char *line = text_format("keys only in %s: %s\n", SIDE_NAMES[side], text_string(&names));
    if (names.length > 0)
      text_wrap(text, line, PAGE_COLUMNS);
    free(line);
    text_deinit(&names);
  }
}

int moves_print(struct moves *moves, bool all, struct text *text, struct text *error) {
  static const char *const HEADS[] = {"key", "runs", "A", "B", "change", "largest in"};
  struct grid grid = {.width = sizeof HEADS / sizeof HEADS[0]};
  struct collecting collecting = {
      .moves = moves, .grid = &grid, .most = all ? SIZE_MAX : MOVED_MOST, .error = error};
  for (size_t i = 0; i < grid.width; i++)
    grid_put(&grid, 0, i, HEADS[i]);
  moves_add_head(moves, text);
  int status = moves_add_runs(moves, text, error);
  moves_add_keys(moves, text);
  if (moves->count == 0)
    text_add(text, "nothing moved\n");
  else
    text_add(text, "%zu run%s moved\n\n", moves->count, text_plural(moves->count));
  key_walk(&moves->keys, moved_visit, &collecting);
  if (grid.lines > 1)
    grid_print(&grid, text);
  if (collecting.more > 0)
    text_add(text, "... and %zu key%s more: --all shows all\n", collecting.more,
             text_plural(collecting.more));
  grid_deinit(&grid);
  return collecting.bad ? -1 : status;
}

static bool moved_visit_json(void *context, const struct key *key) {
  struct collecting *collecting = context;
  if (key->moved == 0)
    return true;
  struct text path = {0};
  json_t *run = key_run(collecting, key), *moved = json_object();
  double change = change_of(key);
  key_path_add(key, &path);
  json_object_set_new(moved, "key", json_string(path.data));
  json_object_set_new(moved, "runs", json_integer((json_int_t)key->moved));
  if (key->value[SIDE_A] != NULL)
    json_object_set(moved, "a", key->value[SIDE_A]);
  if (key->value[SIDE_B] != NULL)
    json_object_set(moved, "b", key->value[SIDE_B]);
  json_object_set_new(moved, "change", isnan(change) ? json_null() : json_real(change));
  json_object_update(moved, run);
  json_array_append_new(collecting->array, moved);
  json_decref(run);
  text_deinit(&path);
  return true;
}

static json_t *side_json(const struct moves_side *side) {
  return json_pack("{s:s, s:I, s:I, s:O}", "name", side->list.name, "runs",
                   (json_int_t)side->list.count, "older", (json_int_t)side->list.older, "code",
                   side->codes);
}

/* Sets what only one list has. */
static int set_only(struct moves *moves, json_t *object, enum side side, struct text *error) {
  static const char *const NAMES[SIDE_COUNT][3] = {{"only_a", "first_only_a", "keys_only_a"},
                                                   {"only_b", "first_only_b", "keys_only_b"}};
  const struct pairing_result *pairs = &moves->pairs;
  struct collecting collecting = {.side = side, .array = json_array()};
  size_t count = pairs->only_count[side];
  json_t *first = count == 0 ? json_null() : moves_run(moves, side, pairs->only[side][0], error);
  key_walk(&moves->keys, only_visit, &collecting);
  json_object_set_new(object, NAMES[side][0], json_integer((json_int_t)count));
  json_object_set_new(object, NAMES[side][1], first);
  json_object_set_new(object, NAMES[side][2], collecting.array);
  return first == NULL ? -1 : 0;
}

int moves_json_set(struct moves *moves, json_t *object, struct text *error) {
  struct collecting collecting = {.moves = moves, .array = json_array(), .error = error};
  json_object_set_new(object, "a", side_json(&moves->side[SIDE_A]));
  json_object_set_new(object, "b", side_json(&moves->side[SIDE_B]));
  json_object_set_new(object, "both", json_integer((json_int_t)moves->pairs.count));
  int status = set_only(moves, object, SIDE_A, error);
  if (set_only(moves, object, SIDE_B, error) < 0)
    status = -1;
  key_walk(&moves->keys, moved_visit_json, &collecting);
  json_object_set_new(object, "moved", collecting.array);
  return collecting.bad ? -1 : status;
}
