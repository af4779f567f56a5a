/* Conditions over the keys of a specification: which keys have an effect (spec.def), and what is
 * refused (refuses.def).
 *
 *   condition = [term *("&" term)]           all terms hold; an empty one always does
 *   term      = key "=" value *("|" value)   the key has one of the values
 *             / key "!=" value *("|" value)  the key has none of them
 *             / key "<" key                  of two numbers
 *
 * "ordering=seqnum|seqnum-requests & token_bytes!=0". Spaces have no meaning. A condition holds
 * only where the keys that it names have an effect: what they need is made part of it. */
#ifndef SIM_SPEC_CONDITION_H
#define SIM_SPEC_CONDITION_H

#include "spec.h"

enum { CONDITION_ERROR_MAX = 300 };

enum condition_relation { CONDITION_IN, CONDITION_NOT, CONDITION_BELOW };

struct condition_term {
  const struct spec_field *key;
  enum condition_relation relation;
  double *values; /* of a choice: enumerators; none of CONDITION_BELOW */
  size_t value_count;
  const struct spec_field *other; /* of CONDITION_BELOW; else NULL */
};

/* All zero it always holds. */
struct condition {
  struct condition_term *terms; /* those that others depend on first; none twice */
  size_t count;
};

/* Reads a condition. False with `error`, and nothing to deinit, where it does not follow the
 * grammar or names a key or value that there is not. Aborts as condition_of does. */
bool condition_parse(const char *text, struct condition *condition,
                     char error[CONDITION_ERROR_MAX]);
void condition_deinit(struct condition *condition);

/* What has to hold for a key of spec_fields to have an effect; read at first use, then kept.
 * Aborts, saying why, if `applies` of spec.def is no condition, or depends on its own key. */
const struct condition *condition_of(const struct spec_field *field);

bool condition_holds(const struct condition *condition, const struct spec *spec);

/* An array, with an object for each term: {"key": K, "in": [values]}, {"key": K, "not": [values]}
 * or
 * {"key": K, "below": OTHER_KEY}; values as in a specification. The caller owns it. */
json_t *condition_to_json(const struct condition *condition);

#endif
