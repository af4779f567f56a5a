/* --describe and --resolve. */
#define _GNU_SOURCE
#include "describe.h"

#include "account/row.h"
#include "describe_inside.h"
#include "spec/code.h"
#include "spec/key.h"
#include "spec/refusal.h"
#include "spec/result.h"
#include "spec/sheet.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *describe_spec_field(const struct spec_field *field) {
  static const char *const types[] = {[SPEC_TYPE_STRING] = "string",
                                      [SPEC_TYPE_CHOICE] = "choice",
                                      [SPEC_TYPE_INTEGER] = "integer",
                                      [SPEC_TYPE_NUMBER] = "number"};
  struct spec defaults;
  char text[SPEC_TEXT_MAX];
  json_t *object = json_pack("{s:s,s:s,s:s}", "name", field->name, "type", types[field->type],
                             "unit", field->unit);
  switch (field->type) {
  case SPEC_TYPE_CHOICE: {
    json_t *values = json_array();
    for (size_t i = 0; field->values[i] != NULL; i++)
      json_array_append_new(values, json_string(field->values[i]));
    json_object_set_new(object, "values", values);
    json_object_set_new(object, "default", json_string(field->values[(int)field->fallback]));
    break;
  }
  case SPEC_TYPE_INTEGER:
    json_object_set_new(object, "minimum", json_integer((json_int_t)field->least));
    json_object_set_new(object, "maximum", json_integer((json_int_t)field->most));
    json_object_set_new(object, "default", json_integer((json_int_t)field->fallback));
    break;
  case SPEC_TYPE_NUMBER:
    json_object_set_new(object, "minimum", json_real(field->least));
    json_object_set_new(object, "maximum", json_real(field->most));
    json_object_set_new(object, "default", json_real(field->fallback));
    break;
  default:
    spec_init(&defaults);
    spec_text(&defaults, field, text);
    json_object_set_new(object, "longest", json_integer((json_int_t)field->most));
    json_object_set_new(object, "default", json_string(text));
    if (field->path) {
      json_object_set_new(object, "path", json_true());
      json_object_set_new(object, "path_ends", json_string(field->ending));
    }
    if (field->resolved)
      json_object_set_new(object, "resolved", json_true());
  }
  json_object_set_new(object, "applies", condition_to_json(condition_of(field)));
  json_object_set_new(object, "applies_text", json_string(field->applies));
  json_object_set_new(object, "help", json_string(field->help));
  return object;
}

static json_t *describe_spec(void) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(array, describe_spec_field(&fields[i]));
  return array;
}

static json_t *describe_refusals(void) {
  size_t count;
  const struct spec_refusal *refusals = spec_refusals(&count);
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(array,
                          json_pack("{s:o,s:s}", "when", condition_to_json(&refusals[i].when),
                                    "reason", refusals[i].reason));
  return array;
}

static json_t *describe_result(void) {
  size_t count;
  const struct result_field *fields = result_fields(&count);
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(array,
                          json_pack("{s:s,s:s,s:s,s:o*,s:s}", "name", fields[i].name, "type",
                                    fields[i].type, "unit", fields[i].unit, "inside",
                                    describe_inside(fields[i].name), "help", fields[i].help));
  return array;
}

static void set_text(json_t *object, const char *name, const char *text) {
  if (text != NULL && *text != '\0')
    json_object_set_new(object, name, json_string(text));
}

/* What a figure is and where it is from: its source, or what is assumed, or both. */
static json_t *describe_figure(const struct sheet *sheet, const struct sheet_notes *notes,
                               size_t index) {
  size_t count;
  const struct sheet_row *rows = sheet_rows(sheet->kind, &count), *row = &rows[index];
  json_t *object =
      json_pack("{s:s,s:s,s:f}", "name", row->name, "unit",
                sheet->is_us[index] ? SHEET_US : row->unit, "value", sheet->value[index]);
  set_text(object, "source", notes->source[index]);
  set_text(object, "assumption", notes->assumption[index]);
  if (notes->source[index] == NULL && notes->assumption[index] == NULL)
    json_object_set_new(object, "assumption", json_sprintf("as %s", rows[row->as].name));
  return object;
}

