/* Captures, in nanoseconds. */
#ifndef SIM_NS3_CAPTURE_H
#define SIM_NS3_CAPTURE_H

#include <ns3/packet.h>
#include <ns3/pcap-file.h>
#include <ns3/ptr.h>

#include <cstdint>
#include <string>

namespace sim {

/* What the packets of a capture are (DLT). */
enum class Link : uint32_t {
  RAW_IP = 101,
  IEEE802_15_4_WITHFCS = 195,
};

class Capture {
public:
  /* False if the file cannot be written. */
  bool open(const std::string &path, Link link);

  /* Adds a packet of this time; nothing if no file is open. */
  void write(ns3::Ptr<const ns3::Packet> packet, uint64_t now_ns);

  /* False if a packet could not be written; the file is removed then. */
  bool close();

private:
  bool opened = false;
  ns3::PcapFile file;
  std::string name;
};

} // namespace sim

#endif
