/* The table of a model's keys. */
#include "model.h"

#include "ace/profile.h"
#include "association/association.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct model BOUNDS = {
    .servers = 1,
    .names_server = true,
    .clients = 1,
    .places = 8,
    .trigger = true,
    .authentications = 1,
    .pause_s = 1,
    .first_message_id = -1,
    .peer_shift = -1,
    .acts = {[MODEL_LOSE] = true, [MODEL_DOUBLE] = true, [MODEL_DELAY] = true},
    .budget = 2,
    .past = 2,
    .latency_s = 100,
    .silent_step_1 = true,
    .depth_max = 400,
    .states_max = 100000000,
};

const struct model *model_default(void) {
  static struct model model;
  if (model.states_max == 0) {
    model = BOUNDS;
    lower_options_init(&model.options);
    /* No jitter, so that the same history has the same deadlines. */
    option_set(&model.options, lower_option("ack_random_factor"), 1);
  }
  return &model;
}

static const char *const SWITCH[] = {"off", "on", NULL};

struct model_key {
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

FIELD(pull, pull, enum model_pull)
FIELD(aps, aps, enum model_aps)
FIELD(servers, servers, unsigned)
FIELD(names_server, names_server, bool)
FIELD(key_lifetime_s, key_lifetime_s, uint32_t)
FIELD(ace, ace, enum model_ace)
FIELD(joins, joins, enum model_joins)
FIELD(allows, allows, enum model_allows)
FIELD(clients, clients, unsigned)
FIELD(nat, nat, bool)
FIELD(places, places, unsigned)
FIELD(token_lifetime_s, token_lifetime_s, uint32_t)
FIELD(tells_lifetime, tells_lifetime, bool)
FIELD(join_lifetime_s, join_lifetime_s, uint32_t)
FIELD(trigger, trigger, bool)
FIELD(wrong_key, wrong_key, bool)
FIELD(authentications, authentications, unsigned)
FIELD(pause_s, pause_s, uint32_t)
FIELD(erp, erp, enum model_erp)
FIELD(renew, renew, bool)
FIELD(random, random, enum model_random)
FIELD(first_message_id, first_message_id, int)
FIELD(shift, shift, unsigned)
FIELD(peer_shift, peer_shift, int)
FIELD(asked_repeats, asked_repeats, bool)
FIELD(lose, acts[MODEL_LOSE], bool)
FIELD(double, acts[MODEL_DOUBLE], bool)
FIELD(delay, acts[MODEL_DELAY], bool)
FIELD(rubbish, acts[MODEL_RUBBISH], bool)
FIELD(alter, acts[MODEL_ALTER], bool)
FIELD(inject, acts[MODEL_INJECT], bool)
FIELD(restart_peer, acts[MODEL_RESTART_PEER], bool)
FIELD(restart_authenticator, acts[MODEL_RESTART_AUTHENTICATOR], bool)
FIELD(mute, acts[MODEL_MUTE], bool)
FIELD(join, acts[MODEL_JOIN], bool)
FIELD(move, acts[MODEL_MOVE], bool)
FIELD(acts, budget, unsigned)
FIELD(past, past, unsigned)
FIELD(latency_s, latency_s, uint32_t)
FIELD(exact_lifetimes, exact_lifetimes, bool)
FIELD(silent_step_1, silent_step_1, bool)
FIELD(depth_max, depth_max, unsigned)

#undef FIELD

static const char *const RANDOMS[] = {"fresh", "numbers", "repeated", NULL};

static const char *const ERPS[] = {"off", "peer", "authenticator", NULL};

static const char *const PULLS[] = {"off", "erp", "psk-identity", "ikev2-idi", NULL};

static const char *const APS[] = {"honest", "liar", "impostor", "stranger", NULL};

static const char *const ACES[] = {"off", "authz-info", "handshake", NULL};

static const char *const JOINS[] = {"first", "again", "late", NULL};

static const char *const ALLOWS[] = {"all", "first", NULL};

#define NUMBER(name, least, most, meaning)                                                         \
  { #name, meaning, NULL, least, most, get_##name, set_##name }
#define CHOICE(name, names, meaning)                                                               \
  { #name, meaning, names, 0, 0, get_##name, set_##name }

static const struct model_key KEYS[] = {
    CHOICE(pull, PULLS,
           "a UE (the peer) that is authenticated asks an application server (the authenticator, "
           "with its AS), which comes by their key so; off: no application, a lower layer"),
    CHOICE(aps, APS,
           "with a pull: who answers for aps1: itself; one that the AS knows as aps2; one that "
           "calls itself aps1, from another client's address; one that the AS does not know"),
    NUMBER(servers, 1, MODEL_SERVERS_MAX, "with a pull: application servers, asked at once"),
    CHOICE(names_server, SWITCH, "with a pull: by ERP the UE names the server to the AS"),
    NUMBER(key_lifetime_s, 0, 10000, "with a pull: of keys; 0: they do not end"),
    CHOICE(ace, ACES,
           "clients (the peer) that have joined ask a resource server (the authenticator, with the "
           "authorization server) by a token that they bring so, of the association's profile; the "
           "lower layer has OSCORE"),
    CHOICE(joins, JOINS,
           "with ACE: the resource server joins before all requests; before each; before each but "
           "the first"),
    CHOICE(allows, ALLOWS, "with ACE: the clients that may ask"),
    NUMBER(clients, 1, MODEL_CLIENTS_MAX, "with ACE: they ask at once"),
    CHOICE(nat, SWITCH, "with ACE: clients have one IP address, as others see them"),
    NUMBER(places, 1, 8, "with ACE: for clients, at the resource server"),
    NUMBER(token_lifetime_s, 0, 10000, "with ACE: of tokens; 0: an hour"),
    CHOICE(tells_lifetime, SWITCH, "with ACE: clients are told of it"),
    NUMBER(join_lifetime_s, 0, 10000,
           "with ACE: of those who have joined; clients join again before each request then; 0: "
           "it does not end"),
    CHOICE(trigger, SWITCH, "the peer begins (step 0); else the authenticator"),
    CHOICE(
        wrong_key, SWITCH,
        "the peer has the wrong pre-shared key: EAP-Failure; with a pull: the AS does not know it"),
    NUMBER(authentications, 1, 10,
           "one after another; with a pull: requests to each server; with ACE: of each client"),
    NUMBER(pause_s, 0, 1000, "between them"),
    CHOICE(
        erp, ERPS,
        "authentications after the first are by ERP, if it can be, which this end begins; off: by "
        "EAP"),
    CHOICE(renew, SWITCH, "the authenticator restarts between them"),
    CHOICE(random, RANDOMS,
           "what a second authentication or a restart draws, of who sends the requests: fresh; the "
           "same Message IDs, token and SeqNum again; or the same EAP Identifier, too"),
    NUMBER(first_message_id, -1, 65535, "of who sends the requests; -1: random"),
    NUMBER(shift, 0, 9,
           "if repeated: the first Message ID after a restart is the first one of before and so "
           "many"),
    NUMBER(peer_shift, -1, 35,
           "a restarted peer's first draw (the name of its first resource by RFC 9820, else its "
           "Message ID) is the first one of before and so many; -1: random"),
    CHOICE(asked_repeats, SWITCH,
           "who answers the requests draws after a restart all that it drew before"),
    CHOICE(lose, SWITCH, "the network may lose a datagram"),
    CHOICE(double, SWITCH, "... double it, the second copy arriving at any later time"),
    CHOICE(delay, SWITCH, "... delay it"),
    CHOICE(rubbish, SWITCH, "... let a damaged copy arrive before it"),
    CHOICE(alter, SWITCH,
           "... and one whose CoAP-EAP_Info is another; with ACE: whose last octet is"),
    CHOICE(inject, SWITCH, "... let a datagram of an earlier authentication arrive again"),
    CHOICE(restart_peer, SWITCH, "the peer may lose its memory, once"),
    CHOICE(restart_authenticator, SWITCH, "the authenticator may lose its memory, once"),
    CHOICE(mute, SWITCH, "with a pull: an answer of the AS may be lost"),
    CHOICE(join, SWITCH, "with ACE: the resource server may join once more"),
    CHOICE(move, SWITCH,
           "with ACE: a copy of what a client sends may arrive from another endpoint: another "
           "client's, where there are two"),
    NUMBER(acts, 0, 9, "so many of these in one run, at most"),
    NUMBER(past, 0, 9, "a delayed datagram lets so many later ones pass, at most"),
    NUMBER(latency_s, 1, 10000, "a delayed datagram arrives in this time (RFC 7252: 100)"),
    CHOICE(exact_lifetimes, SWITCH, "tell states apart by how long what is remembered will be"),
    CHOICE(silent_step_1, SWITCH, "a step 1 that came before must have no answer, either"),
    NUMBER(depth_max, 1, 2000, "choices in one run, at most"),
};

enum { KEY_COUNT = sizeof KEYS / sizeof KEYS[0], WORD_MAX = 256 };

/* A key of the model's own, or an option. */
struct word {
  const struct model_key *key;
  const struct option_row *option; /* or NULL */
};

static size_t word_count(void) {
  size_t options;
  (void)lower_options(&options);
  return options + KEY_COUNT;
}

/* Options come first. */
static struct word word_at(size_t index) {
  size_t options;
  const struct option_row *const *rows = lower_options(&options);
  if (index < options)
    return (struct word){.option = rows[index]};
  return (struct word){.key = &KEYS[index - options]};
}

static const char *word_name(const struct word *word) {
  return word->option != NULL ? word->option->name : word->key->name;
}

static double word_get(const struct word *word, const struct model *model) {
  return word->option != NULL ? option_get(&model->options, word->option)
                              : (double)word->key->get(model);
}

static const char *const *word_texts(const struct word *word) {
  if (word->option == NULL)
    return word->key->names;
  const bool number = word->option->kind == OPTION_INTEGER || word->option->kind == OPTION_NUMBER;
  return number ? NULL : option_texts(word->option);
}

/* The values, as "a|b" or "least..most". */
static void format_range(const struct word *word, char *text, size_t capacity) {
  const char *const *texts = word_texts(word);
  if (texts == NULL) {
    const double least = word->option != NULL ? word->option->least : (double)word->key->least;
    const double most = word->option != NULL ? word->option->most : (double)word->key->most;
    snprintf(text, capacity, "%.10g..%.10g", least, most);
    return;
  }
  text[0] = '\0';
  for (size_t i = 0; texts[i] != NULL; i++) {
    const size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s%s", i == 0 ? "" : "|", texts[i]);
  }
}

static void format_value(const struct word *word, double value, char *text, size_t capacity) {
  const char *const *texts = word_texts(word);
  if (texts == NULL)
    snprintf(text, capacity, "%.10g", value);
  else
    snprintf(text, capacity, "%s", texts[(size_t)value]);
}

static bool parse_value(const struct model_key *key, const char *text, long *value) {
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

static bool word_set(const struct word *word, struct model *model, const char *text) {
  long value;
  double parsed;
  if (word->option != NULL) {
    if (!option_parse(word->option, text, &parsed))
      return false;
    option_set(&model->options, word->option, parsed);
    return true;
  }
  if (!parse_value(word->key, text, &value))
    return false;
  word->key->set(model, value);
  return true;
}

bool model_set(struct model *model, const char *text, char *error, size_t capacity) {
  const char *equals = strchr(text, '=');
  const size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
  for (size_t i = 0; i < word_count(); i++) {
    const struct word word = word_at(i);
    if (strlen(word_name(&word)) != length || memcmp(word_name(&word), text, length) != 0)
      continue;
    if (equals != NULL && word_set(&word, model, equals + 1))
      return true;
    char range[WORD_MAX];
    format_range(&word, range, sizeof range);
    snprintf(error, capacity, "%s takes %s", word_name(&word), range);
    return false;
  }
  snprintf(error, capacity, "there is no key \"%.*s\"", (int)length, text);
  return false;
}

static const char *erp_unsupported(const struct model *model) {
  const struct lower_layer *lower = lower_of(&model->options);
  if (model->erp == MODEL_ERP_OFF)
    return NULL;
  if (lower->reauthenticates == NULL)
    return "erp: this lower layer does not re-authenticate by it";
  if (model->erp == MODEL_ERP_PEER && !model->trigger)
    return "erp: it is the trigger by which the peer begins";
  return lower->reauthenticates(&model->options, model->erp == MODEL_ERP_PEER);
}

enum bootstrap_pull model_pull(const struct model *model) {
  static const enum bootstrap_pull pulls[] = {
      [MODEL_PULL_OFF] = BOOTSTRAP_PULL_CONFIGURED,
      [MODEL_PULL_ERP] = BOOTSTRAP_PULL_ERP,
      [MODEL_PULL_PSK_IDENTITY] = BOOTSTRAP_PULL_PSK_IDENTITY,
      [MODEL_PULL_IKEV2_IDI] = BOOTSTRAP_PULL_IKEV2_IDI,
  };
  return pulls[model->pull];
}

enum bootstrap_channel model_channel(const struct model *model) {
  enum bootstrap_channel channel = BOOTSTRAP_CHANNEL_DTLS;
  (void)!bootstrap_channel_of(association_kind_of(&model->options), &channel);
  return channel;
}

static const char *pull_unsupported(const struct model *model) {
  enum bootstrap_channel channel;
  if (!bootstrap_channel_of(association_kind_of(&model->options), &channel))
    return "pull: the channel to an application server is a session: association: dtls, ikev2";
  if (!bootstrap_pull_goes_with(model_pull(model), channel))
    return "pull: psk-identity goes with association=dtls, ikev2-idi with ikev2";
  if (model->aps != MODEL_APS_HONEST && model->servers > 1)
    return "servers: one of them is aps2, so aps1 is itself";
  if (model->erp != MODEL_ERP_OFF)
    return "erp: with a pull it is the pull's";
  return association_unsupported(&model->options);
}

static const char *ace_unsupported(const struct model *model) {
  const struct association_kind *kind = association_kind_of(&model->options);
  const bool is_dtls = kind == ace_profile_kind(ACE_PROFILE_DTLS);
  if (!is_dtls && kind != ace_profile_kind(ACE_PROFILE_OSCORE))
    return "ace: its profiles are association=oscore, dtls";
  if (model->ace == MODEL_ACE_HANDSHAKE && !is_dtls)
    return "ace: the token goes into a handshake with association=dtls";
  if (model->pull != MODEL_PULL_OFF || model->erp != MODEL_ERP_OFF)
    return "ace: a pull or ERP is of another cast";
  if (lower_of(&model->options)->peer_call == NULL)
    return "ace: this lower layer makes no calls";
  return association_unsupported(&model->options);
}

const char *model_unsupported(const struct model *model) {
  if (model->ace != MODEL_ACE_OFF)
    return ace_unsupported(model);
  if (model->pull != MODEL_PULL_OFF)
    return pull_unsupported(model);
  const char *unsupported = erp_unsupported(model);
  if (unsupported != NULL)
    return unsupported;
  if (!model->trigger && lower_conduct_of(&model->options).only_peer_begins)
    return "trigger: with this lower layer it is the peer who begins";
  if (model->acts[MODEL_RUBBISH] && lower_of(&model->options)->without_eap)
    return "rubbish: a message of EDHOC that does not verify ends its session, whoever sent it "
           "(RFC 9528 section 6)";
  return lower_of(&model->options)->unsupported(&model->options);
}

void model_format(const struct model *model, const struct model *base, char *text,
                  size_t capacity) {
  text[0] = '\0';
  for (size_t i = 0; i < word_count(); i++) {
    const struct word word = word_at(i);
    const double value = word_get(&word, model);
    if (base != NULL && fabs(value - word_get(&word, base)) < 1e-9)
      continue;
    char value_text[32];
    format_value(&word, value, value_text, sizeof value_text);
    const size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s%s=%s", length == 0 ? "" : " ", word_name(&word),
             value_text);
  }
}

void model_describe(FILE *out) {
  for (size_t i = 0; i < word_count(); i++) {
    const struct word word = word_at(i);
    char range[WORD_MAX], value[32];
    format_range(&word, range, sizeof range);
    format_value(&word, word_get(&word, model_default()), value, sizeof value);
    fprintf(out, "  %s=%s\n      %s (default %s)\n", word_name(&word), range,
            word.option != NULL ? word.option->help : word.key->meaning, value);
  }
}
