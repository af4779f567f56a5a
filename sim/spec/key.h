/* The identity of a run. */
#ifndef SIM_SPEC_KEY_H
#define SIM_SPEC_KEY_H

#include "spec.h"

enum { SPEC_KEY_LENGTH = 32 };

/* As SPEC_KEY_LENGTH hexadecimal digits: the hash of every key that applies, of the platform's
 * figures, of the code and of its libraries. */
void spec_key(const struct spec *spec, char key[SPEC_KEY_LENGTH + 1]);

/* Calls `take` with the keys of so many runs that differ in the seed alone: it is that of the spec
 * for the first, and one more for each that follows. */
void spec_keys(const struct spec *spec, unsigned seeds,
               void (*take)(void *context, const char key[SPEC_KEY_LENGTH + 1]), void *context);

#endif
