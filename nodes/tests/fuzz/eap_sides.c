/* Conversations of EAP, whole or hostile. */
#include "eap_sides.h"

#include <stdlib.h>
#include <string.h>

#include "eap/label.h"
#include "seeded.h"

enum { IDENTIFIER = 7, PACKETS_MAX = 64 };

static const uint8_t IDENTITY[] = "user";

struct both {
  struct seeded seeded[2];
  struct node_hooks hooks[2];
  struct eap_peer_config peer_config;
  struct eap_server_config server_config;
  struct eap_user user;
  struct eap_peer peer;
  struct eap_server server;
  struct eap_labels labels;
};

static const struct eap_user *eap_sides_lookup(void *context, const uint8_t *identity,
                                               size_t length) {
  const struct both *both = context;
  return length == both->user.identity_length && memcmp(identity, both->user.identity, length) == 0
             ? &both->user
             : NULL;
}

static void eap_sides_begin(struct both *both, const struct eap_sides *sides) {
  memset(both, 0, sizeof *both);
  for (size_t i = 0; i < 2; i++) {
    both->seeded[i].state = 1 + i;
    both->hooks[i] = (struct node_hooks){.context = &both->seeded[i], .random = seeded_bytes};
  }
  both->peer_config = (struct eap_peer_config){.identity = IDENTITY,
                                               .identity_length = sizeof IDENTITY - 1,
                                               .methods = &sides->peer,
                                               .method_count = 1};
  both->user = (struct eap_user){.identity = IDENTITY,
                                 .identity_length = sizeof IDENTITY - 1,
                                 .methods = &sides->server,
                                 .method_count = 1};
  both->server_config = (struct eap_server_config){.lookup = eap_sides_lookup, .context = both};
  eap_peer_init(&both->peer, &both->peer_config, &both->hooks[0]);
  eap_server_init(&both->server, &both->server_config, &both->hooks[1], IDENTIFIER);
}

static void eap_sides_end(struct both *both) {
  eap_peer_wipe(&both->peer);
  eap_server_wipe(&both->server);
}

/* What a side says is a packet; where it has discarded, it says nothing. */
static void check_answer(const struct span_writer *out, bool discarded, const char *reason) {
  struct eap_packet packet;
  fuzz_claim(!out->overflow && out->length <= EAP_PACKET_MAX, "an answer fits");
  fuzz_claim(out->length == 0 || eap_packet_parse(out->data, out->length, &packet) == 0,
             "an answer is an EAP packet");
  fuzz_claim(!discarded || strlen(reason) > 0, "what is discarded has a reason");
}

static bool eap_sides_give_peer(struct both *both, const uint8_t *data, size_t length,
                                struct span_writer *out) {
  const enum eap_peer_result result = eap_peer_process(&both->peer, data, length, out);
  check_answer(out, result == EAP_PEER_DISCARD, eap_peer_reason(&both->peer));
  fuzz_claim((result != EAP_PEER_RESPOND && result != EAP_PEER_REPEAT) || out->length > 0,
             "a response is there");
  if (result == EAP_PEER_DISCARD)
    out->length = 0;
  return result == EAP_PEER_SUCCESS;
}

static bool eap_sides_give_server(struct both *both, const uint8_t *data, size_t length,
                                  struct span_writer *out) {
  const enum eap_server_result result = eap_server_process(&both->server, data, length, out);
  check_answer(out, result == EAP_SERVER_DISCARD, eap_server_reason(&both->server));
  fuzz_claim(result == EAP_SERVER_DISCARD || out->length > 0, "an answer is there");
  if (result == EAP_SERVER_DISCARD)
    out->length = 0;
  return result == EAP_SERVER_SUCCESS;
}

static bool eap_sides_give(struct both *both, enum eap_sides_side side, const uint8_t *data,
                           size_t length, struct span_writer *out, uint8_t answer[EAP_PACKET_MAX]) {
  span_writer_init(out, answer, EAP_PACKET_MAX, NULL);
  (void)eap_label(&both->labels, data, length);
  return side == EAP_SIDES_PEER ? eap_sides_give_peer(both, data, length, out)
                                : eap_sides_give_server(both, data, length, out);
}

bool eap_sides_run(const struct eap_sides *sides, const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t answer[EAP_PACKET_MAX], *part;
  struct span_writer out;
  struct both both;
  size_t length;
  bool success = false;
  if (size == 0)
    return false;
  eap_sides_begin(&both, sides);
  for (unsigned i = 0; i < PACKETS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    success = eap_sides_give(&both, data[0] % 2, part, length, &out, answer);
    free(part);
  }
  eap_sides_end(&both);
  return success;
}

void eap_sides_seeds(const struct eap_sides *sides, fuzz_take *take) {
  static struct fuzz_input inputs[2];
  uint8_t packets[2][EAP_PACKET_MAX];
  struct both both;
  struct span_writer out;
  inputs[0] = (struct fuzz_input){.data = {EAP_SIDES_SERVER}, .size = 1};
  inputs[1] = (struct fuzz_input){.data = {EAP_SIDES_PEER}, .size = 1};
  eap_sides_begin(&both, sides);
  span_writer_init(&out, packets[0], EAP_PACKET_MAX, NULL);
  fuzz_claim(eap_server_identity_request(IDENTIFIER, &out) == 0, "a conversation begins");
  for (size_t i = 0; out.length > 0; i++) {
    const enum eap_sides_side side = i % 2 == 0 ? EAP_SIDES_PEER : EAP_SIDES_SERVER;
    const uint8_t *packet = packets[i % 2];
    const size_t length = out.length;
    fuzz_claim(i < PACKETS_MAX, "a conversation ends");
    fuzz_input_put_part(&inputs[side], packet, length);
    (void)eap_sides_give(&both, side, packet, length, &out, packets[1 - i % 2]);
  }
  eap_sides_end(&both);
  for (size_t i = 0; i < 2; i++)
    take(inputs[i].data, inputs[i].size);
}
