/* DTLS 1.2 with a pre-shared key: a session on the port behind, with a CoAP message layer inside.
 */
#include "kind.h"

#include "../crypto/crypto.h"
#include "../dtls/dtls.h"
#include "../dtls/record.h"

#include <stdlib.h>
#include <string.h>

enum { PSK_LENGTH = 16 };

/* `made` is what the endpoint was made of: pointers in it are to what follows. */
struct dtls_session {
  struct dtls *dtls;
  const struct association_keys *keys; /* NULL: there is one */
  struct dtls_keys give;               /* these, to the endpoint */
  struct coap_session coap;
  struct dtls_config made;
  uint8_t psk[DTLS_PSK_MAX];
  uint8_t identity[NODE_IDENTITY_MAX];
  struct coap_parameters parameters;
  uint8_t hello[DTLS_RANDOM]; /* of the last ClientHello that has come */
};

/* Options */

enum {
  OPTION_COOKIE,
  OPTION_TIMEOUT,
  OPTION_TIMEOUT_MAX,
  OPTION_SUITE,
  OPTION_SUITES_TAKEN,
};

static const char *const SUITE_NAMES[] = {
#define SUITE(id, name, number, nonce, tag, key_blocks, help) name,
#include "../dtls/suites.def"
#undef SUITE
    NULL};

static const char *const SUITES_TAKEN[] = {"all",
#define SUITE(id, name, number, nonce, tag, key_blocks, help) name,
#include "../dtls/suites.def"
#undef SUITE
                                           NULL};

static const struct option_row ROWS[] = {
    [OPTION_COOKIE] = {.name = "dtls_cookie",
                       .kind = OPTION_SWITCH,
                       .unit = "",
                       .fallback = 1,
                       .peer_only = true,
                       .applies = "",
                       .help = "whether the peer, as DTLS server, first asks for a cookie "
                               "(HelloVerifyRequest, RFC 6347 section 4.2.1): a round trip more"},
    [OPTION_TIMEOUT] = {.name = "dtls_timeout_ms",
                        .kind = OPTION_INTEGER,
                        .unit = "ms",
                        .fallback = DTLS_TIMEOUT_MS_DEFAULT,
                        .least = 100,
                        .most = 60000,
                        .applies = "",
                        .help = "an unanswered flight of the DTLS handshake is repeated after "
                                "this, then doubling (RFC 6347 section 4.2.4.1)"},
    [OPTION_TIMEOUT_MAX] = {.name = "dtls_timeout_max_ms",
                            .kind = OPTION_INTEGER,
                            .unit = "ms",
                            .fallback = DTLS_TIMEOUT_MAX_MS_DEFAULT,
                            .least = 100,
                            .most = 600000,
                            .applies = "",
                            .help = "longest interval between repetitions of a flight; when it is "
                                    "over, the handshake has failed; dtls_timeout_ms or more"},
    [OPTION_SUITE] = {.name = "dtls_suite",
                      .kind = OPTION_CHOICE,
                      .unit = "",
                      .values = SUITE_NAMES,
                      .applies = "",
                      .help = "cipher suite that who opens the DTLS session offers"
#define SUITE(id, name, number, nonce, tag, key_blocks, help) "; " name ": " help
#include "../dtls/suites.def"
#undef SUITE
    },
    [OPTION_SUITES_TAKEN] = {.name = "dtls_suites_taken",
                             .kind = OPTION_CHOICE,
                             .unit = "",
                             .values = SUITES_TAKEN,
                             .peer_only = true,
                             .applies = "",
                             .help = "cipher suites that the peer, as DTLS server, takes: all of "
                                     "dtls_suite, or one; where that is another the handshake "
                                     "fails (dtls-no-common-suite)"},
};

static const struct option_table OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static const char *dtls_session_unsupported(const struct option_values *options) {
  return option_get(options, &ROWS[OPTION_TIMEOUT_MAX]) < option_get(options, &ROWS[OPTION_TIMEOUT])
             ? "dtls_timeout_max_ms is less than dtls_timeout_ms"
             : NULL;
}

