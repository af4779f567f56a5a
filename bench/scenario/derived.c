/* Sums of products and quotients of metrics. */
#include "derived.h"
#include "measure.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct derived_metric *derived_find(const struct derived *derived, const char *name) {
  for (size_t i = 0; i < derived->metric_count; i++)
    if (strcmp(derived->metric[i].name, name) == 0)
      return &derived->metric[i];
  return NULL;
}

const struct derived_case *derived_case_find(const struct derived *derived, const char *name) {
  for (size_t i = 0; i < derived->computed_count; i++)
    if (strcmp(derived->computed[i].name, name) == 0)
      return &derived->computed[i];
  return NULL;
}

bool derived_case_has(const struct derived *derived, const struct derived_case *computed,
                      const char *metric) {
  for (size_t i = 0; i < computed->metric_count; i++)
    if (strcmp(computed->metric[i].name, metric) == 0)
      return true;
  const struct derived_metric *own = derived_find(derived, metric);
  for (size_t i = 0; own != NULL && i < own->sum.count; i++)
    for (size_t j = 0; j < own->sum.term[i].factor_count; j++)
      if (!derived_case_has(derived, computed, own->sum.term[i].factor[j].metric))
        return false;
  return own != NULL;
}

/* The number that a word is, or names; false: none. */
static bool number_find(const char *word, const struct derived *derived, double *number) {
  if (schema_number_parse(word, number))
    return true;
  for (size_t i = 0; i < derived->constant_count; i++) {
    if (strcmp(derived->constant[i].name, word) != 0)
      continue;
    *number = derived->constant[i].value;
    return true;
  }
  return false;
}

static int parse_factor(struct derived_term *term, const char *word, bool divides,
                        const struct derived *derived, const struct schema *schema,
                        struct text *error) {
  double number;
  if (number_find(word, derived, &number)) {
    if (divides && !(fabs(number) > 0)) {
      text_add(error, "divides by `%s`, which is 0", word);
      return -1;
    }
    term->number *= divides ? 1 / number : number;
    return 0;
  }
  if (measure_metric_unit(word, schema, derived) == NULL) {
    measure_complain_metric(word, schema, derived, error);
    text_add(error, ", numbers");
    for (size_t i = 0; i < derived->constant_count; i++)
      text_add(error, ", %s", derived->constant[i].name);
    return -1;
  }
  term->factor = memory_resize(term->factor, term->factor_count + 1, sizeof *term->factor);
  term->factor[term->factor_count++] = (struct derived_factor){memory_string(word), divides};
  return 0;
}

/* Cuts `*rest` at the first of " + ", " - ", " * " or " / " that `accepted` has; the sign is '\0'
 * at the end. */
static char cut(char **rest, const char *accepted) {
  for (char *at = *rest; *at != '\0'; at++) {
    if (at[0] != ' ' || at[1] == '\0' || at[2] != ' ' || strchr(accepted, at[1]) == NULL)
      continue;
    char sign = at[1];
    at[0] = '\0';
    *rest = at + 3;
    return sign;
  }
  *rest = NULL;
  return '\0';
}

int derived_sum_parse(struct derived_sum *sum, const char *text, const struct derived *derived,
                      const struct schema *schema, struct text *error) {
  char *copy = memory_string(text), *rest = copy, sign = '+';
  int status = 0;
  *sum = (struct derived_sum){0};
  while (rest != NULL && status == 0) {
    char *term_text = rest, next = cut(&rest, "+-");
    sum->term = memory_resize(sum->term, sum->count + 1, sizeof *sum->term);
    struct derived_term *term = &sum->term[sum->count++];
    *term = (struct derived_term){.number = sign == '-' ? -1 : 1};
    char between = '*';
    for (char *factor = term_text; factor != NULL && status == 0;) {
      char *word = factor, behind = cut(&factor, "*/");
      status = parse_factor(term, word, between == '/', derived, schema, error);
      between = behind;
    }
    sign = next;
  }
  free(copy);
  if (status < 0)
    derived_sum_deinit(sum);
  return status;
}

/* Whether a factor of the sum `is` is this word. */
static bool has_word(const char *is, const char *word) {
  const size_t length = strlen(word);
  for (const char *at = is; (at = strstr(at, word)) != NULL; at += length) {
    const bool begins = at == is || at[-1] == ' ', ends = at[length] == ' ' || at[length] == '\0';
    if (begins && ends)
      return true;
  }
  return false;
}

bool derived_uses(const struct derived *derived, const struct derived_metric *metric,
                  const struct derived_constant *constant) {
  if (has_word(metric->is, constant->name))
    return true;
  /* What it is made of stands above it. */
  for (const struct derived_metric *part = derived->metric; part < metric; part++)
    if (has_word(metric->is, part->name) && derived_uses(derived, part, constant))
      return true;
  return false;
}

/* NaN if it has no value. */
static double term_value(const struct derived_term *term,
                         double (*number)(const void *context, const char *metric),
                         const void *context) {
  double product = term->number;
  bool zero = !(fabs(product) > 0), defined = true;
  for (size_t i = 0; i < term->factor_count; i++) {
    const double factor = number(context, term->factor[i].metric);
    if (term->factor[i].divides) {
      defined = defined && fabs(factor) > 0;
      product /= factor;
    } else {
      zero = zero || (!isnan(factor) && !(fabs(factor) > 0));
      product *= factor;
    }
  }
  return !defined ? NAN : zero ? 0 : product;
}

double derived_sum_value(const struct derived_sum *sum,
                         double (*number)(const void *context, const char *metric),
                         const void *context) {
  double total = 0;
  for (size_t i = 0; i < sum->count; i++)
    total += term_value(&sum->term[i], number, context);
  return total;
}

void derived_sum_deinit(struct derived_sum *sum) {
  for (size_t i = 0; i < sum->count; i++) {
    for (size_t j = 0; j < sum->term[i].factor_count; j++)
      free(sum->term[i].factor[j].metric);
    free(sum->term[i].factor);
  }
  free(sum->term);
  *sum = (struct derived_sum){0};
}

static void metrics_deinit(struct derived_metric *metric, size_t count) {
  for (size_t i = 0; i < count; i++) {
    free(metric[i].name);
    free(metric[i].unit);
    free(metric[i].is);
    derived_sum_deinit(&metric[i].sum);
  }
  free(metric);
}

void derived_deinit(struct derived *derived) {
  for (size_t i = 0; i < derived->constant_count; i++) {
    free(derived->constant[i].name);
    free(derived->constant[i].unit);
    free(derived->constant[i].why);
  }
  free(derived->constant);
  metrics_deinit(derived->metric, derived->metric_count);
  for (size_t i = 0; i < derived->computed_count; i++) {
    struct derived_case *computed = &derived->computed[i];
    metrics_deinit(computed->metric, computed->metric_count);
    free(computed->name);
    free(computed->from);
    free(computed->note);
  }
  free(derived->computed);
  *derived = (struct derived){0};
}
