/* What the fake simulator says of itself. */
#ifndef BENCH_TESTS_FAKE_DESCRIPTION_H
#define BENCH_TESTS_FAKE_DESCRIPTION_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* For fake_table: keys of specs, and specs that are refused. */
extern const char FAKE_SPEC[], FAKE_REFUSES[];

/* A row of ledgers, and its octets in a run over one hop. */
struct fake_row {
  const char *name, *group, *family;
  int bytes;
};
extern const struct fake_row FAKE_ROWS[];
extern const size_t FAKE_ROW_COUNT;

/* JSON with single quotes for double ones; to be released. */
json_t *fake_table(const char *text);

/* The hash of its code. */
const char *fake_code(void);

/* A number of the environment (fake_simulator.c); 0 if it is not there. */
uint64_t fake_environment(const char *variable);

/* Prints a line, and releases the object. */
void fake_print(json_t *object);

/* Answers --describe. */
void fake_describe(void);

#endif
