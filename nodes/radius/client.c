/* The RADIUS client: Identifiers, retransmission, matching of answers. */
#include "client.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
  IDENTIFIERS = 256, /* of one port */
  /* RFC 5080 section 2.2.1: IRT, MRT, MRD. Its MRC of 5 never ends an exchange: the duration does,
   * during the interval after the fifth transmission at the latest. */
  FIRST_INTERVAL_MS = 2000,
  LONGEST_INTERVAL_MS = 16000,
  DURATION_MAX_MS = 30000,
  JITTER_STEPS = 1000, /* in each direction, of 1/10000 of the interval */
};

bool radius_client_config_valid(const struct radius_client_config *config) {
  const size_t name_length = config->nas_identifier == NULL ? 0 : strlen(config->nas_identifier);
  return config->port_count >= 1 && config->port_count <= RADIUS_PORTS_MAX &&
         config->local.port != 0 && config->local.port + config->port_count - 1 <= UINT16_MAX &&
         config->server.port != 0 && config->secret.length > 0 &&
         (name_length >= 1 || config->forwards) && name_length <= RADIUS_VALUE_MAX &&
         config->request_max <= RADIUS_REQUEST_MAX;
}

bool radius_client_init(struct radius_client *client, const struct radius_client_config *config,
                        const struct node_hooks *hooks) {
  const size_t slots = IDENTIFIERS * config->port_count;
  *client = (struct radius_client){.config = *config, .hooks = hooks, .slot_count = slots};
  if (config->request_max == 0)
    client->config.request_max = NODE_DATAGRAM_MAX;
  client->slots = calloc(slots, sizeof(struct radius_exchange *));
  client->free_slots = calloc(slots, sizeof *client->free_slots);
  if (!deadline_heap_init(&client->deadlines, slots) || client->slots == NULL ||
      client->free_slots == NULL) {
    radius_client_deinit(client);
    return false;
  }
  for (size_t i = 0; i < slots; i++)
    client->free_slots[i] = (uint16_t)i;
  return true;
}

void radius_client_deinit(struct radius_client *client) {
  deadline_heap_deinit(&client->deadlines);
  free(client->slots);
  free(client->free_slots);
  client->slots = NULL;
  client->free_slots = NULL;
}

/* Queues */

static void queue_append(struct radius_queue *queue, struct radius_exchange *exchange) {
  if (exchange->queued)
    return;
  exchange->queued = true;
  exchange->previous = queue->last;
  exchange->next = NULL;
  *(queue->last == NULL ? &queue->first : &queue->last->next) = exchange;
  queue->last = exchange;
}

static void queue_take_out(struct radius_queue *queue, struct radius_exchange *exchange) {
  struct radius_exchange *previous = exchange->previous, *next = exchange->next;
  *(previous == NULL ? &queue->first : &previous->next) = next;
  *(next == NULL ? &queue->last : &next->previous) = previous;
  exchange->queued = false;
}

/* Identifiers */

_Static_assert(IDENTIFIERS *RADIUS_PORTS_MAX <= UINT16_MAX + 1, "a slot is a 16-bit number");

static void slot_take(struct radius_client *client, struct radius_exchange *exchange) {
  struct radius_client_load *load = &client->load;
  assert(client->taken < client->slot_count);
  exchange->slot = client->free_slots[client->first_free];
  client->first_free = (client->first_free + 1) % client->slot_count;
  client->slots[exchange->slot] = exchange;
  client->taken++;
  load->outstanding_peak =
      client->taken > load->outstanding_peak ? client->taken : load->outstanding_peak;
}

static void slot_give_back(struct radius_client *client, const struct radius_exchange *exchange) {
  const size_t free_count = client->slot_count - client->taken;
  client->slots[exchange->slot] = NULL;
  client->free_slots[(client->first_free + free_count) % client->slot_count] =
      (uint16_t)exchange->slot;
  client->taken--;
}

/* Waiting for an Identifier */

static void exchange_wait(struct radius_client *client, struct radius_exchange *exchange) {
  struct radius_client_load *load = &client->load;
  exchange->phase = RADIUS_WAITING;
  queue_append(&client->waiting, exchange);
  client->waiting_count++;
  load->waiting_peak =
      client->waiting_count > load->waiting_peak ? client->waiting_count : load->waiting_peak;
}

static void exchange_wait_no_more(struct radius_client *client, struct radius_exchange *exchange) {
  queue_take_out(&client->waiting, exchange);
  client->waiting_count--;
}

