/* EDHOC message 1 (RFC 9528 section 5.2). */
#include "session.h"

#include <string.h>

#include "../cbor/writer.h"
#include "identifier.h"

/* SUITES_I: all that we prefer to the selected suite, and it (5.2.2). */
static void put_suites(const struct edhoc *next, struct span_writer *out) {
  struct edhoc_suites suites = next->config->suites;
  suites.count = 0;
  do
    suites.count++;
  while (suites.value[suites.count - 1] != next->selected);
  edhoc_suites_put(out, &suites);
}

/* 5.2.2 */
static int compose_1(struct edhoc *next, const struct edhoc_ead_list *ead,
                     struct span_writer *out) {
  const struct ec ec = edhoc_ec(next);
  /* X, G_X */
  int error = ec_generate(&ec, next->suite->exchange, next->private, &next->own_public);
  if (error != 0)
    return error;
  cbor_put_int(out, next->method);                              /* METHOD */
  put_suites(next, out);                                        /* SUITES_I */
  cbor_put_bytes(out, next->own_public.x, EC_LENGTH);           /* G_X */
  edhoc_identifier_put(out, next->c_i.bytes, next->c_i.length); /* C_I */
  error = edhoc_ead_put(out, ead->items, ead->count);           /* ? EAD_1 */
  if (error == 0)                                               /* H(message_1) */
    error = crypto_sha256(next->hooks, out->data, out->length, next->hash_message_1);
  next->state = EDHOC_WAIT_2;
  return error;
}

int edhoc_message_1_compose(struct edhoc *edhoc, const struct edhoc_ead *ead, size_t ead_count,
                            uint8_t *out, size_t capacity, size_t *length) {
  const struct edhoc_ead_list list = {.items = ead, .count = ead_count};
  return edhoc_compose(edhoc, EDHOC_INITIATOR, EDHOC_START, compose_1, &list, out, capacity,
                       length);
}

struct message_1 {
  int32_t method;
  struct edhoc_suites suites;
  const uint8_t *g_x;
  size_t g_x_length;
  const uint8_t *c_i;
  size_t c_i_length;
  const uint8_t *ead;
  size_t ead_length;
};

/* 5.2.3, 1 */
static int decode_1(struct edhoc *next, const uint8_t *message, size_t length,
                    struct message_1 *decoded) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, message, length);
  /* METHOD, SUITES_I, G_X, C_I, ? EAD_1 */
  if (cbor_get_int(&reader, &decoded->method) != 0)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed METHOD");
  int error = edhoc_suites_get(&reader, &decoded->suites);
  if (error != 0)
    return edhoc_refuse(next, error, "malformed SUITES_I");
  if (cbor_get_bytes(&reader, &decoded->g_x, &decoded->g_x_length) != 0)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed G_X");
  if (edhoc_identifier_get(&reader, &decoded->c_i, &decoded->c_i_length) != 0)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "malformed C_I");
  if (decoded->c_i_length > EDHOC_CONNECTION_ID_MAX)
    return edhoc_refuse(next, NODE_ERR_TOO_LONG, "C_I is too long");
  error = edhoc_ead_check(reader);
  if (error != 0)
    return edhoc_refuse(next, error, "malformed EAD");
  decoded->ead = message + reader.offset;
  decoded->ead_length = length - reader.offset;
  return 0;
}

/* 5.2.3, 2: the selected suite is ours, and none that the initiator prefers to it is (6.3). */
static int accept_suite(struct edhoc *next, const struct edhoc_suites *offered) {
  struct edhoc_suites ours;
  const size_t last = offered->count - 1;
  edhoc_runnable(next, next->method, &ours);
  next->selected = offered->value[last];
  if (!edhoc_suites_have(&ours, next->selected))
    return edhoc_refuse_with(next, NODE_ERR_UNSUPPORTED, "cipher suite not supported",
                             EDHOC_ERROR_SUITE);
  for (size_t i = 0; i < last; i++)
    if (edhoc_suites_have(&ours, offered->value[i]))
      return edhoc_refuse_with(next, NODE_ERR_UNSUPPORTED, "a preferred cipher suite is supported",
                               EDHOC_ERROR_SUITE);
  next->suite = edhoc_suite_find(next->selected);
  next->own = edhoc_own(next, next->method, next->suite);
  return 0;
}

/* 5.2.3 */
static int process_1(struct edhoc *next, const uint8_t *message, size_t length) {
  const struct ec ec = edhoc_ec(next);
  struct message_1 decoded;
  int error = decode_1(next, message, length, &decoded);
  if (error != 0)
    return error;
  if (edhoc_method_find(decoded.method) == NULL ||
      (next->config->methods >> decoded.method & 1) == 0)
    return edhoc_refuse(next, NODE_ERR_UNSUPPORTED, "method not supported");
  next->method = (uint8_t)decoded.method;
  error = accept_suite(next, &decoded.suites);
  if (error != 0)
    return error;
  if (decoded.g_x_length != EC_LENGTH)
    return edhoc_refuse(next, NODE_ERR_MALFORMED, "wrong length of G_X");
  /* G_X */
  error = ec_decompress(&ec, next->suite->exchange, decoded.g_x, false, &next->peer_public);
  if (error != 0)
    return edhoc_refuse(next, error, "G_X is not a valid point");
  next->c_i.length = (uint8_t)decoded.c_i_length;
  memcpy(next->c_i.bytes, decoded.c_i, decoded.c_i_length);                  /* C_I */
  error = crypto_sha256(next->hooks, message, length, next->hash_message_1); /* H(message_1) */
  if (error == 0)                                                            /* 5.2.3, 3 */
    error = edhoc_ead_deliver(next, 1, decoded.ead, decoded.ead_length);
  next->state = EDHOC_VERIFIED_1;
  return error;
}

int edhoc_message_1_process(struct edhoc *edhoc, const uint8_t *message, size_t length) {
  return edhoc_process(edhoc, EDHOC_RESPONDER, EDHOC_START, process_1, message, length);
}
