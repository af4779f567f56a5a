/* What requests to the clear port of the application server come to that it does not serve. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

enum { FLOOD = 2000 };

static struct aps_world world;
static const struct node_address STRANGER = {.ip = {0x77, 1}, .port = 40000};

static void start(void) {
  aps_world_configure(&world);
  aps_world_start(&world);
}

/* What answers a datagram of a stranger; its octets. */
static size_t strange(const struct node_address *from, const struct node_address *to,
                      const uint8_t *data, size_t length) {
  world.is_cut = true;
  world.cut_octets = world.cut_last_length = 0;
  aps_world_inject(&world, from, to, data, length);
  world.is_cut = false;
  return world.cut_octets;
}

/* POST /k */

/* A request with what a UE's has, but for this. */
struct wrong {
  const char *path;
  uint8_t code;
  enum coap_type type;
  uint16_t option;
  const char *payload;
  size_t payload_length;
  uint8_t expected; /* COAP_CODE_EMPTY: no answer */
};

static size_t compose(const struct wrong *wrong, uint8_t data[NODE_DATAGRAM_MAX]) {
  struct coap_message request = {.type = wrong->type,
                                 .code = wrong->code,
                                 .message_id = 0x1234,
                                 .token = {9},
                                 .token_length = 1,
                                 .payload = (const uint8_t *)wrong->payload,
                                 .payload_length = wrong->payload_length};
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, NODE_DATAGRAM_MAX, &spans);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, wrong->path,
                          strlen(wrong->path));
  if (wrong->option != 0)
    coap_message_add_option(&request, wrong->option, ROW_COAP_OPTION, "x", 1);
  assert_int_equal(coap_message_compose(&request, &out), 0);
  return out.length;
}

#define POST COAP_CODE_POST
static const struct wrong WRONG[] = {
    {"x", POST, COAP_CON, 0, "hello", 5, COAP_CODE_NOT_FOUND},
    {"k", COAP_CODE_GET, COAP_CON, 0, NULL, 0, COAP_CODE_METHOD_NOT_ALLOWED},
    {"k", COAP_CODE_DELETE, COAP_CON, 0, NULL, 0, COAP_CODE_METHOD_NOT_ALLOWED},
    {"k", 7, COAP_CON, 0, NULL, 0, COAP_CODE_METHOD_NOT_ALLOWED},
    {"k", POST, COAP_CON, 17, "hello", 5, COAP_CODE_BAD_OPTION},
    {"k", POST, COAP_CON, 9, "hello", 5, COAP_CODE_BAD_OPTION},
    {"k", POST, COAP_CON, COAP_NUMBER_PROXY_URI, "hello", 5, COAP_CODE_PROXYING_NOT_SUPPORTED},
    {"k", POST, COAP_CON, 0, NULL, 0, COAP_CODE_BAD_REQUEST},
    {"k", POST, COAP_CON, 0, "hello", 5, COAP_CODE_BAD_REQUEST},
    {"k", POST, COAP_CON, 0, "\2\1\0\5\1", 5, COAP_CODE_BAD_REQUEST},
    {"k", POST, COAP_CON, 0, "\5\1\0\6\1\0", 6, COAP_CODE_BAD_REQUEST},
    {"k", POST, COAP_CON, 0, "\5\1\0\10\2\0\0\0", 8, COAP_CODE_BAD_REQUEST},
    /* A keyName-NAI that names no EMSK. */
    {"k", POST, COAP_CON, 0, "\5\1\0\17\2\0\0\0\1\5u@e.t", 15, COAP_CODE_BAD_REQUEST},
    {"x", POST, COAP_NON, 0, "hello", 5, COAP_CODE_NOT_FOUND},
    {"k", POST, COAP_NON, 17, "hello", 5, COAP_CODE_EMPTY},
};
#undef POST

static void refusals(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct coap_message answer;
  (void)state;
  start();
  const struct node_address to = aps_world_address(0);
  const uint64_t before = aps_world_state(&world, 0);
  for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
    const size_t length = compose(&WRONG[i], data);
    const size_t answered = strange(&STRANGER, &to, data, length);
    assert_true(answered <= length);
    assert_int_equal(answered == 0, WRONG[i].expected == COAP_CODE_EMPTY);
    if (answered > 0) {
      assert_int_equal(coap_message_parse(world.cut_last, world.cut_last_length, &answer), 0);
      assert_int_equal(answer.code, WRONG[i].expected);
    }
    assert_true(aps_world_state(&world, 0) == before);
  }
  assert_int_equal(world.aps_party[0].told.count[NODE_PHASE_PULL][NODE_EVENT_DISCARDED],
                   sizeof WRONG / sizeof WRONG[0]);
  aps_world_end(&world);
}

