/* Runs another program: writes its stdin and reads its stdout at the same time, so that neither
 * waits for the other for ever. Its stderr is ours. */
#ifndef BENCH_SUPPORT_PROCESS_H
#define BENCH_SUPPORT_PROCESS_H

#include "text.h"

enum {
  PROCESS_TICK_MS = 100,
  PROCESS_LINE_MAX = 1 << 26,    /* octets; a longer line is not taken to be one */
  PROCESS_CAPTURE_MAX = 1 << 28, /* octets that process_capture takes */
};

/* What the caller wants to hear. */
struct process_listener {
  /* A line of its stdout, without the newline; it may be changed. Below 0: end the program. */
  int (*line)(void *context, char *line, size_t length);
  /* At least every PROCESS_TICK_MS; may be NULL. */
  void (*tick)(void *context);
  void *context;
  bool quiet;    /* its stderr goes nowhere */
  int gather_ms; /* lines wait that long for others, so that we wake up less often */
};

struct process_end {
  bool interrupted; /* SIGINT, SIGTERM or SIGHUP came to us; the program was told to end */
  int status;       /* of waitpid */
};

/* Catches SIGINT, SIGTERM and SIGHUP from now on: process_run ends the program that it runs, and
 * says so; process_interrupted says whether one came. Ignores SIGPIPE. */
void process_signals_catch(void);
bool process_interrupted(void);

/* Runs argv[0] (looked up in PATH if it has no slash) until it ends. It has a process group of its
 * own, so that Ctrl-C reaches it only through us. When interrupted, what it still prints is read;
 * after some seconds, or at the second signal, it is killed. Nothing of its group is left when this
 * returns, nor when our process ends in any way: a guard that ignores all signals kills the group.
 * -1 with an error if it could not be run, or printed a line of more than PROCESS_LINE_MAX. */
int process_run(char *const argv[], const struct text *input,
                const struct process_listener *listener, struct process_end *end,
                struct text *error);

/* Runs it and takes all that it prints. -1 with an error if it could not be run, did not exit with
 * 0 or printed more than PROCESS_CAPTURE_MAX. */
int process_capture(char *const argv[], const struct text *input, bool quiet, struct text *output,
                    struct text *error);

/* "exit status 3", "killed by signal 11 (Segmentation fault)"; to be freed. */
char *process_status_words(int status);

#endif
