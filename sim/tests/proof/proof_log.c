/* Reads the lines of --log. */
#define _GNU_SOURCE
#include "proof_log.h"

#include "proof_ikev2.h"
#include "proof_pdml.h"

#include <stdlib.h>
#include <string.h>

static const char *log_text(const json_t *line, const char *key) {
  const char *text = json_string_value(json_object_get(line, key));
  return text == NULL ? "" : text;
}

const char *proof_phase_name(enum proof_phase phase) {
  static const char *const names[PROOF_PHASES] = {[PROOF_AUTHENTICATION] = "authentication",
                                                  [PROOF_APPLICATION] = "application",
                                                  [PROOF_TERMINATION] = "termination",
                                                  [PROOF_COMMISSIONING] = "commissioning",
                                                  [PROOF_APPLICATION_AUTHENTICATION] =
                                                      "application-authentication",
                                                  [PROOF_PULL] = "pull",
                                                  [PROOF_SECURE] = "secure",
                                                  [PROOF_AUTHORIZATION] = "authorization",
                                                  [PROOF_TOKEN_TRANSFER] = "token-transfer"};
  return names[phase];
}

/* One that is not known is the first: then no phase of a result has its messages. */
static enum proof_phase phase_of(const char *name) {
  for (enum proof_phase phase = PROOF_APPLICATION; phase < PROOF_PHASES; phase++)
    if (strcmp(proof_phase_name(phase), name) == 0)
      return phase;
  return PROOF_AUTHENTICATION;
}

#define PEER "peer-"
#define RESOURCE_SERVER "resource-server-"
#define PHONE "phone-"

static bool is_server(const char *name) {
  return strncmp(name, "aps-", 4) == 0;
}

static bool is_resource_server(const char *name) {
  return strncmp(name, RESOURCE_SERVER, strlen(RESOURCE_SERVER)) == 0;
}

/* Who has a wire, and no radio. */
static bool is_wired(const struct proof_log *log, const char *name) {
  static const char *const names[] = {"aaa", "aa", "as", "manufacturer"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return strncmp(name, "proxy-", strlen("proxy-")) == 0 ||
         strncmp(name, "provider-", strlen("provider-")) == 0 ||
         (log->servers_wired && is_server(name)) ||
         (log->phones_wired && strncmp(name, PHONE, strlen(PHONE)) == 0);
}

/* Where wires end, or who has both. */
static bool is_behind(const struct proof_log *log, const char *name) {
  return strcmp(name, "authenticator") == 0 || is_wired(log, name);
}

static bool takes_wires_alone(const struct proof_log *log, const json_t *line) {
  return is_behind(log, log_text(line, "from")) && is_behind(log, log_text(line, "to"));
}

/* A message by radio, or of a peer. */
static bool is_message(const struct proof_log *log, const json_t *line) {
  return strcmp(log_text(line, "what"), "message") == 0 &&
         (!takes_wires_alone(log, line) || proof_is_peer(log_text(line, "from")) ||
          proof_is_peer(log_text(line, "to")));
}

static bool spec_is(const json_t *spec, const char *key, const char *value) {
  const char *is = json_string_value(json_object_get(spec, key));
  return is != NULL && strcmp(is, value) == 0;
}

/* A name's number; 0: it has none. */
static unsigned long number_of(const char *name) {
  const char *dash = strrchr(name, '-');
  return dash == NULL ? 0 : strtoul(dash + 1, NULL, 10);
}

/* Peers that relay, and those that are nearer to the authenticator, have lower numbers; of
 * topology: five, by how far they are said to be. */
static unsigned long rank_of(const json_t *spec, const char *name) {
  const char *key = strncmp(name, PEER, strlen(PEER)) == 0 ? "hops" : "server_hops";
  return spec_is(spec, "topology", "five")
             ? (unsigned long)json_integer_value(json_object_get(spec, key))
             : number_of(name);
}

static void read_lines(struct proof_log *log, FILE *file) {
  char *line = NULL;
  size_t capacity = 0;
  log->lines = json_array();
  while (getline(&line, &capacity, file) > 0)
    json_array_append_new(log->lines, json_loads(line, 0, NULL));
  free(line);
}

bool proof_log_read(struct proof_log *log, const char *path, const json_t *spec,
                    struct proof_report *report) {
  *log = (struct proof_log){.servers_wired = spec_is(spec, "aps_at", "behind"),
                            .phones_wired = spec_is(spec, "topology", "five") &&
                                            spec_is(spec, "phone_at", "behind")};
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    proof_differ(report, "%s: no log", path);
    return false;
  }
  read_lines(log, file);
  fclose(file);
  log->sent = calloc(json_array_size(log->lines) + 1, sizeof *log->sent);
  struct proof_ikev2 *keys = proof_ikev2_begin(log->lines);
  size_t i;
  const json_t *line;
  json_array_foreach(log->lines, i, line) {
    if (!is_message(log, line))
      continue;
    struct proof_sent *sent = &log->sent[log->count++];
    *sent = (struct proof_sent){
        .time_ns = (uint64_t)(json_number_value(json_object_get(line, "t_ms")) * 1e6 + 0.5),
        .from = log_text(line, "from"),
        .to = log_text(line, "to"),
        .label = log_text(line, "label"),
        .copy = json_integer_value(json_object_get(line, "copy")) > 0,
        .wired = takes_wires_alone(log, line),
        .from_rank = rank_of(spec, log_text(line, "from")),
        .to_rank = rank_of(spec, log_text(line, "to")),
        .phase = phase_of(log_text(line, "phase"))};
    const bool ip = json_object_get(line, "ip_payload") != NULL;
    sent->payload =
        proof_pdml_octets(log_text(line, ip ? "ip_payload" : "udp_payload"), &sent->length);
    sent->esp = proof_esp_is(keys, sent->payload, sent->length);
  }
  proof_ikev2_end(keys);
  return true;
}

