/* The outside of a DTLS endpoint: RFC 6347 with mbedtls, one call of the library after another.
 *
 * What the library does with hostile input, where it shows:
 *   - a record of a wrong version, type, epoch or length, seen before, or whose tag is wrong is
 *     dropped; one that is cut off does not reach it, since it could not go on behind a few octets
 *     that are no header;
 *   - but while it waits for a Finished, a wrong tag ends the handshake with an alert, since that
 *     is what a wrong PSK looks like. In the handshake nothing is authenticated, so that a forged
 *     alert in clear, or a forged message, can end it, too;
 *   - a server that waits for a ClientHello begins anew after whatever else comes (here, below);
 *   - afterwards, what is in clear is of a wrong epoch, alerts among it. A ClientHello with a
 * cookie would make the library begin anew, so that it is told not to look for one, and clear
 * records do not even reach it (dtls_record_protected). */
#include "session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../crypto/crypto.h"

/* Accounts */

static struct mbedtls_host_account *dtls_enter(struct dtls *dtls) {
  return mbedtls_host_open(&dtls->account);
}

static void dtls_report_cost(const struct dtls *dtls, enum node_primitive primitive,
                             uint32_t *blocks) {
  if (*blocks > 0)
    node_cost(dtls->hooks, primitive, *blocks);
  *blocks = 0;
}

static void dtls_leave(struct dtls *dtls, struct mbedtls_host_account *former) {
  mbedtls_host_open(former);
  dtls_report_cost(dtls, NODE_PRIMITIVE_AES_KEY_SCHEDULE, &dtls->account.aes_key_schedules);
  dtls_report_cost(dtls, NODE_PRIMITIVE_AES_BLOCK, &dtls->account.aes_blocks);
  dtls_report_cost(dtls, NODE_PRIMITIVE_GHASH_BLOCK, &dtls->account.ghash_blocks);
  dtls_report_cost(dtls, NODE_PRIMITIVE_SHA256_BLOCK, &dtls->account.sha256_blocks);
}

/* States */

static const char UNKNOWN_IDENTITY[] = "dtls-unknown-identity";

static void dtls_fail(struct dtls *dtls, const char *reason) {
  dtls->state = DTLS_FAILED;
  dtls->reason = reason;
  dtls->interval_ns = 0;
  dtls->input = NULL;
  dtls_library_end(dtls);
  dtls_queue_clear(dtls, true);
}

/* A client is told of suites instead of a ServerHello (RFC 5246 section 7.4.1.3), of its identity
 * after its ClientKeyExchange (RFC 4279 section 2). */
static const char *reason_of_alert(const struct dtls *dtls) {
  const mbedtls_ssl_context *ssl = &dtls->library->ssl;
  const uint8_t alert = ssl->in_msg[1];
  if (dtls->client && ssl->state <= MBEDTLS_SSL_SERVER_HELLO &&
      alert == MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE)
    return "dtls-no-common-suite";
  if (dtls->client && ssl->state > MBEDTLS_SSL_CLIENT_KEY_EXCHANGE &&
      ssl->state < MBEDTLS_SSL_HANDSHAKE_OVER &&
      alert == MBEDTLS_SSL_ALERT_MSG_UNKNOWN_PSK_IDENTITY)
    return UNKNOWN_IDENTITY;
  return "dtls-alert";
}

static void dtls_fail_by_library(struct dtls *dtls, int error) {
  switch (error) {
  case MBEDTLS_ERR_SSL_TIMEOUT:
    dtls_fail(dtls, "dtls-timeout");
    break;
  case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
    dtls_fail(dtls, reason_of_alert(dtls));
    break;
  case MBEDTLS_ERR_SSL_UNKNOWN_IDENTITY:
    dtls_fail(dtls, UNKNOWN_IDENTITY);
    break;
  case MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN:
    dtls_fail(dtls, "dtls-no-common-suite");
    break;
  case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
    dtls_fail(dtls, "dtls-closed");
    break;
  default:
    dtls_fail(dtls, "dtls-rejected");
    break;
  }
}

/* The library has dropped something and can go on. */
static bool is_dropped(int error) {
  return error == MBEDTLS_ERR_SSL_INVALID_RECORD || error == MBEDTLS_ERR_SSL_UNEXPECTED_RECORD ||
         error == MBEDTLS_ERR_SSL_CONTINUE_PROCESSING || error == MBEDTLS_ERR_SSL_NON_FATAL;
}

