/* DTLS records, as far as they can be read without keys. */
#include "fuzz.h"

#include <string.h>

#include "dtls/dtls.h"
#include "dtls/record.h"

const unsigned FUZZ_ROUNDS = 300000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *at = data, *part;
  struct dtls_record record;
  bool begins;
  while (dtls_record_next(&at, data + size, &record))
    fuzz_claim(record.body + record.length == at && at <= data + size,
               "a record is in its datagram");
  const size_t whole = dtls_record_whole(data, size);
  fuzz_claim(whole == (size_t)(at - data), "records are counted");
  const size_t length = dtls_record_protected(data, size, &part);
  fuzz_claim(part >= data && part + length <= data + size, "what is protected is in its datagram");
  const size_t first = dtls_record_first(data, size);
  fuzz_claim(first <= size && (first == size || dtls_record_whole(data, first) == first),
             "the first records are whole, or all");
  fuzz_either(dtls_record_cuts_hello(data, size));
  const enum dtls_message message = dtls_record_message(data, size, &begins);
  fuzz_claim(message < DTLS_MESSAGE_COUNT && strlen(dtls_record_label(message)) > 0,
             "each datagram has a name");
  size_t named = 0;
  const uint8_t *const identity = dtls_record_identity(data, size, &named);
  fuzz_claim(identity == NULL || (named > 0 && named <= NODE_IDENTITY_MAX && identity > data &&
                                  named <= (size_t)(data + size - identity)),
             "an identity is in its datagram");
  (void)dtls_is_application_data(data, size);
  fuzz_accepted = size > 0 && whole == size;
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  static const struct {
    size_t size;
    uint8_t data[80];
  } seeds[] = {
      /* ChangeCipherSpec and a protected record behind it */
      {14 + 13 + 17, {20, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1,
                      22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17}},
      /* alert */
      {15, {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 2, 40}},
      /* application data */
      {13 + 17, {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 3, 0, 17}},
      /* ClientHello with a cookie of 4 octets */
      {13 + 12 + 34 + 1 + 5,
       {22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0,  0,    52,   1,
        0,  0,    40,   0, 0, 0, 0, 0, 0, 0, 40, 0xfe, 0xfd, [13 + 12 + 34] = 0,
        4,  1,    2,    3, 4}},
      /* ClientKeyExchange with an identity of 2 octets */
      {13 + 12 + 4, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16,  16, 0,
                     0,  4,    0,    2, 0, 0, 0, 0, 0, 4, 0, 2, 'u', 'e'}},
      /* a later fragment */
      {13 + 12 + 3, {22, 0xfe, 0xfd, 0, 0, 0, 0, 0,  0, 0, 0, 0, 15, 2,
                     0,  0,    40,   0, 1, 0, 0, 37, 0, 0, 3, 1, 2,  3}},
  };
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
    take(seeds[i].data, seeds[i].size);
}
