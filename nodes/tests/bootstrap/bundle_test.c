/* Parts that write down what they are asked, as one node. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bootstrap/bundle.h"

struct part {
  struct node node;
  uint64_t expiry_ns;
  size_t reads, wakes;
  unsigned to_write;
  int error; /* of all calls */
  bool *destroyed;
};

static int part_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct part *part = (struct part *)node;
  (void)datagram;
  (void)now_ns;
  part->reads++;
  return part->error;
}

/* With nothing to say it has spoilt the datagram all the same. */
static int part_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct part *part = (struct part *)node;
  (void)now_ns;
  if (part->to_write == 0) {
    datagram->is_protected = true;
    datagram->label = "spoilt";
    return part->error;
  }
  datagram->source.port = (uint16_t)part->to_write--;
  datagram->phase = NODE_PHASE_PULL;
  datagram->data[0] = 0x5a;
  datagram->length = 1;
  return 1;
}

static uint64_t part_expiry(const struct node *node) {
  return ((const struct part *)node)->expiry_ns;
}

static int part_handle_expiry(struct node *node, uint64_t now_ns) {
  struct part *part = (struct part *)node;
  (void)now_ns;
  part->wakes++;
  return part->error;
}

static void part_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  digest_deadline(digest, ((const struct part *)node)->expiry_ns, now_ns);
}

static void part_destroy(struct node *node) {
  *((struct part *)node)->destroyed = true;
  free(node);
}

static const struct node_ops PART_OPS = {.read = part_read,
                                         .write = part_write,
                                         .expiry = part_expiry,
                                         .handle_expiry = part_handle_expiry,
                                         .digest = part_digest,
                                         .destroy = part_destroy};
static const struct node_ops PART_WITHOUT_DIGEST = {.read = part_read,
                                                    .write = part_write,
                                                    .expiry = part_expiry,
                                                    .handle_expiry = part_handle_expiry,
                                                    .destroy = part_destroy};

enum { PARTS = 3 };

static struct part *parts_[PARTS];
static bool destroyed_[PARTS];
static struct node *bundle_;

static struct part *make(bool *destroyed) {
  struct part *part = calloc(1, sizeof *part);
  assert_non_null(part);
  *destroyed = false;
  part->node.ops = &PART_OPS;
  part->expiry_ns = NODE_NEVER;
  part->destroyed = destroyed;
  return part;
}

static int set_up(void **state) {
  (void)state;
  for (size_t i = 0; i < PARTS; i++)
    parts_[i] = make(&destroyed_[i]);
  const struct bundle_part parts[PARTS] = {
      {.node = &parts_[0]->node, .ports = {{5683, 1}, {716, 2}}},
      {.node = &parts_[1]->node, .ports = {{10, 2}, {30, 1}, {100, 3}}},
      {.node = &parts_[2]->node, .ports = {{65535, 1}}, .protocols = 1U << NODE_ESP},
  };
  bundle_ = bundle_create(parts, PARTS);
  return bundle_ == NULL;
}

static int tear_down(void **state) {
  (void)state;
  node_destroy(bundle_);
  for (size_t i = 0; i < PARTS; i++)
    assert_true(destroyed_[i]);
  return 0;
}

static int arrive(uint16_t port) {
  uint8_t octet = 1;
  const struct node_datagram datagram = {
      .destination = {.port = port}, .data = &octet, .length = 1, .capacity = 1};
  return node_read(bundle_, &datagram, 0);
}

static void test_ports(void **state) {
  static const struct {
    uint16_t port;
    size_t part; /* PARTS: none */
  } table[] = {{5683, 0},    {716, 0},    {717, 0},       {718, PARTS}, {715, PARTS}, {10, 1},
               {11, 1},      {12, PARTS}, {9, PARTS},     {30, 1},      {31, PARTS},  {102, 1},
               {103, PARTS}, {65535, 2},  {65534, PARTS}, {0, PARTS},   {5684, PARTS}};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    size_t expected[PARTS];
    for (size_t j = 0; j < PARTS; j++)
      expected[j] = parts_[j]->reads + (j == table[i].part);
    assert_int_equal(arrive(table[i].port), 0);
    for (size_t j = 0; j < PARTS; j++)
      assert_int_equal(parts_[j]->reads, expected[j]);
  }
}

