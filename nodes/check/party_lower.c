/* The two nodes of a lower layer, and what they authenticate with. */
#include "cast.h"

#include "eap/erp_peer.h"
#include "edhoc/edhoc.h"

#include <assert.h>
#include <string.h>

/* EDHOC without EAP: method 3 with suite 2, and credentials referenced by kid. */

enum { EDHOC_SIDES = CHECK_SIDES, SUITE = 2, CRED_MAX = 256 };

struct edhoc_party {
  uint8_t private[EC_LENGTH];
  uint8_t buffer[CRED_MAX];
  struct edhoc_credential own, known;
  struct edhoc_config config;
};

static const struct edhoc_credential *edhoc_lookup(void *context, const uint8_t *id_cred,
                                                   size_t length) {
  const struct edhoc_credential *known = context;
  const bool same = length == known->id_cred_length && memcmp(id_cred, known->id_cred, length) == 0;
  return same ? known : NULL;
}

static void edhoc_party_init(struct edhoc_party *party, uint8_t number) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  struct ec_public public;
  memset(party->private, number + 1, sizeof party->private);
  int error = ec_derive(&ec, EC_P256, party->private, &public);
  if (error == 0)
    error = edhoc_credential_ccs("check", &number, sizeof number, &public, party->buffer,
                                 sizeof party->buffer, &party->own);
  assert(error == 0);
  (void)error;
  party->known = party->own;
  party->own.private = party->private;
}

/* Of either side; or of a peer with another key than its credential's. */
static const struct edhoc_config *party_edhoc(enum check_side side, bool wrong_key) {
  static struct edhoc_party parties[EDHOC_SIDES], wrong;
  if (parties[0].config.methods == 0) {
    for (uint8_t i = 0; i < EDHOC_SIDES; i++)
      edhoc_party_init(&parties[i], i);
    for (size_t i = 0; i < EDHOC_SIDES; i++)
      parties[i].config = (struct edhoc_config){.methods = 1U << EDHOC_STATIC_STATIC,
                                                .suites = {.value = {SUITE}, .count = 1},
                                                .credentials = &parties[i].own,
                                                .credentials_count = 1,
                                                .lookup = edhoc_lookup,
                                                .context = &parties[1 - i].known,
                                                .backend = &EC_LIBCRYPTO};
    wrong.own = parties[CHECK_PEER].own;
    wrong.own.private = parties[CHECK_AUTHENTICATOR].private;
    wrong.config = parties[CHECK_PEER].config;
    wrong.config.credentials = &wrong.own;
  }
  return side == CHECK_PEER && wrong_key ? &wrong.config : &parties[side].config;
}

/* ERP, with keys that do not end. */

static const struct erp_peer_config ERP_PEER = {.realm = (const uint8_t *)CHECK_REALM,
                                                .realm_length = sizeof CHECK_REALM - 1,
                                                .rrk_lifetime_s = UINT32_MAX};
static const struct erp_server_config ERP_SERVER = {.realm = (const uint8_t *)CHECK_REALM,
                                                    .realm_length = sizeof CHECK_REALM - 1,
                                                    .keys_max = 1,
                                                    .rrk_lifetime_s = UINT32_MAX};

static struct node *create_authenticator(struct check_party *party) {
  const enum model_erp erp = party->model->erp;
  struct lower_authenticator_config config = {.options = &party->model->options,
                                              .payload_bytes = LOWER_PAYLOAD_DEFAULT,
                                              .local = party->address,
                                              .peers_max = 1,
                                              .eap = {.lookup = check_eap_lookup},
                                              .edhoc = party_edhoc(CHECK_AUTHENTICATOR, false),
                                              .backend_hooks = &party->backend_hooks};
  if (erp != MODEL_ERP_OFF) {
    config.eap.erp = &ERP_SERVER;
    config.erp_domain = (struct erp_value){ERP_SERVER.realm, ERP_SERVER.realm_length};
    config.erp_begins = erp == MODEL_ERP_AUTHENTICATOR;
  }
  return lower_of(&party->model->options)->authenticator(&config, &party->hooks);
}

static struct node *create_peer(struct check_party *party, uint64_t now_ns) {
  const struct lower_peer_config config = {
      .options = &party->model->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = party->address,
      .authenticator = party_address(party->model, CHECK_AUTHENTICATOR),
      .begins = party->model->trigger,
      .erp = party->model->erp == MODEL_ERP_OFF ? NULL : &ERP_PEER,
      .erp_begins = party->model->erp == MODEL_ERP_PEER,
      .start_ns = now_ns,
      .eap = *check_eap_peer(party->model->wrong_key),
      .edhoc = party_edhoc(CHECK_PEER, party->model->wrong_key),
  };
  return lower_of(&party->model->options)->peer(&config, &party->hooks);
}

static struct node *lower_renew(struct check_party *party, uint64_t now_ns) {
  node_destroy(party->node);
  return party->side == CHECK_AUTHENTICATOR ? create_authenticator(party)
                                            : create_peer(party, now_ns);
}

static bool lower_peer_asks(const struct model *model) {
  return lower_conduct_of(&model->options).peer_asks;
}

/* A peer that is created begins by itself, where it does. */
static bool lower_begin(struct check_party parties[CHECK_SIDES], enum check_occasion occasion,
                        uint64_t now_ns, enum check_side *side, int *result) {
  const struct model *model = parties[0].model;
  const struct lower_layer *lower = lower_of(&model->options);
  const struct node_address peer = party_address(model, CHECK_PEER);
  const bool restarted = occasion == CHECK_RESTARTED_AUTHENTICATOR;
  *side = model->trigger && !restarted ? CHECK_PEER : CHECK_AUTHENTICATOR;
  if (occasion == CHECK_RESTARTED_PEER ||
      (restarted && lower_conduct_of(&model->options).only_peer_begins) ||
      (occasion == CHECK_FIRST && model->trigger))
    return false;
  *result = *side == CHECK_PEER
                ? lower->peer_begin(parties[CHECK_PEER].node, now_ns)
                : lower->authenticator_begin(parties[CHECK_AUTHENTICATOR].node, &peer);
  return true;
}

const struct check_cast CHECK_CAST_LOWER = {
    .names = {[CHECK_AUTHENTICATOR] = "authenticator", [CHECK_PEER] = "peer"},
    .outcomes = {[MONITOR_IDLE] = "idle",
                 [MONITOR_TRIGGERING] = "triggering",
                 [MONITOR_RUNNING] = "running",
                 [MONITOR_ESTABLISHED] = "established",
                 [MONITOR_FAILED] = "failed"},
    .begun = "authentication",
    .has_ordering = true,
    .peer_asks = lower_peer_asks,
    .renew = lower_renew,
    .begin = lower_begin,
    .watch = &MONITOR_EAP,
};
