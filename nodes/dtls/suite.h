/* The cipher suites that an endpoint may offer or take (suites.def), and sets of them. */
#ifndef NODES_DTLS_SUITE_H
#define NODES_DTLS_SUITE_H

#include <stddef.h>
#include <stdint.h>

enum dtls_suite_id {
#define SUITE(id, name, number, nonce, tag, key_blocks, help) DTLS_SUITE_##id,
#include "suites.def"
#undef SUITE
  DTLS_SUITE_COUNT
};

/* Sets: bit i is that of the enum dtls_suite_id i. */
enum {
  DTLS_SUITES_DEFAULT = 1U << DTLS_SUITE_AES_128_CCM_8,
  DTLS_SUITES_ALL = (1U << DTLS_SUITE_COUNT) - 1,
};

struct dtls_suite {
  const char *name;
  int number; /* of IANA */
  size_t nonce_length, tag_length;
  uint32_t key_blocks; /* of AES, before a key's first record */
};

const struct dtls_suite *dtls_suite(enum dtls_suite_id id);

/* The set of the suite with this number of IANA; 0: it is unknown. */
unsigned dtls_suites_of(int number);

/* The numbers of a set, in the order of the table, to 0. */
const int *dtls_suite_numbers(unsigned set);

#endif
