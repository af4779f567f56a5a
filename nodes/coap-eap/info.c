/* The map CoAP-EAP_Info. */
#include "info.h"

#include "../cbor/reader.h"
#include "../cbor/writer.h"
#include "../eap/packet.h"

#include <assert.h>
#include <string.h>

/* Its keys (IANA, "CoAP-EAP Information Elements"). */
enum { KEY_CIPHER_SUITE = 1, KEY_RID_C = 2, KEY_RID_I = 3, KEY_SESSION_LIFETIME = 4 };

/* Arrays of cipher suites */

void coap_eap_suites_set(struct coap_eap_suites *suites, const int32_t *numbers, size_t count) {
  struct span_writer writer;
  span_writer_init(&writer, suites->octets, sizeof suites->octets, NULL);
  if (count > 0)
    cbor_put_array(&writer, count);
  for (size_t i = 0; i < count; i++)
    cbor_put_int(&writer, numbers[i]);
  assert(!writer.overflow);
  suites->length = writer.length;
}

bool coap_eap_suites_get(const struct coap_eap_suites *suites, size_t place, int32_t *number) {
  struct cbor_reader reader;
  size_t count;
  cbor_reader_init(&reader, suites->octets, suites->length);
  if (cbor_get_array(&reader, &count) < 0 || place >= count)
    return false;
  for (size_t i = 0; i <= place; i++)
    if (cbor_get_int(&reader, number) < 0)
      return false;
  return true;
}

/* Composing */

static void put_id(struct span_writer *out, bool present, size_t key,
                   const struct association_id *id) {
  if (!present)
    return;
  cbor_put_uint(out, key);
  cbor_put_bytes(out, id->bytes, id->length);
}

void coap_eap_info_compose(const struct coap_eap_info *info, struct span_writer *out) {
  uint8_t map[COAP_EAP_INFO_MAX];
  struct span_writer writer;
  const size_t pairs =
      (size_t)(info->suites.length > 0) + info->has_rid_c + info->has_rid_i + info->has_lifetime;
  if (pairs == 0)
    return;
  span_writer_init(&writer, map, sizeof map, NULL);
  cbor_put_map(&writer, pairs);
  if (info->suites.length > 0) {
    cbor_put_uint(&writer, KEY_CIPHER_SUITE);
    cbor_put_encoded(&writer, info->suites.octets, info->suites.length);
  }
  put_id(&writer, info->has_rid_c, KEY_RID_C, &info->rid_c);
  put_id(&writer, info->has_rid_i, KEY_RID_I, &info->rid_i);
  if (info->has_lifetime) {
    cbor_put_uint(&writer, KEY_SESSION_LIFETIME);
    cbor_put_uint(&writer, info->lifetime_s);
  }
  assert(!writer.overflow);
  span_writer_put(out, ROW_COAP_EAP_INFO, map, writer.length);
}

/* Parsing */

static int read_suites(struct cbor_reader *reader, struct coap_eap_suites *suites) {
  const size_t start = reader->offset;
  size_t count;
  int32_t number;
  int error = cbor_get_array(reader, &count);
  if (error == 0 && count == 0)
    error = NODE_ERR_MALFORMED;
  for (size_t i = 0; error == 0 && i < count; i++)
    error = cbor_get_int(reader, &number);
  const size_t length = reader->offset - start;
  if (error == 0 && length > sizeof suites->octets)
    error = NODE_ERR_TOO_LONG;
  if (error == 0) {
    memcpy(suites->octets, reader->data + start, length);
    suites->length = length;
  }
  return error;
}

static int read_id(struct cbor_reader *reader, struct association_id *id) {
  const uint8_t *bytes;
  const int error = cbor_get_bytes(reader, &bytes, &id->length);
  if (error < 0)
    return error;
  if (id->length > sizeof id->bytes)
    return NODE_ERR_MALFORMED;
  memcpy(id->bytes, bytes, id->length);
  return 0;
}

static int read_lifetime(struct cbor_reader *reader, uint32_t *lifetime_s) {
  uint64_t value;
  const int error = cbor_get_uint(reader, &value);
  *lifetime_s = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
  return error;
}

static int read_element(struct cbor_reader *reader, uint64_t key, struct coap_eap_info *info) {
  switch (key) {
  case KEY_CIPHER_SUITE:
    return read_suites(reader, &info->suites);
  case KEY_RID_C:
    info->has_rid_c = true;
    return read_id(reader, &info->rid_c);
  case KEY_RID_I:
    info->has_rid_i = true;
    return read_id(reader, &info->rid_i);
  case KEY_SESSION_LIFETIME:
    info->has_lifetime = true;
    return read_lifetime(reader, &info->lifetime_s);
  default:
    return cbor_skip(reader);
  }
}

enum { CBOR_MAP_MAJOR = 5 }; /* no EAP packet begins with one */

enum { PAIRS_MAX = 32 }; /* more than a map of ours and what is to be registered could have */

int coap_eap_info_parse(const uint8_t *data, size_t length, struct coap_eap_info *info) {
  struct cbor_reader reader;
  uint64_t keys[PAIRS_MAX];
  size_t pairs;
  *info = (struct coap_eap_info){.lifetime_s = 0};
  if (length == 0)
    return 0;
  cbor_reader_init(&reader, data, length);
  int error = cbor_get_map(&reader, &pairs);
  if (error == 0 && pairs > PAIRS_MAX)
    error = NODE_ERR_MALFORMED;
  for (size_t i = 0; error == 0 && i < pairs; i++) {
    error = cbor_get_uint(&reader, &keys[i]);
    for (size_t j = 0; error == 0 && j < i; j++)
      if (keys[j] == keys[i])
        error = NODE_ERR_MALFORMED;
    if (error == 0)
      error = read_element(&reader, keys[i], info);
  }
  return error == 0 && cbor_next(&reader) != CBOR_END ? NODE_ERR_MALFORMED : error;
}

int coap_eap_info_split(const uint8_t *payload, size_t length, size_t *eap_length,
                        struct coap_eap_info *info) {
  *eap_length = 0;
  if (length > 0 && payload[0] >> 5 == CBOR_MAP_MAJOR)
    return coap_eap_info_parse(payload, length, info);
  if (length < EAP_HEADER_LENGTH)
    return NODE_ERR_MALFORMED;
  *eap_length = (size_t)payload[2] << 8 | payload[3];
  if (*eap_length < EAP_HEADER_LENGTH || *eap_length > length)
    return NODE_ERR_MALFORMED;
  return coap_eap_info_parse(payload + *eap_length, length - *eap_length, info);
}

void coap_eap_info_digest(const struct coap_eap_info *info, struct digest *digest) {
  digest_octets(digest, info->suites.octets, info->suites.length);
  digest_octets(digest, info->rid_c.bytes, info->rid_c.length);
  digest_octets(digest, info->rid_i.bytes, info->rid_i.length);
  digest_u64(digest, info->lifetime_s);
}
