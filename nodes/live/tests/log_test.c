/* Logs never make a role wait or end it, and strangers cannot fill them. */
#define _GNU_SOURCE
#include "scene.h"

#include "../strangers.h"
#include "../udp.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIPE_MAX = 1 << 20, FLOOD = 5000, END_MS = 5000 };

#define PASSES "--identity", SCENE_IDENTITY, "--psk", SCENE_PSK

/* Runs our program through a shell, for redirections such as ">&7". */
static void start_redirected(struct process *process, const char *redirections,
                             const char *const *arguments) {
  char script[64];
  const char *argv[PROCESS_ARGUMENTS_MAX] = {"sh", "-c", script, "sh", COAP_EAP_NODE};
  snprintf(script, sizeof script, "exec \"$@\" %s", redirections);
  for (size_t i = 0; arguments[i] != NULL; i++)
    argv[5 + i] = arguments[i];
  process_start(process, "redirected", argv);
}

static uint16_t start_authenticator(struct process *process, const char *redirections) {
  static const char *const arguments[] = {"authenticator", "--bind", "127.0.0.1:0", "-v",
                                          "--json",        PASSES,   NULL};
  start_redirected(process, redirections, arguments);
  process_expect(process, "listening", SCENE_LIMIT_MS);
  char *err = process_err(process), *out = process_out(process);
  const char *at = strstr(err[0] == '\0' ? out : err, "127.0.0.1:");
  assert_non_null(at);
  const uint16_t port = (uint16_t)atoi(at + strlen("127.0.0.1:"));
  free(err);
  free(out);
  return port;
}

/* A pipe into which nothing goes any more. */
static void open_full_pipe(int ends[2], char redirection[32]) {
  static const char octets[4096];
  assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
  while (write(ends[1], octets, sizeof octets) > 0)
    continue;
  assert_int_equal(errno, EAGAIN);
  /* who writes next would wait */
  assert_int_equal(fcntl(ends[1], F_SETFL, fcntl(ends[1], F_GETFL) & ~O_NONBLOCK), 0);
  snprintf(redirection, 32, ">&%d", ends[1]);
}

static void close_pipe(const int ends[2]) {
  close(ends[0]);
  close(ends[1]);
}

static void authenticate(uint16_t port, const char *count) {
  struct process peer;
  const char *const arguments[] = {PASSES, "--count", count, NULL};
  assert_int_equal(scene_run_peer(&peer, port, arguments), 0);
}

/* Reads until there is this text. */
static char *read_until(int file, const char *text) {
  char *got = calloc(1, PIPE_MAX);
  size_t length = 0;
  const uint64_t until_ns = process_now_ns() + 5000000000;
  assert_non_null(got);
  while (memmem(got, length, text, strlen(text)) == NULL) {
    const ssize_t octets = read(file, got + length, PIPE_MAX - 1 - length);
    if (octets > 0)
      length += (size_t)octets;
    if (process_now_ns() > until_ns)
      fail_msg("no \"%s\"", text);
  }
  return got;
}

/* Whole lines only; the event "lost" stands where the others are missing. */
static void a_reader_sleeps(void **state) {
  (void)state;
  struct process authenticator;
  int ends[2];
  char redirection[32];
  open_full_pipe(ends, redirection);
  const uint16_t port = start_authenticator(&authenticator, redirection);
  authenticate(port, "60"); /* more lines than are kept */
  char *got = read_until(ends[0], "\"event\":\"lost\",\"lines\":");
  assert_int_equal(got[0], '\0'); /* what filled the pipe */
  free(got);
  authenticate(port, "1");
  got = read_until(ends[0], "\"event\":\"confirmed\"");
  free(got);
  assert_int_equal(process_stop(&authenticator), 1);
  process_expect_written(&authenticator, "standard output: ");
  process_expect_written(&authenticator, " lines were lost: its reader is too slow");
  close_pipe(ends);
}

