/* What each end computes in a whole authentication, and for application requests, counted by hand
 * from the specifications; and that each activation reports what it has computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

static struct pipe pipe_;

struct cost {
  uint64_t of[NODE_PRIMITIVE_COUNT];
};

static void assert_cost(const struct pipe_host *host, const struct cost *expected) {
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
    assert_int_equal(host->cost[i], expected->of[i]);
}

static struct pipe_host *const AUTHENTICATOR = &pipe_.hosts[0], *const PEER = &pipe_.hosts[1];

/* EAP-PSK (RFC 4764), names of 6 and 7 octets. AK and KDK are made when the PSK is given. MAC_P is
 * a CMAC of 6 + 7 + 32 octets, with the zero block 4; MAC_S one of 7 + 16: 3. TEK, MSK and EMSK:
 * the input block and 9. Messages 3 and 4 are of EAX, which is CTR and three CMACs, of nonce 16,
 * header 22 and text 1, with a block ahead and a zero block: 3 + 4 + 3 + 1. Keys: AK twice, KDK,
 * and TEK for CMAC and CTR in each message. */
enum {
  PSK_BLOCKS = 4 + 3 + 10 + 2 * (3 + 4 + 3 + 1),
  PSK_SCHEDULES = 2 + 1 + 2 * 2,
};

/* SHA-256, in compressions: an HMAC takes 3 and those for its text, which is one up to 55 octets.
 * RK: HKDF-Extract of the MSK, 64 octets: 5; then 4 for each label ("IETF_...", 25 at most). */
enum {
  RK = 5,
  PART = 4,
};

/* OSCORE's key has two parts, and its context takes 4 for each of PRK, both keys and IV. Steps 7
 * and 8: code 1, "b", its resource (2 each), SeqNum 4 (its number takes an octet more), marker and
 * EAP-Success 5; code 1 and SeqNum 4: each less than 16 octets: B_0, 2 of associated data, 2, tag.
 */
