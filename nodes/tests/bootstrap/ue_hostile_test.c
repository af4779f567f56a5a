/* A UE under what anybody can send who sees its traffic, and who knows its addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bootstrap/ue_state.h"
#include "coap/message.h"
#include "ue_world.h"

static const struct node_address LOCAL = {.ip = {0xfd, [15] = 0x99}, .port = 5683};

static struct ue_world world;
static struct seeded seeded = {.state = 99};

static int tear_down(void **state) {
  (void)state;
  ue_world_end(&world);
  return 0;
}

static enum bootstrap_channel channels[] = {BOOTSTRAP_CHANNEL_DTLS, BOOTSTRAP_CHANNEL_IKEV2,
                                            BOOTSTRAP_CHANNEL_IKEV2_UDP};

/* By ERP, over the channel that is the test's state. */
static void begin_over(void *const *state) {
  ue_world_begin_over(&world, *(const enum bootstrap_channel *)*state, BOOTSTRAP_PULL_ERP);
}

static void to_ue(const struct node_address *source, const uint8_t *data, size_t length) {
  post_inject(&world.post, NODE_UDP, source, &LOCAL, data, length);
}

static void channel_to_ue(size_t aps, const uint8_t *data, size_t length) {
  const struct node_address source =
                                association_address(&ASSOCIATION_DTLS, &world.known[aps].address),
                            destination = association_address(&ASSOCIATION_DTLS, &LOCAL);
  post_inject(&world.post, NODE_UDP, &source, &destination, data, length);
}

static struct digest digest_now(void) {
  struct digest digest;
  digest_init(&digest);
  digest.exact_lifetimes = true;
  assert_true(node_digest(world.ue, &digest, world.post.now_ns));
  return digest;
}

static void assert_digest(const struct digest *before) {
  const struct digest now = digest_now();
  assert_true(now.high == before->high && now.low == before->low);
}

static struct coap_message message_of(const struct post_datagram *datagram) {
  struct coap_message message;
  assert_int_equal(coap_message_parse(datagram->data, datagram->length, &message), 0);
  return message;
}

static void inject_message(const struct coap_message *message) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  assert_int_equal(coap_message_compose(message, &out), 0);
  to_ue(&world.known[0].address, data, out.length);
}

/* A response to the pull that is under way. */
static void inject_response(enum coap_type type, uint8_t code, const uint8_t *payload,
                            size_t length) {
  const struct coap_message request = message_of(post_first(&world.post, "EAP-Initiate/Re-auth"));
  struct coap_message response = {.type = type,
                                  .code = code,
                                  .message_id = request.message_id,
                                  .payload = payload,
                                  .payload_length = length};
  if (code != COAP_CODE_EMPTY) {
    response.token_length = request.token_length;
    memcpy(response.token, request.token, sizeof response.token);
  }
  inject_message(&response);
}

static void begin_pull(uint64_t takes_ms) {
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  world.aps[0].conduct.takes_ms = takes_ms;
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
}

static unsigned answered(void) {
  return ue_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED);
}

/* Octets at random, from everywhere, in every state of a request: nothing is begun by them, and the
 * request is answered. */
static void test_garbage(void **state) {
  begin_over(state);
  const struct association_kind *kind = bootstrap_channel_kind(world.config.channel);
  const size_t idle = bootstrap_ue_bytes(world.ue);
  for (size_t i = 0; i < 4000; i++) {
    uint8_t data[40];
    const size_t length = seeded_below(&seeded, sizeof data);
    struct node_address source = world.known[seeded_below(&seeded, UE_WORLD_APS)].address;
    source.port = (uint16_t)(source.port + seeded_below(&seeded, 3));
    if (seeded_below(&seeded, 3) == 0)
      source = association_address(kind, &world.known[0].address);
    seeded_bytes(&seeded, data, length);
    if (length > 0 && i % 2 == 0)
      data[0] = (uint8_t)(0x40 | (data[0] & 0x37));
    if (length > 2 && i % 3 == 0) /* DTLS 1.2 */
      memcpy(data, (const uint8_t[]){(uint8_t)(20 + i % 4), 0xfe, 0xfd}, 3);
    if (length > 4 && i % 5 == 0) /* the marker of IKE */
      memset(data, 0, 4);
    if (i == 1000)
      assert_int_equal(ue_world_ask(&world, 0, LOWER_POST), 0);
    if (i < 1000)
      assert_int_equal(bootstrap_ue_bytes(world.ue), idle);
    post_inject(&world.post, i % 4 == 0 ? association_kind_carrier(kind) : NODE_UDP, &source,
                &LOCAL, data, length);
    if (i > 1000 && i % 100 == 0)
      post_run_ms(&world.post, 5);
    world.event_count = 0;
    world.post.flight_count = i < 1000 ? 0 : world.post.flight_count;
    if (world.post.flight_count > POST_FLIGHT_MAX / 2) {
      post_run_ms(&world.post, 20);
      world.post.flight_count = 0;
    }
  }
  ue_world_run(&world);
  assert_int_equal(world.aps[0].served, 1);
  for (size_t i = 1; i < UE_WORLD_APS; i++)
    assert_int_equal(bootstrap_ue_state(world.ue, i), BOOTSTRAP_UE_NOTHING);
}

