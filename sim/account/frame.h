/* Reads a transmitted IEEE 802.15.4 frame down to where the data of a datagram begin: MAC header,
 * 6LoWPAN fragment header, compressed IPv6 header, UDP header, FCS. Only the forms that the
 * simulated network sends: intra-PAN data frames, data requests and acknowledgements with 16-bit or
 * 64-bit addresses, IPHC (RFC 6282) with UDP next header compression or with the next header in
 * line, fragments (RFC 4944 section 5.3). What follows an IPv6 header whose next header is not UDP
 * (ESP, ICMPv6) is payload. */
#ifndef SIM_ACCOUNT_FRAME_H
#define SIM_ACCOUNT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_NO_ADDRESS 0xffffu /* also what a broadcast is sent to */

struct frame {
  bool acknowledgement;
  bool data_request;    /* a MAC command, whose identifier is counted with the MAC header */
  uint8_t sequence;     /* DSN */
  uint16_t destination; /* 16-bit address; FRAME_NO_ADDRESS where there is none */
  /* Of a fragment: octets of the IPv6 packet, and how many of them are in the fragments before. */
  size_t packet_length;
  size_t packet_offset;
  /* Lengths in octets; their sum is that of the PSDU. */
  size_t mac_header;
  size_t fragment_header;
  size_t ipv6; /* with the next header, if that is in line */
  size_t udp;  /* 0 for other protocols */
  size_t payload;
  size_t fcs;
};

/* False if the frame is of no form that is known here; then all but MAC header (what could be read
 * of it) and FCS is payload. */
bool frame_dissect(const uint8_t *psdu, size_t length, struct frame *frame);

#endif
