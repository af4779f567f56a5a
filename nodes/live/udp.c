/* UDP sockets: one for both families where the system has IPv6. */
#define _GNU_SOURCE
#include "udp.h"
#include "number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_MAX = 256, BUFFER_BYTES = 1 << 20, RANGE_TRIES = 100, ZONE_AT = 4, ZONE_LENGTH = 4 };

static const uint8_t IPV4_PREFIX[12] = {[10] = 0xff, [11] = 0xff};

bool udp_is_ipv4(const struct node_address *address) {
  return memcmp(address->ip, IPV4_PREFIX, sizeof IPV4_PREFIX) == 0;
}

bool udp_is_link_local(const struct node_address *address) {
  return address->ip[0] == 0xfe && (address->ip[1] & 0xc0) == 0x80;
}

/* Of IPv6 or IPv4: no single host has it. */
static bool is_group(const struct node_address *address) {
  const uint8_t *ipv4 = address->ip + sizeof IPV4_PREFIX;
  static const uint8_t broadcast[] = {255, 255, 255, 255};
  if (!udp_is_ipv4(address))
    return address->ip[0] == 0xff;
  return (ipv4[0] & 0xf0) == 0xe0 || memcmp(ipv4, broadcast, sizeof broadcast) == 0;
}

bool udp_is_any(const struct node_address *address) {
  static const uint8_t zeros[16];
  const size_t begin = udp_is_ipv4(address) ? sizeof IPV4_PREFIX : 0;
  return memcmp(address->ip + begin, zeros, sizeof zeros - begin) == 0;
}

/* Interfaces of link-local addresses */

static uint32_t zone_of(const struct node_address *address) {
  uint32_t zone = 0;
  for (size_t i = 0; udp_is_link_local(address) && i < ZONE_LENGTH; i++)
    zone = zone << 8 | address->ip[ZONE_AT + i];
  return zone;
}

static void set_zone(struct node_address *address, uint32_t zone) {
  for (size_t i = 0; udp_is_link_local(address) && i < ZONE_LENGTH; i++)
    address->ip[ZONE_AT + i] = (uint8_t)(zone >> 8 * (ZONE_LENGTH - 1 - i));
}

const char *udp_address_complete(struct udp_address *address, const struct udp_address *near) {
  if (!udp_is_link_local(&address->address) || zone_of(&address->address) != 0)
    return NULL;
  if (near != NULL)
    set_zone(&address->address, zone_of(&near->address));
  return zone_of(&address->address) != 0
             ? NULL
             : "a link-local address needs its interface, such as fe80::1%eth0";
}

/* Conversion */

static void from_ipv4(const struct sockaddr_in *from, struct node_address *address) {
  memcpy(address->ip, IPV4_PREFIX, sizeof IPV4_PREFIX);
  memcpy(address->ip + sizeof IPV4_PREFIX, &from->sin_addr, sizeof from->sin_addr);
  address->port = ntohs(from->sin_port);
}

/* False: it is a link-local address that does not exist. */
static bool from_ipv6(const struct sockaddr_in6 *from, struct node_address *address) {
  memcpy(address->ip, &from->sin6_addr, sizeof address->ip);
  address->port = ntohs(from->sin6_port);
  if (zone_of(address) != 0)
    return false;
  set_zone(address, from->sin6_scope_id);
  return true;
}

static bool from_storage(const struct sockaddr_storage *from, struct node_address *address) {
  if (from->ss_family != AF_INET)
    return from_ipv6((const struct sockaddr_in6 *)from, address);
  from_ipv4((const struct sockaddr_in *)from, address);
  return true;
}

/* As it is on the wire. */
static void to_in6(const struct node_address *address, struct in6_addr *to) {
  struct node_address plain = *address;
  set_zone(&plain, 0);
  memcpy(to, plain.ip, sizeof plain.ip);
}

/* The address for a socket's family; returns its length. */
static socklen_t to_storage(const struct udp_socket *udp, const struct node_address *address,
                            struct sockaddr_storage *storage) {
  memset(storage, 0, sizeof *storage);
  if (udp->ipv4) {
    struct sockaddr_in *to = (struct sockaddr_in *)storage;
    to->sin_family = AF_INET;
    to->sin_port = htons(address->port);
    memcpy(&to->sin_addr, address->ip + sizeof IPV4_PREFIX, sizeof to->sin_addr);
    return sizeof *to;
  }
  struct sockaddr_in6 *to = (struct sockaddr_in6 *)storage;
  to->sin6_family = AF_INET6;
  to->sin6_port = htons(address->port);
  to_in6(address, &to->sin6_addr);
  const uint32_t zone = zone_of(address);
  if (udp_is_link_local(address))
    to->sin6_scope_id = zone != 0 ? zone : udp->zone;
  return sizeof *to;
}

