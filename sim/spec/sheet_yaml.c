/* Sheets from YAML, event by event: two levels of mappings, and nothing else of the language. */
#define _GNU_SOURCE
#include "sheet.h"

#include "common/nearest.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { NOTE_MAX = 500, WORD_SHOWN_MAX = 60, KEYS_MAX = 32 };

struct yaml_reader {
  yaml_parser_t parser;
  struct sheet *sheet;
  struct sheet_notes *notes; /* where no other is asked for, it is freed at the end */
  const char *path;
  const char *text;
  char *error; /* SPEC_ERROR_MAX */
};

static bool yaml_complain(const struct yaml_reader *reader, const yaml_mark_t *mark,
                          const char *format, ...) {
  char what[SPEC_ERROR_MAX / 2];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  snprintf(reader->error, SPEC_ERROR_MAX, "%.300s:%zu:%zu: %s", reader->path, mark->line + 1,
           mark->column + 1, what);
  return false;
}

/* `where` is before the complaint: "" or "NAME: ". */
static bool yaml_complain_key(const struct yaml_reader *reader, const yaml_mark_t *mark,
                              const char *where, const char *key, const char *const *names,
                              size_t count) {
  struct nearest nearest = nearest_to(key);
  char accepted[400] = "", question[NEAREST_QUESTION_MAX];
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    nearest_offer(&nearest, names[i]);
    if (used < sizeof accepted)
      used += (size_t)snprintf(accepted + used, sizeof accepted - used, "%s%s", i == 0 ? "" : ", ",
                               names[i]);
  }
  return yaml_complain(reader, mark, "%sunknown key \"%.*s\";%s accepted: %s", where,
                       WORD_SHOWN_MAX, key, nearest_question(&nearest, question), accepted);
}

/* The next event, to be deleted; false with the error where there is none. */
static bool yaml_next(struct yaml_reader *reader, yaml_event_t *event) {
  yaml_parser_t *parser = &reader->parser;
  if (yaml_parser_parse(parser, event))
    return true;
  yaml_mark_t mark = parser->problem_mark;
  if (parser->error == YAML_READER_ERROR)
    for (mark = (yaml_mark_t){0}; mark.index < parser->problem_offset; mark.index++) {
      const bool ends = reader->text[mark.index] == '\n';
      mark.line += ends;
      mark.column = ends ? 0 : mark.column + 1;
    }
  return yaml_complain(reader, &mark, "%s",
                       parser->problem == NULL ? "this is not YAML" : parser->problem);
}

/* Takes an event that can only be of this type in a file that is as it should be. */
static bool yaml_expect(struct yaml_reader *reader, yaml_event_type_t type, const char *what) {
  yaml_event_t event;
  if (!yaml_next(reader, &event))
    return false;
  const bool good = event.type == type;
  if (!good)
    yaml_complain(reader, &event.start_mark, "%s", what);
  yaml_event_delete(&event);
  return good;
}

/* A scalar's text, which the caller frees; where it ends the mapping, `*text` is NULL. */
static bool yaml_word(struct yaml_reader *reader, bool may_end, char **text, yaml_mark_t *mark) {
  yaml_event_t event;
  if (!yaml_next(reader, &event))
    return false;
  *mark = event.start_mark;
  *text = NULL;
  bool good = may_end && event.type == YAML_MAPPING_END_EVENT;
  if (event.type != YAML_SCALAR_EVENT) {
    if (!good)
      yaml_complain(reader, mark, "one word or text is expected here");
  } else if (event.data.scalar.anchor != NULL || event.data.scalar.tag != NULL) {
    yaml_complain(reader, mark, "anchors and types (tags) are not understood here");
  } else if (strlen((const char *)event.data.scalar.value) != event.data.scalar.length) {
    yaml_complain(reader, mark, "a text with a zero octet is not accepted");
  } else {
    *text = (char *)event.data.scalar.value;
    event.data.scalar.value = NULL;
    good = true;
  }
  yaml_event_delete(&event);
  return good;
}

static bool yaml_twice(const struct yaml_reader *reader, const yaml_mark_t *mark,
                       const char *name) {
  return yaml_complain(reader, mark, "%.*s is here twice", WORD_SHOWN_MAX, name);
}

/* Of a figure */

