/* The secure channel between UE and ApS: the kind of association that it is, whichever the lower
 * layer makes of its own key. */
#ifndef NODES_LIVE_CHANNEL_H
#define NODES_LIVE_CHANNEL_H

#include "../association/association.h"
#include "parties.h"

/* Sockets of a UE's or ApS's own: CoAP in clear, and the channels on the port behind. */
enum { CHANNEL_PORTS = 2 };

/* The options that were given, with the channel's kind chosen; `chosen` keeps them. */
void channel_choose(const struct option_values *given, enum bootstrap_channel channel,
                    struct option_values *chosen);

/* Whether it is a channel of nodes on sockets of UDP, at ports of their choice. */
bool channel_is_possible(enum bootstrap_channel channel);

/* What of --secure, --pull and --key does not go together; NULL: all does. */
const char *channel_fault(enum bootstrap_channel channel, const bool pulls[BOOTSTRAP_PULL_COUNT],
                          const struct party_keys *keys);

/* Whether the option has an effect on channels. */
bool channel_has_option(const struct option_row *option);

#endif
