/* The ordering policies, each on its own: what is next, repeated and old, how it wraps, what it
 * remembers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/ordering.h"
#include "seeded.h"

enum { SEQNUM_NUMBER = 61, STARTS = 5000 };

static struct seeded seeded;
static const struct node_hooks HOOKS = {.context = &seeded, .random = seeded_bytes};

static struct coap_eap_ordering make_ordering(enum coap_eap_ordering_policy policy,
                                              size_t seqnum_bytes) {
  const struct coap_eap_ordering_config config = {
      .policy = policy, .seqnum_number = SEQNUM_NUMBER, .seqnum_bytes = seqnum_bytes};
  struct coap_eap_ordering ordering;
  coap_eap_ordering_init(&ordering, &config);
  return ordering;
}

/* A request as a policy sees it: its Message ID, and its SeqNum if it has one. */
struct request {
  const char *seqnum; /* NULL: no option */
  size_t length;
  uint16_t message_id;
};

static struct coap_message request_message(const struct request *request) {
  struct coap_message message = {.type = COAP_CON, .message_id = request->message_id};
  if (request->seqnum != NULL)
    coap_message_add_option(&message, SEQNUM_NUMBER, ROW_COAP_SEQNUM, request->seqnum,
                            request->length);
  return message;
}

/* Peer */

#define MID(id)                                                                                    \
  { .message_id = (id) }
#define SEQ(octets)                                                                                \
  { .seqnum = (octets), .length = sizeof(octets) - 1 }

enum does {
  END,
  TAKES,
  DISCARDS, /* EAP does: it is judged the next, and not accepted */
  REPEATS,
  DROPS,
};

struct ordering_step {
  enum does does;
  struct request request;
};

enum { STEPS_MAX = 14 };

