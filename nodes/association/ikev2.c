/* IKEv2 with a pre-shared key and ESP in transport mode: an IKE SA, and its one child, which
 * protects segments of UDP between the CoAP ports of the two ends, with a CoAP message layer
 * inside. Two kinds of one implementation: IKE on port 500 and ESP as a protocol of IP; or both in
 * UDP on the port behind, where zeros in the place of an SPI tell IKE (RFC 7296 section 2.23, RFC
 * 3948).
 *
 * The client is the initiator and calls itself by the identity (ID_KEY_ID). The server is named
 * where there is a name for it (ID_FQDN), and else has the client's identity, which nothing names.
 * Not here: resumption, rekeying. */
#include "ikev2_contest.h"
#include "kind.h"

#include "../crypto/crypto.h"
#include "../esp/esp.h"
#include "../esp/udp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
  PSK_LENGTH = 32,
  IPV6_MTU = 1280,
  IPV6_HEADER = 40,
  UDP_HEADER = 8,
  NONCE_FALLBACK = 16,
  TRIES_MOST = 10,
  ESP_SUITES_ALL = 1 << IKEV2_ESP_AES_CCM_8 | 1 << IKEV2_ESP_AES_CCM_8_IIV,
};

static_assert((int)ASSOCIATION_PSK_MAX == (int)IKEV2_PSK_MAX, "keys are of one length");
static_assert((int)ASSOCIATION_COOKIE_SECRET == (int)IKEV2_COOKIE_SECRET, "secrets, too");
static_assert((int)IKEV2_ID_MAX >= (int)NODE_IDENTITY_MAX, "an identity of EAP fits");

struct ikev2_session {
  struct ikev2_contest contest;
  struct coap_session coap;
  struct coap_parameters parameters;
  const struct node_hooks *hooks;
  bool encapsulated;                   /* ESP is in UDP, and IKE has the marker */
  const struct association_keys *keys; /* by identity; NULL: there is one */
  struct ikev2_keys finder;            /* `keys`, as the endpoint asks for them */
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
  struct esp_sa in, out; /* once the endpoint is established */
  struct node_address local,
      remote;             /* of UDP inside ESP; of the remote, where it spoke from last */
  uint16_t selected_port; /* of the remote, by the traffic selectors; 0: any */
};

/* Options */

enum {
  OPTION_PROPOSAL,
  OPTION_NONCE,
  OPTION_COOKIE,
  OPTION_TIMEOUT,
  OPTION_TRIES,
  OPTION_ESP_IV,
};

static const char *const PROPOSAL_NAMES[] = {
#define PROPOSAL(id, name, prf, group, help) name,
#include "../ikev2/proposals.def"
#undef PROPOSAL
    NULL};

static const char *const ESP_IVS[] = {"explicit", "implicit", NULL}; /* enum ikev2_esp_suite */

static const struct option_row ROWS[] = {
    [OPTION_PROPOSAL] = {.name = "ikev2_proposal",
                         .kind = OPTION_CHOICE,
                         .unit = "",
                         .values = PROPOSAL_NAMES,
                         .applies = "",
                         .help = "what who opens the IKE SA offers; the other end takes all"
#define PROPOSAL(id, name, prf, group, help) "; " name ": " help
#include "../ikev2/proposals.def"
#undef PROPOSAL
    },
    [OPTION_NONCE] = {.name = "ikev2_nonce_bytes",
                      .kind = OPTION_INTEGER,
                      .unit = "B",
                      .fallback = NONCE_FALLBACK,
                      .least = IKEV2_NONCE_LEAST,
                      .most = IKEV2_NONCE_MAX,
                      .applies = "",
                      .help = "length of the nonces of IKE_SA_INIT (RFC 7296 section 3.9)"},
    [OPTION_COOKIE] = {.name = "ikev2_cookie",
                       .kind = OPTION_SWITCH,
                       .unit = "",
                       .applies = "",
                       .help = "whether the responder first asks for a cookie (RFC 7296 section "
                               "2.6): a round trip more"},
    [OPTION_TIMEOUT] = {.name = "ikev2_timeout_ms",
                        .kind = OPTION_INTEGER,
                        .unit = "ms",
                        .fallback = IKEV2_TIMEOUT_MS_DEFAULT,
                        .least = 100,
                        .most = 60000,
                        .applies = "",
                        .help = "an unanswered request of IKE is repeated after this, then "
                                "doubling"},
    [OPTION_TRIES] = {.name = "ikev2_tries",
                      .kind = OPTION_INTEGER,
                      .unit = "",
                      .fallback = IKEV2_TRIES_DEFAULT,
                      .least = 1,
                      .most = TRIES_MOST,
                      .applies = "",
                      .help = "transmissions of a request of IKE, after whose last wait the IKE SA "
                              "has failed"},
    [OPTION_ESP_IV] = {.name = "esp_iv",
                       .kind = OPTION_CHOICE,
                       .unit = "",
                       .values = ESP_IVS,
                       .applies = "",
                       .help =
                           "IVs of ESP that who opens the IKE SA offers; the other end takes "
                           "both. explicit: 8 octets in each packet (RFC 4309); implicit: none, "
                           "they are the sequence number (RFC 8750)"},
};

