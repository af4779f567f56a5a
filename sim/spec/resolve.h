/* What a specification has from elsewhere: of a file that it names, or of another key. */
#ifndef SIM_SPEC_RESOLVE_H
#define SIM_SPEC_RESOLVE_H

#include "spec.h"

/* Sets `method`, where it is not given, to what a lower layer without EAP takes. With topology:
 * file, reads the file of links: sets links_sha256 and peers to what it is and has; with five, sets
 * peers to those that it has. Makes the
 * devices, as spec_resolve_devices. `object` is what the specification was read from. False with
 * `error` where a file cannot be used, or is not what the specification says that it is. */
bool spec_resolve(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]);

/* Makes the devices of the parties from the files of platforms and crypto profiles, and fills in
 * the keys of their figures; figures that `object` gives (NULL: it gives none) count in place of
 * those of the files, which are not read then. False with `error`, which begins with the key. */
bool spec_resolve_devices(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]);

#endif
