/* The library's contexts: made, given our time, random, cookies and datagrams, and put to rest. */
#include "session.h"

#include <string.h>

#include <mbedtls/ssl_internal.h>

#include "../crypto/crypto.h"

enum {
  COOKIE_LENGTH = 8,
  ADDRESS_LENGTH = 18, /* IP address and port */
  RANDOM_LENGTH = 32,
  MASTER_LENGTH = 48,
};

/* What the library calls */

static int give_random(void *context, unsigned char *bytes, size_t length) {
  struct dtls *const dtls = context;
  struct mbedtls_host_account *const account = mbedtls_host_open(NULL);
  node_random(dtls->hooks, bytes, length);
  mbedtls_host_open(account);
  return 0;
}

static void library_set_timer(void *context, uint32_t intermediate_ms, uint32_t final_ms) {
  struct dtls *const dtls = context;
  (void)intermediate_ms;
  dtls->interval_ns = final_ms * NODE_MS;
  dtls->due_ns = dtls->now_ns + dtls->interval_ns;
}

/* -1: does not run, 0: runs, 2: is over. It is not over before the flight has departed. */
static int library_get_timer(void *context) {
  const struct dtls *const dtls = context;
  if (dtls->interval_ns == 0)
    return -1;
  return dtls->now_ns >= dtls_expiry(dtls) ? 2 : 0;
}

static int library_fetch(void *context, unsigned char *buffer, size_t capacity) {
  struct dtls *const dtls = context;
  if (dtls->input == NULL || dtls->input_length > capacity)
    return MBEDTLS_ERR_SSL_WANT_READ;
  memcpy(buffer, dtls->input, dtls->input_length);
  dtls->input = NULL;
  return (int)dtls->input_length;
}

/* What protected records are of from now on, and whether another session's secret makes their keys.
 */
static void note_session(struct dtls *dtls) {
  const mbedtls_ssl_context *ssl = &dtls->library->ssl;
  const mbedtls_ssl_session *session =
      ssl->session_negotiate != NULL ? ssl->session_negotiate : ssl->session;
  if (ssl->handshake != NULL)
    dtls->resumed = ssl->handshake->resume != 0;
  for (enum dtls_suite_id id = 0; session != NULL && id < DTLS_SUITE_COUNT; id++)
    if (dtls_suite(id)->number == session->ciphersuite)
      dtls->suite = (uint8_t)id;
}

static int library_send(void *context, const unsigned char *data, size_t length) {
  struct dtls *const dtls = context;
  struct node_datagram *const record = dtls->record;
  note_session(dtls);
  if (record == NULL) {
    dtls_queue_put(dtls, data, length);
  } else if (length <= record->capacity) {
    memcpy(record->data, data, length);
    record->length = length;
  }
  return (int)length;
}

/* The first octets of HMAC-SHA-256(secret, remote address and port): it needs no clock, and lasts
 * as long as the endpoint. (HKDF-Extract is HMAC of its salt.) */
static int make_cookie(const struct dtls *dtls, uint8_t cookie[COOKIE_LENGTH]) {
  uint8_t address[ADDRESS_LENGTH], mac[CRYPTO_SHA256_LENGTH];
  memcpy(address, dtls->remote.ip, sizeof dtls->remote.ip);
  address[16] = (uint8_t)(dtls->remote.port >> 8);
  address[17] = (uint8_t)dtls->remote.port;
  struct mbedtls_host_account *const account = mbedtls_host_open(NULL);
  const int error = crypto_hkdf_extract(dtls->hooks, dtls->cookie_secret,
                                        sizeof dtls->cookie_secret, address, sizeof address, mac);
  mbedtls_host_open(account);
  if (error == 0)
    memcpy(cookie, mac, COOKIE_LENGTH);
  return error;
}

static int write_cookie(void *context, unsigned char **at, unsigned char *end,
                        const unsigned char *client, size_t client_length) {
  (void)client;
  (void)client_length;
  if (end - *at < COOKIE_LENGTH || make_cookie(context, *at) != 0)
    return -1;
  *at += COOKIE_LENGTH;
  return 0;
}

static void expect_suites(struct dtls *dtls, unsigned set) {
  mbedtls_ssl_conf_ciphersuites(&dtls->library->config, dtls_suite_numbers(set));
}

/* The library looks for a common suite before it asks for a cookie, so that until it has one every
 * suite is good. */
static void expect_stranger(struct dtls *dtls) {
  expect_suites(dtls, dtls->cookie ? DTLS_SUITES_ALL : dtls->suites);
}

static int check_cookie(void *context, const unsigned char *cookie, size_t length,
                        const unsigned char *client, size_t client_length) {
  uint8_t expected[COOKIE_LENGTH];
  (void)client;
  (void)client_length;
  if (length != COOKIE_LENGTH || make_cookie(context, expected) != 0 ||
      !crypto_equal(cookie, expected, COOKIE_LENGTH))
    return -1;
  expect_suites(context, ((const struct dtls *)context)->suites);
  return 0;
}

