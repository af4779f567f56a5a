/* Two ends of IKEv2 and ESP. */
#include "ikev2_pair.h"

#include "lower/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEPS_MAX = 200 };

static const uint8_t KEY[IKEV2_PAIR_KEY] = {1, 2, 3};
static const char IDENTITY[] = "ue-1@example.org";

const struct association_kind *const IKEV2_PAIR_KINDS[2] = {&ASSOCIATION_IKEV2,
                                                            &ASSOCIATION_IKEV2_UDP};

static void note_event(void *context, const struct node_event *event) {
  struct ikev2_end *const end = context;
  if (event->type == NODE_EVENT_KEY) {
    assert_int_equal(event->secret_length, IKEV2_PAIR_KEY);
    end->keys++;
  }
  end->secrets += event->type == NODE_EVENT_SECRET;
  if (event->type == NODE_EVENT_SECRET && strcmp(event->secret_name, "esp_keys") == 0) {
    assert_int_equal(event->secret_length, sizeof end->esp_keys);
    memcpy(end->esp_keys, event->secret, sizeof end->esp_keys);
  }
  end->discarded += event->type == NODE_EVENT_DISCARDED;
}

static void give_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct ikev2_end *)context)->seeded, bytes, length);
}

void ikev2_pair_init(struct ikev2_pair *world, const struct association_kind *kind) {
  static const struct node_address address[2] = {
      {.ip = {0xfd, [15] = 1}, .port = IKEV2_PAIR_CLIENT_PORT},
      {.ip = {0xfd, [15] = 2}, .port = IKEV2_PAIR_SERVER_PORT}};
  memset(world, 0, sizeof *world);
  world->lost = IKEV2_PAIR_ALL_ARRIVE;
  for (int side = 0; side < 2; side++) {
    struct ikev2_end *const end = &world->end[side];
    end->world = world;
    end->seeded.state = 1 + (uint64_t)side;
    end->hooks = (struct node_hooks){.context = end, .random = give_random, .event = note_event};
    end->config = (struct association_config){.kind = kind,
                                              .options = &world->options,
                                              .coap = &COAP_PARAMETERS_DEFAULT,
                                              .client = side == IKEV2_PAIR_CLIENT,
                                              .local = address[side],
                                              .remote = address[!side],
                                              .key = KEY,
                                              .key_length = sizeof KEY,
                                              .identity = (const uint8_t *)IDENTITY,
                                              .identity_length = sizeof IDENTITY - 1};
  }
}

void ikev2_pair_set(struct ikev2_pair *world, const char *option, const char *value) {
  const struct option_row *row = lower_option(option);
  double parsed;
  assert_non_null(row);
  assert_true(option_parse(row, value, &parsed));
  option_set(&world->options, row, parsed);
}

static void open_end(struct ikev2_end *end, struct association *association) {
  assert_int_equal(
      association_open(association, &end->config, NULL, &end->hooks, end->world->now_ns), 0);
}

void ikev2_pair_open(struct ikev2_pair *world) {
  for (int side = 0; side < 2; side++)
    open_end(&world->end[side], &world->end[side].pair.current);
}

void ikev2_pair_open_pending(struct ikev2_pair *world) {
  for (int side = 0; side < 2; side++)
    open_end(&world->end[side], &world->end[side].pair.pending);
}

void ikev2_pair_close(struct ikev2_pair *world) {
  for (int side = 0; side < 2; side++)
    association_pair_close(&world->end[side].pair);
}

const struct association *ikev2_pair_current(const struct ikev2_pair *world, int side) {
  return &world->end[side].pair.current;
}

