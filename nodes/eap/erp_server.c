/* The ER server: what an EAP-Initiate/Re-auth is answered with (RFC 6696 section 5.2). */
#include "erp_server.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

enum { NUMBER_LENGTH = 4 };

bool erp_server_init(struct erp_server *server, const struct erp_server_config *config,
                     const struct node_hooks *hooks) {
  if (config->keys_max == 0 || config->realm_length == 0 || config->realm_length > ERP_REALM_MAX ||
      config->domain_length > ERP_REALM_MAX || (config->suites & ~(unsigned)ERP_SUITES_ALL) != 0)
    return false;
  *server = (struct erp_server){.config = *config, .hooks = hooks};
  if (config->suites == 0)
    server->config.suites = ERP_SUITES_ALL;
  if (config->rrk_lifetime_s == 0)
    server->config.rrk_lifetime_s = ERP_ROOT_LIFETIME_DEFAULT_S;
  if (config->rmsk_lifetime_s == 0)
    server->config.rmsk_lifetime_s = ERP_LIFETIME_DEFAULT_S;
  return erp_store_init(&server->store, config->keys_max, hooks);
}

void erp_server_deinit(struct erp_server *server) {
  erp_store_deinit(&server->store);
}

/* Roots */

static int server_keep(struct erp_server *server, struct erp_root *root, const uint8_t *emsk,
                       uint32_t lifetime_s, const struct eap_name *user, uint64_t now_ns) {
  struct erp_entry *entry =
      erp_store_add(&server->store, root, user, now_ns + lifetime_s * NODE_SECOND);
  if (entry != NULL && emsk != NULL &&
      (server->config.domain_length > 0 || server->config.keeps_emsk)) {
    entry->has_emsk = true;
    memcpy(entry->emsk, emsk, sizeof entry->emsk);
  }
  crypto_wipe(root, sizeof *root);
  return entry == NULL ? NODE_ERR_EXHAUSTED : 0;
}

int erp_server_add_for(struct erp_server *server, const uint8_t emsk[EAP_KEY_LENGTH],
                       const struct eap_session_id *session, const struct eap_name *user,
                       uint32_t lifetime_s, uint64_t now_ns) {
  const uint32_t ours_s = server->config.rrk_lifetime_s;
  struct erp_root root;
  const int error = erp_root_derive(server->hooks, emsk, session, &root);
  return error < 0 ? error
                   : server_keep(server, &root, emsk, lifetime_s < ours_s ? lifetime_s : ours_s,
                                 user, now_ns);
}

int erp_server_add(struct erp_server *server, const uint8_t emsk[EAP_KEY_LENGTH],
                   const struct eap_session_id *session, const struct eap_name *user,
                   uint64_t now_ns) {
  return erp_server_add_for(server, emsk, session, user, UINT32_MAX, now_ns);
}

int erp_server_add_in_domain(struct erp_server *server, const uint8_t dsrk[EAP_KEY_LENGTH],
                             const uint8_t name[EMSK_NAME_LENGTH], uint32_t lifetime_s,
                             const struct eap_name *user, uint64_t now_ns) {
  struct erp_root root;
  const int error = erp_root_derive_in_domain(server->hooks, dsrk, name, &root);
  return error < 0 ? error : server_keep(server, &root, NULL, lifetime_s, user, now_ns);
}

/* Whole seconds; less than one is none. */
static uint32_t lifetime_left_s(const struct erp_entry *entry, uint64_t now_ns) {
  return entry->until_ns <= now_ns ? 0 : (uint32_t)((entry->until_ns - now_ns) / NODE_SECOND);
}

/* A request, and what is found out of it. */
struct erp_request {
  struct erp_packet readings[ERP_SUITES]; /* the one that is meant comes first, once it is known */
  size_t reading_count;
  struct erp_entry *entry; /* NULL: there is no key */
  const struct erp_value *nas;
  uint64_t now_ns;
  uint8_t rik[EAP_KEY_LENGTH]; /* for the suite that is meant */
};

/* The entry of the key that is named, if it is found. */
static enum erp_key_state find_entry(struct erp_server *server, const struct erp_value *nai,
                                     uint64_t now_ns, struct erp_entry **found) {
  const struct erp_server_config *config = &server->config;
  uint8_t name[EMSK_NAME_LENGTH];
  const uint8_t *realm;
  size_t realm_length;
  *found = NULL;
  if (!erp_nai_read(nai->octets, nai->length, name, &realm, &realm_length) ||
      realm_length != config->realm_length || memcmp(realm, config->realm, realm_length) != 0)
    return ERP_KEY_WRONG_REALM;
  struct erp_entry *entry = erp_store_find(&server->store, name);
  if (entry == NULL)
    return ERP_KEY_UNKNOWN;
  if (lifetime_left_s(entry, now_ns) == 0) {
    erp_store_remove(&server->store, entry);
    return ERP_KEY_EXPIRED;
  }
  *found = entry;
  return ERP_KEY_FOUND;
}

