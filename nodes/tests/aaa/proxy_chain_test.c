/* Proxies in a row between an authenticator's RADIUS client and the AAA server, and in a circle:
 * whole authentications, also with a datagram of each hop lost or doubled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/aaa.h"
#include "aaa/backend.h"
#include "aaa/proxy.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "seeded.h"

enum {
  PROXIES_MAX = 2,
  NAS_IP = 9,
  FIRST_IP = 20, /* of proxies; the server's is behind the last */
  DATAGRAMS_MAX = 64,
  ROUND_TRIPS = 3, /* of EAP-PSK: Identity, 2, 4 */
};

static const uint8_t PSK[17] = "tfg-passwordtest", NAME[] = "user@example.test";
static const struct radius_secret SECRETS[PROXIES_MAX + 1] = {{(const uint8_t *)"first hop", 9},
                                                              {(const uint8_t *)"second", 6},
                                                              {(const uint8_t *)"the third", 9}};
static const struct aaa_realm REALM = {"example.test", 0};

enum fault { NONE, LOST, DOUBLED };

struct chain_setup {
  size_t proxies;
  bool circle; /* the last sends to the first */
  enum fault fault;
  size_t fault_at; /* the datagram, of all */
};

/* What is on its way. */
struct chain_flight {
  struct node_address source, destination;
  uint8_t octets[RADIUS_PACKET_MAX];
  size_t length;
};

static struct {
  struct chain_setup setup;
  struct seeded seeded;
  struct node_hooks hooks;
  struct radius_server_client clients[PROXIES_MAX + 1];
  struct aaa_proxy_server next[PROXIES_MAX];
  struct node *hosts[PROXIES_MAX + 1];
  struct aaa_backend backend; /* the authenticator's */
  struct aaa_backend_session session;
  struct eap_peer peer;
  struct chain_flight flights[DATAGRAMS_MAX];
  size_t sent, received;
  uint64_t now_ns;
  size_t lengths[DATAGRAMS_MAX];
  enum aaa_backend_result result;
  uint8_t msk[EAP_KEY_LENGTH];
  const char *failed;
} chain;

static const struct eap_server_method SERVER_METHOD = {
    .method = &EAP_PSK_SERVER,
    .credential = {.psk = PSK, .local_id = (const uint8_t *)"home", .local_id_length = 4}};
static const struct eap_user USER = {.methods = &SERVER_METHOD, .method_count = 1};
static const struct eap_peer_method PEER_METHOD = {
    .method = &EAP_PSK_PEER,
    .credential = {.psk = PSK, .local_id = NAME, .local_id_length = sizeof NAME - 1}};
static const struct eap_peer_config PEER = {.identity = NAME,
                                            .identity_length = sizeof NAME - 1,
                                            .methods = &PEER_METHOD,
                                            .method_count = 1};

static const struct eap_user *chain_lookup(void *context, const uint8_t *identity, size_t length) {
  (void)context;
  return length == sizeof NAME - 1 && memcmp(identity, NAME, length) == 0 ? &USER : NULL;
}

static void chain_on_event(void *context, const struct node_event *event) {
  (void)context;
  if (event->type == NODE_EVENT_FAILED)
    chain.failed = event->label;
  if (event->type == NODE_EVENT_KEY)
    memcpy(chain.msk, event->secret, event->secret_length);
}

static struct node_address address_of(size_t host) {
  return (struct node_address){.ip = {(uint8_t)(FIRST_IP + host)}, .port = RADIUS_PORT};
}

/* A host's client is the one before it; that of a circle's first, the last. */
static void chain_set_client(size_t host) {
  const size_t before = host > 0 ? host - 1 : chain.setup.proxies - 1;
  const bool of_nas = host == 0 && !chain.setup.circle;
  chain.clients[host] = (struct radius_server_client){
      .ip = {of_nas ? NAS_IP : (uint8_t)(FIRST_IP + before)}, .secret = SECRETS[host]};
}

static struct node *proxy_of(size_t host) {
  const size_t next = chain.setup.circle ? (host + 1) % chain.setup.proxies : host + 1;
  /* A circle has another client, where it is entered. */
  static struct radius_server_client both[PROXIES_MAX];
  chain.next[host] =
      (struct aaa_proxy_server){.address = address_of(next), .secret = SECRETS[next]};
  both[0] = (struct radius_server_client){.ip = {NAS_IP}, .secret = SECRETS[0]};
  both[1] = chain.clients[0];
  const bool entered = chain.setup.circle && host == 0;
  const struct aaa_proxy_config config = {
      .local = address_of(host),
      .uplink = {.ip = {(uint8_t)(FIRST_IP + host)}, .port = 50000},
      .port_count = 1,
      .clients = entered ? both : &chain.clients[host],
      .client_count = entered ? 2 : 1,
      .servers = &chain.next[host],
      .server_count = 1,
      .realms = &REALM,
      .realm_count = 1,
      .requests_max = 4};
  return aaa_proxy_create(&config, &chain.hooks);
}

