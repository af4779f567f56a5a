/* A program that is spoken with in lines, on its stdin and stdout. Whatever cannot be done fails
 * the running test, except that a program that has ended hears nothing. */
#ifndef NODES_LIVE_TESTS_DIALOGUE_H
#define NODES_LIVE_TESTS_DIALOGUE_H

#include <stdbool.h>
#include <sys/types.h>

enum { DIALOGUE_LINE_MAX = 32768 };

struct dialogue {
  pid_t pid;
  int in, out;
};

/* Starts argv[0]; its stderr is ours. It dies with the test program. */
void dialogue_start(struct dialogue *dialogue, const char *const *argv);

/* Writes a line, or what is none: nothing is added. */
void dialogue_tell(const struct dialogue *dialogue, const char *text);

/* No more is written. */
void dialogue_hush(struct dialogue *dialogue);

/* Reads a line, without its end; false after the last one. */
bool dialogue_hear(const struct dialogue *dialogue, char line[DIALOGUE_LINE_MAX]);

/* Waits for its end and returns its exit status, or 1000 + the signal that ended it. */
int dialogue_end(struct dialogue *dialogue);

#endif
