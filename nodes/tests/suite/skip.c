/* Skipping with a reason. */
#define _GNU_SOURCE
#include "skip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void skip_because(const char *format, ...) {
  char reason[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  print_message("skipped: %s\n", reason);
  skip();
  abort(); /* skip() does not return */
}

static int is_in_path(const char *program) {
  const char *path = getenv("PATH");
  for (const char *folder = path; folder != NULL && *folder != '\0';) {
    char file[1024];
    const size_t length = strcspn(folder, ":");
    snprintf(file, sizeof file, "%.*s/%s", (int)length, folder, program);
    if (access(file, X_OK) == 0)
      return 1;
    folder += length + (folder[length] == ':');
  }
  return 0;
}

void skip_without(const char *program) {
  if (!is_in_path(program))
    skip_because("%s is not installed (./waf-wrapper deps --all)", program);
}
