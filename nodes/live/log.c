/* Lines that never make the program wait. */
#define _GNU_SOURCE
#include "log.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  PATIENCE_MS = 5000,          /* with a reader that takes nothing, at the end */
  PATIENCE_SIGNALLED_MS = 250, /* the same after a signal */
  END_SIGNALLED_MS = 2000,     /* of the whole end after a signal */
};

struct log_channel {
  int file;
  bool socket;
  bool looks_first; /* a write may wait, so that room is asked for before */
  bool cut;         /* the last line that was written lacks its end */
  char kept[LOG_KEPT_MAX];
  size_t length;
  bool flows;   /* the last write was done */
  uint64_t gap; /* lines dropped that were not told */
  uint64_t lost;
  int error;
};

static struct log_channel channels[LOG_STREAMS];
static bool opened;

/* The same pipe or terminal once more: that it does not wait is not for others who write there. */
static void channel_open(struct log_channel *channel, int file) {
  struct stat stat;
  char path[32];
  channel->file = file;
  if (fstat(file, &stat) < 0)
    return;
  channel->socket = S_ISSOCK(stat.st_mode);
  if (!S_ISFIFO(stat.st_mode) && !isatty(file))
    return;
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  const int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  channel->looks_first = own < 0;
  if (own >= 0)
    channel->file = own;
}

void log_open(void) {
  if (opened)
    return;
  opened = true;
  (void)signal(SIGPIPE, SIG_IGN);
  channel_open(&channels[LOG_OUT], STDOUT_FILENO);
  channel_open(&channels[LOG_ERR], STDERR_FILENO);
}

static struct log_channel *channel_of(enum log_stream stream) {
  log_open();
  return &channels[stream];
}

/* Writing */

/* Whole lines that are written at once, so that no other writer's come between; or a part of one.
 */
static size_t channel_chunk(const struct log_channel *channel) {
  if (channel->length <= PIPE_BUF)
    return channel->length;
  const char *end = memrchr(channel->kept, '\n', PIPE_BUF);
  return end == NULL ? PIPE_BUF : (size_t)(end - channel->kept) + 1;
}

static ssize_t channel_write(const struct log_channel *channel, const char *octets, size_t length) {
  struct pollfd look = {.fd = channel->file, .events = POLLOUT};
  ssize_t written;
  if (channel->looks_first && poll(&look, 1, 0) == 0) {
    errno = EAGAIN;
    return -1;
  }
  do
    written = channel->socket ? send(channel->file, octets, length, MSG_DONTWAIT | MSG_NOSIGNAL)
                              : write(channel->file, octets, length);
  while (written < 0 && errno == EINTR);
  return written;
}

static void channel_count(struct log_channel *channel, uint64_t lines, int error) {
  if (lines == 0)
    return;
  channel->flows = false;
  channel->gap += lines;
  channel->lost += lines;
  channel->error = error;
}

/* Drops all that is kept. */
static void channel_drop(struct log_channel *channel, int error) {
  uint64_t lines = 0;
  for (size_t i = 0; i < channel->length; i++)
    lines += channel->kept[i] == '\n';
  channel->length = 0;
  channel_count(channel, lines, error);
}

static void channel_take(struct log_channel *channel, size_t length) {
  channel->flows = true;
  channel->cut = channel->kept[length - 1] != '\n';
  channel->length -= length;
  memmove(channel->kept, channel->kept + length, channel->length);
}

static void channel_flush(struct log_channel *channel) {
  while (channel->length > 0) {
    const ssize_t written = channel_write(channel, channel->kept, channel_chunk(channel));
    if (written > 0) {
      channel_take(channel, (size_t)written);
    } else {
      if (written == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        channel_drop(channel, written == 0 ? EIO : errno);
      return;
    }
  }
}

/* False: there is no room; where lines were dropped, others have to wait behind the gap. */
static bool channel_keep(struct log_channel *channel, const char *line, size_t length) {
  const bool ends_first = channel->cut && channel->length == 0;
  if (length + ends_first > sizeof channel->kept - channel->length ||
      (channel->gap > 0 && channel->length > 0))
    return false;
  if (ends_first)
    channel->kept[channel->length++] = '\n';
  memcpy(channel->kept + channel->length, line, length);
  channel->length += length;
  return true;
}

void log_line(enum log_stream stream, const char *line, size_t length) {
  struct log_channel *channel = channel_of(stream);
  channel_flush(channel);
  if (channel_keep(channel, line, length))
    channel_flush(channel);
  else
    channel_count(channel, 1, 0);
}

void log_flush(enum log_stream stream) {
  channel_flush(channel_of(stream));
}

int log_waits(enum log_stream stream) {
  const struct log_channel *channel = channel_of(stream);
  return channel->length > 0 ? channel->file : -1;
}

uint64_t log_take_gap(enum log_stream stream) {
  struct log_channel *channel = channel_of(stream);
  if (!channel->flows || channel->length > 0)
    return 0;
  const uint64_t gap = channel->gap;
  channel->gap = 0;
  return gap;
}

/* The end */

static bool has_come(int signals) {
  struct pollfd look = {.fd = signals, .events = POLLIN};
  return poll(&look, 1, 0) == 1;
}

/* Waits for the reader. False: not any more. */
static bool channel_wait(const struct log_channel *channel, int signals, uint64_t begun_ns) {
  struct pollfd looks[] = {{.fd = channel->file, .events = POLLOUT},
                           {.fd = signals, .events = POLLIN}};
  if (!has_come(signals)) {
    const int ready = poll(looks, 2, PATIENCE_MS);
    if (ready <= 0)
      return ready < 0 && errno == EINTR;
    if (looks[0].revents != 0)
      return true;
  }
  return clock_now_ns() - begun_ns < END_SIGNALLED_MS * NODE_MS &&
         poll(looks, 1, PATIENCE_SIGNALLED_MS) == 1;
}

void log_end(enum log_stream stream) {
  struct log_channel *channel = channel_of(stream);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  const uint64_t begun_ns = clock_now_ns();
  channel_flush(channel);
  while (channel->length > 0 && channel_wait(channel, signals, begun_ns))
    channel_flush(channel);
  channel_drop(channel, 0);
  if (signals >= 0)
    close(signals);
}

uint64_t log_lost(enum log_stream stream, int *error) {
  const struct log_channel *channel = channel_of(stream);
  *error = channel->error;
  return channel->lost;
}
