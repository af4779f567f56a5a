/* An initiator and a responder of EDHOC that know each other, and their four messages. Include
 * after cmocka.h. */
#ifndef NODES_TESTS_EDHOC_EDHOC_WORLD_H
#define NODES_TESTS_EDHOC_EDHOC_WORLD_H

#include <string.h>

#include "edhoc/edhoc.h"
#include "edhoc/certify.h"
#include "seeded.h"

enum { INITIATOR, RESPONDER, SIDES };
enum { WORLD_MESSAGES = 4, WORLD_CERTIFICATE_LENGTH = 290, WORLD_EXPORT_LENGTH = 64 };

enum edhoc_world_kind { KIND_KID, KIND_X5T, KIND_X5CHAIN, KIND_COUNT };

struct edhoc_world_message {
  uint8_t octets[EDHOC_MESSAGE_MAX];
  size_t length;
};

struct edhoc_world {
  struct seeded seeded[SIDES];
  struct node_hooks hooks[SIDES];
  struct edhoc_config config[SIDES];
  struct edhoc side[SIDES];
  struct edhoc_credential own[SIDES];
  struct edhoc_credential known[SIDES]; /* what the other side knows: without private key */
  uint8_t private[SIDES][EC_LENGTH];
  uint8_t buffer[SIDES][EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX];
  uint8_t root_private[EC_LENGTH];
  uint8_t root_der[CERTIFY_MAX];
  struct edhoc_certificate root;
  struct edhoc_world_message message[WORLD_MESSAGES + 1]; /* from 1 */
  const struct edhoc_ead *ead[WORLD_MESSAGES + 1];
  size_t ead_count[WORLD_MESSAGES + 1];
};

static inline const struct edhoc_credential *
edhoc_world_lookup(void *context, const uint8_t *id_cred, size_t length) {
  const struct edhoc_credential *known = context;
  if (length != known->id_cred_length || memcmp(id_cred, known->id_cred, length) != 0)
    return NULL;
  return known;
}

static inline void edhoc_world_issue(struct edhoc_world *world, unsigned side,
                                     const struct ec_public *public, enum edhoc_world_kind kind) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  uint8_t der[CERTIFY_MAX];
  const struct certify request = {
      .issuer = "root",
      .subject = side == INITIATOR ? "initiator" : "responder",
      .issuer_private = world->root_private,
      .public = public,
      .length = WORLD_CERTIFICATE_LENGTH,
  };
  const size_t length = certify(&request, der);
  uint8_t *buffer = world->buffer[side];
  const size_t capacity = sizeof world->buffer[side];
  if (kind == KIND_X5T)
    assert_int_equal(edhoc_credential_x5t(&ec, der, length, buffer, capacity, &world->own[side]),
                     0);
  else
    assert_int_equal(edhoc_credential_x5chain(der, length, buffer, capacity, &world->own[side]), 0);
}

static inline void edhoc_world_credential(struct edhoc_world *world, unsigned side,
                                          enum ec_curve curve, enum edhoc_world_kind kind) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO, .hooks = &world->hooks[side]};
  const uint8_t kid[] = {side == INITIATOR ? 0x2b : 0x32};
  struct ec_public public;
  assert_int_equal(ec_generate(&ec, curve, world->private[side], &public), 0);
  if (kind == KIND_KID)
    assert_int_equal(edhoc_credential_ccs(side == INITIATOR ? "initiator" : "responder", kid,
                                          sizeof kid, &public, world->buffer[side],
                                          sizeof world->buffer[side], &world->own[side]),
                     0);
  else
    edhoc_world_issue(world, side, &public, kind);
  world->known[side] = world->own[side];
  world->own[side].private = world->private[side];
}

static inline void edhoc_world_root(struct edhoc_world *world) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  struct ec_public public;
  memset(world->root_private, 0x77, sizeof world->root_private);
  assert_int_equal(ec_derive(&ec, EC_P256, world->root_private, &public), 0);
  const struct certify request = {
      .issuer = "root",
      .subject = "root",
      .issuer_private = world->root_private,
      .public = &public,
      .authority = true,
  };
  world->root.der = world->root_der;
  world->root.length = certify(&request, world->root_der);
}

/* Sessions that have not begun. */
static inline void edhoc_world_start(struct edhoc_world *world) {
  for (unsigned side = 0; side < SIDES; side++)
    assert_int_equal(edhoc_init(&world->side[side],
                                side == INITIATOR ? EDHOC_INITIATOR : EDHOC_RESPONDER,
                                &world->config[side], &world->hooks[side]),
                     0);
}

