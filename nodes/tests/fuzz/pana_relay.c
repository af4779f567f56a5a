/* The PANA relay: of an input, the first octet says whether it comes from a PaC, from the PAA, or
 * from a stranger to the relay's own port. What is in PRY comes out of it as it went in. */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"
#include "pana/relay.h"

const unsigned FUZZ_ROUNDS = 20000;

enum way { WAY_UP, WAY_DOWN, WAY_STRANGER, WAY_COUNT };

static const struct node_address PRE = {{0xfe, 0x80, [15] = 2}, PANA_PORT};
static const struct node_address UPLINK = {{0xfd, [15] = 2}, PANA_PORT + 2};
static const struct node_address PAA = {{0xfd, [15] = 1}, PANA_PORT};
static const struct node_address PAC = {{0xfe, 0x80, [15] = 3}, 50000};

/* What was put into PRY for the PAA, the PAA finds there. */
static void check_up(const struct node_datagram *sent, const uint8_t *data) {
  struct pana_message pry, inner;
  struct node_address pac;
  fuzz_claim(pana_message_parse(sent->data, sent->length, &pry) == NULL, "PRY is a message");
  fuzz_claim(pana_relay_open(&pry, &pac, &inner) == NULL, "with one inside");
  fuzz_claim(node_address_equal(&pac, &PAC), "of the PaC");
  fuzz_claim(memcmp(inner.data, data, inner.length) == 0, "as it came");
  fuzz_claim(node_address_equal(&sent->destination, &PAA) &&
                 node_address_equal(&sent->source, &UPLINK),
             "it goes to the PAA");
}

static void check_down(const struct node_datagram *sent) {
  struct pana_message message;
  fuzz_claim(pana_message_parse(sent->data, sent->length, &message) == NULL &&
                 message.length == sent->length && message.kind != PANA_PRY,
             "a PaC gets one message");
  fuzz_claim(node_address_equal(&sent->source, &PRE), "from where it sends to");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const struct lower_relay_config config = {PRE, UPLINK, PAA};
  static const struct node_hooks hooks;
  uint8_t octets[NODE_DATAGRAM_MAX];
  if (size == 0)
    return 0;
  const enum way way = (enum way)(data[0] % WAY_COUNT);
  const struct node_datagram datagram = {.source = way == WAY_DOWN ? PAA : PAC,
                                         .destination = way == WAY_UP ? PRE : UPLINK,
                                         .data = (uint8_t *)(uintptr_t)(data + 1),
                                         .length = size - 1};
  struct node_datagram sent = {.data = octets, .capacity = sizeof octets};
  struct node *relay = pana_relay_create(&config, &hooks);
  fuzz_claim(relay != NULL && node_read(relay, &datagram, 0) == 0, "octets end no node");
  fuzz_accepted = node_write(relay, &sent, 0) == 1;
  fuzz_either(fuzz_accepted);
  if (fuzz_accepted) {
    fuzz_claim(way != WAY_STRANGER, "nobody but the PAA speaks from above");
    fuzz_claim(span_list_length(&sent.spans) == sent.length, "each octet has a row");
    if (way == WAY_UP)
      check_up(&sent, data + 1);
    else
      check_down(&sent);
  }
  node_destroy(relay);
  return 0;
}

/* A session's messages, plain and in PRY. */
void fuzz_seeds(fuzz_take *take) {
  static struct pipe pipe;
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", "pana");
  pipe_set(&config, "association", "none");
  pipe_init(&pipe, &config);
  fuzz_claim(pipe_run(&pipe) && pipe_established(&pipe, 0), "a key is agreed on");
  for (size_t i = 0; i < pipe.flight_count; i++) {
    uint8_t input[1 + NODE_DATAGRAM_MAX] = {WAY_UP};
    struct node_datagram datagram = {
        .data = input + 1, .length = pipe.flight[i].length, .capacity = NODE_DATAGRAM_MAX};
    memcpy(input + 1, pipe.flight[i].data, datagram.length);
    take(input, 1 + datagram.length);
    fuzz_claim(pana_relay_wrap(&datagram, &PAC, &UPLINK) == 0, "it fits into PRY");
    input[0] = WAY_DOWN;
    take(input, 1 + datagram.length);
  }
  pipe_deinit(&pipe);
}
