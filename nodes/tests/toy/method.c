/* A toy EAP method, to show that one is a file of nodes/eap and a row of methods.def: three tags by
 * a key that both sides have, AES-CMAC over a number and the random octets of both.
 *
 *   1 server  RAND_S
 *   2 peer    RAND_P, tag 2
 *   3 server  tag 3
 *   4 peer    tag 4 */
#include "methods.h"

#include "../crypto/crypto.h"

#include <string.h>

enum { TYPE_EXPERIMENTAL = 255, RAND_LENGTH = 16, TAG_LENGTH = 16, KEYS_TAG = 5 };
enum { KEY_BLOCKS = 2 * EAP_KEY_LENGTH / CRYPTO_AES_LENGTH };

enum toy_stage { BEGINS, AWAITS_TAG, AWAITS_LAST, SUCCEEDED };

struct toy {
  const struct eap_credential *credential;
  const struct node_hooks *hooks;
  enum toy_stage stage;
  uint8_t rands[2 * RAND_LENGTH]; /* RAND_S, RAND_P */
  struct eap_keys keys;
};

static int toy_init(void *state, const struct eap_credential *credential,
                    const struct node_hooks *hooks) {
  if (credential->psk == NULL)
    return NODE_ERR_BAD_CONFIG;
  *(struct toy *)state = (struct toy){.credential = credential, .hooks = hooks};
  return 0;
}

static int make_tag(const struct toy *toy, uint8_t number, uint8_t tag[TAG_LENGTH]) {
  uint8_t input[1 + sizeof toy->rands];
  input[0] = number;
  memcpy(input + 1, toy->rands, sizeof toy->rands);
  return crypto_cmac(toy->hooks, toy->credential->psk, input, sizeof input, tag);
}

static int write_tag(const struct toy *toy, uint8_t number, struct span_writer *out) {
  uint8_t tag[TAG_LENGTH];
  const int error = make_tag(toy, number, tag);
  if (error == 0)
    span_writer_put(out, ROW_EAP_METHOD, tag, sizeof tag);
  return error;
}

static bool is_tag(const struct toy *toy, uint8_t number, const uint8_t *data) {
  uint8_t tag[TAG_LENGTH];
  return make_tag(toy, number, tag) == 0 && crypto_equal(tag, data, sizeof tag);
}

static enum eap_method_result succeed(struct toy *toy) {
  static const uint8_t zeros[CRYPTO_AES_LENGTH] = {0};
  uint8_t key[TAG_LENGTH], blocks[KEY_BLOCKS * CRYPTO_AES_LENGTH];
  int error = make_tag(toy, KEYS_TAG, key);
  if (error == 0)
    error = crypto_aes128_expand(toy->hooks, key, zeros, blocks, KEY_BLOCKS);
  memcpy(toy->keys.msk, blocks, EAP_KEY_LENGTH);
  memcpy(toy->keys.emsk, blocks + EAP_KEY_LENGTH, EAP_KEY_LENGTH);
  crypto_wipe(key, sizeof key);
  crypto_wipe(blocks, sizeof blocks);
  if (error != 0)
    return EAP_METHOD_FAILURE;
  toy->stage = SUCCEEDED;
  return EAP_METHOD_SUCCESS;
}

static enum eap_method_result toy_peer_process(void *state, const struct eap_packet *packet,
                                               uint8_t identifier, struct span_writer *out,
                                               const char **reason) {
  struct toy *toy = state;
  (void)identifier;
  if (toy->stage == BEGINS && packet->data_length == RAND_LENGTH) {
    memcpy(toy->rands, packet->data, RAND_LENGTH);
    node_random(toy->hooks, toy->rands + RAND_LENGTH, RAND_LENGTH);
    span_writer_put(out, ROW_EAP_METHOD, toy->rands + RAND_LENGTH, RAND_LENGTH);
    if (write_tag(toy, 2, out) != 0)
      return eap_method_discard(reason, "no tag");
    toy->stage = AWAITS_TAG;
    return EAP_METHOD_CONTINUE;
  }
  if (toy->stage != AWAITS_TAG || packet->data_length != TAG_LENGTH ||
      !is_tag(toy, 3, packet->data))
    return eap_method_discard(reason, "not the server's tag");
  return write_tag(toy, 4, out) == 0 ? succeed(toy) : eap_method_discard(reason, "no tag");
}

static int toy_server_begin(void *state, struct span_writer *out) {
  struct toy *toy = state;
  node_random(toy->hooks, toy->rands, RAND_LENGTH);
  span_writer_put(out, ROW_EAP_METHOD, toy->rands, RAND_LENGTH);
  toy->stage = AWAITS_TAG;
  return 0;
}

static enum eap_method_result toy_server_process(void *state, const struct eap_packet *packet,
                                                 uint8_t identifier, struct span_writer *out,
                                                 const char **reason) {
  struct toy *toy = state;
  (void)identifier;
  *reason = "not the peer's tag";
  if (toy->stage == AWAITS_TAG && packet->data_length == RAND_LENGTH + TAG_LENGTH) {
    memcpy(toy->rands + RAND_LENGTH, packet->data, RAND_LENGTH);
    if (!is_tag(toy, 2, packet->data + RAND_LENGTH) || write_tag(toy, 3, out) != 0)
      return EAP_METHOD_FAILURE;
    toy->stage = AWAITS_LAST;
    return EAP_METHOD_CONTINUE;
  }
  if (toy->stage != AWAITS_LAST || packet->data_length != TAG_LENGTH ||
      !is_tag(toy, 4, packet->data))
    return EAP_METHOD_DISCARD;
  return succeed(toy);
}

static int toy_keys(const void *state, struct eap_keys *keys) {
  const struct toy *toy = state;
  if (toy->stage != SUCCEEDED)
    return NODE_ERR_BAD_STATE;
  *keys = toy->keys;
  return 0;
}

static void toy_wipe(void *state) {
  crypto_wipe(state, sizeof(struct toy));
}

static void toy_digest(const void *state, struct digest *digest) {
  const struct toy *toy = state;
  digest_u64(digest, toy->stage);
  digest_octets(digest, toy->rands, sizeof toy->rands);
  digest_octets(digest, &toy->keys, sizeof toy->keys);
}

extern const struct eap_method EAP_TOY_PEER, EAP_TOY_SERVER;
const struct eap_method EAP_TOY_PEER = {
    .type = TYPE_EXPERIMENTAL,
    .name = "EAP-Toy",
    .row = ROW_EAP_METHOD,
    .init = toy_init,
    .process = toy_peer_process,
    .keys = toy_keys,
    .wipe = toy_wipe,
    .digest = toy_digest,
};
const struct eap_method EAP_TOY_SERVER = {
    .type = TYPE_EXPERIMENTAL,
    .name = "EAP-Toy",
    .row = ROW_EAP_METHOD,
    .init = toy_init,
    .begin = toy_server_begin,
    .process = toy_server_process,
    .keys = toy_keys,
    .wipe = toy_wipe,
    .digest = toy_digest,
};
