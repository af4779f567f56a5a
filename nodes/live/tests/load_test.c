/* Many live authentications: by our peers through our authenticator to our AAA server. Without an
 * argument as many as fit into a test; with a number, so many (see load.sh). */
#define _GNU_SOURCE
#include "scene.h"
#include "udp.h"

#include <stdio.h>
#include <stdlib.h>

enum { COUNT_DEFAULT = 500, AT_ONCE = 100, LIMIT_MS = 110000, GROWTH_MAX_KB = 256 };

static unsigned long count = COUNT_DEFAULT;

/* 100 peers at a time; returns the rate. `more` are more options. */
static double run_peers(const struct scene_server *authenticator, unsigned long number,
                        const char *const *more) {
  char text[32];
  struct process peers;
  snprintf(text, sizeof text, "%lu", number);
  const char *arguments[PROCESS_ARGUMENTS_MAX] = {"--identity", "load-{n}", "--psk",      SCENE_PSK,
                                                  "--count",    text,       "--parallel", "100"};
  for (size_t i = 0; more[i] != NULL; i++)
    arguments[8 + i] = more[i];
  scene_start_peer(&peers, authenticator->port, arguments);
  assert_int_equal(process_wait(&peers, LIMIT_MS), 0);
  assert_int_equal((unsigned long)scene_summary(&peers, "established"), number);
  assert_int_equal(scene_summary(&peers, "failed"), 0);
  char *latency = scene_value(&peers, "summary", "latency_ms", 0);
  const double rate = scene_summary(&peers, "rate_per_s");
  print_message("%lu established, none lost: %.0f a second, latency in ms %s\n", number, rate,
                latency);
  free(latency);
  return rate;
}

/* The first of 100 ports that are free now. */
static uint16_t free_ports(void) {
  struct udp_socket sockets[AT_ONCE];
  struct udp_address any;
  assert_null(udp_address_parse("127.0.0.1:0", 0, &any));
  assert_int_equal(udp_open_range(sockets, AT_ONCE, &any, NULL), 0);
  for (size_t i = 0; i < AT_ONCE; i++)
    udp_close(&sockets[i]);
  return sockets[0].local.port;
}

static void start(struct scene_server *aaa, struct scene_server *authenticator) {
  static const char *const users[] = {"--identity", "load-*", "--sessions-max", "200", "-q", NULL};
  char server[32];
  scene_start_aaa(aaa, users);
  snprintf(server, sizeof server, "127.0.0.1:%u", aaa->port);
  const char *const pass_through[] = {"--radius-server", server,  "--secret", SCENE_SECRET,
                                      "--peers-max",     "20000", "-q",       NULL};
  scene_start_authenticator(authenticator, pass_through);
}

static void expect_end(struct scene_server *server, unsigned long number) {
  char label[64];
  assert_int_equal(process_stop(&server->process), 0);
  snprintf(label, sizeof label, "confirmed %lu, failed 0", number);
  scene_expect_value(&server->process, "ended", "label", label);
}

/* Each authentication is a new peer's: the authenticator holds an association for each. */
static void new_peers(void **state) {
  static const char *const none[] = {NULL};
  struct scene_server aaa, authenticator;
  (void)state;
  start(&aaa, &authenticator);
  const uint64_t before_kb = process_memory_kb(&authenticator.process);
  const double rate = run_peers(&authenticator, count, none);
  const uint64_t after_kb = process_memory_kb(&authenticator.process);
  print_message("authenticator: %llu kB before, %llu kB with %lu associations\n",
                (unsigned long long)before_kb, (unsigned long long)after_kb, count);
  assert_true(rate > 0);
  expect_end(&authenticator, count);
  expect_end(&aaa, count);
}

/* 100 peers authenticate again and again: nobody's memory grows. */
static void flat_memory(void **state) {
  struct scene_server aaa, authenticator;
  const unsigned long warm_up = count < 1000 ? count : 1000;
  char bind[32];
  (void)state;
  matrix_begin("coap-eap-node", "this one", "peer, authenticator, aaa", "live load by 100 peers");
  start(&aaa, &authenticator);
  snprintf(bind, sizeof bind, "127.0.0.1:%u", free_ports());
  const char *const again[] = {"--reauthenticate", "--bind", bind, NULL};
  (void)run_peers(&authenticator, warm_up, again);
  const uint64_t before_kb[] = {process_memory_kb(&authenticator.process),
                                process_memory_kb(&aaa.process)};
  const double rate = run_peers(&authenticator, count, again);
  const uint64_t after_kb[] = {process_memory_kb(&authenticator.process),
                               process_memory_kb(&aaa.process)};
  for (size_t i = 0; i < 2; i++)
    print_message("%s: %llu kB after %lu, %llu kB after %lu more\n",
                  i == 0 ? "authenticator" : "aaa", (unsigned long long)before_kb[i], warm_up,
                  (unsigned long long)after_kb[i], count);
  for (size_t i = 0; i < 2; i++)
    assert_true(after_kb[i] < before_kb[i] + GROWTH_MAX_KB);
  expect_end(&authenticator, warm_up + count);
  expect_end(&aaa, warm_up + count);
  matrix_passed("%lu established, none lost, %.0f a second; memory %+lld kB (authenticator), "
                "%+lld kB (aaa) over the last %lu",
                warm_up + count, rate, (long long)(after_kb[0] - before_kb[0]),
                (long long)(after_kb[1] - before_kb[1]), count);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(new_peers, scene_teardown),
      cmocka_unit_test_teardown(flat_memory, scene_teardown),
  };
  if (argc > 1)
    count = strtoul(argv[1], NULL, 10);
  if (count == 0)
    return 2;
  return SCENE_RUN("load", tests);
}
