/* PANA among hostile octets: messages of an authentication that are cut, or changed, in every way
 * and at each moment, are dropped, and leave both ends as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pana_world.h"

static struct pipe pipe_;

static struct digest digest_of(unsigned host) {
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(pipe_.hosts[host].node, &digest, pipe_.now_ns));
  return digest;
}

static bool is_equal(const struct digest *a, const struct digest *b) {
  return a->high == b->high && a->low == b->low;
}

/* Hands this to the host as from the other end, and says whether nothing came of it. */
static bool is_dropped(unsigned host, const uint8_t *octets, size_t length) {
  uint8_t data[NODE_DATAGRAM_MAX], out[NODE_DATAGRAM_MAX];
  const struct digest before = digest_of(host);
  memcpy(data, octets, length);
  const struct node_datagram datagram = {.source = pipe_.hosts[!host].address,
                                         .destination = pipe_.hosts[host].address,
                                         .data = data,
                                         .length = length};
  struct node_datagram answer = {.data = out, .capacity = sizeof out};
  assert_int_equal(node_read(pipe_.hosts[host].node, &datagram, pipe_.now_ns), 0);
  const struct digest after = digest_of(host);
  return is_equal(&before, &after) &&
         node_write(pipe_.hosts[host].node, &answer, pipe_.now_ns) == 0;
}

/* Moments: the datagram of this number has been sent, and has not come. */
static const struct pipe_datagram *run_to(const struct pipe_config *config, bool again,
                                          size_t number) {
  pipe_init(&pipe_, config);
  if (again) {
    assert_true(pipe_run(&pipe_));
    number += pipe_.flight_count;
    pipe_trigger(&pipe_, 0);
  }
  for (uint64_t ns = pipe_.now_ns; pipe_.flight_count <= number; ns += NODE_MS)
    assert_true(pipe_run_until(&pipe_, ns));
  return &pipe_.flight[number];
}

static unsigned receiver_of(const struct pipe_datagram *datagram) {
  return memcmp(datagram->destination.ip, pipe_.hosts[0].address.ip, 16) == 0 ? 0 : 1;
}

static void put_length(uint8_t *data, size_t length) {
  data[2] = (uint8_t)(length >> 8);
  data[3] = (uint8_t)length;
}

/* What is tried with the message: its parts cut and changed. `secured`: AUTH tells of any change;
 * else only what no header or table allows is dropped. */
static void try_all(unsigned host, const uint8_t *octets, size_t length, bool secured) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct pana_message message;
  assert_null(pana_message_parse(octets, length, &message));
  for (size_t cut = 0; cut < length; cut++) {
    assert_true(is_dropped(host, octets, cut)); /* the datagram, */
    memcpy(data, octets, length);
    if (cut < PANA_HEADER_LENGTH || cut % 4 != 0)
      put_length(data, cut); /*   the message in it */
    assert_true(cut >= PANA_HEADER_LENGTH && cut % 4 == 0 ? true : is_dropped(host, data, length));
  }
  static const size_t header[] = {4, 6, 7, 8, 11, 12, 14}; /* flags, type, session, number */
  for (size_t i = message.kind == PANA_PCI ? 1 : 0; i < sizeof header / sizeof header[0]; i++) {
    if (message.kind == PANA_PAR_START && header[i] >= 8)
      continue; /* that of another session is as good */
    memcpy(data, octets, length);
    data[header[i]] ^= 0x10;
    if (!is_dropped(host, data, length))
      fail_msg("%s: octet %zu of the header", pana_label(message.kind), header[i]);
  }
  for (size_t i = 0; i < message.avp_count; i++) {
    const size_t at = (size_t)(message.avps[i].value - octets) - PANA_AVP_HEADER_LENGTH;
    const size_t whole = PANA_AVP_HEADER_LENGTH + (message.avps[i].length + 3) / 4 * 4;
    memcpy(data, octets, length);
    data[at] ^= 0x40; /* an unknown code */
    assert_true(is_dropped(host, data, length));
    memcpy(data, octets, length);
    data[at + 2] ^= 0x80; /* a vendor's */
    assert_true(is_dropped(host, data, length));
    for (int change = -4; change <= 4; change += 8) { /* its length */
      memcpy(data, octets, length);
      data[at + 5] = (uint8_t)(data[at + 5] + change);
      if (message.avps[i].code != PANA_AVP_NONCE && message.avps[i].code != PANA_AVP_EAP_PAYLOAD)
        assert_true(is_dropped(host, data, length));
    }
    memcpy(data, octets, length); /* doubled */
    memcpy(data + length, octets + at, whole);
    put_length(data, length + whole);
    if (message.kind != PANA_PAR_START)
      assert_true(is_dropped(host, data, length + whole));
    memcpy(data, octets, at); /* missing */
    memcpy(data + at, octets + at + whole, length - at - whole);
    put_length(data, length - whole);
    const bool optional = message.kind == PANA_PAN && message.avps[i].code == PANA_AVP_EAP_PAYLOAD;
    if ((secured || !optional) && !(message.kind == PANA_PAR_LAST && !secured))
      if (!is_dropped(host, data, length - whole))
        fail_msg("%s without AVP %u", pana_label(message.kind), message.avps[i].code);
  }
  for (size_t i = PANA_HEADER_LENGTH; secured && i < length; i++) {
    memcpy(data, octets, length);
    data[i] ^= 1;
    if (!is_dropped(host, data, length))
      fail_msg("%s: octet %zu", pana_label(message.kind), i);
  }
}