/* Both streams; also where they are closed altogether. */
static void readers_are_gone(void **state) {
  static const char *const streams[] = {">", "2>"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct process authenticator;
    int ends[2];
    char redirection[64];
    open_full_pipe(ends, redirection);
    close(ends[0]);
    snprintf(redirection, sizeof redirection, "%s&%d", streams[i], ends[1]);
    const uint16_t port = start_authenticator(&authenticator, redirection);
    authenticate(port, "2");
    assert_int_equal(process_stop(&authenticator), i == 0 ? 1 : 0);
    if (i == 0)
      process_expect_written(&authenticator, " lines were lost: Broken pipe");
    close(ends[1]);
    snprintf(redirection, sizeof redirection, "%s&-", streams[i]);
    authenticate(start_authenticator(&authenticator, redirection), "2");
    assert_int_equal(process_stop(&authenticator), i == 0 ? 1 : 0);
  }
}

static void a_disk_is_full(void **state) {
  static const char *const streams[] = {">/dev/full", "2>/dev/full"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct process authenticator;
    authenticate(start_authenticator(&authenticator, streams[i]), "2");
    assert_int_equal(process_stop(&authenticator), 1);
    if (i == 0)
      process_expect_written(&authenticator, " lines were lost: No space left on device");
  }
}

/* Nobody reads either stream: it ends, and soon. */
static void a_signal_ends_it(void **state) {
  static const int signals[] = {SIGTERM, SIGINT};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct process authenticator;
    int ends[2];
    char one[32], both[72];
    open_full_pipe(ends, one);
    snprintf(both, sizeof both, "%s 2%s", one, one);
    static const char *const arguments[] = {"authenticator", "--bind", "[::1]:0", "-v",
                                            "--json",        PASSES,   NULL};
    start_redirected(&authenticator, both, arguments);
    char path[64], status[4096] = "";
    snprintf(path, sizeof path, "/proc/%d/status", authenticator.pid);
    while (strstr(status, "SigBlk:\t0000000000004002") == NULL) { /* it serves */
      assert_int_not_equal(authenticator.pid, 0);
      assert_false(process_ended(&authenticator, 5));
      const int file = open(path, O_RDONLY);
      assert_true(read(file, status, sizeof status - 1) > 0);
      close(file);
    }
    assert_int_equal(kill(authenticator.pid, signals[i]), 0);
    assert_int_equal(process_wait(&authenticator, END_MS), 1);
    close_pipe(ends);
  }
}

/* What strangers send is counted. */

static size_t lines_with(const char *text, const char *words, uint64_t *sum) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, words)) != NULL; at++, count++)
    *sum += strtoull(at + strlen(words), NULL, 10);
  return count;
}

static void strangers_in_the_log(void **state) {
  (void)state;
  struct process authenticator;
  struct udp_socket udp;
  struct udp_address local, remote;
  char text[32];
  uint8_t data[] = {0xff, 0xff, 0xff};
  const uint16_t port = start_authenticator(&authenticator, "");
  snprintf(text, sizeof text, "127.0.0.1:%u", port);
  assert_null(udp_address_parse("127.0.0.1:0", 0, &local));
  assert_null(udp_address_parse(text, 0, &remote));
  assert_int_equal(udp_open(&udp, &local, NULL), 0);
  const struct node_datagram datagram = {
      .destination = remote.address, .data = data, .length = sizeof data};
  const uint64_t begun_ns = process_now_ns();
  for (unsigned i = 0; i < FLOOD; i++)
    (void)udp_send(&udp, &datagram);
  process_expect(&authenticator, "\"event\":\"more\"", SCENE_LIMIT_MS);
  udp_close(&udp);
  assert_int_equal(process_stop(&authenticator), 0);
  const double seconds = (double)(process_now_ns() - begun_ns) / 1e9;
  char *out = process_out(&authenticator);
  uint64_t more = 0, none = 0, ended = 0;
  const size_t discarded = lines_with(out, "\"event\":\"discarded\"", &none);
  const size_t told = lines_with(out, "\"event\":\"more\",\"label\":\"", &more);
  assert_int_equal(lines_with(out, "failed 0, discarded ", &ended), 1);
  assert_true(discarded >= 1 && told >= 1);
  assert_true((double)(discarded + told) <= seconds + 2);
  assert_int_equal(discarded + more, ended);
  assert_true(ended > FLOOD / 10);
  free(out);
}

