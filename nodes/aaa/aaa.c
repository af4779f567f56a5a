/* The AAA server's role: what the EAP server says becomes the answer to an Access-Request. */
#include "aaa_role.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_PART = 4 }; /* of the conversations one in four may wait for a manufacturer */

/* Users */

static const struct eap_user *aaa_lookup(void *context, const uint8_t *identity, size_t length) {
  const struct aaa *aaa = context;
  const struct eap_server_config *ours = &aaa->config.eap;
  const struct eap_user *user = ours->lookup(ours->context, identity, length);
  return user != NULL ? user : aaa_manufacturer_user(&aaa->manufacturer, identity, length);
}

/* Whether the request names somebody whom the manufacturer is asked for. */
static bool aaa_asks_manufacturer(struct aaa *aaa, const struct aaa_request *request) {
  const struct radius_conversation *conversation = request->conversation;
  struct eap_packet packet;
  return aaa->config.manufacturer != NULL && eap_server_user(conversation->eap) == NULL &&
         eap_packet_parse(request->eap, (size_t)request->eap_length, &packet) == 0 &&
         packet.code == EAP_RESPONSE && packet.type == EAP_TYPE_IDENTITY &&
         packet.data_length <= NODE_IDENTITY_MAX &&
         aaa->config.eap.lookup(aaa->config.eap.context, packet.data, packet.data_length) == NULL &&
         aaa_manufacturer_ask(&aaa->manufacturer, packet.data, packet.data_length,
                              request->conversation, &request->packet, request->now_ns);
}

/* How long keys may live that come of the credential that has been proved. */
static uint32_t credential_left_s(const struct aaa *aaa, const struct aaa_request *request) {
  return aaa->config.manufacturer == NULL
             ? UINT32_MAX
             : aaa_manufacturer_left_s(&aaa->manufacturer,
                                       eap_server_user(request->conversation->eap),
                                       request->now_ns);
}

/* Authentication */

static int aaa_accept_success(struct aaa *aaa, const struct aaa_request *request,
                              const struct span_writer *success) {
  const uint32_t lifetime_s = credential_left_s(aaa, request);
  struct eap_keys keys;
  struct eap_name name = {.length = 0};
  int error = eap_server_keys(request->conversation->eap, &keys);
  if (error < 0)
    return error;
  if (!eap_server_name(request->conversation->eap, &name))
    name.length = 0;
  const struct aaa_decision decision = {.eap = success,
                                        .msk = keys.msk,
                                        .key_label = "MSK",
                                        .key_name = "msk",
                                        .name = &name,
                                        .session_timeout_s = aaa_keys_timeout_s(aaa, lifetime_s)};
  aaa_keys_keep(aaa, request, &keys, &name, lifetime_s);
  error = aaa_accept(aaa, request, &decision);
  crypto_wipe(&keys, sizeof keys);
  return error;
}

/* Requests */

/* Hands the EAP packet to the conversation's EAP server. What that discards is answered with the
 * last EAP-Request once more (RFC 3579 section 2.2); where there is none, the peer is rejected. */
