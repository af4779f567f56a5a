/* What rows of the table of settings are written with. */
#ifndef NODES_LIVE_SETTINGS_ROWS_H
#define NODES_LIVE_SETTINGS_ROWS_H

#include "settings.h"

#include <stddef.h>

#define SETTINGS_FIELD(name) .offset = offsetof(struct settings, name)
#define USER_FIELD(name) .of_user = true, .offset = offsetof(struct settings_user, name)
#define RANGE(least, most) .minimum = (least), .maximum = (most)
#define PORT(number) .minimum = (number)

enum { SETTINGS_BOOTSTRAP_MAX = 32, SETTINGS_IKE_MAX = 32, SETTINGS_ACE_MAX = 32 };

/* The rows of ue, aa, as and aps alone; at most SETTINGS_BOOTSTRAP_MAX. */
const struct setting *settings_bootstrap_rows(size_t *count);

/* The rows of ike; at most SETTINGS_IKE_MAX. */
const struct setting *settings_ike_rows(size_t *count);

/* The rows of controller, resource-server and client alone; at most SETTINGS_ACE_MAX. */
const struct setting *settings_ace_rows(size_t *count);

#endif
