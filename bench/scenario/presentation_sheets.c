/* Data sheets: files of figures, each with its source or what is assumed, as a table shows them. A
 * sheet is a mapping; a figure of it is a mapping with `source` or `assumption`, or both, and with
 * its number under `value`, or under its unit. All else in it is words about the sheet. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

/* The number of a figure, with its unit if that is what it stands under. NULL with a complaint. */
static char *read_number(struct yaml_file *file, yaml_node_t *figure, struct text *error) {
  yaml_node_t *key, *value;
  double number;
  for (size_t i = 0; yaml_pair(file, figure, i, &key, &value); i++) {
    const char *unit = yaml_scalar(key), *text = yaml_scalar(value);
    if (text == NULL || !schema_number_parse(text, &number))
      continue;
    return strcmp(unit, "value") == 0 ? memory_string(text) : text_format("%s %s", text, unit);
  }
  yaml_complain(file, figure, error, "this figure has no number");
  return NULL;
}

static char *read_words(struct yaml_file *file, yaml_node_t *figure, const char *key) {
  const yaml_node_t *words = yaml_get(file, figure, key);
  return memory_string(words == NULL || yaml_scalar(words) == NULL ? "" : yaml_scalar(words));
}

static int read_sheet(struct yaml_file *file, const char *name, struct presentation_table *table,
                      struct text *error) {
  yaml_node_t *key, *value;
  for (size_t i = 0; yaml_pair(file, yaml_root(file), i, &key, &value); i++) {
    if (value->type != YAML_MAPPING_NODE)
      continue;
    table->figure = memory_resize(table->figure, table->figure_count + 1, sizeof *table->figure);
    struct presentation_sheet_figure *figure = &table->figure[table->figure_count++];
    *figure = (struct presentation_sheet_figure){
        .sheet = memory_string(name),
        .name = memory_string(yaml_scalar(key)),
        .source = read_words(file, value, "source"),
        .assumption = read_words(file, value, "assumption"),
    };
    if ((figure->value = read_number(file, value, error)) == NULL)
      return -1;
    if (figure->source[0] == '\0' && figure->assumption[0] == '\0')
      return yaml_complain(file, key, error, "this figure has neither `source` nor `assumption`");
  }
  return 0;
}

/* "nrf52840" of "platforms/nrf52840.yaml" */
static char *sheet_name(const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
  return text_format("%.*s", (int)strcspn(base, "."), base);
}

int reader_sheets(const struct presentation_reader *reader, yaml_node_t *list,
                  struct presentation_table *table) {
  yaml_node_t *item;
  for (size_t i = 0; (item = yaml_item(reader->file, list, i)) != NULL; i++) {
    struct yaml_file sheet;
    if (yaml_scalar(item) == NULL)
      return yaml_complain(reader->file, item, reader->error,
                           "the path of a file beside the scenario is expected here");
    char *folder = text_directory_of(reader->file->path), *name = sheet_name(yaml_scalar(item));
    char *path = text_format("%s/%s", folder, yaml_scalar(item));
    const bool loaded = yaml_file_init(&sheet, path, reader->error) == 0;
    int status = loaded ? read_sheet(&sheet, name, table, reader->error) : -1;
    if (loaded)
      yaml_file_deinit(&sheet);
    free(path);
    free(name);
    free(folder);
    if (status < 0)
      return yaml_complain(reader->file, item, reader->error, "this file cannot be used");
  }
  if (table->figure_count == 0)
    return yaml_complain(reader->file, list, reader->error, "`sheets` have no figures");
  return 0;
}
