/* Nodes of the model. */
#include "party.h"

#include "eap/erp_peer.h"
#include "eap/methods.h"
#include "edhoc/edhoc.h"

#include <assert.h>
#include <string.h>

#define RIGHT_KEY "tfg-passwordtest"
#define WRONG_KEY "tfg-passwordtesT"
#define IDENTITY "tfg-user-test"

enum { PURPOSE_NODE, PURPOSE_BACKEND };

/* Random streams */

static void check_stream_init(struct check_stream *stream, enum check_side side,
                              unsigned incarnation, unsigned purpose) {
  stream->state = (uint64_t)side << 16 | incarnation << 8 | purpose;
}

/* SplitMix64, an octet at a time. */
static void check_stream_take(struct check_stream *stream, uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    uint64_t mixed = stream->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    bytes[i] = (uint8_t)(mixed >> 56);
  }
}

/* Whether it sends the requests of an authentication. */
bool check_party_asks(const struct check_party *party) {
  return (party->side == CHECK_PEER) == lower_conduct_of(&party->model->options).peer_asks;
}

/* By how much a restarted node's first draw is more than the one before its restart; -1: random. */
static int first_draw_shift(const struct check_party *party) {
  const struct model *model = party->model;
  if (check_party_asks(party) && model->random != MODEL_RANDOM_FRESH)
    return (int)model->shift;
  return party->side == CHECK_PEER ? model->peer_shift : -1;
}

/* The first octets that a node draws make its first Message ID (coap_session_init), or the name of
 * a peer's first resource, where names keep order. */
static void choose_first_draw(struct check_party *party, uint8_t bytes[4]) {
  const int least = check_party_asks(party) ? party->model->first_message_id : -1;
  const int shift = first_draw_shift(party);
  const uint8_t *before = party->first_draw;
  const int drawn = party->incarnation == 0 ? least : (before[2] << 8 | before[3]) + shift;
  if (party->incarnation > 0 && shift < 0)
    return;
  if (party->incarnation > 0)
    memcpy(bytes, before, 2);
  else if (drawn >= 0)
    bytes[0] = bytes[1] = 0;
  if (drawn >= 0) {
    bytes[2] = (uint8_t)(drawn >> 8);
    bytes[3] = (uint8_t)drawn;
  }
  if (party->incarnation == 0)
    memcpy(party->first_draw, bytes, 4);
}

static void hook_random(void *context, uint8_t *bytes, size_t length) {
  struct check_party *party = context;
  check_stream_take(&party->stream, bytes, length);
  if (party->drawn++ == 0 && length == 4)
    choose_first_draw(party, bytes);
  else if (party->identifier_due && length == 4) { /* behind token and SeqNum, of other lengths */
    bytes[3] ^= 0x55;
    party->identifier_due = false;
  }
}

static void hook_backend_random(void *context, uint8_t *bytes, size_t length) {
  struct check_party *party = context;
  check_stream_take(&party->backend, bytes, length);
}

static void hook_event(void *context, const struct node_event *event) {
  struct check_party *party = context;
  party->event(party->world, party->side, event);
}

void check_party_begins(struct check_party *party) {
  if (!party->begun) {
    party->at_first = party->stream;
    party->begun = true;
  } else if (party->model->random != MODEL_RANDOM_FRESH) {
    party->stream = party->at_first;
    party->identifier_due =
        party->side == CHECK_AUTHENTICATOR && party->model->random == MODEL_RANDOM_NUMBERS;
  }
}

/* Nodes */

static const struct eap_user *lookup(void *context, const uint8_t *identity, size_t length) {
  static struct eap_server_method method = {.credential = {.psk = (const uint8_t *)RIGHT_KEY,
                                                           .local_id = (const uint8_t *)"hostapd",
                                                           .local_id_length = 7}};
  static const struct eap_user user = {.identity = (const uint8_t *)IDENTITY,
                                       .identity_length = sizeof IDENTITY - 1,
                                       .methods = &method,
                                       .method_count = 1};
  (void)context;
  method.method = EAP_METHODS[EAP_METHODS_PSK].server;
  const bool known = length == user.identity_length && memcmp(identity, IDENTITY, length) == 0;
  return known ? &user : NULL;
}

