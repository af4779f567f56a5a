/* Every cipher suite, sessions that are resumed, and keys by identity, with OpenSSL as the other
 * end, in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "dtls_world.h"

enum { ROUNDS_MAX = 20, ROUND_MS = 10 };

static const char *const THEIR_SUITES[] = {"PSK-AES128-CCM8", "PSK-AES128-CCM",
                                           "PSK-AES128-GCM-SHA256"};
static struct dtls_config ours;
static const struct dtls_keys *our_keys; /* NULL: we have one key */
static bool they_know_none;
static SSL_CTX *context;

struct meeting {
  struct seeded seeded;
  struct node_hooks hooks;
  struct dtls *dtls;
  SSL *ssl;
  uint64_t now_ns;
  size_t datagrams; /* of both, each flight of theirs as one */
  uint8_t got[64];
  size_t got_length;
};

/* Their side */

static unsigned give_psk(uint8_t *psk, unsigned most) {
  assert_true(ours.psk_length <= most);
  memcpy(psk, ours.psk, ours.psk_length);
  return (unsigned)ours.psk_length;
}

static unsigned give_psk_to_server(SSL *ssl, const char *identity, uint8_t *psk, unsigned most) {
  (void)ssl;
  assert_string_equal(identity, "tfg-user-test");
  return they_know_none ? 0 : give_psk(psk, most);
}

static unsigned give_psk_to_client(SSL *ssl, const char *hint, char *identity,
                                   unsigned most_identity, uint8_t *psk, unsigned most) {
  (void)ssl;
  (void)hint;
  snprintf(identity, most_identity, "tfg-user-test");
  return give_psk(psk, most);
}

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned *length) {
  (void)ssl;
  memset(cookie, 0x5a, 20);
  *length = 20;
  return 1;
}

static int is_cookie(SSL *ssl, const unsigned char *cookie, unsigned length) {
  (void)ssl;
  return length == 20 && cookie[0] == 0x5a;
}

static int openssl_setup(void **state) {
  static struct dtls_world_config config;
  (void)state;
  config = dtls_world_default();
  ours = config.end[DTLS_CLIENT];
  our_keys = NULL;
  they_know_none = false;
  context = SSL_CTX_new(DTLS_method());
  assert_non_null(context);
  SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  assert_int_equal(SSL_CTX_set_session_id_context(context, (const uint8_t *)"test", 4), 1);
  SSL_CTX_set_psk_server_callback(context, give_psk_to_server);
  SSL_CTX_set_psk_client_callback(context, give_psk_to_client);
  SSL_CTX_set_cookie_generate_cb(context, make_cookie);
  SSL_CTX_set_cookie_verify_cb(context, is_cookie);
  return 0;
}

static int openssl_teardown(void **state) {
  (void)state;
  SSL_CTX_free(context);
  return 0;
}

/* Both */

