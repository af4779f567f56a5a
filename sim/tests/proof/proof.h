/* The proof of the ledger. Every figure of a result that counts frames or octets is derived a
 * second time, from what tshark dissects in the captures of the same run, and compared to the
 * octet.
 *
 * tshark gives, for each frame: MAC header, fragment header, compressed IPv6 and UDP header and FCS
 * with their sizes, the datagram that it reassembles, and of that with theirs the CoAP header,
 * token, options and payload, or the DTLS records and the handshake messages in clear. What tshark
 * cannot know comes from elsewhere:
 * - EAP and ACE inside CoAP: parsed here (proof_coap.c, proof_ace.c);
 * - what OSCORE and DTLS encrypt: decrypted here with the secrets of --log, which the tag confirms
 *   (nodes/tests/second, proof_dtls.c; tshark knows one DTLS key at a time, and takes a flight that
 * is sent again for another part of the handshake);
 * - a message's label, and whether CoAP sent it before: --log, found by its octets;
 * - datagrams that were given up before their first frame was on the air: --log.
 * Which keys of a result captures cannot tell at all is said in proof_table.c.
 *
 * bytes_air_repeated, and what else tells repetitions from first transmissions, is not derived
 * where a node held a datagram and CoAP's repetition of it at the same time, for their octets are
 * equal and nobody can see which it sent first. */
#ifndef SIM_TESTS_PROOF_PROOF_H
#define SIM_TESTS_PROOF_PROOF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where differences are written, one a line. */
struct proof_report {
  FILE *file;
  size_t differences;
};

/* A report into memory: `text`, to be freed, is whole when `file` is closed. */
struct proof_report proof_report_begin(char **text, size_t *length);

void proof_differ(struct proof_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Runs and dissects a spec (a JSON object) in the folder `run`, which exists: there are then
 * `result`, `log`, the captures and `dissected`, tshark's words on them. */
void proof_run(const char *run, const char *spec);

/* The result that is in the folder of a run; NULL if it is no JSON. */
json_t *proof_result(const char *run);

/* A result's members as tshark would have them, from the folder of a run. */
json_t *proof_derive(const char *run, const json_t *result, struct proof_report *report);

/* Reports each member in which the result differs from `derived`, with both figures. */
void proof_compare(const json_t *result, const json_t *derived, struct proof_report *report);

#endif