static void chain_begin(const struct chain_setup *setup) {
  memset(&chain, 0, sizeof chain);
  chain.setup = *setup;
  chain.seeded.state = 7;
  chain.hooks = (struct node_hooks){
      .context = &chain.seeded, .random = seeded_bytes, .event = chain_on_event};
  for (size_t i = 0; i <= setup->proxies; i++)
    chain_set_client(i);
  for (size_t i = 0; i < setup->proxies; i++)
    assert_non_null(chain.hosts[i] = proxy_of(i));
  const struct aaa_config config = {.local = address_of(setup->proxies),
                                    .radius = {.clients = &chain.clients[setup->proxies],
                                               .client_count = 1,
                                               .conversations_max = 4},
                                    .eap = {.lookup = chain_lookup},
                                    .session_timeout_s = 60};
  assert_non_null(chain.hosts[setup->proxies] = aaa_create(&config, &chain.hooks));
  const struct radius_client_config radius = {.local = {.ip = {NAS_IP}, .port = 40000},
                                              .port_count = 1,
                                              .server = address_of(0),
                                              .secret = SECRETS[0],
                                              .nas_identifier = "nas"};
  const struct eap_server_config none = {.lookup = NULL};
  assert_true(aaa_backend_init(&chain.backend, &none, &radius, NULL, &chain.hooks));
  eap_peer_init(&chain.peer, &PEER, &chain.hooks);
}

static void chain_end(void) {
  for (size_t i = 0; i <= chain.setup.proxies; i++)
    node_destroy(chain.hosts[i]);
  aaa_backend_end(&chain.backend, &chain.session);
  aaa_backend_deinit(&chain.backend);
  eap_peer_wipe(&chain.peer);
}

/* Puts a datagram on its way, or does what is to happen to it. */
static void chain_launch(const struct node_datagram *datagram) {
  const bool hit = chain.setup.fault != NONE && chain.sent == chain.setup.fault_at;
  const unsigned times = !hit ? 1 : chain.setup.fault == LOST ? 0 : 2;
  assert_true(chain.sent + 2 < DATAGRAMS_MAX);
  if (times == 0)
    chain.setup.fault = NONE;
  for (unsigned i = 0; i < times; i++) {
    struct chain_flight *flight = &chain.flights[chain.sent];
    flight->source = datagram->source;
    flight->destination = datagram->destination;
    flight->length = datagram->length;
    memcpy(flight->octets, datagram->data, datagram->length);
    chain.lengths[chain.sent++] = datagram->length;
  }
}

static void chain_collect(void) {
  uint8_t data[RADIUS_PACKET_MAX];
  for (size_t i = 0; i <= chain.setup.proxies; i++) {
    struct node_datagram out = {.data = data, .capacity = sizeof data};
    while (node_write(chain.hosts[i], &out, chain.now_ns) == 1)
      chain_launch(&out);
  }
  struct node_datagram out = {.data = data, .capacity = sizeof data};
  while (aaa_backend_write(&chain.backend, &out, chain.now_ns) == 1)
    chain_launch(&out);
}

/* The peer answers what it is asked. */
static void chain_ask(const uint8_t *request, size_t length) {
  uint8_t data[EAP_PACKET_MAX], packet[EAP_PACKET_MAX];
  struct span_writer out, unused;
  memcpy(packet, request, length);
  span_writer_init(&out, data, sizeof data, NULL);
  span_writer_init(&unused, packet, sizeof packet, NULL);
  if (eap_peer_process(&chain.peer, packet, length, &out) == EAP_PEER_RESPOND)
    assert_int_equal(aaa_backend_respond(&chain.backend, &chain.session, data, out.length, &unused),
                     AAA_BACKEND_WAIT);
}

