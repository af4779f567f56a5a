/* Recommissioning, at the AS of a provider: names are asked for, conversations wait. */
#include "manufacturer.h"

#include "../crypto/crypto.h"
#include "../radius/mppe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Before the authenticator gives its own request up, and the peer its authenticator. */
enum { PATIENCE_SECONDS = 20 };

/* A conversation that waits, and its request. */
struct aaa_held {
  struct radius_conversation *conversation;
  struct aaa_held *next;
  size_t length;
  uint8_t request[];
};

/* A name that is asked for. */
struct aaa_inquiry {
  struct radius_exchange exchange;
  uint8_t name[EMSK_NAME_LENGTH];
  uint64_t end_ns; /* set when it begins; all have the same patience */
  struct aaa_held *first;
  struct aaa_inquiry *previous, *next; /* by age */
};

static void link_event(const struct aaa_manufacturer_link *link, enum node_event_type type,
                       const char *label) {
  node_event(link->hooks, NODE_PHASE_COMMISSIONING, type, &link->client.config.server, label);
}

bool aaa_manufacturer_init(struct aaa_manufacturer_link *link,
                           const struct aaa_manufacturer *config, const struct erp_value *realm,
                           size_t held_max, const struct aaa_manufacturer_owner *owner,
                           const struct node_hooks *hooks) {
  if (config->users_max == 0 || config->realm_length == 0 || config->realm_length > ERP_REALM_MAX ||
      config->server_id_length == 0 || config->server_id_length > NODE_IDENTITY_MAX ||
      !radius_client_config_valid(config->radius) || config->radius->forwards)
    return false;
  *link = (struct aaa_manufacturer_link){
      .config = *config, .owner = *owner, .hooks = hooks, .realm = *realm, .held_max = held_max};
  if (!aaa_manufactured_init(&link->users, config->users_max, hooks))
    return false;
  if (radius_client_init(&link->client, config->radius, hooks))
    return true;
  aaa_manufactured_deinit(&link->users);
  return false;
}

/* Inquiries */

static struct aaa_inquiry *inquiry_find(const struct aaa_manufacturer_link *link,
                                        const uint8_t name[EMSK_NAME_LENGTH]) {
  struct aaa_inquiry *inquiry = link->oldest;
  while (inquiry != NULL && memcmp(inquiry->name, name, sizeof inquiry->name) != 0)
    inquiry = inquiry->next;
  return inquiry;
}

static void inquiry_unlink(struct aaa_manufacturer_link *link, struct aaa_inquiry *inquiry) {
  *(inquiry->previous == NULL ? &link->oldest : &inquiry->previous->next) = inquiry->next;
  *(inquiry->next == NULL ? &link->latest : &inquiry->next->previous) = inquiry->previous;
}

static struct aaa_held *held_take(struct aaa_manufacturer_link *link, struct aaa_held **place) {
  struct aaa_held *held = *place;
  *place = held->next;
  link->held--;
  return held;
}

static void held_free(struct aaa_held *held) {
  crypto_wipe(held->request, held->length);
  free(held);
}

static void inquiry_free(struct aaa_manufacturer_link *link, struct aaa_inquiry *inquiry) {
  radius_client_cancel(&link->client, &inquiry->exchange);
  while (inquiry->first != NULL)
    held_free(held_take(link, &inquiry->first));
  crypto_wipe(inquiry, sizeof *inquiry);
  free(inquiry);
}

void aaa_manufacturer_deinit(struct aaa_manufacturer_link *link) {
  while (link->oldest != NULL) {
    struct aaa_inquiry *inquiry = link->oldest;
    inquiry_unlink(link, inquiry);
    inquiry_free(link, inquiry);
  }
  radius_client_deinit(&link->client);
  aaa_manufactured_deinit(&link->users);
}

/* Ends an inquiry, whatever came of it, and goes on with those that waited. */
static int inquiry_end(struct aaa_manufacturer_link *link, struct aaa_inquiry *inquiry,
                       uint64_t now_ns) {
  int error = 0;
  inquiry_unlink(link, inquiry);
  while (inquiry->first != NULL) {
    struct aaa_held *held = held_take(link, &inquiry->first);
    const int result = link->owner.resume(link->owner.context, held->conversation, held->request,
                                          held->length, now_ns);
    error = error < 0 ? error : result;
    held_free(held);
  }
  inquiry_free(link, inquiry);
  return error;
}

/* Users */