/* A request is answered by what it asks with. */
static int take_message(void *context, struct association *association, const uint8_t *data,
                        size_t length, uint64_t now_ns) {
  struct ikev2_end *const end = context;
  struct coap_message message;
  const enum coap_received received =
      coap_session_receive(association_coap(association), data, length, now_ns, &message);
  if (received == COAP_RECEIVED_RESPONSE) {
    end->responses++;
    coap_session_cancel(association_coap(association));
  }
  if (received != COAP_RECEIVED_REQUEST)
    return 0;
  end->requests++;
  assert_int_equal(association_verify_request(association, &message, &end->request), 0);
  struct coap_message response = {.code = COAP_CODE_CONTENT,
                                  .payload = end->request.plain.payload,
                                  .payload_length = end->request.plain.payload_length};
  return association_respond(&end->request, &response, "response", now_ns);
}

static void note_drop(void *context, const char *why) {
  struct ikev2_end *const end = context;
  end->dropped++;
  end->why = why;
}

void ikev2_pair_inject(struct ikev2_pair *world, int side, const struct node_datagram *datagram,
                       const uint8_t *data, size_t length) {
  struct ikev2_end *const end = &world->end[side];
  const struct association_reader reader = {end, take_message, note_drop};
  uint8_t *const copy = malloc(length == 0 ? 1 : length); /* a sanitizer sees its end */
  struct node_datagram arrival = *datagram;
  assert_non_null(copy);
  memcpy(copy, data, length);
  arrival.data = copy;
  arrival.length = length;
  assert_int_equal(association_pair_read(&end->pair, &arrival, world->now_ns, &reader), 0);
  free(copy);
}

bool ikev2_pair_say(struct ikev2_pair *world, int side) {
  struct ikev2_end *const end = &world->end[side];
  bool said = false;
  assert_int_equal(association_pair_seal(&end->pair), 0);
  for (;;) {
    assert_in_range(world->sent_count, 0, IKEV2_PAIR_SENT_MAX - 1);
    struct ikev2_sent *const sent = &world->sent[world->sent_count];
    sent->side = side;
    sent->datagram =
        (struct node_datagram){.data = sent->data, .capacity = sizeof sent->data, .label = ""};
    if (association_pair_write(&end->pair, &end->config.local, &end->config.remote, &sent->datagram,
                               world->now_ns) != 1)
      return said;
    assert_int_equal(span_list_length(&sent->datagram.spans), sent->datagram.length);
    said = true;
    if (world->sent_count++ != world->lost)
      ikev2_pair_inject(world, !side, &sent->datagram, sent->data, sent->datagram.length);
  }
}

static bool wake(struct ikev2_pair *world) {
  uint64_t due_ns = NODE_NEVER;
  for (int side = 0; side < 2; side++)
    if (association_pair_expiry(&world->end[side].pair) < due_ns)
      due_ns = association_pair_expiry(&world->end[side].pair);
  if (due_ns == NODE_NEVER)
    return false;
  world->now_ns = due_ns > world->now_ns ? due_ns : world->now_ns;
  for (int side = 0; side < 2; side++) {
    struct association_given_up given_up;
    assert_int_equal(
        association_pair_handle_expiry(&world->end[side].pair, world->now_ns, &given_up), 0);
  }
  return true;
}

bool ikev2_pair_step(struct ikev2_pair *world) {
  const bool client = ikev2_pair_say(world, IKEV2_PAIR_CLIENT),
             server = ikev2_pair_say(world, IKEV2_PAIR_SERVER);
  world->now_ns += 10 * NODE_MS;
  return client || server || wake(world);
}

void ikev2_pair_run(struct ikev2_pair *world) {
  for (unsigned step = 0; ikev2_pair_step(world); step++)
    assert_in_range(step, 0, STEPS_MAX);
}

void ikev2_pair_ask(struct ikev2_pair *world, int side) {
  struct coap_message request = {.type = COAP_CON,
                                 .code = COAP_CODE_GET,
                                 .payload = (const uint8_t *)"?",
                                 .payload_length = 1};
  assert_int_equal(association_request(&world->end[side].pair.current, &request, "request"), 0);
  ikev2_pair_run(world);
}
