/* The EAP peer's answers to scripted conversations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap_world.h"
#include "eap_method_scripted.h"

enum { STEPS_MAX = 11 };

struct peer_step {
  const char *in;
  enum eap_peer_result result;
  const char *out; /* the response, or the reason; NULL: not looked at */
};

/* The scripted method's results as Type-Data octets: 00 continue, 01 discard, 02 success, 03
 * failure. */
static const struct peer_conversation {
  const char *name;
  size_t method_count;
  struct peer_step steps[STEPS_MAX];
} CONVERSATIONS[] = {
    {"success",
     1,
     {{"01 01 0005 01", EAP_PEER_RESPOND, "02 01 0012 01 7466672d757365722d74657374"},
      {"01 02 0007 c8 00 aa", EAP_PEER_RESPOND, "02 02 0006 c8 aa"},
      {"01 03 0006 c8 02", EAP_PEER_RESPOND, "02 03 0005 c8"},
      {"03 03 0004", EAP_PEER_SUCCESS, ""},
      {"03 03 0004", EAP_PEER_DISCARD, "packet after the end of the conversation"}}},
    {"identity is asked again",
     1,
     {{"01 01 0005 01", EAP_PEER_RESPOND, NULL},
      {"01 01 0005 01", EAP_PEER_REPEAT, "02 01 0012 01 7466672d757365722d74657374"},
      {"01 02 0005 01", EAP_PEER_RESPOND, "02 02 0012 01 7466672d757365722d74657374"},
      {"01 03 000a 01 48656c6c6f", EAP_PEER_RESPOND, "02 03 0012 01 7466672d757365722d74657374"},
      {"01 04 0006 c8 00", EAP_PEER_RESPOND, NULL},
      {"01 05 0005 01", EAP_PEER_DISCARD, "Identity request after the method began"},
      {"01 05 0006 c8 00", EAP_PEER_RESPOND, "02 05 0005 c8"}}},
    {"requests are repeated",
     2,
     {{"01 01 0006 0d 20", EAP_PEER_RESPOND, "02 01 0007 03 c8 c9"},
      {"01 01 0006 0d 20", EAP_PEER_REPEAT, "02 01 0007 03 c8 c9"},
      {"01 01 0006 0d 21", EAP_PEER_DISCARD, "another request with the last identifier"},
      {"01 02 0007 c8 00 aa", EAP_PEER_RESPOND, "02 02 0006 c8 aa"},
      {"01 02 0007 c8 00 aa ffff", EAP_PEER_REPEAT, "02 02 0006 c8 aa"}, /* padding: 4.1 */
      {"01 03 0006 c8 02", EAP_PEER_RESPOND, "02 03 0005 c8"},
      {"01 03 0006 c8 02", EAP_PEER_REPEAT, "02 03 0005 c8"},
      {"01 03 0006 c8 00", EAP_PEER_DISCARD, "another request with the last identifier"},
      {"01 02 0007 c8 00 aa", EAP_PEER_DISCARD, "request after the method's end"},
      {"03 03 0004", EAP_PEER_SUCCESS, ""}}},
    {"the last request is repeated after a failure that has an answer",
     1,
     {{"01 01 0007 c8 03 ff", EAP_PEER_RESPOND, "02 01 0006 c8 ff"},
      {"01 01 0007 c8 03 ff", EAP_PEER_REPEAT, "02 01 0006 c8 ff"},
      {"04 01 0004", EAP_PEER_FAILURE, "as scripted"},
      {"01 01 0007 c8 03 ff", EAP_PEER_DISCARD, "packet after the end of the conversation"}}},
    {"notification at any time",
     1,
     {{"01 01 0006 02 41", EAP_PEER_RESPOND, "02 01 0005 02"},
      {"01 02 0006 c8 00", EAP_PEER_RESPOND, NULL},
      {"01 03 0005 02", EAP_PEER_RESPOND, "02 03 0005 02"},
      {"01 04 0006 c8 02", EAP_PEER_RESPOND, NULL},
      {"01 05 0005 02", EAP_PEER_RESPOND, "02 05 0005 02"},
      {"03 04 0004", EAP_PEER_DISCARD, "EAP-Success with a wrong identifier"},
      {"03 05 0004", EAP_PEER_SUCCESS, ""}}},
    {"nak of one method",
     1,
     {{"01 01 0006 0d 20", EAP_PEER_RESPOND, "02 01 0006 03 c8"},
      {"01 02 0006 fe 20", EAP_PEER_RESPOND, "02 02 0006 03 c8"},
      {"01 03 0006 c8 00", EAP_PEER_RESPOND, "02 03 0005 c8"},
      {"01 04 0006 0d 20", EAP_PEER_DISCARD, "request of another method"}}},
    {"nak of two methods",
     2,
     {{"01 01 0006 0d 20", EAP_PEER_RESPOND, "02 01 0007 03 c8 c9"},
      {"01 02 0006 c9 00", EAP_PEER_RESPOND, "02 02 0005 c9"},
      {"01 03 0006 c8 00", EAP_PEER_DISCARD, "request of another method"}}},
    {"nak of none",
     0,
     {{"01 01 0006 c8 00", EAP_PEER_RESPOND, "02 01 0006 03 00"},
      {"04 01 0004", EAP_PEER_FAILURE, "EAP-Failure before a method began"}}},
    {"types that no request has",
     1,
     {{"01 01 0005 00", EAP_PEER_DISCARD, "request of a type that is none"},
      {"01 01 0006 03 c8", EAP_PEER_DISCARD, "request of a type that is none"},
      {"02 01 0005 01", EAP_PEER_DISCARD, "Response sent to a peer"},
      {"05 01 0005 01", EAP_PEER_DISCARD, "packet of re-authentication in a full authentication"},
      {"06 01 0005 01", EAP_PEER_DISCARD, "packet of re-authentication in a full authentication"},
      {"07 01 0005 01", EAP_PEER_DISCARD, "malformed EAP packet"},
      {"", EAP_PEER_DISCARD, "malformed EAP packet"},
      {"01 01 0005 01", EAP_PEER_RESPOND, NULL}}},
    {"a first request that the method discards leaves the choice open",
     2,
     {{"01 01 0006 c8 01", EAP_PEER_DISCARD, "as scripted"},
      {"01 01 0005 c8", EAP_PEER_DISCARD, "as scripted"},
      {"01 01 0006 c9 00", EAP_PEER_RESPOND, "02 01 0005 c9"},
      {"01 02 0006 c9 01", EAP_PEER_DISCARD, "as scripted"},
      {"01 02 0006 c9 02", EAP_PEER_RESPOND, "02 02 0005 c9"},
      {"03 02 0004", EAP_PEER_SUCCESS, ""}}},
    {"nothing before the first request",
     1,
     {{"03 00 0004", EAP_PEER_DISCARD, "EAP-Success with a wrong identifier"},
      {"04 00 0004", EAP_PEER_DISCARD, "EAP-Failure with a wrong identifier"},
      {"01 00 0005 01", EAP_PEER_RESPOND, NULL}}},
    {"success before the method's",
     1,
     {{"01 01 0005 01", EAP_PEER_RESPOND, NULL},
      {"03 01 0004", EAP_PEER_DISCARD, "EAP-Success without the method's"},
      {"01 02 0006 c8 00", EAP_PEER_RESPOND, NULL},
      {"03 02 0004", EAP_PEER_DISCARD, "EAP-Success without the method's"},
      {"04 01 0004", EAP_PEER_DISCARD, "EAP-Failure with a wrong identifier"},
      {"04 02 0004", EAP_PEER_FAILURE, "EAP-Failure while the method ran"},
      {"01 03 0006 c8 00", EAP_PEER_DISCARD, "packet after the end of the conversation"}}},
    {"failure after the method's success",
     1,
     {{"01 01 0006 c8 02", EAP_PEER_RESPOND, NULL},
      {"04 01 0004", EAP_PEER_DISCARD, "EAP-Failure after the method's success"},
      {"01 02 0006 c8 00", EAP_PEER_DISCARD, "request after the method's end"},
      {"03 01 0004", EAP_PEER_SUCCESS, ""}}},
    {"the method fails and has an answer",
     1,
     {{"01 01 0007 c8 03 ff", EAP_PEER_RESPOND, "02 01 0006 c8 ff"},
      {"03 01 0004", EAP_PEER_DISCARD, "EAP-Success without the method's"},
      {"01 02 0006 c8 00", EAP_PEER_DISCARD, "request after the method's end"},
      {"01 02 0006 0d 00", EAP_PEER_DISCARD, "request after the method's end"},
      {"04 01 0004", EAP_PEER_FAILURE, "as scripted"}}},
    {"the method fails and has no answer",
     1,
     {{"01 01 0006 c8 03", EAP_PEER_FAILURE, "as scripted"},
      {"01 02 0006 c8 00", EAP_PEER_DISCARD, "packet after the end of the conversation"}}},
    {"the first packet of a method is too short",
     3,
     {{"01 01 0006 2f 00", EAP_PEER_DISCARD, NULL},
      {"01 01 0006 0d 00", EAP_PEER_RESPOND, "02 01 0008 03 c8 c9 2f"}}},
    {"identifiers wrap around",
     1,
     {{"01 ff 0005 01", EAP_PEER_RESPOND, "02 ff 0012 01 7466672d757365722d74657374"},
      {"01 00 0006 c8 02", EAP_PEER_RESPOND, "02 00 0005 c8"},
      {"03 00 0004", EAP_PEER_SUCCESS, ""}}},
};

