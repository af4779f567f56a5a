/* Secure channels of UEs. Of a UE that has not shown yet that it is at its address nothing is kept
 * (association/reception.h). Then the handshake has a place, and what comes of it takes that of a
 * former channel with the same endpoint, which is in use until then. */
#include "aps_state.h"

#include "../lower/application.h"

#include <string.h>

void aps_channel_tell(const struct aps_channel *channel, enum node_phase phase,
                      enum node_event_type type, const char *label) {
  aps_tell(channel->aps, phase, type, &channel->remote, label);
}

static void channel_discarded(void *context, const char *why) {
  aps_channel_tell(context, NODE_PHASE_SECURE, NODE_EVENT_DISCARDED, why);
}

/* Handshakes */

static void drop_held(struct aps_channel *channel) {
  while (channel->held_count > 0)
    kept_wipe(&channel->held[--channel->held_count].octets);
}

void aps_channel_drop_handshake(struct aps_channel *channel) {
  aps_inquiry_leave(channel);
  drop_held(channel);
  channel->asked = channel->told = false;
  channel->handshake_until_ns = NODE_NEVER;
}

void aps_channel_fail_handshake(struct aps_channel *channel, const char *why) {
  if (association_is_open(&channel->pair.pending) && !channel->told)
    aps_channel_tell(channel, NODE_PHASE_SECURE, NODE_EVENT_FAILED, why);
  aps_channel_drop_handshake(channel);
}

/* Names are told in one form, whatever the channel has. */
static void channel_tell_confirmed(const struct aps_channel *channel, const uint8_t *identity,
                                   size_t length) {
  const struct aps *aps = channel->aps;
  uint8_t name[EMSK_NAME_LENGTH], digits[BOOTSTRAP_IDENTITY_LENGTH];
  if (bootstrap_channel_identity_read(aps->config.channel, identity, length, name)) {
    bootstrap_identity_write(name, digits);
    identity = digits;
    length = sizeof digits;
  }
  node_event_confirmed(aps->hooks, NODE_PHASE_SECURE, &channel->remote,
                       association_kind_label(aps->kind), identity, length);
}

/* The UE has the key that it named. */
static void channel_confirm(struct aps_channel *channel) {
  size_t length = 0;
  const uint8_t *identity = association_identity(&channel->pair.pending, &length);
  channel->until_ns = channel->handshake_until_ns;
  aps_channel_drop_handshake(channel);
  association_pair_replace(&channel->pair);
  channel_tell_confirmed(channel, identity, length);
}