/* A stranger has an answer, and no place. */
static void test_strangers(void **state) {
  static const struct node_address stranger = {.ip = {0xfd, [15] = 0x77}, .port = 4000};
  static const uint8_t get[] = {0x41, 0x01, 0x12, 0x34, 0x01}, ping[] = {0x40, 0, 0x12, 0x35};
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  const struct digest before = digest_now();
  to_ue(&stranger, get, sizeof get);
  assert_memory_equal(world.post.flight[0].data, ((const uint8_t[]){0x61, 0x83, 0x12, 0x34, 0x01}),
                      5);
  assert_true(node_address_equal(&world.post.flight[0].destination, &stranger));
  to_ue(&stranger, ping, sizeof ping);
  assert_memory_equal(world.post.flight[1].data, ((const uint8_t[]){0x70, 0, 0x12, 0x35}), 4);
  assert_digest(&before);
  assert_int_equal(world.post.flight_count, 2);
  for (size_t i = 0; i < 2; i++)
    world.post.flight[i].arrival_ns = NODE_NEVER;
}

/* Requests of an ApS are refused, in clear and inside. */
static void test_requests_of_servers(void **state) {
  static const uint8_t get[] = {0x41, 0x01, 0x12, 0x34, 0x01, 0xb1, 'a'};
  struct coap_message request = {.type = COAP_CON, .code = COAP_CODE_GET, .token_length = 1};
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  to_ue(&world.known[0].address, get, sizeof get);
  assert_memory_equal(world.post.flight[0].data, ((const uint8_t[]){0x61, 0x84, 0x12, 0x34, 0x01}),
                      5);
  ue_world_assert_answered(&world, 0);
  assert_int_equal(association_request(&world.aps[0].channel.current, &request, "request"), 0);
  post_run_ms(&world.post, 100);
  assert_int_equal(post_flown(&world.post, "4.04 Not Found"), 2);
  ue_world_assert_answered(&world, 0);
}

/* Before what the AS says comes what anybody says. */
static void test_forged_before_the_finish(void **state) {
  (void)state;
  for (size_t i = 0; i < 5; i++) {
    static const uint8_t finish[56] = {6, 1, 0, 56, 2};
    begin_pull(3000);
    if (i == 0)
      inject_response(COAP_RST, COAP_CODE_EMPTY, NULL, 0);
    if (i == 1)
      inject_response(COAP_ACK, COAP_CODE_EMPTY, NULL, 0);
    if (i == 2)
      inject_response(COAP_ACK, COAP_CODE_CHANGED, finish, sizeof finish);
    if (i == 3)
      inject_response(COAP_CON, COAP_CODE_CHANGED, finish, sizeof finish);
    if (i == 4)
      inject_response(COAP_NON, COAP_CODE_CONTENT, finish, 1);
    ue_world_run(&world);
    assert_int_equal(answered(), 1);
    assert_int_equal(ue_world_count(&world, 0, NODE_PHASE_PULL, NODE_EVENT_DISCARDED), i != 1);
    if (i < 4)
      ue_world_end(&world);
  }
}

/* An error that is forged ends this pull, and no more: what comes after it is of no account, and
 * the next is as good as the first. */