/* Gives the exchange an Identifier and a Request Authenticator; it departs with the next write. */
static int exchange_launch(struct radius_client *client, struct radius_exchange *exchange) {
  struct span_writer out = {.data = exchange->request.data,
                            .capacity = exchange->request.length,
                            .length = exchange->request.length};
  node_random(client->hooks, exchange->authenticator, sizeof exchange->authenticator);
  const size_t slot = client->free_slots[client->first_free];
  const int error = radius_request_seal(&out, (uint8_t)(slot % IDENTIFIERS),
                                        exchange->authenticator, &client->config.secret);
  if (error < 0)
    return error;
  slot_take(client, exchange);
  exchange->copy = 0;
  exchange->phase = RADIUS_OUTSTANDING;
  queue_append(&client->ready, exchange);
  return 0;
}

/* Ends an exchange, and serves those that wait. One whose launch fails (the library does) goes on
 * waiting, and is tried again. */
static void exchange_finish(struct radius_client *client, struct radius_exchange *exchange) {
  if (exchange->phase == RADIUS_WAITING)
    exchange_wait_no_more(client, exchange);
  else if (exchange->queued)
    queue_take_out(&client->ready, exchange);
  if (exchange->phase == RADIUS_OUTSTANDING) {
    slot_give_back(client, exchange);
    deadline_set(&client->deadlines, &exchange->deadline, NODE_NEVER);
  }
  exchange->phase = RADIUS_IDLE;
  kept_wipe(&exchange->request);
  while (client->waiting.first != NULL && client->taken < client->slot_count) {
    struct radius_exchange *next = client->waiting.first;
    exchange_wait_no_more(client, next);
    if (exchange_launch(client, next) < 0) {
      exchange_wait(client, next);
      break;
    }
  }
}

/* Requests */

void radius_client_compose(struct radius_client *client, const uint8_t *user_name,
                           size_t user_name_length, struct span_writer *out) {
  const char *nas_identifier = client->config.nas_identifier;
  span_writer_init(out, client->composed, client->config.request_max, &client->composed_spans);
  radius_begin(out, RADIUS_ACCESS_REQUEST, 0);
  if (user_name_length > 0)
    radius_add(out, RADIUS_USER_NAME, user_name, user_name_length);
  radius_add(out, RADIUS_NAS_IDENTIFIER, nas_identifier, strlen(nas_identifier));
  radius_add_number(out, RADIUS_FRAMED_MTU, RADIUS_MTU);
}

int radius_client_send(struct radius_client *client, struct radius_exchange *exchange,
                       struct span_writer *out) {
  if (out->overflow)
    return NODE_ERR_TOO_LONG;
  assert(exchange->phase == RADIUS_IDLE &&
         (out->data == client->composed || client->config.forwards));
  int error = kept_store(&exchange->request, out->data, out->length, out->spans);
  if (error == 0 && client->taken < client->slot_count)
    error = exchange_launch(client, exchange);
  else if (error == 0)
    exchange_wait(client, exchange);
  if (error < 0)
    kept_wipe(&exchange->request);
  return error;
}

void radius_client_repeat(struct radius_client *client, struct radius_exchange *exchange) {
  if (exchange->phase == RADIUS_OUTSTANDING)
    queue_append(&client->ready, exchange);
}

void radius_client_cancel(struct radius_client *client, struct radius_exchange *exchange) {
  if (exchange->phase != RADIUS_IDLE)
    exchange_finish(client, exchange);
}

/* Answers */

bool radius_client_is_for(const struct radius_client *client,
                          const struct node_address *destination) {
  const uint16_t first = client->config.local.port;
  return destination->port >= first && destination->port - first < (int)client->config.port_count;
}

static bool is_answer(uint8_t code) {
  return code == RADIUS_ACCESS_ACCEPT || code == RADIUS_ACCESS_REJECT ||
         code == RADIUS_ACCESS_CHALLENGE;
}

struct radius_exchange *radius_client_receive(struct radius_client *client,
                                              const struct node_datagram *datagram,
                                              struct radius_packet *packet, const char **why) {
  if (!node_address_equal(&datagram->source, &client->config.server)) {
    *why = "not from the AAA server";
    return NULL;
  }
  if (radius_packet_parse(datagram->data, datagram->length, packet) < 0) {
    *why = "malformed RADIUS packet";
    return NULL;
  }
  if (!is_answer(packet->code)) {
    *why = "RADIUS code that is no answer";
    return NULL;
  }
  const size_t port = (size_t)(datagram->destination.port - client->config.local.port);
  struct radius_exchange *exchange = client->slots[IDENTIFIERS * port + packet->identifier];
  if (exchange == NULL || exchange->copy == 0) {
    *why = "answer to no outstanding request";
    return NULL;
  }
  *why = radius_response_check(packet, &client->config.secret, exchange->authenticator,
                               client->config.unsigned_rejects);
  if (*why != NULL)
    return NULL;
  exchange_finish(client, exchange);
  return exchange;
}

