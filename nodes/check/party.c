/* Nodes of the model. */
#include "party.h"

#include "cast.h"

#include <assert.h>
#include <string.h>

enum { PURPOSE_NODE, PURPOSE_BACKEND, PURPOSE_OTHER };

/* Random streams */

static void check_stream_init(struct check_stream *stream, enum check_side side,
                              unsigned incarnation, unsigned purpose) {
  stream->state = (uint64_t)side << 16 | incarnation << 8 | purpose;
}

/* SplitMix64, an octet at a time. */
static void check_stream_take(struct check_stream *stream, uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    uint64_t mixed = stream->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    bytes[i] = (uint8_t)(mixed >> 56);
  }
}

bool check_party_asks(const struct check_party *party) {
  return (party->side == CHECK_PEER) == check_cast_of(party->model)->peer_asks(party->model);
}

/* By how much a restarted node's first draw is more than the one before its restart; -1: random. */
static int first_draw_shift(const struct check_party *party) {
  const struct model *model = party->model;
  if (check_party_asks(party) && model->random != MODEL_RANDOM_FRESH)
    return (int)model->shift;
  return party->side == CHECK_PEER ? model->peer_shift : -1;
}

/* The first octets that a node draws make its first Message ID (coap_session_init), or the name of
 * a peer's first resource, where names keep order. */
static void choose_first_draw(struct check_party *party, uint8_t bytes[4]) {
  const int least = check_party_asks(party) ? party->model->first_message_id : -1;
  const int shift = first_draw_shift(party);
  const uint8_t *before = party->first_draw;
  const int drawn = party->incarnation == 0 ? least : (before[2] << 8 | before[3]) + shift;
  if (party->incarnation > 0 && shift < 0)
    return;
  if (party->incarnation > 0)
    memcpy(bytes, before, 2);
  else if (drawn >= 0)
    bytes[0] = bytes[1] = 0;
  if (drawn >= 0) {
    bytes[2] = (uint8_t)(drawn >> 8);
    bytes[3] = (uint8_t)drawn;
  }
  if (party->incarnation == 0)
    memcpy(party->first_draw, bytes, 4);
}

static void hook_random(void *context, uint8_t *bytes, size_t length) {
  struct check_party *party = context;
  check_stream_take(&party->stream, bytes, length);
  if (party->drawn++ == 0 && length == 4)
    choose_first_draw(party, bytes);
  else if (party->identifier_due && length == 4) { /* behind token and SeqNum, of other lengths */
    bytes[3] ^= 0x55;
    party->identifier_due = false;
  }
}

static void hook_backend_random(void *context, uint8_t *bytes, size_t length) {
  struct check_party *party = context;
  check_stream_take(&party->backend, bytes, length);
}

static void hook_event(void *context, const struct node_event *event) {
  struct check_party *party = context;
  party->event(party->world, party->side, event);
}

struct check_stream check_party_stream(const struct check_party *party) {
  struct check_stream stream;
  check_stream_init(&stream, party->side, party->incarnation, PURPOSE_OTHER);
  return stream;
}

void check_stream_random(void *context, uint8_t *bytes, size_t length) {
  check_stream_take(context, bytes, length);
}

void check_party_begins(struct check_party *party) {
  if (!party->begun) {
    party->at_first = party->stream;
    party->begun = true;
  } else if (party->model->random != MODEL_RANDOM_FRESH) {
    party->stream = party->at_first;
    party->identifier_due =
        party->side == CHECK_AUTHENTICATOR && party->model->random == MODEL_RANDOM_NUMBERS;
  }
}

/* Life */

struct node_address party_address(const struct model *model, enum check_side side) {
  return (struct node_address){.ip = {0xfd, [15] = (uint8_t)(side + 1)},
                               .port = lower_of(&model->options)->port};
}

static void create(struct check_party *party, uint64_t now_ns) {
  const bool repeated = check_party_asks(party) ? party->model->random != MODEL_RANDOM_FRESH
                                                : party->model->asked_repeats;
  check_stream_init(&party->stream, party->side, repeated ? 0 : party->incarnation, PURPOSE_NODE);
  check_stream_init(&party->backend, party->side, party->incarnation, PURPOSE_BACKEND);
  party->drawn = 0;
  party->node = check_cast_of(party->model)->renew(party, now_ns);
  assert(party->node != NULL);
}

void check_party_init(struct check_party *party, const struct model *model, enum check_side side,
                      void *world, party_event *event, uint64_t now_ns) {
  *party = (struct check_party){
      .model = model,
      .side = side,
      .address = party_address(model, side),
      .hooks = {.context = party, .random = hook_random, .event = hook_event},
      .backend_hooks = {.context = party, .random = hook_backend_random},
      .world = world,
      .event = event,
  };
  create(party, now_ns);
}

void check_party_restart(struct check_party *party, uint64_t now_ns) {
  party->incarnation++;
  create(party, now_ns);
}

void check_party_deinit(struct check_party *party) {
  node_destroy(party->node);
  party->node = NULL;
}

void check_party_digest(const struct check_party *party, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, party->incarnation);
  digest_u64(digest, party->stream.state);
  digest_u64(digest, party->backend.state);
  digest_u64(digest, party->is_mute);
  digest_u64(digest, party->requests);
  const bool digested = node_digest(party->node, digest, now_ns);
  assert(digested);
  (void)digested;
}
