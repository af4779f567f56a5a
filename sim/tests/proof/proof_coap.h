/* What the octets of a CoAP message are for. */
#ifndef SIM_TESTS_PROOF_PROOF_COAP_H
#define SIM_TESTS_PROOF_PROOF_COAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROOF_OPTIONS_MAX = 32, PROOF_SPANS_MAX = 64, PROOF_OSCORE = 9, PROOF_EDHOC = 21 };

/* An option with its header: positions count from the message's first octet. */
struct proof_option {
  unsigned number;
  size_t position;
  size_t size;
  size_t value; /* position */
};

/* The parts of a message, or of what OSCORE encrypts (a message without header and token). */
struct proof_message {
  uint8_t code;
  size_t token;
  size_t option_count;
  struct proof_option options[PROOF_OPTIONS_MAX];
  size_t marker;  /* octets: 0 or 1 */
  size_t payload; /* position; the message's length where there is none */
  size_t length;
};

/* Row and length, in the order of the octets. */
struct proof_span {
  const char *row;
  size_t length;
};

struct proof_spans {
  size_t count;
  struct proof_span item[PROOF_SPANS_MAX];
};

/* RFC 7252 section 3. False where the octets are no CoAP message. */
bool proof_coap_parse(const uint8_t *data, size_t length, struct proof_message *message);

/* The same behind header and token: options, marker, payload, from `position` on. */
bool proof_coap_parse_body(const uint8_t *data, size_t length, size_t position,
                           struct proof_message *message);

const struct proof_option *proof_coap_find(const struct proof_message *message, unsigned number);

/* Rows of options and marker; `seqnum` is the option number of SeqNum, -1 where there is none. */
void proof_coap_options(const struct proof_message *message, long long seqnum,
                        struct proof_spans *spans);

/* The Content-Format, where it has one octet; else 0. */
unsigned proof_coap_format(const struct proof_message *message, const uint8_t *data);

/* The octets of a CBOR byte string with its head; 0: there is none. */
size_t proof_coap_string(const uint8_t *data, size_t length);

/* Rows of a payload in clear: of an authentication an EAP packet, or by its Content-Format messages
 * of EDHOC, or of ACE, but in other responses 4.xx and 5.xx words for people. False where it is no
 * EAP packet and should be one. */
bool proof_coap_payload(const struct proof_message *message, const uint8_t *data, bool application,
                        struct proof_spans *spans);

/* Rows of an EAP packet. False where it is none. */
bool proof_eap_rows(const uint8_t *eap, size_t length, struct proof_spans *spans);

void proof_spans_add(struct proof_spans *spans, const char *row, size_t length);
size_t proof_spans_length(const struct proof_spans *spans);

#endif
