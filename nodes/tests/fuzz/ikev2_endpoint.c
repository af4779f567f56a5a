/* One IKEv2 endpoint: what it receives are the parts of an input, of which the first octet says
 * which end it is, and how it is configured. Of a part the first octet says whether the rest is a
 * message as it stands, or exchange, flags, Message ID, the type of the first payload and the
 * payloads that are to be sealed with the other end's key: what somebody can send who has done
 * IKE_SA_INIT, or a peer that has gone bad. */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ikev2/ikev2_world.h"
#include "ikev2/sealed.h"

const unsigned FUZZ_ROUNDS = 3000;

enum { DATAGRAMS_MAX = 12 };

enum { SIDE = 1, CHILD = 2, COOKIE = 4, NAT = 8 };

enum part_kind { PART_MESSAGE, PART_INSIDE, PART_KINDS };

enum { INSIDE_HEAD = 4 }; /* exchange, flags, Message ID, type of the first payload */

static struct ikev2_world_config endpoint_config(uint8_t how) {
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++) {
    config.end[side].child = (how & CHILD) == 0 ? IKEV2_CHILD_NONE : IKEV2_CHILD_TRANSPORT;
    config.end[side].nat = (how & NAT) == 0 ? IKEV2_NAT_OFF : IKEV2_NAT_DETECT;
  }
  config.end[IKEV2_RESPONDER].cookie = (how & COOKIE) != 0;
  return config;
}

/* The key of what the other end sends, once it was told. */
static struct ikev2_ccm_key key_of(const struct ikev2_world_end *end, enum ikev2_world_side from) {
  struct ikev2_ccm_key key;
  memcpy(&key, end->ike_keys + 2 * IKEV2_SPI_LENGTH + from * sizeof key, sizeof key);
  return key;
}

static size_t endpoint_seal(const struct ikev2_world_end *end, enum ikev2_world_side from,
                            uint64_t iv, const uint8_t *part, size_t length, uint8_t *data) {
  struct ikev2_sealer sealer = {.key = key_of(end, from), .sealed = iv};
  struct ikev2_header header = {.exchange = part[0], .flags = part[1], .message_id = part[2]};
  uint8_t chain[NODE_DATAGRAM_MAX];
  struct span_writer inside, out;
  struct ikev2_composer composer;
  memcpy(header.spi_i, end->ike_keys, sizeof header.spi_i);
  memcpy(header.spi_r, end->ike_keys + IKEV2_SPI_LENGTH, sizeof header.spi_r);
  span_writer_init(&inside, chain, sizeof chain, NULL);
  span_writer_init(&out, data, NODE_DATAGRAM_MAX, NULL);
  ikev2_compose_inner(&composer, &inside);
  composer.first = part[3];
  span_writer_put(&inside, 0, part + INSIDE_HEAD, length - INSIDE_HEAD);
  return ikev2_seal(NULL, &sealer, &header, &composer, &out) == 0 ? out.length : 0;
}

static void endpoint_receive(struct ikev2_world *world, enum ikev2_world_side side, uint64_t iv,
                             const uint8_t *part, size_t length) {
  const struct ikev2_world_end *end = &world->end[side];
  uint8_t data[NODE_DATAGRAM_MAX];
  struct ikev2_id id;
  if (length == 0)
    return;
  if (part[0] % PART_KINDS == PART_INSIDE && length > INSIDE_HEAD && end->ike_keys_length > 0) {
    length = endpoint_seal(end, !side, iv, part + 1, length - 1, data);
  } else {
    length = length - 1 < sizeof data ? length - 1 : sizeof data;
    memcpy(data, part + 1, length);
  }
  fuzz_either(ikev2_opens(data, length) || ikev2_has_opened(end->ike, data, length) ||
              ikev2_is_of(end->ike, data, length));
  if (ikev2_peek_id(end->ike, data, length, &id))
    fuzz_claim(id.length > 0 && id.length <= IKEV2_ID_MAX, "an identity has octets");
  ikev2_world_receive_octets(world, side, data, length);
}

static void endpoint_write_all(struct ikev2_world *world, enum ikev2_world_side side) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int written;
  while ((written = ikev2_write(world->end[side].ike, &datagram, world->now_ns)) == 1)
    fuzz_claim(span_list_length(&datagram.spans) == datagram.length, "each octet has a row");
  fuzz_claim(written == 0, "a datagram is written");
}

