/* From settings to what the AAA server grants a user, and to the filter that an authenticator knows
 * by name. */
#ifndef NODES_LIVE_AUTHORIZATION_H
#define NODES_LIVE_AUTHORIZATION_H

#include "../aaa/grant.h"
#include "complaint.h"
#include "settings.h"

/* Filter rules in one text, with semicolons between them. */
struct authorization_rules {
  char *text; /* to be freed */
  const char *rules[AAA_GRANT_RULES_MAX];
  size_t count;
};

/* NULL: none. -1 where one is no rule, or there are too many, with a complaint; a rule that only
 * other authenticators can apply is one. Nothing is left to be freed then. */
NODE_MUST_CHECK int authorization_rules_read(struct authorization_rules *rules, const char *text,
                                             struct complaint *complaint);
void authorization_rules_free(struct authorization_rules *rules);

/* What is granted to one user; points into itself, and the settings. Zeroed memory is nothing. */
struct authorization {
  bool is_said;
  struct aaa_authorization granted;
  struct authorization_rules rules;
  uint8_t *saml;
};

/* -1 with a complaint; authorization_deinit is due all the same. */
NODE_MUST_CHECK int authorization_init(struct authorization *authorization,
                                       const struct settings_user *user,
                                       struct complaint *complaint);
void authorization_deinit(struct authorization *authorization);

#endif
