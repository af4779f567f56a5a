/* The properties of access by tokens: each is violated by what it forbids, and not by what comes
 * close. */
#include "hosts.h"
#include "monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct model model;
static struct monitor monitor;
static const struct monitor_message PROTECTED = {.is_protected = true};
static const struct monitor_message CLEAR;
static const struct monitor_message DAMAGED = {.is_protected = true, .packet = {.rubbish = true}};

enum { CLIENT_A, CLIENT_D, PORT_OF_LOWER = 5683 };

/* What is told */

static void tell(enum check_side side, struct node_event event) {
  MONITOR_TOKEN.event(&monitor, side, &event);
}

static struct node_event about(unsigned client, enum node_phase phase, enum node_event_type type) {
  return (struct node_event){.type = type,
                             .phase = phase,
                             .remote = hosts_address(CHECK_PEER, client, HOSTS_PORT),
                             .label = ""};
}

static void join(enum check_side side, unsigned number) {
  tell(CHECK_AUTHENTICATOR,
       (struct node_event){.type = NODE_EVENT_CONFIRMED,
                           .phase = NODE_PHASE_AUTHENTICATION,
                           .remote = hosts_address(side, number, PORT_OF_LOWER),
                           .label = ""});
}

static void leave(enum check_side side, unsigned number) {
  tell(CHECK_AUTHENTICATOR,
       (struct node_event){.type = NODE_EVENT_CLOSED,
                           .phase = NODE_PHASE_AUTHENTICATION,
                           .remote = hosts_address(side, number, PORT_OF_LOWER),
                           .label = ""});
}

static void make_token(unsigned client) {
  struct node_event event = about(client, NODE_PHASE_AUTHORIZATION, NODE_EVENT_SERVED);
  event.remote.port = PORT_OF_LOWER;
  tell(CHECK_AUTHENTICATOR, event);
}

static void derive(enum check_side side, unsigned client, const char *key) {
  struct node_event event = about(client, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_KEY);
  event.secret = (const uint8_t *)key;
  event.secret_length = strlen(key);
  tell(side, event);
}

static void read_as(enum check_side side, const struct monitor_message *message) {
  MONITOR_TOKEN.reads(&monitor, side, message);
}

static void confirm_at_server(unsigned client, uint8_t id, const struct monitor_message *message) {
  struct node_event event = about(client, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED);
  event.name = &id;
  event.name_length = 1;
  read_as(CHECK_AUTHENTICATOR, message);
  tell(CHECK_AUTHENTICATOR, event);
  MONITOR_TOKEN.has_read(&monitor, CHECK_AUTHENTICATOR, 0);
}

static void confirm_at_client(unsigned client, const struct monitor_message *message) {
  read_as(CHECK_PEER, message);
  tell(CHECK_PEER, about(client, NODE_PHASE_APPLICATION, NODE_EVENT_CONFIRMED));
  MONITOR_TOKEN.has_read(&monitor, CHECK_PEER, 0);
}

static void send(unsigned client, unsigned copy) {
  struct monitor_message message = {.is_protected = true,
                                    .is_access = true,
                                    .source = hosts_address(CHECK_PEER, client, HOSTS_PORT)};
  MONITOR_TOKEN.sends(&monitor, CHECK_PEER, &message, NULL, 0, copy);
}

static void serve(unsigned client, unsigned whose, unsigned request,
                  const struct monitor_message *message) {
  struct node_event event = about(client, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED);
  uint8_t value[HOSTS_VALUE_LENGTH];
  hosts_value(whose, request, value);
  event.name = value;
  event.name_length = sizeof value;
  read_as(CHECK_AUTHENTICATOR, message);
  tell(CHECK_AUTHENTICATOR, event);
  MONITOR_TOKEN.has_read(&monitor, CHECK_AUTHENTICATOR, 0);
}

static void answer(unsigned client, const char *label, const struct monitor_message *message) {
  struct node_event event = about(client, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED);
  event.label = label;
  read_as(CHECK_PEER, message);
  tell(CHECK_PEER, event);
  MONITOR_TOKEN.has_read(&monitor, CHECK_PEER, 0);
}

