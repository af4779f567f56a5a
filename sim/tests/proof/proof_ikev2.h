/* IKEv2 (RFC 7296) and ESP (RFC 4303): which payloads a message has, in clear and under protection,
 * and what is in a packet, opened with the keys that the log tells. */
#ifndef SIM_TESTS_PROOF_PROOF_IKEV2_H
#define SIM_TESTS_PROOF_PROOF_IKEV2_H

#include "proof_coap.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  PROOF_PAYLOADS_MAX = 24,
  PROOF_IKE_HEADER = 28,
  PROOF_IKE_MARKER = 4, /* zeros, where ESP is on the same port */
  PROOF_ESP_CLEAR = 8,  /* SPI and sequence number */
  PROOF_ESP_ICV = 8,
};

/* The payloads of a message, in their order. */
struct proof_payloads {
  size_t count;
  struct proof_payload {
    unsigned type;
    size_t length; /* with its header */
    bool inside;   /* an Encrypted payload, which stands before it */
  } item[PROOF_PAYLOADS_MAX];
};

/* A message, with the marker or without. */
bool proof_ikev2_is(const uint8_t *data, size_t length);

/* Octets of the marker: 4 or 0. */
size_t proof_ikev2_marker(const uint8_t *data);

/* The payloads in clear. False where they do not fill the message. */
bool proof_ikev2_parse(const uint8_t *data, size_t length, struct proof_payloads *payloads);

/* What the lines of a log (--log) tell: "ikev2_keys", "esp_keys". */
struct proof_ikev2;

struct proof_ikev2 *proof_ikev2_begin(const json_t *lines);
void proof_ikev2_end(struct proof_ikev2 *keys);

/* The rows of a message, and its payloads, those under protection among them. False: it does not
 * verify. */
bool proof_ikev2_rows(const struct proof_ikev2 *keys, const uint8_t *data, size_t length,
                      struct proof_payloads *payloads, struct proof_spans *spans);

/* A packet with the SPI of a key. */
bool proof_esp_is(const struct proof_ikev2 *keys, const uint8_t *data, size_t length);

/* Opens a packet into `plain`, which takes its length: a UDP segment, of which `*length_inside` is
 * the length, and `*iv` octets of IV were in the packet. False: it does not verify. */
bool proof_esp_open(const struct proof_ikev2 *keys, const uint8_t *data, size_t length,
                    uint8_t *plain, size_t *length_inside, size_t *iv);

#endif
