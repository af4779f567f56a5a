/* One trace of RFC 9529: both sides as it has them, and its values, each compared once. Include
 * after cmocka.h. */
#ifndef NODES_TESTS_EDHOC_EDHOC_TRACE_H
#define NODES_TESTS_EDHOC_EDHOC_TRACE_H

#include "cbor/writer.h"
#include "edhoc/identifier.h"
#include "edhoc/session.h"
#include "edhoc_vectors.h"

/* Both sides of one trace. */
struct trace {
  const char *name;
  const char *section_1; /* of the message_1 that is answered */
  struct hex private[2]; /* X, Y */
  struct hex cred[2], id_cred[2], sk[2];
  struct edhoc_credential credential[2];
  struct edhoc_config config[2];
  struct node_hooks hooks[2];
  struct edhoc side[2];
  struct hex message[5];
};

static inline void trace_draw(void *context, uint8_t *bytes, size_t length) {
  const struct hex *private = context;
  assert_int_equal(length, private->length);
  memcpy(bytes, private->octets, length);
}

/* Each side knows the other only. */
static inline const struct edhoc_credential *trace_lookup(void *context, const uint8_t *id_cred,
                                                          size_t length) {
  const struct edhoc_credential *peer = context;
  if (length != peer->id_cred_length || memcmp(id_cred, peer->id_cred, length) != 0)
    return NULL;
  return peer;
}

static inline void check_entry(json_t *entry, const uint8_t *octets, size_t length) {
  assert_int_equal(json_integer_value(json_object_get(entry, "length")), length);
  assert_hex_equal(octets, length, vector_text(entry, "hex"));
  json_object_set_new(entry, "seen", json_true());
}

/* Compares with the first value of this name that was not seen yet, if the trace has one. */
static inline void value(const struct trace *trace, const char *section, const char *name,
                         const uint8_t *octets, size_t length) {
  json_t *entry;
  for (unsigned i = 0; (entry = vector_entry(trace->name, section, name, i)) != NULL; i++)
    if (json_object_get(entry, "seen") == NULL) {
      check_entry(entry, octets, length);
      return;
    }
}

static inline void value_of(const struct trace *trace, const char *section, const char *name,
                            const struct span_writer *out) {
  assert_false(out->overflow);
  value(trace, section, name, out->data, out->length);
}

/* Both forms of a byte string: "NAME (Raw Value)" and "NAME (CBOR Data Item)". */
static inline void string(const struct trace *trace, const char *section, const char *name,
                          const uint8_t *octets, size_t length) {
  char full[128];
  uint8_t item[HEX_OCTETS_MAX];
  struct span_writer out;
  span_writer_init(&out, item, sizeof item, NULL);
  cbor_put_bytes(&out, octets, length);
  snprintf(full, sizeof full, "%s (Raw Value)", name);
  value(trace, section, full, octets, length);
  snprintf(full, sizeof full, "%s (CBOR Data Item)", name);
  value_of(trace, section, full, &out);
}

static inline void identifier(const struct trace *trace, const char *section, const char *name,
                              const struct edhoc_connection_id *id) {
  char full[128];
  uint8_t item[EDHOC_CONNECTION_ID_MAX + 1];
  struct span_writer out;
  span_writer_init(&out, item, sizeof item, NULL);
  edhoc_identifier_put(&out, id->bytes, id->length);
  snprintf(full, sizeof full, "%s (Raw Value)", name);
  value(trace, section, full, id->bytes, id->length);
  snprintf(full, sizeof full, "%s (raw value)", name);
  value(trace, section, full, id->bytes, id->length);
  snprintf(full, sizeof full, "%s (CBOR Data Item)", name);
  value_of(trace, section, full, &out);
}

static inline void info(const struct trace *trace, const char *section, const char *name,
                        uint32_t label, const uint8_t *context, size_t context_length,
                        size_t length) {
  char full[128];
  uint8_t octets[HEX_OCTETS_MAX];
  struct span_writer out;
  span_writer_init(&out, octets, sizeof octets, NULL);
  edhoc_info_put(&out, label, context, context_length, length);
  snprintf(full, sizeof full, "info for %s (CBOR Sequence)", name);
  value_of(trace, section, full, &out);
}

/* EDHOC_KDF with a transcript hash: info and output. */
static inline void derived(const struct trace *trace, const char *section, const char *name,
                           const uint8_t *prk, uint32_t label, const uint8_t *th, size_t length) {
  uint8_t octets[HEX_OCTETS_MAX];
  info(trace, section, name, label, th, EDHOC_HASH_LENGTH, length);
  assert_int_equal(edhoc_kdf(NULL, prk, label, th, EDHOC_HASH_LENGTH, octets, length), 0);
  string(trace, section, name, octets, length);
}

