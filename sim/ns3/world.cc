#include "api.h"
#include "fault.h"
#include "network.h"
#include "rest.h"

#include <ns3/boolean.h>
#include <ns3/global-value.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/version.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <vector>

struct world {
  explicit world(const sim::NetworkPlan &plan)
      : host{sim::SILENCE, nullptr, 0}, network(plan, host), timers(network.size()) {
  }

  void fire(size_t node) {
    host.callbacks.timer(host.context, node);
  }

  sim::Host host;
  sim::Network network;
  std::vector<ns3::EventId> timers;
  uint64_t events_before = 0; /* time 0 */
};

namespace {

constexpr unsigned RUN_BITS = 51; /* substreams of one stream that cannot overlap the next */
/* Nothing that is due later ever happens: 73 years, of ns-3's 292, of which a world that is kept
 * may be half way through. */
constexpr uint64_t TIME_MAX_NS = UINT64_C(1) << 61;

bool exists = false; /* a world */

/* All that outlives a world in ns-3 is set anew for each. */
void set_globals() {
  ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true)); /* else the FCS is zero */
  ns3::GlobalValue::Bind("SimulatorImplementationType",
                         ns3::StringValue("ns3::DefaultSimulatorImpl"));
  ns3::GlobalValue::Bind("SchedulerType", ns3::StringValue("ns3::MapScheduler"));
}

void set_seed(uint64_t seed) {
  ns3::RngSeedManager::SetSeed(static_cast<uint32_t>(1 + (seed >> RUN_BITS)));
  ns3::RngSeedManager::SetRun(seed & ((UINT64_C(1) << RUN_BITS) - 1));
}

bool make_directory(const char *path) {
  return mkdir(path, 0777) == 0 || errno == EEXIST;
}

bool open_captures(sim::Network &network, const world_config &config) {
  const char *directory = config.pcap_directory;
  if (directory == nullptr ||
      (make_directory(directory) && network.capture(directory, config.air_only)))
    return true;
  std::fprintf(stderr, "world: cannot write captures to %s: %s\n", directory, std::strerror(errno));
  return false;
}

sim::StationParameters parameters_of(const world_config &config) {
  return {{static_cast<uint8_t>(config.mac_max_retries), static_cast<uint8_t>(config.mac_min_be),
           static_cast<uint8_t>(config.mac_max_be), static_cast<uint8_t>(config.mac_max_backoffs),
           config.mac_queue_frames},
          {config.capture, config.capture_db}};
}

/* Time 0 of a world at rest, just built or not. */
world *begin(world *rested, const world_config &config, const world_callbacks &callbacks,
             void *context) {
  set_seed(config.seed);
  rested->host.origin_ns += rested->host.now_ns();
  rested->host.callbacks = callbacks;
  rested->host.context = context;
  rested->events_before = ns3::Simulator::GetEventCount();
  rested->network.reset(parameters_of(config),
                        config.pcap_directory != nullptr && !config.air_only);
  if (open_captures(rested->network, config))
    return rested;
  world_destroy(rested);
  return nullptr;
}

world *build(const sim::NetworkPlan &plan) {
  set_globals();
  exists = true;
  world *made = new world(plan);
  if (sim::come_to_rest() && made->network.is_at_rest())
    return made;
  world_destroy(made);
  throw std::runtime_error("the network does not come to rest");
}

/* With this network, at rest: the kept one if it can serve, which else is destroyed. */
world *get(const sim::NetworkPlan &plan, world *kept) {
  if (kept == nullptr)
    return build(plan);
  if (kept->network.plan == plan && sim::has_room() && sim::come_to_rest() &&
      kept->network.is_at_rest())
    return kept;
  world_destroy(kept);
  return build(plan);
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

bool is_on_link(const node_datagram &datagram) {
  return ns3::Ipv6Address::Deserialize(datagram.destination.ip).IsLinkLocal();
}

bool can_send(const world &from, size_t node, const node_datagram &datagram) {
  const size_t destination = from.network.find(datagram.destination.ip);
  return node < from.network.size() && datagram.protocol < NODE_PROTOCOL_COUNT &&
         has_right_ports(datagram) && span_list_length(&datagram.spans) == datagram.length &&
         destination != WORLD_NODE_NONE &&
         from.network.carries(node, destination, is_on_link(datagram), datagram.length);
}

} // namespace