/* Messages of the first authentication, and of one in the session, from PNR on. */
static void changed_messages(void **state) {
  (void)state;
  const struct pipe_config config = pana_published();
  for (unsigned again = 0; again < 2; again++)
    for (size_t number = 0; number < (again == 0 ? 11 : 10); number++) {
      const struct pipe_datagram copy = *run_to(&config, again == 1, number);
      const bool secured = again == 1 || number >= 9;
      try_all(receiver_of(&copy), copy.data, copy.length, secured);
      assert_true(pipe_run(&pipe_)); /* and all goes on */
      assert_true(pipe_established(&pipe_, 0));
      assert_int_equal(pipe_.peer[0].confirmed, again + 1);
      assert_int_equal(pipe_.authenticator[0].confirmed, again + 1);
      pipe_deinit(&pipe_);
    }
}

/* EAP that the server drops, in PAN start and later: with or without state before it. */
static void bad_eap(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  pipe_set(&config, "pana_optimized_init", "on");
  for (size_t number = 2; number <= 6; number += 2) {
    const struct pipe_datagram copy = *run_to(&config, false, number);
    struct pana_message message;
    uint8_t data[NODE_DATAGRAM_MAX];
    memcpy(data, copy.data, copy.length);
    assert_null(pana_message_parse(data, copy.length, &message));
    const size_t at = (size_t)(pana_find(&message, PANA_AVP_EAP_PAYLOAD)->value - data);
    data[at + 1] ^= 1; /* Identifier */
    assert_true(is_dropped(receiver_of(&copy), data, copy.length));
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

/* All that was ever sent, again when it is over: answered from what is kept, or dropped. */
static void old_messages(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  const size_t count = pipe_.flight_count;
  for (size_t i = 0; i < count; i++) {
    const struct pipe_datagram copy = pipe_.flight[i];
    const bool last = i == count - 2; /* the last PAR */
    const bool pci = i == 0;          /* whose answer nobody waits for */
    const bool pnr = i == 11;         /* the last request of the PaC */
    if (!last && !pci && !pnr && !is_dropped(receiver_of(&copy), copy.data, copy.length))
      fail_msg("message %zu", i);
    pipe_inject_again(&pipe_, &copy);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 4);
    assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
  }
  pipe_deinit(&pipe_);
}

/* From elsewhere, to either end. */
static void strangers(void **state) {
  (void)state;
  static const struct node_address stranger = {.ip = {0xfd, [13] = 7}, .port = PANA_PORT};
  const struct pipe_config config = pana_published();
  for (size_t number = 0; number < 11; number++) {
    const struct pipe_datagram copy = *run_to(&config, false, number);
    if (receiver_of(&copy) == 1 || number > 0) {
      const struct digest before = digest_of(receiver_of(&copy));
      uint8_t data[NODE_DATAGRAM_MAX];
      memcpy(data, copy.data, copy.length);
      const struct node_datagram datagram = {
          .source = stranger, .destination = copy.destination, .data = data, .length = copy.length};
      assert_int_equal(node_read(pipe_.hosts[receiver_of(&copy)].node, &datagram, pipe_.now_ns), 0);
      const struct digest after = digest_of(receiver_of(&copy));
      assert_true(is_equal(&before, &after));
    }
    pipe_deinit(&pipe_);
  }
}

/* Each single bit of each message: it comes about all the same. */
static void flipped_bits(void **state) {
  (void)state;
  for (size_t at = 0; at < 11; at++)
    for (size_t bit = 0; bit < 8 * 88; bit += 3) {
      struct pipe_config config = pana_published();
      config.fault = PIPE_FLIP;
      config.fault_at = at;
      config.argument = bit;
      pipe_init(&pipe_, &config);
      assert_true(pipe_run_until(&pipe_, 400 * NODE_SECOND));
      const bool established = pipe_established(&pipe_, 0);
      const bool ended = pipe_.peer[0].failed == 1 || pipe_.peer[0].confirmed == 1;
      if (!established && !ended)
        fail_msg("bit %zu of message %zu", bit, at);
      pipe_deinit(&pipe_);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(changed_messages), cmocka_unit_test(bad_eap),
      cmocka_unit_test(old_messages),     cmocka_unit_test(strangers),
      cmocka_unit_test(flipped_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
