/* The conversation of the subcommand `dtls`. */
#include "dtls_line.h"

#include "dtls_options.h"
#include "loop.h"
#include "usage.h"

#include "../crypto/crypto.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_LENGTH = DTLS_MTU_DEFAULT - DTLS_RECORD_OVERHEAD_MAX, WAIT_MAX_MS = 60000 };

struct dtls_line {
  const struct dtls_options *options;
  struct udp_socket udp;
  struct dtls *dtls;         /* NULL: a server whose client has not come */
  struct node_address local; /* where the client asked, or that of the socket */
  struct node_address remote;
  bool established;
  char text[LINE_MAX_LENGTH]; /* read, and not a whole line yet */
  size_t length;
  bool ended; /* the input */
};

static void dtls_line_hook_event(void *context, const struct node_event *event) {
  (void)context;
  if (event->type == NODE_EVENT_DISCARDED)
    printf("DROP %s\n", event->label);
}

static const struct node_hooks hooks = {.random = loop_random, .event = dtls_line_hook_event};

static bool dtls_line_fail(const char *reason) {
  printf("FAIL %s\n", reason);
  return false;
}

static void say_address(const char *what, const struct node_address *address) {
  char text[UDP_TEXT_MAX];
  printf("%s %s\n", what, udp_address_text(address, text));
}

/* Endpoint */

static bool dtls_line_begin(struct dtls_line *line, const struct node_address *remote) {
  const struct dtls_options *const options = line->options;
  const struct dtls_config config = {
      .client = options->client,
      .remote = *remote,
      .psk = options->psk,
      .psk_length = options->psk_length,
      .identity = (const uint8_t *)options->identity,
      .identity_length = strlen(options->identity),
      .cookie = options->cookie,
      .timeout_ms = DTLS_TIMEOUT_MS_DEFAULT,
      .timeout_max_ms = DTLS_TIMEOUT_MAX_MS_DEFAULT,
      .mtu = DTLS_MTU_DEFAULT,
      .suites = options->suites,
  };
  line->remote = *remote;
  line->dtls = dtls_create(&config, &hooks, loop_now_ns());
  return line->dtls != NULL;
}

static void send_to_remote(struct dtls_line *line, struct node_datagram *datagram) {
  datagram->source = line->local;
  datagram->destination = line->remote;
  (void)udp_send(&line->udp, datagram); /* what cannot be sent is lost, as datagrams may be */
}

/* Sends what the endpoint has to send, and tells of its state. False: it is over. */
static bool dtls_line_settle(struct dtls_line *line) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int result;
  if (line->dtls == NULL)
    return true;
  while ((result = dtls_write(line->dtls, &datagram, loop_now_ns())) == 1)
    send_to_remote(line, &datagram);
  if (result < 0)
    return dtls_line_fail(node_error_name(result));
  if (dtls_state(line->dtls) == DTLS_FAILED)
    return dtls_line_fail(dtls_reason(line->dtls));
  if (dtls_state(line->dtls) == DTLS_ESTABLISHED && !line->established) {
    line->established = true;
    say_address("ESTABLISHED", &line->remote);
  }
  return true;
}

/* Datagrams */

static void print_record(void *context, const uint8_t *plain, size_t length) {
  const char *at = (const char *)plain, *const end = at + length;
  (void)context;
  while (at < end) {
    const char *const newline = memchr(at, '\n', (size_t)(end - at));
    const char *const stop = newline == NULL ? end : newline;
    fputs("RX ", stdout);
    fwrite(at, 1, (size_t)(stop - at), stdout);
    putchar('\n');
    at = stop + 1;
  }
}

static bool dtls_line_take_datagrams(struct dtls_line *line) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int received;
  while ((received = udp_receive(&line->udp, &datagram)) != 0) {
    if (received < 0)
      continue;
    if (line->dtls == NULL)
      line->local = datagram.destination;
    if (line->dtls == NULL && !dtls_line_begin(line, &datagram.source))
      return dtls_line_fail("no memory");
    if (!node_address_equal(&datagram.source, &line->remote))
      continue;
    const int result =
        dtls_receive(line->dtls, datagram.data, datagram.length, loop_now_ns(), print_record, NULL);
    if (result < 0)
      return dtls_line_fail(node_error_name(result));
    if (!dtls_line_settle(line))
      return false;
  }
  return true;
}