static const struct option_table OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

/* Life */

static void ikev2_session_close(void *state) {
  struct ikev2_session *session = state;
  ikev2_contest_wipe(&session->contest);
  coap_session_wipe(&session->coap);
  crypto_wipe(session, sizeof *session);
  free(session);
}

static size_t ikev2_session_find(void *context, const struct ikev2_id *id,
                                 uint8_t psk[IKEV2_PSK_MAX]) {
  const struct association_keys *keys = ((const struct ikev2_session *)context)->keys;
  return id->type == IKEV2_ID_KEY_ID ? keys->find(keys->context, id->octets, id->length, psk) : 0;
}

static struct ikev2_id ikev2_session_client_id(const struct association_config *config) {
  return (struct ikev2_id){IKEV2_ID_KEY_ID, config->identity, config->identity_length};
}

static struct ikev2_id ikev2_session_server_id(const struct association_config *config) {
  return config->server_name_length == 0
             ? ikev2_session_client_id(config)
             : (struct ikev2_id){IKEV2_ID_FQDN, config->server_name, config->server_name_length};
}

/* A responder waits for IKE_AUTH until the initiator, which has the same options, has given up. */
static uint32_t ikev2_session_half_open_s(const struct option_values *options) {
  const uint64_t timeout_ms = (uint64_t)option_get(options, &ROWS[OPTION_TIMEOUT]);
  const unsigned tries = (unsigned)option_get(options, &ROWS[OPTION_TRIES]);
  const uint64_t seconds = timeout_ms * ((UINT64_C(1) << tries) - 1) / 1000 + 1;
  return seconds < IKEV2_HALF_OPEN_S_DEFAULT ? IKEV2_HALF_OPEN_S_DEFAULT : (uint32_t)seconds;
}

/* Curves: libcrypto's, which gives the same octets as mbedtls's and is 20 times faster; what it
 * costs is told all the same. */
static struct ikev2_config ikev2_session_config(const struct ikev2_session *session,
                                                const struct association_config *config) {
  const struct option_values *options = config->options;
  const unsigned offered = 1U << (unsigned)option_get(options, &ROWS[OPTION_PROPOSAL]),
                 esp = 1U << (unsigned)option_get(options, &ROWS[OPTION_ESP_IV]);
  const struct ikev2_id client = ikev2_session_client_id(config),
                        server = ikev2_session_server_id(config);
  return (struct ikev2_config){
      .initiator = config->client,
      .local = association_address(config->kind, &config->local),
      .remote = association_address(config->kind, &config->remote),
      .phase = config->phase,
      .event_remote = config->remote,
      .marker = session->encapsulated,
      .proposals = config->client ? offered : 0,
      .nonce_bytes = (size_t)option_get(options, &ROWS[OPTION_NONCE]),
      .local_id = config->client ? client : server,
      .remote_id = config->client ? server : client,
      .names_responder = config->client && config->server_name_length > 0,
      .psk = config->key,
      .psk_length = config->key_length,
      .keys = config->keys == NULL ? NULL : &session->finder,
      .child = IKEV2_CHILD_TRANSPORT,
      .esp_suites = config->client ? esp : ESP_SUITES_ALL,
      .local_port = config->local.port,
      .remote_port = config->client ? config->remote.port : 0,
      .cookie = option_is_on(options, &ROWS[OPTION_COOKIE]),
      .cookie_secret = config->cookie_secret,
      .timeout_ms = (uint32_t)option_get(options, &ROWS[OPTION_TIMEOUT]),
      .tries = (unsigned)option_get(options, &ROWS[OPTION_TRIES]),
      .half_open_s = ikev2_session_half_open_s(options),
      .curves = &EC_LIBCRYPTO,
  };
}

