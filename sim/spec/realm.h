/* AAA proxies and the realm that they route by, and re-authentication by ERP, whose keys it is the
 * domain of. */
#ifndef SIM_SPEC_REALM_H
#define SIM_SPEC_REALM_H

#include "eap/methods.h"
#include "spec.h"

/* Proxies on the way to the AAA server; 0 where there is no such server. */
size_t spec_proxies(const struct spec *spec);

/* The EAP method, in EAP_METHODS. */
const struct eap_methods_row *spec_method(const struct spec *spec);

/* Whether authentications after the first are by ERP. */
bool spec_has_erp(const struct spec *spec);

/* Whether peers bootstrap keys with application servers. */
bool spec_bootstraps(const struct spec *spec);

/* Whether peers ask each other's resources by ACE. */
bool spec_has_ace(const struct spec *spec);

/* Whether a peer, by its number, is a resource server: with ACE the first ones are, but that with
 * topology: five it is the second where it is behind the other (sim/cast/topology_draw_five.c). */
bool spec_is_resource_server(const struct spec *spec, size_t peer);

/* Whether the UEs are commissioned anew for another provider each time. */
bool spec_recommissions(const struct spec *spec);

/* Providers whose UEs peers become, one after another; 1 where there is no recommissioning. */
size_t spec_providers(const struct spec *spec);

/* The domain that keys of ERP are of, and names of EMSKs; never NULL. */
const char *spec_key_realm(const struct spec *spec);

/* The realm behind the peers' identities; NULL: they have none. */
const char *spec_realm(const struct spec *spec);

/* Octets of a peer's identity, with the realm where it has one. */
size_t spec_name_bytes(const struct spec *spec);

/* Static text: why nobody could be routed by that; NULL: all can. */
const char *spec_realm_refusal(const struct spec *spec);

#endif
