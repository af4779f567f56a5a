/* What command lines and files say of re-authentication by ERP. */
#ifndef NODES_LIVE_ERP_H
#define NODES_LIVE_ERP_H

#include "settings.h"

/* Static text: why the realm of re-authentication is none; NULL: it is one, or there is none. */
const char *erp_realm_fault(const struct settings *settings);

/* The same of another realm; NULL: there is none. */
const char *erp_realm_length_fault(const char *realm);

/* Static text: why the lower layer cannot re-authenticate so, at a peer or an authenticator; NULL:
 * it can, or is not to. */
const char *erp_fault(const struct settings *settings, bool peer);

#endif