/* A key and the identity that it was made for, or keys of a server that has a name; and no ESP in
 * UDP on port 500. */
static bool ikev2_session_is_accepted(const struct association_config *config) {
  const struct node_address place = association_address(config->kind, &config->local);
  if (config->kind->carrier == NODE_UDP && place.port == IKEV2_PORT)
    return false;
  if (config->keys != NULL)
    return config->server_name_length > 0 && config->server_name_length <= IKEV2_ID_MAX;
  return config->key_length > 0 && config->key_length <= IKEV2_PSK_MAX &&
         config->identity_length > 0 && config->identity_length <= IKEV2_ID_MAX &&
         config->server_name_length <= IKEV2_ID_MAX;
}

static void *ikev2_session_open(const struct association_config *config,
                                const struct node_hooks *hooks, uint64_t now_ns, int *error) {
  *error = ikev2_session_is_accepted(config) ? NODE_ERR_EXHAUSTED : NODE_ERR_BAD_CONFIG;
  struct ikev2_session *session =
      ikev2_session_is_accepted(config) ? calloc(1, sizeof *session) : NULL;
  if (session == NULL)
    return NULL;
  session->hooks = hooks;
  session->encapsulated = config->kind->carrier == NODE_UDP;
  session->keys = config->keys;
  session->finder = (struct ikev2_keys){ikev2_session_find, session};
  session->identity_length = config->identity_length;
  if (config->identity_length > 0)
    memcpy(session->identity, config->identity, config->identity_length);
  session->local = config->local;
  session->remote = config->remote;
  session->parameters = *config->coap;
  coap_session_init(&session->coap, &session->parameters, hooks);
  const struct ikev2_config ike = ikev2_session_config(session, config);
  if (ikev2_contest_init(&session->contest, &ike, hooks, now_ns))
    return session;
  ikev2_session_close(session);
  return NULL;
}

/* What a record is */

static const uint8_t MARKER[IKEV2_MARKER_LENGTH];

/* On port 500 there is no marker, on any other port all messages of IKE have it. */
static size_t ikev2_session_marker_length(const struct association_record *record) {
  return record->destination->port == IKEV2_PORT ? 0 : sizeof MARKER;
}

static bool ikev2_session_is_esp(const struct association_record *record) {
  const size_t length = ikev2_session_marker_length(record);
  return record->protocol == NODE_ESP || record->length < length ||
         memcmp(record->data, MARKER, length) != 0;
}

/* A message of IKE; of length 0: it is ESP. */
static struct ikev2_octets ikev2_session_message(const struct association_record *record) {
  const size_t marker = ikev2_session_marker_length(record);
  return ikev2_session_is_esp(record)
             ? (struct ikev2_octets){record->data, 0}
             : (struct ikev2_octets){record->data + marker, record->length - marker};
}

static size_t ikev2_session_record_length(const struct association_record *record) {
  return record->length;
}

static bool ikev2_session_opens(const struct association_record *record) {
  const struct ikev2_octets message = ikev2_session_message(record);
  return ikev2_opens(message.data, message.length);
}

static bool ikev2_session_has_opened(const void *state, const struct association_record *record) {
  return ikev2_contest_has_opened(&((const struct ikev2_session *)state)->contest,
                                  ikev2_session_message(record));
}

static bool ikev2_session_is_of(const void *state, const struct association_record *record) {
  return ikev2_contest_is_of(&((const struct ikev2_session *)state)->contest,
                             ikev2_session_message(record));
}

static const uint8_t *ikev2_session_names(void *state, const struct association_record *record,
                                          size_t *identity_length) {
  struct ikev2_session *session = state;
  struct ikev2_id id;
  if (!ikev2_contest_peek_id(&session->contest, ikev2_session_message(record), &id) ||
      id.type != IKEV2_ID_KEY_ID)
    return NULL;
  *identity_length = id.length;
  return id.octets;
}

/* The endpoint */

static bool ikev2_session_has_begun(const void *state) {
  return ikev2_state(((const struct ikev2_session *)state)->contest.first) != IKEV2_BEGINNING;
}

