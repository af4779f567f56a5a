/* OSCORE (RFC 8613) with the cipher suites of suite.h: security context, OSCORE option, protection
 * of requests and responses as client and as server, replay window of 32. Not here: Observe,
 * block-wise transfer, Appendix B (recovery of a lost context). */
#ifndef NODES_OSCORE_OSCORE_H
#define NODES_OSCORE_OSCORE_H

#include "../coap/message.h"
#include "suite.h"

enum {
  OSCORE_ID_MAX = 7, /* of the longest nonce; oscore_suite_id_max has that of a suite */
  OSCORE_ID_CONTEXT_MAX = NODE_IDENTITY_MAX,
  OSCORE_KEY_MAX = CRYPTO_AEAD_KEY_MAX,
  OSCORE_NONCE_MAX = CRYPTO_AEAD_NONCE_MAX,
  OSCORE_TAG_MAX = CRYPTO_AEAD_TAG_MAX,
  OSCORE_PIV_MAX = 5,
  OSCORE_REPLAY_WINDOW = 32,
};

struct oscore_id {
  uint8_t bytes[OSCORE_ID_MAX];
  size_t length;
};

bool oscore_id_equal(const struct oscore_id *a, const struct oscore_id *b);

/* RFC 8613 section 3.1. Keys and Common IV have as many octets as the suite says. */
struct oscore_context {
  const struct oscore_suite *suite;
  struct oscore_id sender_id;
  struct oscore_id recipient_id;
  uint8_t id_context[OSCORE_ID_CONTEXT_MAX];
  size_t id_context_length; /* with id_context_present: may be 0 */
  bool id_context_present;
  bool id_context_sent;
  uint8_t sender_key[OSCORE_KEY_MAX];
  uint8_t recipient_key[OSCORE_KEY_MAX];
  uint8_t common_iv[OSCORE_NONCE_MAX];
  uint64_t sender_sequence; /* the next Partial IV */
  bool window_empty;        /* nothing received yet */
  uint64_t window_highest;  /* highest Partial IV that verified */
  uint32_t window_bits;     /* bit i: window_highest - i was received */
  uint32_t answered_bits;   /* bit i: the nonce of that request went into a response */
};

/* Binds a response to its request: what RFC 8613 calls request_kid and request_piv. */
struct oscore_binding {
  struct oscore_id kid;
  uint8_t piv[OSCORE_PIV_MAX];
  size_t piv_length;
};

/* What the derivation stands on (section 3.2). Pointers belong to the caller. */
struct oscore_parameters {
  const struct oscore_suite *suite; /* NULL: the default */
  const uint8_t *master_secret;     /* of any length, as the salt */
  size_t master_secret_length;
  const uint8_t *master_salt; /* NULL: none */
  size_t master_salt_length;
  struct oscore_id sender_id;
  struct oscore_id recipient_id;
  const uint8_t *id_context; /* NULL: none */
  size_t id_context_length;
  bool id_context_sent; /* requests carry it as their kid context */
};

/* The contents of an OSCORE option (section 6.1). `kid_context` points into the option. */
struct oscore_option {
  uint8_t piv[OSCORE_PIV_MAX];
  size_t piv_length; /* 0: no Partial IV */
  bool kid_present;
  struct oscore_id kid;
  const uint8_t *kid_context; /* NULL: none */
  size_t kid_context_length;
};

/* Section 3.2. NODE_ERR_UNSUPPORTED for a suite that is refused, NODE_ERR_BAD_CONFIG for IDs that
 * are too long for it or equal; NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int oscore_context_derive(struct oscore_context *context,
                                          const struct oscore_parameters *parameters,
                                          const struct node_hooks *hooks);
void oscore_context_wipe(struct oscore_context *context);

/* Octets that a context takes in a device: with keys of its suite's length, and without the name of
 * the suite, which does not change while it lives. */
size_t oscore_context_bytes(const struct oscore_context *context);

void oscore_context_digest(const struct oscore_context *context, struct digest *digest);

/* NODE_ERR_MALFORMED for reserved flag bits, Partial IV lengths 6 and 7, a Partial IV with leading
 * zeros, flags of zero that are there, truncation, octets left over, a kid that is too long. */
NODE_MUST_CHECK int oscore_option_parse(const uint8_t *value, size_t length,
                                        struct oscore_option *option);

/* Writes the value of the option. NODE_ERR_TOO_LONG if it does not fit. */
NODE_MUST_CHECK int oscore_option_compose(const struct oscore_option *option,
                                          struct span_writer *out);

/* Which options stay outside (class U, section 4.1): Uri-Host, Uri-Port and Proxy-Scheme. All
 * others go in, No-Response too, and nothing is put in both places. Refused with
 * NODE_ERR_UNSUPPORTED when protecting: Observe, Proxy-Uri (which would have to be split) and
 * OSCORE. When verifying, outer options of class E are discarded and those of class U join the
 * inner ones. */

/* Protects a request (section 8.1). `inner` is the plain request. `buffer` takes the option's value
 * and the ciphertext, and `spans` the ciphertext's rows; both must outlive `outer`, whose type,
 * Message ID and token are those of `inner`. Each call consumes one sender sequence number, also
 * one that fails: NODE_ERR_EXHAUSTED when they are used up, NODE_ERR_UNSUPPORTED,
 * NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int oscore_protect_request(struct oscore_context *context,
                                           const struct node_hooks *hooks,
                                           const struct coap_message *inner, uint8_t *buffer,
                                           size_t capacity, struct span_list *spans,
                                           struct coap_message *outer,
                                           struct oscore_binding *binding);

/* Verifies a request (section 8.2). `inner` points into `buffer`, its options of class U into what
 * `outer` points to. The replay window moves only when the tag verifies. NODE_ERR_MALFORMED (also
 * no OSCORE option, no request inside), NODE_ERR_UNKNOWN (kid or kid context is not this
 * context's), NODE_ERR_REPLAY, NODE_ERR_VERIFY, NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO: the context is
 * unchanged. */
NODE_MUST_CHECK int oscore_unprotect_request(struct oscore_context *context,
                                             const struct node_hooks *hooks,
                                             const struct coap_message *outer, uint8_t *buffer,
                                             size_t capacity, struct coap_message *inner,
                                             struct oscore_binding *binding);

/* Protects a response (section 8.3) to the request that `binding` came from. Without `new_piv` the
 * nonce is the request's, which is allowed once for each request that is still in the replay
 * window, else NODE_ERR_BAD_STATE: a response that is protected anew must set it. Other errors as
 * for requests. */
NODE_MUST_CHECK int oscore_protect_response(struct oscore_context *context,
                                            const struct node_hooks *hooks,
                                            const struct coap_message *inner, bool new_piv,
                                            const struct oscore_binding *binding, uint8_t *buffer,
                                            size_t capacity, struct span_list *spans,
                                            struct coap_message *outer);

/* Verifies a response (section 8.4) to the request that `binding` came from. Errors as for
 * requests, but a response is never a replay: it is the caller who takes one for each request. */
NODE_MUST_CHECK int oscore_unprotect_response(struct oscore_context *context,
                                              const struct node_hooks *hooks,
                                              const struct coap_message *outer,
                                              const struct oscore_binding *binding, uint8_t *buffer,
                                              size_t capacity, struct coap_message *inner);

#endif
