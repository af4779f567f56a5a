/* The world of a resource server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100000, HOST_SERVER = 0xa0, HOST_CLIENT = 0x10 };

/* Parties */

static void party_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct rs_world_party *)context)->seeded, bytes, length);
}

static void party_event(void *context, const struct node_event *event) {
  struct rs_world_told *told = &((struct rs_world_party *)context)->told;
  told->count[event->phase][event->type]++;
  told->label[event->phase][event->type] = event->label;
  told->remote = event->remote;
  if (event->type != NODE_EVENT_CONFIRMED)
    return;
  told->name_length = event->name_length;
  memcpy(told->name, event->name, event->name_length);
}

/* node_write computes nothing. */
static void party_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)primitive;
  (void)blocks;
  assert_false(((struct rs_world_party *)context)->writes);
}

static void party_init(struct rs_world_party *party, uint64_t seed) {
  party->seeded.state = seed;
  party->hooks = (struct node_hooks){
      .context = party, .random = party_random, .event = party_event, .cost = party_cost};
}

struct node_address rs_world_address(void) {
  return (struct node_address){.ip = {HOST_SERVER}, .port = RS_WORLD_PORT};
}

/* Life */

void rs_world_configure(struct rs_world *world, enum ace_profile profile) {
  memset(world, 0, sizeof *world);
  world->profile = profile;
  lower_options_init(&world->options);
  coap_parameters_read(&world->options, &world->coap);
  world->resources[0] =
      (struct ace_resource){.path = "light", .value = (const uint8_t *)"off", .value_length = 3};
  world->resources[1] = (struct ace_resource){.path = "lock"};
  world->config = (struct ace_resource_server_config){.options = &world->options,
                                                      .profile = profile,
                                                      .local = rs_world_address(),
                                                      .audience = RS_WORLD_AUDIENCE,
                                                      .resources = world->resources,
                                                      .resource_count = 2,
                                                      .clients_max = 8,
                                                      .epoch_s = RS_WORLD_EPOCH_S};
  party_init(&world->party, 21);
  for (size_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    struct rs_world_client *client = &world->clients[i];
    party_init(&client->party, 31 + i);
    client->world = world;
    client->address =
        (struct node_address){.ip = {(uint8_t)(HOST_CLIENT + i)}, .port = RS_WORLD_PORT};
    coap_session_init(&client->coap, &world->coap, &client->party.hooks);
  }
}

void rs_world_start(struct rs_world *world) {
  world->node = ace_resource_server_create(&world->config, &world->party.hooks);
  assert_non_null(world->node);
  rs_world_learn(world, 1);
}

void rs_world_end(struct rs_world *world) {
  for (size_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    association_pair_close(&world->clients[i].pair);
    coap_session_wipe(&world->clients[i].coap);
  }
  node_destroy(world->node);
}

/* Tokens */

static int fixed_keys(const void *state, struct eap_keys *keys) {
  memset(keys->msk, *(const uint8_t *)state, sizeof keys->msk);
  memset(keys->emsk, 0, sizeof keys->emsk);
  return 0;
}

void rs_world_learn(struct rs_world *world, uint8_t seed) {
  static const struct eap_method method = {.keys = fixed_keys};
  static const struct eap_peer_method chosen = {.method = &method};
  struct eap_peer peer = {.selected = &chosen, .method_done = true};
  uint8_t msk[EAP_KEY_LENGTH];
  peer.state[0] = seed;
  memset(msk, seed, sizeof msk);
  assert_int_equal(ace_sealing_key_derive(msk, NULL, &world->key), 0);
  ace_resource_server_learn(world->node, &peer, world->now_ns);
}

struct rs_world_terms rs_world_terms(uint8_t id) {
  return (struct rs_world_terms){.audience = RS_WORLD_AUDIENCE,
                                 .expires_s = RS_WORLD_LIFETIME_S,
                                 .methods = ACE_METHOD_GET | ACE_METHOD_PUT,
                                 .id = id};
}

static void terms_claim(const struct rs_world *world, const struct rs_world_terms *terms,
                        struct ace_claims *claims) {
  struct ace_scope scope = {.count = 1};
  const char *path = terms->path == NULL ? "light" : terms->path;
  *claims = (struct ace_claims){
      .expires_s = RS_WORLD_EPOCH_S + (uint64_t)terms->expires_s,
      .confirmation = {.profile = world->profile, .id = {terms->id}, .id_length = 1}};
  strcpy(scope.entry[0].path, path);
  scope.entry[0].methods = terms->methods;
  claims->scope_length = ace_scope_write(
      &scope, terms->path == NULL ? ACE_SCOPE_SHORT : ACE_SCOPE_AIF, "light", claims->scope);
  if (terms->audience == NULL)
    return;
  claims->audience_length = strlen(terms->audience);
  memcpy(claims->audience, terms->audience, claims->audience_length);
}

