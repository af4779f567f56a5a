/* Another program, with both of its pipes served by one loop. */
#include "process.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WIND_DOWN_MS = 5000, GATHERED_MAX = 1 << 20 };

static volatile sig_atomic_t signals_caught;

static void on_signal(int number) {
  (void)number;
  if (signals_caught < 100)
    signals_caught++;
}

void process_signals_catch(void) {
  struct sigaction catch = {.sa_handler = on_signal};
  sigaction(SIGINT, &catch, NULL);
  sigaction(SIGTERM, &catch, NULL);
  sigaction(SIGHUP, &catch, NULL);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &ignore, NULL);
}

bool process_interrupted(void) {
  return signals_caught > 0;
}

struct running_process {
  pid_t pid, guard;
  int life;    /* the guard reads from its other end; closed when we end */
  int in, out; /* -1 when closed */
  const struct text *input;
  size_t written;
  struct text pending; /* an unfinished line */
  size_t searched;     /* octets of it, without a newline */
  const struct process_listener *listener;
  int signals_seen;
  bool unwanted;        /* the listener wants no more */
  bool endless;         /* printed a line of more than PROCESS_LINE_MAX; wanted no more, either */
  int64_t killed_at_ms; /* when it will be killed, or 0 */
};

static void child(char *const argv[], int in, int out, bool quiet, pid_t parent) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigaction(SIGPIPE, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(127);
  if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
    _exit(127);
  int nowhere = quiet ? open("/dev/null", O_WRONLY) : -1;
  if (nowhere >= 0)
    dup2(nowhere, STDERR_FILENO);
  execvp(argv[0], argv);
  _exit(127);
}

/* Waits for the end of our process, or for an octet that says that there is nothing to guard any
 * more; else kills the group of `pid`. */
static void guard(pid_t pid, int life) {
  char done;
  ssize_t count;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  dup2(life, STDIN_FILENO);
  close_range(STDIN_FILENO + 1, ~0U, 0);
  while ((count = read(STDIN_FILENO, &done, 1)) < 0 && errno == EINTR)
    continue;
  if (count != 1)
    kill(-pid, SIGKILL);
  _exit(0);
}

/* Without a guard the program alone ends with us, and nothing that it has started. */
static void guard_start(struct running_process *process) {
  int ends[2];
  process->guard = process->life = -1;
  if (pipe2(ends, O_CLOEXEC) < 0)
    return;
  process->guard = fork();
  if (process->guard == 0) {
    close(ends[1]);
    guard(process->pid, ends[0]);
  }
  close(ends[0]);
  process->life = ends[1];
}

/* Kills what is left of the group. Its leader is not waited for yet, so that the number is its. */
static void guard_end(struct running_process *process) {
  kill(-process->pid, SIGKILL);
  if (process->guard > 0) {
    while (write(process->life, "", 1) < 0 && errno == EINTR)
      continue;
    while (waitpid(process->guard, NULL, 0) < 0 && errno == EINTR)
      continue;
  }
  if (process->life >= 0)
    close(process->life);
}

static int start(struct running_process *process, char *const argv[], struct text *error) {
  int in[2] = {-1, -1}, out[2] = {-1, -1};
  pid_t parent = getpid();
  process->pid = -1;
  if (pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0)
    process->pid = fork();
  if (process->pid == 0)
    child(argv, in[0], out[1], process->listener->quiet, parent);
  if (in[0] >= 0)
    close(in[0]);
  if (out[1] >= 0)
    close(out[1]);
  process->in = in[1];
  process->out = out[0];
  if (process->pid > 0) {
    setpgid(process->pid, process->pid); /* as it does itself: whoever is first */
    guard_start(process);
    fcntl(process->in, F_SETFL, O_NONBLOCK);
    fcntl(process->out, F_SETFL, O_NONBLOCK);
    if (process->listener->gather_ms > 0)
      fcntl(process->out, F_SETPIPE_SZ, GATHERED_MAX); /* or as it is */
    return 0;
  }
  text_add(error, "%s cannot be started: %s\n", argv[0], strerror(errno));
  if (in[1] >= 0)
    close(in[1]);
  if (out[0] >= 0)
    close(out[0]);
  return -1;
}

static void close_in(struct running_process *process) {
  if (process->in >= 0)
    close(process->in);
  process->in = -1;
}

static void write_some(struct running_process *process) {
  size_t left = process->input == NULL ? 0 : process->input->length - process->written;
  if (left > 0) {
    ssize_t count = write(process->in, process->input->data + process->written, left);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (count > 0) {
      process->written += (size_t)count;
      left -= (size_t)count;
    } else {
      left = 0; /* it reads no more */
    }
  }
  if (left == 0)
    close_in(process);
}

static void give_lines(struct running_process *process, bool all) {
  size_t begin = 0, from = process->searched;
  char *text = process->pending.data;
  while (begin < process->pending.length) {
    char *newline = memchr(text + from, '\n', process->pending.length - from);
    if (newline == NULL && !all)
      break;
    size_t length =
        newline == NULL ? process->pending.length - begin : (size_t)(newline - text) - begin;
    text[begin + length] = '\0';
    if (process->listener->line(process->listener->context, text + begin, length) < 0)
      process->unwanted = true;
    from = begin += length + (newline != NULL);
  }
  text_drop(&process->pending, begin);
  process->searched = process->pending.length;
  if (process->pending.length > PROCESS_LINE_MAX) {
    process->endless = true;
    process->killed_at_ms = clock_now_ms() - 1; /* now */
    text_deinit(&process->pending);
  }
}

