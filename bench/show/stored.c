/* Runs of stores by words. */
#include "stored.h"
#include "support/folder_names.h"
#include "support/memory.h"
#include "support/value.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_DIGITS_MIN = 8, DIFFERENCES_SHOWN = 5 };

static const char DEFAULT_METRIC[] = "time_ms", YAML[] = ".yaml";

/* Parts of a word between slashes. */
struct place {
  char *name;
  long long cell, seed; /* -1 where it has none */
};

/* All digits of `text` up to `end` as a number, or -1. */
static long long read_number(const char *text, const char *end) {
  char *behind;
  const long long number = strtoll(text, &behind, 10);
  return isdigit((unsigned char)*text) && behind == end ? number : -1;
}

/* Behind its folder a word that begins with a scenario's file; any other as it is. */
static const char *skip_folder(const char *word) {
  const char *ending = strstr(word, YAML);
  for (const char *at = word; ending != NULL && at < ending; at++)
    if (*at == '/')
      word = at + 1;
  return word;
}

/* NAME, NAME/CELL or NAME/CELL/SEED, where NAME may be the scenario's file; false: it is none of
 * them. */
static bool place_read(struct place *place, const char *word) {
  word = skip_folder(word);
  const char *cell = strchr(word, '/'), *end = word + strlen(word);
  const char *seed = cell == NULL ? NULL : strchr(cell + 1, '/');
  *place = (struct place){.cell = -1, .seed = -1};
  if (cell != NULL)
    place->cell = read_number(cell + 1, seed == NULL ? end : seed);
  if (seed != NULL)
    place->seed = read_number(seed + 1, end);
  if (cell == word || (cell != NULL && place->cell < 0) || (seed != NULL && place->seed < 0))
    return false;
  place->name = text_format("%.*s", (int)((cell == NULL ? end : cell) - word), word);
  const size_t length = strlen(place->name), ending = sizeof YAML - 1;
  if (length > ending && strcmp(place->name + length - ending, YAML) == 0)
    place->name[length - ending] = '\0';
  return true;
}

static bool is_key(const char *word) {
  const size_t length = strlen(word);
  return length >= KEY_DIGITS_MIN && strspn(word, "0123456789abcdef") == length;
}

bool stored_is_named(const char *word) {
  struct place place;
  if (is_key(word))
    return true;
  if (!place_read(&place, word))
    return false;
  free(place.name);
  return place.seed >= 0;
}

static struct store *open_named(const struct bench_options *options, const char *name,
                                struct text *error) {
  char *path = text_format("%s/%s/campaign.db", options->results, name);
  const bool there = access(path, R_OK) == 0;
  struct store *store = there ? store_open_read(path, error) : NULL;
  char *nearest = there ? NULL : folder_names_nearest(name, options->results, "/campaign.db");
  if (!there)
    text_add(error, "%s was not run yet: there is no %s\n", name, path);
  if (nearest != NULL)
    text_add(error, "  did you mean `%s`?\n", nearest);
  free(nearest);
  free(path);
  return store;
}

/* Closes a store that was read only. */
static void close_read(struct store *store) {
  struct text none = {0};
  store_close(store, &none);
  text_deinit(&none);
}

/* Asks every store for the key. One that cannot be read says why where no other has it. */
static int find_key(const struct bench_options *options, const char *key, struct choice *choice,
                    struct text *error) {
  char *folder = folder_names_escape(options->results);
  char *pattern = text_format("%s/*/campaign.db", folder);
  struct text unread = {0};
  glob_t found = {0};
  int status = 0;
  (void)glob(pattern, 0, NULL, &found);
  for (size_t i = 0; i < found.gl_pathc && status == 0; i++) {
    struct store *store = store_open_read(found.gl_pathv[i], &unread);
    status = store == NULL ? 0 : choice_of_key(store, key, choice, &unread);
    close_read(store);
  }
  if (status != 1)
    text_add(error, "%s", text_string(&unread));
  if (status == 0)
    text_add(error, "no run in %s/*/campaign.db has a key that begins with %s\n", options->results,
             key);
  text_deinit(&unread);
  globfree(&found);
  free(pattern);
  free(folder);
  return status == 1 ? 0 : -1;
}

