/* What octets, time and computing were for: a phase, and whether a peer went through it for the
 * first time or again. */
#ifndef SIM_ACCOUNT_CAUSE_H
#define SIM_ACCOUNT_CAUSE_H

#include "node.h"

enum turn { TURN_FIRST, TURN_AGAIN, TURN_COUNT };

struct cause {
  enum node_phase phase;
  enum turn turn;
};

#endif
