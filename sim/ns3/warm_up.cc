#include "host.h"

void world_warm_up(void) {
  const size_t parents[] = {0, 0, 1};
  const world_wire wire{};
  world_config config{};
  config.seed = 1;
  config.node_count = 3;
  config.parents = parents;
  config.mac_max_retries = 3;
  config.mac_min_be = 3;
  config.mac_max_be = 5;
  config.mac_max_backoffs = 4;
  config.wired_count = 1;
  config.wires = &wire;
  world *world = world_create(&config, &sim::SILENCE, nullptr);
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
