/* One side of EDHOC over CoAP: the datagrams that the other end sends it are the parts of an input,
 * of which the first octet says which side, and how the exchange ends. */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"

const unsigned FUZZ_ROUNDS = 300;

enum { DATAGRAMS_MAX = 8, PLAIN = 0, MESSAGE_4, COMBINED, WAYS };

static struct pipe_config config_of(unsigned way) {
  struct pipe_config config = PIPE_DEFAULT;
  config.edhoc = true;
  config.edhoc_method = EDHOC_STATIC_STATIC;
  pipe_set(&config, "lower_layer", "edhoc");
  pipe_set(&config, "edhoc_message_4", way == MESSAGE_4 ? "on" : "off");
  pipe_set(&config, "edhoc_combined", way == COMBINED ? "on" : "off");
  return config;
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
  const struct pipe_config config = config_of(data[0] / 2 % WAYS);
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
    now_ns += 20 * NODE_MS;
    fuzz_claim(node_read(node, &datagram, now_ns) == 0, "octets end no node");
    side_write_all(node, now_ns);
    free(part);
  }
  fuzz_accepted = (side == 0 ? pipe.authenticator : pipe.peer)[0].confirmed == 1;
  pipe_deinit(&pipe);
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  static struct pipe pipe;
  static struct fuzz_input input;
  for (unsigned way = 0; way < WAYS; way++)
    for (unsigned side = 0; side < 2; side++) {
      const struct pipe_config config = config_of(way);
      pipe_init(&pipe, &config);
      fuzz_claim(pipe_run(&pipe) && pipe_established(&pipe, 0) &&
                     pipe_request(&pipe, 0, true, LOWER_POST, NULL, 0) == 0 && pipe_run(&pipe),
                 "a key is agreed on");
      input = (struct fuzz_input){.data = {(uint8_t)(way * 2 + side)}, .size = 1};
      for (size_t i = 0; i < pipe.flight_count; i++)
        if (node_address_equal(&pipe.flight[i].destination, &pipe.hosts[side].address))
          fuzz_input_put_part(&input, pipe.flight[i].data, pipe.flight[i].length);
      pipe_deinit(&pipe);
      take(input.data, input.size);
    }
}
