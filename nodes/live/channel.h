/* The secure channel between UE and ApS: the kind of association that it is, whichever the lower
 * layer makes of its own key. */
#ifndef NODES_LIVE_CHANNEL_H
#define NODES_LIVE_CHANNEL_H

#include "../association/association.h"
#include "../bootstrap/channel.h"

/* Sockets of a UE's or ApS's own: CoAP in clear, and the channels on the port behind. */
enum { CHANNEL_PORTS = 2 };

/* The options that were given, with the channel's kind chosen; `chosen` keeps them. */
void channel_choose(const struct option_values *given, enum bootstrap_channel channel,
                    struct option_values *chosen);

/* Whether the option has an effect on channels. */
bool channel_has_option(const struct option_row *option);

#endif