enum erp_key_state erp_server_find(struct erp_server *server, const struct erp_value *nai,
                                   uint64_t now_ns, struct erp_key *key) {
  struct erp_entry *entry;
  const enum erp_key_state state = find_entry(server, nai, now_ns, &entry);
  if (state != ERP_KEY_FOUND)
    return state;
  if (!entry->has_emsk)
    return ERP_KEY_UNKNOWN;
  *key = (struct erp_key){.left_s = lifetime_left_s(entry, now_ns), .user = entry->user};
  memcpy(key->emsk, entry->emsk, sizeof key->emsk);
  return ERP_KEY_FOUND;
}

/* Leaves the readings that have an acceptable suite. */
static void keep_acceptable(const struct erp_server *server, struct erp_request *request) {
  size_t kept = 0;
  for (size_t i = 0; i < request->reading_count; i++)
    if (erp_suites_have(server->config.suites, request->readings[i].suite))
      request->readings[kept++] = request->readings[i];
  request->reading_count = kept;
}

/* Which reading the tag is of. */
static int find_meant(const struct erp_server *server, struct erp_request *request) {
  int error = NODE_ERR_VERIFY;
  for (size_t i = 0; i < request->reading_count && error == NODE_ERR_VERIFY; i++) {
    const struct erp_packet *reading = &request->readings[i];
    error = erp_rik(server->hooks, &request->entry->root, reading->suite, request->rik);
    if (error == 0)
      error = erp_packet_verify(server->hooks, reading, request->rik);
    if (error == 0 && i > 0)
      request->readings[0] = *reading;
  }
  return error;
}

static bool value_equal(const struct erp_value *a, const struct erp_value *b) {
  return a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0;
}

/* Section 5.2, in the order in which it has the checks: sequence number, suite, integrity. NULL, or
 * static text that says why not. */
static const char *check_request(struct erp_server *server, struct erp_request *request) {
  if (request->entry->expected > ERP_SEQUENCE_MAX)
    return "no sequence numbers left";
  if (request->readings[0].sequence < request->entry->expected)
    return "old sequence number";
  keep_acceptable(server, request);
  if (request->reading_count == 0)
    return "unacceptable cryptosuite";
  const int error = find_meant(server, request);
  if (error < 0)
    return error == NODE_ERR_VERIFY ? "wrong tag" : node_error_name(error);
  const struct erp_value *nas = &request->readings[0].attributes[ERP_NAS_IDENTIFIER];
  if (request->nas != NULL && nas->octets != NULL && !value_equal(nas, request->nas))
    return "wrong NAS-Identifier";
  return NULL;
}

/* Answers */

static enum erp_server_result server_discard(struct erp_server *server, const char *why) {
  server->reason = why;
  return ERP_SERVER_DISCARD;
}

static struct erp_packet begin_finish(const struct erp_packet *initiate, uint8_t flags) {
  struct erp_packet finish = {.code = EAP_FINISH,
                              .identifier = initiate->identifier,
                              .type = ERP_REAUTH,
                              .flags = flags,
                              .sequence = initiate->sequence};
  finish.attributes[ERP_KEY_NAME_NAI] = initiate->attributes[ERP_KEY_NAME_NAI];
  return finish;
}

/* The suites that are accepted, the one that all implement first. */
static size_t list_suites(const struct erp_server *server, uint8_t list[ERP_SUITES]) {
  static const uint8_t order[] = {ERP_SUITE_HMAC_SHA256_128, ERP_SUITE_HMAC_SHA256_256,
                                  ERP_SUITE_HMAC_SHA256_64};
  size_t count = 0;
  for (size_t i = 0; i < sizeof order; i++)
    if (erp_suites_have(server->config.suites, order[i]))
      list[count++] = order[i];
  return count;
}

/* Section 5.2.2. Where the request's suite is none of ours, so is that of the answer, which tells
 * them. */
static enum erp_server_result fail_request(struct erp_server *server, struct erp_request *request,
                                           const char *why, struct span_writer *out) {
  struct erp_packet finish = begin_finish(&request->readings[0], ERP_FLAG_RESULT);
  uint8_t list[ERP_SUITES], rik[EAP_KEY_LENGTH];
  const size_t list_length = list_suites(server, list);
  int error = 0;
  server->reason = why;
  if (request->entry != NULL) {
    const bool acceptable = erp_suites_have(server->config.suites, request->readings[0].suite);
    finish.suite = acceptable ? request->readings[0].suite : list[0];
    if (!acceptable)
      finish.attributes[ERP_SUITE_LIST] = (struct erp_value){list, list_length};
    error = erp_rik(server->hooks, &request->entry->root, finish.suite, rik);
  }
  if (error == 0)
    error = erp_packet_compose(server->hooks, &finish, request->entry == NULL ? NULL : rik, out);
  crypto_wipe(rik, sizeof rik);
  return error == 0 ? ERP_SERVER_FAILURE : ERP_SERVER_DISCARD;
}

