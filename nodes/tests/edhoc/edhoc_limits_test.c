/* The longest messages, identifiers, certificates and exports, and one octet more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cbor/writer.h"
#include "edhoc/session.h"
#include "edhoc_world.h"

/* Padding that makes message `number` EDHOC_MESSAGE_MAX octets long, or `more`. */
static void longest_message(unsigned number, size_t more) {
  static uint8_t octets[EDHOC_MESSAGE_MAX];
  struct edhoc_world plain, world;
  edhoc_world_init(&plain, 3, 2, KIND_KID);
  edhoc_world_run(&plain);
  /* The head of the padding takes 4 octets, that of the message's byte string grows to 3. */
  const size_t length = plain.message[number].length;
  const size_t head = number == 1 ? 0 : 3 - (length >= 24 ? 2 : 1);
  const struct edhoc_ead padding = {.value = octets,
                                    .length = EDHOC_MESSAGE_MAX + more - length - head - 4};
  edhoc_world_init(&world, 3, 2, KIND_KID);
  world.ead[number] = &padding;
  world.ead_count[number] = 1;
  if (number > 1) {
    edhoc_world_advance(&world, number - 1);
    assert_int_equal(edhoc_world_give(&world, number - 1, world.message[number - 1].octets,
                                      world.message[number - 1].length),
                     0);
  }
  assert_int_equal(edhoc_world_compose(&world, number), more > 0 ? NODE_ERR_TOO_LONG : 0);
  if (more > 0)
    return;
  assert_int_equal(world.message[number].length, EDHOC_MESSAGE_MAX);
  assert_int_equal(
      edhoc_world_give(&world, number, world.message[number].octets, world.message[number].length),
      0);
  for (unsigned next = number + 1; next <= WORLD_MESSAGES; next++) {
    assert_int_equal(edhoc_world_compose(&world, next), 0);
    assert_int_equal(
        edhoc_world_give(&world, next, world.message[next].octets, world.message[next].length), 0);
  }
  assert_true(edhoc_world_established(&world));
}

static void longest_messages(void **state) {
  (void)state;
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++)
    for (size_t more = 0; more < 2; more++)
      longest_message(number, more);
}

/* A responder takes message_3 of this plaintext, rightly encrypted; the reason for its refusal. */
static const char *refuse_plaintext_3(struct edhoc_world *world,
                                      const struct span_writer *plaintext, int expected) {
  struct edhoc_aead aead;
  uint8_t ciphertext[EDHOC_MESSAGE_MAX], octets[EDHOC_MESSAGE_MAX];
  struct span_writer out;
  edhoc_world_init(world, 3, 2, KIND_KID);
  edhoc_world_advance(world, 2);
  assert_int_equal(edhoc_world_give(world, 2, world->message[2].octets, world->message[2].length),
                   0);
  const struct edhoc *sender = &world->side[INITIATOR];
  assert_int_equal(
      edhoc_aead_derive(NULL, sender->suite, sender->prk, EDHOC_K_3, sender->th, &aead), 0);
  assert_int_equal(edhoc_aead_seal(NULL, &aead, plaintext->data, plaintext->length, ciphertext), 0);
  span_writer_init(&out, octets, sizeof octets, NULL);
  cbor_put_bytes(&out, ciphertext, plaintext->length + aead.tag_length);
  assert_int_equal(edhoc_world_give(world, 3, octets, out.length), expected);
  assert_aborted(&world->side[RESPONDER]);
  return edhoc_reason(&world->side[RESPONDER]);
}

static void identifiers_of_credentials(void **state) {
  (void)state;
  static const uint8_t octets[EDHOC_MESSAGE_MAX];
  for (size_t more = 0; more < 2; more++) {
    uint8_t data[EDHOC_MESSAGE_MAX];
    struct span_writer plaintext;
    struct edhoc_world world;
    span_writer_init(&plaintext, data, sizeof data, NULL);
    cbor_put_bytes(&plaintext, octets, EDHOC_ID_CRED_MAX - 5 + more); /* kid */
    cbor_put_bytes(&plaintext, octets, 8);
    assert_string_equal(
        refuse_plaintext_3(&world, &plaintext, more > 0 ? NODE_ERR_TOO_LONG : NODE_ERR_UNKNOWN),
        more > 0 ? "ID_CRED is too long" : "unknown credential");
  }
}

