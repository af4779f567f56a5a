/* Names and keys of the simulated parties, of the lengths that the spec asks for, and the EAP
 * configurations that use them. */
#ifndef SIM_CAST_IDENTITIES_H
#define SIM_CAST_IDENTITIES_H

#include "eap/erp_peer.h"
#include "eap/erp_server.h"
#include "eap/peer.h"
#include "eap/server.h"
#include "spec/spec.h"

struct identities;

/* For access to the network. Aborts where memory is short. */
struct identities *identities_create(const struct spec *spec);

/* The same for applications alone, of the same lengths, with other keys. */
struct identities *identities_create_for_applications(const struct spec *spec);
void identities_destroy(struct identities *identities);

/* What a peer answers to Identity and proves itself with; belongs to `identities`. */
const struct eap_peer_config *identities_peer(const struct identities *identities, size_t peer);

/* The users of the EAP server; belongs to `identities`. */
/* Who a peer is to its authenticator once it has proved itself, where the run asks for that
 * (spec_has_ace); belongs to `identities`. */
struct identities_name {
  const uint8_t *octets;
  size_t length;
};
struct identities_name identities_proved(const struct identities *identities, size_t peer);

/* EDHOC of a peer, and of whoever knows them all; NULL with EAP-PSK. */
const struct edhoc_config *identities_peer_edhoc(const struct identities *identities, size_t peer);
const struct edhoc_config *identities_server_edhoc(const struct identities *identities);

/* How peers keep keys for re-authentication; NULL: they do not. The server's is in
 * identities_server. */
const struct erp_peer_config *identities_erp(const struct identities *identities);

/* What a UE keeps of its authentication, where these serve applications: the server keeps it, too.
 */
const struct erp_peer_config *identities_bootstrap(const struct identities *identities);

const struct eap_server_config *identities_server(const struct identities *identities);

#endif
