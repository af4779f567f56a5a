/* The link, its fault, and the hosts of both endpoints. */
#include "dtls_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dtls_world_count_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct dtls_world_end *const end = context;
  end->cost[primitive] += blocks;
}

static void give_random(void *context, uint8_t *bytes, size_t length) {
  struct dtls_world_end *const end = context;
  seeded_bytes(&end->seeded, bytes, length);
}

struct dtls_world_config dtls_world_default(void) {
  static const uint8_t psk[17] = "0123456789abcdef";
  struct dtls_world_config config = {.seed = 1};
  for (int side = 0; side < 2; side++)
    config.end[side] = (struct dtls_config){
        .client = side == DTLS_CLIENT,
        .remote = {.ip = {[15] = side == DTLS_CLIENT ? 2 : 1}, .port = DTLS_PORT},
        .psk = psk,
        .psk_length = sizeof psk,
        .identity = (const uint8_t *)"tfg-user-test",
        .identity_length = 13,
        .cookie = true,
        .timeout_ms = DTLS_TIMEOUT_MS_DEFAULT,
        .timeout_max_ms = DTLS_TIMEOUT_MAX_MS_DEFAULT,
        .mtu = DTLS_MTU_DEFAULT,
    };
  return config;
}

void dtls_world_init(struct dtls_world *world, const struct dtls_world_config *config) {
  memset(world, 0, sizeof *world);
  for (int side = 0; side < 2; side++) {
    struct dtls_world_end *const end = &world->end[side];
    end->hooks =
        (struct node_hooks){.context = end, .random = give_random, .cost = dtls_world_count_cost};
    end->seeded.state = config->seed * 2 + (uint64_t)side;
    end->dtls = dtls_create(&config->end[side], &end->hooks, world->now_ns);
    assert_non_null(end->dtls);
  }
}

void dtls_world_deinit(struct dtls_world *world) {
  dtls_destroy(world->end[DTLS_CLIENT].dtls);
  dtls_destroy(world->end[DTLS_SERVER].dtls);
}

static void dtls_world_deliver(void *context, const uint8_t *plain, size_t length) {
  struct dtls_world_end *const end = context;
  assert_in_range(length, 1, sizeof end->got);
  memcpy(end->got, plain, length);
  end->got_length = length;
  end->got_count++;
}

int dtls_world_receive(struct dtls_world *world, enum dtls_world_side to, const uint8_t *data,
                       size_t length) {
  struct dtls_world_end *const end = &world->end[to];
  uint8_t *const exact = malloc(length == 0 ? 1 : length); /* so that a read too far is seen */
  memcpy(exact, data, length);
  const int result = dtls_receive(end->dtls, exact, length, world->now_ns, dtls_world_deliver, end);
  free(exact);
  return result;
}

static void apply_fault(struct dtls_world *world, struct dtls_world_datagram *datagram) {
  switch (world->fault) {
  case DTLS_LOSE:
    datagram->under_way = false;
    break;
  case DTLS_DOUBLE:
    assert_true(dtls_world_receive(world, !datagram->from, datagram->data, datagram->length) >= 0);
    break;
  case DTLS_DELAY:
    datagram->arrival_ns += world->argument * NODE_MS;
    break;
  case DTLS_TRUNCATE:
    if (world->argument < datagram->length)
      datagram->length = world->argument;
    break;
  case DTLS_FLIP:
    if (world->argument / 8 < datagram->length)
      datagram->data[world->argument / 8] ^= (uint8_t)(1U << world->argument % 8);
    break;
  case DTLS_CUT_LINK:
    world->end[datagram->from].cut = true;
    break;
  default:
    break;
  }
}

