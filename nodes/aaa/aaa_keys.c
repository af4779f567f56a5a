/* The AAA server: keys for who was authenticated before, by re-authentication (RFC 6696) or for
 * others than authenticators (key_request.h). */
#include "aaa_role.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

static bool key_clients_valid(const struct aaa_config *config, const struct erp_server *erp) {
  bool valid = config->key_client_count == 0 || erp != NULL;
  for (size_t i = 0; valid && i < config->key_client_count; i++)
    valid = aaa_key_client_valid(&config->key_clients[i]) &&
            (config->key_clients[i].use == AAA_KEY_APPLICATION || erp->config.keeps_emsk);
  return valid;
}

static bool roots_init(struct aaa *aaa) {
  const struct aaa_config *config = &aaa->config;
  if (config->eap.erp == NULL)
    return config->roots == NULL;
  aaa->erp = config->roots;
  if (aaa->erp == NULL && erp_server_init(&aaa->own_erp, config->eap.erp, aaa->hooks))
    aaa->erp = &aaa->own_erp;
  return aaa->erp != NULL;
}

bool aaa_keys_init(struct aaa *aaa) {
  if (!roots_init(aaa))
    return false;
  aaa->key_rates = calloc(aaa->config.key_client_count + 1, sizeof *aaa->key_rates);
  if (aaa->key_rates != NULL && key_clients_valid(&aaa->config, aaa->erp))
    return true;
  aaa_keys_deinit(aaa);
  return false;
}

void aaa_keys_deinit(struct aaa *aaa) {
  free(aaa->key_rates);
  if (aaa->erp == &aaa->own_erp)
    erp_server_deinit(aaa->erp);
}

/* Who asks */

static const struct aaa_key_client *
key_client_of(const struct aaa *aaa, const struct aaa_request *request, const char **why) {
  return aaa_key_client_find(aaa->config.key_clients, aaa->config.key_client_count,
                             &request->conversation->source, &request->packet, why);
}

enum node_phase aaa_keys_purpose(const struct aaa *aaa, const struct aaa_request *request) {
  const char *why;
  const bool initiates = request->eap_length > 0 && request->eap[0] == EAP_INITIATE;
  const struct aaa_key_client *client =
      initiates || aaa_key_request_is(&request->packet) ? key_client_of(aaa, request, &why) : NULL;
  return client == NULL ? NODE_PHASE_AUTHENTICATION : aaa_key_phase(client->use);
}

/* Roots */

void aaa_keys_keep(struct aaa *aaa, const struct aaa_request *request, const struct eap_keys *keys,
                   const struct eap_name *name, uint32_t lifetime_s) {
  const struct radius_conversation *conversation = request->conversation;
  struct eap_session_id session;
  if (aaa->erp == NULL || eap_server_session_id(conversation->eap, &session) < 0)
    return;
  if (erp_server_add_for(aaa->erp, keys->emsk, &session, name, lifetime_s, request->now_ns) < 0)
    (void)aaa_discard(aaa, conversation->purpose, &conversation->source,
                      "no key kept for re-authentication");
}

uint32_t aaa_keys_timeout_s(const struct aaa *aaa, uint32_t lifetime_s) {
  const uint32_t configured_s = aaa->config.session_timeout_s;
  if (configured_s == 0)
    return lifetime_s < ERP_LIFETIME_DEFAULT_S ? lifetime_s : 0;
  return lifetime_s < configured_s ? lifetime_s : configured_s;
}

/* Re-authentication */

/* Whether User-Name, where there is one, is the keyName-NAI (RFC 6696 section 5.2). */
static bool is_named_after_key(const struct aaa_request *request) {
  struct radius_attribute user;
  struct erp_packet head;
  return erp_packet_parse_head(request->eap, (size_t)request->eap_length, &head) < 0 ||
         !radius_attribute_find(&request->packet, RADIUS_USER_NAME, &user) ||
         (user.length == head.attributes[ERP_KEY_NAME_NAI].length &&
          memcmp(user.value, head.attributes[ERP_KEY_NAME_NAI].octets, user.length) == 0);
}

/* Whether the request calls itself as a client for keys is called, whoever sends it. */
static bool has_name_of_key_client(const struct aaa *aaa, const struct aaa_request *request) {
  struct radius_attribute nas;
  if (!radius_attribute_find(&request->packet, RADIUS_NAS_IDENTIFIER, &nas))
    return false;
  for (size_t i = 0; i < aaa->config.key_client_count; i++) {
    const struct bootstrap_name *name = &aaa->config.key_clients[i].name;
    if (nas.length == name->length && memcmp(nas.value, name->octets, nas.length) == 0)
      return true;
  }
  return false;
}

/* NULL, or why this client, which may be one for keys, has no rMSK. To a UE the Finish says the
 * NAS-Identifier: another client must not go by the name of one for keys. */
