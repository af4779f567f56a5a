/* UDP ports in blocks, of which a program holds some. */
#define _GNU_SOURCE
#include "port.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
  LIMIT_MS = 20000,
  LOOK_MS = 5,
  BLOCK_PORTS = 500,
  BLOCK_FIRST = 20, /* port 10000 */
  BLOCK_END = 64,   /* port 32000: below those that Linux gives (ip_local_port_range) */
};

/* Who has bound a block's name has the block. The name is of no file, and goes with the program. */
static int hold(unsigned block) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "coap-eap-ports-%u", block);
  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  assert_true(file >= 0);
  if (bind(file, (const struct sockaddr *)&name, sizeof name) == 0)
    return file;
  close(file);
  return -1;
}

static bool is_free(unsigned port) {
  const struct sockaddr_in local = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  assert_true(file >= 0);
  const bool bound = bind(file, (const struct sockaddr *)&local, sizeof local) == 0;
  close(file);
  return bound;
}

/* Strangers may have some of a block's ports. */
static bool are_free(unsigned block) {
  unsigned port = block * BLOCK_PORTS;
  while (port < (block + 1) * BLOCK_PORTS && is_free(port))
    port++;
  return port == (block + 1) * BLOCK_PORTS;
}

/* Takes `count` blocks in a row, or none. */
static bool take_blocks(unsigned first, unsigned count) {
  int held[BLOCK_END];
  unsigned taken = 0;
  while (taken < count && (held[taken] = hold(first + taken)) >= 0)
    taken++;
  bool good = taken == count;
  for (unsigned i = 0; good && i < count; i++)
    good = are_free(first + i);
  while (!good && taken > 0)
    close(held[--taken]);
  return good;
}

uint16_t port_take_row(unsigned count) {
  const unsigned blocks = (count + BLOCK_PORTS - 1) / BLOCK_PORTS;
  for (unsigned first = BLOCK_FIRST; first + blocks <= BLOCK_END; first++)
    if (take_blocks(first, blocks))
      return (uint16_t)(first * BLOCK_PORTS);
  fail_msg("no %u ports in a row are free", count);
  return 0;
}

/* As the kernel tells; to try the port could be in the way of who is about to listen. `queued`: the
 * octets that came to it and were not read, with what the kernel keeps of each datagram. */
static bool is_listed(const char *list, uint16_t port, unsigned *queued) {
  char line[256];
  unsigned found = 0;
  FILE *file = fopen(list, "re");
  while (file != NULL && found != port && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "%*u: %*[0-9A-F]:%x %*[0-9A-F]:%*x %*x %*x:%x", &found, queued) != 2)
      found = 0;
  if (file != NULL)
    fclose(file);
  return found == port;
}

static bool is_idle(uint16_t port) {
  unsigned queued;
  return (is_listed("/proc/net/udp", port, &queued) ||
          is_listed("/proc/net/udp6", port, &queued)) &&
         queued == 0;
}

void port_await_idle(uint16_t port) {
  const struct timespec look = {.tv_nsec = LOOK_MS * 1000000};
  for (unsigned waited_ms = 0; !is_idle(port); waited_ms += LOOK_MS) {
    if (waited_ms > LIMIT_MS)
      fail_msg("nobody reads what comes to port %u after %d ms", port, LIMIT_MS);
    nanosleep(&look, NULL);
  }
}

uint16_t port_take(void) {
  static uint16_t next;
  if (next % BLOCK_PORTS == 0)
    next = port_take_row(1);
  return next++;
}
