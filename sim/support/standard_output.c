/* Lost output is noticed at exit. */
#include "standard_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program_name;
static int lost_status;

/* A pipe or socket that nobody reads. */
static bool reader_is_gone(void) {
  struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

static void end_by_sigpipe(void) {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &pipe, NULL);
  raise(SIGPIPE);
}

static void standard_output_check(void) {
  errno = 0;
  const bool failed = ferror(stdout) != 0;
  if (fflush(stdout) == 0 && !failed)
    return;
  const int reason = errno;
  if (reader_is_gone())
    end_by_sigpipe();
  fprintf(stderr, "%s: cannot write to standard output%s%s\n", program_name,
          reason == 0 ? "" : ": ", reason == 0 ? "" : strerror(reason));
  _exit(lost_status);
}

void standard_output_guard(const char *program, int status) {
  int file;
  program_name = program;
  lost_status = status;
  do
    file = open("/dev/null", O_RDONLY | O_CLOEXEC); /* nothing can be written to it */
  while (file >= 0 && file <= STDERR_FILENO);
  if (file >= 0)
    close(file);
  if (atexit(standard_output_check) != 0)
    abort();
}
