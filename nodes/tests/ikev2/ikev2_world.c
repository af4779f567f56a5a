/* The link, its fault, and the hosts of both endpoints. */
#include "ikev2_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void ikev2_world_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct ikev2_world_end *const end = context;
  assert_false(end->writing);
  end->cost[primitive] += blocks;
}

static void ikev2_world_random(void *context, uint8_t *bytes, size_t length) {
  struct ikev2_world_end *const end = context;
  seeded_bytes(&end->seeded, bytes, length);
}

static void ikev2_world_keep_secret(const struct node_event *event, uint8_t *secret,
                                    size_t *length) {
  assert_in_range(event->secret_length, 1, IKEV2_WORLD_SECRET_MAX);
  memcpy(secret, event->secret, event->secret_length);
  *length = event->secret_length;
}

static void ikev2_world_event(void *context, const struct node_event *event) {
  struct ikev2_world_end *const end = context;
  if (event->type == NODE_EVENT_DISCARDED) {
    end->discarded++;
    end->why = event->label;
  } else {
    assert_int_equal(event->type, NODE_EVENT_SECRET);
    if (strcmp(event->secret_name, "ikev2_keys") == 0)
      ikev2_world_keep_secret(event, end->ike_keys, &end->ike_keys_length);
    else
      ikev2_world_keep_secret(event, end->esp_keys, &end->esp_keys_length);
  }
}

static struct node_address ikev2_world_address(enum ikev2_world_side side) {
  return (struct node_address){.ip = {0x20, 0x01, 0x0d, 0xb8, [15] = (uint8_t)(side + 1)},
                               .port = IKEV2_PORT};
}

struct node_address ikev2_world_translated(uint16_t port) {
  struct node_address address = ikev2_world_address(IKEV2_INITIATOR);
  address.ip[15] = 99;
  address.port = (uint16_t)(port + 20000);
  return address;
}

/* What the NAT does to a datagram. */
static void ikev2_world_translate(struct ikev2_world_datagram *datagram) {
  if (datagram->from == IKEV2_INITIATOR) {
    datagram->source = ikev2_world_translated(datagram->source.port);
    return;
  }
  const uint16_t port = (uint16_t)(datagram->destination.port - 20000);
  const struct node_address translated = ikev2_world_translated(port);
  assert_true(node_address_equal(&datagram->destination, &translated));
  datagram->destination = ikev2_world_address(IKEV2_INITIATOR);
  datagram->destination.port = port;
}

struct ikev2_world_config ikev2_world_default(void) {
  static const uint8_t psk[] = "0123456789abcdef0123456789abcdef";
  static const struct ikev2_id ids[2] = {
      {IKEV2_ID_KEY_ID, (const uint8_t *)"EMSKname", 8},
      {IKEV2_ID_FQDN, (const uint8_t *)"aps.ex", 6},
  };
  struct ikev2_world_config config = {.seed = 1};
  for (enum ikev2_world_side side = IKEV2_INITIATOR; side <= IKEV2_RESPONDER; side++)
    config.end[side] = (struct ikev2_config){
        .initiator = side == IKEV2_INITIATOR,
        .local = ikev2_world_address(side),
        .remote = ikev2_world_address(!side),
        .local_id = ids[side],
        .remote_id = ids[!side],
        .names_responder = side == IKEV2_INITIATOR,
        .psk = psk,
        .psk_length = sizeof psk - 1,
        .curves = &EC_LIBCRYPTO,
    };
  return config;
}

void ikev2_world_init(struct ikev2_world *world, const struct ikev2_world_config *config) {
  memset(world, 0, sizeof *world);
  for (int side = 0; side < 2; side++) {
    struct ikev2_world_end *const end = &world->end[side];
    end->hooks = (struct node_hooks){.context = end,
                                     .random = ikev2_world_random,
                                     .event = ikev2_world_event,
                                     .cost = ikev2_world_cost};
    end->seeded.state = config->seed * 2 + (uint64_t)side;
    end->ike = ikev2_create(&config->end[side], &end->hooks, world->now_ns);
    assert_non_null(end->ike);
  }
}

void ikev2_world_deinit(struct ikev2_world *world) {
  ikev2_destroy(world->end[IKEV2_INITIATOR].ike);
  ikev2_destroy(world->end[IKEV2_RESPONDER].ike);
}

static void ikev2_world_hand(struct ikev2_world *world, enum ikev2_world_side to,
                             const struct node_address *source,
                             const struct node_address *destination, const uint8_t *data,
                             size_t length) {
  uint8_t *const exact = malloc(length == 0 ? 1 : length); /* so that a read too far is seen */
  assert_non_null(exact);
  if (length > 0)
    memcpy(exact, data, length);
  const struct node_datagram datagram = {
      .source = *source, .destination = *destination, .data = exact, .length = length};
  assert_int_equal(ikev2_receive(world->end[to].ike, &datagram, world->now_ns), 0);
  free(exact);
}

void ikev2_world_receive(struct ikev2_world *world, const struct ikev2_world_datagram *datagram) {
  ikev2_world_hand(world, !datagram->from, &datagram->source, &datagram->destination,
                   datagram->data, datagram->length);
}

void ikev2_world_receive_octets(struct ikev2_world *world, enum ikev2_world_side to,
                                const uint8_t *data, size_t length) {
  const struct node_address source = ikev2_world_address(!to),
                            destination = ikev2_world_address(to);
  ikev2_world_hand(world, to, &source, &destination, data, length);
}

