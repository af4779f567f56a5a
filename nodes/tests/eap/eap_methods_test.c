/* The table of EAP methods: each row is whole, is one method, and is found by its name alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "eap/methods.h"

static void method_rows(void **state) {
  (void)state;
  for (int i = 0; i < EAP_METHODS_COUNT; i++) {
    const struct eap_methods_row *row = &EAP_METHODS[i];
    assert_int_equal(eap_methods_find(row->name, strlen(row->name)), i);
    assert_int_equal(row->peer->type, row->server->type);
    assert_string_equal(row->peer->name, row->server->name);
    assert_null(row->peer->begin);
    assert_non_null(row->server->begin);
  }
}

static void names(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int place;
  } cases[] = {
      {"psk", EAP_METHODS_PSK},
      {"edhoc", EAP_METHODS_EDHOC},
      {"", -1},
      {"ps", -1},
      {"pskk", -1},
      {"PSK", -1},
      {"md5", -1},
  };
  char text[EAP_METHODS_NAMES_MAX];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_int_equal(eap_methods_find(cases[i].name, strlen(cases[i].name)), cases[i].place);
  assert_int_equal(eap_methods_find("edhoc,psk", 5), EAP_METHODS_EDHOC);
  assert_string_equal(eap_methods_names(text), "psk, edhoc");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(method_rows),
      cmocka_unit_test(names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
