/* What --help says of a role, beside its options. */
#ifndef NODES_LIVE_ROLE_DOCS_H
#define NODES_LIVE_ROLE_DOCS_H

#include "settings.h"

/* As argp has it: what stands before the options, a vertical tab, and what stands behind them. */
const char *role_doc(enum settings_role role);

#endif