void rs_world_give_token(struct rs_world *world, size_t number,
                         const struct rs_world_terms *terms) {
  struct rs_world_client *client = &world->clients[number];
  const uint8_t nonce[ACE_SEALING_NONCE_LENGTH] = {++world->nonces};
  struct ace_claims claims;
  terms_claim(world, terms, &claims);
  if (world->profile == ACE_PROFILE_OSCORE) {
    seeded_bytes(&client->party.seeded, claims.confirmation.secret, ACE_SECRET_LENGTH);
    claims.confirmation.has_secret = true;
    claims.confirmation.has_context_id = terms->is_salted;
    claims.confirmation.context_id_length = terms->is_salted ? 3 : 0;
    claims.confirmation.salt_length = terms->is_salted ? ACE_SALT_MAX : 0;
    memset(claims.confirmation.context_id, 0x33, claims.confirmation.context_id_length);
    memset(claims.confirmation.salt, 0x44, claims.confirmation.salt_length);
  }
  const int length = ace_token_seal(&claims, &world->key, nonce, NULL, client->token);
  assert_true(length > 0);
  client->token_length = (size_t)length;
  client->confirmation = claims.confirmation;
  if (world->profile == ACE_PROFILE_DTLS)
    assert_int_equal(ace_psk_derive(&world->key, client->token, client->token_length, NULL,
                                    client->confirmation.secret),
                     0);
}

/* What clients are told */

static struct association_id id_of(const struct ace_oscore_half *half) {
  struct association_id id = {.length = half->id_length};
  memcpy(id.bytes, half->id, half->id_length);
  return id;
}

static void open_oscore(struct rs_world_client *client) {
  uint8_t salt[ACE_MASTER_SALT_MAX];
  const struct association_config made = {
      .kind = &ASSOCIATION_OSCORE,
      .options = &client->world->options,
      .coap = &client->world->coap,
      .client = true,
      .phase = NODE_PHASE_TOKEN_TRANSFER,
      .local = client->address,
      .remote = rs_world_address(),
      .key = client->confirmation.secret,
      .key_length = ACE_SECRET_LENGTH,
      .salt = salt,
      .salt_length = ace_master_salt(&client->confirmation, &client->half, &client->servers, salt),
      .local_id = id_of(&client->servers),
      .remote_id = id_of(&client->half),
      .identity = client->confirmation.has_context_id ? client->confirmation.context_id : NULL,
      .identity_length = client->confirmation.context_id_length};
  association_close(&client->pair.current);
  assert_int_equal(association_open(&client->pair.current, &made, &client->coap,
                                    &client->party.hooks, client->world->now_ns),
                   0);
}

static void client_transferred(struct rs_world_client *client, const struct coap_message *message) {
  client->transferred++;
  client->transfer_code = message->code;
  if (message->code != COAP_CODE_CREATED || client->world->profile != ACE_PROFILE_OSCORE)
    return;
  assert_int_equal(
      ace_oscore_answer_read(message->payload, message->payload_length, &client->servers), 0);
  open_oscore(client);
}

static void client_answered(struct rs_world_client *client, const struct coap_message *plain,
                            bool is_protected) {
  client->answers++;
  client->is_protected = is_protected;
  client->code = plain->code;
  client->length = plain->payload_length;
  if (plain->payload_length > 0)
    memcpy(client->value, plain->payload, plain->payload_length);
}

static void client_response(struct rs_world_client *client, const struct coap_message *message) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  const bool marked = association_is_marked(message);
  if (client->transfers) {
    client_transferred(client, message);
  } else if (!marked) {
    client_answered(client, message, false);
  } else {
    if (association_verify_response(&client->pair.current, message, buffer, &plain) < 0)
      return;
    client_answered(client, &plain, true);
  }
  coap_session_cancel(&client->coap);
}

static int client_message(void *context, struct association *association, const uint8_t *data,
                          size_t length, uint64_t now_ns) {
  struct coap_message message;
  if (coap_session_receive(association_coap(association), data, length, now_ns, &message) !=
      COAP_RECEIVED_RESPONSE)
    return 0;
  client_answered(context, &message, true);
  coap_session_cancel(association_coap(association));
  return 0;
}

static void client_discarded(void *context, const char *why) {
  (void)context;
  (void)why;
}