static int find_place(const struct bench_options *options, const struct place *place,
                      const struct choice_query *query, struct choice *choice, struct text *error) {
  struct store *store = open_named(options, place->name, error);
  const int status = store == NULL ? -1 : choice_of_cell(store, query, choice, error);
  close_read(store);
  return status;
}

int stored_find(const struct bench_options *options, const char *word, struct choice *choice,
                struct text *error) {
  struct place place;
  if (is_key(word))
    return find_key(options, word, choice, error);
  if (!place_read(&place, word))
    return -1;
  const struct choice_query query = {
      .which = CHOICE_OF_SEED, .cell = place.cell, .seed = place.seed};
  const int status = find_place(options, &place, &query, choice, error);
  free(place.name);
  return status;
}

/* What runs are ordered by: a number of results. */
static int check_metric(const struct schema *schema, const char *metric, struct text *error) {
  const char **names = memory_get(schema->result_count, sizeof *names);
  size_t count = 0;
  bool known = false;
  for (size_t i = 0; i < schema->result_count; i++) {
    const enum schema_type type = schema->result[i].type;
    if (type == SCHEMA_COUNT || type == SCHEMA_FIGURE)
      names[count++] = schema->result[i].name;
  }
  for (size_t i = 0; i < count; i++)
    known = known || strcmp(names[i], metric) == 0;
  if (!known) {
    const char *nearest = value_nearest(metric, names, count);
    text_add(error, "--by %s: results have no such number%s%s%s\n  accepted:", metric,
             nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "`?");
    for (size_t i = 0; i < count; i++)
      text_add(error, " %s", names[i]);
    text_add(error, "\n");
  }
  free(names);
  return known ? 0 : -1;
}

int stored_find_of_cell(const struct bench_options *options, const struct schema *schema,
                        json_t *columns, struct choice *choice, struct text *error) {
  const bool slowest = options->slowest != NULL;
  const char *word = slowest ? options->slowest : options->median;
  const char *metric = options->by == NULL ? DEFAULT_METRIC : options->by;
  struct place place = {0};
  if (check_metric(schema, metric, error) < 0)
    return -1;
  if (!place_read(&place, word) || place.seed >= 0) {
    free(place.name);
    text_add(error, "--%s %s: a cell is NAME/CELL, as loss/3, or NAME and its columns key=value\n",
             slowest ? "slowest" : "median", word);
    return -1;
  }
  const struct choice_query query = {.which = slowest ? CHOICE_SLOWEST : CHOICE_MEDIAN,
                                     .metric = metric,
                                     .cell = place.cell,
                                     .columns = columns};
  const int status = find_place(options, &place, &query, choice, error);
  free(place.name);
  return status;
}

static bool is_compared(const char *key) {
  return strcmp(key, "id") != 0 && strcmp(key, "code") != 0 && strncmp(key, "wall_", 5) != 0;
}

void stored_compare(const struct choice *choice, const json_t *result, const struct schema *schema,
                    struct text *words) {
  json_t *stored = json_loads(choice->result, 0, NULL), *value;
  const char *key;
  struct text differing = {0};
  size_t count = 0;
  json_object_foreach(stored, key, value) if (is_compared(key) &&
                                              !json_equal(value, json_object_get(result, key)) &&
                                              count++ < DIFFERENCES_SHOWN)
      text_add(&differing, " %s", key);
  text_add(words, "run %.16s of the store, ", choice->key);
  if (count == 0)
    text_add(words, "as it was stored\n");
  else
    text_add(words, "but not as it was stored: %zu key%s, as%s%s\n", count,
             count == 1 ? " differs" : "s differ", text_string(&differing),
             strcmp(choice->code, schema->code) == 0 ? "" : "; other code had made it");
  text_deinit(&differing);
  json_decref(stored);
}
