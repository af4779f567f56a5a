/* PANA: a message alone, and one side, to which the other end sends the parts of an input, whose
 * first octet says which side, and how the session goes. */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"
#include "pana/message.h"

const unsigned FUZZ_ROUNDS = 2000;

enum { DATAGRAMS_MAX = 24 };

static const struct {
  const char *option, *value;
} WAYS[] = {{"pana_piggyback", "on"},
            {"pana_piggyback", "off"},
            {"pana_optimized_init", "on"},
            {"pana_stateless", "on"},
            {"association", "oscore"}};

enum { WAY_COUNT = sizeof WAYS / sizeof WAYS[0] };

static struct pipe_config config_of(unsigned way) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", "pana");
  pipe_set(&config, "association", "none");
  pipe_set(&config, WAYS[way].option, WAYS[way].value);
  return config;
}

/* What a message says is inside it, and each AVP comes once but for lists. */
static void read_message(const uint8_t *data, size_t length) {
  struct pana_message message;
  const bool valid = pana_message_parse(data, length, &message) == NULL;
  fuzz_either(valid);
  if (!valid)
    return;
  fuzz_claim(message.length <= length && pana_label(message.kind) != NULL, "it is in the datagram");
  for (size_t i = 0; i < message.avp_count; i++)
    fuzz_claim(message.avps[i].value + message.avps[i].length <= data + message.length,
               "an AVP is in the message");
}

static void side_write_all(struct node *node, uint64_t now_ns) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int written;
  while ((written = node_write(node, &datagram, now_ns)) == 1)
    fuzz_claim(span_list_length(&datagram.spans) == datagram.length, "each octet has a row");
  fuzz_claim(written == 0, "a datagram is written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct pipe pipe;
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  const unsigned side = data[0] % 2;
  const struct pipe_config config = config_of(data[0] / 2 % WAY_COUNT);
  pipe_init(&pipe, &config);
  struct node *node = pipe.hosts[side].node;
  uint64_t now_ns = NODE_MS;
  fuzz_claim(node_handle_expiry(node, now_ns) == 0, "a timer ends no node");
  side_write_all(node, now_ns);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    const struct node_datagram datagram = {.source = pipe.hosts[!side].address,
                                           .destination = pipe.hosts[side].address,
                                           .data = part,
                                           .length = length};
    read_message(part, length);
    now_ns += 20 * NODE_MS;
    fuzz_claim(node_read(node, &datagram, now_ns) == 0, "octets end no node");
    side_write_all(node, now_ns);
    free(part);
  }
  fuzz_accepted = (side == 0 ? pipe.authenticator : pipe.peer)[0].confirmed > 0;
  pipe_deinit(&pipe);
  return 0;
}

/* A session, and another authentication in it. */
void fuzz_seeds(fuzz_take *take) {
  static struct pipe pipe;
  static struct fuzz_input input;
  for (unsigned way = 0; way < WAY_COUNT; way++)
    for (unsigned side = 0; side < 2; side++) {
      const struct pipe_config config = config_of(way);
      pipe_init(&pipe, &config);
      fuzz_claim(pipe_run(&pipe) && pipe_established(&pipe, 0), "a key is agreed on");
      pipe_trigger(&pipe, 0);
      fuzz_claim(pipe_run(&pipe) && pipe_established(&pipe, 0), "and another");
      input = (struct fuzz_input){.data = {(uint8_t)(way * 2 + side)}, .size = 1};
      for (size_t i = 0; i < pipe.flight_count; i++)
        if (node_address_equal(&pipe.flight[i].destination, &pipe.hosts[side].address))
          fuzz_input_put_part(&input, pipe.flight[i].data, pipe.flight[i].length);
      pipe_deinit(&pipe);
      take(input.data, input.size);
    }
}
