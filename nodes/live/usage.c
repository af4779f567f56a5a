/* The last words to whoever started the program. */
#include "usage.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pipe whose reader went away: nobody is left to be told. */
static bool is_abandoned(int file) {
  struct pollfd look = {.fd = file};
  return poll(&look, 1, 0) == 1 && (look.revents & POLLERR) != 0;
}

int usage_finish(const char *command, int status) {
  const bool failed = ferror(stdout) != 0, abandoned = is_abandoned(STDOUT_FILENO);
  errno = 0;
  if (fflush(stdout) == 0 && !failed)
    return status;
  if (!abandoned)
    fprintf(stderr, "coap-eap-node%s%s: standard output: %s\n", command[0] == '\0' ? "" : " ",
            command, errno == 0 ? "not all of it could be written" : strerror(errno));
  return EXIT_FAILURE;
}

int usage_end(const char *command, int result, const struct complaint *complaint) {
  if (result == USAGE_HELP)
    return usage_finish(command, EXIT_SUCCESS);
  if (complaint->of_file)
    fprintf(stderr, "%s\n", complaint->text);
  else if (complaint->text[0] != '\0')
    return usage_refuse(command, complaint->text);
  return EXIT_USAGE;
}

int usage_refuse(const char *command, const char *wrong) {
  fprintf(stderr, "coap-eap-node %s: %s\nTry `coap-eap-node %s --help'.\n", command, wrong,
          command);
  return EXIT_USAGE;
}
