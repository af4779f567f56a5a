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
  json_t *result; /* the one that was read last, but for its id, which is the first one's */
  char *text;     /* of the first one */
  struct result_form_number *number; /* in the order of the text; the last one has no `at` */
  size_t number_count;
};

/* Makes the form of a result, and reads it. False if it is no JSON object, or one whose names are
 * not unique; then there is nothing to deinit. */
bool result_form_init(struct result_form *form, const char *text);

/* Reads another result, in place of the last one: what `result` holds stays where it is. False if
 * it is of another form; then the last one is still there. */
bool result_form_read(struct result_form *form, const char *text);

void result_form_deinit(struct result_form *form);

#endif
