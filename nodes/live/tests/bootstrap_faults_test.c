/* What UE and ApS do and say when the AS or the ApS is gone, or others speak to the ApS. */
#define _GNU_SOURCE
#include "bootstrap_scene.h"
#include "port.h"
#include "udp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64, RADIUS_GIVES_UP_MS = 45000, RUBBISH_MAX = 1400 };

struct faults {
  struct scene_server as, aa, aps;
};

static void start_faults(struct faults *faults) {
  bootstrap_scene_as(&faults->as, NULL);
  bootstrap_scene_aa(&faults->aa, faults->as.port, NULL);
  bootstrap_scene_aps(&faults->aps, "aps1", faults->as.port, NULL);
}

/* A fresh ApS at the address of one that has gone. */
static void restart_aps(struct faults *faults, const char *pulls) {
  char bind[TEXT_MAX];
  snprintf(bind, sizeof bind, "127.0.0.1:%u", faults->aps.port);
  const char *const arguments[] = {"--bind", bind, "--pull", pulls, NULL};
  assert_int_equal(process_stop(&faults->aps.process), 0);
  bootstrap_scene_aps(&faults->aps, "aps1", faults->as.port, arguments);
}

/* Nobody is where the ApS has its AS. Both pulls at once: RADIUS gives up after half a minute. */
static void as_is_silent(void **state) {
  static const struct {
    const char *identity, *pull, *reason;
  } cases[] = {{"tfg-1", "erp", "pull-unavailable"},
               {"tfg-2", "psk-identity", "dtls-unknown-identity"}};
  enum { CASES = sizeof cases / sizeof cases[0] };
  static const char *const many[] = {"--identity", "tfg-*", NULL};
  struct faults faults;
  struct process ues[CASES];
  (void)state;
  bootstrap_scene_as(&faults.as, many);
  bootstrap_scene_aa(&faults.aa, faults.as.port, NULL);
  bootstrap_scene_aps(&faults.aps, "aps1", port_take(), NULL);
  for (size_t i = 0; i < CASES; i++) {
    const char *const arguments[] = {"--pull", cases[i].pull, "--identity", cases[i].identity,
                                     NULL};
    bootstrap_scene_ue(&ues[i], faults.aa.port, faults.aps.port, arguments);
  }
  for (size_t i = 0; i < CASES; i++) {
    assert_int_equal(process_wait(&ues[i], RADIUS_GIVES_UP_MS), 1);
    bootstrap_scene_expect(&ues[i], "application", "unanswered", 1, cases[i].reason);
  }
  bootstrap_scene_expect(&faults.aps.process, "pull", "unanswered", CASES,
                         "the AS does not answer");
  bootstrap_scene_expect(&faults.aps.process, "pull", "key", 0, NULL);
  assert_int_equal(process_stop(&faults.aps.process), 0);
}

/* The AS has lost its keys: the UE is told, and it says so. */
static void as_restarts(void **state) {
  struct faults faults;
  struct process ue;
  char bind[TEXT_MAX];
  static const char *const arguments[] = {"--key-lifetime-s", "1",    "--requests", "2",
                                          "--interval-ms",    "2500", NULL};
  (void)state;
  start_faults(&faults);
  bootstrap_scene_ue(&ue, faults.aa.port, faults.aps.port, arguments);
  bootstrap_scene_expect(&ue, "application", "answered", 1, NULL);
  assert_int_equal(process_stop(&faults.as.process), 0);
  snprintf(bind, sizeof bind, "127.0.0.1:%u", faults.as.port);
  bootstrap_scene_as(&faults.as, (const char *const[]){"--bind", bind, NULL});
  assert_int_equal(process_wait(&ue, SCENE_LIMIT_MS), 1);
  bootstrap_scene_expect(&ue, "application", "unanswered", 1, "pull-refused");
}

/* The ApS has lost keys and channels. The request that finds that out is lost with them; the next
 * opens a channel again, with another key. */
static void aps_restarts(void **state) {
  static const char *const pulls[] = {"erp", "psk-identity"};
  struct faults faults;
  struct process ue;
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const char *const arguments[] = {"--pull",
                                     pulls[i],
                                     "--requests",
                                     "3",
                                     "--interval-ms",
                                     "1000",
                                     "--ack-timeout-ms",
                                     "100",
                                     "--max-retransmit",
                                     "1",
                                     NULL};
    start_faults(&faults);
    bootstrap_scene_ue(&ue, faults.aa.port, faults.aps.port, arguments);
    bootstrap_scene_expect(&ue, "application", "answered", 1, NULL);
    restart_aps(&faults, pulls[i]);
    assert_int_equal(process_wait(&ue, SCENE_LIMIT_MS), 1);
    process_expect_written(&ue, "answered 2, failed 1");
    bootstrap_scene_expect(&ue, "application", "unanswered", 1, "app-timeout");
    bootstrap_scene_expect(&faults.aps.process, "application", "served", 1, NULL);
    assert_int_equal(process_stop(&faults.aps.process), 0);
    assert_int_equal(process_stop(&faults.aa.process), 0);
    assert_int_equal(process_stop(&faults.as.process), 0);
  }
}

/* Nobody is at the ApS's address. */
static void no_aps(void **state) {
  static const char *const arguments[] = {"--ack-timeout-ms", "50", "--max-retransmit", "1", NULL};
  struct faults faults;
  struct process ue;
  (void)state;
  start_faults(&faults);
  assert_int_equal(bootstrap_scene_run_ue(&ue, faults.aa.port, port_take_row(2), arguments), 1);
  bootstrap_scene_expect(&ue, "application", "unanswered", 1, "pull-timeout");
}

/* Random octets of all lengths, half of which look like a POST or a DTLS record. */
static void rubbish_in_datagrams(void **state) {
  struct faults faults;
  struct process ue;
  struct udp_socket udp;
  struct udp_address any;
  uint8_t data[RUBBISH_MAX];
  (void)state;
  start_faults(&faults);
  assert_null(udp_address_parse("127.0.0.1:0", 0, &any));
  assert_int_equal(udp_open(&udp, &any, NULL), 0);
  srand(1);
  for (size_t length = 0; length < sizeof data; length++) {
    struct node_datagram datagram = {.data = data, .length = length, .destination = any.address};
    for (size_t i = 0; i < length; i++)
      data[i] = (uint8_t)(rand() >> 8);
    if (length > 0 && length % 4 > 1)
      data[0] = length % 2 == 0 ? 0x41 : 22;
    datagram.destination.port = (uint16_t)(faults.aps.port + length % 2);
    assert_int_equal(udp_send(&udp, &datagram), 0);
  }
  udp_close(&udp);
  assert_int_equal(bootstrap_scene_run_ue(&ue, faults.aa.port, faults.aps.port, NULL), 0);
  assert_int_equal(process_stop(&faults.aps.process), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(as_is_silent, scene_teardown),
      cmocka_unit_test_teardown(as_restarts, scene_teardown),
      cmocka_unit_test_teardown(aps_restarts, scene_teardown),
      cmocka_unit_test_teardown(no_aps, scene_teardown),
      cmocka_unit_test_teardown(rubbish_in_datagrams, scene_teardown),
  };
  return SCENE_RUN("bootstrap_faults", tests);
}