/* Input */

static bool send_line(struct dtls_line *line, const char *text, size_t length) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct span_list spans = {0};
  span_list_add(&spans, ROW_COAP_PAYLOAD, length);
  const int error = dtls_protect(line->dtls, (const uint8_t *)text, length, &spans, &datagram);
  if (error != 0)
    return dtls_line_fail(node_error_name(error));
  send_to_remote(line, &datagram);
  return true;
}

static bool dtls_line_take_input(struct dtls_line *line) {
  const ssize_t got =
      read(STDIN_FILENO, line->text + line->length, sizeof line->text - line->length);
  if (got < 0)
    return errno == EINTR || dtls_line_fail(strerror(errno));
  line->ended = got == 0;
  line->length += (size_t)got;
  for (;;) {
    const char *const newline = memchr(line->text, '\n', line->length);
    if (newline == NULL && (!line->ended || line->length == 0))
      break;
    const size_t length = newline == NULL ? line->length : (size_t)(newline - line->text) + 1;
    if (!send_line(line, line->text, length))
      return false;
    line->length -= length;
    memmove(line->text, line->text + length, line->length);
  }
  return line->length < sizeof line->text || dtls_line_fail("a line is too long for a record");
}

/* Program */

static int wait_ms(const struct dtls_line *line) {
  const uint64_t expiry_ns = line->dtls == NULL ? NODE_NEVER : dtls_expiry(line->dtls);
  const uint64_t now_ns = loop_now_ns();
  if (expiry_ns <= now_ns)
    return 0;
  const uint64_t wait = (expiry_ns - now_ns + NODE_MS - 1) / NODE_MS;
  return wait < WAIT_MAX_MS ? (int)wait : WAIT_MAX_MS;
}

/* One datagram, line or timer. False: it has failed. */
static bool dtls_line_step(struct dtls_line *line) {
  struct pollfd polls[] = {{.fd = line->udp.file, .events = POLLIN},
                           {.fd = line->established ? STDIN_FILENO : -1, .events = POLLIN}};
  if (poll(polls, 2, wait_ms(line)) < 0)
    return errno == EINTR || dtls_line_fail(strerror(errno));
  if (line->dtls != NULL) {
    const int error = dtls_handle_expiry(line->dtls, loop_now_ns());
    if (error < 0)
      return dtls_line_fail(node_error_name(error));
  }
  if (!dtls_line_settle(line) || !dtls_line_take_datagrams(line))
    return false;
  return polls[1].revents == 0 || dtls_line_take_input(line);
}

static bool open_socket(struct dtls_line *line) {
  const struct dtls_options *const options = line->options;
  const struct udp_address any = {0};
  const struct udp_address *const local = options->client ? &any : &options->address;
  const struct udp_address *const remote = options->client ? &options->address : NULL;
  if (udp_open(&line->udp, local, remote) != 0)
    return dtls_line_fail(strerror(errno));
  line->local = line->udp.local;
  if (!options->client)
    say_address("LISTEN", &line->udp.local);
  return true;
}

int dtls_line(int argc, char **argv) {
  static struct dtls_options options;
  static struct dtls_line line = {.options = &options};
  struct complaint complaint;
  const int result = dtls_options_parse(argc, argv, &options, &complaint);
  if (result != 0)
    return usage_end("dtls", result, &complaint);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!open_socket(&line))
    return usage_finish("dtls", EXIT_FAILURE);
  bool done = !options.client || dtls_line_begin(&line, &options.address.address) ||
              dtls_line_fail("no memory");
  done = done && dtls_line_settle(&line);
  while (done && !line.ended && ferror(stdout) == 0)
    done = dtls_line_step(&line);
  dtls_destroy(line.dtls);
  udp_close(&line.udp);
  crypto_wipe(&options, sizeof options);
  return usage_finish("dtls", done ? EXIT_SUCCESS : EXIT_FAILURE);
}
