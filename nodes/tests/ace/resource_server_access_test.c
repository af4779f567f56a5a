/* What the holder of a token may ask the resource server for, and has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

/* A row: what a token has, what is asked for, and the answer. */
static void nothing_beyond_the_scope(void **state) {
  static const struct {
    const char *path;
    uint32_t methods;
    uint8_t code;
    const char *asked;
    uint8_t answer;
  } rows[] = {
      {NULL, ACE_METHOD_GET, RS_WORLD_GET, "light", COAP_CODE_CONTENT},
      {NULL, ACE_METHOD_GET, RS_WORLD_PUT, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHOD_GET, RS_WORLD_POST, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHOD_POST, RS_WORLD_POST, "light", COAP_CODE_CHANGED},
      {NULL, ACE_METHOD_POST, RS_WORLD_PUT, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHOD_PUT, RS_WORLD_GET, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHODS_ALL, RS_WORLD_GET, "lock", COAP_CODE_FORBIDDEN},
      {NULL, ACE_METHODS_ALL, RS_WORLD_GET, "door", COAP_CODE_FORBIDDEN},
      {NULL, ACE_METHODS_ALL, RS_WORLD_DELETE, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHODS_ALL, 8, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHODS_ALL, RS_WORLD_POST, ACE_AUTHZ_INFO_PATH, COAP_CODE_FORBIDDEN},
      {"lock", ACE_METHOD_PUT, RS_WORLD_PUT, "lock", COAP_CODE_CHANGED},
      {"lock", ACE_METHOD_PUT, RS_WORLD_PUT, "light", COAP_CODE_FORBIDDEN},
      {"door", ACE_METHOD_GET, RS_WORLD_GET, "door", COAP_CODE_NOT_FOUND},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct rs_world_terms terms = rs_world_terms(7);
    terms.path = rows[i].path;
    terms.methods = rows[i].methods;
    rs_world_start_by(&world, state);
    assert_true(rs_world_join(&world, 0, &terms));
    const char *text = rows[i].code == RS_WORLD_GET ? NULL : "x";
    assert_int_equal(rs_world_access(&world, 0, rows[i].code, rows[i].asked, text), rows[i].answer);
    assert_true(world.clients[0].is_protected);
    const bool served = rows[i].answer >> 5 == 2;
    assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), served);
    assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED), !served);
    assert_int_equal(world.clients[0].length, rows[i].answer == COAP_CODE_CONTENT ? 3 : 0);
    if (!served) {
      assert_true(rs_world_value_is(&world, "light", "off"));
      assert_true(rs_world_value_is(&world, "lock", ""));
    }
    rs_world_end(&world);
  }
}

/* The longest value that a response has room for, and one octet more. */
static void values_at_their_limit(void **state) {
  static const uint8_t value[ASSOCIATION_PAYLOAD_MAX + 1] = {1, 2, 3};
  const struct rs_world_terms terms = rs_world_terms(7);
  const struct rs_world_client *client = &world.clients[0];
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_true(rs_world_ask(&world, 0, RS_WORLD_PUT, "light", value, ASSOCIATION_PAYLOAD_MAX));
  rs_world_run_ms(&world, 1000);
  assert_int_equal(client->code, COAP_CODE_CHANGED);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(client->length, ASSOCIATION_PAYLOAD_MAX);
  assert_memory_equal(client->value, value, ASSOCIATION_PAYLOAD_MAX);
  assert_true(rs_world_ask(&world, 0, RS_WORLD_PUT, "light", value, ASSOCIATION_PAYLOAD_MAX + 1));
  rs_world_run_ms(&world, 1000);
  assert_int_equal(client->code, COAP_CODE_BAD_REQUEST);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(client->length, ASSOCIATION_PAYLOAD_MAX);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(nothing_beyond_the_scope),
      RS_WORLD_BY_EITHER(values_at_their_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
