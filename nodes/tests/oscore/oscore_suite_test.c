/* OSCORE with each cipher suite against a second implementation (second/second.h): contexts,
 * requests and responses in both directions; what is refused, and what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hex.h"
#include "oscore/oscore.h"
#include "second.h"
#include "seeded.h"

enum { SALT = 8, TEXT_MAX = 100, ROUNDS = 300 };

/* The registry "CoAP-EAP Cipher Suites", with the values of COSE's. */
static const struct {
  int32_t cose_aead, cose_hash;
  size_t key, nonce, tag, id_max, context_bytes;
  bool refused;
} REGISTRY[] = {
    {10, -16, 16, 13, 8, 7, 376, false}, /* a context had 376 octets before there were suites */
    {1, -16, 16, 12, 16, 6, 376, false},           {3, -43, 32, 12, 16, 6, 376 + 2 * 16, false},
    {24, -16, 32, 12, 16, 6, 376 + 2 * 16, false}, {24, -45, 32, 12, 16, 6, 0, true},
};
enum { REGISTRY_COUNT = sizeof REGISTRY / sizeof REGISTRY[0] };

static void table(void **state) {
  (void)state;
  for (int32_t i = 0; i < REGISTRY_COUNT; i++) {
    const struct oscore_suite *suite = oscore_suite_find(i);
    assert_non_null(suite);
    assert_int_equal(suite->number, i);
    assert_int_equal(suite->cose_aead, REGISTRY[i].cose_aead);
    assert_int_equal(suite->cose_hash, REGISTRY[i].cose_hash);
    assert_int_equal(suite->key_length, REGISTRY[i].key);
    assert_int_equal(suite->secret_length, REGISTRY[i].key);
    assert_int_equal(suite->nonce_length, REGISTRY[i].nonce);
    assert_int_equal(suite->tag_length, REGISTRY[i].tag);
    assert_int_equal(oscore_suite_id_max(suite), REGISTRY[i].id_max);
    assert_int_equal(suite->refused != NULL, REGISTRY[i].refused);
    const struct crypto_aead_lengths lengths = crypto_aead_lengths_of(suite->aead);
    assert_int_equal(lengths.key, suite->key_length);
    assert_int_equal(lengths.nonce, suite->nonce_length);
    assert_int_equal(lengths.tag, suite->tag_length);
  }
  assert_ptr_equal(oscore_suite_default(), oscore_suite_find(0));
  static const int32_t unknown[] = {-1, 5, 24, -65536, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
    assert_null(oscore_suite_find(unknown[i]));
}

/* Two ends, and what the second implementation makes of the same. */
struct ends {
  const struct oscore_suite *suite;
  uint8_t octets[300]; /* secret, salt, ID Context */
  struct oscore_parameters parameters;
  struct oscore_context peer, authenticator;
  struct second_context second;
};

static struct second_id second_id_of(const struct oscore_id *id) {
  struct second_id copy = {.length = id->length};
  memcpy(copy.octets, id->bytes, id->length);
  return copy;
}

static struct oscore_context derive(const struct oscore_parameters *parameters) {
  struct oscore_context context;
  assert_int_equal(oscore_context_derive(&context, parameters, NULL), 0);
  return context;
}

static void ends_derive(struct ends *ends) {
  const struct oscore_parameters *of_peer = &ends->parameters;
  struct oscore_parameters of_authenticator = *of_peer;
  of_authenticator.sender_id = of_peer->recipient_id;
  of_authenticator.recipient_id = of_peer->sender_id;
  ends->peer = derive(of_peer);
  ends->authenticator = derive(&of_authenticator);
  ends->second = (struct second_context){
      .suite = (unsigned)of_peer->suite->number,
      .secret = of_peer->master_secret,
      .secret_length = of_peer->master_secret_length,
      .salt = of_peer->master_salt,
      .salt_length = of_peer->master_salt_length,
      .peer = second_id_of(&of_peer->sender_id),
      .authenticator = second_id_of(&of_peer->recipient_id),
      .id_context = of_peer->id_context,
      .id_context_length = of_peer->id_context_length,
  };
}

static struct oscore_id random_id(struct seeded *seeded, size_t max) {
  struct oscore_id id = {.length = seeded_below(seeded, (uint32_t)max + 1)};
  seeded_bytes(seeded, id.bytes, id.length);
  return id;
}

/* Any lengths of secret, salt, IDs and ID Context. */
static void ends_random(struct ends *ends, int32_t number, struct seeded *seeded) {
  ends->suite = oscore_suite_find(number);
  seeded_bytes(seeded, ends->octets, sizeof ends->octets);
  const size_t secret = 1 + seeded_below(seeded, 80), salt = seeded_below(seeded, 150);
  const bool no_salt = seeded_below(seeded, 4) == 0, no_id_context = seeded_below(seeded, 2) == 0;
  ends->parameters = (struct oscore_parameters){
      .suite = ends->suite,
      .master_secret = ends->octets,
      .master_secret_length = secret,
      .master_salt = no_salt ? NULL : ends->octets + 80,
      .master_salt_length = no_salt ? 0 : salt,
      .id_context = no_id_context ? NULL : ends->octets + 230,
      .id_context_length = no_id_context ? 0 : seeded_below(seeded, 70),
  };
  do {
    ends->parameters.sender_id = random_id(seeded, oscore_suite_id_max(ends->suite));
    ends->parameters.recipient_id = random_id(seeded, oscore_suite_id_max(ends->suite));
  } while (oscore_id_equal(&ends->parameters.sender_id, &ends->parameters.recipient_id));
  ends_derive(ends);
}

static void ends_fixed(struct ends *ends, int32_t number) {
  ends->suite = oscore_suite_find(number);
  for (size_t i = 0; i < sizeof ends->octets; i++)
    ends->octets[i] = (uint8_t)i;
  ends->parameters = (struct oscore_parameters){
      .suite = ends->suite,
      .master_secret = ends->octets,
      .master_secret_length = ends->suite->secret_length,
      .master_salt = ends->octets + ends->suite->secret_length,
      .master_salt_length = SALT,
      .sender_id = {{1}, 1},
      .recipient_id = {{0}, 0},
  };
  ends_derive(ends);
}

/* Contexts */

static void contexts(void **state) {
  (void)state;
  struct seeded seeded = {.state = 32};
  for (int32_t i = 0; i < SECOND_SUITES; i++)
    for (size_t round = 0; round < ROUNDS; round++) {
      struct ends ends;
      uint8_t of_peer[SECOND_KEY_MAX], of_authenticator[SECOND_KEY_MAX], iv[SECOND_NONCE_MAX];
      ends_random(&ends, i, &seeded);
      second_key(&ends.second, true, of_peer);
      second_key(&ends.second, false, of_authenticator);
      second_common_iv(&ends.second, iv);
      assert_memory_equal(ends.peer.sender_key, of_peer, REGISTRY[i].key);
      assert_memory_equal(ends.peer.recipient_key, of_authenticator, REGISTRY[i].key);
      assert_memory_equal(ends.authenticator.sender_key, of_authenticator, REGISTRY[i].key);
      assert_memory_equal(ends.authenticator.recipient_key, of_peer, REGISTRY[i].key);
      assert_memory_equal(ends.peer.common_iv, iv, REGISTRY[i].nonce);
      assert_memory_equal(ends.authenticator.common_iv, iv, REGISTRY[i].nonce);
      assert_int_equal(oscore_context_bytes(&ends.peer), REGISTRY[i].context_bytes);
    }
}

/* That of no suite is that of number 0. */
static void default_suite(void **state) {
  (void)state;
  struct ends ends;
  ends_fixed(&ends, 0);
  const struct oscore_context named = ends.peer;
  ends.parameters.suite = NULL;
  const struct oscore_context unnamed = derive(&ends.parameters);
  assert_memory_equal(&named, &unnamed, sizeof named);
}

static void refused_parameters(void **state) {
  (void)state;
  for (int32_t i = 0; i < SECOND_SUITES; i++)
    for (size_t length = 0; length <= OSCORE_ID_MAX; length++) {
      struct ends ends;
      struct oscore_context context;
      ends_fixed(&ends, i);
      const int result = length <= REGISTRY[i].id_max ? 0 : NODE_ERR_BAD_CONFIG;
      ends.parameters.recipient_id = (struct oscore_id){.bytes = {2}, .length = length};
      assert_int_equal(oscore_context_derive(&context, &ends.parameters, NULL), result);
      ends.parameters.recipient_id = (struct oscore_id){.length = 0};
      ends.parameters.sender_id = (struct oscore_id){.bytes = {2}, .length = length};
      assert_int_equal(oscore_context_derive(&context, &ends.parameters, NULL),
                       length == 0 ? NODE_ERR_BAD_CONFIG : result);
    }
}

static void suite_without_its_hash(void **state) {
  (void)state;
  const struct oscore_suite *suite = oscore_suite_find(4);
  assert_string_equal(suite->refused, "cipher suite 4 needs SHAKE256, which the cryptographic "
                                      "library (mbedtls 2.28) does not have");
  struct ends ends;
  struct oscore_context context;
  ends_fixed(&ends, 3);
  ends.parameters.suite = suite;
  assert_int_equal(oscore_context_derive(&context, &ends.parameters, NULL), NODE_ERR_UNSUPPORTED);
}

/* Messages */

/* A message on its way: who sent it, and what its nonce comes from. */
struct passage {
  uint8_t sealed[NODE_DATAGRAM_MAX], opened[NODE_DATAGRAM_MAX], text[TEXT_MAX];
  struct span_list spans;
  struct coap_message inner, outer, arrived;
  struct oscore_binding sent, received;
  struct second_nonce request, own;
};

/* Code, one option where there is one, marker and payload (RFC 8613 section 5.3). */
static size_t plaintext_of(const struct coap_message *inner, uint8_t out[TEXT_MAX]) {
  size_t length = 0;
  out[length++] = inner->code;
  if (inner->option_count > 0) {
    out[length++] = 11 << 4 | 1;
    out[length++] = 'b';
  }
  if (inner->payload_length > 0) {
    out[length++] = 0xff;
    memcpy(out + length, inner->payload, inner->payload_length);
  }
  return length + inner->payload_length;
}

static void take_option(const struct coap_message *outer, struct second_nonce *nonce) {
  const struct coap_option *option = coap_message_find(outer, COAP_NUMBER_OSCORE);
  assert_non_null(option);
  second_piv(option->value, option->length, nonce);
}

/* The second opens what nodes/ made, and has made the same. */
static void assert_second(const struct ends *ends, bool from_peer, struct passage *passage) {
  uint8_t text[TEXT_MAX], opened[TEXT_MAX], sealed[TEXT_MAX + SECOND_TAG_MAX];
  const size_t length = plaintext_of(&passage->inner, text), tag = ends->suite->tag_length;
  const struct second_nonce *nonce =
      passage->own.piv_length > 0 ? &passage->own : &passage->request;
  assert_int_equal(passage->outer.payload_length, length + tag);
  assert_true(second_open(&ends->second, from_peer, nonce, &passage->request,
                          passage->outer.payload, passage->outer.payload_length, opened));
  assert_memory_equal(opened, text, length);
  assert_true(
      second_seal(&ends->second, from_peer, nonce, &passage->request, text, length, sealed));
  assert_memory_equal(sealed, passage->outer.payload, length + tag);
}

static void assert_arrived(const struct passage *passage) {
  assert_int_equal(passage->arrived.code, passage->inner.code);
  assert_int_equal(passage->arrived.option_count, passage->inner.option_count);
  assert_int_equal(passage->arrived.payload_length, passage->inner.payload_length);
  if (passage->inner.payload_length > 0)
    assert_memory_equal(passage->arrived.payload, passage->inner.payload,
                        passage->inner.payload_length);
}

static void passage_begin(struct passage *passage, uint8_t code, bool option, size_t length) {
  passage->spans.count = 0;
  passage->inner = (struct coap_message){
      .type = COAP_CON, .code = code, .payload = passage->text, .payload_length = length};
  if (option)
    coap_message_add_option(&passage->inner, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, "b", 1);
}

static int send_request(struct passage *passage, struct oscore_context *client) {
  return oscore_protect_request(client, NULL, &passage->inner, passage->sealed,
                                sizeof passage->sealed, &passage->spans, &passage->outer,
                                &passage->sent);
}

static int receive_request(struct passage *passage, struct oscore_context *server) {
  return oscore_unprotect_request(server, NULL, &passage->outer, passage->opened,
                                  sizeof passage->opened, &passage->arrived, &passage->received);
}

static int send_response(struct passage *passage, struct oscore_context *server, bool new_piv) {
  return oscore_protect_response(server, NULL, &passage->inner, new_piv, &passage->received,
                                 passage->sealed, sizeof passage->sealed, &passage->spans,
                                 &passage->outer);
}

static int receive_response(struct passage *passage, struct oscore_context *client) {
  return oscore_unprotect_response(client, NULL, &passage->outer, &passage->sent, passage->opened,
                                   sizeof passage->opened, &passage->arrived);
}

static void exchange(struct ends *ends, bool from_peer, bool new_piv, size_t length,
                     struct passage *passage) {
  struct oscore_context *client = from_peer ? &ends->peer : &ends->authenticator,
                        *server = from_peer ? &ends->authenticator : &ends->peer;
  passage_begin(passage, COAP_CODE_POST, true, length);
  assert_int_equal(send_request(passage, client), 0);
  passage->request.from_peer = passage->own.from_peer = from_peer;
  take_option(&passage->outer, &passage->request);
  passage->own = passage->request;
  assert_second(ends, from_peer, passage);
  assert_int_equal(receive_request(passage, server), 0);
  assert_arrived(passage);
  assert_int_equal(receive_request(passage, server), NODE_ERR_REPLAY);

  passage_begin(passage, COAP_CODE_CHANGED, false, length);
  assert_int_equal(send_response(passage, server, new_piv), 0);
  passage->own.from_peer = !from_peer;
  take_option(&passage->outer, &passage->own);
  assert_int_equal(passage->own.piv_length > 0, new_piv);
  assert_second(ends, !from_peer, passage);
  assert_int_equal(receive_response(passage, client), 0);
  assert_arrived(passage);
}

static void messages(void **state) {
  (void)state;
  struct seeded seeded = {.state = 8613};
  for (int32_t i = 0; i < SECOND_SUITES; i++)
    for (size_t round = 0; round < ROUNDS; round++) {
      static struct passage passage;
      struct ends ends;
      ends_random(&ends, i, &seeded);
      seeded_bytes(&seeded, passage.text, sizeof passage.text);
      const uint64_t sequence = UINT64_C(1) << seeded_below(&seeded, 40);
      ends.peer.sender_sequence = sequence - seeded_below(&seeded, 2);
      ends.authenticator.sender_sequence = sequence / 3;
      exchange(&ends, round % 2 == 0, round % 4 < 2, seeded_below(&seeded, 90), &passage);
      exchange(&ends, round % 2 != 0, round % 3 == 0, seeded_below(&seeded, 90), &passage);
    }
}

/* By hand: code 1, Uri-Path 2, marker 1 and 5 octets of payload, and the tag. */
static void lengths_on_the_wire(void **state) {
  (void)state;
  for (int32_t i = 0; i < SECOND_SUITES; i++) {
    static struct passage passage;
    struct ends ends;
    ends_fixed(&ends, i);
    passage_begin(&passage, COAP_CODE_POST, true, 5);
    assert_int_equal(send_request(&passage, &ends.peer), 0);
    assert_int_equal(passage.outer.payload_length, 1 + 2 + 1 + 5 + REGISTRY[i].tag);
    const struct span last = passage.spans.item[passage.spans.count - 1];
    assert_int_equal(last.row, ROW_OSCORE_TAG);
    assert_int_equal(last.length, REGISTRY[i].tag);
  }
}

static void every_bit_flipped(void **state) {
  (void)state;
  for (int32_t i = 0; i < SECOND_SUITES; i++) {
    static struct passage passage;
    struct ends ends;
    ends_fixed(&ends, i);
    passage_begin(&passage, COAP_CODE_POST, true, 5);
    assert_int_equal(send_request(&passage, &ends.peer), 0);
    const struct oscore_context before = ends.authenticator;
    uint8_t *octets = (uint8_t *)(uintptr_t)passage.outer.payload;
    for (size_t bit = 0; bit < 8 * passage.outer.payload_length; bit++) {
      octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
      assert_int_equal(receive_request(&passage, &ends.authenticator), NODE_ERR_VERIFY);
      assert_memory_equal(&ends.authenticator, &before, sizeof before);
      octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    const size_t length = passage.outer.payload_length;
    for (passage.outer.payload_length = 0; passage.outer.payload_length < length;
         passage.outer.payload_length++)
      assert_int_equal(receive_request(&passage, &ends.authenticator),
                       passage.outer.payload_length <= REGISTRY[i].tag ? NODE_ERR_MALFORMED
                                                                       : NODE_ERR_VERIFY);
    assert_int_equal(receive_request(&passage, &ends.authenticator), 0);
  }
}

/* No end of one suite takes what another has protected with the same secret. */
static void suites_do_not_mix(void **state) {
  (void)state;
  for (int32_t i = 0; i < SECOND_SUITES; i++)
    for (int32_t j = 0; j < SECOND_SUITES; j++) {
      static struct passage passage;
      struct ends ends;
      ends_fixed(&ends, i);
      passage_begin(&passage, COAP_CODE_POST, true, 20);
      assert_int_equal(send_request(&passage, &ends.peer), 0);
      ends.parameters.suite = oscore_suite_find(j);
      ends_derive(&ends);
      assert_int_equal(receive_request(&passage, &ends.authenticator),
                       i == j ? 0 : NODE_ERR_VERIFY);
    }
}

static void foreign_kid_is_unknown(void **state) {
  (void)state;
  for (int32_t i = 0; i < SECOND_SUITES; i++) {
    static struct passage passage;
    struct ends ends;
    ends_fixed(&ends, i);
    passage_begin(&passage, COAP_CODE_POST, true, 5);
    assert_int_equal(send_request(&passage, &ends.peer), 0);
    passage.outer.options[0].value = (const uint8_t *)"\x09\x00\x01\x02\x03\x04\x05\x06\x07";
    passage.outer.options[0].length = 9;
    assert_int_equal(receive_request(&passage, &ends.authenticator), NODE_ERR_UNKNOWN);
  }
}

/* Costs by hand */

static void suite_count_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  ((uint32_t *)context)[primitive] += blocks;
}

/* HKDF-Extract of the secret and three of HKDF-Expand over an info of 9 to 13 octets and the
 * block's number. Each HMAC: two compressions of pads and, as all of this fits into one block (of
 * 64 or 128 octets), one of the data and one of the hash. */
static void cost_of_a_context(void **state) {
  (void)state;
  static const enum node_primitive primitive[] = {
      NODE_PRIMITIVE_SHA256_BLOCK, NODE_PRIMITIVE_SHA256_BLOCK, NODE_PRIMITIVE_SHA512_BLOCK,
      NODE_PRIMITIVE_SHA256_BLOCK};
  for (int32_t i = 0; i < SECOND_SUITES; i++) {
    uint32_t costs[NODE_PRIMITIVE_COUNT] = {0}, expected[NODE_PRIMITIVE_COUNT] = {0};
    const struct node_hooks hooks = {.context = costs, .cost = suite_count_cost};
    struct ends ends;
    ends_fixed(&ends, i);
    expected[primitive[i]] = 4 * 4;
    assert_int_equal(oscore_context_derive(&ends.peer, &ends.parameters, &hooks), 0);
    assert_memory_equal(costs, expected, sizeof costs);
  }
}

/* A plaintext of 1 + 2 + 1 + 36 = 40 octets, 3 blocks of 16 and 1 of 64; an AAD of 20 octets and
 * the kid's 1, and for algorithm 24 one more, 2 blocks. CCM: 1 + 2 (23 octets with their length) +
 * 2 * 3
 * + 1. GCM: 2 + 3 of AES, 2 + 3 + 1 of GHASH. ChaCha20: 1 + 1; Poly1305: 2 + 3 + 1. */
static void cost_of_a_message(void **state) {
  (void)state;
  static const struct {
    enum node_primitive primitive;
    uint32_t blocks;
  } by_hand[SECOND_SUITES][3] = {
      {{NODE_PRIMITIVE_AES_KEY_SCHEDULE, 1}, {NODE_PRIMITIVE_AES_BLOCK, 10}},
      {{NODE_PRIMITIVE_AES_KEY_SCHEDULE, 1},
       {NODE_PRIMITIVE_AES_BLOCK, 5},
       {NODE_PRIMITIVE_GHASH_BLOCK, 6}},
      {{NODE_PRIMITIVE_AES256_KEY_SCHEDULE, 1},
       {NODE_PRIMITIVE_AES256_BLOCK, 5},
       {NODE_PRIMITIVE_GHASH_BLOCK, 6}},
      {{NODE_PRIMITIVE_CHACHA20_BLOCK, 2}, {NODE_PRIMITIVE_POLY1305_BLOCK, 6}},
  };
  for (int32_t i = 0; i < SECOND_SUITES; i++) {
    uint32_t costs[NODE_PRIMITIVE_COUNT] = {0}, expected[NODE_PRIMITIVE_COUNT] = {0};
    const struct node_hooks hooks = {.context = costs, .cost = suite_count_cost};
    static struct passage passage;
    struct ends ends;
    ends_fixed(&ends, i);
    for (size_t j = 0; j < 3; j++)
      expected[by_hand[i][j].primitive] += by_hand[i][j].blocks;
    passage_begin(&passage, COAP_CODE_POST, true, 36);
    assert_int_equal(oscore_protect_request(&ends.peer, &hooks, &passage.inner, passage.sealed,
                                            sizeof passage.sealed, &passage.spans, &passage.outer,
                                            &passage.sent),
                     0);
    assert_memory_equal(costs, expected, sizeof costs);
    memset(costs, 0, sizeof costs);
    assert_int_equal(oscore_unprotect_request(&ends.authenticator, &hooks, &passage.outer,
                                              passage.opened, sizeof passage.opened,
                                              &passage.arrived, &passage.received),
                     0);
    assert_memory_equal(costs, expected, sizeof costs);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table),
      cmocka_unit_test(contexts),
      cmocka_unit_test(default_suite),
      cmocka_unit_test(refused_parameters),
      cmocka_unit_test(suite_without_its_hash),
      cmocka_unit_test(messages),
      cmocka_unit_test(lengths_on_the_wire),
      cmocka_unit_test(every_bit_flipped),
      cmocka_unit_test(suites_do_not_mix),
      cmocka_unit_test(foreign_kid_is_unknown),
      cmocka_unit_test(cost_of_a_context),
      cmocka_unit_test(cost_of_a_message),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
