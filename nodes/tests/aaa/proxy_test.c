/* The AAA proxy: what it rejects, drops, repeats and forgets. */
#include "proxy_world.h"

/* What goes nowhere is rejected, with an EAP-Failure if it has EAP, and with its
 * Proxy-State. */
static void what_is_rejected(void **state) {
  (void)state;
  static const struct {
    const char *attributes, *why, *expected;
  } table[] = {
      {"01 06 75736572" PROXY_OTHERS PROXY_EAP, "User-Name without realm",
       PROXY_OTHERS PROXY_FAILURE_16},
      {"01 07 7573657240" PROXY_EAP "21 02", "malformed realm", "21 02" PROXY_FAILURE_16},
      {"01 0a 7573657240612e62" PROXY_EAP, "unknown realm", PROXY_FAILURE_16},
      {"01 17 612e6221 75736572406578616d706c652e74657374" PROXY_EAP, "decorated User-Name",
       PROXY_FAILURE_16},
      {PROXY_EAP, "User-Name without realm", PROXY_FAILURE_16},
      {PROXY_NAME PROXY_OTHERS, "Access-Request without EAP-Message", PROXY_OTHERS},
      {"4f 02", "User-Name without realm", ""}, /* an EAP-Start */
      {"4f 05 021000", "User-Name without realm", ""},
  };
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = proxy_request_of(0, i, table[i].attributes);
    proxy_give(&request);
    assert_proxy_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_proxy_attributes(&proxy_world.sent[0], table[i].expected);
    assert_string_equal(proxy_world.label, table[i].why);
    assert_true(node_address_equal(&proxy_world.remote, &request.source));
    assert_int_equal(proxy_world.failed, i + 1);
    proxy_give(&request); /* a repetition has the same answer */
    assert_proxy_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_int_equal(proxy_world.sent[0].copy, 1);
    assert_int_equal(proxy_world.failed, i + 1);
  }
}

/* RFC 5080: a repetition goes on while there is no answer, and then has that. */
static void repetitions(void **state) {
  (void)state;
  const struct proxy_message request = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  for (unsigned copy = 1; copy < 4; copy++) {
    proxy_world.now_ns += 2 * NODE_SECOND;
    assert_int_equal(node_handle_expiry(proxy_world.node, proxy_world.now_ns), 0);
    proxy_collect();
    assert_int_equal(proxy_world.sent_count, 0); /* nothing by itself */
    proxy_give(&request);
    const struct proxy_message again = proxy_forwarded_to(0);
    assert_int_equal(again.copy, copy);
    assert_int_equal(again.length, forwarded.length);
    assert_memory_equal(again.octets, forwarded.octets, forwarded.length);
    assert_int_equal(again.source.port, forwarded.source.port);
  }
  const struct proxy_message answer =
      proxy_answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, PROXY_EAP);
  proxy_give(&answer);
  assert_proxy_answer(&request, 0, RADIUS_ACCESS_CHALLENGE);
  const struct proxy_message first = proxy_world.sent[0];
  proxy_give(&answer); /* the server's second */
  assert_proxy_discarded("answer to no outstanding request", 1);
  proxy_give(&request);
  assert_proxy_answer(&request, 0, RADIUS_ACCESS_CHALLENGE);
  assert_memory_equal(proxy_world.sent[0].octets, first.octets, first.length);
  assert_int_equal(proxy_world.sent[0].copy, 1);

  /* The same Identifier with another authenticator is another request. */
  struct proxy_message other = request;
  other.octets[4] ^= 1;
  proxy_seal_request(&other, &PROXY_HOSTS[0].secret);
  proxy_give(&other);
  (void)proxy_forwarded_to(0);
}

/* The answer to a request is kept for 30 s. */
static void answers_are_forgotten(void **state) {
  (void)state;
  const struct proxy_message request = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  assert_true(node_expiry(proxy_world.node) == NODE_NEVER);
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  assert_true(node_expiry(proxy_world.node) == 30 * NODE_SECOND);
  proxy_world.now_ns = 4 * NODE_SECOND;
  const struct proxy_message answer =
      proxy_answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, PROXY_EAP);
  proxy_give(&answer);
  assert_true(node_expiry(proxy_world.node) == 34 * NODE_SECOND);
  proxy_world.now_ns = 34 * NODE_SECOND;
  assert_int_equal(node_handle_expiry(proxy_world.node, proxy_world.now_ns), 0);
  assert_true(node_expiry(proxy_world.node) == NODE_NEVER);
  proxy_give(&request);
  (void)proxy_forwarded_to(0);
}