/* What is offered is one; what is taken, one or all. */
static unsigned dtls_session_suites(const struct association_config *config) {
  const struct option_values *options = config->options;
  if (config->dtls_suites != 0)
    return config->dtls_suites;
  if (config->client)
    return 1U << (unsigned)option_get(options, &ROWS[OPTION_SUITE]);
  const unsigned taken = (unsigned)option_get(options, &ROWS[OPTION_SUITES_TAKEN]);
  return taken == 0 ? DTLS_SUITES_ALL : 1U << (taken - 1);
}

/* Life */

static void dtls_session_close(void *state) {
  struct dtls_session *session = state;
  dtls_destroy(session->dtls);
  coap_session_wipe(&session->coap);
  crypto_wipe(session, sizeof *session);
  free(session);
}

/* As dtls_keys.find. */
static size_t dtls_session_find(void *context, const uint8_t *identity, size_t length,
                                uint8_t psk[DTLS_PSK_MAX]) {
  const struct dtls_session *session = context;
  uint8_t key[ASSOCIATION_PSK_MAX];
  size_t key_length = session->keys->find(session->keys->context, identity, length, key);
  if (key_length > DTLS_PSK_MAX)
    key_length = 0;
  memcpy(psk, key, key_length);
  crypto_wipe(key, sizeof key);
  return key_length;
}

/* `keys` are in the place of those of `config`, which has none. */
static struct dtls_session *dtls_session_make(const struct dtls_config *config,
                                              const struct association_keys *keys,
                                              const struct coap_parameters *parameters,
                                              const struct node_hooks *hooks, uint64_t now_ns) {
  struct dtls_session *session = calloc(1, sizeof *session);
  if (session == NULL)
    return NULL;
  session->keys = keys;
  session->give = (struct dtls_keys){.find = dtls_session_find, .context = session};
  session->made = *config;
  session->made.keys = keys == NULL ? NULL : &session->give;
  session->dtls = dtls_create(&session->made, hooks, now_ns);
  if (session->dtls == NULL) {
    free(session);
    return NULL;
  }
  session->made.resumption = NULL;
  if (keys == NULL) {
    memcpy(session->psk, config->psk, config->psk_length);
    memcpy(session->identity, config->identity, config->identity_length);
  }
  session->made.psk = session->psk;
  session->made.identity = session->identity;
  session->parameters = *parameters;
  coap_session_init(&session->coap, &session->parameters, hooks);
  return session;
}

static void *dtls_session_open(const struct association_config *config,
                               const struct node_hooks *hooks, uint64_t now_ns, int *error) {
  const struct option_values *options = config->options;
  const struct dtls_config dtls = {
      .client = config->client,
      .phase = (uint8_t)config->phase,
      .remote = association_address(config->kind, &config->remote),
      .psk = config->key,
      .psk_length = config->key_length,
      .identity = config->identity,
      .identity_length = config->identity_length,
      .cookie = option_is_on(options, &ROWS[OPTION_COOKIE]),
      .cookie_secret = config->cookie_secret,
      .timeout_ms = (uint32_t)option_get(options, &ROWS[OPTION_TIMEOUT]),
      .timeout_max_ms = (uint32_t)option_get(options, &ROWS[OPTION_TIMEOUT_MAX]),
      .mtu = DTLS_MTU_DEFAULT,
      .suites = dtls_session_suites(config),
  };
  *error = NODE_ERR_EXHAUSTED;
  return dtls_session_make(&dtls, config->keys, config->coap, hooks, now_ns);
}

/* Where there were keys, the one that this session was made by is not kept. */
static bool dtls_session_can_resume(const void *state) {
  return ((const struct dtls_session *)state)->made.keys == NULL;
}

