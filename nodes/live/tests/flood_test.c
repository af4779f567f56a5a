/* The live authenticator under triggers from forged addresses: who joins meanwhile and afterwards,
 * and its memory. Without an argument for a few seconds; with a number, so many triggers (see
 * flood.sh). */
#define _GNU_SOURCE
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  COUNT_DEFAULT = 8000,
  RATE_PER_S = 4000,
  DURING_MS = 15000, /* to join during the flood */
  AFTER_MS = 3000,   /* and after it */
  LIMIT_MS = 600000,
  PORTS_FROM = 20000,
  PORTS_RANGE = 10000,
  PEERS = 1000,
  SETTLE_MS = 10000,
};

/* Under AddressSanitizer a program's memory says nothing. */
#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_MAX_KB = 1 << 22, GROWTH_MAX_PERCENT = 1000 };
#else
enum { MEMORY_MAX_KB = 20000, GROWTH_MAX_PERCENT = 10 };
#endif

static unsigned long count = COUNT_DEFAULT;

static void start_flood(struct process *flood, uint16_t port) {
  char port_text[16], count_text[32], rate_text[16];
  snprintf(port_text, sizeof port_text, "%u", port);
  snprintf(count_text, sizeof count_text, "%lu", count);
  snprintf(rate_text, sizeof rate_text, "%d", RATE_PER_S);
  const char *const argv[] = {LIVE_FLOOD, port_text, count_text, rate_text, NULL};
  process_start(flood, "flood", argv);
}

/* One peer that joins within the limit; how long it took, in milliseconds. */
static double join(uint16_t port, const char *identity, unsigned limit_ms) {
  const char *const arguments[] = {"--identity", identity, "--psk", SCENE_PSK, NULL};
  const uint64_t begun_ns = process_now_ns();
  struct process peer;
  scene_start_peer(&peer, port, arguments);
  assert_int_equal(process_wait(&peer, limit_ms), 0);
  return (double)(process_now_ns() - begun_ns) / 1e6;
}

/* The most that came back to one address, over what it sent. */
static double amplification(const struct process *flood) {
  char *out = process_out(flood);
  const char *text = strstr(out, "to one address ");
  assert_non_null(text);
  const double times = strtod(text + strlen("to one address "), NULL);
  print_message("%s", strstr(out, "sent "));
  free(out);
  return times;
}

static void newcomers_join(void **state) {
  static const char *const arguments[] = {"--identity",  "flood-*", "--psk", SCENE_PSK,
                                          "--peers-max", "1000",    "-q",    NULL};
  struct scene_server authenticator;
  struct process flood;
  char exercised[96];
  (void)state;
  snprintf(exercised, sizeof exercised, "%lu forged triggers, %d a second", count, RATE_PER_S);
  matrix_begin("coap-eap-node", "-", "authenticator", exercised);
  scene_start_authenticator(&authenticator, arguments);
  start_flood(&flood, authenticator.port);
  process_expect(&flood, "half", LIMIT_MS);
  const double during_ms = join(authenticator.port, "flood-during", DURING_MS);
  assert_false(process_ended(&flood, 0));
  assert_int_equal(process_wait(&flood, LIMIT_MS), 0);
  const uint64_t memory_kb = process_memory_kb(&authenticator.process);
  const double after_ms = join(authenticator.port, "flood-after", AFTER_MS);
  const double times = amplification(&flood);
  print_message("joined in %.0f ms during the flood, in %.0f ms after it; memory %llu kB\n",
                during_ms, after_ms, (unsigned long long)memory_kb);
  assert_true(times <= 3);
  assert_in_range(memory_kb, 1, MEMORY_MAX_KB);
  assert_int_equal(process_stop(&authenticator.process), 0);
  matrix_passed("joined in %.0f ms during it, in %.0f ms after it; memory %llu kB; to no address "
                "more than %.2f times what came from it",
                during_ms, after_ms, (unsigned long long)memory_kb, times);
}

/* The memory of a program once it is no more than this, or when it has had the time. */
static uint64_t settle(struct process *process, uint64_t most_kb) {
  const uint64_t begun_ns = process_now_ns();
  uint64_t memory_kb;
  do {
    assert_false(process_ended(process, 50));
    memory_kb = process_memory_kb(process);
  } while (memory_kb > most_kb && process_now_ns() - begun_ns < SETTLE_MS * UINT64_C(1000000));
  return memory_kb;
}

/* Associations that end give their memory back. */
static void memory_comes_back(void **state) {
  static const char *const arguments[] = {"--identity",   "flood-*",     "--psk",
                                          SCENE_PSK,      "--peers-max", "1000",
                                          "--lifetime-s", "2",           NULL};
  struct scene_server authenticator;
  struct process peers;
  char exercised[64], bind[32], number[16];
  (void)state;
  snprintf(exercised, sizeof exercised, "%d associations that end", PEERS);
  matrix_begin("coap-eap-node", "-", "authenticator", exercised);
  scene_start_authenticator(&authenticator, arguments);
  (void)join(authenticator.port, "flood-first", DURING_MS);
  const uint64_t before_kb = process_memory_kb(&authenticator.process);
  const uint64_t most_kb = before_kb + before_kb * GROWTH_MAX_PERCENT / 100;
  snprintf(bind, sizeof bind, "127.0.0.1:%d", PORTS_FROM + getpid() % PORTS_RANGE);
  snprintf(number, sizeof number, "%d", PEERS - 1);
  const char *const many[] = {"--identity", "flood-{n}", "--psk",  SCENE_PSK, "--count", number,
                              "--parallel", "50",        "--bind", bind,      NULL};
  scene_start_peer(&peers, authenticator.port, many);
  assert_int_equal(process_wait(&peers, LIMIT_MS), 0);
  const uint64_t full_kb = process_memory_kb(&authenticator.process);
  const uint64_t after_kb = settle(&authenticator.process, most_kb);
  print_message("memory: %llu kB, with %d associations %llu kB, after their end %llu kB\n",
                (unsigned long long)before_kb, PEERS, (unsigned long long)full_kb,
                (unsigned long long)after_kb);
  assert_in_range(full_kb, 1, MEMORY_MAX_KB);
  assert_in_range(after_kb, 1, most_kb);
  assert_int_equal(process_stop(&authenticator.process), 0);
  matrix_passed("memory %llu kB, with them %llu kB, after their end %llu kB",
                (unsigned long long)before_kb, (unsigned long long)full_kb,
                (unsigned long long)after_kb);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(newcomers_join, scene_teardown),
      cmocka_unit_test_teardown(memory_comes_back, scene_teardown),
  };
  if (argc > 1)
    count = strtoul(argv[1], NULL, 10);
  if (count == 0)
    return 2;
  return SCENE_RUN("flood", tests);
}