/* What a peer makes of requests, one after another. */
static const struct ordering_step SEQNUMS[][STEPS_MAX] = {
    {{DROPS, MID(7)}, /* without its number */
     {DISCARDS, SEQ("\x12\xfe")},
     {TAKES, SEQ("\x77\x01")}, /* the first may have any */
     {REPEATS, SEQ("\x77\x01")},
     {DROPS, SEQ("\x77\x00")},
     {DROPS, SEQ("\x77\x03")},
     {DISCARDS, SEQ("\x77\x02")},
     {REPEATS, SEQ("\x77\x01")},
     {TAKES, SEQ("\x00\x77\x02")}, /* leading zeros count for nothing */
     {DROPS, SEQ("\x77\x01")},
     {DROPS, MID(7)}},
    {{TAKES, SEQ("\xfe")},
     {TAKES, SEQ("\xff")},
     {DROPS, SEQ("")},
     {TAKES, SEQ("\x01\x00")}, /* 255, 256 */
     {DROPS, SEQ("\xff")}},
    {{TAKES, SEQ("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
     {DROPS, SEQ("12345678901234567")}, /* too long */
     {TAKES, SEQ("")},                  /* 2^128-1, 0 */
     {TAKES, SEQ("\x01")}},
};
static const struct ordering_step RANDOM_IDS[][STEPS_MAX] = {
    {{DISCARDS, MID(0xfffe)},
     {TAKES, MID(0x1234)},
     {REPEATS, MID(0x1234)},
     {DISCARDS, MID(0x9999)},
     {REPEATS, MID(0x1234)},
     {TAKES, MID(0x9999)}, /* it was not remembered */
     {DROPS, MID(0x1234)},
     {TAKES, MID(0xffff)},
     {TAKES, MID(0x0000)},
     {DROPS, MID(0xffff)},
     {DROPS, MID(0x9999)},
     {DROPS, MID(0x1234)},
     {REPEATS, MID(0x0000)}},
};
static const struct ordering_step CONSECUTIVE_IDS[][STEPS_MAX] = {
    {{DISCARDS, MID(0x1111)},
     {TAKES, MID(0xfffe)},
     {REPEATS, MID(0xfffe)},
     {DROPS, MID(0xfffd)},
     {DROPS, MID(0x0000)},
     {DISCARDS, MID(0xffff)},
     {REPEATS, MID(0xfffe)},
     {TAKES, MID(0xffff)},
     {TAKES, MID(0x0000)}, /* 65535, 0 */
     {DROPS, MID(0xffff)},
     {REPEATS, MID(0x0000)},
     {DROPS, MID(0x8000)}},
};

/* Of the last sequence: what is remembered before and after its success. */
static const struct {
  enum coap_eap_ordering_policy policy;
  const struct ordering_step (*sequences)[STEPS_MAX];
  size_t count, state_bytes, state_bytes_finished;
} TAKEN[] = {
    {COAP_EAP_ORDERING_SEQNUM, SEQNUMS, 3, 1, 1},
    {COAP_EAP_ORDERING_SEQNUM_REQUESTS, SEQNUMS, 3, 1, 1},
    {COAP_EAP_ORDERING_MID_RANDOM, RANDOM_IDS, 1, 8, 2},
    {COAP_EAP_ORDERING_MID_MONOTONIC, CONSECUTIVE_IDS, 1, 2, 2},
};

static void ordering_take(struct coap_eap_ordering *ordering, const struct ordering_step *step) {
  static const enum coap_eap_verdict verdicts[] = {[TAKES] = COAP_EAP_NEXT,
                                                   [DISCARDS] = COAP_EAP_NEXT,
                                                   [REPEATS] = COAP_EAP_REPEAT,
                                                   [DROPS] = COAP_EAP_STALE};
  const struct coap_message request = request_message(&step->request);
  const struct coap_eap_ordering before = *ordering;
  assert_int_equal(coap_eap_ordering_judge(ordering, &request), verdicts[step->does]);
  assert_memory_equal(ordering, &before, sizeof before);
  if (step->does != TAKES)
    return;
  coap_eap_ordering_accept(ordering, &request);
  assert_int_equal(coap_eap_ordering_judge(ordering, &request), COAP_EAP_REPEAT);
}

static void what_a_peer_takes(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++) {
    struct coap_eap_ordering ordering = {0};
    for (size_t j = 0; j < TAKEN[i].count; j++) {
      ordering = make_ordering(TAKEN[i].policy, 2);
      for (const struct ordering_step *step = TAKEN[i].sequences[j]; step->does != END; step++)
        ordering_take(&ordering, step);
    }
    assert_int_equal(coap_eap_ordering_state_bytes(&ordering), TAKEN[i].state_bytes);
    coap_eap_ordering_finish(&ordering);
    assert_int_equal(coap_eap_ordering_state_bytes(&ordering), TAKEN[i].state_bytes_finished);
  }
}

/* After the success the last request is still known, and what came before it no more; a peer that
 * restarted, or takes part in a new authentication, knows nothing. */
static void what_is_known_afterwards(void **state) {
  (void)state;
  static const struct {
    enum coap_eap_ordering_policy policy;
    struct request requests[2];
    enum coap_eap_verdict first_again;
  } table[] = {
      {COAP_EAP_ORDERING_SEQNUM, {SEQ("\x41"), SEQ("\x42")}, COAP_EAP_STALE},
      {COAP_EAP_ORDERING_SEQNUM_REQUESTS, {SEQ("\x41"), SEQ("\x42")}, COAP_EAP_STALE},
      {COAP_EAP_ORDERING_MID_RANDOM, {MID(0xabcd), MID(0x0101)}, COAP_EAP_NEXT},
      {COAP_EAP_ORDERING_MID_MONOTONIC, {MID(0xffff), MID(0x0000)}, COAP_EAP_STALE},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct coap_eap_ordering ordering = make_ordering(table[i].policy, 1);
    const struct coap_message first = request_message(&table[i].requests[0]);
    const struct coap_message last = request_message(&table[i].requests[1]);
    assert_int_equal(coap_eap_ordering_state_bytes(&ordering), 0);
    coap_eap_ordering_accept(&ordering, &first);
    coap_eap_ordering_accept(&ordering, &last);
    assert_int_equal(coap_eap_ordering_judge(&ordering, &first), COAP_EAP_STALE);
    coap_eap_ordering_finish(&ordering);
    assert_int_equal(coap_eap_ordering_judge(&ordering, &last), COAP_EAP_REPEAT);
    assert_int_equal(coap_eap_ordering_judge(&ordering, &first), table[i].first_again);
    ordering = make_ordering(table[i].policy, 1);
    assert_int_equal(coap_eap_ordering_judge(&ordering, &last), COAP_EAP_NEXT);
    assert_int_equal(coap_eap_ordering_judge(&ordering, &first), COAP_EAP_NEXT);
  }
}

/* Random Message IDs: as many as are remembered, and no more. */
static void full_memory(void **state) {
  (void)state;
  struct coap_eap_ordering ordering = make_ordering(COAP_EAP_ORDERING_MID_RANDOM, 2);
  struct coap_message request = {.type = COAP_CON};
  for (unsigned i = 0; i < COAP_EAP_MESSAGE_IDS_MAX; i++) {
    request.message_id = (uint16_t)(i * 40503);
    assert_int_equal(coap_eap_ordering_judge(&ordering, &request), COAP_EAP_NEXT);
    coap_eap_ordering_accept(&ordering, &request);
  }
  assert_int_equal(coap_eap_ordering_state_bytes(&ordering), 2 * COAP_EAP_MESSAGE_IDS_MAX);
  for (unsigned i = 0; i <= UINT16_MAX; i++) {
    const uint16_t last = request.message_id;
    struct coap_message another = {.type = COAP_CON, .message_id = (uint16_t)i};
    assert_int_equal(coap_eap_ordering_judge(&ordering, &another),
                     i == last ? COAP_EAP_REPEAT : COAP_EAP_STALE);
  }
}

/* Authenticator */

static const struct {
  enum coap_eap_ordering_policy policy;
  uint16_t request_option, response_option;
  bool random_message_ids;
} POLICIES[] = {
    {COAP_EAP_ORDERING_SEQNUM, SEQNUM_NUMBER, SEQNUM_NUMBER, false},
    {COAP_EAP_ORDERING_SEQNUM_REQUESTS, SEQNUM_NUMBER, 0, false},
    {COAP_EAP_ORDERING_MID_RANDOM, 0, 0, true},
    {COAP_EAP_ORDERING_MID_MONOTONIC, 0, 0, false},
};

/* Requests and responses carry the option that the policy says, and a peer takes each request. */
static void both_sides(void **state) {
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    for (size_t bytes = 1; bytes <= COAP_EAP_SEQNUM_MAX; bytes++) {
      struct coap_eap_ordering authenticator = make_ordering(POLICIES[i].policy, bytes);
      struct coap_eap_ordering peer = make_ordering(POLICIES[i].policy, bytes);
      const struct coap_eap_ordering_config *config = &authenticator.config;
      assert_int_equal(coap_eap_ordering_request_option(config), POLICIES[i].request_option);
      assert_int_equal(coap_eap_ordering_response_option(config), POLICIES[i].response_option);
      assert_int_equal(coap_eap_ordering_random_message_ids(config),
                       POLICIES[i].random_message_ids);
      seeded = (struct seeded){.state = bytes};
      coap_eap_ordering_begin(&authenticator, &HOOKS);
      for (uint16_t message_id = 0; message_id < 50; message_id++) {
        struct coap_message request = {.type = COAP_CON, .message_id = message_id};
        coap_eap_ordering_add_to_request(&authenticator, &request);
        assert_int_equal(request.option_count, POLICIES[i].request_option != 0);
        if (request.option_count == 1)
          assert_int_equal(request.options[0].length, bytes);
        assert_int_equal(coap_eap_ordering_judge(&peer, &request), COAP_EAP_NEXT);
        coap_eap_ordering_accept(&peer, &request);
        struct coap_message response = {.type = COAP_ACK, .message_id = message_id};
        coap_eap_ordering_add_to_response(&peer, &response);
        assert_int_equal(response.option_count, POLICIES[i].response_option != 0);
        assert_true(coap_eap_ordering_matches(&authenticator, &response));
        assert_int_equal(coap_eap_ordering_advance(&authenticator), 0);
        /* An old response tells itself only where it carries a number. */
        assert_int_equal(coap_eap_ordering_matches(&authenticator, &response),
                         POLICIES[i].response_option == 0);
      }
    }
  }
}

