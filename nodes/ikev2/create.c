/* The beginning and the end of an endpoint: what of its configuration is out of range, and what is
 * copied. */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES_MAX = 16 }; /* more would double beyond all bounds */

enum {
  PROPOSALS_ALL = (1 << IKEV2_PROPOSAL_COUNT) - 1,
  ESP_SUITES_ALL = 1 << IKEV2_ESP_AES_CCM_8 | 1 << IKEV2_ESP_AES_CCM_8_IIV,
};

static bool is_id_accepted(const struct ikev2_id *id) {
  return id->length <= IKEV2_ID_MAX &&
         (id->length == 0 || (id->octets != NULL && id->type > 0 && id->type <= UINT8_MAX));
}

/* A key, or somebody who has keys by identity. */
static bool is_key_accepted(const struct ikev2_config *config) {
  if (config->keys != NULL)
    return !config->initiator && config->psk_length == 0 && config->remote_id.length == 0;
  return config->psk != NULL && config->psk_length >= 1 && config->psk_length <= IKEV2_PSK_MAX;
}

static bool is_nonce_accepted(size_t length) {
  return length == 0 || (length >= IKEV2_NONCE_LEAST && length <= IKEV2_NONCE_MAX);
}

static bool is_accepted(const struct ikev2_config *config) {
  return (config->proposals & ~(unsigned)PROPOSALS_ALL) == 0 &&
         (config->esp_suites & ~(unsigned)ESP_SUITES_ALL) == 0 &&
         is_nonce_accepted(config->nonce_bytes) && config->local_id.length > 0 &&
         is_id_accepted(&config->local_id) && is_id_accepted(&config->remote_id) &&
         (!config->initiator || !config->names_responder || config->remote_id.length > 0) &&
         is_key_accepted(config) && config->child <= IKEV2_CHILD_TUNNEL &&
         config->nat <= IKEV2_NAT_FORCE && config->tries <= TRIES_MAX;
}

/* What is offered is one. */
static unsigned set_of(unsigned configured, unsigned otherwise, bool offers) {
  const unsigned set = configured == 0 ? otherwise : configured;
  return offers ? set & ~(set - 1) : set;
}

static int keep_id(struct kept *kept, const struct ikev2_id *id) {
  uint8_t body[IKEV2_ID_BODY_MAX];
  return id->length == 0 ? 0 : ikev2_octets_keep(kept, body, ikev2_id_body(id, body));
}

static void setup_init(struct ikev2_setup *setup, const struct ikev2_config *config,
                       const struct node_hooks *hooks) {
  const bool offers = config->initiator;
  setup->proposals = set_of(config->proposals, PROPOSALS_ALL, offers);
  setup->esp_suites = set_of(config->esp_suites, 1U << IKEV2_ESP_AES_CCM_8, offers);
  setup->nonce_bytes = config->nonce_bytes == 0 ? IKEV2_NONCE_LEAST : config->nonce_bytes;
  setup->keys = config->keys;
  setup->ec = (struct ec){.backend = config->curves, .hooks = hooks};
  setup->child = config->child;
  setup->local_port = config->local_port;
  setup->remote_port = config->remote_port;
  setup->names_responder = config->names_responder;
  setup->initial_contact = config->initial_contact;
  setup->childless = config->child == IKEV2_CHILD_NONE || (!offers && config->childless);
  setup->cookie_wanted = !offers && config->cookie;
  setup->cookie_secret = config->cookie_secret;
  if (setup->cookie_wanted && config->cookie_secret == NULL)
    node_random(hooks, setup->own_secret, sizeof setup->own_secret);
}

static int setup_begin(struct ikev2 *ike, const struct ikev2_config *config) {
  struct ikev2_setup *const setup = ike->setup = calloc(1, sizeof *setup);
  const enum ikev2_side own = config->initiator ? IKEV2_I : IKEV2_R;
  if (setup == NULL)
    return NODE_ERR_EXHAUSTED;
  setup_init(setup, config, ike->hooks);
  int error = keep_id(&setup->id[own], &config->local_id);
  if (error == 0)
    error = keep_id(&setup->id[!own], &config->remote_id);
  if (error == 0 && config->keys == NULL)
    error = ikev2_octets_keep(&setup->psk, config->psk, config->psk_length);
  return error;
}

static bool is_ip_given(const struct node_address *address) {
  static const uint8_t none[sizeof address->ip];
  return memcmp(address->ip, none, sizeof none) != 0;
}

static void ikev2_init(struct ikev2 *ike, const struct ikev2_config *config,
                       const struct node_hooks *hooks) {
  ike->hooks = hooks;
  ike->reason = "";
  ike->initiator = config->initiator;
  ike->marker = config->marker;
  ike->local = config->local;
  ike->is_bound = is_ip_given(&config->local);
  ike->remote = config->remote;
  ike->event_remote = is_ip_given(&config->event_remote) ? config->event_remote : config->remote;
  ike->phase = config->phase;
  ike->nat = config->nat;
  ike->timeout_ms = config->timeout_ms == 0 ? IKEV2_TIMEOUT_MS_DEFAULT : config->timeout_ms;
  ike->half_open_s = config->half_open_s == 0 ? IKEV2_HALF_OPEN_S_DEFAULT : config->half_open_s;
  ike->tries = (uint8_t)(config->tries == 0 ? IKEV2_TRIES_DEFAULT : config->tries);
  ike->due_ns = NODE_NEVER;
}

struct ikev2 *ikev2_create(const struct ikev2_config *config, const struct node_hooks *hooks,
                           uint64_t now_ns) {
  (void)now_ns;
  struct ikev2 *const ike = is_accepted(config) ? calloc(1, sizeof *ike) : NULL;
  if (ike == NULL)
    return NULL;
  ikev2_init(ike, config, hooks);
  if (setup_begin(ike, config) != 0 || (ike->initiator && ikev2_init_compose(ike) != 0)) {
    ikev2_destroy(ike);
    return NULL;
  }
  ike->state = ike->initiator ? IKEV2_NEGOTIATING : IKEV2_BEGINNING;
  ikev2_count_bytes(ike);
  return ike;
}

void ikev2_destroy(struct ikev2 *ike) {
  if (ike == NULL)
    return;
  ikev2_setup_end(ike);
  ikev2_child_end(ike);
  kept_wipe(&ike->request.octets);
  kept_wipe(&ike->response.octets);
  kept_wipe(&ike->proved);
  crypto_wipe(ike, sizeof *ike);
  free(ike);
}
