#include "host.h"

#include <ns3/simulator.h>

namespace sim {
namespace {

void ignore_datagram(void *, size_t, const node_datagram *, uint32_t) {
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
void ignore_wire(void *, const world_wire_packet *) {
}

} // namespace

const world_callbacks SILENCE{ignore_datagram, ignore_timer, ignore_frame, ignore_radio,
                              lose_nothing,    ignore_wire,  nullptr,      nullptr,
                              nullptr,         nullptr,      nullptr,      nullptr};

uint64_t Host::now_ns() const {
  return static_cast<uint64_t>(ns3::Simulator::Now().GetNanoSeconds()) - origin_ns;
}

} // namespace sim
