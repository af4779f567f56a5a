/* Access-Accepts with authorization: rules, filters, Class and SAML. */
#include "fuzz.h"

#include <string.h>

#include "aaa/grant.h"

const unsigned FUZZ_ROUNDS = 100000;

static const struct aaa_filter FILTERS[] = {
    {.name = "f", .rules = (const char *const[]){"permit in 17 from any to any"}, .rule_count = 1}};

static void judge(const struct aaa_grant *grant) {
  static const struct node_address device = {.ip = {0xfd, [15] = 9}, .port = 5683};
  struct node_address asked = {.ip = {0xfd, [15] = 1}, .port = 5683};
  fuzz_claim(grant->rule_count <= AAA_GRANT_RULES_MAX, "rules have room");
  fuzz_claim(grant->classes_length <= AAA_GRANT_CLASS_MAX, "Class has room");
  fuzz_claim(grant->saml.octets <= RADIUS_PACKET_MAX, "SAML was in the packet");
  fuzz_claim(grant->saml.messages <= grant->saml.attributes, "a message has an attribute");
  fuzz_claim(grant->suite.kind != AAA_SUITE_DTLS && grant->suite.number <= 3,
             "a suite is one of OSCORE that is built");
  fuzz_claim(grant->rule_count > 0 || aaa_grant_permits(grant, &device, &asked),
             "without rules all pass");
  for (asked.port = 1; asked.port < 6000; asked.port = (uint16_t)(3 * asked.port))
    fuzz_either(aaa_grant_permits(grant, &device, &asked));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct radius_packet packet;
  struct aaa_grant *grant;
  if (radius_packet_parse(data, size, &packet) != 0)
    return 0;
  if (aaa_grant_read(&packet, FILTERS, sizeof FILTERS / sizeof FILTERS[0], AAA_SUITE_OSCORE,
                     &grant) != NULL) {
    fuzz_claim(grant == NULL, "a Reject grants nothing");
    return 0;
  }
  fuzz_accepted = true;
  if (grant != NULL)
    judge(grant);
  aaa_grant_free(grant);
  return 0;
}

static void take_accept(fuzz_take *take, const struct aaa_authorization *authorization) {
  uint8_t data[RADIUS_PACKET_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  radius_begin(&out, RADIUS_ACCESS_ACCEPT, 3);
  radius_add_number(&out, RADIUS_SESSION_TIMEOUT, 3600);
  aaa_authorization_add(authorization, &out);
  data[2] = (uint8_t)(out.length >> 8);
  data[3] = (uint8_t)out.length;
  take(data, out.length);
}

void fuzz_seeds(fuzz_take *take) {
  static const uint8_t saml[600] = "<saml:Assertion/>";
  static const char *const rules[] = {
      "permit in 17 from assigned to fd00::1/64 5683,7000-7009",
      "deny in ip from !192.0.2.0/24 to any",
      "permit out 6 from ::ffff:10.0.0.1 80 to ! assigned",
  };
  const struct aaa_authorization seeds[] = {
      {.filter_id = NULL},
      {.filter_id = "f"},
      {.rules = rules, .rule_count = 1},
      {.rules = rules, .rule_count = 3, .class_octets = saml, .class_length = 9},
      {.saml = saml, .saml_length = sizeof saml},
      {.suite = {AAA_SUITE_OSCORE, 3}, .class_octets = saml, .class_length = 9},
  };
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
    take_accept(take, &seeds[i]);
}
