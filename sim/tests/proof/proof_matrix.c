/* Greedy covering of all pairs of values, and the product. Nothing in it is random. */
#define _GNU_SOURCE
#include "proof_matrix.h"

#include "proof_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 64, UNSET = -1, FAULT_VARIANTS = 3 };

/* A variant: by key of the table, the index of its value. */
struct variant {
  int value[KEYS_MAX];
};

struct generator {
  struct proof_matrix *matrix;
  const json_t *description;
  const char *applies[KEYS_MAX]; /* by key of the table */
  bool is_text[KEYS_MAX];
  /* Pairs of values of two keys. */
  bool covered[KEYS_MAX][PROOF_VALUES_MAX][KEYS_MAX][PROOF_VALUES_MAX];
};

/* Table and description */

static const json_t *find_field(const json_t *description, const char *name) {
  const json_t *fields = json_object_get(description, "spec");
  for (size_t i = 0; i < json_array_size(fields); i++)
    if (strcmp(json_string_value(json_object_get(json_array_get(fields, i), "name")), name) == 0)
      return json_array_get(fields, i);
  return NULL;
}

static size_t find_key(const char *name, size_t length) {
  size_t i = 0;
  while (i < proof_key_count &&
         (strlen(proof_keys[i].name) != length || strncmp(proof_keys[i].name, name, length) != 0))
    i++;
  return i;
}

static int find_value(size_t key, const char *value) {
  for (int i = 0; i < PROOF_VALUES_MAX && proof_keys[key].values[i] != NULL; i++)
    if (strcmp(proof_keys[key].values[i], value) == 0)
      return i;
  return UNSET;
}

static bool is_choice_value(const json_t *field, const char *value) {
  const json_t *values = json_object_get(field, "values");
  for (size_t i = 0; i < json_array_size(values); i++)
    if (strcmp(json_string_value(json_array_get(values, i)), value) == 0)
      return true;
  return false;
}

static void check_field(const json_t *field, struct proof_report *report) {
  const char *name = json_string_value(json_object_get(field, "name"));
  const json_t *values = json_object_get(field, "values");
  const size_t key = find_key(name, strlen(name));
  if (key == proof_key_count) {
    proof_differ(report, "the key \"%s\" is not in the proof's table", name);
    return;
  }
  for (size_t i = 0; i < json_array_size(values); i++)
    if (find_value(key, json_string_value(json_array_get(values, i))) == UNSET)
      proof_differ(report, "the value \"%s\" of \"%s\" is not in the proof's table",
                   json_string_value(json_array_get(values, i)), name);
  for (size_t i = 0; i < PROOF_VALUES_MAX && proof_keys[key].values[i] != NULL; i++)
    if (values != NULL && !is_choice_value(field, proof_keys[key].values[i]))
      proof_differ(report, "the proof's table has a value \"%s\" of \"%s\", which is none",
                   proof_keys[key].values[i], name);
}

void proof_matrix_check(const json_t *description, struct proof_report *report) {
  const json_t *fields = json_object_get(description, "spec");
  for (size_t i = 0; i < json_array_size(fields); i++)
    check_field(json_array_get(fields, i), report);
  for (size_t i = 0; i < proof_key_count; i++)
    if (find_field(description, proof_keys[i].name) == NULL)
      proof_differ(report, "the proof's table has a key \"%s\", which is none", proof_keys[i].name);
}

static size_t value_count(size_t key) {
  size_t count = 0;
  while (count < PROOF_VALUES_MAX && proof_keys[key].values[count] != NULL)
    count++;
  return count;
}

static bool is_varied(size_t key) {
  return proof_keys[key].role == PROOF_PRODUCT || proof_keys[key].role == PROOF_SIDE;
}

static void begin(struct generator *generator, struct proof_matrix *matrix,
                  const json_t *description) {
  assert(proof_key_count <= KEYS_MAX);
  memset(generator, 0, sizeof *generator);
  generator->matrix = matrix;
  generator->description = description;
  for (size_t i = 0; i < proof_key_count; i++) {
    const json_t *field = find_field(description, proof_keys[i].name);
    const char *type = json_string_value(json_object_get(field, "type"));
    generator->applies[i] = json_string_value(json_object_get(field, "applies"));
    generator->is_text[i] = type != NULL && strcmp(type, "choice") == 0;
    assert(generator->applies[i] != NULL);
  }
}

