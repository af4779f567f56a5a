/* The messages of one run as a ladder, as the draft draws it: who sent what to whom, and when.
 * It is made from the simulator's log (what departed) and its result (what that weighed). */
#ifndef BENCH_SHOW_LADDER_H
#define BENCH_SHOW_LADDER_H

#include "frames.h"
#include "support/text.h"

#include <jansson.h>

enum { LADDER_ALL_PEERS = 0 };

/* A node that takes part in what is shown. */
struct ladder_node {
  char *name;
  bool is_peer; /* as the result names them */
};

/* What a message of the ladder is in the result's `messages`: the sum over its repetitions, all
 * hops and, where there are several, all peers. */
struct ladder_weight {
  long long datagrams, bytes_udp, frames, bytes_air;
};

struct ladder_item {
  double t_ms; /* since the first datagram that is shown */
  bool is_event;
  char *confirmed_by; /* of an event: the node whose message confirms a key, and has its number in
                         the label; NULL of all others */
  size_t from, to;    /* indexes of nodes; of an event both its own */
  char *label;        /* "EAP-PSK 1"; of an event what happened */
  char *words;        /* what the lower layer says, in lines; "" of an event */
  char *phase;        /* of a message, as the log names it */
  char *step;         /* "3": the place of the message in the result; "" if it is not there */
  long long copy;     /* 0, or how many times it was sent before */
  long long bytes;    /* UDP payload */
  const json_t *message; /* its entry in the result; NULL if there is none */
  bool weighs;           /* it is the first of its message, which stands for all of them */
  long long datagram;    /* as the log numbers it; FRAMES_NO_DATAGRAM */
  char *losses;          /* of its frames, in words; "" */
  bool arrived;          /* nothing tells that it did not */
};

struct ladder {
  struct ladder_node *node; /* from left to right (ladder_columns.h) */
  size_t node_count;
  struct ladder_item *item;
  size_t count;
  size_t peers; /* of the run */
  size_t peer;  /* the one that is shown, from 1; LADDER_ALL_PEERS */
  json_t *result;
  double begin_ms; /* of the run's time: the first datagram that is shown */
  struct frames frames;
};

/* Reads `log` (JSON lines) of the run that gave `result`: what its peer number `peer`, from 1,
 * takes part in, and what no peer does if it has no other; or all, with LADDER_ALL_PEERS. -1 with
 * an error, and nothing to deinit. */
int ladder_init(struct ladder *ladder, json_t *result, const char *log, size_t peer,
                struct text *error);
void ladder_deinit(struct ladder *ladder);

/* Whether a datagram of this number is shown. */
bool ladder_shows(const struct ladder *ladder, long long datagram);

/* The steps' names in the order of the result's messages: number `index` is "3". To be freed. */
char *ladder_step(const json_t *result, size_t index);

struct ladder_weight ladder_weigh(const json_t *message);

/* Adds the ladder as text, and as a standalone SVG document with `footer` at its bottom. */
void ladder_print(const struct ladder *ladder, struct text *text);
void ladder_draw(const struct ladder *ladder, const char *footer, struct text *svg);

/* Adds the ladder as a JSON array. */
json_t *ladder_json(const struct ladder *ladder);

#endif
