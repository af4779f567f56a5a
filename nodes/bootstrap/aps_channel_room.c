/* Places of channels, and who gives way to whom: the oldest handshake, where handshakes have a part
 * of all places, or else the channel that was used last longest ago. So a crowd of handshakes takes
 * no more from those that are open. */
#include "aps_state.h"

#include <stdlib.h>

enum { PART_OF_HANDSHAKES = 4 }; /* one of so many places */

bool aps_channels_init(struct aps *aps) {
  return table_init(&aps->channels.by_remote, aps->config.channels_max, &aps->hash_key) &&
         deadline_heap_init(&aps->channels.deadlines, aps->config.channels_max);
}

void aps_channels_deinit(struct aps *aps) {
  struct aps_channel *channel;
  while ((channel = list_first(&aps->channels.handshakes)) != NULL ||
         (channel = list_first(&aps->channels.open)) != NULL)
    aps_channel_release(channel);
  association_reception_wipe(&aps->channels.reception);
  table_deinit(&aps->channels.by_remote);
  deadline_heap_deinit(&aps->channels.deadlines);
}

struct aps_channel *aps_channels_find(const struct aps *aps, const struct node_address *remote) {
  const struct aps_remote key = aps_remote_of(remote);
  struct aps_channel *channel =
      table_first(&aps->channels.by_remote, key.octets, sizeof key.octets);
  while (channel != NULL && !node_address_equal(&channel->remote, remote))
    channel = table_next(&channel->by_remote);
  return channel;
}

void aps_channel_release(struct aps_channel *channel) {
  struct aps_channels *channels = &channel->aps->channels;
  aps_channel_drop_handshake(channel);
  association_pair_close(&channel->pair);
  table_remove(&channels->by_remote, &channel->by_remote);
  list_remove(&channel->in_order);
  list_remove(&channel->to_write);
  deadline_set(&channels->deadlines, &channel->deadline, NODE_NEVER);
  free(channel);
}

void aps_channel_stand(struct aps_channel *channel) {
  struct aps_channels *channels = &channel->aps->channels;
  const bool is_open = association_is_open(&channel->pair.current);
  if (is_open || channel->in_order.in != &channels->handshakes)
    list_append(is_open ? &channels->open : &channels->handshakes, &channel->in_order, channel);
}

static void give_way(struct aps_channels *channels) {
  static const char why[] = "made room for another";
  const size_t places = channels->handshakes.count + channels->open.count;
  const bool handshake =
      channels->open.count == 0 || channels->handshakes.count * PART_OF_HANDSHAKES >= places;
  struct aps_channel *channel = list_first(handshake ? &channels->handshakes : &channels->open);
  if (!handshake)
    aps_channel_tell(channel, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
  aps_channel_fail_handshake(channel, why);
  aps_channel_release(channel);
}

struct aps_channel *aps_channels_acquire(struct aps *aps, const struct node_address *local,
                                         const struct node_address *remote) {
  const struct aps_remote key = aps_remote_of(remote);
  struct aps_channels *channels = &aps->channels;
  struct aps_channel *channel = calloc(1, sizeof *channel);
  if (channel == NULL)
    return NULL;
  if (channels->handshakes.count + channels->open.count == aps->config.channels_max)
    give_way(channels);
  channel->aps = aps;
  channel->local = *local;
  channel->remote = *remote;
  channel->deadline.owner = channel;
  table_add(&channels->by_remote, &channel->by_remote, channel, key.octets, sizeof key.octets);
  list_append(&channels->handshakes, &channel->in_order, channel);
  return channel;
}
