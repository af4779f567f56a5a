/* What a specification has from elsewhere: of a file that it names. */
#ifndef SIM_SPEC_RESOLVE_H
#define SIM_SPEC_RESOLVE_H

#include "spec.h"

/* With topology: file, reads the file of links: sets links_sha256 and peers to what it is and has.
 * `object` is what the specification was read from. False with `error` where the file cannot be
 * used, or is not what the specification says that it is. */
bool spec_resolve(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]);

#endif
