/* Lists of runs, and cells of campaigns, by words. */
#include "operand.h"
#include "support/folder_names.h"
#include "support/memory.h"
#include "support/value.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char STORE_NAME[] = "campaign.db", YAML[] = ".yaml",
                  SQLITE_BEGIN[] = "SQLite format 3";

static bool is_there(const char *path) {
  return access(path, F_OK) == 0;
}

/* The store in the folder `path`, or the file; NULL if there is none. */
static char *store_at(const char *path) {
  struct stat status;
  char *inside = text_format("%s/%s", path, STORE_NAME);
  if (is_there(inside))
    return inside;
  free(inside);
  const bool file = stat(path, &status) == 0 && S_ISREG(status.st_mode);
  return file ? memory_string(path) : NULL;
}

/* Whether a word names a scenario's file. */
static bool is_scenario(const char *word) {
  const size_t length = strlen(word), ending = sizeof YAML - 1;
  return length > ending && strcmp(word + length - ending, YAML) == 0;
}

/* The store of a campaign by its name, or by its scenario's file; NULL if there is none. */
static char *store_of_campaign(const char *name, const char *results) {
  const bool is_file = is_scenario(name);
  const char *slash = is_file ? strrchr(name, '/') : NULL;
  const char *bare = slash == NULL ? name : slash + 1;
  const int kept = (int)(strlen(bare) - (is_file ? sizeof YAML - 1 : 0));
  char *path = text_format("%s/%.*s/%s", results, kept, bare, STORE_NAME);
  const bool there = kept > 0 && is_there(path);
  if (!there)
    free(path);
  return there ? path : NULL;
}

/* The store that a word names; NULL if there is none. */
static char *store_named(const char *word, const char *results) {
  char *path = store_at(word);
  if (path != NULL && !is_scenario(word))
    return path;
  free(path);
  return store_of_campaign(word, results);
}

/* NAME/CELL. False if it is none. */
static bool read_cell(struct operand *operand, const char *word, const char *results) {
  const char *slash = strrchr(word, '/');
  if (slash == NULL || slash == word || !isdigit((unsigned char)slash[1]))
    return false;
  char *end, *name = text_format("%.*s", (int)(slash - word), word);
  operand->cell = strtoll(slash + 1, &end, 10);
  if (*end == '\0')
    operand->path = store_named(name, results);
  operand->cells = operand->path != NULL;
  free(name);
  return operand->cells;
}

/* Offers the campaign or store whose name is nearest to what stands before NAME's /CELL: of
 * `results`, or of the folder that the word begins with. */
static void ask_for_near(const char *word, const char *results, struct text *error) {
  const char *slash = strrchr(word, '/');
  const bool cell = slash != NULL && slash != word && strspn(slash + 1, "0123456789") > 0;
  char *name = text_format("%.*s", (int)(cell ? slash - word : (ptrdiff_t)strlen(word)), word);
  const char *folder_end = strrchr(name, '/'), *begin = folder_end == NULL ? name : folder_end + 1;
  char *folder = folder_end == NULL ? memory_string(results) : text_directory_of(name), *nearest;
  char *inside = text_format("/%s", STORE_NAME);
  nearest = folder_names_nearest(begin, folder, inside);
  if (nearest != NULL)
    text_add(error, "  did you mean `%.*s%s%s`?\n", (int)(begin - name), name, nearest,
             cell ? slash : "");
  free(nearest);
  free(inside);
  free(folder);
  free(name);
}

/* What is neither there nor a campaign, and what can be compared. */
static int complain_word(const char *word, const char *results, struct text *error) {
  if (strchr(word, '=') != NULL && !isdigit((unsigned char)*word))
    text_add(error,
             "%s: a selection of cells is compared with another of the same campaign, which stands "
             "before them\n",
             word);
  else
    text_add(error, "%s: there is no such file or folder, and %s has no campaign of this name\n",
             word, results);
  ask_for_near(word, results, error);
  text_add(error, "  accepted: %s\n", OPERAND_ACCEPTED);
  return -1;
}

int operand_read(struct operand *operand, const char *word, const char *results,
                 struct text *error) {
  *operand = (struct operand){.name = memory_string(word), .cell = -1};
  if (is_scenario(word))
    operand->path = store_of_campaign(word, results);
  if (operand->path != NULL)
    return 0;
  if (strcmp(word, "-") == 0 || is_there(word)) {
    operand->path = memory_string(word);
    return 0;
  }
  if (read_cell(operand, word, results))
    return 0;
  operand->path = store_of_campaign(word, results);
  if (operand->path != NULL)
    return 0;
  return complain_word(word, results, error);
}

int operand_select(struct operand *operand, const char *word, const char *selection,
                   const char *results, struct text *error) {
  *operand = (struct operand){.name = text_format("%s %s", word, selection),
                              .selection = memory_string(selection),
                              .cells = true,
                              .cell = -1,
                              .path = store_named(word, results)};
  return operand->path == NULL ? complain_word(word, results, error) : 0;
}

void operand_deinit(struct operand *operand) {
  free(operand->name);
  free(operand->path);
  free(operand->selection);
  *operand = (struct operand){0};
}

