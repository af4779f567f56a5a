/* For tests that use programs as a user would: the simulator and tshark, through the shell. */
#ifndef SIM_TESTS_SHELL_H
#define SIM_TESTS_SHELL_H

#include <jansson.h>
#include <stddef.h>

/* A new folder for the test's files; removed by shell_remove. */
char *shell_make_folder(void);
void shell_remove(char *folder);

/* Writes the specs, one a line, into <folder>/specs. */
void shell_write_specs(const char *folder, const char *lines);

/* What a command prints on standard output, to be freed; and its exit status. printf's format. */
char *shell_output(int *status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One JSON text as a command prints it, or as a string holds it. */
json_t *shell_json(const char *text);

/* One spec through the simulator with these further arguments; its result. */
json_t *shell_simulate(const char *folder, const char *spec, const char *arguments);

/* What the simulator says of itself with --describe. */
json_t *shell_describe(void);

/* Members, which must exist. */
long long shell_count(const json_t *object, const char *key);
double shell_figure(const json_t *object, const char *key);
const char *shell_text(const json_t *object, const char *key);

#endif
