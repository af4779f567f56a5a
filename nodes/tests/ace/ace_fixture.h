/* Tokens, and what is in them. Include after cmocka.h. */
#ifndef NODES_TESTS_ACE_ACE_FIXTURE_H
#define NODES_TESTS_ACE_ACE_FIXTURE_H

#include <stdlib.h>

#include "ace/message.h"
#include "hex.h"
#include "second_ace.h"
#include "seeded.h"

static const struct ace_sealing_key SEALING_KEY = {
    .octets = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, .kid = 0x2a};
static const uint8_t SEALING_NONCE[ACE_SEALING_NONCE_LENGTH] = {0xff, 1, 2, 3,  4,  5, 6,
                                                                7,    8, 9, 10, 11, 12};

/* The two halves of an exchange of coap_oscore. */
static const struct ace_oscore_half CLIENT = {.nonce = {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16,
                                                        0x17},
                                              .nonce_length = ACE_NONCE_LENGTH,
                                              .id = {0x01},
                                              .id_length = 1},
                                    SERVER = {
                                        .nonce = {0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27},
                                        .nonce_length = ACE_NONCE_LENGTH,
                                        .id = {0x02},
                                        .id_length = 1};

/* Claims with the shortest scope, and an audience of so many octets. */
static inline struct ace_claims make_claims(enum ace_profile profile, size_t id_length,
                                            size_t audience_length) {
  struct ace_claims claims = {
      .audience = "light of the hall, by the door",
      .audience_length = audience_length,
      .expires_s = 1700003600,
      .scope = {ACE_METHOD_GET},
      .scope_length = 1,
      .confirmation = {.profile = profile,
                       .id = {0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87},
                       .id_length = id_length,
                       .has_secret = profile == ACE_PROFILE_OSCORE}};
  if (claims.confirmation.has_secret)
    memset(claims.confirmation.secret, 0xcc, ACE_SECRET_LENGTH);
  return claims;
}

static inline size_t seal(const struct ace_claims *claims, uint8_t token[ACE_TOKEN_MAX]) {
  const int length = ace_token_seal(claims, &SEALING_KEY, SEALING_NONCE, NULL, token);
  assert_true(length > 0 && length <= ACE_TOKEN_MAX);
  return (size_t)length;
}

/* The same as CBOR, by who knows nothing of nodes/. */
static inline size_t encode_again(const struct ace_claims *claims, uint8_t out[SECOND_ACE_MAX]) {
  const struct ace_confirmation *cnf = &claims->confirmation;
  return second_ace_encode(
      &(struct second_ace_claims){
          .audience = claims->audience_length > 0 ? claims->audience : NULL,
          .audience_length = claims->audience_length,
          .expires = (uint32_t)claims->expires_s,
          .scope = claims->scope,
          .scope_length = claims->scope_length,
          .is_osc = cnf->profile == ACE_PROFILE_OSCORE,
          .id = cnf->id,
          .id_length = cnf->id_length,
          .secret = cnf->has_secret ? cnf->secret : NULL,
          .salt = cnf->salt_length > 0 ? cnf->salt : NULL,
          .salt_length = cnf->salt_length,
          .context_id = cnf->has_context_id ? cnf->context_id : NULL,
          .context_id_length = cnf->context_id_length,
      },
      out);
}

