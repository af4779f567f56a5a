/* A manufacturer's AS, the AS of two providers, an authenticator's backend towards each of the
 * three, UEs, and every datagram between them in the test's hands. Include after cmocka.h. */
#ifndef NODES_TESTS_AAA_COMMISSION_WORLD_H
#define NODES_TESTS_AAA_COMMISSION_WORLD_H

#include "aaa/aaa.h"
#include "aaa/backend.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "hex.h"
#include "seeded.h"

/* Hosts; also the first octet of their addresses. */
enum commission_host { MANUFACTURER, PROVIDER1, PROVIDER2, SERVERS, AUTHENTICATOR = SERVERS };

enum {
  COMMISSION_UES = 4,
  COMMISSION_QUEUE = 64,
  COMMISSION_IDENTIFIER = 9,
  COMMISSION_CLIENT_PORT = 49152, /* of a provider towards the manufacturer */
  COMMISSION_DATAGRAMS_MAX = 2000,
  COMMISSION_PATIENCE_S = 60,
};

#define FACTORY_REALM "factory.test"
static const char *const COMMISSION_REALMS[SERVERS] = {FACTORY_REALM, "example.test", "other.test"};
static const char *const COMMISSION_NAMES[SERVERS] = {"factory", "provider1", "provider2"};
static const uint8_t FACTORY_PSK[17] = "0123456789abcdef";
static const struct radius_secret COMMISSION_SECRET = {(const uint8_t *)"radius", 6};
static const struct radius_secret OTHER_SECRET = {(const uint8_t *)"sesame", 6};

/* What is done to the datagram of this number. */
enum commission_fault { FAULT_NONE, FAULT_LOST, FAULT_DOUBLED, FAULT_LATE, FAULTS };

struct commission_datagram {
  struct node_address source, destination;
  uint8_t data[NODE_RADIUS_MAX];
  size_t length;
};

/* What a UE has, and where it is in its authentication. */
struct commission_ue {
  struct eap_peer_method method;
  struct eap_peer_config config;
  struct eap_peer peer;
  uint8_t identity[ERP_NAI_MAX], id_p[BOOTSTRAP_IDENTITY_LENGTH], psk[BOOTSTRAP_EAP_PSK_LENGTH];
  enum commission_host server;
  struct aaa_backend_session session;
  enum aaa_backend_result result;
};

/* What has been seen of a host. */
struct commission_seen {
  unsigned datagrams[NODE_PHASE_COUNT]; /* that it has sent */
  unsigned to_manufacturer, discarded, users;
  const char *failed, *unanswered;
  uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH];
};

struct commission_world {
  struct seeded seeded;
  struct commission_context {
    struct commission_world *world;
    enum commission_host host;
  } contexts[SERVERS + 1];
  struct node_hooks hooks[SERVERS + 1];
  struct eap_server_method factory_method;
  struct eap_user factory_user;
  struct erp_server_config erp[SERVERS];
  struct erp_server roots[SERVERS];
  struct radius_server_client clients[SERVERS][SERVERS + 1];
  struct aaa_key_client key_clients[SERVERS - 1];
  struct radius_client_config uplinks[SERVERS], downlinks[SERVERS];
  struct aaa_manufacturer manufacturers[SERVERS];
  struct aaa_config configs[SERVERS];
  struct node *servers[SERVERS];
  struct aaa_backend backends[SERVERS]; /* of the authenticator, towards each */
  struct commission_ue ues[COMMISSION_UES];
  struct commission_datagram queue[COMMISSION_QUEUE];
  size_t first, count;
  unsigned sent;         /* datagrams, of all */
  unsigned fault_number; /* the one to which `fault` happens */
  enum commission_fault fault;
  bool deaf[SERVERS];
  struct commission_seen seen[SERVERS + 1];
  uint64_t now_ns;
};

static inline void commission_random(void *context, uint8_t *octets, size_t length) {
  seeded_bytes(&((struct commission_context *)context)->world->seeded, octets, length);
}

