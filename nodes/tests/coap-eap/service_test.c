/* A service of the authenticator: what it is told of peers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "association/association.h"
#include "coap-eap/authenticator.h"
#include "pipe.h"

enum { TOLD_MAX = 8 };

static struct pipe pipe_;

/* What was told last: an identity for each. */
static struct told {
  bool joins, has_msk;
  char identity[NODE_IDENTITY_MAX + 1];
} told[TOLD_MAX];
static size_t told_count;

static void note(const struct lower_client *client, bool joins, bool has_msk) {
  assert_true(told_count < TOLD_MAX);
  struct told *now = &told[told_count++];
  *now = (struct told){.joins = joins, .has_msk = has_msk};
  memcpy(now->identity, client->identity, client->identity_length);
}

static void note_joined(void *context, const struct lower_client *client,
                        const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  (void)context;
  (void)now_ns;
  note(client, true, msk != NULL);
}

static void note_left(void *context, const struct lower_client *client) {
  (void)context;
  note(client, false, false);
}

static const struct lower_service service = {.path = "x", .joined = note_joined, .left = note_left};

static void assert_told(size_t number, bool joins, const char *identity) {
  assert_true(number < told_count);
  assert_int_equal(told[number].joins, joins);
  assert_int_equal(told[number].has_msk, joins);
  assert_string_equal(told[number].identity, identity);
}

static void authenticate_as(const char *identity) {
  memcpy(pipe_.identities[0], identity, strlen(identity));
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
}

/* Who authenticates anew from the same address by another identity takes the association over from
 * the one before, which has none any more; not so by the same. */
static void test_another_identity(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  config.limits.service = &service;
  config.any_identity = true;
  config.peer_identity = "lamp";
  told_count = 0;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  authenticate_as("lamp");
  authenticate_as("lock");
  assert_int_equal(told_count, 4);
  assert_told(0, true, "lamp");
  assert_told(1, true, "lamp");
  assert_told(2, false, "lamp");
  assert_told(3, true, "lock");
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_another_identity),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
