/* What is written down of one peer's authentication while it runs: the moments that its phases
 * begin and end at, on both sides, and how it ended. */
#ifndef SIM_ACCOUNT_RECORD_H
#define SIM_ACCOUNT_RECORD_H

#include "meter.h"
#include "timeline.h"

struct record {
  /* NODE_NEVER: has not happened. */
  uint64_t first_ns;  /* first datagram of either side; or when the peer began to compute it */
  uint64_t step1_ns;  /* the authenticator's first request departs */
  uint64_t method_ns; /* its second */
  uint64_t step7_ns;  /* its first datagram after it holds the key */
  uint64_t peer_key_ns, authenticator_key_ns;
  uint64_t peer_confirmed_ns, authenticator_confirmed_ns;
  uint64_t end_ns; /* both sides are at an end */
  size_t retries;  /* attempts of the peer that failed, and were followed by others: the moments,
                      but the first and the end, are those of the last attempt */
  bool peer_started, authenticator_started;
  const char *peer_failure, *authenticator_failure; /* NULL: has not failed */
  const char *aaa_failure;         /* what the AAA server said meanwhile; NULL: nothing */
  struct meter_reading begin, end; /* of the peer's meter */
  /* Of the peer's time, at first_ns and at record_confirmed_ns. */
  struct timeline_reading first, confirmed;
};

void record_init(struct record *record);

/* A datagram of this authentication departs: whether it carries an EAP packet, and which copy it
 * is. */
void record_departure(struct record *record, bool from_authenticator, bool carries_eap,
                      unsigned copy, uint64_t now_ns);

/* Either side says something of this authentication. */
void record_event(struct record *record, bool from_authenticator, const struct node_event *event,
                  uint64_t now_ns);

/* The peer's attempt has failed, and it will begin another; what the authenticator still says of
 * the one that failed does not end the authentication. */
void record_retry(struct record *record);

/* Only the authenticator has failed: the peer has verified that both hold the key. */
bool record_is_half(const struct record *record);

/* True if neither side has anything left to do. */
bool record_is_final(const struct record *record);

bool record_is_established(const struct record *record);

/* How often the authentication was begun. */
size_t record_attempts(const struct record *record);

/* When both sides had confirmed the key, or held it; NODE_NEVER. */
uint64_t record_confirmed_ns(const struct record *record);
uint64_t record_key_ns(const struct record *record);

/* What the time between first_ns and record_confirmed_ns went to; its sum is that time. Of one that
 * is established. */
struct timeline_reading record_parts(const struct record *record);

#endif