static inline void commission_on_event(void *context, const struct node_event *event) {
  const struct commission_context *of = context;
  struct commission_seen *seen = &of->world->seen[of->host];
  seen->discarded += event->type == NODE_EVENT_DISCARDED;
  if (event->type == NODE_EVENT_FAILED)
    seen->failed = event->label;
  if (event->type == NODE_EVENT_UNANSWERED)
    seen->unanswered = event->label;
  if (event->type != NODE_EVENT_KEY || strcmp(event->secret_name, "eap_psk") != 0)
    return;
  assert_int_equal(event->phase, NODE_PHASE_COMMISSIONING);
  assert_int_equal(event->secret_length, sizeof seen->psk);
  memcpy(seen->psk, event->secret, sizeof seen->psk);
  seen->users++;
}

static inline const struct eap_user *commission_lookup(void *context, const uint8_t *identity,
                                                       size_t length) {
  const struct eap_user *user = context;
  return user != NULL && length == user->identity_length &&
                 memcmp(identity, user->identity, length) == 0
             ? user
             : NULL;
}

static inline struct node_address commission_address(enum commission_host host, uint16_t port) {
  return (struct node_address){.ip = {(uint8_t)host}, .port = port};
}

/* The radius client of `from` towards the server of `to`. */
static inline struct radius_client_config commission_client(enum commission_host from,
                                                            uint16_t port, enum commission_host to,
                                                            const char *name) {
  return (struct radius_client_config){.local = commission_address(from, port),
                                       .port_count = 1,
                                       .server = commission_address(to, RADIUS_PORT),
                                       .secret = COMMISSION_SECRET,
                                       .nas_identifier = name};
}

static inline void commission_configure_server(struct commission_world *world,
                                               enum commission_host host) {
  const bool provides = host != MANUFACTURER;
  world->erp[host] = (struct erp_server_config){.realm = (const uint8_t *)COMMISSION_REALMS[host],
                                                .realm_length = strlen(COMMISSION_REALMS[host]),
                                                .keys_max = 8,
                                                .keeps_emsk = true};
  for (size_t i = 0; i <= SERVERS; i++)
    world->clients[host][i] =
        (struct radius_server_client){.ip = {(uint8_t)i}, .secret = COMMISSION_SECRET};
  world->uplinks[host] =
      commission_client(host, COMMISSION_CLIENT_PORT, MANUFACTURER, COMMISSION_NAMES[host]);
  world->downlinks[host] =
      commission_client(AUTHENTICATOR, (uint16_t)(COMMISSION_CLIENT_PORT + host), host, "nas");
  world->manufacturers[host] =
      (struct aaa_manufacturer){.radius = &world->uplinks[host],
                                .realm = (const uint8_t *)FACTORY_REALM,
                                .realm_length = strlen(FACTORY_REALM),
                                .server_id = (const uint8_t *)COMMISSION_NAMES[host],
                                .server_id_length = strlen(COMMISSION_NAMES[host]),
                                .users_max = 2};
  world->configs[host] =
      (struct aaa_config){.local = commission_address(host, RADIUS_PORT),
                          .radius = {.clients = world->clients[host],
                                     .client_count = SERVERS + 1,
                                     .conversations_max = 16},
                          .eap = {.lookup = commission_lookup,
                                  .context = provides ? NULL : &world->factory_user,
                                  .erp = &world->erp[host]},
                          .key_clients = provides ? NULL : world->key_clients,
                          .key_client_count = provides ? 0 : SERVERS - 1,
                          .manufacturer = provides ? &world->manufacturers[host] : NULL,
                          .roots = &world->roots[host]};
}

/* All that may be changed before commission_start. */
static inline void commission_configure(struct commission_world *world) {
  memset(world, 0, sizeof *world);
  world->seeded.state = 23;
  for (size_t i = 0; i <= SERVERS; i++) {
    world->contexts[i] = (struct commission_context){world, (enum commission_host)i};
    world->hooks[i] = (struct node_hooks){
        .context = &world->contexts[i], .random = commission_random, .event = commission_on_event};
  }
  world->factory_method = (struct eap_server_method){
      &EAP_PSK_SERVER,
      {.psk = FACTORY_PSK, .local_id = (const uint8_t *)"factory", .local_id_length = 7}};
  world->factory_user = (struct eap_user){.identity = (const uint8_t *)"device",
                                          .identity_length = 6,
                                          .methods = &world->factory_method,
                                          .method_count = 1};
  for (size_t i = PROVIDER1; i < SERVERS; i++)
    world->key_clients[i - 1] =
        (struct aaa_key_client){.ip = {(uint8_t)i},
                                .name = {(const uint8_t *)COMMISSION_NAMES[i], 9},
                                .use = AAA_KEY_CREDENTIAL};
  for (size_t i = 0; i < SERVERS; i++)
    commission_configure_server(world, (enum commission_host)i);
}

