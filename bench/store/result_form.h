/* Results of one form: their texts are equal but for numbers and the id. Runs of a cell have few
 * forms, and where one is known, the numbers of a result are read without a parser. */
#ifndef BENCH_STORE_RESULT_FORM_H
#define BENCH_STORE_RESULT_FORM_H

#include <jansson.h>
#include <stdbool.h>

/* A number, and the text between the one before it and this. */
struct result_form_number {
  const char *before;
  size_t length;
  json_t *at; /* in the result; a real, even if it is written as an integer */
};

struct result_form {
  json_t *result;                    /* of the first one */
  char *text;                        /* of the first one */
  struct result_form_number *number; /* in the order of the text; the last one has no `at` */
  size_t number_count;
  double *value; /* of each number, in the result that was read last */
  bool has_tree; /* to be set: `result` gets these values, too */
};

/* Makes the form of a result, and reads it. False if it is no JSON object, or one whose names are
 * not unique; then there is nothing to deinit. */
bool result_form_init(struct result_form *form, const char *text);

/* Reads the numbers of another result, in place of the last one's. False if it is of another form;
 * then `value` says nothing. */
bool result_form_read(struct result_form *form, const char *text);

/* Which one a number of `result` is; it is looked for from `from` on, and then before. */
size_t result_form_index(const struct result_form *form, const json_t *number, size_t from);

void result_form_deinit(struct result_form *form);

#endif
