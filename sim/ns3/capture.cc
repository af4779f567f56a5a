#include "capture.h"

#include <cstdio>

namespace sim {
namespace {

constexpr uint64_t SECOND = 1000000000;

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

void Capture::write(ns3::Ptr<const ns3::Packet> packet, uint64_t now_ns) {
  if (opened)
    file.Write(static_cast<uint32_t>(now_ns / SECOND), static_cast<uint32_t>(now_ns % SECOND),
               packet);
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
