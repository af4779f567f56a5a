/* Two lists of runs, read, paired and compared. */
#include "moves.h"
#include "moves_members.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/value.h"

#include <stdlib.h>

/* The list that is being read. */
struct noting {
  struct moves *moves;
  enum side side;
  size_t count;
};

/* Counts the run for the code that made it. */
static void code_note(json_t *codes, const json_t *result) {
  const json_t *code = json_object_get(result, "code");
  const char *hash = json_string_value(json_is_object(code) ? json_object_get(code, "hash") : code);
  if (hash == NULL)
    return;
  json_int_t runs = json_integer_value(json_object_get(codes, hash));
  json_object_set_new(codes, hash, json_integer(runs + 1));
}

/* Notes the hash of the next run, and its spec, which is NULL where that is ignored. */
static void next_note(struct noting *noting, uint64_t hash, const json_t *spec) {
  struct moves_side *side = &noting->moves->side[noting->side];
  if ((noting->count & (noting->count + 1)) == 0) /* grows at 0, 1, 3, 7 ... */
    side->hash = memory_resize(side->hash, 2 * noting->count + 1, sizeof *side->hash);
  side->hash[noting->count++] = hash;
  pairing_add(noting->moves->pairing, noting->side, spec);
}

static int run_note(void *context, json_t *result) {
  struct noting *noting = context;
  struct moves *moves = noting->moves;
  code_note(moves->side[noting->side].codes, result);
  moves->listener->result(moves->listener->context, noting->side, result);
  compared_form(result, moves->ignore);
  const uint64_t hash = key_note(&moves->keys, noting->side, result);
  next_note(noting, hash, json_object_get(result, "spec"));
  return process_interrupted() ? -1 : 0;
}

static int members_note(void *context, const struct json_members *members) {
  struct noting *noting = context;
  struct moves *moves = noting->moves;
  json_t *needed = moves_members_needed(moves, members);
  if (needed == NULL)
    return 0;
  code_note(moves->side[noting->side].codes, needed);
  moves->listener->result(moves->listener->context, noting->side, needed);
  compared_form(needed, moves->ignore);
  const uint64_t hash = moves_members_note(moves, noting->side, members);
  next_note(noting, hash, json_object_get(needed, "spec"));
  json_decref(needed);
  return process_interrupted() ? -1 : 1;
}

int moves_init(struct moves *moves, const char *const names[SIDE_COUNT],
               const struct compared_ignore *ignore, const struct moves_listener *listener,
               struct text *error) {
  *moves = (struct moves){.ignore = ignore, .listener = listener, .pairing = pairing_create()};
  int status = 0;
  for (int side = 0; side < SIDE_COUNT && status == 0; side++) {
    struct noting noting = {.moves = moves, .side = (enum side)side};
    const struct run_listener reader = {
        .run = run_note, .members = members_note, .context = &noting};
    moves->side[side].codes = json_object();
    moves->side[side].shapes = json_object();
    status = run_list_init(&moves->side[side].list, names[side], &reader, error);
  }
  return status;
}

void moves_deinit(struct moves *moves) {
  for (int side = 0; side < SIDE_COUNT; side++) {
    run_list_deinit(&moves->side[side].list);
    json_decref(moves->side[side].codes);
    json_decref(moves->side[side].shapes);
    free(moves->side[side].hash);
  }
  pairing_destroy(moves->pairing);
  pairing_result_deinit(&moves->pairs);
  key_deinit(&moves->keys);
}

/* A run of a list in the form in which it is compared. */
static json_t *run_read(struct moves *moves, int side, size_t run, struct text *error) {
  json_t *result = run_list_read(&moves->side[side].list, run, error);
  if (result != NULL)
    compared_form(result, moves->ignore);
  return result;
}

/* The members of the two runs of a pair. */
struct pair_members {
  struct json_members of[SIDE_COUNT];
  char *text[SIDE_COUNT];
};

/* False if the runs are to be read as a whole. */
static bool pair_members_init(struct pair_members *members, struct moves *moves, size_t pair) {
  const size_t *run = moves->pairs.pair[pair].run;
  bool found = true;
  *members = (struct pair_members){0};
  for (int side = 0; side < SIDE_COUNT && found; side++)
    found = run_list_members(&moves->side[side].list, run[side], &members->of[side],
                             &members->text[side]);
  return found;
}

