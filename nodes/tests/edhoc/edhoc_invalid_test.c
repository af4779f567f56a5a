/* The invalid messages of RFC 9529, and more of their kind: refused with the right error and words,
 * the session aborted and wiped, and what the peer is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cbor/writer.h"
#include "edhoc/session.h"
#include "edhoc_vectors.h"
#include "edhoc_world.h"

/* After a refusal: aborted, and the error message says `reason`, or is `error_message`. */
static void assert_refused(struct edhoc *edhoc, int error, int expected, const char *reason,
                           const char *error_message) {
  uint8_t octets[256];
  size_t length;
  struct edhoc_peer_error peer_error;
  assert_int_equal(error, expected);
  assert_aborted(edhoc);
  assert_int_equal(edhoc->error, expected);
  assert_string_equal(edhoc_reason(edhoc), reason);
  assert_int_equal(edhoc_error_compose(edhoc, octets, sizeof octets, &length), 0);
  assert_true(edhoc_is_error(octets, length));
  assert_int_equal(edhoc_error_read(octets, length, &peer_error), 0);
  if (error_message != NULL) {
    assert_hex_equal(octets, length, error_message);
  } else {
    assert_int_equal(peer_error.code, EDHOC_ERROR_UNSPECIFIED);
    assert_memory_equal(peer_error.text, reason, strnlen(reason, EDHOC_ERROR_TEXT_MAX - 1));
  }
  assert_int_equal(edhoc_error_compose(edhoc, octets, sizeof octets, &length), NODE_ERR_BAD_STATE);
}

/* A responder of method 3 that supports `suite`, and works afterwards. */
static void refuse_message_1(int32_t suite, const struct hex *message, int expected,
                             const char *reason, const char *error_message) {
  struct edhoc_world world;
  edhoc_world_init(&world, 3, suite, KIND_KID);
  const int error = edhoc_world_give(&world, 1, message->octets, message->length);
  assert_refused(&world.side[RESPONDER], error, expected, reason, error_message);
  edhoc_world_start(&world);
  edhoc_world_run(&world);
  assert_true(edhoc_world_established(&world));
}