static void close_at_server(unsigned client) {
  tell(CHECK_AUTHENTICATOR, about(client, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED));
}

static void expect(enum monitor_violation violation) {
  const enum monitor_violation found =
      monitor.violation != MONITOR_NONE ? monitor.violation : monitor.mild;
  if (found != violation)
    fail_msg("%s in the place of %s (%s)", monitor_violation_name(found),
             monitor_violation_name(violation), monitor.detail);
}

/* Everybody has joined, and each client has its first request under way. */
static void begin(const char *word) {
  char error[256];
  model = *model_default();
  model.ace = MODEL_ACE_AUTHZ_INFO;
  model.clients = 2;
  if (word != NULL)
    assert_true(model_set(&model, word, error, sizeof error));
  monitor_init(&monitor, &model);
  MONITOR_TOKEN.begins(&monitor);
  join(CHECK_AUTHENTICATOR, HOSTS_RESOURCE_SERVER);
  join(CHECK_PEER, CLIENT_A);
  join(CHECK_PEER, CLIENT_D);
}

/* ... and a token, of number `id`, by which it has an association. */
static void associate(unsigned client, uint8_t id, const char *key) {
  make_token(client);
  derive(CHECK_AUTHENTICATOR, client, key);
  derive(CHECK_PEER, client, key);
  confirm_at_server(client, id, &PROTECTED);
  confirm_at_client(client, &PROTECTED);
}

static void test_good_run(void **state) {
  (void)state;
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  associate(CLIENT_D, 1, "d");
  for (unsigned client = CLIENT_A; client <= CLIENT_D; client++) {
    send(client, 0);
    send(client, 1);
    serve(client, client, 1, &PROTECTED);
    answer(client, "2.04 Changed", &PROTECTED);
  }
  expect(MONITOR_NONE);
  assert_true(MONITOR_TOKEN.is_over(&monitor, CHECK_PEER));
  assert_int_equal(monitor.sides[CHECK_PEER].outcome, MONITOR_ESTABLISHED);
  MONITOR_TOKEN.ends(&monitor);
  expect(MONITOR_NONE);
}

static void test_tokens_that_are_made(void **state) {
  (void)state;
  begin(NULL);
  leave(CHECK_PEER, CLIENT_D); /* of somebody else */
  make_token(CLIENT_A);
  expect(MONITOR_NONE);
  leave(CHECK_AUTHENTICATOR, HOSTS_RESOURCE_SERVER);
  make_token(CLIENT_A);
  expect(MONITOR_UNJOINED);
  begin("join_lifetime_s=100");
  monitor.now_ns = 100 * NODE_SECOND - 1;
  make_token(CLIENT_A);
  expect(MONITOR_NONE);
  monitor.now_ns++;
  make_token(CLIENT_A);
  expect(MONITOR_UNJOINED);
  begin("allows=first");
  make_token(CLIENT_A);
  expect(MONITOR_NONE);
  make_token(CLIENT_D);
  expect(MONITOR_UNGRANTED);
}

static void test_keys(void **state) {
  (void)state;
  begin(NULL);
  derive(CHECK_PEER, CLIENT_A, "a");
  derive(CHECK_PEER, CLIENT_A, "a");
  expect(MONITOR_NONE);
  derive(CHECK_PEER, CLIENT_D, "a");
  expect(MONITOR_SHARED);
  begin(NULL);
  make_token(CLIENT_A);
  derive(CHECK_PEER, CLIENT_A, "old");
  derive(CHECK_AUTHENTICATOR, CLIENT_A, "old");
  derive(CHECK_AUTHENTICATOR, CLIENT_A, "new");
  confirm_at_server(CLIENT_A, 0, &PROTECTED);
  expect(MONITOR_KEYS);
  begin(NULL);
  derive(CHECK_PEER, CLIENT_A, "a");
  confirm_at_client(CLIENT_A, &PROTECTED);
  expect(MONITOR_KEYS);
}

