/* Maps of CBOR whose keys are small integers, as ACE, CWT and COSE have them. Private to this
 * folder. */
#ifndef NODES_ACE_MAP_H
#define NODES_ACE_MAP_H

#include "../cbor/reader.h"

/* Reads the value that `reader` is at, all of it, of a key; one that it does not know it passes
 * over, with cbor_skip. Any error ends the reading. */
typedef int ace_map_take(void *context, int32_t key, struct cbor_reader *reader);

/* Reads a map and hands each value to `take`, in the order that they come in. Keys that are no
 * integers of 32 bits are passed over with their values. NODE_ERR_MALFORMED, also: a key of
 * ACE_MAP_KEY_MIN to ACE_MAP_KEY_MAX stands twice. */
enum { ACE_MAP_KEY_MIN = -16, ACE_MAP_KEY_MAX = 47 };
NODE_MUST_CHECK int ace_map_read(struct cbor_reader *reader, ace_map_take *take, void *context);

/* The same of octets that are one map, and nothing else. */
NODE_MUST_CHECK int ace_map_read_whole(const uint8_t *octets, size_t length, ace_map_take *take,
                                       void *context);

/* A byte string of `least` to `most` octets, in place or copied to `bytes` that has room for
 * `most`.
 */
NODE_MUST_CHECK int ace_map_bytes(struct cbor_reader *reader, size_t least, const uint8_t **bytes,
                                  size_t *length);
NODE_MUST_CHECK int ace_map_copy_bytes(struct cbor_reader *reader, size_t least, size_t most,
                                       uint8_t *bytes, size_t *length);

#endif
