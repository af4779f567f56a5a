/* Members of a controller. */
#include "ace_member.h"

#include "controller.h"
#include "erp.h"

#include <string.h>

/* NULL, or what is missing. */
static const char *ace_member_lack(const struct settings *settings) {
  if (!settings_has(&settings->authenticator))
    return "--authenticator ADDRESS is needed: where the controller is";
  const char *wrong = credentials_check(&settings->self);
  if (wrong == NULL)
    wrong = controller_lower_fault(settings);
  return wrong == NULL ? erp_fault(settings, true) : wrong;
}

int ace_member_init(struct member *member, const struct settings *settings,
                    const struct report *report, struct complaint *complaint) {
  const char *lack = ace_member_lack(settings);
  return lack == NULL ? member_init(member, settings, report, complaint)
                      : complaint_set(complaint, "%s", lack);
}

int ace_member_begin(struct member *member, struct node *other,
                     const struct lower_listener *listener, struct erp_peer_config *erp) {
  const struct settings *settings = member->settings;
  struct lower_peer_config config = member_peer_config(member, listener);
  config.begins = settings->trigger;
  config.resumes = settings->resume;
  if (settings->realm != NULL) {
    *erp = (struct erp_peer_config){.realm = (const uint8_t *)settings->realm,
                                    .realm_length = strlen(settings->realm)};
    config.erp = erp;
    config.erp_begins = settings->erp_begins;
  }
  return member_begin(member, &config, other);
}
