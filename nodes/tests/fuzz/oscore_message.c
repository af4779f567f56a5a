/* Messages under OSCORE: the first octet of an input says whether a request or a response is
 * awaited, and by which cipher suite; the rest is a CoAP message. */
#include "fuzz.h"

#include <string.h>

#include "oscore/oscore.h"

const unsigned FUZZ_ROUNDS = 30000;

enum oscore_side { SERVER, CLIENT, SIDE_COUNT };
enum { SUITE_COUNT = 4 };

static struct oscore_context context_of(enum oscore_side side, uint8_t suite) {
  static const uint8_t secret[16] = {1, 2, 3}, id_context[] = {0x37, 0xcb};
  const struct oscore_id ids[] = {{{1}, 1}, {{2}, 1}};
  const struct oscore_parameters parameters = {.suite = oscore_suite_find(suite),
                                               .master_secret = secret,
                                               .master_secret_length = sizeof secret,
                                               .sender_id = ids[side],
                                               .recipient_id = ids[1 - side],
                                               .id_context = id_context,
                                               .id_context_length = sizeof id_context,
                                               .id_context_sent = true};
  struct oscore_context context;
  fuzz_claim(oscore_context_derive(&context, &parameters, NULL) == 0, "a context is derived");
  return context;
}

/* The request that a response answers. */
static struct oscore_binding oscore_protect(uint8_t suite, struct coap_message *outer,
                                            uint8_t *buffer, size_t capacity,
                                            struct span_list *spans) {
  struct oscore_context client = context_of(CLIENT, suite);
  struct oscore_binding binding;
  struct coap_message inner = {.type = COAP_CON,
                               .code = COAP_CODE_POST,
                               .message_id = 9,
                               .payload = (const uint8_t *)"payload",
                               .payload_length = 7};
  coap_message_add_option(&inner, 3, ROW_COAP_OPTION, "host", 4);
  coap_message_add_option(&inner, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, "b", 1);
  fuzz_claim(
      oscore_protect_request(&client, NULL, &inner, buffer, capacity, spans, outer, &binding) == 0,
      "a request is protected");
  return binding;
}

static int oscore_unprotect(enum oscore_side side, uint8_t suite,
                            const struct coap_message *outer) {
  uint8_t buffer[NODE_DATAGRAM_MAX], request[NODE_DATAGRAM_MAX];
  struct oscore_context context = context_of(side, suite);
  const struct oscore_context before = context;
  struct coap_message inner;
  struct span_list spans = {0};
  if (side == CLIENT) {
    const struct oscore_binding binding =
        oscore_protect(suite, &inner, request, sizeof request, &spans);
    return oscore_unprotect_response(&context, NULL, outer, &binding, buffer, sizeof buffer,
                                     &inner);
  }
  struct oscore_binding binding;
  const int error =
      oscore_unprotect_request(&context, NULL, outer, buffer, sizeof buffer, &inner, &binding);
  if (error != 0)
    fuzz_claim(memcmp(&context, &before, sizeof context) == 0, "an error changes nothing");
  else
    fuzz_claim(oscore_unprotect_request(&context, NULL, outer, buffer, sizeof buffer, &inner,
                                        &binding) == NODE_ERR_REPLAY,
               "no request comes twice");
  return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct coap_message outer;
  if (size > 0 && coap_message_parse(data + 1, size - 1, &outer) == 0)
    fuzz_accepted = oscore_unprotect((enum oscore_side)(data[0] % SIDE_COUNT),
                                     data[0] / SIDE_COUNT % SUITE_COUNT, &outer) == 0;
  return 0;
}

static void oscore_take_message(fuzz_take *take, enum oscore_side receiver, uint8_t suite,
                                const struct coap_message *outer) {
  uint8_t data[NODE_DATAGRAM_MAX] = {(uint8_t)(receiver + SIDE_COUNT * suite)};
  struct span_writer out;
  span_writer_init(&out, data + 1, sizeof data - 1, NULL);
  fuzz_claim(coap_message_compose(outer, &out) == 0, "a seed is composed");
  take(data, 1 + out.length);
}

static void suite_seeds(fuzz_take *take, uint8_t suite) {
  static const struct coap_message response = {.type = COAP_ACK, .code = COAP_CODE_CHANGED};
  uint8_t buffer[NODE_DATAGRAM_MAX], opened[NODE_DATAGRAM_MAX], answer[NODE_DATAGRAM_MAX];
  struct oscore_context server = context_of(SERVER, suite);
  struct span_list spans = {0};
  struct coap_message outer, inner;
  struct oscore_binding binding;
  (void)oscore_protect(suite, &outer, buffer, sizeof buffer, &spans);
  oscore_take_message(take, SERVER, suite, &outer);
  fuzz_claim(
      oscore_unprotect_request(&server, NULL, &outer, opened, sizeof opened, &inner, &binding) == 0,
      "a request is verified");
  for (int new_piv = 0; new_piv < 2; new_piv++) {
    spans.count = 0;
    fuzz_claim(oscore_protect_response(&server, NULL, &response, new_piv != 0, &binding, answer,
                                       sizeof answer, &spans, &outer) == 0,
               "a response is protected");
    oscore_take_message(take, CLIENT, suite, &outer);
  }
}

void fuzz_seeds(fuzz_take *take) {
  for (uint8_t suite = 0; suite < SUITE_COUNT; suite++)
    suite_seeds(take, suite);
}
