/* Data sheets: files of figures, each with its source or what is assumed, as a table shows them. A
 * sheet is a mapping; a figure of it is a mapping with `source` or `assumption`, or both, and with
 * its number under `value`, or under its unit. All else in it is words about the sheet. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

/* The number of a figure, with its unit if that is what it stands under. NULL with a complaint. */
static char *read_number(struct yaml_file *file, yaml_node_t *figure, struct complaints *error) {
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
                      struct complaints *error) {
  yaml_node_t *key, *value;
  int status = 0;
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
      status = -1;
    if (figure->source[0] == '\0' && figure->assumption[0] == '\0')
      status = yaml_complain(file, key, error, "this figure has neither `source` nor `assumption`");
  }
  return status;
}

/* "nrf52840" of "platforms/nrf52840.yaml" */
static char *sheet_name(const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
  return text_format("%.*s", (int)strcspn(base, "."), base);
}

/* The figures of the sheet that `item` names; what is wrong with it is told where it is named. */
static int read_named_sheet(const struct presentation_reader *reader, const yaml_node_t *item,
                            struct presentation_table *table) {
  struct yaml_file sheet;
  struct complaints complaints = {0};
  if (yaml_scalar(item) == NULL)
    return yaml_complain(reader->file, item, reader->error,
                         "the path of a file beside the scenario is expected here");
  char *folder = text_directory_of(reader->file->path), *name = sheet_name(yaml_scalar(item));
  char *path = text_format("%s/%s", folder, yaml_scalar(item));
  if (yaml_file_init(&sheet, path, 0, &complaints) == 0) {
    read_sheet(&sheet, name, table, &complaints);
    yaml_file_deinit(&sheet);
  }
  struct text what = {0};
  complaints_print(&complaints, COMPLAINT_ERROR, &what);
  if (what.length > 0)
    yaml_complain(reader->file, item, reader->error, "this file cannot be used\n%.*s",
                  (int)what.length - 1, what.data);
  const int status = what.length > 0 ? -1 : 0;
  text_deinit(&what);
  complaints_deinit(&complaints);
  free(path);
  free(name);
  free(folder);
  return status;
}

int reader_sheets(const struct presentation_reader *reader, yaml_node_t *list,
                  struct presentation_table *table) {
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(reader->file, list, i)) != NULL; i++)
    status |= read_named_sheet(reader, item, table);
  if (status == 0 && table->figure_count == 0)
    status = yaml_complain(reader->file, list, reader->error, "`sheets` have no figures");
  return status;
}
