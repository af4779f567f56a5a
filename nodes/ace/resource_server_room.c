/* Places of clients, and who gives way to whom: first the oldest of those that have shown no key,
 * or whose token has ended, then the one that was of use last longest ago. So a crowd that brings a
 * token which it has heard takes one place at most from those that have the key. */
#include "resource_server_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

/* An endpoint, as a key of tables; a kid is behind the IP address. */
struct rs_name {
  uint8_t octets[sizeof((struct node_address *)NULL)->ip + ACE_KEY_ID_MAX];
  size_t length;
};

static struct rs_name name_of(const struct node_address *address, const uint8_t *behind,
                              size_t length) {
  struct rs_name name = {.length = sizeof address->ip + length};
  memcpy(name.octets, address->ip, sizeof address->ip);
  memcpy(name.octets + sizeof address->ip, behind, length);
  return name;
}

static struct rs_name name_of_endpoint(const struct node_address *address) {
  const uint8_t port[] = {(uint8_t)(address->port >> 8), (uint8_t)address->port};
  return name_of(address, port, sizeof port);
}

bool rs_clients_init(struct resource_server *server) {
  struct rs_clients *clients = &server->clients;
  const size_t most = server->config.clients_max;
  return table_init(&clients->by_remote, most, &server->hash_key) &&
         table_init(&clients->by_kid, most, &server->hash_key) &&
         table_init(&clients->by_recipient, 2 * most, &server->hash_key) &&
         deadline_heap_init(&clients->deadlines, most);
}

void rs_clients_deinit(struct resource_server *server) {
  struct rs_clients *clients = &server->clients;
  struct rs_client *client;
  while ((client = list_first(&clients->unproven)) != NULL ||
         (client = list_first(&clients->proven)) != NULL)
    rs_client_release(client);
  table_deinit(&clients->by_remote);
  table_deinit(&clients->by_kid);
  table_deinit(&clients->by_recipient);
  deadline_heap_deinit(&clients->deadlines);
}

struct rs_client *rs_clients_find(const struct resource_server *server,
                                  const struct node_address *remote) {
  const struct rs_name name = name_of_endpoint(remote);
  struct rs_client *client = table_first(&server->clients.by_remote, name.octets, name.length);
  while (client != NULL && !node_address_equal(&client->remote, remote))
    client = table_next(&client->by_remote);
  return client;
}

struct rs_client *rs_clients_find_living(struct resource_server *server,
                                         const struct node_address *remote) {
  struct rs_client *client = rs_clients_find(server, remote);
  if (client == NULL)
    return NULL;
  rs_client_lapse(client);
  if (!rs_client_is_over(client))
    return client;
  rs_client_release(client);
  return NULL;
}

static bool has_brought(const struct rs_client *client, const struct node_address *from,
                        const uint8_t *kid, size_t length) {
  return memcmp(client->remote.ip, from->ip, sizeof from->ip) == 0 &&
         client->brought.id_length == length && memcmp(client->brought.id, kid, length) == 0;
}

/* Of two that have brought a token of one kid, whose handshake it is for. */
static bool is_nearer(const struct rs_client *client, const struct rs_client *than,
                      const struct node_address *to) {
  if (client->remote.port == to->port || than->remote.port == to->port)
    return client->remote.port == to->port;
  if (client->brought.until_ns != than->brought.until_ns)
    return client->brought.until_ns > than->brought.until_ns;
  return client->remote.port > than->remote.port;
}

struct rs_client *rs_clients_find_kid(const struct resource_server *server,
                                      const struct node_address *remote, const uint8_t *kid,
                                      size_t length) {
  if (length < 1 || length > ACE_KEY_ID_MAX)
    return NULL;
  const struct rs_name name = name_of(remote, kid, length);
  struct rs_client *found = NULL;
  struct rs_client *client = table_first(&server->clients.by_kid, name.octets, name.length);
  for (; client != NULL; client = table_next(&client->by_kid))
    if (has_brought(client, remote, kid, length) &&
        (found == NULL || is_nearer(client, found, remote)))
      found = client;
  return found;
}

void rs_client_bring(struct rs_client *client, struct rs_grant *grant) {
  rs_client_forget_brought(client);
  rs_grant_move(&client->brought, grant);
  const struct rs_name name =
      name_of(&client->remote, client->brought.id, client->brought.id_length);
  table_add(&client->server->clients.by_kid, &client->by_kid, client, name.octets, name.length);
}

void rs_client_forget_brought(struct rs_client *client) {
  table_remove(&client->server->clients.by_kid, &client->by_kid);
  rs_grant_wipe(&client->brought);
}

void rs_client_release(struct rs_client *client) {
  struct resource_server *server = client->server;
  struct rs_clients *clients = &server->clients;
  rs_client_forget_brought(client);
  association_pair_close(&client->pair);
  rs_recipient_leave(server, &client->pending_recipient);
  rs_recipient_leave(server, &client->current_recipient);
  coap_session_wipe(&client->coap);
  table_remove(&clients->by_remote, &client->by_remote);
  list_remove(&client->in_order);
  list_remove(&client->to_write);
  deadline_set(&clients->deadlines, &client->deadline, NODE_NEVER);
  clients->bytes -= client->bytes;
  crypto_wipe(client, sizeof *client);
  free(client);
}

static void stand(struct rs_client *client, bool was_of_use) {
  struct rs_clients *clients = &client->server->clients;
  const bool is_proven =
      association_is_open(&client->pair.current) && rs_grant_is_there(&client->current);
  struct list *list = is_proven ? &clients->proven : &clients->unproven;
  if (client->in_order.in != list || (is_proven && was_of_use))
    list_append(list, &client->in_order, client);
}