static bool ikev2_session_established(const void *state) {
  const struct ikev2_session *session = state;
  return session->out.spi != 0 && ikev2_state(session->contest.first) == IKEV2_ESTABLISHED;
}

static const char *ikev2_session_failure(const void *state) {
  return ikev2_contest_failure(&((const struct ikev2_session *)state)->contest);
}

static const uint8_t *ikev2_session_identity(const void *state, size_t *length) {
  const struct ikev2_session *session = state;
  struct ikev2_id id = {IKEV2_ID_KEY_ID, session->identity, session->identity_length};
  if (session->keys != NULL && !ikev2_remote_id(session->contest.first, &id))
    return NULL;
  *length = id.length;
  return id.octets;
}

static int ikev2_session_write(void *state, struct node_datagram *datagram, uint64_t now_ns) {
  return ikev2_contest_write(&((struct ikev2_session *)state)->contest, datagram, now_ns);
}

static uint64_t ikev2_session_expiry(const void *state) {
  return ikev2_contest_expiry(&((const struct ikev2_session *)state)->contest);
}

static int ikev2_session_handle_expiry(void *state, uint64_t now_ns) {
  return ikev2_contest_handle_expiry(&((struct ikev2_session *)state)->contest, now_ns);
}

static struct coap_session *ikev2_session_coap(void *state) {
  return &((struct ikev2_session *)state)->coap;
}

/* ESP */

static int ikev2_session_key(struct esp_sa *sa, const struct ikev2_child *child,
                             const struct ikev2_esp_keys *keys) {
  return esp_sa_init(sa, keys->spi, child->suite == IKEV2_ESP_AES_CCM_8_IIV, keys->key, keys->salt);
}

/* The child of an endpoint that has just been established. The port of the other end is known to
 * the traffic selectors, or it is the one that its CoAP is on. */
static int ikev2_session_take_child(struct ikev2_session *session) {
  struct ikev2_child child;
  if (session->out.spi != 0 || !ikev2_child(session->contest.first, &child))
    return 0;
  memcpy(session->local.ip, child.local.ip, sizeof child.local.ip);
  memcpy(session->remote.ip, child.remote.ip, sizeof child.remote.ip);
  session->selected_port = child.remote.port;
  if (child.remote.port != 0)
    session->remote.port = child.remote.port;
  int error = ikev2_session_key(&session->in, &child, &child.in);
  if (error == 0)
    error = ikev2_session_key(&session->out, &child, &child.out);
  crypto_wipe(&child, sizeof child);
  return error;
}

/* Section 5.2 of RFC 4301: what comes under an SA is held against its traffic selectors. */
static bool ikev2_session_selects(const struct ikev2_session *session,
                                  const struct node_address *source,
                                  const struct node_address *destination) {
  return destination->port == session->local.port &&
         (session->selected_port == 0 || source->port == session->selected_port);
}

/* 1 where there were application data; what is anything else is dropped. */
static int
ikev2_session_receive_esp(struct ikev2_session *session, const struct association_record *record,
                          void (*deliver)(void *context, const uint8_t *plain, size_t length),
                          void *context) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct esp_payload payload;
  const uint8_t *data;
  size_t length;
  struct node_address source = session->remote, destination = session->local;
  if (record->length > sizeof buffer ||
      esp_unprotect(&session->in, session->hooks, record->data, record->length, buffer, &payload) <
          0 ||
      payload.next_header != ESP_NEXT_HEADER_UDP ||
      esp_udp_parse(payload.octets, payload.length, &source, &destination, &data, &length) < 0 ||
      !ikev2_session_selects(session, &source, &destination))
    return 0;
  session->remote.port = source.port;
  deliver(context, data, length);
  return 1;
}

static int
ikev2_session_receive(void *state, const struct association_record *record, uint64_t now_ns,
                      void (*deliver)(void *context, const uint8_t *plain, size_t length),
                      void *context) {
  struct ikev2_session *session = state;
  if (ikev2_session_is_esp(record))
    return ikev2_session_receive_esp(session, record, deliver, context);
  const struct node_datagram datagram = {.source = *record->source,
                                         .destination = *record->destination,
                                         .data = (uint8_t *)record->data,
                                         .length = record->length};
  const int result =
      ikev2_contest_receive(&session->contest, ikev2_session_message(record), &datagram, now_ns);
  return result < 0 ? result : ikev2_session_take_child(session);
}

