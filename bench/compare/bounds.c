/* Bounds of changes. */
#include "bounds.h"
#include "figures_words.h"
#include "support/memory.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_below(double a, double b) {
  return a < b;
}

static bool is_at_most(double a, double b) {
  return a <= b;
}

static bool is_above(double a, double b) {
  return a > b;
}

static bool is_at_least(double a, double b) {
  return a >= b;
}

/* The longer ones first. */
static const struct relation {
  const char *sign;
  bool (*holds)(double change, double number);
} RELATIONS[] = {{"<=", is_at_most}, {">=", is_at_least}, {"<", is_below}, {">", is_above}};

enum { RELATION_COUNT = sizeof RELATIONS / sizeof RELATIONS[0] };

/* Adds what is wrong, below it the condition and a caret at `at`. */
static int complain_at(const char *words, const char *at, const char *wrong, struct text *error) {
  const char *option = "--fail-if ";
  char *before = text_format("%.*s", (int)(at - words), words);
  text_add(error, "%s'%s': %s\n  %s\n  %*s^\n", option, words, wrong, words,
           (int)text_columns(before), "");
  text_add(error, "accepted: MEASURE OP [+-]NUMBER[%%], as `time_ms > +5%%`, `p95 time_ms > 100`, "
                  "`success < -0.02`; OP is one of < <= > >=\n");
  free(before);
  return -1;
}

/* The first relation in `words`, and where it stands; RELATION_COUNT if there is none. */
static size_t find_relation(const char *words, const char **at) {
  *at = words + strcspn(words, "<>=!");
  for (size_t i = 0; i < RELATION_COUNT; i++)
    if (strncmp(*at, RELATIONS[i].sign, strlen(RELATIONS[i].sign)) == 0)
      return i;
  return RELATION_COUNT;
}

/* From `begin` to `end` without the spaces around it; to be freed. */
static char *trimmed(const char *begin, const char *end) {
  while (begin < end && isspace((unsigned char)*begin))
    begin++;
  while (end > begin && isspace((unsigned char)end[-1]))
    end--;
  return text_format("%.*s", (int)(end - begin), begin);
}

/* "+5%", "-0.5" */
static bool read_number(const char *text, struct bound *bound) {
  char *number = memory_string(text);
  const size_t length = strlen(number);
  bound->relative = length > 0 && number[length - 1] == '%';
  if (bound->relative) {
    char *end = number + length - 1;
    while (end > number && end[-1] == ' ')
      end--;
    *end = '\0';
  }
  const bool good = schema_number_parse(number, &bound->number);
  bound->number /= bound->relative ? 100 : 1;
  free(number);
  return good;
}

int bounds_add(struct bounds *bounds, const char *words, struct measures *measures,
               const struct measures_known *known, struct text *error) {
  struct bound bound = {.words = words};
  const char *at;
  bound.relation = find_relation(words, &at);
  if (bound.relation == RELATION_COUNT)
    return complain_at(words, at, "a relation is expected here", error);
  const char *behind = at + strlen(RELATIONS[bound.relation].sign);
  char *measure = trimmed(words, at), *number = trimmed(behind, words + strlen(words));
  struct text wrong = {0};
  int status = 0;
  behind += strspn(behind, " ");
  if (measure[0] == '\0')
    status = complain_at(words, words, "a measure is expected here", error);
  else if (!read_number(number, &bound))
    status = complain_at(words, behind, "a number is expected here", error);
  else if (measures_add(measures, measure, known, &bound.measure, &wrong) < 0) {
    text_add(error, "--fail-if '%s': `%s` %s\n", words, measure, text_string(&wrong));
    status = -1;
  }
  text_deinit(&wrong);
  free(measure);
  free(number);
  if (status < 0)
    return -1;
  bounds->item = memory_resize(bounds->item, bounds->count + 1, sizeof *bounds->item);
  bounds->item[bounds->count++] = bound;
  return 0;
}

void bounds_deinit(struct bounds *bounds) {
  free(bounds->item);
  *bounds = (struct bounds){0};
}

static double change_of(const struct bound *bound, const struct figure *figure) {
  const double difference = figure->difference.value;
  if (figure->verdict == VERDICT_EQUAL)
    return 0;
  if (!bound->relative)
    return difference;
  if (!isnan(figure->relative.value))
    return figure->relative.value;
  return fabs(difference) > 0 ? copysign(INFINITY, difference) : 0;
}

enum bound_state bound_judge(const struct bound *bound, const struct figure *figure) {
  bool (*const holds)(double, double) = RELATIONS[bound->relation].holds;
  if (figure->verdict > VERDICT_EQUAL)
    return BOUND_UNKNOWN;
  const bool shown = figure_differs(figure) || holds(0, bound->number);
  return shown && holds(change_of(bound, figure), bound->number) ? BOUND_PASSED : BOUND_KEPT;
}

/* Holds all figures of its measure against it. True if it fails. */
static bool bound_fails(const struct bound *bound, const struct figures *figures,
                        struct text *words) {
  size_t judged = 0, passed = 0, unknown = 0;
  for (size_t i = 0; i < figures->count; i++) {
    const struct figure *figure = &figures->item[i];
    if (figure->measure != bound->measure)
      continue;
    const enum bound_state state = bound_judge(bound, figure);
    judged += state != BOUND_UNKNOWN;
    unknown += state == BOUND_UNKNOWN;
    passed += state == BOUND_PASSED;
    if (state != BOUND_PASSED)
      continue;
    text_add(words, "--fail-if '%s': ", bound->words);
    figures_add_sentence(figures, figure, words);
    text_add(words, "\n");
  }
  char *unknown_words =
      unknown == 0
          ? memory_string("")
          : text_format("; %zu more cannot tell (too few runs, or no such figure)", unknown);
  if (judged == 0)
    text_add(words,
             "--fail-if '%s': no cell tells: runs are too few, or one side has no such figure\n",
             bound->words);
  else if (passed == 0)
    text_add(words, "--fail-if '%s': not so in %s%zu cell%s%s\n", bound->words,
             judged == 1 ? "" : "any of ", judged, text_plural(judged), unknown_words);
  free(unknown_words);
  return judged == 0 || passed > 0;
}

bool bounds_fail(const struct bounds *bounds, const struct figures *figures, struct text *words) {
  bool fails = false;
  for (size_t i = 0; i < bounds->count; i++)
    fails = bound_fails(&bounds->item[i], figures, words) || fails;
  size_t only = 0;
  for (size_t i = 0; i < figures->cells->count; i++)
    only += cell_pair_is_only(&figures->cells->item[i], SIDE_A) ||
            cell_pair_is_only(&figures->cells->item[i], SIDE_B);
  if (only > 0)
    text_add(words, "--fail-if: %zu cell%s on one side only\n", only, only == 1 ? " is" : "s are");
  return fails || only > 0;
}
