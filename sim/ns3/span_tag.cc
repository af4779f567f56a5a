#include "span_tag.h"

#include <ns3/tag.h>
#include <ns3/tag-buffer.h>
#include <ns3/type-id.h>

#include <algorithm>
#include <ostream>

namespace sim {
namespace {

class SpanTag : public ns3::Tag {
public:
  SpanTag() = default;
  SpanTag(uint32_t id, uint16_t ledger_row) : datagram(id), row(ledger_row) {
  }

  static ns3::TypeId GetTypeId() {
    static ns3::TypeId id =
        ns3::TypeId("sim::SpanTag").SetParent<ns3::Tag>().AddConstructor<SpanTag>();
    return id;
  }
  ns3::TypeId GetInstanceTypeId() const override {
    return GetTypeId();
  }
  uint32_t GetSerializedSize() const override {
    return 6;
  }
  void Serialize(ns3::TagBuffer buffer) const override {
    buffer.WriteU32(datagram);
    buffer.WriteU16(row);
  }
  void Deserialize(ns3::TagBuffer buffer) override {
    datagram = buffer.ReadU32();
    row = buffer.ReadU16();
  }
  void Print(std::ostream &out) const override {
    out << "datagram=" << datagram << " row=" << row;
  }

  uint32_t datagram = 0;
  uint16_t row = 0;
};

size_t merge(TaggedRanges &ranges, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    const world_tagged &next = ranges[i];
    world_tagged *last = kept > 0 ? &ranges[kept - 1] : nullptr;
    if (last != nullptr && last->datagram == next.datagram && last->row == next.row &&
        last->offset + last->length == next.offset)
      last->length = static_cast<uint16_t>(last->length + next.length);
    else
      ranges[kept++] = next;
  }
  return kept;
}

} // namespace

void tag_spans(ns3::Ptr<ns3::Packet> packet, uint32_t datagram, const span_list &list) {
  uint32_t start = 0;
  for (size_t i = 0; i < list.count; i++) {
    const uint32_t end = start + list.item[i].length;
    /* Half-open and counted from 0, whatever the documentation of AddByteTag says. */
    if (end > start)
      packet->AddByteTag(SpanTag(datagram, list.item[i].row), start, end);
    start = end;
  }
}

size_t find_tagged(ns3::Ptr<const ns3::Packet> psdu, TaggedRanges &ranges) {
  size_t count = 0;
  ns3::ByteTagIterator iterator = psdu->GetByteTagIterator();
  while (iterator.HasNext() && count < ranges.size()) {
    const ns3::ByteTagIterator::Item item = iterator.Next();
    if (item.GetTypeId() != SpanTag::GetTypeId())
      continue;
    SpanTag tag;
    item.GetTag(tag);
    ranges[count++] = {tag.datagram, tag.row, static_cast<uint16_t>(item.GetStart()),
                       static_cast<uint16_t>(item.GetEnd() - item.GetStart())};
  }
  std::sort(ranges.begin(), ranges.begin() + static_cast<ptrdiff_t>(count),
            [](const world_tagged &a, const world_tagged &b) { return a.offset < b.offset; });
  return merge(ranges, count);
}

void find_spans(ns3::Ptr<const ns3::Packet> packet, span_list &list) {
  TaggedRanges ranges;
  const size_t count = find_tagged(packet, ranges);
  for (size_t i = 0; i < count && list.count < SPAN_LIST_MAX; i++)
    list.item[list.count++] = {ranges[i].row, ranges[i].length};
}

uint32_t find_datagram(ns3::Ptr<const ns3::Packet> packet) {
  SpanTag tag;
  return packet->FindFirstMatchingByteTag(tag) ? tag.datagram : WORLD_DATAGRAM_UNKNOWN;
}

} // namespace sim
