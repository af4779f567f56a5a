/* Many live authentications: by our peers through our authenticator to our AAA server. Without an
 * argument as many as fit into a test; with a number, so many (see load.sh). */
#define _GNU_SOURCE
#include "port.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

enum {
  COUNT_DEFAULT = 500,
  LIMIT_MS = 110000,
  SAMPLE_MS = 5,
  SAMPLES_MAX = LIMIT_MS / SAMPLE_MS + 1,
  TURNS_MAX = 800,
};

static unsigned long count = COUNT_DEFAULT;

/* The servers, and their memory while the peers run. */
struct load {
  struct scene_server authenticator;
  struct scene_server aaa;
  struct sample {
    uint64_t authenticator_kb;
    uint64_t aaa_kb;
  } samples[SAMPLES_MAX];
  size_t sample_count;
  double rate;
};

static void load_start(struct load *load) {
  static const char *const users[] = {"--identity", "load-*", "--sessions-max", "100", "-q", NULL};
  char server[32];
  load->sample_count = 0;
  scene_start_aaa(&load->aaa, users);
  snprintf(server, sizeof server, "127.0.0.1:%u", load->aaa.port);
  const char *const pass_through[] = {
      "--radius-server",       server, "--secret", SCENE_SECRET, "--peers-max", "20000", "-q",
      "--trigger-interval-ms", "0",    NULL};
  scene_start_authenticator(&load->authenticator, pass_through);
}

static void sample(struct load *load) {
  assert_true(load->sample_count < SAMPLES_MAX);
  load->samples[load->sample_count++] = (struct sample){
      .authenticator_kb = process_memory_kb(&load->authenticator.process),
      .aaa_kb = process_memory_kb(&load->aaa.process),
  };
}

/* `count` authentications by peers of which 100 run at a time. `more` are more options. */
static void run_peers(struct load *load, const char *const *more) {
  char text[32];
  struct process peers;
  snprintf(text, sizeof text, "%lu", count);
  const char *arguments[PROCESS_ARGUMENTS_MAX] = {"--identity", "load-{n}", "--psk",      SCENE_PSK,
                                                  "--count",    text,       "--parallel", "100"};
  for (size_t i = 0; more[i] != NULL; i++)
    arguments[8 + i] = more[i];
  scene_start_peer(&peers, load->authenticator.port, arguments);
  do
    sample(load);
  while (!process_ended(&peers, SAMPLE_MS));
  assert_int_equal(process_wait(&peers, 0), 0);
  sample(load);
  assert_int_equal((unsigned long)scene_summary(&peers, "established"), count);
  assert_int_equal(scene_summary(&peers, "failed"), 0);
  load->rate = scene_summary(&peers, "rate_per_s");
  char *latency = scene_value(&peers, "summary", "latency_ms", 0);
  print_message("%lu established, none lost: %.0f a second, latency in ms %s\n", count, load->rate,
                latency);
  free(latency);
}

static void expect_end(struct scene_server *server) {
  char label[64];
  port_await_idle(server->port); /* the peers are content before the last confirmations are read */
  assert_int_equal(process_stop(&server->process), 0);
  snprintf(label, sizeof label, "confirmed %lu, failed 0", count);
  scene_expect_value(&server->process, "ended", "label", label);
}

/* Each authentication is a new peer's: the authenticator holds an association for each. */
static void new_peers(void **state) {
  static struct load load;
  char exercised[64], bind[32];
  (void)state;
  snprintf(exercised, sizeof exercised, "%lu peers, 100 at a time", count);
  matrix_begin("coap-eap-node", "-", "peer, authenticator, aaa", exercised);
  /* Each has a port of its own: one that comes again could be taken for the peer before. */
  snprintf(bind, sizeof bind, "127.0.0.1:%u", port_take_row((unsigned)count));
  const char *const apart[] = {"--bind", bind, NULL};
  load_start(&load);
  run_peers(&load, apart);
  const struct sample *first = &load.samples[0], *last = &load.samples[load.sample_count - 1];
  const double each = (double)(last->authenticator_kb - first->authenticator_kb) / (double)count;
  print_message("memory: authenticator %llu kB, at the end %llu kB (%.1f kB for each association); "
                "aaa %llu kB, %llu kB\n",
                (unsigned long long)first->authenticator_kb,
                (unsigned long long)last->authenticator_kb, each, (unsigned long long)first->aaa_kb,
                (unsigned long long)last->aaa_kb);
  expect_end(&load.authenticator);
  expect_end(&load.aaa);
  matrix_passed("none lost, %.0f a second; the authenticator holds %.1f kB for each association",
                load.rate, each);
}