/* What is confirmed, served and answered, by messages that may not do that. */
static void test_readings(void **state) {
  (void)state;
  static const struct {
    const struct monitor_message *message;
    enum monitor_violation violation;
  } readings[] = {{&PROTECTED, MONITOR_NONE}, {&CLEAR, MONITOR_CLEAR}, {&DAMAGED, MONITOR_RUBBISH}};
  for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
    begin(NULL);
    make_token(CLIENT_A);
    derive(CHECK_PEER, CLIENT_A, "a");
    derive(CHECK_AUTHENTICATOR, CLIENT_A, "a");
    confirm_at_server(CLIENT_A, 0, readings[i].message);
    expect(readings[i].violation);
    begin(NULL);
    associate(CLIENT_A, 0, "a");
    confirm_at_client(CLIENT_A, readings[i].message);
    expect(readings[i].violation);
    begin(NULL);
    associate(CLIENT_A, 0, "a");
    send(CLIENT_A, 0);
    serve(CLIENT_A, CLIENT_A, 1, readings[i].message);
    expect(readings[i].violation);
    begin(NULL);
    associate(CLIENT_A, 0, "a");
    send(CLIENT_A, 0);
    serve(CLIENT_A, CLIENT_A, 1, &PROTECTED);
    answer(CLIENT_A, "2.04 Changed", readings[i].message);
    expect(readings[i].violation);
  }
}

static void test_associations(void **state) {
  (void)state;
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  derive(CHECK_PEER, CLIENT_D, "d");
  derive(CHECK_AUTHENTICATOR, CLIENT_D, "d");
  confirm_at_server(CLIENT_D, 0, &PROTECTED); /* by A's token */
  expect(MONITOR_UNGRANTED);
  begin(NULL);
  confirm_at_server(HOSTS_STRANGER, 0, &PROTECTED);
  expect(MONITOR_UNGRANTED);
  begin("token_lifetime_s=10");
  make_token(CLIENT_A);
  derive(CHECK_PEER, CLIENT_A, "a");
  derive(CHECK_AUTHENTICATOR, CLIENT_A, "a");
  monitor.now_ns = 10 * NODE_SECOND;
  confirm_at_server(CLIENT_A, 0, &PROTECTED);
  expect(MONITOR_EXPIRED);
  begin(NULL);
  tell(CHECK_AUTHENTICATOR, about(CLIENT_D, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED));
  expect(MONITOR_NONE);
  tell(CHECK_AUTHENTICATOR, about(HOSTS_STRANGER, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED));
  expect(MONITOR_BROUGHT);
}

/* Tokens end no later than the associations of the two. */
static void test_end_of_token(void **state) {
  (void)state;
  static const char *const words[] = {"token_lifetime_s=10", "join_lifetime_s=10", NULL};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    begin(words[i]);
    associate(CLIENT_A, 0, "a");
    send(CLIENT_A, 0);
    send(CLIENT_A, 0);
    monitor.now_ns = (words[i] == NULL ? 3600 : 10) * NODE_SECOND - 1;
    serve(CLIENT_A, CLIENT_A, 1, &PROTECTED);
    expect(MONITOR_NONE);
    monitor.now_ns++;
    serve(CLIENT_A, CLIENT_A, 1, &PROTECTED);
    expect(MONITOR_EXPIRED);
  }
}

