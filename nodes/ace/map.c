/* Maps of CBOR whose keys are small integers. */
#include "map.h"

#include <string.h>

/* Remembers a key. False: it was there before. */
static bool map_key_is_new(uint64_t *seen, int32_t key) {
  if (key < ACE_MAP_KEY_MIN || key > ACE_MAP_KEY_MAX)
    return true;
  const uint64_t bit = UINT64_C(1) << (key - ACE_MAP_KEY_MIN);
  const bool is_new = (*seen & bit) == 0;
  *seen |= bit;
  return is_new;
}

static int map_pass_over(struct cbor_reader *reader) {
  const int error = cbor_skip(reader); /* the key */
  return error != 0 ? error : cbor_skip(reader);
}

int ace_map_read(struct cbor_reader *reader, ace_map_take *take, void *context) {
  size_t pairs;
  uint64_t seen = 0;
  int error = cbor_get_map(reader, &pairs);
  for (size_t i = 0; error == 0 && i < pairs; i++) {
    int32_t key;
    if (cbor_get_int(reader, &key) != 0)
      error = map_pass_over(reader);
    else
      error = map_key_is_new(&seen, key) ? take(context, key, reader) : NODE_ERR_MALFORMED;
  }
  return error;
}

int ace_map_read_whole(const uint8_t *octets, size_t length, ace_map_take *take, void *context) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, octets, length);
  const int error = ace_map_read(&reader, take, context);
  if (error != 0)
    return error;
  return cbor_next(&reader) == CBOR_END ? 0 : NODE_ERR_MALFORMED;
}

int ace_map_bytes(struct cbor_reader *reader, size_t least, const uint8_t **bytes, size_t *length) {
  const int error = cbor_get_bytes(reader, bytes, length);
  return error == 0 && *length < least ? NODE_ERR_MALFORMED : error;
}

int ace_map_copy_bytes(struct cbor_reader *reader, size_t least, size_t most, uint8_t *bytes,
                       size_t *length) {
  const uint8_t *octets;
  size_t count;
  const int error = ace_map_bytes(reader, least, &octets, &count);
  if (error != 0)
    return error;
  if (count > most)
    return NODE_ERR_MALFORMED;
  if (count > 0)
    memcpy(bytes, octets, count);
  *length = count;
  return 0;
}