/* Conditions */

struct condition {
  size_t key; /* proof_key_count: none */
  const char *value;
  bool equal;
};

static struct condition condition_of(const struct generator *generator, size_t key) {
  const char *applies = generator->applies[key], *equals = strchr(applies, '=');
  if (equals == NULL)
    return (struct condition){.key = proof_key_count};
  const bool equal = equals == applies || equals[-1] != '!';
  return (struct condition){.key = find_key(applies, (size_t)(equals - applies) - !equal),
                            .value = equals + 1,
                            .equal = equal};
}

/* Whether the value is one of those that the condition separates by bars, or is none of them. */
static bool is_met(const struct condition *condition, int value) {
  const char *text = proof_keys[condition->key].values[value], *part = condition->value;
  bool listed = false;
  while (part != NULL && !listed) {
    const size_t length = strcspn(part, "|");
    listed = strlen(text) == length && strncmp(text, part, length) == 0;
    part = part[length] == '|' ? part + length + 1 : NULL;
  }
  return listed == condition->equal;
}

/* Whether the key has an effect in this variant, as far as it is set. Every variant runs with loss.
 */
static bool is_live(const struct generator *generator, const struct variant *variant, size_t key) {
  const struct condition condition = condition_of(generator, key);
  if (condition.key == proof_key_count || proof_keys[condition.key].role == PROOF_LOSS)
    return true;
  const int value = variant->value[condition.key];
  return (value == UNSET || is_met(&condition, value)) &&
         is_live(generator, variant, condition.key);
}

static bool has(const struct variant *variant, const char *key, const char *value) {
  const size_t index = find_key(key, strlen(key));
  return variant->value[index] != UNSET && variant->value[index] == find_value(index, value);
}

static bool is_refused(const struct variant *variant) {
  for (size_t i = 0; i < proof_refusal_count; i++)
    if (has(variant, proof_refusals[i].key, proof_refusals[i].value) &&
        has(variant, proof_refusals[i].other_key, proof_refusals[i].other_value))
      return true;
  return false;
}

/* Sets a key, and the keys without which it has no effect. False if they are set otherwise. */
static bool require(const struct generator *generator, struct variant *variant, size_t key,
                    int value) {
  if (variant->value[key] != UNSET && variant->value[key] != value)
    return false;
  variant->value[key] = value;
  const struct condition condition = condition_of(generator, key);
  if (condition.key == proof_key_count || !is_varied(condition.key))
    return !is_refused(variant);
  int needed = variant->value[condition.key];
  if (needed == UNSET)
    for (needed = 0; !is_met(&condition, needed); needed++)
      assert((size_t)needed + 1 < value_count(condition.key));
  return is_met(&condition, needed) && require(generator, variant, condition.key, needed);
}

/* Variants */

static size_t count_new_pairs(const struct generator *generator, const struct variant *variant,
                              size_t key) {
  size_t count = 0;
  for (size_t other = 0; other < proof_key_count; other++)
    if (other != key && is_varied(other) && variant->value[other] != UNSET &&
        is_live(generator, variant, other))
      count += !generator->covered[key][variant->value[key]][other][variant->value[other]];
  return count;
}

static void mark(struct generator *generator, size_t a, int a_value, size_t b, int b_value) {
  generator->covered[a][a_value][b][b_value] = true;
  generator->covered[b][b_value][a][a_value] = true;
}

static void mark_pairs(struct generator *generator, const struct variant *variant) {
  for (size_t a = 0; a < proof_key_count; a++)
    for (size_t b = 0; b < a; b++)
      if (is_varied(a) && is_varied(b) && is_live(generator, variant, a) &&
          is_live(generator, variant, b))
        mark(generator, a, variant->value[a], b, variant->value[b]);
}

/* Gives each key that is not set the value that makes most new pairs. */
static void fill(struct generator *generator, struct variant *variant) {
  for (size_t key = 0; key < proof_key_count; key++) {
    if (!is_varied(key) || variant->value[key] != UNSET)
      continue;
    size_t most = 0;
    int best = UNSET;
    for (int value = 0; value < (int)value_count(key); value++) {
      variant->value[key] = value;
      const size_t count = count_new_pairs(generator, variant, key);
      if (!is_refused(variant) && (best == UNSET || count > most)) {
        best = value;
        most = count;
      }
    }
    assert(best != UNSET);
    variant->value[key] = best;
  }
  mark_pairs(generator, variant);
}