/* The name in an identity of ours. False: it is of another form, or realm. */
static bool read_identity(const struct aaa_manufacturer_link *link, const uint8_t *identity,
                          size_t length, uint8_t name[EMSK_NAME_LENGTH]) {
  const struct erp_value *realm = &link->realm;
  return length == BOOTSTRAP_IDENTITY_LENGTH + 1 + realm->length &&
         identity[BOOTSTRAP_IDENTITY_LENGTH] == '@' &&
         memcmp(identity + BOOTSTRAP_IDENTITY_LENGTH + 1, realm->octets, realm->length) == 0 &&
         bootstrap_identity_read(identity, BOOTSTRAP_IDENTITY_LENGTH, name);
}

const struct eap_user *aaa_manufacturer_user(const struct aaa_manufacturer_link *link,
                                             const uint8_t *identity, size_t length) {
  uint8_t name[EMSK_NAME_LENGTH];
  const struct aaa_manufactured *user = read_identity(link, identity, length, name)
                                            ? aaa_manufactured_find(&link->users, name)
                                            : NULL;
  return user == NULL ? NULL : &user->user;
}

uint32_t aaa_manufacturer_left_s(const struct aaa_manufacturer_link *link,
                                 const struct eap_user *user, uint64_t now_ns) {
  uint8_t name[EMSK_NAME_LENGTH];
  const struct aaa_manufactured *ours =
      read_identity(link, user->identity, user->identity_length, name)
          ? aaa_manufactured_find(&link->users, name)
          : NULL;
  if (ours == NULL || &ours->user != user)
    return UINT32_MAX;
  const uint64_t left_s =
      ours->end.due_ns <= now_ns ? 0 : (ours->end.due_ns - now_ns) / NODE_SECOND;
  return left_s == 0 ? 1 : (uint32_t)left_s;
}

static void user_forget(struct aaa_manufacturer_link *link, struct aaa_manufactured *user) {
  link->owner.forget(link->owner.context, &user->user);
  aaa_manufactured_remove(&link->users, user);
}

static void users_expire(struct aaa_manufacturer_link *link, uint64_t now_ns) {
  while (deadline_next_ns(&link->users.ends) <= now_ns)
    user_forget(link, deadline_next(&link->users.ends)->owner);
}

/* NULL, or why the root makes no user. */
static const char *user_make(struct aaa_manufacturer_link *link, const struct aaa_inquiry *inquiry,
                             const uint8_t root[EAP_KEY_LENGTH], uint64_t end_ns) {
  if (link->users.count == link->users.users_max)
    user_forget(link, link->users.oldest);
  struct aaa_manufactured *user =
      aaa_manufactured_add(&link->users, inquiry->name, &link->realm, end_ns);
  if (user == NULL)
    return "no memory for a credential";
  user->method.credential.local_id = link->config.server_id;
  user->method.credential.local_id_length = link->config.server_id_length;
  const int error = bootstrap_eap_psk(link->hooks, root, user->psk);
  if (error < 0) {
    aaa_manufactured_remove(&link->users, user);
    return node_error_name(error);
  }
  node_event_key(link->hooks, NODE_PHASE_COMMISSIONING, &link->client.config.server, "EAP-PSK",
                 "eap_psk", user->psk, sizeof user->psk);
  return NULL;
}

/* Requests */

static int inquiry_send(struct aaa_manufacturer_link *link, struct aaa_inquiry *inquiry) {
  uint8_t nai[ERP_NAI_MAX];
  struct span_writer out;
  const size_t length =
      erp_nai_write(inquiry->name, link->config.realm, link->config.realm_length, nai);
  radius_client_compose(&link->client, nai, length, &out);
  radius_add_number(&out, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_AUTHORIZE_ONLY);
  return radius_client_send(&link->client, &inquiry->exchange, &out);
}

static struct aaa_inquiry *inquiry_begin(struct aaa_manufacturer_link *link,
                                         const uint8_t name[EMSK_NAME_LENGTH], uint64_t now_ns) {
  struct aaa_inquiry *inquiry = calloc(1, sizeof *inquiry);
  if (inquiry == NULL)
    return NULL;
  inquiry->exchange.owner = inquiry;
  inquiry->exchange.purpose = NODE_PHASE_COMMISSIONING;
  inquiry->end_ns = now_ns + PATIENCE_SECONDS * NODE_SECOND;
  memcpy(inquiry->name, name, sizeof inquiry->name);
  if (inquiry_send(link, inquiry) < 0) {
    free(inquiry);
    return NULL;
  }
  inquiry->previous = link->latest;
  *(link->latest == NULL ? &link->oldest : &link->latest->next) = inquiry;
  link->latest = inquiry;
  link_event(link, NODE_EVENT_STARTED, radius_code_name(RADIUS_ACCESS_REQUEST));
  return inquiry;
}