/* Text */

/* Splits "host:port" and its other forms. NULL, or what is wrong; `*port` NULL: there is none. */
static const char *udp_split(char *text, const char **host, const char **port) {
  char *colon = strrchr(text, ':');
  *port = NULL;
  *host = text;
  if (text[0] == '[') {
    char *end = strchr(text, ']');
    if (end == NULL || (end[1] != '\0' && end[1] != ':'))
      return "`[` without `]`, or rubbish behind it";
    *end = '\0';
    *host = text + 1;
    *port = end[1] == ':' ? end + 2 : NULL;
  } else if (colon != NULL && strchr(text, ':') == colon) {
    *colon = '\0';
    *port = colon + 1;
  }
  return NULL;
}

static bool parse_port(const char *text, uint16_t *port) {
  long value;
  if (!number_take(&text, '\0', 0, UINT16_MAX, &value))
    return false;
  *port = (uint16_t)value;
  return true;
}

/* What looks like an IPv4 address is one as people write it: other ways of writing numbers (octal,
 * hexadecimal, fewer than four) mean other addresses to other programs. */
static bool is_wrong_ipv4(const char *host) {
  struct in_addr address;
  const char *last = strrchr(host, '.');
  last = last == NULL ? host : last + 1;
  const bool numeric = last[0] >= '0' && last[0] <= '9' && strchr(host, ':') == NULL &&
                       (strspn(last, "0123456789") == strlen(last) || last[1] == 'x');
  return numeric && inet_pton(AF_INET, host, &address) != 1;
}

const char *udp_address_parse(const char *text, uint16_t default_port,
                              struct udp_address *address) {
  char copy[HOST_MAX];
  const char *host, *port;
  if (strlen(text) >= sizeof copy)
    return "too long for an address";
  strcpy(copy, text);
  const char *wrong = udp_split(copy, &host, &port);
  if (wrong != NULL)
    return wrong;
  *address = (struct udp_address){.address.port = default_port};
  if (port != NULL && !parse_port(port, &address->address.port))
    return "the port has to be a number from 0 to 65535";
  address->has_port = port != NULL;
  if (host[0] == '\0')
    return NULL;
  if (is_wrong_ipv4(host))
    return "an IPv4 address has four numbers from 0 to 255";
  const uint16_t number = address->address.port;
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
  struct addrinfo *found;
  const int error = getaddrinfo(host, NULL, &hints, &found);
  if (error != 0)
    return gai_strerror(error);
  struct sockaddr_storage storage = {0};
  memcpy(&storage, found->ai_addr, found->ai_addrlen);
  const bool exists = from_storage(&storage, &address->address);
  address->address.port = number;
  freeaddrinfo(found);
  return exists ? NULL : "a link-local address begins with fe80:0:0:0";
}

const char *udp_address_text(const struct node_address *address, char text[UDP_TEXT_MAX]) {
  char ip[INET6_ADDRSTRLEN], zone[1 + IF_NAMESIZE] = "%";
  const uint32_t index = zone_of(address);
  struct in6_addr plain;
  if (udp_is_ipv4(address)) {
    inet_ntop(AF_INET, address->ip + sizeof IPV4_PREFIX, ip, sizeof ip);
    snprintf(text, UDP_TEXT_MAX, "%s:%u", ip, address->port);
    return text;
  }
  to_in6(address, &plain);
  inet_ntop(AF_INET6, &plain, ip, sizeof ip);
  if (index != 0 && if_indextoname(index, zone + 1) == NULL)
    snprintf(zone + 1, IF_NAMESIZE, "%u", index); /* the interface is gone */
  snprintf(text, UDP_TEXT_MAX, "[%s%s]:%u", ip, index == 0 ? "" : zone, address->port);
  return text;
}

/* Sockets */

static int socket_of(const struct udp_socket *udp, int family) {
  const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  return udp->protocol == NODE_UDP
             ? socket(family, SOCK_DGRAM | flags, 0)
             : socket(family, SOCK_RAW | flags, node_protocol_number(udp->protocol));
}

