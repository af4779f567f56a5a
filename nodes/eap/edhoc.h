/* EAP-EDHOC (draft-ietf-emu-eap-edhoc, of July 2026): both sides of EDHOC with the mandatory
 * message_4, fragmented where a message does not fit. The peer is EDHOC's Initiator.
 *
 *   server                       peer
 *   Start             -->
 *                     <--        message_1
 *   message_2         -->
 *                     <--        message_3
 *   message_4         -->
 *                     <--        empty
 *   EAP-Success       -->
 *
 * A side that fails sends its EDHOC error message; the peer answers the server's with an empty
 * response, and EAP-Failure follows. What is no valid packet, or is not due, is discarded. A
 * message longer than EDHOC_MESSAGE_MAX ends the session.
 *
 * Who the peer is, the server decides by the peer's credential before message_4 (identify.h); whom
 * the peer expects, its edhoc_config says.
 *
 * Left out: channel binding; another suite after ERR_CODE 2 in the same conversation, which
 * EAP-Failure ends; a peer whose edhoc_config has a memory begins the next one with a suite of
 * SUITES_R. */
#ifndef NODES_EAP_EDHOC_H
#define NODES_EAP_EDHOC_H

#include "method.h"

/* Every code point of the method: the draft suggests them, none is assigned. */
enum eap_edhoc_code_point {
  EAP_TYPE_EDHOC = 57,
  EAP_EDHOC_LABEL_MSK = 26, /* of EDHOC_Exporter */
  EAP_EDHOC_LABEL_EMSK = 27,
  EAP_EDHOC_LABEL_METHOD_ID = 28,
};

enum {
  EAP_EDHOC_MTU_MIN = 64, /* least eap_credential.mtu */
  EAP_EDHOC_METHOD_ID_LENGTH = 64,
};

extern const struct eap_method EAP_EDHOC_PEER;
extern const struct eap_method EAP_EDHOC_SERVER;

/* The names of a session (RFC 5247 section 1.4). Pointers are into the method's state and its
 * configuration. */
struct eap_edhoc_identity {
  uint8_t session_id[EAP_TYPE_LENGTH + EAP_EDHOC_METHOD_ID_LENGTH]; /* Type, Method-Id */
  const uint8_t *peer_id;                                           /* ID_CRED_I */
  size_t peer_id_length;
  const uint8_t *server_id; /* ID_CRED_R */
  size_t server_id_length;
};

/* After SUCCESS, from the state of either method. NODE_ERR_BAD_STATE before. */
NODE_MUST_CHECK int eap_edhoc_identity(const void *state, struct eap_edhoc_identity *identity);

/* Type-Data: flags, the length of the message in its first fragment, and (a part of) a message. */
struct eap_edhoc_frame {
  bool start;     /* S */
  bool more;      /* M */
  bool has_total; /* L is not zero */
  uint32_t total; /* octets of the fragmented message */
  const uint8_t *data;
  size_t length;
};

/* Reads Type-Data; none at all is an empty frame. NODE_ERR_MALFORMED: a reserved L, or a length
 * field that is cut off. */
NODE_MUST_CHECK int eap_edhoc_frame_parse(const uint8_t *data, size_t length,
                                          struct eap_edhoc_frame *frame);

#endif