static void message_1_of_the_rfc(void **state) {
  (void)state;
  static const struct {
    const char *section;
    int32_t suite;
    int error;
    const char *reason, *error_message;
  } table[] = {
      {"Surplus array encoding of message", 2, NODE_ERR_MALFORMED, "malformed METHOD", NULL},
      {"Surplus bstr encoding of connection identifier", 2, NODE_ERR_MALFORMED, "malformed C_I",
       NULL},
      {"Surplus array encoding of ciphersuite", 2, NODE_ERR_MALFORMED, "malformed SUITES_I", NULL},
      {"Text string encoding of ephemeral key", 2, NODE_ERR_MALFORMED, "malformed G_X", NULL},
      {"Error in length of ephemeral key", 2, NODE_ERR_UNSUPPORTED, "cipher suite not supported",
       "0202"},
      {"Error in elliptic curve representation", 2, NODE_ERR_MALFORMED, "G_X is not a valid point",
       NULL},
      {"Error in elliptic curve point", 2, NODE_ERR_MALFORMED, "G_X is not a valid point", NULL},
      {"Curve point of low order", 0, NODE_ERR_MALFORMED, "G_X is not a valid point", NULL},
      {"Error in elliptic curve encoding", 2, NODE_ERR_MALFORMED, "wrong length of G_X", NULL},
      {"Unnecessary long encoding", 2, NODE_ERR_MALFORMED, "malformed METHOD", NULL},
      {"Indefinite-length array encoding", 2, NODE_ERR_MALFORMED, "malformed SUITES_I", NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex message = vector_value(TRACE_INVALID, table[i].section, "Invalid message_1");
    refuse_message_1(table[i].suite, &message, table[i].error, table[i].reason,
                     table[i].error_message);
  }
}

#define G_X "5820741a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa9"

static void other_messages_1(void **state) {
  (void)state;
  static const struct {
    const char *message;
    int error;
    const char *reason, *error_message;
  } table[] = {
      {"", NODE_ERR_MALFORMED, "malformed METHOD", NULL},
      {"f6", NODE_ERR_MALFORMED, "malformed METHOD", NULL},
      {"0002" G_X "0e", NODE_ERR_UNSUPPORTED, "method not supported", NULL},
      {"0402" G_X "0e", NODE_ERR_UNSUPPORTED, "method not supported", NULL},
      {"2002" G_X "0e", NODE_ERR_UNSUPPORTED, "method not supported", NULL},
      {"182002" G_X "0e", NODE_ERR_UNSUPPORTED, "method not supported", NULL},
      {"1a0001000302" G_X "0e", NODE_ERR_UNSUPPORTED, "method not supported", NULL},
      {"0380" G_X "0e", NODE_ERR_MALFORMED, "malformed SUITES_I", NULL},
      {"0382024102" G_X "0e", NODE_ERR_MALFORMED, "malformed SUITES_I", NULL},
      {"03910505050505050505050505050505050502" G_X "0e", NODE_ERR_TOO_LONG, "malformed SUITES_I",
       NULL},
      {"03900505050505050505050505050505050503" G_X "0e", NODE_ERR_MALFORMED, "malformed G_X",
       NULL},
      {"0306" G_X "0e", NODE_ERR_UNSUPPORTED, "cipher suite not supported", "0202"},
      {"0337" G_X "0e", NODE_ERR_UNSUPPORTED, "cipher suite not supported", "0202"},
      {"03820206" G_X "0e", NODE_ERR_UNSUPPORTED, "cipher suite not supported", "0202"},
      {"03820202" G_X "0e", NODE_ERR_UNSUPPORTED, "a preferred cipher suite is supported", "0202"},
      {"0302" G_X, NODE_ERR_MALFORMED, "malformed C_I", NULL},
      {"0302" G_X "1818", NODE_ERR_MALFORMED, "malformed C_I", NULL},
      {"0302" G_X "3818", NODE_ERR_MALFORMED, "malformed C_I", NULL},
      {"0302" G_X "580100", NODE_ERR_MALFORMED, "malformed C_I", NULL},
      {"0302" G_X "60", NODE_ERR_MALFORMED, "malformed C_I", NULL},
      {"0302" G_X "5100000000000000000000000000000000ff", NODE_ERR_TOO_LONG, "C_I is too long",
       NULL},
      {"0302" G_X "0e40", NODE_ERR_MALFORMED, "malformed EAD", NULL},
      {"0302" G_X "0e6161", NODE_ERR_MALFORMED, "malformed EAD", NULL},
      {"0302" G_X "0e014000ff", NODE_ERR_MALFORMED, "malformed EAD", NULL},
      {"0302" G_X "0e1a00010000", NODE_ERR_MALFORMED, "malformed EAD", NULL},
      {"0302" G_X "0e3a00010000", NODE_ERR_MALFORMED, "malformed EAD", NULL},
      {"0302" G_X "0e000000000000000000", NODE_ERR_TOO_LONG, "malformed EAD", NULL},
      {"0302" G_X "0e20", NODE_ERR_UNSUPPORTED, "critical EAD item not processed", NULL},
      {"0302581f41a13d7ba048fbb615e94386aa3b61bea5b3d8f65f32620b749bee8d278efa0e",
       NODE_ERR_MALFORMED, "wrong length of G_X", NULL},
      {"030240 0e", NODE_ERR_MALFORMED, "wrong length of G_X", NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex message = hex(table[i].message);
    refuse_message_1(2, &message, table[i].error, table[i].reason, table[i].error_message);
  }
}

/* A configuration may have more bits than there are methods. */
static void methods_that_are_none(void **state) {
  (void)state;
  for (unsigned method = EDHOC_METHODS; method < 24; method++) {
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    world.config[RESPONDER].methods = 0xff;
    edhoc_world_start(&world);
    edhoc_world_advance(&world, 1);
    world.message[1].octets[0] = (uint8_t)method;
    const int error = edhoc_world_give(&world, 1, world.message[1].octets, world.message[1].length);
    assert_refused(&world.side[RESPONDER], error, NODE_ERR_UNSUPPORTED, "method not supported",
                   NULL);
  }
}

/* Well-formed, and not of this session. */
static void ciphertexts_that_are_wrong(void **state) {
  (void)state;
  for (unsigned number = 3; number <= WORLD_MESSAGES; number++) {
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    edhoc_world_advance(&world, number);
    struct edhoc_world_message *message = &world.message[number];
    message->octets[message->length - 1] ^= 1;
    int error = edhoc_world_give(&world, number, message->octets, message->length);
    assert_refused(edhoc_world_receiver(&world, number), error, NODE_ERR_VERIFY,
                   number == 3 ? "CIPHERTEXT_3 does not decrypt" : "CIPHERTEXT_4 does not decrypt",
                   NULL);
    edhoc_world_start(&world);
    edhoc_world_advance(&world, number);
    error = edhoc_world_give(&world, number, (const uint8_t *)"\x47\0\0\0\0\0\0\0", 8);
    assert_refused(edhoc_world_receiver(&world, number), error, NODE_ERR_MALFORMED,
                   number == 3 ? "CIPHERTEXT_3 does not decrypt" : "CIPHERTEXT_4 does not decrypt",
                   NULL);
  }
}

static void messages_that_are_too_long(void **state) {
  (void)state;
  static uint8_t octets[EDHOC_MESSAGE_MAX + 1];
  for (unsigned number = 1; number <= WORLD_MESSAGES; number++) {
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    edhoc_world_advance(&world, number);
    const int error = edhoc_world_give(&world, number, octets, sizeof octets);
    assert_refused(edhoc_world_receiver(&world, number), error, NODE_ERR_TOO_LONG,
                   "message is too long", NULL);
  }
}

/* An initiator that awaits message_2, with a responder whose next step is known. */
static void await_message_2(struct edhoc_world *world, struct edhoc *step) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO, .hooks = &world->hooks[RESPONDER]};
  edhoc_world_init(world, 3, 2, KIND_KID);
  edhoc_world_advance(world, 1);
  assert_int_equal(edhoc_world_give(world, 1, world->message[1].octets, world->message[1].length),
                   0);
  *step = world->side[RESPONDER];
  assert_int_equal(ec_generate(&ec, EC_P256, step->private, &step->own_public), 0);
  assert_int_equal(edhoc_derive_2e(step), 0);
}

