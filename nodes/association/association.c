/* The table of kinds, and what they have in common. */
#include "kind.h"

#include "../coap/refuse.h"
#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

static const struct association_kind *const KINDS[] = {
#define KIND(id, name, help) &ASSOCIATION_##id,
#include "kinds.def"
#undef KIND
};

enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

/* Kinds */

static const char *const NAMES[] = {
#define KIND(id, name, help) name,
#include "kinds.def"
#undef KIND
    NULL};

static const struct option_row ROWS[] = {
    {.name = "association",
     .kind = OPTION_CHOICE,
     .unit = "",
     .values = NAMES,
     .applies = "",
     .help = "security association made from the MSK, which confirms the key"
#define KIND(id, name, help) "; " name ": " help
#include "kinds.def"
#undef KIND
    },
};

const struct option_table ASSOCIATION_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

const struct association_kind *association_kind_of(const struct option_values *options) {
  return KINDS[(size_t)option_get(options, &ROWS[0])];
}

const char *association_unsupported(const struct option_values *options) {
  const struct association_kind *kind = association_kind_of(options);
  return kind->unsupported == NULL ? NULL : kind->unsupported(options);
}

size_t association_kind_count(void) {
  return KIND_COUNT;
}

const struct option_table *association_kind_options(size_t kind) {
  return KINDS[kind]->options;
}

size_t association_kind_material(const struct association_kind *kind, size_t part,
                                 const char **name) {
  if (part == ASSOCIATION_MATERIAL_MAX)
    return 0;
  *name = kind->material[part].name;
  return kind->material[part].length;
}

bool association_kind_takes_token(const struct association_kind *kind) {
  return kind->key_takes_token;
}

bool association_kind_is_session(const struct association_kind *kind) {
  return kind->session != NULL;
}

uint16_t association_kind_port(const struct association_kind *kind) {
  return kind->port;
}

enum node_protocol association_kind_carrier(const struct association_kind *kind) {
  return kind->carrier;
}

enum association_suites association_kind_suites(const struct association_kind *kind) {
  return kind->suites;
}

bool association_kind_is_none(const struct association_kind *kind) {
  return kind->messages == NULL && kind->session == NULL;
}

const char *association_kind_label(const struct association_kind *kind) {
  return kind->label;
}

const char *association_kind_secret_name(const struct association_kind *kind) {
  return kind->secret_name;
}

const char *association_kind_refusal(const struct association_kind *kind) {
  return kind->failures[0];
}

bool association_kind_fails(const struct association_kind *kind, const char *reason) {
  for (size_t i = 0; kind->failures[i] != NULL; i++)
    if (strcmp(kind->failures[i], reason) == 0)
      return true;
  return false;
}

size_t association_kind_identity_least(const struct association_kind *kind) {
  return kind->identity_least;
}

/* All of a datagram. */
static struct association_record record_of(const struct node_datagram *datagram) {
  return (struct association_record){.protocol = datagram->protocol,
                                     .source = &datagram->source,
                                     .destination = &datagram->destination,
                                     .data = datagram->data,
                                     .length = datagram->length};
}

bool association_kind_opens(const struct association_kind *kind,
                            const struct node_datagram *datagram) {
  const struct association_record record = record_of(datagram);
  return kind->session != NULL && kind->session->opens != NULL && kind->session->opens(&record);
}

int association_kind_refuse(const struct association_kind *kind, struct node_datagram *datagram) {
  datagram->is_protected = false;
  return kind->session->refuse(datagram);
}

const uint8_t *association_names(struct association *association,
                                 const struct node_datagram *datagram, size_t *identity_length) {
  const struct association_record record = record_of(datagram);
  const struct association_session *session =
      association->kind == NULL ? NULL : association->kind->session;
  return session == NULL || session->names == NULL
             ? NULL
             : session->names(association->state, &record, identity_length);
}

/* Places */

struct node_address association_address(const struct association_kind *kind,
                                        const struct node_address *address) {
  struct node_address place = *address;
  place.port = kind->port != 0 ? kind->port : (uint16_t)(address->port + 1);
  return place;
}

