/* Lists of runs. */
#include "run_list.h"
#include "store/noted.h"
#include "support/memory.h"
#include "support/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char STORE_NAME[] = "campaign.db", SQLITE_BEGIN[] = "SQLite format 3";

/* A list that is read through. */
struct reading {
  struct run_list *list;
  const struct run_listener *listener;
  struct text *error;
  struct json_members members; /* of the run of a store that is read */
  size_t line;
  bool copies; /* lines are written to list->lines, not found there */
  bool bad;
};

void run_list_place_add(const struct run_list *list, size_t index, struct text *text) {
  const struct run_place *place = &list->run[index];
  if (place->key != NULL)
    text_add(text, "%s: run %s", list->name, place->key);
  else
    text_add(text, "%s:%zu", list->name, place->line);
}

/* A run from its text; NULL with an error that begins with `where`. */
static json_t *run_parse(const char *text, size_t length, const char *where, struct text *error) {
  json_error_t problem;
  json_t *result = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
  if (result == NULL)
    text_add(error, "%s: not JSON: column %d: %s\n", where, problem.column, problem.text);
  else if (!json_is_object(json_object_get(result, "spec")))
    text_add(error, "%s: not a run: a result is an object with an object `spec`\n", where);
  else
    return result;
  json_decref(result);
  return NULL;
}

/* Hands the members to the listener. 0: the run is to be read. */
static int members_take(struct reading *reading, const char *text, size_t length) {
  const struct run_listener *listener = reading->listener;
  if (listener->members == NULL || !json_members_find(&reading->members, text, length))
    return 0;
  return listener->members(listener->context, &reading->members);
}

/* Takes a run that stands at `place`. */
static int run_take(struct reading *reading, struct run_place place, const char *text,
                    size_t length) {
  struct run_list *list = reading->list;
  struct text where = {0};
  if ((list->count & (list->count + 1)) == 0) /* grows at 0, 1, 3, 7 ... */
    list->run = memory_resize(list->run, 2 * list->count + 1, sizeof *list->run);
  list->run[list->count++] = place;
  const int taken = place.key == NULL ? 0 : members_take(reading, text, length);
  if (taken != 0) {
    reading->bad = taken < 0;
    return reading->bad ? -1 : 0;
  }
  run_list_place_add(list, list->count - 1, &where);
  json_t *result = run_parse(text, length, text_string(&where), reading->error);
  text_deinit(&where);
  reading->bad = result == NULL || reading->listener->run(reading->listener->context, result) < 0;
  json_decref(result);
  return reading->bad ? -1 : 0;
}

/* Takes a line; `length` is without its newline. */
static int line_take(void *context, char *text, size_t length) {
  struct reading *reading = context;
  struct run_list *list = reading->list;
  struct run_place place = {.line = ++reading->line, .offset = list->end, .length = length};
  list->end += (off_t)length + 1;
  if (reading->bad)
    return -1;
  if (reading->copies &&
      (fwrite(text, 1, length, list->lines) != length || fputc('\n', list->lines) == EOF)) {
    text_add(reading->error, "%s: no room for a copy in /tmp: %s\n", list->name, strerror(errno));
    reading->bad = true;
    return -1;
  }
  bool blank = length == strspn(text, " \t\r");
  return blank ? 0 : run_take(reading, place, text, length);
}

static int lines_read(struct reading *reading, FILE *input) {
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length;
  int status = 0;
  while (status == 0 && (length = getline(&line, &capacity, input)) >= 0) {
    bool ended = length > 0 && line[length - 1] == '\n';
    if (ended)
      line[length - 1] = '\0';
    status = line_take(reading, line, (size_t)length - ended);
  }
  if (status == 0 && (ferror(input) || process_interrupted())) {
    text_add(reading->error, "%s:%zu: cannot be read: %s\n", reading->list->name, reading->line + 1,
             strerror(errno));
    status = -1;
  }
  free(line);
  return status;
}

static int gzip_read(struct reading *reading, const char *path) {
  const struct process_listener listener = {.line = line_take, .context = reading};
  struct process_end end;
  char program[] = "gzip", option[] = "-dc", separator[] = "--", *copy = memory_string(path);
  char *argv[] = {program, option, separator, copy, NULL};
  int status = process_run(argv, NULL, &listener, &end, reading->error);
  free(copy);
  if (status < 0 || reading->bad)
    return -1;
  if (WIFEXITED(end.status) && WEXITSTATUS(end.status) == 0)
    return 0;
  char *words = process_status_words(end.status);
  text_add(reading->error, "%s:%zu: gzip -dc: %s\n", reading->list->name, reading->line + 1, words);
  free(words);
  return -1;
}

static int row_take(void *context, const char *key, const char *result) {
  struct run_place place = {.key = memory_string(key)};
  return run_take(context, place, result, strlen(result));
}

/* A store of an older version has no plan: then all its runs count. */
static void count_reported(struct run_list *list) {
  struct text ignored = {0};
  list->reported = list->count;
  if (noted_expect(list->store, &ignored) == 0 &&
      noted_run_count(list->store, &list->reported, &ignored) < 0)
    list->reported = list->count;
  text_deinit(&ignored);
}

