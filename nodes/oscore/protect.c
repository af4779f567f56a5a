/* Protection and verification of requests and responses: RFC 8613 sections 4, 5 and 8. */
#include "oscore.h"

#include <assert.h>
#include <string.h>

#include "../cbor/writer.h"
#include "../crypto/crypto.h"
#include "window.h"

#define SEQUENCE_MAX ((UINT64_C(1) << 8 * OSCORE_PIV_MAX) - 1)

enum {
  OSCORE_VERSION = 1,
  EXTERNAL_AAD_MAX = 8 + OSCORE_ID_MAX + OSCORE_PIV_MAX,
  AAD_MAX = 12 + EXTERNAL_AAD_MAX,
  NUMBER_URI_HOST = 3,
  NUMBER_OBSERVE = 6,
  NUMBER_URI_PORT = 7,
  NUMBER_PROXY_URI = 35,
  NUMBER_PROXY_SCHEME = 39,
};

/* What the AEAD takes besides key and text. */
struct protection {
  uint8_t nonce[OSCORE_NONCE_MAX];
  uint8_t aad[AAD_MAX];
  size_t aad_length;
};

/* 5.2: S, ID and Partial IV, each padded from the left, over the Common IV. */
static void make_nonce(const struct oscore_context *context, const struct oscore_id *id,
                       const uint8_t *piv, size_t piv_length, uint8_t nonce[OSCORE_NONCE_MAX]) {
  const size_t length = context->suite->nonce_length, id_end = length - OSCORE_PIV_MAX;
  memcpy(nonce, context->common_iv, length);
  nonce[0] ^= (uint8_t)id->length;
  for (size_t i = 0; i < id->length; i++)
    nonce[id_end - id->length + i] ^= id->bytes[i];
  for (size_t i = 0; i < piv_length; i++)
    nonce[length - piv_length + i] ^= piv[i];
}

/* 5.4: external_aad inside the Enc_structure of RFC 9052 section 5.3. */
static void make_aad(const struct oscore_context *context, const struct oscore_binding *binding,
                     struct protection *protection) {
  uint8_t external[EXTERNAL_AAD_MAX];
  struct span_writer writer;
  span_writer_init(&writer, external, sizeof external, NULL);
  cbor_put_array(&writer, 5);
  cbor_put_uint(&writer, OSCORE_VERSION); /* oscore_version */
  cbor_put_array(&writer, 1);             /* algorithms */
  cbor_put_int(&writer, context->suite->cose_aead);
  cbor_put_bytes(&writer, binding->kid.bytes, binding->kid.length); /* request_kid */
  cbor_put_bytes(&writer, binding->piv, binding->piv_length);       /* request_piv */
  cbor_put_bytes(&writer, NULL, 0); /* class I options: none are defined */
  const size_t external_length = writer.length;

  span_writer_init(&writer, protection->aad, sizeof protection->aad, NULL);
  cbor_put_array(&writer, 3);
  cbor_put_text(&writer, "Encrypt0");
  cbor_put_bytes(&writer, NULL, 0);
  cbor_put_bytes(&writer, external, external_length);
  protection->aad_length = writer.length;
}

static bool is_class_u(uint16_t number) {
  return number == NUMBER_URI_HOST || number == NUMBER_URI_PORT || number == NUMBER_PROXY_URI ||
         number == NUMBER_PROXY_SCHEME;
}

static bool option_is_unsupported(uint16_t number) {
  return number == NUMBER_OBSERVE || number == NUMBER_PROXY_URI || number == COAP_NUMBER_OSCORE;
}

static bool is_response(uint8_t code) {
  return code >> 5 >= 2 && code >> 5 <= 5;
}

static int copy_option(struct coap_message *message, const struct coap_option *option) {
  if (message->option_count == COAP_OPTIONS_MAX)
    return NODE_ERR_TOO_LONG;
  coap_message_add_option(message, option->number, option->row, option->value, option->length);
  return 0;
}