static void longest_certificates(void **state) {
  (void)state;
  static const uint8_t octets[EDHOC_MESSAGE_MAX];
  for (size_t more = 0; more < 2; more++) {
    uint8_t data[EDHOC_MESSAGE_MAX];
    struct span_writer plaintext;
    struct edhoc_world world;
    span_writer_init(&plaintext, data, sizeof data, NULL);
    cbor_put_map(&plaintext, 1);
    cbor_put_int(&plaintext, EDHOC_HEADER_X5CHAIN);
    cbor_put_bytes(&plaintext, octets, EDHOC_CRED_MAX - 3 + more);
    cbor_put_bytes(&plaintext, octets, 8);
    assert_string_equal(
        refuse_plaintext_3(&world, &plaintext, more > 0 ? NODE_ERR_TOO_LONG : NODE_ERR_MALFORMED),
        more > 0 ? "certificate is too long" : "certificate is not valid");
  }
}

static void exports(void **state) {
  (void)state;
  static uint8_t context[EDHOC_CONTEXT_MAX + 1], out[255 * EDHOC_HASH_LENGTH + 1];
  struct edhoc_world world;
  edhoc_world_init(&world, 3, 2, KIND_KID);
  edhoc_world_run(&world);
  struct edhoc *edhoc = &world.side[INITIATOR];
  assert_int_equal(edhoc_exporter(edhoc, 65535, context, 1, out, 1), 0);
  assert_int_equal(edhoc_exporter(edhoc, 65536, context, 1, out, 1), NODE_ERR_TOO_LONG);
  assert_int_equal(edhoc_exporter(edhoc, 0, context, 1, out, sizeof out - 1), 0);
  assert_int_equal(edhoc_exporter(edhoc, 0, context, 1, out, sizeof out), NODE_ERR_TOO_LONG);
  assert_int_equal(edhoc_exporter(edhoc, 0, context, sizeof context - 1, out, 1), 0);
  assert_int_equal(edhoc_exporter(edhoc, 0, context, sizeof context, out, 1), NODE_ERR_TOO_LONG);
  assert_int_equal(edhoc_key_update(edhoc, context, sizeof context), NODE_ERR_TOO_LONG);
  assert_false(is_zero(edhoc->prk_out, sizeof edhoc->prk_out));
}

/* What is authenticated outgrows its buffer before any message does. */
static void proofs(void **state) {
  (void)state;
  static const uint8_t octets[EDHOC_CONTEXT_MAX], key[EC_LENGTH] = {1};
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  const struct edhoc_suite *suite = edhoc_suite_find(2);
  uint8_t mac[EDHOC_PROOF_MAX], th[EDHOC_HASH_LENGTH] = {0};
  struct ec_public public;
  assert_int_equal(ec_derive(&ec, EC_P256, key, &public), 0);
  /* context_3 has 34 octets besides CRED, Sig_structure 84. */
  static const struct {
    const struct edhoc_proof_kind *kind;
    size_t longest;
  } table[] = {{&EDHOC_PROOF_STATIC, EDHOC_CONTEXT_MAX - 34},
               {&EDHOC_PROOF_SIGNATURE, EDHOC_CONTEXT_MAX - 84}};
  for (size_t i = 0; i < 2; i++)
    for (size_t more = 0; more < 2; more++) {
      const struct edhoc_proof proof = {
          .label = EDHOC_MAC_3,
          .kind = table[i].kind,
          .th = th,
          .cred = octets,
          .cred_length = table[i].longest + more,
      };
      const int expected = more > 0 ? NODE_ERR_TOO_LONG : 0;
      assert_int_equal(edhoc_proof_compose(&ec, suite, &proof, th, key, mac), expected);
      assert_int_equal(
          edhoc_proof_verify(&ec, suite, &proof, th, &public, mac, proof.kind->length(suite)),
          expected);
    }
  assert_int_equal(edhoc_th_next(NULL, th, octets, EDHOC_CONTEXT_MAX - 34, octets, 0, th), 0);
  assert_int_equal(edhoc_th_next(NULL, th, octets, EDHOC_CONTEXT_MAX - 34, octets, 1, th),
                   NODE_ERR_TOO_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(longest_messages),
      cmocka_unit_test(identifiers_of_credentials),
      cmocka_unit_test(longest_certificates),
      cmocka_unit_test(exports),
      cmocka_unit_test(proofs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
