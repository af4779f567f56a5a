/* Parties: whose costs are counted together, and who has a device of its own. */
#ifndef SIM_SPEC_PARTY_H
#define SIM_SPEC_PARTY_H

enum party {
#define PARTY(id, name, device, help) PARTY_##id,
#include "parties.def"
#undef PARTY
  PARTY_COUNT
};

#endif