static int ikev2_session_protect(void *state, const uint8_t *plain, size_t length,
                                 const struct span_list *spans, struct node_datagram *datagram) {
  struct ikev2_session *session = state;
  const size_t most = IPV6_MTU - IPV6_HEADER - (session->encapsulated ? UDP_HEADER : 0);
  uint8_t segment[NODE_DATAGRAM_MAX];
  size_t segment_length;
  struct span_list segment_spans;
  if (datagram->capacity > most)
    datagram->capacity = most;
  const int error = esp_udp_compose(&session->local, &session->remote, plain, length, spans,
                                    segment, sizeof segment, &segment_length, &segment_spans);
  return error < 0 ? error
                   : esp_protect(&session->out, session->hooks, ESP_NEXT_HEADER_UDP, segment,
                                 segment_length, &segment_spans, datagram);
}

/* State */

/* Of an SA of ESP: SPI, key, salt, sequence number; and the window of what comes. */
static size_t ikev2_session_esp_bytes(const struct ikev2_session *session) {
  enum { SA = sizeof(uint32_t) + ESP_KEY_LENGTH + ESP_SALT_LENGTH + sizeof(uint32_t) };
  return session->out.spi == 0 ? 0 : 2 * SA + sizeof session->in.window;
}

static size_t ikev2_session_bytes(const void *state) {
  const struct ikev2_session *session = state;
  return ikev2_contest_bytes(&session->contest) + ikev2_session_esp_bytes(session);
}

static size_t ikev2_session_bytes_peak(const void *state) {
  const struct ikev2_session *session = state;
  const size_t ike = session->contest.bytes_peak, now = ikev2_session_bytes(state);
  return ike > now ? ike : now;
}

/* Without sequence numbers and what has come of them, as it is with DTLS. */
static void ikev2_session_digest(const void *state, struct digest *digest, uint64_t now_ns) {
  const struct ikev2_session *session = state;
  ikev2_contest_digest(&session->contest, digest, now_ns);
  digest_u64(digest, session->out.spi != 0);
  digest_u64(digest, session->remote.port);
}

/* Of ESP the length alone: all else is another each time that it is sent. */
static void ikev2_session_digest_datagram(const struct association_record *record,
                                          struct digest *digest) {
  const struct ikev2_octets message = ikev2_session_message(record);
  digest_u64(digest, record->length);
  digest_u64(digest, message.length > 0);
  if (message.length > 0)
    ikev2_digest_datagram(message.data, message.length, digest);
}

static const struct association_session SESSION = {
    .has_begun = ikev2_session_has_begun,
    .established = ikev2_session_established,
    .failure = ikev2_session_failure,
    .record_length = ikev2_session_record_length,
    .is_application_data = ikev2_session_is_esp,
    .is_of = ikev2_session_is_of,
    .receive = ikev2_session_receive,
    .protect = ikev2_session_protect,
    .write = ikev2_session_write,
    .expiry = ikev2_session_expiry,
    .handle_expiry = ikev2_session_handle_expiry,
    .coap = ikev2_session_coap,
    .identity = ikev2_session_identity,
    .names = ikev2_session_names,
    .opens = ikev2_session_opens,
    .has_opened = ikev2_session_has_opened,
    .digest_datagram = ikev2_session_digest_datagram,
};

static const char *const FAILURES[] = {"ikev2-rejected",
                                       "ikev2-timeout",
                                       "ikev2-no-proposal",
                                       "ikev2-authentication",
                                       "ikev2-no-child",
                                       "ikev2-deleted",
                                       NULL};

/* What both kinds are. */
#define IKEV2_KIND                                                                                 \
  .label = "IKEv2", .secret_name = "ike_psk", .options = &OPTIONS,                                 \
  .material = {{"IKE_PSK", PSK_LENGTH}}, .identity_least = 1, .failures = FAILURES,                \
  .carries_udp = true, .session = &SESSION, .open = ikev2_session_open,                            \
  .close = ikev2_session_close, .bytes = ikev2_session_bytes,                                      \
  .bytes_peak = ikev2_session_bytes_peak, .digest = ikev2_session_digest

const struct association_kind ASSOCIATION_IKEV2 = {IKEV2_KIND, .port = IKEV2_PORT,
                                                   .carrier = NODE_ESP};

const struct association_kind ASSOCIATION_IKEV2_UDP = {IKEV2_KIND};
