/* The two ends of IKEv2 and ESP as associations, in virtual time: what one has to say is read by
 * the other, but for a datagram that is lost. */
#ifndef NODES_TESTS_ASSOCIATION_IKEV2_PAIR_H
#define NODES_TESTS_ASSOCIATION_IKEV2_PAIR_H

#include "association/kind.h"
#include "seeded.h"

enum {
  IKEV2_PAIR_SENT_MAX = 64,
  IKEV2_PAIR_KEY = 32,
  IKEV2_PAIR_ESP_KEYS = 4 + 16 + 3, /* SPI, key, salt */
  IKEV2_PAIR_CLIENT = 0,            /* sides */
  IKEV2_PAIR_SERVER = 1,
  IKEV2_PAIR_ALL_ARRIVE = IKEV2_PAIR_SENT_MAX,
};

/* Ports of CoAP in clear. */
enum { IKEV2_PAIR_CLIENT_PORT = 5683, IKEV2_PAIR_SERVER_PORT = 5683 };

struct ikev2_pair;

struct ikev2_end {
  struct ikev2_pair *world;
  struct association_config config;
  struct association_pair pair;
  struct node_hooks hooks;
  struct seeded seeded;
  struct association_request request;
  unsigned keys, secrets, discarded; /* NODE_EVENT_* */
  unsigned dropped;                  /* records that no association took */
  const char *why;                   /* the last was dropped */
  unsigned requests, responses;
  uint8_t esp_keys[2 * IKEV2_PAIR_ESP_KEYS]; /* the last: of the client's packets first */
};

struct ikev2_sent {
  struct node_datagram datagram; /* but for `data` */
  uint8_t data[NODE_DATAGRAM_MAX];
  int side;
};

struct ikev2_pair {
  struct option_values options;
  struct ikev2_end end[2];
  struct ikev2_sent sent[IKEV2_PAIR_SENT_MAX];
  size_t sent_count;
  size_t lost; /* number of the datagram that is lost */
  uint64_t now_ns;
};

extern const struct association_kind *const IKEV2_PAIR_KINDS[2]; /* ikev2, ikev2-udp */

/* A world with configurations of both ends that fit; nothing is open. */
void ikev2_pair_init(struct ikev2_pair *world, const struct association_kind *kind);
void ikev2_pair_set(struct ikev2_pair *world, const char *option, const char *value);

/* Opens the current association of both ends, or the pending ones. */
void ikev2_pair_open(struct ikev2_pair *world);
void ikev2_pair_open_pending(struct ikev2_pair *world);
void ikev2_pair_close(struct ikev2_pair *world);

/* One end says what it has to say. False: nothing. */
bool ikev2_pair_say(struct ikev2_pair *world, int side);

/* Each end says what it has to say, or else time passes until one is due. False: there is no more.
 */
bool ikev2_pair_step(struct ikev2_pair *world);

/* Until both have nothing to say, and wait for nothing. */
void ikev2_pair_run(struct ikev2_pair *world);

/* One end asks under its current association, and both run. */
void ikev2_pair_ask(struct ikev2_pair *world, int side);

/* A datagram comes to an end. */
void ikev2_pair_inject(struct ikev2_pair *world, int side, const struct node_datagram *datagram,
                       const uint8_t *data, size_t length);

const struct association *ikev2_pair_current(const struct ikev2_pair *world, int side);

#endif