static inline void commission_start(struct commission_world *world) {
  for (size_t i = 0; i < SERVERS; i++) {
    assert_true(erp_server_init(&world->roots[i], &world->erp[i], &world->hooks[i]));
    world->servers[i] = aaa_create(&world->configs[i], &world->hooks[i]);
    assert_non_null(world->servers[i]);
    const struct eap_server_config none = {.lookup = NULL};
    assert_true(aaa_backend_init(&world->backends[i], &none, &world->downlinks[i], NULL,
                                 &world->hooks[AUTHENTICATOR]));
  }
}

static inline void commission_end(struct commission_world *world) {
  for (size_t i = 0; i < COMMISSION_UES; i++) {
    aaa_backend_end(&world->backends[world->ues[i].server], &world->ues[i].session);
    eap_peer_wipe(&world->ues[i].peer);
  }
  for (size_t i = 0; i < SERVERS; i++) {
    aaa_backend_deinit(&world->backends[i]);
    node_destroy(world->servers[i]);
    erp_server_deinit(&world->roots[i]);
  }
}

/* The network */

static inline void commission_put(struct commission_world *world,
                                  const struct node_datagram *datagram) {
  assert_true(world->count < COMMISSION_QUEUE);
  struct commission_datagram *last =
      &world->queue[(world->first + world->count++) % COMMISSION_QUEUE];
  *last = (struct commission_datagram){
      .source = datagram->source, .destination = datagram->destination, .length = datagram->length};
  memcpy(last->data, datagram->data, datagram->length);
}

static inline void commission_send(struct commission_world *world,
                                   const struct node_datagram *datagram) {
  struct commission_seen *seen = &world->seen[datagram->source.ip[0]];
  const bool meant = world->sent++ == world->fault_number;
  const enum commission_fault fault = meant ? world->fault : FAULT_NONE;
  assert_true(world->sent < COMMISSION_DATAGRAMS_MAX);
  assert_int_equal(span_list_length(&datagram->spans), datagram->length);
  seen->datagrams[datagram->phase]++;
  seen->to_manufacturer += datagram->destination.ip[0] == MANUFACTURER;
  if (fault != FAULT_LOST)
    commission_put(world, datagram);
  if (fault == FAULT_DOUBLED)
    commission_put(world, datagram);
  if (fault == FAULT_LATE) /* until the next retransmission */
    world->now_ns += 3 * NODE_SECOND;
}

/* What all have to say. False: nothing. */
static inline bool commission_write(struct commission_world *world) {
  static uint8_t data[NODE_RADIUS_MAX];
  bool any = false;
  for (size_t i = 0; i < 2 * SERVERS; i++)
    for (;;) {
      struct node_datagram out = {.data = data, .capacity = sizeof data};
      const int written =
          i < SERVERS ? node_write(world->servers[i], &out, world->now_ns)
                      : aaa_backend_write(&world->backends[i - SERVERS], &out, world->now_ns);
      assert_true(written >= 0);
      if (written == 0)
        break;
      any = true;
      commission_send(world, &out);
    }
  return any;
}

/* UEs and the authenticator */

