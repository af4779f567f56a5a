/* tshark's view of the frames of a run: the sizes of every header, and whole datagrams. */
#ifndef SIM_TESTS_PROOF_PROOF_AIR_H
#define SIM_TESTS_PROOF_PROOF_AIR_H

#include "proof.h"
#include "proof_coap.h"
#include "proof_dtls.h"
#include "proof_ikev2.h"
#include "proof_pana.h"

enum {
  PROOF_ROOT = 1,          /* address of the node that has both radio and wires */
  PROOF_ON_A_WIRE = 65536, /* in addresses of those that have no radio */
  PROOF_PHY = 6,           /* octets of each frame that no capture shows */
  PROOF_IPV6 = 40,         /* octets of the headers, uncompressed */
  PROOF_IPV6_UDP = PROOF_IPV6 + 8
};

struct proof_frame {
  unsigned number;
  size_t length;
  uint64_t time_ns; /* where the transmission begins */
  /* MAC */
  bool radio; /* else on the backhaul */
  bool acknowledgement;
  unsigned sequence, source, destination;
  size_t mac_header, mac_fcs;
  /* 6LoWPAN */
  size_t fragment_header; /* 0: not fragmented */
  size_t offset;          /* of the fragment in the uncompressed packet */
  unsigned tag, packet_length;
  bool compressed; /* there is an IPv6 header, which ends where UDP's ends */
  size_t ipv6_position, ipv6_end, udp_position, udp_end;
  size_t headers;    /* octets of what is compressed, uncompressed: with UDP, or without */
  uint8_t *fragment; /* what it carries of the uncompressed packet, as tshark restores it */
  size_t fragment_length;
  /* The datagram, where this frame is all of it or its last fragment. */
  uint8_t *payload; /* NULL: no datagram */
  size_t payload_length, payload_position;
  unsigned from, to; /* of the IPv6 addresses; of radios, their short ones */
  size_t header;     /* CoAP header */
  struct proof_message coap;
  struct proof_records dtls;
  struct proof_avps pana;
  struct proof_payloads ikev2;
  size_t payload_end; /* of the last payload of an IKE message */
  size_t ike_length;  /* as its header says */
  bool ike_inside;    /* what tshark has decrypted */
  uint8_t *esp;       /* a packet, of which tshark tells all octets */
  size_t esp_length;
  bool esp_inside; /* from here on tshark guesses, having no key */
  /* RADIUS: its header, EAP in attributes of type 79, other attributes with all headers */
  size_t radius, radius_header, radius_eap, radius_proxy_state, radius_authorization;
  /* What tshark complains of */
  size_t malformed, malformed_known, bad_checksums;
};

struct proof_air {
  struct proof_frame *frames;
  size_t count;
};

/* False, with a report, where the file cannot be read or a frame is not sound. */
bool proof_air_read(struct proof_air *air, const char *path, struct proof_report *report);
void proof_air_free(struct proof_air *air);

/* Octets of the UDP payload that the frame carries, and where they begin in it. */
size_t proof_frame_begin(const struct proof_frame *frame);
size_t proof_frame_carried(const struct proof_frame *frame);

#endif
