/* Opens what OSCORE protects in a run, by the second implementation (nodes/tests/second), with the
 * secrets of its log and what was said in clear: identities, and what CoAP-EAP_Info agrees on. */
#ifndef SIM_TESTS_PROOF_PROOF_OSCORE_H
#define SIM_TESTS_PROOF_PROOF_OSCORE_H

#include "proof_coap.h"
#include "proof_datagrams.h"

/* A run's OSCORE. */
struct proof_oscore {
  const struct proof_datagrams *datagrams;
  const struct proof_log *log;
  bool id_context;    /* is the identity */
  bool peer_client;   /* is CoAP client */
  unsigned suites[2]; /* else: what the peer expects, and what the authenticator uses */
  bool agreed;        /* suite and IDs are what CoAP-EAP_Info says (RFC 9820) */
};

/* `spec` is the resolved one. */
struct proof_oscore proof_oscore_of(const struct proof_datagrams *datagrams,
                                    const struct proof_log *log, const json_t *spec);

/* Decrypts the payload of `message`, which is all of `datagram`, into `plaintext`, which takes as
 * many octets without the `tag` that it has. False: no context of this peer opens it. */
bool proof_oscore_open(const struct proof_oscore *oscore, const struct proof_datagram *datagram,
                       const struct proof_message *message, uint8_t *plaintext, size_t *tag);

#endif
