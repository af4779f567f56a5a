/* Programs that are spoken with. */
#define _GNU_SOURCE
#include "dialogue.h"

#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_MS = 20000, NOT_RUN = 127 };

static void dialogue_become(int in, int out, const char *const *argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_DFL);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execvp(argv[0], (char *const *)argv);
  _exit(NOT_RUN);
}

void dialogue_start(struct dialogue *dialogue, const char *const *argv) {
  int in[2], out[2];
  signal(SIGPIPE, SIG_IGN);
  assert_int_equal(pipe2(in, O_CLOEXEC), 0);
  assert_int_equal(pipe2(out, O_CLOEXEC), 0);
  dialogue->pid = fork();
  assert_true(dialogue->pid >= 0);
  if (dialogue->pid == 0)
    dialogue_become(in[0], out[1], argv);
  close(in[0]);
  close(out[1]);
  dialogue->in = in[1];
  dialogue->out = out[0];
}

void dialogue_tell(const struct dialogue *dialogue, const char *text) {
  size_t left = strlen(text);
  while (left > 0) {
    const ssize_t written = write(dialogue->in, text, left);
    if (written < 0)
      return;
    text += written;
    left -= (size_t)written;
  }
}

void dialogue_hush(struct dialogue *dialogue) {
  if (dialogue->in >= 0)
    close(dialogue->in);
  dialogue->in = -1;
}

bool dialogue_hear(const struct dialogue *dialogue, char line[DIALOGUE_LINE_MAX]) {
  for (size_t length = 0; length + 1 < DIALOGUE_LINE_MAX; length++) {
    struct pollfd ready = {.fd = dialogue->out, .events = POLLIN};
    if (poll(&ready, 1, LIMIT_MS) <= 0)
      fail_msg("nothing is heard for %d ms", LIMIT_MS);
    if (read(dialogue->out, &line[length], 1) != 1) {
      if (length > 0)
        fail_msg("a line without an end: %.*s", (int)length, line);
      return false;
    }
    if (line[length] == '\n') {
      line[length] = '\0';
      return true;
    }
  }
  fail_msg("a line without an end");
  return false;
}

int dialogue_end(struct dialogue *dialogue) {
  int status;
  dialogue_hush(dialogue);
  close(dialogue->out);
  assert_int_equal(waitpid(dialogue->pid, &status, 0), dialogue->pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}
