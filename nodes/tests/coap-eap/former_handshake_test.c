/* A datagram of the former authentication that comes late, into the next one: at each moment, each
 * datagram. Under OSCORE nothing comes of it, and nothing under IKEv2. Under DTLS it can end the
 * handshake, in which nothing is authenticated before the Finished, so that it shows only there;
 * but it cannot join it, both ends say why, and the former association stays in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

enum { TRIGGER = 0, PAUSE_S = 20 };

static struct pipe pipe_;

/* Authenticates; begins again, and when `at` datagrams more have been sent, datagram `old` comes
 * once more. */
static void former_handshake_run(const struct pipe_config *config, size_t old, size_t at) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  const size_t sent = pipe_.flight_count;
  const struct pipe_datagram late = pipe_.flight[old];
  pipe_.now_ns += PAUSE_S * NODE_SECOND;
  pipe_trigger(&pipe_, 0);
  while (pipe_.flight_count < sent + at) {
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    pipe_.now_ns += NODE_MS;
  }
  pipe_inject_again(&pipe_, &late);
  assert_true(pipe_run(&pipe_));
}

/* How many times the next authentication ended without a key. */
static unsigned count_ended(const struct pipe_config *config, size_t messages) {
  unsigned ended = 0;
  for (size_t old = TRIGGER + 1; old < messages; old++)
    for (size_t at = 1; at < messages; at++) {
      former_handshake_run(config, old, at);
      const struct pipe_party *a = &pipe_.authenticator[0], *p = &pipe_.peer[0];
      const bool failed = a->failed > 0;
      assert_int_equal(a->failed, failed);
      assert_int_equal(p->failed, failed);
      assert_int_equal(a->confirmed, failed ? 1 : 2);
      assert_int_equal(p->confirmed, failed ? 1 : 2);
      if (failed)
        assert_true(strncmp(a->reason, "dtls-", 5) == 0 && strncmp(p->reason, "dtls-", 5) == 0);
      ended += failed;
      pipe_assert_answered(&pipe_, 0, true);
      pipe_assert_answered(&pipe_, 0, false);
      pipe_deinit(&pipe_);
    }
  return ended;
}

static void test_oscore(void **state) {
  (void)state;
  assert_int_equal(count_ended(&PIPE_DEFAULT, 9), 0);
}

static void test_dtls(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", "dtls");
  /* Of the old ones, a ClientHello with cookie, ServerHello, ClientKeyExchange and Finished, each
   * at two moments. */
  assert_int_equal(count_ended(&config, 15), 8);
}

static void test_ikev2(void **state) {
  static const char *const kinds[] = {"ikev2", "ikev2-udp"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct pipe_config config = PIPE_DEFAULT;
    pipe_set(&config, "association", kinds[i]);
    assert_int_equal(count_ended(&config, 13), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_oscore),
      cmocka_unit_test(test_dtls),
      cmocka_unit_test(test_ikev2),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
