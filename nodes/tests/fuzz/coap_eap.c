/* One side of CoAP-EAP: the datagrams that the other end sends it are the parts of an input, of
 * which the first octet says which side, and of which kind. Under OSCORE all is in the datagrams.
 */
#include "pipe_side.h"

const unsigned FUZZ_ROUNDS = 1500;

enum { DATAGRAMS_MAX = 16, SETTINGS_MAX = 3 };

static const struct way {
  const char *option[SETTINGS_MAX], *value[SETTINGS_MAX];
} WAYS[] = {
    {{"lower_layer"}, {"coap-eap"}},
    {{"lower_layer", "ordering"}, {"coap-eap", "mid-monotonic"}},
    {{"lower_layer", "location_option", "separate_response"}, {"coap-eap", "location-path", "on"}},
    {{"lower_layer"}, {"coap-eap-rfc9820"}},
    {{"lower_layer", "cipher_suites_offered", "rfc9820_uris"},
     {"coap-eap-rfc9820", "3+2+1+0", "long"}},
    {{"lower_layer", "rid_c_bytes", "rfc9820_content_format"}, {"coap-eap-rfc9820", "7", "off"}},
    {{"coap_roles"}, {"peer-client"}},
    {{"coap_roles", "ordering"}, {"peer-client", "mid-random"}},
    {{"lower_layer", "coap_roles"}, {"coap-eap-rfc9820", "peer-client"}},
};

enum { WAY_COUNT = sizeof WAYS / sizeof WAYS[0] };

static struct pipe_config config_of(unsigned way) {
  struct pipe_config config = PIPE_DEFAULT;
  for (size_t i = 0; i < SETTINGS_MAX && WAYS[way].option[i] != NULL; i++)
    pipe_set(&config, WAYS[way].option[i], WAYS[way].value[i]);
  return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct pipe pipe;
  struct fuzz_parts parts = {data + 1, size - 1};
  if (size == 0)
    return 0;
  const unsigned side = data[0] % 2;
  const struct pipe_config config = config_of(data[0] / 2 % WAY_COUNT);
  pipe_init(&pipe, &config);
  fuzz_pipe_side(&pipe, side, &parts, DATAGRAMS_MAX, NULL);
  fuzz_accepted = (side == 0 ? pipe.authenticator : pipe.peer)[0].confirmed > 0;
  pipe_deinit(&pipe);
  return 0;
}

/* A key is agreed on, and an application request follows. */
void fuzz_seeds(fuzz_take *take) {
  static struct pipe pipe;
  static struct fuzz_input input;
  for (unsigned way = 0; way < WAY_COUNT; way++)
    for (unsigned side = 0; side < 2; side++) {
      const struct pipe_config config = config_of(way);
      pipe_init(&pipe, &config);
      fuzz_claim(pipe_run_until(&pipe, NODE_SECOND) && pipe_established(&pipe, 0),
                 "a key is agreed on");
      fuzz_claim(pipe_request(&pipe, 0, side == 0, LOWER_POST, NULL, 0) == 0 &&
                     pipe_run_until(&pipe, 2 * NODE_SECOND),
                 "a request is sent");
      input = (struct fuzz_input){.data = {(uint8_t)(way * 2 + side)}, .size = 1};
      for (size_t i = 0; i < pipe.flight_count; i++)
        if (node_address_equal(&pipe.flight[i].destination, &pipe.hosts[side].address))
          fuzz_input_put_part(&input, pipe.flight[i].data, pipe.flight[i].length);
      pipe_deinit(&pipe);
      take(input.data, input.size);
    }
}
