/* The properties: each is violated by what it forbids, and not by what comes close. */
#include "monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct monitor monitor;

/* A POST or an ACK with this Message ID and payload; under OSCORE with Partial IV 0 (a request), or
 * none. */
struct composed {
  uint8_t data[128];
  size_t length;
  struct monitor_message message;
};

static void compose(struct composed *composed, enum coap_type type, uint16_t message_id,
                    const char *payload, bool oscore) {
  static const uint8_t piv_0[] = {0x09, 0x00};
  struct coap_message message = {.type = type,
                                 .code = type == COAP_CON ? COAP_CODE_POST : COAP_CODE_CHANGED,
                                 .message_id = message_id,
                                 .payload = (const uint8_t *)payload,
                                 .payload_length = strlen(payload)};
  if (oscore)
    coap_message_add_option(&message, COAP_NUMBER_OSCORE, ROW_OSCORE_OPTION, piv_0,
                            type == COAP_CON ? sizeof piv_0 : 0);
  struct span_writer writer;
  span_writer_init(&writer, composed->data, sizeof composed->data, NULL);
  assert_int_equal(coap_message_compose(&message, &writer), 0);
  composed->length = writer.length;
  composed->message.packet = (struct monitor_packet){0};
  monitor_parse(&composed->message, composed->data, composed->length, true, oscore);
  assert_true(composed->message.is_coap);
  assert_int_equal(composed->message.is_protected, oscore);
}

static void tell(enum check_side side, enum node_event_type type, const char *label) {
  const struct node_event event = {.type = type, .label = label};
  monitor_event(&monitor, side, &event);
}

static void derive(enum check_side side, const char *secret) {
  const struct node_event event = {.type = NODE_EVENT_KEY,
                                   .label = "OSCORE",
                                   .secret = (const uint8_t *)secret,
                                   .secret_length = strlen(secret)};
  monitor_event(&monitor, side, &event);
}

/* The peer begins with what it reads. */
static void peer_starts(const struct monitor_message *message) {
  monitor_reads(&monitor, CHECK_PEER, message);
  tell(CHECK_PEER, NODE_EVENT_STARTED, "step 1");
  monitor_has_read(&monitor, CHECK_PEER, 0);
}

static void begin(void) {
  static struct model model;
  model = *model_default();
  monitor_init(&monitor, &model);
  static const struct monitor_message step_1;
  tell(CHECK_PEER, NODE_EVENT_STARTED, "of itself");
  assert_int_equal(monitor.sides[CHECK_PEER].outcome, MONITOR_TRIGGERING);
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_STARTED, "trigger");
  peer_starts(&step_1);
  assert_int_equal(monitor.sides[CHECK_PEER].outcome, MONITOR_RUNNING);
}

static void send(enum check_side side, struct composed *composed, unsigned copy) {
  const struct coap_message *coap = &composed->message.coap;
  monitor_sends(&monitor, side, &composed->message, coap->payload, coap->payload_length, copy);
}

/* The peer reads a request, delivers what it carries unless it is to be silent, and answers. */
static void peer_reads(struct composed *request, bool delivers, const char *answer) {
  monitor_reads(&monitor, CHECK_PEER, &request->message);
  if (delivers)
    tell(CHECK_PEER, NODE_EVENT_DELIVERED, "EAP");
  if (answer != NULL) {
    struct composed response;
    compose(&response, COAP_ACK, request->message.coap.message_id, answer, false);
    send(CHECK_PEER, &response, !delivers);
  }
  monitor_has_read(&monitor, CHECK_PEER, 0);
}

/* Two requests and their answers, in order. */
static struct composed first, second;

static void exchange_two(void) {
  begin();
  compose(&first, COAP_CON, 1, "request 1", false);
  compose(&second, COAP_CON, 2, "request 2", false);
  send(CHECK_AUTHENTICATOR, &first, 0);
  peer_reads(&first, true, "response 1");
  send(CHECK_AUTHENTICATOR, &second, 0);
  peer_reads(&second, true, "response 2");
  assert_int_equal(monitor.violation, MONITOR_NONE);
  assert_int_equal(monitor.mild, MONITOR_NONE);
}