static void *dtls_session_resume(void *state, const struct node_address *remote,
                                 const struct node_hooks *hooks, uint64_t now_ns, int *error) {
  const struct dtls_session *from = state;
  struct dtls_resumption resumption;
  struct dtls_config config = from->made;
  *error = NODE_ERR_UNSUPPORTED;
  if (!dtls_session_can_resume(state))
    return NULL;
  *error = dtls_resumption_take(from->dtls, &resumption);
  if (*error < 0)
    return NULL;
  config.resumption = &resumption;
  config.suites = 1U << resumption.suite;
  *error = NODE_ERR_EXHAUSTED;
  struct dtls_session *session = dtls_session_make(&config, NULL, &from->parameters, hooks, now_ns);
  crypto_wipe(&resumption, sizeof resumption);
  if (session != NULL)
    node_event_key(hooks, NODE_PHASE_AUTHENTICATION, remote, ASSOCIATION_DTLS.label,
                   ASSOCIATION_DTLS.secret_name, session->psk, session->made.psk_length);
  return session;
}

/* The session's functions */

static bool dtls_session_has_begun(const void *state) {
  return dtls_has_begun(((const struct dtls_session *)state)->dtls);
}

static bool dtls_session_established(const void *state) {
  return dtls_state(((const struct dtls_session *)state)->dtls) == DTLS_ESTABLISHED;
}

static const char *dtls_session_failure(const void *state) {
  const struct dtls *dtls = ((const struct dtls_session *)state)->dtls;
  return dtls_state(dtls) == DTLS_FAILED ? dtls_reason(dtls) : NULL;
}

static const uint8_t *dtls_session_identity(const void *state, size_t *length) {
  const struct dtls_session *session = state;
  if (session->made.keys != NULL)
    return dtls_identity(session->dtls, length);
  *length = session->made.identity_length;
  return session->identity;
}

static bool dtls_session_is_unknown(const void *state) {
  return dtls_identity_is_unknown(((const struct dtls_session *)state)->dtls);
}

static const uint8_t *dtls_session_names(void *state, const struct association_record *record,
                                         size_t *identity_length) {
  (void)state; /* it is in clear */
  return dtls_record_identity(record->data, record->length, identity_length);
}

static bool dtls_session_opens(const struct association_record *record) {
  return dtls_record_hello_random(record->data, record->length) != NULL;
}

static bool dtls_session_has_opened(const void *state, const struct association_record *record) {
  const struct dtls_session *session = state;
  const uint8_t *random = dtls_record_hello_random(record->data, record->length);
  return random != NULL && memcmp(session->hello, random, sizeof session->hello) == 0;
}

static void dtls_session_note_hello(struct dtls_session *session,
                                    const struct association_record *record) {
  const uint8_t *random = dtls_record_hello_random(record->data, record->length);
  if (random != NULL && dtls_state(session->dtls) == DTLS_HANDSHAKING)
    memcpy(session->hello, random, sizeof session->hello);
}

/* A fatal alert of access_denied (RFC 5246 section 7.2), in clear. */
static int dtls_session_refuse(struct node_datagram *datagram) {
  static const uint8_t alert[] = {
      DTLS_CONTENT_ALERT, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 49};
  if (datagram->capacity < sizeof alert)
    return NODE_ERR_TOO_LONG;
  memcpy(datagram->data, alert, sizeof alert);
  datagram->length = sizeof alert;
  datagram->label = dtls_record_label(DTLS_MESSAGE_ALERT);
  datagram->copy = 0;
  return dtls_record_spans(alert, sizeof alert, NULL, NULL, &datagram->spans) ? 1
                                                                              : NODE_ERR_TOO_LONG;
}

static size_t dtls_session_first_length(const uint8_t *data, size_t length) {
  const uint8_t *at = data;
  struct dtls_record record;
  return dtls_record_next(&at, data + length, &record) ? (size_t)(at - data) : length;
}

static size_t dtls_session_record_length(const struct association_record *record) {
  return dtls_session_first_length(record->data, record->length);
}

static bool dtls_session_is_application_data(const struct association_record *record) {
  return dtls_is_application_data(record->data, record->length);
}

static int dtls_session_receive(void *state, const struct association_record *record,
                                uint64_t now_ns,
                                void (*deliver)(void *context, const uint8_t *plain, size_t length),
                                void *context) {
  struct dtls_session *session = state;
  dtls_session_note_hello(session, record);
  return dtls_receive(session->dtls, record->data, record->length, now_ns, deliver, context);
}