struct node_address association_inside(const struct association_kind *kind,
                                       const struct node_address *address) {
  return kind->carries_udp ? *address : association_address(kind, address);
}

static bool is_carried(const struct association_kind *kind, const struct node_datagram *datagram) {
  return kind->carrier != NODE_UDP && datagram->protocol == kind->carrier;
}

bool association_is_for(const struct association_kind *kind, const struct node_address *local,
                        const struct node_datagram *datagram) {
  return is_carried(kind, datagram) ||
         (datagram->protocol == NODE_UDP &&
          datagram->destination.port == association_address(kind, local).port);
}

bool association_is_from(const struct association_kind *kind, const struct node_address *remote,
                         const struct node_datagram *datagram) {
  const struct node_address place = association_address(kind, remote);
  return is_carried(kind, datagram)
             ? memcmp(datagram->source.ip, remote->ip, sizeof remote->ip) == 0
             : datagram->protocol == NODE_UDP && node_address_equal(&datagram->source, &place);
}

struct node_address association_origin(const struct association_kind *kind,
                                       const struct node_address *local,
                                       const struct node_datagram *datagram) {
  struct node_address origin = datagram->source;
  origin.port = kind->port != 0 ? local->port : (uint16_t)(origin.port - 1);
  return origin;
}

size_t association_known(uint16_t known[ASSOCIATION_KNOWN_MAX]) {
  size_t count = 0;
  for (size_t i = 0; i < KIND_COUNT; i++) {
    if (KINDS[i]->messages == NULL)
      continue;
    assert(count < ASSOCIATION_KNOWN_MAX);
    known[count++] = KINDS[i]->messages->option;
  }
  return count;
}

bool association_is_marked(const struct coap_message *message) {
  uint16_t marks[ASSOCIATION_KNOWN_MAX];
  const size_t count = association_known(marks);
  for (size_t i = 0; i < count; i++)
    if (coap_message_find(message, marks[i]) != NULL)
      return true;
  return false;
}

int association_check(const struct coap_message *message) {
  for (size_t i = 0; i < KIND_COUNT; i++) {
    const struct association_messages *messages = KINDS[i]->messages;
    if (messages != NULL && messages->is_well_formed != NULL &&
        coap_message_find(message, messages->option) != NULL && !messages->is_well_formed(message))
      return NODE_ERR_MALFORMED;
  }
  return NODE_ERR_UNKNOWN;
}

void association_digest_datagram(const struct association_kind *kind,
                                 const struct node_datagram *datagram, struct digest *digest) {
  const struct association_record record = record_of(datagram);
  kind->session->digest_datagram(&record, digest);
}

/* Life */

bool association_kind_is_application_data(const struct association_kind *kind,
                                          const struct node_datagram *datagram) {
  const struct association_record record = record_of(datagram);
  return kind->session != NULL && kind->session->is_application_data(&record);
}

/* Keys by identity are in the place of a key, and of who answers in a session that names one. */
static bool has_fitting_keys(const struct association_config *config) {
  const struct association_session *session = config->kind->session;
  return config->keys == NULL || (session != NULL && session->names != NULL && !config->client &&
                                  config->key_length == 0 && config->identity_length == 0);
}

/* A salt of its own is told behind the key, as it is where it is the key's end. */
static void tell_key(const struct association_config *config, const struct node_hooks *hooks) {
  uint8_t octets[ASSOCIATION_KEY_MAX + ASSOCIATION_SALT_MAX];
  memcpy(octets, config->key, config->key_length);
  if (config->salt_length > 0)
    memcpy(octets + config->key_length, config->salt, config->salt_length);
  node_event_key(hooks, config->phase, &config->remote, config->kind->label,
                 config->kind->secret_name, octets, config->key_length + config->salt_length);
  crypto_wipe(octets, sizeof octets);
}

