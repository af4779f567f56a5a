/* CoAP-EAP_Info of RFC 9820: the CBOR map behind an EAP packet. */
#ifndef SIM_TESTS_PROOF_PROOF_INFO_H
#define SIM_TESTS_PROOF_PROOF_INFO_H

#include "second.h"

enum { PROOF_SUITES_MAX = 16 };

/* Suites offered or chosen; the Recipient IDs of authenticator (RID-C) and peer (RID-I). */
struct proof_info {
  unsigned suites[PROOF_SUITES_MAX];
  size_t suite_count;
  bool has_rid_c, has_rid_i;
  struct second_id rid_c, rid_i;
};

/* False where the octets are not one such map. */
bool proof_info_parse(const uint8_t *data, size_t length, struct proof_info *info);

#endif
