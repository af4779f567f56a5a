/* The contract's names and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "node.h"

static void test_protocols(void **state) {
  (void)state;
  static const struct node_datagram silent; /* says nothing of its protocol */
  assert_int_equal(silent.protocol, NODE_UDP);
  assert_string_equal(node_protocol_name(NODE_UDP), "udp");
  assert_string_equal(node_protocol_name(NODE_ESP), "esp");
  assert_int_equal(node_protocol_number(NODE_UDP), 17);
  assert_int_equal(node_protocol_number(NODE_ESP), 50);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_protocols),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