static struct coap_message copy_head(const struct coap_message *message, uint8_t code) {
  struct coap_message head = {
      .type = message->type,
      .code = code,
      .message_id = message->message_id,
      .token_length = message->token_length,
  };
  memcpy(head.token, message->token, sizeof head.token);
  return head;
}

/* 4.1: options of class U to `outer`, all others and the payload to `body`. */
static int oscore_split(const struct coap_message *inner, struct coap_message *body,
                        struct coap_message *outer) {
  *body = (struct coap_message){
      .payload = inner->payload,
      .payload_length = inner->payload_length,
      .payload_spans = inner->payload_spans,
  };
  for (size_t i = 0; i < inner->option_count; i++) {
    const struct coap_option *option = &inner->options[i];
    if (option_is_unsupported(option->number))
      return NODE_ERR_UNSUPPORTED;
    const int error = copy_option(is_class_u(option->number) ? outer : body, option);
    if (error < 0)
      return error;
  }
  return 0;
}

/* 5.3: composes the plaintext, encrypts it to `out` and makes it the payload of `outer`, which has
 * its head already and receives the options of class U. */
static int oscore_seal(const struct oscore_context *context, const struct node_hooks *hooks,
                       const struct coap_message *inner, const struct protection *protection,
                       struct span_writer *out, struct span_list *spans,
                       struct coap_message *outer) {
  const size_t tag_length = context->suite->tag_length;
  struct coap_message body;
  int error = oscore_split(inner, &body, outer);
  if (error < 0)
    return error;

  uint8_t plaintext[NODE_DATAGRAM_MAX];
  struct span_writer writer;
  span_writer_init(&writer, plaintext, sizeof plaintext, spans);
  span_writer_put_u8(&writer, ROW_OSCORE_CODE, inner->code);
  error = coap_body_compose(&body, &writer);
  if (error == 0 && writer.length + tag_length > out->capacity - out->length)
    error = NODE_ERR_TOO_LONG;
  uint8_t *ciphertext = out->data + out->length;
  if (error == 0)
    error = crypto_aead_encrypt(hooks, context->suite->aead, context->sender_key, protection->nonce,
                                protection->aad, protection->aad_length, plaintext, writer.length,
                                ciphertext);
  if (error == 0 && !span_list_add(spans, ROW_OSCORE_TAG, tag_length))
    error = NODE_ERR_TOO_LONG;
  if (error == 0) {
    outer->payload = ciphertext;
    outer->payload_length = writer.length + tag_length;
    outer->payload_spans = spans;
  }
  crypto_wipe(plaintext, sizeof plaintext);
  return error;
}

/* Composes the option's value into `buffer`, the ciphertext behind it. */
static int protect(const struct oscore_context *context, const struct node_hooks *hooks,
                   const struct coap_message *inner, const struct oscore_option *option,
                   const struct protection *protection, uint8_t *buffer, size_t capacity,
                   struct span_list *spans, struct coap_message *outer) {
  struct span_writer writer;
  span_writer_init(&writer, buffer, capacity, NULL);
  int error = oscore_option_compose(option, &writer);
  if (error < 0)
    return error;
  const struct coap_option encoded = {.number = COAP_NUMBER_OSCORE,
                                      .row = ROW_OSCORE_OPTION,
                                      .value = buffer,
                                      .length = writer.length};
  *outer = copy_head(inner, coap_code_is_request(inner->code) ? COAP_CODE_POST
                                                              : COAP_CODE_CHANGED); /* 4.2 */
  error = copy_option(outer, &encoded);
  if (error == 0)
    error = oscore_seal(context, hooks, inner, protection, &writer, spans, outer);
  return error;
}

