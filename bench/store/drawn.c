/* ladders.json. */
#include "drawn.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

static char *list_path(const char *folder) {
  return text_format("%s/ladders/ladders.json", folder);
}

char *drawn_sheet_path(const struct drawn_ladder *ladder, const char *folder, size_t sheet) {
  return text_format("%s/ladders/%s-%zu.svg", folder, ladder->name, sheet);
}

void drawn_add(struct drawn *drawn, const struct drawn_ladder *ladder) {
  drawn->ladder = memory_resize(drawn->ladder, drawn->count + 1, sizeof *drawn->ladder);
  drawn->ladder[drawn->count++] = *ladder;
}

const struct drawn_ladder *drawn_find(const struct drawn *drawn, const char *name) {
  for (size_t i = 0; i < drawn->count; i++)
    if (strcmp(drawn->ladder[i].name, name) == 0)
      return &drawn->ladder[i];
  return NULL;
}

static size_t count_of(const json_t *object, const char *name) {
  const json_int_t number = json_integer_value(json_object_get(object, name));
  return number > 0 ? (size_t)number : 0;
}

static void read_ladder(struct drawn *drawn, const json_t *object) {
  const json_t *spec = json_object_get(object, "spec");
  const char *name = value_string(object, "name");
  if (name[0] == '\0' || strchr(name, '/') != NULL || drawn_find(drawn, name) != NULL)
    return; /* it names files */
  const struct drawn_ladder ladder = {
      .name = memory_string(name),
      .title = memory_string(value_string(object, "title")),
      .key = memory_string(value_string(object, "key")),
      .spec = spec == NULL ? memory_string("{}") : value_canonical(spec),
      .cell = json_integer_value(json_object_get(object, "cell")),
      .seed = json_integer_value(json_object_get(object, "seed")),
      .peer = count_of(object, "peer"),
      .peers = count_of(object, "peers"),
      .sheets = count_of(object, "sheets"),
      .wide = json_is_true(json_object_get(object, "wide")),
      .left_out = count_of(object, "left_out"),
      .problem = memory_string(value_string(object, "problem")),
  };
  drawn_add(drawn, &ladder);
}

void drawn_read(struct drawn *drawn, const char *folder) {
  struct text ignored = {0};
  char *path = list_path(folder), *content = text_file_read(path, NULL, &ignored);
  json_t *list = content == NULL ? NULL : json_loads(content, 0, NULL);
  *drawn = (struct drawn){.listed = json_is_array(list)};
  for (size_t i = 0; i < json_array_size(list); i++)
    read_ladder(drawn, json_array_get(list, i));
  json_decref(list);
  text_deinit(&ignored);
  free(content);
  free(path);
}

int drawn_write(const struct drawn *drawn, const char *folder, struct text *error) {
  json_t *list = json_array();
  struct text content = {0};
  for (size_t i = 0; i < drawn->count; i++) {
    const struct drawn_ladder *ladder = &drawn->ladder[i];
    json_array_append_new(
        list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:s, s:o}", "name",
                        ladder->name, "title", ladder->title, "key", ladder->key, "cell",
                        (json_int_t)ladder->cell, "seed", (json_int_t)ladder->seed, "peer",
                        (json_int_t)ladder->peer, "peers", (json_int_t)ladder->peers, "sheets",
                        (json_int_t)ladder->sheets, "wide", ladder->wide, "left_out",
                        (json_int_t)ladder->left_out, "problem", ladder->problem, "spec",
                        json_loads(ladder->spec, JSON_DECODE_ANY, NULL)));
  }
  char *words = json_dumps(list, JSON_INDENT(2) | JSON_REAL_PRECISION(15)),
       *path = list_path(folder);
  text_add(&content, "%s\n", words);
  const int status = text_file_write(path, &content, error);
  text_deinit(&content);
  json_decref(list);
  free(words);
  free(path);
  return status;
}

void drawn_deinit(struct drawn *drawn) {
  for (size_t i = 0; i < drawn->count; i++) {
    free(drawn->ladder[i].name);
    free(drawn->ladder[i].title);
    free(drawn->ladder[i].key);
    free(drawn->ladder[i].spec);
    free(drawn->ladder[i].problem);
  }
  free(drawn->ladder);
  *drawn = (struct drawn){0};
}
