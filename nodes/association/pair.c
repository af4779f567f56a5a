/* Two associations, one of which takes the other's place; and the datagrams of their sessions. */
#include "kind.h"

#include <string.h>

/* Life */

void association_pair_close(struct association_pair *pair) {
  association_close(&pair->pending);
  association_close(&pair->current);
}

void association_pair_replace(struct association_pair *pair) {
  association_close(&pair->current);
  pair->current = pair->pending;
  pair->pending = (struct association){.kind = NULL};
}

void association_pair_drop(struct association_pair *pair) {
  if (association_failure(&pair->pending) == NULL)
    association_close(&pair->pending);
}

/* Protected messages */

int association_pair_verify_request(struct association_pair *pair,
                                    const struct coap_message *message,
                                    struct association_request *request) {
  struct association *const candidates[] = {&pair->pending, &pair->current};
  int result = association_check(message);
  for (size_t i = 0; i < 2; i++) {
    if (!association_protects_messages(candidates[i]))
      continue;
    const int error = association_verify_request(candidates[i], message, request);
    if (error == 0)
      return 0;
    if (result == NODE_ERR_UNKNOWN)
      result = error;
  }
  return result;
}

/* Datagrams of sessions */

struct delivery {
  uint8_t *plain;
  size_t length;
};

static void deliver_plain(void *context, const uint8_t *plain, size_t length) {
  struct delivery *delivery = context;
  memcpy(delivery->plain, plain, length);
  delivery->length = length;
}

static const struct association_session *session_of(const struct association *association) {
  return association->kind == NULL ? NULL : association->kind->session;
}

/* Whether what is no application data may be of an association: it says so, and the other one of
 * the pair was not begun by it. */
static bool is_of(const struct association *association, const struct association *other,
                  const struct association_record *part) {
  const struct association_session *session = session_of(association), *others = session_of(other);
  return session->is_of == NULL || (session->is_of(association->state, part) &&
                                    !(others != NULL && others->has_opened(other->state, part)));
}

/* Hands a part of a datagram to the association that it is of: application data to the first whose
 * keys verify them, all else to the first that it may be of. Returns that whose application data
 * are in `delivery`, or NULL, with static text in `*why` where none took the record. */
static struct association *take_part(struct association_pair *pair,
                                     const struct association_record *part, uint64_t now_ns,
                                     struct delivery *delivery, const char **why) {
  struct association *const candidates[] = {&pair->pending, &pair->current};
  *why = "record without a key";
  for (size_t i = 0; i < 2; i++) {
    const struct association_session *session = session_of(candidates[i]);
    if (session == NULL)
      continue;
    const bool application = session->is_application_data(part);
    if (application ? !association_is_ready(candidates[i])
                    : !is_of(candidates[i], candidates[!i], part))
      continue;
    *why = application ? "record does not verify" : NULL;
    delivery->length = 0;
    const int taken = session->receive(candidates[i]->state, part, now_ns, deliver_plain, delivery);
    if (taken > 0 || !application)
      return taken > 0 ? candidates[i] : NULL;
  }
  return NULL;
}

/* What of a datagram is handed over at once: a record of application data, which may be of either
 * session; or all up to the next such, so that a library that has computed what it expects of a
 * flight's next record finds it there. Counts records, up to ASSOCIATION_RECORDS_MAX. */
static size_t part_length(const struct association_pair *pair,
                          const struct association_record *rest, unsigned *records) {
  const struct association_session *session = session_of(&pair->pending);
  if (session == NULL)
    session = session_of(&pair->current);
  struct association_record next = *rest;
  while (next.length > 0 && *records < ASSOCIATION_RECORDS_MAX) {
    const bool application = session != NULL && session->is_application_data(&next);
    if (application && next.length < rest->length)
      break;
    const size_t length = session == NULL ? next.length : session->record_length(&next);
    next.data += length;
    next.length -= length;
    ++*records;
    if (application)
      break;
  }
  return rest->length - next.length;
}

static int read_part(struct association_pair *pair, const struct association_record *part,
                     uint64_t now_ns, const struct association_reader *reader) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct delivery delivery = {.plain = plain};
  const char *why;
  struct association *association = take_part(pair, part, now_ns, &delivery, &why);
  if (association != NULL)
    return reader->message(reader->context, association, plain, delivery.length, now_ns);
  if (why != NULL)
    reader->discarded(reader->context, why);
  return 0;
}

int association_pair_read(struct association_pair *pair, const struct node_datagram *datagram,
                          uint64_t now_ns, const struct association_reader *reader) {
  struct association_record rest = {.protocol = datagram->protocol,
                                    .source = &datagram->source,
                                    .destination = &datagram->destination,
                                    .data = datagram->data,
                                    .length = datagram->length};
  int result = 0;
  unsigned records = 0;
  while (rest.length > 0 && result == 0) {
    struct association_record part = rest;
    part.length = part_length(pair, &rest, &records);
    if (part.length == 0) {
      reader->discarded(reader->context, "more than 8 records in a datagram");
      break;
    }
    result = read_part(pair, &part, now_ns, reader);
    rest.data += part.length;
    rest.length -= part.length;
  }
  return result;
}