static void ikev2_world_spoil(struct ikev2_world *world, struct ikev2_world_datagram *datagram) {
  switch (world->fault) {
  case IKEV2_LOSE:
    datagram->under_way = false;
    break;
  case IKEV2_DOUBLE:
    datagram->again_ns = datagram->arrival_ns;
    break;
  case IKEV2_DOUBLE_LATER:
    datagram->again_ns = datagram->arrival_ns + world->argument * NODE_MS;
    break;
  case IKEV2_DELAY:
    datagram->arrival_ns += world->argument * NODE_MS;
    break;
  case IKEV2_TRUNCATE:
    if (world->argument < datagram->length)
      datagram->length = world->argument;
    break;
  case IKEV2_FLIP:
    if (world->argument / 8 < datagram->length)
      datagram->data[world->argument / 8] ^= (uint8_t)(1U << world->argument % 8);
    break;
  case IKEV2_CUT_LINK:
    world->end[datagram->from].cut = true;
    break;
  case IKEV2_NO_FAULT:
    break;
  }
}

static bool ikev2_world_send_one(struct ikev2_world *world, enum ikev2_world_side from) {
  assert_in_range(world->count, 0, IKEV2_WORLD_LOG_MAX - 1);
  struct ikev2_world_end *const end = &world->end[from];
  struct ikev2_world_datagram *const entry = &world->log[world->count];
  struct node_datagram datagram = {.data = entry->data, .capacity = sizeof entry->data};
  end->writing = true;
  const int written = ikev2_write(end->ike, &datagram, world->now_ns);
  end->writing = false;
  assert_in_range(written, 0, 1);
  if (written == 0)
    return false;
  assert_int_equal(span_list_length(&datagram.spans), datagram.length);
  entry->from = from;
  entry->source = datagram.source;
  entry->destination = datagram.destination;
  entry->length = datagram.length;
  entry->spans = datagram.spans;
  entry->label = datagram.label;
  entry->copy = datagram.copy;
  entry->sent_ns = world->now_ns;
  entry->arrival_ns = world->now_ns + IKEV2_WORLD_LATENCY_MS * NODE_MS;
  entry->again_ns = 0;
  entry->under_way = true;
  if (world->translates)
    ikev2_world_translate(entry);
  if (world->count++ == world->fault_at)
    ikev2_world_spoil(world, entry);
  entry->under_way = entry->under_way && !end->cut;
  return true;
}

void ikev2_world_write_all(struct ikev2_world *world, enum ikev2_world_side side) {
  while (ikev2_world_send_one(world, side))
    continue;
}

static struct ikev2_world_datagram *ikev2_world_next_arrival(struct ikev2_world *world) {
  struct ikev2_world_datagram *next = NULL;
  for (size_t i = 0; i < world->count; i++)
    if (world->log[i].under_way && (next == NULL || world->log[i].arrival_ns < next->arrival_ns))
      next = &world->log[i];
  return next;
}

static void ikev2_world_arrive(struct ikev2_world *world, struct ikev2_world_datagram *datagram) {
  datagram->under_way = datagram->again_ns != 0;
  datagram->arrival_ns = datagram->again_ns;
  datagram->again_ns = 0;
  ikev2_world_receive(world, datagram);
}

bool ikev2_world_step(struct ikev2_world *world) {
  if (ikev2_world_send_one(world, IKEV2_INITIATOR) || ikev2_world_send_one(world, IKEV2_RESPONDER))
    return true;
  struct ikev2_world_datagram *const arrival = ikev2_world_next_arrival(world);
  uint64_t next_ns = arrival == NULL ? NODE_NEVER : arrival->arrival_ns;
  int woken = -1;
  for (int side = 0; side < 2; side++) {
    const uint64_t expiry_ns = ikev2_expiry(world->end[side].ike);
    if (expiry_ns < next_ns) {
      next_ns = expiry_ns;
      woken = side;
    }
  }
  if (next_ns == NODE_NEVER)
    return false;
  world->now_ns = next_ns;
  if (woken >= 0)
    assert_int_equal(ikev2_handle_expiry(world->end[woken].ike, world->now_ns), 0);
  else
    ikev2_world_arrive(world, arrival);
  return true;
}

void ikev2_world_run(struct ikev2_world *world) {
  unsigned steps = 0;
  while (ikev2_world_step(world))
    assert_in_range(++steps, 0, IKEV2_WORLD_STEPS_MAX);
}

void ikev2_world_run_to(struct ikev2_world *world, size_t count) {
  unsigned steps = 0;
  while (world->count < count && ikev2_world_step(world))
    assert_in_range(++steps, 0, IKEV2_WORLD_STEPS_MAX);
}

enum ikev2_state ikev2_world_state(const struct ikev2_world *world, enum ikev2_world_side side) {
  return ikev2_state(world->end[side].ike);
}

bool ikev2_world_established(const struct ikev2_world *world) {
  return ikev2_world_state(world, IKEV2_INITIATOR) == IKEV2_ESTABLISHED &&
         ikev2_world_state(world, IKEV2_RESPONDER) == IKEV2_ESTABLISHED;
}

size_t ikev2_world_bytes(const struct ikev2_world *world) {
  size_t sum = 0;
  for (size_t i = 0; i < world->count; i++)
    sum += world->log[i].length;
  return sum;
}
