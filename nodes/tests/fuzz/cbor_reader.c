/* The CBOR reader: every way to read the next item, and a walk over all of them. */
#include "fuzz.h"

#include <string.h>

#include "cbor/reader.h"
#include "edhoc/ead.h"
#include "edhoc/identifier.h"
#include "edhoc/suite.h"

const unsigned FUZZ_ROUNDS = 100000;

/* After an error a reader stays, else it has moved on and is within its octets. */
static bool moved(const struct cbor_reader *before, const struct cbor_reader *after, int error) {
  fuzz_claim(error == 0 || after->offset == before->offset, "an error leaves the reader");
  fuzz_claim(after->offset <= after->length, "the reader stays within");
  fuzz_claim(error != 0 || after->offset > before->offset, "what was read is behind");
  return error == 0;
}

static void try_string(struct cbor_reader reader,
                       int (*get)(struct cbor_reader *, const uint8_t **, size_t *)) {
  const struct cbor_reader before = reader;
  const uint8_t *bytes = NULL;
  size_t length = 0;
  if (!moved(&before, &reader, get(&reader, &bytes, &length)))
    return;
  fuzz_claim(bytes >= before.data && length <= before.length &&
                 bytes + length == before.data + reader.offset,
             "a string is what was read");
}

static void try_each(const struct cbor_reader *at) {
  struct cbor_reader reader = *at;
  int32_t number;
  size_t count;
  bool flag;
  (void)moved(at, &reader, cbor_get_int(&reader, &number));
  reader = *at;
  (void)moved(at, &reader, cbor_get_bool(&reader, &flag));
  reader = *at;
  if (moved(at, &reader, cbor_get_array(&reader, &count)))
    fuzz_claim(count <= reader.length - reader.offset, "an array's items have octets");
  reader = *at;
  if (moved(at, &reader, cbor_get_map(&reader, &count)))
    fuzz_claim(2 * count <= reader.length - reader.offset, "a map's pairs have octets");
  try_string(*at, cbor_get_bytes);
  try_string(*at, cbor_get_text);
  try_string(*at, edhoc_identifier_get);
}

/* What else reads lists of CBOR. */
static void try_lists(const struct cbor_reader *at) {
  struct cbor_reader reader = *at;
  struct edhoc_suites suites;
  struct edhoc_ead item;
  fuzz_either(edhoc_suites_get(&reader, &suites) == 0);
  reader = *at;
  fuzz_either(edhoc_ead_get(&reader, &item) == 0);
  fuzz_either(edhoc_ead_check(*at) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, data, size);
  for (;;) {
    const struct cbor_reader before = reader;
    try_each(&reader);
    try_lists(&reader);
    if (!moved(&before, &reader, cbor_skip(&reader)))
      break;
  }
  fuzz_accepted = cbor_next(&reader) == CBOR_END;
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  static const struct {
    size_t size;
    uint8_t data[32];
  } seeds[] = {
      {0, {0}},
      {8, {0x00, 0x17, 0x18, 0x18, 0x19, 0x01, 0x00, 0x20}},
      {10, {0x1a, 0x7f, 0xff, 0xff, 0xff, 0x3a, 0x7f, 0xff, 0xff, 0xff}},
      {9, {0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
      {7, {0x43, 1, 2, 3, 0x62, 'a', 'b'}},
      {26, {0x58, 24, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
            12,   13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24}},
      {9, {0x83, 0x01, 0x82, 0x02, 0x03, 0xa1, 0x04, 0x41, 0x2b}},
      {8, {0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x00}},
      {4, {0xf4, 0xf5, 0xf6, 0x40}},
      {4, {0xc1, 0x00, 0xc2, 0x40}},
  };
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
    take(seeds[i].data, seeds[i].size);
}
