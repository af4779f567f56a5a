/* Keys, credentials and certificates of EAP-EDHOC's simulated parties: real ones, the same in every
 * run, of the kind and size that the spec asks for; each peer has its own. */
#ifndef SIM_CAST_EDHOC_CREDENTIALS_H
#define SIM_CAST_EDHOC_CREDENTIALS_H

#include "edhoc/edhoc.h"
#include "spec/spec.h"

struct edhoc_credentials;

/* `domain`: static text, short; parties of another have other keys. Aborts where memory is short. A
 * spec that spec_refusal refuses is not for this. */
struct edhoc_credentials *edhoc_credentials_create(const struct spec *spec, const char *domain);

/* NULL is allowed. */
void edhoc_credentials_destroy(struct edhoc_credentials *credentials);

/* Belong to `credentials`. */
const struct edhoc_config *edhoc_credentials_server(const struct edhoc_credentials *credentials);
const struct edhoc_config *edhoc_credentials_peer(const struct edhoc_credentials *credentials,
                                                  size_t peer);

/* The subject of a peer's credential; belongs to `credentials`. */
const char *edhoc_credentials_subject(const struct edhoc_credentials *credentials, size_t peer);

/* Which peer's credential has this subject. False: none, and `*peer` says nothing. */
bool edhoc_credentials_find(const struct edhoc_credentials *credentials, const uint8_t *subject,
                            size_t length, size_t *peer);

/* Computes one of everything, so that runs forked from this process find libraries set up. */
void edhoc_credentials_warm_up(void);

#endif
