/* Labels that are of nothing. */
#include "check_labels.h"
#include "check_cells.h"
#include "presentation_reader.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>

static void label_add(json_t *words, char *word) {
  json_object_set_new(words, word, json_true());
  free(word);
}

/* What any label may stand for: {"0.1": true, "frame_loss 0.1": true}, of any cell. */
static json_t *labels_of_values(const struct check *check) {
  json_t *words = json_object(), *value;
  const char *name;
  for (size_t i = 0; i < check->plan.cell_count; i++) {
    json_object_foreach(check->plan.cell[i].columns, name, value) {
      char *printed = value_print(value);
      label_add(words, text_format("%s %s", name, printed));
      label_add(words, printed);
    }
  }
  return words;
}

static void label_add_measure(json_t *words, const char *kind, const char *space,
                              const struct measure *measure) {
  if (measure->metric != NULL)
    label_add(words, text_format("%s%s%s%s%s", kind, space, measure->word,
                                 measure->word[0] == '\0' ? "" : " ", measure->metric));
}

/* What is varied. */
static void label_add_columns(json_t *words, const struct check *check) {
  const char *name;
  json_t *unused;
  if (check->plan.cell_count > 0)
    json_object_foreach(check->plan.cell[0].columns, name, unused) {
      json_object_set_new(words, name, json_true());
    }
}

/* Warns of labels of nothing: those that `words` do not have. What no cell of this figure has may
 * come from a list that is of several. */
static void warn_of_labels(const struct check *check, const struct presentation_place *at,
                           const json_t *given, json_t *words) {
  yaml_node_t *labels = check_node(at, "labels");
  json_t *unused;
  const char **names = memory_get(json_object_size(words), sizeof *names), *name;
  size_t count = 0;
  json_object_foreach(words, name, unused) {
    names[count++] = name;
  }
  for (void *i = json_object_iter((json_t *)given); labels != NULL && i != NULL;
       i = json_object_iter_next((json_t *)given, i)) {
    name = json_object_iter_key(i);
    if (json_object_get(words, name) != NULL)
      continue;
    const char *nearest = value_nearest(name, names, count);
    yaml_warn(at->file, yaml_get_key(at->file, labels, name), check->complaints,
              "no value is `%s`: the label is of nothing%s%s%s", name,
              nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
              nearest == NULL ? "" : "`?");
  }
  free(names);
  json_decref(words);
}

void check_figure_labels(const struct check *check, const struct presentation_figure *figure) {
  json_t *words = labels_of_values(check);
  for (size_t i = 0; i < figure->y_count; i++)
    label_add_measure(words, "", "", &figure->y[i]);
  if (figure_reader_of(figure->type)->names) {
    const char *kind = presentation_column_key(figure->kind);
    label_add_columns(words, check);
    for (size_t i = 0; i < figure->y_count; i++)
      label_add_measure(words, kind, kind[0] == '\0' ? "" : " ", &figure->y[i]);
  }
  warn_of_labels(check, &figure->at, figure->labels, words);
}

/* What a label of tables may stand for besides: what is varied, a measure or column of any of
 * them, and the rows of ledgers. */
void check_table_labels(const struct check *check, const struct presentation_table *table) {
  const struct presentation *all = &check->scenario->presentation;
  json_t *words = labels_of_values(check);
  label_add_columns(words, check);
  for (size_t i = 0; i < all->table_count; i++)
    for (size_t j = 0; j < all->table[i].column_count; j++) {
      const struct presentation_column *column = &all->table[i].column[j];
      const char *kind = presentation_column_key(column->kind);
      label_add_measure(words, "", "", &column->measure);
      label_add_measure(words, kind, kind[0] == '\0' ? "" : " ", &column->measure);
    }
  for (size_t i = 0; i < table->figure_count; i++) {
    json_object_set_new(words, table->figure[i].sheet, json_true());
    json_object_set_new(words, table->figure[i].name, json_true());
  }
  for (size_t i = 0; i < check->schema->row_count; i++) {
    json_object_set_new(words, check->schema->row[i].name, json_true());
    json_object_set_new(words, check->schema->row[i].group, json_true());
  }
  warn_of_labels(check, &table->at, table->labels, words);
}