static void add_spec(struct generator *generator, const struct variant *variant) {
  struct proof_matrix *matrix = generator->matrix;
  char *spec = NULL;
  size_t length;
  FILE *file = open_memstream(&spec, &length);
  assert(file != NULL);
  fprintf(file, "{");
  for (size_t key = 0; key < proof_key_count; key++) {
    const char *quote = generator->is_text[key] ? "\"" : "";
    if (variant->value[key] != UNSET && is_live(generator, variant, key))
      fprintf(file, "\"%s\": %s%s%s, ", proof_keys[key].name, quote,
              proof_keys[key].values[variant->value[key]], quote);
  }
  fprintf(file, "\"seed\": %zu}", matrix->count + 1);
  fclose(file);
  matrix->specs = realloc(matrix->specs, (matrix->count + 1) * sizeof *matrix->specs);
  assert(matrix->specs != NULL);
  matrix->specs[matrix->count++] = spec;
}

/* Adds the variant once for each value of the keys that say how much is lost. */
static void add_variant(struct generator *generator, struct variant *variant, size_t key) {
  while (key < proof_key_count && proof_keys[key].role != PROOF_LOSS)
    key++;
  if (key == proof_key_count) {
    add_spec(generator, variant);
    return;
  }
  for (size_t value = 0; value < value_count(key); value++) {
    variant->value[key] = (int)value;
    add_variant(generator, variant, key + 1);
  }
}

static struct variant empty_variant(void) {
  struct variant variant;
  for (size_t i = 0; i < KEYS_MAX; i++)
    variant.value[i] = UNSET;
  return variant;
}

static void cover_pair(struct generator *generator, size_t a, int a_value, size_t b, int b_value) {
  struct variant variant = empty_variant();
  if (generator->covered[a][a_value][b][b_value])
    return;
  if (!require(generator, &variant, a, a_value) || !require(generator, &variant, b, b_value))
    return;
  fill(generator, &variant);
  assert(generator->covered[a][a_value][b][b_value]);
  add_variant(generator, &variant, 0);
}

void proof_matrix_pairs(struct proof_matrix *matrix, const json_t *description) {
  static struct generator generator;
  begin(&generator, matrix, description);
  for (size_t a = 0; a < proof_key_count; a++)
    for (size_t b = 0; b < a; b++)
      for (size_t i = 0; is_varied(a) && is_varied(b) && i < value_count(a); i++)
        for (size_t j = 0; j < value_count(b); j++)
          cover_pair(&generator, a, (int)i, b, (int)j);
}

static void multiply(struct generator *generator, const struct variant *variant, size_t key) {
  while (key < proof_key_count && proof_keys[key].role != PROOF_PRODUCT)
    key++;
  if (key == proof_key_count) {
    struct variant whole = *variant;
    fill(generator, &whole);
    add_variant(generator, &whole, 0);
    return;
  }
  for (size_t value = 0; value < value_count(key); value++) {
    struct variant next = *variant;
    next.value[key] = (int)value;
    if (!is_refused(&next))
      multiply(generator, &next, key + 1);
    if (!is_live(generator, variant, key))
      break;
  }
}

void proof_matrix_product(struct proof_matrix *matrix, const json_t *description) {
  static struct generator generator;
  const struct variant variant = empty_variant();
  begin(&generator, matrix, description);
  multiply(&generator, &variant, 0);
}

void proof_matrix_faults(struct proof_matrix *matrix, const json_t *description) {
  static struct generator generator;
  for (size_t key = 0; key < proof_key_count; key++) {
    if (proof_keys[key].role != PROOF_FAULT)
      continue;
    for (size_t value = 1; value < value_count(key); value++) {
      begin(&generator, matrix, description);
      for (int i = 0; i < FAULT_VARIANTS; i++) {
        struct variant variant = empty_variant();
        variant.value[key] = (int)value;
        fill(&generator, &variant);
        add_variant(&generator, &variant, 0);
      }
    }
  }
}

void proof_matrix_free(struct proof_matrix *matrix) {
  for (size_t i = 0; i < matrix->count; i++)
    free(matrix->specs[i]);
  free(matrix->specs);
}
