/* Moments of an authentication. */
#include "record.h"

#include <assert.h>

void record_init(struct record *record) {
  *record = (struct record){
      .first_ns = NODE_NEVER,
      .step1_ns = NODE_NEVER,
      .method_ns = NODE_NEVER,
      .step7_ns = NODE_NEVER,
      .peer_key_ns = NODE_NEVER,
      .authenticator_key_ns = NODE_NEVER,
      .peer_confirmed_ns = NODE_NEVER,
      .authenticator_confirmed_ns = NODE_NEVER,
      .end_ns = NODE_NEVER,
  };
}

/* Keeps the first moment. */
static void note(uint64_t *moment_ns, uint64_t now_ns) {
  if (*moment_ns == NODE_NEVER)
    *moment_ns = now_ns;
}

void record_departure(struct record *record, bool from_authenticator, bool carries_eap,
                      unsigned copy, uint64_t now_ns) {
  if (!from_authenticator || copy > 0)
    return;
  if (record->authenticator_key_ns != NODE_NEVER) {
    note(&record->step7_ns, now_ns);
  } else if (carries_eap) {
    if (record->step1_ns != NODE_NEVER)
      note(&record->method_ns, now_ns);
    note(&record->step1_ns, now_ns);
  }
}

void record_retry(struct record *record) {
  record->retries++;
  record->step1_ns = record->method_ns = record->step7_ns = NODE_NEVER;
  record->peer_key_ns = record->authenticator_key_ns = NODE_NEVER;
  record->peer_confirmed_ns = record->authenticator_confirmed_ns = NODE_NEVER;
}

static void record_start(struct record *record, bool from_authenticator) {
  *(from_authenticator ? &record->authenticator_started : &record->peer_started) = true;
  if (from_authenticator && record->retries > 0)
    record->authenticator_failure = NULL;
}

void record_event(struct record *record, bool from_authenticator, const struct node_event *event,
                  uint64_t now_ns) {
  switch (event->type) {
  case NODE_EVENT_STARTED:
    record_start(record, from_authenticator);
    break;
  case NODE_EVENT_RETRYING:
    record_retry(record);
    break;
  case NODE_EVENT_KEY:
    note(from_authenticator ? &record->authenticator_key_ns : &record->peer_key_ns, now_ns);
    break;
  case NODE_EVENT_CONFIRMED:
    note(from_authenticator ? &record->authenticator_confirmed_ns : &record->peer_confirmed_ns,
         now_ns);
    break;
  case NODE_EVENT_FAILED:
    *(from_authenticator ? &record->authenticator_failure : &record->peer_failure) = event->label;
    break;
  default:
    break;
  }
}

bool record_is_final(const struct record *record) {
  const bool authenticator_final = record->authenticator_confirmed_ns != NODE_NEVER ||
                                   record->authenticator_failure != NULL ||
                                   !record->authenticator_started;
  const bool peer_final = record->peer_confirmed_ns != NODE_NEVER || record->peer_failure != NULL ||
                          (!record->peer_started && record->authenticator_failure != NULL);
  return authenticator_final && peer_final;
}

bool record_is_established(const struct record *record) {
  return record_confirmed_ns(record) != NODE_NEVER;
}

bool record_is_half(const struct record *record) {
  return record->authenticator_failure != NULL && record->peer_confirmed_ns != NODE_NEVER &&
         record->authenticator_confirmed_ns == NODE_NEVER;
}

size_t record_attempts(const struct record *record) {
  return record->first_ns == NODE_NEVER ? 0 : 1 + record->retries;
}

static uint64_t later(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

uint64_t record_confirmed_ns(const struct record *record) {
  return later(record->peer_confirmed_ns, record->authenticator_confirmed_ns);
}

uint64_t record_key_ns(const struct record *record) {
  return later(record->peer_key_ns, record->authenticator_key_ns);
}

struct timeline_reading record_parts(const struct record *record) {
  const struct timeline_reading parts = timeline_difference(&record->confirmed, &record->first);
  assert(timeline_total_ns(&parts) == record_confirmed_ns(record) - record->first_ns);
  return parts;
}
