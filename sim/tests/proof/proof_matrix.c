/* Greedy covering of all pairs of values, and the product. Nothing in it is random. */
#define _GNU_SOURCE
#include "proof_matrix.h"

#include "proof_condition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FAULT_VARIANTS = 3 };

struct generator {
  struct proof_matrix *matrix;
  struct proof_condition applies[PROOF_KEYS_MAX]; /* by key of the table */
  bool is_text[PROOF_KEYS_MAX];
  struct proof_condition *refuses;
  size_t refusal_count;
  size_t first[PROOF_KEYS_MAX]; /* by key: its first value among the values of all keys */
  size_t value_count;           /* of all keys */
  bool *covered;                /* pairs of values: value_count * value_count */
};

/* Table and description */

static int find_value(size_t key, const char *value) {
  for (int i = 0; i < (int)proof_key_value_count(key); i++)
    if (strcmp(proof_keys[key].values[i], value) == 0)
      return i;
  return PROOF_UNSET;
}

static bool is_choice_value(const json_t *values, const char *value) {
  for (size_t i = 0; i < json_array_size(values); i++)
    if (proof_value_is(value, json_array_get(values, i)))
      return true;
  return false;
}

static void check_field(const json_t *field, struct proof_report *report) {
  const char *name = json_string_value(json_object_get(field, "name"));
  const json_t *values = json_object_get(field, "values");
  const size_t key = proof_key_find(name);
  if (key == proof_key_count) {
    proof_differ(report, "the key \"%s\" is not in the proof's table", name);
    return;
  }
  for (size_t i = 0; i < json_array_size(values); i++)
    if (find_value(key, json_string_value(json_array_get(values, i))) == PROOF_UNSET)
      proof_differ(report, "the value \"%s\" of \"%s\" is not in the proof's table",
                   json_string_value(json_array_get(values, i)), name);
  for (size_t i = 0; i < proof_key_value_count(key); i++)
    if (values != NULL && !is_choice_value(values, proof_keys[key].values[i]))
      proof_differ(report, "the proof's table has a value \"%s\" of \"%s\", which is none",
                   proof_keys[key].values[i], name);
}

void proof_matrix_check(const json_t *description, struct proof_report *report) {
  const json_t *fields = json_object_get(description, "spec");
  for (size_t i = 0; i < json_array_size(fields); i++)
    check_field(json_array_get(fields, i), report);
  for (size_t i = 0; i < proof_key_count; i++)
    if (proof_field_find(description, proof_keys[i].name) == NULL)
      proof_differ(report, "the proof's table has a key \"%s\", which is none", proof_keys[i].name);
}

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count + 1, size);
  assert(memory != NULL);
  return memory;
}

static void generator_init(struct generator *generator, struct proof_matrix *matrix,
                           const json_t *description) {
  const json_t *refuses = json_object_get(description, "refuses");
  assert(proof_key_count <= PROOF_KEYS_MAX && "PROOF_KEYS_MAX has to grow with proof_keys");
  *generator = (struct generator){.matrix = matrix, .refusal_count = json_array_size(refuses)};
  for (size_t i = 0; i < proof_key_count; i++) {
    const json_t *field = proof_field_find(description, proof_keys[i].name);
    const char *type = json_string_value(json_object_get(field, "type"));
    proof_condition_init(&generator->applies[i], json_object_get(field, "applies"), description);
    generator->is_text[i] =
        type != NULL && (strcmp(type, "choice") == 0 || strcmp(type, "string") == 0);
    generator->first[i] = generator->value_count;
    generator->value_count += proof_key_value_count(i);
  }
  generator->refuses = allocate(generator->refusal_count, sizeof *generator->refuses);
  for (size_t i = 0; i < generator->refusal_count; i++)
    proof_condition_init(&generator->refuses[i],
                         json_object_get(json_array_get(refuses, i), "when"), description);
  generator->covered =
      allocate(generator->value_count * generator->value_count, sizeof *generator->covered);
}

static void generator_deinit(struct generator *generator) {
  for (size_t i = 0; i < proof_key_count; i++)
    proof_condition_deinit(&generator->applies[i]);
  for (size_t i = 0; i < generator->refusal_count; i++)
    proof_condition_deinit(&generator->refuses[i]);
  free(generator->refuses);
  free(generator->covered);
}

/* Whether two keys have had these values together. */
static bool *covered(const struct generator *generator, size_t a, int a_value, size_t b,
                     int b_value) {
  return &generator->covered[(generator->first[a] + (size_t)a_value) * generator->value_count +
                             generator->first[b] + (size_t)b_value];
}

