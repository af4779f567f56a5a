/* Topics of help that the simulator's description of itself has. */
#include "topic_asked.h"
#include "common/nearest.h"
#include "paragraph.h"
#include "simulator/condition.h"
#include "simulator/simulator.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_COLUMNS = 28 }; /* before what is said of a key */

static int ask(const char *simulator, struct schema *schema, struct text *error) {
  struct text described = {0};
  char *program = simulator_find(simulator, error);
  int status = program == NULL ? -1 : simulator_describe(program, &described, error);
  if (status == 0)
    status = schema_init(schema, text_string(&described), error);
  free(program);
  text_deinit(&described);
  return status;
}

/* "B; an integer from 1 to 16 (2): what it is". */
static void spec_add(const struct schema_key *key, struct text *words) {
  char *fallback = value_print(key->fallback);
  schema_accepted_add(key, words);
  text_add(words, "%s%s (%s): %s", *key->unit == '\0' ? "" : ", ", key->unit,
           *fallback == '\0' ? "\"\"" : fallback, key->help);
  free(fallback);
}

static void effect_add(const struct schema_key *key, struct text *words) {
  for (size_t i = 0; i < json_array_size(key->applies); i++) {
    text_add(words, i == 0 ? "\nIt has an effect with " : ", and ");
    condition_term_add(json_array_get(key->applies, i), words);
  }
}

static void result_add(const struct schema_key *key, struct text *words) {
  text_add(words, "%s%s%s", key->unit, *key->unit == '\0' ? "" : ": ", key->help);
}

/* The names inside of a result that is JSON, a level a line. */
static void inside_add(const struct schema_key *key, struct text *words) {
  for (size_t level = 0; level < json_array_size(key->inside); level++) {
    json_t *names = json_array_get(key->inside, level);
    for (size_t i = 0; i < json_array_size(names); i++)
      text_add(words, "%s%s", i == 0 ? (level == 0 ? "\nInside: " : "\n. ") : ", ",
               json_string_value(json_array_get(names, i)));
  }
}

/* One of the two tables of keys, and what is said of each. */
struct asked {
  const char *what;
  const struct schema_key *keys;
  size_t count;
  void (*add)(const struct schema_key *key, struct text *words);
  void (*more)(const struct schema_key *key, struct text *words); /* where one is asked for */
};

static void key_add(const struct asked *asked, const struct schema_key *key, bool alone,
                    struct text *text) {
  struct text words = {0};
  asked->add(key, &words);
  if (alone)
    asked->more(key, &words);
  paragraph_row_add(text, key->name, text_string(&words), KEY_COLUMNS);
  text_deinit(&words);
}

static int keys_add(const struct asked *asked, const char *name, struct text *text,
                    struct text *error) {
  char question[NEAREST_QUESTION_MAX];
  struct nearest nearest = nearest_to(name == NULL ? "" : name);
  bool found = name == NULL;
  for (size_t i = 0; i < asked->count; i++) {
    const struct schema_key *key = &asked->keys[i];
    const bool meant = name == NULL || strcmp(key->name, name) == 0;
    nearest_offer(&nearest, key->name);
    if (meant)
      key_add(asked, key, name != NULL, text);
    found = found || meant;
  }
  if (!found)
    text_add(error, "%s have no key \"%s\";%s\n", asked->what, name,
             nearest_question(&nearest, question));
  return found ? 0 : -1;
}

int topic_specs_add(struct text *text, const char *simulator, const char *key, struct text *error) {
  struct schema schema;
  if (ask(simulator, &schema, error) < 0)
    return -1;
  const struct asked asked = {"specs", schema.spec, schema.spec_count, spec_add, effect_add};
  if (key == NULL)
    paragraph_add(text,
                  "Keys of specs, which `fixed`, `sweep` and `cases` of a scenario set, and show "
                  "takes as key=value: what each accepts, its unit, what it is if left out, and "
                  "what it means. help specs KEY says, too, what it needs to have an effect.\n\n",
                  0);
  const int status = keys_add(&asked, key, text, error);
  schema_deinit(&schema);
  return status;
}

int topic_results_add(struct text *text, const char *simulator, const char *key,
                      struct text *error) {
  struct schema schema;
  if (ask(simulator, &schema, error) < 0)
    return -1;
  const struct asked asked = {"results", schema.result, schema.result_count, result_add,
                              inside_add};
  if (key == NULL)
    paragraph_add(text,
                  "Keys of results, of which those that are numbers are measured (help measures): "
                  "the unit of each, and what it means. help results KEY lists the names inside of "
                  "one that is JSON.\n\n",
                  0);
  const int status = keys_add(&asked, key, text, error);
  schema_deinit(&schema);
  return status;
}

int topic_settings_add(struct text *text, const char *simulator, struct text *error) {
  struct schema schema;
  if (ask(simulator, &schema, error) < 0)
    return -1;
  for (size_t i = 0; i < schema.spec_count; i++) {
    const struct schema_key *key = &schema.spec[i];
    const size_t count = json_array_size(key->values);
    if (count == 0)
      text_add(text, "%s=\n", key->name);
    for (size_t j = 0; j < count; j++)
      text_add(text, "%s=%s\n", key->name, json_string_value(json_array_get(key->values, j)));
  }
  schema_deinit(&schema);
  return 0;
}

int topic_result_names_add(struct text *text, const char *simulator, struct text *error) {
  struct schema schema;
  if (ask(simulator, &schema, error) < 0)
    return -1;
  for (size_t i = 0; i < schema.result_count; i++)
    text_add(text, "%s\n", schema.result[i].name);
  schema_deinit(&schema);
  return 0;
}
