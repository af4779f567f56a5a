/* RFC 9529: every value of both traces, as initiator and as responder. A value that this test does
 * not compute makes it fail, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_trace.h"

typedef int trace_composer(struct edhoc *, const struct edhoc_ead *, size_t, uint8_t *, size_t,
                           size_t *);
typedef int trace_processor(struct edhoc *, const uint8_t *, size_t);

static trace_composer *const COMPOSE[] = {NULL, edhoc_message_1_compose, edhoc_message_2_compose,
                                          edhoc_message_3_compose, edhoc_message_4_compose};
static trace_processor *const PROCESS[] = {NULL, edhoc_message_1_process, edhoc_message_2_process,
                                           edhoc_message_3_process, edhoc_message_4_process};

static void trace_compose(struct trace *trace, unsigned number) {
  struct hex *message = &trace->message[number];
  char name[80];
  snprintf(name, sizeof name, "message_%u", number);
  assert_int_equal(COMPOSE[number](&trace->side[number % 2 == 0], NULL, 0, message->octets,
                                   sizeof message->octets, &message->length),
                   0);
  const char *section = number == 1 ? trace->section_1 : name;
  char full[80];
  snprintf(full, sizeof full, "message_%u (CBOR Sequence)", number);
  value(trace, section, full, message->octets, message->length);
  snprintf(full, sizeof full, "EAD_%u (CBOR Sequence)", number);
  value(trace, section, full, NULL, 0);
}

static void process(struct trace *trace, unsigned number) {
  assert_int_equal(PROCESS[number](&trace->side[number % 2], trace->message[number].octets,
                                   trace->message[number].length),
                   0);
}

/* Both sides hold the same. */
static void assert_shared(const struct trace *trace) {
  const struct edhoc *i = &trace->side[0], *r = &trace->side[1];
  assert_memory_equal(i->th, r->th, sizeof i->th);
  assert_memory_equal(i->prk, r->prk, sizeof i->prk);
  assert_memory_equal(i->prk_out, r->prk_out, sizeof i->prk_out);
}

static void check_message_1(struct trace *trace) {
  const struct edhoc *i = &trace->side[0];
  const char *section = trace->section_1;
  uint8_t item[8];
  struct span_writer out;
  trace_compose(trace, 1);
  value(trace, section, "METHOD (CBOR Data Item)", trace->message[1].octets, 1);
  span_writer_init(&out, item, sizeof item, NULL);
  edhoc_suites_put(&out, &trace->config[0].suites);
  value_of(trace, section, "SUITES_I (CBOR Data Item)", &out);
  value(trace, section, "X (Raw Value)", i->private, sizeof i->private);
  string(trace, section, "G_X", i->own_public.x, EC_LENGTH);
  identifier(trace, section, "C_I", &i->c_i);
  process(trace, 1);
  const json_t *y = vector_entry(trace->name, section, "(Raw Value)", 0);
  if (y == NULL)
    return;
  const struct hex expected = hex(vector_text(y, "hex"));
  struct ec ec = {.backend = NULL};
  struct ec_public public;
  assert_int_equal(ec_decompress(&ec, EC_P256, i->own_public.x, expected.octets[31] & 1, &public),
                   0);
  value(trace, section, "(Raw Value)", public.y, EC_LENGTH);
}

/* What proves the possession of a key: context, MAC, what is signed, and the result. */
static void check_proof(const struct trace *trace, const struct edhoc_proof *proof,
                        const uint8_t *prk, unsigned side, unsigned number) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  const struct edhoc_suite *suite = edhoc_suite_find(proof->kind == &EDHOC_PROOF_SIGNATURE ? 0 : 2);
  const char *section = AUTHENTICATION_SECTION[side];
  const size_t mac_length = proof->kind->mac_length(suite);
  uint8_t octets[HEX_OCTETS_MAX], mac[EDHOC_HASH_LENGTH], result[EDHOC_PROOF_MAX];
  uint8_t wrapped[HEX_OCTETS_MAX];
  char name[80];
  struct span_writer out, wrap;
  span_writer_init(&out, octets, sizeof octets, NULL);
  edhoc_context_put(&out, proof);
  snprintf(name, sizeof name, "context_%u (CBOR Sequence)", number);
  value_of(trace, section, name, &out);
  span_writer_init(&wrap, wrapped, sizeof wrapped, NULL);
  cbor_put_bytes(&wrap, octets, out.length);
  snprintf(name, sizeof name, "context_%u (CBOR byte string)", number);
  value_of(trace, section, name, &wrap);
  snprintf(name, sizeof name, "MAC_%u", number);
  info(trace, section, name, proof->label, octets, out.length, mac_length);
  assert_int_equal(edhoc_mac(NULL, proof, prk, mac, mac_length), 0);
  string(trace, section, name, mac, mac_length);
  span_writer_init(&out, octets, sizeof octets, NULL);
  edhoc_to_be_signed_put(&out, proof, mac, mac_length);
  snprintf(name, sizeof name, "Message to be signed %u (CBOR Data Item)", number);
  value_of(trace, section, name, &out);
  assert_int_equal(
      edhoc_proof_compose(&ec, suite, proof, prk, trace->credential[side].private, result), 0);
  snprintf(name, sizeof name, "Signature_or_MAC_%u", number);
  string(trace, section, name, result, proof->kind->length(suite));
}