static void endpoint_check(const struct ikev2 *ike) {
  struct ikev2_child child;
  struct ikev2_id id;
  struct digest digest;
  digest_init(&digest);
  ikev2_digest(ike, &digest, 0);
  fuzz_claim((ikev2_state(ike) == IKEV2_FAILED) == (ikev2_reason(ike)[0] != '\0'),
             "who has failed says why");
  fuzz_claim(ikev2_remote_id(ike, &id) == (ikev2_state(ike) == IKEV2_ESTABLISHED),
             "who is established knows with whom");
  fuzz_claim(!ikev2_child(ike, &child) || ikev2_state(ike) == IKEV2_ESTABLISHED,
             "there is no child without an SA");
  fuzz_claim(ikev2_state_bytes(ike) <= ikev2_state_bytes_peak(ike), "octets are counted");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct ikev2_world world;
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  const enum ikev2_world_side side = (data[0] & SIDE) == 0 ? IKEV2_INITIATOR : IKEV2_RESPONDER;
  const struct ikev2_world_config config = endpoint_config(data[0]);
  ikev2_world_init(&world, &config);
  endpoint_write_all(&world, side);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    world.now_ns += IKEV2_WORLD_LATENCY_MS * NODE_MS;
    endpoint_receive(&world, side, 1000 + i, part, length);
    endpoint_write_all(&world, side);
    endpoint_check(world.end[side].ike);
    free(part);
  }
  fuzz_accepted = ikev2_state(world.end[side].ike) == IKEV2_ESTABLISHED;
  ikev2_world_deinit(&world);
  return 0;
}

/* A message as it was sent, or opened, if it is protected. */
static void put_part(struct fuzz_input *input, const struct ikev2_world *world,
                     const struct ikev2_world_datagram *sent, bool opened) {
  uint8_t part[1 + INSIDE_HEAD + NODE_DATAGRAM_MAX] = {PART_MESSAGE};
  const size_t marker = sent->data[0] == 0 && sent->data[1] == 0 && sent->data[2] == 0 ? 4 : 0;
  const struct ikev2_ccm_key key = key_of(&world->end[sent->from], sent->from);
  struct ikev2_message message;
  struct ikev2_fault fault;
  struct ikev2_chain chain;
  if (opened && ikev2_message_parse(sent->data + marker, sent->length - marker, &message, &fault) &&
      ikev2_open(NULL, &key, &message, part + 1 + INSIDE_HEAD, NODE_DATAGRAM_MAX, &chain, &fault) ==
          0) {
    part[0] = PART_INSIDE;
    part[1] = message.header.exchange;
    part[2] = message.header.flags;
    part[3] = (uint8_t)message.header.message_id;
    part[4] = chain.count == 0 ? 0 : chain.items[0].type;
    fuzz_input_put_part(input, part, 1 + INSIDE_HEAD + message.length - IKEV2_SEALED_OVERHEAD);
    return;
  }
  memcpy(part + 1, sent->data, sent->length);
  fuzz_input_put_part(input, part, 1 + sent->length);
}

/* What both ends have heard of an exchange that comes to its end. */
static void take_seeds(fuzz_take *take, uint8_t how, bool opened) {
  static struct ikev2_world world;
  static struct fuzz_input inputs[2];
  const struct ikev2_world_config config = endpoint_config(how);
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  fuzz_claim(ikev2_world_established(&world), "an SA is established");
  const int asked = ikev2_check_liveness(world.end[IKEV2_RESPONDER].ike, world.now_ns);
  ikev2_world_run(&world);
  fuzz_claim(asked == 0 && ikev2_world_established(&world), "it lives");
  for (enum ikev2_world_side side = IKEV2_INITIATOR; side <= IKEV2_RESPONDER; side++) {
    inputs[side] = (struct fuzz_input){.data = {(uint8_t)(side | how)}, .size = 1};
    for (size_t i = 0; i < world.count; i++)
      if (world.log[i].from != side)
        put_part(&inputs[side], &world, &world.log[i], opened);
  }
  ikev2_world_deinit(&world);
  for (size_t i = 0; i < 2; i++)
    take(inputs[i].data, inputs[i].size);
}

void fuzz_seeds(fuzz_take *take) {
  take_seeds(take, 0, false);
  take_seeds(take, CHILD, true);
  take_seeds(take, COOKIE | NAT, true);
}
