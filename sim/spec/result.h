/* The result of a run: one flat structure, made from the table in result.def. */
#ifndef SIM_SPEC_RESULT_H
#define SIM_SPEC_RESULT_H

#include "spec.h"

enum { RESULT_TEXT_MAX = 300 };

struct result {
  char text[RESULT_TEXT_MAX]; /* where a reason can be put that is no static text */
  const struct spec *of;
  bool open;                                     /* for JSON values */
#define TEXT(name, unit, help) const char *name; /* static text, or `text` */
#define COUNT(name, unit, help) int64_t name;    /* negative: does not exist */
#define FIGURE(name, unit, help) double name;    /* NaN: does not exist */
#define JSON(name, unit, help)                                                                     \
  json_t *name; /* owned; NULL: does not exist, or as yet (spec, code) */
#include "result.def"
#undef TEXT
#undef COUNT
#undef FIGURE
#undef JSON
};

/* A row of result.def. `type`: "text", "count", "figure" or "json". */
struct result_field {
  const char *name;
  const char *type;
  const char *unit;
  const char *help;
};

const struct result_field *result_fields(size_t *count);

/* Nothing exists but the id and the spec, which outlives it. */
void result_init(struct result *result, const struct spec *spec);

/* JSON values may be put into it from now on; until result_finish no other is made or freed in the
 * process (json_arena.h). */
void result_open(struct result *result);

/* One line of JSON without its end, which the caller frees; also frees what the result owns. */
char *result_finish(struct result *result);

/* The line of a run that has no more than this to tell (invalid, crashed, hung). */
char *result_without_run(const struct spec *spec, const char *outcome, const char *reason);

#endif