/* Hands an EAP packet to a UE, and its answer to the backend. */
static inline void commission_give_ue(struct commission_world *world, struct commission_ue *ue,
                                      const uint8_t *packet, size_t length) {
  uint8_t octets[EAP_PACKET_MAX], out_octets[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer answer, out;
  span_writer_init(&answer, octets, sizeof octets, NULL);
  span_writer_init(&out, out_octets, sizeof out_octets, &spans);
  if (eap_peer_process(&ue->peer, packet, length, &answer) != EAP_PEER_RESPOND)
    return;
  ue->result =
      aaa_backend_respond(&world->backends[ue->server], &ue->session, octets, answer.length, &out);
  assert_int_equal(ue->result, AAA_BACKEND_WAIT);
}

static inline void commission_read_answer(struct commission_world *world,
                                          const struct node_datagram *datagram) {
  const size_t server = (size_t)(datagram->destination.port - COMMISSION_CLIENT_PORT);
  uint8_t octets[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  enum aaa_backend_result result;
  const char *why;
  span_writer_init(&out, octets, sizeof octets, &spans);
  struct commission_ue *ue =
      aaa_backend_receive(&world->backends[server], datagram, &result, &out, &why);
  if (ue == NULL)
    return;
  ue->result = result;
  commission_give_ue(world, ue, octets, out.length);
}

static inline void commission_deliver(struct commission_world *world) {
  struct commission_datagram *first = &world->queue[world->first];
  const struct node_datagram in = {.source = first->source,
                                   .destination = first->destination,
                                   .data = first->data,
                                   .length = first->length};
  const size_t host = in.destination.ip[0];
  if (host == AUTHENTICATOR)
    commission_read_answer(world, &in);
  else if (!world->deaf[host])
    assert_int_equal(node_read(world->servers[host], &in, world->now_ns), 0);
  world->first = (world->first + 1) % COMMISSION_QUEUE;
  world->count--;
}

/* Wakes all, when the next wants to be. False: nobody does before `until_ns`. */
static inline bool commission_wake(struct commission_world *world, uint64_t until_ns) {
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < 2 * SERVERS; i++) {
    const uint64_t expiry_ns = i < SERVERS ? node_expiry(world->servers[i])
                                           : aaa_backend_expiry(&world->backends[i - SERVERS]);
    next_ns = expiry_ns < next_ns ? expiry_ns : next_ns;
  }
  if (next_ns > until_ns)
    return false;
  world->now_ns = next_ns > world->now_ns ? next_ns : world->now_ns;
  for (size_t i = 0; i < SERVERS; i++) {
    struct commission_ue *given_up;
    assert_int_equal(node_handle_expiry(world->servers[i], world->now_ns), 0);
    while ((given_up = aaa_backend_handle_expiry(&world->backends[i], world->now_ns)) != NULL)
      given_up->result = AAA_BACKEND_DISCARD;
  }
  return true;
}

/* All that happens up to this time. */
static inline void commission_run(struct commission_world *world, uint64_t until_ns) {
  do
    while (commission_write(world) || world->count > 0)
      while (world->count > 0)
        commission_deliver(world);
  while (commission_wake(world, until_ns));
  world->now_ns = until_ns > world->now_ns ? until_ns : world->now_ns;
}

/* Until no UE waits. */
static inline void commission_settle(struct commission_world *world) {
  const uint64_t until_ns = world->now_ns + COMMISSION_PATIENCE_S * NODE_SECOND;
  for (;;) {
    while (commission_write(world) || world->count > 0)
      while (world->count > 0)
        commission_deliver(world);
    bool waits = false;
    for (size_t i = 0; i < COMMISSION_UES; i++)
      waits = waits || world->ues[i].result == AAA_BACKEND_WAIT;
    if (!waits || !commission_wake(world, until_ns))
      return;
  }
}

/* A UE with this credential asks for admission. */
static inline void commission_begin(struct commission_world *world, struct commission_ue *ue,
                                    enum commission_host server) {
  uint8_t octets[EAP_PACKET_MAX];
  struct span_writer out;
  aaa_backend_end(&world->backends[ue->server], &ue->session);
  ue->server = server;
  eap_peer_init(&ue->peer, &ue->config, &world->hooks[AUTHENTICATOR]);
  assert_int_equal(aaa_backend_begin(&world->backends[server], &ue->session, COMMISSION_IDENTIFIER,
                                     &(struct node_address){.port = 1}, ue),
                   0);
  span_writer_init(&out, octets, sizeof octets, NULL);
  assert_int_equal(eap_server_identity_request(COMMISSION_IDENTIFIER, &out), 0);
  commission_give_ue(world, ue, octets, out.length);
}

static inline enum aaa_backend_result commission_join(struct commission_world *world,
                                                      struct commission_ue *ue,
                                                      enum commission_host server) {
  commission_begin(world, ue, server);
  commission_settle(world);
  return ue->result;
}

/* With its manufacturer's credential. */
static inline void commission_ue_by_factory(struct commission_ue *ue) {
  ue->method = (struct eap_peer_method){
      &EAP_PSK_PEER,
      {.psk = FACTORY_PSK, .local_id = (const uint8_t *)"device", .local_id_length = 6}};
  ue->config = (struct eap_peer_config){(const uint8_t *)"device", 6, &ue->method, 1};
}

/* With that for a provider, which comes of this EMSK and name. */
static inline void commission_ue_for(struct commission_ue *ue, enum commission_host provider,
                                     const uint8_t emsk[EAP_KEY_LENGTH],
                                     const uint8_t name[EMSK_NAME_LENGTH]) {
  const struct bootstrap_name provider_name = {(const uint8_t *)COMMISSION_NAMES[provider], 9};
  uint8_t root[EAP_KEY_LENGTH];
  assert_int_equal(bootstrap_provider_root(NULL, emsk, &provider_name, root), 0);
  assert_int_equal(bootstrap_eap_psk(NULL, root, ue->psk), 0);
  bootstrap_identity_write(name, ue->id_p);
  ue->method = (struct eap_peer_method){&EAP_PSK_PEER,
                                        {.psk = ue->psk,
                                         .local_id = ue->id_p,
                                         .local_id_length = sizeof ue->id_p,
                                         .remote_id = provider_name.octets,
                                         .remote_id_length = provider_name.length}};
  ue->config =
      (struct eap_peer_config){ue->identity,
                               erp_nai_write(name, (const uint8_t *)COMMISSION_REALMS[provider],
                                             strlen(COMMISSION_REALMS[provider]), ue->identity),
                               &ue->method, 1};
}

/* A device is authenticated by its manufacturer: `ue` gets the credential for this provider. */
static inline void commission_authenticate(struct commission_world *world, struct commission_ue *ue,
                                           enum commission_host provider) {
  struct eap_keys keys;
  struct eap_session_id session;
  uint8_t name[EMSK_NAME_LENGTH];
  commission_ue_by_factory(ue);
  assert_int_equal(commission_join(world, ue, MANUFACTURER), AAA_BACKEND_SUCCESS);
  assert_int_equal(eap_peer_keys(&ue->peer, &keys), 0);
  assert_int_equal(eap_peer_session_id(&ue->peer, &session), 0);
  assert_int_equal(emsk_name(NULL, &session, name), 0);
  commission_ue_for(ue, provider, keys.emsk, name);
}

/* The same without a run: another device of the manufacturer's, number `n`. */
static inline void commission_manufacture(struct commission_world *world, struct commission_ue *ue,
                                          enum commission_host provider, uint8_t n) {
  const struct eap_session_id session = {.octets = {EAP_TYPE_PSK, n}, .length = 33};
  const struct eap_name user = {.octets = {'d', n}, .length = 2};
  const uint8_t emsk[EAP_KEY_LENGTH] = {n};
  uint8_t name[EMSK_NAME_LENGTH];
  assert_int_equal(
      erp_server_add(&world->roots[MANUFACTURER], emsk, &session, &user, world->now_ns), 0);
  assert_int_equal(emsk_name(NULL, &session, name), 0);
  commission_ue_for(ue, provider, emsk, name);
}

/* Both ends have the same MSK. */
static inline void assert_commissioned(struct commission_world *world,
                                       const struct commission_ue *ue) {
  struct eap_keys keys;
  uint8_t msk[EAP_KEY_LENGTH];
  assert_int_equal(ue->result, AAA_BACKEND_SUCCESS);
  assert_int_equal(eap_peer_keys(&ue->peer, &keys), 0);
  assert_int_equal(aaa_backend_msk(&world->backends[ue->server], &ue->session, msk), 0);
  assert_memory_equal(keys.msk, msk, sizeof msk);
}

/* Refused as somebody who is not known. */
static inline void assert_stranger(const struct commission_world *world,
                                   const struct commission_ue *ue) {
  assert_int_equal(ue->result, AAA_BACKEND_FAILURE);
  assert_non_null(world->seen[ue->server].failed);
  assert_string_equal(world->seen[ue->server].failed, "unknown identity");
}

#endif