bool aaa_manufacturer_ask(struct aaa_manufacturer_link *link, const uint8_t *identity,
                          size_t length, struct radius_conversation *conversation,
                          const struct radius_packet *request, uint64_t now_ns) {
  uint8_t name[EMSK_NAME_LENGTH];
  users_expire(link, now_ns);
  if (link->held == link->held_max || !read_identity(link, identity, length, name) ||
      aaa_manufactured_find(&link->users, name) != NULL)
    return false;
  struct aaa_held *held = malloc(sizeof *held + request->length);
  struct aaa_inquiry *inquiry = inquiry_find(link, name);
  if (held != NULL && inquiry == NULL)
    inquiry = inquiry_begin(link, name, now_ns);
  if (held == NULL || inquiry == NULL) {
    free(held);
    return false;
  }
  *held = (struct aaa_held){
      .conversation = conversation, .next = inquiry->first, .length = request->length};
  memcpy(held->request, request->octets, request->length);
  inquiry->first = held;
  link->held++;
  return true;
}

void aaa_manufacturer_release(struct aaa_manufacturer_link *link,
                              const struct radius_conversation *conversation) {
  for (struct aaa_inquiry *inquiry = link->oldest; inquiry != NULL; inquiry = inquiry->next)
    for (struct aaa_held **place = &inquiry->first; *place != NULL; place = &(*place)->next)
      if ((*place)->conversation == conversation) {
        held_free(held_take(link, place));
        return;
      }
}

/* Answers */

/* NULL: there is a user; or why not. */
static const char *take_answer(struct aaa_manufacturer_link *link,
                               const struct aaa_inquiry *inquiry,
                               const struct radius_packet *answer, uint64_t now_ns) {
  uint8_t root[EAP_KEY_LENGTH];
  uint32_t lifetime_s;
  if (answer->code != RADIUS_ACCESS_ACCEPT)
    return "refused by the manufacturer's AS";
  if (radius_mppe_find(answer, inquiry->exchange.authenticator, &link->client.config.secret, root) <
      0)
    return "Access-Accept without keys";
  if (!radius_attribute_number(answer, RADIUS_SESSION_TIMEOUT, &lifetime_s))
    lifetime_s = ERP_LIFETIME_DEFAULT_S;
  const char *why = user_make(link, inquiry, root, now_ns + lifetime_s * NODE_SECOND);
  crypto_wipe(root, sizeof root);
  return why;
}

bool aaa_manufacturer_is_for(const struct aaa_manufacturer_link *link,
                             const struct node_address *destination) {
  return radius_client_is_for(&link->client, destination);
}

int aaa_manufacturer_read(struct aaa_manufacturer_link *link, const struct node_datagram *datagram,
                          uint64_t now_ns) {
  struct radius_packet answer;
  const char *why;
  struct radius_exchange *exchange = radius_client_receive(&link->client, datagram, &answer, &why);
  if (exchange == NULL) {
    node_event(link->hooks, NODE_PHASE_COMMISSIONING, NODE_EVENT_DISCARDED, &datagram->source, why);
    return 0;
  }
  struct aaa_inquiry *inquiry = exchange->owner;
  why = take_answer(link, inquiry, &answer, now_ns);
  if (why == NULL)
    link_event(link, NODE_EVENT_ANSWERED, radius_code_name(answer.code));
  else
    link_event(link, NODE_EVENT_UNANSWERED, why);
  return inquiry_end(link, inquiry, now_ns);
}

int aaa_manufacturer_write(struct aaa_manufacturer_link *link, struct node_datagram *datagram,
                           uint64_t now_ns) {
  return radius_client_write(&link->client, datagram, now_ns);
}

/* Time */

uint64_t aaa_manufacturer_expiry(const struct aaa_manufacturer_link *link) {
  const uint64_t times[] = {radius_client_expiry(&link->client),
                            deadline_next_ns(&link->users.ends),
                            link->oldest == NULL ? NODE_NEVER : link->oldest->end_ns};
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
    next_ns = times[i] < next_ns ? times[i] : next_ns;
  return next_ns;
}

static int inquiry_give_up(struct aaa_manufacturer_link *link, struct aaa_inquiry *inquiry,
                           uint64_t now_ns) {
  link_event(link, NODE_EVENT_UNANSWERED, "the manufacturer's AS does not answer");
  return inquiry_end(link, inquiry, now_ns);
}

int aaa_manufacturer_handle_expiry(struct aaa_manufacturer_link *link, uint64_t now_ns) {
  struct radius_exchange *given_up;
  int error = 0;
  users_expire(link, now_ns);
  while (error == 0 && link->oldest != NULL && link->oldest->end_ns <= now_ns)
    error = inquiry_give_up(link, link->oldest, now_ns);
  while (error == 0 && (given_up = radius_client_handle_expiry(&link->client, now_ns)) != NULL)
    error = inquiry_give_up(link, given_up->owner, now_ns);
  return error;
}
