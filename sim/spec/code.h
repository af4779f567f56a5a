/* What made a result: the hash of this code and the versions of the libraries that it runs on. */
#ifndef SIM_SPEC_CODE_H
#define SIM_SPEC_CODE_H

#include <jansson.h>

/* SHA-256 over the sources of nodes/ and sim/, hexadecimal, set at build time. */
const char *code_hash(void);

struct code_library {
  const char *name;
  const char *(*version)(void);
};

/* Ends with a NULL name. */
const struct code_library *code_libraries(void);

/* {"hash": ..., "ns-3": ..., ...}; the caller owns it. */
json_t *code_to_json(void);

#endif
