/* What settings of ACE say: what is read of texts, and what is added when all is given. */
#include "../ace_values.h"
#include "../../coap/message.h"
#include "test.h"

#include <string.h>

#define LONG_NAME "0123456789abcdef0123456789abcdef" /* of 32 octets */

static void audiences(void **state) {
  static const struct {
    const char *text, *name, *holder; /* NULL: it is refused */
    uint16_t port;
  } cases[] = {
      {"light-1=lamp@home.test", "light-1", "lamp@home.test", 5685},
      {"light-2=lamp-2@home.test:5785", "light-2", "lamp-2@home.test", 5785},
      {"a=b:c", "a", "b:c", 5685},
      {"b=b:d:1", "b", "b:d", 1},
      {"c=b:0", "c", "b:0", 5685},
      {"d=b:01", "d", "b:01", 5685},
      {"e=b:65535", "e", "b", 65535},
      {"f=b:65536", "f", "b:65536", 5685},
      {"g=b:99999999999999999999", "g", "b:99999999999999999999", 5685},
      {"h=b=c", "h", "b=c", 5685},
      {LONG_NAME "=x", LONG_NAME, "x", 5685},
      {LONG_NAME "0=x", NULL, NULL, 0},
      {"a=y", NULL, NULL, 0}, /* twice */
      {"i=x", NULL, NULL, 0}, /* the identity, too */
      {"a", NULL, NULL, 0},
      {"=x", NULL, NULL, 0},
      {"i=", NULL, NULL, 0},
      {"i=:1", NULL, NULL, 0},
      {"i:j=x", NULL, NULL, 0},
  };
  struct ace_values values = {.profile = 0};
  size_t count = 0;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *wrong = ace_audience_add(&values.audiences, cases[i].text, ACE_ACCESS_PORT);
    assert_int_equal(wrong == NULL, cases[i].name != NULL);
    assert_int_equal(values.audiences.count, count + (wrong == NULL));
    if (wrong != NULL)
      continue;
    const struct ace_audience *audience = &values.audiences.list[count++];
    assert_string_equal(audience->name, cases[i].name);
    assert_int_equal(audience->holder_length, strlen(cases[i].holder));
    assert_memory_equal(audience->holder, cases[i].holder, audience->holder_length);
    assert_int_equal(audience->port, cases[i].port);
  }
  ace_values_free(&values);
}

/* One for each client and audience; those for everybody are the last. */
static void rules(void **state) {
  static const char *const texts[] = {"*:a:GET:/light", "x:y:a:GET:/light", "x:y:a:POST+PUT:/light",
                                      "x:y:a:PUT:/door", "x:y:b:GET:/light"};
  struct ace_values values = {.profile = 0};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_null(ace_rule_add(&values.rules, texts[i], 0));
  assert_null(ace_values_complete(&values));
  assert_int_equal(values.rules.count, 3);
  const struct ace_rule *rule = &values.rules.list[0];
  assert_int_equal(rule->client_length, 3);
  assert_memory_equal(rule->client, "x:y", 3);
  assert_string_equal(rule->audience, "a");
  assert_int_equal(rule->scope.count, 2);
  assert_int_equal(ace_scope_methods(&rule->scope, "light", 5),
                   ACE_METHOD_GET | ACE_METHOD_POST | ACE_METHOD_PUT);
  assert_int_equal(ace_scope_methods(&rule->scope, "door", 4), ACE_METHOD_PUT);
  assert_string_equal(values.rules.list[1].audience, "b");
  assert_int_equal(values.rules.list[2].client_length, 0);
  ace_values_free(&values);
}