static bool awaits_client_hello(const struct dtls *dtls) {
  return !dtls->client && dtls->library->ssl.state <= MBEDTLS_SSL_CLIENT_HELLO;
}

/* A server is of no use to this client. Whoever has not been proved to be the client cannot end the
 * handshake. */
static bool is_without_suite(const struct dtls *dtls, int error) {
  return error == MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN && dtls_library_knows_client(dtls);
}

/* More messages than that are not in what came. */
static size_t messages_max(const struct dtls *dtls) {
  return 2 + dtls->input_length;
}

/* Lets the library work on the input, or on its timer. */
static int dtls_advance(struct dtls *dtls) {
  for (size_t left = messages_max(dtls); left > 0; left--) {
    const int error = mbedtls_ssl_handshake(&dtls->library->ssl);
    if (error == 0) {
      dtls->state = DTLS_ESTABLISHED;
      dtls->interval_ns = 0;
      dtls_library_expect_no_hello(dtls);
      return 0;
    }
    if (error == MBEDTLS_ERR_SSL_WANT_READ) {
      if (dtls->input == NULL)
        return 0;
      /* its timer was over, and it has not looked at the input yet */
    } else if (error == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED ||
               (awaits_client_hello(dtls) && !is_without_suite(dtls, error))) {
      dtls->input = NULL;
      return dtls_library_restart(dtls);
    } else if (!is_dropped(error)) {
      dtls_fail_by_library(dtls, error);
      return error == MBEDTLS_ERR_SSL_ALLOC_FAILED ? NODE_ERR_EXHAUSTED : 0;
    }
  }
  return 0;
}

/* Hands on the records that are in the input, and those that came behind a Finished. */
static int take_records(struct dtls *dtls, struct mbedtls_host_account *former,
                        void (*deliver)(void *context, const uint8_t *plain, size_t length),
                        void *context) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  int count = 0;
  for (size_t left = messages_max(dtls); left > 0; left--) {
    const int length = mbedtls_ssl_read(&dtls->library->ssl, plain, sizeof plain);
    if (length > 0) {
      dtls_leave(dtls, former);
      deliver(context, plain, (size_t)length);
      dtls_enter(dtls);
      count++;
    } else if (length == MBEDTLS_ERR_SSL_WANT_READ) {
      break;
    } else if (length == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE ||
               length == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
      dtls_fail_by_library(dtls, length);
      break;
    } /* else it has dropped something that the remote has authenticated */
  }
  crypto_wipe(plain, sizeof plain);
  return count;
}

/* Creation */

static unsigned suites_of(const struct dtls_config *config) {
  return config->suites == 0 ? DTLS_SUITES_DEFAULT : config->suites;
}

static bool is_resumable(const struct dtls_config *config) {
  const struct dtls_resumption *resumption = config->resumption;
  return resumption->id_length >= 1 && resumption->id_length <= DTLS_SESSION_ID_MAX &&
         resumption->suite < DTLS_SUITE_COUNT && (suites_of(config) & 1U << resumption->suite) != 0;
}

static bool has_key(const struct dtls_config *config) {
  return config->psk_length >= 1 && config->psk_length <= DTLS_PSK_MAX &&
         config->identity_length >= 1 && config->identity_length <= NODE_IDENTITY_MAX;
}

/* No session is granted to who has not named its identity. */
static bool has_keys_only(const struct dtls_config *config) {
  return !config->client && config->psk_length == 0 && config->identity_length == 0 &&
         config->resumption == NULL;
}

static bool is_accepted(const struct dtls_config *config) {
  return (config->keys == NULL ? has_key(config) : has_keys_only(config)) &&
         config->timeout_ms >= 1 && config->timeout_max_ms >= config->timeout_ms &&
         (config->suites & ~(unsigned)DTLS_SUITES_ALL) == 0 &&
         (config->resumption == NULL || is_resumable(config)) && config->mtu >= DTLS_MTU_MIN &&
         config->mtu <= NODE_DATAGRAM_MAX;
}

