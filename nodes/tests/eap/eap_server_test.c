/* The EAP server's requests in scripted conversations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap_world.h"
#include "eap_method_scripted.h"

enum { STEPS_MAX = 10 };

struct server_step {
  const char *in;
  enum eap_server_result result;
  const char *out;    /* the packet to send; NULL: not looked at */
  const char *reason; /* NULL: not looked at */
};

/* The Identity request had 0x73. The scripted method's results as Type-Data octets: 00 continue, 01
 * discard, 02 success, 03 failure; its first request is be. */
#define IDENTITY "02 73 0012 01 7466672d757365722d74657374"
static const struct server_conversation {
  const char *name;
  size_t method_count;
  struct server_step steps[STEPS_MAX];
} CONVERSATIONS[] = {
    {"success",
     1,
     {{IDENTITY, EAP_SERVER_REQUEST, "01 74 0006 c8 be", ""},
      {"02 74 0007 c8 00 aa", EAP_SERVER_REQUEST, "01 75 0006 c8 aa", ""},
      {"02 75 0006 c8 02", EAP_SERVER_SUCCESS, "03 75 0004", ""},
      {"02 75 0006 c8 02", EAP_SERVER_DISCARD, NULL, "packet after the end of the conversation"}}},
    {"the method rejects the peer",
     1,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0006 c8 03", EAP_SERVER_FAILURE, "04 74 0004", "as scripted"},
      {IDENTITY, EAP_SERVER_DISCARD, NULL, "packet after the end of the conversation"}}},
    {"unknown identities",
     1,
     {{"02 73 0011 01 7466672d757365722d746573", EAP_SERVER_FAILURE, "04 73 0004",
       "unknown identity"}}},
    {"empty identity",
     1,
     {{"02 73 0005 01", EAP_SERVER_FAILURE, "04 73 0004", "unknown identity"}}},
    {"identity without a method",
     0,
     {{IDENTITY, EAP_SERVER_FAILURE, "04 73 0004", "no method for this identity"}}},
    {"not the identity",
     1,
     {{"02 73 0006 03 c8", EAP_SERVER_DISCARD, NULL, "Response that is not the Identity"},
      {"02 73 0005 02", EAP_SERVER_DISCARD, NULL, "Response that is not the Identity"},
      {"02 73 0006 c8 02", EAP_SERVER_DISCARD, NULL, "Response that is not the Identity"},
      {"01 73 0006 01 61", EAP_SERVER_DISCARD, NULL, "packet that is not a Response"},
      {"03 73 0004", EAP_SERVER_DISCARD, NULL, "packet that is not a Response"},
      {"05 73 0006 01 61", EAP_SERVER_DISCARD, NULL, "packet that is not a Response"},
      {"07 73 0006 01 61", EAP_SERVER_DISCARD, NULL, "malformed EAP packet"},
      {"02 72 0006 01 61", EAP_SERVER_DISCARD, NULL, "Response with a wrong identifier"},
      {"02 74 0006 01 61", EAP_SERVER_DISCARD, NULL, "Response with a wrong identifier"},
      {IDENTITY, EAP_SERVER_REQUEST, NULL, NULL}}},
    {"responses that do not fit the request",
     1,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {IDENTITY, EAP_SERVER_DISCARD, NULL, "Response with a wrong identifier"},
      {"02 74 0006 01 61", EAP_SERVER_DISCARD, NULL, "Response of another type than the request"},
      {"02 74 0006 c9 02", EAP_SERVER_DISCARD, NULL, "Response of another type than the request"},
      {"02 74 0005 02", EAP_SERVER_DISCARD, NULL, "Response of another type than the request"},
      {"02 74 0006 c8 01", EAP_SERVER_DISCARD, NULL, "as scripted"},
      {"02 74 0006 c8 02", EAP_SERVER_SUCCESS, "03 74 0004", ""}}},
    {"nak names the second method",
     2,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0006 03 c9", EAP_SERVER_REQUEST, "01 75 0006 c9 be", ""},
      {"02 75 0006 c9 02", EAP_SERVER_SUCCESS, "03 75 0004", ""}}},
    {"nak names the third method",
     3,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0008 03 0d 2f 15", EAP_SERVER_REQUEST, NULL, ""},
      {"02 75 0006 c8 02", EAP_SERVER_DISCARD, NULL, "Response of another type than the request"}}},
    {"nak names several: the server's order counts",
     3,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0007 03 2f c9", EAP_SERVER_REQUEST, "01 75 0006 c9 be", ""},
      {"02 75 0007 03 c8 c9", EAP_SERVER_FAILURE, "04 75 0004",
       "no method acceptable to the peer"}}},
    {"nak names nothing that the user has",
     2,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0007 03 0d 15", EAP_SERVER_FAILURE, "04 74 0004",
       "no method acceptable to the peer"}}},
    {"nak names nothing",
     2,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0005 03", EAP_SERVER_DISCARD, NULL, "Nak without a type"},
      {"02 74 0006 03 00", EAP_SERVER_FAILURE, "04 74 0004", "no method acceptable to the peer"}}},
    {"nak after a packet that the method discarded",
     2,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0006 c8 01", EAP_SERVER_DISCARD, NULL, "as scripted"},
      {"02 74 0006 03 c9", EAP_SERVER_REQUEST, "01 75 0006 c9 be", ""}}},
    {"nak after the method began",
     2,
     {{IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0006 c8 00", EAP_SERVER_REQUEST, "01 75 0005 c8", ""},
      {"02 75 0006 03 c9", EAP_SERVER_DISCARD, NULL, "Nak after the method began"},
      {"02 75 0006 c8 02", EAP_SERVER_SUCCESS, "03 75 0004", ""}}},
};

