#include "api.h"
#include "fault.h"
#include "network.h"

#include <ns3/boolean.h>
#include <ns3/global-value.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/version.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <sys/stat.h>
#include <vector>

struct world {
  world(const world_config &config, const sim::Host &to)
      : host(to), network(config, host), timers(network.size()) {
  }

  void fire(size_t node) {
    host.callbacks.timer(host.context, node);
  }

  const sim::Host host;
  sim::Network network;
  std::vector<ns3::EventId> timers;
};

namespace {

constexpr unsigned RUN_BITS = 51; /* substreams of one stream that cannot overlap the next */

bool exists = false; /* a world */

/* All that outlives a world in ns-3 is set anew for each. */
void set_globals(uint64_t seed) {
  ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true)); /* else the FCS is zero */
  ns3::GlobalValue::Bind("SimulatorImplementationType",
                         ns3::StringValue("ns3::DefaultSimulatorImpl"));
  ns3::GlobalValue::Bind("SchedulerType", ns3::StringValue("ns3::MapScheduler"));
  ns3::RngSeedManager::SetSeed(static_cast<uint32_t>(1 + (seed >> RUN_BITS)));
  ns3::RngSeedManager::SetRun(seed & ((UINT64_C(1) << RUN_BITS) - 1));
}

bool make_directory(const char *path) {
  return mkdir(path, 0777) == 0 || errno == EEXIST;
}

world *build(const world_config &config, const sim::Host &host) {
  set_globals(config.seed);
  exists = true;
  world *made = new world(config, host);
  const char *directory = config.pcap_directory;
  if (directory != nullptr && !(make_directory(directory) && made->network.capture(directory))) {
    std::fprintf(stderr, "world: cannot write captures to %s: %s\n", directory,
                 std::strerror(errno));
    world_destroy(made);
    return nullptr;
  }
  return made;
}

void stop() {
  ns3::Simulator::Stop();
}

ns3::Time time_of(uint64_t ns) {
  return ns3::NanoSeconds(static_cast<int64_t>(ns));
}

/* Ports where the protocol has some, and none where it has none. */
bool has_right_ports(const node_datagram &datagram) {
  if (datagram.protocol == NODE_UDP)
    return datagram.source.port != 0;
  return datagram.source.port == 0 && datagram.destination.port == 0;
}

bool send(world &from, size_t node, const node_datagram &datagram, uint32_t id) {
  const size_t destination = from.network.find(datagram.destination.ip);
  return node < from.network.size() && datagram.protocol < NODE_PROTOCOL_COUNT &&
         has_right_ports(datagram) && span_list_length(&datagram.spans) == datagram.length &&
         destination != WORLD_NODE_NONE &&
         from.network.carries(node, destination, datagram.length) &&
         from.network.endpoint(node).send(datagram, from.network.address(destination), id);
}

} // namespace

struct world *world_create(const struct world_config *config,
                           const struct world_callbacks *callbacks, void *context) {
  const char *fault = exists ? "there is a world already" : sim::fault_of(*config, *callbacks);
  if (fault != nullptr) {
    std::fprintf(stderr, "world: %s\n", fault);
    return nullptr;
  }
  try {
    return build(*config, {*callbacks, context});
  } catch (const std::exception &error) {
    std::fprintf(stderr, "world: %s\n", error.what());
    ns3::Simulator::Destroy();
    exists = false;
    return nullptr;
  }
}

bool world_destroy(struct world *world) {
  if (world == nullptr)
    return true;
  const bool good = world->network.close();
  if (!good)
    std::fprintf(stderr, "world: a capture could not be written to its end, and is removed\n");
  ns3::Simulator::Destroy();
  delete world;
  exists = false;
  return good;
}

void world_address(const struct world *world, size_t node, uint8_t ip[16]) {
  world->network.address(node).GetBytes(ip);
}

size_t world_node(const struct world *world, const uint8_t ip[16]) {
  return world->network.find(ip);
}

void world_open(struct world *world, size_t node, uint16_t port) {
  world->network.endpoint(node).open_port(port);
}

void world_open_protocol(struct world *world, size_t node, enum node_protocol protocol) {
  world->network.endpoint(node).open_protocol(protocol);
}

int world_send(struct world *world, size_t node, const struct node_datagram *datagram,
               uint32_t id) {
  try {
    return send(*world, node, *datagram, id) ? 0 : -1;
  } catch (const std::exception &) {
    return -1;
  }
}

void world_timer(struct world *world, size_t node, uint64_t at_ns) {
  ns3::EventId &timer = world->timers[node];
  /* Remove, not Cancel: a cancelled event would still wait in the queue. */
  ns3::Simulator::Remove(timer);
  if (at_ns > static_cast<uint64_t>(INT64_MAX))
    return;
  const uint64_t now = world_now(world);
  const ns3::Time delay = time_of(at_ns > now ? at_ns - now : 0);
  timer = ns3::Simulator::Schedule(delay, &world::fire, world, node);
}

uint64_t world_now(const struct world *) {
  return static_cast<uint64_t>(ns3::Simulator::Now().GetNanoSeconds());
}

void world_run(struct world *world, uint64_t until_ns) {
  const uint64_t now = world_now(world);
  if (until_ns < now)
    return;
  ns3::EventId end;
  if (until_ns <= static_cast<uint64_t>(INT64_MAX))
    end = ns3::Simulator::Schedule(time_of(until_ns - now), &stop);
  ns3::Simulator::Run();
  ns3::Simulator::Remove(end);
}

void world_stop(struct world *) {
  ns3::Simulator::Stop();
}

uint64_t world_events(const struct world *) {
  return ns3::Simulator::GetEventCount();
}

const char *world_version(void) {
  static const std::string version =
      std::to_string(ns3::Version::Major()) + "." + std::to_string(ns3::Version::Minor());
  return version.c_str();
}