/* The same from an endpoint that there is a place of: what it has been answered is still there. */
static void refusals_after_a_pull(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct coap_message answer;
  (void)state;
  start();
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 1000);
  const struct aps_world_datagram *request = aps_world_flown(&world, "EAP-Initiate/Re-auth");
  const struct aps_world_datagram *response = aps_world_flown(&world, "EAP-Finish/Re-auth");
  const struct node_address to = aps_world_address(0);
  for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
    const size_t length = compose(&WRONG[i], data);
    const size_t answered = strange(&world.ues[0].address, &to, data, length);
    assert_int_equal(answered == 0, WRONG[i].expected == COAP_CODE_EMPTY);
    if (answered == 0)
      continue;
    assert_int_equal(coap_message_parse(world.cut_last, world.cut_last_length, &answer), 0);
    assert_int_equal(answer.code, WRONG[i].expected);
  }
  assert_int_equal(strange(&world.ues[0].address, &to, request->data, request->length),
                   response->length);
  assert_memory_equal(world.cut_last, response->data, response->length);
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  aps_world_end(&world);
}

/* While the AS is asked: the same again is answered once, another thing has to wait. */
static void requests_while_waiting(void **state) {
  uint8_t again[NODE_DATAGRAM_MAX];
  struct coap_message answer;
  (void)state;
  start();
  world.as_latency_ns = 300 * NODE_MS;
  const struct node_address to = aps_world_address(0);
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 100);
  const struct aps_world_datagram *request = aps_world_flown(&world, "EAP-Initiate/Re-auth");
  assert_int_equal(strange(&world.ues[0].address, &to, request->data, request->length), 0);
  /* Another sequence number: of the same endpoint, then of another port. */
  memcpy(again, request->data, request->length);
  again[3]++;
  again[request->length - 62 + 7]++;
  assert_true(strange(&world.ues[0].address, &to, again, request->length) > 0);
  assert_int_equal(coap_message_parse(world.cut_last, world.cut_last_length, &answer), 0);
  assert_int_equal(answer.code, COAP_CODE_UNAVAILABLE);
  struct node_address other = world.ues[0].address;
  other.port += 100;
  const size_t before = world.cut_count;
  assert_int_equal(strange(&other, &to, again, request->length), 0);
  assert_int_equal(world.cut_count, before + 1); /* the AS is asked */
  aps_world_run_ms(&world, 60000);
  assert_int_equal(world.ues[0].responses, 1);
  assert_int_equal(world.ues[0].code, COAP_CODE_CHANGED);
  assert_int_equal(world.ues[0].finish, ERP_PEER_SUCCESS);
  aps_world_end(&world);
}

/* As a UE that has forgotten its request, but not what it asks: the later one is answered. */
static void same_question_anew(void **state) {
  uint8_t again[NODE_DATAGRAM_MAX];
  struct coap_message answer;
  (void)state;
  start();
  world.as_latency_ns = 300 * NODE_MS;
  const struct node_address to = aps_world_address(0);
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 100);
  const struct aps_world_datagram *request = aps_world_flown(&world, "EAP-Initiate/Re-auth");
  memcpy(again, request->data, request->length);
  again[3]++; /* Message ID */
  again[4]++; /* token */
  assert_int_equal(strange(&world.ues[0].address, &to, again, request->length), 0);
  aps_world_run_ms(&world, 60000);
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  const struct aps_world_datagram *response = aps_world_flown(&world, "EAP-Finish/Re-auth");
  assert_int_equal(coap_message_parse(response->data, response->length, &answer), 0);
  assert_int_equal(answer.token[0], again[4]);
  /* And the former, which has come again since, from what is held. */
  assert_int_equal(world.ues[0].responses, 1);
  assert_int_equal(world.ues[0].finish, ERP_PEER_SUCCESS);
  aps_world_end(&world);
}

/* Places of pulls are as many as configured. */
static void flood_of_pulls(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct coap_message answer;
  struct node_address from = STRANGER;
  unsigned refused = 0;
  (void)state;
  start();
  assert_true(aps_world_serve(&world, 0, 0));
  const struct node_address to = aps_world_address(0);
  const struct aps_world_datagram *request = aps_world_flown(&world, "EAP-Initiate/Re-auth");
  memcpy(data, request->data, request->length);
  world.as_is_dead = true;
  world.cut_count = 0;
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    data[request->length - 1]++;
    const size_t answered = strange(&from, &to, data, request->length);
    assert_true(answered <= request->length);
    if (answered == 0)
      continue;
    assert_int_equal(coap_message_parse(world.cut_last, world.cut_last_length, &answer), 0);
    assert_int_equal(answer.code, COAP_CODE_UNAVAILABLE);
    refused++;
  }
  assert_int_equal(refused, FLOOD - world.aps_config[0].keys_max);
  assert_int_equal(world.cut_count - refused, world.aps_config[0].keys_max); /* Access-Requests */
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  world.fate = NULL;
  aps_world_run_ms(&world, 100);
  assert_int_equal(world.ues[0].answers, 1);
  world.is_cut = true;
  aps_world_run_ms(&world, 60000);
  world.is_cut = world.as_is_dead = false;
  assert_true(aps_world_serve(&world, 1, 0));
  aps_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refusals),
      cmocka_unit_test(refusals_after_a_pull),
      cmocka_unit_test(requests_while_waiting),
      cmocka_unit_test(same_question_anew),
      cmocka_unit_test(flood_of_pulls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