static int run_eap(struct aaa *aaa, const struct aaa_request *request) {
  struct radius_conversation *conversation = request->conversation;
  uint8_t data[EAP_PACKET_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  const size_t length = (size_t)request->eap_length;
  const enum eap_server_result result =
      eap_server_process(conversation->eap, request->eap, length, &out);
  if (result == EAP_SERVER_DISCARD) {
    const char *why = eap_server_reason(conversation->eap);
    const size_t last = radius_server_last_request(conversation, data, sizeof data);
    if (last == 0)
      return aaa_refuse(aaa, request, why);
    (void)aaa_discard(aaa, conversation->purpose, &conversation->source, why);
    return aaa_challenge(aaa, request, data, last, true);
  }
  node_event(aaa->hooks, conversation->purpose, NODE_EVENT_DELIVERED, &conversation->source,
             eap_label(&conversation->labels, request->eap, length));
  (void)eap_label(&conversation->labels, out.data, out.length);
  switch (result) {
  case EAP_SERVER_SUCCESS:
    return aaa_accept_success(aaa, request, &out);
  case EAP_SERVER_FAILURE:
    return aaa_reject(aaa, request, out.data, out.length, eap_server_reason(conversation->eap));
  default:
    return aaa_challenge(aaa, request, out.data, out.length, false);
  }
}

/* An EAP packet of a conversation that goes on; once the manufacturer is asked, later. */
static int aaa_continue(struct aaa *aaa, const struct aaa_request *request) {
  if (!aaa_asks_manufacturer(aaa, request))
    return run_eap(aaa, request);
  radius_server_hold(&aaa->radius, request->conversation, request->now_ns);
  return 0;
}

static int aaa_resume(void *context, struct radius_conversation *conversation,
                      const uint8_t *octets, size_t length, uint64_t now_ns) {
  struct aaa_request request = {.conversation = conversation, .now_ns = now_ns};
  const int error = radius_packet_parse(octets, length, &request.packet);
  if (error < 0)
    return error;
  request.eap_length = radius_eap_join(&request.packet, request.eap, sizeof request.eap);
  return run_eap(context, &request);
}

static void aaa_forget(void *context, const struct eap_user *user) {
  radius_server_forget_user(&((struct aaa *)context)->radius, user);
}

/* RFC 3579 section 2.1: an EAP-Start is answered with the Identity request, for an authenticator
 * that does not make it itself. */
static int aaa_begin(struct aaa *aaa, struct aaa_request *request) {
  struct radius_conversation *conversation = request->conversation;
  conversation->purpose = aaa_keys_purpose(aaa, request);
  node_event(aaa->hooks, conversation->purpose, NODE_EVENT_STARTED, &conversation->source,
             "Access-Request");
  if (request->eap_length == NODE_ERR_UNKNOWN)
    return aaa_keys_authorize(aaa, request);
  const bool start = request->eap_length == 0;
  struct eap_packet first;
  if (start)
    request->eap[1] = (uint8_t)node_random_below(aaa->hooks, 256);
  else if (eap_packet_parse(request->eap, (size_t)request->eap_length, &first) < 0)
    return aaa_refuse(aaa, request, "malformed EAP packet");
  else if (first.code == EAP_INITIATE)
    return aaa_keys_reauthenticate(aaa, request);
  eap_server_init(conversation->eap, &aaa->users, aaa->hooks, request->eap[1]);
  if (!start)
    return aaa_continue(aaa, request);
  uint8_t data[EAP_PACKET_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  const int error = eap_server_identity_request(request->eap[1], &out);
  return error < 0 ? error : aaa_challenge(aaa, request, out.data, out.length, false);
}

static int handle(struct aaa *aaa, enum radius_server_result result, struct aaa_request *request) {
  if (result == RADIUS_SERVER_CONTINUE && aaa->config.manufacturer != NULL)
    aaa_manufacturer_release(&aaa->manufacturer, request->conversation);
  request->eap_length = radius_eap_join(&request->packet, request->eap, sizeof request->eap);
  if (result == RADIUS_SERVER_UNKNOWN)
    return aaa_refuse(aaa, request, "unknown State");
  if (result == RADIUS_SERVER_NEW && aaa_key_request_is(&request->packet))
    return aaa_begin(aaa, request);
  if (request->eap_length == NODE_ERR_UNKNOWN)
    return aaa_refuse(aaa, request, "Access-Request without EAP-Message");
  if (request->eap_length == NODE_ERR_TOO_LONG)
    return aaa_refuse(aaa, request, "EAP packet longer than its MTU");
  if (request->eap_length < 0)
    return aaa_refuse(aaa, request, "malformed EAP packet");
  return result == RADIUS_SERVER_NEW ? aaa_begin(aaa, request) : aaa_continue(aaa, request);
}

/* The node contract */

static const struct node_ops AAA_OPS;

/* The node that a function of the contract was given. */
static struct aaa *aaa_of(struct node *node) {
  assert(node->ops == &AAA_OPS);
  return (struct aaa *)node;
}

static int aaa_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa *aaa = aaa_of(node);
  struct aaa_request request = {.now_ns = now_ns};
  const char *why;
  if (aaa->config.manufacturer != NULL &&
      aaa_manufacturer_is_for(&aaa->manufacturer, &datagram->destination))
    return aaa_manufacturer_read(&aaa->manufacturer, datagram, now_ns);
  const enum radius_server_result result = radius_server_receive(
      &aaa->radius, datagram, now_ns, &request.packet, &request.conversation, &why);
  switch (result) {
  case RADIUS_SERVER_DISCARD:
    return aaa_discard(aaa, NODE_PHASE_AUTHENTICATION, &datagram->source, why);
  case RADIUS_SERVER_REPEAT:
    return 0;
  default:
    return handle(aaa, result, &request);
  }
}

static int aaa_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa *aaa = aaa_of(node);
  datagram->source = aaa->config.local;
  const int written = radius_server_write(&aaa->radius, datagram);
  return written != 0 || aaa->config.manufacturer == NULL
             ? written
             : aaa_manufacturer_write(&aaa->manufacturer, datagram, now_ns);
}