/* 5: consumes a sender sequence number and encodes it as a Partial IV. */
static int take_piv(struct oscore_context *context, uint8_t piv[OSCORE_PIV_MAX], size_t *length) {
  if (context->sender_sequence > SEQUENCE_MAX)
    return NODE_ERR_EXHAUSTED;
  uint8_t encoded[8] = {0};
  *length = coap_uint_encode(context->sender_sequence++, encoded);
  if (*length == 0)
    *length = 1;
  memcpy(piv, encoded, *length);
  return 0;
}

static uint64_t decode_piv(const uint8_t *piv, size_t length) {
  uint64_t value = 0;
  for (size_t i = 0; i < length; i++)
    value = value << 8 | piv[i];
  return value;
}

/* 8.1 */
int oscore_protect_request(struct oscore_context *context, const struct node_hooks *hooks,
                           const struct coap_message *inner, uint8_t *buffer, size_t capacity,
                           struct span_list *spans, struct coap_message *outer,
                           struct oscore_binding *binding) {
  assert(coap_code_is_request(inner->code));
  *binding = (struct oscore_binding){.kid = context->sender_id};
  const int error = take_piv(context, binding->piv, &binding->piv_length); /* Partial IV */
  if (error < 0)
    return error;
  struct oscore_option option = {
      .piv_length = binding->piv_length,
      .kid_present = true,
      .kid = context->sender_id,
      .kid_context = context->id_context_sent ? context->id_context : NULL,
      .kid_context_length = context->id_context_length,
  };
  memcpy(option.piv, binding->piv, sizeof option.piv);

  struct protection protection;
  /* AEAD nonce */
  make_nonce(context, &context->sender_id, binding->piv, binding->piv_length, protection.nonce);
  make_aad(context, binding, &protection); /* AAD */
  return protect(context, hooks, inner, &option, &protection, buffer, capacity, spans, outer);
}

/* 8.3 */
int oscore_protect_response(struct oscore_context *context, const struct node_hooks *hooks,
                            const struct coap_message *inner, bool new_piv,
                            const struct oscore_binding *binding, uint8_t *buffer, size_t capacity,
                            struct span_list *spans, struct coap_message *outer) {
  assert(is_response(inner->code));
  struct oscore_option option = {0};
  struct protection protection;
  if (new_piv) { /* AEAD nonce with a Partial IV of our own */
    const int error = take_piv(context, option.piv, &option.piv_length);
    if (error < 0)
      return error;
    make_nonce(context, &context->sender_id, option.piv, option.piv_length, protection.nonce);
  } else { /* the request's AEAD nonce */
    const uint64_t piv = decode_piv(binding->piv, binding->piv_length);
    if (!oscore_id_equal(&binding->kid, &context->recipient_id) ||
        !oscore_window_take_nonce(context, piv))
      return NODE_ERR_BAD_STATE;
    make_nonce(context, &binding->kid, binding->piv, binding->piv_length, protection.nonce);
  }
  make_aad(context, binding, &protection); /* AAD */
  return protect(context, hooks, inner, &option, &protection, buffer, capacity, spans, outer);
}

/* The OSCORE option of a message, which has exactly one, and whose IDs are this context's if they
 * are there. */
static int find_option(const struct oscore_context *context, const struct coap_message *outer,
                       struct oscore_option *option) {
  const struct coap_option *found = coap_message_find(outer, COAP_NUMBER_OSCORE);
  if (found == NULL)
    return NODE_ERR_MALFORMED;
  const struct coap_option *next = found + 1;
  if (next < outer->options + outer->option_count && next->number == COAP_NUMBER_OSCORE)
    return NODE_ERR_MALFORMED;
  const int error = oscore_option_parse(found->value, found->length, option);
  if (error < 0)
    return error;
  if (option->kid_present && !oscore_id_equal(&option->kid, &context->recipient_id))
    return NODE_ERR_UNKNOWN;
  if (option->kid_context != NULL &&
      (!context->id_context_present || option->kid_context_length != context->id_context_length ||
       memcmp(option->kid_context, context->id_context, context->id_context_length) != 0))
    return NODE_ERR_UNKNOWN;
  return 0;
}