/* message_2 with this plaintext, rightly encrypted. */
static struct edhoc_world_message message_2_of(const struct edhoc *step,
                                               const struct hex *plaintext) {
  struct edhoc_world_message message;
  uint8_t text[HEX_OCTETS_MAX];
  struct span_writer out;
  memcpy(text, plaintext->octets, plaintext->length);
  assert_int_equal(edhoc_keystream_2(NULL, step->prk, step->th, text, plaintext->length), 0);
  span_writer_init(&out, message.octets, sizeof message.octets, NULL);
  cbor_put_bytes_head(&out, EC_LENGTH + plaintext->length);
  cbor_put_encoded(&out, step->own_public.x, EC_LENGTH);
  cbor_put_encoded(&out, text, plaintext->length);
  message.length = out.length;
  return message;
}

static void refuse_plaintext_2(const struct hex *plaintext, int expected, const char *reason,
                               const char *error_message) {
  struct edhoc_world world;
  struct edhoc step;
  await_message_2(&world, &step);
  const struct edhoc_world_message message = message_2_of(&step, plaintext);
  const int error = edhoc_world_give(&world, 2, message.octets, message.length);
  assert_refused(&world.side[INITIATOR], error, expected, reason, error_message);
}

static void plaintext_2_of_the_rfc(void **state) {
  (void)state;
  static const struct {
    const char *section, *reason;
  } table[] = {
      {"Surplus map encoding of ID_CRED field", "ID_CRED with kid is not compact"},
      {"Surplus bstr encoding of ID_CRED field", "malformed ID_CRED"},
      {"Error in length of MAC", "Signature_or_MAC_2 is wrong"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex plaintext =
        vector_value(TRACE_INVALID, table[i].section, "Invalid PLAINTEXT_2");
    refuse_plaintext_2(&plaintext, NODE_ERR_MALFORMED, table[i].reason, NULL);
  }
}

static void other_plaintexts_2(void **state) {
  (void)state;
  static const struct {
    const char *plaintext;
    int error;
    const char *reason, *error_message;
  } table[] = {
      {"", NODE_ERR_MALFORMED, "malformed C_R", NULL},
      {"412732480943305c899f5c54", NODE_ERR_MALFORMED, "malformed C_R", NULL},
      {"5100000000000000000000000000000000ff32480943305c899f5c54", NODE_ERR_TOO_LONG,
       "C_R is too long", NULL},
      {"27", NODE_ERR_MALFORMED, "malformed ID_CRED", NULL},
      {"27a10432480943305c899f5c54", NODE_ERR_UNKNOWN, "unknown credential", "03f5"},
      {"27a2044132480943305c899f5c54", NODE_ERR_MALFORMED, "malformed ID_CRED", NULL},
      {"278132480943305c899f5c54", NODE_ERR_MALFORMED, "malformed ID_CRED", NULL},
      {"2732", NODE_ERR_MALFORMED, "malformed Signature_or_MAC", NULL},
      {"273200", NODE_ERR_MALFORMED, "malformed Signature_or_MAC", NULL},
      {"273258080943305c899f5c54", NODE_ERR_MALFORMED, "malformed Signature_or_MAC", NULL},
      {"2732470943305c899f5c", NODE_ERR_MALFORMED, "Signature_or_MAC_2 is wrong", NULL},
      {"2732490943305c899f5c5454", NODE_ERR_MALFORMED, "Signature_or_MAC_2 is wrong", NULL},
      {"2732480943305c899f5c54", NODE_ERR_VERIFY, "Signature_or_MAC_2 is wrong", NULL},
      {"2733480943305c899f5c54", NODE_ERR_UNKNOWN, "unknown credential", "03f5"},
      {"2732480943305c899f5c54f6", NODE_ERR_MALFORMED, "malformed EAD", NULL},
      {"27a11821814100480943305c899f5c54", NODE_ERR_MALFORMED, "malformed certificate chain", NULL},
      {"27a11821423000480943305c899f5c54", NODE_ERR_MALFORMED, "certificate is not valid", NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex plaintext = hex(table[i].plaintext);
    refuse_plaintext_2(&plaintext, table[i].error, table[i].reason, table[i].error_message);
  }
}

static void message_2_of_the_rfc(void **state) {
  (void)state;
  const struct hex two_items =
      vector_value(TRACE_INVALID, "Wrong number of CBOR sequence elements", "Invalid message_2");
  struct edhoc_world world;
  struct edhoc step;
  await_message_2(&world, &step);
  const int error = edhoc_world_give(&world, 2, two_items.octets, two_items.length);
  assert_refused(&world.side[INITIATOR], error, NODE_ERR_MALFORMED,
                 "message is not one byte string", NULL);
}

static void other_messages_2(void **state) {
  (void)state;
  static const struct {
    const char *message, *reason;
  } table[] = {
      {"", "message is not one byte string"},
      {"40", "message_2 is too short"},
      {"581f00000000000000000000000000000000000000000000000000000000000000", /* 31 */
       "message_2 is too short"},
      {"5820ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
       "G_Y is not a valid point"},
      {"5820a04e73601df544a70ba7ea1e57030f7d4b4eb7f673924e58d54ca77a5e7d4d4a",
       "G_Y is not a valid point"},
      {"5820419701d7f00a26c2dc587a36dd752549f33763c893422c8ea0f955a13a4ff5d5", "malformed C_R"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex message = hex(table[i].message);
    struct edhoc_world world;
    struct edhoc step;
    await_message_2(&world, &step);
    const int error = edhoc_world_give(&world, 2, message.octets, message.length);
    assert_refused(&world.side[INITIATOR], error, NODE_ERR_MALFORMED, table[i].reason, NULL);
  }
}

/* message_3 or _4 of this plaintext, rightly encrypted. */
static struct edhoc_world_message sealed(const struct edhoc *sender, enum edhoc_label label,
                                         const struct hex *plaintext) {
  struct edhoc_aead aead;
  struct edhoc_world_message message;
  struct span_writer out;
  uint8_t ciphertext[HEX_OCTETS_MAX + 16];
  assert_int_equal(edhoc_aead_derive(NULL, sender->suite, sender->prk, label, sender->th, &aead),
                   0);
  assert_int_equal(edhoc_aead_seal(NULL, &aead, plaintext->octets, plaintext->length, ciphertext),
                   0);
  span_writer_init(&out, message.octets, sizeof message.octets, NULL);
  cbor_put_bytes(&out, ciphertext, plaintext->length + aead.tag_length);
  message.length = out.length;
  return message;
}

static void plaintexts_3(void **state) {
  (void)state;
  static const struct {
    const char *plaintext;
    int error;
    const char *reason, *error_message;
  } table[] = {
      {"", NODE_ERR_MALFORMED, "malformed ID_CRED", NULL},
      {"412b48623c91df41e34c2f", NODE_ERR_MALFORMED, "malformed ID_CRED", NULL},
      {"a104412b48623c91df41e34c2f", NODE_ERR_MALFORMED, "ID_CRED with kid is not compact", NULL},
      {"2b", NODE_ERR_MALFORMED, "malformed Signature_or_MAC", NULL},
      {"2b47623c91df41e34c", NODE_ERR_MALFORMED, "Signature_or_MAC_3 is wrong", NULL},
      {"2b48623c91df41e34c2f", NODE_ERR_VERIFY, "Signature_or_MAC_3 is wrong", NULL},
      {"3248623c91df41e34c2f", NODE_ERR_UNKNOWN, "unknown credential", "03f5"},
      {"2b48623c91df41e34c2f4100", NODE_ERR_MALFORMED, "malformed EAD", NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex plaintext = hex(table[i].plaintext);
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    edhoc_world_advance(&world, 2);
    assert_int_equal(edhoc_world_give(&world, 2, world.message[2].octets, world.message[2].length),
                     0);
    const struct edhoc_world_message message =
        sealed(&world.side[INITIATOR], EDHOC_K_3, &plaintext);
    const int error = edhoc_world_give(&world, 3, message.octets, message.length);
    assert_refused(&world.side[RESPONDER], error, table[i].error, table[i].reason,
                   table[i].error_message);
  }
}

static void plaintexts_4(void **state) {
  (void)state;
  static const struct {
    const char *plaintext;
    int error;
    const char *reason;
  } table[] = {
      {"00", 0, ""},
      {"0141aa", 0, ""},
      {"20", NODE_ERR_UNSUPPORTED, "critical EAD item not processed"},
      {"40", NODE_ERR_MALFORMED, "malformed EAD"},
      {"1800", NODE_ERR_MALFORMED, "malformed EAD"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex plaintext = hex(table[i].plaintext);
    struct edhoc_world world;
    edhoc_world_init(&world, 3, 2, KIND_KID);
    edhoc_world_advance(&world, 3);
    assert_int_equal(edhoc_world_give(&world, 3, world.message[3].octets, world.message[3].length),
                     0);
    const struct edhoc_world_message message =
        sealed(&world.side[RESPONDER], EDHOC_K_4, &plaintext);
    const int error = edhoc_world_give(&world, 4, message.octets, message.length);
    if (table[i].error == 0)
      assert_int_equal(error, 0);
    else
      assert_refused(&world.side[INITIATOR], error, table[i].error, table[i].reason, NULL);
  }
}

/* The peer's key is of another kind, of another curve, or no point. */
static void edhoc_credentials_that_do_not_serve(void **state) {
  (void)state;
  struct edhoc_world world;
  edhoc_world_init(&world, 3, 2, KIND_KID);
  world.known[RESPONDER].public.curve = EC_X25519;
  edhoc_world_advance(&world, 2);
  int error = edhoc_world_give(&world, 2, world.message[2].octets, world.message[2].length);
  assert_refused(&world.side[INITIATOR], error, NODE_ERR_UNSUPPORTED,
                 "credential does not fit the cipher suite", NULL);
  edhoc_world_init(&world, 3, 2, KIND_KID);
  world.known[RESPONDER].public.y[0] ^= 1;
  edhoc_world_advance(&world, 2);
  error = edhoc_world_give(&world, 2, world.message[2].octets, world.message[2].length);
  assert_refused(&world.side[INITIATOR], error, NODE_ERR_MALFORMED, "G_R is not a valid point",
                 NULL);
  edhoc_world_init(&world, 3, 2, KIND_KID);
  world.known[INITIATOR].public.y[0] ^= 1;
  edhoc_world_advance(&world, 3);
  error = edhoc_world_give(&world, 3, world.message[3].octets, world.message[3].length);
  assert_refused(&world.side[RESPONDER], error, NODE_ERR_MALFORMED, "G_I is not a valid point",
                 NULL);
}

/* Who has not the private key, or shows another CRED_x, is not believed. */
static void impostors(void **state) {
  (void)state;
  for (unsigned method = 0; method < EDHOC_METHODS; method++)
    for (unsigned side = 0; side < SIDES; side++)
      for (unsigned wrong_cred = 0; wrong_cred < 2; wrong_cred++) {
        const unsigned number = side == INITIATOR ? 3 : 2;
        uint8_t other[EDHOC_CRED_MAX];
        struct edhoc_world world;
        edhoc_world_init(&world, method, 2, KIND_KID);
        if (wrong_cred) {
          struct edhoc_credential *known = &world.known[side];
          memcpy(other, known->cred, known->cred_length);
          other[4] ^= 1; /* a letter of the subject */
          known->cred = other;
        } else {
          world.private[side][31] ^= 1;
        }
        edhoc_world_advance(&world, number);
        const int error = edhoc_world_give(&world, number, world.message[number].octets,
                                           world.message[number].length);
        assert_refused(edhoc_world_receiver(&world, number), error, NODE_ERR_VERIFY,
                       number == 2 ? "Signature_or_MAC_2 is wrong" : "Signature_or_MAC_3 is wrong",
                       NULL);
      }
}

static void invalid_certificates_by_value(void **state) {
  (void)state;
  struct edhoc_world world, other;
  edhoc_world_init(&world, 0, 2, KIND_X5CHAIN);
  world.config[INITIATOR].anchors_count = 0;
  edhoc_world_advance(&world, 2);
  int error = edhoc_world_give(&world, 2, world.message[2].octets, world.message[2].length);
  assert_refused(&world.side[INITIATOR], error, NODE_ERR_UNKNOWN,
                 "certificate from an unknown authority", NULL);
  /* An anchor of the same name with another key. */
  edhoc_world_init(&world, 0, 2, KIND_X5CHAIN);
  edhoc_world_init(&other, 0, 2, KIND_X5CHAIN);
  const struct certify request = {
      .issuer = "root",
      .subject = "root",
      .issuer_private = other.private[INITIATOR],
      .public = &other.own[INITIATOR].public,
      .authority = true,
  };
  world.root.length = certify(&request, world.root_der);
  edhoc_world_advance(&world, 2);
  error = edhoc_world_give(&world, 2, world.message[2].octets, world.message[2].length);
  assert_refused(&world.side[INITIATOR], error, NODE_ERR_VERIFY, "certificate is not valid", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(message_1_of_the_rfc),
      cmocka_unit_test(other_messages_1),
      cmocka_unit_test(methods_that_are_none),
      cmocka_unit_test(ciphertexts_that_are_wrong),
      cmocka_unit_test(messages_that_are_too_long),
      cmocka_unit_test(plaintext_2_of_the_rfc),
      cmocka_unit_test(other_plaintexts_2),
      cmocka_unit_test(message_2_of_the_rfc),
      cmocka_unit_test(other_messages_2),
      cmocka_unit_test(plaintexts_3),
      cmocka_unit_test(plaintexts_4),
      cmocka_unit_test(edhoc_credentials_that_do_not_serve),
      cmocka_unit_test(impostors),
      cmocka_unit_test(invalid_certificates_by_value),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(edhoc_vectors());
  return failed;
}