/* False if there may be more to read now. */
static bool read_some(struct running_process *process) {
  char block[65536];
  ssize_t count = read(process->out, block, sizeof block);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return true;
  if (count > 0 && !process->endless) {
    text_add_bytes(&process->pending, block, (size_t)count);
    give_lines(process, false);
  }
  if (count > 0)
    return (size_t)count < sizeof block;
  give_lines(process, true);
  close(process->out);
  process->out = -1;
  return true;
}

/* At the first signal, or if it is not wanted any more, asks it to end; at the second signal, or
 * when it took too long, kills it. */
static void wind_down(struct running_process *process) {
  if (signals_caught > process->signals_seen) {
    bool again = process->signals_seen > 0;
    process->signals_seen = signals_caught;
    close_in(process);
    kill(-process->pid, again ? SIGKILL : SIGTERM);
    if (process->killed_at_ms == 0)
      process->killed_at_ms = clock_now_ms() + WIND_DOWN_MS;
  }
  if (process->unwanted && process->killed_at_ms == 0) {
    close_in(process);
    kill(-process->pid, SIGTERM);
    process->killed_at_ms = clock_now_ms() + WIND_DOWN_MS;
  }
  if (process->killed_at_ms != 0 && clock_now_ms() > process->killed_at_ms) {
    kill(-process->pid, SIGKILL);
    if (process->out >= 0)
      close(process->out); /* children of its own may hold the other end */
    process->out = -1;
  }
}

/* It is not waited for yet: its number stays its own. */
static bool process_has_ended(const struct running_process *process) {
  siginfo_t ended = {0};
  int status = waitid(P_PID, (id_t)process->pid, &ended, WEXITED | WNOHANG | WNOWAIT);
  return status == 0 ? ended.si_pid != 0 : errno != EINTR;
}

/* What the program has left behind holds its stdout, and is silent: nobody waits for that. */
static void leave_orphans(struct running_process *process) {
  kill(-process->pid, SIGKILL);
  give_lines(process, true);
  close(process->out);
  process->out = -1;
}

/* Waits for the end of a program whose pipes are closed, still hearing signals. */
static int wait_for(struct running_process *process) {
  int status = 0;
  while (!process_has_ended(process)) {
    wind_down(process);
    poll(NULL, 0, 2);
  }
  guard_end(process);
  while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  return status;
}

int process_run(char *const argv[], const struct text *input,
                const struct process_listener *listener, struct process_end *end,
                struct text *error) {
  struct running_process process = {.input = input, .listener = listener};
  *end = (struct process_end){0};
  if (start(&process, argv, error) < 0)
    return -1;
  while (process.out >= 0) {
    struct pollfd poll_for[2] = {{.fd = process.out, .events = POLLIN},
                                 {.fd = process.in, .events = POLLOUT}};
    int ready = poll(poll_for, 2, PROCESS_TICK_MS);
    if (ready > 0 && poll_for[0].revents != 0 && read_some(&process))
      poll(NULL, 0, listener->gather_ms);
    if (ready > 0 && poll_for[1].revents != 0 && process.in >= 0)
      write_some(&process);
    if (ready == 0 && process_has_ended(&process))
      leave_orphans(&process);
    wind_down(&process);
    if (listener->tick != NULL)
      listener->tick(listener->context);
  }
  close_in(&process);
  end->status = wait_for(&process);
  end->interrupted = process.signals_seen > 0;
  text_deinit(&process.pending);
  if (process.endless) {
    text_add(error, "%s printed a line of more than %d octets\n", argv[0], PROCESS_LINE_MAX);
    return -1;
  }
  if (WIFEXITED(end->status) && WEXITSTATUS(end->status) == 127) {
    text_add(error, "%s cannot be run\n", argv[0]);
    return -1;
  }
  return 0;
}

static int collect(void *context, char *line, size_t length) {
  struct text *output = context;
  text_add_bytes(output, line, length);
  text_add_bytes(output, "\n", 1);
  return output->length > PROCESS_CAPTURE_MAX ? -1 : 0;
}

int process_capture(char *const argv[], const struct text *input, bool quiet, struct text *output,
                    struct text *error) {
  const struct process_listener listener = {.line = collect, .context = output, .quiet = quiet};
  struct process_end end;
  if (process_run(argv, input, &listener, &end, error) < 0)
    return -1;
  if (output->length > PROCESS_CAPTURE_MAX) {
    text_add(error, "%s printed more than %d octets\n", argv[0], PROCESS_CAPTURE_MAX);
    return -1;
  }
  if (WIFEXITED(end.status) && WEXITSTATUS(end.status) == 0)
    return 0;
  char *words = process_status_words(end.status);
  text_add(error, "%s: %s\n", argv[0], words);
  free(words);
  return -1;
}

char *process_status_words(int status) {
  if (WIFSIGNALED(status))
    return text_format("killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return text_format("exit status %d", WEXITSTATUS(status));
}