static void client_read(struct rs_world_client *client, const struct node_datagram *datagram) {
  const struct association_reader reader = {
      .context = client, .message = client_message, .discarded = client_discarded};
  struct coap_message message;
  if (datagram->destination.port != client->address.port) {
    assert_int_equal(association_pair_read(&client->pair, datagram, client->world->now_ns, &reader),
                     0);
    return;
  }
  const enum coap_received received = coap_session_receive(
      &client->coap, datagram->data, datagram->length, client->world->now_ns, &message);
  if (received == COAP_RECEIVED_RESPONSE)
    client_response(client, &message);
  client->resets += received == COAP_RECEIVED_RESET;
}

static int client_write(struct rs_world_client *client, struct node_datagram *datagram) {
  const struct node_address server = rs_world_address();
  const char *failure = association_failure(&client->pair.pending);
  if (failure != NULL)
    client->failure = failure;
  if (association_is_ready(&client->pair.pending))
    association_pair_replace(&client->pair);
  assert_int_equal(association_pair_seal(&client->pair), 0);
  datagram->source = client->address;
  datagram->destination = server;
  const int result = coap_session_write(&client->coap, datagram, client->world->now_ns);
  return result != 0 ? result
                     : association_pair_write(&client->pair, &client->address, &server, datagram,
                                              client->world->now_ns);
}

static uint64_t client_expiry(const struct rs_world_client *client) {
  const uint64_t coap_ns = coap_session_expiry(&client->coap);
  const uint64_t pair_ns = association_pair_expiry(&client->pair);
  return coap_ns < pair_ns ? coap_ns : pair_ns;
}

static void client_handle_expiry(struct rs_world_client *client) {
  struct association_given_up given_up;
  if (coap_session_handle_expiry(&client->coap, client->world->now_ns))
    coap_session_cancel(&client->coap);
  assert_int_equal(association_pair_handle_expiry(&client->pair, client->world->now_ns, &given_up),
                   0);
}

/* The network */

enum { HOST_COUNT = 1 + RS_WORLD_CLIENTS };

static size_t host_of(const struct node_address *address) {
  const uint8_t octet = address->ip[0];
  if (octet == HOST_SERVER)
    return 0;
  return octet >= HOST_CLIENT && octet < HOST_CLIENT + RS_WORLD_CLIENTS
             ? 1 + (size_t)(octet - HOST_CLIENT)
             : HOST_COUNT;
}

static void depart(struct rs_world *world, const struct node_datagram *datagram) {
  assert_int_equal(span_list_length(&datagram->spans), datagram->length);
  if (world->is_cut) {
    world->cut_count++;
    world->cut_octets += datagram->length;
    world->cut_last_length = datagram->length;
    memcpy(world->cut_last, datagram->data, datagram->length);
    return;
  }
  assert_true(world->count < RS_WORLD_LOG_MAX);
  struct rs_world_datagram *sent = &world->log[world->count];
  *sent = (struct rs_world_datagram){
      .source = datagram->source,
      .destination = datagram->destination,
      .length = datagram->length,
      .label = datagram->label,
      .phase = datagram->phase,
      .arrival_ns = {world->now_ns + RS_WORLD_LATENCY_MS * NODE_MS, NODE_NEVER}};
  memcpy(sent->data, datagram->data, datagram->length);
  if (world->fate != NULL)
    world->fate(world, world->count, sent);
  world->count++;
}

static void call_around(const struct rs_world *world, bool begins) {
  if (world->around != NULL)
    world->around(begins);
}

static int server_write(struct rs_world *world, struct node_datagram *datagram) {
  call_around(world, true);
  const int result = node_write(world->node, datagram, world->now_ns);
  call_around(world, false);
  return result;
}

static void server_read(struct rs_world *world, const struct node_datagram *datagram) {
  call_around(world, true);
  const int result = node_read(world->node, datagram, world->now_ns);
  call_around(world, false);
  assert_int_equal(result, 0);
}

static void server_handle_expiry(struct rs_world *world) {
  call_around(world, true);
  const int result = node_handle_expiry(world->node, world->now_ns);
  call_around(world, false);
  assert_int_equal(result, 0);
}

static void host_flush(struct rs_world *world, size_t host) {
  uint8_t data[NODE_DATAGRAM_MAX];
  world->party.writes = host == 0;
  for (int result = 1; result == 1;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    result = host == 0 ? server_write(world, &datagram)
                       : client_write(&world->clients[host - 1], &datagram);
    assert_true(result >= 0);
    if (result == 1)
      depart(world, &datagram);
  }
  world->party.writes = false;
}

