/* A foreign authenticator, whose EAP layer repeats its requests: each goes to the peer more than
 * once, in a CoAP request of its own (RFC 3748 section 4.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/client.h"
#include "coap-eap/flow.h"
#include "coap-eap/keys.h"
#include "coap-eap/peer.h"
#include "eap/psk.h"
#include "eap/server.h"
#include "seeded.h"

enum { TIMES = 3, POLICIES = 4, DELIVERED = 4 /* Identity, EAP-PSK 1 and 3, EAP-Success */ };

#define IDENTITY "tfg-user-test"
#define PSK "tfg-passwordtest"

static const struct node_address PEER_ADDRESS = {.ip = {2}, .port = COAP_EAP_PORT};
static const struct node_address AUTHENTICATOR_ADDRESS = {.ip = {1}, .port = COAP_EAP_PORT};

static struct {
  unsigned delivered, keys, confirmed, failed;
  uint8_t secret[ASSOCIATION_KEY_MAX];
} told;

static struct seeded seeded = {.state = 20};

static void foreign_on_event(void *context, const struct node_event *event) {
  (void)context;
  told.delivered += event->type == NODE_EVENT_DELIVERED;
  told.keys += event->type == NODE_EVENT_KEY;
  told.confirmed += event->type == NODE_EVENT_CONFIRMED;
  told.failed += event->type == NODE_EVENT_FAILED;
}

static const struct node_hooks PEER_HOOKS = {
    .context = &seeded, .random = seeded_bytes, .event = foreign_on_event};
static const struct node_hooks HOOKS = {.context = &seeded, .random = seeded_bytes};

#define TEXT(text) (const uint8_t *)(text), sizeof(text) - 1

/* An initializer: a constant is none of another in C11. */
#define CREDENTIAL                                                                                 \
  {                                                                                                \
    .psk = (const uint8_t *)PSK, .local_id = (const uint8_t *)IDENTITY,                            \
    .local_id_length = sizeof IDENTITY - 1                                                         \
  }
static const struct eap_peer_method PEER_METHODS[] = {
    {.method = &EAP_PSK_PEER, .credential = CREDENTIAL}};
static const struct eap_server_method SERVER_METHODS[] = {
    {.method = &EAP_PSK_SERVER, .credential = CREDENTIAL}};
static const struct eap_user USER = {.identity = (const uint8_t *)IDENTITY,
                                     .identity_length = sizeof IDENTITY - 1,
                                     .methods = SERVER_METHODS,
                                     .method_count = 1};

static const struct eap_user *find_user(void *context, const uint8_t *identity, size_t length) {
  (void)context;
  (void)identity;
  return length == USER.identity_length ? &USER : NULL;
}

static const struct eap_server_config SERVER_CONFIG = {.lookup = find_user};

struct foreign {
  struct option_values values;
  struct coap_eap_options options;
  struct node *peer;
  struct coap_session coap;
  struct coap_eap_client client;
  struct eap_server eap;
  struct association association;
  bool knows_resource; /* it reads what the first response says; else it goes on to repeat to /b */
};

static void set_option(struct option_values *values, const char *name, const char *value) {
  double parsed;
  assert_true(option_parse(lower_option(name), value, &parsed));
  option_set(values, lower_option(name), parsed);
}

static void foreign_init(struct foreign *it, unsigned policy) {
  *it = (struct foreign){.peer = NULL};
  memset(&told, 0, sizeof told);
  set_option(&it->values, "ordering", COAP_EAP_ORDERING_NAMES[policy]);
  coap_eap_options_read(&it->values, &it->options);
  it->options.coap.random_message_ids = coap_eap_ordering_random_message_ids(&it->options.ordering);
  const struct lower_peer_config config = {.options = &it->values,
                                           .local = PEER_ADDRESS,
                                           .authenticator = AUTHENTICATOR_ADDRESS,
                                           .eap = {TEXT(IDENTITY), PEER_METHODS, 1}};
  it->peer = coap_eap_peer_create(&config, &PEER_HOOKS);
  assert_non_null(it->peer);
  coap_session_init(&it->coap, &it->options.coap, &HOOKS);
  coap_eap_client_begin(&it->client, &it->options, &COAP_EAP_FLOW_DRAFT.service, &HOOKS);
  eap_server_init(&it->eap, &SERVER_CONFIG, &HOOKS, 7);
}

static void foreign_deinit(struct foreign *it) {
  association_close(&it->association);
  eap_server_wipe(&it->eap);
  coap_session_wipe(&it->coap);
  node_destroy(it->peer);
}

/* The request that is queued goes to the peer; its response comes back, in `data`. False: there is
 * none. */
static bool foreign_exchange(struct foreign *it, uint8_t data[NODE_DATAGRAM_MAX],
                             struct coap_message *response) {
  struct node_datagram datagram = {.data = data, .capacity = NODE_DATAGRAM_MAX};
  assert_int_equal(coap_session_write(&it->coap, &datagram, 0), 1);
  datagram.source = AUTHENTICATOR_ADDRESS;
  datagram.destination = PEER_ADDRESS;
  assert_int_equal(node_read(it->peer, &datagram, 0), 0);
  datagram = (struct node_datagram){.data = data, .capacity = NODE_DATAGRAM_MAX};
  const int written = node_write(it->peer, &datagram, 0);
  assert_true(written >= 0);
  const bool received = written == 1 && coap_session_receive(&it->coap, data, datagram.length, 0,
                                                             response) == COAP_RECEIVED_RESPONSE;
  coap_session_cancel(&it->coap);
  return received;
}

/* Sends an EAP request in TIMES requests of CoAP: each has the first response's EAP packet, and
 * EAP of the peer takes it once. */
