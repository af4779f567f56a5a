#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap/message.h"
#include "reversed.h"

const char *const REVERSED_LABELS[REVERSED_MESSAGES] = {
    "first request",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "EAP-Success",
    "confirmation request",
    "confirmation",
};

struct pipe_config reversed_by_way(unsigned way) {
  struct pipe_config config = pipe_with_ordering(way % 4);
  pipe_set(&config, "coap_roles", "peer-client");
  if (way == 4)
    pipe_set(&config, "association", "dtls");
  return config;
}

size_t reversed_messages(unsigned way) {
  return way == 4 ? REVERSED_DTLS_MESSAGES : REVERSED_MESSAGES;
}

struct pipe *reversed_run(struct pipe *pipe, const struct pipe_config *config) {
  pipe_init(pipe, config);
  assert_true(pipe_run(pipe));
  for (size_t i = 0; i < config->peers; i++) {
    assert_false(pipe->peer[i].delivered_twice);
    assert_false(pipe->authenticator[i].delivered_twice);
  }
  return pipe;
}

void reversed_assert_ended(const struct pipe *pipe) {
  const struct pipe_party *a = &pipe->authenticator[0], *p = &pipe->peer[0];
  assert_true(p->confirmed > 0 || p->failed > 0);
  assert_true(a->confirmed > 0 || a->failed > 0 || a->delivered == 0);
  if (a->confirmed > 0 && p->confirmed > 0)
    assert_memory_equal(a->secret, p->secret, sizeof a->secret);
  assert_true(a->failed == 0 || a->reason != NULL);
  assert_true(p->failed == 0 || p->reason != NULL);
}

void reversed_assert_associated(struct pipe *pipe, size_t peer) {
  const unsigned answered = pipe->peer[peer].answered, served = pipe->peer[peer].served;
  for (int from_peer = 0; from_peer < 2; from_peer++) {
    assert_int_equal(pipe_request(pipe, peer, from_peer != 0, LOWER_POST, (const uint8_t *)"x", 1),
                     0);
    assert_true(pipe_run(pipe));
  }
  assert_int_equal(pipe->peer[peer].answered, answered + 1);
  assert_int_equal(pipe->peer[peer].served, served + 1);
}

void reversed_run_to_datagram(struct pipe *pipe, size_t number) {
  for (uint64_t until_ns = pipe->now_ns; pipe->flight_count <= number; until_ns += NODE_MS)
    assert_true(pipe_run_until(pipe, until_ns));
}

void reversed_inject(struct pipe *pipe, bool to_peer, const struct coap_message *message) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer writer;
  span_writer_init(&writer, data, sizeof data, &spans);
  assert_int_equal(coap_message_compose(message, &writer), 0);
  const struct node_address *peer = &pipe->hosts[1].address, *other = &pipe->hosts[0].address;
  pipe_inject(pipe, to_peer ? other : peer, to_peer ? peer : other, data, writer.length);
}

struct coap_message reversed_request_under_way(const struct pipe *pipe, size_t number) {
  struct coap_message request;
  assert_int_equal(
      coap_message_parse(pipe->flight[number].data, pipe->flight[number].length, &request), 0);
  return request;
}