static void number_write(uint32_t number, uint8_t octets[NUMBER_LENGTH]) {
  for (size_t i = 0; i < NUMBER_LENGTH; i++)
    octets[i] = (uint8_t)(number >> 8 * (NUMBER_LENGTH - 1 - i));
}

static int compose_success(const struct erp_server *server, const struct erp_request *request,
                           const struct erp_grant *grant, struct span_writer *out) {
  const struct erp_packet *initiate = &request->readings[0];
  const uint8_t echoed = initiate->flags & (ERP_FLAG_BOOTSTRAP | ERP_FLAG_LIFETIMES);
  struct erp_packet finish = begin_finish(initiate, echoed);
  uint8_t rrk[NUMBER_LENGTH], rmsk[NUMBER_LENGTH];
  number_write(grant->rrk_lifetime_s, rrk);
  number_write(grant->lifetime_s, rmsk);
  finish.suite = initiate->suite;
  finish.attributes[ERP_NAS_IDENTIFIER] = initiate->attributes[ERP_NAS_IDENTIFIER];
  if (echoed & ERP_FLAG_LIFETIMES) {
    finish.attributes[ERP_RRK_LIFETIME] = (struct erp_value){rrk, sizeof rrk};
    finish.attributes[ERP_RMSK_LIFETIME] = (struct erp_value){rmsk, sizeof rmsk};
  }
  if (grant->has_dsrk)
    finish.attributes[ERP_DOMAIN_NAME] =
        (struct erp_value){server->config.domain, server->config.domain_length};
  return erp_packet_compose(server->hooks, &finish, request->rik, out);
}

static int derive_grant(const struct erp_server *server, const struct erp_request *request,
                        struct erp_grant *grant) {
  const struct erp_server_config *config = &server->config;
  const struct erp_packet *initiate = &request->readings[0];
  const struct erp_entry *entry = request->entry;
  const uint32_t left_s = lifetime_left_s(entry, request->now_ns), own_s = config->rmsk_lifetime_s;
  *grant = (struct erp_grant){
      .lifetime_s = own_s < left_s ? own_s : left_s, .user = entry->user, .rrk_lifetime_s = left_s};
  memcpy(grant->name, entry->root.name, sizeof grant->name);
  grant->has_dsrk = config->domain_length > 0 && (initiate->flags & ERP_FLAG_BOOTSTRAP) != 0;
  const int error = erp_rmsk(server->hooks, &entry->root, initiate->sequence, grant->rmsk);
  return error < 0 || !grant->has_dsrk ? error
                                       : emsk_dsrk(server->hooks, entry->emsk, config->domain,
                                                   config->domain_length, grant->dsrk);
}

static enum erp_server_result grant_request(struct erp_server *server, struct erp_request *request,
                                            struct erp_grant *grant, struct span_writer *out) {
  int error = derive_grant(server, request, grant);
  if (error == 0)
    error = compose_success(server, request, grant, out);
  crypto_wipe(request->rik, sizeof request->rik);
  if (error < 0) {
    crypto_wipe(grant, sizeof *grant);
    return server_discard(server, node_error_name(error));
  }
  request->entry->expected = request->readings[0].sequence + 1U;
  return ERP_SERVER_SUCCESS;
}

/* What no suite of ours makes sense of may be of another: it is as good as one. */
enum erp_server_result erp_server_process(struct erp_server *server, const uint8_t *packet,
                                          size_t length, const struct erp_value *nas,
                                          uint64_t now_ns, struct erp_grant *grant,
                                          struct span_writer *out) {
  struct erp_request request = {.nas = nas, .now_ns = now_ns};
  static const char *const faults[ERP_KEY_STATES] = {[ERP_KEY_WRONG_REALM] = "wrong realm",
                                                     [ERP_KEY_UNKNOWN] = "unknown key",
                                                     [ERP_KEY_EXPIRED] = "expired key"};
  server->reason = NULL;
  struct erp_packet head;
  if (erp_packet_parse_head(packet, length, &head) < 0)
    return server_discard(server, "malformed EAP-Initiate");
  const enum erp_key_state state =
      find_entry(server, &head.attributes[ERP_KEY_NAME_NAI], now_ns, &request.entry);
  request.reading_count = erp_packet_readings(packet, length, request.readings);
  if (request.reading_count == 0)
    request.readings[0] = head;
  if (request.entry == NULL)
    return fail_request(server, &request, faults[state], out);
  const char *why = check_request(server, &request);
  return why != NULL ? fail_request(server, &request, why, out)
                     : grant_request(server, &request, grant, out);
}

const char *erp_server_reason(const struct erp_server *server) {
  return server->reason == NULL ? "" : server->reason;
}

void erp_server_digest(const struct erp_server *server, struct digest *digest) {
  for (const struct erp_entry *entry = server->store.oldest; entry != NULL; entry = entry->next) {
    digest_octets(digest, entry->root.name, sizeof entry->root.name);
    digest_octets(digest, entry->root.key, sizeof entry->root.key);
    digest_u64(digest, entry->expected);
  }
  digest_u64(digest, server->store.count);
}