struct dtls *dtls_create(const struct dtls_config *config, const struct node_hooks *hooks,
                         uint64_t now_ns) {
  struct dtls *const dtls = is_accepted(config) ? dtls_allocate(config->keys) : NULL;
  if (dtls == NULL)
    return NULL;
  dtls->hooks = hooks;
  dtls->remote = config->remote;
  dtls->client = config->client;
  dtls->phase = config->phase & 0xfU;
  dtls->cookie = !config->client && config->cookie;
  dtls->timeout_ms = config->timeout_ms;
  dtls->timeout_max_ms = config->timeout_max_ms;
  dtls->mtu = config->mtu;
  dtls->suites = (uint8_t)suites_of(config);
  dtls->suite = DTLS_SUITE_AES_128_CCM_8;
  dtls->now_ns = now_ns;
  dtls->reason = "";
  if (config->cookie_secret != NULL)
    memcpy(dtls->cookie_secret, config->cookie_secret, sizeof dtls->cookie_secret);
  else if (dtls->cookie)
    node_random(hooks, dtls->cookie_secret, sizeof dtls->cookie_secret);
  struct mbedtls_host_account *const former = dtls_enter(dtls);
  int error = dtls_library_begin(dtls, config);
  if (error == 0 && dtls->client)
    error = dtls_advance(dtls);
  dtls_leave(dtls, former);
  if (error != 0) {
    dtls_destroy(dtls);
    return NULL;
  }
  return dtls;
}

void dtls_destroy(struct dtls *dtls) {
  if (dtls == NULL)
    return;
  assert(dtls->users == 0);
  dtls_library_end(dtls);
  dtls_queue_clear(dtls, false);
  crypto_wipe(dtls, dtls_size(dtls->keyed));
  free(dtls);
}

/* What a session is resumed by */

int dtls_resumption_take(struct dtls *dtls, struct dtls_resumption *resumption) {
  if (dtls->state != DTLS_ESTABLISHED)
    return NODE_ERR_BAD_STATE;
  struct mbedtls_host_account *const former = dtls_enter(dtls);
  const struct mbedtls_host_account before = dtls->account;
  const int error = dtls_library_wake(dtls);
  if (error == 0) {
    dtls_library_take(dtls, resumption);
    dtls_library_rest(dtls);
  }
  dtls->account.aes_key_schedules = before.aes_key_schedules;
  dtls->account.aes_blocks = before.aes_blocks;
  dtls_leave(dtls, former);
  return error;
}

bool dtls_is_resumed(const struct dtls *dtls) {
  return dtls->resumed;
}

/* The endpoint's calls */

bool dtls_is_application_data(const uint8_t *data, size_t length) {
  return length > DTLS_RECORD_HEADER && data[0] == DTLS_CONTENT_APPLICATION_DATA;
}

static int dtls_take_datagram(struct dtls *dtls, struct mbedtls_host_account *former,
                              void (*deliver)(void *context, const uint8_t *plain, size_t length),
                              void *context) {
  int result = dtls_library_wake(dtls);
  if (result != 0)
    return result;
  if (dtls->state == DTLS_HANDSHAKING)
    result = dtls_advance(dtls);
  if (dtls->state == DTLS_ESTABLISHED)
    result = take_records(dtls, former, deliver, context);
  dtls_library_rest(dtls);
  return result;
}

static void dtls_discard(const struct dtls *dtls, const char *why) {
  node_event(dtls->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, &dtls->remote, why);
}

/* What of a datagram is looked at; what is not, an event tells. */
static size_t dtls_bound(const struct dtls *dtls, const uint8_t *data, size_t length) {
  const size_t first = dtls_record_first(data, length);
  if (first < length)
    dtls_discard(dtls, DTLS_TOO_MANY_RECORDS);
  if (dtls->state == DTLS_HANDSHAKING && awaits_client_hello(dtls) &&
      dtls_record_cuts_hello(data, first))
    dtls_discard(dtls, DTLS_HELLO_IN_FRAGMENTS);
  return first;
}

int dtls_receive(struct dtls *dtls, const uint8_t *data, size_t length, uint64_t now_ns,
                 void (*deliver)(void *context, const uint8_t *plain, size_t length),
                 void *context) {
  assert(dtls->users == 0);
  if (dtls->state == DTLS_FAILED || length > NODE_DATAGRAM_MAX)
    return 0;
  length = dtls_bound(dtls, data, length);
  dtls->now_ns = now_ns;
  dtls->input = data;
  dtls->input_length = dtls->state == DTLS_ESTABLISHED
                           ? dtls_record_protected(data, length, &dtls->input)
                           : dtls_record_whole(data, length);
  int result = 0;
  if (dtls->input_length > 0) {
    struct mbedtls_host_account *const former = dtls_enter(dtls);
    result = dtls_take_datagram(dtls, former, deliver, context);
    dtls_leave(dtls, former);
  }
  dtls->input = NULL;
  dtls->input_length = 0;
  return result;
}

