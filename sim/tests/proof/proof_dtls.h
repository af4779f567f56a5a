/* DTLS 1.2 (RFC 6347): records, handshake messages, and what TLS_PSK_WITH_AES_128_CCM_8, _CCM and
 * _GCM_SHA256 (RFC 4279, 5487, 6655, 7627) encrypt, opened with the pre-shared key and what the
 * handshake said in clear, of a session that is resumed (RFC 5246 section 7.3), too.
 * Handshake messages in fragments are not followed. */
#ifndef SIM_TESTS_PROOF_PROOF_DTLS_H
#define SIM_TESTS_PROOF_PROOF_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  PROOF_RECORDS_MAX = 16,
  PROOF_RECORD_HEADER = 13,
  PROOF_HANDSHAKE_HEADER = 12,
  PROOF_RECORD_NONCE = 8,
  PROOF_RECORD_TAG_MAX = 16,
  PROOF_PSK_MAX = 32,
};

enum proof_content {
  PROOF_CHANGE_CIPHER_SPEC = 20,
  PROOF_ALERT = 21,
  PROOF_HANDSHAKE = 22,
  PROOF_APPLICATION_DATA = 23,
};

/* Positions count from the first octet of the datagram. */
struct proof_record {
  unsigned type, epoch;
  uint64_t sequence;
  size_t position; /* of the header */
  size_t length;   /* behind the header */
};

/* A handshake message in clear, or inside a record that was opened. */
struct proof_handshake {
  unsigned type;
  size_t length; /* with its header */
};

struct proof_records {
  size_t count;
  struct proof_record item[PROOF_RECORDS_MAX];
  size_t handshake_count;
  struct proof_handshake handshake[PROOF_RECORDS_MAX];
};

/* By the first octet (RFC 7983): DTLS, or else CoAP. */
bool proof_dtls_is(const uint8_t *data, size_t length);

/* The records of a datagram, and the handshake messages of those in clear. False where they do not
 * fill it. */
bool proof_dtls_parse(const uint8_t *data, size_t length, struct proof_records *records);

/* The handshake messages that fill `data`, which is what a record of handshake carries. */
bool proof_dtls_handshakes(const uint8_t *data, size_t length, struct proof_records *records);

/* The ledger's row of a handshake message. */
const char *proof_dtls_row(unsigned type);

/* What one pair of ends has said in clear, and the keys that were found of it. */
struct proof_dtls;

struct proof_dtls *proof_dtls_begin(void);
void proof_dtls_end(struct proof_dtls *dtls);

/* Takes the handshake messages in clear of a datagram; `data` must outlive `dtls`. */
void proof_dtls_learn(struct proof_dtls *dtls, const uint8_t *data, size_t length);

/* Adds the keys of every handshake that was learnt, as they are with this pre-shared key. */
void proof_dtls_add_key(struct proof_dtls *dtls, const uint8_t *psk, size_t length);

/* The octets of a tag under these keys, as the ServerHello's cipher suite says. */
size_t proof_dtls_tag(const struct proof_dtls *dtls, size_t keys);

/* Decrypts an encrypted record of a datagram into `plain`, which takes its length. Returns the
 * number of the keys, from 1 on; 0 if its tag is not right under any of them. */
size_t proof_dtls_open(const struct proof_dtls *dtls, const uint8_t *data,
                       const struct proof_record *record, bool from_client, uint8_t *plain);

#endif
