#include "api.h"

namespace {

void ignore_datagram(void *, size_t, const node_datagram *) {
}
void ignore_timer(void *, size_t) {
}
void ignore_frame(void *, const world_frame *) {
}
void ignore_radio(void *, size_t, world_radio, uint64_t) {
}
bool lose_nothing(void *, size_t, size_t, size_t) {
  return false;
}
void ignore_backhaul(void *, const world_backhaul_packet *) {
}

} // namespace

void world_warm_up(void) {
  const size_t parents[] = {0, 0, 1};
  const world_config config{1, 3, parents, 3, 3, 5, 4, nullptr, true, 0};
  const world_callbacks callbacks{ignore_datagram, ignore_timer, ignore_frame,
                                  ignore_radio,    lose_nothing, ignore_backhaul};
  world *world = world_create(&config, &callbacks, nullptr);
  if (world == nullptr)
    return;
  uint8_t data[300] = {};
  node_datagram datagram{};
  world_address(world, 0, datagram.destination.ip);
  datagram.destination.port = 5683;
  datagram.source.port = 5683;
  datagram.data = data;
  datagram.length = sizeof data;
  datagram.spans.item[0] = {0, sizeof data};
  datagram.spans.count = 1;
  world_open(world, 0, 5683);
  if (world_send(world, 2, &datagram, 0) == 0)
    world_run(world, NODE_SECOND);
  world_destroy(world);
}
