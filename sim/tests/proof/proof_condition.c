/* Terms are met, unmet, or open as long as a key that is varied has no value. */
#define _GNU_SOURCE
#include "proof_condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Table and description */

size_t proof_key_find(const char *name) {
  size_t i = 0;
  while (i < proof_key_count && strcmp(proof_keys[i].name, name) != 0)
    i++;
  return i;
}

bool proof_key_is_varied(size_t key) {
  return proof_keys[key].role == PROOF_PRODUCT || proof_keys[key].role == PROOF_SIDE;
}

size_t proof_key_value_count(size_t key) {
  size_t count = 0;
  while (count < PROOF_VALUES_MAX && proof_keys[key].values[count] != NULL)
    count++;
  return count;
}

bool proof_value_is(const char *value, const json_t *json) {
  if (json_is_string(json))
    return strcmp(json_string_value(json), value) == 0;
  const double number = strtod(value, NULL), other = json_number_value(json);
  return number >= other && number <= other;
}

const json_t *proof_field_find(const json_t *description, const char *name) {
  const json_t *fields = json_object_get(description, "spec");
  for (size_t i = 0; i < json_array_size(fields); i++)
    if (strcmp(json_string_value(json_object_get(json_array_get(fields, i), "name")), name) == 0)
      return json_array_get(fields, i);
  return NULL;
}

/* Reading */

static void proof_term_refuse(const json_t *term) {
  fprintf(stderr, "proof_condition.c: a term that the proof does not know: %s\n",
          json_dumps(term, JSON_COMPACT | JSON_ENCODE_ANY));
  abort();
}

/* The key that a member of the term names, and its default. */
static size_t proof_term_key(const json_t *term, const char *member, const json_t *description,
                             const json_t **fallback) {
  const char *name = json_string_value(json_object_get(term, member));
  const size_t key = name == NULL ? proof_key_count : proof_key_find(name);
  if (key == proof_key_count)
    proof_term_refuse(term);
  *fallback = json_object_get(proof_field_find(description, name), "default");
  return key;
}

void proof_condition_init(struct proof_condition *condition, const json_t *terms,
                          const json_t *description) {
  condition->count = json_array_size(terms);
  condition->terms = calloc(condition->count + 1, sizeof *condition->terms);
  if (condition->terms == NULL || !json_is_array(terms))
    proof_term_refuse(terms);
  for (size_t i = 0; i < condition->count; i++) {
    struct proof_term *term = &condition->terms[i];
    term->term = json_array_get(terms, i);
    term->key = proof_term_key(term->term, "key", description, &term->fallback);
    term->other = proof_key_count;
    if (json_object_get(term->term, "below") != NULL)
      term->other = proof_term_key(term->term, "below", description, &term->other_fallback);
    else if (!json_is_array(json_object_get(term->term, "in")) &&
             !json_is_array(json_object_get(term->term, "not")))
      proof_term_refuse(term->term);
  }
}

void proof_condition_deinit(struct proof_condition *condition) {
  free(condition->terms);
}

/* Evaluation */

/* Every variant runs without loss, and with. */
static bool proof_key_is_open(const struct proof_variant *variant, size_t key) {
  return proof_keys[key].role == PROOF_LOSS ||
         (proof_key_is_varied(key) && variant->value[key] == PROOF_UNSET);
}

static bool proof_key_is(const struct proof_variant *variant, size_t key, const json_t *fallback,
                         const json_t *value) {
  const int set = variant->value[key];
  return set == PROOF_UNSET ? json_equal(fallback, value)
                            : proof_value_is(proof_keys[key].values[set], value);
}

static double proof_key_number(const struct proof_variant *variant, size_t key,
                               const json_t *fallback) {
  const int set = variant->value[key];
  return set == PROOF_UNSET ? json_number_value(fallback)
                            : strtod(proof_keys[key].values[set], NULL);
}

static bool proof_term_lists(const struct proof_term *term, const struct proof_variant *variant,
                             const json_t *values) {
  for (size_t i = 0; i < json_array_size(values); i++)
    if (proof_key_is(variant, term->key, term->fallback, json_array_get(values, i)))
      return true;
  return false;
}

static bool proof_term_is_met(const struct proof_term *term, const struct proof_variant *variant) {
  const json_t *in = json_object_get(term->term, "in"), *not = json_object_get(term->term, "not");
  if (in != NULL)
    return proof_term_lists(term, variant, in);
  if (not != NULL)
    return !proof_term_lists(term, variant, not );
  return proof_key_number(variant, term->key, term->fallback) <
         proof_key_number(variant, term->other, term->other_fallback);
}

enum proof_state proof_condition_state(const struct proof_condition *condition,
                                       const struct proof_variant *variant) {
  enum proof_state state = PROOF_MET;
  for (size_t i = 0; i < condition->count; i++) {
    const struct proof_term *term = &condition->terms[i];
    if (proof_key_is_open(variant, term->key) ||
        (term->other < proof_key_count && proof_key_is_open(variant, term->other)))
      state = PROOF_OPEN;
    else if (!proof_term_is_met(term, variant))
      return PROOF_UNMET;
  }
  return state;
}