struct world *world_create(const struct world_config *config,
                           const struct world_callbacks *callbacks, void *context) {
  if (!exists)
    return world_renew(nullptr, config, callbacks, context);
  std::fprintf(stderr, "world: there is a world already\n");
  return nullptr;
}

struct world *world_renew(struct world *world, const struct world_config *config,
                          const struct world_callbacks *callbacks, void *context) {
  const char *fault = sim::fault_of(*config, *callbacks);
  if (fault != nullptr) {
    std::fprintf(stderr, "world: %s\n", fault);
    world_destroy(world);
    return nullptr;
  }
  try {
    return begin(get(sim::NetworkPlan(*config), world), *config, *callbacks, context);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "world: %s\n", error.what());
    ns3::Simulator::Destroy();
    exists = false;
    return nullptr;
  }
}

bool world_close(struct world *world) {
  world->host.callbacks = sim::SILENCE;
  for (ns3::EventId &timer : world->timers)
    ns3::Simulator::Remove(timer);
  world->network.stop_sleeping();
  const bool good = world->network.close_captures();
  if (!good)
    std::fprintf(stderr, "world: a capture could not be written to its end, and is removed\n");
  return good;
}

bool world_destroy(struct world *world) {
  if (world == nullptr)
    return true;
  const bool good = world_close(world);
  world->network.release();
  ns3::Simulator::Destroy();
  delete world;
  exists = false;
  return good;
}

void world_address(const struct world *world, size_t node, uint8_t ip[16]) {
  world->network.address(node).GetBytes(ip);
}

void world_link_local(const struct world *world, size_t node, uint8_t ip[16]) {
  world->network.link_local(node).GetBytes(ip);
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
  if (!can_send(*world, node, *datagram))
    return -1;
  try {
    const ns3::Ipv6Address from = is_on_link(*datagram) ? world->network.link_local(node)
                                                        : world->network.address(node);
    world->network.endpoint(node).send(
        *datagram, from, ns3::Ipv6Address::Deserialize(datagram->destination.ip), id);
    return 0;
  } catch (const std::exception &) {
    return -1;
  }
}

void world_timer(struct world *world, size_t node, uint64_t at_ns) {
  ns3::EventId &timer = world->timers[node];
  /* Remove, not Cancel: a cancelled event would still wait in the queue. */
  ns3::Simulator::Remove(timer);
  if (at_ns > TIME_MAX_NS)
    return;
  const uint64_t now = world_now(world);
  const ns3::Time delay = time_of(at_ns > now ? at_ns - now : 0);
  timer = ns3::Simulator::Schedule(delay, &world::fire, world, node);
}

void world_forward(struct world *world, size_t node, bool forwards) {
  world->network.set_forwarding(node, forwards);
}

void world_sleep(struct world *world, size_t node, bool sleeps) {
  if (node < world->network.plan.parents.size())
    world->network.set_sleeping(node, sleeps);
}

void world_poll(struct world *world, size_t node, uint64_t first_ns, uint64_t interval_ns) {
  if (node > 0 && node < world->network.plan.parents.size())
    world->network.set_polling(node, first_ns, interval_ns);
}

uint64_t world_now(const struct world *world) {
  return world->host.now_ns();
}

void world_run(struct world *world, uint64_t until_ns) {
  const uint64_t now = world_now(world);
  if (until_ns < now)
    return;
  ns3::EventId end;
  if (until_ns <= TIME_MAX_NS)
    end = ns3::Simulator::Schedule(time_of(until_ns - now), &stop);
  ns3::Simulator::Run();
  ns3::Simulator::Remove(end);
}

void world_stop(struct world *) {
  ns3::Simulator::Stop();
}

uint64_t world_overheard_ns(struct world *world, size_t node) {
  return world->network.overheard_ns(node);
}

uint64_t world_flight_ns(const struct world *world, size_t from, size_t to) {
  return world->network.flight_ns(from, to);
}

uint64_t world_events(const struct world *world) {
  return ns3::Simulator::GetEventCount() - world->events_before;
}

const char *world_version(void) {
  static const std::string version =
      std::to_string(ns3::Version::Major()) + "." + std::to_string(ns3::Version::Minor());
  return version.c_str();
}
