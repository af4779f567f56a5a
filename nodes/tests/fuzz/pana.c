/* PANA: a message alone, and one side, to which the other end sends the parts of an input, whose
 * first octet says which side, and how the session goes. */
#include "pipe_side.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct pipe pipe;
  struct fuzz_parts parts = {data + 1, size - 1};
  if (size == 0)
    return 0;
  const unsigned side = data[0] % 2;
  const struct pipe_config config = config_of(data[0] / 2 % WAY_COUNT);
  pipe_init(&pipe, &config);
  fuzz_pipe_side(&pipe, side, &parts, DATAGRAMS_MAX, read_message);
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