/* 100 peers authenticate again and again: from the middle on, nobody's memory grows. */
static void flat_memory(void **state) {
  static const char *const again[] = {"--reauthenticate", NULL};
  static struct load load;
  char exercised[64];
  (void)state;
  snprintf(exercised, sizeof exercised, "%lu authentications by the same 100 peers", count);
  matrix_begin("coap-eap-node", "-", "peer, authenticator, aaa", exercised);
  load_start(&load);
  run_peers(&load, again);
  const struct sample *half = &load.samples[load.sample_count / 2];
  const struct sample *last = &load.samples[load.sample_count - 1];
  print_message("memory: authenticator %llu kB in the middle, %llu kB at the end; aaa %llu kB, "
                "%llu kB\n",
                (unsigned long long)half->authenticator_kb,
                (unsigned long long)last->authenticator_kb, (unsigned long long)half->aaa_kb,
                (unsigned long long)last->aaa_kb);
  assert_true(last->authenticator_kb < half->authenticator_kb + SCENE_GROWTH_MAX_KB);
  assert_true(last->aaa_kb < half->aaa_kb + SCENE_GROWTH_MAX_KB);
  expect_end(&load.authenticator);
  expect_end(&load.aaa);
  matrix_passed("none lost, %.0f a second; memory of authenticator %llu kB in the middle, %llu kB "
                "at the end; of aaa %llu kB, %llu kB",
                load.rate, (unsigned long long)half->authenticator_kb,
                (unsigned long long)last->authenticator_kb, (unsigned long long)half->aaa_kb,
                (unsigned long long)last->aaa_kb);
}

/* One eapol_test after the other, in turn against our AAA server and against hostapd: the ratio of
 * their rates, and the processor time that each server takes for one. hostapd holds a session for
 * some seconds, and 1000 at most. */
static void rate_beside_hostapd(void **state) {
  static const char *const user[] = {"--identity", SCENE_IDENTITY, "-q", NULL};
  const unsigned long number = count / 5 < TURNS_MAX ? count / 5 + 1 : TURNS_MAX;
  struct scene_server servers[2]; /* ours, hostapd */
  double seconds[2] = {0}, cpu_ms[2];
  char exercised[64];
  (void)state;
  snprintf(exercised, sizeof exercised, "rate: %lu against each, one after the other", number);
  matrix_begin("eapol_test, hostapd", scene_version_hostapd(), "aaa", exercised);
  scene_start_aaa(&servers[0], user);
  scene_start_hostapd(&servers[1], port_take(), false);
  for (size_t i = 0; i < 2; i++)
    cpu_ms[i] = -process_cpu_ms(&servers[i].process);
  for (unsigned long i = 0; i < 2 * number; i++) {
    struct process process;
    const uint64_t begun_ns = process_now_ns();
    scene_start_eapol_test(&process, "eapol_test", servers[i % 2].port, SCENE_PSK, SCENE_SECRET);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 0);
    seconds[i % 2] += (double)(process_now_ns() - begun_ns) / 1e9;
  }
  for (size_t i = 0; i < 2; i++)
    cpu_ms[i] = (cpu_ms[i] + process_cpu_ms(&servers[i].process)) / (double)number;
  const double ours = (double)number / seconds[0], theirs = (double)number / seconds[1];
  print_message("eapol_test: against our aaa %.0f a second, against hostapd %.0f: ratio %.2f; "
                "processor time of the server %.3f ms and %.3f ms: ratio %.2f\n",
                ours, theirs, ours / theirs, cpu_ms[0], cpu_ms[1], cpu_ms[0] / cpu_ms[1]);
  matrix_passed("ours %.0f a second, hostapd %.0f: ratio %.2f; processor time for each %.2f ms, "
                "%.2f ms: ratio %.2f",
                ours, theirs, ours / theirs, cpu_ms[0], cpu_ms[1], cpu_ms[0] / cpu_ms[1]);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(new_peers, scene_teardown),
      cmocka_unit_test_teardown(flat_memory, scene_teardown),
      cmocka_unit_test_teardown(rate_beside_hostapd, scene_teardown),
  };
  if (argc > 1)
    count = strtoul(argv[1], NULL, 10);
  if (count == 0)
    return 2;
  return SCENE_RUN("load", tests);
}
