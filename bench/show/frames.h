/* The frames of one run, as the simulator's log has them: which try each was, and what became of it
 * at whom it was for; what MACs gave up; and which datagrams arrived. */
#ifndef BENCH_SHOW_FRAMES_H
#define BENCH_SHOW_FRAMES_H

#include "support/text.h"

#include <jansson.h>

enum { FRAMES_NO_DATAGRAM = -1 };

/* A transmission, or a frame that was given up. The texts live as long as the frames. */
struct frames_entry {
  double t_ms;            /* since the run began */
  long long number;       /* in air.pcap; 0: it was given up */
  long long datagram;     /* that it has octets of, or acknowledges those of; FRAMES_NO_DATAGRAM */
  long long offset;       /* of a fragment, in its IPv6 packet; -1: it is none */
  long long tries;        /* this one included; 0: an acknowledgement, or never sent */
  long long acknowledges; /* a number; 0: nothing */
  size_t part, parts;     /* of a fragment: the how manieth of how many; 0: it is none */
  const char *from, *to;
  const char *label; /* of the message; "" */
  const char *kind;  /* "data", "acknowledgement", "data request"; "" of what was given up */
  const char *fate;  /* the log's word for it, or for the cause of giving it up */
  json_t *line;
};

struct frames_datagram;

struct frames {
  struct frames_entry *entry; /* by time */
  size_t count;
  const char **acknowledged;        /* by number: the fate of its acknowledgement; NULL: none */
  struct frames_datagram *datagram; /* by its number */
  size_t datagram_count;
  bool told; /* the log tells of frames at all */
};

/* Takes a line of the log; false if it is none of frames'. */
bool frames_take(struct frames *frames, json_t *line);

/* All are taken: they are put in order. */
void frames_settle(struct frames *frames);
void frames_deinit(struct frames *frames);

/* Adds in words: "received", "lost (on the link)", "received, its acknowledgement lost
 * (collision)", "given up (channel busy)". */
void frames_add_fate(const struct frames *frames, const struct frames_entry *entry,
                     struct text *words);

/* Adds what was lost on the way of a datagram: "2 frames lost (on the link 1, collision 1); 1
 * acknowledgement lost (on the link); 1 frame given up (no acknowledgement)"; nothing where nothing
 * was. */
void frames_add_losses(const struct frames *frames, long long datagram, struct text *words);

/* False if the log tells of frames, and not of this datagram's arrival; or of that, and that there
 * was no room for it (frames_found_no_room). */
bool frames_arrived(const struct frames *frames, long long datagram);
bool frames_found_no_room(const struct frames *frames, long long datagram);

/* When a datagram arrived, as the log counts time; NaN: nothing tells it. */
double frames_arrival_ms(const struct frames *frames, long long datagram);

/* Who received a frame of a datagram last; NULL: nobody did. It lives as long as the frames. */
const char *frames_last_receiver(const struct frames *frames, long long datagram);

/* Adds how many frames there were, and what became of them, in a line. */
void frames_add_summary(const struct frames *frames, struct text *text);

/* The lines of the log, by time. */
json_t *frames_json(const struct frames *frames);

#endif
