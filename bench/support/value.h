/* Values of spec keys, as JSON scalars: equality, printing, and filters over them. */
#ifndef BENCH_SUPPORT_VALUE_H
#define BENCH_SUPPORT_VALUE_H

#include "text.h"

#include <jansson.h>

/* Equal strings, or numbers of equal size (1 equals 1.0). */
bool value_equal(const json_t *a, const json_t *b);

/* As a person writes it: bit, 3, 0.05. To be freed. */
char *value_print(const json_t *value);

/* The string of this name in an object; "" where there is none. */
const char *value_string(const json_t *object, const char *name);

/* A filter is an object: name to the array of accepted values. True if every name of it is in
 * `values` with an accepted value; a NULL filter accepts all. */
bool value_matches(json_t *filter, json_t *values);

/* JSON in one canonical line (sorted, numbers of at most 15 digits), to be freed. */
char *value_canonical(const json_t *object);

/* The nearest of `names` (nearest.h), or NULL. */
const char *value_nearest(const char *word, const char *const *names, size_t count);

#endif
