/* Random streams are named by (node, purpose), never counted, so that a node more changes nothing
 * elsewhere. */
#ifndef SIM_NS3_STREAMS_H
#define SIM_NS3_STREAMS_H

#include <cstddef>
#include <cstdint>

namespace sim {

enum class Purpose : int64_t {
  BACK_OFF = 0,
  RECEPTION = 1,
  SEQUENCE_NUMBER = 2,
  LOWPAN = 4, /* fragment tags */
};

inline int64_t stream_of(size_t node, Purpose purpose) {
  return static_cast<int64_t>(node) * 16 + static_cast<int64_t>(purpose);
}

} // namespace sim

#endif