/* Conditions */

/* Whether the key has an effect in this variant, as far as it is set. */
static bool is_live(const struct generator *generator, const struct proof_variant *variant,
                    size_t key) {
  return proof_condition_state(&generator->applies[key], variant) != PROOF_UNMET;
}

static bool has(const struct proof_variant *variant, const char *key, const char *value) {
  const size_t index = proof_key_find(key);
  return variant->value[index] != PROOF_UNSET && variant->value[index] == find_value(index, value);
}

/* By the simulator, or by the proof's own table. */
static bool is_refused(const struct generator *generator, const struct proof_variant *variant) {
  for (size_t i = 0; i < generator->refusal_count; i++)
    if (proof_condition_state(&generator->refuses[i], variant) == PROOF_MET)
      return true;
  for (size_t i = 0; i < proof_refusal_count; i++)
    if (has(variant, proof_refusals[i].key, proof_refusals[i].value) &&
        has(variant, proof_refusals[i].other_key, proof_refusals[i].other_value))
      return true;
  return false;
}

/* Sets a key that is not set to its first value with which the condition may be met. */
static void settle_key(const struct proof_condition *condition, struct proof_variant *variant,
                       size_t key) {
  if (key == proof_key_count || !proof_key_is_varied(key) || variant->value[key] != PROOF_UNSET)
    return;
  do {
    variant->value[key]++;
    assert(variant->value[key] < (int)proof_key_value_count(key) &&
           "the proof's table has no value with which a condition is met");
  } while (proof_condition_state(condition, variant) == PROOF_UNMET);
}

/* Sets a key, and the keys without which it has no effect. False if they are set otherwise. */
static bool require(const struct generator *generator, struct proof_variant *variant, size_t key,
                    int value) {
  const struct proof_condition *condition = &generator->applies[key];
  if (variant->value[key] != PROOF_UNSET && variant->value[key] != value)
    return false;
  variant->value[key] = value;
  if (proof_condition_state(condition, variant) == PROOF_UNMET)
    return false;
  for (size_t i = 0; i < condition->count; i++) {
    settle_key(condition, variant, condition->terms[i].key);
    settle_key(condition, variant, condition->terms[i].other);
  }
  return !is_refused(generator, variant);
}

/* Variants */

static size_t count_new_pairs(const struct generator *generator,
                              const struct proof_variant *variant, size_t key) {
  size_t count = 0;
  for (size_t other = 0; other < proof_key_count; other++)
    if (other != key && proof_key_is_varied(other) && variant->value[other] != PROOF_UNSET &&
        is_live(generator, variant, other))
      count += !*covered(generator, key, variant->value[key], other, variant->value[other]);
  return count;
}

static void mark(struct generator *generator, size_t a, int a_value, size_t b, int b_value) {
  *covered(generator, a, a_value, b, b_value) = true;
  *covered(generator, b, b_value, a, a_value) = true;
}

static void mark_pairs(struct generator *generator, const struct proof_variant *variant) {
  for (size_t a = 0; a < proof_key_count; a++)
    for (size_t b = 0; b < a; b++)
      if (proof_key_is_varied(a) && proof_key_is_varied(b) && is_live(generator, variant, a) &&
          is_live(generator, variant, b))
        mark(generator, a, variant->value[a], b, variant->value[b]);
}

/* Gives each key that is not set the value that makes most new pairs. */
static void matrix_fill(struct generator *generator, struct proof_variant *variant) {
  for (size_t key = 0; key < proof_key_count; key++) {
    if (!proof_key_is_varied(key) || variant->value[key] != PROOF_UNSET)
      continue;
    size_t most = 0;
    int best = PROOF_UNSET;
    for (int value = 0; value < (int)proof_key_value_count(key); value++) {
      variant->value[key] = value;
      const size_t count = count_new_pairs(generator, variant, key);
      if (!is_refused(generator, variant) && (best == PROOF_UNSET || count > most)) {
        best = value;
        most = count;
      }
    }
    assert(best != PROOF_UNSET && "every value of a key is refused");
    variant->value[key] = best;
  }
  mark_pairs(generator, variant);
}

static void take_spec(struct proof_matrix *matrix, char *spec) {
  matrix->specs = realloc(matrix->specs, (matrix->count + 1) * sizeof *matrix->specs);
  assert(matrix->specs != NULL);
  matrix->specs[matrix->count++] = spec;
}

