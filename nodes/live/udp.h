/* UDP sockets of nodes, raw ones of other protocols of IP, and addresses as people write them. IPv4
 * is ::ffff:a.b.c.d inside. */
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
  enum node_protocol protocol; /* of what it carries */
  bool ipv4;                   /* the system has no IPv6; or, of a raw one, it is IPv4's */
  uint32_t zone; /* the interface of link-local addresses that do not tell theirs; 0: unknown */
  size_t receive_max; /* octets of a datagram that it takes: NODE_DATAGRAM_MAX, unless its owner
                         says more */
  struct node_address local; /* as bound: with the port that the system chose */
};

/* A socket that does not block. `remote` (or NULL) says whose interface link-local destinations
 * belong to, where `local` does not. -1 with errno. */
NODE_MUST_CHECK int udp_open(struct udp_socket *udp, const struct udp_address *local,
                             const struct udp_address *remote);

/* A raw socket of a protocol other than UDP, and of one family (that of `local` does not count
 * where it is any): what it carries has no ports. -1 with errno: EPERM where the rights for it are
 * missing (CAP_NET_RAW). */
NODE_MUST_CHECK int udp_open_raw(struct udp_socket *udp, enum node_protocol protocol, bool ipv4,
                                 const struct udp_address *local, const struct udp_address *remote);

/* `count` sockets with consecutive ports from local's on, or any consecutive ones if that is 0. -1
 * with errno, and none open. */
NODE_MUST_CHECK int udp_open_range(struct udp_socket *sockets, size_t count,
                                   const struct udp_address *local,
                                   const struct udp_address *remote);
void udp_close(struct udp_socket *udp);

/* Whether this socket is the one for a datagram: its protocol, and its source's port, or, of a raw
 * one, the family of its destination. */
bool udp_carries(const struct udp_socket *udp, const struct node_datagram *datagram);

/* The address that a datagram to `remote` is sent from, without a port. -1 with errno. */
NODE_MUST_CHECK int udp_source_towards(const struct udp_address *remote,
                                       struct node_address *source);

/* IPv4's, ::ffff:a.b.c.d; a link-local one of IPv6's. */
bool udp_is_ipv4(const struct node_address *address);
bool udp_is_link_local(const struct node_address *address);

/* Takes the next datagram into data[capacity]; its destination is the address that it was sent to,
 * also where the socket is bound to any (but for those of groups: then it is `local`). 1; 0 if
 * there is none; -1 if it is lost: it was longer than `capacity` or receive_max, or from an address
 * that does not exist. Its addresses and its length are told. */
NODE_MUST_CHECK int udp_receive(const struct udp_socket *udp, struct node_datagram *datagram);

/* From the datagram's source, if the socket is bound to any address and that is not any. 0, or -1
 * with errno: then the datagram is lost, as datagrams may be. EPROTONOSUPPORT: it is not
 * of the socket's protocol. */
int udp_send(const struct udp_socket *udp, const struct node_datagram *datagram);

#endif
