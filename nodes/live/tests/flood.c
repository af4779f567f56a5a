/* Sends triggers from many addresses of 127.0.0.0/8, which on Linux are this host's own: as if they
 * were forged, and without being root. None ever answers; what comes back is counted.
 *
 * usage: live_flood PORT COUNT RATE
 *
 * COUNT triggers, each from another address, to 127.0.0.1:PORT, RATE a second; "half" when half of
 * them are sent, and at the end how many octets went and came back, and how many times what it sent
 * one of the addresses had back at most. Exit status 1: something failed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
  FIRST_SOURCE = 0x7f100000, /* 127.16.0.0 */
  COUNT_MAX = 0x00e00000,
  BATCH = 16,
  AFTER_MS = 500, /* to wait for what comes back last */
};

static const uint8_t TRIGGER[] = {0x50, 0x02, 0x12, 0x34, 0xb1, 'b'}; /* NON POST /b */

union control {
  char octets[CMSG_SPACE(sizeof(struct in_pktinfo))];
  struct cmsghdr header;
};

struct flood {
  int file;
  struct sockaddr_in to;
  uint32_t count, sent;
  uint32_t *back; /* octets, of each source */
  uint64_t octets_back;
};

static uint64_t clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool open_socket(struct flood *flood) {
  const int on = 1;
  const struct sockaddr_in any = {.sin_family = AF_INET};
  flood->file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return flood->file >= 0 && setsockopt(flood->file, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
         bind(flood->file, (const struct sockaddr *)&any, sizeof any) == 0;
}

static bool send_one(struct flood *flood) {
  struct iovec data = {.iov_base = (void *)(uintptr_t)TRIGGER, .iov_len = sizeof TRIGGER};
  union control control = {.octets = {0}};
  struct msghdr message = {.msg_name = &flood->to,
                           .msg_namelen = sizeof flood->to,
                           .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control.octets};
  struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(FIRST_SOURCE + flood->sent)};
  control.header.cmsg_level = IPPROTO_IP;
  control.header.cmsg_type = IP_PKTINFO;
  control.header.cmsg_len = CMSG_LEN(sizeof info);
  memcpy(CMSG_DATA(&control.header), &info, sizeof info);
  if (sendmsg(flood->file, &message, 0) < 0)
    return errno == EAGAIN || errno == ENOBUFS;
  flood->sent++;
  return true;
}

static void note_back(struct flood *flood, const struct msghdr *message, uint32_t octets) {
  const struct cmsghdr *header = CMSG_FIRSTHDR(message);
  struct in_pktinfo info;
  if (header == NULL || header->cmsg_type != IP_PKTINFO)
    return;
  memcpy(&info, CMSG_DATA(header), sizeof info);
  const uint32_t source = ntohl(info.ipi_addr.s_addr) - FIRST_SOURCE;
  flood->octets_back += octets;
  if (source < flood->count)
    flood->back[source] += octets;
}

/* All that has come. */
static void receive_all(struct flood *flood) {
  uint8_t octets[2048];
  struct iovec data = {.iov_base = octets, .iov_len = sizeof octets};
  union control control;
  ssize_t length;
  do {
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control.octets};
    length = recvmsg(flood->file, &message, MSG_DONTWAIT);
    if (length >= 0)
      note_back(flood, &message, (uint32_t)length);
  } while (length >= 0);
}

static void sleep_until(uint64_t ns) {
  const struct timespec until = {.tv_sec = (time_t)(ns / 1000000000),
                                 .tv_nsec = (long)(ns % 1000000000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
    continue;
}

static bool run(struct flood *flood, uint32_t rate) {
  const uint64_t begun_ns = clock_ns();
  while (flood->sent < flood->count) {
    sleep_until(begun_ns + (uint64_t)flood->sent * 1000000000 / rate);
    for (unsigned i = 0; i < BATCH && flood->sent < flood->count; i++) {
      if (!send_one(flood))
        return false;
      if (flood->sent == flood->count / 2) {
        puts("half");
        fflush(stdout);
      }
    }
    receive_all(flood);
  }
  const double seconds = (double)(clock_ns() - begun_ns) / 1e9;
  for (unsigned i = 0; i < 10; i++) {
    sleep_until(clock_ns() + AFTER_MS / 10 * UINT64_C(1000000));
    receive_all(flood);
  }
  uint32_t most = 0;
  for (uint32_t i = 0; i < flood->count; i++)
    most = flood->back[i] > most ? flood->back[i] : most;
  printf("sent %u triggers in %.1f s, %zu octets; came back %llu octets, to one address %.2f times "
         "what it sent\n",
         flood->sent, seconds, flood->sent * sizeof TRIGGER, (unsigned long long)flood->octets_back,
         (double)most / sizeof TRIGGER);
  return true;
}

int main(int argc, char **argv) {
  const unsigned long port = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
  const unsigned long count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
  const unsigned long rate = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
  if (port == 0 || port > UINT16_MAX || count == 0 || count > COUNT_MAX || rate == 0 ||
      rate > UINT32_MAX) {
    fputs("usage: live_flood PORT COUNT RATE\n", stderr);
    return 2;
  }
  struct flood flood = {.count = (uint32_t)count,
                        .to = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
                        .back = calloc(count, sizeof(uint32_t))};
  const bool fine = flood.back != NULL && open_socket(&flood) && run(&flood, (uint32_t)rate);
  if (!fine)
    perror("live_flood");
  free(flood.back);
  return fine ? 0 : 1;
}