/* The first SeqNum is random, within its range; all of it. */
static void random_starts(void **state) {
  (void)state;
  seeded = (struct seeded){.state = 3};
  for (size_t bytes = 1; bytes <= COAP_EAP_SEQNUM_MAX; bytes++) {
    bool seen[256] = {false};
    size_t different = 0;
    for (unsigned i = 0; i < STARTS; i++) {
      struct coap_eap_ordering ordering = make_ordering(COAP_EAP_ORDERING_SEQNUM, bytes);
      coap_eap_ordering_begin(&ordering, &HOOKS);
      struct coap_message request = {.type = COAP_CON};
      coap_eap_ordering_add_to_request(&ordering, &request);
      const struct coap_option *option = coap_message_find(&request, SEQNUM_NUMBER);
      assert_non_null(option);
      assert_int_equal(option->length, bytes);
      assert_true(bytes > 1 ? option->value[0] > 0 : option->value[0] <= 127);
      different += !seen[option->value[0]];
      seen[option->value[0]] = true;
      for (unsigned j = 0; j < 128; j++)
        assert_int_equal(coap_eap_ordering_advance(&ordering), 0);
    }
    assert_int_equal(different, bytes == 1 ? 127 : bytes == 2 ? 254 : 255);
  }
}

static void seqnum_exhausted(void **state) {
  (void)state;
  struct coap_eap_ordering ordering = make_ordering(COAP_EAP_ORDERING_SEQNUM, 1);
  coap_eap_ordering_begin(&ordering, &HOOKS);
  unsigned advances = 0;
  while (coap_eap_ordering_advance(&ordering) == 0)
    advances++;
  assert_in_range(advances, 128, 254);
  assert_int_equal(coap_eap_ordering_advance(&ordering), NODE_ERR_EXHAUSTED);
  struct coap_message request = {.type = COAP_CON};
  coap_eap_ordering_add_to_request(&ordering, &request);
  assert_int_equal(request.options[0].value[0], 255);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_peer_takes), cmocka_unit_test(what_is_known_afterwards),
      cmocka_unit_test(full_memory),       cmocka_unit_test(both_sides),
      cmocka_unit_test(random_starts),     cmocka_unit_test(seqnum_exhausted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