static void chain_deliver(const struct chain_flight *flight) {
  uint8_t data[RADIUS_PACKET_MAX], eap[EAP_PACKET_MAX];
  memcpy(data, flight->octets, flight->length);
  const struct node_datagram in = {.source = flight->source,
                                   .destination = flight->destination,
                                   .data = data,
                                   .length = flight->length};
  if (flight->destination.ip[0] != NAS_IP) {
    const size_t host = (size_t)(flight->destination.ip[0] - FIRST_IP);
    assert_int_equal(node_read(chain.hosts[host], &in, chain.now_ns), 0);
    return;
  }
  struct span_writer out;
  enum aaa_backend_result result;
  const char *why;
  span_writer_init(&out, eap, sizeof eap, NULL);
  if (aaa_backend_receive(&chain.backend, &in, &result, &out, &why) == NULL)
    return;
  chain.result = result;
  chain_ask(eap, out.length);
}

/* Until all is quiet, and no answer waited for. */
static void chain_run(void) {
  static const uint8_t identity[] = {EAP_REQUEST, 1, 0, 5, EAP_TYPE_IDENTITY};
  static const struct node_address peer = {.ip = {1}, .port = 1};
  assert_int_equal(aaa_backend_begin(&chain.backend, &chain.session, 1, &peer, &chain), 0);
  chain_ask(identity, sizeof identity);
  for (;;) {
    chain_collect();
    if (chain.received < chain.sent) {
      chain.now_ns += NODE_MS;
      chain_deliver(&chain.flights[chain.received++]);
      continue;
    }
    if (aaa_backend_expiry(&chain.backend) == NODE_NEVER)
      return;
    chain.now_ns = aaa_backend_expiry(&chain.backend);
    assert_null(aaa_backend_handle_expiry(&chain.backend, chain.now_ns));
  }
}

static void assert_same_key(void) {
  uint8_t msk[EAP_KEY_LENGTH];
  struct eap_keys keys;
  assert_int_equal(chain.result, AAA_BACKEND_SUCCESS);
  assert_int_equal(aaa_backend_msk(&chain.backend, &chain.session, msk), 0);
  assert_memory_equal(msk, chain.msk, sizeof msk); /* as the server has it */
  assert_int_equal(eap_peer_keys(&chain.peer, &keys), 0);
  assert_memory_equal(msk, keys.msk, sizeof msk);
  assert_null(chain.failed);
}

/* Each hop has a request and an answer for each round trip; a request is longer by 10 octets with
 * each proxy behind it, an answer with each before it. */
static void proxies_in_a_row(void **state) {
  (void)state;
  size_t alone[2 * ROUND_TRIPS];
  for (size_t proxies = 0; proxies <= PROXIES_MAX; proxies++) {
    const struct chain_setup setup = {.proxies = proxies};
    const size_t hops = proxies + 1;
    chain_begin(&setup);
    chain_run();
    assert_same_key();
    assert_int_equal(chain.sent, 2 * hops * ROUND_TRIPS);
    for (size_t i = 0; i < chain.sent; i++) {
      const size_t hop = i % (2 * hops), message = i / (2 * hops);
      const bool request = hop < hops;
      const size_t passed = request ? hop : 2 * hops - 1 - hop;
      if (proxies == 0)
        alone[i] = chain.lengths[i];
      assert_int_equal(chain.lengths[i], alone[2 * message + !request] + 10 * passed);
    }
    chain_end();
  }
}

/* The authenticator's repetition gets what was lost, wherever that was. */
static void each_datagram_lost_or_doubled(void **state) {
  (void)state;
  for (enum fault fault = LOST; fault <= DOUBLED; fault++)
    for (size_t at = 0; at < 2 * (PROXIES_MAX + 1) * ROUND_TRIPS; at++) {
      const struct chain_setup setup = {.proxies = PROXIES_MAX, .fault = fault, .fault_at = at};
      chain_begin(&setup);
      chain_run();
      assert_same_key();
      chain_end();
    }
}

/* The first that sees a request again rejects it, and its Reject goes back all the way. */
static void circles(void **state) {
  (void)state;
  for (size_t proxies = 1; proxies <= PROXIES_MAX; proxies++) {
    const struct chain_setup setup = {.proxies = proxies, .circle = true};
    chain_begin(&setup);
    chain_run();
    assert_int_equal(chain.result, AAA_BACKEND_FAILURE);
    assert_non_null(chain.failed);
    assert_string_equal(chain.failed, "routing loop");
    assert_int_equal(chain.sent, 2 * (proxies + 1));
    chain_end();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(proxies_in_a_row),
      cmocka_unit_test(each_datagram_lost_or_doubled),
      cmocka_unit_test(circles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
