/* The peer and the server of eap_world.h with EAP-EDHOC, and their packets. Include after cmocka.h.
 */
#ifndef NODES_TESTS_EAP_EAP_EDHOC_WORLD_H
#define NODES_TESTS_EAP_EAP_EDHOC_WORLD_H

#include "eap/edhoc.h"
#include "eap/label.h"
#include "eap_world.h"
#include "edhoc/edhoc_parties.h"
#include "seeded.h"

enum { PACKETS_MAX = 128, EDHOC_FLAGS = 5 /* where Type-Data begins */ };

static struct eap_edhoc_world {
  struct eap_world world;
  struct parties parties;
  struct seeded peer_seeded, server_seeded;
  struct packet run[PACKETS_MAX];
  size_t run_length;
} eap_edhoc_world;

static inline const struct eap_user *eap_edhoc_world_lookup(void *context, const uint8_t *identity,
                                                            size_t length) {
  return parties_know(identity, length) ? &((struct eap_world *)context)->user : NULL;
}

static inline void eap_edhoc_world_start(struct eap_edhoc_world *it) {
  it->peer_seeded.state = 1;
  it->server_seeded.state = 2;
  eap_world_start(&it->world);
}

static inline struct eap_edhoc_world *
eap_edhoc_world_init(unsigned method, enum parties_credential credential, size_t mtu) {
  struct eap_edhoc_world *it = &eap_edhoc_world;
  const struct parties_options options = {
      .peers = 1, .method = method, .suite = 2, .credential = credential};
  parties_init(&it->parties, &options);
  eap_world_init(&it->world);
  it->world.peer_hooks = (struct node_hooks){.context = &it->peer_seeded, .random = seeded_bytes};
  it->world.server_hooks =
      (struct node_hooks){.context = &it->server_seeded, .random = seeded_bytes};
  it->world.peer_config.identity = it->world.user.identity = text_octets(PARTIES_ANONYMOUS);
  it->world.server_config.lookup = eap_edhoc_world_lookup;
  it->world.peer_methods[0] = (struct eap_peer_method){
      &EAP_EDHOC_PEER, {.edhoc = &it->parties.peers[0].config, .mtu = mtu}};
  it->world.server_methods[0] = (struct eap_server_method){
      &EAP_EDHOC_SERVER, {.edhoc = &it->parties.server.config, .mtu = mtu}};
  eap_edhoc_world_start(it);
  return it;
}

/* Lets both sides talk from the start; all their packets are in `run`. The last is for the peer
 * unless the peer ends by itself. */
static inline void eap_edhoc_world_run(struct eap_edhoc_world *it) {
  eap_edhoc_world_start(it);
  it->run[0] = eap_world_identity_request(WORLD_IDENTIFIER);
  for (it->run_length = 1; it->run_length < PACKETS_MAX; it->run_length++) {
    struct packet *in = &it->run[it->run_length - 1], *out = &it->run[it->run_length];
    if (goes_to_peer(it->run_length - 1))
      (void)give_peer(&it->world, in, out);
    else
      (void)give_server(&it->world, in, out);
    if (out->length == 0)
      return;
  }
  fail_msg("the conversation does not end");
}

/* Starts anew and lets the first `count` packets of `run` be received. */
static inline void eap_edhoc_world_advance(struct eap_edhoc_world *it, size_t count) {
  struct packet answer;
  eap_edhoc_world_start(it);
  for (size_t i = 0; i < count; i++)
    if (goes_to_peer(i))
      (void)give_peer(&it->world, &it->run[i], &answer);
    else
      (void)give_server(&it->world, &it->run[i], &answer);
}

/* As eap_world_relay, but as long as it takes. True: the recipient of `in` did not discard it. */
static inline bool eap_edhoc_world_relay(struct eap_edhoc_world *it, size_t index,
                                         const struct packet *in) {
  struct packet now = *in, answer;
  bool taken = false;
  for (size_t i = index; i < index + PACKETS_MAX; i++) {
    const bool discarded = goes_to_peer(i)
                               ? give_peer(&it->world, &now, &answer) == EAP_PEER_DISCARD
                               : give_server(&it->world, &now, &answer) == EAP_SERVER_DISCARD;
    if (i == index)
      taken = !discarded;
    if (answer.length == 0)
      return taken;
    now = answer;
  }
  fail_msg("the conversation does not end");
  return false;
}

static inline uint8_t flags_of(const struct packet *packet) {
  return packet->octets[EDHOC_FLAGS];
}

#endif
