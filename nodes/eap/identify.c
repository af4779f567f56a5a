/* From the names of a credential to a user. */
#include "identify.h"

#include <string.h>

bool eap_identity_is_anonymous(const uint8_t *identity, size_t length) {
  static const char anonymous[] = "anonymous@";
  const size_t prefix = sizeof anonymous - 1;
  return length > 0 &&
         (identity[0] == '@' || (length >= prefix && memcmp(identity, anonymous, prefix) == 0));
}

/* Whether this user may prove itself as the one that began may. A credential that the configuration
 * holds (`known`) is of that one alone, whatever its names. */
static bool shares_trust(const struct eap_server *server, const struct eap_user *user, bool known) {
  const struct eap_server_method *began = &server->user->methods[server->method];
  if (user == server->user)
    return true;
  for (size_t i = 0; !known && i < user->method_count; i++)
    if (user->methods[i].method == began->method &&
        began->method->naming->shares(&began->credential, &user->methods[i].credential))
      return true;
  return false;
}

/* The first of the credential's names that is a user's. */
static bool identify_by_name(struct eap_server *server, bool known) {
  const struct eap_server_config *config = server->config;
  struct eap_name name;
  for (size_t i = 0; server->running->naming->name(server->state, i, &name); i++) {
    if (eap_identity_is_anonymous(name.octets, name.length))
      continue; /* it is no one's */
    const struct eap_user *user = config->lookup(config->context, name.octets, name.length);
    if (user == NULL || !shares_trust(server, user, known))
      continue;
    server->user = user;
    server->name = name;
    return true;
  }
  return false;
}

const char *eap_server_identify(struct eap_server *server) {
  const struct eap_naming *naming = server->running->naming;
  const struct eap_name *claimed = &server->name;
  const bool known = naming->is_known(server->state);
  const bool anonymous = eap_identity_is_anonymous(claimed->octets, claimed->length);
  if (known && (!anonymous || !server->user->many))
    return NULL;
  if (anonymous)
    return identify_by_name(server, known) || known ? NULL : "credential names no user";
  return naming->is_named(server->state, claimed->octets, claimed->length)
             ? NULL
             : "credential names another user";
}