/* Departures and deadlines */

static uint64_t with_jitter(const struct radius_client *client, uint64_t interval_ns) {
  const uint64_t step = interval_ns / (10 * JITTER_STEPS);
  return interval_ns - JITTER_STEPS * step +
         step * node_random_below(client->hooks, 2 * JITTER_STEPS + 1);
}

/* RT = 2 RTprev + RAND RTprev, and MRT + RAND MRT where that is longer. */
static uint64_t next_interval(const struct radius_client *client,
                              const struct radius_exchange *exchange) {
  const uint64_t longest_ns = LONGEST_INTERVAL_MS * NODE_MS;
  if (client->config.forwards)
    return DURATION_MAX_MS * NODE_MS;
  if (exchange->copy == 0)
    return with_jitter(client, FIRST_INTERVAL_MS * NODE_MS);
  const uint64_t twice_ns = exchange->interval_ns + with_jitter(client, exchange->interval_ns);
  return twice_ns < longest_ns ? twice_ns : with_jitter(client, longest_ns);
}

static void exchange_depart(struct radius_client *client, struct radius_exchange *exchange,
                            uint64_t now_ns) {
  if (exchange->copy == 0)
    exchange->give_up_ns = now_ns + DURATION_MAX_MS * NODE_MS;
  exchange->interval_ns = next_interval(client, exchange);
  exchange->copy++;
  const uint64_t next_ns = now_ns + exchange->interval_ns;
  exchange->deadline.owner = exchange;
  deadline_set(&client->deadlines, &exchange->deadline,
               next_ns < exchange->give_up_ns ? next_ns : exchange->give_up_ns);
}

int radius_client_write(struct radius_client *client, struct node_datagram *datagram,
                        uint64_t now_ns) {
  struct radius_exchange *exchange = client->ready.first;
  if (exchange == NULL)
    return 0;
  const int error = kept_write(&exchange->request, datagram);
  if (error < 0)
    return error;
  queue_take_out(&client->ready, exchange);
  datagram->label = radius_code_name(RADIUS_ACCESS_REQUEST);
  datagram->copy = exchange->copy;
  datagram->phase = exchange->purpose;
  *(exchange->copy == 0 ? &client->load.requests : &client->load.retransmissions) += 1;
  datagram->source = client->config.local;
  datagram->source.port = (uint16_t)(client->config.local.port + exchange->slot / IDENTIFIERS);
  datagram->destination = client->config.server;
  datagram->serves = exchange->serves;
  exchange_depart(client, exchange, now_ns);
  return 1;
}

uint64_t radius_client_expiry(const struct radius_client *client) {
  return deadline_next_ns(&client->deadlines);
}

struct radius_exchange *radius_client_handle_expiry(struct radius_client *client, uint64_t now_ns) {
  while (deadline_next_ns(&client->deadlines) <= now_ns) {
    struct radius_exchange *exchange = deadline_next(&client->deadlines)->owner;
    if (now_ns >= exchange->give_up_ns) {
      exchange_finish(client, exchange);
      return exchange;
    }
    deadline_set(&client->deadlines, &exchange->deadline, NODE_NEVER);
    queue_append(&client->ready, exchange);
  }
  return NULL;
}

/* Digest */

void radius_exchange_digest(const struct radius_exchange *exchange, struct digest *digest,
                            uint64_t now_ns) {
  digest_u64(digest, exchange->phase);
  if (exchange->phase == RADIUS_IDLE)
    return;
  digest_octets(digest, exchange->request.data, exchange->request.length);
  digest_u64(digest, exchange->queued);
  if (exchange->phase == RADIUS_WAITING)
    return;
  digest_u64(digest, exchange->slot);
  digest_u64(digest, exchange->copy > 0);
  if (exchange->copy == 0)
    return;
  digest_u64(digest, exchange->interval_ns);
  digest_deadline(digest, exchange->deadline.place == 0 ? NODE_NEVER : exchange->deadline.due_ns,
                  now_ns);
  digest_deadline(digest, exchange->give_up_ns, now_ns);
}

void radius_client_digest(const struct radius_client *client, struct digest *digest) {
  digest_u64(digest, client->taken);
  for (size_t i = 0; i < client->slot_count - client->taken; i++)
    digest_u64(digest, client->free_slots[(client->first_free + i) % client->slot_count]);
}
