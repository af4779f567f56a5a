/* The authorization server of ACE beside an authenticator, as it is configured; the log has an
 * event "token" for each that it gives or refuses. */
#ifndef NODES_LIVE_CONTROLLER_H
#define NODES_LIVE_CONTROLLER_H

#include "complaint.h"
#include "report.h"
#include "settings.h"

/* NULL, or what of the lower layer does not go with services of the authenticator. */
const char *controller_lower_fault(const struct settings *settings);

/* What a controller lacks, as a complaint; 0: nothing. */
NODE_MUST_CHECK int controller_check(const struct settings *settings, struct complaint *complaint);

struct controller {
  const struct settings *settings;
  const struct report *report;
  struct ace_authorization_server *server;
  struct lower_service service; /* what the authenticator is to be configured with */
};

/* Not to be moved afterwards; what it points to outlives it. False: it cannot be set up so. */
NODE_MUST_CHECK bool controller_init(struct controller *controller, const struct settings *settings,
                                     const struct report *report, const struct node_hooks *hooks);

/* Zeroed memory is allowed. */
void controller_deinit(struct controller *controller);

#endif