/* Options of class U join those that were inside. */
static int oscore_join(const struct coap_message *outer, struct coap_message *inner) {
  for (size_t i = 0; i < outer->option_count; i++) {
    if (!is_class_u(outer->options[i].number))
      continue;
    const int error = copy_option(inner, &outer->options[i]);
    if (error < 0)
      return error;
  }
  return 0;
}

/* 5.3: decrypts the payload of `outer` into `buffer` and parses it. */
static int unprotect(const struct oscore_context *context, const struct node_hooks *hooks,
                     const struct coap_message *outer, const struct protection *protection,
                     uint8_t *buffer, size_t capacity, struct coap_message *inner) {
  if (outer->payload_length <= context->suite->tag_length)
    return NODE_ERR_MALFORMED;
  const size_t length = outer->payload_length - context->suite->tag_length;
  if (length > capacity)
    return NODE_ERR_TOO_LONG;
  int error =
      crypto_aead_decrypt(hooks, context->suite->aead, context->recipient_key, protection->nonce,
                          protection->aad, protection->aad_length, outer->payload, length, buffer);
  if (error < 0)
    return error;
  *inner = copy_head(outer, buffer[0]); /* Code */
  error = coap_body_parse(buffer + 1, length - 1, inner);
  if (error < 0)
    return error;
  if (coap_message_find(inner, COAP_NUMBER_OSCORE) != NULL)
    return NODE_ERR_MALFORMED;
  return oscore_join(outer, inner);
}

/* 8.2 */
int oscore_unprotect_request(struct oscore_context *context, const struct node_hooks *hooks,
                             const struct coap_message *outer, uint8_t *buffer, size_t capacity,
                             struct coap_message *inner, struct oscore_binding *binding) {
  struct oscore_option option;
  int error = find_option(context, outer, &option);
  if (error < 0)
    return error;
  if (!option.kid_present || option.piv_length == 0)
    return NODE_ERR_MALFORMED;
  const uint64_t piv = decode_piv(option.piv, option.piv_length);
  if (!oscore_window_is_fresh(context, piv)) /* Replay Window */
    return NODE_ERR_REPLAY;

  struct oscore_binding request = {.kid = option.kid, .piv_length = option.piv_length};
  memcpy(request.piv, option.piv, sizeof request.piv);
  struct protection protection;
  make_nonce(context, &option.kid, option.piv, option.piv_length,
             protection.nonce);             /* AEAD nonce */
  make_aad(context, &request, &protection); /* AAD */
  error = unprotect(context, hooks, outer, &protection, buffer, capacity, inner);
  if (error < 0)
    return error;
  if (!coap_code_is_request(inner->code))
    return NODE_ERR_MALFORMED;

  oscore_window_accept(context, piv); /* Replay Window */
  *binding = request;
  return 0;
}

/* 8.4 */
int oscore_unprotect_response(struct oscore_context *context, const struct node_hooks *hooks,
                              const struct coap_message *outer,
                              const struct oscore_binding *binding, uint8_t *buffer,
                              size_t capacity, struct coap_message *inner) {
  struct oscore_option option;
  int error = find_option(context, outer, &option);
  if (error < 0)
    return error;

  struct protection protection;
  if (option.piv_length > 0) /* AEAD nonce with the Partial IV of the response, or the request's */
    make_nonce(context, &context->recipient_id, option.piv, option.piv_length, protection.nonce);
  else
    make_nonce(context, &binding->kid, binding->piv, binding->piv_length, protection.nonce);
  make_aad(context, binding, &protection); /* AAD */
  error = unprotect(context, hooks, outer, &protection, buffer, capacity, inner);
  if (error < 0)
    return error;
  return is_response(inner->code) ? 0 : NODE_ERR_MALFORMED;
}