static int dtls_session_protect(void *state, const uint8_t *plain, size_t length,
                                const struct span_list *spans, struct node_datagram *datagram) {
  return dtls_protect(((struct dtls_session *)state)->dtls, plain, length, spans, datagram);
}

static int dtls_session_write(void *state, struct node_datagram *datagram, uint64_t now_ns) {
  return dtls_write(((struct dtls_session *)state)->dtls, datagram, now_ns);
}

static uint64_t dtls_session_expiry(const void *state) {
  return dtls_expiry(((const struct dtls_session *)state)->dtls);
}

static int dtls_session_handle_expiry(void *state, uint64_t now_ns) {
  return dtls_handle_expiry(((struct dtls_session *)state)->dtls, now_ns);
}

static struct coap_session *dtls_session_coap(void *state) {
  return &((struct dtls_session *)state)->coap;
}

/* State */

static size_t dtls_session_bytes(const void *state) {
  return dtls_state_bytes(((const struct dtls_session *)state)->dtls);
}

static size_t dtls_session_bytes_peak(const void *state) {
  return dtls_state_bytes_peak(((const struct dtls_session *)state)->dtls);
}

static void dtls_session_digest(const void *state, struct digest *digest, uint64_t now_ns) {
  dtls_digest(((const struct dtls_session *)state)->dtls, digest, now_ns);
}

/* Records without their sequence numbers, and without what is encrypted. */
static void dtls_session_digest_datagram(const struct association_record *datagram,
                                         struct digest *digest) {
  enum { EPOCH = 3, SEQUENCE = 5 };
  const uint8_t *data = datagram->data;
  for (size_t at = 0; at + DTLS_RECORD_HEADER <= datagram->length;) {
    const size_t record = dtls_session_first_length(data + at, datagram->length - at);
    const bool clear = data[at + EPOCH] == 0 && data[at + EPOCH + 1] == 0;
    digest_octets(digest, data + at, SEQUENCE);
    digest_u64(digest, record);
    if (clear)
      digest_octets(digest, data + at + DTLS_RECORD_HEADER, record - DTLS_RECORD_HEADER);
    at += record;
  }
}

static const struct association_session SESSION = {
    .has_begun = dtls_session_has_begun,
    .established = dtls_session_established,
    .failure = dtls_session_failure,
    .is_unknown = dtls_session_is_unknown,
    .record_length = dtls_session_record_length,
    .is_application_data = dtls_session_is_application_data,
    .receive = dtls_session_receive,
    .protect = dtls_session_protect,
    .write = dtls_session_write,
    .expiry = dtls_session_expiry,
    .handle_expiry = dtls_session_handle_expiry,
    .coap = dtls_session_coap,
    .resume = dtls_session_resume,
    .can_resume = dtls_session_can_resume,
    .identity = dtls_session_identity,
    .names = dtls_session_names,
    .opens = dtls_session_opens,
    .has_opened = dtls_session_has_opened,
    .refuse = dtls_session_refuse,
    .digest_datagram = dtls_session_digest_datagram,
};

static const char *const FAILURES[] = {
    "dtls-rejected",        "dtls-timeout",          "dtls-alert",
    "dtls-no-common-suite", "dtls-unknown-identity", NULL};

const struct association_kind ASSOCIATION_DTLS = {
    .label = "DTLS",
    .secret_name = "dtls_psk",
    .options = &OPTIONS,
    .material = {{"DTLS_PSK", PSK_LENGTH}},
    .suites = ASSOCIATION_SUITES_DTLS,
    .key_takes_token = true,
    .identity_least = 1,
    .failures = FAILURES,
    .session = &SESSION,
    .unsupported = dtls_session_unsupported,
    .open = dtls_session_open,
    .close = dtls_session_close,
    .bytes = dtls_session_bytes,
    .bytes_peak = dtls_session_bytes_peak,
    .digest = dtls_session_digest,
};
