/* Words of claims. */
#include "claim_words.h"
#include "presentation_reader.h"
#include "support/memory.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What ends a word; - and % may stand inside of one. */
static const char SIGNS[] = " \t\n[]()<>=~*/,+\"'";

static char *part_copy(const struct claim_words *words, size_t begin, size_t length) {
  return text_format("%.*s", (int)length, words->text + begin);
}

yaml_node_t claim_words_node(const struct claim_words *words, const struct claim_word *word) {
  return yaml_part(words->node, word->begin, word->length, word->text);
}

static void complain(struct claim_words *words, size_t begin, size_t length, const char *format,
                     va_list arguments) {
  char *what = NULL;
  if (vasprintf(&what, format, arguments) < 0)
    abort();
  char *text = part_copy(words, begin, length);
  const yaml_node_t node = yaml_part(words->node, begin, length, text);
  yaml_complain(words->reader->file, &node, words->reader->error, "%s", what);
  words->status = -1;
  free(text);
  free(what);
}

void claim_words_complain(struct claim_words *words, size_t begin, size_t length,
                          const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  complain(words, begin, length, format, arguments);
  va_end(arguments);
}

void claim_words_stop(struct claim_words *words, size_t begin, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (!words->stopped)
    complain(words, begin, strcspn(words->text + begin, SIGNS), format, arguments);
  va_end(arguments);
  words->stopped = true;
}

void claim_words_skip_space(struct claim_words *words) {
  words->at += strspn(words->text + words->at, " \t\n");
}

bool claim_words_at(struct claim_words *words, const char *sign) {
  claim_words_skip_space(words);
  return strncmp(words->text + words->at, sign, strlen(sign)) == 0;
}

bool claim_words_take(struct claim_words *words, const char *sign) {
  if (!claim_words_at(words, sign))
    return false;
  words->at += strlen(sign);
  return true;
}

void claim_words_need(struct claim_words *words, const char *sign, const char *complaint) {
  if (!words->stopped && !claim_words_take(words, sign))
    claim_words_stop(words, words->at, "%s", complaint);
}

bool claim_words_at_end(struct claim_words *words) {
  claim_words_skip_space(words);
  return words->text[words->at] == '\0';
}

bool claim_words_at_number(struct claim_words *words) {
  claim_words_skip_space(words);
  const char *at = words->text + words->at;
  at += *at == '-' || *at == '+';
  at += *at == '.';
  return isdigit((unsigned char)*at);
}

/* Half of the last digit of "4.20" is 0.005, of "3.3e3" 50. */
static double half_of(const char *number) {
  const char *point = strchr(number, '.'), *exponent = strpbrk(number, "eE");
  const size_t digits = point == NULL ? 0 : strspn(point + 1, "0123456789");
  return 0.5 * pow(10, (exponent == NULL ? 0 : atof(exponent + 1)) - (double)digits);
}

bool claim_words_number(struct claim_words *words, double *number, double *half, bool *percent) {
  claim_words_skip_space(words);
  const size_t begin = words->at;
  const size_t sign = words->text[begin] == '-' || words->text[begin] == '+';
  size_t length = sign + strcspn(words->text + begin + sign, SIGNS);
  while (length > 0 && words->text[begin + length - 1] == '%')
    length--;
  char *text = part_copy(words, begin, length);
  const bool good = schema_number_parse(text[0] == '+' ? text + 1 : text, number);
  if (!good)
    claim_words_stop(words, begin, "a number is expected here");
  words->at = begin + length;
  *percent = good && claim_words_take(words, "%");
  *half = good ? half_of(text) / (*percent ? 100 : 1) : 0;
  *number = good ? *number / (*percent ? 100 : 1) : 0;
  free(text);
  return good;
}

/* The word that is next; of no length if none is. */
static struct claim_word next_word(struct claim_words *words) {
  claim_words_skip_space(words);
  struct claim_word word = {NULL, words->at, strcspn(words->text + words->at, SIGNS)};
  words->at += word.length;
  return word;
}

/* A text in quotes; false if none begins here. */
static bool take_quoted(struct claim_words *words, struct claim_word *word) {
  claim_words_skip_space(words);
  const char quote = words->text[words->at];
  if (quote != '"' && quote != '\'')
    return false;
  const char *begin = words->text + words->at + 1, *end = strchr(begin, quote);
  *word = (struct claim_word){NULL, words->at + 1, end == NULL ? 0 : (size_t)(end - begin)};
  if (end == NULL) {
    claim_words_stop(words, words->at, "this quote has no end");
    return true;
  }
  word->text = part_copy(words, word->begin, word->length);
  words->at = word->begin + word->length + 1;
  return true;
}

static bool is_ratio(const char *metric) {
  return strcmp(metric, MEASURE_SUCCESS) == 0 || strcmp(metric, MEASURE_RETRANSMISSION) == 0;
}

bool claim_words_measure(struct claim_words *words, struct claim_word *measure) {
  if (take_quoted(words, measure))
    return !words->stopped;
  *measure = next_word(words);
  if (measure->length == 0) {
    claim_words_stop(words, measure->begin, "a measure or a number is expected here");
    return false;
  }
  claim_words_skip_space(words);
  if (isalpha((unsigned char)words->text[words->at])) {
    const struct claim_word metric = next_word(words);
    char *word = part_copy(words, measure->begin, measure->length);
    char *name = part_copy(words, metric.begin, metric.length);
    measure->length = metric.begin + metric.length - measure->begin;
    measure->text = text_format("%s %s", word, name);
    free(word);
    free(name);
    return true;
  }
  char *metric = part_copy(words, measure->begin, measure->length);
  measure->text = text_format("%s%s", is_ratio(metric) ? "" : "mean ", metric);
  free(metric);
  return true;
}

bool claim_words_column(struct claim_words *words, struct claim_word *column) {
  *column = next_word(words);
  if (column->length > 0 && claim_words_take(words, "=")) {
    column->text = part_copy(words, column->begin, column->length);
    return true;
  }
  claim_words_stop(words, column->begin, "`column=value` is expected here");
  return false;
}

bool claim_words_value(struct claim_words *words, struct claim_word *value) {
  if (take_quoted(words, value))
    return !words->stopped;
  const size_t length = strcspn(words->text + words->at, ",[]<>=~");
  *value = (struct claim_word){NULL, words->at, length};
  words->at += length;
  while (value->length > 0 && words->text[value->begin + value->length - 1] == ' ')
    value->length--;
  if (value->length > 0) {
    value->text = part_copy(words, value->begin, value->length);
    return true;
  }
  claim_words_stop(words, value->begin, "a value is expected here");
  return false;
}

bool claim_words_order(struct claim_words *words, enum claim_order *order) {
  static const struct {
    const char *sign;
    enum claim_order order;
  } ORDERS[] = {
      {"<=", CLAIM_AT_MOST}, {">=", CLAIM_AT_LEAST}, {"==", CLAIM_EQUAL},
      {"<", CLAIM_BELOW},    {">", CLAIM_ABOVE},     {"~", CLAIM_ROUNDED},
  };
  for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
    if (!claim_words_take(words, ORDERS[i].sign))
      continue;
    *order = ORDERS[i].order;
    return true;
  }
  claim_words_stop(words, words->at,
                   "a comparison is expected here\naccepted: <, <=, >, >=, ==, ~");
  return false;
}