void rs_client_stand(struct rs_client *client) {
  stand(client, false);
}

void rs_client_use(struct rs_client *client) {
  stand(client, true);
}

static void give_way(struct rs_clients *clients) {
  static const char why[] = "made room for another";
  struct rs_client *client = list_first(&clients->unproven);
  if (client == NULL) {
    client = list_first(&clients->proven);
    rs_client_tell(client, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
  }
  rs_client_drop_pending(client, why);
  rs_client_release(client);
}

struct rs_client *rs_clients_acquire(struct resource_server *server,
                                     const struct node_address *local,
                                     const struct node_address *remote) {
  const struct rs_name name = name_of_endpoint(remote);
  struct rs_clients *clients = &server->clients;
  struct rs_client *client = calloc(1, sizeof *client);
  if (client == NULL)
    return NULL;
  if (clients->unproven.count + clients->proven.count == server->config.clients_max)
    give_way(clients);
  client->server = server;
  client->local = *local;
  client->remote = *remote;
  client->refused = NODE_PHASE_TOKEN_TRANSFER;
  client->deadline.owner = client;
  coap_session_init(&client->coap, &server->coap, server->hooks);
  table_add(&clients->by_remote, &client->by_remote, client, name.octets, name.length);
  list_append(&clients->unproven, &client->in_order, client);
  return client;
}

/* Recipient IDs */

static bool is_taken(const struct resource_server *server, const struct association_id *id) {
  const struct rs_recipient *recipient =
      table_first(&server->clients.by_recipient, id->bytes, id->length);
  while (recipient != NULL && (recipient->id.length != id->length ||
                               memcmp(recipient->id.bytes, id->bytes, id->length) != 0))
    recipient = table_next(&recipient->by_id);
  return recipient != NULL;
}

static bool is_other(const struct association_id *id, const struct ace_oscore_half *other) {
  return id->length != other->id_length || memcmp(id->bytes, other->id, id->length) != 0;
}

/* From a random one on. False: all of this length are in use. */
static bool find_free(struct resource_server *server, size_t length,
                      const struct ace_oscore_half *other, struct association_id *id) {
  const uint32_t count = length == 1 ? 0x100 : 0x10000;
  const uint32_t first = node_random_below(server->hooks, count);
  id->length = length;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t number = first + i;
    id->bytes[0] = (uint8_t)(length == 1 ? number : number >> 8);
    id->bytes[1] = (uint8_t)number;
    if (is_other(id, other) && !is_taken(server, id))
      return true;
  }
  return false;
}

void rs_recipient_take(struct resource_server *server, struct rs_recipient *recipient,
                       const struct ace_oscore_half *other) {
  rs_recipient_leave(server, recipient);
  if (!find_free(server, 1, other, &recipient->id))
    (void)find_free(server, 2, other, &recipient->id);
  table_add(&server->clients.by_recipient, &recipient->by_id, recipient, recipient->id.bytes,
            recipient->id.length);
}

void rs_recipient_leave(struct resource_server *server, struct rs_recipient *recipient) {
  table_remove(&server->clients.by_recipient, &recipient->by_id);
  recipient->id.length = 0;
}

void rs_recipient_move(struct resource_server *server, struct rs_recipient *to,
                       struct rs_recipient *from) {
  rs_recipient_leave(server, to);
  to->id = from->id;
  rs_recipient_leave(server, from);
  if (to->id.length > 0)
    table_add(&server->clients.by_recipient, &to->by_id, to, to->id.bytes, to->id.length);
}

/* State */

/* The pair's most, where it is a new one, is what there was for a moment. */
void rs_client_count(struct rs_client *client) {
  struct rs_clients *clients = &client->server->clients;
  const struct rs_grant *const grants[] = {&client->brought, &client->pending, &client->current};
  const size_t most = client->pair.bytes_peak;
  size_t bytes = association_pair_bytes(&client->pair), moment = 0;
  association_pair_note(&client->pair);
  if (client->pair.bytes_peak > most)
    moment = client->pair.bytes_peak - bytes;
  for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++)
    if (rs_grant_is_there(grants[i]))
      bytes += sizeof *grants[i];
  clients->bytes += bytes - client->bytes;
  client->bytes = bytes;
  if (clients->bytes + moment > clients->bytes_peak)
    clients->bytes_peak = clients->bytes + moment;
}

static void client_digest(const struct rs_client *client, struct digest *digest, uint64_t now_ns) {
  digest_octets(digest, client->local.ip, sizeof client->local.ip);
  digest_octets(digest, client->remote.ip, sizeof client->remote.ip);
  digest_u64(digest, (uint64_t)client->local.port << 16 | client->remote.port);
  coap_session_digest(&client->coap, digest, now_ns);
  association_pair_digest(&client->pair, digest, now_ns);
  rs_grant_digest(&client->brought, digest, now_ns);
  rs_grant_digest(&client->pending, digest, now_ns);
  rs_grant_digest(&client->current, digest, now_ns);
  digest_octets(digest, client->pending_recipient.id.bytes, client->pending_recipient.id.length);
  digest_octets(digest, client->current_recipient.id.bytes, client->current_recipient.id.length);
  digest_u64(digest, client->told);
}

static void list_digest(const struct list *list, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, list->count);
  for (const struct list_link *at = list->first; at != NULL; at = at->next)
    client_digest(at->owner, digest, now_ns);
}

void rs_clients_digest(const struct resource_server *server, struct digest *digest,
                       uint64_t now_ns) {
  list_digest(&server->clients.unproven, digest, now_ns);
  list_digest(&server->clients.proven, digest, now_ns);
}