/* A server that does not answer: nobody does for it; what comes later is for nobody. */
static void late_answers(void **state) {
  (void)state;
  const struct proxy_message request = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  proxy_world.now_ns = 29 * NODE_SECOND;
  proxy_give(&request);
  (void)proxy_forwarded_to(0);
  proxy_world.now_ns = 30 * NODE_SECOND;
  assert_int_equal(node_handle_expiry(proxy_world.node, proxy_world.now_ns), 0);
  proxy_collect();
  assert_int_equal(proxy_world.sent_count, 0);
  assert_int_equal(proxy_world.failed, 1);
  assert_string_equal(proxy_world.label, "no answer from the next server");
  const struct proxy_message answer =
      proxy_answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, PROXY_EAP);
  proxy_give(&answer);
  assert_proxy_discarded("answer to no outstanding request", 1);
  assert_true(node_expiry(proxy_world.node) == NODE_NEVER);
}

/* The true answer is taken after all that are not. */
static void forged_answers(void **state) {
  (void)state;
  const struct proxy_message request = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  const struct proxy_message true_one = proxy_answer_to(
      &forwarded, 0, RADIUS_ACCESS_ACCEPT, proxy_joined(PROXY_EAP, proxy_state_of(&forwarded), ""));
  unsigned count = 0;
  struct proxy_message forged = true_one;
  proxy_seal_answer(&forged, forwarded.octets + 4, &PROXY_NEXT[1].secret);
  proxy_give(&forged);
  assert_proxy_discarded("wrong Response Authenticator", ++count);
  proxy_seal_answer(&forged, request.octets + 4, &PROXY_NEXT[0].secret);
  proxy_give(&forged);
  assert_proxy_discarded("wrong Response Authenticator", ++count);
  proxy_seal_answer(&forged, forwarded.octets + 4, &PROXY_HOSTS[0].secret);
  proxy_give(&forged);
  assert_proxy_discarded("wrong Response Authenticator", ++count);

  /* Signed as before RFC 3579 alone (CVE-2024-3596). */
  forged = true_one;
  forged.octets[PROXY_MAC_AT] ^= 1;
  memcpy(forged.octets + 4, forwarded.octets + 4, 16);
  proxy_md5(forged.octets, forged.length, &PROXY_NEXT[0].secret, forged.octets + 4);
  proxy_give(&forged);
  assert_proxy_discarded("wrong Message-Authenticator", ++count);

  /* A Reject as of before it, without a Message-Authenticator. */
  forged = true_one;
  forged.octets[0] = RADIUS_ACCESS_REJECT;
  forged.octets[3] = (uint8_t)(forged.length = 20);
  memcpy(forged.octets + 4, forwarded.octets + 4, 16);
  proxy_md5(forged.octets, forged.length, &PROXY_NEXT[0].secret, forged.octets + 4);
  proxy_give(&forged);
  assert_proxy_discarded("no Message-Authenticator", ++count);

  forged = true_one;
  forged.source = PROXY_NEXT[1].address;
  proxy_give(&forged);
  assert_proxy_discarded("not from the AAA server", ++count);
  forged = true_one;
  forged.destination.port = (uint16_t)(PROXY_FIRST_PORT + PROXY_PORTS); /* the other server's */
  proxy_give(&forged);
  assert_proxy_discarded("not from the AAA server", ++count);
  forged = true_one;
  forged.destination.port = RADIUS_PORT;
  proxy_give(&forged);
  assert_proxy_discarded("unknown RADIUS client", ++count);
  forged = true_one;
  forged.octets[0] = RADIUS_ACCESS_REQUEST;
  proxy_give(&forged);
  assert_proxy_discarded("RADIUS code that is no answer", ++count);

  for (size_t i = 0; i < true_one.length; i++) { /* cut short, and one bit wrong */
    forged = true_one;
    forged.length = i;
    proxy_give(&forged);
    assert_int_equal(proxy_world.sent_count, 0);
    forged = true_one;
    forged.octets[i] ^= 1;
    proxy_give(&forged);
    assert_int_equal(proxy_world.sent_count, 0);
    assert_int_equal(proxy_world.discarded, count += 2);
  }
  proxy_give(&true_one);
  assert_proxy_answer(&request, 0, RADIUS_ACCESS_ACCEPT);
}

