/* The PAA's side of a relay (RFC 6345), whose own part the test plays: 1208 octets between the two.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "pana_world.h"

static struct pipe pipe_;
static const struct node_address RELAY = {.ip = {0xfd, [13] = 9}, .port = 5000};
static size_t octets, messages;

static void hand(unsigned host, const struct node_address *source, uint8_t *data, size_t length) {
  const struct node_datagram datagram = {
      .source = *source, .destination = pipe_.hosts[host].address, .data = data, .length = length};
  assert_int_equal(node_read(pipe_.hosts[host].node, &datagram, pipe_.now_ns), 0);
}

/* What the PaC has to say, in PRY. False: nothing. */
static bool relay_up(void) {
  uint8_t data[NODE_DATAGRAM_MAX], wrapped[NODE_DATAGRAM_MAX], information[18];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct span_writer out;
  const int result = node_write(pipe_.hosts[1].node, &datagram, pipe_.now_ns);
  assert_true(result >= 0);
  if (result == 0)
    return false;
  memcpy(information, datagram.source.ip, 16);
  information[16] = (uint8_t)(datagram.source.port >> 8);
  information[17] = (uint8_t)datagram.source.port;
  span_writer_init(&out, wrapped, sizeof wrapped, NULL);
  pana_write_header(&out, PANA_PRY, 0, 0);
  pana_write_avp(&out, PANA_AVP_PAC_INFORMATION, information, sizeof information);
  pana_write_inner(&out, PANA_AVP_RELAYED_MESSAGE, data, datagram.length, &datagram.spans);
  assert_int_equal(pana_write_end(&out), 0);
  octets += out.length;
  messages++;
  hand(0, &RELAY, wrapped, out.length);
  return true;
}

/* What the PAA has to say comes in PRY to the relay, and names the PaC. */
static bool relay_down(void) {
  uint8_t data[NODE_DATAGRAM_MAX], inner[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct pana_message message;
  const int result = node_write(pipe_.hosts[0].node, &datagram, pipe_.now_ns);
  assert_true(result >= 0);
  if (result == 0)
    return false;
  assert_true(node_address_equal(&datagram.destination, &RELAY));
  assert_true(node_address_equal(&datagram.serves, &pipe_.hosts[1].address));
  assert_int_equal(span_list_length(&datagram.spans), datagram.length);
  assert_null(pana_message_parse(data, datagram.length, &message));
  assert_int_equal(message.kind, PANA_PRY);
  assert_memory_equal(pana_find(&message, PANA_AVP_PAC_INFORMATION)->value,
                      pipe_.hosts[1].address.ip, 16);
  const struct pana_avp *relayed = pana_find(&message, PANA_AVP_RELAYED_MESSAGE);
  memcpy(inner, relayed->value, relayed->length);
  octets += datagram.length;
  messages++;
  hand(1, &pipe_.hosts[0].address, inner, relayed->length);
  return true;
}

static void published_leg(void **state) {
  (void)state;
  for (unsigned stateless = 0; stateless < 2; stateless++) {
    struct pipe_config config = pana_published();
    pipe_set(&config, "pana_stateless", stateless == 0 ? "off" : "on");
    pipe_init(&pipe_, &config);
    octets = messages = 0;
    pipe_.now_ns = NODE_MS;
    assert_int_equal(node_handle_expiry(pipe_.hosts[1].node, pipe_.now_ns), 0);
    while (relay_up() || relay_down())
      pipe_.now_ns += NODE_MS;
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(messages, 11);
    assert_int_equal(octets, 1208);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(published_leg)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
