/* UDP sockets: one for both families where the system has IPv6. */
#include "udp.h"
#include "number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_MAX = 256, BUFFER_BYTES = 1 << 20, RANGE_TRIES = 100 };

static const uint8_t IPV4_PREFIX[12] = {[10] = 0xff, [11] = 0xff};

static bool is_ipv4(const struct node_address *address) {
  return memcmp(address->ip, IPV4_PREFIX, sizeof IPV4_PREFIX) == 0;
}

static bool is_link_local(const struct node_address *address) {
  return address->ip[0] == 0xfe && (address->ip[1] & 0xc0) == 0x80;
}

/* Conversion */

static void from_ipv4(const struct sockaddr_in *from, struct node_address *address) {
  memcpy(address->ip, IPV4_PREFIX, sizeof IPV4_PREFIX);
  memcpy(address->ip + sizeof IPV4_PREFIX, &from->sin_addr, sizeof from->sin_addr);
  address->port = ntohs(from->sin_port);
}

static void from_ipv6(const struct sockaddr_in6 *from, struct node_address *address) {
  memcpy(address->ip, &from->sin6_addr, sizeof address->ip);
  address->port = ntohs(from->sin6_port);
}

static void from_storage(const struct sockaddr_storage *from, struct node_address *address) {
  if (from->ss_family == AF_INET)
    from_ipv4((const struct sockaddr_in *)from, address);
  else
    from_ipv6((const struct sockaddr_in6 *)from, address);
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
  memcpy(&to->sin6_addr, address->ip, sizeof to->sin6_addr);
  if (is_link_local(address))
    to->sin6_scope_id = udp->scope_id;
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
  from_storage(&storage, &address->address);
  if (found->ai_family == AF_INET6)
    address->scope_id = ((struct sockaddr_in6 *)&storage)->sin6_scope_id;
  address->address.port = number;
  freeaddrinfo(found);
  return NULL;
}

const char *udp_address_text(const struct node_address *address, char text[UDP_TEXT_MAX]) {
  char ip[INET6_ADDRSTRLEN];
  const bool ipv4 = is_ipv4(address);
  inet_ntop(ipv4 ? AF_INET : AF_INET6, address->ip + (ipv4 ? sizeof IPV4_PREFIX : 0), ip,
            sizeof ip);
  snprintf(text, UDP_TEXT_MAX, ipv4 ? "%s:%u" : "[%s]:%u", ip, address->port);
  return text;
}

/* Sockets */

static int new_socket(struct udp_socket *udp) {
  udp->file = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (udp->file >= 0) {
    const int no = 0;
    return setsockopt(udp->file, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  }
  if (errno != EAFNOSUPPORT)
    return -1;
  udp->ipv4 = true;
  udp->file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return udp->file < 0 ? -1 : 0;
}

static int bind_socket(struct udp_socket *udp, const struct node_address *local) {
  struct sockaddr_storage storage;
  const socklen_t length = to_storage(udp, local, &storage);
  if (bind(udp->file, (struct sockaddr *)&storage, length) < 0)
    return -1;
  socklen_t bound = sizeof storage;
  if (getsockname(udp->file, (struct sockaddr *)&storage, &bound) < 0)
    return -1;
  from_storage(&storage, &udp->local);
  return 0;
}

int udp_open(struct udp_socket *udp, const struct udp_address *local,
             const struct udp_address *remote) {
  *udp = (struct udp_socket){
      .file = -1, .scope_id = local->scope_id, .receive_max = NODE_DATAGRAM_MAX};
  if (udp->scope_id == 0 && remote != NULL)
    udp->scope_id = remote->scope_id;
  if (new_socket(udp) < 0 || bind_socket(udp, &local->address) < 0) {
    const int error = errno;
    udp_close(udp);
    errno = error;
    return -1;
  }
  /* A burst is rather queued than lost; the system may grant less. */
  const int bytes = BUFFER_BYTES;
  (void)setsockopt(udp->file, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
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

int udp_receive(const struct udp_socket *udp, struct node_datagram *datagram) {
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  const ssize_t received = recvfrom(udp->file, datagram->data, datagram->capacity, MSG_TRUNC,
                                    (struct sockaddr *)&from, &length);
  if (received < 0)
    return 0;
  datagram->length = (size_t)received;
  datagram->destination = udp->local;
  datagram->protocol = NODE_UDP;
  from_storage(&from, &datagram->source);
  return datagram->length > datagram->capacity || datagram->length > udp->receive_max ? -1 : 1;
}

int udp_send(const struct udp_socket *udp, const struct node_datagram *datagram) {
  struct sockaddr_storage to;
  if (datagram->protocol != NODE_UDP) {
    errno = EPROTONOSUPPORT;
    return -1;
  }
  if (udp->ipv4 && !is_ipv4(&datagram->destination)) {
    errno = EAFNOSUPPORT;
    return -1;
  }
  const socklen_t length = to_storage(udp, &datagram->destination, &to);
  ssize_t sent;
  do
    sent = sendto(udp->file, datagram->data, datagram->length, 0, (struct sockaddr *)&to, length);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}
