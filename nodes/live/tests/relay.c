/* A UDP relay that writes pcap. */
#define _GNU_SOURCE
#include "relay.h"

#include "test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  RELAYS_MAX = 4,
  DATAGRAM_MAX = 4096,
  IP_HEADER = 20,
  UDP_HEADER = 8,
  PCAP_MAGIC = 0xa1b23c4d, /* nanoseconds */
  PCAP_LINK_RAW = 101,
};

static struct relay *relays[RELAYS_MAX];

static struct sockaddr_in relay_loopback(void) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* `*local` becomes what it is bound to. */
static int relay_open_socket(struct sockaddr_in *local) {
  const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  socklen_t length = sizeof *local;
  assert_true(file >= 0);
  assert_int_equal(bind(file, (struct sockaddr *)local, length), 0);
  assert_int_equal(getsockname(file, (struct sockaddr *)local, &length), 0);
  return file;
}

/* pcap */

static void write_pcap_header(FILE *file) {
  const struct {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, length, link;
  } header = {PCAP_MAGIC, 2, 4, 0, 0, 65535, PCAP_LINK_RAW};
  assert_int_equal(fwrite(&header, sizeof header, 1, file), 1);
}

static void put16(uint8_t *at, unsigned value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

static unsigned ip_checksum(const uint8_t header[IP_HEADER]) {
  unsigned sum = 0;
  for (unsigned i = 0; i < IP_HEADER; i += 2)
    sum += (unsigned)header[i] << 8 | header[i + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  return ~(sum + (sum >> 16)) & 0xffff;
}

/* IPv4 and UDP (without its optional checksum) around the datagram. */
static void write_pcap(FILE *file, uint16_t from, uint16_t to, const uint8_t *data, size_t length) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint8_t packet[IP_HEADER + UDP_HEADER + DATAGRAM_MAX] = {0x45, [6] = 0x40, [8] = 64, IPPROTO_UDP};
  const size_t total = IP_HEADER + UDP_HEADER + length;
  const uint8_t loopback[4] = {127, 0, 0, 1};
  put16(packet + 2, (unsigned)total);
  memcpy(packet + 12, loopback, sizeof loopback);
  memcpy(packet + 16, loopback, sizeof loopback);
  put16(packet + 10, ip_checksum(packet));
  put16(packet + IP_HEADER, from);
  put16(packet + IP_HEADER + 2, to);
  put16(packet + IP_HEADER + 4, (unsigned)(UDP_HEADER + length));
  memcpy(packet + IP_HEADER + UDP_HEADER, data, length);
  const uint32_t head[4] = {(uint32_t)now.tv_sec, (uint32_t)now.tv_nsec, (uint32_t)total,
                            (uint32_t)total};
  assert_int_equal(fwrite(head, sizeof head, 1, file), 1);
  assert_int_equal(fwrite(packet, total, 1, file), 1);
}

/* Passing on */

static struct relay_flow *flow_of(struct relay *relay, const struct sockaddr_in *client) {
  for (size_t i = 0; i < relay->flow_count; i++)
    if (relay->flows[i].client.sin_port == client->sin_port)
      return &relay->flows[i];
  assert_true(relay->flow_count < RELAY_FLOWS_MAX);
  struct relay_flow *flow = &relay->flows[relay->flow_count++];
  struct sockaddr_in local = {.sin_family = AF_INET};
  if (relay->server.sin_addr.s_addr == htonl(INADDR_LOOPBACK))
    local = relay_loopback();
  *flow = (struct relay_flow){.client = *client, .back = relay_open_socket(&local)};
  return flow;
}

static void relay_pass(struct relay *relay, struct relay_flow *flow, bool from_client,
                       const uint8_t *data, size_t length) {
  const uint16_t client = ntohs(flow->client.sin_port);
  const uint16_t from = from_client ? client : relay->shown_port;
  const uint16_t to = from_client ? relay->shown_port : client;
  *(from_client ? &relay->from_client : &relay->from_server) += 1;
  if (relay->pcap != NULL)
    write_pcap(relay->pcap, from, to, data, length);
  if (relay->look != NULL && !relay->look(relay->context, relay, from_client, data, length))
    return;
  const struct sockaddr_in *destination = from_client ? &relay->server : &flow->client;
  (void)sendto(from_client ? flow->back : relay->front, data, length, 0,
               (const struct sockaddr *)destination, sizeof *destination);
}

static void take_from_clients(struct relay *relay) {
  uint8_t data[DATAGRAM_MAX];
  struct sockaddr_in from;
  for (;;) {
    socklen_t size = sizeof from;
    const ssize_t got =
        recvfrom(relay->front, data, sizeof data, 0, (struct sockaddr *)&from, &size);
    if (got < 0)
      return;
    relay_pass(relay, flow_of(relay, &from), true, data, (size_t)got);
  }
}

static void take_from_server(struct relay *relay, struct relay_flow *flow) {
  uint8_t data[DATAGRAM_MAX];
  ssize_t got;
  while ((got = recv(flow->back, data, sizeof data, 0)) >= 0)
    relay_pass(relay, flow, false, data, (size_t)got);
}

/* All relays' files, then `file`. */
static size_t list_files(struct pollfd *polls, int file) {
  size_t count = 0;
  for (size_t i = 0; i < RELAYS_MAX; i++) {
    if (relays[i] == NULL)
      continue;
    polls[count++] = (struct pollfd){.fd = relays[i]->front, .events = POLLIN};
    for (size_t j = 0; j < relays[i]->flow_count; j++)
      polls[count++] = (struct pollfd){.fd = relays[i]->flows[j].back, .events = POLLIN};
  }
  polls[count++] = (struct pollfd){.fd = file, .events = POLLIN};
  return count;
}

void relay_pump(int file, int limit_ms) {
  struct pollfd polls[RELAYS_MAX * (1 + RELAY_FLOWS_MAX) + 1];
  (void)poll(polls, list_files(polls, file), limit_ms);
  for (size_t i = 0; i < RELAYS_MAX; i++) {
    struct relay *relay = relays[i];
    if (relay == NULL)
      continue;
    take_from_clients(relay);
    for (size_t j = 0; j < relay->flow_count; j++)
      take_from_server(relay, &relay->flows[j]);
  }
}

/* Life */

static void relay_list(struct relay *relay) {
  for (size_t i = 0; i < RELAYS_MAX; i++)
    if (relays[i] == NULL) {
      relays[i] = relay;
      return;
    }
  fail_msg("more than %d relays at once", RELAYS_MAX);
}

void relay_open_between(struct relay *relay, const struct sockaddr_in *front,
                        const struct sockaddr_in *server) {
  struct sockaddr_in local = *front;
  *relay = (struct relay){.server = *server};
  relay->front = relay_open_socket(&local);
  relay->port = ntohs(local.sin_port);
  relay_list(relay);
}

void relay_open(struct relay *relay, uint16_t server_port, const char *pcap, uint16_t shown_port) {
  struct sockaddr_in local = relay_loopback();
  *relay = (struct relay){.shown_port = shown_port};
  relay->front = relay_open_socket(&local);
  relay->port = ntohs(local.sin_port);
  relay->server = local;
  relay->server.sin_port = htons(server_port);
  if (pcap != NULL) {
    relay->pcap = fopen(pcap, "we");
    assert_non_null(relay->pcap);
    write_pcap_header(relay->pcap);
  }
  relay_list(relay);
}

void relay_close(struct relay *relay) {
  for (size_t i = 0; i < RELAYS_MAX; i++)
    if (relays[i] == relay)
      relays[i] = NULL;
  for (size_t i = 0; i < relay->flow_count; i++)
    close(relay->flows[i].back);
  close(relay->front);
  if (relay->pcap != NULL)
    fclose(relay->pcap);
  relay->pcap = NULL;
  relay->flow_count = 0;
}

void relay_close_all(void) {
  for (size_t i = 0; i < RELAYS_MAX; i++)
    if (relays[i] != NULL)
      relay_close(relays[i]);
}