static void test_forged_error(void **state) {
  (void)state;
  begin_pull(3000);
  inject_response(COAP_ACK, COAP_CODE_FORBIDDEN, NULL, 0);
  assert_string_equal(
      ue_world_last(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label,
      "pull-refused");
  ue_world_run(&world);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
  ue_world_assert_answered(&world, 0);
}

/* What answered another pull, with its token and Message ID made to fit. */
static void test_old_finish(void **state) {
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  world.config.key_lifetime_s = 100;
  ue_world_start(&world);
  ue_world_authenticate(&world);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  ue_world_run(&world);
  const struct post_datagram old = *post_first(&world.post, "EAP-Finish/Re-auth");
  const struct coap_message finish = message_of(&old);
  world.post.flight_count = 0;
  world.aps[0].conduct.mute = true;
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  inject_response(COAP_ACK, COAP_CODE_CHANGED, finish.payload, finish.payload_length);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_PULLING);
  ue_world_run(&world);
  assert_string_equal(
      ue_world_last(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label,
      "pull-rejected");
}

/* The Finish, cut off everywhere, and with octets behind it: the former end nothing. */
static void test_finish_of_every_length(void **state) {
  (void)state;
  begin_pull(0);
  ue_world_run(&world);
  const size_t length = message_of(post_first(&world.post, "EAP-Finish/Re-auth")).payload_length;
  ue_world_end(&world);
  begin_pull(3000);
  post_run_ms(&world.post, 100);
  const struct coap_message real = {.payload = world.aps[0].finish_octets,
                                    .payload_length = world.aps[0].finish.length};
  assert_int_equal(real.payload_length, length);
  for (size_t i = 0; i < length; i++) {
    inject_response(COAP_NON, COAP_CODE_CHANGED, i == 0 ? NULL : real.payload, i);
    assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_PULLING);
  }
  ue_world_run(&world);
  assert_int_equal(answered(), 1);
}

/* An alert in clear, by anybody: the key is pulled once more, and once only. */
static void test_forged_alert(void **state) {
  static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 115};
  (void)state;
  for (size_t alerts = 1; alerts <= 2; alerts++) {
    begin_pull(0);
    for (size_t i = 0; i < alerts; i++) {
      const unsigned before = post_flown(&world.post, "DTLS ClientKeyExchange");
      while (post_flown(&world.post, "DTLS ClientKeyExchange") == before)
        post_run_ms(&world.post, 1);
      channel_to_ue(0, alert, sizeof alert);
    }
    ue_world_run(&world);
    assert_int_equal(answered(), alerts == 1);
    assert_int_equal(ue_world_count(&world, 0, NODE_PHASE_PULL, NODE_EVENT_STARTED), 2);
    if (alerts == 1)
      ue_world_end(&world);
  }
  assert_string_equal(
      ue_world_last(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label,
      "dtls-unknown-identity");
  ue_world_assert_answered(&world, 0);
}

/* All that was seen comes again, in the channel's time: nothing happens twice. */
static void test_replay(void **state) {
  begin_over(state);
  ue_world_assert_answered(&world, 0);
  const size_t seen = world.post.flight_count;
  for (size_t i = 0; i < seen; i++) {
    const struct post_datagram datagram = world.post.flight[i];
    if (memcmp(datagram.destination.ip, LOCAL.ip, sizeof LOCAL.ip) == 0)
      post_inject(&world.post, datagram.protocol, &datagram.source, &datagram.destination,
                  datagram.data, datagram.length);
  }
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_SECURED);
  ue_world_run(&world);
  assert_int_equal(answered(), 1);
  ue_world_assert_answered(&world, 0);
  assert_int_equal(world.aps[0].handshakes, 1);
}

/* A root has 65536 numbers: with the last of them come the last key, which ends with the EMSK as
 * any, and then none. */
static void test_last_number(void **state) {
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  world.config.erp.rrk_lifetime_s = 2000;
  ue_world_start(&world);
  ue_world_authenticate(&world);
  ((struct bootstrap_ue *)world.ue)->erp.next_sequence = ERP_SEQUENCE_MAX;
  ue_world_assert_answered(&world, 0);
  assert_int_equal(ue_world_ask(&world, 1, LOWER_GET), NODE_ERR_BAD_STATE);
  ue_world_run(&world);
  ue_world_run(&world);
  assert_string_equal(ue_world_last(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED)->label,
                      "lifetime");
  assert_int_equal(bootstrap_ue_bytes(world.ue), 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
#define TEST_OVER(name, channel)                                                                   \
  cmocka_unit_test_prestate_setup_teardown(name, NULL, tear_down, channel)
#define TEST_OVER_ALL(name)                                                                        \
  TEST_OVER(name, &channels[0]), TEST_OVER(name, &channels[1]), TEST_OVER(name, &channels[2])

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_OVER_ALL(test_garbage),       TEST(test_strangers),
      TEST(test_requests_of_servers),    TEST(test_forged_before_the_finish),
      TEST(test_forged_error),           TEST(test_old_finish),
      TEST(test_finish_of_every_length), TEST(test_forged_alert),
      TEST_OVER_ALL(test_replay),        TEST(test_last_number),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
