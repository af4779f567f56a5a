/* The inside of the host. */
#ifndef NODES_IKEV2_HOST_STATE_H
#define NODES_IKEV2_HOST_STATE_H

#include "../deadline.h"
#include "../esp/esp.h"
#include "../kept/kept.h"
#include "../list.h"
#include "../table.h"
#include "host.h"

/* The Child SA of an IKE SA. */
struct host_child {
  struct ikev2_child agreed; /* its keys wiped */
  struct esp_sa in, out;
  struct table_item by_spi; /* of `in` */
};

struct host_sa {
  struct host *host;
  struct ikev2 *ike;
  struct node_address local, remote; /* of IKE; where it began, then where it was confirmed */
  bool confirmed, ended, leaves;     /* it is to be deleted once nothing else is under way */
  uint64_t heard_ns;                 /* when the other end was last known to be there */
  struct host_child *child;
  struct list_link in_order; /* of the half-open ones, of the others, or of none */
  struct list_link to_write;
  struct table_item by_spi, by_address; /* SPIi; the address while it is half open */
  struct deadline deadline;
};

/* What departs beside IKE: the last packet of ESP gives way to the next. */
struct host_packet {
  struct kept octets; /* none: nothing waits */
  struct node_address source, destination;
  enum node_protocol protocol;
  const char *label;
};

struct host_probe {
  uint64_t until_ns; /* NODE_NEVER: none is under way */
  uint16_t port;
  size_t length;
  uint8_t octets[IKEV2_HOST_PROBE_MAX];
};

struct host {
  struct node node;
  struct ikev2_host_config config;
  const struct node_hooks *hooks;
  uint8_t cookie_secret[IKEV2_COOKIE_SECRET];
  struct list half_open, open, writers;
  struct table by_spi, by_address, by_esp;
  struct deadline_heap deadlines;
  struct host_sa *own;    /* of an initiator */
  struct ikev2 *stranger; /* has answered with a cookie, and is gone once that has departed */
  uint64_t cookies;
  struct host_packet packet;
  struct host_probe probe;
};

void host_tell(const struct host *host, enum node_event_type type,
               const struct node_address *remote, const char *label);

/* Of SAs (host_sa.c). A new one: half open, and in the tables by the octets of its opening message,
 * or, for an initiator, not yet in any. NULL: memory is short. */
struct host_sa *host_sa_open(struct host *host, const struct ikev2_config *config,
                             const uint8_t *opening, uint64_t now_ns);
void host_sa_index(struct host_sa *sa, const uint8_t *message);

/* Whose a message is; NULL: of none. `data` behind the marker, and as long as a header. */
struct host_sa *host_sa_find(struct host *host, const uint8_t *data, size_t length);
size_t host_sa_count_of(const struct host *host, const struct node_address *remote);

/* After each call of its core: tells what has become of it, and when it is to be woken. */
void host_sa_look(struct host_sa *sa, const struct node_datagram *arrived, uint64_t now_ns);

/* When it is to be asked whether it lives, or NODE_NEVER. */
uint64_t host_sa_liveness_ns(const struct host_sa *sa);

/* Without a message; `reason` is told. */
void host_sa_end(struct host_sa *sa, const char *reason);
void host_sa_free(struct host_sa *sa);

/* The child of an SA that has just been confirmed (host_child.c). */
void host_child_make(struct host_sa *sa);
void host_child_free(struct host_sa *sa);

/* A packet of ESP that has come. */
NODE_MUST_CHECK int host_child_read(struct host *host, const struct node_datagram *datagram,
                                    uint64_t now_ns);
NODE_MUST_CHECK int host_packet_write(struct host *host, struct node_datagram *datagram);
void host_probe_end(struct host *host, const char *unanswered);

#endif