static void peer_init_scripted(struct eap_world *world, size_t method_count) {
  eap_world_init(world);
  world->peer_methods[2] =
      (struct eap_peer_method){&EAP_PSK_PEER, world->peer_methods[0].credential};
  world->peer_methods[0] = (struct eap_peer_method){.method = &SCRIPTED};
  world->peer_methods[1] = (struct eap_peer_method){.method = &SCRIPTED_OTHER};
  world->peer_config.method_count = method_count;
}

static void peer_take_step(struct eap_world *world, const struct peer_step *step) {
  const struct packet in = packet_of(step->in);
  struct packet out;
  const enum eap_peer_result result = give_peer(world, &in, &out);
  print_message("  %s: %s\n", step->in, eap_peer_reason(&world->peer));
  assert_int_equal(result, step->result);
  if (step->out == NULL)
    return;
  if (result == EAP_PEER_RESPOND || result == EAP_PEER_REPEAT)
    assert_hex_equal(out.octets, out.length, step->out);
  else
    assert_string_equal(eap_peer_reason(&world->peer), step->out);
}

static void peer_conversations(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof CONVERSATIONS / sizeof CONVERSATIONS[0]; i++) {
    struct eap_world world;
    print_message("%s\n", CONVERSATIONS[i].name);
    peer_init_scripted(&world, CONVERSATIONS[i].method_count);
    eap_world_start(&world);
    for (size_t s = 0; s < STEPS_MAX && CONVERSATIONS[i].steps[s].in != NULL; s++) {
      struct eap_keys keys;
      peer_take_step(&world, &CONVERSATIONS[i].steps[s]);
      assert_int_equal(eap_peer_keys(&world.peer, &keys) == 0, eap_peer_has_keys(&world.peer));
    }
    eap_peer_wipe(&world.peer);
    assert_int_equal(scripted_open, 0);
  }
}

