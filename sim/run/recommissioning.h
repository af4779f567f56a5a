/* Recommissioning (draft-ohba-core-eap-based-bootstrapping section 3): in each round of the story a
 * UE is commissioned by its manufacturer's credential, and from then on the UE of another provider,
 * for which it has a credential that is bound to that. One AAA proxy takes the AA's requests to the
 * AS of the realm in the UE's name, the manufacturer's or a provider's; a provider has its own AS
 * and its own application servers. */
#ifndef SIM_RUN_RECOMMISSIONING_H
#define SIM_RUN_RECOMMISSIONING_H

#include "bootstrapping.h"
#include "spec/realm.h"

struct recommissioning;

/* NULL: the spec asks for none. */
struct recommissioning *recommissioning_create(const struct run *run);
void recommissioning_destroy(struct recommissioning *recommissioning);

/* Whose an application server is: the number of its provider. */
size_t recommissioning_provider(const struct run *run, size_t server);

/* The AS of a provider. */
struct host *recommissioning_as(const struct run *run, size_t provider);

/* The domain of a provider, of its UEs' names and keys; valid for ever. */
const char *recommissioning_realm(size_t provider);

/* A round begins that is not the first, by the manufacturer's credential: the UE has forgotten all
 * of the former. And: the provider's authentication does, by the credential of this round. A
 * negative node_error: it cannot. */
NODE_MUST_CHECK int recommissioning_begin_round(struct host *host, size_t number, size_t round);
NODE_MUST_CHECK int recommissioning_take_credential(struct host *host, size_t number, size_t round);

/* The proxy of the AA, where it is this one. */
bool recommissioning_build_proxy(struct run *run, struct host *host);

#endif
