/* The world of a client: the authorization server, the network, and what is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_world.h"

enum { CALL_ENDS_MS = 60000 };

static const char *const NAMES[CLIENT_WORLD_SERVERS] = {"rs1", "rs2", "rs3"};
static const struct node_address LOCAL = {.ip = {0xfd, [15] = 0x99}, .port = 5683};

/* Hooks */

static void client_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct client_world *)context)->seeded, bytes, length);
}

static size_t server_at(const struct client_world *world, const struct node_address *address) {
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    if (memcmp(world->servers[i].address.ip, address->ip, sizeof address->ip) == 0)
      return i;
  return CLIENT_WORLD_SERVERS;
}

static void client_event(void *context, const struct node_event *event) {
  struct client_world *world = context;
  assert_true(world->event_count < CLIENT_WORLD_EVENTS_MAX);
  assert_non_null(event->label);
  struct client_world_event *told = &world->events[world->event_count++];
  *told = (struct client_world_event){.type = event->type,
                                      .phase = event->phase,
                                      .server = server_at(world, &event->remote),
                                      .label = event->label,
                                      .secret_name = event->secret_name,
                                      .at_ns = world->post.now_ns,
                                      .secret_length = event->secret_length};
  assert_true(event->secret_length <= sizeof told->secret &&
              event->name_length < sizeof told->name);
  if (event->secret != NULL)
    memcpy(told->secret, event->secret, event->secret_length);
  if (event->name != NULL)
    memcpy(told->name, event->name, event->name_length);
}

static void client_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct client_world *world = context;
  (void)primitive;
  assert_false(world->writes);
  world->computed += blocks;
}

static void client_told(void *context, size_t server, uint8_t code, const uint8_t *payload,
                        size_t length) {
  struct client_world *world = context;
  world->told++;
  world->told_server = server;
  world->told_code = code;
  world->told_length = length;
  if (length > 0)
    memcpy(world->told_payload, payload, length);
}

static void call_begins(const struct client_world *world) {
  if (world->around != NULL)
    world->around(true);
}

static int call_ended(const struct client_world *world, int result) {
  if (world->around != NULL)
    world->around(false);
  return world->around != NULL && result == NODE_ERR_EXHAUSTED ? 0 : result;
}

/* The authorization server */

static size_t audience_of(const struct ace_token_request *request) {
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    if (request->audience_length == strlen(NAMES[i]) &&
        memcmp(request->audience, NAMES[i], request->audience_length) == 0)
      return i;
  fail_msg("no such audience");
  return 0;
}

static int as_ask(void *context, const struct lower_call *call) {
  struct client_world *world = context;
  struct ace_token_request request;
  struct ace_scope scope;
  assert_int_equal(call->phase, NODE_PHASE_AUTHORIZATION);
  assert_string_equal(call->path, "token");
  assert_int_equal(call->content_format, 19);
  assert_string_equal(call->label, "token request");
  assert_int_equal(span_list_length(call->spans), call->length);
  assert_int_equal(ace_token_request_read(call->payload, call->length, &request), 0);
  assert_false(world->calling);
  if (world->as.error < 0)
    return world->as.error;
  world->calls++;
  world->calling = true;
  world->called_for = audience_of(&request);
  const struct ace_server *known = &world->known[world->called_for];
  assert_int_equal(ace_scope_read(request.scope, request.scope_length, known->resource, &scope), 0);
  assert_true(ace_scope_equal(&scope, &known->scope));
  world->answer_ns =
      world->post.now_ns + (world->as.mute ? CALL_ENDS_MS : CLIENT_WORLD_ANSWER_MS) * NODE_MS;
  return 0;
}

static void make_confirmation(struct client_world *world) {
  struct ace_confirmation *confirmation = &world->confirmation;
  const bool dtls = (world->config.profile == ACE_PROFILE_DTLS) != world->as.other_cnf;
  *confirmation = (struct ace_confirmation){.profile = dtls ? ACE_PROFILE_DTLS : ACE_PROFILE_OSCORE,
                                            .id = {(uint8_t)world->tokens},
                                            .id_length = 1,
                                            .has_secret = !dtls,
                                            .has_context_id = world->as.has_context_id,
                                            .context_id = {1, 2, 3},
                                            .context_id_length = 3};
  if (!confirmation->has_context_id)
    confirmation->context_id_length = 0;
  seeded_bytes(&world->servers[0].seeded, confirmation->secret, sizeof confirmation->secret);
}

