/* A server of EAP-EDHOC and its peers, each with a credential of its own, made from fixed keys. */
#ifndef NODES_TESTS_EDHOC_EDHOC_PARTIES_H
#define NODES_TESTS_EDHOC_EDHOC_PARTIES_H

#include "edhoc/edhoc.h"
#include "edhoc/certify.h"

enum { PARTIES_PEERS_MAX = 64, PARTIES_CERTIFICATE_LENGTH = 290 };

#define PARTIES_ANONYMOUS "@example.test" /* an EAP identity for all peers */

enum parties_credential { PARTIES_KID, PARTIES_X5T, PARTIES_X5CHAIN };

struct parties_side {
  uint8_t private[EC_LENGTH];
  uint8_t buffer[EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX];
  struct edhoc_credential own;
  struct edhoc_credential known; /* what the other side holds of it: without the private key */
  struct edhoc_config config;    /* the test may change it */
};

/* Has pointers into itself: do not copy. */
struct parties {
  struct parties_side server, peers[PARTIES_PEERS_MAX];
  size_t peer_count;
  uint8_t root_private[EC_LENGTH];
  uint8_t root_der[CERTIFY_MAX];
  struct edhoc_certificate root;
};

struct parties_options {
  size_t peers;
  unsigned method;
  int32_t suite;
  enum parties_credential credential;
  size_t certificate_length; /* 0: PARTIES_CERTIFICATE_LENGTH */
};

/* Whether an EAP identity is that of all peers, or the subject of their certificates. */
bool parties_know(const uint8_t *identity, size_t length);

void parties_init(struct parties *parties, const struct parties_options *options);

#endif