static uint64_t aaa_expiry(const struct node *node) {
  assert(node->ops == &AAA_OPS);
  const struct aaa *aaa = (const struct aaa *)node;
  const uint64_t ours_ns = radius_server_expiry(&aaa->radius);
  const uint64_t manufacturer_ns =
      aaa->config.manufacturer == NULL ? NODE_NEVER : aaa_manufacturer_expiry(&aaa->manufacturer);
  return ours_ns < manufacturer_ns ? ours_ns : manufacturer_ns;
}

static int aaa_handle_expiry(struct node *node, uint64_t now_ns) {
  struct aaa *aaa = aaa_of(node);
  struct node_address source;
  while (radius_server_handle_expiry(&aaa->radius, now_ns, &source))
    node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_FAILED, &source,
               "conversation abandoned");
  return aaa->config.manufacturer == NULL
             ? 0
             : aaa_manufacturer_handle_expiry(&aaa->manufacturer, now_ns);
}

static void aaa_destroy(struct node *node) {
  struct aaa *aaa = aaa_of(node);
  radius_server_deinit(&aaa->radius);
  if (aaa->config.manufacturer != NULL)
    aaa_manufacturer_deinit(&aaa->manufacturer);
  aaa_keys_deinit(aaa);
  free(aaa);
}

static const struct node_ops AAA_OPS = {.read = aaa_read,
                                        .write = aaa_write,
                                        .expiry = aaa_expiry,
                                        .handle_expiry = aaa_handle_expiry,
                                        .destroy = aaa_destroy};

/* Creation */

static bool aaa_users_init(struct aaa *aaa) {
  const struct aaa_config *config = &aaa->config;
  const struct aaa_manufacturer_owner owner = {aaa, aaa_resume, aaa_forget};
  const size_t held_max = config->radius.conversations_max / HELD_PART;
  aaa->users = config->eap;
  if (config->manufacturer == NULL)
    return true;
  if (config->eap.erp == NULL)
    return false;
  const struct erp_value realm = {config->eap.erp->realm, config->eap.erp->realm_length};
  aaa->users.lookup = aaa_lookup;
  aaa->users.context = aaa;
  if (!aaa_manufacturer_init(&aaa->manufacturer, config->manufacturer, &realm,
                             held_max > 0 ? held_max : 1, &owner, aaa->hooks))
    return false;
  if (!aaa_manufacturer_is_for(&aaa->manufacturer, &config->local))
    return true;
  aaa_manufacturer_deinit(&aaa->manufacturer);
  return false;
}

struct node *aaa_create(const struct aaa_config *config, const struct node_hooks *hooks) {
  struct aaa *aaa = calloc(1, sizeof *aaa);
  if (aaa == NULL)
    return NULL;
  aaa->node.ops = &AAA_OPS;
  aaa->config = *config;
  aaa->hooks = hooks;
  if (!radius_server_init(&aaa->radius, &config->radius, hooks)) {
    free(aaa);
    return NULL;
  }
  if (aaa_keys_init(aaa)) {
    if (aaa_users_init(aaa))
      return &aaa->node;
    aaa_keys_deinit(aaa);
  }
  radius_server_deinit(&aaa->radius);
  free(aaa);
  return NULL;
}