/* Nothing is left of what is refused. */
static void refused_rules(void **state) {
  static const char *const texts[] = {"",
                                      "a",
                                      ":::",
                                      "x:a:GET:",
                                      "x:a:GET:/",
                                      "x:a::/p",
                                      "x:a:GET:p",
                                      "x::GET:/p",
                                      ":a:GET:/p",
                                      "x:a:GET+:/p",
                                      "x:a:+GET:/p",
                                      "x:a:GETS:/p",
                                      "x:a:GET:/p/q",
                                      "x:a:GET POST:/p",
                                      "x:a:GET:/0123456789abcdefg"};
  struct ace_values values = {.profile = 0};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_non_null(ace_rule_add(&values.rules, texts[i], 0));
  assert_int_equal(values.rules.count, 0);
  ace_values_free(&values);
}

static void resources(void **state) {
  static const char *const refused[] = {"light", "=off", "a/b=1", "authz-info=1", "/light=2"};
  struct ace_values values = {.profile = 0};
  (void)state;
  assert_null(ace_resource_add(&values.resources, "/light=a=b", 0));
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
    assert_non_null(ace_resource_add(&values.resources, refused[i], 0));
  assert_null(ace_resource_add(&values.resources, "empty=", 0));
  assert_null(ace_values_complete(&values));
  assert_int_equal(values.resources.count, 2);
  assert_string_equal(values.resources.list[0].path, "light");
  assert_int_equal(values.resources.list[0].value_length, 3);
  assert_memory_equal(values.resources.list[0].value, "a=b", 3);
  assert_int_equal(values.resources.list[1].value_length, 0);
  ace_values_free(&values);
}

static void completed(struct ace_values *values) {
  values->scope_path = strdup("light");
  values->payload = strdup("on");
  assert_non_null(values->scope_path);
  assert_non_null(values->payload);
}

/* Requests ask for what they need, and those that bring something have the payload. */
static void what_requests_need(void **state) {
  struct ace_values values = {.profile = 0};
  (void)state;
  completed(&values);
  assert_null(ace_access_add(&values.accesses, "light", COAP_CODE_GET));
  assert_null(ace_access_add(&values.accesses, "/light", COAP_CODE_POST));
  assert_null(ace_access_add(&values.accesses, "/door", COAP_CODE(0, 3)));
  assert_null(ace_values_complete(&values));
  assert_int_equal(values.asked.count, 2);
  assert_int_equal(ace_scope_methods(&values.asked, "light", 5), ACE_METHOD_GET | ACE_METHOD_POST);
  assert_int_equal(ace_scope_methods(&values.asked, "door", 4), ACE_METHOD_PUT);
  assert_int_equal(values.accesses.list[0].length, 0);
  for (size_t i = 1; i < 3; i++) {
    assert_int_equal(values.accesses.list[i].length, 2);
    assert_memory_equal(values.accesses.list[i].payload, "on", 2);
  }
  assert_string_equal(values.resources.list[0].path, "light");
  assert_memory_equal(values.resources.list[0].value, "off", 3);
  ace_values_free(&values);
}

/* What is said to be asked for is all. */
static void what_is_asked_for(void **state) {
  struct ace_values values = {.profile = 0};
  (void)state;
  completed(&values);
  assert_null(ace_access_add(&values.accesses, "door", COAP_CODE_GET));
  assert_null(ace_scope_add(&values.asked, "GET+PUT", 0));
  assert_null(ace_scope_add(&values.asked, "POST:/light", 0));
  assert_non_null(ace_scope_add(&values.asked, "POST:light", 0));
  assert_non_null(ace_scope_add(&values.asked, "", 0));
  assert_null(ace_values_complete(&values));
  assert_int_equal(values.asked.count, 1);
  assert_int_equal(ace_scope_methods(&values.asked, "light", 5),
                   ACE_METHOD_GET | ACE_METHOD_POST | ACE_METHOD_PUT);
  ace_values_free(&values);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(audiences),          cmocka_unit_test(rules),
      cmocka_unit_test(refused_rules),      cmocka_unit_test(resources),
      cmocka_unit_test(what_requests_need), cmocka_unit_test(what_is_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
