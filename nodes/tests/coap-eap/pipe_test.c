/* The network of the tests hands over what it was given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

/* A node that sends one datagram, and keeps the last that it reads. */
struct probe {
  struct node node;
  bool due;
  struct node_datagram sends, read;
  uint8_t octets[4];
};

static int probe_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct probe *probe = (struct probe *)node;
  (void)now_ns;
  assert_int_equal(datagram->length, sizeof probe->octets);
  memcpy(probe->octets, datagram->data, datagram->length);
  probe->read = *datagram;
  return 0;
}

static int probe_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct probe *probe = (struct probe *)node;
  (void)now_ns;
  if (!probe->due)
    return 0;
  probe->due = false;
  const struct node_datagram room = *datagram;
  *datagram = probe->sends;
  datagram->data = room.data;
  datagram->capacity = room.capacity;
  memcpy(datagram->data, probe->octets, datagram->length);
  return 1;
}

/* Due once, at the beginning. */
static uint64_t probe_expiry(const struct node *node) {
  return ((const struct probe *)node)->due ? 0 : NODE_NEVER;
}

static int probe_handle_expiry(struct node *node, uint64_t now_ns) {
  (void)node, (void)now_ns;
  return 0;
}

static void probe_destroy(struct node *node) {
  (void)node;
}

static const struct node_ops PROBE = {.read = probe_read,
                                      .write = probe_write,
                                      .expiry = probe_expiry,
                                      .handle_expiry = probe_handle_expiry,
                                      .destroy = probe_destroy};

static void replace(struct pipe_host *host, struct probe *probe) {
  node_destroy(host->node);
  host->node = &probe->node;
}

static void test_protocol_arrives(void **state) {
  (void)state;
  for (enum node_protocol protocol = NODE_UDP; protocol < NODE_PROTOCOL_COUNT; protocol++) {
    static struct pipe pipe;
    pipe_init(&pipe, &PIPE_DEFAULT);
    struct probe from = {.node = {&PROBE},
                         .due = true,
                         .octets = {1, 2, 3, 4},
                         .sends = {.source = pipe.hosts[1].address,
                                   .destination = pipe.hosts[0].address,
                                   .protocol = protocol,
                                   .length = 4,
                                   .label = "probe",
                                   .spans = {.count = 1, .item = {{0, 4}}}}};
    struct probe to = {.node = {&PROBE}};
    replace(&pipe.hosts[1], &from);
    replace(&pipe.hosts[0], &to);
    assert_true(pipe_run(&pipe));
    for (int again = 0; again < 2; again++) {
      assert_int_equal(to.read.protocol, protocol);
      assert_true(node_address_equal(&to.read.source, &from.sends.source));
      assert_memory_equal(to.octets, from.octets, sizeof to.octets);
      to = (struct probe){.node = {&PROBE}};
      pipe_inject_again(&pipe, &pipe.flight[pipe_find(&pipe, "probe")]);
      assert_true(pipe_run(&pipe));
    }
    assert_int_equal(to.read.protocol, protocol);
    pipe_deinit(&pipe);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_protocol_arrives),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