static void deliver(struct rs_world *world, const struct node_address *source,
                    const struct node_address *destination, const uint8_t *data, size_t length) {
  const size_t host = host_of(destination);
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  if (length > 0)
    memcpy(exact, data, length);
  const struct node_datagram datagram = {
      .source = *source, .destination = *destination, .data = exact, .length = length};
  if (host == 0)
    server_read(world, &datagram);
  else if (host < HOST_COUNT)
    client_read(&world->clients[host - 1], &datagram);
  free(exact);
  if (host < HOST_COUNT)
    host_flush(world, host);
}

void rs_world_inject(struct rs_world *world, const struct node_address *source,
                     const struct node_address *destination, const uint8_t *data, size_t length) {
  deliver(world, source, destination, data, length);
}

size_t rs_world_strange(struct rs_world *world, const struct node_address *source,
                        const struct node_address *destination, const uint8_t *data,
                        size_t length) {
  world->is_cut = true;
  world->cut_octets = world->cut_last_length = 0;
  deliver(world, source, destination, data, length);
  world->is_cut = false;
  return world->cut_octets;
}

static uint64_t host_expiry(const struct rs_world *world, size_t host) {
  return host == 0 ? node_expiry(world->node) : client_expiry(&world->clients[host - 1]);
}

static void host_handle_expiry(struct rs_world *world, size_t host) {
  if (host == 0)
    server_handle_expiry(world);
  else
    client_handle_expiry(&world->clients[host - 1]);
  host_flush(world, host);
}

static uint64_t *next_arrival(struct rs_world *world, size_t *number) {
  uint64_t *next = NULL;
  for (size_t i = 0; i < world->count; i++)
    for (size_t j = 0; j < 2; j++)
      if (world->log[i].arrival_ns[j] != NODE_NEVER &&
          (next == NULL || world->log[i].arrival_ns[j] < *next)) {
        next = &world->log[i].arrival_ns[j];
        *number = i;
      }
  return next;
}

void rs_world_run(struct rs_world *world, uint64_t until_ns) {
  size_t number = 0;
  for (unsigned step = 0; step < STEPS_MAX; step++) {
    uint64_t *arrival = next_arrival(world, &number);
    size_t host = 0;
    for (size_t i = 1; i < HOST_COUNT; i++)
      if (host_expiry(world, i) < host_expiry(world, host))
        host = i;
    const uint64_t expiry_ns = host_expiry(world, host);
    const bool arrives = arrival != NULL && *arrival <= expiry_ns;
    const uint64_t next_ns = arrives ? *arrival : expiry_ns;
    if (next_ns > until_ns || next_ns == NODE_NEVER)
      return;
    if (next_ns > world->now_ns)
      world->now_ns = next_ns;
    if (!arrives) {
      host_handle_expiry(world, host);
      continue;
    }
    const struct rs_world_datagram sent = world->log[number];
    *arrival = NODE_NEVER;
    deliver(world, &sent.source, &sent.destination, sent.data, sent.length);
  }
  fail_msg("it does not come to an end");
}

void rs_world_run_ms(struct rs_world *world, uint64_t ms) {
  const uint64_t until_ns = world->now_ns + ms * NODE_MS;
  rs_world_run(world, until_ns);
  world->now_ns = until_ns;
}

/* What clients do */

static void compose_request(struct rs_world_client *client, uint8_t code, const char *path,
                            struct coap_message *request) {
  *request =
      (struct coap_message){.phase = NODE_PHASE_APPLICATION, .code = code, .token_length = 1};
  seeded_bytes(&client->party.seeded, request->token, 1);
  coap_message_add_option(request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, path, strlen(path));
}

void rs_world_bring(struct rs_world *world, size_t number) {
  static const uint8_t formats[ACE_PROFILE_COUNT] = {
      [ACE_PROFILE_OSCORE] = ACE_CONTENT_FORMAT, [ACE_PROFILE_DTLS] = ACE_CONTENT_FORMAT_CWT};
  struct rs_world_client *client = &world->clients[number];
  uint8_t payload[ACE_MESSAGE_MAX];
  struct coap_message request;
  struct span_writer out;
  compose_request(client, COAP_CODE_POST, ACE_AUTHZ_INFO_PATH, &request);
  coap_message_add_option(&request, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT,
                          &formats[world->profile], 1);
  span_writer_init(&out, payload, sizeof payload, NULL);
  if (world->profile == ACE_PROFILE_OSCORE) {
    client->half.nonce_length = ACE_NONCE_LENGTH;
    client->half.id_length = 1;
    seeded_bytes(&client->party.seeded, client->half.nonce, ACE_NONCE_LENGTH);
    seeded_bytes(&client->party.seeded, client->half.id, 1);
    ace_oscore_request_write(client->token, client->token_length, &client->half, &out);
  } else {
    span_writer_put(&out, ROW_ACE_TOKEN, client->token, client->token_length);
  }
  request.payload = payload;
  request.payload_length = out.length;
  client->transfers = true;
  client->transferred = 0;
  client->transfer_code = COAP_CODE_EMPTY;
  coap_session_cancel(&client->coap);
  assert_int_equal(coap_session_request(&client->coap, &request, "authz-info"), 0);
  host_flush(world, 1 + number);
}

