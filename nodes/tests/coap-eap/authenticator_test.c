/* The authenticator's room for peers: who makes room for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "seeded.h"

enum { PEERS_MAX = 3, STRANGERS = 200, WRITES_MAX = 100 };

static struct seeded seeded = {.state = 41};
static unsigned strangers; /* that were heard */
static uint64_t now_ns;

static void authenticator_on_event(void *context, const struct node_event *event) {
  (void)context;
  strangers += event->type == NODE_EVENT_DISCARDED;
}

static const struct node_hooks HOOKS = {
    .context = &seeded, .random = seeded_bytes, .event = authenticator_on_event};

static struct node *create_authenticator(void) {
  static const struct option_values defaults;
  const struct lower_authenticator_config config = {
      .options = &defaults, .local = {.ip = {1}, .port = COAP_EAP_PORT}, .peers_max = PEERS_MAX};
  struct node *node = coap_eap_authenticator_create(&config, &HOOKS);
  assert_non_null(node);
  return node;
}

static struct node_address peer(unsigned number) {
  return (struct node_address){.ip = {2, (uint8_t)number}, .port = COAP_EAP_PORT};
}

static int begin_with_peer(struct node *node, unsigned number) {
  const struct node_address address = peer(number);
  return coap_eap_authenticator_begin(node, &address);
}

/* Writes all there is; returns the Message ID of the last that went to this peer. */
static uint16_t authenticator_write_all(struct node *node, unsigned number) {
  const struct node_address address = peer(number);
  uint16_t message_id = 0;
  for (unsigned i = 0; i < WRITES_MAX; i++) {
    uint8_t data[NODE_DATAGRAM_MAX];
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    if (node_write(node, &datagram, now_ns) == 0)
      return message_id;
    if (node_address_equal(&datagram.destination, &address))
      message_id = (uint16_t)(data[2] << 8 | data[3]);
  }
  fail_msg("it never ends to write");
  return 0;
}

/* An acknowledgement that nobody waits for: it does nothing where the peer is known. */
static void stray(struct node *node, unsigned number) {
  uint8_t data[] = {0x60, 0, 0, 0};
  const struct node_datagram datagram = {
      .source = peer(number), .data = data, .length = sizeof data};
  assert_int_equal(node_read(node, &datagram, now_ns), 0);
}

/* Retransmissions go unanswered until this time: who began long enough before has failed. */
static void authenticator_pass_time(struct node *node, uint64_t until_ns) {
  while (node_expiry(node) <= until_ns && node_expiry(node) != NODE_NEVER) {
    now_ns = node_expiry(node);
    assert_int_equal(node_handle_expiry(node, now_ns), 0);
    (void)authenticator_write_all(node, 0);
  }
  now_ns = until_ns == NODE_NEVER ? now_ns : until_ns;
}

static void the_longest_failed_makes_room(void **state) {
  (void)state;
  struct node *node = create_authenticator();
  static const unsigned order[PEERS_MAX] = {1, 0, 2};
  strangers = 0;
  now_ns = 0;
  for (unsigned i = 0; i < PEERS_MAX; i++) { /* each is given up after 62 to 93 s */
    authenticator_pass_time(node, i * 30 * NODE_SECOND);
    assert_int_equal(begin_with_peer(node, order[i]), 0);
    (void)authenticator_write_all(node, order[i]);
    assert_int_equal(begin_with_peer(node, order[i]), NODE_ERR_BUSY);
  }
  authenticator_pass_time(node, 122 * NODE_SECOND);
  (void)authenticator_write_all(node, 2); /* it learns what time it is */
  assert_int_equal(begin_with_peer(node, 2), NODE_ERR_BUSY);
  assert_int_equal(begin_with_peer(node, 3), 0); /* in the place of 1 */
  stray(node, 0);
  assert_int_equal(strangers, 0);
  stray(node, 1);
  assert_int_equal(strangers, 1);
  assert_int_equal(begin_with_peer(node, 0), 0);
  assert_int_equal(begin_with_peer(node, 1), 0); /* in the place of 2, silent for a minute */
  stray(node, 2);
  assert_int_equal(strangers, 2);
  assert_int_equal(begin_with_peer(node, 2), NODE_ERR_EXHAUSTED); /* all have just begun */
  assert_int_equal(begin_with_peer(node, 3), NODE_ERR_BUSY);
  assert_int_not_equal(authenticator_write_all(node, 0), 0);
  node_destroy(node);
}

/* Each place serves many peers, one after another; whether or not there was time to write. */
static void authenticator_places_used_again(void **state) {
  (void)state;
  struct node *node = create_authenticator();
  for (unsigned i = 0; i < STRANGERS; i++) {
    assert_int_equal(begin_with_peer(node, i), 0);
    (void)authenticator_write_all(node, i);
    authenticator_pass_time(node, NODE_NEVER);
    assert_true(node_expiry(node) == NODE_NEVER);
  }
  for (unsigned i = 0; i < PEERS_MAX; i++)
    assert_int_equal(begin_with_peer(node, i), 0);
  for (unsigned i = 0; i < PEERS_MAX; i++)
    assert_int_equal(begin_with_peer(node, i), NODE_ERR_BUSY);
  node_destroy(node);
}

/* A POST to the service that is typed an acknowledgement or a Reset is no request, and takes no
 * room. */
static void only_a_request_takes_room(void **state) {
  (void)state;
  struct node *node = create_authenticator();
  for (unsigned i = 0; i < STRANGERS; i++) {
    uint8_t data[] = {i % 2 == 0 ? 0x60 : 0x70, COAP_CODE_POST, 0, (uint8_t)i, 0xb1, 'b'};
    const struct node_datagram datagram = {.source = peer(i), .data = data, .length = sizeof data};
    strangers = 0;
    assert_int_equal(node_read(node, &datagram, 0), 0);
    assert_int_equal(strangers, 1);
  }
  for (unsigned i = 0; i < PEERS_MAX; i++)
    assert_int_equal(begin_with_peer(node, STRANGERS + i), 0);
  node_destroy(node);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_longest_failed_makes_room),
      cmocka_unit_test(authenticator_places_used_again),
      cmocka_unit_test(only_a_request_takes_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