void proof_log_free(struct proof_log *log) {
  for (size_t i = 0; i < log->count; i++)
    free(log->sent[i].payload);
  free(log->sent);
  json_decref(log->lines);
}

unsigned proof_log_address(const struct proof_log *log, const char *name) {
  for (size_t i = 0; i < log->name_count; i++)
    if (strcmp(log->names[i].name, name) == 0)
      return log->names[i].address;
  return 0;
}

/* Whether the name may be that of the address: it is, or neither of them has another. */
static bool may_be(const struct proof_log *log, const char *name, unsigned address) {
  for (size_t i = 0; i < log->name_count; i++)
    if ((strcmp(log->names[i].name, name) == 0) != (log->names[i].address == address))
      return false;
  return true;
}

static void learn(struct proof_log *log, const char *name, unsigned address) {
  if (proof_log_address(log, name) == 0 && log->name_count < PROOF_NAMES_MAX)
    log->names[log->name_count++] = (struct proof_name){name, address};
}

/* Whether these octets may go from there to there by this line. */
static bool may_send(const struct proof_log *log, const struct proof_sent *sent,
                     const uint8_t *payload, size_t length, unsigned from, unsigned to) {
  return sent->length == length && memcmp(sent->payload, payload, length) == 0 &&
         may_be(log, sent->from, from) && may_be(log, sent->to, to);
}

const struct proof_sent *proof_log_find(struct proof_log *log, const uint8_t *payload,
                                        size_t length, unsigned from, unsigned to, bool guess) {
  const struct proof_sent *found = NULL;
  for (size_t i = 0; i < log->count; i++) {
    const struct proof_sent *sent = &log->sent[i];
    if (!may_send(log, sent, payload, length, from, to))
      continue;
    if (found == NULL)
      found = sent;
    else if (!guess && !proof_sent_alike(found, sent))
      return NULL;
  }
  if (found != NULL) {
    learn(log, found->from, from);
    learn(log, found->to, to);
  }
  return found;
}

bool proof_sent_alike(const struct proof_sent *a, const struct proof_sent *b) {
  return a->length == b->length && memcmp(a->payload, b->payload, a->length) == 0 &&
         strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0;
}

bool proof_is_peer(const char *name) {
  return strncmp(name, PEER, strlen(PEER)) == 0 || is_resource_server(name) ||
         strncmp(name, PHONE, strlen(PHONE)) == 0;
}

