/* Rest: nothing of ns-3's simulator is left to happen. */
#ifndef SIM_NS3_REST_H
#define SIM_NS3_REST_H

namespace sim {

/* Lets all that is under way come to its end. False if there is no end to it. */
bool come_to_rest();

/* Whether there is room behind the present event and time for another run: ns-3 numbers its events
 * with 32 bits, and counts nanoseconds with 63. */
bool has_room();

} // namespace sim

#endif
