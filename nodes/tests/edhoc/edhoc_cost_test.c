/* What EDHOC computes, counted by hand from RFC 9528 and the lengths that RFC 9529 prints.
 *
 * B(n) compressions of SHA-256 hash n octets: n and 9 more of padding, in blocks of 64 (RFC 6234
 * section 4.1). An HMAC over n with a key of up to 64 takes B(n) + 3 (RFC 2104): so does
 * HKDF-Extract of n octets, and each 32 octets of HKDF-Expand, over info and 1 octet, and over 32
 * more from the second on (RFC 5869). So 4 where n is 55 at most, as for what is derived of a
 * transcript hash: info has 36 octets (label 1, TH 34, length 1), or 37 (length 2).
 * AES-CCM takes B_0, the associated data with their length (A_3 and A_4 have 45 octets: 47, in 3
 * blocks), each block of the text twice, and one for the tag (RFC 3610 section 2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_trace.h"
#include "edhoc_world.h"

struct costs {
  uint32_t of[NODE_PRIMITIVE_COUNT];
};

/* A side's hooks, with what they are called for. */
struct counted {
  struct node_hooks hooks; /* the random hook's */
  struct costs costs;
};

static void counted_random(void *context, uint8_t *bytes, size_t length) {
  const struct counted *counted = context;
  counted->hooks.random(counted->hooks.context, bytes, length);
}

static void counted_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  ((struct counted *)context)->costs.of[primitive] += blocks;
}

static struct counted counted[SIDES];

/* From now on. */
static void count(struct node_hooks hooks[SIDES]) {
  for (unsigned side = 0; side < SIDES; side++) {
    counted[side] = (struct counted){.hooks = hooks[side]};
    hooks[side] = (struct node_hooks){
        .context = &counted[side], .random = counted_random, .cost = counted_cost};
  }
}

static void assert_costs(unsigned side, const struct costs *expected) {
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
    assert_int_equal(counted[side].costs.of[i], expected->of[i]);
}

typedef int step(struct edhoc *edhoc, const uint8_t *message, size_t length);

/* Messages 1 to 4 of both sides of a trace. */
static void run_trace(struct trace *trace) {
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    static edhoc_world_composer *const compose[] = {
        edhoc_message_1_compose, edhoc_message_2_compose, edhoc_message_3_compose,
        edhoc_message_4_compose};
    static step *const process[] = {edhoc_message_1_process, edhoc_message_2_process,
                                    edhoc_message_3_process, edhoc_message_4_process};
    struct hex *message = &trace->message[number];
    assert_int_equal(compose[number - 1](&trace->side[number % 2 == 0], NULL, 0, message->octets,
                                         sizeof message->octets, &message->length),
                     0);
    assert_int_equal(
        process[number - 1](&trace->side[number % 2], message->octets, message->length), 0);
  }
}

/* RFC 9529 section 3: both ends have static Diffie-Hellman keys and know each other's CCS by kid.
 *   H(message_1) of 39           1     TH_2 of 68                2
 *   PRK_2e                       4     KEYSTREAM_2, 11 octets    4
 *   SALT_3e2m, PRK_3e2m          8     MAC_2: info of 138        3 + B(139) = 6
 *   TH_3 of 140                  3     K_3, IV_3                 8
 *   SALT_4e3m, PRK_4e3m          8     MAC_3: info of 149        3 + B(150) = 6
 *   TH_4 of 151                  3     PRK_out                   4
 *   K_4, IV_4                    8
 * message_3 seals 10 octets: 1 + 3 + 2 + 1; message_4 none: 1 + 3 + 1. The curve: an ephemeral key
 * pair, the other's from its x-coordinate, G_XY, G_RX and G_IY. */
