/* What two ends agree on by CoAP-EAP_Info: every offer against every list of suites, and what
 * neither end takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/agreement.h"
#include "coap-eap/options.h"
#include "hex.h"
#include "seeded.h"

static struct seeded seeded = {.state = 16};
static const struct node_hooks HOOKS = {.context = &seeded, .random = seeded_bytes};

/* One of either list, each digit a suite. */
static struct coap_eap_suite_list list_of(const char *digits) {
  struct coap_eap_suite_list list = {.count = 0};
  for (; *digits != '\0'; digits++)
    list.numbers[list.count++] = *digits - '0';
  return list;
}

static struct coap_eap_options options_of(const char *offered, const char *supported) {
  return (struct coap_eap_options){.negotiates = true,
                                   .suites_offered = list_of(offered),
                                   .suites_supported = list_of(supported),
                                   .rid_c_bytes = 1,
                                   .rid_i_bytes = 1};
}

struct ends {
  struct coap_eap_agreement authenticator, peer;
  struct coap_eap_info offer, answer;
};

/* Offer, acceptance, and answer. What the peer says of the offer. */
static const char *begin(struct ends *ends, const struct coap_eap_options *options) {
  coap_eap_agreement_offer(&ends->authenticator, options, &HOOKS, &ends->offer);
  const char *fault = coap_eap_agreement_accept(&ends->peer, options, &HOOKS, &ends->offer);
  if (fault == NULL)
    coap_eap_agreement_answer(&ends->peer, options, &ends->answer);
  return fault;
}

static void assert_same_id(const struct association_id *a, const struct association_id *b) {
  assert_int_equal(a->length, b->length);
  assert_memory_equal(a->bytes, b->bytes, a->length);
}

static void assert_same(const struct coap_eap_agreement *a, const struct coap_eap_agreement *b) {
  assert_ptr_equal(a->suite, b->suite);
  assert_same_id(&a->rid_c, &b->rid_c);
  assert_same_id(&a->rid_i, &b->rid_i);
  assert_int_equal(a->offered.length, b->offered.length);
  assert_memory_equal(a->offered.octets, b->offered.octets, a->offered.length);
  assert_int_equal(a->chosen.length, b->chosen.length);
  assert_memory_equal(a->chosen.octets, b->chosen.octets, a->chosen.length);
}

/* The first of the offer that is in the list, and built; -1: there is none. */
static int32_t first_shared(const char *offered, const char *supported) {
  for (const char *at = *offered == '\0' ? "0" : offered; *at != '\0'; at++)
    if (*at != '4' && strchr(supported, *at) != NULL)
      return *at - '0';
  return -1;
}

static void test_each_offer_and_list(void **state) {
  (void)state;
  static const char *const lists[] = {"",   "0",  "1",    "2",    "3",    "4",     "01", "10",
                                      "23", "42", "0123", "3210", "4321", "01234", "33", "2103"};
  enum { COUNT = sizeof lists / sizeof lists[0] };
  for (size_t i = 0; i < COUNT; i++)
    for (size_t j = 0; j < COUNT; j++) {
      const struct coap_eap_options options = options_of(lists[i], lists[j]);
      const int32_t expected = first_shared(lists[i], lists[j]);
      struct ends ends;
      const char *fault = begin(&ends, &options);
      if (expected < 0) {
        assert_string_equal(fault, COAP_EAP_NO_CIPHER_SUITE);
        continue;
      }
      assert_null(fault);
      assert_int_equal(ends.peer.suite->number, expected);
      assert_null(coap_eap_agreement_conclude(&ends.authenticator, &options, &ends.answer));
      assert_same(&ends.authenticator, &ends.peer);
      /* What is said: an array of all that is offered, and of the one chosen, or nothing. */
      assert_int_equal(ends.offer.suites.length, *lists[i] == '\0' ? 0 : 1 + strlen(lists[i]));
      assert_int_equal(ends.answer.suites.length, *lists[i] == '\0' ? 0 : 2);
      assert_true(ends.offer.has_rid_c && !ends.offer.has_rid_i && !ends.offer.has_lifetime);
      assert_true(ends.answer.has_rid_i && !ends.answer.has_rid_c && !ends.answer.has_lifetime);
    }
}