void rs_world_open(struct rs_world *world, size_t number, bool by_token) {
  struct rs_world_client *client = &world->clients[number];
  uint8_t identity[ACE_PSK_IDENTITY_MAX];
  const size_t length =
      ace_psk_identity_write(client->confirmation.id, client->confirmation.id_length, identity);
  const struct association_config made = {.kind = &ASSOCIATION_DTLS,
                                          .options = &world->options,
                                          .coap = &world->coap,
                                          .client = true,
                                          .phase = NODE_PHASE_TOKEN_TRANSFER,
                                          .local = client->address,
                                          .remote = rs_world_address(),
                                          .key = client->confirmation.secret,
                                          .key_length = ACE_SECRET_LENGTH,
                                          .identity = by_token ? client->token : identity,
                                          .identity_length =
                                              by_token ? client->token_length : length};
  association_pair_close(&client->pair);
  client->failure = NULL;
  assert_int_equal(
      association_open(&client->pair.pending, &made, NULL, &client->party.hooks, world->now_ns), 0);
  host_flush(world, 1 + number);
}

bool rs_world_ask(struct rs_world *world, size_t number, uint8_t code, const char *path,
                  const uint8_t *payload, size_t length) {
  struct rs_world_client *client = &world->clients[number];
  struct coap_message request;
  client->answers = 0;
  client->code = COAP_CODE_EMPTY;
  client->length = 0;
  if (!association_is_ready(&client->pair.current))
    return false;
  compose_request(client, code, path, &request);
  request.payload = payload;
  request.payload_length = length;
  client->transfers = false;
  coap_session_cancel(association_coap(&client->pair.current));
  assert_int_equal(association_request(&client->pair.current, &request, "access"), 0);
  host_flush(world, 1 + number);
  return true;
}

uint8_t rs_world_transfer(struct rs_world *world, size_t client) {
  rs_world_bring(world, client);
  rs_world_run_ms(world, 60000);
  return world->clients[client].transfer_code;
}

uint8_t rs_world_access(struct rs_world *world, size_t client, uint8_t code, const char *path,
                        const char *text) {
  const size_t length = text == NULL ? 0 : strlen(text);
  assert_true(rs_world_ask(world, client, code, path, (const uint8_t *)text, length));
  rs_world_run_ms(world, 60000);
  return world->clients[client].code;
}

bool rs_world_join(struct rs_world *world, size_t number, const struct rs_world_terms *terms) {
  const struct rs_world_client *client = &world->clients[number];
  rs_world_give_token(world, number, terms);
  if (rs_world_transfer(world, number) != COAP_CODE_CREATED)
    return false;
  if (world->profile == ACE_PROFILE_DTLS) {
    rs_world_open(world, number, false);
    rs_world_run_ms(world, 60000);
  }
  return association_is_ready(&client->pair.current);
}

/* What was seen */

uint64_t rs_world_state(const struct rs_world *world) {
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(world->node, &digest, world->now_ns));
  return digest.low ^ digest.high;
}

const struct rs_world_datagram *rs_world_flown(const struct rs_world *world, const char *label) {
  for (size_t i = 0; i < world->count; i++)
    if (strcmp(world->log[i].label, label) == 0)
      return &world->log[i];
  fail_msg("no %s was sent", label);
  return NULL;
}

size_t rs_world_count(const struct rs_world *world, const char *label) {
  size_t count = 0;
  for (size_t i = 0; i < world->count; i++)
    count += strcmp(world->log[i].label, label) == 0;
  return count;
}

unsigned rs_world_told(const struct rs_world *world, enum node_phase phase,
                       enum node_event_type type) {
  return world->party.told.count[phase][type];
}

const char *rs_world_why(const struct rs_world *world, enum node_phase phase,
                         enum node_event_type type) {
  return world->party.told.label[phase][type];
}

bool rs_world_value_is(const struct rs_world *world, const char *path, const char *text) {
  size_t length;
  const uint8_t *value = ace_resource_server_value(world->node, path, &length);
  return value != NULL && length == strlen(text) && memcmp(value, text, length) == 0;
}
