/* Cipher suites by their numbers. */
#include "suite.h"

#include "../dtls/suite.h"
#include "../oscore/suite.h"

enum aaa_suite_kind lower_suite_kind(const struct association_kind *kind) {
  static const enum aaa_suite_kind kinds[] = {
      [ASSOCIATION_SUITES_NONE] = AAA_SUITE_NONE,
      [ASSOCIATION_SUITES_OSCORE] = AAA_SUITE_OSCORE,
      [ASSOCIATION_SUITES_DTLS] = AAA_SUITE_DTLS,
  };
  return kinds[association_kind_suites(kind)];
}

void lower_suite_set(const struct aaa_cipher_suite *named, struct association_config *config) {
  if (named->kind == AAA_SUITE_OSCORE)
    config->suite = oscore_suite_find((int32_t)named->number);
  if (named->kind == AAA_SUITE_DTLS)
    config->dtls_suites = dtls_suites_of((int)named->number);
}
