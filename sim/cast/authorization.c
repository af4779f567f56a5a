/* Grants of a run: the same for every peer. */
#include "authorization.h"

#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

#define FILTER_ID "sensor"
/* A peer's requests come from its address, by UDP (17). No rule names a port, so that what is
 * granted does not depend on the lower layer; TCP (6) there is none. */
#define RULE_PERMIT "permit in 17 from assigned to any"
#define RULE_DENY "deny in ip from any to any"
/* The ports of CoAP, where the authenticator is; resource servers are behind them. */
#define RULE_PERMIT_CONTROLLER "permit in 17 from assigned to any 5683-5684"
#define RULE_OF_OTHERS "deny in 6 from assigned to any 23"
/* What the authenticator cannot apply: it sees no fragments. */
#define RULE_BEYOND "permit in ip from assigned to any frag"

enum { SAML_BYTES_MAX = 800 };

/* Numbers of IANA. */
static const struct aaa_cipher_suite SUITES[] = {
    [SPEC_AAA_SUITE_OSCORE_0] = {AAA_SUITE_OSCORE, 0},
    [SPEC_AAA_SUITE_OSCORE_1] = {AAA_SUITE_OSCORE, 1},
    [SPEC_AAA_SUITE_OSCORE_2] = {AAA_SUITE_OSCORE, 2},
    [SPEC_AAA_SUITE_OSCORE_3] = {AAA_SUITE_OSCORE, 3},
    [SPEC_AAA_SUITE_DTLS_CCM_8] = {AAA_SUITE_DTLS, 0xc0a8},
    [SPEC_AAA_SUITE_DTLS_CCM] = {AAA_SUITE_DTLS, 0xc0a4},
    [SPEC_AAA_SUITE_DTLS_GCM] = {AAA_SUITE_DTLS, 0x00a8},
};

struct authorization {
  struct aaa_authorization granted;
  const char *rules[AAA_GRANT_RULES_MAX];
  struct aaa_filter filter;
  const char *filter_rules[1];
  uint8_t saml[SAML_BYTES_MAX];
  bool is_said;
};

static void authorization_set_rules(struct authorization *authorization, size_t count,
                                    const char *last) {
  for (size_t i = 0; i < count; i++)
    authorization->rules[i] = i + 1 < count ? RULE_OF_OTHERS : last;
  authorization->granted.rules = authorization->rules;
  authorization->granted.rule_count = count;
}

static void authorization_set(struct authorization *authorization, const struct spec *spec) {
  struct aaa_authorization *granted = &authorization->granted;
  const size_t rules = (size_t)spec->authorization_rules;
  authorization->is_said = true;
  switch (spec->authorization) {
  case SPEC_AUTHORIZATION_FILTER_ID:
    granted->filter_id = FILTER_ID;
    break;
  case SPEC_AUTHORIZATION_RULES:
    authorization_set_rules(authorization, rules, RULE_PERMIT);
    break;
  case SPEC_AUTHORIZATION_DENIED:
    authorization_set_rules(authorization, rules, RULE_DENY);
    break;
  case SPEC_AUTHORIZATION_CONTROLLER_ONLY:
    authorization_set_rules(authorization, 1, RULE_PERMIT_CONTROLLER);
    break;
  case SPEC_AUTHORIZATION_SAML:
    memset(authorization->saml, 'x', sizeof authorization->saml);
    granted->saml = authorization->saml;
    granted->saml_length = (size_t)spec->saml_bytes;
    break;
  default:
    authorization->is_said = false;
    break;
  }
}

static void authorization_set_suite(struct authorization *authorization, const struct spec *spec) {
  authorization->granted.suite = SUITES[spec->aaa_suite];
  authorization->is_said = authorization->is_said || spec->aaa_suite != SPEC_AAA_SUITE_NONE;
}

struct authorization *authorization_create(const struct spec *spec) {
  struct authorization *authorization = memory_get(1, sizeof *authorization);
  authorization->filter_rules[0] = RULE_PERMIT;
  authorization->filter =
      (struct aaa_filter){.name = FILTER_ID, .rules = authorization->filter_rules, .rule_count = 1};
  authorization_set(authorization, spec);
  authorization_set_suite(authorization, spec);
  if (spec->refused == SPEC_REFUSED_AFTER_METHOD) {
    authorization->granted = (struct aaa_authorization){.filter_id = NULL};
    authorization->is_said = true;
    authorization_set_rules(authorization, 1, RULE_BEYOND);
  }
  return authorization;
}

void authorization_destroy(struct authorization *authorization) {
  free(authorization);
}

const struct aaa_authorization *authorization_granted(const struct authorization *authorization) {
  return authorization->is_said ? &authorization->granted : NULL;
}

const struct aaa_filter *authorization_filters(const struct authorization *authorization,
                                               size_t *count) {
  *count = 1;
  return &authorization->filter;
}