int association_open(struct association *association, const struct association_config *config,
                     struct coap_session *coap, const struct node_hooks *hooks, uint64_t now_ns) {
  const struct association_kind *kind = config->kind;
  int error = NODE_ERR_EXHAUSTED;
  association_close(association);
  if (!has_fitting_keys(config))
    return NODE_ERR_BAD_CONFIG;
  void *state = kind->open(config, hooks, now_ns, &error);
  if (state == NULL)
    return error;
  *association = (struct association){
      .kind = kind, .hooks = hooks, .phase = config->phase, .coap = coap, .state = state};
  if (kind->session != NULL)
    association->coap = kind->session->coap(state);
  if (config->keys == NULL && !config->key_told)
    tell_key(config, hooks);
  return 0;
}

bool association_can_resume(const struct association *association) {
  const struct association_session *session =
      association_is_ready(association) ? association->kind->session : NULL;
  return session != NULL && session->resume != NULL &&
         (session->can_resume == NULL || session->can_resume(association->state));
}

bool association_has_opened(const struct association *association,
                            const struct node_datagram *datagram) {
  const struct association_record record = record_of(datagram);
  return association->kind != NULL && association->kind->session != NULL &&
         association->kind->session->has_opened(association->state, &record);
}

int association_resume(struct association *association, struct association *from,
                       const struct node_address *remote, uint64_t now_ns) {
  const struct association_session *session = from->kind->session;
  int error = NODE_ERR_EXHAUSTED;
  association_close(association);
  void *state = session->resume(from->state, remote, from->hooks, now_ns, &error);
  if (state == NULL)
    return error;
  *association = (struct association){.kind = from->kind,
                                      .hooks = from->hooks,
                                      .phase = from->phase,
                                      .coap = session->coap(state),
                                      .state = state};
  return 0;
}

void association_set_guard(struct association *association, struct association_guard *guard) {
  struct association_guard *old = association->guard;
  if (!association_is_open(association))
    old = guard;
  else
    association->guard = guard;
  if (old != NULL)
    old->release(old);
}

void association_take_guard(struct association *association, struct association *from) {
  struct association_guard *guard = from->guard;
  from->guard = NULL;
  if (guard != NULL)
    association_set_guard(association, guard);
}

void association_close(struct association *association) {
  if (association->kind != NULL)
    association->kind->close(association->state);
  if (association->guard != NULL)
    association->guard->release(association->guard);
  crypto_wipe(association, sizeof *association);
}

bool association_is_open(const struct association *association) {
  return association->kind != NULL;
}

bool association_has_begun(const struct association *association) {
  return association->kind != NULL && association->kind->session != NULL &&
         association->kind->session->has_begun(association->state);
}

bool association_is_ready(const struct association *association) {
  return association->kind != NULL && (association->kind->session == NULL ||
                                       association->kind->session->established(association->state));
}

bool association_protects_messages(const struct association *association) {
  return association->kind != NULL && association->kind->messages != NULL;
}

bool association_is_numbered(const struct association *association) {
  return association->kind != NULL && association->kind->numbered;
}

const char *association_failure(const struct association *association) {
  return association->kind == NULL || association->kind->session == NULL
             ? NULL
             : association->kind->session->failure(association->state);
}

bool association_is_unknown(const struct association *association) {
  const struct association_session *session =
      association->kind == NULL ? NULL : association->kind->session;
  return session != NULL && session->is_unknown != NULL && session->is_unknown(association->state);
}

const uint8_t *association_identity(const struct association *association, size_t *length) {
  const struct association_session *session =
      association_is_ready(association) ? association->kind->session : NULL;
  return session == NULL || session->identity == NULL
             ? NULL
             : session->identity(association->state, length);
}

struct coap_session *association_coap(const struct association *association) {
  return association->coap;
}

/* As client */

int association_request(struct association *association, struct coap_message *request,
                        const char *label) {
  const struct association_messages *messages = association->kind->messages;
  if (messages == NULL)
    return coap_session_request(association->coap, request, label);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer;
  const int result = messages->protect_request(association->state, association->hooks, request,
                                               buffer, &spans, &outer);
  if (result < 0)
    return result;
  outer.phase = request->phase;
  outer.is_protected = true;
  return coap_session_request(association->coap, &outer, label);
}