void proof_matrix_add(struct proof_matrix *matrix, const char *spec) {
  char *copy = strdup(spec);
  assert(copy != NULL);
  take_spec(matrix, copy);
}

static void add_spec(struct generator *generator, const struct proof_variant *variant) {
  struct proof_matrix *matrix = generator->matrix;
  char *spec = NULL;
  size_t length;
  FILE *file = open_memstream(&spec, &length);
  assert(file != NULL);
  fprintf(file, "{");
  for (size_t key = 0; key < proof_key_count; key++) {
    const char *quote = generator->is_text[key] ? "\"" : "";
    if (variant->value[key] != PROOF_UNSET && is_live(generator, variant, key))
      fprintf(file, "\"%s\": %s%s%s, ", proof_keys[key].name, quote,
              proof_keys[key].values[variant->value[key]], quote);
  }
  fprintf(file, "\"seed\": %zu}", matrix->count + 1);
  fclose(file);
  take_spec(matrix, spec);
}

/* Adds the variant once for each value of the keys that say how much is lost. */
static void add_variant(struct generator *generator, struct proof_variant *variant, size_t key) {
  while (key < proof_key_count && proof_keys[key].role != PROOF_LOSS)
    key++;
  if (key == proof_key_count) {
    add_spec(generator, variant);
    return;
  }
  for (size_t value = 0; value < proof_key_value_count(key); value++) {
    variant->value[key] = (int)value;
    add_variant(generator, variant, key + 1);
  }
}

static struct proof_variant empty_variant(void) {
  struct proof_variant variant;
  for (size_t i = 0; i < PROOF_KEYS_MAX; i++)
    variant.value[i] = PROOF_UNSET;
  return variant;
}

static void cover_pair(struct generator *generator, size_t a, int a_value, size_t b, int b_value) {
  struct proof_variant variant = empty_variant();
  if (*covered(generator, a, a_value, b, b_value))
    return;
  if (!require(generator, &variant, a, a_value) || !require(generator, &variant, b, b_value))
    return;
  matrix_fill(generator, &variant);
  assert(*covered(generator, a, a_value, b, b_value));
  add_variant(generator, &variant, 0);
}

void proof_matrix_pairs(struct proof_matrix *matrix, const json_t *description) {
  struct generator generator;
  generator_init(&generator, matrix, description);
  for (size_t a = 0; a < proof_key_count; a++)
    for (size_t b = 0; b < a; b++)
      for (size_t i = 0;
           proof_key_is_varied(a) && proof_key_is_varied(b) && i < proof_key_value_count(a); i++)
        for (size_t j = 0; j < proof_key_value_count(b); j++)
          cover_pair(&generator, a, (int)i, b, (int)j);
  generator_deinit(&generator);
}

static void multiply(struct generator *generator, const struct proof_variant *variant, size_t key) {
  while (key < proof_key_count && proof_keys[key].role != PROOF_PRODUCT)
    key++;
  if (key == proof_key_count) {
    struct proof_variant whole = *variant;
    matrix_fill(generator, &whole);
    add_variant(generator, &whole, 0);
    return;
  }
  for (size_t value = 0; value < proof_key_value_count(key); value++) {
    struct proof_variant next = *variant;
    next.value[key] = (int)value;
    if (!is_refused(generator, &next))
      multiply(generator, &next, key + 1);
    if (!is_live(generator, variant, key))
      break;
  }
}

void proof_matrix_product(struct proof_matrix *matrix, const json_t *description) {
  struct generator generator;
  const struct proof_variant variant = empty_variant();
  generator_init(&generator, matrix, description);
  multiply(&generator, &variant, 0);
  generator_deinit(&generator);
}

void proof_matrix_faults(struct proof_matrix *matrix, const json_t *description) {
  struct generator generator;
  for (size_t key = 0; key < proof_key_count; key++) {
    if (proof_keys[key].role != PROOF_FAULT)
      continue;
    for (size_t value = 1; value < proof_key_value_count(key); value++) {
      generator_init(&generator, matrix, description);
      for (int i = 0; i < FAULT_VARIANTS; i++) {
        struct proof_variant variant = empty_variant();
        variant.value[key] = (int)value;
        matrix_fill(&generator, &variant);
        add_variant(&generator, &variant, 0);
      }
      generator_deinit(&generator);
    }
  }
}

void proof_matrix_free(struct proof_matrix *matrix) {
  for (size_t i = 0; i < matrix->count; i++)
    free(matrix->specs[i]);
  free(matrix->specs);
}