static void forged_requests(void **state) {
  (void)state;
  const struct proxy_message true_one = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  unsigned count = 0;
  struct proxy_message forged = true_one;
  forged.source.ip[0] = 7;
  proxy_give(&forged);
  assert_proxy_discarded("unknown RADIUS client", ++count);
  forged.source.ip[0] = PROXY_HOSTS[1].ip[0];
  proxy_give(&forged);
  assert_proxy_discarded("wrong Message-Authenticator", ++count);
  forged = true_one;
  forged.octets[0] = 4; /* Accounting-Request */
  proxy_give(&forged);
  assert_proxy_discarded("RADIUS code that is no Access-Request", ++count);
  forged = true_one;
  forged.octets[PROXY_MAC_AT - 2] = 200;
  proxy_give(&forged);
  assert_proxy_discarded("no Message-Authenticator", ++count);
  for (size_t i = 0; i < true_one.length; i++) {
    forged = true_one;
    forged.length = i;
    proxy_give(&forged);
    assert_int_equal(proxy_world.sent_count, 0);
    forged = true_one;
    forged.octets[i] ^= 1;
    proxy_give(&forged);
    assert_int_equal(proxy_world.sent_count, 0);
    assert_int_equal(proxy_world.discarded, count += 2);
  }
  proxy_give(&true_one);
  (void)proxy_forwarded_to(0);
}

/* Of those under way, the oldest of the client that has most of them gives way. */
static void a_full_table(void **state) {
  (void)state;
  struct proxy_message forwarded[PROXY_REQUESTS];
  for (uint8_t i = 0; i < PROXY_REQUESTS; i++) {
    const struct proxy_message request =
        proxy_request_of(i >= 2, i, PROXY_NAME PROXY_EAP); /* client 0: 0 and 1 */
    proxy_give(&request);
    forwarded[i] = proxy_forwarded_to(0);
  }
  const struct proxy_message one_more = proxy_request_of(0, 100, PROXY_NAME PROXY_EAP);
  proxy_give(&one_more);
  (void)proxy_forwarded_to(0);
  assert_int_equal(proxy_world.failed, 1);
  assert_string_equal(proxy_world.label, "request gave way to another");
  assert_int_equal(proxy_world.remote.ip[0], PROXY_HOSTS[1].ip[0]);
  for (uint8_t i = 0; i < PROXY_REQUESTS; i++) {
    const struct proxy_message answer =
        proxy_answer_to(&forwarded[i], 0, RADIUS_ACCESS_CHALLENGE, PROXY_EAP);
    proxy_world.discarded = 0;
    proxy_give(&answer);
    if (i == 2)
      assert_proxy_discarded("answer to no outstanding request", 1);
    else
      assert_int_equal(proxy_world.sent_count, 1);
  }
  /* What is answered gives way first, the oldest of it; nobody fails for that. */
  const struct proxy_message another = proxy_request_of(0, 101, PROXY_NAME PROXY_EAP);
  proxy_give(&another);
  (void)proxy_forwarded_to(0);
  assert_int_equal(proxy_world.failed, 1);
  const struct proxy_message oldest = proxy_request_of(0, 0, PROXY_NAME PROXY_EAP),
                             newest = proxy_request_of(1, 5, PROXY_NAME PROXY_EAP);
  proxy_give(&newest);
  assert_proxy_answer(&newest, 1, RADIUS_ACCESS_CHALLENGE);
  proxy_give(&oldest);
  (void)proxy_forwarded_to(0);
}

/* What must be right in a configuration. */
static void configurations(void **state) {
  (void)state;
  static const struct aaa_realm unknown_server = {"example.test", PROXY_SERVERS},
                                no_realm = {"test", 0};
  static const struct radius_server_client no_secret = {.ip = {9}};
  static const struct aaa_proxy_server no_port = {.address = {.ip = {3}},
                                                  .secret = PROXY_TEXT("x")},
                                       bare = {.address = {.ip = {3}, .port = 1}};
  struct aaa_proxy_config table[12];
  for (size_t i = 0; i < 12; i++)
    table[i] = PROXY_CONFIG;
  table[0].realms = &unknown_server, table[0].realm_count = 1;
  table[1].realms = &no_realm, table[1].realm_count = 1;
  table[2].clients = &no_secret, table[2].client_count = 1;
  table[3].client_count = 0;
  table[4].servers = &no_port, table[4].server_count = 1, table[4].realm_count = 1;
  table[5].servers = &bare, table[5].server_count = 1, table[5].realm_count = 1;
  table[6].server_count = 0, table[6].realm_count = 0;
  table[7].requests_max = 0;
  table[8].requests_max = 256 * PROXY_PORTS + 1;
  table[9].uplink.port = UINT16_MAX - 2;
  table[10].local.port = PROXY_FIRST_PORT + PROXY_SERVERS * PROXY_PORTS - 1;
  table[11].port_count = 0;
  for (size_t i = 0; i < 12; i++)
    assert_null(aaa_proxy_create(&table[i], &proxy_world.hooks));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, proxy_world_set_up, proxy_world_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(what_is_rejected), TEST(repetitions),    TEST(answers_are_forgotten),
      TEST(late_answers),     TEST(forged_answers), TEST(forged_requests),
      TEST(a_full_table),     TEST(configurations),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
