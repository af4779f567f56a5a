/* CoAP-EAP_Info: a map alone, a payload of an EAP packet and a map, and what two ends make of it as
 * an offer and as an answer. */
#include "fuzz.h"

#include <string.h>

#include "coap-eap/agreement.h"
#include "coap-eap/options.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 200000;

static bool same_id(const struct association_id *a, const struct association_id *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool same_info(const struct coap_eap_info *a, const struct coap_eap_info *b) {
  return a->suites.length == b->suites.length &&
         memcmp(a->suites.octets, b->suites.octets, a->suites.length) == 0 &&
         a->has_rid_c == b->has_rid_c && same_id(&a->rid_c, &b->rid_c) &&
         a->has_rid_i == b->has_rid_i && same_id(&a->rid_i, &b->rid_i) &&
         a->has_lifetime == b->has_lifetime && a->lifetime_s == b->lifetime_s;
}

/* What was read is said again, and read the same. */
static void say_again(const struct coap_eap_info *info) {
  uint8_t octets[COAP_EAP_INFO_MAX];
  struct span_writer out;
  struct coap_eap_info again;
  span_writer_init(&out, octets, sizeof octets, NULL);
  coap_eap_info_compose(info, &out);
  fuzz_claim(!out.overflow, "a map has room");
  fuzz_claim(coap_eap_info_parse(octets, out.length, &again) == 0, "what is composed is parsed");
  fuzz_claim(same_info(info, &again), "it is the same");
}

/* Each number can be had, and none behind the last. */
static void count_suites(const struct coap_eap_suites *suites) {
  int32_t number;
  size_t count = 0;
  while (coap_eap_suites_get(suites, count, &number))
    count++;
  fuzz_claim(suites->length <= COAP_EAP_SUITES_MAX && count <= suites->length,
             "suites have octets");
  fuzz_claim((count > 0) == (suites->length > 0), "an array has suites");
}

static const struct coap_eap_options OPTIONS = {
    .negotiates = true,
    .suites_offered = {.numbers = {2, 0}, .count = 2},
    .suites_supported = {.numbers = {0, 1, 2, 3}, .count = 4},
    .rid_c_bytes = 1,
    .rid_i_bytes = 1};

static void fuzz_check_agreed(const struct coap_eap_agreement *agreement) {
  fuzz_claim(agreement->suite != NULL && agreement->suite->refused == NULL, "a suite is built");
  fuzz_claim(!same_id(&agreement->rid_c, &agreement->rid_i), "IDs differ");
  fuzz_claim(agreement->rid_c.length <= oscore_suite_id_max(agreement->suite) &&
                 agreement->rid_i.length <= oscore_suite_id_max(agreement->suite),
             "IDs fit into the nonce");
}

/* As an offer to a peer, and as an answer to an authenticator. */
static void agree(const struct coap_eap_info *info) {
  struct seeded seeded = {.state = 1};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  struct coap_eap_agreement agreement;
  struct coap_eap_info offer;
  const bool accepted = coap_eap_agreement_accept(&agreement, &OPTIONS, &hooks, info) == NULL;
  fuzz_either(accepted);
  if (accepted)
    fuzz_check_agreed(&agreement);
  coap_eap_agreement_offer(&agreement, &OPTIONS, &hooks, &offer);
  const bool concluded = coap_eap_agreement_conclude(&agreement, &OPTIONS, info) == NULL;
  fuzz_either(concluded);
  if (concluded)
    fuzz_check_agreed(&agreement);
  fuzz_claim(concluded == (agreement.suite != NULL), "nothing is left of what is not agreed on");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct coap_eap_info info;
  size_t eap_length;
  if (coap_eap_info_parse(data, size, &info) == 0) {
    fuzz_accepted = true;
    count_suites(&info.suites);
    say_again(&info);
    agree(&info);
  }
  if (coap_eap_info_split(data, size, &eap_length, &info) == 0) {
    fuzz_accepted = true;
    fuzz_claim(eap_length <= size, "the packet is in the payload");
    say_again(&info);
  }
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  static const struct {
    size_t size;
    uint8_t data[40];
  } seeds[] = {
      {0, {0}},
      {1, {0xa0}},
      {4, {0xa1, 0x02, 0x41, 0x07}},
      {11, {0xa2, 0x01, 0x84, 0x00, 0x01, 0x02, 0x03, 0x02, 0x42, 0x07, 0x08}},
      {7, {0xa2, 0x01, 0x81, 0x02, 0x03, 0x41, 0x09}},
      {6, {0xa2, 0x01, 0x81, 0x00, 0x03, 0x40}},
      {5, {0xa1, 0x04, 0x19, 0x70, 0x80}},
      {11, {0xa1, 0x04, 0x1b, 0, 0, 0, 1, 0, 0, 0, 0}},
      {26, {0xa4, 0x01, 0x82, 0x38, 0x18, 0x02, 0x02, 0x47, 1,    2,    3,    4,    5,
            6,    7,    0x03, 0x41, 0x09, 0x18, 0x18, 0x82, 0x00, 0xa1, 0x00, 0x41, 0x00}},
      {9, {1, 2, 0, 5, 1, 0xa1, 0x02, 0x41, 0x07}},
      {5, {1, 2, 0, 5, 1}},
      {9, {3, 2, 0, 4, 0xa1, 0x04, 0x19, 0x70, 0x80}},
  };
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
    take(seeds[i].data, seeds[i].size);
}
