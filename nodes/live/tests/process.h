/* Other programs under test: started with their output in files, waited for, and ended by their
 * number at the latest when the test ends. Whatever cannot be done fails the running test. */
#ifndef NODES_LIVE_TESTS_PROCESS_H
#define NODES_LIVE_TESTS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { PROCESS_ARGUMENTS_MAX = 48, PROCESS_PATH_MAX = 512 };

struct process {
  pid_t pid; /* 0: not running */
  int file;  /* becomes readable at its end */
  int status;
  struct rusage usage; /* after its end */
  char out[PROCESS_PATH_MAX];
  char err[PROCESS_PATH_MAX];
};

/* The folder for this test program's files: of the build folder, with what was there before gone
 * from the names that are used anew. */
void process_folder(const char *test);

/* A path in that folder; valid for a few calls. */
const char *process_path(const char *name);

/* Writes a file in that folder, whole at once, and returns its path. */
const char *process_file(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Starts argv[0] (looked up in PATH), with stdout in NAME.out and stderr in NAME.err. */
void process_start(struct process *process, const char *name, const char *const *argv);

/* Waits for its end, at most `limit_ms`; pumps the relays meanwhile. Returns its exit status, or
 * 1000 + the signal that ended it. */
int process_wait(struct process *process, unsigned limit_ms);

/* Waits likewise; true if it has ended. */
bool process_ended(struct process *process, unsigned limit_ms);

/* Waits until its stdout or stderr has this text; it must not end before. */
void process_expect(struct process *process, const char *text, unsigned limit_ms);

/* Asks it to end (SIGTERM) and waits; returns as process_wait does. */
int process_stop(struct process *process);

/* Kills it (SIGKILL). */
void process_kill(struct process *process);

/* Ends all that still run: the teardown of a test. */
void process_end_all(void);

/* The text that it has written so far; to be freed. */
char *process_out(const struct process *process);
char *process_err(const struct process *process);
bool process_wrote(const struct process *process, const char *text);

/* Fails where it has not written this text by now. */
void process_expect_written(const struct process *process, const char *text);

/* Its resident memory in kB, and the processor time that it has used so far, in milliseconds. */
uint64_t process_memory_kb(const struct process *process);
double process_cpu_ms(const struct process *process);

/* What a program prints: argv as above, both streams. To be freed. */
char *process_capture(const char *name, const char *const *argv);

/* The monotonic clock. */
uint64_t process_now_ns(void);

#endif
