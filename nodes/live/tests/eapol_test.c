/* eapol_test, a RADIUS client and EAP peer, against our AAA server. */
#include "scene.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEIRS "eapol_test (RADIUS client, EAP-PSK peer)"

enum { WARM_UP = 100, AT_ONCE = 50, PUMPS_MAX = 10000, PUMP_MS = 10 };

static const char *const user[] = {"--identity", SCENE_IDENTITY, "-v", NULL};

/* It established, and the keys in the Access-Accept are those that it derived. */
static void expect_keys(struct process *process) {
  assert_int_equal(process_wait(process, SCENE_LIMIT_MS), 0);
  char *out = process_out(process);
  assert_non_null(strstr(out, "MPPE keys OK: 1  mismatch: 0"));
  free(out);
}

static void eapol_right_key(void **state) {
  struct scene_server aaa;
  struct process process;
  (void)state;
  matrix_begin(THEIRS, scene_version_eapol_test(), "aaa", "right key; it compares the MPPE keys");
  scene_start_aaa(&aaa, user);
  scene_start_eapol_test(&process, "eapol_test", aaa.port, SCENE_PSK, SCENE_SECRET);
  expect_keys(&process);
  scene_expect_value(&aaa.process, "confirmed", "label", "Access-Accept");
  assert_int_equal(process_stop(&aaa.process), 0);
  matrix_passed("SUCCESS, MPPE keys OK");
}

static void eapol_wrong_key(void **state) {
  struct scene_server aaa;
  struct process process;
  (void)state;
  matrix_begin(THEIRS, scene_version_eapol_test(), "aaa", "wrong key");
  scene_start_aaa(&aaa, user);
  scene_start_eapol_test(&process, "eapol_test", aaa.port, SCENE_WRONG_PSK, SCENE_SECRET);
  assert_int_not_equal(process_wait(&process, SCENE_LIMIT_MS), 0);
  assert_true(process_wrote(&process, "\nFAILURE"));
  assert_true(process_wrote(&process, "Access-Reject"));
  scene_expect_value(&aaa.process, "failed", "label", "wrong MAC_P");
  assert_int_equal(scene_count(&aaa.process, "key"), 0);
  matrix_passed("FAILURE by Access-Reject");
}

static void eapol_wrong_secret(void **state) {
  struct scene_server aaa;
  struct process process;
  (void)state;
  matrix_begin(THEIRS, scene_version_eapol_test(), "aaa", "wrong RADIUS secret");
  scene_start_aaa(&aaa, user);
  scene_start_eapol_test(&process, "eapol_test", aaa.port, SCENE_PSK, "not the secret");
  assert_int_not_equal(process_wait(&process, SCENE_LIMIT_MS), 0);
  scene_expect_value(&aaa.process, "discarded", "label", "wrong Message-Authenticator");
  assert_int_equal(scene_count(&aaa.process, "sent"), 0);
  assert_int_equal(scene_count(&aaa.process, "started"), 0);
  matrix_passed("silent discard; it gives up");
}

static void thousand_in_a_row(void **state) {
  static const char *const few[] = {"--identity", SCENE_IDENTITY, "--sessions-max", "100", NULL};
  struct scene_server aaa;
  struct process process;
  uint64_t before_kb = 0;
  char exercised[32];
  (void)state;
  snprintf(exercised, sizeof exercised, "%d in a row", SCENE_IN_A_ROW);
  matrix_begin(THEIRS, scene_version_eapol_test(), "aaa", exercised);
  scene_start_aaa(&aaa, few);
  for (unsigned i = 0; i < SCENE_IN_A_ROW; i++) {
    scene_start_eapol_test(&process, "eapol_test", aaa.port, SCENE_PSK, SCENE_SECRET);
    expect_keys(&process);
    if (i + 1 == WARM_UP)
      before_kb = process_memory_kb(&aaa.process);
  }
  const uint64_t after_kb = process_memory_kb(&aaa.process);
  assert_int_equal(scene_count(&aaa.process, "confirmed"), SCENE_IN_A_ROW);
  assert_true(after_kb < before_kb + SCENE_GROWTH_MAX_KB);
  matrix_passed("all SUCCESS; memory of aaa %llu kB after %d, %llu kB at the end",
                (unsigned long long)before_kb, WARM_UP, (unsigned long long)after_kb);
}

static void fifty_at_once(void **state) {
  static struct relay relay;
  struct scene_server aaa;
  struct process processes[AT_ONCE];
  (void)state;
  matrix_begin(THEIRS, scene_version_eapol_test(), "aaa", "50 at once");
  scene_start_aaa(&aaa, user);
  relay_open(&relay, aaa.port, NULL, 0);
  assert_int_equal(kill(aaa.process.pid, SIGSTOP), 0); /* until all have sent their first request */
  for (unsigned i = 0; i < AT_ONCE; i++) {
    const char name[] = {'e', 'a', 'p', 'o', 'l', '-', (char)('0' + i / 10), (char)('0' + i % 10),
                         '\0'};
    scene_start_eapol_test(&processes[i], name, relay.port, SCENE_PSK, SCENE_SECRET);
  }
  for (unsigned i = 0; relay.from_client < AT_ONCE && i < PUMPS_MAX; i++)
    relay_pump(-1, PUMP_MS);
  assert_true(relay.from_client >= AT_ONCE);
  assert_int_equal(kill(aaa.process.pid, SIGCONT), 0);
  for (unsigned i = 0; i < AT_ONCE; i++)
    expect_keys(&processes[i]);
  assert_int_equal(scene_count(&aaa.process, "confirmed"), AT_ONCE);
  matrix_passed("all SUCCESS");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(eapol_right_key, scene_teardown),
      cmocka_unit_test_teardown(eapol_wrong_key, scene_teardown),
      cmocka_unit_test_teardown(eapol_wrong_secret, scene_teardown),
      cmocka_unit_test_teardown(thousand_in_a_row, scene_teardown),
      cmocka_unit_test_teardown(fifty_at_once, scene_teardown),
  };
  return SCENE_RUN("eapol_test", tests);
}