static const struct eap_peer_config *peer_eap(bool wrong_key) {
#define METHOD(key)                                                                                \
  {                                                                                                \
    .credential = {                                                                                \
      .psk = (const uint8_t *)(key),                                                               \
      .local_id = (const uint8_t *)"client",                                                       \
      .local_id_length = 6                                                                         \
    }                                                                                              \
  }
  static struct eap_peer_method methods[] = {METHOD(RIGHT_KEY), METHOD(WRONG_KEY)};
#undef METHOD
  static const struct eap_peer_config configs[] = {
      {.identity = (const uint8_t *)IDENTITY,
       .identity_length = sizeof IDENTITY - 1,
       .methods = &methods[0],
       .method_count = 1},
      {.identity = (const uint8_t *)IDENTITY,
       .identity_length = sizeof IDENTITY - 1,
       .methods = &methods[1],
       .method_count = 1},
  };
  methods[wrong_key].method = EAP_METHODS[EAP_METHODS_PSK].peer;
  return &configs[wrong_key];
}

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

#define REALM "example.test"

static const struct erp_peer_config ERP_PEER = {.realm = (const uint8_t *)REALM,
                                                .realm_length = sizeof REALM - 1,
                                                .rrk_lifetime_s = UINT32_MAX};
static const struct erp_server_config ERP_SERVER = {.realm = (const uint8_t *)REALM,
                                                    .realm_length = sizeof REALM - 1,
                                                    .keys_max = 1,
                                                    .rrk_lifetime_s = UINT32_MAX};

struct node_address party_address(const struct model *model, enum check_side side) {
  return (struct node_address){.ip = {0xfd, [15] = (uint8_t)(side + 1)},
                               .port = lower_of(&model->options)->port};
}

static struct node *create_authenticator(struct check_party *party) {
  const enum model_erp erp = party->model->erp;
  struct lower_authenticator_config config = {.options = &party->model->options,
                                              .payload_bytes = LOWER_PAYLOAD_DEFAULT,
                                              .local = party->address,
                                              .peers_max = 1,
                                              .eap = {.lookup = lookup},
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
      .eap = *peer_eap(party->model->wrong_key),
      .edhoc = party_edhoc(CHECK_PEER, party->model->wrong_key),
  };
  return lower_of(&party->model->options)->peer(&config, &party->hooks);
}

static void create(struct check_party *party, uint64_t now_ns) {
  const bool repeated = check_party_asks(party) ? party->model->random != MODEL_RANDOM_FRESH
                                                : party->model->asked_repeats;
  check_stream_init(&party->stream, party->side, repeated ? 0 : party->incarnation, PURPOSE_NODE);
  check_stream_init(&party->backend, party->side, party->incarnation, PURPOSE_BACKEND);
  party->drawn = 0;
  party->node =
      party->side == CHECK_AUTHENTICATOR ? create_authenticator(party) : create_peer(party, now_ns);
  assert(party->node != NULL);
}

void check_party_init(struct check_party *party, const struct model *model, enum check_side side,
                      void *world, party_event *event, uint64_t now_ns) {
  *party = (struct check_party){
      .model = model,
      .side = side,
      .address = party_address(model, side),
      .hooks = {.context = party, .random = hook_random, .event = hook_event},
      .backend_hooks = {.context = party, .random = hook_backend_random},
      .world = world,
      .event = event,
  };
  create(party, now_ns);
}

void check_party_restart(struct check_party *party, uint64_t now_ns) {
  node_destroy(party->node);
  party->incarnation++;
  create(party, now_ns);
}

void check_party_deinit(struct check_party *party) {
  node_destroy(party->node);
  party->node = NULL;
}

void check_party_digest(const struct check_party *party, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, party->incarnation);
  digest_u64(digest, party->stream.state);
  digest_u64(digest, party->backend.state);
  const bool digested = node_digest(party->node, digest, now_ns);
  assert(digested);
  (void)digested;
}
