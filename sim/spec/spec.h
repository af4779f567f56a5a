/* The specification of a run: one flat structure, made from the table in spec.def. */
#ifndef SIM_SPEC_SPEC_H
#define SIM_SPEC_SPEC_H

#include "device.h"
#include "option.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPEC_FIGURES_MAX = 767 }; /* octets of a platform's or profile's figures */

/* One enumeration for each key with a choice of values. */
#define CHOICE(name, fallback, applies, help) enum spec_##name {
#define VALUE(id, text) id,
#define CHOICE_END                                                                                 \
  }                                                                                                \
  ;
#include "spec.def"

struct spec {
#define STRING(name, longest, applies, help) char name[(longest) + 1];
#define CHOICE(name, fallback, applies, help) int name; /* enum spec_<name> */
#define VALUE(id, text)
#define CHOICE_END
#define INTEGER(name, unit, fallback, least, most, applies, help) int64_t name;
#define NUMBER(name, unit, fallback, least, most, applies, help) double name;
#define OPTIONS struct option_values options; /* of lower layer and association */
#include "spec.def"
  struct device devices[PARTY_COUNT]; /* from the keys of platforms and crypto profiles */
};

enum { SPEC_ERROR_MAX = 1000, SPEC_TEXT_MAX = SPEC_FIGURES_MAX + 1 };

enum spec_type { SPEC_TYPE_STRING, SPEC_TYPE_CHOICE, SPEC_TYPE_INTEGER, SPEC_TYPE_NUMBER };

/* A row of spec.def, or an option. */
struct spec_field {
  const char *name;
  enum spec_type type;
  const char *unit;
  const char *const *values; /* choices: NULL-terminated, by enumerator; else NULL */
  double fallback;
  double least;        /* of a string: 0 */
  double most;         /* of a string: its greatest length */
  const char *applies; /* condition.h: otherwise the key has no effect */
  const char *help;
  const char *text;   /* of a string: the default; else NULL */
  bool path;          /* of a string: the path of a file */
  const char *ending; /* of a path: what it ends in, or it is no path, but a name; "" */
  bool resolved;      /* of a string: filled in from a file that another names */
  size_t offset;      /* in struct spec; of an option 0 */
  const struct option_row *option; /* NULL: it is none */
};

/* The table; `*count` rows in the order of spec.def. */
const struct spec_field *spec_fields(size_t *count);

/* The row whose name is the first `length` characters of `name`; NULL if there is none. */
const struct spec_field *spec_field_find(const char *name, size_t length);

/* All defaults. */
void spec_init(struct spec *spec);

/* Reads a specification from one JSON text, and what it has from files (resolve.h). False with
 * `error` saying which key is wrong and what it accepts; `spec` then holds the defaults and the id,
 * where that could be read. */
bool spec_parse(const char *text, struct spec *spec, char error[SPEC_ERROR_MAX]);

/* All keys, defaults included, but for the id. The caller owns it. */
json_t *spec_to_json(const struct spec *spec);

/* A value as a number: of a choice its enumerator. Not of strings. */
double spec_number(const struct spec *spec, const struct spec_field *field);

/* Sets it: to a value that the field takes. Not of strings. */
void spec_set_number(struct spec *spec, const struct spec_field *field, double value);

/* A value as canonical text. */
void spec_text(const struct spec *spec, const struct spec_field *field, char text[SPEC_TEXT_MAX]);

#endif