static bool send_one(struct dtls_world *world, enum dtls_world_side from) {
  assert_in_range(world->count, 0, DTLS_WORLD_LOG_MAX - 1);
  struct dtls_world_datagram *const entry = &world->log[world->count];
  struct node_datagram datagram = {.data = entry->data, .capacity = sizeof entry->data};
  const int written = dtls_write(world->end[from].dtls, &datagram, world->now_ns);
  assert_in_range(written, 0, 1);
  if (written == 0)
    return false;
  entry->from = from;
  entry->length = datagram.length;
  entry->spans = datagram.spans;
  entry->label = datagram.label;
  entry->copy = datagram.copy;
  entry->sent_ns = world->now_ns;
  entry->arrival_ns = world->now_ns + DTLS_WORLD_LATENCY_MS * NODE_MS;
  entry->under_way = true;
  if (world->count++ == world->fault_at)
    apply_fault(world, entry);
  entry->under_way = entry->under_way && !world->end[from].cut;
  return true;
}

static struct dtls_world_datagram *dtls_world_next_arrival(struct dtls_world *world) {
  struct dtls_world_datagram *next = NULL;
  for (size_t i = 0; i < world->count; i++)
    if (world->log[i].under_way && (next == NULL || world->log[i].arrival_ns < next->arrival_ns))
      next = &world->log[i];
  return next;
}

bool dtls_world_step(struct dtls_world *world) {
  if (send_one(world, DTLS_CLIENT) || send_one(world, DTLS_SERVER))
    return true;
  struct dtls_world_datagram *const arrival = dtls_world_next_arrival(world);
  uint64_t next_ns = arrival == NULL ? NODE_NEVER : arrival->arrival_ns;
  int woken = -1;
  for (int side = 0; side < 2; side++) {
    const uint64_t expiry_ns = dtls_expiry(world->end[side].dtls);
    if (expiry_ns < next_ns) {
      next_ns = expiry_ns;
      woken = side;
    }
  }
  if (next_ns == NODE_NEVER)
    return false;
  world->now_ns = next_ns;
  if (woken >= 0) {
    assert_int_equal(dtls_handle_expiry(world->end[woken].dtls, world->now_ns), 0);
  } else {
    arrival->under_way = false;
    assert_true(dtls_world_receive(world, !arrival->from, arrival->data, arrival->length) >= 0);
  }
  return true;
}

void dtls_world_run(struct dtls_world *world) {
  unsigned steps = 0;
  while (dtls_world_step(world))
    assert_in_range(++steps, 0, DTLS_WORLD_STEPS_MAX);
}

struct dtls_world_datagram *dtls_world_protect(struct dtls_world *world, enum dtls_world_side from,
                                               const void *plain, size_t length) {
  assert_in_range(world->count, 0, DTLS_WORLD_LOG_MAX - 1);
  struct dtls_world_datagram *const entry = &world->log[world->count];
  struct node_datagram datagram = {.data = entry->data, .capacity = sizeof entry->data};
  struct span_list spans = {0};
  span_list_add(&spans, ROW_COAP_PAYLOAD, length);
  if (dtls_protect(world->end[from].dtls, plain, length, &spans, &datagram) != 0)
    return NULL;
  entry->from = from;
  entry->length = datagram.length;
  entry->spans = datagram.spans;
  entry->label = "application";
  world->count++;
  return entry;
}

bool dtls_world_transfer(struct dtls_world *world, enum dtls_world_side from, const char *text) {
  const size_t length = strlen(text);
  struct dtls_world_end *const to = &world->end[!from];
  const unsigned before = to->got_count;
  const struct dtls_world_datagram *const record = dtls_world_protect(world, from, text, length);
  return record != NULL && dtls_world_receive(world, !from, record->data, record->length) == 1 &&
         to->got_count == before + 1 && to->got_length == length &&
         memcmp(to->got, text, length) == 0;
}

bool dtls_world_established(const struct dtls_world *world) {
  return dtls_state(world->end[DTLS_CLIENT].dtls) == DTLS_ESTABLISHED &&
         dtls_state(world->end[DTLS_SERVER].dtls) == DTLS_ESTABLISHED;
}

size_t dtls_world_bytes(const struct dtls_world *world) {
  size_t sum = 0;
  for (size_t i = 0; i < world->count; i++)
    sum += world->log[i].length;
  return sum;
}