/* Whatever is dropped has a line. */
static void datagrams_too_long(void **state) {
  (void)state;
  struct process authenticator;
  struct udp_socket udp;
  struct udp_address local, remote;
  char text[64];
  uint8_t data[NODE_DATAGRAM_MAX + 1] = {0};
  snprintf(text, sizeof text, "127.0.0.1:%u", start_authenticator(&authenticator, ""));
  assert_null(udp_address_parse("127.0.0.1:0", 0, &local));
  assert_null(udp_address_parse(text, 0, &remote));
  assert_int_equal(udp_open(&udp, &local, NULL), 0);
  const struct node_datagram datagram = {
      .destination = remote.address, .data = data, .length = sizeof data};
  assert_int_equal(udp_send(&udp, &datagram), 0);
  snprintf(text, sizeof text, "127.0.0.1:%u discarded: datagram too long", udp.local.port);
  process_expect(&authenticator, text, SCENE_LIMIT_MS);
  udp_close(&udp);
}

/* In each second: one message dropped, some beginnings, and all that needs a key. */
static void strangers_by_the_second(void **state) {
  static const struct {
    enum node_event_type type;
    unsigned shown;
  } kinds[] = {{NODE_EVENT_DISCARDED, 1},
               {NODE_EVENT_STARTED, STRANGERS_SHOWN_MAX},
               {NODE_EVENT_CONFIRMED, 100}};
  (void)state;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    struct strangers strangers = {0};
    const struct node_event event = {.type = kinds[i].type, .label = "x"};
    const uint64_t begun_ns = 7 * NODE_SECOND;
    unsigned shown = 0;
    for (unsigned j = 0; j < 100; j++)
      shown += strangers_show(&strangers, &event, begun_ns + j);
    assert_int_equal(shown, kinds[i].shown);
    assert_true(strangers_due_ns(&strangers) ==
                (shown == 100 ? NODE_NEVER : begun_ns + NODE_SECOND));
    assert_int_equal(strangers.rows[0].count, 100 - shown);
    strangers_told(&strangers, begun_ns + NODE_SECOND);
    assert_true(strangers_due_ns(&strangers) == NODE_NEVER);
    assert_int_equal(strangers_show(&strangers, &event, begun_ns + NODE_SECOND), i != 0);
  }
}

/* More labels than rows: none is lost from the sum. */
static void strangers_of_many_kinds(void **state) {
  struct strangers strangers = {0};
  static char labels[3 * STRANGERS_ROWS_MAX][8];
  uint64_t sum = 0;
  unsigned shown = 0;
  (void)state;
  for (unsigned i = 0; i < 3 * STRANGERS_ROWS_MAX; i++) {
    snprintf(labels[i], sizeof labels[i], "%u", i);
    const struct node_event event = {.type = NODE_EVENT_DISCARDED, .label = labels[i]};
    shown += strangers_show(&strangers, &event, NODE_SECOND);
  }
  assert_int_equal(strangers.row_count, STRANGERS_ROWS_MAX);
  assert_null(strangers.rows[STRANGERS_ROWS_MAX - 1].label);
  for (size_t i = 0; i < strangers.row_count; i++)
    sum += strangers.rows[i].count;
  assert_int_equal(sum + shown, 3 * STRANGERS_ROWS_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(a_reader_sleeps, scene_teardown),
      cmocka_unit_test_teardown(readers_are_gone, scene_teardown),
      cmocka_unit_test_teardown(a_disk_is_full, scene_teardown),
      cmocka_unit_test_teardown(a_signal_ends_it, scene_teardown),
      cmocka_unit_test_teardown(strangers_in_the_log, scene_teardown),
      cmocka_unit_test_teardown(datagrams_too_long, scene_teardown),
      cmocka_unit_test(strangers_by_the_second),
      cmocka_unit_test(strangers_of_many_kinds),
  };
  return SCENE_RUN("log", tests);
}
