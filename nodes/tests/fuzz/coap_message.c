/* CoAP messages, and the options and payload alone that OSCORE encrypts. */
#include "fuzz.h"

#include <string.h>

#include "coap/refuse.h"

const unsigned FUZZ_ROUNDS = 200000;

static bool same_body(const struct coap_message *a, const struct coap_message *b) {
  if (a->option_count != b->option_count || a->payload_length != b->payload_length)
    return false;
  for (size_t i = 0; i < a->option_count; i++)
    if (a->options[i].number != b->options[i].number ||
        a->options[i].length != b->options[i].length ||
        memcmp(a->options[i].value, b->options[i].value, a->options[i].length) != 0)
      return false;
  return a->payload_length == 0 || memcmp(a->payload, b->payload, a->payload_length) == 0;
}

static bool same_head(const struct coap_message *a, const struct coap_message *b) {
  return a->type == b->type && a->code == b->code && a->message_id == b->message_id &&
         a->token_length == b->token_length && memcmp(a->token, b->token, a->token_length) == 0;
}

/* A stranger's answer is a message, and no longer than what it answers. */
static void answer_stranger(const uint8_t *data, size_t length) {
  uint8_t copy[NODE_DATAGRAM_MAX], answer[NODE_DATAGRAM_MAX];
  struct coap_stranger stranger = {.pending = false};
  struct coap_message message;
  if (length > sizeof copy)
    return;
  if (length > 0)
    memcpy(copy, data, length);
  const struct node_datagram in = {.data = copy, .length = length};
  struct node_datagram out = {.data = answer, .capacity = sizeof answer};
  if (coap_stranger_receive(&stranger, &in, &message) && message.type == COAP_CON)
    coap_stranger_refuse(&stranger, &in, &message, COAP_CODE_NOT_FOUND, NULL);
  const int written = coap_stranger_write(&stranger, &out);
  fuzz_either(written == 1);
  if (written == 0)
    return;
  fuzz_claim(out.length <= length, "an answer is no longer than the request");
  fuzz_claim(coap_message_parse(answer, out.length, &message) == 0, "an answer is a message");
  fuzz_claim(message.type == COAP_ACK || message.type == COAP_RST, "nobody answers an answer");
}

/* All that reads a message's options. */
static void read_options(const struct coap_message *message) {
  static const uint16_t known[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_OSCORE};
  static const char *const path[] = {"b"};
  uint64_t number;
  (void)coap_message_unknown_critical(message, known, 2);
  (void)coap_message_path_is(message, path, 1);
  const uint8_t code = coap_refuse_options(message, known, 2);
  fuzz_claim(code == COAP_CODE_EMPTY || code >> 5 >= 4, "a refusal is an error");
  fuzz_either(coap_refusal_is_sent(message, COAP_CODE_NOT_FOUND));
  (void)coap_message_find(message, COAP_NUMBER_LOCATION_PATH);
  for (size_t i = 0; i < message->option_count; i++) {
    fuzz_claim(i == 0 || message->options[i].number >= message->options[i - 1].number,
               "options ascend");
    fuzz_either(coap_uint_decode(message->options[i].value, message->options[i].length, &number) ==
                0);
  }
}

typedef int coap_composer(const struct coap_message *message, struct span_writer *out);
typedef int parser(const uint8_t *data, size_t length, struct coap_message *message);

/* What was parsed is composed to the same meaning. */
static void coap_compose_again(const struct coap_message *message, coap_composer *compose,
                               parser *parse, bool head) {
  static uint8_t data[2 * FUZZ_INPUT_MAX];
  struct coap_message again = {0};
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  read_options(message);
  fuzz_claim(compose(message, &out) == 0, "what was parsed is composed");
  fuzz_claim(parse(data, out.length, &again) == 0, "what was composed is parsed");
  fuzz_claim(same_body(message, &again) && (!head || same_head(message, &again)), "it is the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  answer_stranger(data, size);
  struct coap_message message, body = {0};
  if (coap_message_parse(data, size, &message) == 0) {
    fuzz_accepted = true;
    coap_compose_again(&message, coap_message_compose, coap_message_parse, true);
  }
  if (coap_body_parse(data, size, &body) == 0)
    coap_compose_again(&body, coap_body_compose, coap_body_parse, false);
  return 0;
}

static void coap_take_message(fuzz_take *take, const struct coap_message *message) {
  uint8_t data[FUZZ_INPUT_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  fuzz_claim(coap_message_compose(message, &out) == 0, "a seed is composed");
  take(data, out.length);
}

void fuzz_seeds(fuzz_take *take) {
  static const uint8_t octets[300] = {1, 2, 3};
  struct coap_message message = {.type = COAP_ACK, .code = COAP_CODE_EMPTY, .message_id = 0x1234};
  coap_take_message(take, &message);
  message = (struct coap_message){.type = COAP_CON,
                                  .code = COAP_CODE_POST,
                                  .message_id = 7,
                                  .token = {1, 2, 3, 4, 5, 6, 7, 8},
                                  .token_length = 8,
                                  .payload = octets,
                                  .payload_length = 5};
  coap_message_add_option(&message, COAP_NUMBER_URI_PATH, 0, "b", 1);
  coap_message_add_option(&message, COAP_NUMBER_URI_PATH, 0, "", 0);
  coap_message_add_option(&message, COAP_NUMBER_NO_RESPONSE, 0, octets, 1);
  coap_message_add_option(&message, 2000, 0, octets, 20);
  coap_take_message(take, &message);
  message =
      (struct coap_message){.type = COAP_NON, .code = COAP_CODE_CREATED, .message_id = 0xffff};
  for (uint16_t i = 0; i < COAP_OPTIONS_MAX - 1; i++)
    coap_message_add_option(&message, (uint16_t)(8 + i), 0, octets, i);
  coap_message_add_option(&message, UINT16_MAX, 0, octets, sizeof octets);
  coap_take_message(take, &message);
}