static bool is_store(const char *path) {
  char begin[sizeof SQLITE_BEGIN] = "";
  struct stat status;
  if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
    return false;
  FILE *file = fopen(path, "re");
  const size_t count = file == NULL ? 0 : fread(begin, 1, sizeof begin, file);
  if (file != NULL)
    fclose(file);
  return count == sizeof begin && memcmp(begin, SQLITE_BEGIN, sizeof begin) == 0;
}

char *operand_describe(const struct operand *operand) {
  struct text ignored = {0};
  struct store_provenance latest = {0};
  char *path = store_at(operand->path), *describe = NULL;
  struct store *store = path != NULL && is_store(path) ? store_open_read(path, &ignored) : NULL;
  if (store != NULL && store_provenance_read(store, &latest, &ignored) == 0)
    describe = memory_string(latest.describe);
  store_provenance_deinit(&latest);
  store_close(store, &ignored);
  text_deinit(&ignored);
  free(path);
  return describe;
}

struct store *operand_open(const struct operand *operand, struct text *error) {
  return store_open_read(operand->path, error);
}

/* Whether a column and its `=` begin at `text`. */
static bool column_begins(const struct noted *noted, const char *text) {
  text += strspn(text, " ");
  const size_t length = strcspn(text, "=,");
  return text[length] == '=' && noted->count > 0 &&
         json_object_getn(noted->cell[0].columns, text, length) != NULL;
}

/* Where the value that begins at `text` ends: at a comma with a column behind it. */
static const char *value_end(const struct noted *noted, const char *text) {
  const char *end = text + strcspn(text, ",");
  while (*end == ',' && !column_begins(noted, end + 1))
    end += 1 + strcspn(end + 1, ",");
  return end;
}

/* A column's value in a cell is what somebody has written for it. */
static bool is_written(const json_t *value, const char *text) {
  double number;
  if (value == NULL)
    return false;
  if (json_is_number(value) && schema_number_parse(text, &number))
    return fabs(json_number_value(value) - number) <= 1e-12 * fabs(number);
  char *printed = value_print(value);
  const bool same = strcmp(printed, text) == 0;
  free(printed);
  return same;
}

/* Adds the names of an object, and asks whether the nearest to `word` was meant. */
static void add_names(json_t *names, const char *word, struct text *text) {
  const char **list = memory_get(json_object_size(names), sizeof *list), *name;
  json_t *value;
  size_t count = 0;
  json_object_foreach(names, name, value) {
    list[count++] = name;
    text_add(text, " ");
    text_add_shell_word(text, name);
  }
  const char *nearest = value_nearest(word, list, count);
  text_add(text, "\n");
  if (nearest != NULL)
    text_add(text, "  did you mean `%s`?\n", nearest);
  free(list);
}

/* The values of a column, each once, as names. */
static json_t *values_of(const struct noted *noted, const char *column) {
  json_t *values = json_object();
  for (size_t i = 0; i < noted->count; i++) {
    const json_t *value = json_object_get(noted->cell[i].columns, column);
    char *printed = value == NULL ? NULL : value_print(value);
    if (printed != NULL)
      json_object_set_new(values, printed, json_true());
    free(printed);
  }
  return values;
}

static int complain_column(const struct operand *operand, const struct noted *noted,
                           const char *column, struct text *error) {
  text_add(error, "%s: the cells have no column `%s`; theirs are", operand->name, column);
  add_names(noted->count == 0 ? NULL : noted->cell[0].columns, column, error);
  return -1;
}

static int check_value(const struct operand *operand, const struct noted *noted, const char *column,
                       const char *value, struct text *error) {
  for (size_t i = 0; i < noted->count; i++)
    if (is_written(json_object_get(noted->cell[i].columns, column), value))
      return 0;
  json_t *values = values_of(noted, column);
  text_add(error, "%s: no cell has %s=%s; its values are", operand->name, column, value);
  add_names(values, value, error);
  json_decref(values);
  return -1;
}

json_t *operand_selection(const struct operand *operand, const struct noted *noted,
                          struct text *error) {
  json_t *selection = json_object();
  int status = 0;
  for (const char *at = operand->selection; status == 0 && *at != '\0';) {
    at += strspn(at, " ");
    const size_t length = strcspn(at, "=");
    char *column = text_format("%.*s", (int)length, at);
    const bool known = column_begins(noted, at);
    const char *begin = at + length + (at[length] == '='), *end = value_end(noted, begin);
    char *value = text_format("%.*s", (int)(end - begin), begin);
    status = known ? check_value(operand, noted, column, value, error)
                   : complain_column(operand, noted, column, error);
    json_object_set_new(selection, column, json_string(value));
    free(column);
    free(value);
    at = end + (*end == ',');
  }
  if (status == 0)
    return selection;
  json_decref(selection);
  return NULL;
}

bool operand_has(const struct operand *operand, const struct noted_cell *cell,
                 const json_t *selection) {
  const char *name;
  json_t *value;
  if (operand->cell >= 0)
    return cell->number == operand->cell;
  json_object_foreach((json_t *)selection, name, value) {
    const char *text = json_string_value(value);
    if (text == NULL || !is_written(json_object_get(cell->columns, name), text))
      return false;
  }
  return true;
}
