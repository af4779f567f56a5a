/* EDHOC error messages: read, composed, and what they do to a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc_world.h"
#include "hex.h"

static void error_messages_are_read(void **state) {
  (void)state;
  static const struct {
    const char *message;
    int error;
    enum edhoc_error_code code;
    const char *text;
  } table[] = {
      {"016455736564", 0, EDHOC_ERROR_UNSPECIFIED, "Used"},
      {"0160", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"016361c3a4", 0, EDHOC_ERROR_UNSPECIFIED, "a??"},
      {"0164207e7f1f", 0, EDHOC_ERROR_UNSPECIFIED, " ~??"},
      {"0161076161", NODE_ERR_MALFORMED, 0, NULL},
      {"014141", NODE_ERR_MALFORMED, 0, NULL},
      {"01", NODE_ERR_MALFORMED, 0, NULL},
      {"0202", 0, EDHOC_ERROR_SUITE, ""},
      {"02820203", 0, EDHOC_ERROR_SUITE, ""},
      {"028102", NODE_ERR_MALFORMED, 0, NULL},
      {"02", NODE_ERR_MALFORMED, 0, NULL},
      {"026161", NODE_ERR_MALFORMED, 0, NULL},
      {"020203", NODE_ERR_MALFORMED, 0, NULL},
      {"03f5", 0, EDHOC_ERROR_CREDENTIAL, ""},
      {"03f4", NODE_ERR_MALFORMED, 0, NULL},
      {"03f6", NODE_ERR_MALFORMED, 0, NULL},
      {"00f6", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"20a0", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"1880830102f5", 0, EDHOC_ERROR_UNSPECIFIED, ""},
      {"1880", NODE_ERR_MALFORMED, 0, NULL},
      {"f5", NODE_ERR_MALFORMED, 0, NULL},
      {"", NODE_ERR_MALFORMED, 0, NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex message = hex(table[i].message);
    struct edhoc_peer_error peer_error;
    memset(&peer_error, 'x', sizeof peer_error);
    assert_int_equal(edhoc_error_read(message.octets, message.length, &peer_error), table[i].error);
    if (table[i].error != 0)
      continue;
    assert_int_equal(peer_error.code, table[i].code);
    assert_string_equal(peer_error.text, table[i].text);
  }
}

static void long_error_texts_are_cut(void **state) {
  (void)state;
  for (size_t text = 24; text < 256; text++) {
    struct edhoc_peer_error peer_error;
    uint8_t message[300] = {0x01, 0x78, (uint8_t)text};
    memset(message + 3, 'e', text);
    assert_int_equal(edhoc_error_read(message, 3 + text, &peer_error), 0);
    assert_int_equal(strlen(peer_error.text),
                     text < EDHOC_ERROR_TEXT_MAX ? text : EDHOC_ERROR_TEXT_MAX - 1);
  }
}

static void error_messages_that_are_too_long(void **state) {
  (void)state;
  static uint8_t message[EDHOC_MESSAGE_MAX + 1] = {0x01, 0x79};
  for (size_t length = sizeof message - 1; length <= sizeof message; length++) {
    struct edhoc_peer_error peer_error;
    message[2] = (uint8_t)((length - 4) >> 8);
    message[3] = (uint8_t)(length - 4);
    assert_int_equal(edhoc_error_read(message, length, &peer_error),
                     length > EDHOC_MESSAGE_MAX ? NODE_ERR_TOO_LONG : 0);
  }
}

static void error_messages_are_known(void **state) {
  (void)state;
  static const struct {
    const char *begin;
    bool error;
  } table[] = {{"01", true},  {"1880", true}, {"20", true},  {"3880", true}, {"40", false},
               {"58", false}, {"61", false},  {"81", false}, {"f5", false},  {"", false}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex begin = hex(table[i].begin);
    assert_int_equal(edhoc_is_error(begin.octets, begin.length), table[i].error);
  }
}

/* An error message ends a session that awaits a message, and no other; nothing is answered. */
static void error_messages_end_the_session(void **state) {
  (void)state;
  static const char *const messages[] = {"016161", "0202", "03f5", "01"};
  for (unsigned moment = 0; moment <= WORLD_MESSAGES; moment++)
    for (unsigned side = 0; side < SIDES; side++)
      for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        const struct hex message = hex(messages[i]);
        struct edhoc_world world;
        uint8_t out[64];
        size_t length;
        edhoc_world_init(&world, 3, 2, KIND_KID);
        edhoc_world_advance(&world, moment);
        struct edhoc *edhoc = &world.side[side];
        const struct edhoc before = *edhoc;
        const bool waits = side == INITIATOR ? moment >= 1 : moment == 2 || moment == 3;
        const bool answers_message_1 = edhoc->state == EDHOC_WAIT_2;
        const int error = edhoc_error_process(edhoc, message.octets, message.length);
        if (!waits) {
          assert_int_equal(error, NODE_ERR_BAD_STATE);
          assert_memory_equal(edhoc, &before, sizeof before);
          continue;
        }
        const bool malformed = i == 3 || (i == 1 && !answers_message_1);
        assert_int_equal(error, malformed ? NODE_ERR_MALFORMED : 0);
        assert_aborted(edhoc);
        assert_int_equal(edhoc_error_compose(edhoc, out, sizeof out, &length), NODE_ERR_BAD_STATE);
      }
}

static void error_messages_fit_their_buffer(void **state) {
  (void)state;
  struct edhoc_world world;
  uint8_t out[64];
  size_t length;
  edhoc_world_init(&world, 3, 2, KIND_KID);
  assert_int_equal(edhoc_error_compose(&world.side[RESPONDER], out, sizeof out, &length),
                   NODE_ERR_BAD_STATE);
  assert_int_equal(edhoc_world_give(&world, 1, out, 0), NODE_ERR_MALFORMED);
  for (size_t capacity = 0; capacity < 18; capacity++)
    assert_int_equal(edhoc_error_compose(&world.side[RESPONDER], out, capacity, &length),
                     NODE_ERR_TOO_LONG);
  assert_int_equal(edhoc_error_compose(&world.side[RESPONDER], out, 18, &length), 0);
  assert_hex_equal(out, length, "01706d616c666f726d6564204d4554484f44"); /* malformed METHOD */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(error_messages_are_read),
      cmocka_unit_test(long_error_texts_are_cut),
      cmocka_unit_test(error_messages_that_are_too_long),
      cmocka_unit_test(error_messages_are_known),
      cmocka_unit_test(error_messages_end_the_session),
      cmocka_unit_test(error_messages_fit_their_buffer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
