/* The table of a model's keys. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct model MODEL_DEFAULT = {
    .options =
        {
            /* No jitter, so that the same history has the same deadlines. */
            .coap = {.ack_timeout_ms = 2000, .ack_random_factor_x100 = 100, .max_retransmit = 4},
            .ordering = {.policy = COAP_EAP_ORDERING_SEQNUM,
                         .seqnum_number = 61,
                         .seqnum_bytes = 2},
            .token_bytes = 1,
            .location_number = COAP_NUMBER_URI_PATH,
            .id_context_is_identity = true,
            .association = COAP_EAP_ASSOCIATION_OSCORE,
            .dtls = {.cookie = true,
                     .timeout_ms = DTLS_TIMEOUT_MS_DEFAULT,
                     .timeout_max_ms = DTLS_TIMEOUT_MAX_MS_DEFAULT,
                     .mtu = DTLS_MTU_DEFAULT},
            .application_bytes = 16,
        },
    .trigger = true,
    .authentications = 1,
    .pause_s = 1,
    .first_message_id = -1,
    .acts = {[MODEL_LOSE] = true, [MODEL_DOUBLE] = true, [MODEL_DELAY] = true},
    .budget = 2,
    .past = 2,
    .latency_s = 100,
    .silent_step_1 = true,
    .depth_max = 400,
    .states_max = 100000000,
};

static const char *const SWITCH[] = {"off", "on", NULL};

struct key {
  const char *name, *meaning;
  const char *const *names; /* of a choice, by value; NULL: a number */
  long least, most;
  long (*get)(const struct model *model);
  void (*set)(struct model *model, long value);
};

#define FIELD(name, field, type)                                                                   \
  static long get_##name(const struct model *model) {                                              \
    return (long)model->field;                                                                     \
  }                                                                                                \
  static void set_##name(struct model *model, long value) {                                        \
    model->field = (type)value;                                                                    \
  }

FIELD(ordering, options.ordering.policy, enum coap_eap_ordering_policy)
FIELD(seqnum_bytes, options.ordering.seqnum_bytes, size_t)
FIELD(token_bytes, options.token_bytes, size_t)
FIELD(association, options.association, enum coap_eap_association_kind)
FIELD(dtls_cookie, options.dtls.cookie, bool)
FIELD(separate_response, options.separate_response, bool)
FIELD(trigger, trigger, bool)
FIELD(wrong_key, wrong_key, bool)
FIELD(authentications, authentications, unsigned)
FIELD(pause_s, pause_s, uint32_t)
FIELD(renew, renew, bool)
FIELD(random, random, enum model_random)
FIELD(first_message_id, first_message_id, int)
FIELD(shift, shift, unsigned)
FIELD(lose, acts[MODEL_LOSE], bool)
FIELD(double, acts[MODEL_DOUBLE], bool)
FIELD(delay, acts[MODEL_DELAY], bool)
FIELD(rubbish, acts[MODEL_RUBBISH], bool)
FIELD(inject, acts[MODEL_INJECT], bool)
FIELD(restart_peer, acts[MODEL_RESTART_PEER], bool)
FIELD(restart_authenticator, acts[MODEL_RESTART_AUTHENTICATOR], bool)
FIELD(acts, budget, unsigned)
FIELD(past, past, unsigned)
FIELD(latency_s, latency_s, uint32_t)
FIELD(exact_lifetimes, exact_lifetimes, bool)
FIELD(silent_step_1, silent_step_1, bool)
FIELD(depth_max, depth_max, unsigned)

#undef FIELD

static const char *const ORDERINGS[] = {"seqnum", "seqnum-requests", "mid-random", "mid-monotonic",
                                        NULL};
static const char *const ASSOCIATIONS[] = {"oscore", "dtls", NULL};
static const char *const RANDOMS[] = {"fresh", "numbers", "repeated", NULL};

