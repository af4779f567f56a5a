/* What the tests of bench/ share: a folder of their own, and the fake simulator's schema. */
#ifndef BENCH_TESTS_FIXTURE_H
#define BENCH_TESTS_FIXTURE_H

#include "simulator/schema.h"

struct fixture {
  char folder[64];
  struct schema schema;
};

/* cmocka's group setup and teardown; the fixture is *state. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Writes a file into the folder; its path, to be freed. */
char *fixture_write(const struct fixture *fixture, const char *name, const char *content);

/* Runs a scenario of this content as the campaign "c", which has to end well, or not; what it
 * prints to stdout, to be freed. */
char *fixture_run(const struct fixture *fixture, const char *content, bool good);

/* A file that the campaign has left, to be freed. */
char *fixture_read(const struct fixture *fixture, const char *name);

/* Fails unless the words stand in the text. */
void fixture_assert_has(const char *text, const char *words);

/* Fails unless the numbers differ by `error` at most. */
void fixture_assert_near(double value, double expected, double error);

/* Fails unless every tag of the SVG document is closed in order, and no text is raw markup: enough
 * of XML for what we write. */
void fixture_assert_well_formed(const char *xml);

/* The scenario is refused with these words. */
void fixture_assert_mistake(const struct fixture *fixture, const char *yaml, const char *expected);

/* Runs a shell command in the folder; its exit status, and all that it prints. */
int fixture_shell(const struct fixture *fixture, const char *command, struct text *output);

#endif
