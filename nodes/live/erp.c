/* Re-authentication by ERP, as it is asked for. */
#include "erp.h"

#include "../eap/erp.h"

#include <string.h>

const char *erp_realm_fault(const struct settings *settings) {
  return erp_realm_length_fault(settings->realm);
}

const char *erp_realm_length_fault(const char *realm) {
  return realm != NULL && (realm[0] == '\0' || strlen(realm) > ERP_REALM_MAX)
             ? "a realm has 1 to 236 octets"
             : NULL;
}

const char *erp_fault(const struct settings *settings, bool peer) {
  const struct lower_layer *lower = settings_lower(settings);
  if (settings->realm == NULL)
    return settings->erp_begins ? "--erp-begins needs --realm" : NULL;
  if (lower->reauthenticates == NULL)
    return "--realm: this lower layer does not re-authenticate by ERP";
  const char *fault = erp_realm_fault(settings);
  if (fault == NULL)
    fault = lower->reauthenticates(&settings->options, peer && settings->erp_begins);
  return fault;
}