static struct edhoc_proof proof_of(const struct trace *trace, unsigned side, const uint8_t *th) {
  const struct edhoc_credential *credential = &trace->credential[side];
  return (struct edhoc_proof){
      .label = side == 0 ? EDHOC_MAC_3 : EDHOC_MAC_2,
      .kind = trace->config[0].methods == 1 ? &EDHOC_PROOF_SIGNATURE : &EDHOC_PROOF_STATIC,
      .c_r = trace->side[1].c_r.bytes,
      .c_r_length = trace->side[1].c_r.length,
      .id_cred = credential->id_cred,
      .id_cred_length = credential->id_cred_length,
      .th = th,
      .cred = credential->cred,
      .cred_length = credential->cred_length,
  };
}

static void check_credential(const struct trace *trace, unsigned side) {
  const char *section = AUTHENTICATION_SECTION[side];
  const struct edhoc_credential *credential = &trace->credential[side];
  char name[80];
  snprintf(name, sizeof name, "SK_%s (Raw Value)", SIDE[side]);
  value(trace, section, name, credential->private, EC_LENGTH);
  snprintf(name, sizeof name, "ID_CRED_%s (CBOR Data Item)", SIDE[side]);
  value(trace, section, name, credential->id_cred, credential->id_cred_length);
  snprintf(name, sizeof name, "CRED_%s (CBOR Data Item)", SIDE[side]);
  value(trace, section, name, credential->cred, credential->cred_length);
  struct cbor_reader reader;
  const uint8_t *der;
  size_t length;
  cbor_reader_init(&reader, credential->cred, credential->cred_length);
  snprintf(name, sizeof name, "CRED_%s (Raw Value)", SIDE[side]);
  if (cbor_get_bytes(&reader, &der, &length) == 0)
    value(trace, section, name, der, length);
}

/* The input of a transcript hash, and the hash. */
static void check_th(const struct trace *trace, const char *section, const char *name,
                     const struct span_writer *input, const uint8_t *th) {
  char full[80];
  uint8_t hash[EDHOC_HASH_LENGTH];
  snprintf(full, sizeof full, "Input to calculate %s (CBOR Sequence)", name);
  value_of(trace, section, full, input);
  assert_int_equal(crypto_sha256(NULL, input->data, input->length, hash), 0);
  assert_memory_equal(hash, th, sizeof hash);
  string(trace, section, name, th, EDHOC_HASH_LENGTH);
}

/* Returns the length of PLAINTEXT_2. */
static size_t check_ciphertext_2(const struct trace *trace, const uint8_t *prk_2e,
                                 const uint8_t *th_2, uint8_t *plaintext) {
  const struct hex *message = &trace->message[2];
  const uint8_t *bytes;
  size_t length;
  uint8_t keystream[HEX_OCTETS_MAX] = {0};
  struct cbor_reader reader;
  cbor_reader_init(&reader, message->octets, message->length);
  assert_int_equal(cbor_get_bytes(&reader, &bytes, &length), 0);
  length -= EC_LENGTH;
  info(trace, "message_2", "KEYSTREAM_2", EDHOC_KEYSTREAM_2, th_2, EDHOC_HASH_LENGTH, length);
  assert_int_equal(edhoc_keystream_2(NULL, prk_2e, th_2, keystream, length), 0);
  value(trace, "message_2", "KEYSTREAM_2 (Raw Value)", keystream, length);
  value(trace, "message_2", "CIPHERTEXT_2 (Raw Value)", bytes + EC_LENGTH, length);
  memcpy(plaintext, bytes + EC_LENGTH, length);
  assert_int_equal(edhoc_keystream_2(NULL, prk_2e, th_2, plaintext, length), 0);
  value(trace, "message_2", "PLAINTEXT_2 (CBOR Sequence)", plaintext, length);
  return length;
}