static void foreign_ask(struct foreign *it, struct span_writer *request, uint8_t code,
                        struct coap_message *response, uint8_t data[NODE_DATAGRAM_MAX]) {
  uint8_t first[EAP_PACKET_MAX];
  size_t length = 0;
  const unsigned delivered = told.delivered;
  for (unsigned i = 0; i < TIMES; i++) {
    assert_int_equal(coap_eap_client_send(&it->client, &it->coap, request, NULL, "EAP"), 0);
    assert_true(foreign_exchange(it, data, response));
    assert_int_equal(coap_eap_client_judge(&it->client, response), COAP_EAP_ANSWER_RIGHT);
    if (i == 0 || strcmp(it->client.resource.path, "b") == 0)
      assert_int_equal(response->code, code);
    if (i == 0) {
      length = response->payload_length;
      memcpy(first, response->payload, length);
    }
    assert_int_equal(response->payload_length, length);
    assert_memory_equal(response->payload, first, length);
    if (code == COAP_CODE_CREATED && (it->knows_resource || i + 1 == TIMES))
      it->knows_resource =
          coap_eap_client_read_next(&it->client, response, true, &it->client.resource) ||
          it->knows_resource;
    assert_int_equal(coap_eap_ordering_advance(&it->client.ordering), 0);
    assert_int_equal(told.delivered, delivered + 1);
  }
}

static void foreign_open(struct foreign *it) {
  struct eap_keys keys;
  assert_int_equal(eap_server_keys(&it->eap, &keys), 0);
  const struct coap_eap_key_config config = {.authenticator = true,
                                             .options = &it->options,
                                             .remote = PEER_ADDRESS,
                                             .msk = keys.msk,
                                             .identity = (const uint8_t *)IDENTITY,
                                             .identity_length = sizeof IDENTITY - 1,
                                             .token = it->client.token,
                                             .token_length = it->options.token_bytes,
                                             .agreement = &it->client.agreement};
  assert_int_equal(coap_eap_open_association(&it->association, &config, &it->coap, &HOOKS, 0), 0);
}

static void foreign_confirm(struct foreign *it, const struct span_writer *success) {
  uint8_t data[NODE_DATAGRAM_MAX], buffer[NODE_DATAGRAM_MAX];
  struct coap_message response, plain;
  struct coap_message request = coap_eap_client_request(&it->client, true);
  request.payload = success->data;
  request.payload_length = success->length;
  assert_int_equal(association_request(&it->association, &request, "EAP-Success"), 0);
  assert_true(foreign_exchange(it, data, &response));
  assert_int_equal(association_verify_response(&it->association, &response, buffer, &plain), 0);
  assert_int_equal(plain.code, COAP_CODE_CHANGED);
}

/* A whole authentication, in which each request comes TIMES times. */
static void foreign_authenticate(struct foreign *it) {
  uint8_t packet[EAP_PACKET_MAX], data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer request;
  struct coap_message response;
  span_writer_init(&request, packet, sizeof packet, &spans);
  assert_int_equal(eap_server_identity_request(7, &request), 0);
  uint8_t code = COAP_CODE_CREATED;
  enum eap_server_result result;
  do {
    foreign_ask(it, &request, code, &response, data);
    code = COAP_CODE_CHANGED;
    span_writer_init(&request, packet, sizeof packet, &spans);
    result = eap_server_process(&it->eap, response.payload, response.payload_length, &request);
  } while (result == EAP_SERVER_REQUEST);
  assert_int_equal(result, EAP_SERVER_SUCCESS);
  foreign_open(it);
  for (unsigned i = 0; i < TIMES; i++) {
    foreign_confirm(it, &request);
    assert_int_equal(coap_eap_ordering_advance(&it->client.ordering), 0);
  }
}

static void each_request_comes_again(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++)
    for (unsigned knows = 0; knows < 2; knows++) {
      struct foreign it;
      foreign_init(&it, policy);
      it.knows_resource = knows == 1;
      foreign_authenticate(&it);
      assert_int_equal(told.delivered, DELIVERED);
      assert_int_equal(told.keys, 1);
      assert_int_equal(told.confirmed, 1);
      assert_int_equal(told.failed, 0);
      foreign_deinit(&it);
    }
}

/* What has the Identifier of the last request and is another is dropped, as is a step 1 of somebody
 * else's Identifier: the run goes on. */
static void another_request_does_not_count(void **state) {
  (void)state;
  struct foreign it;
  foreign_init(&it, COAP_EAP_ORDERING_SEQNUM);
  uint8_t data[NODE_DATAGRAM_MAX], packet[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer request;
  struct coap_message response;
  span_writer_init(&request, packet, sizeof packet, &spans);
  assert_int_equal(eap_server_identity_request(7, &request), 0);
  assert_int_equal(coap_eap_client_send(&it.client, &it.coap, &request, NULL, "EAP"), 0);
  assert_true(foreign_exchange(&it, data, &response));
  assert_int_equal(coap_eap_ordering_advance(&it.client.ordering), 0);

  packet[1] = 8; /* to /b */
  assert_int_equal(coap_eap_client_send(&it.client, &it.coap, &request, NULL, "EAP"), 0);
  assert_true(foreign_exchange(&it, data, &response));
  assert_int_equal(response.code, COAP_CODE_UNAVAILABLE);

  strcpy(it.client.resource.path, "b/5");
  packet[1] = 7;
  packet[4] = EAP_TYPE_NOTIFICATION;
  assert_int_equal(coap_eap_client_send(&it.client, &it.coap, &request, NULL, "EAP"), 0);
  assert_false(foreign_exchange(&it, data, &response));
  assert_int_equal(told.delivered, 1);
  foreign_deinit(&it);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_request_comes_again),
      cmocka_unit_test(another_request_does_not_count),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
