/* Captures of IEEE 802.15.4 frames with FCS (DLT 195), in nanoseconds. */
#ifndef SIM_NS3_CAPTURE_H
#define SIM_NS3_CAPTURE_H

#include <ns3/packet.h>
#include <ns3/pcap-file.h>
#include <ns3/ptr.h>

#include <string>

namespace sim {

class Capture {
public:
  /* False if the file cannot be written. */
  bool open(const std::string &path);

  /* Adds a frame with the present time; nothing if no file is open. */
  void write(ns3::Ptr<const ns3::Packet> frame);

  /* False if a frame could not be written. */
  bool close();

private:
  bool opened = false;
  ns3::PcapFile file;
};

} // namespace sim

#endif