static const char *why_no_rmsk(const struct aaa *aaa, const struct aaa_request *request,
                               const struct aaa_key_client **client) {
  const char *why;
  *client = key_client_of(aaa, request, &why);
  if (*client == NULL)
    return has_name_of_key_client(aaa, request) ? "NAS-Identifier of a client for keys" : NULL;
  return why == NULL && (*client)->use != AAA_KEY_APPLICATION ? "client for keys of another use"
                                                              : why;
}

static int accept_finish(struct aaa *aaa, const struct aaa_request *request,
                         const struct span_writer *finish, const struct erp_grant *grant,
                         bool to_key_client) {
  const struct aaa_decision decision = {.eap = finish,
                                        .msk = grant->rmsk,
                                        .key_label = "MSK",
                                        .key_name = "rmsk",
                                        .name = &grant->user,
                                        .session_timeout_s =
                                            aaa_keys_timeout_s(aaa, grant->lifetime_s),
                                        .to_key_client = to_key_client};
  return aaa_accept(aaa, request, &decision);
}

int aaa_keys_reauthenticate(struct aaa *aaa, const struct aaa_request *request) {
  const struct radius_conversation *conversation = request->conversation;
  const size_t length = (size_t)request->eap_length;
  uint8_t data[EAP_PACKET_MAX];
  struct radius_attribute nas = {0};
  struct span_writer out;
  struct erp_grant grant;
  const struct aaa_key_client *client;
  if (aaa->erp == NULL)
    return aaa_refuse(aaa, request, "re-authentication, of which there is none here");
  const char *why = why_no_rmsk(aaa, request, &client);
  if (why == NULL && !is_named_after_key(request))
    why = "User-Name that is not the keyName-NAI";
  if (why != NULL)
    return aaa_refuse(aaa, request, why);
  (void)radius_attribute_find(&request->packet, RADIUS_NAS_IDENTIFIER, &nas);
  const struct erp_value name = {nas.value, nas.length};
  /* Who could go by the name of a client for keys has to say its own. */
  const bool is_unknown = name.octets == NULL && aaa->config.key_client_count == 0;
  span_writer_init(&out, data, sizeof data, NULL);
  const enum erp_server_result result = erp_server_process(
      aaa->erp, request->eap, length, is_unknown ? NULL : &name, request->now_ns, &grant, &out);
  if (result == ERP_SERVER_DISCARD)
    return aaa_refuse(aaa, request, erp_server_reason(aaa->erp));
  node_event(aaa->hooks, conversation->purpose, NODE_EVENT_DELIVERED, &conversation->source,
             eap_packet_label(request->eap, length));
  if (result == ERP_SERVER_FAILURE)
    return aaa_reject(aaa, request, out.data, out.length, erp_server_reason(aaa->erp));
  const int error = accept_finish(aaa, request, &out, &grant, client != NULL);
  crypto_wipe(&grant, sizeof grant);
  return error;
}

/* Keys without EAP */

/* NULL, with the EMSK that the request names; or why there is none. */
static const char *find_emsk(struct aaa *aaa, const struct aaa_request *request,
                             struct erp_key *key) {
  static const char *const faults[ERP_KEY_STATES] = {[ERP_KEY_WRONG_REALM] = "unknown key name",
                                                     [ERP_KEY_UNKNOWN] = "unknown key name",
                                                     [ERP_KEY_EXPIRED] = "key has expired"};
  struct radius_attribute user = {.length = 0};
  (void)radius_attribute_find(&request->packet, RADIUS_USER_NAME, &user);
  const struct erp_value nai = {user.value, user.length};
  return faults[erp_server_find(aaa->erp, &nai, request->now_ns, key)];
}

static int accept_key(struct aaa *aaa, const struct aaa_request *request,
                      const struct aaa_key_client *client, const struct erp_key *key) {
  const uint32_t configured_s = aaa->config.session_timeout_s;
  uint8_t root[EAP_KEY_LENGTH];
  int error = aaa_key_derive(aaa->hooks, client, key->emsk, root);
  const struct aaa_decision decision = {
      .msk = root,
      .key_label = "USRK",
      .key_name = aaa_key_name(client->use),
      .name = &key->user,
      .session_timeout_s =
          configured_s != 0 && configured_s < key->left_s ? configured_s : key->left_s,
      .to_key_client = true};
  if (error == 0)
    error = aaa_accept(aaa, request, &decision);
  crypto_wipe(root, sizeof root);
  return error;
}

int aaa_keys_authorize(struct aaa *aaa, const struct aaa_request *request) {
  struct erp_key key;
  const char *why;
  const struct aaa_key_client *client = key_client_of(aaa, request, &why);
  if (why == NULL && !aaa_key_rate_take(&aaa->key_rates[client - aaa->config.key_clients], client,
                                        request->now_ns))
    why = "too many requests";
  if (why == NULL)
    why = find_emsk(aaa, request, &key);
  if (why != NULL)
    return aaa_refuse(aaa, request, why);
  const int error = accept_key(aaa, request, client, &key);
  crypto_wipe(&key, sizeof key);
  return error;
}
