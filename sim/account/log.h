/* The log of a run: one JSON object a line for each message that departs, or arrives, each event,
 * and each frame (frame_log.h). A message has a number, "datagram", by which its frames and its
 * arrival name it, and "dropped": there was no room for it at a node that computed.
 *
 * It tells keys: they are the simulation's own, and serve to decrypt its captures. A key event has,
 * in hexadecimal digits, "master_secret_and_salt" of OSCORE (32 and 8 octets), "dtls_psk",
 * "ike_psk", or of an AAA server "msk", "rmsk", "aps_root", "provider_root", "eap_psk". A secret
 * event has "oscore_context" (each behind an octet of its length: number of the cipher suite,
 * Sender ID, Recipient ID, Master Secret, Master Salt and, where there is one, ID Context),
 * "dtls_keys" (the client's random 32, master secret 48), "ikev2_keys" (SPIi 8, SPIr 8, SK_ei and
 * SK_er of 19: AES-CCM key and salt) or "esp_keys" (of the initiator's packets, then of the
 * responder's: SPI 4, key 16, salt 3). */
#ifndef SIM_ACCOUNT_LOG_H
#define SIM_ACCOUNT_LOG_H

#include "node.h"

#include <jansson.h>
#include <stdio.h>

/* `file` NULL: nothing is logged. */
void log_message(FILE *file, uint64_t now_ns, const char *from, const char *to,
                 const struct node_datagram *datagram, uint32_t id);
void log_arrival(FILE *file, uint64_t now_ns, const char *node, uint32_t id);
/* It arrived at a node that computed, and had no room for it. */
void log_dropped(FILE *file, uint64_t now_ns, const char *node, uint32_t id);
void log_event(FILE *file, uint64_t now_ns, const char *node, const char *remote,
               const struct node_event *event);

/* Writes an object as a line, and frees it. */
void log_line(FILE *file, json_t *object);

#endif
