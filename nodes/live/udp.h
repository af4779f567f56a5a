/* UDP sockets of nodes, and addresses as people write them. IPv4 is ::ffff:a.b.c.d inside.
 *
 * Of the protocols of datagrams, UDP alone: a raw socket for ESP needs rights that a node should
 * not have, and ESP in UDP (RFC 3948) is not implemented, since no live role speaks ESP. */
#ifndef NODES_LIVE_UDP_H
#define NODES_LIVE_UDP_H

#include "../node.h"

enum { UDP_TEXT_MAX = 80 };

/* An address of a node. A link-local one (fe80::/10) has its interface's index in the octets 4 to
 * 7, where it has zeros on the wire (RFC 4291 section 2.5.6), so that nodes tell those of different
 * interfaces apart without knowing what an interface is; 0: none is known. */
struct udp_address {
  struct node_address address;
  bool has_port; /* it was given one */
};

/* Whether it stands for any address: [::] or 0.0.0.0. */
bool udp_is_any(const struct node_address *address);

/* Gives a link-local address without an interface that of `near`, if that has one (or is NULL).
 * NULL, or static text that says what is wrong: it has none. */
NODE_MUST_CHECK const char *udp_address_complete(struct udp_address *address,
                                                 const struct udp_address *near);

/* Reads "::1", "[::1]:5683", "127.0.0.1", "127.0.0.1:5683", "name:5683", ":5683" (any address),
 * "fe80::1%eth0"; names are looked up. NULL, or static text that says what is wrong. */
NODE_MUST_CHECK const char *udp_address_parse(const char *text, uint16_t default_port,
                                              struct udp_address *address);

/* "[::1]:5683", "[fe80::1%eth0]:5683" or "127.0.0.1:5683"; returns `text`. */
const char *udp_address_text(const struct node_address *address, char text[UDP_TEXT_MAX]);

struct udp_socket {
  int file;
  bool ipv4;     /* the system has no IPv6 */
  uint32_t zone; /* the interface of link-local addresses that do not tell theirs; 0: unknown */
  size_t receive_max; /* octets of a datagram that it takes: NODE_DATAGRAM_MAX, unless its owner
                         says more */
  struct node_address local; /* as bound: with the port that the system chose */
};

/* A socket that does not block. `remote` (or NULL) says whose interface link-local destinations
 * belong to, where `local` does not. -1 with errno. */
NODE_MUST_CHECK int udp_open(struct udp_socket *udp, const struct udp_address *local,
                             const struct udp_address *remote);

/* `count` sockets with consecutive ports from local's on, or any consecutive ones if that is 0. -1
 * with errno, and none open. */
NODE_MUST_CHECK int udp_open_range(struct udp_socket *sockets, size_t count,
                                   const struct udp_address *local,
                                   const struct udp_address *remote);
void udp_close(struct udp_socket *udp);

/* Takes the next datagram into data[capacity]; its destination is the address that it was sent to,
 * also where the socket is bound to any (but for those of groups: then it is `local`). 1; 0 if
 * there is none; -1 if it is lost: it was longer than `capacity` or receive_max, or from an address
 * that does not exist. Its addresses and its length are told. */
NODE_MUST_CHECK int udp_receive(const struct udp_socket *udp, struct node_datagram *datagram);

/* From the datagram's source, if the socket is bound to any address and that is not any. 0, or -1
 * with errno: then the datagram is lost, as datagrams may be. EPROTONOSUPPORT: it is not
 * UDP. */
int udp_send(const struct udp_socket *udp, const struct node_datagram *datagram);

#endif