/* What has no port finds its part by the protocol, whatever else its octets and ports are. */
static void test_protocols(void **state) {
  uint8_t octet = 1;
  (void)state;
  for (unsigned protocol = 0; protocol < NODE_PROTOCOL_COUNT; protocol++) {
    const size_t esp = parts_[2]->reads, udp = parts_[0]->reads;
    const struct node_datagram datagram = {.destination = {.port = 5683},
                                           .protocol = (enum node_protocol)protocol,
                                           .data = &octet,
                                           .length = 1};
    assert_int_equal(node_read(bundle_, &datagram, 0), 0);
    assert_int_equal(parts_[2]->reads, esp + (protocol == NODE_ESP));
    assert_int_equal(parts_[0]->reads, udp + (protocol == NODE_UDP));
  }
  bundle_replace(bundle_, 2, NULL);
  const struct node_datagram datagram = {.protocol = NODE_ESP, .data = &octet, .length = 1};
  assert_int_equal(node_read(bundle_, &datagram, 0), 0); /* mute */
}

static void test_one_protocol_twice(void **state) {
  bool destroyed[2];
  (void)state;
  const struct bundle_part parts[] = {
      {.node = &make(&destroyed[0])->node, .protocols = 1U << NODE_ESP},
      {.node = &make(&destroyed[1])->node, .ports = {{1, 1}}, .protocols = 1U << NODE_ESP}};
  assert_null(bundle_create(parts, 2));
  assert_true(destroyed[0] && destroyed[1]);
}

static int write_one(struct node_datagram *datagram, uint8_t *octet) {
  *datagram = (struct node_datagram){.data = octet, .capacity = 1};
  return node_write(bundle_, datagram, 0);
}

static void test_order_of_writing(void **state) {
  static const uint16_t order[] = {2, 1, 1};
  struct node_datagram datagram;
  uint8_t octet;
  (void)state;
  parts_[2]->to_write = 1;
  parts_[0]->to_write = 2;
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(write_one(&datagram, &octet), 1);
    assert_int_equal(datagram.source.port, order[i]);
    assert_int_equal(datagram.phase, NODE_PHASE_PULL);
    assert_int_equal(octet, 0x5a);
    assert_false(datagram.is_protected);
    assert_null(datagram.label);
  }
  assert_int_equal(write_one(&datagram, &octet), 0);
}

static void test_expiry(void **state) {
  (void)state;
  assert_int_equal(node_expiry(bundle_), NODE_NEVER);
  parts_[2]->expiry_ns = 70;
  parts_[1]->expiry_ns = 90;
  assert_int_equal(node_expiry(bundle_), 70);
  parts_[0]->expiry_ns = 3;
  assert_int_equal(node_expiry(bundle_), 3);
  assert_int_equal(node_handle_expiry(bundle_, 3), 0);
  for (size_t i = 0; i < PARTS; i++)
    assert_int_equal(parts_[i]->wakes, 1);
}

static void test_errors(void **state) {
  struct node_datagram datagram;
  uint8_t octet;
  (void)state;
  parts_[1]->error = NODE_ERR_CRYPTO;
  assert_int_equal(arrive(10), NODE_ERR_CRYPTO);
  assert_int_equal(arrive(5683), 0);
  assert_int_equal(node_handle_expiry(bundle_, 0), NODE_ERR_CRYPTO);
  assert_int_equal(write_one(&datagram, &octet), NODE_ERR_CRYPTO);
}

static void test_replace(void **state) {
  (void)state;
  bool latter;
  struct part *other = make(&latter);
  assert_false(destroyed_[1]);
  bundle_replace(bundle_, 1, &other->node);
  assert_true(destroyed_[1]);
  assert_int_equal(arrive(30), 0);
  assert_int_equal(other->reads, 1);
  bundle_replace(bundle_, 1, NULL);
  assert_true(latter);
  assert_int_equal(arrive(30), 0); /* mute */
  assert_int_equal(node_expiry(bundle_), NODE_NEVER);
  assert_int_equal(node_handle_expiry(bundle_, 0), 0);
}

static struct digest digest_now(void) {
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(bundle_, &digest, 0));
  return digest;
}

/* Of all parts, or not at all. */
static void test_digest(void **state) {
  struct digest digest;
  bool destroyed;
  (void)state;
  struct digest last = digest_now();
  for (size_t i = 0; i < PARTS; i++) {
    parts_[i]->expiry_ns = 50 + i;
    const struct digest now = digest_now();
    assert_true(now.high != last.high || now.low != last.low);
    last = now;
  }
  struct part *other = make(&destroyed);
  other->node.ops = &PART_WITHOUT_DIGEST;
  bundle_replace(bundle_, 0, &other->node);
  assert_false(node_digest(bundle_, &digest, 0));
  bundle_replace(bundle_, 0, NULL);
  (void)digest_now();
  assert_true(destroyed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_ports, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_protocols, set_up, tear_down),
      cmocka_unit_test(test_one_protocol_twice),
      cmocka_unit_test_setup_teardown(test_order_of_writing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_expiry, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_replace, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_digest, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
