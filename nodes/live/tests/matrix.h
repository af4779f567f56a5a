/* The matrix of interoperability: what met what, and how it went. Each test writes a row, and the
 * rows of all test programs together make interop.md of the build folder. */
#ifndef NODES_LIVE_TESTS_MATRIX_H
#define NODES_LIVE_TESTS_MATRIX_H

/* Begins a row: it says "failed" until matrix_passed is called. `role` is our side. */
void matrix_begin(const char *implementation, const char *version, const char *role,
                  const char *exercised);

/* The row's test has come to its end. `result` may have figures. */
void matrix_passed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Closes the row, if there is one: the teardown of a test. */
void matrix_end(void);

/* Writes this program's rows beside those of the others. */
void matrix_write(const char *test);

#endif
