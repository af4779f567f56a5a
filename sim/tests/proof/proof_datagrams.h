/* The datagrams of a run: which frames carried which, and what their octets are for. */
#ifndef SIM_TESTS_PROOF_PROOF_DATAGRAMS_H
#define SIM_TESTS_PROOF_PROOF_DATAGRAMS_H

#include "proof_air.h"
#include "proof_log.h"

enum { PROOF_ID_MAX = 2 + 8, PROOF_CONTENT = 32 };

/* All datagrams of equal octets between the same two ends, whether or not they were on the air. */
struct proof_datagram {
  unsigned from, to;
  const uint8_t *payload; /* of a frame, or of the log */
  size_t length;
  const struct proof_payloads *ikev2; /* of a frame: as tshark has it; else NULL */
  const struct proof_sent *sent;      /* the first of them in the log */
  struct proof_spans spans;
  uint8_t
      content[PROOF_CONTENT]; /* hash of the payload; under DTLS of what is inside, and of whose */
  /* The CoAP message in it, if there is one: Message ID and token tell it from others. */
  bool coap;
  uint8_t code;
  uint8_t id[PROOF_ID_MAX];
  size_t id_length;
  size_t departed; /* how many of them tshark saw, the first time on their way */
};

struct proof_datagrams {
  struct proof_datagram *items;
  size_t count;
  size_t *of_frame; /* by index of the frame; PROOF_NO_DATAGRAM for acknowledgements and backhaul */
};

#define PROOF_NO_DATAGRAM SIZE_MAX

/* The address of the peer that sent it, or that it went to; it is in the log. */
unsigned proof_peer_of(const struct proof_datagram *datagram);

/* False, with a report, where a frame's datagram or the purpose of its octets cannot be told.
 * `spec` is the resolved one. */
bool proof_datagrams_find(struct proof_datagrams *datagrams, const struct proof_air *air,
                          struct proof_log *log, const json_t *spec, struct proof_report *report);
void proof_datagrams_free(struct proof_datagrams *datagrams);

#endif