/* The payload behind the prefix, in `data` of NODE_DATAGRAM_MAX octets. */
static int put_behind(const struct association_prefix *prefix, struct coap_message *outer,
                      uint8_t *data, struct span_list *spans) {
  spans->count = 0;
  if (outer->payload_length > NODE_DATAGRAM_MAX - prefix->length)
    return NODE_ERR_TOO_LONG;
  memcpy(data, prefix->octets, prefix->length);
  memcpy(data + prefix->length, outer->payload, outer->payload_length);
  if (!span_list_add(spans, prefix->row, prefix->length) ||
      !span_list_append(spans, outer->payload_spans))
    return NODE_ERR_TOO_LONG;
  outer->payload = data;
  outer->payload_length += prefix->length;
  outer->payload_spans = spans;
  return 0;
}

int association_request_behind(struct association *association, struct coap_message *request,
                               const struct association_prefix *prefix, const char *label) {
  const struct association_messages *messages = association->kind->messages;
  uint8_t buffer[NODE_DATAGRAM_MAX], data[NODE_DATAGRAM_MAX];
  struct span_list spans, all;
  struct coap_message outer;
  int result = messages->protect_request(association->state, association->hooks, request, buffer,
                                         &spans, &outer);
  if (result == 0)
    result = put_behind(prefix, &outer, data, &all);
  if (result < 0)
    return result;
  coap_message_add_option(&outer, prefix->option.number, prefix->option.row, prefix->option.value,
                          prefix->option.length);
  outer.phase = request->phase;
  outer.is_protected = true;
  return coap_session_request(association->coap, &outer, label);
}

int association_verify_response(struct association *association, const struct coap_message *message,
                                uint8_t *buffer, struct coap_message *plain) {
  const struct association_messages *messages = association->kind->messages;
  if (messages != NULL)
    return messages->verify_response(association->state, association->hooks, message, buffer,
                                     plain);
  *plain = *message;
  return 0;
}

/* As server */

int association_verify_request(struct association *association, const struct coap_message *message,
                               struct association_request *request) {
  const struct association_messages *messages = association->kind->messages;
  request->association = association;
  request->outer = message;
  if (messages != NULL)
    return messages->verify_request(association->state, association->hooks, message, request);
  request->plain = *message;
  return 0;
}

bool association_permits(const struct association_request *request) {
  const struct association_guard *guard = request->association->guard;
  return guard == NULL || guard->permits(guard, &request->plain);
}

uint8_t association_refusal(int error) {
  switch (error) {
  case NODE_ERR_MALFORMED:
    return COAP_CODE_BAD_OPTION;
  case NODE_ERR_UNKNOWN:
    return COAP_CODE_UNAUTHORIZED;
  case NODE_ERR_VERIFY:
    return COAP_CODE_BAD_REQUEST;
  default:
    return COAP_CODE_EMPTY;
  }
}

const char *association_refuse(struct coap_session *coap, const struct coap_message *message,
                               int error) {
  const uint8_t code = association_refusal(error);
  if (code != COAP_CODE_EMPTY && coap_refusal_is_sent(message, code) &&
      coap_session_reject(coap, message, code, coap_refusal_label(code)) == 0)
    return NULL;
  return error == NODE_ERR_REPLAY ? "protected request: replayed"
                                  : "protected request: cannot be verified";
}

int association_respond(const struct association_request *request, struct coap_message *response,
                        const char *label, uint64_t now_ns) {
  const struct association *association = request->association;
  const struct association_messages *messages = association->kind->messages;
  if (messages == NULL)
    return coap_session_respond(association->coap, request->outer, response, label, now_ns);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer;
  const int result = messages->protect_response(association->state, association->hooks, request,
                                                response, buffer, &spans, &outer);
  if (result < 0)
    return result;
  outer.phase = response->phase;
  outer.is_protected = true;
  return coap_session_respond(association->coap, request->outer, &outer, label, now_ns);
}
