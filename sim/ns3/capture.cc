#include "capture.h"

#include <ns3/simulator.h>

#include <cstdio>

namespace sim {
namespace {

constexpr int64_t SECOND = 1000000000;

} // namespace

bool Capture::open(const std::string &path, Link link) {
  name = path;
  file.Open(path, std::ios::out | std::ios::binary | std::ios::trunc);
  if (file.Fail())
    return false;
  file.Init(static_cast<uint32_t>(link), ns3::PcapFile::SNAPLEN_DEFAULT,
            ns3::PcapFile::ZONE_DEFAULT, false, true);
  opened = !file.Fail();
  return opened;
}

void Capture::write(ns3::Ptr<const ns3::Packet> packet) {
  if (!opened)
    return;
  const int64_t now = ns3::Simulator::Now().GetNanoSeconds();
  file.Write(static_cast<uint32_t>(now / SECOND), static_cast<uint32_t>(now % SECOND), packet);
}

bool Capture::close() {
  if (!opened)
    return true;
  opened = false;
  file.Close();
  if (!file.Fail())
    return true;
  std::remove(name.c_str());
  return false;
}

} // namespace sim
