/* Hosts nodes on sockets and the clock. */
#define _GNU_SOURCE
#include "loop.h"
#include "clock.h"
#include "hints.h"
#include "log.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* Datagrams that one socket may bring in one step, so that no one starves the others. */
enum { BATCH = 64 };

/* What is polled besides sockets: the signals, and log streams that have to wait. */
enum { POLL_SIGNALS, POLL_LOG, FIXED_POLLS = POLL_LOG + LOG_STREAMS };

uint64_t loop_now_ns(void) {
  return clock_now_ns();
}

void loop_random(void *context, uint8_t *bytes, size_t length) {
  (void)context;
  while (length > 0) {
    const ssize_t got = getrandom(bytes, length, 0);
    if (got < 0 && errno != EINTR)
      abort();
    if (got > 0) {
      bytes += got;
      length -= (size_t)got;
    }
  }
}

/* SIGINT and SIGTERM become something to read. */
static int open_signals(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
    return -1;
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int loop_init(struct loop *loop, size_t capacity, size_t sockets, const struct report *report) {
  *loop = (struct loop){.report = report, .capacity = capacity};
  loop->nodes = calloc(capacity, sizeof *loop->nodes);
  loop->polls = calloc(FIXED_POLLS + sockets * capacity, sizeof *loop->polls);
  loop->signals = open_signals();
  return loop->nodes == NULL || loop->polls == NULL || loop->signals < 0 ? -1 : 0;
}

void loop_deinit(struct loop *loop) {
  if (loop->signals >= 0)
    close(loop->signals);
  free(loop->nodes);
  free(loop->polls);
}

void loop_add(struct loop *loop, struct loop_node *node) {
  assert(loop->count < loop->capacity);
  loop->nodes[loop->count++] = node;
  loop_drain(loop, node);
}

void loop_remove(struct loop *loop, const struct loop_node *node) {
  for (size_t i = 0; i < loop->count; i++)
    if (loop->nodes[i] == node) {
      loop->nodes[i] = loop->nodes[--loop->count];
      return;
    }
}

/* Driving a node */

static const struct udp_socket *socket_for(const struct loop_node *node,
                                           const struct node_datagram *datagram) {
  for (size_t i = 0; i < node->socket_count; i++)
    if (udp_carries(&node->sockets[i], datagram))
      return &node->sockets[i];
  return &node->sockets[0];
}

/* A node that was told of no address of its own answers from where it is asked at this moment. */
static struct node_datagram with_source(const struct loop *loop,
                                        const struct node_datagram *datagram) {
  const struct loop_arrival *arrival = &loop->arrival;
  struct node_datagram result = *datagram;
  if (udp_is_any(&datagram->source) && arrival->destination.port == datagram->source.port &&
      node_address_equal(&datagram->destination, &arrival->source))
    result.source = arrival->destination;
  return result;
}

static void loop_send(const struct loop *loop, const struct loop_node *node,
                      const struct node_datagram *datagram) {
  const struct udp_socket *udp = socket_for(node, datagram);
  const struct node_datagram sent = with_source(loop, datagram);
  hints_sent(datagram);
  if (udp_send(udp, &sent) == 0)
    report_datagram(loop->report, datagram->copy == 0 ? "sent" : "sent again", datagram->label,
                    &datagram->destination, datagram->length);
  else
    report_datagram(loop->report, "not sent", strerror(errno), &datagram->destination,
                    datagram->length);
}

void loop_drain(const struct loop *loop, struct loop_node *node) {
  uint8_t data[NODE_RADIUS_MAX];
  int result = node->error;
  while (result >= 0) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    result = node_write(node->node, &datagram, loop_now_ns());
    if (result == 0)
      return;
    if (result == 1)
      loop_send(loop, node, &datagram);
  }
  node->error = result;
}

static void loop_discard(const struct loop *loop, const struct node_datagram *datagram,
                         const char *why) {
  const struct node_event event = {
      .type = NODE_EVENT_DISCARDED, .remote = datagram->source, .label = why};
  report_event(loop->report, &event);
}

static void loop_receive(struct loop *loop, struct loop_node *node, const struct udp_socket *udp) {
  uint8_t data[NODE_RADIUS_MAX];
  for (unsigned i = 0; i < BATCH && node->error == 0; i++) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    const int received = udp_receive(udp, &datagram);
    if (received == 0)
      return;
    report_datagram(loop->report, "received", "", &datagram.source, datagram.length);
    if (received < 0) {
      loop_discard(loop, &datagram, "datagram too long");
      continue;
    }
    loop->arrival = (struct loop_arrival){datagram.source, datagram.destination};
    hints_received(&datagram);
    node->error = node_read(node->node, &datagram, loop_now_ns());
    loop_drain(loop, node);
    hints_handled();
    loop->arrival = (struct loop_arrival){.source.port = 0};
  }
}

static void loop_wake(const struct loop *loop, struct loop_node *node) {
  const uint64_t now_ns = loop_now_ns();
  if (node->error != 0 || node_expiry(node->node) > now_ns)
    return;
  node->error = node_handle_expiry(node->node, now_ns);
  loop_drain(loop, node);
}

/* One step */

/* What to wait for: first the signals and the log, then the sockets of each node. */
static size_t loop_prepare(struct loop *loop, uint64_t *until_ns) {
  size_t count = FIXED_POLLS;
  loop->polls[POLL_SIGNALS] = (struct pollfd){.fd = loop->signals, .events = POLLIN};
  for (int i = 0; i < LOG_STREAMS; i++)
    loop->polls[POLL_LOG + i] =
        (struct pollfd){.fd = log_waits((enum log_stream)i), .events = POLLOUT};
  for (size_t i = 0; i < loop->count; i++) {
    const struct loop_node *node = loop->nodes[i];
    const uint64_t expiry_ns = node->error == 0 ? node_expiry(node->node) : NODE_NEVER;
    *until_ns = expiry_ns < *until_ns ? expiry_ns : *until_ns;
    for (size_t j = 0; j < node->socket_count; j++)
      loop->polls[count++] = (struct pollfd){.fd = node->sockets[j].file, .events = POLLIN};
  }
  return count;
}

static void wait_until(struct loop *loop, size_t polls, uint64_t until_ns) {
  const uint64_t now_ns = loop_now_ns();
  const uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
  const struct timespec timeout = {.tv_sec = (time_t)(left_ns / NODE_SECOND),
                                   .tv_nsec = (long)(left_ns % NODE_SECOND)};
  (void)ppoll(loop->polls, polls, until_ns == NODE_NEVER ? NULL : &timeout, NULL);
}

void loop_forget_signals(const struct loop *loop) {
  struct signalfd_siginfo signal;
  while (read(loop->signals, &signal, sizeof signal) > 0)
    continue;
}

bool loop_step(struct loop *loop, uint64_t until_ns) {
  const uint64_t log_ns = report_expiry(), hint_ns = hints_expiry();
  until_ns = log_ns < until_ns ? log_ns : until_ns;
  until_ns = hint_ns < until_ns ? hint_ns : until_ns;
  const size_t polls = loop_prepare(loop, &until_ns);
  wait_until(loop, polls, until_ns);
  report_attend(loop->report);
  hints_attend();
  size_t poll = FIXED_POLLS;
  for (size_t i = 0; i < loop->count; i++) {
    struct loop_node *node = loop->nodes[i];
    for (size_t j = 0; j < node->socket_count; j++)
      if (loop->polls[poll++].revents != 0)
        loop_receive(loop, node, &node->sockets[j]);
    loop_wake(loop, node);
  }
  return loop->polls[POLL_SIGNALS].revents == 0;
}