/* The real one, whose key the answer has, too. */
static void make_token(struct client_world *world) {
  const struct ace_server *known = &world->known[world->called_for];
  const struct ace_sealing_key *key = &world->servers[world->called_for].key;
  const uint8_t nonce[ACE_SEALING_NONCE_LENGTH] = {(uint8_t)++world->tokens};
  make_confirmation(world);
  struct ace_claims claims = {.expires_s = world->as.exp_s == 0 ? 1000000 : world->as.exp_s,
                              .confirmation = world->confirmation};
  claims.scope_length =
      ace_scope_write(&known->scope, known->scope_form, known->resource, claims.scope);
  const int length = ace_token_seal(&claims, key, nonce, &world->servers[0].hooks, world->token);
  assert_true(length > 0);
  world->token_length = (size_t)length;
  if (world->confirmation.has_secret)
    return;
  assert_int_equal(ace_psk_derive(key, world->token, world->token_length, &world->servers[0].hooks,
                                  world->confirmation.secret),
                   0);
  world->confirmation.has_secret = true;
}

void client_world_write_answer(struct client_world *world, struct span_writer *out) {
  make_token(world);
  if (world->as.token_length > 0) {
    memset(world->token, 0xa5, world->as.token_length);
    world->token_length = world->as.token_length;
  }
  const struct ace_token_answer answer = {.token = world->token,
                                          .token_length = world->token_length,
                                          .expires_in_s = world->as.expires_in_s,
                                          .profile = world->as.profile,
                                          .confirmation = world->confirmation};
  ace_token_answer_write(&answer, out);
}

static void as_answer(struct client_world *world) {
  const struct client_world_as *as = &world->as;
  uint8_t octets[ACE_MESSAGE_MAX], format[8];
  struct span_writer out;
  struct coap_message response = {.code = as->code == 0 ? COAP_CODE_CREATED : as->code,
                                  .payload = octets};
  span_writer_init(&out, octets, sizeof octets, NULL);
  if (as->mute) {
    client_world_hear(world, NULL);
    return;
  }
  if (response.code >> 5 == 2)
    client_world_write_answer(world, &out);
  else if (as->error_parameter != 0)
    ace_error_write((enum ace_error)as->error_parameter, &out);
  assert_true(out.length >= as->cut && !out.overflow);
  memcpy(world->answer, octets, out.length);
  world->answer_length = out.length;
  response.payload_length = out.length - as->cut;
  if (as->option != 0)
    coap_message_add_option(&response, as->option, ROW_COAP_OPTION, "", 0);
  if (as->format != UINT16_MAX)
    coap_message_add_option(
        &response, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
        coap_uint_encode(as->format == 0 ? ACE_CONTENT_FORMAT : as->format, format));
  client_world_hear(world, &response);
}

/* The network */

static int write_client(struct client_world *world, struct node_datagram *datagram) {
  world->writes = true;
  call_begins(world);
  const int result = call_ended(world, node_write(world->client, datagram, world->post.now_ns));
  world->writes = false;
  return result;
}

/* All that anybody has to say. */
static void flush(void *context) {
  struct client_world *world = context;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct digest digest;
  for (size_t i = 0; i <= CLIENT_WORLD_SERVERS;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    if (i < CLIENT_WORLD_SERVERS)
      assert_int_equal(association_pair_seal(&world->servers[i].association), 0);
    const int result = i < CLIENT_WORLD_SERVERS
                           ? client_world_server_write(&world->servers[i], &datagram)
                           : write_client(world, &datagram);
    assert_true(result >= 0);
    if (result == 1) {
      assert_int_equal(datagram.protocol, NODE_UDP);
      post_depart(&world->post, &datagram);
    } else
      i++;
  }
  digest_init(&digest);
  assert_true(node_digest(world->client, &digest, world->post.now_ns));
  assert_true(ace_client_bytes(world->client) <= ace_client_bytes_peak(world->client));
}

static void read_any(void *context, const struct node_datagram *datagram) {
  struct client_world *world = context;
  const size_t to = server_at(world, &datagram->destination);
  if (to < CLIENT_WORLD_SERVERS)
    client_world_server_read(&world->servers[to], datagram);
  else {
    call_begins(world);
    assert_int_equal(call_ended(world, node_read(world->client, datagram, world->post.now_ns)), 0);
  }
}

void client_world_hear(struct client_world *world, const struct coap_message *response) {
  world->calling = false;
  world->answer_ns = NODE_NEVER;
  call_begins(world);
  ace_client_answered(world->client, response, world->post.now_ns);
  (void)call_ended(world, 0);
  flush(world);
}

static uint64_t expiry(const void *context) {
  const struct client_world *world = context;
  uint64_t next_ns = node_expiry(world->client);
  next_ns = world->answer_ns < next_ns ? world->answer_ns : next_ns;
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++) {
    const uint64_t due_ns = client_world_server_expiry(&world->servers[i]);
    next_ns = due_ns < next_ns ? due_ns : next_ns;
  }
  return next_ns;
}

