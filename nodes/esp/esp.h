/* ESP (RFC 4303) with AES-CCM and tags of 8 octets, one Security Association a direction: explicit
 * IV (RFC 4309) or implicit (RFC 8750); sequence numbers of 32 bits, from 1 (no ESN); anti-replay
 * window of 64 (section 3.4.3). Padding to 4 octets, no more (section 2.4); no dummy packets are
 * sent (section 2.6), those that come are dropped.
 *
 * A packet: SPI 4, sequence number 4, [IV 8], payload, padding 01 02 .., pad length 1, next header
 * 1, ICV 8. AAD: SPI and sequence number. Nonce of 11: salt 3, then the IV; where that is implicit,
 * four zeros and the sequence number. The explicit IV is the sequence number likewise (RFC 4309
 * section 3.1 asks for no more than that it never comes again). */
#ifndef NODES_ESP_ESP_H
#define NODES_ESP_ESP_H

#include "../node.h"

enum {
  ESP_HEADER_LENGTH = 8,
  ESP_IV_LENGTH = 8,
  ESP_ICV_LENGTH = 8,
  ESP_KEY_LENGTH = 16,
  ESP_SALT_LENGTH = 3,
  ESP_WINDOW = 64,
  ESP_SPI_LEAST = 256,              /* 1 to 255 are reserved (section 2.1) */
  ESP_NEXT_HEADER_NONE = 59,        /* of dummy packets */
  ESP_OVERHEAD_MAX = 8 + 8 + 5 + 8, /* over the payload */
};

/* A Security Association of one direction. Zeroed memory is none. Wiped by its owner. */
struct esp_sa {
  uint32_t spi;
  bool implicit_iv;
  uint8_t key[ESP_KEY_LENGTH];
  uint8_t salt[ESP_SALT_LENGTH];
  uint32_t sequence; /* of the last packet: sent, or the highest that has verified */
  uint64_t window;   /* received: bit i: sequence - i has come */
};

/* A new one. NODE_ERR_BAD_CONFIG: a reserved SPI. */
NODE_MUST_CHECK int esp_sa_init(struct esp_sa *sa, uint32_t spi, bool implicit_iv,
                                const uint8_t key[ESP_KEY_LENGTH],
                                const uint8_t salt[ESP_SALT_LENGTH]);

/* Whether a packet has this SPI. */
bool esp_is_of(const struct esp_sa *sa, const uint8_t *data, size_t length);

/* Protects a payload of this next header into a packet, which is written to the datagram (data,
 * length, spans; not protocol, addresses, label). `spans` are the rows of the payload. Takes the
 * next sequence number. NODE_ERR_TOO_LONG, NODE_ERR_EXHAUSTED (no sequence number is left: section
 * 3.3.3), NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int esp_protect(struct esp_sa *sa, const struct node_hooks *hooks,
                                uint8_t next_header, const uint8_t *payload, size_t length,
                                const struct span_list *spans, struct node_datagram *datagram);

/* A verified payload, in the caller's buffer of at least as many octets as the packet has. */
struct esp_payload {
  uint8_t next_header;
  uint8_t *octets;
  size_t length;
};

/* Verifies a packet and moves the window. NODE_ERR_MALFORMED (too short, or padding that is not 01
 * 02 ..), NODE_ERR_UNKNOWN (another SPI), NODE_ERR_REPLAY (before anything is decrypted, and
 * after), NODE_ERR_VERIFY (nothing is changed), NODE_ERR_CRYPTO. `buffer` may not overlap `data`.
 */
NODE_MUST_CHECK int esp_unprotect(struct esp_sa *sa, const struct node_hooks *hooks,
                                  const uint8_t *data, size_t length, uint8_t *buffer,
                                  struct esp_payload *payload);

#endif