static void channel_close(struct aps_channel *channel, const char *why) {
  aps_channel_tell(channel, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
  association_close(&channel->pair.current);
}

/* What the handshake, and the session, have come to. */
static void channel_follow(struct aps_channel *channel) {
  const char *failure = association_failure(&channel->pair.pending);
  if (association_is_ready(&channel->pair.pending))
    channel_confirm(channel);
  if (failure != NULL && !channel->told) {
    aps_channel_fail_handshake(channel, failure);
    channel->told = true;
  }
  failure = association_failure(&channel->pair.current);
  if (failure != NULL)
    channel_close(channel, failure);
}

static bool channel_is_over(const struct aps_channel *channel) {
  return !association_is_open(&channel->pair.pending) &&
         !association_is_open(&channel->pair.current);
}

/* While the AS is asked, time does not run for the handshake: its last flight has been answered. */
static uint64_t channel_expiry(const struct aps_channel *channel) {
  const uint64_t pair_ns =
      channel->inquiry != NULL ? NODE_NEVER : association_pair_expiry(&channel->pair);
  const uint64_t until_ns =
      association_is_open(&channel->pair.current) ? channel->until_ns : NODE_NEVER;
  return pair_ns < until_ns ? pair_ns : until_ns;
}

static void channel_schedule(struct aps_channel *channel) {
  deadline_set(&channel->aps->channels.deadlines, &channel->deadline, channel_expiry(channel));
}

/* What was done changes what there is to write, which is protected now, and when it wants to be
 * woken. */
static int channel_settle(struct aps_channel *channel, int result) {
  result = aps_forgive(channel->aps, NODE_PHASE_SECURE, &channel->remote, result);
  if (result < 0)
    return result;
  channel_follow(channel);
  if (channel_is_over(channel)) {
    aps_channel_release(channel);
    return 0;
  }
  aps_channel_stand(channel);
  list_append(&channel->aps->channels.writers, &channel->to_write, channel);
  result = association_pair_seal(&channel->pair);
  channel_schedule(channel);
  return aps_forgive(channel->aps, NODE_PHASE_APPLICATION, &channel->remote, result);
}

/* Requests of the application */

static int channel_message(void *context, struct association *association, const uint8_t *data,
                           size_t length, uint64_t now_ns) {
  struct aps_channel *channel = context;
  struct association_request request;
  struct coap_message message;
  const enum coap_received received =
      coap_session_receive(association_coap(association), data, length, now_ns, &message);
  if (received != COAP_RECEIVED_REQUEST)
    return 0;
  int result = association_verify_request(association, &message, &request);
  if (result == 0)
    result = lower_application_answer(&request, channel->aps->config.payload_bytes,
                                      NODE_PHASE_APPLICATION, now_ns);
  if (result == 1)
    aps_channel_tell(channel, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, "application");
  return result < 0 ? result : 0;
}

/* Datagrams */

static int pair_read(struct aps_channel *channel, const struct node_datagram *datagram,
                     uint64_t now_ns) {
  struct aps *aps = channel->aps;
  const struct association_reader reader = {
      .context = channel, .message = channel_message, .discarded = channel_discarded};
  aps->handshake = channel;
  const int result = association_pair_read(&channel->pair, datagram, now_ns, &reader);
  aps->handshake = NULL;
  return result;
}

static int channel_hold(struct aps_channel *channel, const struct node_datagram *datagram) {
  if (channel->held_count == APS_HELD_MAX) {
    channel_discarded(channel, "more than is held while the AS is asked");
    return 0;
  }
  struct aps_held *held = &channel->held[channel->held_count];
  held->arrived_ns = channel->aps->now_ns;
  held->source = datagram->source;
  held->destination = datagram->destination;
  held->protocol = datagram->protocol;
  const int error = kept_store(&held->octets, datagram->data, datagram->length, NULL);
  if (error == 0)
    channel->held_count++;
  return error;
}

/* Whether it has to wait for an answer of the AS, which is asked once in a handshake. */
static bool has_to_wait(struct aps_channel *channel, const struct node_datagram *datagram) {
  struct aps *aps = channel->aps;
  size_t length;
  if (association_kind_is_application_data(aps->kind, datagram))
    return false;
  if (channel->inquiry != NULL || channel->asked || !association_is_open(&channel->pair.pending) ||
      channel->told)
    return channel->inquiry != NULL;
  const uint8_t *identity = association_names(&channel->pair.pending, datagram, &length);
  if (identity == NULL || !aps_inquiry_is_due(aps, identity, length))
    return false;
  channel->asked = true;
  const int error = aps_inquiry_begin(channel, identity, length);
  if (error < 0)
    aps_channel_tell(channel, NODE_PHASE_PULL, NODE_EVENT_UNANSWERED, node_error_name(error));
  return error == 0;
}

static int channel_read(struct aps_channel *channel, const struct node_datagram *datagram) {
  return channel_settle(channel, has_to_wait(channel, datagram)
                                     ? channel_hold(channel, datagram)
                                     : pair_read(channel, datagram, channel->aps->now_ns));
}

/* It is read as when it arrived, since time has not run for the handshake. Flights that came again
 * are of no use once that is over. */
int aps_channel_go_on(struct aps_channel *channel) {
  const struct association *pending = &channel->pair.pending;
  int result = 0;
  for (size_t i = 0; i < channel->held_count && result == 0; i++) {
    const struct aps_held *held = &channel->held[i];
    const struct node_datagram datagram = {.source = held->source,
                                           .destination = held->destination,
                                           .protocol = held->protocol,
                                           .data = held->octets.data,
                                           .length = held->octets.length};
    if (!association_is_ready(pending) && association_failure(pending) == NULL)
      result = pair_read(channel, &datagram, held->arrived_ns);
  }
  drop_held(channel);
  return channel_settle(channel, result);
}

/* Newcomers */

/* The handshake has a place from now on: a new one, or beside the channel that there is. */
static int enter(struct aps *aps, const struct aps_channel *visitor, struct association *entered) {
  struct aps_channel *channel = aps_channels_find(aps, &visitor->remote);
  if (channel == NULL)
    channel = aps_channels_acquire(aps, &visitor->local, &visitor->remote);
  if (channel == NULL) {
    association_close(entered);
    return NODE_ERR_EXHAUSTED;
  }
  aps_channel_fail_handshake(channel, "another handshake has begun");
  association_close(&channel->pair.pending);
  channel->pair.pending = *entered;
  channel->handshake_until_ns = visitor->handshake_until_ns;
  aps_channel_tell(channel, NODE_PHASE_SECURE, NODE_EVENT_STARTED, "handshake");
  return channel_settle(channel, 0);
}

static int receive_newcomer(struct aps_channel *visitor, const struct node_datagram *datagram,
                            struct association *entered) {
  struct aps *aps = visitor->aps;
  const struct association_config made = {.kind = aps->kind,
                                          .options = aps->config.options,
                                          .coap = &aps->coap,
                                          .phase = NODE_PHASE_SECURE,
                                          .local = visitor->local,
                                          .remote = visitor->remote,
                                          .keys = &aps->give,
                                          .server_name = aps->config.name.octets,
                                          .server_name_length = aps->config.name.length,
                                          .cookie_secret = aps->cookie_secret};
  const struct association_reader reader = {
      .context = visitor, .message = channel_message, .discarded = channel_discarded};
  aps->handshake = visitor;
  const int result = association_reception_read(&aps->channels.reception, &made, datagram, &reader,
                                                aps->hooks, aps->now_ns, entered);
  aps->handshake = NULL;
  return result;
}

static int read_newcomer(struct aps *aps, const struct node_datagram *datagram,
                         const struct node_address *remote) {
  struct aps_channel visitor = {
      .aps = aps, .local = aps->config.local, .remote = *remote, .handshake_until_ns = NODE_NEVER};
  struct association entered;
  memcpy(visitor.local.ip, datagram->destination.ip, sizeof visitor.local.ip);
  int result = receive_newcomer(&visitor, datagram, &entered);
  if (result == 1)
    result = enter(aps, &visitor, &entered);
  return aps_forgive(aps, NODE_PHASE_SECURE, remote, result);
}

/* The node's */

int aps_channels_read(struct aps *aps, const struct node_datagram *datagram) {
  const struct node_address remote = association_origin(aps->kind, &aps->config.local, datagram);
  struct aps_channel *channel = aps_channels_find(aps, &remote);
  if (association_reception_is_for(aps->kind, channel == NULL ? NULL : &channel->pair, datagram))
    return read_newcomer(aps, datagram, &remote);
  if (channel != NULL)
    return channel_read(channel, datagram);
  aps_tell(aps, NODE_PHASE_SECURE, NODE_EVENT_DISCARDED, &remote, "of no channel");
  return 0;
}

/* What the session says of itself is for the application. */
static int channel_write(struct aps_channel *channel, struct node_datagram *datagram) {
  datagram->part = NODE_PART_OTHER;
  const int result = association_pair_write(&channel->pair, &channel->local, &channel->remote,
                                            datagram, channel->aps->now_ns);
  if (datagram->phase != NODE_PHASE_SECURE)
    datagram->phase = NODE_PHASE_APPLICATION;
  return result;
}

int aps_channels_write(struct aps *aps, struct node_datagram *datagram) {
  struct aps_channel *channel;
  int result = association_reception_write(&aps->channels.reception, datagram);
  while (result == 0 && (channel = list_first(&aps->channels.writers)) != NULL) {
    result = channel_write(channel, datagram);
    if (result == 0 && channel_is_over(channel)) {
      aps_channel_release(channel);
      continue;
    }
    channel_schedule(channel);
    if (result == 0)
      list_remove(&channel->to_write);
    else
      list_append(&aps->channels.writers, &channel->to_write, channel);
  }
  return result;
}

static int channel_expire(struct aps_channel *channel) {
  struct aps *aps = channel->aps;
  struct association_given_up given_up;
  int result = 0;
  if (association_is_open(&channel->pair.current) && channel->until_ns <= aps->now_ns)
    channel_close(channel, "lifetime");
  aps->handshake = channel;
  if (channel->inquiry == NULL)
    result = association_pair_handle_expiry(&channel->pair, aps->now_ns, &given_up);
  aps->handshake = NULL;
  return channel_settle(channel, result);
}

int aps_channels_expire(struct aps *aps) {
  int result = 0;
  while (result == 0 && deadline_next_ns(&aps->channels.deadlines) <= aps->now_ns)
    result = channel_expire(deadline_next(&aps->channels.deadlines)->owner);
  return result;
}

static void channels_digest(const struct list *list, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, list->count);
  for (const struct list_link *at = list->first; at != NULL; at = at->next) {
    const struct aps_channel *channel = at->owner;
    digest_octets(digest, channel->remote.ip, sizeof channel->remote.ip);
    digest_u64(digest, channel->remote.port);
    association_pair_digest(&channel->pair, digest, now_ns);
    digest_u64(digest, (uint64_t)channel->asked << 1 | channel->told);
    digest_u64(digest, channel->inquiry != NULL);
    digest_u64(digest, channel->held_count);
    for (size_t i = 0; i < channel->held_count; i++)
      digest_octets(digest, channel->held[i].octets.data, channel->held[i].octets.length);
    digest_lifetime(digest, channel->until_ns, now_ns);
    digest_lifetime(digest, channel->handshake_until_ns, now_ns);
  }
}

void aps_channels_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns) {
  channels_digest(&aps->channels.handshakes, digest, now_ns);
  channels_digest(&aps->channels.open, digest, now_ns);
  aps_inquiries_digest(aps, digest, now_ns);
}