/* Of both families, where that can be. */
static int new_socket(struct udp_socket *udp) {
  udp->file = socket_of(udp, AF_INET6);
  if (udp->file >= 0) {
    const int no = 0;
    return setsockopt(udp->file, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  }
  if (errno != EAFNOSUPPORT)
    return -1;
  udp->ipv4 = true;
  udp->file = socket_of(udp, AF_INET);
  return udp->file < 0 ? -1 : 0;
}

/* A socket on any address learns to which of them each datagram came. */
static int ask_for_destinations(struct udp_socket *udp) {
  const int yes = 1;
  return udp->ipv4 ? setsockopt(udp->file, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes)
                   : setsockopt(udp->file, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes, sizeof yes);
}

static int bind_socket(struct udp_socket *udp, const struct node_address *local) {
  struct sockaddr_storage storage;
  const socklen_t length = to_storage(udp, local, &storage);
  if (bind(udp->file, (struct sockaddr *)&storage, length) < 0)
    return -1;
  socklen_t bound = sizeof storage;
  if (getsockname(udp->file, (struct sockaddr *)&storage, &bound) < 0)
    return -1;
  (void)from_storage(&storage, &udp->local);
  return udp_is_any(&udp->local) ? ask_for_destinations(udp) : 0;
}

static void udp_init(struct udp_socket *udp, enum node_protocol protocol,
                     const struct udp_address *local, const struct udp_address *remote) {
  *udp = (struct udp_socket){.file = -1,
                             .protocol = protocol,
                             .zone = zone_of(&local->address),
                             .receive_max = NODE_DATAGRAM_MAX};
  if (udp->zone == 0 && remote != NULL)
    udp->zone = zone_of(&remote->address);
}

static int give_up_socket(struct udp_socket *udp) {
  const int error = errno;
  udp_close(udp);
  errno = error;
  return -1;
}

/* A burst is rather queued than lost; the system may grant less. */
static void widen_buffer(const struct udp_socket *udp) {
  const int bytes = BUFFER_BYTES;
  (void)setsockopt(udp->file, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

int udp_open(struct udp_socket *udp, const struct udp_address *local,
             const struct udp_address *remote) {
  udp_init(udp, NODE_UDP, local, remote);
  if (new_socket(udp) < 0 || bind_socket(udp, &local->address) < 0)
    return give_up_socket(udp);
  widen_buffer(udp);
  return 0;
}

int udp_open_raw(struct udp_socket *udp, enum node_protocol protocol, bool ipv4,
                 const struct udp_address *local, const struct udp_address *remote) {
  struct node_address address = local->address;
  address.port = 0;
  udp_init(udp, protocol, local, remote);
  udp->ipv4 = ipv4;
  udp->file = socket_of(udp, ipv4 ? AF_INET : AF_INET6);
  if (udp->file < 0 || bind_socket(udp, &address) < 0)
    return give_up_socket(udp);
  udp->local.port = 0; /* the system tells the protocol there */
  widen_buffer(udp);
  return 0;
}

bool udp_carries(const struct udp_socket *udp, const struct node_datagram *datagram) {
  return udp->protocol == datagram->protocol && udp->local.port == datagram->source.port &&
         (udp->protocol == NODE_UDP || udp->ipv4 == udp_is_ipv4(&datagram->destination));
}

int udp_source_towards(const struct udp_address *remote, struct node_address *source) {
  const struct udp_address any = {.has_port = true};
  struct udp_socket udp;
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (udp_open(&udp, &any, remote) < 0)
    return -1;
  const socklen_t to = to_storage(&udp, &remote->address, &storage);
  if (connect(udp.file, (struct sockaddr *)&storage, to) < 0 ||
      getsockname(udp.file, (struct sockaddr *)&storage, &length) < 0)
    return give_up_socket(&udp);
  (void)from_storage(&storage, source);
  source->port = 0;
  udp_close(&udp);
  return 0;
}

void udp_close(struct udp_socket *udp) {
  if (udp->file >= 0)
    close(udp->file);
  udp->file = -1;
}

/* Once; `next` is where the first socket is to be bound. */
static int try_range(struct udp_socket *sockets, size_t count, struct udp_address next,
                     const struct udp_address *remote) {
  for (size_t i = 0; i < count; i++) {
    if (next.address.port == 0 && i > 0) { /* behind the last port */
      errno = EADDRINUSE;
      return -1;
    }
    if (udp_open(&sockets[i], &next, remote) < 0)
      return -1;
    next.address.port = (uint16_t)(sockets[i].local.port + 1);
  }
  return 0;
}

int udp_open_range(struct udp_socket *sockets, size_t count, const struct udp_address *local,
                   const struct udp_address *remote) {
  for (unsigned tries = 0;; tries++) {
    for (size_t i = 0; i < count; i++)
      sockets[i].file = -1;
    if (try_range(sockets, count, *local, remote) == 0)
      return 0;
    const int error = errno;
    for (size_t i = 0; i < count; i++)
      udp_close(&sockets[i]);
    errno = error;
    if (error != EADDRINUSE || local->address.port != 0 || tries == RANGE_TRIES)
      return -1;
  }
}

/* Ancillary data: the local address */

union udp_control {
  struct cmsghdr head; /* aligned */
  char octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static void read_local(struct msghdr *message, struct node_address *local) {
  struct node_address read = {.port = local->port};
  for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at != NULL; at = CMSG_NXTHDR(message, at)) {
    if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;
      memcpy(&info, CMSG_DATA(at), sizeof info);
      memcpy(read.ip, &info.ipi6_addr, sizeof read.ip);
      set_zone(&read, info.ipi6_ifindex);
    } else if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(at), sizeof info);
      memcpy(read.ip, IPV4_PREFIX, sizeof IPV4_PREFIX);
      memcpy(read.ip + sizeof IPV4_PREFIX, &info.ipi_addr, sizeof info.ipi_addr);
    } else {
      continue;
    }
    if (!is_group(&read))
      *local = read;
  }
}