/* What a capture is decrypted with, as a line CLIENT_RANDOM of a key log has it. The library's
 * account is closed meanwhile, as it is for all that is not the library's. */
static int tell_keys(void *context, const unsigned char *master, const unsigned char *block,
                     size_t mac_length, size_t key_length, size_t iv_length,
                     const unsigned char client_random[32], const unsigned char server_random[32],
                     mbedtls_tls_prf_types prf) {
  const struct dtls *const dtls = context;
  if (dtls->state == DTLS_ESTABLISHED)
    return 0;
  uint8_t told[RANDOM_LENGTH + MASTER_LENGTH];
  (void)block, (void)mac_length, (void)key_length, (void)iv_length, (void)server_random, (void)prf;
  memcpy(told, client_random, RANDOM_LENGTH);
  memcpy(told + RANDOM_LENGTH, master, MASTER_LENGTH);
  struct mbedtls_host_account *const account = mbedtls_host_open(NULL);
  node_event_secret(dtls->hooks, dtls->phase, &dtls->remote, "DTLS", "dtls_keys", told,
                    sizeof told);
  mbedtls_host_open(account);
  crypto_wipe(told, sizeof told);
  return 0;
}

/* Contexts */

static int configure(struct dtls *dtls, mbedtls_ssl_config *config) {
  const int error = mbedtls_ssl_config_defaults(
      config, dtls->client ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER,
      MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  expect_stranger(dtls);
  mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
  mbedtls_ssl_conf_dtls_anti_replay(config, MBEDTLS_SSL_ANTI_REPLAY_ENABLED);
  mbedtls_ssl_conf_handshake_timeout(config, dtls->timeout_ms, dtls->timeout_max_ms);
  mbedtls_ssl_conf_rng(config, give_random, dtls);
  mbedtls_ssl_conf_dtls_cookies(config, dtls->cookie ? write_cookie : NULL,
                                dtls->cookie ? check_cookie : NULL, dtls);
  mbedtls_ssl_conf_export_keys_ext_cb(config, tell_keys, dtls);
  return error;
}

/* Resumption */

/* The library has put the id into `session`, and compares the suite with that which it has chosen.
 */
static int grant_session(void *context, mbedtls_ssl_session *session) {
  const struct dtls_resumption *resumption = context;
  if (session->id_len != resumption->id_length ||
      memcmp(session->id, resumption->id, resumption->id_length) != 0)
    return -1;
  session->ciphersuite = dtls_suite(resumption->suite)->number;
  session->compression = MBEDTLS_SSL_COMPRESS_NULL;
  memcpy(session->master, resumption->master, sizeof session->master);
  return 0;
}

static int ask_for_session(struct dtls *dtls, const struct dtls_resumption *resumption) {
  mbedtls_ssl_session session;
  mbedtls_ssl_session_init(&session);
  session.ciphersuite = dtls_suite(resumption->suite)->number;
  session.compression = MBEDTLS_SSL_COMPRESS_NULL;
  session.id_len = resumption->id_length;
  memcpy(session.id, resumption->id, resumption->id_length);
  memcpy(session.master, resumption->master, sizeof session.master);
  const int error = mbedtls_ssl_set_session(&dtls->library->ssl, &session);
  mbedtls_ssl_session_free(&session);
  return error == 0 ? 0 : NODE_ERR_EXHAUSTED;
}

/* Who grants keeps a copy, which the library's configuration points to. */
static int offer_session(struct dtls *dtls, const struct dtls_resumption *resumption) {
  struct dtls_resumption *const copy = mbedtls_host_calloc(1, sizeof *copy);
  if (copy == NULL)
    return NODE_ERR_EXHAUSTED;
  *copy = *resumption;
  mbedtls_ssl_conf_session_cache(&dtls->library->config, copy, grant_session, NULL);
  return 0;
}

static void free_offer(struct dtls_library *library) {
  void *const copy = library->config.p_cache;
  if (copy != NULL)
    crypto_wipe(copy, sizeof(struct dtls_resumption));
  mbedtls_host_free(copy);
}

void dtls_library_take(const struct dtls *dtls, struct dtls_resumption *resumption) {
  const mbedtls_ssl_session *session = dtls->library->ssl.session;
  *resumption = (struct dtls_resumption){.id_length = session->id_len,
                                         .suite = (enum dtls_suite_id)dtls->suite};
  memcpy(resumption->id, session->id, session->id_len);
  memcpy(resumption->master, session->master, sizeof resumption->master);
}

static int library_set_key(struct dtls *dtls, const struct dtls_config *config) {
  mbedtls_ssl_config *const library = &dtls->library->config;
  if (config->keys == NULL)
    return mbedtls_ssl_conf_psk(library, config->psk, config->psk_length, config->identity,
                                config->identity_length);
  mbedtls_ssl_conf_psk_cb(library, dtls_identity_find, dtls);
  return 0;
}

/* Contexts without a session. */
static int make_contexts(struct dtls *dtls, const struct dtls_config *config) {
  struct dtls_library *const library = mbedtls_host_calloc(1, sizeof *library);
  if (library == NULL)
    return NODE_ERR_EXHAUSTED;
  dtls->library = library;
  mbedtls_ssl_config_init(&library->config);
  mbedtls_ssl_init(&library->ssl);
  int error = configure(dtls, &library->config);
  if (error == 0 && config != NULL)
    error = library_set_key(dtls, config);
  if (error == 0)
    error = mbedtls_ssl_setup(&library->ssl, &library->config);
  if (error == 0) {
    mbedtls_ssl_set_bio(&library->ssl, dtls, library_send, library_fetch, NULL);
    mbedtls_ssl_set_timer_cb(&library->ssl, dtls, library_set_timer, library_get_timer);
    mbedtls_ssl_set_mtu(&library->ssl, (uint16_t)dtls->mtu);
  }
  return error == 0 ? 0 : NODE_ERR_EXHAUSTED;
}

static void free_contexts(struct dtls *dtls) {
  struct dtls_library *const library = dtls->library;
  if (library == NULL)
    return;
  free_offer(library);
  mbedtls_ssl_free(&library->ssl);
  mbedtls_ssl_config_free(&library->config);
  mbedtls_host_free(library);
  dtls->library = NULL;
}

static void free_saved(struct dtls *dtls) {
  if (dtls->saved != NULL)
    crypto_wipe(dtls->saved, dtls->saved_length);
  mbedtls_host_free(dtls->saved);
  dtls->saved = NULL;
  dtls->saved_length = 0;
}

void dtls_library_end(struct dtls *dtls) {
  free_contexts(dtls);
  free_saved(dtls);
}

/* The library wants to know which client a cookie is for; ours knows anyway. */
static int name_client(struct dtls *dtls) {
  if (!dtls->cookie)
    return 0;
  return mbedtls_ssl_set_client_transport_id(&dtls->library->ssl, dtls->remote.ip,
                                             sizeof dtls->remote.ip);
}

int dtls_library_begin(struct dtls *dtls, const struct dtls_config *config) {
  if (make_contexts(dtls, config) != 0 || name_client(dtls) != 0)
    return NODE_ERR_EXHAUSTED;
  if (config->resumption == NULL)
    return 0;
  return dtls->client ? ask_for_session(dtls, config->resumption)
                      : offer_session(dtls, config->resumption);
}

int dtls_library_restart(struct dtls *dtls) {
  expect_stranger(dtls);
  if (mbedtls_ssl_session_reset(&dtls->library->ssl) != 0 || name_client(dtls) != 0)
    return NODE_ERR_EXHAUSTED;
  return 0;
}

bool dtls_library_knows_client(const struct dtls *dtls) {
  return !dtls->cookie || dtls->library->ssl.handshake->verify_cookie_len == 0;
}

void dtls_library_expect_no_hello(struct dtls *dtls) {
  dtls->cookie = false;
  mbedtls_ssl_conf_dtls_cookies(&dtls->library->config, NULL, NULL, NULL);
}

/* The library derives the keys anew from the master secret. A device would not, so that this is no
 * cost; but it would expand the AES key as it does for a message of OSCORE, and make the key of
 * GHASH. */
static int library_load(struct dtls *dtls) {
  dtls->account.unmetered = true;
  int error = make_contexts(dtls, NULL);
  if (error == 0 &&
      mbedtls_ssl_context_load(&dtls->library->ssl, dtls->saved, dtls->saved_length) != 0)
    error = NODE_ERR_EXHAUSTED;
  dtls->account.unmetered = false;
  dtls->account.aes_key_schedules++;
  dtls->account.aes_blocks += dtls_suite_of(dtls)->key_blocks;
  if (error != 0)
    free_contexts(dtls);
  else
    free_saved(dtls);
  return error;
}

int dtls_library_wake(struct dtls *dtls) {
  if (dtls->library == NULL) {
    const int error = library_load(dtls);
    if (error != 0)
      return error;
  }
  dtls->users++;
  return 0;
}

/* The library refuses as long as it keeps a last flight. */
static void library_save(struct dtls *dtls) {
  mbedtls_ssl_context *const ssl = &dtls->library->ssl;
  size_t length = 0;
  if (mbedtls_ssl_context_save(ssl, NULL, 0, &length) != MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL)
    return;
  uint8_t *const saved = mbedtls_host_calloc(1, length);
  if (saved == NULL)
    return;
  if (mbedtls_ssl_context_save(ssl, saved, length, &length) != 0) {
    mbedtls_host_free(saved);
    return;
  }
  dtls->saved = saved;
  dtls->saved_length = length;
  free_contexts(dtls);
}

void dtls_library_rest(struct dtls *dtls) {
  if (--dtls->users == 0 && dtls->state == DTLS_ESTABLISHED)
    library_save(dtls);
}