static void pair_members_deinit(struct pair_members *members) {
  for (int side = 0; side < SIDE_COUNT; side++) {
    json_members_deinit(&members->of[side]);
    free(members->text[side]);
  }
}

/* Compares the whole results of a pair. 1 or 0: whether some key moved; -1 with an error. */
static int whole_compare(struct moves *moves, size_t pair, struct text *error) {
  const size_t *run = moves->pairs.pair[pair].run;
  json_t *a = run_read(moves, SIDE_A, run[SIDE_A], error);
  json_t *b = a == NULL ? NULL : run_read(moves, SIDE_B, run[SIDE_B], error);
  const int moved = b == NULL ? -1 : key_compare(&moves->keys, a, b, pair);
  json_decref(a);
  json_decref(b);
  return moved;
}

static int pair_compare(struct moves *moves, size_t pair, struct text *error) {
  const size_t *run = moves->pairs.pair[pair].run;
  if (moves->side[SIDE_A].hash[run[SIDE_A]] == moves->side[SIDE_B].hash[run[SIDE_B]])
    return 0;
  struct pair_members members;
  int moved = pair_members_init(&members, moves, pair)
                  ? moves_members_compare(moves, members.of, pair)
                  : -1;
  pair_members_deinit(&members);
  if (moved < 0)
    moved = whole_compare(moves, pair, error);
  moves->count += moved > 0;
  return moved < 0 ? -1 : 0;
}

/* Takes the keys of a run in. */
static int keys_note(struct moves *moves, enum side side, size_t run, struct text *error) {
  struct json_members members = {0};
  char *text;
  json_t *result = NULL;
  const bool found = run_list_members(&moves->side[side].list, run, &members, &text);
  if (found)
    (void)moves_members_note(moves, side, &members);
  else if ((result = run_read(moves, side, run, error)) != NULL)
    key_note(&moves->keys, side, result);
  json_members_deinit(&members);
  free(text);
  json_decref(result);
  return found || result != NULL ? 0 : -1;
}

/* Where runs have no pair, the keys are those of the runs that have one. */
static int keys_find(struct moves *moves, struct text *error) {
  const struct pairing_result *pairs = &moves->pairs;
  if (pairs->only_count[SIDE_A] == 0 && pairs->only_count[SIDE_B] == 0)
    return 0;
  key_deinit(&moves->keys);
  for (int side = 0; side < SIDE_COUNT; side++) {
    json_object_clear(moves->side[side].shapes);
    for (size_t i = 0; i < pairs->count; i++)
      if (process_interrupted() ||
          keys_note(moves, (enum side)side, pairs->pair[i].run[side], error) < 0)
        return -1;
  }
  return 0;
}

int moves_find(struct moves *moves, struct text *error) {
  pairing_match(moves->pairing, &moves->pairs);
  if (keys_find(moves, error) < 0)
    return -1;
  for (size_t i = 0; i < moves->pairs.count; i++)
    if (process_interrupted() || pair_compare(moves, i, error) < 0)
      return -1;
  return 0;
}

bool moves_none(const struct moves *moves) {
  const struct pairing_result *pairs = &moves->pairs;
  return moves->count == 0 && pairs->only_count[SIDE_A] == 0 && pairs->only_count[SIDE_B] == 0;
}

/* Leaves out of a spec what is the default, or comes from a file that another key names. */
static void defaults_drop(json_t *spec, const struct schema *schema) {
  for (size_t i = 0; schema != NULL && i < schema->spec_count; i++) {
    const struct schema_key *key = &schema->spec[i];
    const json_t *value = json_object_get(spec, key->name);
    if (value != NULL &&
        (key->resolved || (key->fallback != NULL && value_equal(value, key->fallback))))
      json_object_del(spec, key->name);
  }
}

json_t *moves_run(struct moves *moves, enum side side, size_t run, struct text *error) {
  json_t *result = run_list_read(&moves->side[side].list, run, error);
  if (result == NULL)
    return NULL;
  json_t *spec = json_object_get(result, "spec"), *again = json_object();
  const json_t *id = json_object_get(result, "id");
  json_object_del(spec, "id");
  defaults_drop(spec, moves->schema);
  if (json_is_string(id) && json_string_length(id) > 0)
    json_object_set(again, "id", (json_t *)id);
  if (moves->schema != NULL)
    json_object_set(again, "spec", spec);
  json_decref(result);
  return again;
}