int association_seal(struct association *association) {
  const struct association_session *session = session_of(association);
  if (session == NULL || !association_is_ready(association))
    return 0;
  return coap_session_seal(association->coap, session->protect, association->state);
}

int association_pair_seal(struct association_pair *pair) {
  const int error = association_seal(&pair->pending);
  return error < 0 ? error : association_seal(&pair->current);
}

/* The two ends, by their CoAP without protection. */
struct ends {
  const struct node_address *local, *remote;
};

static void direct(const struct association_kind *kind, enum node_protocol protocol,
                   const struct ends *ends, struct node_datagram *datagram) {
  datagram->protocol = protocol;
  datagram->source = association_address(kind, ends->local);
  datagram->destination = association_address(kind, ends->remote);
  if (protocol != NODE_UDP)
    datagram->source.port = datagram->destination.port = 0;
}

/* What the handshake has to send, then the messages inside. */
static int write_session(struct association *association, const struct ends *ends,
                         struct node_datagram *datagram, uint64_t now_ns) {
  const struct association_session *session = session_of(association);
  if (session == NULL)
    return 0;
  enum node_protocol protocol = NODE_UDP;
  int result = session->write(association->state, datagram, now_ns);
  if (result == 1)
    datagram->phase = association->phase;
  if (result == 0 && association_is_ready(association)) {
    protocol = association->kind->carrier;
    result = coap_session_write_sealed(association->coap, datagram, now_ns);
  }
  if (result == 1)
    direct(association->kind, protocol, ends, datagram);
  datagram->is_protected = true;
  return result;
}

int association_pair_write(struct association_pair *pair, const struct node_address *local,
                           const struct node_address *remote, struct node_datagram *datagram,
                           uint64_t now_ns) {
  const struct ends ends = {local, remote};
  const int result = write_session(&pair->pending, &ends, datagram, now_ns);
  if (result != 0)
    return result;
  if (association_failure(&pair->pending) != NULL)
    association_close(&pair->pending);
  return write_session(&pair->current, &ends, datagram, now_ns);
}

/* Where a session has failed, what is outstanding under it waits for nothing. */
static uint64_t session_expiry(const struct association *association) {
  const struct association_session *session = session_of(association);
  if (session == NULL)
    return NODE_NEVER;
  const uint64_t own_ns = session->expiry(association->state);
  const uint64_t coap_ns =
      association_is_ready(association) ? coap_session_expiry(association->coap) : NODE_NEVER;
  return own_ns < coap_ns ? own_ns : coap_ns;
}

uint64_t association_pair_expiry(const struct association_pair *pair) {
  const uint64_t pending_ns = session_expiry(&pair->pending);
  const uint64_t current_ns = session_expiry(&pair->current);
  return pending_ns < current_ns ? pending_ns : current_ns;
}

static int handle_session_expiry(struct association *association, uint64_t now_ns, bool *given_up) {
  const struct association_session *session = session_of(association);
  *given_up = false;
  if (session == NULL)
    return 0;
  *given_up = coap_session_handle_expiry(association->coap, now_ns);
  return session->handle_expiry(association->state, now_ns);
}

int association_pair_handle_expiry(struct association_pair *pair, uint64_t now_ns,
                                   struct association_given_up *given_up) {
  *given_up = (struct association_given_up){.current = false};
  const int result = handle_session_expiry(&pair->pending, now_ns, &given_up->pending);
  return result < 0 ? result : handle_session_expiry(&pair->current, now_ns, &given_up->current);
}

/* State */

static size_t held_bytes(const struct association *association) {
  return association->kind == NULL ? 0 : association->kind->bytes(association->state);
}

static size_t held_bytes_peak(const struct association *association) {
  return association->kind == NULL ? 0 : association->kind->bytes_peak(association->state);
}

size_t association_pair_bytes(const struct association_pair *pair) {
  return held_bytes(&pair->pending) + held_bytes(&pair->current);
}

void association_pair_note(struct association_pair *pair) {
  const size_t pending = held_bytes_peak(&pair->pending);
  const size_t bytes =
      pending == 0 ? held_bytes_peak(&pair->current) : pending + held_bytes(&pair->current);
  if (bytes > pair->bytes_peak)
    pair->bytes_peak = bytes;
}

static void digest_association(const struct association *association, struct digest *digest,
                               uint64_t now_ns) {
  digest_u64(digest, association->kind != NULL);
  if (association->kind == NULL)
    return;
  if (association->kind->session != NULL)
    coap_session_digest(association->coap, digest, now_ns);
  association->kind->digest(association->state, digest, now_ns);
}

void association_pair_digest(const struct association_pair *pair, struct digest *digest,
                             uint64_t now_ns) {
  digest_association(&pair->pending, digest, now_ns);
  digest_association(&pair->current, digest, now_ns);
}