static json_t *describe_sheet(enum sheet_kind kind, const struct sheet_file *file) {
  struct sheet sheet;
  struct sheet_notes notes = {0};
  char error[SPEC_ERROR_MAX];
  json_t *object = json_pack("{s:s,s:s}", "name", file->name, "path", file->path);
  json_t *figures = json_array();
  if (sheet_read_yaml(&sheet, kind, file->path, (const char *)file->text, file->length, &notes,
                      error)) {
    size_t count;
    sheet_rows(kind, &count);
    set_text(object, SHEET_DESCRIPTION, notes.description);
    set_text(object, SHEET_PROCESSOR, sheet.processor);
    set_text(object, SHEET_ACCELERATOR, sheet.accelerator);
    for (size_t i = 0; i < count; i++)
      if (!isnan(sheet.value[i]))
        json_array_append_new(figures, describe_figure(&sheet, &notes, i));
  }
  json_object_set_new(object, "figures", figures);
  sheet_notes_deinit(&notes);
  return object;
}

/* The platforms, or crypto profiles, that are part of the program. */
static json_t *describe_sheets(enum sheet_kind kind) {
  json_t *array = json_array();
  const struct sheet_file *file;
  for (size_t i = 0; (file = sheet_shipped(kind, i)) != NULL; i++)
    json_array_append_new(array, describe_sheet(kind, file));
  return array;
}

static json_t *describe_rows(void) {
  json_t *array = json_array();
  for (unsigned row = 0; row < ROW_ALL_COUNT; row++)
    json_array_append_new(array, json_pack("{s:s,s:s,s:s,s:s}", "name", row_text(row)->name,
                                           "group", row_text(row)->group, "family", row_family(row),
                                           "help", row_text(row)->help));
  return array;
}

void describe(FILE *output, const char *commit) {
  json_t *libraries = json_object();
  for (const struct code_library *library = code_libraries(); library->name != NULL; library++)
    json_object_set_new(libraries, library->name, json_string(library->version()));
  json_t *object = json_pack(
      "{s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "program", "coap-eap-sim", "code", code_hash(),
      "commit", commit, "libraries", libraries, "spec", describe_spec(), "refuses",
      describe_refusals(), "result", describe_result(), "rows", describe_rows(), "platforms",
      describe_sheets(SHEET_PLATFORM), "crypto", describe_sheets(SHEET_CRYPTO));
  json_dumpf(object, output, JSON_INDENT(1));
  fputc('\n', output);
  json_decref(object);
}

/* Parses a line, which may hold a NUL. */
static bool parse_line(const char *line, size_t length, struct spec *spec,
                       char error[SPEC_ERROR_MAX]) {
  const bool good = spec_parse(line, spec, error);
  if (strlen(line) == length)
    return good;
  strcpy(error, "a NUL octet in the line");
  return false;
}

/* Whether so many seeds from that of the spec on are all accepted. */
static bool has_seeds(const struct spec *spec, unsigned seeds, char error[SPEC_ERROR_MAX]) {
  const struct spec_field *field = spec_field_find("seed", strlen("seed"));
  if ((double)spec->seed + (seeds - 1) <= field->most)
    return true;
  snprintf(error, SPEC_ERROR_MAX, "seed: %" PRId64 " and the %u seeds behind it are beyond %.0f",
           spec->seed, seeds - 1, field->most);
  return false;
}

static void print_line(FILE *output, json_t *object) {
  json_dumpf(object, output, JSON_COMPACT | JSON_REAL_PRECISION(15));
  fputc('\n', output);
  json_decref(object);
}

/* Where the keys of a spec's runs are printed. */
struct key_printing {
  FILE *output;
  const struct spec *spec; /* NULL: it is printed, with the first key */
};

static void print_key(void *context, const char key[SPEC_KEY_LENGTH + 1]) {
  struct key_printing *printing = context;
  if (printing->spec == NULL) {
    fprintf(printing->output, "{\"key\":\"%s\"}\n", key);
    return;
  }
  print_line(printing->output, json_pack("{s:s,s:s,s:o}", "id", printing->spec->id, "key", key,
                                         "spec", spec_to_json(printing->spec)));
  printing->spec = NULL;
}

int describe_resolve(FILE *input, FILE *output, unsigned seeds) {
  char *line = NULL;
  size_t capacity = 0;
  int status = 0;
  ssize_t length;
  while ((length = getline(&line, &capacity, input)) >= 0) {
    struct spec spec;
    char error[SPEC_ERROR_MAX];
    if (strlen(line) == (size_t)length && line[strspn(line, " \t\r\n")] == '\0')
      continue;
    if (parse_line(line, (size_t)length, &spec, error) && has_seeds(&spec, seeds, error)) {
      spec_keys(&spec, seeds, print_key, &(struct key_printing){output, &spec});
    } else {
      print_line(output, json_pack("{s:s,s:s}", "id", spec.id, "error", error));
      status = 2;
    }
  }
  if (ferror(input)) {
    perror("coap-eap-sim: cannot read specs");
    status = 2;
  }
  free(line);
  return status;
}