static int store_read(struct reading *reading, const char *path) {
  struct run_list *list = reading->list;
  struct store_provenance latest = {0};
  list->store = store_open_read(path, reading->error);
  if (list->store == NULL || store_provenance_read(list->store, &latest, reading->error) < 0)
    return -1;
  list->describe = memory_string(latest.describe);
  int status =
      store_runs_each(list->store, latest.code, row_take, reading, &list->older, reading->error);
  store_provenance_deinit(&latest);
  if (status == 0)
    count_reported(list);
  return status;
}

static bool is_store(FILE *file) {
  char begin[sizeof SQLITE_BEGIN];
  size_t count = fread(begin, 1, sizeof begin, file);
  rewind(file);
  return count == sizeof begin && memcmp(begin, SQLITE_BEGIN, sizeof begin) == 0;
}

static bool ends_in(const char *name, const char *end) {
  size_t length = strlen(name), part = strlen(end);
  return length >= part && strcmp(name + length - part, end) == 0;
}

/* Reads lines that cannot be read twice, and keeps a copy of them. */
static int once_read(struct reading *reading, FILE *input, const char *gzip) {
  reading->list->lines = tmpfile();
  reading->copies = true;
  if (reading->list->lines == NULL) {
    text_add(reading->error, "%s: no room for a copy in /tmp: %s\n", reading->list->name,
             strerror(errno));
    return -1;
  }
  return gzip != NULL ? gzip_read(reading, gzip) : lines_read(reading, input);
}

/* Reads a file by what it is. Takes `file` over. */
static int file_read(struct reading *reading, const char *path, FILE *file) {
  struct stat status;
  bool regular = fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode);
  bool gzip = ends_in(path, ".gz"), store = regular && !gzip && is_store(file);
  int result;
  if (regular && !gzip && !store) {
    reading->list->lines = file;
    return lines_read(reading, file);
  }
  if (store)
    result = store_read(reading, path);
  else
    result = once_read(reading, file, gzip ? path : NULL);
  fclose(file);
  return result;
}

static int name_read(struct reading *reading, const char *name) {
  struct stat status;
  if (strcmp(name, "-") == 0)
    return once_read(reading, stdin, NULL);
  bool folder = stat(name, &status) == 0 && S_ISDIR(status.st_mode);
  char *path = folder ? text_format("%s/%s", name, STORE_NAME) : memory_string(name);
  FILE *file = fopen(path, "re");
  int result = -1;
  if (file != NULL)
    result = file_read(reading, path, file);
  else
    text_add(reading->error, "%s: %s\n", path, strerror(errno));
  free(path);
  return result;
}

int run_list_init(struct run_list *list, const char *name, const struct run_listener *listener,
                  struct text *error) {
  *list =
      (struct run_list){.name = memory_string(strcmp(name, "-") == 0 ? "standard input" : name)};
  struct reading reading = {.list = list, .listener = listener, .error = error};
  const int status = name_read(&reading, name);
  json_members_deinit(&reading.members);
  if (status < 0)
    return -1;
  if (list->count > 0)
    return 0;
  text_add(error, "%s: there are no runs in it\n", list->name);
  return -1;
}

void run_list_deinit(struct run_list *list) {
  struct text ignored = {0};
  store_close(list->store, &ignored);
  text_deinit(&ignored);
  if (list->lines != NULL)
    fclose(list->lines);
  for (size_t i = 0; i < list->count; i++)
    free(list->run[i].key);
  free(list->run);
  free(list->name);
  free(list->describe);
  *list = (struct run_list){0};
}

/* The text of a run, to be freed; NULL if it is not there any more. */
static char *run_text(struct run_list *list, const struct run_place *place, size_t *length,
                      struct text *error) {
  if (place->key != NULL) {
    char *result;
    if (store_run_result(list->store, place->key, &result, NULL, error) < 0)
      return NULL;
    *length = result == NULL ? 0 : strlen(result);
    return result;
  }
  char *text = memory_get(place->length + 1, 1);
  *length = place->length;
  if (fseeko(list->lines, place->offset, SEEK_SET) == 0 &&
      fread(text, 1, place->length, list->lines) == place->length)
    return text;
  free(text);
  return NULL;
}

bool run_list_members(struct run_list *list, size_t index, struct json_members *members,
                      char **text) {
  struct text ignored = {0};
  size_t length = 0;
  const struct run_place *place = &list->run[index];
  *text = place->key == NULL ? NULL : run_text(list, place, &length, &ignored);
  text_deinit(&ignored);
  return *text != NULL && json_members_find(members, *text, length);
}

json_t *run_list_read(struct run_list *list, size_t index, struct text *error) {
  struct text where = {0};
  size_t length;
  char *text = run_text(list, &list->run[index], &length, error);
  run_list_place_add(list, index, &where);
  json_t *result = NULL;
  if (text == NULL)
    text_add(error, "%s: it cannot be read again\n", text_string(&where));
  else
    result = run_parse(text, length, text_string(&where), error);
  text_deinit(&where);
  free(text);
  return result;
}