struct figure {
  const struct sheet_row *row;
  int index;
  bool given; /* a number */
};

/* `key`: value, or cycles, or us. */
static bool figure_value(struct yaml_reader *reader, struct figure *figure, const char *key,
                         const char *text, const yaml_mark_t *mark) {
  const bool is_us = strcmp(key, SHEET_US) == 0;
  double value;
  if (figure->given)
    return yaml_complain(reader, mark, "%s has a figure already", figure->row->name);
  if (!sheet_number(text, strlen(text), &value) || !sheet_accepts(figure->row, is_us, value)) {
    char accepted[100];
    sheet_accepted(figure->row, is_us, accepted, sizeof accepted);
    return yaml_complain(reader, mark, "%s: \"%.*s\" is not accepted; it takes %s",
                         figure->row->name, WORD_SHOWN_MAX, text, accepted);
  }
  figure->given = true;
  reader->sheet->value[figure->index] = value;
  reader->sheet->is_us[figure->index] = is_us;
  return true;
}

/* Takes the text over if it is accepted. */
static bool yaml_note(struct yaml_reader *reader, char **note, const char *name, char **text,
                      const yaml_mark_t *mark) {
  if (*note != NULL)
    return yaml_twice(reader, mark, name);
  if (**text == '\0' || strlen(*text) > NOTE_MAX)
    return yaml_complain(reader, mark, "%s takes a text of 1 to %d octets", name, NOTE_MAX);
  *note = *text;
  *text = NULL;
  return true;
}

static bool figure_pair(struct yaml_reader *reader, struct figure *figure, const char *key,
                        const yaml_mark_t *key_mark, char **text, const yaml_mark_t *mark) {
  const bool is_cost = sheet_row_is_cost(figure->row);
  if (is_cost ? strcmp(key, SHEET_CYCLES) == 0 || strcmp(key, SHEET_US) == 0
              : strcmp(key, "value") == 0)
    return figure_value(reader, figure, key, *text, mark);
  if (strcmp(key, "source") == 0)
    return yaml_note(reader, &reader->notes->source[figure->index], key, text, mark);
  if (strcmp(key, "assumption") == 0)
    return yaml_note(reader, &reader->notes->assumption[figure->index], key, text, mark);
  const char *const names[] = {SHEET_CYCLES, is_cost ? SHEET_US : "value", "source", "assumption"};
  char where[NOTE_MAX];
  snprintf(where, sizeof where, "%s: ", figure->row->name);
  return yaml_complain_key(reader, key_mark, where, key, is_cost ? names : names + 1,
                           is_cost ? 4 : 3);
}

/* {value: NUMBER, source: TEXT} */
static bool read_figure(struct yaml_reader *reader, int index, const yaml_mark_t *mark) {
  size_t count;
  struct figure figure = {.row = &sheet_rows(reader->sheet->kind, &count)[index], .index = index};
  char *key = NULL, *text = NULL;
  yaml_mark_t key_mark, text_mark;
  if (!isnan(reader->sheet->value[index]))
    return yaml_twice(reader, mark, figure.row->name);
  bool good = yaml_expect(reader, YAML_MAPPING_START_EVENT,
                          "a figure is a mapping: its number, and its source or assumption");
  while (good && (good = yaml_word(reader, true, &key, &key_mark)) && key != NULL) {
    good = yaml_word(reader, false, &text, &text_mark) &&
           figure_pair(reader, &figure, key, &key_mark, &text, &text_mark);
    free(key);
    free(text);
    key = text = NULL;
  }
  if (good && !figure.given)
    return yaml_complain(reader, mark, "%s has no number: %s", figure.row->name,
                         sheet_row_is_cost(figure.row) ? "cycles or us" : "value");
  if (good && reader->notes->source[index] == NULL && reader->notes->assumption[index] == NULL)
    return yaml_complain(reader, mark, "%s has neither source nor assumption", figure.row->name);
  return good;
}

/* Of a sheet */