static void trace_of_static_keys(void **state) {
  (void)state;
  static const struct costs expected = {
      {[NODE_PRIMITIVE_SHA256_BLOCK] = 1 + 2 + 4 + 4 + 8 + 6 + 3 + 8 + 8 + 6 + 3 + 4 + 8,
       [NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 2,
       [NODE_PRIMITIVE_AES_BLOCK] = 7 + 5,
       [NODE_PRIMITIVE_P256_KEYGEN] = 1,
       [NODE_PRIMITIVE_P256_DECOMPRESS] = 1,
       [NODE_PRIMITIVE_P256_ECDH] = 3}};
  struct trace trace;
  load(&trace, TRACE_STATIC_DH, "message_1 (second time)", &EC_LIBCRYPTO);
  count(trace.hooks);
  run_trace(&trace);
  assert_int_equal(trace.message[1].length, 39);
  for (unsigned side = 0; side < SIDES; side++)
    assert_costs(side, &expected);
}

/* RFC 9529 section 2: both ends sign with Ed25519, which is not counted, and know each other's
 * certificate by x5t.
 *   H(message_1) of 37           1     TH_2 of 68                2
 *   PRK_2e                       4     KEYSTREAM_2, 82 octets    4 + 5 + 5
 *   MAC_2: info of 299           3 + B(300) = 8
 *   TH_3 of 359                  6     K_3, IV_3                 8
 *   MAC_3: info of 297           3 + B(298) = 8
 *   TH_4 of 357                  6     PRK_out                   4
 *   K_4, IV_4                    8
 * message_3 seals 80 octets: 1 + 3 + 10 + 1. X25519: the key pair, and G_XY. */
static void trace_of_signatures(void **state) {
  (void)state;
  static const struct costs expected = {
      {[NODE_PRIMITIVE_SHA256_BLOCK] = 1 + 2 + 4 + 14 + 8 + 6 + 8 + 8 + 6 + 4 + 8,
       [NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 2,
       [NODE_PRIMITIVE_AES_BLOCK] = 15 + 5,
       [NODE_PRIMITIVE_X25519] = 2}};
  struct trace trace;
  load(&trace, TRACE_SIGNATURES, "message_1", &EC_LIBCRYPTO);
  count(trace.hooks);
  run_trace(&trace);
  for (unsigned side = 0; side < SIDES; side++)
    assert_costs(side, &expected);
}

/* Both sign with P-256 and have certificates of 290 octets, CRED_x 293 as a byte string.
 * x5t, ID_CRED_x 14: as the trace of signatures, but
 *   MAC_2: context 1 + 14 + 34 + 293, info 348: 3 + B(349) = 9;  MAC_3: one octet less: 9
 *   KEYSTREAM_2, 1 + 14 + 66 octets                               4 + 5 + 5
 *   TH_3 of 34 + 81 + 293, TH_4 of 34 + 80 + 293                  7 each
 *   what is signed ("Signature1" 11): 1 + 11 + 15 + 330 + 34      B(391) = 7, for each end
 * x5chain, ID_CRED_x 296 (its certificate is a byte string in a map):
 *   MAC_2: context 624, info 630: 3 + B(631) = 13;  MAC_3: 13
 *   KEYSTREAM_2, 1 + 296 + 66 octets: 12 times 32                 4 + 11 * 5
 *   TH_3 of 34 + 363 + 293, TH_4 of 34 + 362 + 293                11 each
 *   what is signed: 1 + 11 + 299 + 330 + 34                       B(675) = 11, for each end
 *   message_3 seals 362 octets                                    1 + 3 + 46 + 1
 * and the other's certificate is verified: its signature, over the 290 octets less 4 of the outer
 * head, 12 of the algorithm and 73 to 75 of the signature, which 4 compressions hash. */
static void certificates_and_signatures(void **state) {
  (void)state;
  static const struct costs expected[] = {
      [KIND_X5T] = {{[NODE_PRIMITIVE_SHA256_BLOCK] =
                         1 + 2 + 4 + 14 + 9 + 7 + 7 + 8 + 9 + 7 + 7 + 4 + 8,
                     [NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 2,
                     [NODE_PRIMITIVE_AES_BLOCK] = 15 + 5,
                     [NODE_PRIMITIVE_P256_KEYGEN] = 1,
                     [NODE_PRIMITIVE_P256_DECOMPRESS] = 1,
                     [NODE_PRIMITIVE_P256_ECDH] = 1,
                     [NODE_PRIMITIVE_P256_SIGN] = 1,
                     [NODE_PRIMITIVE_P256_VERIFY] = 1}},
      [KIND_X5CHAIN] = {{[NODE_PRIMITIVE_SHA256_BLOCK] =
                             1 + 2 + 4 + 59 + 13 + 11 + 11 + 8 + 13 + 11 + 11 + 4 + 8 + 4,
                         [NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 2,
                         [NODE_PRIMITIVE_AES_BLOCK] = 51 + 5,
                         [NODE_PRIMITIVE_P256_KEYGEN] = 1,
                         [NODE_PRIMITIVE_P256_DECOMPRESS] = 1,
                         [NODE_PRIMITIVE_P256_ECDH] = 1,
                         [NODE_PRIMITIVE_P256_SIGN] = 1,
                         [NODE_PRIMITIVE_P256_VERIFY] = 2}}};
  for (enum edhoc_world_kind kind = KIND_X5T; kind <= KIND_X5CHAIN; kind++) {
    struct edhoc_world world;
    edhoc_world_init(&world, 0, 2, kind);
    count(world.hooks);
    edhoc_world_run(&world);
    for (unsigned side = 0; side < SIDES; side++) {
      assert_int_equal(world.own[side].cred_length, 293);
      assert_int_equal(world.own[side].id_cred_length, kind == KIND_X5T ? 14 : 296);
      assert_costs(side, &expected[kind]);
    }
  }
}

/* The curve, of every method, suite and credential. Each end makes a key pair, and G_XY with the
 * other's key, which a device gets from its x-coordinate. Who has a static Diffie-Hellman key
 * proves it with one ECDH more, at both ends; who signs, with a signature that the other verifies.
 * A certificate by value costs who gets it another verification, by the key of who issued it; one
 * that is known, by whatever reference, none. X25519 has no decompression, and its key pair is a
 * multiplication like any. */
static void curve_operations(void **state) {
  (void)state;
  for (unsigned method = 0; method < EDHOC_METHODS; method++)
    for (int32_t suite = 0; suite < 4; suite++)
      for (enum edhoc_world_kind kind = KIND_KID; kind < KIND_COUNT; kind++) {
        const bool p256 = suite >= 2;
        if (!p256 && (method != 3 || kind != KIND_KID)) /* Ed25519 is not counted */
          continue;
        const bool signs[SIDES] = {method == 0 || method == 1, method == 0 || method == 2};
        const uint32_t products = 1u + !signs[INITIATOR] + !signs[RESPONDER];
        struct edhoc_world world;
        edhoc_world_init(&world, method, suite, kind);
        count(world.hooks);
        edhoc_world_run(&world);
        for (unsigned side = 0; side < SIDES; side++) {
          const uint32_t *of = counted[side].costs.of;
          assert_int_equal(of[NODE_PRIMITIVE_P256_KEYGEN], p256);
          assert_int_equal(of[NODE_PRIMITIVE_P256_DECOMPRESS], p256);
          assert_int_equal(of[NODE_PRIMITIVE_P256_ECDH], p256 ? products : 0);
          assert_int_equal(of[NODE_PRIMITIVE_X25519], p256 ? 0 : 1 + products);
          assert_int_equal(of[NODE_PRIMITIVE_P256_SIGN], signs[side]);
          assert_int_equal(of[NODE_PRIMITIVE_P256_VERIFY],
                           signs[1 - side] + (kind == KIND_X5CHAIN ? 1u : 0u));
        }
      }
}

/* PRK_exporter, info of label 1, context 1 and length 2, anew for each call, as who keeps PRK_out
 * alone does (RFC 9528 section 4.2.1): 4. EAP-EDHOC's MSK: label 2, context 3, length 2, 64 octets:
 * 4 + 4, and EMSK and Method-Id likewise. */
static void exporter(void **state) {
  (void)state;
  static const struct costs expected = {{[NODE_PRIMITIVE_SHA256_BLOCK] = 4 + 4 + 4}};
  struct edhoc_world world;
  uint8_t out[64];
  edhoc_world_init(&world, 3, 2, KIND_KID);
  edhoc_world_run(&world);
  count(world.hooks);
  for (unsigned side = 0; side < SIDES; side++) {
    assert_int_equal(
        edhoc_exporter(&world.side[side], 26, (const uint8_t[]){0x18, 0x39}, 2, out, sizeof out),
        0);
    assert_costs(side, &expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trace_of_static_keys),
      cmocka_unit_test(trace_of_signatures),
      cmocka_unit_test(certificates_and_signatures),
      cmocka_unit_test(curve_operations),
      cmocka_unit_test(exporter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
