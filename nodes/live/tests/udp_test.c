/* Sockets, and the protocols that they carry. */
#include "test.h"
#include "udp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static void open_socket(struct udp_socket *udp) {
  struct udp_address loopback;
  assert_null(udp_address_parse("127.0.0.1:0", 0, &loopback));
  assert_int_equal(udp_open(udp, &loopback, NULL), 0);
}

/* What is no UDP is refused, and nothing of it is sent. */
static void udp_alone_is_sent(void **state) {
  (void)state;
  struct udp_socket from, to;
  open_socket(&from);
  open_socket(&to);
  uint8_t data[] = {0xc0, 0xff, 0xee, 0x01}, got[16];
  struct node_datagram datagram = {.destination = to.local, .data = data, .length = sizeof data};
  for (datagram.protocol = NODE_UDP + 1; datagram.protocol < NODE_PROTOCOL_COUNT;
       datagram.protocol++) {
    errno = 0;
    assert_int_equal(udp_send(&from, &datagram), -1);
    assert_int_equal(errno, EPROTONOSUPPORT);
  }
  datagram.protocol = NODE_UDP;
  data[3] = 0x02;
  assert_int_equal(udp_send(&from, &datagram), 0);
  struct pollfd poll_to = {.fd = to.file, .events = POLLIN};
  assert_int_equal(poll(&poll_to, 1, 5000), 1);
  struct node_datagram read = {.protocol = NODE_ESP, .data = got, .capacity = sizeof got};
  assert_int_equal(udp_receive(&to, &read), 1);
  assert_int_equal(read.protocol, NODE_UDP);
  assert_int_equal(read.length, sizeof data);
  assert_memory_equal(got, data, sizeof data);
  assert_int_equal(udp_receive(&to, &read), 0);
  udp_close(&from);
  udp_close(&to);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(udp_alone_is_sent),
  };
  return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