#define NUMBER(name, least, most, meaning)                                                         \
  { #name, meaning, NULL, least, most, get_##name, set_##name }
#define CHOICE(name, names, meaning)                                                               \
  { #name, meaning, names, 0, 0, get_##name, set_##name }

static const struct key KEYS[] = {
    CHOICE(ordering, ORDERINGS, "how requests are numbered"),
    NUMBER(seqnum_bytes, 1, 16, "length of the SeqNum"),
    NUMBER(token_bytes, 0, 8, "length of the authentication's token"),
    CHOICE(association, ASSOCIATIONS, "what protects steps 7 and 8"),
    CHOICE(dtls_cookie, SWITCH, "the DTLS server asks for a cookie"),
    CHOICE(separate_response, SWITCH, "the peer answers late, after an empty ACK"),
    CHOICE(trigger, SWITCH, "the peer begins (step 0); else the authenticator"),
    CHOICE(wrong_key, SWITCH, "the peer has the wrong pre-shared key: EAP-Failure"),
    NUMBER(authentications, 1, 2, "one after another"),
    NUMBER(pause_s, 0, 1000, "between them"),
    CHOICE(renew, SWITCH, "the authenticator restarts between them"),
    CHOICE(random, RANDOMS,
           "what a second authentication or a restarted authenticator draws: fresh; the same "
           "Message IDs, token and SeqNum again; or the same EAP Identifier, too"),
    NUMBER(first_message_id, -1, 65535, "of the authenticator; -1: random"),
    NUMBER(shift, 0, 9,
           "if repeated: a restarted authenticator's first Message ID is the first one of "
           "before and so many"),
    CHOICE(lose, SWITCH, "the network may lose a datagram"),
    CHOICE(double, SWITCH, "... double it, the second copy arriving at any later time"),
    CHOICE(delay, SWITCH, "... delay it"),
    CHOICE(rubbish, SWITCH, "... let a damaged copy arrive before it"),
    CHOICE(inject, SWITCH, "... let a datagram of an earlier authentication arrive again"),
    CHOICE(restart_peer, SWITCH, "the peer may lose its memory, once"),
    CHOICE(restart_authenticator, SWITCH, "the authenticator may lose its memory, once"),
    NUMBER(acts, 0, 9, "so many of these in one run, at most"),
    NUMBER(past, 0, 9, "a delayed datagram lets so many later ones pass, at most"),
    NUMBER(latency_s, 1, 10000, "a delayed datagram arrives in this time (RFC 7252: 100)"),
    CHOICE(exact_lifetimes, SWITCH, "tell states apart by how long what is remembered will be"),
    CHOICE(silent_step_1, SWITCH, "a step 1 that came before must have no answer, either"),
    NUMBER(depth_max, 1, 2000, "choices in one run, at most"),
};

enum { KEY_COUNT = sizeof KEYS / sizeof KEYS[0] };

/* The values of a key, as "a|b" or "least..most". */
static void format_range(const struct key *key, char *text, size_t capacity) {
  if (key->names == NULL) {
    snprintf(text, capacity, "%ld..%ld", key->least, key->most);
    return;
  }
  text[0] = '\0';
  for (size_t i = 0; key->names[i] != NULL; i++) {
    const size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s%s", i == 0 ? "" : "|", key->names[i]);
  }
}

static void format_value(const struct key *key, long value, char *text, size_t capacity) {
  if (key->names == NULL)
    snprintf(text, capacity, "%ld", value);
  else
    snprintf(text, capacity, "%s", key->names[value]);
}

static bool parse_value(const struct key *key, const char *text, long *value) {
  if (key->names != NULL) {
    for (*value = 0; key->names[*value] != NULL; ++*value)
      if (strcmp(key->names[*value], text) == 0)
        return true;
    return false;
  }
  char *end;
  *value = strtol(text, &end, 10);
  return end != text && *end == '\0' && *value >= key->least && *value <= key->most;
}

bool model_set(struct model *model, const char *word, char *error, size_t capacity) {
  const char *equals = strchr(word, '=');
  const size_t length = equals == NULL ? strlen(word) : (size_t)(equals - word);
  for (size_t i = 0; i < KEY_COUNT; i++) {
    if (strlen(KEYS[i].name) != length || memcmp(KEYS[i].name, word, length) != 0)
      continue;
    long value;
    if (equals != NULL && parse_value(&KEYS[i], equals + 1, &value)) {
      KEYS[i].set(model, value);
      return true;
    }
    char range[128];
    format_range(&KEYS[i], range, sizeof range);
    snprintf(error, capacity, "%s takes %s", KEYS[i].name, range);
    return false;
  }
  snprintf(error, capacity, "there is no key \"%.*s\"", (int)length, word);
  return false;
}

void model_format(const struct model *model, const struct model *base, char *text,
                  size_t capacity) {
  text[0] = '\0';
  for (size_t i = 0; i < KEY_COUNT; i++) {
    const long value = KEYS[i].get(model);
    if (base != NULL && value == KEYS[i].get(base))
      continue;
    char value_text[32];
    format_value(&KEYS[i], value, value_text, sizeof value_text);
    const size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s%s=%s", length == 0 ? "" : " ", KEYS[i].name,
             value_text);
  }
}

void model_describe(char *text, size_t capacity) {
  text[0] = '\0';
  for (size_t i = 0; i < KEY_COUNT; i++) {
    char range[128], value[32], key[192];
    format_range(&KEYS[i], range, sizeof range);
    format_value(&KEYS[i], KEYS[i].get(&MODEL_DEFAULT), value, sizeof value);
    snprintf(key, sizeof key, "%s=%s", KEYS[i].name, range);
    const size_t length = strlen(text);
    snprintf(text + length, capacity - length, "  %s\n      %s (default %s)\n", key,
             KEYS[i].meaning, value);
  }
}