static void test_order(void **state) {
  (void)state;
  exchange_two();
  peer_reads(&second, false, "response 2"); /* the last again */
  peer_reads(&first, false, NULL);          /* an old one */
  assert_int_equal(monitor.mild, MONITOR_NONE);
  peer_reads(&second, false, "response 1");
  assert_int_equal(monitor.mild, MONITOR_STALE);
  monitor.mild = MONITOR_NONE;
  peer_reads(&first, false, "response 1");
  assert_int_equal(monitor.mild, MONITOR_ANSWERED);
  peer_reads(&second, true, NULL);
  assert_int_equal(monitor.mild, MONITOR_REPEATED);

  exchange_two();
  peer_reads(&first, true, NULL);
  assert_int_equal(monitor.mild, MONITOR_DISORDER);

  exchange_two();
  struct composed skipped, fourth;
  compose(&skipped, COAP_CON, 3, "request 3", false);
  compose(&fourth, COAP_CON, 4, "request 4", false);
  send(CHECK_AUTHENTICATOR, &skipped, 0);
  send(CHECK_AUTHENTICATOR, &fourth, 0);
  peer_reads(&fourth, true, NULL);
  assert_int_equal(monitor.mild, MONITOR_DISORDER);
}

static void test_authentications(void **state) {
  (void)state;
  exchange_two();
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_STARTED, "trigger");
  struct composed again;
  compose(&again, COAP_CON, 5, "request 1 again", false);
  send(CHECK_AUTHENTICATOR, &again, 0);
  peer_reads(&again, true, NULL);
  assert_int_equal(monitor.mild, MONITOR_MIXED);

  exchange_two(); /* the peer leaves the authentication that runs */
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_STARTED, "trigger");
  compose(&again, COAP_CON, 5, "request 1 again", false);
  send(CHECK_AUTHENTICATOR, &again, 0);
  peer_starts(&again.message);
  peer_reads(&again, true, "response 1 again");
  assert_int_equal(monitor.violation, MONITOR_NONE);
  monitor_reads(&monitor, CHECK_PEER, &first.message);
  tell(CHECK_PEER, NODE_EVENT_STARTED, "step 1");
  assert_int_equal(monitor.violation, MONITOR_KILLED);
}

static void test_responses(void **state) {
  (void)state;
  exchange_two();
  struct composed response;
  compose(&response, COAP_ACK, 1, "response 1", false);
  send(CHECK_PEER, &response, 1);
  monitor_reads(&monitor, CHECK_AUTHENTICATOR, &response.message);
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_DELIVERED, "EAP");
  assert_int_equal(monitor.mild, MONITOR_NONE);
  assert_int_equal(monitor.violation, MONITOR_NONE);
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_STARTED, "trigger");
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_DELIVERED, "EAP");
  assert_int_equal(monitor.mild, MONITOR_UNASKED);
}

/* Where what an old request was for is no more, an error is no answer to it. */
static void test_old_is_refused(void **state) {
  (void)state;
  for (int refuses = 0; refuses < 2; refuses++) {
    exchange_two();
    monitor.conduct.refuses_old = refuses == 1;
    struct composed response;
    monitor_reads(&monitor, CHECK_PEER, &first.message);
    compose(&response, COAP_ACK, 1, "", false);
    response.message.coap.code = COAP_CODE_NOT_FOUND;
    monitor_sends(&monitor, CHECK_PEER, &response.message, NULL, 0, 0);
    monitor_has_read(&monitor, CHECK_PEER, 0);
    assert_int_equal(monitor.mild, refuses == 1 ? MONITOR_NONE : MONITOR_ANSWERED);
  }
  monitor.mild = MONITOR_NONE;
  peer_reads(&first, false, "response 1");
  assert_int_equal(monitor.mild, MONITOR_ANSWERED);
}

/* The peer asks: its first request has no EAP packet, and the response to each the next. */
static void ask_first(struct composed *request, struct composed *response) {
  begin();
  monitor_init(&monitor, monitor.model);
  monitor.conduct.peer_asks = true;
  tell(CHECK_PEER, NODE_EVENT_STARTED, "of itself");
  assert_int_equal(monitor.sides[CHECK_PEER].outcome, MONITOR_RUNNING);
  compose(request, COAP_CON, 1, "", false);
  monitor_sends(&monitor, CHECK_PEER, &request->message, NULL, 0, 0);
  monitor_reads(&monitor, CHECK_AUTHENTICATOR, &request->message);
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_STARTED, "first request");
  compose(response, COAP_ACK, 1, "request 1", false);
  send(CHECK_AUTHENTICATOR, response, 0);
  monitor_has_read(&monitor, CHECK_AUTHENTICATOR, 0);
}

