/* The identity of a run. */
#ifndef SIM_SPEC_KEY_H
#define SIM_SPEC_KEY_H

#include "spec.h"

enum { SPEC_KEY_LENGTH = 32 };

/* As SPEC_KEY_LENGTH hexadecimal digits: the hash of every key that applies, of the platform's
 * figures, of the code and of its libraries. */
void spec_key(const struct spec *spec, char key[SPEC_KEY_LENGTH + 1]);

#endif
