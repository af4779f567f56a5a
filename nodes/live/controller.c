/* From settings to the authorization server. */
#include "controller.h"

#include "clock.h"

#include <string.h>

const char *controller_lower_fault(const struct settings *settings) {
  return settings_lower(settings)->peer_call == NULL
             ? "--lower-layer: only coap-eap and coap-eap-rfc9820 bring requests to the controller"
             : NULL;
}

static bool is_audience(const struct ace_audiences *audiences, const char *name) {
  for (size_t i = 0; i < audiences->count; i++)
    if (strcmp(audiences->list[i].name, name) == 0)
      return true;
  return false;
}

int controller_check(const struct settings *settings, struct complaint *complaint) {
  const struct ace_values *ace = &settings->ace;
  const char *fault = controller_lower_fault(settings);
  if (fault != NULL)
    return complaint_set(complaint, "%s", fault);
  if (ace->audiences.count == 0)
    return complaint_set(complaint, "--audience NAME=IDENTITY[:PORT] is needed: a resource server");
  for (size_t i = 0; i < ace->rules.count; i++)
    if (!is_audience(&ace->audiences, ace->rules.list[i].audience))
      return complaint_set(complaint, "--allow: there is no --audience \"%s\"",
                           ace->rules.list[i].audience);
  return 0;
}

struct ace_authorization_server *controller_create(const struct settings *settings,
                                                   const struct node_hooks *hooks) {
  const struct ace_values *ace = &settings->ace;
  const struct ace_authorization_server_config config = {
      .audiences = ace->audiences.list,
      .audience_count = ace->audiences.count,
      .rules = ace->rules.list,
      .rule_count = ace->rules.count,
      .profile = (enum ace_profile)ace->profile,
      .scope_form = (enum ace_scope_form)ace->scope_form,
      .lifetime_s = (uint32_t)ace->token_lifetime_s,
      .says_lifetime = ace->says_lifetime,
      .names_audience = ace->names_audience,
      .epoch_s = clock_epoch_s(),
  };
  return ace_authorization_server_create(&config, hooks);
}