static void oscore_authentication(void **state) {
  (void)state;
  static const struct cost expected = {
      {[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = PSK_SCHEDULES + 2,
       [NODE_PRIMITIVE_AES_BLOCK] = PSK_BLOCKS + 2 * (1 + 2 + 2 + 1),
       [NODE_PRIMITIVE_SHA256_BLOCK] = RK + 2 * PART + 4 * 4}};
  pipe_init(&pipe_, &PIPE_DEFAULT);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  assert_cost(AUTHENTICATOR, &expected);
  assert_cost(PEER, &expected);
  pipe_deinit(&pipe_);
}

/* DTLS's key has one part. The handshake is that of dtls_test.c with a cookie, whose PSK has an
 * octet for the token, too; steps 7 and 8 have 14 and 5 octets: B_0, 1 of associated data, 2, tag.
 * The authenticator, the client, is at rest after the handshake, and expands its key for each; the
 * peer awaits a repetition of the last flight until step 7, and expands it for step 8 alone. */
static void dtls_authentication(void **state) {
  (void)state;
  enum { CLIENT = 134, SERVER = 142, HANDSHAKE_BLOCKS = 2 * 7, RECORDS = 2 * (1 + 1 + 2 + 1) };
  struct cost expected = {{[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = PSK_SCHEDULES + 2 + 2,
                           [NODE_PRIMITIVE_AES_BLOCK] = PSK_BLOCKS + HANDSHAKE_BLOCKS + RECORDS,
                           [NODE_PRIMITIVE_SHA256_BLOCK] = RK + PART + CLIENT}};
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", "dtls");
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  assert_cost(AUTHENTICATOR, &expected);
  expected.of[NODE_PRIMITIVE_AES_KEY_SCHEDULE]--;
  expected.of[NODE_PRIMITIVE_SHA256_BLOCK] = RK + PART + SERVER;
  assert_cost(PEER, &expected);
  pipe_deinit(&pipe_);
}

/* With an AAA server, the method is its and the peer's; the authenticator has the association's
 * part. MD5, of which RADIUS is made, is not counted. */
static void pass_through(void **state) {
  (void)state;
  static const struct cost method = {{[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = PSK_SCHEDULES,
                                      [NODE_PRIMITIVE_AES_BLOCK] = PSK_BLOCKS}},
                           association = {{[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 2,
                                           [NODE_PRIMITIVE_AES_BLOCK] = 2 * (1 + 2 + 2 + 1),
                                           [NODE_PRIMITIVE_SHA256_BLOCK] = RK + 2 * PART + 4 * 4}};
  struct pipe_config config = PIPE_DEFAULT;
  config.radius = true;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  assert_cost(AUTHENTICATOR, &association);
  assert_cost(pipe_.aaa_host, &method);
  pipe_deinit(&pipe_);
}

/* EAP-EDHOC with static Diffie-Hellman keys and kid. Names differ from RFC 9529, so that only what
 * does not depend on their length is asserted: the curve; message_4, and message_3 of 10 octets
 * (kid 1, MAC 1 + 8); OSCORE's steps 7 and 8. */
static void edhoc_authentication(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  config.edhoc = true;
  config.edhoc_method = 3;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  for (size_t i = 0; i < 2; i++) {
    const uint64_t *cost = pipe_.hosts[i].cost;
    assert_int_equal(cost[NODE_PRIMITIVE_AES_KEY_SCHEDULE], 2 + 2);
    assert_int_equal(cost[NODE_PRIMITIVE_AES_BLOCK], 7 + 5 + 2 * (1 + 2 + 2 + 1));
    assert_int_equal(cost[NODE_PRIMITIVE_P256_KEYGEN], 1);
    assert_int_equal(cost[NODE_PRIMITIVE_P256_DECOMPRESS], 1);
    assert_int_equal(cost[NODE_PRIMITIVE_P256_ECDH], 3);
    assert_int_equal(cost[NODE_PRIMITIVE_P256_SIGN] + cost[NODE_PRIMITIVE_P256_VERIFY], 0);
  }
  assert_memory_equal(AUTHENTICATOR->cost, PEER->cost, sizeof PEER->cost);
  pipe_deinit(&pipe_);
}

/* A request and its response, repeated: OSCORE's are the same octets, and nothing is computed for
 * them; DTLS puts the same message into another record, at the cost of a record. POST with 16
 * octets: code 1 (OSCORE), or header and token 5 (DTLS); its path, marker and payload; and a
 * response of 1 or 5 octets. */
static void repetitions(void **state) {
  (void)state;
  static const char *const kinds[] = {"oscore", "dtls"};
  static const uint8_t payload[16] = {1};
  for (size_t i = 0; i < 2; i++) {
    const bool dtls = i == 1;
    struct pipe_config config = PIPE_DEFAULT;
    struct cost before, after;
    pipe_set(&config, "association", kinds[i]);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, payload, sizeof payload), 0);
    assert_true(pipe_run(&pipe_)); /* once without a loss */
    memcpy(before.of, PEER->cost, sizeof before.of);
    pipe_.config.fault = PIPE_LOSE;
    pipe_.config.fault_at = pipe_.flight_count;
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, payload, sizeof payload), 0);
    memcpy(after.of, PEER->cost, sizeof after.of);
    const uint64_t request =
        after.of[NODE_PRIMITIVE_AES_BLOCK] - before.of[NODE_PRIMITIVE_AES_BLOCK];
    assert_int_equal(request, dtls ? 1 + 1 + 2 * 2 + 1 : 1 + 2 + 2 * 2 + 1);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 2);
    const uint64_t rest = PEER->cost[NODE_PRIMITIVE_AES_BLOCK] - after.of[NODE_PRIMITIVE_AES_BLOCK];
    const uint64_t response = dtls ? 1 + 1 + 2 + 1 : 1 + 2 + 2 + 1;
    assert_int_equal(rest, response + (dtls ? request : 0));
    assert_int_equal(PEER->cost[NODE_PRIMITIVE_AES_KEY_SCHEDULE] -
                         before.of[NODE_PRIMITIVE_AES_KEY_SCHEDULE],
                     dtls ? 3 : 2);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(oscore_authentication), cmocka_unit_test(dtls_authentication),
      cmocka_unit_test(pass_through),          cmocka_unit_test(edhoc_authentication),
      cmocka_unit_test(repetitions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