/* PRK_3e2m or PRK_4e3m: the static secret, its salt, and the result. */
static void check_static(const struct trace *trace, unsigned side, const uint8_t *prk,
                         const uint8_t *th, const uint8_t *next) {
  const char *section = AUTHENTICATION_SECTION[side];
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  uint8_t secret[EC_LENGTH];
  if (trace->config[0].methods == 1) {
    assert_memory_equal(prk, next, EDHOC_PRK_LENGTH);
  } else {
    derived(trace, section, side == 0 ? "SALT_4e3m" : "SALT_3e2m", prk,
            side == 0 ? EDHOC_SALT_4E3M : EDHOC_SALT_3E2M, th, EDHOC_HASH_LENGTH);
    assert_int_equal(
        ec_agree(&ec, trace->private[1 - side].octets, &trace->credential[side].public, secret), 0);
    value(trace, section,
          side == 0 ? "G_IY (Raw Value) (ECDH shared secret)"
                    : "G_RX (Raw Value) (ECDH shared secret)",
          secret, sizeof secret);
  }
  string(trace, section, side == 0 ? "PRK_4e3m" : "PRK_3e2m", next, EDHOC_PRK_LENGTH);
}

static void check_message_2(struct trace *trace) {
  const char *section = "message_2";
  struct edhoc *r = &trace->side[1];
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  uint8_t input[HEX_OCTETS_MAX], plaintext[HEX_OCTETS_MAX], g_xy[EC_LENGTH];
  struct span_writer out;
  /* What the responder is about to compute, a step at a time. */
  struct edhoc step = *r;
  memcpy(step.private, trace->private[1].octets, EC_LENGTH);
  assert_int_equal(ec_derive(&ec, step.suite->exchange, step.private, &step.own_public), 0);
  assert_int_equal(edhoc_derive_2e(&step), 0);
  trace_compose(trace, 2);
  value(trace, section, "Y (Raw Value)", r->private, sizeof r->private);
  string(trace, section, "G_Y", r->own_public.x, EC_LENGTH);
  identifier(trace, section, "C_R", &r->c_r);
  string(trace, section, "H(message_1)", r->hash_message_1, sizeof r->hash_message_1);
  span_writer_init(&out, input, sizeof input, NULL);
  cbor_put_bytes(&out, r->own_public.x, EC_LENGTH);
  cbor_put_bytes(&out, r->hash_message_1, sizeof r->hash_message_1);
  check_th(trace, section, "TH_2", &out, step.th);
  assert_int_equal(ec_agree(&ec, r->private, &r->peer_public, g_xy), 0);
  value(trace, section, "G_XY (Raw Value) (ECDH shared secret)", g_xy, sizeof g_xy);
  value(trace, section, "salt (Raw Value)", step.th, sizeof step.th);
  string(trace, section, "PRK_2e", step.prk, sizeof step.prk);
  check_credential(trace, 1);
  check_static(trace, 1, step.prk, step.th, r->prk);
  const struct edhoc_proof proof = proof_of(trace, 1, step.th);
  check_proof(trace, &proof, r->prk, 1, 2);
  const size_t length = check_ciphertext_2(trace, step.prk, step.th, plaintext);
  /* TH_3, which the responder holds already. */
  span_writer_init(&out, input, sizeof input, NULL);
  cbor_put_bytes(&out, step.th, sizeof step.th);
  cbor_put_encoded(&out, plaintext, length);
  cbor_put_encoded(&out, trace->cred[1].octets, trace->cred[1].length);
  check_th(trace, "message_3", "TH_3", &out, r->th);
  process(trace, 2);
  assert_shared(trace);
}