/* A length of each, from 0 to 7: RID-I never is RID-C. */
static void test_ids(void **state) {
  (void)state;
  struct coap_eap_options options = options_of("", "0");
  for (options.rid_c_bytes = 0; options.rid_c_bytes <= ASSOCIATION_ID_MAX; options.rid_c_bytes++)
    for (options.rid_i_bytes = 0; options.rid_i_bytes <= ASSOCIATION_ID_MAX; options.rid_i_bytes++)
      for (unsigned round = 0; round < 600; round++) {
        struct ends ends;
        const char *fault = begin(&ends, &options);
        assert_int_equal(fault != NULL, options.rid_c_bytes + options.rid_i_bytes == 0);
        if (fault != NULL)
          continue;
        assert_int_equal(ends.peer.rid_c.length, options.rid_c_bytes);
        assert_int_equal(ends.peer.rid_i.length, options.rid_i_bytes);
        assert_true(ends.peer.rid_c.length != ends.peer.rid_i.length ||
                    memcmp(ends.peer.rid_c.bytes, ends.peer.rid_i.bytes, options.rid_c_bytes) != 0);
        assert_null(coap_eap_agreement_conclude(&ends.authenticator, &options, &ends.answer));
      }
}

/* IDs that do not fit into the nonce of a suite: the next is chosen. */
static void test_long_ids(void **state) {
  (void)state;
  static const struct {
    const char *offered;
    size_t rid_c_bytes, rid_i_bytes;
    int32_t chosen; /* -1: none */
  } cases[] = {{"1", 6, 6, 1},    {"1", 7, 1, -1},   {"1", 1, 7, -1}, {"10", 7, 1, 0},
               {"3210", 1, 7, 0}, {"321", 7, 7, -1}, {"0", 7, 7, 0},  {"0123", 7, 7, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_options options = options_of(cases[i].offered, "0123");
    struct ends ends;
    options.rid_c_bytes = cases[i].rid_c_bytes;
    options.rid_i_bytes = cases[i].rid_i_bytes;
    const char *fault = begin(&ends, &options);
    assert_int_equal(fault == NULL, cases[i].chosen >= 0);
    if (fault == NULL)
      assert_int_equal(ends.peer.suite->number, cases[i].chosen);
  }
}

/* Offers of a foreign authenticator. */
static void test_hostile_offers(void **state) {
  (void)state;
  static const struct {
    const char *map, *fault; /* NULL: none */
    int32_t chosen;
  } cases[] = {
      {"", "step 1 without RID-C", 0},
      {"a1 01 8100", "step 1 without RID-C", 0},
      {"a1 03 4101", "step 1 without RID-C", 0},
      {"a1 02 4101", NULL, 0},
      {"a1 02 40", NULL, 0},
      {"a3 02 4101 03 4101 04 05", NULL, 0}, /* what is not for a peer has no effect */
      {"a2 01 8105 02 4101", COAP_EAP_NO_CIPHER_SUITE, 0},
      {"a2 01 8104 02 4101", COAP_EAP_NO_CIPHER_SUITE, 0},
      {"a2 01 8120 02 4101", COAP_EAP_NO_CIPHER_SUITE, 0},
      {"a2 01 811a7fffffff 02 4101", COAP_EAP_NO_CIPHER_SUITE, 0},
      {"a2 01 8104 02 4101", COAP_EAP_NO_CIPHER_SUITE, 0},
      {"a2 01 85 1863 04 20 02 00 02 4101", NULL, 2}, /* those that are not known are passed over */
      {"a2 01 830101 01 02 4101", NULL, 1},
  };
  const struct coap_eap_options options = options_of("", "0123");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct hex map = hex(cases[i].map);
    struct coap_eap_agreement peer;
    struct coap_eap_info offer;
    assert_int_equal(coap_eap_info_parse(map.octets, map.length, &offer), 0);
    const char *fault = coap_eap_agreement_accept(&peer, &options, &HOOKS, &offer);
    if (cases[i].fault != NULL) {
      assert_string_equal(fault, cases[i].fault);
      continue;
    }
    assert_null(fault);
    assert_int_equal(peer.suite->number, cases[i].chosen);
  }
}

