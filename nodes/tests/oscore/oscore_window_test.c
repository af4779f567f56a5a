/* Replays, the edges of the window, and nonces that would come twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "oscore_fixture.h"
#include "seeded.h"

static const uint64_t SEQUENCE_MAX = (UINT64_C(1) << 40) - 1;

static void replay_window(void **state) {
  (void)state;
  static const struct {
    uint64_t piv;
    int result;
  } steps[] = {
      {20, 0},
      {20, NODE_ERR_REPLAY},
      {0, 0}, /* the window reaches back to what was before the first */
      {0, NODE_ERR_REPLAY},
      {51, 0},
      {20, NODE_ERR_REPLAY},
      {21, 0},
      {21, NODE_ERR_REPLAY},
      {19, NODE_ERR_REPLAY}, /* left the window, never received */
      {52, 0},
      {20, NODE_ERR_REPLAY},
      {50, 0},
      {83, 0}, /* 52 stays at the far edge, 51 leaves */
      {52, NODE_ERR_REPLAY},
      {51, NODE_ERR_REPLAY},
      {53, 0},
      {115, 0}, /* all of it leaves */
      {84, 0},
      {83, NODE_ERR_REPLAY},
      {(UINT64_C(1) << 40) - 1, 0},
      {(UINT64_C(1) << 40) - 1, NODE_ERR_REPLAY},
      {(UINT64_C(1) << 40) - 32, 0},
      {(UINT64_C(1) << 40) - 33, NODE_ERR_REPLAY},
      {116, NODE_ERR_REPLAY},
  };
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
    if (fixture_deliver(&fixture, steps[i].piv) != steps[i].result)
      fail_msg("step %zu", i);
}

/* Against a model that remembers everything. */
static void replay_window_at_random(void **state) {
  (void)state;
  enum { ROUNDS = 3000, PIVS = 4 * ROUNDS };
  static bool received[PIVS + 64];
  struct seeded seeded = {.state = 32};
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  uint64_t highest = 0;
  for (size_t round = 0; round < ROUNDS; round++) {
    const uint64_t top = highest + 4, back = seeded_below(&seeded, 44);
    const uint64_t piv = back > top ? 0 : top - back;
    const bool fresh =
        round == 0 || piv > highest || (highest - piv < OSCORE_REPLAY_WINDOW && !received[piv]);
    assert_int_equal(fixture_deliver(&fixture, piv), fresh ? 0 : NODE_ERR_REPLAY);
    received[piv] = received[piv] || fresh;
    if (fresh && piv > highest)
      highest = piv;
    assert_true(highest < PIVS);
  }
}

/* A forged high Partial IV must not push the window. */
static void forgery_does_not_move_the_window(void **state) {
  (void)state;
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  assert_int_equal(fixture_deliver(&fixture, 5), 0);
  const struct coap_message message = make_request();
  assert_int_equal(fixture_protect(&fixture, &message), 0);
  fixture.sealed[1] = 200;
  assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), NODE_ERR_VERIFY);
  assert_int_equal(fixture.server.window_highest, 5);
  fixture.sealed[1] = 6;
  assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), 0);
}

static void sequence_numbers_end(void **state) {
  (void)state;
  const struct coap_message message = make_request();
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  fixture.client.sender_sequence = SEQUENCE_MAX;
  fixture.server.sender_sequence = SEQUENCE_MAX;
  assert_int_equal(fixture_protect(&fixture, &message), 0);
  assert_int_equal(fixture.sent.piv_length, OSCORE_PIV_MAX);
  assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), 0);
  for (int i = 0; i < 3; i++)
    assert_int_equal(fixture_protect(&fixture, &message), NODE_ERR_EXHAUSTED);

  assert_int_equal(fixture_protect_response(&fixture, true), 0);
  assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &fixture.received), 0);
  for (int i = 0; i < 3; i++)
    assert_int_equal(fixture_protect_response(&fixture, true), NODE_ERR_EXHAUSTED);
  assert_int_equal(fixture_protect_response(&fixture, false), 0);
}

/* The request's nonce serves one response, and only of a request that was received. */
static void nonce_of_a_request(void **state) {
  (void)state;
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  assert_int_equal(fixture_deliver(&fixture, 1), 0);
  const struct oscore_binding first = fixture.received;
  assert_int_equal(fixture_deliver(&fixture, 2), 0);
  const struct oscore_binding second = fixture.received;
  static const struct {
    int request; /* 1, 2; 3: never received; 4: of another sender */
    bool new_piv;
    int result;
  } steps[] = {
      {3, false, NODE_ERR_BAD_STATE},
      {4, false, NODE_ERR_BAD_STATE},
      {2, false, 0},
      {2, false, NODE_ERR_BAD_STATE},
      {1, false, 0},
      {1, false, NODE_ERR_BAD_STATE},
      {1, true, 0},
      {2, true, 0},
  };
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
    fixture.received = steps[i].request == 1 ? first : second;
    if (steps[i].request == 3)
      fixture.received.piv[0] = 3;
    if (steps[i].request == 4)
      fixture.received.kid = fixture.server.sender_id;
    assert_int_equal(fixture_protect_response(&fixture, steps[i].new_piv), steps[i].result);
    if (steps[i].result == 0)
      assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &fixture.received), 0);
  }

  assert_int_equal(fixture_deliver(&fixture, 40),
                   0); /* what has left the window cannot be told apart */
  fixture.received = second;
  assert_int_equal(fixture_protect_response(&fixture, false), NODE_ERR_BAD_STATE);
  assert_int_equal(fixture_deliver(&fixture, 41), 0); /* the marks moved with the window */
  assert_int_equal(fixture_protect_response(&fixture, false), 0);
  assert_int_equal(fixture_deliver(&fixture, 42), 0);
  fixture.received.piv[0] = 41;
  assert_int_equal(fixture_protect_response(&fixture, false), NODE_ERR_BAD_STATE);
  fixture.received.piv[0] = 40;
  assert_int_equal(fixture_protect_response(&fixture, false), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(replay_window),
      cmocka_unit_test(replay_window_at_random),
      cmocka_unit_test(forgery_does_not_move_the_window),
      cmocka_unit_test(sequence_numbers_end),
      cmocka_unit_test(nonce_of_a_request),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(vectors_load());
  return failed;
}
