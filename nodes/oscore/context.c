/* Derivation of an OSCORE security context: RFC 8613 section 3.2. */
#include "oscore.h"

#include <string.h>

#include "../cbor/writer.h"
#include "../crypto/crypto.h"

enum { INFO_MAX = 16 + OSCORE_ID_MAX + OSCORE_ID_CONTEXT_MAX };

bool oscore_id_equal(const struct oscore_id *a, const struct oscore_id *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool is_derivable(const struct oscore_suite *suite,
                         const struct oscore_parameters *parameters) {
  const size_t id_max = oscore_suite_id_max(suite);
  return parameters->sender_id.length <= id_max && parameters->recipient_id.length <= id_max &&
         !oscore_id_equal(&parameters->sender_id, &parameters->recipient_id) &&
         parameters->id_context_length <= OSCORE_ID_CONTEXT_MAX;
}

/* 3.2.1: one output of HKDF-Expand, `type` "Key" or "IV". */
static int context_expand(const struct oscore_context *context, const struct node_hooks *hooks,
                          const uint8_t *prk, const struct oscore_id *id, const char *type,
                          uint8_t *out, size_t length) {
  uint8_t info[INFO_MAX];
  struct span_writer writer;
  span_writer_init(&writer, info, sizeof info, NULL);
  cbor_put_array(&writer, 5);
  cbor_put_bytes(&writer, id->bytes, id->length); /* id */
  if (context->id_context_present)                /* id_context */
    cbor_put_bytes(&writer, context->id_context, context->id_context_length);
  else
    cbor_put_null(&writer);
  cbor_put_int(&writer, context->suite->cose_aead); /* alg_aead */
  cbor_put_text(&writer, type);                     /* type */
  cbor_put_uint(&writer, length);                   /* L */
  return crypto_hkdf_expand_with(hooks, context->suite->hash, prk,
                                 crypto_hash_length(context->suite->hash), info, writer.length, out,
                                 length);
}

static int derive_keys(struct oscore_context *context, const struct oscore_parameters *parameters,
                       const struct node_hooks *hooks) {
  static const struct oscore_id no_id = {.length = 0};
  const struct oscore_suite *suite = context->suite;
  uint8_t prk[CRYPTO_HASH_MAX];
  /* PRK */
  int error = crypto_hkdf_extract_with(hooks, suite->hash, parameters->master_salt,
                                       parameters->master_salt_length, parameters->master_secret,
                                       parameters->master_secret_length, prk);
  if (error == 0) /* Sender Key */
    error = context_expand(context, hooks, prk, &context->sender_id, "Key", context->sender_key,
                           suite->key_length);
  if (error == 0) /* Recipient Key */
    error = context_expand(context, hooks, prk, &context->recipient_id, "Key",
                           context->recipient_key, suite->key_length);
  if (error == 0) /* Common IV */
    error =
        context_expand(context, hooks, prk, &no_id, "IV", context->common_iv, suite->nonce_length);
  crypto_wipe(prk, sizeof prk);
  return error;
}

int oscore_context_derive(struct oscore_context *context,
                          const struct oscore_parameters *parameters,
                          const struct node_hooks *hooks) {
  const struct oscore_suite *suite =
      parameters->suite == NULL ? oscore_suite_default() : parameters->suite;
  if (suite->refused != NULL)
    return NODE_ERR_UNSUPPORTED;
  if (!is_derivable(suite, parameters))
    return NODE_ERR_BAD_CONFIG;
  *context = (struct oscore_context){
      .suite = suite,
      .sender_id = parameters->sender_id,
      .recipient_id = parameters->recipient_id,
      .id_context_present = parameters->id_context != NULL,
      .id_context_sent = parameters->id_context != NULL && parameters->id_context_sent,
      .window_empty = true,
  };
  if (context->id_context_present) {
    memcpy(context->id_context, parameters->id_context, parameters->id_context_length);
    context->id_context_length = parameters->id_context_length;
  }
  const int error = derive_keys(context, parameters, hooks);
  if (error < 0)
    oscore_context_wipe(context);
  return error;
}

void oscore_context_wipe(struct oscore_context *context) {
  crypto_wipe(context, sizeof *context);
}

size_t oscore_context_bytes(const struct oscore_context *context) {
  return sizeof *context - sizeof context->suite -
         2 * (OSCORE_KEY_MAX - context->suite->key_length);
}

/* The keys stand for what they are derived from. */
void oscore_context_digest(const struct oscore_context *context, struct digest *digest) {
  digest_octets(digest, context->sender_key, context->suite->key_length);
  digest_octets(digest, context->recipient_key, context->suite->key_length);
  digest_u64(digest, context->sender_sequence);
  digest_u64(digest, context->window_empty);
  digest_u64(digest, context->window_highest);
  digest_u64(digest, context->window_bits);
  digest_u64(digest, context->answered_bits);
}