int dtls_protect(struct dtls *dtls, const uint8_t *plain, size_t length,
                 const struct span_list *spans, struct node_datagram *datagram) {
  assert(length > 0 && span_list_length(spans) == length);
  if (dtls->state != DTLS_ESTABLISHED)
    return NODE_ERR_BAD_STATE;
  const struct dtls_suite *suite = dtls_suite_of(dtls);
  const size_t overhead = DTLS_RECORD_HEADER + suite->nonce_length + suite->tag_length;
  if (length + overhead > dtls->mtu || length + overhead > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  struct mbedtls_host_account *const former = dtls_enter(dtls);
  int result = dtls_library_wake(dtls);
  if (result == 0) {
    dtls->record = datagram;
    result = mbedtls_ssl_write(&dtls->library->ssl, plain, length);
    dtls->record = NULL;
    dtls_library_rest(dtls);
    result = result == (int)length                        ? 0
             : result == MBEDTLS_ERR_SSL_COUNTER_WRAPPING ? NODE_ERR_EXHAUSTED
                                                          : NODE_ERR_CRYPTO;
  }
  dtls_leave(dtls, former);
  if (result == 0 &&
      !dtls_record_spans(datagram->data, datagram->length, suite, spans, &datagram->spans))
    return NODE_ERR_TOO_LONG;
  return result;
}

int dtls_write(struct dtls *dtls, struct node_datagram *datagram, uint64_t now_ns) {
  struct dtls_outgoing *const outgoing = dtls->first;
  if (outgoing == NULL)
    return 0;
  if (outgoing->length > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  memcpy(datagram->data, outgoing->data, outgoing->length);
  datagram->length = outgoing->length;
  datagram->label = dtls_record_label(outgoing->message);
  datagram->copy = outgoing->copy;
  const bool fits = dtls_record_spans(datagram->data, datagram->length, dtls_suite_of(dtls), NULL,
                                      &datagram->spans);
  dtls->first = outgoing->next;
  dtls->queued--;
  mbedtls_host_free(outgoing);
  dtls->due_ns = now_ns + dtls->interval_ns;
  return fits ? 1 : NODE_ERR_TOO_LONG;
}

uint64_t dtls_expiry(const struct dtls *dtls) {
  const bool runs = dtls->state == DTLS_HANDSHAKING && dtls->interval_ns > 0 && dtls->queued == 0;
  return runs ? dtls->due_ns : NODE_NEVER;
}

int dtls_handle_expiry(struct dtls *dtls, uint64_t now_ns) {
  if (now_ns < dtls_expiry(dtls) || dtls_expiry(dtls) == NODE_NEVER)
    return 0;
  dtls->now_ns = now_ns;
  struct mbedtls_host_account *const former = dtls_enter(dtls);
  int result = dtls_library_wake(dtls);
  if (result == 0) {
    result = dtls_advance(dtls);
    dtls_library_rest(dtls);
  }
  dtls_leave(dtls, former);
  return result;
}

enum dtls_state dtls_state(const struct dtls *dtls) {
  return dtls->state;
}

bool dtls_has_begun(const struct dtls *dtls) {
  return dtls->state != DTLS_HANDSHAKING || !awaits_client_hello(dtls);
}

const struct dtls_suite *dtls_suite_of(const struct dtls *dtls) {
  return dtls_suite(dtls->suite);
}

bool dtls_identity_is_unknown(const struct dtls *dtls) {
  return dtls->state == DTLS_FAILED && dtls->reason == UNKNOWN_IDENTITY;
}

const char *dtls_reason(const struct dtls *dtls) {
  return dtls->reason;
}

size_t dtls_state_bytes(const struct dtls *dtls) {
  return dtls->account.bytes;
}

size_t dtls_state_bytes_peak(const struct dtls *dtls) {
  return dtls->account.bytes_peak;
}