static void wake(void *context) {
  struct client_world *world = context;
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    client_world_server_wake(&world->servers[i]);
  if (world->post.now_ns >= world->answer_ns)
    as_answer(world);
  else {
    call_begins(world);
    assert_int_equal(call_ended(world, node_handle_expiry(world->client, world->post.now_ns)), 0);
  }
}

static const struct post_world POST_WORLD = {
    .read = read_any, .expiry = expiry, .wake = wake, .flush = flush};

void client_world_run(struct client_world *world) {
  post_run_ms(&world->post, 1000000);
}

/* Life */

void client_world_configure(struct client_world *world, enum ace_profile profile) {
  memset(world, 0, sizeof *world);
  lower_options_init(&world->options);
  coap_parameters_read(&world->options, &world->coap);
  post_init(&world->post, &POST_WORLD, world);
  world->answer_ns = NODE_NEVER;
  world->seeded.state = 4711;
  world->hooks = (struct node_hooks){
      .context = world, .random = client_random, .event = client_event, .cost = client_cost};
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    world->known[i] = (struct ace_server){
        .audience = NAMES[i],
        .address = {.ip = {0xfd, [15] = (uint8_t)(1 + i)}, .port = 5683},
        .resource = "light",
        .scope = {.entry = {{.path = "light", .methods = ACE_METHOD_GET | ACE_METHOD_PUT}},
                  .count = 1}};
  world->config = (struct ace_client_config){.options = &world->options,
                                             .profile = profile,
                                             .local = LOCAL,
                                             .servers = world->known,
                                             .server_count = CLIENT_WORLD_SERVERS,
                                             .ask = as_ask,
                                             .ask_context = world};
}

void client_world_start(struct client_world *world) {
  const struct ace_client_listener listener = {.answered = client_told, .context = world};
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    client_world_server_start(world, i);
  world->client = ace_client_create(&world->config, &world->hooks);
  assert_non_null(world->client);
  ace_client_listen(world->client, &listener);
}

void client_world_begin(struct client_world *world, enum ace_profile profile) {
  client_world_configure(world, profile);
  client_world_start(world);
}

void client_world_end(struct client_world *world) {
  node_destroy(world->client);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++) {
    association_pair_close(&world->servers[i].association);
    coap_session_wipe(&world->servers[i].clear);
    node_destroy(world->servers[i].node);
  }
}

/* What the client does, and what it has told */

int client_world_ask(struct client_world *world, size_t server, uint8_t code) {
  static const uint8_t payload[] = {1, 2, 3, 4, 5};
  const bool is_get = code == COAP_CODE_GET;
  const struct ace_access access = {.code = code,
                                    .path = "light",
                                    .payload = is_get ? NULL : payload,
                                    .length = is_get ? 0 : sizeof payload};
  call_begins(world);
  const int result = ace_client_request(world->client, server, &access, world->post.now_ns);
  (void)call_ended(world, result);
  flush(world);
  return result;
}

unsigned client_world_count(const struct client_world *world, size_t server, enum node_phase phase,
                            enum node_event_type type) {
  unsigned count = 0;
  for (size_t i = 0; i < world->event_count; i++)
    count += world->events[i].server == server && world->events[i].phase == phase &&
             world->events[i].type == type;
  return count;
}

const struct client_world_event *client_world_last(const struct client_world *world, size_t server,
                                                   enum node_phase phase,
                                                   enum node_event_type type) {
  for (size_t i = world->event_count; i-- > 0;)
    if (world->events[i].server == server && world->events[i].phase == phase &&
        world->events[i].type == type)
      return &world->events[i];
  fail_msg("no such event");
  return NULL;
}

void client_world_assert_answered(struct client_world *world, size_t server) {
  const unsigned before =
      client_world_count(world, server, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED);
  assert_int_equal(client_world_ask(world, server, COAP_CODE_GET), 0);
  post_run_ms(&world->post, 200000);
  assert_int_equal(client_world_count(world, server, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED),
                   before + 1);
  assert_int_equal(ace_client_state(world->client, server), ACE_CLIENT_READY);
}

void client_world_assert_unanswered(struct client_world *world, size_t server, const char *why) {
  const unsigned before =
      client_world_count(world, server, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
  assert_int_equal(client_world_ask(world, server, COAP_CODE_GET), 0);
  post_run_ms(&world->post, 300000);
  assert_int_equal(client_world_count(world, server, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                   before + 1);
  assert_string_equal(
      client_world_last(world, server, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label, why);
}
