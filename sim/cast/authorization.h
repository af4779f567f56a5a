/* What the AAA server grants the peers, and the filters that the authenticator knows by name, as
 * the spec asks for. */
#ifndef SIM_CAST_AUTHORIZATION_H
#define SIM_CAST_AUTHORIZATION_H

#include "aaa/grant.h"
#include "spec/spec.h"

struct authorization;

/* Aborts where memory is short. */
struct authorization *authorization_create(const struct spec *spec);
void authorization_destroy(struct authorization *authorization);

/* Of every peer; NULL: nothing is said of it. Both belong to `authorization`. */
const struct aaa_authorization *authorization_granted(const struct authorization *authorization);
const struct aaa_filter *authorization_filters(const struct authorization *authorization,
                                               size_t *count);

#endif