/* Answers of a foreign peer, to RID-C 07 and an offer: what is not agreed on leaves nothing behind.
 */
static void test_hostile_answers(void **state) {
  (void)state;
  static const char other_suite[] = "cipher suite that was not offered",
                    no_rid[] = "step 2 without RID-I", same_rid[] = "RID-I is RID-C",
                    long_rid[] = "RID-I too long for the cipher suite";
  static const struct {
    const char *offered, *map, *fault; /* NULL: none */
  } cases[] = {
      {"", "a1 03 4108", NULL},
      {"", "a1 03 40", NULL},
      {"", "a1 03 420700", NULL},
      {"", "a1 03 47 01020304050607", NULL},
      {"", "", no_rid},
      {"", "a1 02 4108", no_rid},
      {"", "a1 04 01", no_rid},
      {"", "a1 03 4107", same_rid},
      {"", "a2 01 8100 03 4108", other_suite}, /* nothing was offered */
      {"", "a2 01 8101 03 4108", other_suite},
      {"01", "a2 01 8100 03 4108", NULL},
      {"01", "a2 01 8101 03 46 010203040506", NULL},
      {"01", "a2 01 8101 03 47 01020304050607", long_rid},
      {"01", "a2 01 8101 03 4107", same_rid},
      {"01", "a1 01 8101", no_rid},
      {"01", "a1 03 4108", other_suite}, /* none is chosen */
      {"01", "a2 01 8102 03 4108", other_suite},
      {"01", "a2 01 8120 03 4108", other_suite},
      {"01", "a2 01 820001 03 4108", other_suite}, /* more than one is */
      {"01", "a2 01 820000 03 4108", other_suite},
      {"04", "a2 01 8104 03 4108", other_suite}, /* offered, and not built */
      {"4", "a2 01 8104 03 4108", other_suite},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct coap_eap_options options = options_of(cases[i].offered, "0123");
    const struct hex map = hex(cases[i].map);
    struct coap_eap_agreement agreement, before;
    struct coap_eap_info offer, answer;
    coap_eap_agreement_offer(&agreement, &options, &HOOKS, &offer);
    agreement.rid_c = (struct association_id){.bytes = {7}, .length = 1};
    memcpy(&before, &agreement, sizeof before);
    assert_int_equal(coap_eap_info_parse(map.octets, map.length, &answer), 0);
    const char *fault = coap_eap_agreement_conclude(&agreement, &options, &answer);
    if (cases[i].fault == NULL) {
      assert_null(fault);
      assert_non_null(agreement.suite);
      assert_same_id(&agreement.rid_i, &answer.rid_i);
      continue;
    }
    if (fault == NULL || strcmp(fault, cases[i].fault) != 0)
      fail_msg("%s to %s: %s", cases[i].map, cases[i].offered, fault == NULL ? "taken" : fault);
    assert_memory_equal(&agreement, &before, sizeof before);
  }
}

/* Where nothing is negotiated (the draft, DTLS), nothing is said and everything accepted. */
static void test_without(void **state) {
  (void)state;
  struct coap_eap_options options = options_of("0123", "4");
  struct ends ends;
  uint8_t octets[COAP_EAP_INFO_MAX];
  struct span_writer out;
  options.negotiates = false;
  assert_null(begin(&ends, &options));
  span_writer_init(&out, octets, sizeof octets, NULL);
  coap_eap_info_compose(&ends.offer, &out);
  coap_eap_info_compose(&ends.answer, &out);
  assert_int_equal(out.length, 0);
  const struct coap_eap_info answer = {.has_lifetime = true};
  assert_null(coap_eap_agreement_conclude(&ends.authenticator, &options, &answer));
  assert_null(ends.authenticator.suite);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_offer_and_list),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_long_ids),
      cmocka_unit_test(test_hostile_offers),
      cmocka_unit_test(test_hostile_answers),
      cmocka_unit_test(test_without),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
