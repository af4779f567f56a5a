/* OSCORE (RFC 8613): a security context protects messages of the message layer that is there. */
#include "kind.h"

#include "../crypto/crypto.h"
#include "../oscore/oscore.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
  SECRET_LENGTH = 32,
  OSCORE_SALT_LENGTH = 8,
  CONTEXT_TOLD_MAX = 6 + 1 + 2 * OSCORE_ID_MAX + ASSOCIATION_KEY_MAX + ASSOCIATION_SALT_MAX +
                     OSCORE_ID_CONTEXT_MAX,
};

struct oscore_state {
  struct oscore_context context;
  struct oscore_binding binding; /* of the outstanding request */
};

static_assert(sizeof(struct oscore_binding) <= ASSOCIATION_BINDING_MAX, "a binding fits");
static_assert(OSCORE_ID_CONTEXT_MAX <= UINT8_MAX, "its length is an octet");
static_assert((int)ASSOCIATION_ID_MAX == (int)OSCORE_ID_MAX, "IDs are of one length");

/* Options */

static const char *const ID_CONTEXTS[] = {"identity", "none", NULL};
static const char *const SUITES[] = {"0", "1", "2", "3", NULL}; /* numbers; 4 is not built */

enum { OPTION_ID_CONTEXT, OPTION_SUITE };

static const struct option_row ROWS[] = {
    [OPTION_ID_CONTEXT] = {.name = "oscore_id_context",
                           .kind = OPTION_CHOICE,
                           .unit = "",
                           .values = ID_CONTEXTS,
                           .applies = "lower_layer!=edhoc & lower_layer!=coap-eap-rfc9820",
                           .help = "ID Context of the OSCORE security context; never sent"},
    [OPTION_SUITE] =
        {.name = "oscore_suite",
         .kind = OPTION_CHOICE,
         .unit = "",
         .values = SUITES,
         .applies = "lower_layer!=edhoc & lower_layer!=coap-eap-rfc9820",
         .help =
             "cipher suite that the peer takes for granted, and the authenticator where the AAA "
             "server names none, since nothing agrees on one: numbers of the registry CoAP-EAP "
             "Cipher Suites, as in cipher_suites_offered"},
};

static const struct option_table OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static const struct oscore_suite *oscore_suite_of(const struct association_config *config) {
  return config->suite != NULL
             ? config->suite
             : oscore_suite_find((int32_t)option_get(config->options, &ROWS[OPTION_SUITE]));
}

/* Life */

static struct oscore_id id_of(const struct association_id *id) {
  struct oscore_id copy = {.length = id->length};
  memcpy(copy.bytes, id->bytes, id->length);
  return copy;
}

static void oscore_close(void *state) {
  crypto_wipe(state, sizeof(struct oscore_state));
  free(state);
}

/* What a capture is decrypted with, each part behind its length (NODE_EVENT_SECRET). */
static void tell_context(const struct association_config *config, const struct node_hooks *hooks,
                         const struct oscore_context *context,
                         const struct oscore_parameters *parameters) {
  const uint8_t suite = (uint8_t)context->suite->number;
  const struct {
    const uint8_t *octets;
    size_t length;
  } parts[] = {
      {&suite, sizeof suite},
      {parameters->sender_id.bytes, parameters->sender_id.length},
      {parameters->recipient_id.bytes, parameters->recipient_id.length},
      {parameters->master_secret, parameters->master_secret_length},
      {parameters->master_salt, parameters->master_salt_length},
      {parameters->id_context, parameters->id_context_length},
  };
  uint8_t told[CONTEXT_TOLD_MAX];
  size_t length = 0;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0] && parts[i].octets != NULL; i++) {
    told[length++] = (uint8_t)parts[i].length;
    memcpy(told + length, parts[i].octets, parts[i].length);
    length += parts[i].length;
  }
  node_event_secret(hooks, config->phase, &config->remote, config->kind->label, "oscore_context",
                    told, length);
  crypto_wipe(told, sizeof told);
}

/* Without a salt of its own, the Master Salt is the end of the key, the Master Secret what is
 * before it: SECRET_LENGTH octets of an MSK, others of a key exchange that says how many. */