static void test_requests(void **state) {
  (void)state;
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  send(CLIENT_A, 0);
  serve(CLIENT_A, CLIENT_A, 1, &PROTECTED);
  send(CLIENT_A, 1);
  serve(CLIENT_A, CLIENT_A, 1, &PROTECTED); /* a repetition is the same */
  expect(MONITOR_SERVED_TWICE);
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  send(CLIENT_A, 0);
  send(CLIENT_A, 0);
  serve(CLIENT_A, CLIENT_A, 1, &PROTECTED);
  expect(MONITOR_NONE);
  serve(CLIENT_A, CLIENT_A, 1, &PROTECTED);
  expect(MONITOR_AGAIN);
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  send(CLIENT_A, 0);
  send(CLIENT_D, 0);
  serve(CLIENT_A, CLIENT_D, 1, &PROTECTED); /* what the other asks */
  expect(MONITOR_UNGRANTED);
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  send(CLIENT_A, 0);
  serve(CLIENT_A, CLIENT_A, 2, &PROTECTED); /* what it has not asked */
  expect(MONITOR_UNGRANTED);
  begin(NULL);
  send(CLIENT_A, 0);
  serve(CLIENT_A, CLIENT_A, 1, &PROTECTED); /* without an association */
  expect(MONITOR_UNGRANTED);
  begin(NULL);
  serve(HOSTS_STRANGER, CLIENT_A, 1, &PROTECTED);
  expect(MONITOR_UNGRANTED);
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  send(CLIENT_A, 0);
  answer(CLIENT_A, "2.04 Changed", &PROTECTED); /* nobody has served it */
  expect(MONITOR_STALE);
}

static void test_association_in_use(void **state) {
  (void)state;
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  close_at_server(CLIENT_A);
  expect(MONITOR_BROKEN);
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  tell(CHECK_PEER, about(CLIENT_A, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_STARTED));
  close_at_server(CLIENT_A); /* for the next */
  expect(MONITOR_NONE);
  begin("places=1");
  associate(CLIENT_A, 0, "a");
  close_at_server(CLIENT_A); /* for D */
  expect(MONITOR_NONE);
  begin(NULL);
  associate(CLIENT_A, 0, "a");
  close_at_server(CLIENT_D); /* which has none */
  close_at_server(HOSTS_STRANGER);
  expect(MONITOR_NONE);
  monitor.now_ns = 3600 * NODE_SECOND;
  close_at_server(CLIENT_A);
  expect(MONITOR_NONE);
}

static void test_ends(void **state) {
  (void)state;
  static const struct {
    const char *word, *label;
    bool excused;
    enum monitor_violation violation;
  } ends[] = {
      {NULL, NULL, true, MONITOR_DEAD_END},
      {NULL, "access-timeout", false, MONITOR_UNESTABLISHED},
      {NULL, "access-timeout", true, MONITOR_NONE},
      {NULL, "bad luck", true, MONITOR_UNRULED},
      {"joins=late", "authorization-refused", false, MONITOR_NONE},
      {"joins=late", "bad luck", false, MONITOR_UNRULED},
      {"join_lifetime_s=10", "authorization-refused", false, MONITOR_NONE},
  };
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    begin(ends[i].word);
    monitor.excused = ends[i].excused;
    monitor.now_ns = 10 * NODE_SECOND;
    for (unsigned client = CLIENT_A; client <= CLIENT_D && ends[i].label != NULL; client++) {
      struct node_event event = about(client, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
      event.label = ends[i].label;
      tell(CHECK_PEER, event);
    }
    assert_int_equal(MONITOR_TOKEN.is_over(&monitor, CHECK_PEER), ends[i].label != NULL);
    MONITOR_TOKEN.ends(&monitor);
    expect(ends[i].violation);
  }
}

/* A request may suffer from what excuses the one before, and not the one behind. */
static void test_lenience(void **state) {
  (void)state;
  begin(NULL);
  MONITOR_TOKEN.restarted(&monitor, CHECK_AUTHENTICATOR);
  for (unsigned request = 2; request <= 3; request++) {
    MONITOR_TOKEN.begins(&monitor);
    for (unsigned client = CLIENT_A; client <= CLIENT_D; client++) {
      struct node_event event = about(client, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
      event.label = "access-timeout";
      tell(CHECK_PEER, event);
    }
    MONITOR_TOKEN.ends(&monitor);
    expect(request == 2 ? MONITOR_NONE : MONITOR_UNESTABLISHED);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good_run),     cmocka_unit_test(test_tokens_that_are_made),
      cmocka_unit_test(test_keys),         cmocka_unit_test(test_readings),
      cmocka_unit_test(test_associations), cmocka_unit_test(test_end_of_token),
      cmocka_unit_test(test_requests),     cmocka_unit_test(test_association_in_use),
      cmocka_unit_test(test_ends),         cmocka_unit_test(test_lenience),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
