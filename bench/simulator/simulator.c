/* Questions to the simulator. */
#include "simulator.h"
#include "support/memory.h"
#include "support/process.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *simulator_own_folder(void) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0)
    return memory_string(".");
  path[length] = '\0';
  return text_directory_of(path);
}

char *simulator_find(const char *given, struct text *error) {
  char *folder = simulator_own_folder();
  char *path = given == NULL                ? text_format("%s/coap-eap-sim", folder)
               : strchr(given, '/') == NULL ? text_format("./%s", given)
                                            : memory_string(given);
  free(folder);
  if (access(path, X_OK) == 0)
    return path;
  text_add(error, "there is no simulator at %s; build it, or give --simulator PATH\n", path);
  free(path);
  return NULL;
}

int simulator_describe(const char *program, struct text *description, struct text *error) {
  char *path = memory_string(program), option[] = "--describe";
  char *argv[] = {path, option, NULL};
  int status = process_capture(argv, NULL, false, description, error);
  free(path);
  return status;
}

struct simulator_resolving {
  size_t (*answer)(void *context, const char *line, size_t length);
  void *context;
  size_t answered, count;
  struct text *error;
  bool bad;
};

static int simulator_on_answer(void *context, char *line, size_t length) {
  struct simulator_resolving *resolving = context;
  if (resolving->bad)
    return -1; /* one complaint is enough */
  const size_t runs = resolving->answered == resolving->count
                          ? 0
                          : resolving->answer(resolving->context, line, length);
  resolving->answered += runs;
  if (runs == 0) {
    text_add(resolving->error, "the simulator's answer to --resolve is not as agreed: %.200s\n",
             line);
    resolving->bad = true;
  }
  return resolving->bad ? -1 : 0;
}

int simulator_resolve(const char *program, const struct text *specs, size_t seeds, size_t count,
                      size_t (*answer)(void *context, const char *line, size_t length),
                      void *context, struct text *error) {
  struct simulator_resolving resolving = {
      .answer = answer, .context = context, .count = count, .error = error};
  const struct process_listener listener = {.line = simulator_on_answer, .context = &resolving};
  char *path = memory_string(program), *number = text_format("%zu", seeds);
  char option[] = "--resolve", seeds_option[] = "--seeds";
  char *argv[] = {path, option, seeds_option, number, NULL};
  struct process_end end;
  int status = process_run(argv, specs, &listener, &end, error);
  free(path);
  free(number);
  if (status < 0 || resolving.bad)
    return -1;
  if (resolving.answered == count)
    return 0;
  char *words = process_status_words(end.status);
  text_add(error, "the simulator ended (%s) after answers for %zu of %zu runs to --resolve\n",
           words, resolving.answered, count);
  free(words);
  return -1;
}