static void *oscore_open(const struct association_config *config, const struct node_hooks *hooks,
                         uint64_t now_ns, int *error) {
  (void)now_ns;
  const bool salted = config->salt_length > 0;
  const size_t salt_length = salted ? config->salt_length : OSCORE_SALT_LENGTH;
  const size_t key_end = salted ? 0 : OSCORE_SALT_LENGTH;
  if (config->key_length <= key_end) {
    *error = NODE_ERR_BAD_CONFIG;
    return NULL;
  }
  const bool without = option_is_on(config->options, &ROWS[OPTION_ID_CONTEXT]);
  const size_t secret_length = config->key_length - key_end;
  const struct oscore_parameters parameters = {
      .suite = oscore_suite_of(config),
      .master_secret = config->key,
      .master_secret_length = secret_length,
      .master_salt = salted ? config->salt : config->key + secret_length,
      .master_salt_length = salt_length,
      .sender_id = id_of(&config->local_id),
      .recipient_id = id_of(&config->remote_id),
      .id_context = without ? NULL : config->identity,
      .id_context_length = without ? 0 : config->identity_length,
  };
  struct oscore_state *state = calloc(1, sizeof *state);
  if (state == NULL)
    return NULL;
  *error = oscore_context_derive(&state->context, &parameters, hooks);
  if (*error == 0) {
    tell_context(config, hooks, &state->context, &parameters);
    return state;
  }
  oscore_close(state);
  return NULL;
}

/* Messages */

static int oscore_request(void *state, const struct node_hooks *hooks,
                          const struct coap_message *plain, uint8_t *buffer,
                          struct span_list *spans, struct coap_message *outer) {
  struct oscore_state *oscore = state;
  return oscore_protect_request(&oscore->context, hooks, plain, buffer, NODE_DATAGRAM_MAX, spans,
                                outer, &oscore->binding);
}

static int oscore_verify_response(void *state, const struct node_hooks *hooks,
                                  const struct coap_message *outer, uint8_t *buffer,
                                  struct coap_message *plain) {
  struct oscore_state *oscore = state;
  return oscore_unprotect_response(&oscore->context, hooks, outer, &oscore->binding, buffer,
                                   NODE_DATAGRAM_MAX, plain);
}

static int oscore_verify_request(void *state, const struct node_hooks *hooks,
                                 const struct coap_message *outer,
                                 struct association_request *request) {
  struct oscore_state *oscore = state;
  struct oscore_binding binding = {.piv_length = 0};
  const int result = oscore_unprotect_request(&oscore->context, hooks, outer, request->buffer,
                                              sizeof request->buffer, &request->plain, &binding);
  memcpy(request->binding, &binding, sizeof binding);
  return result;
}

static int oscore_response(void *state, const struct node_hooks *hooks,
                           const struct association_request *request,
                           const struct coap_message *plain, uint8_t *buffer,
                           struct span_list *spans, struct coap_message *outer) {
  struct oscore_state *oscore = state;
  struct oscore_binding binding;
  memcpy(&binding, request->binding, sizeof binding);
  return oscore_protect_response(&oscore->context, hooks, plain, false, &binding, buffer,
                                 NODE_DATAGRAM_MAX, spans, outer);
}

/* State */

static size_t oscore_bytes(const void *state) {
  const struct oscore_state *oscore = state;
  return oscore_context_bytes(&oscore->context);
}

static void oscore_digest(const void *state, struct digest *digest, uint64_t now_ns) {
  const struct oscore_state *oscore = state;
  (void)now_ns;
  oscore_context_digest(&oscore->context, digest);
  digest_octets(digest, oscore->binding.piv, oscore->binding.piv_length);
}

/* RFC 8613 sections 2 and 8.2: a request has a payload, a kid and a Partial IV. */
static bool oscore_is_well_formed(const struct coap_message *outer) {
  const struct coap_option *found = coap_message_find(outer, COAP_NUMBER_OSCORE);
  struct oscore_option option;
  return outer->payload_length > 0 &&
         oscore_option_parse(found->value, found->length, &option) == 0 && option.kid_present &&
         option.piv_length > 0;
}

static const struct association_messages MESSAGES = {
    .option = COAP_NUMBER_OSCORE,
    .is_well_formed = oscore_is_well_formed,
    .protect_request = oscore_request,
    .verify_response = oscore_verify_response,
    .verify_request = oscore_verify_request,
    .protect_response = oscore_response,
};

static const char *const FAILURES[] = {"oscore-rejected", NULL};

const struct association_kind ASSOCIATION_OSCORE = {
    .label = "OSCORE",
    .secret_name = "master_secret_and_salt",
    .options = &OPTIONS,
    .material = {{"OSCORE_MASTER_SECRET", SECRET_LENGTH},
                 {"OSCORE_MASTER_SALT", OSCORE_SALT_LENGTH}},
    .suites = ASSOCIATION_SUITES_OSCORE,
    .numbered = true,
    .failures = FAILURES,
    .messages = &MESSAGES,
    .open = oscore_open,
    .close = oscore_close,
    .bytes = oscore_bytes,
    .bytes_peak = oscore_bytes,
    .digest = oscore_digest,
};