/* K, IV, A, ciphertext and plaintext of message 3 or 4. */
static size_t check_aead(const struct trace *trace, unsigned number, const uint8_t *prk,
                         const uint8_t *th, uint8_t *plaintext) {
  const struct hex *message = &trace->message[number];
  const enum edhoc_label label = number == 3 ? EDHOC_K_3 : EDHOC_K_4;
  char section[16], name[80];
  uint8_t aad[64];
  const uint8_t *ciphertext;
  size_t length;
  struct edhoc_aead aead;
  struct span_writer out;
  struct cbor_reader reader;
  snprintf(section, sizeof section, "message_%u", number);
  snprintf(name, sizeof name, "K_%u", number);
  derived(trace, section, name, prk, label, th, EDHOC_KEY_LENGTH);
  snprintf(name, sizeof name, "IV_%u", number);
  derived(trace, section, name, prk, (uint32_t)label + 1, th, EDHOC_IV_LENGTH);
  span_writer_init(&out, aad, sizeof aad, NULL);
  edhoc_aad_put(&out, th);
  snprintf(name, sizeof name, "A_%u (CBOR Data Item)", number);
  value_of(trace, section, name, &out);
  cbor_reader_init(&reader, message->octets, message->length);
  assert_int_equal(cbor_get_bytes(&reader, &ciphertext, &length), 0);
  snprintf(name, sizeof name, "CIPHERTEXT_%u", number);
  value(trace, section, name, ciphertext, length);
  snprintf(name, sizeof name, "CIPHERTEXT_%u (Raw Value)", number);
  value(trace, section, name, ciphertext, length);
  assert_int_equal(edhoc_aead_derive(NULL, edhoc_suite_find(2), prk, label, th, &aead), 0);
  assert_int_equal(edhoc_aead_open(NULL, &aead, ciphertext, length, plaintext), 0);
  snprintf(name, sizeof name, "PLAINTEXT_%u (CBOR Sequence)", number);
  value(trace, section, name, plaintext, length - aead.tag_length);
  return length - aead.tag_length;
}

static void check_message_3(struct trace *trace) {
  struct edhoc *i = &trace->side[0];
  uint8_t input[HEX_OCTETS_MAX], plaintext[HEX_OCTETS_MAX];
  struct span_writer out;
  const struct edhoc before = *i; /* holds PRK_3e2m and TH_3 */
  trace_compose(trace, 3);
  check_credential(trace, 0);
  check_static(trace, 0, before.prk, before.th, i->prk);
  const struct edhoc_proof proof = proof_of(trace, 0, before.th);
  check_proof(trace, &proof, i->prk, 0, 3);
  const size_t length = check_aead(trace, 3, before.prk, before.th, plaintext);
  span_writer_init(&out, input, sizeof input, NULL);
  cbor_put_bytes(&out, before.th, sizeof before.th);
  cbor_put_encoded(&out, plaintext, length);
  cbor_put_encoded(&out, trace->cred[0].octets, trace->cred[0].length);
  check_th(trace, "message_3", "TH_4", &out, i->th);
  process(trace, 3);
  assert_shared(trace);
}

static void check_message_4(struct trace *trace) {
  uint8_t plaintext[HEX_OCTETS_MAX];
  const struct edhoc before = trace->side[1]; /* holds PRK_4e3m and TH_4 */
  trace_compose(trace, 4);
  assert_int_equal(check_aead(trace, 4, before.prk, before.th, plaintext), 0);
  process(trace, 4);
  const char *section = "PRK_out and PRK_exporter";
  derived(trace, section, "PRK_out", before.prk, EDHOC_PRK_OUT, before.th, EDHOC_HASH_LENGTH);
  for (unsigned side = 0; side < 2; side++) {
    assert_int_equal(trace->side[side].state, EDHOC_PERSISTED);
    assert_memory_equal(trace->side[side].prk_out, before.prk_out, EDHOC_PRK_LENGTH);
  }
}

/* PRK_exporter, and the OSCORE context that comes of it (appendix A.1). */
static void check_exports(const struct trace *trace, const char *when) {
  const bool updated = *when != '\0';
  const char *prk_section = updated ? "Key Update" : "PRK_out and PRK_exporter";
  const char *section = updated ? "Key Update" : "OSCORE Parameters";
  const uint8_t *prk_out = trace->side[0].prk_out;
  uint8_t prk[EDHOC_PRK_LENGTH], out[EDHOC_KEY_LENGTH];
  char name[80];
  info(trace, prk_section, "PRK_exporter", EDHOC_PRK_EXPORTER, NULL, 0, EDHOC_HASH_LENGTH);
  assert_int_equal(edhoc_kdf(NULL, prk_out, EDHOC_PRK_EXPORTER, NULL, 0, prk, sizeof prk), 0);
  snprintf(name, sizeof name, "PRK_exporter%s (Raw Value)", when);
  value(trace, prk_section, name, prk, sizeof prk);
  info(trace, section, "OSCORE Master Secret", 0, NULL, 0, EDHOC_KEY_LENGTH);
  info(trace, section, "OSCORE Master Salt", 1, NULL, 0, 8);
  for (unsigned side = 0; side < 2; side++) {
    static const char *const names[] = {"OSCORE Master Secret", "OSCORE Master Salt"};
    for (uint32_t label = 0; label < 2; label++) {
      const size_t length = label == 0 ? EDHOC_KEY_LENGTH : 8;
      assert_int_equal(edhoc_exporter(&trace->side[side], label, NULL, 0, out, length), 0);
      snprintf(name, sizeof name, "%s%s (Raw Value)", names[label], when);
      json_t *entry = vector_entry(trace->name, section, name, 0);
      assert_non_null(entry);
      check_entry(entry, out, length);
    }
  }
}

