/* A process that makes many runs holds no more memory for it: neither for those in a kept world nor
 * for those that build another. What ns-3 keeps for its next packet comes to its limit slowly, so
 * some octets a run are allowed; and as the heap is looked at, not in the sanitized build. */
#define _GNU_SOURCE
#include "cast/edhoc_credentials.h"
#include "ns3/world.h"
#include "run/run.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <setjmp.h>
#include <cmocka.h>

enum {
  ROUNDS_BEFORE = 20,
  ROUNDS = 100,
  OCTETS_A_RUN = 64,
  FAULTS_A_RUN = 20,
};

static const char *const specs[] = {
    "{}",
    "{\"seed\": 2}",
    "{\"hops\": 3, \"frame_loss\": 0.2, \"identity_bytes\": 150}",
    "{\"topology\": \"star\", \"peers\": 3, \"association\": \"dtls\", \"channel\": \"addressed\"}",
    "{\"topology\": \"star\", \"peers\": 2, \"aaa\": \"local\", \"app_messages\": 2}",
    "{\"frame_loss\": 0.5, \"identity_bytes\": 253, \"time_limit_s\": 1}",
    "{\"hops\": 2, \"aaa_delay_ms\": 20, \"fault\": \"silent-aaa\"}",
    "{\"topology\": \"tree\", \"peers\": 4, \"fan_out\": 1, \"forwarding\": \"joined\"}",
    "{\"method\": \"eap-edhoc\", \"credential\": \"x5chain\", \"trigger\": \"off\"}",
    "{\"method\": \"eap-edhoc\", \"authentications\": 2, \"reauthentication_delay_ms\": 0}",
};

enum { SPECS = sizeof specs / sizeof *specs };

static void run(const char *text, struct run_home *home) {
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  struct run_end end;
  const struct run_options options = {.home = home};
  if (!spec_parse(text, &spec, error))
    fail_msg("%s: %s", text, error);
  free(run_spec(&spec, &options, &end));
}

/* Octets in use, of the heap and beside it, when all have been run so many times. */
static size_t run_rounds(size_t rounds, struct run_home *home) {
  for (size_t round = 0; round < rounds; round++)
    for (size_t i = 0; i < SPECS; i++)
      run(specs[i], home);
  const struct mallinfo2 memory = mallinfo2();
  return memory.uordblks + memory.hblkhd;
}

static void many_runs_need_no_more_memory(void **state) {
  (void)state;
  struct run_home *home = run_home_create();
  const size_t before = run_rounds(ROUNDS_BEFORE, home);
  const size_t after = run_rounds(ROUNDS, home);
  run_home_destroy(home);
  print_message("%zu octets after %d runs, %zu after %d more\n", before, ROUNDS_BEFORE * SPECS,
                after, ROUNDS * SPECS);
  assert_true(after < before + (size_t)ROUNDS * SPECS * OCTETS_A_RUN);
}

static long page_faults(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/* Those after the first. */
static void a_run_in_a_kept_world_faults_few_pages(void **state) {
  (void)state;
  struct run_home *home = run_home_create();
  run(specs[0], home);
  for (int i = 0; i < 10; i++) {
    const long before = page_faults();
    run(specs[i % 2], home);
    assert_in_range(page_faults() - before, 0, FAULTS_A_RUN);
  }
  run_home_destroy(home);
}

static int warm_up(void **state) {
  (void)state;
  world_warm_up();
  edhoc_credentials_warm_up();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_in_a_kept_world_faults_few_pages),
      cmocka_unit_test(many_runs_need_no_more_memory),
  };
  return cmocka_run_group_tests(tests, warm_up, NULL);
}
