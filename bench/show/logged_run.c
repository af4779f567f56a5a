/* The simulator, asked for one run and its log. */
#include "logged_run.h"
#include "simulator/outcome.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/value.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the simulator: what it was to write could not be written, or read. */
enum { EXIT_BAD_OUTPUT = 2 };

static int logged_run_take(void *context, char *line, size_t length) {
  struct logged_run *run = context;
  if (run->result == NULL)
    run->result = json_loadb(line, length, 0, NULL);
  return 0;
}

/* Runs the spec with a log in the file `path`. */
static int run_with_log(struct logged_run *run, const char *simulator, const char *given,
                        bool quiet, char *path, struct text *error) {
  const struct process_listener listener = {
      .line = logged_run_take, .context = run, .quiet = quiet};
  struct process_end end;
  struct text spec = {0};
  char *program = memory_string(simulator), option[] = "--log";
  char *argv[] = {program, option, path, NULL};
  text_add(&spec, "%s\n", given);
  int status = process_run(argv, &spec, &listener, &end, error);
  text_deinit(&spec);
  free(program);
  const bool ended = WIFEXITED(end.status) && WEXITSTATUS(end.status) < EXIT_BAD_OUTPUT;
  const bool measures = outcome_measures(value_string(run->result, "outcome"));
  if (status == 0 && (!json_is_object(run->result) || (measures && !ended))) {
    char *words = process_status_words(end.status);
    text_add(error, "the simulator gave no result, or no whole log (%s)\n", words);
    free(words);
    status = -1;
  }
  if (status == 0)
    run->log = text_file_read(path, NULL, error);
  return run->log == NULL ? -1 : status;
}

/* The file has no name, so that nothing is left of it, however we end: the simulator opens it as
 * ours. */
int logged_run_make(struct logged_run *run, const char *simulator, const char *given, bool quiet,
                    struct text *error) {
  char name[] = "/tmp/coap-eap-show-XXXXXX";
  int file = mkstemp(name);
  if (file < 0) {
    text_add(error, "there is no room for a file in /tmp\n");
    return -1;
  }
  unlink(name);
  char *path = text_format("/proc/%ld/fd/%d", (long)getpid(), file);
  int status = run_with_log(run, simulator, given, quiet, path, error);
  free(path);
  close(file);
  return status;
}

void logged_run_deinit(struct logged_run *run) {
  json_decref(run->result);
  free(run->log);
  *run = (struct logged_run){0};
}
