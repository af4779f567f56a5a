/* For tests that need what is not everywhere: a running cmocka test ends as skipped, and its output
 * tells the reason, which the summary of ./waf-wrapper test repeats. */
#ifndef NODES_TESTS_SUITE_SKIP_H
#define NODES_TESTS_SUITE_SKIP_H

/* Ends the test as skipped. printf's format. */
void skip_because(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Ends the test as skipped unless the program is in PATH: for what the optional packages bring
 * (./waf-wrapper deps --all). What the other packages bring is not asked for: without it a test
 * fails. */
void skip_without(const char *program);

#endif