static inline void edhoc_world_init(struct edhoc_world *world, unsigned method, int32_t suite,
                                    enum edhoc_world_kind kind) {
  const struct edhoc_suite *found = edhoc_suite_find(suite);
  memset(world, 0, sizeof *world);
  edhoc_world_root(world);
  for (unsigned side = 0; side < SIDES; side++) {
    const bool signs = side == INITIATOR ? method <= 1 : method == 0 || method == 2;
    world->seeded[side].state = 1 + side;
    world->hooks[side] =
        (struct node_hooks){.context = &world->seeded[side], .random = seeded_bytes};
    edhoc_world_credential(world, side, signs ? found->signature : found->exchange, kind);
    world->config[side] = (struct edhoc_config){
        .methods = (uint8_t)(1u << method),
        .suites = {.value = {suite}, .count = 1},
        .connection = {.length = 1, .bytes = {side == INITIATOR ? 0x0e : 0x27}},
        .credentials = &world->own[side],
        .credentials_count = 1,
        .lookup = edhoc_world_lookup,
        .anchors = &world->root,
        .anchors_count = 1,
        .context = &world->known[1 - side],
        .backend = &EC_LIBCRYPTO,
    };
  }
  edhoc_world_start(world);
}

typedef int edhoc_world_composer(struct edhoc *, const struct edhoc_ead *, size_t, uint8_t *,
                                 size_t, size_t *);
typedef int edhoc_world_processor(struct edhoc *, const uint8_t *, size_t);

static inline struct edhoc *edhoc_world_sender(struct edhoc_world *world, unsigned number) {
  return &world->side[number % 2 == 1 ? INITIATOR : RESPONDER];
}

static inline struct edhoc *edhoc_world_receiver(struct edhoc_world *world, unsigned number) {
  return &world->side[number % 2 == 1 ? RESPONDER : INITIATOR];
}

static inline int edhoc_world_compose(struct edhoc_world *world, unsigned number) {
  static edhoc_world_composer *const compose[] = {edhoc_message_1_compose, edhoc_message_2_compose,
                                                  edhoc_message_3_compose, edhoc_message_4_compose};
  struct edhoc_world_message *message = &world->message[number];
  return compose[number - 1](edhoc_world_sender(world, number), world->ead[number],
                             world->ead_count[number], message->octets, sizeof message->octets,
                             &message->length);
}

/* The receiver of message `number` takes these octets as that message, from a copy of exactly their
 * length. */
static inline int edhoc_world_give(struct edhoc_world *world, unsigned number,
                                   const uint8_t *octets, size_t length) {
  static edhoc_world_processor *const process[] = {edhoc_message_1_process, edhoc_message_2_process,
                                                   edhoc_message_3_process,
                                                   edhoc_message_4_process};
  uint8_t *copy = test_malloc(length > 0 ? length : 1);
  memcpy(copy, octets, length);
  const int error = process[number - 1](edhoc_world_receiver(world, number), copy, length);
  test_free(copy);
  return error;
}

/* Both sides up to and including the composition of message `number`. */
static inline void edhoc_world_advance(struct edhoc_world *world, unsigned number) {
  for (unsigned i = 1; i <= number; i++) {
    assert_int_equal(edhoc_world_compose(world, i), 0);
    if (i < number)
      assert_int_equal(
          edhoc_world_give(world, i, world->message[i].octets, world->message[i].length), 0);
  }
}

/* Both have the same keys, and both know it. */
static inline bool edhoc_world_established(const struct edhoc_world *world) {
  uint8_t key[SIDES][WORLD_EXPORT_LENGTH];
  for (unsigned side = 0; side < SIDES; side++)
    if (world->side[side].state != EDHOC_PERSISTED ||
        edhoc_exporter(&world->side[side], 26, (const uint8_t[]){0x18, 0x39}, 2, key[side],
                       sizeof key[side]) != 0)
      return false;
  return memcmp(key[INITIATOR], key[RESPONDER], sizeof key[INITIATOR]) == 0;
}

static inline void edhoc_world_run(struct edhoc_world *world) {
  edhoc_world_advance(world, WORLD_MESSAGES);
  const struct edhoc_world_message *last = &world->message[WORLD_MESSAGES];
  assert_int_equal(edhoc_world_give(world, WORLD_MESSAGES, last->octets, last->length), 0);
}

static inline bool is_zero(const void *octets, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (((const uint8_t *)octets)[i] != 0)
      return false;
  return true;
}

/* Aborted, with words for it, and no secret left. */
static inline void assert_aborted(const struct edhoc *edhoc) {
  uint8_t out[16];
  assert_int_equal(edhoc->state, EDHOC_ABORTED);
  assert_true(edhoc->error < 0);
  assert_true(strlen(edhoc_reason(edhoc)) > 0);
  assert_true(is_zero(edhoc->private, sizeof edhoc->private));
  assert_true(is_zero(edhoc->prk, sizeof edhoc->prk));
  assert_true(is_zero(edhoc->prk_out, sizeof edhoc->prk_out));
  assert_true(is_zero(edhoc->th, sizeof edhoc->th));
  assert_true(is_zero(edhoc->peer_id_cred, sizeof edhoc->peer_id_cred));
  assert_int_equal(edhoc_exporter(edhoc, 0, NULL, 0, out, sizeof out), NODE_ERR_BAD_STATE);
}

#endif
