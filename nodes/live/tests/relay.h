/* A wire between two programs on loopback: what comes to its port goes to the server, and the
 * answers go back. It can lose datagrams, and writes all that it sees to a pcap file, as IPv4 with
 * the server's well-known port, so that captures need no privileges. */
#ifndef NODES_LIVE_TESTS_RELAY_H
#define NODES_LIVE_TESTS_RELAY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { RELAY_FLOWS_MAX = 64 };

struct relay {
  uint16_t port; /* where clients send to */
  int front;
  struct sockaddr_in server;
  struct relay_flow {
    struct sockaddr_in client;
    int back;
  } flows[RELAY_FLOWS_MAX];
  size_t flow_count;
  FILE *pcap; /* NULL: no capture */
  uint16_t shown_port;
  unsigned from_client; /* datagrams so far */
  unsigned from_server;
  /* Sees each datagram before it goes on; false: it is lost. May be NULL. */
  bool (*look)(void *context, struct relay *relay, bool from_client, const uint8_t *data,
               size_t length);
  void *context;
};

/* A relay has static storage: it may be closed after its test has failed. `pcap` NULL: no capture;
 * else the path of the file, in which the server has `shown_port`. */
void relay_open(struct relay *relay, uint16_t server_port, const char *pcap, uint16_t shown_port);

/* The same between other addresses than those of loopback: `front` is where clients send to (its
 * port is the relay's), `server` where that goes on to. */
void relay_open_between(struct relay *relay, const struct sockaddr_in *front,
                        const struct sockaddr_in *server);
void relay_close(struct relay *relay);
void relay_close_all(void);

/* Passes on what comes within `limit_ms`, or until `file` (or -1) is readable, or once something
 * was passed on. */
void relay_pump(int file, int limit_ms);

#endif
