/* One side of EDHOC over CoAP: the datagrams that the other end sends it are the parts of an input,
 * of which the first octet says which side, and how the exchange ends. */
#include "pipe_side.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct pipe pipe;
  struct fuzz_parts parts = {data + 1, size - 1};
  if (size == 0)
    return 0;
  const unsigned side = data[0] % 2;
  const struct pipe_config config = config_of(data[0] / 2 % WAYS);
  pipe_init(&pipe, &config);
  fuzz_pipe_side(&pipe, side, &parts, DATAGRAMS_MAX, NULL);
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
