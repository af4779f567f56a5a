/* Terms are read where they are in the description. */
#include "condition.h"
#include "support/value.h"

#include <stdlib.h>

static const struct schema_key *term_key(const json_t *term, const char *member,
                                         const struct schema *schema) {
  const char *name = json_string_value(json_object_get(term, member));
  return name == NULL ? NULL : schema_spec_find(schema, name);
}

const json_t *condition_value(const struct schema_key *key, const json_t *spec) {
  const json_t *value = json_object_get(spec, key->name);
  return value == NULL ? key->fallback : value;
}

static bool is_listed(const json_t *values, const json_t *value) {
  for (size_t i = 0; i < json_array_size(values); i++)
    if (value_equal(json_array_get(values, i), value))
      return true;
  return false;
}

bool condition_term_is_met(const json_t *term, const struct schema *schema, const json_t *spec) {
  const json_t *in = json_object_get(term, "in"), *not = json_object_get(term, "not");
  const json_t *value = condition_value(term_key(term, "key", schema), spec);
  if (in != NULL)
    return is_listed(in, value);
  if (not != NULL)
    return !is_listed(not, value);
  return json_number_value(value) <
         json_number_value(condition_value(term_key(term, "below", schema), spec));
}

bool condition_is_met(const json_t *condition, const struct schema *schema, const json_t *spec) {
  for (size_t i = 0; i < json_array_size(condition); i++)
    if (!condition_term_is_met(json_array_get(condition, i), schema, spec))
      return false;
  return true;
}

void condition_term_add(const json_t *term, struct text *text) {
  const json_t *in = json_object_get(term, "in");
  const json_t *values = in != NULL ? in : json_object_get(term, "not");
  const char *key = json_string_value(json_object_get(term, "key"));
  if (values == NULL) {
    text_add(text, "%s below %s", key, json_string_value(json_object_get(term, "below")));
    return;
  }
  text_add(text, "%s%s ", key, in != NULL ? ":" : " other than");
  const size_t count = json_array_size(values);
  for (size_t i = 0; i < count; i++) {
    char *printed = value_print(json_array_get(values, i));
    text_add(text, "%s%s", i == 0 ? "" : (i + 1 == count ? " or " : ", "), printed);
    free(printed);
  }
}

const char *condition_refusal(const struct schema *schema, const json_t *spec) {
  for (size_t i = 0; i < json_array_size(schema->refuses); i++) {
    const json_t *refusal = json_array_get(schema->refuses, i);
    if (condition_is_met(json_object_get(refusal, "when"), schema, spec))
      return json_string_value(json_object_get(refusal, "reason"));
  }
  return NULL;
}