static void server_init_scripted(struct eap_world *world, size_t method_count) {
  eap_world_init(world);
  world->server_methods[2] =
      (struct eap_server_method){&EAP_PSK_SERVER, world->server_methods[0].credential};
  world->server_methods[0] = (struct eap_server_method){.method = &SCRIPTED};
  world->server_methods[1] = (struct eap_server_method){.method = &SCRIPTED_OTHER};
  world->user.method_count = method_count;
}

static void server_take_step(struct eap_world *world, const struct server_step *step) {
  const struct packet in = packet_of(step->in);
  struct packet out;
  const enum eap_server_result result = give_server(world, &in, &out);
  print_message("  %s: %s\n", step->in, eap_server_reason(&world->server));
  assert_int_equal(result, step->result);
  if (step->out != NULL)
    assert_hex_equal(out.octets, out.length, step->out);
  if (step->reason != NULL)
    assert_string_equal(eap_server_reason(&world->server), step->reason);
}

static void server_conversations(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof CONVERSATIONS / sizeof CONVERSATIONS[0]; i++) {
    struct eap_world world;
    print_message("%s\n", CONVERSATIONS[i].name);
    server_init_scripted(&world, CONVERSATIONS[i].method_count);
    eap_world_start(&world);
    for (size_t s = 0; s < STEPS_MAX && CONVERSATIONS[i].steps[s].in != NULL; s++) {
      struct eap_keys keys;
      server_take_step(&world, &CONVERSATIONS[i].steps[s]);
      assert_int_equal(eap_server_keys(&world.server, &keys),
                       world.server.succeeded ? 0 : NODE_ERR_BAD_STATE);
    }
    eap_server_wipe(&world.server);
    assert_int_equal(scripted_open, 0);
  }
}

/* A method that cannot say it: EAP-Failure stands in place of EAP-Success. */
static void a_refused_user_fails_at_last(void **state) {
  (void)state;
  static const struct server_step steps[] = {
      {IDENTITY, EAP_SERVER_REQUEST, NULL, NULL},
      {"02 74 0006 c8 00", EAP_SERVER_REQUEST, "01 75 0005 c8", ""},
      {"02 75 0006 c8 02", EAP_SERVER_FAILURE, "04 75 0004", "not authorized"},
      {"02 75 0006 c8 02", EAP_SERVER_DISCARD, NULL, NULL}};
  struct eap_world world;
  struct eap_keys keys;
  struct eap_name name;
  server_init_scripted(&world, 1);
  world.user.refused = true;
  eap_world_start(&world);
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
    server_take_step(&world, &steps[i]);
  assert_int_equal(eap_server_keys(&world.server, &keys), NODE_ERR_BAD_STATE);
  assert_false(eap_server_name(&world.server, &name));
  eap_server_wipe(&world.server);
}

static void identifiers_wrap_around(void **state) {
  (void)state;
  struct eap_world world;
  server_init_scripted(&world, 1);
  eap_server_init(&world.server, &world.server_config, &world.server_hooks, 0xff);
  server_take_step(&world, &(struct server_step){"02 ff 0012 01 7466672d757365722d74657374",
                                                 EAP_SERVER_REQUEST, "01 00 0006 c8 be", ""});
  server_take_step(&world,
                   &(struct server_step){"02 00 0006 c8 02", EAP_SERVER_SUCCESS, "03 00 0004", ""});
  eap_server_wipe(&world.server);
}

static void a_method_that_cannot_begin_ends_with_failure(void **state) {
  (void)state;
  struct eap_world world;
  server_init_scripted(&world, 1);
  world.server_methods[0].credential.psk = text_octets("scripted methods want none");
  eap_world_start(&world);
  server_take_step(&world, &(struct server_step){IDENTITY, EAP_SERVER_FAILURE, "04 73 0004",
                                                 "configuration out of range"});
  eap_server_wipe(&world.server);
  assert_int_equal(scripted_open, 0);
}

/* A peer that wants EAP-PSK against a server that offers two other methods first. */
static void peer_and_server_negotiate(void **state) {
  (void)state;
  for (size_t method_count = 2; method_count <= 3; method_count++) {
    struct eap_world world;
    server_init_scripted(&world, method_count);
    eap_world_start(&world);
    const struct packet first = eap_world_identity_request(WORLD_IDENTIFIER);
    (void)eap_world_relay(&world, IDENTITY_REQUEST, &first, NULL);
    assert_int_equal(eap_world_established(&world), method_count == 3);
    assert_string_equal(eap_server_reason(&world.server),
                        method_count == 3 ? "" : "no method acceptable to the peer");
    eap_server_wipe(&world.server);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(server_conversations),
      cmocka_unit_test(a_refused_user_fails_at_last),
      cmocka_unit_test(identifiers_wrap_around),
      cmocka_unit_test(a_method_that_cannot_begin_ends_with_failure),
      cmocka_unit_test(peer_and_server_negotiate),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(eap_world_vectors());
  return failed;
}