bool proof_sent_is_bootstrapped(const struct proof_sent *sent) {
  return (proof_is_peer(sent->from) && is_server(sent->to)) ||
         (proof_is_peer(sent->to) && is_server(sent->from));
}

bool proof_sent_has_token(const struct proof_sent *sent) {
  return (sent->phase == PROOF_TOKEN_TRANSFER || sent->phase == PROOF_APPLICATION) &&
         proof_is_peer(sent->from) && proof_is_peer(sent->to) &&
         is_resource_server(sent->from) != is_resource_server(sent->to);
}

bool proof_sent_is_apart(const struct proof_sent *sent) {
  return proof_sent_is_bootstrapped(sent) || proof_sent_has_token(sent);
}

const char *proof_sent_direction(const struct proof_log *log, const struct proof_sent *sent) {
  const bool from_behind = is_behind(log, sent->from), to_behind = is_behind(log, sent->to);
  if (from_behind || to_behind)
    return to_behind ? "up" : "down";
  if (proof_sent_is_apart(sent))
    return "across";
  return proof_sent_up(sent) ? "up" : "down";
}

/* Of two peers the client, or where one relays, the one that is further away. */
static bool peer_sends(const struct proof_sent *sent) {
  if (proof_sent_has_token(sent))
    return is_resource_server(sent->to);
  if (proof_is_peer(sent->from) != proof_is_peer(sent->to))
    return proof_is_peer(sent->from);
  return proof_sent_up(sent);
}

const char *proof_sent_peer(const struct proof_sent *sent) {
  return peer_sends(sent) ? sent->from : sent->to;
}

const char *proof_sent_other(const struct proof_sent *sent) {
  return peer_sends(sent) ? sent->to : sent->from;
}

bool proof_sent_up(const struct proof_sent *sent) {
  if (proof_sent_has_token(sent))
    return peer_sends(sent);
  if (!proof_is_peer(sent->from) || strcmp(sent->to, "authenticator") == 0)
    return strcmp(sent->to, "authenticator") == 0;
  return !proof_is_peer(sent->to) || sent->from_rank > sent->to_rank;
}

const struct proof_sent *proof_log_last(const struct proof_log *log, const struct proof_sent *sent,
                                        uint64_t time_ns) {
  const struct proof_sent *last = sent;
  for (size_t i = 0; i < log->count && log->sent[i].time_ns <= time_ns; i++)
    if (proof_sent_alike(&log->sent[i], sent))
      last = &log->sent[i];
  return last;
}

/* The secret that a line tells; NULL if none. Of what has a token the client's word counts, which
 * may use one that its resource server does not take. */
static const char *secret_of(const json_t *line, const struct proof_sent *sent) {
  const char *digits = json_string_value(json_object_get(line, "master_secret_and_salt"));
  const char *psk = proof_sent_has_token(sent) ? "ace_psk" : "dtls_psk";
  return digits == NULL ? json_string_value(json_object_get(line, psk)) : digits;
}

/* Whether a line says something of both ends of a session: of a peer and its server, or of a peer
 * and who authenticates it. */
static bool is_of_ends(const json_t *line, const struct proof_sent *sent) {
  const char *node = log_text(line, "node"), *remote = log_text(line, "remote");
  const bool of_node = strcmp(node, proof_sent_peer(sent)) == 0;
  const char *other = of_node ? remote : node;
  if (!of_node && strcmp(remote, proof_sent_peer(sent)) != 0)
    return false;
  return proof_sent_is_apart(sent) ? strcmp(other, proof_sent_other(sent)) == 0
                                   : !is_server(other) && !proof_is_peer(other);
}

bool proof_log_secret(const struct proof_log *log, const struct proof_sent *sent, size_t index,
                      struct proof_secret *secret) {
  size_t i;
  const json_t *line;
  json_array_foreach(log->lines, i, line) {
    const char *digits = secret_of(line, sent);
    if (digits == NULL || !is_of_ends(line, sent) || index-- > 0)
      continue;
    uint8_t *octets = proof_pdml_octets(digits, &secret->length);
    const bool fits = secret->length <= PROOF_SECRET_MAX;
    if (fits)
      memcpy(secret->octets, octets, secret->length);
    free(octets);
    return fits;
  }
  return false;
}