static void meeting_begin(struct meeting *meeting, unsigned suite, bool cookie, uint64_t seed,
                          const struct dtls_resumption *resumption, SSL_SESSION *session) {
  *meeting = (struct meeting){.seeded = {.state = seed}};
  meeting->hooks = (struct node_hooks){.context = &meeting->seeded, .random = seeded_bytes};
  struct dtls_config config = ours;
  config.suites = 1U << suite;
  config.cookie = cookie;
  config.resumption = resumption;
  if (our_keys != NULL) {
    config.psk_length = config.identity_length = 0;
    config.keys = our_keys;
  }
  meeting->dtls = dtls_create(&config, &meeting->hooks, 0);
  assert_non_null(meeting->dtls);
  meeting->ssl = SSL_new(context);
  assert_int_equal(SSL_set_cipher_list(meeting->ssl, THEIR_SUITES[suite]), 1);
  SSL_set_bio(meeting->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  DTLS_set_link_mtu(meeting->ssl, DTLS_MTU_DEFAULT);
  if (config.client) {
    SSL_set_accept_state(meeting->ssl);
    if (cookie)
      SSL_set_options(meeting->ssl, SSL_OP_COOKIE_EXCHANGE);
  } else {
    SSL_set_connect_state(meeting->ssl);
  }
  if (session != NULL)
    assert_int_equal(SSL_set_session(meeting->ssl, session), 1);
}

static void meeting_end(struct meeting *meeting) {
  SSL_set_shutdown(meeting->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(meeting->ssl);
  dtls_destroy(meeting->dtls);
}

static void meeting_deliver(void *context_, const uint8_t *plain, size_t length) {
  struct meeting *meeting = context_;
  assert_true(length <= sizeof meeting->got);
  memcpy(meeting->got, plain, length);
  meeting->got_length = length;
}

/* What either has to say, to the other. */
static void exchange(struct meeting *meeting) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  meeting->now_ns += ROUND_MS * NODE_MS;
  while (dtls_write(meeting->dtls, &datagram, meeting->now_ns) == 1) {
    meeting->datagrams++;
    BIO_write(SSL_get_rbio(meeting->ssl), data, (int)datagram.length);
    (void)SSL_do_handshake(meeting->ssl);
  }
  const int length = BIO_read(SSL_get_wbio(meeting->ssl), data, sizeof data);
  if (length <= 0)
    return;
  meeting->datagrams++;
  assert_true(dtls_receive(meeting->dtls, data, (size_t)length, meeting->now_ns, meeting_deliver,
                           meeting) >= 0);
}

static void meet(struct meeting *meeting) {
  (void)SSL_do_handshake(meeting->ssl);
  for (int i = 0; i < ROUNDS_MAX; i++)
    exchange(meeting);
  ERR_clear_error();
}

static void assert_met(struct meeting *meeting, bool resumed) {
  uint8_t data[64], text[64];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct span_list spans = {0};
  assert_int_equal(dtls_state(meeting->dtls), DTLS_ESTABLISHED);
  assert_true(SSL_is_init_finished(meeting->ssl));
  assert_int_equal(dtls_is_resumed(meeting->dtls), resumed);
  assert_int_equal(SSL_session_reused(meeting->ssl), resumed);
  span_list_add(&spans, ROW_COAP_PAYLOAD, 4);
  assert_int_equal(dtls_protect(meeting->dtls, (const uint8_t *)"ours", 4, &spans, &datagram), 0);
  BIO_write(SSL_get_rbio(meeting->ssl), data, (int)datagram.length);
  assert_int_equal(SSL_read(meeting->ssl, text, sizeof text), 4);
  assert_memory_equal(text, "ours", 4);
  assert_int_equal(SSL_write(meeting->ssl, "theirs", 6), 6);
  exchange(meeting);
  assert_int_equal(meeting->got_length, 6);
  assert_memory_equal(meeting->got, "theirs", 6);
}

/* A session, and two that resume it one after the other; with keys that are new each time, or the
 * records would not verify. Datagrams: 4 of a full handshake, 3 of one that resumes; two more with
 * a cookie. OpenSSL sends a flight's records as it likes: they are taken together here. */
static void run(bool client, bool cookie, unsigned suite) {
  struct meeting meeting;
  struct dtls_resumption resumption;
  SSL_SESSION *session = NULL;
  ours.client = client;
  meeting_begin(&meeting, suite, cookie, 1, NULL, NULL);
  meet(&meeting);
  assert_int_equal(meeting.datagrams, cookie ? 6 : 4);
  assert_met(&meeting, false);
  for (uint64_t i = 0; i < 2; i++) {
    assert_int_equal(dtls_resumption_take(meeting.dtls, &resumption), 0);
    SSL_SESSION *const next = client ? NULL : SSL_get1_session(meeting.ssl);
    SSL_SESSION_free(session);
    session = next;
    meeting_end(&meeting);
    meeting_begin(&meeting, suite, cookie, 2 + i, &resumption, session);
    meet(&meeting);
    assert_int_equal(meeting.datagrams, cookie ? 5 : 3);
    assert_met(&meeting, true);
  }
  SSL_SESSION_free(session);
  meeting_end(&meeting);
}

static void test_their_server(void **state) {
  (void)state;
  for (unsigned suite = 0; suite < DTLS_SUITE_COUNT; suite++)
    for (int cookie = 0; cookie < 2; cookie++)
      run(true, cookie, suite);
}

static void test_their_client(void **state) {
  (void)state;
  for (unsigned suite = 0; suite < DTLS_SUITE_COUNT; suite++)
    for (int cookie = 0; cookie < 2; cookie++)
      run(false, cookie, suite);
}

/* Their server has never had the session: a full handshake by the key. */
static void test_session_that_they_do_not_know(void **state) {
  const struct dtls_resumption resumption = {
      .id = {1, 2, 3}, .id_length = 32, .suite = DTLS_SUITE_AES_128_CCM_8};
  struct meeting meeting;
  (void)state;
  ours.client = true;
  meeting_begin(&meeting, DTLS_SUITE_AES_128_CCM_8, true, 1, &resumption, NULL);
  meet(&meeting);
  assert_int_equal(meeting.datagrams, 6);
  assert_met(&meeting, false);
  meeting_end(&meeting);
}

/* Keys by identity */

static size_t find_ours(void *known, const uint8_t *identity, size_t length,
                        uint8_t psk[DTLS_PSK_MAX]) {
  if (length != strlen(known) || memcmp(identity, known, length) != 0)
    return 0;
  memcpy(psk, ours.psk, ours.psk_length);
  return ours.psk_length;
}

static void test_their_client_of_many(void **state) {
  static char known[] = "tfg-user-test";
  static const struct dtls_keys keys = {find_ours, known};
  (void)state;
  ours.client = false;
  our_keys = &keys;
  for (unsigned suite = 0; suite < DTLS_SUITE_COUNT; suite++)
    for (int cookie = 0; cookie < 2; cookie++) {
      struct meeting meeting;
      size_t length;
      meeting_begin(&meeting, suite, cookie, 1, NULL, NULL);
      meet(&meeting);
      assert_int_equal(meeting.datagrams, cookie ? 6 : 4);
      assert_met(&meeting, false);
      assert_memory_equal(dtls_identity(meeting.dtls, &length), known, sizeof known - 1);
      assert_int_equal(length, sizeof known - 1);
      meeting_end(&meeting);
    }
}

/* What our server tells their client of an identity that it does not know ... */
static void test_their_client_unknown(void **state) {
  static char known[] = "tfg-user";
  static const struct dtls_keys keys = {find_ours, known};
  struct meeting meeting;
  (void)state;
  ours.client = false;
  our_keys = &keys;
  meeting_begin(&meeting, DTLS_SUITE_AES_128_CCM_8, true, 1, NULL, NULL);
  (void)SSL_do_handshake(meeting.ssl);
  for (int i = 0; i < ROUNDS_MAX && ERR_peek_error() == 0; i++)
    exchange(&meeting);
  assert_int_equal(ERR_GET_REASON(ERR_get_error()),
                   SSL_AD_REASON_OFFSET + SSL_AD_UNKNOWN_PSK_IDENTITY);
  assert_string_equal(dtls_reason(meeting.dtls), "dtls-unknown-identity");
  meeting_end(&meeting);
}

/* ... and theirs our client. */
static void test_their_server_does_not_know(void **state) {
  struct meeting meeting;
  (void)state;
  ours.client = true;
  they_know_none = true;
  meeting_begin(&meeting, DTLS_SUITE_AES_128_CCM_8, true, 1, NULL, NULL);
  meet(&meeting);
  assert_int_equal(dtls_state(meeting.dtls), DTLS_FAILED);
  assert_string_equal(dtls_reason(meeting.dtls), "dtls-unknown-identity");
  meeting_end(&meeting);
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, openssl_setup, openssl_teardown)
  static const struct CMUnitTest tests[] = {
      TEST(test_their_server),
      TEST(test_their_client),
      TEST(test_session_that_they_do_not_know),
      TEST(test_their_client_of_many),
      TEST(test_their_client_unknown),
      TEST(test_their_server_does_not_know),
  };
  return cmocka_run_group_tests_name("dtls_openssl", tests, NULL, NULL);
}
