/* Core images, closed streams, command lines. */
#define _GNU_SOURCE
#include "protect.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void protect_process(void) {
  const struct rlimit none = {0};
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
    if (fcntl(file, F_GETFD) < 0)
      (void)open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  (void)setrlimit(RLIMIT_CORE, &none);
  (void)prctl(PR_SET_DUMPABLE, 0);
}

void protect_argument(char *text) {
  explicit_bzero(text, strlen(text));
}