static void test_peer_asks(void **state) {
  (void)state;
  struct composed ask, request, answer, next;
  for (int old = 0; old < 2; old++) {
    ask_first(&ask, &request);
    if (old == 1)
      tell(CHECK_PEER, NODE_EVENT_STARTED, "anew");
    monitor_reads(&monitor, CHECK_PEER, &request.message);
    tell(CHECK_PEER, NODE_EVENT_DELIVERED, "EAP");
    monitor_has_read(&monitor, CHECK_PEER, 0);
    assert_int_equal(monitor.mild, old == 1 ? MONITOR_UNASKED : MONITOR_NONE);
  }
  static const char *const answers[] = {"request 2", "request 1"};
  for (size_t i = 0; i < 2; i++) {
    ask_first(&ask, &request);
    compose(&answer, COAP_CON, 2, "response 1", false);
    send(CHECK_PEER, &answer, 0);
    monitor_reads(&monitor, CHECK_AUTHENTICATOR, &answer.message);
    tell(CHECK_AUTHENTICATOR, NODE_EVENT_DELIVERED, "EAP");
    compose(&next, COAP_ACK, 2, answers[i], false);
    send(CHECK_AUTHENTICATOR, &next, 0);
    monitor_has_read(&monitor, CHECK_AUTHENTICATOR, 0);
    assert_int_equal(monitor.mild, i == 0 ? MONITOR_NONE : MONITOR_STALE);
  }
}

static void test_damage_and_errors(void **state) {
  (void)state;
  exchange_two();
  second.message.packet.rubbish = true;
  peer_reads(&second, true, NULL);
  assert_int_equal(monitor.violation, MONITOR_RUBBISH);
  exchange_two();
  monitor_reads(&monitor, CHECK_PEER, &second.message);
  monitor_has_read(&monitor, CHECK_PEER, NODE_ERR_CRYPTO);
  assert_int_equal(monitor.violation, MONITOR_ERROR);
}

/* What cannot be watched any more is told, and no assertion. */
static void test_long_runs(void **state) {
  (void)state;
  exchange_two();
  for (unsigned i = 0; i < MONITOR_SENT_MAX; i++) {
    struct composed request;
    char payload[32];
    snprintf(payload, sizeof payload, "request %u of many", i);
    compose(&request, COAP_CON, 3, payload, false);
    assert_int_equal(monitor.full, i > MONITOR_SENT_MAX - 2);
    request.message.is_coap = false; /* under a session, where Message IDs are not seen */
    send(CHECK_AUTHENTICATOR, &request, 0);
  }
  assert_true(monitor.full);
  exchange_two();
  for (unsigned i = 0; i <= MONITOR_SECRETS_MAX; i++) {
    assert_false(monitor.full);
    derive(CHECK_PEER, "key");
  }
  assert_true(monitor.full);
}

static void test_message_ids(void **state) {
  (void)state;
  exchange_two();
  send(CHECK_AUTHENTICATOR, &second, 1);
  assert_int_equal(monitor.violation, MONITOR_NONE);
  struct composed third;
  compose(&third, COAP_CON, 2, "request 3", false);
  send(CHECK_AUTHENTICATOR, &third, 0);
  assert_int_equal(monitor.violation, MONITOR_MESSAGE_ID);
}

static void test_nonces(void **state) {
  (void)state;
  for (int other_key = 0; other_key <= 1; other_key++) {
    exchange_two();
    struct composed one, two;
    compose(&one, COAP_CON, 3, "ciphertext", true);
    compose(&two, COAP_CON, 4, "another text", true);
    derive(CHECK_AUTHENTICATOR, "key");
    send(CHECK_AUTHENTICATOR, &one, 0);
    send(CHECK_AUTHENTICATOR, &one, 1);
    assert_int_equal(monitor.violation, MONITOR_NONE);
    tell(CHECK_AUTHENTICATOR, NODE_EVENT_STARTED, "trigger");
    if (other_key)
      derive(CHECK_AUTHENTICATOR, "another key");
    send(CHECK_AUTHENTICATOR, &two, 0);
    assert_int_equal(monitor.violation, other_key ? MONITOR_NONE : MONITOR_NONCE);
  }
}

/* Steps 7 and 8 with these keys; either in clear or protected. */
static void confirm(const char *authenticator_key, const char *peer_key, bool oscore) {
  exchange_two();
  derive(CHECK_AUTHENTICATOR, authenticator_key);
  derive(CHECK_PEER, peer_key);
  struct composed success, confirmation;
  compose(&success, COAP_CON, 3, "success", oscore);
  compose(&confirmation, COAP_ACK, 3, "confirmation", oscore);
  send(CHECK_AUTHENTICATOR, &success, 0);
  monitor_reads(&monitor, CHECK_PEER, &success.message);
  tell(CHECK_PEER, NODE_EVENT_CONFIRMED, "step 7");
  monitor_has_read(&monitor, CHECK_PEER, 0);
  monitor_reads(&monitor, CHECK_AUTHENTICATOR, &confirmation.message);
  tell(CHECK_AUTHENTICATOR, NODE_EVENT_CONFIRMED, "step 8");
  monitor_has_read(&monitor, CHECK_AUTHENTICATOR, 0);
}

