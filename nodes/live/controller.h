/* The authorization server of ACE beside an authenticator, as it is configured. */
#ifndef NODES_LIVE_CONTROLLER_H
#define NODES_LIVE_CONTROLLER_H

#include "complaint.h"
#include "settings.h"

/* What a controller lacks, as a complaint; 0: nothing. */
NODE_MUST_CHECK int controller_check(const struct settings *settings, struct complaint *complaint);

/* Points into the settings; `hooks` must outlive it. NULL: it cannot be set up so. */
struct ace_authorization_server *controller_create(const struct settings *settings,
                                                   const struct node_hooks *hooks);

/* NULL, or what of the lower layer does not go with services of the authenticator. */
const char *controller_lower_fault(const struct settings *settings);

#endif
