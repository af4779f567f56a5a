/* From the cipher suite that an AAA server names to the association that has it. */
#ifndef NODES_LOWER_SUITE_H
#define NODES_LOWER_SUITE_H

#include "../aaa/cipher_suite.h"
#include "../association/association.h"

/* Whose suites an Access-Accept may name where associations are of this kind. */
enum aaa_suite_kind lower_suite_kind(const struct association_kind *kind);

/* Has an association be made with the suite that is named, which is known and of its kind; else as
 * its options say. */
void lower_suite_set(const struct aaa_cipher_suite *named, struct association_config *config);

#endif