/* Claims by chance; what is not used is zero, so that they compare as memory. */
static inline struct ace_claims draw_claims(struct seeded *chance) {
  struct ace_claims claims = {.expires_s = seeded_below(chance, 2) ? seeded_below(chance, 70000)
                                                                   : seeded_below(chance, ~0u)};
  struct ace_confirmation *cnf = &claims.confirmation;
  claims.audience_length = seeded_below(chance, ACE_AUDIENCE_MAX + 1);
  seeded_bytes(chance, claims.audience, claims.audience_length);
  claims.scope_length = 1 + seeded_below(chance, ACE_SCOPE_OCTETS_MAX);
  seeded_bytes(chance, claims.scope, claims.scope_length);
  cnf->profile = seeded_below(chance, 2) ? ACE_PROFILE_OSCORE : ACE_PROFILE_DTLS;
  cnf->id_length = 1 + seeded_below(chance, ACE_KEY_ID_MAX);
  seeded_bytes(chance, cnf->id, cnf->id_length);
  cnf->has_secret = cnf->profile == ACE_PROFILE_OSCORE || seeded_below(chance, 2);
  if (cnf->has_secret)
    seeded_bytes(chance, cnf->secret, sizeof cnf->secret);
  if (cnf->profile == ACE_PROFILE_DTLS)
    return claims;
  cnf->salt_length = seeded_below(chance, ACE_SALT_MAX + 1);
  seeded_bytes(chance, cnf->salt, cnf->salt_length);
  cnf->has_context_id = seeded_below(chance, 2);
  cnf->context_id_length = cnf->has_context_id ? seeded_below(chance, ACE_CONTEXT_ID_MAX + 1) : 0;
  seeded_bytes(chance, cnf->context_id, cnf->context_id_length);
  return claims;
}

static inline void assert_confirmation_equal(const struct ace_confirmation *a,
                                             const struct ace_confirmation *b) {
  assert_int_equal(a->profile, b->profile);
  assert_int_equal(a->has_secret, b->has_secret);
  assert_int_equal(a->has_context_id, b->has_context_id);
  assert_int_equal(a->id_length, b->id_length);
  assert_int_equal(a->salt_length, b->salt_length);
  assert_int_equal(a->context_id_length, b->context_id_length);
  assert_memory_equal(a->id, b->id, a->id_length);
  assert_memory_equal(a->secret, b->secret, sizeof a->secret);
  assert_memory_equal(a->salt, b->salt, a->salt_length);
  assert_memory_equal(a->context_id, b->context_id, a->context_id_length);
}

static inline void assert_claims_equal(const struct ace_claims *a, const struct ace_claims *b) {
  assert_int_equal(a->audience_length, b->audience_length);
  assert_memory_equal(a->audience, b->audience, a->audience_length);
  assert_int_equal(a->expires_s, b->expires_s);
  assert_int_equal(a->scope_length, b->scope_length);
  assert_memory_equal(a->scope, b->scope, a->scope_length);
  assert_confirmation_equal(&a->confirmation, &b->confirmation);
}

/* Octets in memory of exactly their length, so that a read too far is seen. */
static inline uint8_t *exact(const uint8_t *octets, size_t length) {
  uint8_t *copy = malloc(length > 0 ? length : 1);
  assert_non_null(copy);
  memcpy(copy, octets, length);
  return copy;
}

static inline void draw_half(struct seeded *chance, struct ace_oscore_half *half) {
  *half = (struct ace_oscore_half){.nonce_length = 1 + seeded_below(chance, ACE_NONCE_MAX),
                                   .id_length = seeded_below(chance, ACE_RECIPIENT_ID_MAX + 1)};
  seeded_bytes(chance, half->nonce, half->nonce_length);
  seeded_bytes(chance, half->id, half->id_length);
}

static inline void assert_half_equal(const struct ace_oscore_half *a,
                                     const struct ace_oscore_half *b) {
  assert_int_equal(a->nonce_length, b->nonce_length);
  assert_int_equal(a->id_length, b->id_length);
  assert_memory_equal(a->nonce, b->nonce, sizeof a->nonce);
  assert_memory_equal(a->id, b->id, sizeof a->id);
}

/* A payload that is written, and the rows of its octets. */
struct payload {
  uint8_t octets[ACE_MESSAGE_MAX];
  struct span_list spans;
  struct span_writer out;
};

static inline struct span_writer *begin(struct payload *payload) {
  span_writer_init(&payload->out, payload->octets, sizeof payload->octets, &payload->spans);
  return &payload->out;
}

#endif