static bool read_word(struct yaml_reader *reader, const char *name, char word[SHEET_WORD_MAX + 1],
                      const yaml_mark_t *name_mark) {
  char *text;
  yaml_mark_t mark;
  if (word[0] != '\0')
    return yaml_twice(reader, name_mark, name);
  if (!yaml_word(reader, false, &text, &mark))
    return false;
  const bool good = sheet_is_word(text, strlen(text));
  if (good)
    strcpy(word, text);
  else
    yaml_complain(reader, &mark,
                  "%s: \"%.*s\" is not accepted; it takes up to %d lower-case letters, digits and "
                  "hyphens",
                  name, WORD_SHOWN_MAX, text, SHEET_WORD_MAX);
  free(text);
  return good;
}

static bool read_description(struct yaml_reader *reader) {
  char *text;
  yaml_mark_t mark;
  if (!yaml_word(reader, false, &text, &mark))
    return false;
  const bool good = yaml_note(reader, &reader->notes->description, SHEET_DESCRIPTION, &text, &mark);
  free(text);
  return good;
}

static bool complain_unknown(const struct yaml_reader *reader, const char *key,
                             const yaml_mark_t *mark) {
  const char *names[KEYS_MAX] = {SHEET_DESCRIPTION, SHEET_PROCESSOR, SHEET_ACCELERATOR};
  size_t count, used = 3;
  const struct sheet_row *rows = sheet_rows(reader->sheet->kind, &count);
  for (size_t i = 0; i < count && used < KEYS_MAX; i++)
    names[used++] = rows[i].name;
  return yaml_complain_key(reader, mark, "", key, names, used);
}

static bool read_pair(struct yaml_reader *reader, const char *key, const yaml_mark_t *mark) {
  struct sheet *sheet = reader->sheet;
  if (strcmp(key, SHEET_DESCRIPTION) == 0)
    return read_description(reader);
  if (strcmp(key, SHEET_PROCESSOR) == 0)
    return read_word(reader, SHEET_PROCESSOR, sheet->processor, mark);
  if (strcmp(key, SHEET_ACCELERATOR) == 0)
    return read_word(reader, SHEET_ACCELERATOR, sheet->accelerator, mark);
  const int index = sheet_row_find(sheet->kind, key, strlen(key));
  return index < 0 ? complain_unknown(reader, key, mark) : read_figure(reader, index, mark);
}

static bool read_sheet(struct yaml_reader *reader) {
  char *key = NULL;
  yaml_mark_t mark;
  bool good = yaml_expect(reader, YAML_STREAM_START_EVENT, "this is not YAML") &&
              yaml_expect(reader, YAML_DOCUMENT_START_EVENT, "the file is empty") &&
              yaml_expect(reader, YAML_MAPPING_START_EVENT, "a mapping (key: value) is expected");
  while (good && (good = yaml_word(reader, true, &key, &mark)) && key != NULL) {
    good = read_pair(reader, key, &mark);
    free(key);
    key = NULL;
  }
  return good && yaml_expect(reader, YAML_DOCUMENT_END_EVENT, "this is not YAML") &&
         yaml_expect(reader, YAML_STREAM_END_EVENT, "a second document is not accepted");
}

static bool read_whole(struct yaml_reader *reader) {
  char what[SPEC_ERROR_MAX];
  if (!read_sheet(reader))
    return false;
  if (reader->notes->description == NULL)
    snprintf(what, sizeof what, "%s is missing", SHEET_DESCRIPTION);
  else if (sheet_complete(reader->sheet, what))
    return true;
  snprintf(reader->error, SPEC_ERROR_MAX, "%.300s: %.500s", reader->path, what);
  return false;
}

bool sheet_read_yaml(struct sheet *sheet, enum sheet_kind kind, const char *path, const char *text,
                     size_t length, struct sheet_notes *notes, char error[SPEC_ERROR_MAX]) {
  struct sheet_notes own = {0};
  struct yaml_reader reader = {.sheet = sheet,
                               .notes = notes == NULL ? &own : notes,
                               .path = path,
                               .text = text,
                               .error = error};
  sheet_init(sheet, kind);
  if (!yaml_parser_initialize(&reader.parser))
    abort();
  yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
  const bool good = read_whole(&reader);
  yaml_parser_delete(&reader.parser);
  sheet_notes_deinit(&own);
  return good;
}

void sheet_notes_deinit(struct sheet_notes *notes) {
  free(notes->description);
  for (size_t i = 0; i < SHEET_FIGURES_MAX; i++) {
    free(notes->source[i]);
    free(notes->assumption[i]);
  }
  *notes = (struct sheet_notes){0};
}