static void check_key_update(struct trace *trace) {
  const struct hex context =
      vector_value(trace->name, "Key Update", "context for KeyUpdate (Raw Value)");
  string(trace, "Key Update", "context for KeyUpdate", context.octets, context.length);
  for (unsigned side = 0; side < 2; side++)
    assert_int_equal(edhoc_key_update(&trace->side[side], context.octets, context.length), 0);
  assert_memory_equal(trace->side[0].prk_out, trace->side[1].prk_out, EDHOC_PRK_LENGTH);
  value(trace, "Key Update", "PRK_out after KeyUpdate (Raw Value)", trace->side[0].prk_out,
        EDHOC_PRK_LENGTH);
  check_exports(trace, " after KeyUpdate");
}

static void trace_run(struct trace *trace) {
  check_message_1(trace);
  check_message_2(trace);
  check_message_3(trace);
  check_message_4(trace);
  const struct edhoc *i = &trace->side[0];
  value(trace, "OSCORE Parameters", "Client's OSCORE Sender ID (Raw Value)", i->c_r.bytes,
        i->c_r.length);
  value(trace, "OSCORE Parameters", "Server's OSCORE Sender ID (Raw Value)",
        trace->side[1].c_i.bytes, trace->side[1].c_i.length);
  check_exports(trace, "");
  check_key_update(trace);
  assert_all_seen(trace->name);
}

static void signatures(void **state) {
  (void)state;
  struct trace trace;
  load(&trace, TRACE_SIGNATURES, "message_1", &EC_LIBCRYPTO);
  trace_run(&trace);
}

/* The first message_1 of the second trace selects suite 6; we can refuse it, and read the error. */
static void first_message_1(struct trace *trace) {
  const char *section = "message_1 (first time)";
  struct edhoc responder = trace->side[1];
  const struct ec ec = {.backend = NULL};
  const struct hex message = vector_value(trace->name, section, "message_1 (CBOR Sequence)");
  const struct hex x = vector_value(trace->name, section, "X (Raw Value)");
  uint8_t octets[64];
  size_t length;
  struct ec_public g_x;
  struct edhoc_peer_error peer_error;
  value(trace, section, "METHOD (CBOR Data Item)", message.octets, 1);
  value(trace, section, "SUITES_I (CBOR Data Item)", message.octets + 1, 1);
  value(trace, section, "X (Raw Value)", x.octets, x.length);
  assert_int_equal(ec_derive(&ec, EC_P256, x.octets, &g_x), 0);
  string(trace, section, "G_X", g_x.x, EC_LENGTH);
  value(trace, section, "C_I (Raw Value)", message.octets + message.length - 1, 1);
  value(trace, section, "C_I (CBOR Data Item)", message.octets + message.length - 1, 1);
  value(trace, section, "message_1 (CBOR Sequence)", message.octets, message.length);
  assert_int_equal(edhoc_message_1_process(&responder, message.octets, message.length),
                   NODE_ERR_UNSUPPORTED);
  assert_int_equal(edhoc_error_compose(&responder, octets, sizeof octets, &length), 0);
  value(trace, "error", "error (CBOR Sequence)", octets, length);
  assert_int_equal(edhoc_error_read(octets, length, &peer_error), 0);
  assert_int_equal(peer_error.code, EDHOC_ERROR_SUITE);
  assert_int_equal(peer_error.suites.count, 1);
  assert_int_equal(peer_error.suites.value[0], 2);
}

static void static_dh(void **state) {
  (void)state;
  static const struct ec_backend *const backends[] = {NULL, &EC_LIBCRYPTO};
  for (unsigned i = 0; i < 2; i++) {
    struct trace trace;
    load(&trace, TRACE_STATIC_DH, "message_1 (second time)", backends[i]);
    first_message_1(&trace);
    trace_run(&trace);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(signatures),
      cmocka_unit_test(static_dh),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(edhoc_vectors());
  return failed;
}