static const char *const SIDE[] = {"I", "R"};
static const char *const AUTHENTICATION_SECTION[] = {"message_3", "message_2"};

static inline struct hex side_value(const struct trace *trace, unsigned side, const char *format) {
  char name[80];
  snprintf(name, sizeof name, format, SIDE[side]);
  return vector_value(trace->name, AUTHENTICATION_SECTION[side], name);
}

/* The public key: Ed25519 as the trace names it, P-256 found in the CCS. */
static inline void load_credential(struct trace *trace, unsigned side) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  struct edhoc_credential *credential = &trace->credential[side];
  const char *section = AUTHENTICATION_SECTION[side];
  trace->cred[side] = side_value(trace, side, "CRED_%s (CBOR Data Item)");
  trace->id_cred[side] = side_value(trace, side, "ID_CRED_%s (CBOR Data Item)");
  trace->sk[side] = side_value(trace, side, "SK_%s (Raw Value)");
  struct ec_public derived_public;
  const bool signs = strcmp(trace->name, TRACE_SIGNATURES) == 0;
  assert_int_equal(
      ec_derive(&ec, signs ? EC_ED25519 : EC_P256, trace->sk[side].octets, &derived_public), 0);
  const int error =
      edhoc_credential_read(&ec, trace->cred[side].octets, trace->cred[side].length,
                            trace->id_cred[side].octets, trace->id_cred[side].length, credential);
  assert_int_equal(error, signs ? NODE_ERR_UNSUPPORTED : 0);
  if (signs) {
    char name[80];
    snprintf(name, sizeof name, "PK_%s", SIDE[side]);
    string(trace, section, name, derived_public.x, EC_LENGTH);
    credential->public = derived_public;
  } else {
    value(trace, section, "(Raw Value)", derived_public.x, EC_LENGTH);
    value(trace, section, "(Raw Value)", derived_public.y, EC_LENGTH);
    assert_memory_equal(&credential->public, &derived_public, sizeof derived_public);
  }
  credential->private = trace->sk[side].octets;
}

static inline struct edhoc_connection_id connection_id(const struct hex *bytes) {
  struct edhoc_connection_id id = {.length = (uint8_t)bytes->length};
  assert_true(bytes->length <= sizeof id.bytes);
  memcpy(id.bytes, bytes->octets, bytes->length);
  return id;
}

static inline void load(struct trace *trace, const char *name, const char *section_1,
                        const struct ec_backend *backend) {
  memset(trace, 0, sizeof *trace);
  trace->name = name;
  trace->section_1 = section_1;
  trace->private[0] = vector_value(name, section_1, "X (Raw Value)");
  trace->private[1] = vector_value(name, "message_2", "Y (Raw Value)");
  const bool signs = strcmp(name, TRACE_SIGNATURES) == 0;
  const struct hex c_i = vector_value(name, section_1, "C_I (Raw Value)");
  const struct hex c_r =
      vector_value(name, "message_2", signs ? "C_R (Raw Value)" : "C_R (raw value)");
  /* G_Y's coordinates come before those of the credential. */
  if (!signs) {
    const struct hex y = vector_value(name, "message_2", "(Raw Value)");
    value(trace, "message_2", "(Raw Value)", y.octets, y.length);
  }
  for (unsigned side = 0; side < 2; side++) {
    load_credential(trace, side);
    trace->hooks[side] =
        (struct node_hooks){.context = &trace->private[side], .random = trace_draw};
    trace->config[side] = (struct edhoc_config){
        .methods = signs ? 1 << 0 : 1 << 3,
        .suites = {.value = {signs ? 0 : 2}, .count = 1},
        .connection = connection_id(side == 0 ? &c_i : &c_r),
        .credentials = &trace->credential[side],
        .credentials_count = 1,
        .lookup = trace_lookup,
        .context = &trace->credential[1 - side],
        .backend = backend,
    };
  }
  if (!signs) /* the initiator prefers suite 6, which it cannot run */
    trace->config[0].suites = (struct edhoc_suites){.value = {6, 2}, .count = 2};
  for (unsigned side = 0; side < 2; side++)
    assert_int_equal(edhoc_init(&trace->side[side], side == 0 ? EDHOC_INITIATOR : EDHOC_RESPONDER,
                                &trace->config[side], &trace->hooks[side]),
                     0);
}

/* Every value was compared; they can be compared anew. */
static inline void assert_all_seen(const char *name) {
  const json_t *entries = json_object_get(edhoc_vectors(), name);
  size_t i;
  json_t *entry;
  json_array_foreach(entries, i, entry) {
    if (json_object_get(entry, "seen") == NULL)
      fail_msg("not computed: %s: %s", vector_text(entry, "section"), vector_text(entry, "name"));
    json_object_del(entry, "seen");
  }
}

#endif