static void test_keys(void **state) {
  (void)state;
  confirm("key", "key", true);
  assert_int_equal(monitor.violation, MONITOR_NONE);
  monitor_ends(&monitor);
  assert_int_equal(monitor.violation, MONITOR_NONE);
  peer_reads(&second, true, NULL);
  assert_int_equal(monitor.violation, MONITOR_CLEAR);
  confirm("key", "another", true);
  assert_int_equal(monitor.violation, MONITOR_KEYS);
  confirm("key", "key", false);
  assert_int_equal(monitor.violation, MONITOR_CLEAR);
  exchange_two();
  derive(CHECK_AUTHENTICATOR, "key");
  derive(CHECK_PEER, "key");
  struct composed damaged;
  compose(&damaged, COAP_CON, 3, "damaged", true);
  damaged.message.packet.rubbish = true;
  monitor_reads(&monitor, CHECK_PEER, &damaged.message);
  tell(CHECK_PEER, NODE_EVENT_CONFIRMED, "step 7");
  assert_int_equal(monitor.violation, MONITOR_RUBBISH);
  confirm("key", "key", true);
  derive(CHECK_PEER, "new");
  derive(CHECK_AUTHENTICATOR, "new");
  monitor.sides[CHECK_PEER].association = monitor.sides[CHECK_PEER].secrets[1];
  monitor_ends(&monitor);
  assert_int_equal(monitor.violation, MONITOR_ASSOCIATIONS);
}

static void test_ends(void **state) {
  (void)state;
  static const struct {
    const char *authenticator, *peer; /* reason of failure; NULL: it goes on */
    bool excused;
    enum monitor_violation violation;
  } ends[] = {
      {NULL, "authenticator-silent", true, MONITOR_DEAD_END},
      {"peer-silent", NULL, true, MONITOR_DEAD_END},
      {"peer-silent", "authenticator-silent", false, MONITOR_UNESTABLISHED},
      {"peer-silent", "authenticator-silent", true, MONITOR_NONE},
      {"oscore-rejected", "no-authenticator", true, MONITOR_NONE},
      {"peer-busy", "dtls-alert", true, MONITOR_UNRULED}, /* under OSCORE */
      {"peer-silent", "a whim", true, MONITOR_UNRULED},
      {"a whim", "authenticator-silent", true, MONITOR_UNRULED},
  };
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    exchange_two();
    monitor.excused = ends[i].excused;
    if (ends[i].authenticator != NULL)
      tell(CHECK_AUTHENTICATOR, NODE_EVENT_FAILED, ends[i].authenticator);
    if (ends[i].peer != NULL)
      tell(CHECK_PEER, NODE_EVENT_FAILED, ends[i].peer);
    monitor_ends(&monitor);
    assert_int_equal(monitor.violation, ends[i].violation);
  }
}

/* Only re-authentication must not: what restarts and draws the same comes to the same. */
static void test_key_twice(void **state) {
  (void)state;
  for (int erp = 0; erp < 2; erp++) {
    static struct model model;
    model = *model_default();
    model.erp = erp ? MODEL_ERP_PEER : MODEL_ERP_OFF;
    monitor_init(&monitor, &model);
    derive(CHECK_PEER, "key");
    derive(CHECK_AUTHENTICATOR, "key");
    derive(CHECK_PEER, "new");
    assert_int_equal(monitor.violation, MONITOR_NONE);
    derive(CHECK_PEER, "key");
    assert_int_equal(monitor.violation, erp ? MONITOR_REUSED : MONITOR_NONE);
  }
}

static void test_names(void **state) {
  (void)state;
  for (int i = MONITOR_NONE + 1; i < MONITOR_VIOLATIONS; i++) {
    assert_int_equal(monitor_violation_find(monitor_violation_name((enum monitor_violation)i)), i);
    assert_true(strlen(monitor_violation_text((enum monitor_violation)i)) > 0);
  }
  assert_int_equal(monitor_violation_find("none"), MONITOR_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order),          cmocka_unit_test(test_authentications),
      cmocka_unit_test(test_responses),      cmocka_unit_test(test_damage_and_errors),
      cmocka_unit_test(test_message_ids),    cmocka_unit_test(test_nonces),
      cmocka_unit_test(test_keys),           cmocka_unit_test(test_ends),
      cmocka_unit_test(test_key_twice),      cmocka_unit_test(test_key_twice),
      cmocka_unit_test(test_names),          cmocka_unit_test(test_long_runs),
      cmocka_unit_test(test_old_is_refused), cmocka_unit_test(test_peer_asks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