static void keys_are_there_before_success(void **state) {
  (void)state;
  struct eap_world world;
  struct eap_keys keys;
  peer_init_scripted(&world, 1);
  eap_world_start(&world);
  assert_int_equal(eap_peer_keys(&world.peer, &keys), NODE_ERR_BAD_STATE);
  peer_take_step(&world, &(struct peer_step){"01 01 0006 c8 00", EAP_PEER_RESPOND, NULL});
  assert_false(eap_peer_has_keys(&world.peer));
  peer_take_step(&world, &(struct peer_step){"01 02 0006 c8 02", EAP_PEER_RESPOND, NULL});
  assert_true(eap_peer_has_keys(&world.peer));
  assert_int_equal(eap_peer_keys(&world.peer, &keys), 0);
  assert_int_equal(keys.msk[0], 0x77);
  eap_peer_wipe(&world.peer);
}

static void a_method_that_cannot_begin_leaves_the_choice_open(void **state) {
  (void)state;
  struct eap_world world;
  peer_init_scripted(&world, 2);
  world.peer_methods[0].credential.psk = text_octets("scripted methods want none");
  eap_world_start(&world);
  peer_take_step(&world, &(struct peer_step){"01 01 0006 c8 00", EAP_PEER_DISCARD,
                                             "configuration out of range"});
  peer_take_step(&world,
                 &(struct peer_step){"01 01 0006 c9 00", EAP_PEER_RESPOND, "02 01 0005 c9"});
  eap_peer_wipe(&world.peer);
  assert_int_equal(scripted_open, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(peer_conversations),
      cmocka_unit_test(keys_are_there_before_success),
      cmocka_unit_test(a_method_that_cannot_begin_leaves_the_choice_open),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(eap_world_vectors());
  return failed;
}