static void put_control(struct msghdr *message, union udp_control *control, int level, int type,
                        const void *data, size_t length) {
  memset(control, 0, sizeof *control);
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE(length);
  struct cmsghdr *head = CMSG_FIRSTHDR(message);
  head->cmsg_level = level;
  head->cmsg_type = type;
  head->cmsg_len = CMSG_LEN(length);
  memcpy(CMSG_DATA(head), data, length);
}

static void write_local(const struct udp_socket *udp, const struct node_datagram *datagram,
                        struct msghdr *message, union udp_control *control) {
  const struct node_address *source = &datagram->source;
  if (!udp_is_any(&udp->local) || udp_is_any(source) ||
      udp_is_ipv4(source) != udp_is_ipv4(&datagram->destination))
    return;
  if (udp->ipv4) {
    struct in_pktinfo info = {0};
    memcpy(&info.ipi_spec_dst, source->ip + sizeof IPV4_PREFIX, sizeof info.ipi_spec_dst);
    put_control(message, control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
  } else {
    struct in6_pktinfo info = {.ipi6_ifindex = zone_of(source)};
    to_in6(source, &info.ipi6_addr);
    put_control(message, control, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
  }
}

/* Datagrams */

/* Raw sockets of IPv4 are handed the IP header, too (RFC 791 section 3.1). */
static void skip_ip_header(const struct udp_socket *udp, struct node_datagram *datagram) {
  if (udp->protocol == NODE_UDP || !udp->ipv4 || datagram->length == 0)
    return;
  const size_t header = 4 * (size_t)(datagram->data[0] & 0x0f);
  const size_t kept = datagram->length < datagram->capacity ? datagram->length : datagram->capacity;
  if (header > kept)
    return;
  memmove(datagram->data, datagram->data + header, kept - header);
  datagram->length -= header;
}

int udp_receive(const struct udp_socket *udp, struct node_datagram *datagram) {
  struct sockaddr_storage from;
  union udp_control control;
  struct iovec data = {.iov_base = datagram->data, .iov_len = datagram->capacity};
  struct msghdr message = {.msg_name = &from,
                           .msg_namelen = sizeof from,
                           .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  const ssize_t received = recvmsg(udp->file, &message, MSG_TRUNC);
  if (received < 0)
    return 0;
  const bool exists = from_storage(&from, &datagram->source);
  datagram->length = (size_t)received;
  datagram->destination = udp->local;
  datagram->protocol = udp->protocol;
  skip_ip_header(udp, datagram);
  if (udp_is_any(&udp->local))
    read_local(&message, &datagram->destination);
  const bool too_long =
      datagram->length > datagram->capacity || datagram->length > udp->receive_max;
  return !exists || too_long ? -1 : 1;
}

int udp_send(const struct udp_socket *udp, const struct node_datagram *datagram) {
  struct sockaddr_storage to;
  union udp_control control;
  struct iovec data = {.iov_base = datagram->data, .iov_len = datagram->length};
  struct msghdr message = {.msg_name = &to, .msg_iov = &data, .msg_iovlen = 1};
  if (datagram->protocol != udp->protocol) {
    errno = EPROTONOSUPPORT;
    return -1;
  }
  if (udp->ipv4 && !udp_is_ipv4(&datagram->destination)) {
    errno = EAFNOSUPPORT;
    return -1;
  }
  message.msg_namelen = to_storage(udp, &datagram->destination, &to);
  write_local(udp, datagram, &message, &control);
  ssize_t sent;
  do
    sent = sendmsg(udp->file, &message, 0);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}
