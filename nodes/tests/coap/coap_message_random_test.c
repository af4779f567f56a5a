/* Random CoAP messages, with libcoap's own parser and composer as the witnesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <coap3/coap.h>

#include "coap_compare.h"
#include "seeded.h"

enum { ROUNDS = 3000, OPTION_BYTES_MAX = 300 };

/* Numbers whose length and repetition libcoap does not police. */
static uint16_t random_number(struct seeded *seeded, uint16_t least) {
  static const uint16_t steps[] = {0, 1, 12, 13, 14, 200, 268, 269, 270, 1000, 20000};
  const uint32_t step = steps[seeded_below(seeded, sizeof steps / sizeof steps[0])];
  return (uint16_t)(least + step > UINT16_MAX ? UINT16_MAX : least + step);
}

static size_t random_length(struct seeded *seeded) {
  static const uint16_t lengths[] = {0, 1, 2, 12, 13, 14, 40};
  return seeded_below(seeded, 20) == 0 ? 265 + seeded_below(seeded, 8)
                                       : lengths[seeded_below(seeded, 7)];
}

/* `values` holds COAP_OPTIONS_MAX + 1 times OPTION_BYTES_MAX octets. */
static struct coap_message random_message(struct seeded *seeded, uint8_t *values) {
  static const uint8_t codes[] = {1, 2, 3, 4, 0x41, 0x44, 0x45, 0x80, 0x84, 0xa0, 0xa3};
  struct coap_message message = {
      .type = (enum coap_type)seeded_below(seeded, 4),
      .code = codes[seeded_below(seeded, sizeof codes)],
      .message_id = (uint16_t)seeded_below(seeded, 65536),
      .token_length = seeded_below(seeded, 9),
  };
  seeded_bytes(seeded, message.token, message.token_length);
  uint16_t number = 2049; /* beyond the numbers that libcoap knows */
  const size_t count = seeded_below(seeded, 7);
  for (size_t i = 0; i < count; i++, values += OPTION_BYTES_MAX) {
    number = random_number(seeded, number);
    const size_t length = random_length(seeded);
    seeded_bytes(seeded, values, length);
    coap_message_add_option(&message, number, ROW_COAP_OPTION, values, length);
  }
  message.payload_length = seeded_below(seeded, 3) == 0 ? 0 : 1 + seeded_below(seeded, 100);
  seeded_bytes(seeded, values, message.payload_length);
  message.payload = values;
  return message;
}

/* What libcoap read out of a datagram. */
static struct coap_message read_pdu(const coap_pdu_t *pdu) {
  const coap_bin_const_t token = coap_pdu_get_token(pdu);
  struct coap_message message = {
      .type = (enum coap_type)coap_pdu_get_type(pdu),
      .code = (uint8_t)coap_pdu_get_code(pdu),
      .message_id = (uint16_t)coap_pdu_get_mid(pdu),
      .token_length = token.length,
  };
  memcpy(message.token, token.s, token.length);
  coap_opt_iterator_t iterator;
  coap_option_iterator_init(pdu, &iterator, COAP_OPT_ALL);
  for (coap_opt_t *option; (option = coap_option_next(&iterator)) != NULL;)
    coap_message_add_option(&message, iterator.number, ROW_COAP_OPTION, coap_opt_value(option),
                            coap_opt_length(option));
  (void)coap_get_data(pdu, &message.payload_length, &message.payload);
  return message;
}

static void libcoap_reads_ours(void **state) {
  (void)state;
  struct seeded seeded = {.state = 7252};
  static uint8_t values[(COAP_OPTIONS_MAX + 1) * OPTION_BYTES_MAX];
  for (size_t round = 0; round < ROUNDS; round++) {
    const struct coap_message message = random_message(&seeded, values);
    uint8_t data[4096];
    struct span_list spans;
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, &spans);
    assert_int_equal(coap_message_compose(&message, &out), 0);
    assert_int_equal(span_list_length(&spans), out.length);

    coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, 0, 0, sizeof data);
    assert_non_null(pdu);
    assert_int_equal(coap_pdu_parse(COAP_PROTO_UDP, data, out.length, pdu), 1);
    const struct coap_message read = read_pdu(pdu);
    assert_same(&read, &message);
    coap_delete_pdu(pdu);
  }
}

/* libcoap keeps its header private: token, options and payload are compared byte for byte. */
static void libcoap_writes_the_same(void **state) {
  (void)state;
  struct seeded seeded = {.state = 8613};
  static uint8_t values[(COAP_OPTIONS_MAX + 1) * OPTION_BYTES_MAX];
  for (size_t round = 0; round < ROUNDS; round++) {
    struct coap_message message = random_message(&seeded, values);
    if (message.payload_length == 0) /* its end tells where the message ends */
      message.payload_length = 1;
    coap_pdu_t *pdu = coap_pdu_init((coap_pdu_type_t)message.type, (coap_pdu_code_t)message.code,
                                    message.message_id, 4096);
    assert_non_null(pdu);
    assert_int_equal(coap_add_token(pdu, message.token_length, message.token), 1);
    for (size_t i = 0; i < message.option_count; i++)
      assert_int_not_equal(coap_add_option(pdu, message.options[i].number,
                                           message.options[i].length, message.options[i].value),
                           0);
    assert_int_equal(coap_add_data(pdu, message.payload_length, message.payload), 1);
    const coap_bin_const_t token = coap_pdu_get_token(pdu);
    size_t payload_length;
    const uint8_t *payload;
    assert_int_equal(coap_get_data(pdu, &payload_length, &payload), 1);

    uint8_t data[4096];
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, NULL);
    assert_int_equal(coap_message_compose(&message, &out), 0);
    assert_int_equal(out.length - 4, payload + payload_length - token.s);
    assert_memory_equal(data + 4, token.s, out.length - 4);

    struct coap_message read;
    assert_int_equal(coap_message_parse(data, out.length, &read), 0);
    assert_same(&read, &message);
    coap_delete_pdu(pdu);
  }
}

/* One octet of a good message is changed: nothing is read beyond the end, and what is accepted
 * composes to a message that means the same. */
static void mutation(void **state) {
  (void)state;
  struct seeded seeded = {.state = 9};
  static uint8_t values[(COAP_OPTIONS_MAX + 1) * OPTION_BYTES_MAX];
  size_t accepted = 0, refused = 0;
  for (size_t round = 0; round < ROUNDS; round++) {
    const struct coap_message message = random_message(&seeded, values);
    uint8_t data[4096], again[8192];
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, NULL);
    assert_int_equal(coap_message_compose(&message, &out), 0);
    data[seeded_below(&seeded, (uint32_t)out.length)] ^= (uint8_t)(1 + seeded_below(&seeded, 255));

    struct coap_message first, second;
    uint8_t *copy;
    if (parse_exact(data, out.length, &first, &copy) < 0) {
      refused++;
    } else {
      span_writer_init(&out, again, sizeof again, NULL);
      assert_int_equal(coap_message_compose(&first, &out), 0);
      assert_int_equal(coap_message_parse(again, out.length, &second), 0);
      assert_same(&first, &second);
      accepted++;
    }
    free(copy);
  }
  assert_true(accepted > ROUNDS / 10);
  assert_true(refused > ROUNDS / 20);
}

int main(void) {
  coap_set_log_level(LOG_EMERG);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(libcoap_reads_ours),
      cmocka_unit_test(libcoap_writes_the_same),
      cmocka_unit_test(mutation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
